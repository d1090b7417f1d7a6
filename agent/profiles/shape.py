"""Which objects are scalars and which are cells of a table, told by the shape of their OIDs alone.

scalar   ....0                      alone under its parent
cell     table.1.column.index...    a table's conceptual row is always numbered 1 (RFC 2578)

Any 1 in a cell's OID might be that of its table, since columns and indices are 1 too. The last one is it, unless an
earlier one makes a full grid of more columns.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Arcs = tuple[int, ...]
_SHALLOWEST = 8  # parts above any table: 1.3.6.1.4.1.MAKER.PRODUCT, or 1.3.6.1.2.1.MIB.1
_FULL = 0.9  # of a grid's cells must be there: devices leave out a few


@dataclass(frozen=True, slots=True)
class Shape:
    """Objects by their shape, in the tree's order. `tables` are entry -> column -> the column's objects."""

    scalars: list[str] = field(default_factory=list)
    tables: dict[str, dict[str, list[str]]] = field(default_factory=dict)


def shape(oids: Iterable[str]) -> Shape:
    """Sorts objects into scalars and tables; what fits no table counts as a scalar."""
    everything = sorted(tuple(int(arc) for arc in oid.split(".")) for oid in oids)
    beside = Counter(arcs[:-1] for arcs in everything)
    cells = [arcs for arcs in everything if arcs[-1] != 0 or beside[arcs[:-1]] > 1]
    entries = dict(_entries(cells))
    found = Shape()
    for arcs in everything:
        entry = entries.get(arcs)
        if entry is None:
            found.scalars.append(_text(arcs))
        else:
            columns = found.tables.setdefault(_text(entry), {})
            columns.setdefault(str(arcs[len(entry)]), []).append(_text(arcs))
    return found


def _entries(cells: Collection[Arcs]) -> Iterator[tuple[Arcs, Arcs]]:
    """The table entry that each cell probably belongs to."""
    grids: Mapping[Arcs, Counter[int]] = defaultdict(Counter)
    rows: Mapping[Arcs, set[Arcs]] = defaultdict(set)
    for arcs in cells:
        for entry in _possible(arcs):
            grids[entry][arcs[len(entry)]] += 1
            rows[entry].add(arcs[len(entry) + 1 :])
    for arcs in cells:
        best: Arcs | None = None
        for entry in _possible(arcs):
            full = grids[entry].total() >= _FULL * len(rows[entry]) * len(grids[entry])
            if best is None or (full and len(grids[entry]) > len(grids[best])):
                best = entry
        if best is not None:
            yield arcs, best


def _possible(arcs: Arcs) -> list[Arcs]:
    """The entries that an object may be a cell of, the longest first: each leaves a column and an index."""
    return [arcs[: n + 1] for n in range(len(arcs) - 3, _SHALLOWEST - 1, -1) if arcs[n] == 1]


def _text(arcs: Arcs) -> str:
    return ".".join(map(str, arcs))
