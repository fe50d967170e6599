"""CoNLL: a token a line, columns beside it; tags in BIO and its kin, or brackets and chains as in CoNLL-2012."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats import tags
from dataset_builder.formats.brackets import Brackets
from dataset_builder.formats.conll_columns import (
    Block,
    Layout,
    Row,
    blocks,
    given_layout,
    guessed_layout,
    stated_columns,
)
from dataset_builder.formats.conll_detection import ENDINGS
from dataset_builder.formats.conll_writer import ConllWriter
from dataset_builder.formats.distinct import Distinct
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.tokenized import TextBuilder, chosen_files, decoded, encoding_named, stem_of
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["exporter", "importer"]

_SAMPLE = 20_000  # sentences that columns and schemes are found out by
_SAMPLED = 40  # files that they are taken from
_IDS = {"entities": "e", "chunks": "c", "tokens": "t", "sentences": "s", "mentions": "m"}
_OLD = 11  # columns that a file with chains has at least
_WORD_2012, _POS_2012, _LEMMA_2012, _SPEAKER_2012, _NAMES_2012 = 3, 4, 6, 9, 10
_NOTHING = frozenset({"-", "_", "*", ""})


def importer(  # noqa: PLR0913, PLR0917 - they are options
    source: Source,
    columns: str | None = None,
    scheme: str | None = None,
    encoding: str | None = None,
    tokens: str | None = None,
    layers: str | None = None,
) -> "Conll":
    """What reads the files of columns in `source`.

    Raises:
        UsageError: an option has a value that means nothing.
    """
    chosen = scheme.lower() if scheme else None
    if chosen is not None and chosen not in tags.SCHEMES:
        raise UsageError(f"there is no scheme {scheme!r}: there are {', '.join(tags.SCHEMES)}")
    if layers is not None:
        raise UsageError("the option layers is one of exports")
    if tokens not in (None, "layer", "none"):
        raise UsageError(f"tokens become a layer or none, not {tokens!r}")
    return Conll(source, columns, chosen, encoding_named(encoding), keeps=tokens != "none")


def exporter(
    scheme: str | None = None,
    layers: str | None = None,
    tokens: str | None = None,
    columns: str | None = None,
    encoding: str | None = None,
) -> ConllWriter:
    """What writes a file of columns for each article.

    Raises:
        UsageError: there is no such scheme, or an option is one of imports.
    """
    if columns is not None or encoding is not None:
        raise UsageError("the options columns and encoding are ones of imports")
    chosen = (scheme or "bio").lower()
    if chosen not in ("bio", "iobes", "bilou"):
        raise UsageError(f"a tag is written in bio, iobes or bilou, not in {scheme!r}")
    wanted = tuple(name.strip() for name in layers.split(",") if name.strip()) if layers else None
    return ConllWriter(scheme=chosen, layers=wanted, tokens=tokens)


@dataclass(slots=True)
class _Document:
    """An article under way."""

    article: ForeignArticle
    text: TextBuilder = field(default_factory=TextBuilder)
    items: dict[str, list[Item]] = field(default_factory=dict)
    places: list[tuple[int, int]] = field(default_factory=list)  # of tokens
    chains: dict[str, list[str]] = field(default_factory=dict)  # name to ids of mentions
    brackets: Brackets = field(default_factory=Brackets)
    names: Brackets = field(default_factory=Brackets)

    def add(self, layer: str, start: int, end: int, label: str | None, line: int, **more: Any) -> str:
        """The id of a new item of `layer` that covers the tokens from `start` to `end`."""
        known = self.items.setdefault(layer, [])
        id_ = f"{_IDS.get(layer, f'{layer}-')}{len(known) + 1}"
        span = (self.places[start][0], self.places[end - 1][1])
        known.append(Item(id_, layer, label, (span,), file=self.article.file, line=line, **more))
        return id_

    def tell(self, kind: str, message: str, line: int) -> None:
        self.article.troubles.append(Trouble(kind, message, self.article.file, line))


class Conll:
    """Reads the files one by one; an article is what stands between two lines that part documents, or a file."""

    def __init__(self, source: Source, columns: str | None, scheme: str | None, encoding: str, *, keeps: bool) -> None:
        self._source, self._scheme, self._encoding, self._keeps = source, scheme, encoding, keeps
        self._files = chosen_files(source, ENDINGS)
        self._names = Distinct()
        self.declared = Declared()
        self._layout = self._laid_out(columns)
        self._width = len(self._layout.names)

    def _laid_out(self, columns: str | None) -> Layout:
        rows: list[list[Row]] = []
        first: str | None = None
        stated, chained = None, False
        for file in self._files[:_SAMPLED]:
            try:
                text = decoded(self._source, file, self._encoding)
            except Unreadable:
                continue  # it is told when the file's turn comes
            first = first or file
            stated = stated or stated_columns(text)
            some = list(islice(blocks(text), _SAMPLE - len(rows)))
            rows += [block.rows for block in some if block.rows]
            chained = chained or any(block.begins is not None and block.begins.startswith("(") for block in some)
            if len(rows) >= _SAMPLE:
                break
        if columns:
            return given_layout(columns, rows, self._scheme)
        if stated and first is not None:
            try:
                return given_layout(stated, rows, self._scheme)
            except UsageError as error:
                self._source.troubles.append(Trouble("import-configuration", str(error), first))
        layout = guessed_layout(rows, self._scheme)
        if first is not None and not chained:
            message = f"the columns are taken as {layout}: the options columns and scheme say otherwise"
            self._source.troubles.append(Trouble("import-guessed", message, first))
        return layout

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles file by file."""
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            try:
                text = decoded(self._source, file, self._encoding)
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
                continue
            yield from self._articles(file, text)
        tick(len(self._files), len(self._files))

    def _articles(self, file: str, text: str) -> Iterator[ForeignArticle]:
        found = list(blocks(text, self._width))
        parted = sum(block.begins is not None for block in found)
        current: _Document | None = None
        comments: list[str] = []  # that stand before a document
        count = 0
        for block in found:
            if block.begins is not None or block.ends:
                if current is not None and current.places:
                    yield self._finished(current)
                current = None
            if block.begins is not None or (current is None and block.rows):
                count += 1
                name = stem_of(file) if parted < 2 else f"{stem_of(file)}-{count:0{len(str(parted + 1))}}"
                current = _Document(ForeignArticle(name=self._names.name(name), text="", file=file, line=block.line))
                if block.begins and {*block.begins.split()} - {"-X-", "O", "-"}:
                    current.article.metadata["document"] = block.begins
            if block.rows and current is not None:
                self._sentence(block, current, chained=_is_chained(block, current))
            else:
                comments += (comment for comment in block.comments if stated_columns(comment) is None)
            if comments and current is not None:
                current.article.metadata.setdefault("comments", []).extend(comments)
                comments = []
        if current is not None and current.places:
            yield self._finished(current)

    def _sentence(self, block: Block, document: _Document, *, chained: bool) -> None:
        first = len(document.places)
        word = _WORD_2012 if chained else self._layout.word
        rows = []
        for row in block.rows:
            if word < len(row.fields) and row.fields[word].strip():
                document.places.append(document.text.word(row.fields[word]))
                rows.append(row)
            else:
                document.tell("import-syntax", "the line has no word: it is left out", row.line)
        document.text.part("\n")
        if not rows:
            return
        if chained:
            self._chained(rows, document, first)
        else:
            self._columns(rows, document, first)
        extra = {"comments": block.comments} if block.comments else {}
        document.add("sentences", first, len(document.places), None, block.line, extra=extra)

    def _columns(self, rows: list[Row], document: _Document, first: int) -> None:
        """What the columns of a sentence say."""
        for row in rows:
            if len(row.fields) != self._width:
                message = f"the line has {len(row.fields)} columns, and others have {self._width}"
                document.tell("import-syntax", f"{message}: what is there is taken", row.line)
        if self._keeps:
            others = self._layout.others
            for number, row in enumerate(rows):
                said = {name: row.fields[at] for at, name in others.items() if at < len(row.fields)}
                _token(document, first + number, row, said, row.fields[self._width :])
        for at, scheme in self._layout.schemes.items():
            values = [row.fields[at] if at < len(row.fields) else "O" for row in rows]
            marked, misfits = tags.decode(values, scheme)
            for token, message in misfits:
                document.tell("import-loose", message, rows[token].line)
            for start, end, label in marked:
                document.add(self._layout.names[at], first + start, first + end, label, rows[start].line)

    def _chained(self, rows: list[Row], document: _Document, first: int) -> None:
        """What a sentence in the manner of CoNLL-2012 says."""
        for number, row in enumerate(rows):
            fields = row.fields
            if len(fields) < _OLD:
                document.tell(
                    "import-syntax", f"the line has {len(fields)} columns, and needs {_OLD} or more", row.line
                )
                continue
            said = {"pos": fields[_POS_2012], "lemma": fields[_LEMMA_2012], "speaker": fields[_SPEAKER_2012]}
            if self._keeps:
                known = {name: value for name, value in said.items() if value not in _NOTHING}
                rest = [fields[5], *fields[7:9], *fields[11:-1]]
                kept = rest if {*rest} - _NOTHING else []
                _token(document, first + number, row, known, kept)
            wrong = document.brackets.read(first + number, fields[-1], row.line)
            if len(fields) > _OLD:
                wrong += document.names.read(first + number, fields[_NAMES_2012], row.line)
            for message in wrong:
                document.tell("import-syntax", message, row.line)

    def _finished(self, document: _Document) -> ForeignArticle:
        for line, message in (*document.names.finish(), *document.brackets.finish()):
            document.tell("import-syntax", message, line)
        for start, end, name, line in document.names.ordered:
            document.add("entities", start, end, name, line)
        for start, end, name, line in document.brackets.ordered:
            mention = document.add("mentions", start, end, None, line, references={"chain": f"chain-{name}"})
            document.chains.setdefault(name, []).append(mention)
        record = ForeignRecord(annotator="conll")
        for layer in sorted(document.items):
            record.items += document.items[layer]
        lines = {item.id: item.line for item in document.items.get("mentions", ())}
        for name, mentions in document.chains.items():
            line = lines[mentions[0]]
            members = {"members": tuple(mentions)}
            record.items.append(
                Item(f"chain-{name}", "chains", references=members, file=document.article.file, line=line)
            )
        document.article.text = document.text.text
        document.article.records = [record]
        return document.article


def _is_chained(block: Block, document: _Document) -> bool:
    """Whether a sentence is in the manner of CoNLL-2012: its document was begun so, and it has the columns."""
    said = document.article.metadata.get("document", "")
    return said.startswith("(") and len(block.rows[0].fields) >= _OLD


def _token(document: _Document, number: int, row: Row, said: dict[str, Any], rest: Sequence[str]) -> None:
    extra = {"columns": list(rest)} if rest else {}
    document.add("tokens", number, number + 1, None, row.line, attributes=said, extra=extra)
