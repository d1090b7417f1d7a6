"""Modbus profiles read what their makers' tables say: pymodbus' own server holds the tables' examples."""

import asyncio
import re
import shutil
import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent.address import AddressError, parse_address
from agent.drivers.driver import Surroundings
from agent.drivers.registry import connect
from agent.profiles.load import SHIPPED, ProfileError, load_profile, modbus_profiles
from agent.profiles.schema import ModbusProfile
from tests.agent.drivers.modbus_far_side import COIL, DISCRETE, HOLDING, INPUT, Store, Unit, tcp_server
from tests.agent.drivers.modbus_near_side import driver, once, profile, run

TEMPLATES = SHIPPED / "modbus" / "templates"
MBPOLL = shutil.which("mbpoll")


def floats(values: Mapping[int, float]) -> dict[int, int]:
    """Registers with floating-point numbers, the high word first."""
    words = {at: struct.unpack(">HH", struct.pack(">f", value)) for at, value in values.items()}
    return {at + n: word for at, pair in words.items() for n, word in enumerate(pair)}


def text(at: int, count: int, said: str) -> dict[int, int]:
    padded = said.encode().ljust(2 * count)
    return {at + n: int.from_bytes(padded[2 * n : 2 * n + 2], "big") for n in range(count)}


def filled(space: Mapping[int, int], *ranges: range) -> dict[int, int]:
    """A space in which the registers of these ranges exist."""
    return {**{n: 0 for part in ranges for n in part}, **space}


def read(name: str, unit: Unit, options: str = "") -> dict[str, float | str]:
    """Measure and labels to value, as a device with these registers reads."""
    found: dict[str, float | str] = {}

    async def story() -> None:
        async with tcp_server(Store({1: unit})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile={name}{options}"))
        assert not answer.withheld
        for reading in answer.readings:
            value = round(reading.value, 4) if isinstance(reading.value, float) else reading.value
            found[" ".join((reading.measure.key, *(label for _, label in reading.labels)))] = value

    run(story())
    return found


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("r444a01", {HOLDING: {0: 0x010D, 1: 0x0292}}),
        ("rs-ws-n01", {HOLDING: {0: 0x0292, 1: 0x010D}}),
        ("xy-md02", {INPUT: {1: 0x010D, 2: 0x0292}}),
        ("siemens-qfa31", {HOLDING: {0: 2690, 1: 0, 2: 6580, 3: 0}}),
        ("comet-t3311", {HOLDING: {0x30: 269, 0x31: 658}}),
    ],
)
def test_transmitters_have_their_values_where_their_tables_say(name: str, unit: Unit) -> None:
    assert {"air_temperature": 26.9, "air_humidity": 0.658} == read(name, unit)


def test_a_dew_point_is_read_where_the_device_has_one() -> None:
    querx = {INPUT: {10: 0x10000 - 15, 11: 41, 12: 293, 13: 2716, 14: 0x10000 - 120}}

    assert {"air_temperature": -1.5, "air_humidity": 0.41, "air_dew_point": -12} == read("egnite-querx", querx)


def test_a_device_that_counts_from_elsewhere_is_read_from_its_base() -> None:
    found = read("comet-t3311", {HOLDING: {0x31: 269, 0x32: 658}}, "&base=1")

    assert {"air_temperature": 26.9, "air_humidity": 0.658} == found


SDM630 = {
    0: 229.5, 2: 230.25, 4: 231, 6: 5.5, 12: 1250, 14: -20, 30: 0.98, 52: 3400, 56: 3500, 60: 500, 62: 0.97, 70: 49.98,
    72: 1234.5, 74: 1.5, 200: 398, 224: 0.25, 234: 2.5,
}  # fmt: skip


def test_a_three_phase_meter_is_read_phase_by_phase_and_as_a_whole() -> None:
    existing = filled(floats(SDM630), range(82), range(200, 208), range(224, 226), range(234, 246))
    found = read("eastron-sdm630", {INPUT: {**existing, **floats(SDM630)}})

    assert {
        "circuit_voltage L1": 229.5, "circuit_voltage L2": 230.25, "circuit_voltage L1-L2": 398, "circuit_power": 3400,
        "circuit_power L1": 1250, "circuit_power L2": -20, "circuit_frequency": 49.98, "circuit_current N": 0.25,
        "circuit_energy": 1234.5 * 3.6e6, "circuit_energy exported": 1.5 * 3.6e6,
        "circuit_voltage_distortion L1": 0.025,
    }.items() <= found.items()  # fmt: skip


