"""SNMP credentials on the command line: what a device is asked with, and where a configuration would find the same.

Secrets are given by reference (env:NAME, file:PATH, credential:NAME). Only a community may stand there in plain: it
crosses the network in plain too. What is printed names the reference, never the secret.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.address import Address, AddressError, parse_address
from agent.drivers.snmp_user import PROTOCOLS
from agent.secrets import EXPECTED, SecretError, secret

COMMUNITY = "ROOMREADY_COMMUNITY"
_REFERENCES = ("env", "file", "credential")


@dataclass(frozen=True, slots=True)
class Credential:
    """Options of an address, secrets among them; for a secret that was given by reference, the reference."""

    options: Mapping[str, str] = field(repr=False)
    references: Mapping[str, str]


def add_arguments(parser: argparse.ArgumentParser, several: bool = False) -> None:
    """The options about credentials; `several` communities are tried one after the other."""
    how, more = ("append", "; give it again for each other one") if several else ("store", "")
    community = f"SNMP v1 and v2c: the community, or {EXPECTED} (or set {COMMUNITY}){more}"
    parser.add_argument("--community", action=how, help=community)
    parser.add_argument("--user", help="SNMPv3 user")
    secrets = f"[PROTOCOL:]SECRET, the secret as {EXPECTED}; only PROTOCOL: the secret is in"
    parser.add_argument("--auth", help=f"SNMPv3 authentication: {secrets} ROOMREADY_AUTH (default protocol: SHA)")
    parser.add_argument("--priv", help=f"SNMPv3 privacy: {secrets} ROOMREADY_PRIV (default protocol: AES)")


def add_profiles_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--profiles", type=Path, metavar="DIR", help="profiles of your own, in DIR/snmp and DIR/modbus")


def credentials(args: argparse.Namespace) -> Sequence[Credential]:
    """What the command line gives, or else the environment, in the order in which to try; maybe nothing.

    Raises:
        SecretError: a reference leads nowhere.
    """
    if args.user:
        return [_user(args)]
    given = [args.community] if isinstance(args.community, str) else args.community or []
    if not given and os.environ.get(COMMUNITY):
        given = [f"env:{COMMUNITY}"]
    return [_community(text) for text in dict.fromkeys(given)]


def has_own(address: Address) -> bool:
    """Whether an address says itself with what to ask."""
    return bool({"community", "user"} & address.options.keys())


def with_credentials(address: Address, args: argparse.Namespace) -> Address:
    """An SNMP address with the credentials of the command line, or else its own, or else the environment's."""
    if address.scheme != "snmp" or (has_own(address) and not args.community and not args.user):
        return address
    return next((address.with_options(given.options) for given in credentials(args)), address)


def snmp_address(url: str, args: argparse.Namespace) -> Address:
    """An address that can only be SNMP, with its credentials.

    Raises:
        AddressError: it is another.
        SecretError: a reference leads nowhere.
    """
    address = parse_address(url)
    if address.scheme != "snmp" or not address.host:
        raise AddressError(str(address), "an address such as snmp://10.0.0.21")
    return with_credentials(address, args)


def _community(text: str) -> Credential:
    if _is_reference(text):
        return Credential({"community": secret(text)}, {"community": text})
    return Credential({"community": text}, {})


def _user(args: argparse.Namespace) -> Credential:
    options, references = {"user": str(args.user)}, {}
    for option in ("auth", "priv"):
        text = getattr(args, option)
        if text is None:
            continue
        head, _, rest = text.partition(":")
        if not _is_reference(text):
            options[f"{option}_protocol"] = _protocol(head, PROTOCOLS[option])
        references[option] = text if _is_reference(text) else rest or f"env:ROOMREADY_{option.upper()}"
        options[option] = secret(references[option])
    return Credential(options, references)


def _protocol(word: str, known: Sequence[str]) -> str:
    """The protocol that was meant. What else was typed there may be the secret itself, so it is not repeated."""
    if word.upper() not in known:
        raise SecretError(
            f"expected [PROTOCOL:]SECRET, the protocol one of {', '.join(known)}, the secret as {EXPECTED}"
        )
    return word.upper()


def _is_reference(text: str) -> bool:
    return text.partition(":")[0] in _REFERENCES and ":" in text
