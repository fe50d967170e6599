"""Labels of tokens as spans again: those of the data, or a model's."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from dataset_builder.errors import UsageError
from dataset_builder.training.scheme import runs

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

__all__ = ["to_spans"]


def to_spans(
    windows: "Dataset | DatasetDict", labels: str | Sequence[str] | None = None, *, tags: str | None = None
) -> "Dataset | DatasetDict":
    """The spans that the labels of `windows` say: a row each with `article`, `start`, `end`, `label` and `column`.

    `labels` are the columns to read, all label columns unless named: of `to_tokens`, or a model's in the same numbers,
    whose names are those of the column `tags`, the first label column unless named. A span that overlapping windows
    have is there once. Rows are in the order of articles, then of columns, then of the text.

    Raises:
        UsageError: `windows` has no such column, or not the columns of `to_tokens`.
    """
    from datasets import DatasetDict

    columns = [labels] if isinstance(labels, str) else labels
    if isinstance(windows, DatasetDict):
        return DatasetDict({name: _spans(split, columns, tags) for name, split in windows.items()})
    return _spans(windows, columns, tags)


def _spans(windows: "Dataset", labels: Sequence[str] | None, tags: str | None) -> "Dataset":
    from datasets import Dataset, Features, Value

    names = _names(windows, labels, tags)
    found: dict[str, list[Any]] = {name: [] for name in ("article", "start", "end", "label", "column")}
    rows = windows.with_format(None).select_columns(["article", "offset_mapping", *names])
    for article, group in groupby(rows, key=lambda row: row["article"]):
        own = list(group)
        for column, known in names.items():
            spans = {span for row in own for span in _decoded(row[column], row["offset_mapping"], known)}
            for span in sorted(spans):
                for key, value in zip(found, (article, *span, column), strict=True):
                    found[key].append(value)
    kinds = {"start": "int64", "end": "int64"}
    return Dataset.from_dict(found, features=Features({name: Value(kinds.get(name, "string")) for name in found}))


def _names(windows: "Dataset", labels: Sequence[str] | None, tags: str | None) -> dict[str, list[str]]:
    """The columns to read, and the tags of each."""
    known = {
        name: names
        for name, feature in windows.features.items()
        if (names := getattr(getattr(feature, "feature", None), "names", None))
    }
    columns = labels or list(known)
    missing = {"article", "offset_mapping", *columns} - set(windows.column_names)
    if missing or not known:
        raise UsageError(f"these are no windows of to_tokens: {', '.join(sorted(missing)) or 'labels'} are missing")
    if tags is not None and tags not in known:
        raise UsageError(f"{tags!r} isn't a column of labels: there are {', '.join(known)}")
    first = next(iter(known))
    return {column: known[tags or (column if column in known else first)] for column in columns}


def _decoded(
    codes: Sequence[int], offsets: Sequence[Sequence[int]], names: Sequence[str]
) -> Iterator[tuple[int, int, str]]:
    kept = [
        (names[code] if 0 <= code < len(names) else None, place) for code, place in zip(codes, offsets, strict=True)
    ]
    for first, stop, label in runs([tag for tag, _ in kept]):
        wide = [place for _, place in kept[first:stop] if place[0] < place[1]]
        if wide:
            yield min(start for start, _ in wide), max(end for _, end in wide), label
