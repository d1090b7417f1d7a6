"""Which addresses a person means: one host, a network, a range, or a device's URL. Nothing beyond what is written.

10.0.0.21   ups-1.example   fe80::1   10.0.0.0/24   10.0.0.5-20   10.0.0.5-10.0.1.20   snmp://10.0.0.21:1161
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence

from agent.address import Address, AddressError, parse_address

MOST = 1024  # addresses at once: more is a sweep, not a look at gear that one knows
EXPECTED = "an address, a name, a network such as 10.0.0.0/24, a range upwards such as 10.0.0.5-20, or a URL"
_RANGE = re.compile(r"((?:\d+\.){3})(\d+)-((?:\d+\.){3})?(\d+)")
_NAME = re.compile(r"(?![\d.]+$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9.])?")


def targets(texts: Iterable[str], port: int | None = None) -> Sequence[Address]:
    """The addresses in the order given, none twice; `port` is for those that are no URL.

    Raises:
        AddressError: one cannot be understood, or they are more than MOST.
    """
    urls: dict[str, None] = {}
    for text in texts:
        for url in [text] if "://" in text else _urls(text, port):
            urls[url] = None
            if len(urls) > MOST:
                raise AddressError(f"{text}: more than {MOST} addresses", f"at most {MOST}, as in a network /22")
    return [parse_address(url) for url in urls]


def _urls(text: str, port: int | None) -> Iterator[str]:
    for host in _hosts(text):
        place = f"[{host}]" if ":" in host else host
        yield f"snmp://{place}" + (f":{port}" if port else "")


def _hosts(text: str) -> Iterable[str]:
    try:
        if "/" in text:
            return map(str, ipaddress.ip_network(text, strict=False).hosts())
        if span := _RANGE.fullmatch(text):
            return _span(f"{span[1]}{span[2]}", f"{span[3] or span[1]}{span[4]}")
        return [text] if _NAME.fullmatch(text) else [str(ipaddress.ip_address(text))]
    except ValueError:
        raise AddressError(repr(text), EXPECTED) from None


def _span(first: str, last: str) -> Iterable[str]:
    """Every address from the first to the last; a ValueError where that is none."""
    low, high = (int(ipaddress.IPv4Address(text)) for text in (first, last))
    if low > high:
        raise ValueError(first)
    return (str(ipaddress.IPv4Address(number)) for number in range(low, high + 1))
