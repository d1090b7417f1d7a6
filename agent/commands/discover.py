"""`roomready discover ADDRESS...`: who answers there? Prints [[device]] entries ready for a room.toml.

Standard output has the entries (or one JSON object) and nothing else; who did not answer, or is not known, is told on
standard error. A secret is never printed: an entry says where the configuration will find it.
"""

import argparse
import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Any

from agent.address import SECRET_OPTIONS, Address, AddressError
from agent.commands.credentials import Credential, add_profiles_argument, credentials, has_own
from agent.commands.credentials import add_arguments as add_credential_arguments
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.commands.progress import Progress
from agent.discover import Attempt, Outcome, discover
from agent.drivers.driver import Surroundings
from agent.drivers.throttle import Throttle
from agent.faults import TimedOut, Unknown, Unreachable
from agent.model.readings import Identity
from agent.secrets import SecretError
from agent.targets import MOST, targets

EPILOG = """examples:
  roomready discover 10.0.0.0/24 --community env:SNMP_READ >> room.toml
  roomready discover 10.0.0.5-20 ups-1.example --user monitor --auth SHA-256:env:AUTH --priv AES:env:PRIV
  roomready discover 'modbus+tcp://10.0.0.9?profile=rs-ws-n01' snmp://10.0.0.21:1161 --community public

Only the addresses given are asked, slowly (--rate), and only for what they are.
"""
LISTED = 20  # silent addresses that are named on standard error; a network has hundreds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Asks addresses who is there and prints [[device]] entries for a room.toml."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    known = f"host, network, range or URL (at most {MOST} addresses); what is no URL is asked by SNMP"
    parser.add_argument("addresses", nargs="+", metavar="ADDRESS", help=known)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--port", type=int, help="SNMP port of addresses that are no URL (default: 161)")
    parser.add_argument("--rate", type=_positive, default=20.0, metavar="N", help="requests a second (default: 20)")
    parser.add_argument("--timeout", type=_positive, default=1.0, metavar="S", help="seconds to wait for an answer")
    add_credential_arguments(parser, several=True)
    add_profiles_argument(parser)


def run(args: argparse.Namespace) -> int:
    try:
        given = credentials(args)
        wanted = [_attempts(address, given) for address in targets(args.addresses, args.port)]
        outcomes = _discovered(wanted, Surroundings(args.profiles, args.timeout, Throttle(args.rate)))
    except (AddressError, SecretError) as error:
        print(f"roomready discover: {error}", file=sys.stderr)
        return WRONG_REQUEST
    found = dict(zip(_names(outcomes), (o for o in outcomes if o.identity), strict=True))
    if args.json:
        print(json.dumps(_document(found, outcomes), ensure_ascii=False))
    else:
        _print_entries(found)
    _tell(outcomes)
    return OK if found else NO_ANSWER


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1000:
        raise argparse.ArgumentTypeError(f"{text}: expected a number above 0, at most 1000")
    return number


def _attempts(address: Address, given: Sequence[Credential]) -> Sequence[Attempt]:
    """How an address is asked: with its own credentials, or with each of the given ones in turn."""
    if address.scheme != "snmp" or has_own(address) or not given:
        return [Attempt(address, {})]
    return [Attempt(address.with_options(credential.options), credential.references) for credential in given]


def _discovered(wanted: Sequence[Sequence[Attempt]], surroundings: Surroundings) -> Sequence[Outcome]:
    counted: Counter[bool] = Counter()
    with Progress() as progress:

        def told(outcome: Outcome) -> None:
            counted[outcome.identity is not None] += 1
            progress.show(f"{counted.total()} of {len(wanted)} asked, {counted[True]} found")

        progress.show(f"0 of {len(wanted)} asked")
        return asyncio.run(discover(wanted, surroundings, told))


def _names(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A name for each device found: its sysName, or its kind and a number; none twice."""
    taken: set[str] = set()
    for identity in (outcome.identity for outcome in outcomes if outcome.identity):
        stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", identity.name).strip("-_.")[:50]
        numbered = (f"{stem or identity.kind}-{number}" for number in count(2 if stem else 1))
        name = next(name for name in chain([stem] if stem else [], numbered) if name not in taken)
        taken.add(name)
        yield name


def _print_entries(found: Mapping[str, Outcome]) -> None:
    placeholders: dict[tuple[str, str], str] = {}
    for name, outcome in found.items():
        address = outcome.attempt.address
        print(f"# {_described(outcome.identity)}" if outcome.identity else "#")
        print("[[device]]")
        print(f"name = {_quoted(name)}")
        print(f"address = {_quoted(str(address.without_secrets()))}")
        secrets = [f"{option} = {_quoted(ref)}" for option, ref in _references(outcome.attempt, placeholders)]
        if secrets:
            print(f"secrets = {{ {', '.join(secrets)} }}")
        print()
    if placeholders:
        print(f"before `roomready check`, set {', '.join(placeholders.values())}", file=sys.stderr)


def _references(attempt: Attempt, placeholders: dict[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """Where the configuration finds each secret; for one given in plain, a variable yet to be set."""
    for option, value in attempt.address.options.items():
        if option not in SECRET_OPTIONS:
            continue
        reference = attempt.references.get(option)
        if reference is None:
            used = sum(1 for other, _ in placeholders if other == option)
            variable = f"ROOMREADY_{option.upper()}" + (f"_{used + 1}" if used else "")
            reference = f"env:{placeholders.setdefault((option, value), variable)}"
        yield option, reference


def _described(identity: Identity) -> str:
    """One line for people; what a device says of itself must not break out of the comment."""
    who = " ".join(part for part in (identity.vendor, identity.model) if part) or "unnamed"
    serial = f", serial {identity.serial}" if identity.serial else ""
    line = f"{identity.kind}: {who}{serial} (profile {identity.profile})"
    return "".join(letter if letter.isprintable() else " " for letter in line)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _document(found: Mapping[str, Outcome], outcomes: Sequence[Outcome]) -> dict[str, Any]:
    said = ("kind", "vendor", "model", "serial", "firmware", "profile")
    return {
        "devices": [
            {"name": name, "address": _shown(o), **{key: getattr(o.identity, key) for key in said}}
            for name, o in found.items()
        ],
        "unknown": [{"address": _shown(o), "reason": str(o.fault)} for o in outcomes if o.fault and not _silent(o)],
        "silent": [_shown(o) for o in outcomes if _silent(o)],
    }


def _tell(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.fault is not None and not _silent(outcome):
            print(f"{_shown(outcome)}: {outcome.fault.result}: {outcome.fault}", file=sys.stderr)
            if isinstance(outcome.fault, Unknown):
                print(f"  (roomready profile new {_shown(outcome)} writes a first profile for it)", file=sys.stderr)
    silent = [_shown(outcome) for outcome in outcomes if _silent(outcome)]
    if silent:
        more = f" and {len(silent) - LISTED} more" if len(silent) > LISTED else ""
        print(f"no answer from {len(silent)} of {len(outcomes)}: {', '.join(silent[:LISTED])}{more}", file=sys.stderr)


def _silent(outcome: Outcome) -> bool:
    return isinstance(outcome.fault, TimedOut | Unreachable)


def _shown(outcome: Outcome) -> str:
    return str(outcome.attempt.address.without_secrets())