def test_a_meter_behind_transformers_says_their_ratios_itself() -> None:
    values = floats({0x2006: 2301, 0x200C: 1500, 0x2012: 3450, 0x2044: 5001, 0x101E: 12.5})
    unit = {HOLDING: filled({**values, 6: 40, 7: 10}, range(0x2006, 0x2046), range(0x101E, 0x1020))}
    unit[HOLDING].update({**values, 6: 40, 7: 10})
    found = read("chint-dtsu666", unit)

    assert (230.1, 60, 13_800, 50.01) == (
        found["circuit_voltage L1"], found["circuit_current L1"], found["circuit_power"], found["circuit_frequency"],
    )  # fmt: skip
    assert 12.5 * 40 * 3.6e6 == found["circuit_energy"]
    assert "circuit_energy exported" not in found


def test_between_phases_a_three_wire_meter_is_read() -> None:
    values = floats({0x2000: 3981, 0x2012: 100})
    unit = {HOLDING: {**filled({}, range(0x2000, 0x2046)), **values, 6: 1, 7: 10}}
    found = read("chint-dssu666", unit)

    assert (398.1, 10) == (found["circuit_voltage L1-L2"], found["circuit_power"])


def test_a_transfer_switch_says_which_feed_carries_and_which_could() -> None:
    status = dict(enumerate((2, 0x10, 3, 0, 0, 1, 1, 2, 0, 17), start=0x5000))
    found = read("socomec-atys-pm", {HOLDING: status})

    assert {
        "component_state automatic transfer": "on", "mains_feed_selected A": 0, "mains_feed_selected B": 1,
        "mains_feed_preferred A": 1, "mains_feed_preferred B": 0, "mains_feed_available A": 0,
        "mains_feed_available B": 1, "contact_active test in progress": 0, "mains_transfers": 17,
        "contact_active generator start, source 1": 0, "contact_active generator start, source 2": 0,
    } == found  # fmt: skip


HUAWEI = {
    11000: 2301, 11003: 500, 11004: 2302, 11007: 500, 11008: 2299, 11011: 83, 11014: 500, 11015: 17, 11018: 19,
    11021: 321, 11024: 2, 11027: 315, 12000: 1925, 12002: 3, 12003: 100, 12004: 0, 12005: 5400,
}  # fmt: skip


def test_a_ups_that_lacks_what_may_be_lacking_is_read_all_the_same() -> None:
    found = read("huawei-ups2000", {HOLDING: HUAWEI})

    assert {
        "ups_state": "online", "ups_battery_state": "normal", "ups_input_voltage": 230.1, "ups_output_current": 8.3,
        "ups_output_power": 1700, "ups_load": 0.321, "ups_battery_runtime": 5400, "ups_battery_voltage": 192.5,
        "ups_temperature": 31.5,
    }.items() <= found.items()  # fmt: skip
    assert "ups_battery_replace" not in found


def test_of_optional_registers_that_stand_together_those_that_are_there_are_read() -> None:
    alarms = {HOLDING: {**HUAWEI, 11043: 1 << 6, 41188: 2, 41194: 0, 19009: 33, 11024: 3, 12005: 0xFFFF, 12004: 0xFFFF}}
    found = read("huawei-ups2000", alarms)

    assert ("on_battery", "low", 1, 3300) == (
        found["ups_state"], found["ups_battery_state"], found["ups_battery_replace"],
        found["ups_rated_apparent_power"],
    )  # fmt: skip
    assert "ups_battery_runtime" not in found


SMART = {
    1: 1 << 1, 129: 1800, 130: 512 * 98, 131: 27 * 32 + 16, 135: 25 * 128, 136: 256 * 34, 140: 5 * 32, 142: 230 * 64,
    144: 50 * 128, 146: 5000, 151: 229 * 64 + 32, 154: 0xFFFE,
}  # fmt: skip


@pytest.mark.parametrize(
    ("bits", "state", "battery"),
    [
        ({1}, "online", "normal"),
        ({2}, "on_battery", "discharging"),
        ({2, 7}, "self_test", "discharging"),
        ({1, 3}, "bypass", "normal"),
        ({1, 13}, "eco", "normal"),
        ({1, 4}, "off", "normal"),
    ],
)
def test_a_smart_ups_counts_in_powers_of_two_and_says_its_state_in_bits(
    bits: set[int], state: str, battery: str
) -> None:
    registers = filled({}, range(27), range(128, 172), range(516, 572)) | SMART | {1: sum(1 << bit for bit in bits)}
    found = read("apc-smart-ups", {HOLDING: registers})

    assert {
        "ups_state": state, "ups_battery_state": battery, "ups_battery_runtime": 1800, "ups_battery_charge": 0.98,
        "ups_battery_voltage": 27.5, "ups_load": 0.34, "ups_output_voltage": 230, "ups_input_voltage": 229.5,
        "ups_output_frequency": 50, "ups_output_energy": 18e6, "ups_battery_temperature": 25,
    }.items() <= found.items()  # fmt: skip
    assert "ups_efficiency" not in found


