"""A build's outcome: what was built, where, and how to load it."""

import json

from dataset_builder.model.result import BuildResult
from dataset_builder.report.table import table
from dataset_builder.report.text import counted, fixable, summarize
from dataset_builder.report.visible import visible

__all__ = ["render_json", "render_text"]

_ALWAYS = ("articles", "annotations", "links")


def render_json(result: BuildResult) -> str:
    """The outcome for programs; ASCII."""
    summary = result.check.summary
    contents = {
        "output": str(result.output),
        "version": result.version,
        "articles": summary.articles,
        "annotations": summary.annotations,
        "tables": {name: dict(splits) for name, splits in result.tables.items()},
        "shards": {"written": result.written, "reused": result.reused},
        "summary": summary.as_json(),
    }
    return json.dumps(contents, indent=2) + "\n"


def render_text(result: BuildResult, *, name: str, output: str) -> str:
    """The outcome for people; `output` is the build's folder as it is named to them."""
    shards = f"{counted(result.written, 'file')} written, {result.reused:,} kept from the build before"
    summary = summarize(result.check.summary, fixable=fixable(result.check.diagnostics))
    return (
        f"Built {visible(name)} {result.version} into {visible(output)}: {shards}.\n\n"
        f"{_rows(result)}\n{summary}\n\n{_loading(result, output)}\n"
    )


def _rows(result: BuildResult) -> str:
    """Tables and their rows, a column a split."""
    splits = list(dict.fromkeys(split for rows in result.tables.values() for split in rows))
    head = ["table", *splits]
    return table([head, *([name, *(rows.get(split, 0) for split in splits)] for name, rows in result.tables.items())])


def _loading(result: BuildResult, output: str) -> str:
    if isinstance(result.output, str):
        files = {split: f"{output}/data/articles/{split}-*.parquet" for split in result.tables["articles"]}
        return f'load_dataset("parquet", data_files={visible(json.dumps(files, ensure_ascii=False))})'
    path = json.dumps(visible(output), ensure_ascii=False)
    others = sorted(result.tables, key=lambda name: (name in _ALWAYS, list(result.tables).index(name)))
    example = next((name for name in others if name != "articles"), None)
    return f"load_dataset({path})" + (f'  # or load_dataset({path}, "{example}")' if example else "")
