"""What an import brought and an export wrote."""

import json

from dataset_builder.model.exchange import ExportResult, ImportResult
from dataset_builder.report.table import table
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["render_export", "render_export_json", "render_import", "render_import_json"]

_SHOWN = 10  # files named of each kind of change


def render_import(result: ImportResult, *, output: str) -> str:
    """The import for people: a table of what came in, what was repaired and refused, what changed."""
    rows: list[tuple[object, ...]] = [("layer", "items", "labels", "attributes", "notes")]
    rows += [
        (name, each.items, each.labels, each.attributes, each.notes)
        for name, each in result.layers.items()
        if each.items
    ]
    annotators = ", ".join(f"{visible(name)} ({count:,})" for name, count in result.annotators.items()) or "none"
    head = (
        f"{counted(result.articles, 'article')} of {counted(result.files, 'file')} in {result.format}, "
        f"whose offsets count {result.unit}; records by {annotators}.\n\n"
    )
    body = table(rows) + "\n" if len(rows) > 1 else ""
    return (
        head
        + body
        + f"{result.refused:,} refused, {result.repaired:,} repaired, kept under extra or not declared.\n"
        + _changes(result, output)
    )


def _changes(result: ImportResult, output: str) -> str:
    where = visible(output)
    if not result.written:
        return f"Nothing was written to {where}.\n"
    if result.unchanged:
        lines = [f"Nothing changed in {where}.\n"]
    else:
        changes = f"{len(result.new):,} new, {len(result.changed):,} changed"
        lines = [f"Written to {where}: {changes} files.\n"]
        lines += _named("changed", result.changed)
    if result.gone:
        said = (
            "gone from the source, and taken away" if result.pruned else "gone from the source; --prune takes them away"
        )
        lines += [f"{counted(len(result.gone), 'file')} {said}.\n", *_named("gone", result.gone)]
    if result.kept:
        lines += [f"{counted(len(result.kept), 'file')} edited by hand, and left so.\n", *_named("kept", result.kept)]
    return "".join(lines)


def _named(what: str, files: tuple[str, ...]) -> list[str]:
    lines = [f"  {what}: {visible(file)}\n" for file in files[:_SHOWN]]
    return lines + ([f"  … and {len(files) - _SHOWN:,} more\n"] if len(files) > _SHOWN else [])


def render_import_json(result: ImportResult) -> str:
    """The import for programs; ASCII."""
    contents = {
        "project": str(result.root),
        "import": result.name,
        "format": result.format,
        "unit": result.unit,
        "articles": result.articles,
        "annotators": dict(result.annotators),
        "layers": {
            name: {"items": each.items, "labels": each.labels, "attributes": each.attributes, "notes": each.notes}
            for name, each in result.layers.items()
        },
        "repaired": result.repaired,
        "refused": result.refused,
        "written": result.written,
        "files": {
            "new": list(result.new),
            "changed": list(result.changed),
            "gone": list(result.gone),
            "kept": list(result.kept),
        },
        "diagnostics": [each.as_json() for each in result.check.diagnostics],
        "summary": result.check.summary.as_json(),
    }
    return json.dumps(contents, indent=2) + "\n"


def render_export(result: ExportResult, *, output: str) -> str:
    """The export for people, in a line."""
    told = result.check.summary.warnings
    lost = f"; {counted(told, 'thing')} left out or written otherwise" if told else ""
    articles, files = counted(result.articles, "article"), counted(result.files, "file")
    return f"Exported {articles} as {result.format} into {visible(output)}: {files}{lost}.\n"


def render_export_json(result: ExportResult) -> str:
    """The export for programs; ASCII."""
    contents = {
        "output": str(result.output),
        "format": result.format,
        "articles": result.articles,
        "files": result.files,
        "diagnostics": [each.as_json() for each in result.check.diagnostics],
        "summary": result.check.summary.as_json(),
    }
    return json.dumps(contents, indent=2) + "\n"
