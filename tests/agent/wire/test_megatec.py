"""Megatec and its relatives: what answers say, and that any bytes give fields or a named fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.faults import Garbled, Refused
from agent.profiles.load import megatec_profiles
from agent.wire.megatec import ONLY_AFTER, QUERIES, ends, parse, request

# Each question and an answer: the protocol's own example, or what units were seen to say.
ANSWERS = {
    "Q1": b"(208.4 140.0 208.4 034 59.9 2.05 35.0 00110000\r",
    "QS": b"(230.1 230.1 230.4 034 50.0 27.0 28.5 00001000\r",
    "D": b"(230.1 230.1 230.4 034 50.0 27.0 28.5 00001000\r",
    "F": b"#220.0 022 192.0 50.0\r",
    "I": b"#ACME-CORP-MFR15 MODEL-TEN  FW-VER-10 \r",
    "QGS": b"(230.1 50.0 230.4 50.0 002.5 034 369.1 ---.- 026.5 ---.- 028.5 100000000001\r",
    "QMOD": b"(L\r",
    "QRI": b"(230.0 004 024.0 50.0\r",
    "QBV": b"(026.5 02 01 068 255\r",
    "QMD": b"(#######OLHVT1K0 ###1000 80 1/1 230 230 02 12.0\r",
    "QWS": b"(" + b"0" * 55 + b"1" + b"0" * 8 + b"\r",
    "QVFW": b"(VERFW:00322.02\r",
    "QMF": b"(#####ACME\r",
    "QID": b"(9132412100001\r",
    "Q6": b"(225.4 ---.- ---.- 49.9 226.3 ---.- ---.- 49.9 013 --- --- 027.1 ---.- 26.5 02293 100 82"
    b" 00000000 00000000 11\r",
    "WA": b"(000.1 ---.- ---.- 000.1 ---.- ---.- 000.1 000.1 000.6 ---.- ---.- 014 00000001\r",
    "BPS": b"(225.4 ---.- ---.- 49.9\r",
    "WH": b"(00 10.35 00.00 C1K(G7)                    1/1 6 220 50.00 012 02.00 004.00 011.30 006 00 50 187 264"
    b" 45.00 55.00\r",
    "FW?": b"08477-0307\r",
    "SASV07?": b"GASV07DBFPB-A9492270135    \r",
}


@pytest.mark.parametrize(
    ("query", "some_fields"),
    [
        ("Q1", {"input_voltage": "208.4", "load": "034", "input_frequency": "59.9", "battery_voltage": "2.05"}),
        ("QS", {"output_voltage": "230.4", "battery_voltage": "27.0", "flags": "00001000", "regulation": ""}),
        ("F", {"voltage": "220.0", "current": "022", "battery_voltage": "192.0", "frequency": "50.0"}),
        ("I", {"vendor": "ACME-CORP-MFR15", "model": "MODEL-TEN", "firmware": "FW-VER-10"}),
        ("QGS", {"output_current": "002.5", "bus_negative": "", "temperature": "028.5", "flags": "100000000001"}),
        ("QMOD", {"mode": "L"}),
        ("QBV", {"blocks": "02", "charge": "068", "minutes": "255"}),
        ("QMD", {"model": "OLHVT1K0", "rating": "1000", "phases": "1/1", "block_voltage": "12.0"}),
        ("QWS", {"count": "1"}),
        ("QVFW", {"firmware": "00322.02"}),
        ("QMF", {"vendor": "ACME"}),
        ("Q6", {"input_voltage": "225.4", "load": "013", "battery_voltage": "027.1", "seconds": "02293"}),
        ("WA", {"power": "000.1", "current": "000.6", "load": "014"}),
        ("BPS", {"voltage": "225.4", "frequency": "49.9"}),
        ("WH", {"model": "C1K(G7)", "voltage": "220", "transfer_low": "187", "transfer_high": "264"}),
        ("FW?", {"firmware": "08477-0307"}),
        ("SASV07?", {"serial": "BFPB-A9492270135"}),
    ],
)
def test_an_answer_has_its_fields(query: str, some_fields: dict[str, str]) -> None:
    fields = parse(query, ANSWERS[query])

    assert some_fields == {name: fields.get(name) for name in some_fields}


def test_a_unit_with_three_phases_keeps_them_apart() -> None:
    fields = parse(
        "Q6",
        b"(227.0 225.6 230.0 50.0 229.9 000.0 000.0 49.9 007 000 000 327.8 000.0 23.0 06932 100 32"
        b" 00000000 00000000 11\r",
    )

    assert ["227.0", "225.6", "230.0"] == [fields[f"input_voltage_{n}"] for n in (1, 2, 3)]
    assert "input_voltage" not in fields


@pytest.mark.parametrize(
    ("into", "out", "kind", "said"),
    [
        ("230.0", "229.0", "0", "bypass"),
        ("180.0", "230.0", "0", "boost"),  # that is no bypass, whatever the unit says of its kind
        ("180.0", "214.0", "1", "boost"),
        ("265.0", "230.0", "1", "trim"),
        ("231.0", "230.0", "1", "trim"),
    ],
)
def test_the_bit_for_bypass_or_regulation_is_told_apart_by_the_voltages(
    into: str, out: str, kind: str, said: str
) -> None:
    line = f"({into} {into} {out} 034 50.0 27.0 28.5 0010{kind}000\r".encode()

    assert said == parse("Q1", line)["regulation"]


def test_the_frequency_is_the_outputs_while_the_mains_are_gone() -> None:
    on_battery = parse("Q1", b"(000.0 180.0 230.4 034 50.1 24.6 28.5 10001001\r")

    assert ("50.1", None) == (on_battery["output_frequency"], on_battery.get("input_frequency"))


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("said", ["NAK\r", "(NAK\r", "ACK\r", "{}\r"])
def test_a_question_that_comes_back_or_is_declined_is_not_known_to_the_unit(query: str, said: str) -> None:
    with pytest.raises(Refused, match="does not know"):
        parse(query, said.format(query).encode())


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("other", QUERIES)
def test_the_answer_to_another_question_is_none(query: str, other: str) -> None:
    alike = [{"Q1", "QS", "D"}, {"QRI", "BPS"}]  # QRI and BPS belong to different dialects
    takes_anything = {"QMF", "QID", "FW?"}  # words of the maker's choice: only their length is known
    if query == other or {query, other} in [{a, b} for group in alike for a in group for b in group]:
        return
    if query in takes_anything:
        return
    with pytest.raises(Garbled):
        parse(query, ANSWERS[other])


@pytest.mark.parametrize(
    "line",
    [
        b"(230.1 230.1 230.4 034 50.0 27.0 28.5 0000100\r",  # a bit too few
        b"(230.1 230.1 230.4 034 50.0 27.0 00001000\r",
        b"(23x.1 230.1 230.4 034 50.0 27.0 28.5 00001000\r",
        b"30.1 230.1 230.4 034 50.0 27.0 28.5 00001000\r",
        b"(230.1 230.1 230.4 034 50.0 27.0 28.5 00001000(230.1\r",
        b"\xff\xfe(230.1\r",
        b"\r",
    ],
)
def test_a_spoilt_line_is_garbled_and_shown(line: bytes) -> None:
    with pytest.raises(Garbled, match="no answer to Q1"):
        parse("Q1", line)


@given(query=st.sampled_from(QUERIES), reply=st.binary(max_size=200))
def test_whatever_comes_is_fields_or_a_named_fault(query: str, reply: bytes) -> None:
    try:
        fields = parse(query, reply)
    except (Garbled, Refused):
        return
    assert all(isinstance(text, str) for text in fields.values())


@given(
    query=st.sampled_from(QUERIES),
    place=st.integers(0, 120),
    changed=st.integers(0, 255),
    cut=st.integers(0, 120),
)
def test_a_damaged_answer_is_fields_or_a_named_fault(query: str, place: int, changed: int, cut: int) -> None:
    reply = bytearray(ANSWERS[query])
    reply[place % len(reply)] = changed
    try:
        parse(query, bytes(reply[: max(cut, 1)]))
    except (Garbled, Refused):
        return


@given(st.binary(max_size=200))
def test_a_reply_ends_with_its_first_carriage_return(received: bytes) -> None:
    length = ends(received)

    assert (received.split(b"\r")[0] + b"\r" if b"\r" in received else None) == (length and received[:length])


def test_only_questions_can_be_asked() -> None:
    orders = ("T", "TL", "CT", "C", "Q", "S.3", "S00R0000", "QP", "")

    for order in orders:
        with pytest.raises(KeyError):
            request(order)
    assert {"Q1\r", "QS\r", "SASV07?\r"} <= {request(query).decode() for query in QUERIES}
    assert {"SASV07?", "FW?"} == set(ONLY_AFTER)


def test_every_row_of_every_dialect_names_a_field_that_an_answer_can_have() -> None:
    fields = {query: set(parse(query, reply)) for query, reply in ANSWERS.items()}
    fields["Q1"] |= {"output_frequency"}
    for query in ("Q6", "WA", "BPS"):
        fields[query] |= {f"{name}_{n}" for name in fields[query] for n in (1, 2, 3)}
    for profile in megatec_profiles().values():
        who = profile.identity
        for place in (*(row.at for row in profile.rows), *who.vendor, *who.model, *who.serial, *who.firmware):
            query, _, field = place.partition(".")
            assert field in fields[query], place
        assert set(profile.needs) <= set(QUERIES)
