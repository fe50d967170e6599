"""Files of one JSON value that end without a line end: told from their bytes alone, on either path."""

from collections.abc import Iterable, Iterator

from dataset_builder.check.runner import report_flaws
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.source import ArticleInput, Source
from dataset_builder.pipeline.reading import Inputs

__all__ = ["endings", "sources_of"]


def endings(files: Iterable[tuple[Source, bytes]]) -> Iterator[Diagnostic]:
    """A note on each file that doesn't end with a line end; lines of packed files are passed over.

    For files whose JSON is sound: of the others there are worse things to say.
    """
    for source, data in files:
        if source.size is None and data and not data.endswith(b"\n"):
            text = data.decode("utf-8", "replace")
            message = "the file doesn't end with a line end"
            flaw = Flaw(kind="no-final-newline", message=message, offset=len(text), pointer=())
            yield from report_flaws(Document(source=source, text=text, flaws=(flaw,)))


def sources_of(article: ArticleInput, inputs: Inputs) -> Iterator[tuple[Source, bytes]]:
    """The JSON inputs of an article: where each is, and its bytes."""
    if article.metadata is not None and inputs.metadata is not None:
        yield article.metadata, inputs.metadata
    for record, data in inputs.records:
        yield record.source, data
