"""What was changed, or would be, shown as a unified diff; and what could not be changed."""

from collections.abc import Iterable, Iterator
from typing import Any

from dataset_builder.cli.terminal import remark
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["rendered", "say_left"]

_STYLES = {"---": "1", "+++": "1", "@@": "36", "-": "31", "+": "32"}


def rendered(differences: Iterable[Any], *, color: bool) -> str:
    """The differences as `diff -u` prints them; what isn't printable is spelled out."""
    return "".join(f"{line}\n" for difference in differences for line in _lines(difference, color=color))


def _lines(difference: Any, *, color: bool) -> Iterator[str]:
    if not difference.lines:
        yield f"{visible(difference.file)} changes, which may not be shown here"
    for line in difference.lines:
        style = next((style for mark, style in _STYLES.items() if line.startswith(mark)), None)
        shown = visible(line)
        yield f"\x1b[{style}m{shown}\x1b[0m" if color and style else shown


def say_left(left: Iterable[Any]) -> None:
    """Says which changes were not made, and why."""
    for each in left:
        remark(f"{each.file}: {counted(each.count, 'change')} not made: {each.reason}.")
