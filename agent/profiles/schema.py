"""What a profile file may say. Decoded by msgspec, so an unknown key or a wrong type is named with its path.

A profile is who the device is, then rows: where, which measure, unit, labels, words, and what means "no value".
Row order is preference: of two rows that give the same series, the first that has a value wins.
"""

from typing import Annotated, Literal

import msgspec

from agent.model.readings import Kind

Sentinel = int | float | str
Words = dict[str, str]
Positive = Annotated[int, msgspec.Meta(ge=0)]


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are mistakes, not extensions."""


class By(Strict, frozen=True, kw_only=True):
    """A neighbouring object that says how to read this one: `column` the same row's cell, `at` any other object.

    In a table's rows, `at` may hold [] for the row's index and [N] for the index's Nth part.
    """

    at: str | None = None
    column: str | None = None
    words: Words = {}
    meaning: Literal["multiplier", "divisor", "decimals", "exponent"] = "multiplier"


class When(Strict, frozen=True, kw_only=True):
    """A condition on a neighbouring object, addressed as in `By`: is (or is not) one of these, reads like that.

    `part` stands for a part of the row's index, counted from 1: some tables have a row for each kind of value.
    """

    at: str | None = None
    column: str | None = None
    part: Annotated[int, msgspec.Meta(ge=1)] | None = None
    is_: Annotated[list[Sentinel], msgspec.Meta(description="one of")] = msgspec.field(name="is", default_factory=list)
    not_: list[Sentinel] = msgspec.field(name="not", default_factory=list)
    like: str | None = None


class Row(Strict, frozen=True, kw_only=True):
    """What every protocol's rows have in common.

    `least` and `most` bound the raw number that the row believes: where devices disagree about the decade, one row
    for each decade tells them apart (mains of 5000 cannot be tenths of a hertz). `bit`, `char` and `word` pick a part
    of the raw value: a `word` among others reads as 1 where it is there and as 0 where it is not.
    """

    measure: str
    unit: str | None = None
    words: Words = {}
    true: list[Sentinel] = []
    false: list[Sentinel] = []
    absent: list[Sentinel] = []
    labels: dict[str, str] = {}
    fold: Literal[16, 32] | None = None
    least: float | None = None
    most: float | None = None
    bit: Annotated[int, msgspec.Meta(ge=0, le=63)] | None = None
    char: Annotated[int, msgspec.Meta(ge=1)] | None = None
    word: str | None = None
    pattern: str | None = None


class SnmpRow(Row, frozen=True, kw_only=True):
    """`at` is a scalar's OID, `column` a table's column; neighbours may give scale, unit and validity.

    `where` is looked at once, when the device is met (what sort of sensor is this?), `when` at every poll (is it on?).
    """

    at: str | None = None
    column: str | None = None
    scale_by: list[By] = []
    unit_by: By | None = None
    where: When | None = None
    when: When | None = None


class Scalars(Strict, frozen=True, kw_only=True):
    """Objects with one instance; their OIDs end in .0. `each` repeats a section: see agent/profiles/spelling.py."""

    rows: list[SnmpRow]


class Table(Strict, frozen=True, kw_only=True):
    """A conceptual table. Labels may use {index}, {index.N} (its Nth part), {column.N} (a cell of the same row) and
    {at.OID} (any object; [] and [N] in the OID stand for the index and its Nth part), and {a|b} for the first that is
    not empty; what `cut` matches is left out. Names that repeat get the index.

    `count` names the object that says how many rows are real: rows beyond it that read only zeros are padding.
    """

    entry: str
    rows: list[SnmpRow]
    labels: dict[str, str] = {}
    label_words: dict[str, Words] = {}
    cut: str | None = None
    count: str | None = None
    where: When | None = None
    when: When | None = None


class Recognise(Strict, frozen=True, kw_only=True):
    """How a device of this family is known: prefixes of sysObjectID, expressions over sysDescr, a telling object.

    A telling object that ends in .* stands for anything under it: rows of tables have no number that is known before.
    """

    object_ids: list[str] = []
    descriptions: list[str] = []
    telling: list[str] = []


class Part(Strict, frozen=True, kw_only=True):
    """A part of a text: the first group of a match."""

    at: str
    pattern: str


class IdentityRows(Strict, frozen=True, kw_only=True):
    """Where the device says who it is: OIDs, the first that answers counts; `vendor_name` is the maker's own."""

    vendor_name: str = ""
    vendor: list[str | Part] = []
    model: list[str | Part] = []
    serial: list[str | Part] = []
    firmware: list[str | Part] = []


class SnmpProfile(Strict, frozen=True, kw_only=True):
    """A device family that speaks SNMP. OIDs are relative to `base` unless they begin with 1.3.6.1.

    `base` may hold {sysObjectID}, for makers who repeat one MIB under the number of each product.
    `words` names tables of words that several rows share: a row's `words` may be such a name.
    `also` names profiles of standard MIBs whose rows follow this one's; `absent` counts for every row.
    """

    name: str
    kind: Kind
    title: str
    source: str
    proof: str = ""
    base: str = ""
    recognise: Recognise = Recognise()
    identity: IdentityRows = IdentityRows()
    words: dict[str, Words] = {}
    scalars: list[Scalars] = []
    tables: list[Table] = []
    absent: list[Sentinel] = []
    also: list[str] = []
    fallback: bool = False


