"""Whether a source is LitBank's; apart from what reads it, since it is asked of every source."""

import re
from collections import Counter

from dataset_builder.formats.source import Source, Unreadable

__all__ = ["MENTION", "detect", "kind_of_file"]

MENTION = re.compile(r"(PROP|NOM|PRON)_([A-Z]+)")
"""The label of a mention: its form and its kind."""

_LIKELY = 95
_LINES = 20
_FOLDERS, _FILES = 20, 3  # that are looked into


def detect(source: Source) -> int:
    """How sure it is that `source` is LitBank's: 95 where chains or quotations are as only LitBank has them.

    Entities and events alone are in brat's form, and are left to that.
    """
    looked: Counter[str] = Counter()  # files of each folder that say something
    for file in source.files:
        folder = file.rpartition("/")[0]
        if not file.endswith(".ann") or looked[folder] >= _FILES or len(looked) > _FOLDERS:
            continue
        try:
            head = source.read(file)[:8192].decode("utf-8", "replace")
        except Unreadable:
            continue
        looked[folder] += bool(head.strip())
        if kind_of_file(head) in ("coref", "quotations"):
            return _LIKELY
    return 0


def kind_of_file(text: str) -> str:
    """What an annotation file has: coref, quotations, events or entities."""
    forms = 0
    for line in text.split("\n", _LINES)[:_LINES]:
        head, _, rest = line.partition("\t")
        if head in ("QUOTE", "ATTRIB"):
            return "quotations"
        label = rest.partition(" ")[0]
        if head[:1] == "T" and label == "EVENT":
            return "events"
        forms += bool(MENTION.fullmatch(label))
    return "coref" if forms else "entities"
