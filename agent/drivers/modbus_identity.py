"""Who a Modbus device is: what its profile knows, what it says by function 43/14, what stands in its registers.

    -> 2B 0E 01 00
    <- 2B 0E 01 01 00 00 03  00 08 "ACME Ltd"  01 05 "PM-01"  02 04 "V1.2"      maker, product, revision

Nothing of it is needed: whatever a device does not say, or says wrongly, is left out.
"""

from contextlib import suppress

from agent.drivers.modbus_points import Span
from agent.drivers.modbus_unit import Unit, text
from agent.faults import Fault
from agent.model.readings import Identity
from agent.profiles.schema import ModbusProfile, ModbusText

_MAKER, _PRODUCT, _REVISION = 0, 1, 2


class Introduction:
    """Asks a unit who it is, until it has once shown that it does not know the question."""

    def __init__(self, unit: Unit, profile: ModbusProfile) -> None:
        self._unit = unit
        self._profile = profile
        self._texts = profile.identity
        self._knows_how = profile.identity.asks

    @property
    def asks(self) -> bool:
        """Whether there is anything to ask."""
        told = self._texts
        return self._knows_how or any((told.vendor, told.model, told.serial, told.firmware))

    async def made(self) -> Identity:
        profile, told = self._profile, self._texts
        said = await self._said() if self._knows_how else {}
        return Identity(
            profile.kind,
            await self._text(told.vendor) or said.get(_MAKER) or profile.vendor_name,
            await self._text(told.model) or said.get(_PRODUCT) or profile.model,
            await self._text(told.serial),
            await self._text(told.firmware) or said.get(_REVISION, ""),
            profile.name,
        )

    async def _said(self) -> dict[int, str]:
        try:
            return dict(await self._unit.objects())
        except Fault:
            self._knows_how = False
            return {}

    async def _text(self, where: ModbusText | None) -> str:
        if where is None:
            return ""
        space = where.space or self._profile.space
        with suppress(Fault):
            cells = (await self._unit.read(Span(space, where.register, where.count))).cells
            return text(b"".join(cell.to_bytes(2, "big") for cell in cells.values()))
        return ""
