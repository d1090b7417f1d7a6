"""The configuration: room.toml becomes a frozen Config, or a list of every mistake in it.

Sections [room], [http], [poll], [traps] and one [[device]] for each device; agent/sections.py has their keys. Each
mistake names file, key, what was found and what was expected; nothing is half accepted.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from agent.address import SECRET_OPTIONS, Address, AddressError, parse_address
from agent.drivers.driver import Driver, Surroundings
from agent.drivers.registry import connect, scheme_of
from agent.profiles.load import ProfileError
from agent.secrets import EXPECTED as SECRET_EXPECTED
from agent.secrets import SecretError, secret
from agent.sections import (
    SAYS,
    DeviceSection,
    HttpSection,
    PollSection,
    RoomSection,
    TrapsSection,
    TrapUserSection,
)
from agent.traps.settings import SHORTEST, TrapSettings, TrapUser

RESERVED_LABELS = frozenset({"device", "zone", "kind", "state", "alarm", "severity"})
_STAND_IN = "*" * SHORTEST  # for a secret that cannot be had
_MAY_HOLD_SECRETS = SECRET_OPTIONS | {"address", "secrets", "communities"}
_KINDS: Mapping[type, str] = {
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "a flag",
    list: "a list",
    dict: "a section",
}
S = TypeVar("S", bound=Struct)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """A device that can be connected: its section, and its address with the secrets in it."""

    section: DeviceSection
    address: Address


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration without mistakes."""

    file: str
    room: RoomSection
    http: HttpSection
    poll: PollSection
    devices: Sequence[DeviceConfig]
    own_profiles: Path | None = None
    traps: TrapSettings | None = None

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(own_profiles=self.own_profiles, timeout=self.poll.timeout)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a configuration."""

    file: str
    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: found {self.found}, expected {self.expected}"


class ConfigError(Exception):
    """The configuration cannot be used; `mistakes` has all of them."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, mistakes)))


