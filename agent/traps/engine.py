"""Datagrams become notifications: SNMP v1, v2c and v3 by pysnmp's engine, without its sockets.

    <- TRAP      v1, v2c: community    v3: user, authenticated by keys that belong to the sender's engine
    <- INFORM    v2c, v3               -> RESPONSE: the sender asks again until it has this
    <- GET of nothing, engine unknown  -> REPORT: our engine's id and clock, which a v3 INFORM is made with

An INFORM is authenticated by keys of our engine. A TRAP's belong to an engine that nobody told us of: the id stands in
the message, the keys are derived from it, and an engine whose message does not prove them is forgotten at once.
pysnmp loads with this module, so it is imported only where notifications are received.
"""

import hashlib
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from pyasn1.codec.ber import decoder
from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME
from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.proto import errind
from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import UsmSecurityParameters

from agent.faults import Garbled, Refused
from agent.traps.notification import Notification
from agent.traps.settings import AuthProtocol, PrivProtocol, TrapSettings, TrapUser
from agent.traps.varbinds import NAME, as_texts

Address = tuple[Any, ...]
LARGEST: Final = 2048  # bytes, more than an Ethernet frame holds; decoding 4096 can hold the loop for 10 ms
COMMUNITY_LEVEL, AUTH_LEVEL, PRIV_LEVEL = 1, 2, 3  # RFC 3411 5: noAuthNoPriv, authNoPriv, authPriv
USM = 3
EPOCH: Final = 1_577_836_800  # 2020-01-01: engine boots are the seconds since, which grow with every start
VERSIONS: Final = {0: "1", 1: "2c", 3: "3"}
AUTH: Final[dict[AuthProtocol, Any]] = {
    "SHA": config.USM_AUTH_HMAC96_SHA,
    "SHA-224": config.USM_AUTH_HMAC128_SHA224,
    "SHA-256": config.USM_AUTH_HMAC192_SHA256,
    "SHA-384": config.USM_AUTH_HMAC256_SHA384,
    "SHA-512": config.USM_AUTH_HMAC384_SHA512,
}
PRIV: Final[dict[PrivProtocol, Any]] = {"AES": config.USM_PRIV_CFB128_AES}
_FAILURES = ("rfc2576.prepareDataElements:sm-failure", "rfc3412.prepareDataElements:sm-failure")
_SYNCHRONISING = (errind.unknownEngineID, errind.notInTimeWindow)  # answered by a REPORT; the sender tries again


class TrapEngine:
    """Reads one datagram at a time. `send` carries what must be answered."""

    def __init__(self, settings: TrapSettings, send: Callable[[bytes, Address], None]) -> None:
        self._communities = settings.communities
        self._keys = {user.name.encode(): _Keys(user) for user in settings.users}
        self._engine = SnmpEngine()
        self._identify(f"{socket.gethostname()} {settings.host} {settings.port}")
        self._dispatcher = _Dispatcher(send)
        self._engine.register_transport_dispatcher(self._dispatcher)
        for number, community in enumerate(settings.communities):
            config.add_v1_system(self._engine, f"community-{number}", community)
        for keys in self._keys.values():
            keys.admit(self._engine)
        _Receiver(self._engine, self._admits, self._hear)
        self._engine.observer.register_observer(self._fail, *_FAILURES)
        self._heard: Notification | None = None
        self._failure: object = None

    def read(self, data: bytes, sender: Address) -> Notification | None:
        """The notification in a datagram; None for one that only prepares another.

        Raises:
            Refused: its community or its user is not one of ours.
            Garbled: there is no notification in it.
        """
        if len(data) > LARGEST:
            raise Garbled(f"{len(data)} bytes; at most {LARGEST} are looked at")
        self._dispatcher.handle_timer_tick(time.time())
        try:
            self._process(data, sender)
            if self._failure == errind.unknownSecurityName:
                self._introduce(data, sender)
        except Exception as error:
            raise Garbled(f"{type(error).__name__} while it was decoded") from error  # pysnmp raises anything
        if self._failure in _SYNCHRONISING:
            return None
        if self._failure is not None:
            raise Refused(str(self._failure))
        if self._heard is None:
            raise Garbled("no notification")
        return self._heard

    def _process(self, data: bytes, sender: Address) -> None:
        self._heard = self._failure = None
        self._engine.message_dispatcher.receive_message(self._engine, DOMAIN_NAME, sender, data)

    def _introduce(self, data: bytes, sender: Address) -> None:
        """Reads a TRAP again with the keys of its sender's engine, which stay known if they were right."""
        engine_id, name = _author(data)
        keys = self._keys.get(name)
        if keys is None or not engine_id:
            return
        keys.admit(self._engine, engine_id)
        try:
            self._process(data, sender)
        finally:
            if self._heard is None:
                config.delete_v3_user(self._engine, name.decode(), engine_id)

    def _admits(self, model: int, name: bytes, level: int) -> bool:
        """pysnmp believes a user's message at any level if it comes from another engine; we want the configured one."""
        keys = self._keys.get(name)
        admitted = model != USM or (keys is not None and level >= keys.level)
        if not admitted:
            self._failure = errind.unsupportedSecurityLevel
        return admitted

    def _hear(self, version: int, varbinds: Sequence[tuple[Any, Any]]) -> None:
        texts = as_texts(varbinds, secrets=self._communities)
        self._heard = Notification(VERSIONS[version], texts.pop(NAME), texts)

    def _fail(self, _engine: object, _point: str, variables: dict[str, Any], _context: object) -> None:
        self._failure = variables["statusInformation"]["errorIndication"]

    def _identify(self, place: str) -> None:
        """The same id after a restart and a later boot, so that senders that knew us find us again (RFC 3414 2.2)."""
        builder = self._engine.get_mib_builder()
        number, boots = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
        enterprise, octets = bytes.fromhex("80004fb8"), b"\x05"  # pysnmp's own number; RFC 3411 5: octets follow
        own = enterprise + octets + hashlib.sha256(place.encode()).digest()[:12]
        self._engine.snmpEngineID = number.syntax = number.syntax.clone(own)
        boots.syntax = boots.syntax.clone(max(1, int(time.time()) - EPOCH))


