"""Labels counted over all shards, and what rules say of them."""

from collections import Counter
from collections.abc import Iterator

from dataset_builder.check.label_view import CountedSet, LabelsView
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.describe.paths import walk_columns
from dataset_builder.describe.stats import Tally
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.project import Project
from dataset_builder.read.schemas import read_schemas
from dataset_builder.schema.layout import Layout

__all__ = ["explain_labels"]


def explain_labels(project: Project, layout: Layout, tally: Tally) -> Iterator[Diagnostic]:
    """Every finding on how often labels are used; the schemas are read again where there may be one."""
    sets = tuple(_counted(layout, tally))
    if any(counted.unused for counted in sets):
        _, documents = read_schemas(project)
        yield from run(Looks.AT_LABELS, LabelsView(sets=sets, documents=documents))


def _counted(layout: Layout, tally: Tally) -> Iterator[CountedSet]:
    """Each label set once, with what the columns that have it hold: what one table holds, others may repeat."""
    used: Counter[tuple[object, ...]] = Counter()
    for key, number in tally.counts.items():
        if key[0] == "value":
            _, name, _, path, label = key
            used[name, path, label] += number
    columns = [(table.name, path, column) for table in layout.tables for path, column in walk_columns(table)]
    for labels in dict.fromkeys(column.labels for _, _, column in columns if column.labels):
        mine = [found for found in columns if found[2].labels == labels]
        counts = {
            label: max(sum(used[name, path, label] for name, path, _ in mine if name == table) for table, _, _ in mine)
            for label in labels
        }
        yield CountedSet(path=mine[0][1], shape=mine[0][2].shape, counts=counts)
