"""Megatec (Q1) and its relatives: the questions a UPS on such a line may be asked, and how its answers read.

2400 baud 8N1, no addresses. A question is a word and CR, an answer one line of printable characters and CR. A unit
that does not know a word sends it back, or says NAK or ACK (some with a bracket before it), or nothing.

    Q1    (208.4 140.0 208.4 034 59.9 2.05 35.0 00110000
           input V, V of the last transfer, output V, load %, Hz (of the input; on battery of the output),
           battery V (of a cell, of a block or of all), degC, and eight bits from 7 to 0: mains failed, battery low,
           bypass or voltage regulation, UPS failed, not double conversion, test runs, shutdown runs, beeper
    QS D  the same, from firmware that does not know Q1
    F     #220.0 022 192.0 50.0            rated V, A, battery V, Hz
    I     #maker (15) model (10) firmware (10), with spaces between
    QGS   (230.1 50.0 230.4 50.0 002.5 034 369.1 ---.- 026.5 ---.- 028.5 100000000001
           input V Hz, output V Hz A, load %, bus +V -V, battery +V -V, degC, and twelve digits: two for the kind,
           mains failed, battery low, bypass or regulation, failed, -, test runs, shutdown runs, beeper, -, -
    QMOD  (L                               P power on, S stand-by, Y bypass, L line, B battery, T test, F fault, E eco,
                                           C converter, D shutdown
    QRI   (230.0 004 024.0 50.0            rated V, A, battery V, Hz
    QBV   (026.5 02 01 068 255             battery V, blocks, packs, charge %, minutes left
    QMD   (model (15) VA (7) power factor % phases in/out, rated V in, V out, blocks, V of a block
    QWS   (sixty-four bits                 warnings, the first is 0
    QVFW QMF QID                           firmware, maker, serial number
    Q6    (225.4 ---.- ---.- 49.9 226.3 ---.- ---.- 49.9 013 --- --- 027.1 ---.- 26.5 02293 100 82 ... ... 11
           input V of three phases, Hz, output V of three, Hz, load % of three, battery +V -V, degC, seconds left,
           charge %, two digits, eight and eight flags, transformers
    WA    (000.1 ---.- ---.- 000.1 ---.- ---.- 000.1 000.1 000.6 ---.- ---.- 014 00000001
           output kW of three phases, kVA of three, kW and kVA of all, A of three, load % of all
    BPS   (225.4 ---.- ---.- 49.9          bypass V of three phases, Hz
    WH    model, phases in/out and ratings; FW? firmware; SASV07? serial number

Nothing else can be asked: T, C, S and the like act on the UPS, and SASV07? is for units that have answered Q6 and WH,
as others might take its S for a shutdown. Sources: Megatec protocol P-1.2 for Q1, F, I; replies of Voltronic and
Santak Castle units as the NUT project has published them.
"""

import re
from collections.abc import Callable, Mapping

from agent.faults import Garbled, Refused, shown

Fields = dict[str, str]

_FORMS = {
    "n": r"-?\d{1,6}(?:\.\d{1,3})?|-+(?:\.-+)?",  # a number, or dashes where nothing is measured
    "digits": r"\d{1,12}",
    "bits": r"[01]{8}",
    "flags": r"[01]{64}",
    "hex": r"[0-9A-Fa-f]{8}",
    "letter": r"[A-Z]",
    "word": r"\S{1,24}",
    "phases": r"\d/\d",
    "t7": r"#*\d{1,7}",
    "t10": r".{10}",
    "t15": r"(?=.{0,14}[A-Za-z]).{15}",
    "text": r".{1,30}",
    "end": r".{0,10}",
}
_THREE = "{0}_1:n {0}_2:n {0}_3:n".format
_Q1 = "( input_voltage:n fault_voltage:n output_voltage:n load:n frequency:n battery_voltage:n temperature:n flags:bits"
_LAYOUTS: Mapping[str, str] = {
    "Q1": _Q1,
    "QS": _Q1,
    "D": _Q1,
    "F": "# voltage:n current:n battery_voltage:n frequency:n",
    "I": "# vendor:t15 model:t10 firmware:end",
    "QGS": "( input_voltage:n input_frequency:n output_voltage:n output_frequency:n output_current:n load:n"
    " bus_positive:n bus_negative:n battery_voltage:n battery_negative:n temperature:n flags:digits",
    "QMOD": "( mode:letter",
    "QRI": "( voltage:n current:n battery_voltage:n frequency:n",
    "QBV": "( voltage:n blocks:n packs:n charge:n minutes:n",
    "QMD": "( model:t15 rating:t7 power_factor:n phases:phases input_voltage:n output_voltage:n blocks:n"
    " block_voltage:n",
    "QWS": "( warnings:flags",
    "QVFW": "(VERFW: firmware:word",
    "QMF": "( vendor:text",
    "QID": "( serial:text",
    "Q6": f"( {_THREE('input_voltage')} input_frequency:n {_THREE('output_voltage')} output_frequency:n"
    f" {_THREE('load')} battery_voltage:n battery_negative:n temperature:n seconds:n charge:n kb:word flags:hex"
    " warnings:hex transformers:digits",
    "WA": f"( {_THREE('power')} {_THREE('apparent')} power:n apparent:n {_THREE('current')} load:n flags:bits",
    "BPS": f"( {_THREE('voltage')} frequency:n",
    "WH": "( a:n b:n c:n model:text phases:phases d:n voltage:n frequency:n e:n f:n g:n h:n i:n j:n k:n"
    " transfer_low:n transfer_high:n frequency_low:n frequency_high:n",
    "FW?": " firmware:word",
    "SASV07?": "GASV07D serial:text",
}
QUERIES = tuple(_LAYOUTS)
_REQUESTS = {query: f"{query}\r".encode() for query in QUERIES}
ONLY_AFTER = {"FW?": "WH", "SASV07?": "WH"}  # questions that only who has answered another may be asked
_NO = frozenset({"NAK", "ACK", "(NAK", "(ACK", "#NAK"})
_ALIKE = 0.05  # output and input that differ by less are the same mains, not a regulated voltage


