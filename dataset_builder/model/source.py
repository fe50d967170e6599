"""Where bytes come from: a whole file, or one line of a packed file."""

from dataclasses import dataclass

__all__ = ["Source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A stretch of bytes of one file of the project.

    A whole file has `size` None. A record of a packed file has the byte range of its line, in `path`; for a
    compressed packed file `path` is its unpacked copy in the cache, while `file` still names the original.
    """

    file: str  # what people know it by: relative to the project, with "/"
    path: str  # where the bytes are: absolute
    offset: int = 0  # bytes
    size: int | None = None  # bytes; None for the whole file
    line: int = 1  # the 1-based line of `file` at which the stretch starts
