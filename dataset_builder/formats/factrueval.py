"""FactRuEval-2016: a text with tokens, spans, objects, coreference and facts beside it, a file each.

The README of https://github.com/dialogue-evaluation/factRuEval-2016 describes all but the facts. Offsets count code
points.
"""

from collections.abc import Callable, Iterator, Mapping

from dataset_builder.errors import UsageError
from dataset_builder.formats.factrueval_lines import Layers
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Trouble

__all__ = ["importer"]

_READERS: Mapping[str, Callable[[Layers, str], None]] = {
    "tokens": Layers.read_tokens,
    "spans": Layers.read_spans,
    "objects": Layers.read_objects,
    "coref": Layers.read_coref,
    "facts": Layers.read_facts,
}
"""By the endings of files, in the order in which they build on one another."""


def importer(source: Source, tokens: str | None = None) -> "FactRuEval":
    """What reads the collection `source`.

    Raises:
        UsageError: the option has a value that means nothing.
    """
    if tokens not in (None, "layer", "none"):
        raise UsageError(f"tokens become a layer or none, not {tokens!r}")
    return FactRuEval(source, keeps=tokens != "none")


class FactRuEval:
    """Reads a collection, text by text."""

    def __init__(self, source: Source, *, keeps: bool) -> None:
        self._source, self._keeps = source, keeps
        self.declared = Declared()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The texts by name, each with its layers."""
        stems = [file.removesuffix(".txt") for file in self._source.files if file.endswith(".txt")]
        self._tell_strays({*stems})
        for done, stem in enumerate(stems):
            if done % 32 == 0:
                tick(done, len(stems))
            file = f"{stem}.txt"
            try:
                text = self._source.text(file)
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
                continue
            article = ForeignArticle(name=stem, text=text, file=file)
            self._annotate(article, stem)
            yield article
        tick(len(stems), len(stems))

    def _tell_strays(self, stems: set[str]) -> None:
        for file in self._source.files:
            stem, _, ending = file.rpartition(".")
            if ending in _READERS and stem not in stems:
                message = f"there is no text {stem}.txt that the layer could belong to"
                self._source.troubles.append(Trouble("import-no-text", message, file))

    def _annotate(self, article: ForeignArticle, stem: str) -> None:
        layers = Layers(article.text)
        known = False
        for ending, read in _READERS.items():
            file = f"{stem}.{ending}"
            if not self._source.has(file):
                continue
            try:
                text = self._source.text(file)
            except Unreadable as error:
                article.troubles.append(error.trouble)
                continue
            layers.file = file
            read(layers, text)
            known = True
        article.troubles += layers.troubles
        if known:
            items = [item for item in layers.items if self._keeps or item.layer != "tokens"]
            article.records = [ForeignRecord(annotator="factrueval", items=items)]
