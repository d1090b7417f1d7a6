"""What can go wrong between the agent and a device.

    Fault
    ├── Unreachable   nothing at that address: refused, no route, no such port or line
    ├── TimedOut      somebody may be there, but no answer came before the deadline
    ├── Garbled       an answer came and cannot be understood
    ├── Refused       the device understood and said no (credentials, unknown object, exception code)
    └── Unknown       the device answers, but no profile knows it

Libraries raise whatever they like; drivers translate it to one of these, and only the poller catches them.
"""


class Fault(Exception):  # noqa: N818 - a fault of the gear, not an error of ours
    """A device could not be read; the text says what was found and what was expected."""

    @property
    def result(self) -> str:
        """The word used for this fault in metrics and events."""
        return RESULTS[type(self)]


class Unreachable(Fault):
    """Raised when there is nothing at the address."""


class TimedOut(Fault):
    """Raised when no answer came before the deadline."""


class Garbled(Fault):
    """Raised when an answer cannot be understood."""


class Refused(Fault):
    """Raised when the device understood the question and declined it."""


class Unknown(Fault):
    """Raised when the device answers and no profile recognises it."""


RESULTS: dict[type[Fault], str] = {
    Fault: "fault",
    Unreachable: "unreachable",
    TimedOut: "timed_out",
    Garbled: "garbled",
    Refused: "refused",
    Unknown: "unknown",
}


def shown(data: bytes, most: int = 48) -> str:
    """Bytes as a fault's text shows them: printable, and cut where they get long."""
    text = ascii(data[:most].decode("latin-1"))
    return f"{text} and {len(data) - most} bytes more" if len(data) > most else text
