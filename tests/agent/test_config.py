"""room.toml: what is good is frozen, and what is wrong is told all at once with file, key, found and expected."""

from pathlib import Path

import pytest

from agent.address import parse_address
from agent.config import ConfigError, load_config
from agent.drivers.registry import scheme_names
from agent.model.measures import Group

GOOD = """
[room]
name = "Call centre, second floor"

[http]
listen = "127.0.0.1:9810"

[poll]
state = 0.5
detail = 5

[[device]]
name = "ups-1"
address = "snmp://10.0.0.21?community=watch"
zone = "auxiliary"
labels = { rack = "B3" }

[[device]]
name = "server"
address = "host://"
kind = "host"
"""

FIVE_MISTAKES = """
[http]
listen = "localhost"

[poll]
state = "fast"
detial = 5

[[device]]
name = "ups 1"
address = "snmp://10.0.0.21?community=watch"

[[device]]
name = "ups-2"
address = "snpm://10.0.0.22"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "room.toml"
    path.write_text(text, "utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[tuple[str, str, str]]:
    path = written(folder, text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert {str(path)} == {mistake.file for mistake in caught.value.mistakes}
    return [(mistake.key, mistake.found, mistake.expected) for mistake in caught.value.mistakes]


def device(line: str) -> str:
    return f'[[device]]\nname = "d"\naddress = "host://"\n{line}\n'


def test_a_good_configuration_is_read_with_its_defaults(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, GOOD))

    assert ("Call centre, second floor", "127.0.0.1", 9810) == (config.room.name, config.http.host, config.http.port)
    assert {Group.STATE: 0.5, Group.DETAIL: 5.0, Group.INVENTORY: 3600.0} == dict(config.poll.intervals)
    assert ["ups-1", "server"] == [found.section.name for found in config.devices]
    assert {"rack": "B3"} == config.devices[0].section.labels


def test_five_mistakes_are_five_and_each_says_where_what_and_what_was_expected(tmp_path: Path) -> None:
    assert [
        ("http.listen", "'localhost'", "HOST:PORT, as in 127.0.0.1:9810"),
        (
            "poll.detial",
            "an unknown key",
            "'detail' (or another of: state, detail, inventory, timeout, deadline, age_factor)",
        ),
        ("poll.state", "'fast'", "seconds, from 0.1 to 86400"),
        ("device[1].name", "'ups 1'", "a name of letters, digits, '.', '_' and '-' (at most 63)"),
        ("device[2].address", "unknown scheme 'snpm'", f"one of {', '.join(scheme_names())}"),
    ] == mistakes(tmp_path, FIVE_MISTAKES)


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ("", "device", "nothing"),
        ("device = 3", "device", "a number"),
        ("room = 3\n" + device(""), "room", "a number"),
        ("[device]\nname = 'd'\naddress = 'host://'", "device", "a section"),
        ("[room", "file", "text that is not TOML"),
        ("[rooms]\n" + device(""), "rooms", "an unknown key"),
        (device("kind = 'upps'"), "device[1].kind", "'upps'"),
        (device("state = 0"), "device[1].state", "0"),
        (device("labels = { device = 'x' }"), "device[1].labels.device", "a label that the agent sets itself"),
        (device("labels = { 'no-dash' = 'x' }"), "device[1].labels", "{'no-dash': 'x'}"),
        (
            "[[device]]\nname = 'd'\naddress = 'snmp://h'\nsecrets = { community = 'public' }",
            "device[1].secrets.community",
            "a secret is given as",
        ),
        (device("secrets = { pin = 'env:X' }"), "device[1].secrets.pin", "an unknown secret"),
        (device("") + device(""), "device[2].name", "'d' again"),
        ("[[device]]\nname = 'd'", "device[1].address", "nothing"),
        ("[[device]]\nname = 'd'\nadress = 'host://'", "device[1].adress", "an unknown key"),
        ("[[device]]\nname = 'd'\naddress = 'ups'", "device[1].address", "'ups', which is no URL"),
        ("[[device]]\nname = 'd'\naddress = 'snmp://'", "device[1].address", "no host in snmp://"),
        ("[[device]]\nname = 'd'\naddress = 'snmp://h:99999'", "device[1].address", "'snmp://h:99999'"),
        ("[[device]]\nname = 'd'\naddress = 'snmp://me@h'", "device[1].address", "credentials before the host"),
        ("[[device]]\nname = 'd'\naddress = 'modbus+rtu://?unit=1'", "device[1].address", "no serial line"),
        ("[[device]]\nname = 'd'\naddress = 'modbus+rtu://dev/ttyUSB0'", "device[1].address", "a host in"),
    ],
)
def test_one_mistake_is_told_once(tmp_path: Path, text: str, key: str, found: str) -> None:
    (told,) = mistakes(tmp_path, text)

    assert key == told[0]
    assert told[1].startswith(found)
    assert told[2]


def test_mistakes_in_one_device_do_not_hide_each_other(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path,
        "[[device]]\naddress = 'snmp://10.0.0.21'\n[[device]]\nname = 'd'\n"
        "address = 'modbus+tcp://10.0.0.9?profile=none'\nsecrets = { community = 'env:NOT_SET' }",
    )

    assert ["device[1].name", "device[1].address", "device[2].secrets.community", "device[2].address"] == [
        key for key, *_ in told
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[device]\nname = 'd'\naddress = 'snmp://h?community=sesame'",
        "[[device]]\nname = 'd'\naddress = 'snmp://h'\nsecrets = 'sesame'",
        "[[device]]\nname = 'd'\naddress = 'snmp://h'\nsecrets = { community = ['sesame'] }",
        "[traps]\nlisten = '127.0.0.1:0'\ncommunities = 'sesame'\n" + device(""),
        "[[device]]\nname = 'd'\naddress = 'snmp://h:99999?community=sesame'",
        "[[device]]\nname = 'd'\naddress = 'snmp:h?version=1&community=sesame'",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_told(tmp_path: Path, text: str) -> None:
    assert "sesame" not in str(mistakes(tmp_path, text))


def test_a_mark_that_windows_editors_put_before_the_text_is_no_mistake(tmp_path: Path) -> None:
    assert "Call centre, second floor" == load_config(written(tmp_path, "\ufeff" + GOOD)).room.name


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="found No such file or directory, expected a readable file"):
        load_config(tmp_path / "none.toml")


def test_secrets_come_from_where_the_configuration_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOM_COMMUNITY", "sesame-env")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "secret").write_text("sesame-file\nsecond line\n", "utf-8")
    references = ("env:ROOM_COMMUNITY", f"file:{tmp_path / 'secret'}", "credential:secret")
    text = "".join(
        f'[[device]]\nname = "d{n}"\naddress = "snmp://10.0.0.1"\nsecrets = {{ community = "{reference}" }}\n'
        for n, reference in enumerate(references)
    )
    config = load_config(written(tmp_path, text))

    said = [found.address.options["community"] for found in config.devices]
    assert ["sesame-env", "sesame-file", "sesame-file"] == said
    assert "sesame" not in repr(config)


def test_a_secret_that_is_not_there_says_where_it_was_looked_for(tmp_path: Path) -> None:
    reference = f"file:{tmp_path / 'gone'}"
    text = f"[[device]]\nname = 'd'\naddress = 'snmp://h'\nsecrets = {{ community = '{reference}' }}"
    (told,) = mistakes(tmp_path, text)

    assert f"{tmp_path / 'gone'}: No such file or directory" == told[1]


def test_two_devices_that_want_one_line_with_different_settings_are_a_mistake(tmp_path: Path) -> None:
    lines = [
        f"modbus+rtu:///dev/ttyUSB0?unit={unit}&profile=rs-ws-n01&baud={baud}" for unit, baud in ((1, 4800), (2, 9600))
    ]
    text = "".join(f'[[device]]\nname = "d{n}"\naddress = "{line}"\n' for n, line in enumerate(lines))
    (told,) = mistakes(tmp_path, text)

    assert "device[2].address" == told[0]
    assert "another device uses the line" in told[1]


def test_a_broken_profile_of_the_users_own_is_a_mistake_that_names_the_file(tmp_path: Path) -> None:
    own = tmp_path / "profiles" / "snmp"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("kind = 'upps'\n", "utf-8")
    devices = [f'[[device]]\nname = "u{n}"\naddress = "snmp://10.0.0.{n}?community=c"\n' for n in (1, 2)]
    told = mistakes(tmp_path, "".join(devices))

    assert len(set(told)) == len(told)
    assert {"profiles"} == {key for key, _, _ in told}
    assert all(found.startswith(str(own / "mine.toml")) for _, found, _ in told)


TRAPS = """
[traps]
listen = "127.0.0.1:1162"
communities = ["env:TRAPS"]
burst = 20

