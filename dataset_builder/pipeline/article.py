"""One article with its annotations: read, proven clean or else explained, merged, and made ready to publish."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from dataset_builder.check.prove import Text
from dataset_builder.check.rights import is_licence, is_publication
from dataset_builder.check.runner import report_flaws
from dataset_builder.merge.agreement import Agreement, compare
from dataset_builder.merge.gold import merge_gold
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.document import Document
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.explain import Inputs, explain_article, explain_group
from dataset_builder.pipeline.publishable import publishable
from dataset_builder.read.files import flawed_file
from dataset_builder.schema.plan import gather

__all__ = ["ArticleCompiler", "Compiled"]

_SPLIT_NAME = re.compile(r"\w+(\.\w+)*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BOM = "\ufeff"


@dataclass(slots=True, kw_only=True)
class Compiled:
    """An article that stands: its row, its records, its gold; or what is wrong with it."""

    article: ArticleInput
    row: dict[str, Any] | None = None  # of the table of articles; None where there are errors
    records: Mapping[str, dict[str, Any]] = field(default_factory=dict)  # by annotator, as published
    gold: dict[str, Any] | None = None
    unverified: int = 0  # spans, while the text is absent
    diagnostics: tuple[Diagnostic, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()  # kind of input, and its line "<sha256>  <what>"
    agreement: Agreement | None = None


@dataclass(slots=True)
class Parsed:
    """An article's inputs as values."""

    metadata: dict[str, Any]
    content: str | None  # the text; None where it is absent
    records: dict[str, Any]  # by annotator