def test_a_smart_ups_says_who_it_is_in_its_registers() -> None:
    names = {
        **text(516, 8, "UPS 09.1"),
        **text(532, 16, "Smart-UPS 1500"),
        **text(564, 8, "AS1234567890"),
    }
    registers = filled({}, range(27), range(128, 172)) | SMART | names

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: registers}})) as port:
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=apc-smart-ups")
            identity = await device.open()
            await device.close()

        assert ("APC", "Smart-UPS 1500", "AS1234567890", "UPS 09.1") == (
            identity.vendor, identity.model, identity.serial, identity.firmware,
        )  # fmt: skip

    run(story())


def test_a_ups_with_one_phase_and_one_with_three_have_their_load_in_different_places() -> None:
    flags, unknown = (*range(0x1020, 0x1026), *range(0x1040, 0x1044)), range(0x1060, 0x1090)
    nothing = dict.fromkeys(flags, 0) | dict.fromkeys(unknown, 0xFFFF)
    one = nothing | {0x1020: 1 << 3, 0x1021: 1, 0x1060: 35, 0x1064: 98, 0x1069: 230, 0x1074: 2735}
    three = one | {0x1061: 30, 0x1062: 40, 0x1063: 36}
    found = read("socomec-jbus", {HOLDING: one})

    assert {
        "ups_load": 0.35, "ups_load L1": 0.35, "ups_output_voltage L1": 230, "ups_battery_voltage": 273.5,
    }.items() <= found.items()  # fmt: skip
    assert ("online", "normal") == (found["ups_state"], found["ups_battery_state"])
    assert "ups_battery_runtime" not in found
    assert 0.36 == read("socomec-jbus", {HOLDING: three})["ups_load"]


def test_a_cooling_unit_is_read_as_far_as_its_model_goes() -> None:
    found = read("liebert-air", {INPUT: {99: 1, 101: 16, 129: 455, 426: 241, 427: 238, 563: 60}})

    assert {
        "cooling_state": "running", "component_state unit": "critical", "cooling_return_humidity": 0.455,
        "cooling_inlet_temperature remote 1": 24.1, "cooling_inlet_temperature remote 2": 23.8, "cooling_demand": 0.6,
    } == found  # fmt: skip
    states = read("stulz-c7000", {DISCRETE: {1013: 1, 1010: 0, 8: 0}, COIL: {}})
    assert {"cooling_state": "running", "contact_active common alarm": 0, "contact_active general error": 0} == states


INPUTS = "&contacts=surge_protector_failed,!door_open,,water_leak"


@pytest.mark.parametrize(
    ("name", "unit", "base"),
    [
        ("di-8", {DISCRETE: dict(enumerate((1, 1, 1, 0, 0, 0, 0, 0)))}, ""),
        ("di-16", {DISCRETE: dict(enumerate((1, 1, 1, 0), start=16))}, "&base=16"),
        ("di-16-holding", {HOLDING: {3: 0b0111}}, "&base=3"),
        ("di-16-input", {INPUT: {0: 0b0111}}, ""),
    ],
)
def test_inputs_have_the_names_that_the_address_gives_them(name: str, unit: Unit, base: str) -> None:
    """The second is closed while all is well, the third is not used."""
    assert {
        "contact_active surge_protector_failed": 1, "contact_active door_open": 0, "contact_active water_leak": 0,
    } == read(name, unit, base + INPUTS)  # fmt: skip


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("profile=di-8", "no names for what di-8 has"),
        ("profile=di-8&contacts=,,", "no names for what di-8 has"),
        ("profile=di-8&contacts=a,b,c,d,e,f,g,h,i", "9 names; expected at most 8"),
        ("profile=di-8&contacts=a,!a", "with 'a'; expected names that differ"),
        ("profile=di-8&contacts=a&circuits=b", "at most 0"),
        ("profile=rs-ws-n01&contacts=a", "at most 0 for rs-ws-n01"),
        ("profile=di-8&contacts=a&base=65529", "expected a whole number from 0 to 65528"),
    ],
)
def test_names_that_do_not_fit_are_told_at_once(options: str, found: str) -> None:
    with pytest.raises(AddressError, match=found):
        connect(parse_address(f"modbus+tcp://127.0.0.1?{options}"), Surroundings())