[[traps.user]]
name = "monitor"
auth = "env:AUTH"
auth_protocol = "SHA-256"
priv = "env:PRIV"

[[device]]
name = "d"
address = "host://"
"""


def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRAPS", "AUTH", "PRIV"):
        monkeypatch.setenv(name, f"sesame-{name.lower()}")


def test_notifications_are_received_only_where_the_configuration_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets(monkeypatch)
    config = load_config(written(tmp_path, TRAPS))

    assert config.traps is not None
    assert ("127.0.0.1", 1162, 10.0, 20) == (
        config.traps.host, config.traps.port, config.traps.per_second, config.traps.burst,
    )  # fmt: skip
    assert ["sesame-traps"] == list(config.traps.communities)
    (user,) = config.traps.users
    assert ("monitor", "sesame-auth", "SHA-256", "sesame-priv", "AES") == (
        user.name, user.auth, user.auth_protocol, user.priv, user.priv_protocol,
    )  # fmt: skip
    assert "sesame" not in repr(config)
    assert load_config(written(tmp_path, device(""))).traps is None


def test_every_mistake_of_the_traps_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets(monkeypatch)
    monkeypatch.setenv("PRIV", "short")
    wrong = (
        TRAPS.replace("127.0.0.1:1162", "162")
        .replace("env:TRAPS", "public")
        .replace("20", "0")
        .replace("SHA-256", "MD5")
        .replace("name", "nmae", 1)
        .replace("[[device]]", '[[traps.user]]\nname = "b"\nauth = "env:AUTH"\npriv = "env:PRIV"\n[[device]]')
    )

    assert {
        "traps.listen": "'162'",
        "traps.burst": "0",
        "traps.communities[1]": "a secret is given as env:NAME, file:PATH or credential:NAME",
        "traps.user[1].nmae": "an unknown key",
        "traps.user[1].auth_protocol": "'MD5'",
        "traps.user[2].priv": "a short secret",
    } == {key: found for key, found, _ in mistakes(tmp_path, wrong)}


@pytest.mark.parametrize(
    ("text", "key", "found"),
    [
        ("[traps]\n", "traps.listen", "nothing"),
        ("[traps]\nlisten = '127.0.0.1:1162'\n", "traps.communities", "nothing"),
        ("[traps]\nlisten = '127.0.0.1:70000'\ncommunities = ['env:TRAPS']\n", "traps.listen", "'127.0.0.1:70000'"),
        ("[traps]\nlisten = '127.0.0.1:1162'\ncommunities = 'env:TRAPS'\n", "traps.communities", "a text"),
        (
            "[traps]\nlisten = '127.0.0.1:1162'\ncommunities = ['env:NONE']\n",
            "traps.communities[1]",
            "env:NONE is empty",
        ),
        ("[traps]\nlisten = '127.0.0.1:1162'\n[[traps.user]]\nname = 'b'\n", "traps.user[1].auth", "nothing"),
        ("traps = 3\n", "traps", "a number"),
    ],
)
def test_one_mistake_of_the_traps_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, key: str, found: str
) -> None:
    secrets(monkeypatch)
    told = mistakes(tmp_path, text + device(""))

    assert key in {where for where, _, _ in told}
    assert all(what.startswith(found) and expected for where, what, expected in told if where == key)
    assert {where.split(".")[0] for where, _, _ in told} == {"traps"}


def test_a_plus_in_a_community_is_a_plus() -> None:
    assert "a+b" == parse_address("snmp://10.0.0.1?community=a+b").options["community"]
