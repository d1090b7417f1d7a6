"""How an SNMP agent sends what it says unasked: TRAP of v1 and v2c with its community, of v3 as its user.

    -> sysUpTime, the notification's name, its objects            no answer is expected, none is looked for

A v1 trap is the v2 one translated (RFC 3584 3.2): enterprise and number instead of a name.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto import api, rfc1902
from pysnmp.proto.proxy import rfc2576

SYS_UPTIME: Final = "1.3.6.1.2.1.1.3.0"
TRAP_NAME: Final = "1.3.6.1.6.3.1.1.4.1.0"  # snmpTrapOID.0
OPEN, PRIVATE = 1, 3  # noAuthNoPriv and authPriv (RFC 3411 5)
MODELS: Final = {"v1": (0, 1), "v2c": (1, 2), "v3": (3, 3)}  # message processing and security models (RFC 3411)


@dataclass(frozen=True, slots=True)
class Receiver:
    host: str
    port: int
    version: str = "v2c"


def parse(word: str) -> Receiver:
    """HOST:PORT, or v1:HOST:PORT, v2c:HOST:PORT, v3:HOST:PORT; on the loopback interface only."""
    version, colon, place = word.partition(":")
    if version not in MODELS:
        version, colon, place = "v2c", ":", word
    host, colon, port = place.rpartition(":")
    try:
        if colon and ip_address(host).is_loopback and 0 < int(port) <= 0xFFFF:
            return Receiver(host, int(port), version)
    except ValueError:
        pass
    raise ValueError(f"traps: found {word}, expected [v1:|v2c:|v3:]HOST:PORT on the loopback interface")


def send(engine: SnmpEngine, receiver: Receiver, who: str, bindings: list[tuple[str, Any]]) -> None:
    processing, security = MODELS[receiver.version]
    pdu: Any = api.v2c.TrapPDU()
    api.v2c.apiTrapPDU.set_defaults(pdu)
    api.v2c.apiTrapPDU.set_varbinds(pdu, [(rfc1902.ObjectName(name), content) for name, content in bindings])
    if receiver.version == "v1":
        pdu = rfc2576.v2_to_v1(pdu)
    engine.message_dispatcher.send_pdu(
        engine,
        DOMAIN_NAME,
        (receiver.host, receiver.port),
        processing,
        security,
        rfc1902.OctetString(who),
        PRIVATE if receiver.version == "v3" else OPEN,
        engine.snmpEngineID,
        rfc1902.OctetString(b""),
        0 if receiver.version == "v1" else 1,
        pdu,
        False,
    )
