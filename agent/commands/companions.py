"""Prometheus and Alertmanager beside the demo: the programs that are installed, with our rules, ended with it.

Both take free ports on loopback and say in their logs which; their data lies in the demo's temporary folder. Prometheus
finds the agent by a file that is written once the agent listens, so they can be started, or missed, before it.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = {
    "Prometheus": (("prometheus",), "prometheus"),
    "Alertmanager": (("prometheus-alertmanager", "alertmanager"), "prometheus-alertmanager"),
}
ANYWHERE = "--web.listen-address=127.0.0.1:0"
PATIENCE = 30.0  # seconds that a program may take to listen
_LISTENING = re.compile(r'msg="?Listening on"? address=(\S+)')


class CompanionError(Exception):
    """A program is missing or did not start; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Companions:
    prometheus: str
    alertmanager: str
    targets: Path

    def watch(self, agent: str) -> None:
        """Prometheus scrapes the agent at this host:port from now on."""
        unfinished = self.targets.with_suffix(".new")
        unfinished.write_text(json.dumps([{"targets": [agent]}]), "utf-8")
        unfinished.replace(self.targets)


@contextmanager
def companions(folder: Path) -> Iterator[Companions]:
    """Both, running; gone afterwards."""
    programs = {name: _installed(name) for name in PROGRAMS}
    with ExitStack() as stack:
        alertmanager = stack.enter_context(_alertmanager(programs["Alertmanager"], folder))
        prometheus = stack.enter_context(_prometheus(programs["Prometheus"], folder, alertmanager))
        yield Companions(f"http://{prometheus}/", f"http://{alertmanager}/", folder / "targets.json")


def _installed(name: str) -> str:
    binaries, package = PROGRAMS[name]
    found = next(filter(None, map(shutil.which, binaries)), None)
    if found is None:
        raise CompanionError(f"{name} is not installed; on Debian: apt install {package}, or leave --prometheus out")
    return found


@contextmanager
def _alertmanager(program: str, folder: Path) -> Iterator[str]:
    config = folder / "alertmanager.yml"
    config.write_text(json.dumps({"route": {"receiver": "page"}, "receivers": [{"name": "page"}]}), "utf-8")
    storage = f"--storage.path={folder / 'alertmanager'}"
    alone = "--cluster.listen-address="
    with _running([program, f"--config.file={config}", storage, alone, ANYWHERE], folder / "alertmanager.log") as place:
        yield place


@contextmanager
def _prometheus(program: str, folder: Path, alertmanager: str) -> Iterator[str]:
    rules = folder / "rules.yml"
    subprocess.run([sys.executable, "-m", "agent", "rules", "--out", str(rules)], check=True)  # noqa: S603  # ourselves
    (folder / "targets.json").write_text("[]", "utf-8")
    config = folder / "prometheus.yml"  # JSON is YAML
    config.write_text(json.dumps(_configuration(alertmanager)), "utf-8")
    storage = f"--storage.tsdb.path={folder / 'prometheus'}"
    with _running([program, f"--config.file={config}", storage, ANYWHERE], folder / "prometheus.log") as place:
        yield place


def _configuration(alertmanager: str) -> dict[str, object]:
    return {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [{"job_name": "roomready", "file_sd_configs": [{"files": ["targets.json"]}]}],
    }


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[str]:
    """The program, running; yields its host:port."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # found by name, with our own arguments
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield _listening(command[0], process, log)
    finally:
        process.terminate()
        process.wait()


def _listening(program: str, process: "subprocess.Popen[bytes]", log: Path) -> str:
    deadline = time.monotonic() + PATIENCE
    while (found := _LISTENING.search(said := log.read_text("utf-8", "replace"))) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            last = said.strip().rpartition("\n")[2]
            raise CompanionError(f"{program} did not start: {last or 'it said nothing'}")
        time.sleep(0.05)
    return found[1]
