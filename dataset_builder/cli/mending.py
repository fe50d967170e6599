"""`check --fix` and `check --diff`: what can be mended without doubt, mended or shown."""

import json
from typing import Any

import click

from dataset_builder.cli.difference import rendered, say_left
from dataset_builder.cli.options import settings_of
from dataset_builder.cli.terminal import progress, put, remark, view
from dataset_builder.report.formats import FormatName, render
from dataset_builder.report.text import counted

__all__ = ["mend"]


def mend(
    context: click.Context, project: Any, *, format_: FormatName, limit: int, write: bool, diff: bool, **options: Any
) -> int:
    """Mends, or with `write` False only shows what would be; then reports what is left. The exit code."""
    import dataset_builder

    if diff and format_ not in ("text", "json"):
        message = "--diff is for people, or goes into --format json: leave the format out, or take that one"
        raise dataset_builder.UsageError(message)
    with progress() as report:
        result = dataset_builder.fix(project, write=write, progress=report, **options)
    shown = view(settings_of(context).sources, limit, project.root)
    findings = render(result.check, format_, shown)
    if format_ == "json":
        more = {"fix": result.as_json()} | ({"diff": rendered(result.differences, color=False)} if diff else {})
        put(json.dumps(json.loads(findings) | more, indent=2) + "\n")
    else:
        put((rendered(result.differences, color=shown.color) if diff else "") + findings)
    where = f" in {counted(len(result.files), 'file')}" if result.files else ""
    remark(f"{counted(result.fixed, 'finding')} {'' if write else 'would be '}fixed{where}.")
    say_left(result.left)
    return 0 if result.check.ok else 1
