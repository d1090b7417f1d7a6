"""`roomready probe URL`: reads one device once. JSON for programs, a table for people, the reason on standard error."""

import argparse
import asyncio
import json
import sys
from contextlib import suppress
from typing import Any

from agent.address import AddressError, parse_address
from agent.commands.arguments import seconds
from agent.commands.credentials import add_arguments as add_credential_arguments
from agent.commands.credentials import add_profiles_argument, with_credentials
from agent.commands.exits import NO_ANSWER, OK, WRONG_REQUEST
from agent.drivers.driver import Answer, Driver, Surroundings
from agent.drivers.registry import connect
from agent.faults import Fault, TimedOut
from agent.model.measures import Group
from agent.model.readings import Identity, Reading
from agent.plausible import implausible
from agent.secrets import SecretError

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
    parser.add_argument(
        "--timeout", type=seconds, default=1.0, metavar="S", help="seconds for one request (default: 1)"
    )
    add_credential_arguments(parser)
    add_profiles_argument(parser)


def run(args: argparse.Namespace) -> int:
    try:
        address = with_credentials(parse_address(args.url), args)
        driver = connect(address, Surroundings(args.profiles, args.timeout))
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
    refused = {withheld.series for withheld in contradictions}
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
