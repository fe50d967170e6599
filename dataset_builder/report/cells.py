"""How wide text is in a terminal."""

__all__ = ["cells"]


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes: characters may take none, one or two, and emoji are several of these.

    `text` is safe to show already: see `visible`.
    """
    from wcwidth import wcswidth

    # Of wcwidth rather than rich.cells: that gives vowel signs, as Hindi has them, no cell of their own.
    return max(wcswidth(text), 0)
