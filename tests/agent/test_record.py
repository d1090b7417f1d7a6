"""Record and replay: a device's recording reads as the device does, and says nothing that its owner would not."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.address import parse_address
from agent.drivers.driver import Surroundings
from agent.profiles.values import Raw
from agent.record import Heard, Privacy, listen, spelt, written
from simulators import replay
from simulators.instruments.snmp_values import Kind, Value
from simulators.simulation import Simulation
from tests.agent.commands.test_probe import roomready
from tests.simulators.test_command import simulation
from tests.snmp_agent import Value as Said
from tests.snmp_agent import snmp_agent, system

STILL = 1e-9  # a speed at which the room makes no step while a test lasts
BOX = "1.3.6.1.4.1.99999.1"
HEAD = f"{replay.HEADER}\n{replay.PROTOCOL}\ndate 2026-05-17\n"
ODD: dict[str, Said] = {
    **system(f"{BOX}.1", "box \\ | \r\nrevision 3\0"),
    f"{BOX}.2.0": b"\0\0",
    f"{BOX}.3.0": b"\xff\xfe in no encoding",
    f"{BOX}.4.0": -(2**31),
    f"{BOX}.5.0": 2**32 - 1,
    f"{BOX}.6.0": "",
    f"{BOX}.7.0": "机房 | 一",
    f"{BOX}.8.0": " blank at the end ",
    f"{BOX}.9.0": None,
}


async def probed(url: str) -> str:
    code, out, err = await roomready("probe", url, "--json")
    assert 0 == code, err
    return out


async def recorded(url: str, file: Path, *options: str) -> str:
    code, out, err = await roomready("record", url, str(file), *options)
    assert (0, "") == (code, out), err
    return text_of(file)


def text_of(file: Path) -> str:
    return file.read_text("utf-8")


def contents(file: Path) -> dict[str, int | str | bytes]:
    return {".".join(map(str, oid)): value.content for oid, value in replay.load(file).objects.items()}


def test_a_replayed_recording_reads_as_the_device_did(tmp_path: Path) -> None:
    async def story() -> None:
        async with Simulation(speed=STILL) as room:
            rows = [row for row in room.endpoints() if row["id"] in ("ups-1", "ups-1-card", "ats-1")]
            files = [tmp_path / f"{row['id']}.recording" for row in rows]
            before = {row["id"]: await probed(row["url"]) for row in rows}
            for row, file in zip(rows, files, strict=True):
                await recorded(row["url"], file)
        async with replay.Replay([replay.load(file) for file in files]) as recordings:
            assert {("unknown", "snmp")} == {(row["kind"], row["protocol"]) for row in recordings.endpoints()}
            for row in recordings.endpoints():
                assert json.loads(before[row["id"]]) == json.loads(await probed(row["url"])), row

    asyncio.run(story())


def test_mishaps_work_on_a_recording_and_there_is_no_room_behind_it(tmp_path: Path) -> None:
    async def story() -> None:
        file = tmp_path / "box.recording"
        file.write_text(f"{HEAD}1.3.6.1.2.1.33.1.2.4.0|integer|97\n1.3.6.1.2.1.33.1.1.1.0|text|Maker\n", "utf-8")
        async with replay.Replay([replay.load(file)]) as recordings:
            (row,) = recordings.endpoints()
            assert "Maker" in await probed(row["url"])
            recordings.do("mishap box off")
            code, _, err = await roomready("probe", row["url"], "--timeout", "0.2")
            assert (3, True) == (code, "timed_out" in err)
            recordings.do("mishap box reboot 0.01")  # a recording need not have an uptime that begins anew
            with pytest.raises(ValueError, match="no room behind a recording"):
                recordings.do("feeds.A fail")

    asyncio.run(story())


def test_the_command_plays_recordings_instead_of_a_room(tmp_path: Path) -> None:
    file = tmp_path / "box.recording"
    file.write_text(f"{HEAD}1.3.6.1.2.1.33.1.2.4.0|integer|97\n1.3.6.1.2.1.33.1.1.1.0|text|Maker\n", "utf-8")

    async def story() -> None:
        async with simulation(tmp_path, "--replay", str(file)) as (_, port, endpoints):
            (row,) = json.loads(text_of(endpoints))
            assert ("box", "unknown", "snmp") == (row["id"], row["kind"], row["protocol"])
            assert "Maker" in await probed(row["url"])
            code, _, err = await roomready("simulate", "--control", str(port), "--do", "feeds.A fail")
            assert (2, True) == (code, "mishap box KIND" in err)

    asyncio.run(story())


def test_whatever_bytes_and_numbers_a_device_says_are_played_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "odd.recording"

    async def story() -> None:
        async with snmp_agent(ODD) as agent:
            await recorded(f"snmp://127.0.0.1:{agent.port}?community=public", file)

    asyncio.run(story())
    said = contents(file)
    for oid, value in ODD.items():
        expected = value.encode() if type(value) is str else value
        assert said.get(oid) == expected, oid


def named_agent() -> dict[str, Said]:
    return {
        **system(f"{BOX}.1", "box at 10.20.30.40, MAC 00:c0:b7:01:02:03, sesame inside"),
        "1.3.6.1.2.1.1.4.0": "Ada Byron",
        "1.3.6.1.2.1.1.5.0": "secret-bunker-ups",
        "1.3.6.1.2.1.1.6.0": "Kashgar, cellar",
        f"{BOX}.2.0": "trap to fe80::1:2 and 00 C0 B7 01 02 04 at 12:34:56, version 1.2.3",
        f"{BOX}.3.0": b"\xffsesame\xff",
        f"{BOX}.4.0": b"\x00\xc0\xb7\xe1\xe2\xe3",
        f"{BOX}.5.127.0.0.1": 7,
    }


@pytest.fixture
def bunker(tmp_path: Path) -> str:
    async def story() -> str:
        async with snmp_agent(named_agent(), community="sesame") as agent:
            return await recorded(f"snmp://127.0.0.1:{agent.port}?community=sesame", tmp_path / "bunker.recording")

    return asyncio.run(story())


def test_secrets_names_and_network_addresses_do_not_stand_in_the_file(bunker: str) -> None:
    hidden = (
        "sesame",
        "73657361",
        "Ada",
        "bunker",
        "Kashgar",
        "10.20.30.40",
        "c0:b7",
        "C0 B7",
        "00c0b7",
        "fe80",
        "127.0",
    )
    assert [] == [word for word in hidden if word in bunker]


def test_what_only_resembles_an_address_stays(bunker: str) -> None:
    assert "at 12:34:56, version 1.2.3" in bunker
    assert f"1.3.6.1.2.1.1.2.0|oid|{BOX}.1\n" in bunker


def test_names_are_kept_on_demand_but_never_the_secrets(tmp_path: Path) -> None:
    async def story() -> None:
        async with snmp_agent(named_agent(), community="sesame") as agent:
            url, file = f"snmp://127.0.0.1:{agent.port}?community=sesame", tmp_path / "kept.recording"
            kept = await recorded(url, file, "--keep-names")
            assert "Ada Byron" in kept
            assert "sesame" not in kept

    asyncio.run(story())


def test_the_limit_bounds_what_is_walked_and_the_file_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        objects = {**system(f"{BOX}.1"), **{f"{BOX}.{n}.0": n for n in range(2, 500)}}
        async with snmp_agent(objects) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            text = await recorded(url, tmp_path / "much.recording", "--limit", "50")
            assert "# not everything is here: stopped at 50 objects" in text
            assert 50 <= len(contents(tmp_path / "much.recording")) < 60

    asyncio.run(story())


def test_what_was_heard_is_kept_when_the_device_falls_silent_afterwards() -> None:
    async def story() -> Heard:
        async with snmp_agent({**system(f"{BOX}.1"), f"{BOX}.2.0": 7}) as agent:
            address = parse_address(f"snmp://127.0.0.1:{agent.port}?community=public")

            def show(line: str) -> None:
                agent.silent = line == "what the profiles ask"

            return await listen(address, Surroundings(timeout=0.2), 100, show)

    heard = asyncio.run(story())
    assert 7 == heard.objects[f"{BOX}.2.0"]
    assert "broke off" in heard.cut


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["modbus+tcp://127.0.0.1?profile=sdm630", "{new}"], "the scheme 'modbus'; expected snmp"),
        (["snmp://127.0.0.1", "{new}"], "no community"),
        (["snmp://127.0.0.1?community=public", "{old}"], "is there already"),
        (["snmp://127.0.0.1?community=public", "{new}/x"], "its folder is not there"),
    ],
)
def test_a_wrong_request_asks_nobody_and_writes_nothing(tmp_path: Path, words: Sequence[str], sentence: str) -> None:
    (tmp_path / "old").write_text("somebody's work", "utf-8")
    places = {"{new}": str(tmp_path / "new"), "{old}": str(tmp_path / "old")}
    filled = [word.replace("{new}", places["{new}"]).replace("{old}", places["{old}"]) for word in words]
    code, _, err = asyncio.run(roomready("record", *filled))

    assert 2 == code
    assert sentence in err
    assert ["old"] == [path.name for path in tmp_path.iterdir()]
    assert "somebody's work" == (tmp_path / "old").read_text("utf-8")


def test_a_silent_device_leaves_no_file(tmp_path: Path) -> None:
    async def story() -> None:
        async with snmp_agent(system(), silent=True) as agent:
            url = f"snmp://127.0.0.1:{agent.port}?community=public"
            code, _, err = await roomready("record", url, str(tmp_path / "new"), "--timeout", "0.2")
            assert (3, True) == (code, "timed_out" in err)

    asyncio.run(story())
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ":1: found '', expected '# roomready recording 1'"),
        ("# roomready recording 2\n", ":1: found '# roomready recording 2'"),
        (f"{replay.HEADER}\nprotocol telnet\n", ":2: found 'protocol telnet', expected 'protocol snmp'"),
        (f"{HEAD}1.3.6|number|3\n", ":4: found '1.3.6|number|3', expected OID|type|value, the type one of integer"),
        (f"{HEAD}1.3.6\n", "expected OID|type|value"),
        (f"{HEAD}1.3.x|integer|3\n", "expected an OID"),
        (f"{HEAD}1.3.6.4294967296|integer|3\n", "expected an OID"),
        (f"{HEAD}1.3.6|integer|2147483648\n", "expected a whole number from -2147483648 to 2147483647"),
        (f"{HEAD}1.3.6|unsigned|-1\n", "expected a whole number from 0"),
        (f"{HEAD}1.3.6|hex|abc\n", "expected pairs of hexadecimal digits"),
        (f"{HEAD}1.3.6|text|\\n\n", "expected after a backslash"),
        (
            f"{HEAD}\n# a remark\n1.3.6|integer|3\n1.3.6|integer|3\n",
            ":7: found '1.3.6|integer|3', expected each OID once",
        ),
    ],
)
def test_what_is_no_recording_is_refused_by_line_with_what_was_expected(
    tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "bad.recording"
    file.write_text(text, "utf-8")
    with pytest.raises(replay.RecordingError) as refused:
        replay.load(file)

    assert str(refused.value).startswith(str(file))
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "words", [["--replay", "{none}"], ["--replay", "{bad}"], ["--replay", "{bad}", "--room", "small"]]
)
def test_the_command_says_in_one_sentence_why_it_cannot_play(tmp_path: Path, words: Sequence[str]) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"\xff")
    filled = [word.replace("{none}", str(tmp_path / "none")).replace("{bad}", str(bad)) for word in words]
    code, out, err = asyncio.run(roomready("simulate", "--control", "0", *filled))

    assert (2, "", 1) == (code, out, len(err.splitlines()))


def test_two_recordings_of_one_name_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "box.recording"
    file.write_text(HEAD, "utf-8")
    with pytest.raises(ValueError, match="two recordings are called 'box'"):
        replay.Replay([replay.load(file), replay.load(file)])


@given(st.one_of(st.binary(), st.text().map(str.encode), st.integers(-(2**31), 2**64 - 1)))
def test_whatever_is_written_is_read_back(value: bytes | int) -> None:
    kind, content = spelt(value).split("|", 1)
    assert "\n" not in content
    assert value == replay.READERS[kind](content).content


@given(
    st.dictionaries(st.from_regex(r"1\.3\.6\.1\.[1-9]\d{0,3}", fullmatch=True), st.one_of(st.integers(), st.binary()))
)
def test_the_file_has_each_object_on_a_line_of_its_own(objects: dict[str, Raw]) -> None:
    lines = written(Heard(objects), "2026-05-17", Privacy()).split("\n")

    assert ["", *sorted(objects)] == sorted(line.partition("|")[0] for line in lines[3:])


def test_numbers_beyond_32_bits_are_counters_of_64() -> None:
    assert Value(Kind.COUNTER64, 2**32) == replay.READERS["unsigned"]("4294967296")