def load_config(path: Path) -> Config:
    """Reads a room.toml.

    Raises:
        ConfigError: with every mistake in it.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))  # Windows editors put a mark before the text
    except OSError as error:
        raise ConfigError([Mistake(str(path), "file", error.strerror or str(error), "a readable file")]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError([Mistake(str(path), "file", f"text that is not TOML ({error})", "TOML")]) from error
    return _Reader(path).config(document)


class _Reader:
    """Collects mistakes while it goes through a document."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mistakes: list[Mistake] = []
        self._drivers: list[Driver] = []  # kept while reading, so that two devices that want one line differently meet

    def config(self, document: Mapping[str, Any]) -> Config:
        self._unknown(document, ("room", "http", "poll", "traps", "device"), "")
        room = self._section(document, "room", RoomSection)
        http = self._section(document, "http", HttpSection)
        poll = self._section(document, "poll", PollSection)
        traps = self._traps(document) if "traps" in document else None
        own = self._path.parent / "profiles"
        own_profiles = own if own.is_dir() else None
        devices = self._devices(document.get("device", []), Surroundings(own_profiles))
        if self._mistakes or room is None or http is None or poll is None:
            raise ConfigError(self._mistakes)
        return Config(str(self._path), room, http, poll, devices, own_profiles, traps)

    def _wrong(self, key: str, found: object, expected: str) -> None:
        mistake = Mistake(str(self._path), key, str(found), expected)
        if mistake not in self._mistakes:
            self._mistakes.append(mistake)

    def _section(self, document: Mapping[str, Any], name: str, schema: type[S]) -> S | None:
        table = document.get(name, {})
        if not isinstance(table, dict):
            self._wrong(name, _kind_of(table), f"a section [{name}]")
            return None
        return self._struct(table, schema, f"{name}.")

    def _struct(self, table: Mapping[str, Any], schema: type[S], prefix: str) -> S | None:
        """The section, or None where any of its keys is wrong; every wrong key is noted."""
        before = len(self._mistakes)
        fields = {field.name: field for field in msgspec.structs.fields(schema)}
        meant = self._unknown(table, tuple(fields), prefix)
        values: dict[str, Any] = {}
        for name, field in fields.items():
            if name not in table:
                if field.required and name not in meant:
                    self._wrong(f"{prefix}{name}", "nothing", _expected(field.type, "a value"))
                continue
            try:
                values[name] = msgspec.convert(table[name], field.type)
            except msgspec.ValidationError as error:
                self._wrong(f"{prefix}{name}", _shown(name, table[name]), _expected(field.type, str(error)))
        return schema(**values) if len(self._mistakes) == before else None

    def _unknown(self, table: Mapping[str, Any], known: Sequence[str], prefix: str) -> set[str]:
        """Notes unknown keys; returns the known ones that they probably mean, so as not to miss those too."""
        meant: set[str] = set()
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"{near[0]!r} (or another of: {', '.join(known)})" if near else f"one of {', '.join(known)}"
                self._wrong(f"{prefix}{key}", "an unknown key", hint)
                meant.update(near)
        return meant

    def _devices(self, tables: object, surroundings: Surroundings) -> list[DeviceConfig]:
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._wrong("device", _kind_of(tables), "sections [[device]]")
            return []
        if not tables:
            self._wrong("device", "nothing", "at least one section [[device]]")
        found = [self._device(table, f"device[{number}].", surroundings) for number, table in enumerate(tables, 1)]
        seen: set[str] = set()
        for number, device in enumerate(found, 1):
            if device is not None and device.section.name in seen:
                self._wrong(
                    f"device[{number}].name", f"{device.section.name!r} again", "a name that no other device has"
                )
            elif device is not None:
                seen.add(device.section.name)
        return [device for device in found if device is not None]

    def _device(self, table: Mapping[str, Any], prefix: str, surroundings: Surroundings) -> DeviceConfig | None:
        section = self._struct(table, DeviceSection, prefix)
        for label in RESERVED_LABELS & set(section.labels if section else ()):
            self._wrong(f"{prefix}labels.{label}", "a label that the agent sets itself", "another name")
        references = table.get("secrets", {})
        known = isinstance(references, dict) and SECRET_OPTIONS.issuperset(references)
        secrets = dict(self._secrets(references, prefix)) if isinstance(references, dict) else {}
        address = self._address(table.get("address"), secrets, prefix, surroundings, complete=known)
        return DeviceConfig(section, address) if section is not None and address is not None else None

    def _secrets(self, references: Mapping[str, object], prefix: str) -> Iterator[tuple[str, str]]:
        """The secrets; one that cannot be had is stood in for, so that the rest of its address is judged too."""
        for option, reference in references.items():
            key = f"{prefix}secrets.{option}"
            if option not in SECRET_OPTIONS:
                self._wrong(key, "an unknown secret", f"one of {', '.join(sorted(SECRET_OPTIONS))}")
            elif isinstance(reference, str):
                yield option, self._secret(reference, key) or _STAND_IN
            else:
                yield option, _STAND_IN

    def _secret(self, reference: str, key: str, shortest: int = 0) -> str | None:
        try:
            found = secret(reference)
        except SecretError as error:
            self._wrong(key, str(error), SECRET_EXPECTED)
            return None
        if len(found) < shortest:
            self._wrong(key, "a short secret", f"at least {shortest} characters")
            return None
        return found

    def _traps(self, document: Mapping[str, Any]) -> TrapSettings | None:
        section = self._section(document, "traps", TrapsSection)
        references = _listed(document["traps"], "communities", str)
        tables = _listed(document["traps"], "user", dict)
        communities = [self._secret(each, f"traps.communities[{n}]") for n, each in enumerate(references, 1)]
        users = [self._trap_user(table, f"traps.user[{n}].") for n, table in enumerate(tables, 1)]
        if section is None:
            return None
        if not communities and not users:
            self._wrong("traps.communities", "nothing", "a community, or a section [[traps.user]]")
        return TrapSettings(
            section.host,
            section.port,
            communities=[community for community in communities if community is not None],
            users=[user for user in users if user is not None],
            per_second=section.per_second,
            burst=section.burst,
        )

    def _trap_user(self, table: Mapping[str, Any], prefix: str) -> TrapUser | None:
        section = self._struct(table, TrapUserSection, prefix)
        if section is None:
            return None
        auth = self._secret(section.auth, f"{prefix}auth", SHORTEST)
        priv = "" if section.priv is None else self._secret(section.priv, f"{prefix}priv", SHORTEST)
        if auth is None or priv is None:
            return None
        return TrapUser(section.name, auth, section.auth_protocol, priv, section.priv_protocol)

    def _address(
        self, text: object, secrets: Mapping[str, str], prefix: str, surroundings: Surroundings, *, complete: bool
    ) -> Address | None:
        if not isinstance(text, str):
            return None
        try:
            address = parse_address(text).with_options(secrets)
            if complete:
                self._drivers.append(connect(address, surroundings))
            else:
                scheme_of(address)
        except AddressError as error:
            self._unusable(error, f"{prefix}address")
            return None
        return address

    def _unusable(self, error: AddressError, key: str) -> None:
        """A broken profile is told once, not for every device that might need it."""
        if isinstance(error.__cause__, ProfileError):
            for line in str(error.__cause__).splitlines():
                self._wrong("profiles", line, error.expected)
        else:
            self._wrong(key, error.found, error.expected)


def _listed(table: object, key: str, kind: type[T]) -> list[T]:
    """The list under a key; empty where it is none, which the section's own check tells."""
    found = table.get(key, []) if isinstance(table, dict) else []
    return found if isinstance(found, list) and all(isinstance(each, kind) for each in found) else []


def _shown(name: str, value: object) -> str:
    """A wrong value as it is told; whoever wrote a secret into the file does not read it again in a log."""
    return _kind_of(value) if name in _MAY_HOLD_SECRETS else repr(value)


def _kind_of(value: object) -> str:
    return _KINDS.get(type(value), "something else")


def _expected(kind: Any, otherwise: str) -> str:
    """What a key wants, in words; msgspec's own sentence where we have none."""
    said = SAYS.get(kind)
    if said is not None:
        return said
    return re.sub(r"^Expected ", "", otherwise).split(", got")[0].split(" - at")[0].replace("`", "")
