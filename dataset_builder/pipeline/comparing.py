"""How two builds are compared, part by part."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dataset_builder.compare.collect import Collector
from dataset_builder.compare.features import schema_changes, uncompared
from dataset_builder.model.diff import Diff, SchemaChange, Side, SplitSize
from dataset_builder.model.result import Progress
from dataset_builder.pipeline.comparing_articles import ArticleComparison
from dataset_builder.pipeline.comparing_links import compare_links
from dataset_builder.pipeline.comparing_records import RecordComparison
from dataset_builder.pipeline.comparing_wholes import agreement_changes, dataset_changes, documents, drifts
from dataset_builder.pipeline.meanings import Meanings
from dataset_builder.pipeline.sides import Opened
from dataset_builder.pipeline.table_pair import TablePair

__all__ = ["compare_builds"]

ARTICLES, ANNOTATIONS, LINKS = "articles", "annotations", "links"


def compare_builds(old: Opened, new: Opened, limit: int | None, progress: Progress) -> Diff:
    """What differs between two builds; of each section at most `limit` changes are kept."""
    names = dict.fromkeys(table.name for build in (old, new) for table in build.manifest.tables)
    tables = {name: TablePair(name, old, new) for name in (*names, *({ARTICLES, ANNOTATIONS, LINKS} - names.keys()))}
    changes = _schema_changes(tables)
    schema = Collector[SchemaChange](limit, lambda change: (change.table, change.path, change.kind, str(change.old)))
    schema.add_all(changes, lambda change: (change.kind,))
    meanings = Meanings(old.directory), Meanings(new.directory)
    articles = ArticleComparison(tables[ARTICLES], limit, progress)
    if not tables[ARTICLES].is_same(changes):
        articles.run()
    records = RecordComparison(tables[ANNOTATIONS], articles, meanings, limit, progress)
    records.run(changes)
    progress("compare labels", 0, None)
    found = Diff(
        old=_side(old),
        new=_side(new),
        schema=schema.section(),
        documents=documents(old, new),
        sizes=_sizes(tables[ARTICLES]),
        splits=articles.moves.section(),
        articles=articles.changes.section(),
        annotations=records.annotations.section(),
        gold=records.gold.section(),
        links=compare_links(tables[LINKS], meanings, limit, changes),
        metadata=articles.metadata.section(),
        dataset=dataset_changes(old, new),
        drift=tuple(drifts((tables[ARTICLES], tables[ANNOTATIONS]), changes)),
        agreement=agreement_changes(old.manifest, new.manifest),
        uncompared=tuple(_uncompared(tables)),
    )
    return replace(found, unexplained=tuple(_unexplained(found, tables, rights_changed=articles.rights_changed)))


def _side(build: Opened) -> Side:
    counts = build.manifest.counts
    return Side(
        name=build.name,
        dataset=build.manifest.name,
        version=build.manifest.version,
        articles=counts.get("articles", 0),
        annotations=counts.get("annotations", 0),
    )


def _schema_changes(tables: Mapping[str, TablePair]) -> list[SchemaChange]:
    """What changed in the columns of all tables. A table without a file doesn't say which it has."""
    found = []
    for name, pair in tables.items():
        old, new = pair.facts
        if (old is None) is not (new is None):
            found.append(SchemaChange(kind="table added" if old is None else "table removed", table=name))
        elif all(side.files for side in pair.sides):
            found += schema_changes(name, pair.sides[0].features, pair.sides[1].features)
    return found


def _sizes(articles: TablePair) -> tuple[SplitSize, ...]:
    """How many articles each split has, in the new build's order."""
    old, new = ({name: split.rows for name, split in facts.splits.items()} if facts else {} for facts in articles.facts)
    names = dict.fromkeys((*new, *old))
    return tuple(SplitSize(split=name, old=old.get(name, 0), new=new.get(name, 0)) for name in names)


def _uncompared(tables: Mapping[str, TablePair]) -> Iterator[str]:
    for name in (ARTICLES, ANNOTATIONS, LINKS):
        pair = tables[name]
        if all(side.files for side in pair.sides):
            yield from uncompared(name, pair.sides[0].features, pair.sides[1].features)


def _unexplained(found: Diff, tables: Mapping[str, TablePair], *, rights_changed: bool) -> Iterator[str]:
    """The tables that differ by their digests although nothing that was found says why.

    Where a text is withheld now, or no longer, quotes and digests stand for one another in all of them.
    """
    moved = found.articles.total or found.splits.total or rights_changed
    within = {
        ARTICLES: moved or found.metadata.total or found.gold.counts,
        ANNOTATIONS: moved or found.annotations.counts,
        LINKS: moved or found.links.total,
    }
    for name, pair in tables.items():
        reason = found.schema.total or within.get(name, moved or found.gold.counts)
        if pair.in_both and not pair.same_digest and not reason:
            yield name
