"""`roomready record URL FILE`: what a device says, for whoever is to write its profile, with secrets removed."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from agent.address import SECRET_OPTIONS, Address, AddressError, parse_address
from agent.commands.arguments import seconds
from agent.commands.credentials import add_arguments as add_credential_arguments
from agent.commands.credentials import add_profiles_argument, snmp_address
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.commands.progress import Progress
from agent.drivers.driver import Surroundings
from agent.faults import Fault
from agent.profiles.load import ProfileError
from agent.record import Heard, Privacy, listen, written
from agent.secrets import SecretError

EPILOG = """examples:
  roomready record snmp://10.0.0.21 acme-3000.recording --community env:SNMP_READ
  roomready simulate --replay acme-3000.recording

Removed: credentials, network addresses, and what the device, its place and its keeper are called. Serial numbers and
the names of sensors stay. It is text: read it through before you send it to anybody.
"""
MOST = 20_000
CREDENTIALS = (*SECRET_OPTIONS, "user")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Stores what an SNMP device says in a file that the simulator can replay."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("url", metavar="URL", help="the device's SNMP address")
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")
    parser.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"objects at most (default: {MOST})")
    parser.add_argument("--keep-names", action="store_true", help="keep sysName, sysContact, sysLocation and the like")
    parser.add_argument(
        "--timeout", type=seconds, default=1.0, metavar="S", help="seconds for one request (default: 1)"
    )
    add_credential_arguments(parser)
    add_profiles_argument(parser)


def run(args: argparse.Namespace) -> int:
    try:
        address = _address(args)
        _check(args.file)
        with Progress() as progress:
            surroundings = Surroundings(args.profiles, args.timeout)
            heard = asyncio.run(listen(address, surroundings, args.limit, progress.show))
        secrets = [address.options[option] for option in CREDENTIALS if option in address.options]
        _put(
            written(heard, f"{datetime.now(UTC):%Y-%m-%d}", Privacy(secrets, address.host, args.keep_names)), args.file
        )
    except (AddressError, SecretError, ProfileError, OSError) as error:
        return _fail(WRONG_REQUEST, str(error))
    except Fault as fault:
        return _fail(NO_ANSWER, f"{fault.result}: {fault}")
    _tell(heard, args.file)
    return OK


def _address(args: argparse.Namespace) -> Address:
    scheme = parse_address(args.url).scheme
    if scheme != "snmp":
        raise AddressError(f"the scheme {scheme!r}", "snmp: nothing else can be recorded yet")
    return snmp_address(args.url, args)


def _check(file: Path) -> None:
    """Long work is not begun where its result could not be stored."""
    if file.exists():
        raise FileExistsError(f"{file} is there already; expected a file that is not")
    if not file.absolute().parent.is_dir():
        raise FileNotFoundError(f"{file}: its folder is not there")


def _put(text: str, file: Path) -> None:
    with file.open("x", encoding="utf-8", newline="\n") as out:
        out.write(text)


def _fail(code: int, sentence: str) -> int:
    print(f"roomready record: {sentence}", file=sys.stderr)
    return code


def _tell(heard: Heard, file: Path) -> None:
    missing = f", not all there are: {heard.cut}" if heard.cut else ""
    print(f"{file}: {len(heard.objects)} objects{missing}; read it through before you send it", file=sys.stderr)
