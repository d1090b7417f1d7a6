"""NUT's own server for tests: upsd with dummy-ups behind it, on a port of loopback, with or without a certificate."""

import asyncio
import datetime
import getpass
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from tests.peers import poll_until, started

DRIVER, UPSD = Path("/usr/lib/nut/dummy-ups"), Path("/usr/lib/nut/upsd")
CERTUTIL = Path("/usr/bin/certutil")
_SECRET = "key"  # of the certificate's store


@dataclass(frozen=True, slots=True)
class NutServer:
    """A running upsd. `certificate` is what a client must trust; `drivers` are the processes of dummy-ups."""

    port: int
    folder: Path
    certificate: Path
    drivers: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)


@asynccontextmanager
async def nut_server(
    devices: Mapping[str, Mapping[str, str]], tls: bool = False, max_age: int = 30
) -> AsyncIterator[NutServer]:
    """Serves these variables; after `max_age` seconds without a word from a driver it calls its data stale.

    Sockets' paths must be short, so the folder is not a test's own.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nut")))
        server = NutServer(_free_port(), folder, folder / "certificate.pem")
        if tls:
            await _certify(server)
        _configure(server, devices, tls, max_age)
        places = {key: str(folder) for key in ("NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH")}
        common, env = ("-u", getpass.getuser(), "-F"), {**os.environ, **places}
        for name in devices:
            driver = started(str(DRIVER), "-a", name, *common, log=folder / f"{name}.log", env=env)
            server.drivers[name] = await stack.enter_async_context(driver)
            await poll_until(partial(_exists, folder / f"dummy-ups-{name}"), bool)
        await stack.enter_async_context(started(str(UPSD), *common, log=folder / "upsd.log", env=env))
        await poll_until(partial(_answers, server), bool)
        yield server


def _configure(server: NutServer, devices: Mapping[str, Mapping[str, str]], tls: bool, max_age: int) -> None:
    folder = server.folder
    sections = [f'[{name}]\ndriver = dummy-ups\nport = {name}.dev\ndesc = "The \\"{name}\\""\n' for name in devices]
    (folder / "ups.conf").write_text("".join(sections))
    for name, variables in devices.items():
        (folder / f"{name}.dev").write_text("".join(f"{key}: {value}\n" for key, value in variables.items()))
    certificate = f'CERTPATH {folder}\nCERTIDENT upsd "{_SECRET}"\n' if tls else ""
    (folder / "upsd.conf").write_text(f"LISTEN 127.0.0.1 {server.port}\nMAXAGE {max_age}\n{certificate}")
    (folder / "upsd.users").write_text("[watch]\npassword = secret\n")


async def _certify(server: NutServer) -> None:
    """A certificate for 127.0.0.1, as PEM for the client and in a store for upsd, whose TLS is that of NSS."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "upsd")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    server.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    wrapped = serialization.BestAvailableEncryption(_SECRET.encode())
    bundle, secret = server.folder / "upsd.p12", server.folder / "secret"
    bundle.write_bytes(pkcs12.serialize_key_and_certificates(b"upsd", key, certificate, None, wrapped))
    secret.write_text(_SECRET)
    store = f"sql:{server.folder}"
    await _run("certutil", "-N", "-d", store, "-f", str(secret))
    await _run("pk12util", "-i", str(bundle), "-d", store, "-k", str(secret), "-w", str(secret))


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, f"{command[0]}: {said.decode()}"


def _free_port() -> int:
    """upsd cannot choose a port itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def _exists(path: Path) -> bool:
    return await asyncio.to_thread(path.exists)


async def _answers(server: NutServer) -> bool:
    """Whether upsd serves, and has heard from all drivers."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    except OSError:
        return False
    try:
        said = []
        for name in server.drivers:
            writer.write(f"GET VAR {name} driver.name\n".encode())
            said.append(await reader.readline())
    finally:
        writer.close()
        await writer.wait_closed()
    return all(line.startswith(b"VAR ") for line in said)
