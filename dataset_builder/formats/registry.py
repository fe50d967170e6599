"""The table of all formats, and which of them a source is in."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats import brat_detection
from dataset_builder.formats.format import Exporter, Format, Importer
from dataset_builder.formats.source import Source

__all__ = ["FORMATS", "detect", "exporter", "format_named", "importer"]

FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format(
            name="brat",
            title="brat standoff",
            unit="code points",
            detects=brat_detection.detect,
            module="brat",
            writes=True,
            options={"annotators": "folder, suffix or none: how a file's annotator is told; found out if not given"},
        ),
        Format(
            name="spacy",
            title="spaCy DocBin",
            unit="tokens",
            detects=lambda _: 0,
            module="spacy",
            reads=False,
            writes=True,
            options={
                "language": "whose tokenizer cuts the texts; each article's own language if not given",
                "policy": "expand, contract or strict: what becomes of spans that don't fall on the edges of tokens",
                "ents": "the layer that is in ents too; entities if not given",
            },
        ),
    )
}
"""Every format by its name. A new one is a line here and a module in this room."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UsageError: there is none; the message names the nearest.
    """
    found = FORMATS.get(name.lower())
    if found is None:
        near = get_close_matches(name.lower(), FORMATS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(FORMATS)}"
        raise UsageError(f"there is no format {name!r}: {hint}")
    return found


def detect(source: Source) -> Format:
    """The format that `source` is in.

    Raises:
        UsageError: it looks like none, or like several equally.
    """
    sure = {each.name: each.detects(source) for each in FORMATS.values() if each.reads}
    best = max(sure.values(), default=0)
    names = [name for name, how in sure.items() if how == best]
    if not best:
        raise UsageError(f"{source.path} is in no format that is known: name one of {', '.join(sure)}")
    if len(names) > 1:
        raise UsageError(f"{source.path} may be {' or '.join(names)}: name the format")
    return FORMATS[names[0]]


def importer(format_: Format, source: Source, options: Mapping[str, str]) -> Importer:
    """What reads `source` in `format_`.

    Raises:
        UsageError: the format can't be read, or has no such option.
    """
    if not format_.reads:
        raise UsageError(f"{format_.name} can be exported, but not imported")
    made: Importer = _module(format_, options).importer(source, **options)
    return made


def exporter(format_: Format, options: Mapping[str, str]) -> Exporter:
    """What writes `format_`.

    Raises:
        UsageError: the format can't be written, or has no such option.
    """
    if not format_.writes:
        raise UsageError(f"{format_.name} can be imported, but not exported")
    made: Exporter = _module(format_, options).exporter(**options)
    return made


def _module(format_: Format, options: Mapping[str, str]) -> Any:
    for name in options:
        if name not in format_.options:
            known = "; ".join(f"{each}: {meaning}" for each, meaning in format_.options.items()) or "none"
            raise UsageError(f"{format_.name} has no option {name!r}; it has {known}")
    return import_module(f"dataset_builder.formats.{format_.module}")
