"""Articles and their records proven clean: each by itself as far as that is quick, the rest of it many at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from dataset_builder.check.batch import Batch
from dataset_builder.check.characters import is_plain
from dataset_builder.check.passages import Text
from dataset_builder.check.rights import is_licence, is_publication
from dataset_builder.model.source import ArticleInput, RecordInput
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.reading import Inputs, Parsed

__all__ = ["Candidate", "ProjectProver", "Proof", "is_withheld", "stored_text"]

_SPLIT_NAME = re.compile(r"\w+(\.\w+)*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DENSE = 4  # so many parts, each with something wrong: to look for what is right would take longer than to explain it
_BOM = "\ufeff"
_NONE = object()


class Candidate(NamedTuple):
    """An article that is clean as far as it could be told by itself."""

    inputs: Inputs
    parsed: Parsed
    text: Text
    judged: dict[str, Any]  # the metadata, as far as the schema has to speak of it


class Proof(NamedTuple):
    """What is clean of some candidates."""

    found: list[bool]  # of each
    records: Batch | None  # of all candidates, in their order, with what was gathered of them; None if some isn't clean


class ProjectProver:
    """Proves articles of one project clean. Made once a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._project = context.project
        self._fields = context.project.fields
        named = context.schemas.articles.shape
        self._undeclared = {name for name in (self._fields.id, self._fields.text) if named.property(name) is None}
        fields = (self._fields.id, self._fields.text, self._fields.sha256, self._fields.length, self._fields.rights)
        # Without a schema nothing else is published.
        self._own = frozenset(fields) if context.schemas.article is None else None

    def candidate(self, article: ArticleInput, inputs: Inputs, parsed: Parsed) -> Candidate | None:
        """`article`, if all that can be told of it by itself is in order; None if a rule has to look."""
        metadata = parsed.metadata
        judged = metadata
        if article.record:  # a schema of metadata need not speak of the id and the text that stand beside it
            judged = {name: value for name, value in metadata.items() if name not in self._undeclared}
        if not self._context.article_prover.is_valid(judged, inputs.metadata or b"{}"):
            return None
        text = self._text(article, parsed, inputs)
        if text is None or not self._proves_split(metadata) or not self._proves_envelope(article, metadata):
            return None
        for record, data in inputs.records:
            if not self._proves_record(article, record, parsed.records[record.published], data, text):
                return None
        return Candidate(inputs, parsed, text, judged)

    def proven(self, candidates: Sequence[Candidate]) -> Proof:
        """Which of `candidates` are clean. Quick where all are: they are halved until the others show.

        Where every quarter of them has one that isn't, they are all left to the rules.
        """
        found = [False] * len(candidates)
        absent = [index for index, each in enumerate(candidates) if each.text.text is None]
        present = [index for index, each in enumerate(candidates) if each.text.text is not None]
        records = None
        for indices in (present, absent):
            for part, gathered in self._clean(candidates, indices):
                records = gathered if len(part) == len(candidates) else None
                for index in part:
                    found[index] = True
        return Proof(found, records)

    def _clean(self, candidates: Sequence[Candidate], indices: list[int]) -> Iterator[tuple[list[int], Batch]]:
        """Stretches of `indices` that are clean, each with its records."""
        parts = [indices] if indices else []
        while parts:
            doubtful = []
            for part in parts:
                records = self._proven_records([candidates[index] for index in part])
                if records is not None:
                    yield part, records
                elif len(part) > 1:
                    doubtful += [part[: len(part) // 2], part[len(part) // 2 :]]
            parts = [] if len(parts) == _DENSE and len(doubtful) == 2 * _DENSE else doubtful

    def _proven_records(self, candidates: Sequence[Candidate]) -> Batch | None:
        """The records of `candidates`, if all of these are clean."""
        judged = [each.judged for each in candidates]
        texts = [each.inputs.metadata or b"{}" for each in candidates]
        apart = sum(len(each.parsed.metadata) - len(each.judged) for each in candidates)
        if not self._context.article_prover.are_exact(judged, texts, apart):
            return None
        pairs = [pair for each in candidates for pair in each.inputs.records]
        anchors = [each.text for each in candidates for _ in each.inputs.records]
        values = [each.parsed.records[record.published] for each in candidates for record, _ in each.inputs.records]
        records = self._context.annotation_prover.batch(values)
        sound = self._context.annotation_prover.are_sound(records, [data for _, data in pairs], anchors)
        return records if sound else None

    def _text(self, article: ArticleInput, parsed: Parsed, inputs: Inputs) -> Text | None:
        metadata, content = parsed.metadata, parsed.content
        stated = (metadata.get(self._fields.sha256), metadata.get(self._fields.length))
        withheld = is_withheld(metadata, self._fields.rights)
        if content is None:
            digest, length = stated
            if not withheld or type(digest) is not str or type(length) is not int:
                return None
            return Text(None, length, digest) if _SHA256.fullmatch(digest) and length > 0 else None
        if withheld or not content or content.isspace() or content[0] == _BOM:
            return None  # whether a withheld text shows through is for a rule to say
        data = content.encode("utf-8") if article.packed else inputs.text or b""
        if not is_plain(content, data):
            return None
        text = Text(content, len(content), sha256(data).hexdigest(), data)
        if stated[0] not in (None, text.sha256) or stated[1] not in (None, text.length):
            return None
        return text if len(content) <= self._project.limits.bytes // 4 else None

    def _proves_envelope(self, article: ArticleInput, metadata: Mapping[str, Any]) -> bool:
        """Whether the metadata states the article's own id, if any, and rights that are clear, if any."""
        fields = self._fields
        if metadata.get(fields.id, article.id) != article.id:
            return False
        if self._own is not None and not self._own.issuperset(metadata):
            return False
        rights = metadata.get(fields.rights, _NONE)
        if rights is _NONE:
            return True
        licence = rights.get("license") if is_publication(rights) else ""
        return not isinstance(licence, str) or is_licence(licence)

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
        fields = self._fields
        return (
            isinstance(value, dict)
            and record.stem in (None, article.id)
            and record.folder in (None, record.annotator)
            and value.get(fields.article, article.id) == article.id
            and value.get(fields.annotator, record.annotator) == record.annotator
            and value.get(fields.text_sha256, text.sha256) == text.sha256
            and self._context.annotation_prover.is_valid(value, data)
            and self._context.knows_articles_of(value)
        )


def is_withheld(metadata: Mapping[str, Any], rights: str) -> bool:
    """Whether the property `rights` says that the text may not be published."""
    stated = metadata.get(rights)
    return isinstance(stated, dict) and stated.get("text") == "withheld"


def stored_text(content: str, inputs: Inputs, *, packed: bool) -> Text:
    """The text that is `content`, which the inputs hold as a file or, `packed`, as a property."""
    data = content.encode("utf-8") if packed else inputs.text or b""
    return Text(content, len(content), sha256(data).hexdigest())
