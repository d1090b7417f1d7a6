r"""A recording: what a device said, in a file that its owner can read through before he sends it to anybody.

# roomready recording 1
protocol snmp
date 2026-05-17
1.3.6.1.2.1.1.1.0|text|ACME box\x0d\x0arevision 3     UTF-8; a backslash and control characters are escaped
1.3.6.1.2.1.1.2.0|oid|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.33.1.2.1.0|integer|-2                  32 bits with a sign; what is more, up to 64 bits, is `unsigned`
1.3.6.1.4.1.99999.1.7.0|hex|0080ff                 whatever is no text

The file holds neither the device's address nor what it was asked with. Who looks after the device, where it stands and
what it is called are removed, unless the names are to be kept; so are network addresses, wherever they occur.
Lines that begin with # are remarks.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from agent.address import Address
from agent.drivers.driver import Surroundings
from agent.drivers.snmp import SnmpDriver, line_of
from agent.drivers.snmp_line import SnmpLine
from agent.drivers.snmp_look import look
from agent.faults import Fault, Unknown
from agent.model.measures import Group
from agent.profiles.load import snmp_profiles
from agent.profiles.values import Raw

HEADER = "# roomready recording 1"
SYSTEM_GROUP = "1.3.6.1.2.1.1"
NAMES = (  # sysContact, sysName, sysLocation; RFC 1628's name and attached devices; APC's name of the UPS
    *(f"{SYSTEM_GROUP}.{leaf}.0" for leaf in (4, 5, 6)),
    *(f"1.3.6.1.2.1.33.1.1.{leaf}.0" for leaf in (5, 6)),
    "1.3.6.1.4.1.318.1.1.1.1.1.2.0",
)
REMOVED, SOME_ADDRESS = "<removed>", "<address>"
MAC_OCTETS = 6
_HEX = "[0-9A-Fa-f]"
_BYTES, _WORDS = rf"{_HEX}{{2}}([-: ])(?:{_HEX}{{2}}\1){{4}}{_HEX}{{2}}", rf"{_HEX}{{4}}(?:\.{_HEX}{{4}}){{2}}"
_MAC = re.compile(rf"(?<!{_HEX})(?:{_BYTES}|{_WORDS})(?!{_HEX})")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)")
_COLONS = re.compile(r"(?<![\w.:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_OID = re.compile(r"\d+(?:\.\d+)+")
_ESCAPED = re.compile(r"[\\\x00-\x1f\x7f]| $")


class Overheard(SnmpLine):
    """A line that writes down, by full OID, whatever the device says on it."""

    def __init__(self, heard: dict[str, Raw], *place: Any) -> None:
        super().__init__(*place)
        self._heard = heard

    async def get(self, oids: Sequence[str]) -> dict[str, Raw]:
        return self._note(await super().get(oids))

    async def survey(self, oids: Sequence[str], anchor: str) -> dict[str, Raw]:
        return self._note(await super().survey(oids, anchor))

    async def explore(self, subtree: str, found: dict[str, Raw], limit: int) -> None:
        try:
            await super().explore(subtree, found, limit)
        finally:
            self._note(found)

    def _note(self, found: dict[str, Raw]) -> dict[str, Raw]:
        self._heard.update((oid, value) for oid, value in found.items() if value is not None)
        return found


@dataclass(frozen=True, slots=True)
class Heard:
    """What a device said, by full OID; `cut` says why there may be more."""

    objects: Mapping[str, Raw] = field(repr=False)
    cut: str = ""


async def listen(address: Address, surroundings: Surroundings, limit: int, show: Callable[[str], None]) -> Heard:
    """Everything worth a look, up to the limit, and whatever the profiles that know the device ask it.

    What was heard stays, whatever happens after it.

    Raises:
        AddressError: the address lacks something.
        Fault: the device could not be reached or does not answer.
    """
    heard: dict[str, Raw] = {}
    line = line_of(address, surroundings, partial(Overheard, heard))
    known = snmp_profiles(surroundings.own_profiles)
    seen = await look(line, known, limit, show, (SYSTEM_GROUP,))
    show("what the profiles ask")
    cut = await _asked(SnmpDriver(line, known, address.options.get("profile")))
    return Heard(heard, seen.cut or cut)


async def _asked(driver: SnmpDriver) -> str:
    """Has the profiles ask what they ask; why not everything was answered, where the device broke off."""
    try:
        await driver.open()
        await driver.poll(frozenset(Group))
    except Unknown:
        return ""
    except Fault as fault:
        return f"the device broke off when its profiles asked ({fault.result})"
    finally:
        await driver.close()
    return ""


@dataclass(frozen=True, slots=True)
class Privacy:
    """What must not stand in the file: the secrets, the device's own address, its names."""

    secrets: Collection[str] = field(default=(), repr=False)
    host: str = ""
    keep_names: bool = False

    def removed_from(self, objects: Mapping[str, Raw]) -> dict[str, Raw]:
        """The objects that may be shown, as they may be shown."""
        names = {} if self.keep_names else {oid: REMOVED for oid in NAMES if oid in objects}
        shown = {oid: self._without(value) for oid, value in objects.items() if f".{self.host}." not in f".{oid}."}
        return shown | {oid: word for oid, word in names.items() if objects[oid] not in (b"", "")}

    def _without(self, value: Raw) -> Raw:
        """Text in any encoding keeps its bytes, but for what is removed."""
        match value:
            case bytes():
                codec = "utf-8" if _is_utf8(value) else "latin-1"
                plain = self._scrubbed(value.decode(codec)).encode(codec)
                is_text = plain.isascii() and plain.decode().isprintable()
                return plain if is_text or len(plain) != MAC_OCTETS else bytes(MAC_OCTETS)
            case str():
                return self._scrubbed(value)
        return value

    def _scrubbed(self, text: str) -> str:
        for secret in sorted(filter(None, self.secrets), key=len, reverse=True):
            for spelt in (secret, secret.encode().decode("latin-1")):
                text = text.replace(spelt, REMOVED)
        if self.host and not self.host.isalpha():  # a host that is called `ups` is no secret
            text = re.sub(rf"(?<![\w.]){re.escape(self.host)}(?![\w])", SOME_ADDRESS, text, flags=re.IGNORECASE)
        text = _IPV4.sub(SOME_ADDRESS, _MAC.sub(SOME_ADDRESS, text))
        return _COLONS.sub(lambda found: SOME_ADDRESS if _is_ipv6(found[0]) else found[0], text)


