"""WebAnno TSV, versions 2 and 3: a file for each text and annotator."""

from collections.abc import Iterator

from dataset_builder.formats.cas_documents import ANNOTATORS, documents, known_way, merged
from dataset_builder.formats.cas_items import WAYS, Reading
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.naming import refuse_bad_name
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.uima_detection import is_tsv
from dataset_builder.formats.webanno_header import CHAIN
from dataset_builder.formats.webanno_tsv import Found, read_tsv
from dataset_builder.formats.webanno_tsv2 import read_tsv2
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["importer", "read_file"]

_ANNOTATOR = "webanno"


def importer(source: Source, annotators: str = "none", tokens: str = "extra", annotator: str = _ANNOTATOR) -> "WebAnno":
    """What reads the files of WebAnno TSV in `source`.

    Raises:
        UsageError: an option is none that there is.
    """
    refuse_bad_name(annotator)
    ways = known_way("annotators", annotators, ANNOTATORS), known_way("tokens", tokens, WAYS)
    return WebAnno(source, *ways, annotator)


class WebAnno:
    """Reads files of WebAnno TSV."""

    def __init__(self, source: Source, annotators: str, tokens: str, annotator: str) -> None:
        self.declared = Declared()
        self._source = source
        self._reading = Reading(tokens)
        self._untyped: tuple[str, int] | None = None

        files = [file for file in source.files if file.lower().endswith(".tsv")]
        self._documents = documents(files, annotators, annotator)

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The documents by name."""
        for done, (name, files) in enumerate(self._documents.items()):
            if done % 64 == 0:
                tick(done, len(self._documents))
            yield from merged(article for annotator, file in files for article in self._articles(file, name, annotator))
        tick(len(self._documents), len(self._documents))
        self._say_what_is_unsaid()

    def _articles(self, file: str, name: str, annotator: str) -> Iterator[ForeignArticle]:
        try:
            found = read_file(self._source.text(file), file)
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return
        if found is None:
            message = "the file has no head as those of WebAnno TSV have one: it was left out"
            self._source.troubles.append(Trouble("import-syntax", message, file))
            return
        if self._untyped is None and any(layer.features for layer in found.layers if layer.kind != CHAIN):
            self._untyped = file, 2
        yield from self._reading.articles(found.cas, name, annotator)

    def _say_what_is_unsaid(self) -> None:
        if self._untyped is not None:
            file, line = self._untyped
            message = "the format doesn't say which features are numbers or true and false: all came in as texts"
            self._source.troubles.append(Trouble("import-unsaid", message, file, line))


def read_file(text: str, file: str) -> Found | None:
    """What the file of WebAnno TSV says; None if it is none."""
    if not is_tsv(text[:4096].encode("utf-8", "replace")):
        return None
    version_3 = text.removeprefix("\ufeff").startswith("#FORMAT=")
    found = read_tsv(text, file) if version_3 else read_tsv2(text, file)
    if found.guessed:
        message = (
            f"the format doesn't say what stands between sentences: {found.guessed:,} gaps were filled with line ends "
            "and blanks"
        )
        found.cas.tell("import-unsaid", message, found.line)
    return found
