"""One datagram at a time, without sockets: whatever comes, it is a notification, refused or garbled, and forgotten."""

import time
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pyasn1.type.univ import Integer, OctetString, Sequence
from pysnmp.proto import api

from agent.faults import Garbled, Refused
from agent.traps.engine import LARGEST, TrapEngine
from agent.traps.notification import LONGEST, MOST
from agent.traps.settings import TrapSettings, TrapUser
from tests.agent.traps.listening import AUTH, COMMUNITY, ON_BATTERY, PRIV, trap

V2: Any = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
SENDER = ("192.0.2.7", 5000)
USERS = (TrapUser("monitor", AUTH, "SHA-256", PRIV), TrapUser("signer", AUTH))
SETTINGS = TrapSettings("127.0.0.1", 1162, (COMMUNITY,), USERS)


@cache
def engine() -> TrapEngine:
    """One for all: what one datagram leaves behind must not change what the next one is."""
    return TrapEngine(SETTINGS, lambda _data, _address: None)


def text(octets: bytes) -> str:
    """What is shown of a variable with these octets."""
    heard = engine().read(trap(varbinds=[("1.3.6.1.4.1.9.1", V2.OctetString(octets))]), SENDER)
    assert heard is not None
    return heard.varbinds["1.3.6.1.4.1.9.1"]


def v3(user: bytes, flags: int = 0, engine_id: bytes = b"\x80\x00\x1f\x88\x04other") -> bytes:
    """A v3 TRAP without authentication."""
    pdu = V2.TrapPDU()
    V2.apiTrapPDU.set_defaults(pdu)
    parts = (engine_id, 1, 1, user, b"", b"")
    return bytes(
        encoder.encode(
            sequence(
                3, sequence(1, 65507, bytes([flags]), 3), encoder.encode(sequence(*parts)), sequence(b"", b"", pdu)
            )
        )
    )


def sequence(*parts: Any) -> Any:
    whole = Sequence()
    for number, part in enumerate(parts):
        typed = {int: Integer, bytes: OctetString}.get(type(part), lambda same: same)(part)
        whole.setComponentByPosition(number, typed)
    return whole


def still_hears() -> bool:
    heard = engine().read(trap(), SENDER)
    return heard is not None and ON_BATTERY == heard.oid


@given(st.binary(max_size=2000))
@example(b"\x30\x80" * 1000)
@example(b"\x30\x84\x7f\xff\xff\xff")
@example(v3(b"monitor") + b"\x00" * 40)
def test_any_bytes_are_garbled_or_refused(data: bytes) -> None:
    with pytest.raises((Garbled, Refused)):
        engine().read(data, SENDER)


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_notification_raises_nothing_but_faults(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from([trap(), v3(b"monitor"), v3(b"signer", flags=4), v3(b"")]))
    damaged = bytearray(good)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Garbled, Refused):
        engine().read(bytes(damaged), SENDER)
    assert still_hears()


@pytest.mark.parametrize("user", [b"", b"monitor", b"signer", b"stranger"])
@pytest.mark.parametrize("flags", [0, 4])
def test_nobody_is_believed_without_a_signature(user: bytes, flags: int) -> None:
    with pytest.raises(Refused):
        engine().read(v3(user, flags), SENDER)
    assert still_hears()


def test_a_request_for_our_own_values_is_no_notification() -> None:
    pdu, message = V2.GetRequestPDU(), V2.Message()
    V2.apiPDU.set_defaults(pdu)
    V2.apiMessage.set_defaults(message)
    V2.apiMessage.set_community(message, COMMUNITY)
    V2.apiMessage.set_pdu(message, pdu)

    with pytest.raises(Garbled, match="no notification"):
        engine().read(encoder.encode(message), SENDER)


def test_a_notification_without_a_name_is_garbled() -> None:
    pdu, message = V2.TrapPDU(), V2.Message()
    V2.apiTrapPDU.set_defaults(pdu)
    V2.apiTrapPDU.set_varbinds(pdu, [("1.3.6.1.2.1.1.3.0", V2.TimeTicks(1))])
    V2.apiMessage.set_defaults(message)
    V2.apiMessage.set_community(message, COMMUNITY)
    V2.apiMessage.set_pdu(message, pdu)

    with pytest.raises(Garbled):
        engine().read(encoder.encode(message), SENDER)


def test_what_is_kept_of_a_notification_is_bounded() -> None:
    many = [(f"1.3.6.1.4.1.9.{number}", V2.Integer32(number)) for number in range(40)]
    long = [("1.3.6.1.4.1.9." + ".".join(["4294967295"] * 50), V2.OctetString("y" * 1000))]
    heard = engine().read(trap(varbinds=long + many), SENDER)

    assert heard is not None
    assert MOST == len(heard.varbinds)
    assert LONGEST == max(map(len, heard.varbinds)) == max(map(len, heard.varbinds.values()))


def test_what_is_too_long_is_not_decoded() -> None:
    long = trap(varbinds=[("1.3.6.1.4.1.9.1", V2.OctetString("x" * LARGEST))])

    with pytest.raises(Garbled, match="at most 2048 are looked at"):
        engine().read(long, SENDER)


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"UPS: on battery\r\n", "UPS: on battery"),
        ("市电中断".encode(), "市电中断"),
        (b"", ""),
        (b"text\x00", "text"),
        (b"\x07\xe8\x01\x02", "0x07e80102"),
        (b"\x1b[31mred", "0x1b5b33316d726564"),
        (b"\x00\x00", "0x0000"),
    ],
)
def test_octets_are_shown_as_text_only_where_they_are_text(octets: bytes, shown: str) -> None:
    assert shown == text(octets)


def test_an_engine_that_starts_again_is_the_same_and_later() -> None:
    """Senders of v3 INFORMs remember our engine by id, and believe its clock only if boots have grown."""

    def who(of: TrapEngine) -> tuple[bytes, int]:
        (boots,) = of._engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
        return bytes(of._engine.snmpEngineID), int(boots.syntax)

    (first, boots), since = who(engine()), time.time()
    (again, later) = who(TrapEngine(SETTINGS, lambda _data, _address: None))
    (other, _) = who(TrapEngine(TrapSettings("127.0.0.1", 1163, (COMMUNITY,)), lambda _data, _address: None))

    assert first == again != other
    assert boots <= later <= since - 1_577_836_800 + 60
