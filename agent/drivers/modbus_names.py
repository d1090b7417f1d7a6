"""Names that the address gives to the inputs, circuits and sensors of a device that has none for them.

    ?contacts=surge_protector_failed,!door_open,,water_leak      {contact.1} {contact.2} {contact.4} in the profile

An empty place is an input that is not used. A ! stands before a contact that is closed while all is well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.address import Address, AddressError
from agent.profiles.schema import ModbusProfile, ModbusRow

OPTIONS: Mapping[str, str] = {"contact": "contacts", "circuit": "circuits", "sensor": "sensors"}
_SLOT = re.compile(r"\{(contact|circuit|sensor)\.(\d+)(?:\|([^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Named:
    """The labels of a row with the address's names in them; an `inverted` contact is closed while all is well."""

    labels: Mapping[str, str]
    inverted: bool = False


class Names:
    """What the options of an address say, checked against the places that a profile has for names.

    Raises:
        AddressError: there are more names than places, none where all rows need one, or one twice.
    """

    def __init__(self, address: Address, profile: ModbusProfile) -> None:
        places = [place for row in profile.rows for label in row.labels.values() for place in _SLOT.findall(label)]
        self._names: dict[str, Sequence[str]] = {}
        for kind, option in OPTIONS.items():
            numbers = [int(number) for found, number, _ in places if found == kind]
            names = [name.strip() for name in address.options.get(option, "").split(",")]
            self._names[kind] = names if option in address.options else []
            _check(f"{option}={address.options.get(option)}", self._names[kind], profile, max(numbers, default=0))
        if profile.rows and not any(self.of(row) for row in profile.rows):
            wanted = sorted({OPTIONS[kind] for kind, _, _ in places})
            raise AddressError(f"no names for what {profile.name} has", " and ".join(f"{o}=" for o in wanted))

    def of(self, row: ModbusRow) -> Named | None:
        """The row's labels; None where the address has no name for it."""
        labels: dict[str, str] = {}
        inverted = False
        for label, text in row.labels.items():
            names = [self._name(*place) for place in _SLOT.findall(text)]
            if not all(names):
                return None
            inverted = inverted or any(name.startswith("!") for name in names)
            plain = iter(name.removeprefix("!") for name in names)
            labels[label] = _SLOT.sub(lambda _, plain=plain: next(plain), text)  # type: ignore[misc]
        return Named(labels, inverted)

    def _name(self, kind: str, number: str, otherwise: str) -> str:
        names = self._names[kind]
        given = names[int(number) - 1] if int(number) <= len(names) else ""
        return given or otherwise


def _check(option: str, names: Sequence[str], profile: ModbusProfile, places: int) -> None:
    if len(names) > places:
        raise AddressError(f"{option}, {len(names)} names", f"at most {places} for {profile.name}")
    plain = [name.removeprefix("!") for name in names if name]
    for name in plain:
        if plain.count(name) > 1 or not name or not name.isprintable():
            raise AddressError(f"{option} with {name!r}", "names that differ, and nothing for what is not used")
    if any(name.startswith("!") for name in names) and not option.startswith("contacts="):
        raise AddressError(option, "a ! only before contacts")
