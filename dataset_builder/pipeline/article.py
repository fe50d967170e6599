"""Articles with their annotations: read, proven clean or else explained, merged, and made ready to publish."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.check.batch import Batch
from dataset_builder.check.passages import Text
from dataset_builder.check.runner import report_flaws
from dataset_builder.merge.agreement import Agreement, compare
from dataset_builder.merge.gold import merge_gold
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.document import Document
from dataset_builder.model.source import ArticleInput
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.endings import endings, sources_of
from dataset_builder.pipeline.explain import explain_article, explain_group
from dataset_builder.pipeline.origins import Parts
from dataset_builder.pipeline.proof import Candidate, ProjectProver, is_withheld, stored_text
from dataset_builder.pipeline.publishable import publishable
from dataset_builder.pipeline.reading import Digests, Inputs, Parsed, digest, parse, read_inputs

__all__ = ["ArticleCompiler", "Compiled"]


@dataclass(slots=True, kw_only=True)
class Compiled:
    """An article that stands: its row, its records, its gold; or what is wrong with it."""

    article: ArticleInput
    row: dict[str, Any] | None = None  # of the table of articles; None where there are errors
    records: Mapping[str, dict[str, Any]] = field(default_factory=dict)  # by annotator, as published
    gold: dict[str, Any] | None = None
    sha256: str | None = None  # of the text, as far as it is known
    text: str | None = None  # withheld ones too, while they are there
    utf8: bytes | None = None  # the text as it is published, where its bytes are at hand
    unverified: int = 0  # spans, while the text is absent
    diagnostics: tuple[Diagnostic, ...] = ()
    digests: tuple[tuple[str, str], ...] = ()  # kind of input, and its line "<sha256>  <what>"
    parts: Parts | None = None  # what it was made of
    content: str = ""  # what tells whether any input has changed
    agreement: Agreement | None = None


class ArticleCompiler:
    """Compiles articles."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._gold = context.published.gold
        self._fields = context.project.fields
        self._annotations = context.schemas.annotations
        self._prover = ProjectProver(context)
        plan = self._annotations.plan
        self._unquoted = tuple(a for a in plan.anchors if (*a.path, a.keys.quote or "") not in plan.certain)

    def compile(self, articles: Sequence[ArticleInput]) -> tuple[list[Compiled], Batch | None]:
        """`articles`, proven clean or else explained: many at once, as long as what is read of them fits a cache.

        With their records, if these are published as they are; what was gathered of them to prove them is of use still.
        """
        read = [(article, *read_inputs(self._context.reader, article)) for article in articles]
        candidates = [None if unreadable else self._candidate(article, inputs) for article, inputs, unreadable in read]
        proof = self._prover.proven([candidate for candidate in candidates if candidate])
        proven = iter(proof.found)
        compiled = []
        for (article, inputs, unreadable), candidate in zip(read, candidates, strict=True):
            if candidate and next(proven):
                compiled.append(self._merge(article, candidate.parsed, candidate.text, inputs))
            else:
                compiled.append(_flawed(article, unreadable) if unreadable else self._explain(article, inputs))
        whole = len(proof.found) == len(articles) and not self._unquoted
        return compiled, proof.records if whole else None

    def digest(self, article: ArticleInput) -> str:
        """What tells whether any input of `article` has changed: the `content` that it was compiled from."""
        return digest(article, self.read(article)).line

    def explain(self, article: ArticleInput) -> tuple[Diagnostic, ...]:
        """Every finding on `article` that the rules have, whatever the fast path says."""
        return self._explain(article, self.read(article)).diagnostics

    def read(self, article: ArticleInput) -> Inputs:
        """The bytes of `article`'s inputs; what can't be read is reported when it is compiled."""
        return read_inputs(self._context.reader, article)[0]

    def _candidate(self, article: ArticleInput, inputs: Inputs) -> Candidate | None:
        parsed = parse(article, inputs, self._fields.text)
        return self._prover.candidate(article, inputs, parsed) if parsed else None

    def _merge(self, article: ArticleInput, parsed: Parsed, text: Text, inputs: Inputs) -> Compiled:
        """What is published of a clean article."""
        withheld = is_withheld(parsed.metadata, self._fields.rights)
        records, plan = parsed.records, self._annotations.plan
        absent = text.text is None
        unverified = sum(map(self._context.annotation_prover.spans_in, records.values())) if absent else 0
        for record in records.values():
            publishable(record, plan.anchors if withheld else self._unquoted, text.text, withheld=withheld)
        gold = merge_gold(records, plan, self._annotations.shape, self._gold, self._fields)
        found = tuple(explain_group(self._context, article, inputs, records, gold)) if records else ()
        if not _are_ended(inputs):
            found = (*endings(sources_of(article, inputs)), *found)
        digests = digest(article, inputs, text.sha256)
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
            sha256=text.sha256,
            text=text.text,
            utf8=None if withheld else text.utf8,
            unverified=unverified,
            diagnostics=found,
            digests=_lines(article, digests, text),
            parts=Parts(text.sha256, digests.metadata, digests.records, withheld),
            content=digests.line,
            agreement=self._agreement(records),
        )

    def _agreement(self, records: Mapping[str, Any]) -> Agreement | None:
        compared = {name: value for name, value in records.items() if name != self._gold.annotator}
        return compare(compared, self._annotations.plan) if len(compared) > 1 else None

    def _explain(self, article: ArticleInput, inputs: Inputs) -> Compiled:
        """Every finding on `article` and its records, and what is published of it where none is an error."""
        explained = explain_article(self._context, article, inputs)
        if _has_errors(explained.diagnostics):
            return Compiled(article=article, diagnostics=explained.diagnostics, unverified=explained.unverified)
        parsed = Parsed(explained.metadata, explained.content, explained.records)
        if parsed.content is None:
            text = Text(None, parsed.metadata[self._fields.length], parsed.metadata[self._fields.sha256])
        else:
            text = stored_text(parsed.content, inputs, packed=article.packed)
        compiled = self._merge(article, parsed, text, inputs)
        compiled.diagnostics = (*explained.diagnostics, *compiled.diagnostics)
        return compiled


def _flawed(article: ArticleInput, unreadable: Sequence[Document]) -> Compiled:
    found = tuple(diagnostic for document in unreadable for diagnostic in report_flaws(document))
    return Compiled(article=article, diagnostics=found)


def _are_ended(inputs: Inputs) -> bool:
    """Whether all JSON inputs end with a line end, as no line of a packed file does."""
    metadata = inputs.metadata is None or inputs.metadata.endswith(b"\n")
    return metadata and all(data.endswith(b"\n") for _, data in inputs.records)


def _lines(article: ArticleInput, digests: Digests, text: Text) -> tuple[tuple[str, str], ...]:
    """What an article was made of. The text counts by its digest, whether it is there or withheld and absent."""
    lines = [("articles", f"{text.sha256}  {article.id}")]
    if digests.metadata is not None and not article.packed:
        lines.append(("articles", f"{digests.metadata}  {article.id} metadata"))
    for record, found in zip(article.records, digests.records, strict=True):
        lines.append(("annotations", f"{found}  {article.id} {record.published}"))
    return tuple(lines)


def _has_errors(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
