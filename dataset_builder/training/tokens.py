"""A built table as windows of labelled tokens, with a report of what became of its spans."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from dataset_builder.errors import UsageError
from dataset_builder.training.layer import Layer
from dataset_builder.training.nesting import NESTINGS, arranged
from dataset_builder.training.scheme import SCHEMES, Run
from dataset_builder.training.tokenizer import Tokenizer, opened
from dataset_builder.training.windows import KINDS, Change, Labelled, Labeller

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, Features

__all__ = ["Tokens", "to_tokens"]

_CHANGES = "changes"
_NO_WINDOW = -1


class Tokens(NamedTuple):
    """What `to_tokens` gives."""

    windows: Any  # `Dataset` or `DatasetDict`: a row a window, those of an article together and in order
    report: Any  # the same kind: a row for each thing that became of a span

    @property
    def summary(self) -> dict[str, int]:
        """How often what became of a span, over all splits; the kinds of `KINDS` that occur, in their order."""
        parts = self.report.values() if isinstance(self.report, dict) else (self.report,)
        found = Counter(code for part in parts for code in part["kind"])
        return {KINDS[code]: found[code] for code in sorted(found)}


def to_tokens(  # noqa: PLR0913 - they are options
    dataset: "Dataset | DatasetDict",
    tokenizer: Any,
    layer: str,
    *,
    label: str | None = None,
    scheme: Literal["IO", "IOB1", "BIO", "IOBES", "BILOU"] = "BIO",
    policy: Literal["expand", "contract", "error"] = "expand",
    nesting: Literal["outermost", "innermost", "levels"] = "outermost",
    levels: int | None = None,
    discontinuous: Literal["pieces", "whole", "skip"] = "pieces",
    cut: Literal["ignore", "part"] = "ignore",
    max_length: int | None = None,
    stride: int = 0,
    batch_size: int = 32,
    num_proc: int | None = None,
    text: str = "text",
    id: str = "id",  # noqa: A002 - what the column is called
    start: str = "start",
    end: str = "end",
) -> Tokens:
    """Every span of `layer` is in the labels as it is, or in the report.

    `dataset` is the table of articles as `load_dataset` gives it. `tokenizer` is a `tokenizers.Tokenizer`, a fast
    tokenizer of `transformers` or what is called as one, a spaCy pipeline or its tokenizer.

    `label` names the property of items that is learnt; without it, `label` or the only label set there is. `policy` is
    for spans that don't fall on the edges of tokens: label all tokens that they touch, only those that lie in them, or
    raise. `nesting` chooses among spans that share tokens; with `levels` there is a column for each of `levels` levels
    (without a number, as many as the spans of the data need), from the outermost on. `discontinuous` is for spans of
    several fragments. `max_length` and `stride` are those of tokenizers: tokens of a window with what the tokenizer
    adds, and tokens that windows share. Of a span that the edge of a window cuts, the window's part isn't trained on
    (-100), or with `cut="part"` labelled as if it were a span.

    A window has `article`, `window`, `start` and `end` (code points of the text), what the tokenizer gives a model,
    `offset_mapping` and `labels`, or `labels_1`, `labels_2`, … of levels.

    Raises:
        UsageError: an option, a column or the tokenizer won't do; or `policy="error"`, and there are such spans.
    """
    from datasets import Dataset, DatasetDict

    _known("scheme", scheme, SCHEMES)
    _known("policy", policy, ("expand", "contract", "error"))
    _known("nesting", nesting, NESTINGS)
    _known("discontinuous", discontinuous, ("pieces", "whole", "skip"))
    _known("cut", cut, ("ignore", "part"))
    splits = _splits(dataset)
    if levels is not None and (nesting != "levels" or levels < 1):
        raise UsageError('levels is how many there are, 1 or more, with nesting="levels"')
    cutter = opened(tokenizer, max_length, stride)
    found = _layer(splits, layer, label, (text, id), (start, end))
    columns = levels or (_depth(splits, found) if nesting == "levels" else 1)
    tags = SCHEMES[scheme].names(found.names)
    labeller = Labeller(
        scheme=SCHEMES[scheme],
        codes={tag: code for code, tag in enumerate(tags)},
        policy=policy,
        nesting=nesting,
        columns=columns,
        discontinuous=discontinuous,
        cut=cut,
        stride=stride,
    )
    names = tuple(f"labels_{level}" for level in range(1, columns + 1)) if nesting == "levels" else ("labels",)
    encoder = _Encoder(tokenizer=cutter, labeller=labeller, layer=found, text=text, id=id, labels=names)
    features = _features(cutter, names, tags)
    parts = {
        name: _mapped(split.select_columns([id, text, layer]), encoder, features, batch_size, num_proc)
        for name, split in splits.items()
    }
    if policy == "error":
        _refuse_moved(report for _, report in parts.values())
    if isinstance(dataset, Dataset):
        return Tokens(*parts[""])
    return Tokens(*(DatasetDict({name: both[place] for name, both in parts.items()}) for place in (0, 1)))


def _known(option: str, value: str, values: Sequence[str] | Mapping[str, Any]) -> None:
    if value not in values:
        raise UsageError(f"{option} is one of {', '.join(values)}, not {value!r}")


def _splits(dataset: Any) -> dict[str, Any]:
    from datasets import Dataset, DatasetDict

    if isinstance(dataset, Dataset):
        return {"": dataset}
    if isinstance(dataset, DatasetDict) and dataset:
        return dict(dataset)
    raise UsageError(
        f"tokens are made of a Dataset or a DatasetDict with splits, not of {type(dataset).__name__}; "
        "what is streamed has to be loaded"
    )


def _layer(
    splits: Mapping[str, Any], name: str, label: str | None, columns: tuple[str, ...], edges: tuple[str, str]
) -> Layer:
    found: Layer | None = None
    strings: set[str] = set()
    for split in splits.values():
        for column in columns:
            if column not in split.column_names:
                raise UsageError(
                    f"the table has no column {column!r} (it has {', '.join(split.column_names)}): "
                    'take the table "articles"'
                )
        own = Layer.of(split.features, name, label, *edges)
        if found is not None and own != found:
            raise UsageError(f"the splits don't agree on the labels of {name!r}")
        found = own
        if own.label is not None and not own.coded:
            items = (item for row in split.with_format(None).select_columns([name]) for item in row[name] or () if item)
            strings |= {value for item in items if (value := item[own.label]) is not None}
    assert found is not None  # noqa: S101 - there is a split
    if found.label is None or found.coded:
        return found
    return Layer(
        name=name,
        start=found.start,
        end=found.end,
        label=found.label,
        names=tuple(sorted(strings)),
        coded=False,
        fragments=found.fragments,
    )


def _depth(splits: Mapping[str, Any], layer: Layer) -> int:
    """How many levels the spans need where they stand, tokens aside; one at least."""
    deepest = 1
    for split in splits.values():
        for row in split.with_format(None).select_columns([layer.name]):
            pieces = (piece for pieces in layer.spans(row[layer.name]) for piece in pieces)
            spans = [Run(piece.start, piece.end, "") for piece in pieces if piece.start < piece.end]
            deepest = max(deepest, len(arranged(spans, "levels", None)[0]))
    return deepest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Encoder:
    """Makes windows of a batch of articles. What becomes of an article's spans stands in its first row."""

    tokenizer: Tokenizer
    labeller: Labeller
    layer: Layer
    text: str
    id: str
    labels: tuple[str, ...]

    def __call__(self, batch: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
        names = ("article", "window", "start", "end", *self.tokenizer.columns, "offset_mapping", *self.labels, _CHANGES)
        rows: dict[str, list[Any]] = {name: [] for name in names}
        texts = iter(self.tokenizer.windows([text for text in batch[self.text] if text is not None]))
        for article, text, items in zip(batch[self.id], batch[self.text], batch[self.layer.name], strict=True):
            if text is None:
                self._without_text(rows, article, items)
                continue
            labelled, changes = self.labeller.label(article, text, self.layer.spans(items), next(texts))
            for number, each in enumerate(labelled):
                self._add(rows, article, number, each, [change._asdict() for change in changes] if not number else [])
        return rows

    def _add(
        self, rows: dict[str, list[Any]], article: str, number: int, labelled: Labelled, changes: list[dict[str, Any]]
    ) -> None:
        offsets = labelled.window.offsets
        wide = [place for place in offsets if place[0] < place[1]]
        edges = (min(start for start, _ in wide), max(end for _, end in wide)) if wide else (0, 0)
        values = {
            **dict(zip(("article", "window", "start", "end"), (article, number, *edges), strict=True)),
            **labelled.window.columns,
            "offset_mapping": offsets,
            **dict(zip(self.labels, labelled.labels, strict=True)),
            _CHANGES: changes,
        }
        for name, value in values.items():
            rows[name].append(value)

    def _without_text(self, rows: dict[str, list[Any]], article: str, items: Any) -> None:
        changes = [
            Change(article, piece.span, piece.item, piece.label, piece.start, piece.end, "no-text")
            for pieces in self.layer.spans(items)
            for piece in pieces
        ] or [Change(article, None, None, None, None, None, "no-text")]
        own = {"article": article, "window": _NO_WINDOW, "start": 0, "end": 0}
        for name, values in rows.items():
            values.append([each._asdict() for each in changes] if name == _CHANGES else own.get(name, []))


def _features(tokenizer: Tokenizer, columns: Sequence[str], tags: list[str]) -> "Features":
    from datasets import ClassLabel, Features, List, Value

    texts = ("article", "span", "label", "by")
    kinds = {name: Value("string" if name in texts else "int64") for name in Change._fields}
    return Features(
        {
            "article": Value("string"),
            "window": Value("int32"),
            "start": Value("int64"),
            "end": Value("int64"),
            **{name: List(Value(dtype)) for name, dtype in tokenizer.columns.items()},
            "offset_mapping": List(List(Value("int64"), length=2)),
            **{column: List(ClassLabel(names=tags)) for column in columns},
            _CHANGES: List({**kinds, "kind": ClassLabel(names=list(KINDS))}),
        }
    )


def _mapped(
    split: "Dataset",
    encoder: Callable[[dict[str, list[Any]]], dict[str, list[Any]]],
    features: "Features",
    batch_size: int,
    num_proc: int | None,
) -> tuple["Dataset", "Dataset"]:
    import pyarrow as pa
    import pyarrow.compute as pc
    from datasets import Dataset, Features

    kept = {name: feature for name, feature in features.items() if name != _CHANGES}
    inner = Features(features[_CHANGES].feature)
    if not len(split):
        empty = [Dataset.from_dict({name: [] for name in each}, features=Features(each)) for each in (kept, inner)]
        return empty[0], empty[1]
    windows = split.with_format(None).map(
        encoder,
        batched=True,
        batch_size=batch_size,
        num_proc=num_proc,
        remove_columns=split.column_names,
        features=features,
        desc="Tokens",
    )
    changes = pa.chunked_array([chunk.flatten() for chunk in windows.data.column(_CHANGES).chunks])
    report = Dataset(pa.Table.from_struct_array(changes).cast(inner.arrow_schema))
    windows = windows.remove_columns(_CHANGES)
    numbers = windows.data.column("window")
    if pc.any(pc.equal(numbers, _NO_WINDOW)).as_py():
        windows = windows.select(pc.indices_nonzero(pc.not_equal(numbers, _NO_WINDOW)).to_pylist())
    return windows, report


def _refuse_moved(reports: Iterator["Dataset"]) -> None:
    moved = [row for report in reports for row in report if KINDS[row["kind"]] in ("moved", "no-token")]
    if moved:
        named = "; ".join(f"{row['start']}..{row['end']} of {row['article']}" for row in moved[:3])
        more = f" and {len(moved) - 3} more" if len(moved) > 3 else ""
        raise UsageError(
            f'spans don\'t fall on the edges of tokens: {named}{more}. policy="expand" or "contract" moves them, and '
            "the report says where"
        )