def written(heard: Heard, date: str, privacy: Privacy) -> str:
    """The text of the file."""
    shown = privacy.removed_from(heard.objects)
    lines = [HEADER, "protocol snmp", f"date {date}"]
    if heard.cut:
        lines.append(f"# not everything is here: {heard.cut}")
    ordered = sorted(shown, key=lambda oid: tuple(map(int, oid.split("."))))
    return "".join(f"{line}\n" for line in (*lines, *(f"{oid}|{spelt(shown[oid])}" for oid in ordered)))


def spelt(value: Raw) -> str:
    """The type and the value of an object, as a recording says them."""
    match value:
        case int() if -(2**31) <= value < 2**31:
            return f"integer|{value}"
        case int() if 0 <= value < 2**64:
            return f"unsigned|{value}"
        case str() if _OID.fullmatch(value):
            return f"oid|{value}"
        case bytes():
            return _octets(value)
    return _octets(str(value).encode())


def _octets(value: bytes) -> str:
    if not _is_utf8(value):
        return f"hex|{value.hex()}"
    escaped = _ESCAPED.sub(lambda found: "\\\\" if found[0] == "\\" else f"\\x{ord(found[0]):02x}", value.decode())
    return f"text|{escaped}" if escaped.isprintable() else f"hex|{value.hex()}"


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text.rstrip(".:") if text != "::" else text)
    except ValueError:
        return False
    return True
