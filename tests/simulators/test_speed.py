"""Ten simulated hours take less than a minute, with every instrument of the call centre listening."""

import asyncio
import time

from simulators.room.plan import CALL_CENTRE
from simulators.simulation import Simulation

HOUR = 3600.0
TEN_HOURS_WITHIN = 60.0  # seconds of one core


def test_an_hour_with_a_dozen_instruments_takes_a_tenth_of_what_ten_may() -> None:
    async def story() -> float:
        async with Simulation(speed=1000, plan=CALL_CENTRE) as simulation:
            began = time.process_time()
            async with asyncio.timeout(60):
                while simulation.room.time < HOUR:
                    await asyncio.sleep(0.05)
            return time.process_time() - began

    assert asyncio.run(story()) < TEN_HOURS_WITHIN / 10
