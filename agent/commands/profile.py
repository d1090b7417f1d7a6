"""`roomready profile`: check files, write a first one for an unknown device, list what is known."""

import argparse
import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from agent.address import Address, AddressError, parse_address
from agent.commands.credentials import add_arguments as add_credential_arguments
from agent.commands.credentials import credentials, has_own
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.commands.progress import Progress
from agent.drivers.driver import Surroundings
from agent.drivers.snmp import line_of
from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_recognise import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYSTEM
from agent.faults import Fault
from agent.profiles.draft import Seen, draft, enterprise
from agent.profiles.families import FAMILIES, family_of, rows_of
from agent.profiles.load import ProfileError
from agent.profiles.page import devices_page, reads
from agent.profiles.values import Raw, as_text
from agent.secrets import SecretError

EPILOG = """examples:
  roomready profile check profiles/snmp/acme-3000.toml
  roomready profile new snmp://10.0.0.21 --community env:SNMP_READ --out profiles/snmp/acme-3000.toml
  roomready profile list
"""
STANDARD = ("1.3.6.1.2.1.33", "1.3.6.1.2.1.99")  # RFC 1628 and RFC 3433: worth a look at any device
MOST = 2000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Device knowledge as data: check profile files, draft a new one, list what is known."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)
    check = verbs.add_parser("check", help="list every mistake in profile files")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    new = verbs.add_parser("new", help="ask a device and write a first profile to edit")
    new.add_argument("url", metavar="URL", help="its SNMP address")
    new.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    new.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"objects to read at most (default: {MOST})")
    new.add_argument("--timeout", type=float, default=1.0, metavar="S", help="seconds to wait for an answer")
    add_credential_arguments(new)
    listing = verbs.add_parser("list", help="list the devices that profiles know")
    listing.add_argument("--markdown", action="store_true", help="as the page docs/devices.md")


def run(args: argparse.Namespace) -> int:
    match args.verb:
        case "check":
            return max(_check(path) for path in args.files)
        case "new":
            return _new(args)
    print(devices_page(), end="") if args.markdown else _list()
    return OK


def _check(path: Path) -> int:
    try:
        profile = family_of(path).read(path)
    except ProfileError as error:
        print(error, file=sys.stderr)
        return WRONG_REQUEST
    print(f"{path}: good; {profile.kind}, {len(rows_of(profile))} rows: {reads(profile) or 'nothing yet'}")
    return OK


def _list() -> None:
    for family in FAMILIES:
        for profile in sorted(family.every(None).values(), key=lambda p: (p.kind, p.name)):
            print(f"{family.folder:8} {profile.kind:12} {profile.name:28} {profile.title}")


def _new(args: argparse.Namespace) -> int:
    try:
        address = _address(args)
        line = line_of(address, Surroundings(timeout=args.timeout))
        text = draft(asyncio.run(_look(line, args.limit)))
        if args.out is not None:
            args.out.write_text(text, "utf-8")
    except (AddressError, SecretError, OSError) as error:
        print(f"roomready profile: {error}", file=sys.stderr)
        return WRONG_REQUEST
    except Fault as fault:
        print(f"roomready profile: {fault.result}: {fault}", file=sys.stderr)
        return NO_ANSWER
    if args.out is None:
        print(text, end="")
    return OK


def _address(args: argparse.Namespace) -> Address:
    address = parse_address(args.url)
    if address.scheme != "snmp" or not address.host:
        raise AddressError(str(address), "an address such as snmp://10.0.0.21")
    if has_own(address) and not args.community and not args.user:
        return address
    return next((address.with_options(given.options) for given in credentials(args)), address)


async def _look(line: SnmpLine, limit: int) -> Seen:
    """Who the device is, and what stands in the subtrees worth looking at, up to the limit."""
    objects: dict[str, Raw] = {}
    with Progress() as progress:
        try:
            await line.open()
            system = await line.get(SYSTEM)
            object_id = as_text(system.get(SYS_OBJECT_ID))
            for subtree in filter(None, (*STANDARD, enterprise(object_id))):
                progress.show(f"{subtree}: {len(objects)} objects so far")
                with suppress(Fault):  # a card that breaks off in the middle has still shown something
                    await line.explore(subtree, objects, limit)
        finally:
            line.close()
    return Seen(object_id, as_text(system.get(SYS_DESCR)), as_text(system.get(SYS_NAME)), objects)
