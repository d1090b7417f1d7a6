"""SNMPv3 users (RFC 3414, RFC 3826, RFC 7860): options of an address become keys. Secrets never appear in an error."""

from gufo.snmp import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    DesKey,
    Md5Key,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    User,
)

from agent.address import Address, AddressError, one_of

_AUTH = {
    "MD5": Md5Key,
    "SHA": Sha1Key,
    "SHA-224": Sha224Key,
    "SHA-256": Sha256Key,
    "SHA-384": Sha384Key,
    "SHA-512": Sha512Key,
}
_PRIV = {"DES": DesKey, "AES": Aes128Key, "AES-192": Aes192Key, "AES-256": Aes256Key}
PROTOCOLS = {"auth": tuple(_AUTH), "priv": tuple(_PRIV)}
SHORTEST = 8  # RFC 3414 11.2 asks for passwords of at least eight characters


def user_of(address: Address) -> User:
    """The v3 user that an address names: noAuthNoPriv, authNoPriv or authPriv by the secrets given.

    Raises:
        AddressError: the user is missing, a secret is too short, or privacy is asked for without authentication.
    """
    name = address.options.get("user")
    if not name:
        raise AddressError(f"no user for {address}", "--user or ?user= for SNMPv3")
    auth, priv = (_secret(address, option) for option in ("auth", "priv"))
    if priv and not auth:
        raise AddressError(
            f"{address}: privacy without authentication does not exist in SNMPv3; give the auth secret too"
        )
    auth_type = _AUTH[one_of(address, "auth_protocol", "SHA", tuple(_AUTH))]
    priv_type = _PRIV[one_of(address, "priv_protocol", "AES", tuple(_PRIV))]
    return User(
        name,
        auth_key=auth_type(auth.encode()) if auth else None,
        priv_key=priv_type(priv.encode()) if priv else None,
    )


def _secret(address: Address, option: str) -> str:
    secret = address.options.get(option, "")
    if secret and len(secret) < SHORTEST:
        raise AddressError(f"a short {option} secret", f"at least {SHORTEST} characters")
    return secret
