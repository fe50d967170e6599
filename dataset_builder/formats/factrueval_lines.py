"""The lines of FactRuEval's layers, as items. Ids say what they are of: numbers of several layers are the same."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from dataset_builder.model.foreign import Argument, Item, Referent, Trouble

__all__ = ["Layers"]

_TARGET = re.compile(r"(obj|span)([0-9]+)(?: |$)")
_REFERENT = "wikidata"
_SHOWN = 60

Fragments = tuple[tuple[int, int], ...]


class Layers:
    """Reads the layers of one text. `file` is the one that is read."""

    def __init__(self, text: str) -> None:
        self.items: list[Item] = []
        self.troubles: list[Trouble] = []
        self.file = ""
        self._text = text
        self._tokens: dict[str, tuple[int, int, int]] = {}  # start, end and place in the order of the text
        self._spans: dict[str, int] = {}  # to its place among the items

    def _tell(self, kind: str, message: str, line: int) -> None:
        self.troubles.append(Trouble(kind, message, self.file, line))

    def _refuse(self, form: str, line: str, number: int) -> None:
        shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
        self._tell("import-syntax", f"{form}: {shown!r}", number)

    def read_tokens(self, text: str) -> None:
        """`ID START LENGTH WORD` a line; an empty line ends a sentence."""
        for number, group in enumerate(_groups(text), start=1):
            places = []
            for line, given in group:
                parts = given.split(" ", 3)
                if len(parts) != 4 or not all(_is_number(each) for each in parts[:3]):
                    self._refuse("a token is ID START LENGTH WORD", given, line)
                    continue
                start, end = int(parts[1]), int(parts[1]) + int(parts[2])
                self._tokens.setdefault(parts[0], (start, end, len(self._tokens)))
                self._add(f"token{parts[0]}", "tokens", None, line, fragments=((start, end),), quote=parts[3])
                places.append((start, end))
            if places:
                span = (min(places)[0], max(end for _, end in places))
                self._add(f"sentence{number}", "sentences", None, group[0][0], fragments=(span,))

    def read_spans(self, text: str) -> None:
        """`ID TYPE START LENGTH TOKEN COUNT # TOKENS WORDS` a line; what stands behind `#` is given for reference."""
        for line, given in _lines(text):
            head, _, behind = given.partition(" # ")
            parts = head.split()
            numbers = (*parts[:1], *parts[2:6])
            if len(parts) != 6 or not all(_is_number(each) for each in numbers):
                self._refuse("a span is ID TYPE START LENGTH TOKEN COUNT", given, line)
                continue
            id_, label, start, length = f"span{parts[0]}", parts[1], int(parts[2]), int(parts[3])
            fragments: Fragments = ((start, start + length),)
            count = int(parts[5])
            said = behind.split()
            listed = said[:count] if count and len(said) >= count else []
            if self._tokens and listed:
                fragments = self._by_tokens(fragments, listed, parts[4], line)
            if id_ in self._spans and self._also(id_, label, fragments, line):
                continue
            self._spans.setdefault(id_, len(self.items))
            quote = self._quote(fragments, said[len(listed) :]) if listed else None
            self._add(id_, "spans", label, line, fragments=fragments, quote=quote)

    def _by_tokens(self, fragments: Fragments, listed: Sequence[str], first: str, line: int) -> Fragments:
        """The fragments that the tokens of a span make, where they fit its offsets."""
        ((start, end),) = fragments
        known = [self._tokens[token] for token in listed if token in self._tokens]
        if len(known) < len(listed) or listed[0] != first:
            self._tell("import-loose", "the span names tokens that are not there: its offsets alone are believed", line)
            return fragments
        if end > len(self._text):
            return fragments  # it is told where spans are settled
        if known[0][0] != start or known[-1][1] != end:
            self._tell("import-loose", "the span's tokens are elsewhere than its offsets, which are believed", line)
            return fragments
        runs = [
            [each for _, each in run] for _, run in groupby(enumerate(known), key=lambda each: each[1][2] - each[0])
        ]
        if len(runs) > 1:
            message = "between the tokens of the span lie others: it is taken in pieces"
            self._tell("import-fragments", message, line)
        return tuple((run[0][0], run[-1][1]) for run in runs)

    def _quote(self, fragments: Fragments, words: Sequence[str]) -> str:
        """What the span is said to cover, with the text's own white space if that is all that differs."""
        found = " ".join(self._text[start:end] for start, end in fragments)
        return found if "".join(found.split()) == "".join(words) else " ".join(words)

    def _also(self, id_: str, label: str, fragments: Fragments, line: int) -> bool:
        """Takes it down if the span `id_` is stated again, at the same place, as of another type too."""
        place = self._spans[id_]
        first = self.items[place]
        if first.fragments != fragments or first.label == label:
            return False
        others = [*first.attributes.get("also", ()), label]
        self.items[place] = first._replace(attributes={"also": others})
        self._tell("import-repeated", f'the span is {first.label} already: "{label}" is kept as an attribute', line)
        return True

    def read_objects(self, text: str) -> None:
        """`ID TYPE SPAN …` a line; what stands behind `#` is given for reference."""
        for line, given in _lines(text):
            parts = given.partition(" #")[0].split()
            if len(parts) < 3 or not all(_is_number(each) for each in (parts[0], *parts[2:])):
                self._refuse("an object is ID TYPE SPAN …", given, line)
                continue
            spans = tuple(dict.fromkeys(f"span{each}" for each in parts[2:]))
            self._add(f"mention{parts[0]}", "objects", parts[1], line, references={"spans": spans})

    def read_coref(self, text: str) -> None:
        """`ID OBJECT …`, then `KEY VALUE` a line; an empty line ends each."""
        for group in _groups(text):
            line, given = group[0]
            parts = given.split()
            if not all(_is_number(each) for each in parts):
                self._refuse("an identified object is ID OBJECT …", given, line)
                continue
            attributes, referents = self._properties(group[1:])
            members = tuple(dict.fromkeys(f"mention{each}" for each in parts[1:]))
            references = {"members": members}
            known: Mapping[str, Any] = {"references": references, "attributes": attributes, "referents": referents}
            self._add(f"obj{parts[0]}", "coref", None, line, **known)

    def _properties(self, lines: Sequence[tuple[int, str]]) -> tuple[dict[str, list[str]], tuple[Referent, ...]]:
        attributes: dict[str, list[str]] = {}
        referents = []
        for line, given in lines:
            key, _, value = given.strip().partition(" ")
            if not value.strip() and key == _REFERENT:
                continue  # the object was looked for, and has no entry
            if not value.strip():
                self._refuse("a property is KEY VALUE", given, line)
            elif key == _REFERENT:
                referents.append(Referent(key, value.strip()))
            else:
                attributes.setdefault(key, []).append(value.strip())
        return attributes, tuple(referents)

    def read_facts(self, text: str) -> None:
        """`ID TYPE`, then `ROLE VALUE | VALUE …` a line; a value is an identified object, a span or a text."""
        for group in _groups(text):
            line, given = group[0]
            parts = given.split()
            if len(parts) != 2:
                self._refuse("a fact is ID TYPE", given, line)
                continue
            arguments: list[Argument] = []
            attributes: dict[str, list[str]] = {}
            stated: dict[str, list[str]] = {}
            for at, each in group[1:]:
                role, _, value = each.strip().partition(" ")
                if not value.strip():
                    self._refuse("an argument is ROLE VALUE", each, at)
                    continue
                found = [Argument(role, target) for target in _targets(value)]
                arguments += found
                (stated if found else attributes).setdefault(role, []).append(value.strip())
            known: Mapping[str, Any] = {"attributes": attributes, "extra": {"stated": stated} if stated else {}}
            self._add(f"fact{parts[0]}", "facts", parts[1], line, arguments=tuple(arguments), **known)

    def _add(self, id_: str, layer: str, label: str | None, line: int, **more: Any) -> None:
        self.items.append(Item(id_, layer, label, file=self.file, line=line, **more))


def _targets(value: str) -> Iterator[str]:
    for each in value.split("|"):
        if match := _TARGET.match(each.strip()):
            yield match[1] + match[2]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line.rstrip("\r")


def _groups(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines between empty ones."""
    group: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            group.append((number, line.rstrip("\r")))
        elif group:
            yield group
            group = []
    if group:
        yield group
