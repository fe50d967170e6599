"""What Web Annotations are about: the texts that their targets name, and which parts of a target go together."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import unquote

from dataset_builder.formats.source import Source
from dataset_builder.formats.web_annotation_model import listed, types

__all__ = ["Part", "Texts", "parts"]

_WHOLE = frozenset({"Composite", "List"})  # whose items are one thing together
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//[^/]*/?)?")
_MARKUP = (".html", ".htm", ".xhtml", ".xml", ".md")


class Part(NamedTuple):
    """A part of a target."""

    source: Any  # an IRI, or an object with a text in it
    selectors: Any
    target: Any  # as it is given


def parts(target: Any) -> Iterator[list[Part]]:
    """The targets in `target`, each with its parts: several only where they are one thing together."""
    kinds = set(types(target))
    if isinstance(target, dict) and "items" in target:
        inner = [each for item in listed(target["items"]) for each in parts(item)]
        if kinds & _WHOLE:
            yield [part for each in inner for part in each]
        else:
            yield from inner
    elif isinstance(target, dict) and "source" in target:
        yield [Part(target["source"], target.get("selector"), target)]
    elif isinstance(target, dict) and not isinstance(target.get("value"), str):
        yield [Part(target.get("id"), target.get("selector"), target)]
    else:
        yield [Part(target, None, target)]


class Texts:
    """Finds the text that a part of a target names: in a file beside the annotation, or in the target itself."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._found: dict[tuple[str, str], str | None] = {}

    def key_of(self, part: Part, file: str) -> str | None:
        """What tells the text of `part`, which stands in `file`, from others; None if there is none."""
        if isinstance(part.source, dict) and isinstance(part.source.get("value"), str):
            return f"text:{blake2b(part.source['value'].encode(), digest_size=16).hexdigest()}"
        iri = iri_of(part.source)
        found = None if iri is None else self._file_of(iri, file.rpartition("/")[0])
        return None if found is None else f"file:{found}"

    def _file_of(self, iri: str, folder: str) -> str | None:
        """The text that an IRI names, by as much of the end of its path as there is."""
        if (iri, folder) not in self._found:
            path = unquote(_SCHEME.sub("", re.split(r"[?#]", iri)[0], count=1)).strip("/").split("/")
            self._found[iri, folder] = next(self._candidates(path, folder), None)
        return self._found[iri, folder]

    def _candidates(self, path: list[str], folder: str) -> Iterator[str]:
        for first in range(len(path)):
            tail = "/".join(path[first:])
            stem, dot, ending = tail.rpartition(".")
            names = [f"{tail}.txt", *([tail] if tail.endswith(".txt") else [])]
            names += [f"{stem}.txt"] if dot and f".{ending}".lower() in _MARKUP else []
            for name in names:
                for place in (f"{folder}/{name}".lstrip("/"), name):
                    if self._source.has(place):
                        yield place


def iri_of(source: Any) -> str | None:
    """The IRI of a source."""
    iri = source.get("id") if isinstance(source, dict) else source
    return iri if isinstance(iri, str) and iri else None
