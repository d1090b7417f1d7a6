"""`roomready profile`: check files, write a first one for an unknown device, list what is known."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from agent.address import SECRET_OPTIONS, AddressError
from agent.commands.credentials import add_arguments as add_credential_arguments
from agent.commands.credentials import add_profiles_argument, snmp_address
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.commands.progress import Progress
from agent.drivers.driver import Surroundings
from agent.drivers.snmp import line_of
from agent.drivers.snmp_look import look
from agent.faults import Fault
from agent.profiles.draft import Seen, draft
from agent.profiles.families import FAMILIES, Family, also_of, family_of, rows_of
from agent.profiles.load import ProfileError, snmp_profiles
from agent.profiles.page import devices_page, reads
from agent.profiles.schema import Profile
from agent.secrets import SecretError

EPILOG = """examples:
  roomready profile check profiles/snmp/acme-3000.toml
  roomready profile new snmp://10.0.0.21 --community env:SNMP_READ --out profiles/snmp/acme-3000.toml
  roomready profile list
"""
MOST = 2000
VERBS = {
    "check": ("list every mistake in profile files", "profile check profiles/snmp/acme-3000.toml"),
    "new": ("ask a device and write a first profile to edit", "profile new snmp://10.0.0.21 --community env:SNMP_READ"),
    "list": ("list the devices that profiles know", "profile list --markdown > docs/devices.md"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Device knowledge as data: check profile files, draft a new one, list what is known."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    verbs = parser.add_subparsers(metavar="VERB", dest="verb", required=True)
    check, new, listing = (
        verbs.add_parser(verb, help=summary, description=summary, epilog=f"example: roomready {example}")
        for verb, (summary, example) in VERBS.items()
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    new.add_argument("url", metavar="URL", help="its SNMP address")
    new.add_argument("--out", type=Path, metavar="FILE", help="a file that is not there yet (default: standard output)")
    new.add_argument("--limit", type=int, default=MOST, metavar="N", help=f"objects to read at most (default: {MOST})")
    new.add_argument("--timeout", type=float, default=1.0, metavar="S", help="seconds to wait for an answer")
    add_credential_arguments(new)
    add_profiles_argument(new)
    listing.add_argument("--markdown", action="store_true", help="as the page docs/devices.md")


def run(args: argparse.Namespace) -> int:
    match args.verb:
        case "check":
            return _check(args.files)
        case "new":
            return _new(args)
    print(devices_page(), end="") if args.markdown else _list()
    return OK


def _check(paths: Sequence[Path]) -> int:
    """Tells every mistake of every file; what is good is said once all of them have been read."""
    good: dict[Path, tuple[Family, Profile]] = {}
    mistakes: list[str] = []
    for path in paths:
        family = family_of(path)
        try:
            good[path] = family, family.read(path)
        except ProfileError as error:
            mistakes.append(str(error))
    named = {profile.name for _, profile in good.values()}
    for path, (family, profile) in good.items():
        unknown = sorted(set(also_of(profile)) - named - family.every(None).keys())
        mistakes += [f"{path}: also: found {name!r}, expected the name of a profile" for name in unknown]
        print(f"{path}: {_summary(family, profile)}")
    print(*mistakes, sep="\n", end="\n" if mistakes else "", file=sys.stderr)
    return WRONG_REQUEST if mistakes else OK


def _summary(family: Family, profile: Profile) -> str:
    count = len(rows_of(profile))
    rows = f"{count} row" if count == 1 else f"{count} rows"
    return f"{family.title}, {profile.kind}, {rows}: {reads(profile) or 'nothing yet'}"


def _list() -> None:
    for family in FAMILIES:
        for profile in sorted(family.every(None).values(), key=lambda p: (p.kind, p.name)):
            print(f"{family.folder:8} {profile.kind:12} {profile.name:28} {profile.title}")


def _new(args: argparse.Namespace) -> int:
    try:
        if args.out is not None and args.out.exists():
            raise FileExistsError(f"{args.out} is there already; expected a file that is not")
        address = snmp_address(args.url, args)
        line = line_of(address, Surroundings(args.profiles, args.timeout))
        with Progress() as progress:
            seen = asyncio.run(look(line, snmp_profiles(args.profiles), args.limit, progress.show))
        text = draft(seen, [value for option, value in address.options.items() if option in SECRET_OPTIONS])
        _put(text, args.out)
    except (AddressError, SecretError, ProfileError, OSError) as error:
        print(f"roomready profile: {error}", file=sys.stderr)
        return WRONG_REQUEST
    except Fault as fault:
        print(f"roomready profile: {fault.result}: {fault}", file=sys.stderr)
        return NO_ANSWER
    _tell(seen)
    return OK


def _put(text: str, out: Path | None) -> None:
    """Writes the draft. A file that is there already may hold somebody's work, so it stays."""
    if out is None:
        print(text, end="")
        return
    with out.open("x", encoding="utf-8") as file:
        file.write(text)


def _tell(seen: Seen) -> None:
    print(f"{len(seen.objects)} objects{', not all there are: ' if seen.cut else ''}{seen.cut}", file=sys.stderr)
    if seen.readers:
        leader = seen.readers[0]
        how = "its rows are read along" if leader.fallback else "give your file that name to replace it"
        print(f"the profile {leader.name} ({leader.title}) reads this device already; {how}", file=sys.stderr)