ModbusType = Literal["u16", "s16", "u32", "s32", "f32", "u64"]
ModbusOrder = Literal["ABCD", "CDAB", "BADC", "DCBA"]
ModbusSpace = Literal["holding", "input", "coil", "discrete"]
Register = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class ModbusBy(Strict, frozen=True, kw_only=True):
    """A register that says by how much another one is to be multiplied: its value times `step`, less `less`."""

    register: Register
    type: ModbusType = "u16"
    order: ModbusOrder = "ABCD"
    space: ModbusSpace | None = None
    step: str = "1"
    less: int = 0
    meaning: Literal["multiplier", "divisor", "decimals", "exponent"] = "multiplier"


class ModbusRow(Row, frozen=True, kw_only=True):
    """`register` counts from 0. `order` is how two or more registers follow each other (ABCD: high word first).

    `optional` registers are asked for on their own: a device that lacks them is none the worse. Labels may use
    {contact.N}, {circuit.N} and {sensor.N}, the Nth name in the address's option contacts=, circuits= or sensors=,
    and {circuit.N|other} for what stands where it gives none; a row without a name is left out.
    """

    register: Register
    type: ModbusType = "u16"
    order: ModbusOrder = "ABCD"
    space: ModbusSpace | None = None
    scale_by: list[ModbusBy] = []
    optional: bool = False


class ModbusText(Strict, frozen=True, kw_only=True):
    """A text in registers, two characters in each."""

    register: Register
    count: Annotated[int, msgspec.Meta(ge=1, le=125)]
    space: ModbusSpace | None = None


class ModbusIdentity(Strict, frozen=True, kw_only=True):
    """Where the device says who it is. `asks` says whether it may be asked by function 43/14 as well."""

    asks: bool = True
    vendor: ModbusText | None = None
    model: ModbusText | None = None
    serial: ModbusText | None = None
    firmware: ModbusText | None = None


class ModbusProfile(Strict, frozen=True, kw_only=True):
    """A device family that speaks Modbus. `space` is where its registers are unless a row says otherwise."""

    name: str
    kind: Kind
    title: str
    source: str
    proof: str = ""
    vendor_name: str = ""
    model: str = ""
    identity: ModbusIdentity = ModbusIdentity()
    space: ModbusSpace = "holding"
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    rows: list[ModbusRow]
    absent: list[Sentinel] = []
    labels: dict[str, str] = {}


class MegatecRow(Row, frozen=True, kw_only=True):
    """`at` is QUESTION.field, as agent/wire/megatec.py names them.

    `parts` says that a battery's volts may be those of a cell or of a block, which the device does not tell.
    """

    at: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9?]+\.[a-z0-9_]+$")]
    parts: bool = False


class MegatecIdentity(Strict, frozen=True, kw_only=True):
    """Where the device says who it is, as in `at`; the first that is known counts."""

    vendor: list[str] = []
    model: list[str] = []
    serial: list[str] = []
    firmware: list[str] = []


class MegatecProfile(Strict, frozen=True, kw_only=True):
    """A dialect of Megatec's question-and-answer protocol. `needs` are the questions that its devices must answer."""

    name: str
    kind: Kind
    title: str
    source: str
    proof: str = ""
    needs: list[str]
    identity: MegatecIdentity = MegatecIdentity()
    rows: list[MegatecRow]
    absent: list[Sentinel] = []


class YdtRow(Row, frozen=True, kw_only=True):
    """`offset` counts the bytes of INFO in the answer to `command`, from 0; `type` is what stands there."""

    command: Literal["41H", "42H", "43H", "44H", "46H", "47H"]
    offset: Positive
    type: Literal["u8", "u16", "s16", "f32"] = "u16"


class YdtProfile(Strict, frozen=True, kw_only=True):
    """A device family that speaks YD/T 1363.3. `cid1` is its kind there, `group` the INFO that 41H to 44H ask with.

    `makers` are words in what the device says to 51H; without any the profile is the one for its kind.
    """

    name: str
    kind: Kind
    title: str
    source: str
    proof: str = ""
    vendor_name: str = ""
    model: str = ""
    cid1: Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{2}H$")]
    version: Annotated[str, msgspec.Meta(pattern="^[0-9A-F]{2}H$")] = "20H"
    group: Annotated[str, msgspec.Meta(pattern="^([0-9A-F]{2})*$")] = ""
    float_order: Literal["little", "big"] = "little"
    makers: list[str] = []
    rows: list[YdtRow]
    absent: list[Sentinel] = []
    labels: dict[str, str] = {}


class VariableRow(Row, frozen=True, kw_only=True):
    """`at` is a variable's name. In it {phase} stands for L1 L2 L3, {line} for L1-L2 L2-L3 L3-L1, {n} {m} for numbers.

    Labels may use them too, {at.NAME} for the value of another variable, and {a|b} for the first that is there.
    """

    at: Annotated[str, msgspec.Meta(pattern=r"^([^{}]|\{(phase|line|n|m)\})+$")]


class VariableIdentity(Strict, frozen=True, kw_only=True):
    """The variables in which the device says who it is; the first that is there counts."""

    vendor_name: str = ""
    vendor: list[str] = []
    model: list[str] = []
    serial: list[str] = []
    firmware: list[str] = []


class VariableProfile(Strict, frozen=True, kw_only=True):
    """A kind of device that a daemon describes by named variables (NUT, apcupsd).

    `types` are the daemon's words for the kind, "" where it has none. `units` are the words that stand behind numbers:
    they count more than a row's own unit. `also` names profiles whose rows follow this one's.
    """

    name: str
    kind: Kind
    title: str
    source: str
    proof: str = ""
    types: list[str] = []
    units: dict[str, str] = {}
    identity: VariableIdentity = VariableIdentity()
    rows: list[VariableRow]
    absent: list[Sentinel] = []
    also: list[str] = []


Profile = SnmpProfile | ModbusProfile | MegatecProfile | YdtProfile | VariableProfile
