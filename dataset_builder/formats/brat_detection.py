"""Whether a source is a brat collection; apart from what reads it, since it is asked of every source."""

from dataset_builder.formats.source import Source

__all__ = ["detect"]


def detect(source: Source) -> int:
    """How sure it is that `source` is brat's: 90 where annotations stand beside a text of the same name."""
    found = 0
    for file in source.files:
        stem, dot, ending = file.rpartition(".")
        if dot and ending in ("ann", "a1", "a2"):
            found = 90 if source.has(f"{stem}.txt") else max(found, 60)
            if found == 90:
                break
    return found
