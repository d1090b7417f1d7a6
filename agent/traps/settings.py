"""What the receiver of notifications is told: where to listen, whom to believe, how much to bear."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

# MD5 and DES are left out: both are broken, and a card that has no better can send with a community.
AuthProtocol = Literal["SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
PrivProtocol = Literal["AES"]
SHORTEST = 8  # RFC 3414 11.2 asks for passphrases of at least eight characters


@dataclass(frozen=True, slots=True)
class TrapUser:
    """An SNMPv3 user (RFC 3414, 3826, 7860). Without `priv` its notifications need not be encrypted."""

    name: str
    auth: str = field(repr=False)
    auth_protocol: AuthProtocol = "SHA"
    priv: str = field(repr=False, default="")
    priv_protocol: PrivProtocol = "AES"


@dataclass(frozen=True, slots=True)
class TrapSettings:
    """`per_second` and `burst` are for one sender."""

    host: str
    port: int
    communities: Sequence[str] = field(repr=False, default=())
    users: Sequence[TrapUser] = ()
    per_second: float = 10.0
    burst: int = 50
