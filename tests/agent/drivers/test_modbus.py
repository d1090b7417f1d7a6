"""Modbus devices are read as their profiles say: pymodbus' own servers at the far end."""

import struct
from pathlib import Path

import pytest

from agent.address import AddressError
from agent.model.measures import Group
from tests.agent.drivers.modbus_far_side import (
    COIL,
    DISCRETE,
    HOLDING,
    INPUT,
    Store,
    rtu_server,
    tcp_server,
)
from tests.agent.drivers.modbus_near_side import (
    ALL,
    CLIMATE,
    TRANSMITTER,
    driver,
    once,
    profile,
    run,
    values,
)


def test_a_transmitter_is_read_over_tcp() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: CLIMATE})) as port:
            device = driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}")
            identity = await device.open()
            answer = await device.poll(ALL)
            await device.close()

        assert (
            identity.kind,
            identity.vendor,
            identity.model,
            identity.profile,
        ) == ("climate", "Renke", "RS-WS-N01", "rs-ws-n01")
        assert [(reading.measure.key, reading.value, reading.address) for reading in answer.readings] == [
            ("air_humidity", 0.658, "holding:0x0000"),
            ("air_temperature", -10.1, "holding:0x0001"),
        ]

    run(story())


def test_a_transmitter_is_read_over_a_serial_line() -> None:
    async def story() -> None:
        store = Store({3: {INPUT: {1: 305, 2: 480}}})
        async with rtu_server(store) as path:
            answer = await once(driver(f"modbus+rtu://{path}?unit=3&profile=xy-md02"))

        assert values(answer) == {"input:0x0001": 30.5, "input:0x0002": 0.48}
        assert store.requests == [(3, 4, 1, 2)]

    run(story())


def test_every_type_is_read_in_every_order(tmp_path: Path) -> None:
    wire = {
        ("u16", "ABCD"): "00E6", ("u16", "BADC"): "E600", ("s16", "ABCD"): "FF9C",
        ("u32", "ABCD"): "000186A0", ("u32", "CDAB"): "86A00001", ("u32", "BADC"): "0100A086",
        ("u32", "DCBA"): "A0860100", ("s32", "ABCD"): "FFFFFF9C", ("s32", "CDAB"): "FF9CFFFF",
        ("f32", "ABCD"): struct.pack(">f", 229.5).hex(), ("f32", "DCBA"): struct.pack("<f", 229.5).hex(),
        ("u64", "ABCD"): "00000000000186A0", ("u64", "CDAB"): "86A0000100000000",
    }  # fmt: skip
    meant = {"u16": 230, "s16": -100, "u32": 100_000, "s32": -100, "f32": 229.5, "u64": 100_000}
    rows, held, expected = [], {}, {}
    for place, ((kind, order), text) in enumerate(wire.items()):
        start = place * 4
        rows.append(
            f'{{ register = {start}, type = "{kind}", order = "{order}", measure = "circuit_reactive_power",'
            f' unit = "var", labels = {{ circuit = "{place}" }} }},'
        )
        expected[f"holding:0x{start:04X}"] = meant[kind]
        held.update({start + n: 0 for n in range(4)})
        held.update({start + n: int(text[4 * n : 4 * n + 4], 16) for n in range(len(text) // 4)})

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: held}})) as port:
            own = profile(tmp_path, "\n".join(rows))
            assert expected == values(await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own)))

    run(story())


def contact(space: str, register: int, name: str, true: int = 1) -> str:
    return (
        f'{{ space = "{space}", register = {register}, measure = "contact_active", true = [{true}],'
        f' false = [{1 - true}], labels = {{ contact = "{name}" }} }},'
    )


def test_coils_and_inputs_are_contacts_and_only_reading_functions_are_used(tmp_path: Path) -> None:
    rows = (
        contact("discrete", 0, "smoke") + contact("discrete", 2, "water_leak") + contact("coil", 17, "door_open", 0)
        + '{ space = "input", register = 4, measure = "circuit_frequency", unit = "0.01 Hz" },'
        + '{ register = 9, measure = "circuit_voltage", unit = "V" },'
    )  # fmt: skip
    unit = {
        DISCRETE: {0: 1, 1: 1, 2: 0},
        COIL: {17: 0},
        INPUT: {4: 5001},
        HOLDING: {9: 231},
    }
    store = Store({1: unit})

    async def story() -> None:
        async with tcp_server(store) as port:
            own = profile(tmp_path, rows)
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own)
            everything = values(await once(device))
            store.requests.clear()
            await device.open()
            quick = values(await device.poll(frozenset({Group.STATE})))
            await device.close()

        contacts = {"discrete:0x0000": 1.0, "discrete:0x0002": 0.0, "coil:0x0011": 1.0}
        assert {**contacts, "input:0x0004": 50.01, "holding:0x0009": 231} == everything
        assert contacts == quick
        assert sorted(store.requests) == [(1, 1, 17, 1), (1, 2, 0, 3)]

    run(story())


def volts(*places: int) -> str:
    return "\n".join(
        f'{{ register = {place}, measure = "circuit_voltage", unit = "V", labels = {{ circuit = "{place}" }} }},'
        for place in places
    )


