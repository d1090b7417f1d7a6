"""An agent that receives notifications, SNMP agents for it to poll, and senders: net-snmp's, and raw datagrams."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from agent.board import View
from agent.config import load_config
from agent.events import Event
from agent.service import Service
from tests.snmp_agent import SnmpAgent, system

PATIENCE = 20.0  # seconds; a machine under load is slow, not broken
COMMUNITY, AUTH, PRIV = "sesame-community", "sesame-authentication", "sesame-privacy"
ON_BATTERY = "1.3.6.1.2.1.33.2.1"
MINUTES = "1.3.6.1.2.1.33.1.2.3.0"
UPS = "1.3.6.1.2.1.33.1"
OBJECTS = {**system(), f"{UPS}.1.1.0": "Maker", f"{UPS}.2.4.0": 97, f"{UPS}.4.1.0": 3}
SECTION = """
[traps]
listen = "127.0.0.1:0"
communities = ["file:COMMUNITY"]
[[traps.user]]
name = "monitor"
auth = "file:AUTH"
auth_protocol = "SHA-256"
priv = "file:PRIV"
[[traps.user]]
name = "signer"
auth = "file:AUTH"
"""


@dataclass
class Listening:
    """A running agent; its devices answer at `agents`, each polled once a minute unless somebody hints."""

    service: Service
    agents: Mapping[str, SnmpAgent]
    folder: Path
    port: int = 0
    hosts: Mapping[str, str] = field(default_factory=dict)

    @property
    def view(self) -> View:
        return self.service.board.view

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.view.events if event.kind == kind]

    def count(self, result: str) -> int:
        assert self.service.traps is not None
        counts: Mapping[Any, int] = self.service.traps.counts.received
        return counts[result]

    def polls(self, device: str) -> int:
        return sum(self.view.snapshot.devices[device].polls.values())

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.005)
        assert condition(), what

    async def sends(self, command: str, *words: str) -> tuple[int, str]:
        """net-snmp's sender at work; {to} in the words is the agent's address, {port} its port."""
        arguments = [word.replace("{to}", f"127.0.0.1:{self.port}").replace("{port}", str(self.port)) for word in words]
        process = await asyncio.create_subprocess_exec(
            command, *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env={"SNMP_PERSISTENT_DIR": str(self.folder), "HOME": str(self.folder), "MIBS": ""},
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode or 0, said.decode()

    def send(self, *datagrams: bytes, sender: str = "127.0.0.1") -> None:
        """Raw datagrams from a loopback address."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as endpoint:
            endpoint.bind((sender, 0))
            for datagram in datagrams:
                endpoint.sendto(datagram, ("127.0.0.1", self.port))


@asynccontextmanager
async def listening(
    folder: Path, devices: Mapping[str, str] | None = None, section: str = SECTION
) -> AsyncIterator[Listening]:
    """An agent with the devices (name and loopback address) that has polled each of them once."""
    devices = devices or {"ups": "127.0.0.1"}
    async with AsyncExitStack() as stack:
        agents = {name: await stack.enter_async_context(agent_at(host)) for name, host in devices.items()}
        service = Service(load_config(configured(folder, devices, agents, section)))
        await stack.enter_async_context(running(service))
        room = Listening(service, agents, folder)
        await room.until(lambda: all(room.polls(name) for name in devices), "every device polled once")
        room.port = 0 if service.traps is None else service.traps.port
        yield room


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    stop, where = asyncio.Event(), asyncio.Queue[str]()
    serving = asyncio.create_task(service.run(stop, where.put_nowait))
    waiting = asyncio.create_task(where.get())
    try:
        await asyncio.wait([serving, waiting], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not serving.done():
            yield
    finally:
        waiting.cancel()
        stop.set()
        await asyncio.wait_for(serving, PATIENCE)


@asynccontextmanager
async def agent_at(host: str) -> AsyncIterator[SnmpAgent]:
    agent = SnmpAgent(dict(OBJECTS), community=COMMUNITY)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, 0))
    agent.port = transport.get_extra_info("sockname")[1]
    try:
        yield agent
    finally:
        transport.close()


def configured(folder: Path, devices: Mapping[str, str], agents: Mapping[str, SnmpAgent], section: str) -> Path:
    for name, content in (("COMMUNITY", COMMUNITY), ("AUTH", AUTH), ("PRIV", PRIV)):
        (folder / name).write_text(content, "utf-8")
        section = section.replace(f"file:{name}", f"file:{folder / name}")
    text = '[http]\nlisten = "127.0.0.1:0"\n[poll]\nstate = 60\ndetail = 60\n' + section
    for name, host in devices.items():
        text += f'[[device]]\nname = "{name}"\naddress = "snmp://{host}:{agents[name].port}?profile=rfc1628-ups"\n'
        text += f'secrets = {{ community = "file:{folder / "COMMUNITY"}" }}\n'
    file = folder / "room.toml"
    file.write_text(text, "utf-8")
    return file


def trap(oid: str = ON_BATTERY, community: str = COMMUNITY, varbinds: Sequence[tuple[str, Any]] = ()) -> bytes:
    """A v2c TRAP as bytes."""
    module: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
    pdu, message = module.TrapPDU(), module.Message()
    module.apiTrapPDU.set_defaults(pdu)
    named = [(module.apiTrapPDU.snmpTrapOID, module.ObjectIdentifier(oid))]
    module.apiTrapPDU.set_varbinds(pdu, [(module.apiTrapPDU.sysUpTime, module.TimeTicks(1)), *named, *varbinds])
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))
