"""`roomready probe URL`: reads one device once. JSON for programs, a table for people, the reason on standard error."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from agent.address import AddressError, parse_address
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, TimedOut
from agent.model.measures import Group
from agent.model.readings import Identity, Reading
from agent.plausible import implausible
from agent.secrets import EXPECTED, SecretError, secret

EPILOG = """examples:
  roomready probe snmp://10.0.0.21 --community public
  roomready probe snmp://10.0.0.21 --user monitor --auth SHA-256:env:AUTH --priv AES:file:/run/secrets/priv --json
  roomready probe 'modbus+rtu:///dev/ttyUSB0?unit=3&profile=rs-ws-n01'
"""
DEADLINE = 60.0  # seconds over everything: recognising, finding tables, reading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = "Reads one device once and prints what it says."
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("url", metavar="URL", help="the device's address")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--timeout", type=float, default=1.0, metavar="S", help="seconds for one request (default: 1)")
    parser.add_argument("--community", help="SNMP v1 and v2c (or set ROOMREADY_COMMUNITY)")
    parser.add_argument("--user", help="SNMPv3 user")
    secrets = f"[PROTOCOL:]SECRET, the secret as {EXPECTED}; only PROTOCOL: the secret is in"
    parser.add_argument("--auth", help=f"SNMPv3 authentication: {secrets} ROOMREADY_AUTH (default protocol: SHA)")
    parser.add_argument("--priv", help=f"SNMPv3 privacy: {secrets} ROOMREADY_PRIV (default protocol: AES)")


def run(args: argparse.Namespace) -> int:
    try:
        address = parse_address(args.url)
        address = address.with_options(dict(_options(args)) if address.scheme == "snmp" else {})
        driver = connect(address, Surroundings(timeout=args.timeout))
    except (AddressError, SecretError) as error:
        print(f"roomready probe: {error}", file=sys.stderr)
        return WRONG_REQUEST
    try:
        identity, answer = asyncio.run(_read(driver))
    except Fault as fault:
        print(f"roomready probe: {fault.result}: {fault}", file=sys.stderr)
        return NO_ANSWER
    for refused in answer.withheld:
        print(f"withheld: {refused.measure.key} at {refused.address}: {refused.reason}", file=sys.stderr)
    if args.json:
        print(json.dumps(_document(identity, answer), ensure_ascii=False))
    else:
        _print_table(identity, answer)
    return OK


def _options(args: argparse.Namespace) -> Mapping[str, str]:
    """The address options that the command line and the environment give."""
    options: dict[str, str] = {}
    community = args.community or os.environ.get("ROOMREADY_COMMUNITY")
    if community and not args.user:
        options["community"] = community
    if args.user:
        options["user"] = args.user
        options |= _protected("auth", args.auth) | _protected("priv", args.priv)
    return options


def _protected(option: str, text: str | None) -> dict[str, str]:
    """[PROTOCOL:]SECRET taken apart; the secret itself is fetched from where the reference points."""
    if text is None:
        return {}
    head, _, rest = text.partition(":")
    if head in ("env", "file", "credential"):
        return {option: secret(text)}
    reference = rest or f"env:ROOMREADY_{option.upper()}"
    return {f"{option}_protocol": head.upper(), option: secret(reference)}


async def _read(driver: Driver) -> tuple[Identity, Answer]:
    try:
        async with asyncio.timeout(DEADLINE):
            identity = await driver.open()
            return identity, _believed(await driver.poll(frozenset(Group)))
    except TimeoutError:
        raise TimedOut(f"not read within {DEADLINE:g} s") from None
    finally:
        with suppress(Fault):
            await driver.close()


def _believed(answer: Answer) -> Answer:
    contradictions = implausible(answer.readings)
    refused = {(withheld.measure.key, withheld.labels) for withheld in contradictions}
    kept = tuple(reading for reading in answer.readings if reading.series not in refused)
    return Answer(kept, (*answer.withheld, *contradictions))


def _document(identity: Identity, answer: Answer) -> dict[str, Any]:
    said = ("kind", "vendor", "model", "serial", "firmware", "profile")
    return {
        "device": {key: getattr(identity, key) for key in said},
        "readings": [_row(reading) for reading in answer.readings],
    }


def _row(reading: Reading) -> dict[str, Any]:
    """A state is a sample of its state set: the word as a label, the value 1."""
    labels, value = dict(reading.labels), reading.value
    if isinstance(value, str):
        labels["state"], value = value, 1
    return {"metric": reading.measure.metric, "labels": labels, "value": value, "address": reading.address}


def _print_table(identity: Identity, answer: Answer) -> None:
    who = " ".join(part for part in (identity.vendor, identity.model) if part) or "unnamed"
    extras = [("serial", identity.serial), ("firmware", identity.firmware), ("profile", identity.profile)]
    print(f"{identity.kind}: {who}" + "".join(f", {name} {text}" for name, text in extras if text))
    rows = [(r.measure.key, _place(r), _shown(r), r.address) for r in answer.readings]
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(3)]
    for key, place, value, address in rows:
        print(f"  {key:{widths[0]}}  {place:{widths[1]}}  {value:>{widths[2]}}  {address}")
    if not rows:
        print("  no readings")


def _place(reading: Reading) -> str:
    return ",".join(f"{key}={value}" for key, value in reading.labels)


def _shown(reading: Reading) -> str:
    if isinstance(reading.value, str):
        return reading.value
    if reading.measure.is_flag:
        return "yes" if reading.value else "no"
    return f"{reading.value:.10g} {reading.measure.unit.symbol}".rstrip()
