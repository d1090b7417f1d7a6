"""The near end of a running simulation's control port: one line there, one sentence back."""

import http.client
from typing import Final

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PORT: Final = 9811
ANSWER_SECONDS: Final = 5.0


def tell(line: str, port: int) -> tuple[bool, str]:
    """Whether the simulation did it, and its answer; OSError when none listens there."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("POST", "/do", body=line.encode())
        answer = connection.getresponse()
        return answer.status == http.client.OK, answer.read().decode().strip()
    finally:
        connection.close()
