"""A look at a device that may be unknown: who it says it is, and what stands in the subtrees worth looking at.

-> GET      sysUpTime, sysObjectID, sysDescr, sysName
-> GETBULK  each subtree, until the limit
"""

from collections.abc import Callable, Mapping, Sequence

from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_recognise import SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYSTEM, recognise
from agent.faults import Garbled, TimedOut, Unknown
from agent.profiles.draft import STANDARD, Seen, enterprise
from agent.profiles.schema import SnmpProfile
from agent.profiles.values import Raw, as_text


async def look(
    line: SnmpLine,
    known: Mapping[str, SnmpProfile],
    limit: int,
    show: Callable[[str], None],
    first: Sequence[str] = (),
) -> Seen:
    """The standard subtrees and the maker's, after those that are to come `first`; `show` is told how far it is.

    Raises:
        Fault: the device could not be reached or does not answer.
    """
    objects: dict[str, Raw] = {}
    cut = ""
    try:
        await line.open()
        system = await line.get(SYSTEM)
        object_id = as_text(system.get(SYS_OBJECT_ID))
        readers = await _readers(line, known)
        for subtree in filter(None, (*first, *STANDARD, enterprise(object_id))):
            show(f"{subtree}: {len(objects)} objects so far")
            try:
                await line.explore(subtree, objects, limit)
            except (TimedOut, Garbled) as fault:  # a card that breaks off in the middle has still shown something
                cut = f"the device broke off in {subtree} ({fault.result})"
    finally:
        line.close()
    if len(objects) >= limit:
        cut = f"stopped at {limit} objects (--limit)"
    return Seen(object_id, as_text(system.get(SYS_DESCR)), as_text(system.get(SYS_NAME)), objects, cut, readers)


async def _readers(line: SnmpLine, known: Mapping[str, SnmpProfile]) -> Sequence[SnmpProfile]:
    try:
        return (await recognise(line, known, None)).profiles
    except Unknown:
        return ()
