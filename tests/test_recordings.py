"""Recordings of real devices, which are not ours to ship: where a collection with its scorer lies beside the project
(or where ROOMREADY_RECORDINGS points), every device in it must read as it should."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parent.parent
FOLDER = Path(os.environ.get("ROOMREADY_RECORDINGS", HOME.parent / "shared" / "recordings"))
RECALL, IDENTIFIED = 0.95, 0.97
UNFOUNDED = 1  # a running time in hundredths of an hour: right by its document, but a scale the scorer does not try

pytestmark = [
    pytest.mark.skipif(not (FOLDER / "score.py").exists(), reason="no recordings beside the project"),
    pytest.mark.timeout(600),
]


def test_real_devices_are_recognised_and_read_right() -> None:
    probe = f"{sys.executable} -m agent probe snmp://127.0.0.1:{{port}} --community {{name}} --json"
    snmpsim = Path(sys.executable).with_name("snmpsim-command-responder")
    done = subprocess.run(
        [sys.executable, FOLDER / "score.py", "--jobs", "2", "--snmpsim", snmpsim, "--probe", probe],
        cwd=HOME, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    last = done.stdout.strip().splitlines()[-1]
    found = re.search(r"recall ([\d.]+) identified ([\d.]+) of (\d+) recordings; unfounded (\d+)", last)
    assert found is not None, done.stdout[-2000:] + done.stderr[-2000:]
    recall, identified, unfounded = float(found[1]), float(found[2]), int(found[4])
    print(last)

    assert recall >= RECALL, done.stdout
    assert identified >= IDENTIFIED, done.stdout
    assert unfounded <= UNFOUNDED, done.stdout
