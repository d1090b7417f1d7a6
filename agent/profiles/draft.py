"""A first profile of an unknown SNMP device, to be edited: what it has, row by row, commented out, with its values.

The draft is a valid profile that reads nothing yet. Scalars and table columns are told apart by the shape of their
OIDs: what ends in .0 is a scalar, several objects that differ only in their last part are a column.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.profiles.values import Raw, as_text

ENTERPRISES = "1.3.6.1.4.1."
EXAMPLES = 4  # values of a column that are shown


@dataclass(frozen=True, slots=True)
class Seen:
    """What a device showed: who it says it is, and the objects of its subtrees."""

    object_id: str
    description: str
    name: str
    objects: Mapping[str, Raw]


def enterprise(object_id: str) -> str:
    """The subtree of a device's maker; empty where the sysObjectID is not under the enterprises."""
    found = re.match(r"1\.3\.6\.1\.4\.1\.\d+", object_id)
    return found[0] if found else ""


def draft(seen: Seen) -> str:
    """The text of a profile file."""
    slug = re.sub(r"[^a-z0-9]+", "-", (seen.description or seen.name or "device").lower()).strip("-")[:40] or "device"
    base = enterprise(seen.object_id)
    lines = [
        f"# {_comment(seen.description) or 'A device that does not say what it is'}",
        "# A draft: say which of the rows below are what, take their # away, and delete the others.",
        "# Measures: agent/model/measures.py. Then: roomready profile check FILE",
        f"name = {json.dumps(slug)}",
        'kind = "unknown" # ups, ats, meter, pdu, rectifier, climate, environment, cooling, contacts, generator',
        f"title = {json.dumps(_comment(seen.description) or slug, ensure_ascii=False)}",
        'source = "say which document of the maker this was written from"',
        *([f'base = "{base}"'] if base else []),
        "",
        "[recognise]",
        f"object_ids = [{json.dumps(seen.object_id)}]" if seen.object_id else "object_ids = []",
        "",
        *_scalars(seen.objects, base),
        *_columns(seen.objects, base),
    ]
    return "\n".join(lines) + "\n"


def _scalars(objects: Mapping[str, Raw], base: str) -> Iterator[str]:
    yield "[[scalars]]"
    yield "rows = ["
    for oid, value in objects.items():
        if oid.endswith(".0"):
            yield f'  # {{ at = "{_relative(oid, base)}", measure = "?", unit = "?" }}, # {_shown(value)}'
    yield "]"


def _columns(objects: Mapping[str, Raw], base: str) -> Iterator[str]:
    """The tables: entries that have columns with instances."""
    tables: dict[str, dict[str, list[Raw]]] = defaultdict(lambda: defaultdict(list))
    for oid, value in objects.items():
        if not oid.endswith(".0") and oid.count(".") > 8:
            entry, column, _ = oid.rsplit(".", 2)
            tables[entry][column].append(value)
    for entry, columns in tables.items():
        yield ""
        yield "# [[tables]]"
        yield f'# entry = "{_relative(entry, base)}"'
        yield '# labels = { sensor = "{index}" }'
        yield "# rows = ["
        for column, values in columns.items():
            shown = ", ".join(_shown(value) for value in values[:EXAMPLES])
            more = f" ... {len(values)} rows" if len(values) > EXAMPLES else ""
            yield f'#   {{ column = "{column}", measure = "?", unit = "?" }}, # {shown}{more}'
        yield "# ]"


def _relative(oid: str, base: str) -> str:
    return oid.removeprefix(f"{base}.") if base else oid


def _shown(value: Raw) -> str:
    text = as_text(value)
    return _comment(f'"{text}"' if isinstance(value, bytes | str) else text)[:60]


def _comment(text: str) -> str:
    """What a device says must not break out of the comment it stands in."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
