"""A first profile of an SNMP device, to be edited: what it has, row by row, commented out, with its present values.

The draft is a valid profile that reads nothing yet. Rows are for numbers; texts are shown where the device may say who
it is. What a device says stands in comments only, on one line, and never contains a secret that it was asked with.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from agent.model.readings import Kind
from agent.profiles.schema import SnmpProfile
from agent.profiles.shape import Shape, shape
from agent.profiles.values import Raw, as_number, as_text

STANDARD = ("1.3.6.1.2.1.33", "1.3.6.1.2.1.99")  # RFC 1628 and RFC 3433: worth a look at any device
EXAMPLES = 4  # values of a column that are shown
TEXTS, LONGEST = 40, 40  # how many texts are shown, of those short enough to be a name
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*[^\d\s.,:/-]{0,5}")  # written out, maybe with its unit


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device showed: who it says it is, the objects of its subtrees, and who reads it already.

    `cut` says why there may be more; `readers` are the profiles that fit it so far, the leading one first.
    """

    object_id: str
    description: str
    name: str
    objects: Mapping[str, Raw]
    cut: str = ""
    readers: Sequence[SnmpProfile] = ()


def enterprise(object_id: str) -> str:
    """The subtree of a device's maker; empty where the sysObjectID is not under the enterprises."""
    found = re.match(r"1\.3\.6\.1\.4\.1\.\d+(?=\.|$)", object_id)
    return found[0] if found else ""


def draft(seen: Seen, secrets: Collection[str] = ()) -> str:
    """The text of a profile file."""
    shown = {oid: value for oid, value in seen.objects.items() if not _tells(value, secrets)}
    base = enterprise(seen.object_id)
    lines = [*_head(seen, base), *_identity(shown, base)]
    for subtree in filter(None, (base, *STANDARD)):
        objects = {oid: value for oid, value in shown.items() if oid.startswith(f"{subtree}.") and _is_number(value)}
        if objects:
            lines += ["", f"# ---- {subtree}{_read_already(subtree, seen.readers)}", *_rows(objects, base)]
    return "\n".join(lines) + "\n"


def _head(seen: Seen, base: str) -> Iterator[str]:
    title = _line(seen.description)
    slug = re.sub(r"[^a-z0-9]+", "-", (seen.description or seen.name).lower())[:40].strip("-") or "device"
    yield f"# {title or 'A device that does not say what it is'}"
    yield "# A draft, which reads nothing yet. Say what the device is. Of each row that you understand, take the # away"
    yield "# and say which measure and unit it is; delete the others. Then: roomready profile check FILE"
    if seen.cut:
        yield f"# Not everything is here: {_line(seen.cut)}"
    yield f"name = {json.dumps(slug)}"
    yield f"title = {json.dumps(title[:80] or slug, ensure_ascii=False)}"
    yield f'kind = "unknown"  # or {", ".join(kind for kind in get_args(Kind) if kind != "unknown")}'
    yield 'source = "what the device showed"  # name the maker\'s document here'
    if base:
        yield f"base = {json.dumps(base)}  # OIDs below are relative to it unless they begin with 1.3.6.1"
    standard = [profile.name for profile in seen.readers if profile.fallback]
    if standard:
        yield f"also = {json.dumps(standard)}  # read along, after the rows of this file"
    yield ""
    yield "[recognise]"
    if seen.object_id:
        yield f"object_ids = {json.dumps([seen.object_id])}"
        yield "# descriptions = ['^what sysDescr begins with']  # instead, where devices of other kinds share that OID"
    else:
        yield "# The device does not say who it is: name this profile in its address, ?profile=NAME"


def _identity(objects: Mapping[str, Raw], base: str) -> Iterator[str]:
    """Where the device may say its model, serial number and firmware: its short texts."""
    own = {oid: _line(as_text(value)) for oid, value in objects.items() if oid.startswith(f"{base}.") and base}
    texts = [(oid, text) for oid, text in own.items() if oid.endswith(".0") and 0 < len(text) < LONGEST]
    short = [(oid, text) for oid, text in texts if not _is_number(objects[oid]) and not text.startswith("1.3.6.1.")]
    yield ""
    yield "[identity]"
    yield '# vendor_name = "?"'
    for key in ("model", "serial", "firmware"):
        yield f'# {key} = ["?"]'
    for oid, text in short[:TEXTS]:
        yield f'#   "{_relative(oid, base)}"  {text}'


def _rows(objects: Mapping[str, Raw], base: str) -> Iterator[str]:
    found: Shape = shape(objects)
    if found.scalars:
        yield "[[scalars]]"
        yield "rows = ["
        yield from (_row("at", _relative(oid, base), [objects[oid]]) for oid in found.scalars)
        yield "]"
    for entry, columns in found.tables.items():
        yield ""
        yield "[[tables]]"
        yield f"entry = {json.dumps(_relative(entry, base))}"
        yield '# labels = { sensor = "{index}" }  # or {column.N}, where the device says a name'
        yield "rows = ["
        for column, oids in columns.items():
            yield _row("column", column, [objects[oid] for oid in oids])
        yield "]"


def _row(key: str, place: str, values: Sequence[Raw]) -> str:
    shown = ", ".join(_line(as_text(value))[:20] for value in values[:EXAMPLES])
    more = f" ... {len(values)} rows" if len(values) > EXAMPLES else ""
    return f'  # {{ {key} = "{place}", measure = "?", unit = "?" }},  # {shown}{more}'


def _read_already(subtree: str, readers: Iterable[SnmpProfile]) -> str:
    names = [p.name for p in readers if p.fallback and p.base.startswith(f"{subtree}.")]
    return f", which {names[0]} reads already" if names else ""


def _is_number(value: Raw) -> bool:
    return as_number(value) is not None if isinstance(value, int | float) else bool(_NUMBER.fullmatch(as_text(value)))


def _tells(value: Raw, secrets: Collection[str]) -> bool:
    return isinstance(value, bytes | str) and any(secret in as_text(value) for secret in secrets)


def _relative(oid: str, base: str) -> str:
    return oid.removeprefix(f"{base}.") if base else oid


def _line(text: str) -> str:
    """What a device says must not break out of the comment it stands in."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
