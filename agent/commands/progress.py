"""One line on standard error that says how far long work is; nothing where nobody looks at a terminal."""

import sys
from types import TracebackType


class Progress:
    """Use as a context: `show` replaces the line, the end of the context takes it away."""

    def __init__(self) -> None:
        self._seen = sys.stderr.isatty()

    def __enter__(self) -> "Progress":
        return self

    def show(self, line: str) -> None:
        if self._seen:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.show("")
