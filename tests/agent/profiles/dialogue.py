"""A device of a test's own making, read once through the real SNMP driver."""

import asyncio
from collections.abc import Mapping

from agent.address import parse_address
from agent.drivers.driver import Surroundings
from agent.drivers.registry import connect
from agent.model.measures import Group
from agent.model.readings import Identity
from tests.snmp_agent import Value, snmp_agent, system


def dialogue(object_id: str, base: str, own: Mapping[str, Value]) -> tuple[Identity, dict[str, float | str]]:
    """Who a device with these objects under `base` is, and what it reads: measure and label words to value."""

    async def run() -> tuple[Identity, dict[str, float | str]]:
        objects = system(object_id) | {f"{base}.{oid}": value for oid, value in own.items()}
        async with snmp_agent(objects) as agent:
            driver = connect(
                parse_address(f"snmp://127.0.0.1:{agent.port}?community=public"), Surroundings(timeout=0.3)
            )
            try:
                identity, answer = await driver.open(), await driver.poll(frozenset(Group))
            finally:
                await driver.close()
        return identity, {
            ",".join([r.measure.key, *(value for _, value in r.labels)]): r.value for r in answer.readings
        }

    return asyncio.run(run())
