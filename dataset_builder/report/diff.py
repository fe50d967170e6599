"""What differs between two builds, for people: in a terminal, and as Markdown for a pull request."""

import json
from typing import Any

from dataset_builder.describe.markdown import Markdown, escape
from dataset_builder.describe.markdown import table as markdown_table
from dataset_builder.model.diff import Diff
from dataset_builder.report.diff_parts import Cells, Line, Part, Piece, parts
from dataset_builder.report.table import table
from dataset_builder.report.visible import visible

__all__ = ["render_json", "render_markdown", "render_text"]

_STYLES = {"removed": "31", "added": "32", "strong": "1"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}
_TAGS = {"removed": "del", "added": "ins", "strong": "strong"}


def render_json(diff: Diff) -> str:
    """Everything, for programs; ASCII."""
    return json.dumps(diff.as_json(), indent=2) + "\n"


def render_text(diff: Diff, *, color: bool, summary: bool = False) -> str:
    """What differs, section by section; with `summary`, only the counts. Nothing from data steers the terminal."""
    return "\n".join(_text_of(part, color=color) for part in parts(diff, summary=summary))


def _text_of(part: Part, *, color: bool) -> str:
    heading = visible(part.heading)
    shown = [f"\x1b[{_STYLES['strong']}m{heading}\x1b[0m" if color and part.title else heading, "\n"]
    for each in part.contents:
        if isinstance(each, Cells):
            shown.append(table((each.head, *each.rows), indent="  "))
        else:
            shown.append(
                "  " * (each.depth + 1) + "".join(_painted(*piece, color=color) for piece in each.pieces) + "\n"
            )
    return "".join(shown)


def _painted(style: str, text: str, *, color: bool) -> str:
    opening, closing = _MARKS.get(style, ("", ""))
    marked = f"{opening}{visible(text)}{closing}"
    return f"\x1b[{_STYLES[style]}m{marked}\x1b[0m" if color and style in _STYLES else marked


def render_markdown(diff: Diff, *, summary: bool = False) -> str:
    """What differs, as GitHub-flavoured Markdown; nothing from data is read as markup."""
    return "\n".join(_markdown_of(part) for part in parts(diff, summary=summary))


def _markdown_of(part: Part) -> str:
    heading = escape(visible(part.heading))
    shown = [f"### {heading}\n" if part.title else f"{heading}\n"]
    in_list = False
    for each in part.contents:
        if isinstance(each, Cells):
            shown.append(f"\n{_cells(each)}\n")
        else:
            shown.append("" if in_list else "\n")
            shown.append(f"{'  ' * each.depth}- {_line(each)}\n")
        in_list = isinstance(each, Line)
    return "".join(shown)


def _cells(cells: Cells) -> str:
    rows = [[_cell(cell) for cell in row] for row in cells.rows]
    numbers = [at for at in range(len(cells.head)) if all(isinstance(row[at], int) for row in cells.rows)]
    return markdown_table(cells.head, rows, numbers)


def _cell(value: Any) -> Any:
    return visible(value) if isinstance(value, str) else value


def _line(line: Line) -> str:
    return "".join(_marked(piece) for piece in line.pieces).strip()


def _marked(piece: Piece) -> Markdown:
    """A piece escaped, with the spaces at its edges kept: it stands beside others."""
    style, text = piece
    shown = visible(text)
    head, tail = " " * shown.startswith(" "), " " * (shown.endswith(" ") and bool(shown.strip()))
    escaped = escape(shown)
    tag = _TAGS.get(style)
    return Markdown(f"{head}<{tag}>{escaped}</{tag}>{tail}" if tag and escaped else f"{head}{escaped}{tail}")