def test_circuits_have_numbers_until_they_are_given_names(tmp_path: Path) -> None:
    rows = "".join(
        f'{{ register = {n}, measure = "circuit_current", unit = "A",'
        f' labels = {{ circuit = "{{circuit.{n}|{n}}}" }} }},'
        for n in (1, 2)
    )
    own = profile(tmp_path, rows)

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {1: 5, 2: 6}}})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own&circuits=,rack 7", own=own))
        assert [(("circuit", "1"),), (("circuit", "rack 7"),)] == [reading.labels for reading in answer.readings]

    run(story())


def test_a_scale_of_nothing_is_no_scale(tmp_path: Path) -> None:
    rows = (
        '{ register = 1, measure = "circuit_current", unit = "A", scale_by = [{ register = 2 }] },'
        '{ register = 1, measure = "circuit_voltage", unit = "V",'
        ' scale_by = [{ register = 3, meaning = "exponent", less = 4 }] },'
        '{ register = 1, measure = "circuit_frequency", unit = "Hz",'
        ' scale_by = [{ register = 3, meaning = "divisor" }] },'
    )
    own = profile(tmp_path, rows)

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {1: 200, 2: 0, 3: 4}}})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own))
        assert {"circuit_voltage": 200, "circuit_frequency": 50} == {r.measure.key: r.value for r in answer.readings}
        assert ["circuit_current"] == [withheld.measure.key for withheld in answer.withheld]

    run(story())


@pytest.mark.skipif(MBPOLL is None, reason="mbpoll is not installed")
def test_mbpoll_reads_the_same_of_a_meter_as_this_program() -> None:
    async def story() -> None:
        registers = filled({}, range(82), range(200, 208), range(224, 226), range(234, 246)) | floats(SDM630)
        async with tcp_server(Store({1: {INPUT: registers}})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=eastron-sdm630"))
            ours = [r.value for r in answer.readings if r.measure.key == "circuit_voltage"][:3]
            asked = [
                "-m",
                "tcp",
                "-p",
                str(port),
                "-a",
                "1",
                "-0",
                "-r",
                "0",
                "-c",
                "3",
                "-t",
                "3:float",
                "-B",
                "-1",
                "127.0.0.1",
            ]
            process = await asyncio.create_subprocess_exec(str(MBPOLL), *asked, stdout=asyncio.subprocess.PIPE)
            said, _ = await process.communicate()
        assert ours == [float(value) for value in re.findall(r"\[\d+\]:\s+(\S+)", said.decode())]

    run(story())


def templates() -> list[Path]:
    return sorted(TEMPLATES.glob("*.toml.template"))


def test_there_are_templates_for_what_could_not_be_verified() -> None:
    assert {"smartgen-hat600", "chint-nz5", "acrel-adl3000", "acrel-amc16", "stulz-c7000-analogue", "envicool"} <= {
        path.name.removesuffix(".toml.template") for path in templates()
    }
    assert not {path.name.removesuffix(".toml.template") for path in templates()} & set(modbus_profiles())


@pytest.mark.parametrize("template", templates(), ids=lambda path: path.name.split(".")[0])
def test_a_template_fits_once_its_rows_are_filled_in_and_is_empty_before(template: Path, tmp_path: Path) -> None:
    filled_in = tmp_path / "filled.toml"
    filled_in.write_text(template.read_text("utf-8").replace("#:", "  "), "utf-8")
    assert load_profile(filled_in, ModbusProfile).rows
    (tmp_path / "modbus").mkdir()
    (tmp_path / "modbus" / "own.toml").write_text(template.read_text("utf-8"), "utf-8")
    name = template.name.split(".")[0]
    with pytest.raises(AddressError, match="without rows"):
        connect(parse_address(f"modbus+tcp://127.0.0.1?profile={name}"), Surroundings(own_profiles=tmp_path))


def test_a_slot_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'name = "own"\nkind = "meter"\ntitle = "Own"\nsource = "this test"\n'
        'rows = [{ register = 1, measure = "circuit_current", unit = "A", labels = { circuit = "{curcuit.1}" } }]\n',
        "utf-8",
    )
    with pytest.raises(ProfileError, match=r"labels: '\{curcuit.1\}'"):
        load_profile(path, ModbusProfile)
