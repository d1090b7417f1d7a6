"""Whose address a notification comes from. Names are resolved, and resolved again: addresses change."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from ipaddress import IPv6Address, ip_address
from socket import SOCK_DGRAM

log = logging.getLogger(__name__)

AGAIN = 300.0  # seconds between resolutions


class Senders:
    """The devices by their addresses; several may stand behind one."""

    def __init__(self, devices: Iterable[tuple[str, str]]) -> None:
        self._places: dict[str, list[str]] = {}  # host as configured -> devices
        for name, host in devices:
            self._places.setdefault(host, []).append(name)
        self._addresses = {host: frozenset([numeric(host)]) for host in self._places if _is_numeric(host)}
        self._index()

    @property
    def devices(self) -> list[str]:
        return [name for names in self._places.values() for name in names]

    def behind(self, address: str) -> Sequence[str]:
        """The devices behind a numeric address; none for a stranger's."""
        return self._devices.get(address, ())

    async def follow(self) -> None:
        """Resolves names until cancelled."""
        named = [host for host in self._places if not _is_numeric(host)]
        while named:
            for host in named:
                await self._resolve(host)
            await asyncio.sleep(AGAIN)

    async def _resolve(self, host: str) -> None:
        """What cannot be resolved now stays where it was."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=SOCK_DGRAM)
        except OSError as error:
            log.warning("notifications from %s are not recognised: %s", host, error.strerror or error)
            return
        self._addresses[host] = frozenset(numeric(str(address[0])) for *_, address in found)
        self._index()

    def _index(self) -> None:
        self._devices: dict[str, list[str]] = {}
        for host, addresses in self._addresses.items():
            for address in addresses:
                self._devices.setdefault(address, []).extend(self._places[host])


def numeric(address: str) -> str:
    """One spelling for each address: no scope, and IPv4 that came through an IPv6 socket as IPv4."""
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(parsed)


def _is_numeric(host: str) -> bool:
    try:
        numeric(host)
    except ValueError:
        return False
    return True
