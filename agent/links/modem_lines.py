"""The modem lines of a serial port, as the kernel reads them: CTS, DSR, DCD and RI are inputs, DTR and RTS outputs.

    TIOCMGET   the levels of all lines now                    TIOCMIWAIT   sleeps until an input changes

TIOCMIWAIT does not say what changed and does not wake when RI falls, some USB adapters do not have it, and a
pseudo-terminal has no modem lines at all. Nothing is ever written to the port; the two outputs are set once, as
contacts take their power from them.
"""

import errno
import fcntl
import os
import struct
import termios
import time
from collections.abc import Mapping
from typing import Protocol

INPUTS: Mapping[str, int] = {
    "cts": termios.TIOCM_CTS,
    "dsr": termios.TIOCM_DSR,
    "dcd": termios.TIOCM_CAR,
    "ri": termios.TIOCM_RNG,
}
_ALL_INPUTS = sum(INPUTS.values())
_LOOK_EVERY = 0.02  # seconds, where the kernel cannot wait for a change
_CANNOT_WAIT = (errno.ENOTTY, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


class ModemLines(Protocol):
    """What a watcher needs of a port. Every method may raise OSError once the port is gone."""

    def read(self) -> int:
        """The levels, each input its bit."""

    def wait(self) -> None:
        """Blocks until a level may have changed."""

    def close(self) -> None: ...


class SerialModemLines:
    """The modem lines of a port of this machine."""

    def __init__(self, path: str, dtr: bool, rts: bool) -> None:
        self._port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._can_wait = True
        try:
            self._set(dtr, rts)
        except BaseException:
            os.close(self._port)
            raise

    def read(self) -> int:
        levels: int = struct.unpack("I", fcntl.ioctl(self._port, termios.TIOCMGET, bytes(4)))[0]
        return levels & _ALL_INPUTS

    def wait(self) -> None:
        if not self._can_wait:
            time.sleep(_LOOK_EVERY)
            return
        try:
            fcntl.ioctl(self._port, termios.TIOCMIWAIT, _ALL_INPUTS)
        except OSError as error:
            if error.errno not in _CANNOT_WAIT:
                raise
            self._can_wait = False

    def close(self) -> None:
        os.close(self._port)

    def _set(self, dtr: bool, rts: bool) -> None:
        """The port works without a carrier, and its outputs stay as they are when it is closed."""
        for high, line in ((dtr, termios.TIOCM_DTR), (rts, termios.TIOCM_RTS)):
            request = termios.TIOCMBIS if high else termios.TIOCMBIC
            fcntl.ioctl(self._port, request, struct.pack("I", line))
        settings = termios.tcgetattr(self._port)
        settings[2] = settings[2] & ~termios.HUPCL | termios.CLOCAL
        termios.tcsetattr(self._port, termios.TCSANOW, settings)
