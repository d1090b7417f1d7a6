"""Which profile reads an SNMP device: sysObjectID first, then sysDescr, then one telling object of each family.

The device is never walked for it. Standard MIBs (`fallback` profiles) come last, and all of them that answer count.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from agent.drivers.snmp_line import SnmpLine
from agent.faults import Refused, Unknown
from agent.profiles.schema import Recognise, SnmpProfile
from agent.profiles.values import Raw, as_text

SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.1.3.0"
SYS_NAME = "1.3.6.1.2.1.1.5.0"
ANY = ".*"  # a telling object that ends so is a table, whose rows have numbers of their own
ROWS = 3  # of a profile that names no telling object, those that are asked for
SYSTEM = (SYS_UP_TIME, SYS_OBJECT_ID, SYS_DESCR, SYS_NAME)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The profile that leads and the standard ones that follow it; `anchor` is an object the device surely has.

    `name` is the device's sysName.
    """

    profiles: Sequence[SnmpProfile]
    anchor: str
    name: str = ""


def absolute(profile: SnmpProfile, oid: str) -> str:
    """An OID of a profile in full: relative ones follow its base."""
    return oid if oid.startswith("1.3.6.1.") or not profile.base else f"{profile.base}.{oid}"


async def recognise(line: SnmpLine, known: Mapping[str, SnmpProfile], forced: str | None) -> Recognised:
    """Asks the device who it is.

    Raises:
        Fault: it does not answer, or no profile knows it.
    """
    system = await line.get(SYSTEM)
    object_id, description = as_text(system.get(SYS_OBJECT_ID)).lstrip("."), as_text(system.get(SYS_DESCR))
    anchor = next((oid for oid in SYSTEM if oid in system), "")
    name = as_text(system.get(SYS_NAME))
    known = {profile: _based(known[profile], object_id) for profile in known}
    if forced:
        return Recognised(_with_named([known[forced]], known), anchor, name)
    leaders = [p for p in known.values() if not p.fallback]
    leader = await _first_telling(line, _named(leaders, object_id, description), anchor)
    if leader is None:
        answering = await _answering(line, [p for p in known.values() if p.recognise.telling], anchor, own_only=True)
        leader = next((p for p in answering if not p.fallback), None)
        leader = leader or await _first_by_rows(line, leaders, anchor)
        found = [leader] if leader else _standard(answering)
    else:
        found = [leader]
    if not found and not system:
        raise Refused("the device answers but shows nothing: is this the right community or view?")
    if not found:
        raise Unknown(f"no profile knows sysObjectID {object_id or 'none'}, sysDescr {description[:60]!r}")
    return Recognised(_with_named(found, known), anchor, name)


def _based(profile: SnmpProfile, object_id: str) -> SnmpProfile:
    """The profile, its base filled in where it begins with the device's own sysObjectID."""
    if "{sysObjectID}" not in profile.base:
        return profile
    return msgspec.structs.replace(profile, base=profile.base.replace("{sysObjectID}", object_id))


def _standard(answering: Iterable[SnmpProfile]) -> list[SnmpProfile]:
    """The standard MIBs; one that is for sensors of any kind says least of what the device is, so it does not lead."""
    return sorted((p for p in answering if p.fallback), key=lambda p: p.kind == "environment")


def _named(profiles: Iterable[SnmpProfile], object_id: str, description: str) -> list[SnmpProfile]:
    """Profiles that name this sysObjectID (longest prefix first; of equals, who knows the sysDescr too) or sysDescr."""
    by_id = [
        (_prefix(p, object_id), any(re.search(d, description) for d in p.recognise.descriptions), p) for p in profiles
    ]
    named = [p for length, _, p in sorted(by_id, key=lambda known: (-known[0], not known[1])) if length]
    return named + [p for length, described, p in by_id if described and not length]


def _prefix(profile: SnmpProfile, object_id: str) -> int:
    """Length of the longest prefix of the sysObjectID that the profile names, in characters; 0 for none."""
    return max((len(p) for p in profile.recognise.object_ids if f"{object_id}.".startswith(f"{p}.")), default=0)


async def _first_telling(line: SnmpLine, candidates: Sequence[SnmpProfile], anchor: str) -> SnmpProfile | None:
    """The first candidate that either needs no proof or whose telling object answers."""
    answering = await _answering(line, [p for p in candidates if p.recognise.telling], anchor)
    return next((p for p in candidates if not p.recognise.telling or p in answering), None)


async def _first_by_rows(line: SnmpLine, profiles: Sequence[SnmpProfile], anchor: str) -> SnmpProfile | None:
    """The first profile without a telling object of which the device has one of the first rows.

    Makers build on agents that say nothing but who wrote the agent; the objects under it are their own all the same.
    """
    untold = [p for p in profiles if p.recognise.object_ids and not p.recognise.telling]
    by_rows = [msgspec.structs.replace(p, recognise=Recognise(telling=_first_rows(p))) for p in untold]
    answering = {p.name for p in await _answering(line, by_rows, anchor, own_only=True)}
    return next((p for p in untold if p.name in answering), None)


def _first_rows(profile: SnmpProfile) -> list[str]:
    scalars = [row.at for section in profile.scalars for row in section.rows if row.at]
    return scalars[:ROWS] or [f"{table.entry}{ANY}" for table in profile.tables[:1]]


async def _answering(
    line: SnmpLine, profiles: Sequence[SnmpProfile], anchor: str, *, own_only: bool = False
) -> list[SnmpProfile]:
    """The profiles of which a telling object answers with anything but an empty text.

    An object of a standard MIB tells nothing about the maker: with `own_only` it counts for standard profiles alone.
    """
    telling = {
        p.name: {oid for oid in (absolute(p, oid) for oid in p.recognise.telling) if _counts(p, oid, own_only)}
        for p in profiles
    }
    asked = sorted(set().union(*telling.values()))
    trees = [oid for oid in asked if oid.endswith(ANY)]
    objects = await line.survey([oid for oid in asked if oid not in trees], anchor)
    found = {oid for oid, value in objects.items() if as_text(value)}
    found |= {tree for tree in trees if await _has_any(line, tree.removesuffix(ANY))}
    return [p for p in profiles if telling[p.name] & found]


async def _has_any(line: SnmpLine, subtree: str) -> bool:
    first: dict[str, Raw] = {}
    await line.explore(subtree, first, 1)
    return bool(first)


def _counts(profile: SnmpProfile, oid: str, own_only: bool) -> bool:
    return profile.fallback or not own_only or oid.startswith("1.3.6.1.4.1.")


def _with_named(profiles: list[SnmpProfile], known: Mapping[str, SnmpProfile]) -> list[SnmpProfile]:
    """The profiles, each followed by the standard ones it names in `also`; none twice."""
    named = [known[name] for profile in profiles for name in profile.also if name in known]
    return list({p.name: p for p in (*profiles, *named)}.values())
