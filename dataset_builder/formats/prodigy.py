"""Prodigy: JSON Lines of tasks, each with the answer that a session gave. Offsets count code points.

What was rejected or ignored isn't true of the text: its spans and relations are in layers of their own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.json_rows import Row, Titles, array, grouped, integer, rows, shown, text_of
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["importer"]

_ENDINGS = (".jsonl", ".json", ".ndjson")
_ANNOTATOR = "prodigy"
_LAYERS = {"accept": "", "reject": "rejected_", "ignore": "ignored_"}  # what stands before a layer's name
_OF_TEXT = frozenset({"text", "meta", "tokens"})
_OF_ROW = frozenset({"spans", "relations", "answer", "_session_id", "_annotator_id"})
_PLACE = frozenset({"start", "end", "label", "text", "token_start", "token_end"})


def importer(source: Source, tokens: str = "layer") -> "Prodigy":
    """What reads the Prodigy export `source`.

    Raises:
        UsageError: there is no such way to take tokens.
    """
    if tokens not in ("layer", "none"):
        raise UsageError(f"tokens become a layer or none, not {tokens!r}")
    return Prodigy(source, with_tokens=tokens == "layer")


class Prodigy:
    """Reads an export. What several sessions or tasks say of one text is put together; sessions are annotators."""

    def __init__(self, source: Source, *, with_tokens: bool) -> None:
        self.declared = Declared()
        self._source, self._with_tokens = source, with_tokens
        self._files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._titles = Titles()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The texts, each when its last task is there."""
        troubles = self._source.troubles
        yield from map(self._article, grouped(lambda into: self._rows(into, tick), _key, troubles))
        tick(len(self._files), len(self._files))

    def _rows(self, troubles: list[Trouble], tick: Tick) -> Iterator[Row]:
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, troubles):
                if isinstance(row.value.get("text"), str):
                    yield row
                else:
                    troubles.append(row.trouble("import-no-text", "the task has no text"))

    def _article(self, together: list[Row]) -> ForeignArticle:
        row = together[0]
        meta = row.value.get("meta")
        hash_ = integer(row.value.get("_input_hash"))
        name = f"{row.file.rpartition('.')[0]}-{row.line}" if hash_ is None else str(hash_)
        metadata = dict(meta) if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
        article = ForeignArticle(
            name=self._titles.article(name), text=row.value["text"], file=row.file, line=row.line, metadata=metadata
        )
        if article.name != name:
            message = f"the input hash {name} is another text's too: this one is called {article.name}"
            article.troubles.append(row.trouble("import-loose", message))
        sessions: dict[str, list[Row]] = {}
        for each in together:
            who = each.value.get("_annotator_id") or each.value.get("_session_id") or _ANNOTATOR
            sessions.setdefault(self._titles.annotator(who), []).append(each)
            if each.value.get("meta") not in (meta, None):
                message = "the meta of the text is another than before: it is kept with the record"
                article.troubles.append(each.trouble("import-kept", message))
        for who, own in sessions.items():
            reader = _Session(who, meta, article.troubles, with_tokens=self._with_tokens)
            article.records.append(reader.record(own))
        return article


def _key(row: Row) -> bytes:
    return blake2b(row.value["text"].encode(), digest_size=16).digest()


