"""A small SNMP agent for tests: v1 and v2c over a real UDP socket, with misbehaviour as named flags.

Its objects are a plain mapping, OID -> int | str | bytes | None (NULL) | Oid. Messages are decoded by pysnmp, so a
mistake in the agent's own SNMP library is not answered by the same mistake here.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

TOO_BIG, NO_SUCH_NAME = 1, 2
Value = int | str | bytes | None


class Oid(str):
    """A value of type OBJECT IDENTIFIER."""

    __slots__ = ()


@dataclass
class SnmpAgent(asyncio.DatagramProtocol):
    """One device. Change `objects` or a flag at any time.

    silent: answers nothing. late: seconds before each answer. lose: answers to drop before the next that arrives.
    most: objects it can bear in one request, else tooBig. first_only: answers only the first object of a request.
    circling: a column whose end is followed by its beginning. garbled: sends bytes that are no SNMP.
    wrong_id: answers with another request's id.
    """

    objects: dict[str, Value]
    community: str = "public"
    silent: bool = False
    late: float = 0.0
    lose: int = 0
    most: int = 10_000
    first_only: bool = False
    circling: str = ""
    garbled: bool = False
    wrong_id: bool = False
    requests: int = 0
    asked: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    port: int = 0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.requests += 1
        if self.lose:
            self.lose -= 1
            return
        answer = self._answer(data)
        if self.silent or answer is None:
            return
        if self.late:
            asyncio.get_running_loop().call_later(self.late, self._transport.sendto, answer, addr)
        else:
            self._transport.sendto(answer, addr)

    def _answer(self, data: bytes) -> bytes | None:
        if self.garbled:
            return b"\x30\x03what"
        module = api.PROTOCOL_MODULES[api.decodeMessageVersion(data)]
        request, _ = decoder.decode(data, asn1Spec=module.Message())
        if bytes(module.apiMessage.get_community(request)) != self.community.encode():
            return None
        response = module.apiMessage.get_response(request)
        asked, answered = module.apiMessage.get_pdu(request), module.apiMessage.get_pdu(response)
        self.kinds.add(type(asked).__name__)
        if self.wrong_id:
            module.apiPDU.set_request_id(answered, int(module.apiPDU.get_request_id(asked)) + 1)
        self._fill(module, asked, answered)
        return bytes(encoder.encode(response))

    def _fill(self, module: Any, asked: Any, answered: Any) -> None:
        oids = [str(oid) for oid, _ in module.apiPDU.get_varbinds(asked)]
        self.asked += oids
        v1 = module is api.PROTOCOL_MODULES[api.SNMP_VERSION_1]
        if len(oids) > self.most:
            module.apiPDU.set_error_status(answered, TOO_BIG)
            return
        name = type(asked).__name__
        if name.startswith("GetRequest"):
            pairs = [(oid, oid) for oid in oids]
        else:
            count = int(module.apiBulkPDU.get_max_repetitions(asked)) if name.startswith("GetBulk") else 1
            pairs = [(oid, found) for oid in oids for found in self._after(oid, count)]
        if v1 and any(found not in self.objects for _, found in pairs):
            module.apiPDU.set_error_status(answered, NO_SUCH_NAME)
            module.apiPDU.set_error_index(answered, 1)
            module.apiPDU.set_varbinds(answered, [(oid, module.Null("")) for oid in oids])
            return
        bulk = not name.startswith("GetRequest")
        filled = [(found or oid, self._value(module, found, bulk)) for oid, found in pairs]
        module.apiPDU.set_varbinds(answered, filled[:1] if self.first_only else filled)

    def _after(self, oid: str, count: int) -> list[str]:
        """The next objects in the tree's order; an empty name where it ends."""
        start = _key(oid)
        if self.circling and oid.startswith(f"{self.circling}."):
            start = _key(self.circling)
        following = [name for name in sorted(self.objects, key=_key) if _key(name) > start][:count]
        return following or [""]

    def _value(self, module: Any, oid: str, bulk: bool) -> Any:
        if oid not in self.objects:
            return module.EndOfMibView("") if bulk else module.NoSuchObject("")
        value = self.objects[oid]
        match value:
            case None:
                return module.Null("")
            case Oid():
                return module.ObjectIdentifier(value)
            case int() if value > 2**31 - 1:
                return module.Gauge32(value) if hasattr(module, "Gauge32") else module.Gauge(value)
            case int():
                return module.Integer(value)
        return module.OctetString(value.encode() if isinstance(value, str) else value)


def _key(oid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in oid.split(".")) if oid else ()


@asynccontextmanager
async def snmp_agent(objects: Mapping[str, Value], host: str = "127.0.0.1", **flags: Any) -> AsyncIterator[SnmpAgent]:
    """An agent on a loopback address, at a free port unless one is given."""
    agent = SnmpAgent(dict(objects), **flags)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: agent, local_addr=(host, agent.port))
    agent.port = transport.get_extra_info("sockname")[1]
    try:
        yield agent
    finally:
        transport.close()


def system(object_id: str = "1.3.6.1.4.1.99999.1", description: str = "a device of the tests") -> dict[str, Value]:
    """The system group that every agent has."""
    return {"1.3.6.1.2.1.1.1.0": description, "1.3.6.1.2.1.1.2.0": Oid(object_id), "1.3.6.1.2.1.1.3.0": 12345}
