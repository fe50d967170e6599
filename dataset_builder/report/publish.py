"""What publishing a version came to."""

import json

from dataset_builder.model.result import PublishResult
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["render_json", "render_text"]


def render_json(result: PublishResult) -> str:
    """The outcome for programs; ASCII."""
    contents = {
        "target": result.target,
        "version": result.version,
        "tag": result.tag,
        "revision": result.revision,
        "new": result.new,
        "files": {"written": result.written, "kept": result.kept},
        "dry_run": result.dry_run,
    }
    return json.dumps(contents, indent=2) + "\n"


def render_text(result: PublishResult) -> str:
    """The outcome for people, in a line."""
    target = visible(result.target)
    commit = f", commit {result.revision}" if result.revision else ""
    if not result.new:
        return f"{target} has {result.tag} already, with the same bytes{commit}: nothing was written.\n"
    files = f"{counted(result.written, 'file')} written, {result.kept:,} kept"
    if result.dry_run:
        return f"Would publish {result.tag} to {target}: {files}. Nothing was written.\n"
    return f"Published {result.tag} to {target}{commit}: {files}; read back, and found whole.\n"
