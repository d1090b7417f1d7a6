"""`roomready probe` as a program: what it prints, where, and how it ends."""

import asyncio
import json
import os
import sys
from typing import Any

import pytest

from tests.snmp_agent import SnmpAgent, Value, snmp_agent, system

UPS = "1.3.6.1.2.1.33.1"
OBJECTS: dict[str, Value] = {
    **system(),
    f"{UPS}.1.1.0": "Maker",
    f"{UPS}.1.2.0": "Größe <6>",
    f"{UPS}.2.1.0": 2,
    f"{UPS}.2.4.0": 97,
    f"{UPS}.3.3.1.3.1": 231,
    f"{UPS}.2.7.0": 500,
    f"{UPS}.4.1.0": 5,
}


async def roomready(*words: str, **environment: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agent", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env={**os.environ, **environment},
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def probe(*words: str, flags: dict[str, Any] | None = None, **environment: str) -> tuple[int, str, str, SnmpAgent]:
    """Probes an agent with OBJECTS; {url} in the words becomes its address."""

    async def run() -> tuple[int, str, str, SnmpAgent]:
        async with snmp_agent(OBJECTS, **(flags or {})) as agent:
            url = f"snmp://127.0.0.1:{agent.port}"
            return (*await roomready("probe", *(w.replace("{url}", url) for w in words), **environment), agent)

    return asyncio.run(run())


def test_json_is_one_object_with_the_metric_its_unit_and_the_devices_own_address() -> None:
    code, out, err, _ = probe("{url}", "--community", "public", "--json")

    assert 0 == code
    said = json.loads(out)
    assert {"device", "readings"} == set(said)
    assert {
        "kind": "ups", "vendor": "Maker", "model": "Größe <6>", "serial": "", "firmware": "", "profile": "rfc1628-ups",
    } == said["device"]  # fmt: skip
    rows = {row["metric"]: row for row in said["readings"]}
    assert {
        "metric": "roomready_ups_input_voltage_volts",
        "labels": {"phase": "L1"},
        "value": 231.0,
        "address": f"{UPS}.3.3.1.3.1",
    } == rows["roomready_ups_input_voltage_volts"]
    assert ({"state": "on_battery"}, 1) == (rows["roomready_ups_state"]["labels"], rows["roomready_ups_state"]["value"])
    assert "withheld: ups_battery_temperature" in err


def test_without_json_a_person_can_read_it() -> None:
    code, out, _, _ = probe("{url}?community=public")

    assert 0 == code
    assert out.startswith("ups: Maker Größe <6>, profile rfc1628-ups\n")
    assert "ups_battery_charge" in out


def test_the_community_may_come_from_the_environment() -> None:
    assert 0 == probe("{url}", "--json", ROOMREADY_COMMUNITY="public")[0]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["{url}"], "no community for snmp://127.0.0.1"),
        (["snpm://127.0.0.1"], "unknown scheme 'snpm'; expected one of snmp, modbus+tcp"),
        (["somewhere"], "'somewhere', which is no URL"),
        (["{url}", "--user", "u", "--auth", "env:NOT_SET_ANYWHERE"], "env:NOT_SET_ANYWHERE is empty or not set"),
        (["{url}", "--user", "u", "--auth", "FOO:env:PATH"], "the protocol one of MD5, SHA"),
        (["modbus+tcp://127.0.0.1"], "profile"),
    ],
)
def test_a_wrong_request_ends_with_two_and_says_what_was_expected(words: list[str], sentence: str) -> None:
    code, out, err, _ = probe(*words)

    assert (2, "") == (code, out)
    assert sentence in err


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [({"silent": True}, "timed_out"), ({"garbled": True}, "garbled"), ({"community": "other"}, "community wrong")],
    ids=["silent", "garbled", "wrong community"],
)
def test_no_answer_or_garbage_ends_with_three_and_the_reason_on_standard_error(
    flags: dict[str, Any], sentence: str
) -> None:
    code, out, err, _ = probe("{url}", "--community", "public", "--timeout", "0.3", "--json", flags=flags)

    assert (3, "") == (code, out)
    assert sentence in err
    assert "Traceback" not in err


def test_no_secret_is_ever_repeated() -> None:
    _, out, err, _ = probe("{url}", "--community", "sesame-open", "--timeout", "0.2")

    assert "sesame" not in out + err


def test_a_passphrase_in_the_wrong_place_is_not_repeated_and_a_time_must_be_one() -> None:
    code, _, err, _ = probe("{url}", "--user", "u", "--auth", "sesame-open", ROOMREADY_AUTH="long-enough")

    assert 2 == code
    assert "sesame" not in err.lower()
    for word in ("0", "-1", "nan", "soon"):
        code, _, err, _ = probe("{url}", "--community", "public", "--timeout", word)
        assert 2 == code
        assert f"found {word}, expected seconds above 0" in err


def test_every_command_has_help_with_an_example() -> None:
    async def story() -> None:
        code, out, _ = await roomready("--help")
        assert 0 == code
        for name in ("run", "check", "probe", "discover", "profile", "record", "simulate", "demo", "rules"):
            assert name in out
            code, helped, _ = await roomready(name, "--help")
            assert 0 == code
            assert f"roomready {name}" in helped.split("example", 1)[1]
        for verb in ("check", "new", "list"):
            code, helped, _ = await roomready("profile", verb, "--help")
            assert 0 == code
            assert f"roomready profile {verb}" in helped.split("example", 1)[1]

    asyncio.run(story())
