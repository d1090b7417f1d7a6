"""The protocols that have profiles: which schema a file of each must fit, and how a file tells which it is."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agent.profiles.load import (
    load_profile,
    megatec_profiles,
    modbus_profiles,
    snmp_profiles,
    variable_profiles,
    ydt1363_profiles,
)
from agent.profiles.schema import (
    MegatecProfile,
    ModbusProfile,
    Profile,
    Row,
    Scalars,
    SnmpProfile,
    Table,
    VariableProfile,
    YdtProfile,
)


@dataclass(frozen=True, slots=True)
class Family:
    """One protocol's profiles. `folder` is theirs; `mark` is a key that only their rows, or they themselves, have."""

    folder: str
    title: str
    mark: str
    read: Callable[[Path], Profile]
    every: Callable[[Path | None], Mapping[str, Profile]]


_variables = partial(load_profile, schema=VariableProfile)

# fmt: off
FAMILIES: tuple[Family, ...] = (
    Family("snmp", "SNMP", "recognise", partial(load_profile, schema=SnmpProfile), snmp_profiles),
    Family("modbus", "Modbus", "register", partial(load_profile, schema=ModbusProfile), modbus_profiles),
    Family("megatec", "Megatec and relatives", "needs", partial(load_profile, schema=MegatecProfile), megatec_profiles),
    Family("ydt1363", "YD/T 1363.3", "offset", partial(load_profile, schema=YdtProfile), ydt1363_profiles),
    Family("nut", "NUT", "types", _variables, partial(variable_profiles, "nut")),
    Family("apcupsd", "apcupsd", "units", _variables, partial(variable_profiles, "apcupsd")),
)
# fmt: on


def family_of(path: Path) -> Family:
    """The family of a file: its folder says it, or else its content; SNMP where neither does."""
    by_folder = next((family for family in FAMILIES if family.folder == path.parent.name), None)
    return by_folder or next((family for family in FAMILIES if family.mark in _keys(path)), FAMILIES[0])


def rows_of(profile: Profile) -> list[Row]:
    """Every row of a profile, whatever its protocol."""
    if isinstance(profile, SnmpProfile):
        sections: list[Scalars | Table] = [*profile.scalars, *profile.tables]
        return [row for section in sections for row in section.rows]
    return list(profile.rows)


def also_of(profile: Profile) -> list[str]:
    """The profiles whose rows follow this one's."""
    return profile.also if isinstance(profile, SnmpProfile | VariableProfile) else []


def _keys(path: Path) -> set[str]:
    """The keys of the file and of its first row; none of a file that cannot be read, as its reader will tell."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return set()
    rows = document.get("rows")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    return {*document, *first}
