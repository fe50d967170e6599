"""A release: what was done, or, of a dry run, what would be."""

import json
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice

from dataset_builder.model.release import FileChange, ReleaseResult
from dataset_builder.report.text import counted, fixable, summarize
from dataset_builder.report.visible import visible

__all__ = ["render_json", "render_text"]

_LINES = 60  # of one file's changes
_COLORS = {"+": "32", "-": "31", "@": "36"}


def render_json(result: ReleaseResult) -> str:
    """The outcome for programs; ASCII."""
    contents = {
        "version": result.version,
        "previous": result.previous,
        "bump": result.bump,
        "demanded": result.demanded,
        "tag": result.tag,
        "message": result.message,
        "date": result.date,
        "dry_run": result.dry_run,
        "completed": result.completed,
        "commit": result.commit,
        "signed": result.signed,
        "output": None if result.output is None else str(result.output),
        "files": [{"path": each.path, "old": each.old, "new": each.new} for each in result.files],
        "diff": result.diff.as_json() if result.diff else None,
        "summary": result.check.summary.as_json(),
    }
    return json.dumps(contents, indent=2) + "\n"


def render_text(result: ReleaseResult, *, name: str, output: str, color: bool) -> str:
    """The outcome for people; `output` is the build's place as it is named to them."""
    lines = [*_head(result, name), ""]
    if result.dry_run:
        for change in result.files:
            lines += [*(_colored(line, color=color) for line in _difference(change)), ""]
        lines += [f"A commit and the tag {result.tag} would say: {visible(result.message.strip())}", ""]
    elif result.completed:
        lines.append(f"An earlier run was interrupted; what it left is done. The build is in {visible(output)}.")
    else:
        files = ", ".join(visible(change.path) for change in result.files)
        signed = ", signed" if result.signed else ""
        lines.append(f"Commit {str(result.commit)[:12]} and tag {result.tag}{signed}: {files}.")
        lines.append(f"The build is in {visible(output)}. `git push --follow-tags` sends both to others.")
    if result.dry_run:
        lines.append("Nothing was written.")
    lines.append(summarize(result.check.summary, fixable=fixable(result.check.diagnostics)))
    return "\n".join(lines) + "\n"


def _head(result: ReleaseResult, name: str) -> Iterator[str]:
    done = "Would release" if result.dry_run else "Released"
    yield f"{done} {visible(name)} {result.version}{_reason(result)}."


def _reason(result: ReleaseResult) -> str:
    if result.completed:
        return ""
    if result.previous is None or result.bump is None:
        return ", its first version"
    words = f", a {result.bump} version after {result.previous}"
    return words if result.bump == result.demanded else f"{words}; a {result.demanded} one would do"


def _difference(change: FileChange) -> Iterator[str]:
    """What changes in a file, as a unified diff."""
    old = change.old.splitlines() if change.old is not None else []
    before = change.path if change.old is not None else "/dev/null"
    lines = unified_diff(old, change.new.splitlines(), before, change.path, lineterm="", n=1)
    yield from map(visible, islice(lines, _LINES))
    more = sum(1 for _ in lines)
    if more:
        yield f"… and {counted(more, 'line')} more"


def _colored(line: str, *, color: bool) -> str:
    style = _COLORS.get(line[:1])
    return f"\x1b[{style}m{line}\x1b[0m" if color and style else line
