"""LitBank: novels with entities, coreference, events and quotations, each in a folder of its own, over the same texts.

Entities, events and mentions are in brat's lines; a chain is a label that its mentions share; a quotation counts the
lines and words of the text. See https://github.com/dbamman/litbank. Offsets count code points.
"""

import re
from collections.abc import Iterator
from typing import Any

from dataset_builder.formats.brat_lines import read_lines
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.litbank_detection import MENTION, kind_of_file
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["importer"]

_WORD = re.compile(r"\S+")
_QUOTE_FIELDS, _ATTRIB_FIELDS = 7, 3


def importer(source: Source) -> "LitBank":
    """What reads LitBank, or one of its folders."""
    return LitBank(source)


class LitBank:
    """Reads the texts with all that is said of each, in whatever folder."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.declared = Declared()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The texts by name."""
        texts: dict[str, list[str]] = {}
        for file in self._source.files:
            if file.endswith(".txt"):
                texts.setdefault(_name(file), []).append(file)
        self._tell_strays()
        for done, (name, files) in enumerate(sorted(texts.items())):
            if done % 16 == 0:
                tick(done, len(texts))
            article = self._article(name, files)
            if article is not None:
                yield article
        tick(len(texts), len(texts))

    def _tell_strays(self) -> None:
        for file in self._source.files:
            if file.endswith(".ann") and not self._source.has(f"{file[:-4]}.txt"):
                message = f"there is no text {file[:-4]}.txt that the annotations could belong to"
                self._source.troubles.append(Trouble("import-no-text", message, file))

    def _article(self, name: str, files: list[str]) -> ForeignArticle | None:
        article: ForeignArticle | None = None
        items: list[Item] = []
        kept: list[str] = []
        for file in files:
            try:
                text = self._source.text(file)
                said = f"{file[:-4]}.ann"
                lines = self._source.text(said) if self._source.has(said) else None
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
                continue
            article = article or ForeignArticle(name=name, text=text, file=file)
            if text != article.text:
                message = f"the text is not that of {article.file}: what is said of it is left out"
                article.troubles.append(Trouble("import-no-text", message, file))
            elif lines is not None:
                found, more = _read(lines, said, article)
                items += found
                kept += more
        if article is not None and items:
            record = ForeignRecord(annotator="litbank", items=_with_speakers(items))
            record.extra = {"lines": kept} if kept else {}
            article.records = [record]
        return article


def _name(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".txt").removesuffix("_brat")


def _read(text: str, file: str, article: ForeignArticle) -> tuple[list[Item], list[str]]:
    """The items of one file, and its lines that are nothing known."""
    kind = kind_of_file(text)
    if kind == "quotations":
        return _Quotations(text, file, article).items(), []
    record, troubles = read_lines([(file, text)], "litbank")
    article.troubles += troubles
    lines = record.extra.get("lines", [])
    if kind == "coref":
        return _chained(record.items, file), lines
    return [_prefixed(item, kind) for item in record.items], lines


def _prefixed(item: Item, kind: str) -> Item:
    """`item` with ids that tell the folders apart, whose numbers begin anew; spans in the layer of their folder."""
    arguments = tuple(Argument(role, f"{kind}-{target}") for role, target in item.arguments)
    layer = kind if item.fragments else item.layer
    return item._replace(id=f"{kind}-{item.id}", layer=layer, arguments=arguments)


def _chained(items: list[Item], file: str) -> list[Item]:
    """Mentions, the chains that the labels of spans at the same places make, and relations between mentions."""
    mentions: dict[tuple[tuple[int, int], ...], Item] = {}
    marks: list[Item] = []
    called: dict[str, str] = {}  # ids of the source to those of mentions
    found: list[Item] = []
    for item in items:
        match = MENTION.fullmatch(item.label or "")
        if item.fragments and match:
            made = item._replace(
                id=f"coref-{item.id}",
                layer="mentions",
                label=match[2],
                attributes={**item.attributes, "form": match[1]},
            )
            mentions.setdefault(item.fragments, made)
            called.setdefault(item.id, made.id)
            found.append(made)
        elif item.fragments:
            marks.append(item)
    chains: dict[str, list[Item]] = {}
    for mark in marks:
        mention = mentions.get(mark.fragments)
        if mention is None:
            mention = mark._replace(id=f"coref-{mark.id}", layer="mentions", label=None)
            mentions[mark.fragments] = mention
            found.append(mention)
        called.setdefault(mark.id, mention.id)
        chains.setdefault(mark.label or "", []).append(mark)
    found += (_chain(name, each, called, file) for name, each in chains.items())
    found += (_related(item, called) for item in items if not item.fragments)
    return found


