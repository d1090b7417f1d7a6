"""Finds, reads and checks profile files. A mistake is told with file, place, what was found and what was expected."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TypeVar

from agent.model.measures import BY_KEY, Measure
from agent.model.units import conversion
from agent.profiles.decode import MisfitError, decoded
from agent.profiles.schema import (
    By,
    MegatecProfile,
    MegatecRow,
    ModbusProfile,
    ModbusRow,
    Part,
    Profile,
    Row,
    Scalars,
    Sentinel,
    SnmpProfile,
    SnmpRow,
    Table,
    VariableProfile,
    VariableRow,
    When,
    YdtProfile,
    YdtRow,
)
from agent.profiles.spelling import spelled_out
from agent.profiles.values import ValueReader

SHIPPED = Path(__file__).parent
_OID = re.compile(r"\d+(\.\d+)*")
_NAME_SLOT = re.compile(r"\{(contact|circuit|sensor)\.[1-9]\d*(\|[^{}]*)?\}")
_P = TypeVar("_P", SnmpProfile, ModbusProfile, MegatecProfile, YdtProfile, VariableProfile)


class ProfileError(Exception):
    """A profile file cannot be used; the text lists every mistake found."""


@cache
def snmp_profiles(own: Path | None = None) -> Mapping[str, SnmpProfile]:
    """Every SNMP profile by name; files in the user's own folder stand before shipped ones of their name."""
    return _folder("snmp", SnmpProfile, own)


@cache
def modbus_profiles(own: Path | None = None) -> Mapping[str, ModbusProfile]:
    """Every Modbus profile by name; files in the user's own folder stand before shipped ones of their name."""
    return _folder("modbus", ModbusProfile, own)


@cache
def megatec_profiles(own: Path | None = None) -> Mapping[str, MegatecProfile]:
    """Every dialect of Megatec's protocol by name; files in the user's own folder stand before shipped ones."""
    return _folder("megatec", MegatecProfile, own)


@cache
def ydt1363_profiles(own: Path | None = None) -> Mapping[str, YdtProfile]:
    """Every YD/T 1363.3 profile by name; files in the user's own folder stand before shipped ones of their name."""
    return _folder("ydt1363", YdtProfile, own)


@cache
def variable_profiles(daemon: str, own: Path | None = None) -> Mapping[str, VariableProfile]:
    """Every profile for what a daemon (nut, apcupsd) tells; the user's own files stand before shipped ones."""
    return _folder(daemon, VariableProfile, own)


def load_profile(path: Path, schema: type[_P]) -> _P:
    """Reads one file.

    Raises:
        ProfileError: it is not TOML, does not fit the schema, or its rows contradict the catalogue.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProfileError(f"{path}: {error}") from error
    try:
        profile = decoded(spelled_out(document), schema)
    except MisfitError as error:
        raise ProfileError("\n".join(f"{path}: {mistake}" for mistake in error.mistakes)) from error
    problems = list(_problems(profile))
    if problems:
        raise ProfileError("\n".join(f"{path}: {problem}" for problem in problems))
    return profile


def value_reader(row: Row, absent: Iterable[Sentinel] = ()) -> ValueReader:
    """The reader of a row's raw values; `absent` are the sentinels of the whole profile."""
    measure = BY_KEY[row.measure]
    flags = {**{str(word): 1.0 for word in row.true}, **{str(word): 0.0 for word in row.false}}
    return ValueReader(
        measure=measure,
        conversion=conversion(row.unit or "count") if not (row.words or flags) else None,
        words=row.words or None,
        flags=flags or None,
        absent=frozenset(str(word) for word in (*row.absent, *absent)),
        fold=row.fold,
        least=row.least,
        most=row.most,
        bit=row.bit,
        char=row.char,
        word=row.word,
        pattern=re.compile(row.pattern) if row.pattern else None,
    )


def _folder(protocol: str, schema: type[_P], own: Path | None) -> dict[str, _P]:
    folders = [*([own / protocol] if own else []), SHIPPED / protocol]
    known: dict[str, _P] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        profile = load_profile(path, schema)
        known.setdefault(profile.name, profile)
    return known


def _problems(profile: Profile) -> Iterator[str]:
    for where, row in _rows(profile):
        yield from (f"{where}: {problem}" for problem in _row_problems(row))
        if isinstance(row, ModbusRow):
            yield from (f"{where}: {problem}" for problem in _modbus_problems(row))
        if isinstance(row, SnmpRow):
            yield from (f"{where}: {problem}" for problem in _snmp_problems(row, table="tables" in where))
    if isinstance(profile, VariableProfile):
        yield from (f"units: {problem}" for unit in profile.units.values() for problem in _word_problems(unit))
    if isinstance(profile, SnmpProfile):
        yield from _identity_problems(profile)
        for number, table in enumerate(profile.tables):
            yield from (f"tables[{number}]: {problem}" for problem in _table_problems(table))


def _rows(profile: Profile) -> Iterator[tuple[str, Row]]:
    if not isinstance(profile, SnmpProfile):
        yield from ((f"rows[{n}] ({_place(row)})", row) for n, row in enumerate(profile.rows))
        return
    sections: list[tuple[str, Scalars | Table]] = [(f"scalars[{n}]", s) for n, s in enumerate(profile.scalars)]
    sections += [(f"tables[{n}]", t) for n, t in enumerate(profile.tables)]
    for where, section in sections:
        yield from ((f"{where}.rows[{n}] ({row.at or row.column})", row) for n, row in enumerate(section.rows))


