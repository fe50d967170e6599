"""A build on a disk, made of the reviews."""

from dataclasses import replace
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_builder.describe.card import render_card
from dataset_builder.describe.croissant import render_croissant
from dataset_builder.describe.datapackage import render_data_package
from dataset_builder.describe.manifest import render_manifest
from dataset_builder.describe.statement import render_statement
from dataset_builder.model.manifest import FileEntry, SplitFacts, TableFacts

BESIDE = ("manifest.json", "statement.json")


def entry(directory, path, rows=None):
    data = (directory / path).read_bytes()
    return FileEntry(path=path, bytes=len(data), sha256=sha256(data).hexdigest(), rows=rows)


def write_build(directory, corpus, *, shards=1):
    """Writes `corpus` to `directory` in `shards` files a split; gives the facts of the card."""
    tables = []
    for table in corpus.layout.tables:
        splits = {}
        for split, rows in corpus.tables[table.name].items():
            size = -(-rows.num_rows // shards) or 1
            files = []
            for ordinal in range(shards):
                part = rows.slice(ordinal * size, size)
                path = f"data/{table.name}/{split}-{ordinal:05d}-abc.parquet"
                (directory / path).parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(pa.Table.from_batches([part]), directory / path)
                files.append(entry(directory, path, part.num_rows))
            splits[split] = SplitFacts(rows=rows.num_rows, bytes=rows.nbytes, files=tuple(files))
        tables.append(TableFacts(name=table.name, digest="d" * 64, splits=splits))
    facts = replace(corpus.facts(), tables=tuple(tables))
    (directory / "README.md").write_text(render_card(facts, None)[0], encoding="utf-8")
    (directory / "croissant.json").write_text(render_croissant(facts), encoding="utf-8")
    (directory / "datapackage.json").write_text(render_data_package(facts), encoding="utf-8")
    write_manifest(directory, facts)
    return facts


def write_manifest(directory, facts):
    """States what is in `directory` now."""
    rows = {file.path: file.rows for table in facts.tables for split in table.splits.values() for file in split.files}
    paths = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    files = [
        entry(directory, path, rows.get(path)) for path in paths if path not in ("manifest.json", "statement.json")
    ]
    manifest = render_manifest(
        project=facts.project,
        tables=facts.tables,
        inputs=facts.inputs,
        files=files,
        versions={"dataset-builder": "1.2.3"},
        summary=facts.summary,
    )
    (directory / "manifest.json").write_text(manifest, encoding="utf-8")
    statement = render_statement(
        project=facts.project,
        manifest=entry(directory, "manifest.json"),
        files=files,
        inputs=facts.inputs,
        versions={"dataset-builder": "1.2.3"},
    )
    (directory / "statement.json").write_text(statement, encoding="utf-8")
