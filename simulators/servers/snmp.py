"""An SNMP agent: v1 and v2c with a community, v3 with one user (SHA, AES-128), on a loopback port.

    -> GET / GETNEXT / GETBULK  name ...          <- the values of the instrument's view at this moment
    -> SET                                        <- notWritable, and counted: nobody writes to a simulated card
    <- TRAP  to each receiver, when the instrument has news

The protocol engine is pysnmp's; the view replaces its MIB. A name outside the view is noSuchInstance.
"""

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpAsyncioTransport
from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp
from pysnmp.entity.rfc3413.context import SnmpContext
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.smi.error import NotWritableError
from pysnmp.smi.instrum import MibInstrumController

from simulators.instruments.notifications import Herald, Notification
from simulators.instruments.snmp_values import Kind, Oid, Value, oid
from simulators.mishaps import Outlet
from simulators.servers import snmp_traps
from simulators.servers.live_view import LiveView, Ways
from simulators.servers.snmp_traps import Receiver

LOOPBACK: Final = "127.0.0.1"
SYSTEM_GROUP: Final = (1, 3, 6, 1, 2, 1, 1)
SYS_UPTIME: Final = (*SYSTEM_GROUP, 3, 0)
READER: Final = "reader"  # what the engine calls whoever knows the community
ENGINE_ID_BEGINS: Final = bytes.fromhex("80004fb805")  # RFC 3411 5: pysnmp's enterprise, then octets of our own
TIMER_SECONDS: Final = 1.0  # pysnmp's own housekeeping; ten times a second by default, for nothing
SMALLEST_MEASURE: Final = 10
WRAPS_AFTER: Final = {Kind.COUNTER: 2, Kind.TICKS: 500}  # so many counts, hundredths of a second
SMI: Final = {
    Kind.INTEGER: rfc1902.Integer32,
    Kind.GAUGE: rfc1902.Gauge32,
    Kind.COUNTER: rfc1902.Counter32,
    Kind.COUNTER64: rfc1902.Counter64,
    Kind.TICKS: rfc1902.TimeTicks,
    Kind.TEXT: rfc1902.OctetString,
    Kind.OID: rfc1902.ObjectName,
}


@dataclass(frozen=True, slots=True)
class V3User:
    name: str
    auth_passphrase: str
    priv_passphrase: str


class SnmpServer:
    def __init__(
        self,
        look: Callable[[], Mapping[Oid, Value]],
        tick: Callable[[], int],
        community: str = "public",
        user: V3User | None = None,
        herald: Herald[Any] | None = None,
    ) -> None:
        self.outlet = Outlet(change_id, datagrams=True)
        self.outlet.on_reboot = self._restart_clock
        self._booted_at = 0
        self._look = look
        self.writes_refused = 0
        self.port = 0
        self.engine_id = ENGINE_ID_BEGINS + uuid4().bytes
        self._boots = 0
        self._herald = herald
        self._receivers: list[Receiver] = []
        self._community = community
        self._user = user
        self._view = LiveView(
            self._look_since_boot,
            tick,
            self.outlet,
            remains=lambda name: name[: len(SYSTEM_GROUP)] == SYSTEM_GROUP,
            ways=Ways(tenfold, wrapped),
        )
        self._engine: SnmpEngine | None = None

    @property
    def url(self) -> str:
        return f"snmp://{LOOPBACK}:{self.port}?community={self._community}"

    async def open(self) -> None:
        engine = self._engine = SnmpEngine()
        self._identify(engine)
        engine.register_transport_dispatcher(AsyncioDispatcher(timeout=TIMER_SECONDS))
        endpoint, transport = await asyncio.get_running_loop().create_datagram_endpoint(
            partial(_Transport, self.outlet), local_addr=(LOOPBACK, self.port)
        )
        self.port = endpoint.get_extra_info("sockname")[1]
        config.add_transport(engine, DOMAIN_NAME, transport)
        self._admit(engine)
        context = SnmpContext(engine)
        context.unregister_context_name(b"")
        context.register_context_name(b"", _ViewAsMib(self._view, self._count_refused_write))
        for responder in (
            cmdrsp.GetCommandResponder,
            cmdrsp.NextCommandResponder,
            cmdrsp.BulkCommandResponder,
            cmdrsp.SetCommandResponder,
        ):
            responder(engine, context)

    def _admit(self, engine: SnmpEngine) -> None:
        """Whoever proves who he is may read, and try to write, everything."""
        everything = (1, 3)
        config.add_v1_system(engine, READER, self._community)
        for model in (1, 2):
            config.add_vacm_user(engine, model, READER, "noAuthNoPriv", everything, everything)
        if self._user is not None:
            auth, priv = self._user.auth_passphrase, self._user.priv_passphrase
            config.add_v3_user(
                engine, self._user.name, config.USM_AUTH_HMAC96_SHA, auth, config.USM_PRIV_CFB128_AES, priv
            )
            config.add_vacm_user(engine, 3, self._user.name, "authPriv", everything, everything)

    def _restart_clock(self) -> None:
        uptime = self._look().get(SYS_UPTIME)
        self._booted_at = 0 if uptime is None else int(uptime.content)

    def _look_since_boot(self) -> Mapping[Oid, Value]:
        view = self._look()
        if not self._booted_at:
            return view
        uptime = int(view[SYS_UPTIME].content) - self._booted_at
        return {**view, SYS_UPTIME: Value(Kind.TICKS, uptime % 2**32)}

    def _identify(self, engine: SnmpEngine) -> None:
        """RFC 3414 2.2: the same engine again, later than before. An id given to pysnmp would be kept in a file."""
        self._boots += 1
        builder = engine.get_mib_builder()
        number, boots = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
        engine.snmpEngineID = number.syntax = number.syntax.clone(self.engine_id)
        boots.syntax = boots.syntax.clone(self._boots)

    def send_traps_to(self, receiver: Receiver) -> None:
        if self._herald is not None and not self._receivers:
            self._herald.forget()
        self._receivers.append(receiver)

    def announce(self) -> None:
        """The news since the last time, to each receiver."""
        if self._herald is None or self._engine is None or not self._receivers:
            return
        for notification in self._herald.news():
            for receiver in self._receivers:
                self._tell(self._engine, receiver, notification)

    def _tell(self, engine: SnmpEngine, receiver: Receiver, notification: Notification) -> None:
        who = self._user.name if receiver.version == "v3" and self._user is not None else READER
        bindings = [
            (snmp_traps.SYS_UPTIME, self._view()[SYS_UPTIME]),
            (snmp_traps.TRAP_NAME, oid(notification.name)),
            *notification.objects.items(),
        ]
        snmp_traps.send(engine, receiver, who, [(name, _smi(value)) for name, value in bindings])

    def _count_refused_write(self) -> None:
        self.writes_refused += 1

    async def close(self) -> None:
        self.outlet.close()
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None
            await asyncio.sleep(0)  # the socket closes in the next turn


