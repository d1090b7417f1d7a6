"""Device addresses: one line per device, a URL, the same in the configuration and on the command line.

scheme[+transport]://[host[:port]][/path][?option=value&...]
snmp://10.0.0.21   modbus+rtu:///dev/ttyUSB1?unit=3&baud=9600   host://
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import parse_qsl, quote, urlsplit

SECRET_OPTIONS = frozenset({"community", "auth", "priv", "password"})
_SECRET = re.compile(rf"\b((?:{'|'.join(sorted(SECRET_OPTIONS))})=)[^&]*", re.IGNORECASE)


class AddressError(ValueError):
    """An address cannot be used: what was found, and what was expected."""

    def __init__(self, found: str, expected: str = "an address such as snmp://10.0.0.21") -> None:
        super().__init__(f"{found}; expected {expected}")
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Address:
    """A device address taken apart. `options` may hold secrets: show `str(address)`, which hides them."""

    scheme: str
    transport: str
    host: str
    port: int | None
    path: str
    options: Mapping[str, str] = field(repr=False)

    def __str__(self) -> str:
        name = f"{self.scheme}+{self.transport}" if self.transport else self.scheme
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        shown = [f"{key}={'***' if key in SECRET_OPTIONS else quote(value)}" for key, value in self.options.items()]
        return f"{name}://{host}{port}{self.path}{'?' + '&'.join(shown) if shown else ''}"

    def with_options(self, more: Mapping[str, str]) -> "Address":
        """The same address with further options; those given here count more."""
        options = MappingProxyType({**self.options, **more})
        return Address(self.scheme, self.transport, self.host, self.port, self.path, options)

    def without_secrets(self) -> "Address":
        """The same address as it may be written into a file."""
        options = {key: value for key, value in self.options.items() if key not in SECRET_OPTIONS}
        return Address(self.scheme, self.transport, self.host, self.port, self.path, MappingProxyType(options))


def parse_address(text: str) -> Address:
    """Takes a URL apart.

    Raises:
        AddressError: it is not a URL, its host cannot be one, or its port is not a port.
    """
    if "://" not in text or not text.isprintable():
        raise AddressError(f"{_discreet(text)!r}, which is no URL")
    try:
        parts = urlsplit(text)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as whoever looks the name up will
    except ValueError as error:
        raise AddressError(f"{_discreet(text)!r}: {error}") from error
    if parts.username is not None:
        raise AddressError("credentials before the host", "them as options (?community=...) or as secrets")
    scheme, _, transport = parts.scheme.partition("+")
    pairs = parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True)  # a + is a +: secrets may have one
    options = MappingProxyType(dict(pairs))
    if len(options) != len(pairs):
        raise AddressError(f"an option given twice ({', '.join(key for key, _ in pairs)})", "each option once")
    return Address(scheme, transport, parts.hostname or "", port, parts.path, options)


def _discreet(text: str) -> str:
    """What cannot be taken apart may hold secrets all the same."""
    return _SECRET.sub(r"\1***", text)


def whole_number(address: Address, option: str, default: int, low: int, high: int) -> int:
    """An option that is a whole number in a range.

    Raises:
        AddressError: it is something else.
    """
    text = address.options.get(option)
    if text is None:
        return default
    if not text.isdecimal() or not low <= int(text) <= high:
        raise AddressError(f"{option}={text}", f"a whole number from {low} to {high}")
    return int(text)


def one_of(address: Address, option: str, default: str, words: tuple[str, ...]) -> str:
    """An option that is one of a few words.

    Raises:
        AddressError: it is something else.
    """
    text = address.options.get(option, default)
    if text not in words:
        raise AddressError(f"{option}={text}", f"one of {', '.join(words)}")
    return text