class _Keys:
    """A user's keys before they are localized, because making them of a passphrase takes a megabyte of hashing."""

    def __init__(self, user: TrapUser) -> None:
        self._name = user.name
        self._auth = AUTH[user.auth_protocol]
        self._auth_key = config.AUTH_SERVICES[self._auth].hash_passphrase(user.auth.encode())
        self._priv = PRIV[user.priv_protocol] if user.priv else config.USM_PRIV_NONE
        service = config.PRIV_SERVICES[self._priv]
        self._priv_key = service.hash_passphrase(self._auth, user.priv.encode()) if user.priv else None
        self.level = PRIV_LEVEL if user.priv else AUTH_LEVEL

    def admit(self, engine: SnmpEngine, engine_id: bytes | None = None) -> None:
        """Makes the user known for messages of an engine; of ours when none is given."""
        config.add_v3_user(
            engine,
            self._name,
            self._auth,
            self._auth_key,
            self._priv,
            self._priv_key,
            securityEngineId=engine_id,
            authKeyType=config.USM_KEY_TYPE_MASTER,
            privKeyType=config.USM_KEY_TYPE_MASTER,
        )


class _Dispatcher(AbstractTransportDispatcher):
    """Where pysnmp expects its sockets. Its housekeeping ticks once a second at most, driven by datagrams."""

    def __init__(self, send: Callable[[bytes, Address], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # pysnmp leaves it untyped
        self.set_timer_resolution(1.0)
        self._send = send

    def send_message(self, *parts: Any) -> None:
        message, _domain, address = parts
        self._send(message, address)


class _Receiver(NotificationReceiver):
    """pysnmp's receiver, which acknowledges an INFORM and turns v1 into v2; asked for admission before it does."""

    def __init__(
        self,
        engine: SnmpEngine,
        admits: Callable[[int, bytes, int], bool],
        hear: Callable[[int, Sequence[tuple[Any, Any]]], None],
    ) -> None:
        super().__init__(engine, self._take)
        self._admits = admits
        self._hear = hear
        self._version = 0

    def process_pdu(self, engine: Any, version: Any, model: Any, name: Any, level: Any, *rest: Any) -> None:
        if self._admits(int(model), bytes(name), int(level)):
            self._version = int(version)
            super().process_pdu(engine, version, model, name, level, *rest)

    def _take(self, *heard: Any) -> None:
        self._hear(self._version, heard[4])


def _author(data: bytes) -> tuple[bytes, bytes]:
    """The sender's engine and user of a v3 TRAP; nothing for what wants an answer, which is made with our engine."""
    message, _ = decoder.decode(data, asn1Spec=SNMPv3Message())
    (flags,) = message.getComponentByPosition(1).getComponentByPosition(2).asNumbers()
    if flags & 4:  # reportable
        return b"", b""
    security, _ = decoder.decode(message.getComponentByPosition(2), asn1Spec=UsmSecurityParameters())
    return bytes(security.getComponentByPosition(0)), bytes(security.getComponentByPosition(3))
