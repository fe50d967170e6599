"""What a release was about to do, written down before it does it: a run that is interrupted can be completed."""

import json
from dataclasses import asdict, fields

from dataset_builder.model.release import Interrupted

__all__ = ["parse_journal", "render_journal"]


def render_journal(planned: Interrupted) -> bytes:
    """`planned` as JSON."""
    return (json.dumps(asdict(planned), indent=2) + "\n").encode()


def parse_journal(data: bytes) -> Interrupted | None:
    """What a journal says; None where it isn't one."""
    try:
        found = json.loads(data)
        values = {each.name: _text(found[each.name]) for each in fields(Interrupted) if each.name != "files"}
        return Interrupted(**values, files=tuple(map(_text, found["files"])))
    except (ValueError, KeyError, TypeError):
        return None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
