"""Whether a source is LitBank's; apart from what reads it, since it is asked of every source."""

import re

from dataset_builder.formats.source import Source, Unreadable

__all__ = ["MENTION", "detect", "kind_of_file"]

MENTION = re.compile(r"(PROP|NOM|PRON)_([A-Z]+)")
"""The label of a mention: its form and its kind."""

_LIKELY = 70
_LINES = 20


def detect(source: Source) -> int:
    """How sure it is that `source` is LitBank's: 70 where chains or quotations are as only LitBank has them.

    It is less than brat is: what lies beside texts in brat's lines is brat's, unless somebody asks for chains.
    """
    seen: set[str] = set()
    for file in source.files:
        folder = file.rpartition("/")[0]
        if file.endswith(".ann") and folder not in seen and len(seen) < _LINES:
            seen.add(folder)
            try:
                kind = kind_of_file(source.read(file)[:8192].decode("utf-8", "replace"))
            except Unreadable:
                continue
            if kind in ("coref", "quotations"):
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
