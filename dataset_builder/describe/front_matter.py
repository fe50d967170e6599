"""The YAML at a card's head: generated keys replaced, everything else kept as its author wrote it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

__all__ = ["FrontMatter", "FrontMatterError", "dump", "places", "renew", "split"]

_BLOCK = re.compile(r"---[ \t]*\r?\n(.*?)(?<![^\n])---[ \t]*(?:\r?\n|\Z)", re.DOTALL)

_LINE_END = re.compile("[\x85\u2028\u2029]")


class FrontMatterError(ValueError):
    """The front matter is no YAML mapping, or says something twice.

    Attributes:
        offset: where, in code points of the card.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A card's YAML without its fences, its lines ended by LF, and the text that follows as it stands."""

    yaml: str
    body: str
    offset: int  # where the YAML begins, code points of the card
    newline: int = 1  # code points that end a line of the YAML in the card

    def offset_of(self, index: int) -> int:
        """Where code point `index` of the YAML stands in the card."""
        return self.offset + index + self.yaml.count("\n", 0, index) * (self.newline - 1)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One key with its value as written; `before` holds the blank lines and comments above it."""

    key: str
    before: str
    text: str


def split(card: str) -> FrontMatter:
    """The front matter of `card`; empty where it has none."""
    found = _BLOCK.match(card)
    if not found:
        return FrontMatter(yaml="", body=card, offset=0)
    newline = 2 if "\r\n" in found[1] else 1
    text = found[1].replace("\r\n", "\n")
    return FrontMatter(yaml=text, body=card[found.end() :], offset=found.start(1), newline=newline)


def places(front: FrontMatter) -> dict[str, int]:
    """Where each key of the YAML stands, in code points of the card.

    Raises:
        FrontMatterError: the YAML can't be read, is no mapping or has a key twice.
    """
    return {key: front.offset_of(start) for key, start in _starts(front)}


def renew(front: FrontMatter, generated: Mapping[str, Any], stale: Collection[str] = ()) -> str:
    """The YAML of `front` with the values of `generated`; a key of `stale` that isn't generated any more is taken out.

    A generated key stands where it stood; a new one follows the generated key before it. Other keys keep their text and
    their place.

    Raises:
        FrontMatterError: the YAML can't be read, is no mapping or has a key twice.
    """
    entries, tail = _entries(front)
    renewed: list[_Entry] = []
    before = ""
    for entry in entries:
        before += entry.before
        if entry.key in generated:
            renewed.append(_Entry(entry.key, before, dump({entry.key: generated[entry.key]})))
        elif entry.key not in stale:
            renewed.append(_Entry(entry.key, before, entry.text))
        else:
            continue  # what is above a key that goes is kept for the next one
        before = ""
    _insert_missing(renewed, generated)
    kept = "".join(entry.before + entry.text for entry in renewed)
    return f"{kept}{before}{tail}" if entries else f"{tail}{kept}"


def _insert_missing(entries: list[_Entry], generated: Mapping[str, Any]) -> None:
    """Adds those of `generated` that aren't there, each behind the one before it; the first ones before all others."""
    present = [entry.key for entry in entries]
    place = next((index for index, key in enumerate(present) if key in generated), len(present))
    for key, value in generated.items():
        if key in present:
            place = present.index(key) + 1
        else:
            present.insert(place, key)
            entries.insert(place, _Entry(key, "", dump({key: value})))
            place += 1


def dump(value: Mapping[str, Any]) -> str:
    """`value` as block YAML, keys in their order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


class _Dumper(yaml.SafeDumper):
    """Escapes what ends a line in Unicode: PyYAML 6 writes it raw within single quotes, and reads it as a space."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = '"' if _LINE_END.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def _entries(front: FrontMatter) -> tuple[list[_Entry], str]:
    """The entries of the front matter in order, and the comments after the last one. Together they are its text."""
    text = front.yaml
    starts = _starts(front)
    bounds = [*(start for _, start in starts), len(text)]
    entries, before = [], text[: bounds[0]]
    for (key, start), end in zip(starts, bounds[1:], strict=True):
        stop = _end_of_value(text, start, end)
        entries.append(_Entry(key, before, text[start:stop] + ("" if text[start:stop].endswith("\n") else "\n")))
        before = text[stop:end]
    return entries, before


def _end_of_value(text: str, start: int, end: int) -> int:
    """Where the blank lines and comments begin that end `text[start:end]`: they belong to what follows."""
    while (line_start := text.rfind("\n", start, end - 1) + 1) > start:
        line = text[line_start:end]
        if line.strip() and not line.startswith("#"):
            break
        end = line_start
    return end


def _starts(front: FrontMatter) -> list[tuple[str, int]]:
    """The keys of the mapping with where they start, in code points of the YAML."""
    try:
        root = yaml.compose(front.yaml, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"the card's YAML can't be read: {error.problem or error}"
        raise FrontMatterError(message, front.offset_of(mark.index if mark else 0)) from error
    except yaml.YAMLError as error:
        message = f"the card's YAML can't be read: {error}"
        raise FrontMatterError(message, front.offset) from error
    if root is None:
        return []
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        message = "the card's YAML must be a mapping, one key a line"
        raise FrontMatterError(message, front.offset)
    starts: list[tuple[str, int]] = []
    for key, _ in root.value:
        if any(key.value == known for known, _ in starts):
            message = f'the card\'s YAML has the key "{key.value}" twice'
            raise FrontMatterError(message, front.offset_of(key.start_mark.index))
        starts.append((str(key.value), key.start_mark.index))
    return starts
