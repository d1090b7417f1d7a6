"""A NUT server (upsd, protocol 1.3): lines of words over TCP, for all UPSs of the room.

-> LIST UPS                       <- BEGIN LIST UPS / UPS ups-1 "..." / END LIST UPS
-> GET VAR ups-1 ups.status       <- VAR ups-1 ups.status "OL"
-> INSTCMD ups-1 load.off         <- ERR ACCESS-DENIED          refused and counted, as is SET VAR
-> LOGIN ups-1                    <- OK, after USERNAME and PASSWORD, whatever they are
-> LOGOUT                         <- OK Goodbye, and the line is closed

Commands may be in small letters; words may be quoted, with \\ before a quote, a backslash or a #. Nothing can be set or
commanded, so LIST RW, CMD, ENUM and RANGE are empty; it has no certificate, so STARTTLS is not configured.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from simulators.mishaps import Outlet
from simulators.servers.line_server import LineServer
from simulators.servers.lines import LOOPBACK, Conversation, Split, TcpLine, until
from simulators.servers.live_view import LiveView

ABOUT: Final = {
    "VER": "Network UPS Tools upsd 2.8.0 (simulated) - http://www.networkupstools.org/",
    "NETVER": "1.3",
    "PROTVER": "1.3",
    "HELP": "Commands: HELP VER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS",
    "STARTTLS": "ERR FEATURE-NOT-CONFIGURED",
}
EMPTY_LISTS: Final = {"RW": 0, "CMD": 0, "ENUM": 1, "RANGE": 1}  # and how many words come after the name
UNKNOWN, INVALID, DENIED = "ERR UNKNOWN-COMMAND", "ERR INVALID-ARGUMENT", "ERR ACCESS-DENIED"
GOODBYE: Final = "OK Goodbye"
Devices = Mapping[str, Mapping[str, str]]


def quoted(value: str) -> str:
    for character in ("\\", '"', "#"):
        value = value.replace(character, f"\\{character}")
    return f'"{value}"'


def _undescribed(_: str) -> str:
    return quoted("Description unavailable")


def _type(value: str) -> str:
    return "NUMBER" if value.lstrip("-").replace(".", "", 1).isdigit() else "STRING:64"


ABOUT_A_WORD: Final = {"VAR": quoted, "TYPE": _type, "DESC": _undescribed, "CMDDESC": _undescribed}


class NutServer(LineServer):
    """`first` is the name that the address leads to."""

    def __init__(self, look: Callable[[], Devices], tick: Callable[[], int], first: str) -> None:
        super().__init__("nut", TcpLine(), until(b"\n"), Outlet(change_id))
        self._view = LiveView(look, tick, self.outlet)
        self._first = first
        self.guests: dict[_Guest, str] = {}  # who is logged in, and on which UPS

    @property
    def url(self) -> str:
        return f"{super().url}/{self._first}"

    def converse(self) -> Conversation:
        return _Guest(self, self._split)

    def answer(self, request: bytes) -> bytes:
        """What anybody may ask; what depends on who asks is the guest's."""
        return "".join(f"{line}\n" for line in self.respond(words_of(request))).encode()

    def respond(self, words: Sequence[str]) -> Iterable[str]:
        match words:
            case [word] if word in ABOUT:
                return [ABOUT[word]]
            case ["LIST", *what]:
                return self._list(what)
            case ["GET", *what]:
                return [self._get(what)]
            case ["SET" | "INSTCMD" | "FSD" | "PRIMARY" | "MASTER", *_]:
                self.writes_refused += 1
                return [DENIED]
        return [UNKNOWN]

    def _list(self, what: Sequence[str]) -> Iterable[str]:
        devices = self._view()
        match what:
            case ["UPS"]:
                return _listed("UPS", (f"UPS {name} {quoted(describe(device))}" for name, device in devices.items()))
            case [_, name, *_] if name not in devices:
                return ["ERR UNKNOWN-UPS"]
            case ["VAR", name]:
                rows = devices[name].items()
                return _listed(f"VAR {name}", (f"VAR {name} {key} {quoted(value)}" for key, value in rows))
            case ["CLIENT", name]:
                guests = [guest for guest, ups in self.guests.items() if ups == name]
                return _listed(f"CLIENT {name}", (f"CLIENT {name} {guest.host}" for guest in guests))
            case [kind, name, *rest] if len(rest) == EMPTY_LISTS.get(kind):
                return _listed(" ".join(what), ())
        return [INVALID]

    def _get(self, what: Sequence[str]) -> str:
        devices = self._view()
        match what:
            case [_, name, *_] if name not in devices:
                return "ERR UNKNOWN-UPS"
            case ["VAR" | "TYPE" | "DESC", name, key] if key not in devices[name]:
                return "ERR VAR-NOT-SUPPORTED"
            case [kind, name, key] if kind in ABOUT_A_WORD:
                return f"{kind} {name} {key} {ABOUT_A_WORD[kind](devices[name].get(key, ''))}"
            case ["UPSDESC", name]:
                return f"UPSDESC {name} {quoted(describe(devices[name]))}"
            case ["NUMLOGINS", name]:
                return f"NUMLOGINS {name} {list(self.guests.values()).count(name)}"
        return INVALID

    def knows(self, name: str) -> bool:
        return name in self._view()


class _Guest(Conversation):
    """One connection, and who it says it is."""

    host = LOOPBACK

    def __init__(self, server: NutServer, split: Split) -> None:
        super().__init__(split, self._reply, server.outlet)
        self._server = server
        self._said: dict[str, str] = {}

    def connection_lost(self, error: Exception | None) -> None:
        self._server.guests.pop(self, None)
        super().connection_lost(error)

    def _reply(self, request: bytes) -> bytes:
        match words_of(request):
            case ["USERNAME" | "PASSWORD" as what, word]:
                return self._introduce(what, word)
            case ["LOGIN", name]:
                return self._login(name)
            case ["LOGOUT"]:
                self.say(f"{GOODBYE}\n".encode())
                self.hang_up()
                return b""
        return self._server.answer(request)

    def _introduce(self, what: str, word: str) -> bytes:
        if what in self._said:
            return f"ERR ALREADY-SET-{what}\n".encode()
        self._said[what] = word
        return b"OK\n"

    def _login(self, name: str) -> bytes:
        for what in ("USERNAME", "PASSWORD"):
            if what not in self._said:
                return f"ERR {what}-REQUIRED\n".encode()
        if not self._server.knows(name):
            return b"ERR UNKNOWN-UPS\n"
        if self in self._server.guests:
            return b"ERR ALREADY-LOGGED-IN\n"
        self._server.guests[self] = name
        return b"OK\n"


def words_of(request: bytes) -> list[str]:
    """The words of a line; none of a comment or of quotes that do not end. The command may be in small letters."""
    lexer = shlex.shlex(request.decode("utf-8", "replace"), posix=True, punctuation_chars="")
    lexer.whitespace_split, lexer.quotes, lexer.escape = True, '"', "\\"
    try:
        words = list(lexer)
    except ValueError:
        return []
    if words:
        words[0] = words[0].upper()
    if words and words[0] in ("LIST", "GET") and len(words) > 1:
        words[1] = words[1].upper()
    return words


def describe(device: Mapping[str, str]) -> str:
    return device.get("device.model", "Unavailable")


def _listed(what: str, rows: Iterable[str]) -> list[str]:
    return [f"BEGIN LIST {what}", *rows, f"END LIST {what}"]


def change_id(reply: bytes) -> bytes:
    """The answer to a question about another UPS."""
    return reply.replace(b" ups-", b" other-")