def request(query: str) -> bytes:
    """The bytes of one of QUERIES; there are no others."""
    return _REQUESTS[query]


def ends(received: bytes) -> int | None:
    """How long the first line of what came is; None while its end is missing."""
    return received.find(b"\r") + 1 or None


def parse(query: str, reply: bytes) -> Fields:
    """The fields of an answer by name; one that is not measured is empty.

    Raises:
        Refused: the unit does not know the question.
        Garbled: this is no answer to it.
    """
    text = reply.decode("latin-1").strip("\r\n\0 ")
    if text in _NO or text == query:
        raise Refused(f"the unit does not know {query}; it said {shown(reply)}")
    match = _PATTERNS[query].fullmatch(text.ljust(_LEAST.get(query, 0)))
    if match is None or not text.isprintable():
        raise Garbled(f"no answer to {query}: {shown(reply)}")
    fields = {name: _measured(value.strip()) for name, value in match.groupdict().items()}
    return _FINISH.get(query, dict)(fields)


def _measured(text: str) -> str:
    return "" if text and not text.strip("-.") else text


def _pattern(layout: str) -> re.Pattern[str]:
    start, *parts = layout.split(" ")
    named = (part.split(":") for part in parts)
    return re.compile(re.escape(start) + " +".join(f"(?P<{name}>{_FORMS[form]})" for name, form in named) + " *")


def _status(fields: Fields) -> Fields:
    """Whose frequency it is, and what the bit for bypass or regulation means, follows from the rest of the line."""
    flags = fields["flags"]
    fields["output_frequency" if flags[0] == "1" else "input_frequency"] = fields.pop("frequency")
    fields["regulation"] = _regulation(fields, double_conversion=flags[4] == "0") if flags[2] == "1" else ""
    return fields


def _general_status(fields: Fields) -> Fields:
    flags = fields["flags"].ljust(12, "-")
    fields["regulation"] = _regulation(fields, double_conversion=flags[:2] == "10") if flags[4] == "1" else ""
    return fields


def _regulation(fields: Fields, *, double_conversion: bool) -> str:
    if not fields["input_voltage"] or not fields["output_voltage"]:
        return "bypass" if double_conversion else ""
    into, out = float(fields["input_voltage"]), float(fields["output_voltage"])
    if double_conversion and abs(out - into) <= _ALIKE * into:
        return "bypass"
    return "boost" if out >= into else "trim"


def _phases(fields: Fields) -> Fields:
    """A unit with one phase leaves the second and third of everything out: its values have no phase."""
    for name in [name.removesuffix("_1") for name in fields if name.endswith("_1")]:
        if not fields[f"{name}_2"] and not fields[f"{name}_3"]:
            only = fields.pop(f"{name}_1")
            fields.setdefault(name, only)
    return fields


def _counted(fields: Fields) -> Fields:
    return {**fields, "count": str(fields["warnings"].count("1"))}


def _unpadded(fields: Fields) -> Fields:
    return {name: text.lstrip("#") for name, text in fields.items()}


_PATTERNS = {query: _pattern(layout) for query, layout in _LAYOUTS.items()}
_LEAST = {"I": 28}  # characters; its fields have fixed widths, and units cut the spaces at the end off
_FINISH: Mapping[str, Callable[[Fields], Fields]] = {
    **dict.fromkeys(("Q1", "QS", "D"), _status),
    "QGS": _general_status,
    "QWS": _counted,
    **dict.fromkeys(("Q6", "WA", "BPS"), _phases),
    **dict.fromkeys(("QMD", "QMF", "QID"), _unpadded),
}