def _place(row: Row) -> str:
    """Where a row's value stands, as its own protocol says it."""
    if isinstance(row, ModbusRow):
        return f"register {row.register}"
    if isinstance(row, YdtRow):
        return f"{row.command} at {row.offset}"
    return row.at if isinstance(row, MegatecRow | VariableRow) else ""


def _row_problems(row: Row) -> Iterator[str]:
    measure = BY_KEY.get(row.measure)
    if measure is None:
        near = get_close_matches(row.measure, BY_KEY, n=1)
        hint = f"; is {near[0]!r} meant?" if near else "; agent/model/measures.py lists them"
        yield f"measure: {row.measure!r} is not in the catalogue{hint}"
        return
    yield from _value_problems(row, measure)
    for label in row.labels:
        if label not in measure.labels:
            yield f"labels: {measure.key} has no label {label!r}; it has {', '.join(measure.labels) or 'none'}"
    if row.pattern is not None:
        yield from (f"pattern: {problem}" for problem in _pattern_problems(row.pattern, groups=1))


def _pattern_problems(pattern: str, groups: int) -> Iterator[str]:
    try:
        if re.compile(pattern).groups < groups:
            yield f"{pattern!r} needs a group for the value"
    except re.error as error:
        yield f"{pattern!r}: {error}"


def _identity_problems(profile: SnmpProfile) -> Iterator[str]:
    who = profile.identity
    for part in (*who.vendor, *who.model, *who.serial, *who.firmware):
        if isinstance(part, Part):
            yield from (f"identity: pattern: {problem}" for problem in _pattern_problems(part.pattern, groups=1))


def _value_problems(row: Row, measure: Measure) -> Iterator[str]:
    if measure.is_state:
        if not row.words:
            yield f"words: {measure.key} is a state; say which raw value means which of {', '.join(measure.states)}"
        for word in sorted(set(row.words.values()) - set(measure.states)):
            yield f"words: {word!r} is not a state of {measure.key}; expected one of {', '.join(measure.states)}"
    elif measure.is_flag:
        if not row.true and not row.false:
            yield f"true, false: {measure.key} is a flag; say which raw values mean true and which false"
    elif row.unit is None:
        if measure.unit.suffix:
            yield f"unit: missing; {measure.key} is kept in {measure.unit.suffix}"
    else:
        yield from _unit_problems(row.unit, measure)


def _modbus_problems(row: ModbusRow) -> Iterator[str]:
    for text in row.labels.values():
        if re.search(r"[{}]", _NAME_SLOT.sub("", text)):
            yield f"labels: {text!r} has braces that are none of {{contact.N}}, {{circuit.N}}, {{sensor.N}}"
    for by in row.scale_by:
        try:
            Fraction(by.step)
        except (ValueError, ZeroDivisionError):
            yield f"scale_by: step: {by.step!r} is not a number"


def _word_problems(unit: str) -> Iterator[str]:
    try:
        conversion(unit)
    except ValueError as error:
        yield str(error)


def _unit_problems(unit: str, measure: Measure) -> Iterator[str]:
    try:
        found = conversion(unit)
    except ValueError as error:
        yield str(error)
        return
    if found.unit is not measure.unit:
        expected = measure.unit.suffix or "counts"
        yield f"unit: {unit!r} is in {found.unit.suffix or 'counts'}; {measure.key} is in {expected}"


def _snmp_problems(row: SnmpRow, table: bool) -> Iterator[str]:
    wanted, other = ("column", "at") if table else ("at", "column")
    if getattr(row, wanted) is None or getattr(row, other) is not None:
        yield f"{wanted}: a row of {'tables' if table else 'scalars'} has {wanted!r} and not {other!r}"
    neighbours: list[tuple[str, By | When | None]] = [
        ("unit_by", row.unit_by),
        ("where", row.where),
        ("when", row.when),
    ]
    neighbours += [("scale_by", by) for by in row.scale_by]
    for name, by in neighbours:
        yield from (f"{name}: {problem}" for problem in _neighbour_problems(name, by))
    for oid in (row.at, row.column):
        if oid is not None and not _OID.fullmatch(oid):
            yield f"{wanted}: {oid!r} is not an OID"
    measure = BY_KEY.get(row.measure)
    if row.unit_by is not None and measure is not None:
        for unit in row.unit_by.words.values():
            yield from _unit_problems(unit, measure)


def _neighbour_problems(name: str, by: By | When | None) -> Iterator[str]:
    part = by.part if isinstance(by, When) else None
    if by is not None and [by.at, by.column, part].count(None) != 2:
        yield "give either 'at' (any object) or 'column' (a cell of the same row)"
    if part is not None and name == "when":
        yield "an index does not change between polls; give its 'part' in 'where'"
    if isinstance(by, When) and by.like is not None:
        yield from (f"like: {problem}" for problem in _pattern_problems(by.like, groups=0))


def _table_problems(table: Table) -> Iterator[str]:
    if not _OID.fullmatch(table.entry):
        yield f"entry: {table.entry!r} is not an OID"
    if table.cut is not None:
        yield from (f"cut: {problem}" for problem in _pattern_problems(table.cut, groups=0))
    for name, by in (("where", table.where), ("when", table.when)):
        yield from (f"{name}: {problem}" for problem in _neighbour_problems(name, by))
    known = {label for row in table.rows if row.measure in BY_KEY for label in BY_KEY[row.measure].labels}
    for label in table.labels:
        if label not in known:
            yield f"labels: no row's measure has a label {label!r}"
