"""Plain tables: aligned columns, safe to print whatever the cells hold."""

from collections.abc import Sequence

from dataset_builder.report.cells import cells
from dataset_builder.report.visible import visible

__all__ = ["table"]


def table(rows: Sequence[Sequence[object]], *, indent: str = "") -> str:
    """`rows` in aligned columns, numbers (with `,` between thousands) and what is above them to the right.

    The first row is the head. The width counts cells of a terminal, so that wide characters align too.
    """
    numeric = [all(isinstance(row[at], int) for row in rows[1:]) for at in range(len(rows[0]))]
    shown = [[f"{cell:,}" if isinstance(cell, int) else visible(str(cell)) for cell in row] for row in rows]
    widths = [max(cells(row[at]) for row in shown) for at in range(len(rows[0]))]
    lines = (
        "  ".join(_padded(*each) for each in zip(row, widths, numeric, strict=True)).rstrip() + "\n" for row in shown
    )
    return "".join(indent + line for line in lines)


def _padded(cell: str, width: int, to_the_right: bool) -> str:  # noqa: FBT001 - always given by position, from columns
    space = " " * (width - cells(cell))
    return space + cell if to_the_right else cell + space