def _chain(name: str, marks: list[Item], called: dict[str, str], file: str) -> Item:
    return Item(
        f"coref-{name}",
        "chains",
        references={"members": tuple(dict.fromkeys(called[mark.id] for mark in marks))},
        attributes={"name": name.rpartition("-")[0].replace("_", " ").strip() or name},
        notes=tuple(note for mark in marks for note in mark.notes),
        extra={"ids": [mark.id for mark in marks]},
        file=file,
        line=marks[0].line,
    )


def _related(item: Item, called: dict[str, str]) -> Item:
    arguments = tuple(Argument(role, called.get(target, f"coref-{target}")) for role, target in item.arguments)
    return item._replace(id=f"coref-{item.id}", arguments=arguments)


def _with_speakers(items: list[Item]) -> list[Item]:
    """`items`, quotations with the chains that speak, where they are there."""
    chains = {item.id for item in items if item.layer == "chains"}
    found = []
    for item in items:
        speaker = f"coref-{item.attributes['speaker']}" if "speaker" in item.attributes else ""
        found.append(item._replace(references={"speaker": speaker}) if speaker in chains else item)
    return found


class _Quotations:
    """Reads `QUOTE ID LINE WORD LINE WORD TEXT`, all counted from 0 and inclusive, and `ATTRIB ID SPEAKER`."""

    def __init__(self, text: str, file: str, article: ForeignArticle) -> None:
        self._text, self._file, self._article = text, file, article
        self._words: list[list[tuple[int, int]]] = []
        start = 0
        for line in article.text.split("\n"):
            self._words.append([(start + match.start(), start + match.end()) for match in _WORD.finditer(line)])
            start += len(line) + 1

    def _tell(self, kind: str, message: str, line: int) -> None:
        self._article.troubles.append(Trouble(kind, message, self._file, line))

    def items(self) -> list[Item]:
        """The quotations, with who says them."""
        found: dict[str, Item] = {}
        speakers: list[tuple[int, str, str]] = []
        for number, line in enumerate(self._text.split("\n"), start=1):
            fields = line.rstrip("\r").split("\t")
            if fields == [""]:
                continue
            if fields[0] == "ATTRIB" and len(fields) == _ATTRIB_FIELDS:
                speakers.append((number, fields[1], fields[2]))
            elif (item := self._quotation(fields, number)) is None:
                shown = line if len(line) <= 60 else f"{line[:60]}…"
                self._tell(
                    "import-syntax", f"a line is QUOTE ID LINE WORD LINE WORD TEXT or ATTRIB ID NAME: {shown!r}", number
                )
            elif item.id in found:
                self._tell("import-duplicate-id", f'the id "{fields[1]}" is taken', number)
            else:
                found[item.id] = item
        for number, id_, speaker in speakers:
            self._attribute(found, number, id_, speaker)
        return list(found.values())

    def _attribute(self, found: dict[str, Item], number: int, id_: str, speaker: str) -> None:
        key = f"quotations-{id_}"
        if key not in found:
            self._tell("import-dangling", f'"{id_}" is no quotation that could have a speaker', number)
        elif "speaker" in found[key].attributes:
            self._tell("import-duplicate-id", f'"{id_}" has a speaker already', number)
        else:
            found[key] = found[key]._replace(attributes={"speaker": speaker})

    def _quotation(self, fields: list[str], number: int) -> Item | None:
        counts = fields[2:6]
        if fields[0] != "QUOTE" or len(fields) != _QUOTE_FIELDS or not all(_is_count(each) for each in counts):
            return None
        line, word, last_line, last_word = map(int, counts)
        try:
            span = (self._words[line][word][0], self._words[last_line][last_word][1])
        except IndexError:
            span = (len(self._article.text) + 1, len(self._article.text) + 1)  # nowhere, which is told of it
        quote = fields[6]
        if span[0] < span[1] and self._article.text[slice(*span)].split() == quote.split():
            quote = self._article.text[slice(*span)]
        more: dict[str, Any] = {"file": self._file, "line": number}
        return Item(f"quotations-{fields[1]}", "quotations", None, (span,), quote, **more)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
