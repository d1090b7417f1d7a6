"""The variables of a notification as bounded text without secrets."""

from collections.abc import Sequence
from typing import Any, Final

from pyasn1.type.univ import OctetString
from pysnmp.proto.rfc1902 import IpAddress

from agent.traps.notification import LONGEST, MOST

NAME: Final = "1.3.6.1.6.3.1.1.4.1.0"  # snmpTrapOID.0 (RFC 3418)
COMMUNITY: Final = "1.3.6.1.6.3.18.1.4.0"  # snmpTrapCommunity.0 (RFC 3584), which a translated v1 trap carries
MASK: Final = "***"


def as_texts(varbinds: Sequence[tuple[Any, Any]], secrets: Sequence[str]) -> dict[str, str]:
    """The first variables by OID; NAME is always among them.

    Raises:
        KeyError: there is no NAME.
    """
    said = {str(oid): value for oid, value in varbinds}
    named = {NAME: said.pop(NAME)}
    said.pop(COMMUNITY, None)
    first = {**named, **dict(list(said.items())[:MOST])}
    return {oid[:LONGEST]: _text(value, secrets)[:LONGEST] for oid, value in first.items()}


def _text(value: Any, secrets: Sequence[str]) -> str:
    if not isinstance(value, OctetString) or value.tagSet == IpAddress.tagSet:
        return str(value.prettyPrint())
    text = _words(bytes(value))
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _words(octets: bytes) -> str:
    """Octets that are text on one line; others as hexadecimal."""
    try:
        text = " ".join(octets.decode("utf-8").rstrip("\0").split())
    except UnicodeDecodeError:
        text = ""
    return text if text.isprintable() and (text or not octets) else f"0x{octets.hex()}"
