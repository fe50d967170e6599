"""What is said of two datasets as wholes: their names and terms, schemas, distributions of labels, agreement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import yaml

from dataset_builder.compare.drift import drift
from dataset_builder.compare.features import LabelColumn, label_columns
from dataset_builder.compare.rows import counts_of
from dataset_builder.describe import card_regions, front_matter
from dataset_builder.model.build import Manifest
from dataset_builder.model.diff import AgreementChange, Change, Drift, SchemaChange
from dataset_builder.pipeline.sides import Opened
from dataset_builder.pipeline.table_pair import TablePair
from dataset_builder.read.build import read_card
from dataset_builder.read.tables import one_chunk

__all__ = ["agreement_changes", "dataset_changes", "documents", "drifts"]

_DERIVED = frozenset(("configs", "dataset_info", "size_categories", "license"))  # the last stands in the manifest

_REGION = re.compile(
    r"(?:^#{1,6} [^\n]*\n\s*)?^<!-- dataset-builder:begin (\S+) -->\s*<!-- dataset-builder:end \1 -->\s*", re.MULTILINE
)


def documents(old: Opened, new: Opened) -> tuple[str, ...]:
    """The schema files that differ, or that one build alone has."""
    ours, theirs = (
        {file.path: file.sha256 for file in build.manifest.files if file.path.startswith("schema/")}
        for build in (old, new)
    )
    return tuple(sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name)))


def dataset_changes(old: Opened, new: Opened) -> tuple[Change, ...]:
    """What the manifests and the cards say otherwise, as far as people wrote it."""
    ours, theirs = _stated(old), _stated(new)
    names = sorted(ours | theirs, key=lambda name: (name not in ("name", "version", "license"), name))
    found = (Change(path=name, old=ours.get(name), new=theirs.get(name)) for name in names)
    changes = tuple(change for change in found if change.old != change.new)
    texts = [_own_words(read_card(build.directory)) for build in (old, new)]
    return changes if texts[0] == texts[1] else (*changes, Change(path="card", old=None, new=None))


def _stated(build: Opened) -> dict[str, Any]:
    manifest = build.manifest
    try:
        stated = yaml.safe_load(front_matter.split(read_card(build.directory)).yaml)
    except yaml.YAMLError:
        stated = None
    own = {str(name): _plain(value) for name, value in stated.items()} if isinstance(stated, dict) else {}
    kept = {name: value for name, value in own.items() if name not in _DERIVED}
    return {**kept, "name": manifest.name, "version": manifest.version, "license": manifest.license}


def _plain(value: Any) -> Any:
    """`value` as JSON could have it; YAML knows dates too."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _own_words(card: str) -> str:
    """What the card says outside of its generated regions, and of the headings above these, which come with them."""
    return _REGION.sub("", card_regions.renew(front_matter.split(card).body, {})).strip()


def drifts(tables: Sequence[TablePair], changes: Sequence[SchemaChange]) -> Iterator[Drift]:
    """The label columns whose counts differ, those of annotations not where a column of articles says just the same."""
    seen: list[tuple[str, object]] = []
    for table in tables:
        if not table.in_both or table.is_same(changes):
            continue
        ours, theirs = ({each.path: each for each in label_columns(side.features)} for side in table.sides)
        for path in theirs:
            if path not in ours:
                continue
            old, new = _counted(table, (ours[path], theirs[path]))
            found = drift(table.name, path, old, new)
            if found and (path, found.labels) not in seen:
                seen.append((path, found.labels))
                yield found


def _counted(table: TablePair, columns: tuple[LabelColumn, LabelColumn]) -> tuple[dict[str, int], dict[str, int]]:
    """How often each label occurs in either build. A file that both have is read once."""
    known: dict[str, Any] = {}
    totals = []
    for side, column in zip(table.sides, columns, strict=True):
        total = np.zeros(len(column.names), np.int64)
        for number, file in enumerate(side.files):
            if file.sha256 not in known:
                rows = side.read(number, (column.leaf,))
                known[file.sha256] = counts_of(
                    one_chunk(rows, column.column), side.features[column.column], column.members
                )
            total += known[file.sha256]
        totals.append(dict(zip(column.names, total.tolist(), strict=True)))
    return totals[0], totals[1]


def agreement_changes(old: Manifest, new: Manifest) -> tuple[AgreementChange, ...]:
    """The figures of agreement that differ; none where a manifest doesn't state any."""
    if old.agreement is None or new.agreement is None:
        return ()
    ours, theirs = (
        {(each.path, each.measure, each.annotators): each for each in manifest.agreement or ()}
        for manifest in (old, new)
    )
    found = []
    for name in (*theirs, *(name for name in ours if name not in theirs)):
        before, after = ours.get(name), theirs.get(name)
        values = (before.values if before else {}), (after.values if after else {})
        if before != after:
            path, measure, annotators = name
            found.append(
                AgreementChange(
                    path=path,
                    measure=measure,
                    annotators=annotators,
                    n=(before.n if before else None, after.n if after else None),
                    values=_beside(*values),
                )
            )
    return tuple(found)


def _beside(
    old: Mapping[str, float | None], new: Mapping[str, float | None]
) -> dict[str, tuple[float | None, float | None]]:
    return {name: (old.get(name), new.get(name)) for name in (*new, *(name for name in old if name not in new))}
