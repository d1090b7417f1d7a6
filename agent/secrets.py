"""Secrets by reference: the configuration and the command line say where a secret is, never what it is.

env:NAME          an environment variable
file:PATH         the first line of a file
credential:NAME   a systemd credential (LoadCredential=)
"""

import os
from pathlib import Path

EXPECTED = "env:NAME, file:PATH or credential:NAME"


class SecretError(ValueError):
    """A secret cannot be had; the text says where it was looked for, never what was found there."""


def secret(reference: str) -> str:
    """The secret that a reference names.

    Raises:
        SecretError: the reference has another form, or there is nothing where it points.
    """
    kind, _, place = reference.partition(":")
    match kind:
        case "env" if place:
            found = os.environ.get(place, "")
        case "file" if place:
            found = _first_line(Path(place))
        case "credential" if place:
            found = _first_line(Path(os.environ.get("CREDENTIALS_DIRECTORY", "/run/credentials")) / place)
        case _:
            raise SecretError(f"a secret is given as {EXPECTED}")
    if not found:
        raise SecretError(f"{kind}:{place} is empty or not set")
    return found


def _first_line(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise SecretError(f"{path}: {reason}") from error
    return lines[0].strip() if lines else ""