class ArticleCompiler:
    """Compiles articles one at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._project = context.project
        self._fields = context.project.fields
        self._annotations = context.schemas.annotations
        named = context.schemas.articles.shape
        self._undeclared = {name for name in (self._fields.id, self._fields.text) if named.property(name) is None}
        own = (self._fields.article,)
        self._mentions = tuple(path for path in self._annotations.plan.article_references if path != own)

    def compile(self, article: ArticleInput) -> Compiled:
        """`article`, proven clean or else explained."""
        unreadable: list[Document] = []
        inputs = self._read(article, unreadable)
        if unreadable:
            found = tuple(diagnostic for document in unreadable for diagnostic in report_flaws(document))
            return Compiled(article=article, diagnostics=found)
        parsed = _parse(article, inputs, self._fields.text)
        text = self._proven(article, parsed, inputs) if parsed else None
        return self._merge(article, parsed, text, inputs) if parsed and text else self._explain(article, inputs)

    def explain(self, article: ArticleInput) -> tuple[Diagnostic, ...]:
        """Every finding on `article` that the rules have, whatever the fast path says."""
        return self._explain(article, self.read(article)).diagnostics

    def read(self, article: ArticleInput) -> Inputs:
        """The bytes of `article`'s inputs; what can't be read is reported when it is compiled."""
        return self._read(article, [])

    def _read(self, article: ArticleInput, unreadable: list[Document]) -> Inputs:
        metadata = self._bytes(article.metadata, unreadable)
        text = metadata if article.packed else self._bytes(article.text, unreadable)
        return Inputs(
            text, metadata, tuple((record, self._bytes(record.source, unreadable) or b"") for record in article.records)
        )

    def _bytes(self, source: Source | None, unreadable: list[Document]) -> bytes | None:
        if source is None:
            return None
        try:
            return self._context.reader.read(source)
        except OSError as error:
            message = f"the file can't be read: {error.strerror}"
            unreadable.append(flawed_file(source.file, "unreadable", message, line=source.line))
            return None

    # Proving

    def _proven(self, article: ArticleInput, parsed: Parsed, inputs: Inputs) -> Text | None:
        """The text of an article that is clean beyond doubt, with its records; None if a rule has to look."""
        metadata = parsed.metadata
        judged = metadata
        if article.record:  # a schema of metadata need not speak of the id and the text that stand beside it
            judged = {name: value for name, value in metadata.items() if name not in self._undeclared}
        apart = len(metadata) - len(judged)
        if not self._context.article_prover.is_well_formed(judged, inputs.metadata or b"{}", apart):
            return None
        text = self._proven_text(article, parsed, inputs)
        if text is None or not self._proves_split(metadata) or not self._proves_envelope(article, metadata):
            return None
        proven = all(
            self._proves_record(article, record, parsed.records[record.annotator], data, text)
            for record, data in inputs.records
        )
        return text if proven else None

    def _proven_text(self, article: ArticleInput, parsed: Parsed, inputs: Inputs) -> Text | None:
        metadata, content = parsed.metadata, parsed.content
        stated = (metadata.get(self._fields.sha256), metadata.get(self._fields.length))
        withheld = self._is_withheld(metadata)
        if content is None:
            digest, length = stated
            if not withheld or type(digest) is not str or type(length) is not int:
                return None
            return Text(None, length, digest) if _SHA256.fullmatch(digest) and length > 0 else None
        if withheld or not content or content.isspace() or content[0] == _BOM:
            return None  # whether a withheld text shows through is for a rule to say
        text = _text(content, inputs, packed=article.packed)
        if stated[0] not in (None, text.sha256) or stated[1] not in (None, text.length):
            return None
        return text if len(content) <= self._project.limits.bytes // 4 else None

    def _proves_envelope(self, article: ArticleInput, metadata: Mapping[str, Any]) -> bool:
        """Whether the metadata states the article's own id, if any, and rights that are clear, if any."""
        fields = self._fields
        if metadata.get(fields.id, article.id) != article.id:
            return False
        own = {fields.id, fields.text, fields.sha256, fields.length, fields.rights}
        if self._context.schemas.article is None and not own.issuperset(metadata):
            return False  # without a schema nothing else is published
        if fields.rights not in metadata:
            return True
        rights = metadata[fields.rights]
        licence = rights.get("license") if is_publication(rights) else ""
        return not isinstance(licence, str) or is_licence(licence)

    def _is_withheld(self, metadata: Mapping[str, Any]) -> bool:
        rights = metadata.get(self._fields.rights)
        return isinstance(rights, dict) and rights.get("text") == "withheld"

    def _proves_split(self, metadata: Mapping[str, Any]) -> bool:
        splits = self._project.splits
        if splits.field is not None:
            value = metadata.get(splits.field)
            return isinstance(value, str) and _SPLIT_NAME.fullmatch(value) is not None
        if splits.group is not None:
            value = metadata.get(splits.group)
            return isinstance(value, str) and bool(value)
        return True

    def _proves_record(self, article: ArticleInput, record: RecordInput, value: Any, data: bytes, text: Text) -> bool:
        fields, prover = self._fields, self._context.annotation_prover
        return (
            isinstance(value, dict)
            and record.stem in (None, article.id)
            and record.folder in (None, record.annotator)
            and value.get(fields.article, article.id) == article.id
            and value.get(fields.annotator, record.annotator) == record.annotator
            and value.get(fields.text_sha256, text.sha256) == text.sha256
            and prover.is_clean(value, data, text)
            and all(self._context.known_articles.issuperset(gather(value, path)) for path in self._mentions)
        )

    # Merging

    def _merge(self, article: ArticleInput, parsed: Parsed, text: Text, inputs: Inputs) -> Compiled:
        """What is published of a clean article."""
        withheld, plan = self._is_withheld(parsed.metadata), self._annotations.plan
        records = parsed.records
        absent = text.text is None
        unverified = sum(map(self._context.annotation_prover.spans_in, records.values())) if absent else 0
        for record in records.values():
            publishable(record, plan.anchors, text.text, withheld=withheld)
        gold = merge_gold(records, plan, self._annotations.shape, self._project.gold, self._fields)
        found = tuple(explain_group(self._context, article, inputs, records, gold)) if records else ()
        row = None
        if not _has_errors(found):
            shown = None if withheld else text.text
            own = {"id": article.id, "text": shown, "sha256": text.sha256, "length": text.length}
            row = {**parsed.metadata, **(gold or {}), **own}
        return Compiled(
            article=article,
            row=row,
            records=records,
            gold=gold,
            unverified=unverified,
            diagnostics=found,
            digests=_digests(article, inputs, text),
            agreement=self._agreement(records),
        )

    def _agreement(self, records: Mapping[str, Any]) -> Agreement | None:
        compared = {name: value for name, value in records.items() if name != self._project.gold.annotator}
        return compare(compared, self._annotations.plan) if len(compared) > 1 else None

    # Explaining

    def _explain(self, article: ArticleInput, inputs: Inputs) -> Compiled:
        """Every finding on `article` and its records, and what is published of it where none is an error."""
        explained = explain_article(self._context, article, inputs)
        if _has_errors(explained.diagnostics):
            return Compiled(article=article, diagnostics=explained.diagnostics, unverified=explained.unverified)
        parsed = Parsed(explained.metadata, explained.content, explained.records)
        if parsed.content is None:
            text = Text(None, parsed.metadata[self._fields.length], parsed.metadata[self._fields.sha256])
        else:
            text = _text(parsed.content, inputs, packed=article.packed)
        compiled = self._merge(article, parsed, text, inputs)
        compiled.diagnostics = (*explained.diagnostics, *compiled.diagnostics)
        return compiled


def _parse(article: ArticleInput, inputs: Inputs, text_field: str) -> Parsed | None:
    """The inputs as values; None where the strict reader has to say what is wrong with them."""
    try:
        metadata = {} if inputs.metadata is None else orjson.loads(inputs.metadata)
        records = {record.annotator: orjson.loads(data) for record, data in inputs.records}
        if not isinstance(metadata, dict):
            return None
        content = metadata.get(text_field) if article.packed else None
        if not article.packed and inputs.text is not None:
            content = inputs.text.decode("utf-8")
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        return None
    return Parsed(metadata, content, records)


def _text(content: str, inputs: Inputs, *, packed: bool) -> Text:
    data = content.encode("utf-8") if packed else inputs.text or b""
    return Text(content, len(content), sha256(data).hexdigest())


def _digests(article: ArticleInput, inputs: Inputs, text: Text) -> tuple[tuple[str, str], ...]:
    """What an article was made of. The text counts by its digest, whether it is there or withheld and absent."""
    lines = [("articles", f"{text.sha256}  {article.id}")]
    if inputs.metadata is not None and not article.packed:
        lines.append(("articles", f"{sha256(inputs.metadata).hexdigest()}  {article.id} metadata"))
    for record, data in inputs.records:
        lines.append(("annotations", f"{sha256(data).hexdigest()}  {article.id} {record.annotator}"))
    return tuple(lines)


def _has_errors(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
