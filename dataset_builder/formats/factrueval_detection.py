"""Whether a source is in the layers of FactRuEval; apart from what reads them, since it is asked of every source."""

from dataset_builder.formats.source import Source

__all__ = ["detect"]


def detect(source: Source) -> int:
    """How sure it is that `source` is FactRuEval's: 95 where spans and objects stand beside a text of the same name."""
    for file in source.files:
        stem, dot, ending = file.rpartition(".")
        if dot and ending == "spans" and source.has(f"{stem}.txt"):
            return 95 if source.has(f"{stem}.objects") or source.has(f"{stem}.tokens") else 80
    return 0