@pytest.mark.parametrize(
    ("places", "requests"),
    [
        ((0, 1, 2), [(0, 3)]),
        ((5, 4), [(4, 2)]),
        ((0, 9), [(0, 10)]),  # eight between: read along
        ((0, 10), [(0, 1), (10, 1)]),  # nine between: not worth it
        (tuple(range(0, 126, 2)), [(0, 125)]),
        (tuple(range(0, 127, 2)), [(0, 125), (126, 1)]),  # 125 registers are the most for one request
    ],
)
def test_registers_that_stand_together_are_asked_for_together(
    tmp_path: Path, places: tuple[int, ...], requests: list[tuple[int, int]]
) -> None:
    store = Store({1: {HOLDING: dict.fromkeys(range(200), 230)}})

    async def story() -> None:
        async with tcp_server(store) as port:
            own = profile(tmp_path, volts(*places))
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own))

        assert len(places) == len(answer.readings)
        assert requests == [(start, count) for _, _, start, count in store.requests]

    run(story())


def test_a_device_that_refuses_registers_read_along_is_asked_without_them_from_then_on(tmp_path: Path) -> None:
    store = Store({1: {HOLDING: {0: 229, 1: 230, 4: 231}}})

    async def story() -> None:
        async with tcp_server(store) as port:
            own = profile(tmp_path, volts(0, 1, 4))
            device = driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own)
            await device.open()
            first, second = await device.poll(ALL), await device.poll(ALL)
            await device.close()

        assert {"holding:0x0000": 229, "holding:0x0001": 230, "holding:0x0004": 231} == values(first) == values(second)
        assert [(start, count) for _, _, start, count in store.requests] == [(0, 5), (0, 2), (4, 1), (0, 2), (4, 1)]

    run(story())


@pytest.mark.parametrize("raw", [0x8000, 0x7FFF])
def test_a_transmitter_without_a_probe_has_no_values(raw: int) -> None:
    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: raw, 1: raw}}})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}"))

        assert (tuple(answer.readings), tuple(answer.withheld)) == ((), ())

    run(story())


def test_a_value_that_cannot_be_true_is_withheld_and_the_others_are_not() -> None:
    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: 1234, 1: 215}}})) as port:
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?{TRANSMITTER}"))

        assert values(answer) == {"holding:0x0001": 21.5}
        assert [(withheld.measure.key, withheld.address, withheld.raw) for withheld in answer.withheld] == [
            ("air_humidity", "holding:0x0000", "1234")
        ]

    run(story())


def test_a_number_that_is_none_is_absent_and_the_next_best_row_counts(tmp_path: Path) -> None:
    rows = (
        '{ register = 0, type = "f32", measure = "circuit_voltage", unit = "V" },'
        '{ register = 2, measure = "circuit_voltage", unit = "V" },'
        '{ register = 3, measure = "circuit_voltage", unit = "V" },'
    )

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: 0x7FC0, 1: 0, 2: 229, 3: 231}}})) as port:
            own = profile(tmp_path, rows)
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own))

        assert values(answer) == {"holding:0x0002": 229}

    run(story())


def test_labels_of_the_profile_hold_where_a_measure_has_them(tmp_path: Path) -> None:
    rows = (
        '{ register = 0, measure = "circuit_voltage", unit = "V", labels = { phase = "L1" } },'
        '{ register = 1, measure = "air_temperature", unit = "degC" },'
    )

    async def story() -> None:
        async with tcp_server(Store({1: {HOLDING: {0: 229, 1: 21}}})) as port:
            own = profile(tmp_path, rows, 'labels = { circuit = "main" }')
            answer = await once(driver(f"modbus+tcp://127.0.0.1:{port}?profile=own", own=own))

        assert [reading.labels for reading in answer.readings] == [(("circuit", "main"), ("phase", "L1")), ()]

    run(story())


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("modbus+tcp://10.0.0.9", r"no profile in .*; expected \?profile= with one of .*rs-ws-n01.*xy-md02"),
        ("modbus+tcp://10.0.0.9?profile=nobody", "unknown profile 'nobody'; expected .*rs-ws-n01"),
        (f"modbus+tcp://10.0.0.9?unit=256&{TRANSMITTER}", "unit=256; expected a whole number from 0 to 255"),
        (f"modbus+rtu:///dev/ttyS9?unit=0&{TRANSMITTER}", "unit=0; expected a whole number from 1 to 247"),
        (f"modbus+rtu:///dev/ttyS9?parity=X&{TRANSMITTER}", "parity=X; expected one of N, E, O"),
        (f"modbus+rtu:///dev/ttyS9?baud=fast&{TRANSMITTER}", "baud=fast; expected a whole number"),
        (f"modbus+tcp://10.0.0.9?baud=9600&{TRANSMITTER}", "unknown option 'baud'"),
        (f"modbus+rtu://?{TRANSMITTER}", "expected a path such as /dev/ttyUSB0"),
    ],
)
def test_an_address_that_cannot_be_used_says_what_was_expected(address: str, said: str) -> None:
    with pytest.raises(AddressError, match=said):
        driver(address)
