"""What an alarm says of one subject: the catalogue's sentence with the device and the labels filled in."""

from agent.alarms.catalogue import Text
from agent.alarms.evaluate import Subject


def said(subject: Subject) -> Text:
    names = _Names(subject.labels, device=subject.device)
    says = subject.alarm.says
    return Text(says.en.format_map(names), says.zh.format_map(names))


class _Names(dict[str, str]):
    """What a sentence may name; a label that this reading does not carry is a question mark."""

    def __missing__(self, name: str) -> str:
        return "?"