class _Transport(UdpAsyncioTransport):
    """pysnmp's UDP transport with the outlet in front of its socket."""

    def __init__(self, outlet: Outlet) -> None:
        super().__init__()
        self._outlet = outlet

    def send_message(self, outgoingMessage: bytes, transportAddress: Any) -> None:  # noqa: N803  # pysnmp's names
        self._outlet.deliver(outgoingMessage, lambda reply: self._send_now(reply, transportAddress))

    def _send_now(self, reply: bytes, address: Any) -> None:
        if self.transport is not None:
            self.transport.sendto(reply, address)


class _ViewAsMib(MibInstrumController):
    def __init__(self, view: LiveView[Oid, Value], refuse_write: Callable[[], None]) -> None:
        self._view = view
        self._refuse_write = refuse_write
        self._sorted: tuple[Mapping[Oid, Value], list[Oid]] = ({}, [])

    def read_variables(self, *questions: Any, **context: Any) -> list[tuple[Any, Any]]:
        self._check_access("read", questions, context)
        view = self._view()
        return [
            (name, _smi(view[tuple(name)]) if tuple(name) in view else rfc1905.noSuchInstance) for name, _ in questions
        ]

    def read_next_variables(self, *questions: Any, **context: Any) -> list[tuple[Any, Any]]:
        self._check_access("read", questions, context)
        view = self._view()
        return [self._next(view, name) for name, _ in questions]

    def _next(self, view: Mapping[Oid, Value], name: Any) -> tuple[Any, Any]:
        if self._sorted[0] is not view:
            self._sorted = (view, sorted(view))
        names = self._sorted[1]
        at = bisect_right(names, tuple(name))
        if at == len(names):
            return name, rfc1905.endOfMibView
        return rfc1902.ObjectName(names[at]), _smi(view[names[at]])

    def write_variables(self, *questions: Any, **context: Any) -> list[tuple[Any, Any]]:
        self._check_access("write", questions, context)
        self._refuse_write()
        raise NotWritableError(name=questions[0][0], idx=0)

    @staticmethod
    def _check_access(purpose: str, questions: Any, context: dict[str, Any]) -> None:
        """Once per request: the one view is open to all who are admitted."""
        if questions:
            context["acFun"](purpose, questions[0], idx=0, **context)


def _smi(value: Value) -> Any:
    return SMI[value.kind](value.content)


def tenfold(value: Value) -> Value:
    """Numbers below ten stay what they are: they tend to be codes."""
    if value.kind not in (Kind.INTEGER, Kind.GAUGE) or abs(int(value.content)) < SMALLEST_MEASURE:
        return value
    return Value(value.kind, int(value.content) * 10)


def wrapped(first: Value, now: Value) -> Value:
    margin = WRAPS_AFTER.get(now.kind)
    return now if margin is None else Value(now.kind, (int(now.content) - int(first.content) - margin) % 2**32)


def change_id(message: bytes) -> bytes:
    """Another request-id (v1, v2c) or msgID (v3): version, then community and PDU, or the v3 header, hold it first."""
    _, start, _ = _tlv(message, 0)
    _, _, after_version = _tlv(message, start)
    tag, content, end = _tlv(message, after_version)
    if tag == 0x04:
        _, content, _ = _tlv(message, end)
    _, number, end = _tlv(message, content)
    return message[:number] + bytes([message[number] ^ 0x40]) + message[number + 1 : end] + message[end:]


def _tlv(message: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the content starts, where it ends (BER)."""
    length, start = message[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(message[at + 2 : start], "big")
    return message[at], start, start + length
