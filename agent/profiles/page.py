"""The list of supported devices as a page, written from the profiles: what each reads, and how it was proved."""

from collections.abc import Iterator

from agent.model.measures import BY_KEY, Measure
from agent.profiles.families import FAMILIES, Family, also_of, rows_of
from agent.profiles.schema import Profile

HEAD = """# Devices that roomready reads

Written from the profiles by `roomready profile list --markdown`; do not edit. A device of an unknown maker is read by
the standard MIBs that it implements. "MIB only" means that the profile was written from the maker's document and that
no such device, nor a recording of one, has been read yet.
"""
# How a family of measures is called in the list; the first word of a measure's key decides.
TOPICS = {
    "ups": "UPS",
    "mains": "feeds and transfer",
    "dc": "direct current",
    "battery": "battery",
    "rectifier": "rectifiers",
    "inverter": "inverters",
    "circuit": "circuits",
    "air": "air",
    "light": "light",
    "sensor": "sensors",
    "cooling": "cooling",
    "water": "water",
    "generator": "generator",
    "component": "parts",
    "setting": "settings",
    "contact": "contacts",
    "host": "server",
}


def devices_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *(line for family in FAMILIES for line in _section(family))])


def _section(family: Family) -> Iterator[str]:
    profiles = sorted(family.every(None).values(), key=lambda p: (p.kind, p.title.casefold()))
    if not profiles:
        return
    yield f"## {family.title}\n"
    yield "| device | kind | profile | reads | written from | proof |"
    yield "|---|---|---|---|---|---|"
    for profile in profiles:
        cells = (profile.title, profile.kind, f"`{profile.name}`", reads(profile), profile.source, profile.proof or "–")
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
    yield ""


def reads(profile: Profile) -> str:
    """What a profile reads, in few words: topics, each with its number of measures, and whose rows it reads along."""
    measures: dict[str, Measure] = {row.measure: BY_KEY[row.measure] for row in rows_of(profile)}
    counts: dict[str, int] = {}
    for key in measures:
        topic = TOPICS[key.split("_", maxsplit=1)[0]]
        counts[topic] = counts.get(topic, 0) + 1
    own = [f"{topic} ({counts[topic]})" for topic in dict.fromkeys(TOPICS.values()) if topic in counts]
    return ", ".join([*own, *(f"all of `{name}`" for name in also_of(profile))])
