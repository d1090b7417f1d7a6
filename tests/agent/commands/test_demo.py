"""`roomready demo` as its user starts and ends it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ENDS_WITHIN = 30.0  # seconds; a machine under load is slow, not broken


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def interruptible() -> None:
    """Ctrl-C and a closed terminal count, also where a shell's `&` or `nohup` started the tests themselves."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def demo(folder: Path, control: int, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """A demo whose temporary files go to the folder."""
    command = [sys.executable, "-m", "agent", "demo", "--listen", "127.0.0.1:0", "--control", str(control), *options]
    process = subprocess.Popen(
        command,
        env={"TMPDIR": str(folder), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=interruptible,  # noqa: PLW1509 - this test has one thread
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_demo_says_where_the_page_is_and_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    control = free_port()
    with demo(tmp_path, control) as process:
        assert process.stdout is not None
        assert any("http://127.0.0.1:" in line for line in process.stdout)
        assert listens(control)
        process.send_signal(number)
        _, err = process.communicate(timeout=ENDS_WITHIN)

    assert (0, "") == (process.returncode, err)
    assert not listens(control)
    assert [] == list(tmp_path.iterdir())


def test_a_demo_that_is_killed_leaves_no_room_running(tmp_path: Path) -> None:
    with demo(tmp_path, free_port()) as process:
        assert process.stdout is not None
        assert any("http://127.0.0.1:" in line for line in process.stdout)
        rooms = psutil.Process(process.pid).children()
        process.kill()
        _, left = psutil.wait_procs(rooms, timeout=ENDS_WITHIN)

    assert rooms
    assert [] == left


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_demo_that_is_ended_while_its_room_starts_takes_the_room_along(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    control = free_port()
    with demo(tmp_path, control) as process:
        while not any(room.cpu_times().user > 0.05 for room in psutil.Process(process.pid).children()):
            assert process.poll() is None
        process.send_signal(number)
        _, err = process.communicate(timeout=ENDS_WITHIN)

    assert (code, "") == (process.returncode, err)
    assert not listens(control)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--listen", "nonsense"], "--listen: found 'nonsense', expected HOST:PORT, as in 127.0.0.1:9810"),
        (["--speed", "x"], "argument --speed: found x, expected more than 0 and at most 1000"),
        (["--scenario", "none"], "unknown scenario 'none'"),
        (["--control", "70000"], "argument --control: found 70000, expected a port from 0 to 65535"),
    ],
)
def test_a_wrong_option_is_told_in_the_words_of_the_option(tmp_path: Path, options: list[str], sentence: str) -> None:
    with demo(tmp_path, free_port(), *options) as process:
        _, err = process.communicate(timeout=ENDS_WITHIN)

    assert 2 == process.returncode
    assert err.startswith(f"roomready demo: {sentence}")
    assert 1 == err.count("\n")