class _Session:
    """Reads what one session says of a text."""

    def __init__(self, annotator: str, meta: Any, troubles: list[Trouble], *, with_tokens: bool) -> None:
        self._record = ForeignRecord(annotator=annotator)
        self._meta, self._troubles, self._with_tokens = meta, troubles, with_tokens
        self._tokens: dict[int, Item] = {}
        self._known: dict[tuple[Any, ...], Item] = {}  # by layer, label and place
        self._count: Counter[str] = Counter()

    def record(self, own: list[Row]) -> ForeignRecord:
        """The record in the tasks `own`."""
        answers = []
        for row in own:
            answer = row.value.get("answer", "accept")
            if not isinstance(answer, str) or answer not in _LAYERS:
                message = f"an answer is {', '.join(_LAYERS)}, not {shown(answer)}: the task counts as ignored"
                self._troubles.append(row.trouble("import-loose", message))
                answer = "ignore"
            answers.append(answer)
            self._read(row, _LAYERS[answer])
            self._keep(row, answer)
        if len(set(answers)) == 1:
            self._record.attributes["answer"] = answers[0]
        return self._record

    def _keep(self, row: Row, answer: str) -> None:
        """Takes what the task says beside spans and relations: choices, and all that has no place elsewhere."""
        value = row.value
        rest = {name: each for name, each in value.items() if name not in _OF_TEXT | _OF_ROW}
        if value.get("meta") not in (self._meta, None):
            rest["meta"] = value["meta"]
        choices = [each for each in array(rest.get("accept")) if isinstance(each, str)]
        label = rest.get("label")
        for name, given in (("accept", choices), ("label", [label] if isinstance(label, str) else [])):
            if given and len(given) == (len(rest[name]) if name == "accept" else 1):
                del rest[name]
                self._record.attributes.setdefault(f"{_LAYERS[answer]}labels", []).extend(given)
        if rest:
            self._record.extra.setdefault("tasks", []).append({"answer": answer, **rest})

    def _read(self, row: Row, before: str) -> None:
        tokens = array(row.value.get("tokens"))
        if not self._tokens and self._with_tokens:
            self._take_tokens(row, tokens)
        for each in array(row.value.get("spans")):
            self._span(row, each, f"{before}spans")
        for each in array(row.value.get("relations")):
            self._relate(row, each, before)
        for name in ("spans", "relations", "tokens"):
            if row.value.get(name) is not None and not isinstance(row.value[name], list):
                self._troubles.append(row.trouble("import-syntax", f'"{name}" is no list'))

    def _take_tokens(self, row: Row, tokens: Any) -> None:
        for number, token in enumerate(tokens):
            place = _offsets(token)
            if place is None:
                message = f"a token has two offsets, start and end: {shown(token)}"
                self._troubles.append(row.trouble("import-syntax", message, token))
                continue
            id_ = integer(token.get("id"))
            id_ = number if id_ is None else id_
            rest = {key: each for key, each in token.items() if key not in ("id", "start", "end", "text")}
            quote = token.get("text")
            self._tokens[id_] = Item(
                id=f"t{id_}",
                layer="tokens",
                fragments=(place,),
                quote=quote if isinstance(quote, str) else None,
                attributes=rest,
                file=row.file,
                line=row.line_of(token),
            )
        self._record.items += self._tokens.values()

    def _span(self, row: Row, value: Any, layer: str) -> Item | None:
        """The item for the span `value`, a new one unless there is one just like it."""
        place = _offsets(value)
        if place is None:
            message = f"a span has two offsets, start and end: {shown(value)}"
            self._troubles.append(row.trouble("import-syntax", message, value))
            return None
        label = text_of(value.get("label"))
        known = self._known.get((layer, label, place))
        if known is not None:
            return known
        self._count[layer] += 1
        quote = value.get("text")
        tokens = {
            key: number for key in ("token_start", "token_end") if (number := integer(value.get(key))) is not None
        }
        self._miscounted(row, value, place, tokens)
        item = Item(
            id=f"{layer[0]}{self._count[layer]}" if layer == "spans" else f"{layer}{self._count[layer]}",
            layer=layer,
            label=label,
            fragments=(place,),
            quote=quote if isinstance(quote, str) else None,
            attributes=tokens,
            extra={key: each for key, each in value.items() if key not in _PLACE},
            file=row.file,
            line=row.line_of(value),
        )
        self._known[layer, label, place] = item
        self._record.items.append(item)
        return item

    def _miscounted(self, row: Row, value: Any, place: tuple[int, int], tokens: Mapping[str, int]) -> None:
        """Says where the tokens of a span are others than its offsets say."""
        first, last = (self._tokens.get(tokens.get(key, -1)) for key in ("token_start", "token_end"))
        if first and last and (first.fragments[0][0], last.fragments[0][1]) != place:
            message = f"the span {place[0]}..{place[1]} isn't that of its tokens: the offsets are believed"
            self._troubles.append(row.trouble("import-loose", message, value))

    def _relate(self, row: Row, value: Any, before: str) -> None:
        ends = (
            [self._end(row, value, name, before) for name in ("head", "child")] if isinstance(value, dict) else [None]
        )
        if None in ends:
            message = f"the relation doesn't say from where to where it goes: {shown(value)}"
            self._troubles.append(row.trouble("import-syntax", message, value))
            return
        layer = f"{before}relations"
        self._count[layer] += 1
        own = ("head", "child", "head_span", "child_span", "label", "color")
        self._record.items.append(
            Item(
                id=f"r{self._count[layer]}" if not before else f"{layer}{self._count[layer]}",
                layer=layer,
                label=text_of(value.get("label")),
                arguments=tuple(
                    Argument(name, end.id) for name, end in zip(("head", "child"), ends, strict=True) if end
                ),
                extra={key: each for key, each in value.items() if key not in own},
                file=row.file,
                line=row.line_of(value),
            )
        )

    def _end(self, row: Row, value: dict[str, Any], name: str, before: str) -> Item | None:
        """What a relation goes from or to: the span that it names, or the token."""
        span = value.get(f"{name}_span")
        token = self._tokens.get(number) if (number := integer(value.get(name))) is not None else None
        if not isinstance(span, dict):
            return token or self._span_at(number, before)
        place, label = _offsets(span), text_of(span.get("label"))
        known = self._known.get((f"{before}spans", label, place))
        if known is None and token is not None and label is None:
            return token
        return known or self._span(row, span, f"{before}spans")

    def _span_at(self, token: int | None, before: str) -> Item | None:
        """The span that ends with the token of that number."""
        spans = (item for item in self._known.values() if item.layer == f"{before}spans")
        return next((item for item in spans if item.attributes.get("token_end") == token), None)


def _offsets(value: Any) -> tuple[int, int] | None:
    if not isinstance(value, dict):
        return None
    start, end = integer(value.get("start")), integer(value.get("end"))
    return None if start is None or end is None else (start, end)
