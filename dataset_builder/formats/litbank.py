"""LitBank's quotations: files that lie among brat's, and count sentences and tokens rather than characters.

`QUOTE<tab>ID<tab>SENTENCE<tab>TOKEN<tab>SENTENCE<tab>TOKEN<tab>TEXT`, both tokens within the quotation, and
`ATTRIB<tab>ID<tab>SPEAKER`. A sentence is a line of the text, and a token what stands between spaces.
"""

from collections.abc import Sequence

from dataset_builder.model.foreign import ForeignRecord, Item, Trouble

__all__ = ["QUOTATIONS", "is_quotations", "read_quotations"]

QUOTATIONS = "quotations"
_SHOWN = 60


def is_quotations(text: str) -> bool:
    """Whether an annotation file is one of quotations."""
    return text.startswith(("QUOTE\t", "ATTRIB\t"))


def read_quotations(file: str, text: str, source: str, annotator: str) -> tuple[ForeignRecord, list[Trouble]]:
    """The record in the annotation file `source` on `text`, and what is wrong with its lines."""
    edges = _edges(text)
    troubles: list[Trouble] = []
    items: dict[str, Item] = {}
    doubled: list[Item] = []
    speakers: list[tuple[str, str, int]] = []
    for number, line in enumerate(source.split("\n"), start=1):
        fields = line.rstrip("\r").split("\t")
        if fields == [""]:
            continue
        if fields[0] == "ATTRIB" and len(fields) == 3 and all(fields):
            speakers.append((fields[1], fields[2], number))
        elif fields[0] == "QUOTE" and len(fields) == 7 and fields[1] and all(map(_is_number, fields[2:6])):
            place = _place([int(field) for field in fields[2:6]], edges)
            if place is None:
                message = f"the text has no such tokens: {' '.join(fields[2:6])}"
                troubles.append(Trouble("import-range", message, file, number))
                continue
            item = Item(fields[1], QUOTATIONS, None, (place,), fields[6], file=file, line=number)
            if items.setdefault(item.id, item) is not item:
                doubled.append(item)
        else:
            message = f"the line is neither a quotation nor whose it is: {line[:_SHOWN]!r}"
            troubles.append(Trouble("import-syntax", message, file, number))
    for id_, speaker, number in speakers:
        if id_ not in items:
            message = f'"{id_}" is not there, and is said to be what {speaker} says'
            troubles.append(Trouble("import-dangling", message, file, number))
        elif items[id_].attributes:
            troubles.append(Trouble("import-duplicate-id", f'"{id_}" has a speaker already', file, number))
        else:
            items[id_] = items[id_]._replace(attributes={"speaker": speaker})
    return ForeignRecord(annotator=annotator, items=[*items.values(), *doubled]), troubles


def _is_number(field: str) -> bool:
    return field.isascii() and field.isdecimal() and len(field) < 10


def _edges(text: str) -> list[list[tuple[int, int]]]:
    """Where each token of each line begins and ends."""
    found, at = [], 0
    for line in text.split("\n"):
        tokens = []
        for token in line.split(" "):
            tokens.append((at, at + len(token)))
            at += len(token) + 1
        found.append(tokens)
    return found


def _place(given: Sequence[int], edges: list[list[tuple[int, int]]]) -> tuple[int, int] | None:
    first, start, last, end = given
    if max(first, last) >= len(edges) or start >= len(edges[first]) or end >= len(edges[last]):
        return None
    return edges[first][start][0], edges[last][end][1]
