"""`roomready profile`: what is wrong in a file, a first file for an unknown device, and the list."""

import asyncio
import re
import tomllib
from pathlib import Path

import pytest

from agent.profiles.draft import Seen, draft
from agent.profiles.values import Raw
from tests.agent.commands.test_probe import OBJECTS, roomready
from tests.snmp_agent import Value, snmp_agent, system

BASE = "1.3.6.1.4.1.99999"
BOX: dict[str, Value] = {
    **system(f"{BASE}.1", "Acme \x07 box\n3000"),
    f"{BASE}.1.1.0": 231,
    f"{BASE}.1.2.0": "sesame # not a secret",
    **{f"{BASE}.2.1.{column}.{row}": 10 * column + row for column in (2, 3) for row in range(1, 8)},
}
GOOD = """
name = "acme"
kind = "ups"
title = "Acme"
source = "invented"
base = "1.3.6.1.4.1.99999"
[recognise]
object_ids = ["1.3.6.1.4.1.99999"]
[[scalars]]
rows = [
  { at = "1.1.0", measure = "ups_input_voltage", unit = "V" },
]
"""
MODBUS = """
name = "acme"
kind = "meter"
title = "Acme"
source = "invented"
rows = [{ register = 70000, measure = "circuit_power", unit = "W" }, { register = 1, measure = "circuit_power" }]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "acme.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_says_what_it_reads(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    code, out, _ = asyncio.run(roomready("profile", "check", str(path)))

    assert (0, f"{path}: SNMP, ups, 1 row: UPS (1)\n") == (code, out)


def test_every_mistake_of_a_bad_file_is_listed_with_its_place(tmp_path: Path) -> None:
    text = GOOD.replace('"1.1.0"', "1").replace('kind = "ups"', 'kind = "upps"\ncolour = "red"')
    path = written(tmp_path, text.replace("title", "tilte"))
    code, _, err = asyncio.run(roomready("profile", "check", str(path)))

    assert 2 == code
    said = [line.split("acme.toml: ")[1].split(", expected ")[0] for line in err.splitlines()]
    assert sorted(said) == [
        "colour: found an unknown key",
        "kind: found 'upps'",
        "scalars[0].rows[0].at: found 1",
        "tilte: found an unknown key",
    ]
    assert "expected one of ups, ats" in err
    assert "expected 'title' or another of" in err


def test_what_contradicts_the_catalogue_is_listed_with_the_rows_own_address(tmp_path: Path) -> None:
    table = '[[tables]]\nentry = "x"\nrows = [{ column = "1", measure = "ups_lode", unit = "%" }]\n'
    path = written(tmp_path, GOOD.replace('"V"', '"A"') + table)
    code, _, err = asyncio.run(roomready("profile", "check", str(path)))

    assert 2 == code
    assert "scalars[0].rows[0] (1.1.0): unit: 'A' is in amperes; ups_input_voltage is in volts" in err
    assert "tables[0].rows[0] (1): measure: 'ups_lode' is not in the catalogue; is 'ups_load' meant?" in err
    assert "tables[0]: entry: 'x' is not an OID" in err


def test_a_profile_that_is_to_be_read_along_must_exist(tmp_path: Path) -> None:
    path = written(tmp_path, 'also = ["rfc1628-ups", "nobody"]\n' + GOOD)
    code, _, err = asyncio.run(roomready("profile", "check", str(path)))

    assert (2, f"{path}: also: found 'nobody', expected the name of a profile\n") == (code, err)


def test_a_modbus_file_is_known_by_its_registers(tmp_path: Path) -> None:
    path = written(tmp_path, MODBUS)
    code, _, err = asyncio.run(roomready("profile", "check", str(path)))
    assert 2 == code
    assert f"{path}: rows[0].register: found 70000, expected a whole number <= 65535\n" == err

    path.write_text(
        MODBUS.replace("70000", "7").replace('"circuit_power" }', '"circuit_power", unit = "kW" }'), "utf-8"
    )
    code, out, _ = asyncio.run(roomready("profile", "check", str(path)))
    assert (0, f"{path}: Modbus, meter, 2 rows: circuits (1)\n") == (code, out)


@pytest.mark.parametrize("text", ["", "name = ", "name = 3", "\0", "rows = 3"])
def test_what_is_no_profile_is_refused_in_words(tmp_path: Path, text: str) -> None:
    code, _, err = asyncio.run(roomready("profile", "check", str(written(tmp_path, text))))

    assert 2 == code
    assert "acme.toml" in err
    assert "Traceback" not in err


def test_a_draft_of_an_unknown_device_passes_the_check_and_with_one_row_filled_in_the_device_is_read(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "snmp"
    folder.mkdir()
    path = folder / "acme.toml"

    async def story() -> None:
        async with snmp_agent(BOX) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, _, err = await roomready("profile", "new", url, "--out", str(path))
            assert 0 == code, err
            text = path.read_text("utf-8")
            assert 'at = "1.1.0"' in text
            assert "public" not in text
            code, out, err = await roomready("profile", "check", str(path))
            assert 0 == code, err
            assert "0 rows" in out
            row = '{ at = "1.1.0", measure = "ups_input_voltage", unit = "V" },'
            path.write_text(text.replace("rows = [\n", f"rows = [\n  {row}\n", 1).replace("unknown", "ups"), "utf-8")
            code, out, err = await roomready("probe", url, "--profiles", str(tmp_path))
            assert 0 == code, err
            assert "231 V" in out

    asyncio.run(story())


def test_a_draft_shows_numbers_where_they_stand_and_nothing_that_breaks_out_of_a_comment() -> None:
    table = {f"{BASE}.2.5.1.{column}.{row}": 10 * column + row for column in (3, 4) for row in range(1, 7)}
    objects: dict[str, Raw] = {
        f"{BASE}.1.1.0": 231,
        f"{BASE}.1.2.0": b"23.5 C",
        f"{BASE}.1.3.0": b'Box "7"\n] # x',
        f"{BASE}.1.4.0": b"the sesame word",
        **table,
    }
    text = draft(Seen(f"{BASE}.1", "evil\n[[scalars]]", "", objects), ["sesame"])

    assert '  # { at = "1.1.0", measure = "?", unit = "?" },  # 231\n' in text
    assert '  # { at = "1.2.0", measure = "?", unit = "?" },  # 23.5 C\n' in text
    assert 'entry = "2.5.1"\n' in text
    assert '  # { column = "4", measure = "?", unit = "?" },  # 41, 42, 43, 44 ... 6 rows\n' in text
    assert '#   "1.3.0"  Box "7" ] # x\n' in text
    assert "sesame" not in text
    assert 1 == text.count("\n[[scalars]]")
    assert f"{BASE}.1" == tomllib.loads(text)["recognise"]["object_ids"][0]


def test_a_draft_keeps_to_its_limit_and_a_file_that_is_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "acme.toml"

    async def story() -> None:
        async with snmp_agent(BOX) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, _, err = await roomready("profile", "new", url, "--out", str(out), "--limit", "5")
            assert 0 == code
            assert "5 objects, not all there are" in err
            assert "Not everything is here: stopped at 5 objects" in out.read_text("utf-8")
            before = agent.requests
            code, _, err = await roomready("profile", "new", url, "--out", str(out))
            assert 2 == code
            assert "is there already" in err
            assert before == agent.requests

    asyncio.run(story())


@pytest.mark.parametrize("version", ["1", "2c"])
def test_texts_too_long_for_one_answer_are_read_in_smaller_ones(version: str) -> None:
    long: dict[str, Value] = {f"{BASE}.1.{number}.0": f"{number} {'x' * 400}" for number in range(1, 60)}

    async def story() -> None:
        async with snmp_agent({**BOX, **long, f"{BASE}.9.9.0": 77}) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public&version={version}"
            code, out, err = await roomready("profile", "new", url)
            assert 0 == code
            assert '"9.9.0"' in out, err

    asyncio.run(story())


def test_a_device_that_a_standard_profile_reads_goes_on_being_read_by_it(tmp_path: Path) -> None:
    (tmp_path / "snmp").mkdir()
    path = tmp_path / "snmp" / "acme.toml"

    async def story() -> None:
        async with snmp_agent({**OBJECTS, **BOX}) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, _, err = await roomready("profile", "new", url, "--out", str(path))
            assert 0 == code
            assert "the profile rfc1628-ups" in err
            text = path.read_text("utf-8")
            assert 'also = ["rfc1628-ups"]' in text
            path.write_text(re.sub('name = ".*"', 'name = "acme"', text, count=1), "utf-8")
            code, out, err = await roomready("probe", url, "--profiles", str(tmp_path))
            assert 0 == code, err
            assert "profile acme" in out
            assert "ups_battery_charge" in out

    asyncio.run(story())


def test_a_device_that_does_not_answer_ends_with_three() -> None:
    async def story() -> None:
        async with snmp_agent(BOX, silent=True) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, out, err = await roomready("profile", "new", url, "--timeout", "0.2")
            assert (3, "") == (code, out)
            assert "timed_out" in err

    asyncio.run(story())


def test_the_list_names_every_profile() -> None:
    code, out, _ = asyncio.run(roomready("profile", "list"))

    assert 0 == code
    assert "rfc1628-ups" in out
    assert "rs-ws-n01" in out
