"""Dry contacts on the modem lines of a serial port.

    contacts:///dev/ttyS2?cts=surge_protector_failed&dcd=water_leak&dsr=!door_open

A contact between an output that is held high (DTR, RTS) and an input (CTS, DSR, DCD, RI) makes the input high when it
closes; a line with nothing on it is low. A contact is active when closed, one with ! when open: such a contact also
tells that its cable was cut. The port belongs to one thread, which sleeps in the kernel until a line changes (or looks
every 20 ms, where the kernel cannot wait) and reports changes that lasted; see agent/drivers/debounce.py.
"""

import asyncio
import re
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from agent.address import Address, AddressError, one_of
from agent.drivers.debounce import Debounce
from agent.drivers.driver import Answer, Surroundings
from agent.faults import Fault, TimedOut, Unreachable
from agent.links.modem_lines import INPUTS, ModemLines, SerialModemLines
from agent.model.measures import BY_KEY, Group
from agent.model.readings import Identity, Reading

_ACTIVE = BY_KEY["contact_active"]
_NAME = re.compile(r"!?[A-Za-z][A-Za-z0-9_. -]{0,62}")
_RESTLESS = 0.005  # seconds between looks at a line that bounces


@dataclass(frozen=True, slots=True)
class Contact:
    """What a line means."""

    name: str
    line: str
    normally_closed: bool

    def reading(self, levels: int) -> Reading:
        high = bool(levels & INPUTS[self.line])
        return Reading(_ACTIVE, (("contact", self.name),), float(high != self.normally_closed), self.line.upper())


def connect(address: Address, surroundings: Surroundings) -> "ContactsDriver":
    """The driver of a contacts address.

    Raises:
        AddressError: no line has a name, a name cannot be used, or two lines have the same.
    """
    contacts = [_contact(line, address.options[line]) for line in INPUTS if line in address.options]
    if not contacts:
        raise AddressError(f"no contact in {address}", f"names for some of {', '.join(INPUTS)}, as in ?cts=water_leak")
    if len({contact.name for contact in contacts}) < len(contacts):
        raise AddressError(f"two contacts with one name in {address}", "a name of its own for each")
    dtr, rts = (one_of(address, output, "on", ("on", "off")) == "on" for output in ("dtr", "rts"))
    return ContactsDriver(address.path, contacts, surroundings, partial(SerialModemLines, address.path, dtr, rts))


def _contact(line: str, name: str) -> Contact:
    if not _NAME.fullmatch(name):
        raise AddressError(f"{line}={name}", "the contact's name, with ! before it where it is normally closed")
    return Contact(name.removeprefix("!"), line, name.startswith("!"))


class ContactsDriver:
    """Reads the contacts on one port; `opening` opens it."""

    def __init__(
        self, path: str, contacts: list[Contact], surroundings: Surroundings, opening: Callable[[], ModemLines]
    ) -> None:
        self._path = path
        self._contacts = contacts
        self._timeout = surroundings.timeout
        self._news = surroundings.news
        self._opening = opening
        self._watch: Watch | None = None

    async def open(self) -> Identity:
        await self.close()
        self._watch = Watch(self._opening, self._news)
        try:
            async with asyncio.timeout(self._timeout):
                await self._watch.began
        except TimeoutError:
            raise TimedOut(f"{self._path}: not open within {self._timeout:g} s") from None
        except (OSError, termios.error) as error:
            raise self._gone(error) from error
        return Identity("contacts", profile="contacts")

    async def poll(self, groups: frozenset[Group]) -> Answer:
        if self._watch is None:
            raise Unreachable(f"{self._path}: not open")
        try:
            levels = self._watch.levels()
        except OSError as error:
            raise self._gone(error) from error
        return Answer(tuple(contact.reading(levels) for contact in self._contacts if _ACTIVE.group in groups))

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _gone(self, error: Exception) -> Fault:
        return Unreachable(f"{self._path}: {getattr(error, 'strerror', None) or error}")


class Watch:
    """The thread that owns a port. A thread that sleeps in the kernel cannot be called back: it lets go of the port
    when a line changes next, and is a daemon so that nobody waits for it."""

    def __init__(self, opening: Callable[[], ModemLines], changed: Callable[[], None]) -> None:
        self._opening = opening
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self.began: asyncio.Future[None] = self._loop.create_future()
        self._lock = threading.Lock()  # held while the lines are looked at, never while they are waited for
        self._lines: ModemLines | None = None
        self._debounce = Debounce(0)
        self._trouble: OSError | None = None
        self._stopped = False
        threading.Thread(target=self._run, name="contacts", daemon=True).start()

    def levels(self) -> int:
        """The levels that count. Looks itself, in case a change fell between two waits.

        Raises:
            OSError: the port is gone.
        """
        with self._lock:
            self._look()
            return self._debounce.levels

    def stop(self) -> None:
        self._stopped = True
        self.began.cancel()

    def _run(self) -> None:
        try:
            self._lines = self._opening()
            with self._lock:
                self._debounce = Debounce(self._lines.read())
        except (OSError, termios.error) as error:
            self._tell(self._settle, error)
        else:
            self._tell(self._settle, None)
            self._watch(self._lines)
        finally:
            self._let_go()

    def _watch(self, lines: ModemLines) -> None:
        try:
            while not self._stopped:
                if self._debounce.restless:
                    time.sleep(_RESTLESS)
                else:
                    lines.wait()
                with self._lock:
                    changed = self._look()
                if changed:
                    self._tell(self._changed)
        except OSError as error:
            self._trouble = error
            self._tell(self._changed)  # a poll will tell why

    def _look(self) -> bool:
        if self._trouble is not None:
            raise self._trouble
        return self._lines is not None and self._debounce.feed(self._lines.read(), time.monotonic())

    def _let_go(self) -> None:
        with self._lock:
            lines, self._lines = self._lines, None
            if lines is not None:
                lines.close()

    def _settle(self, error: Exception | None) -> None:
        if self.began.done():
            return
        if error is None:
            self.began.set_result(None)
        else:
            self.began.set_exception(error)

    def _tell(self, hear: Callable[..., None], *what: object) -> None:
        def tell() -> None:
            if not self._stopped:
                hear(*what)

        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(tell)
