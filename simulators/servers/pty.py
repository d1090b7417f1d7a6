"""Pseudo-terminals that come back under their name, which the kernel gives out lowest number first."""

import os
from contextlib import ExitStack, suppress


def open_pty(path: str = "") -> tuple[int, int]:
    """Near and far end of a line; of that one when a path is given. OSError while somebody still has that one open."""
    with ExitStack() as others:
        while True:
            near, far = os.openpty()
            found = os.ttyname(far)
            if path in ("", found):
                return near, far
            for end in (near, far):
                others.callback(os.close, end)
            if _number(found) > _number(path):
                raise OSError(f"{path} is still in use")


def _number(path: str) -> int:
    with suppress(ValueError):
        return int(path.rpartition("/")[2])
    return 0
