"""The table of all formats, and which of them a source is in."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats import (
    brat_detection,
    conll_detection,
    factrueval_detection,
    json_detection,
    litbank_detection,
    table_detection,
    uima_detection,
)
from dataset_builder.formats.format import Exporter, Format, Importer
from dataset_builder.formats.source import Source
from dataset_builder.formats.table_mapping import OPTIONS as TABLE_OPTIONS

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
            options={
                "annotators": "folder, suffix or none: how a file's annotator is told; found out if not given",
                "annotator": "who made what no folder or suffix says who made; brat if not given",
            },
        ),
        Format(
            name="conll",
            title="CoNLL columns",
            unit="tokens, of which the text is rebuilt",
            detects=conll_detection.detect,
            module="conll",
            writes=True,
            options={
                "columns": "what each column is, as word,pos,chunk,ner, _ for none; found out if not given",
                "scheme": "of the tags: bio, iob1, iobes, bilou or io; written in bio, iobes or bilou",
                "encoding": "of the files, utf-8 if not given",
                "tokens": "layer or none: whether tokens are kept; in an export, the layer that has them",
                "layers": "in an export, the layers that get columns; all that have spans if not given",
            },
        ),
        Format(
            name="conllu",
            title="CoNLL-U",
            unit="words, of which the text is rebuilt",
            detects=conll_detection.detect_universal,
            module="conllu",
            writes=True,
            options={
                "dependencies": "attributes or relations: what they become; attributes and a reference if not given",
                "tokens": "in an export, the layer that has the words",
            },
        ),
        Format(
            name="csv",
            title="CSV or TSV table",
            unit="code points unless the option unit says otherwise",
            detects=table_detection.detect_delimited,
            module="delimited",
            options={
                **TABLE_OPTIONS,
                "encoding": "of the files, utf-8 if not given",
                "delimiter": "a character, or tab, comma, semicolon, pipe; found out if not given",
                "quotechar": 'a character, " if not given',
                "header": "yes or no: whether the first row names the columns; yes if not given",
            },
        ),
        Format(
            name="doccano",
            title="doccano JSON Lines",
            unit="code points",
            detects=json_detection.detect_doccano,
            module="doccano",
            options={
                "unit": "code-points or utf-16: what offsets count; utf-16 for exports of before 2019",
                "annotators": "file or none: whether a file is a user's where none is named; found out if not given",
            },
        ),
        Format(
            name="factrueval",
            title="FactRuEval-2016",
            unit="code points",
            detects=factrueval_detection.detect,
            module="factrueval",
            options={"tokens": "layer or none: whether tokens are kept"},
        ),
        Format(
            name="inception",
            title="INCEpTION project export",
            unit="UTF-16 units",
            detects=uima_detection.detect_inception,
            module="inception",
            options={"tokens": "extra, layers or none: what becomes of tokens and sentences; extra unless given"},
        ),
        Format(
            name="jsonl",
            title="JSONL table",
            unit="code points unless the option unit says otherwise",
            detects=table_detection.detect_jsonl,
            module="jsonl",
            options={**TABLE_OPTIONS, "encoding": "of the files, utf-8 if not given"},
        ),
        Format(
            name="label-studio",
            title="Label Studio JSON and JSON-MIN",
            unit="code points or, in exports of older versions, UTF-16 units",
            detects=json_detection.detect_label_studio,
            module="label_studio",
            writes=True,
            options={
                "text": "the member of a task's data that was annotated; found out if not given",
                "unit": "code-points, utf-16 or, in reading, auto: what offsets count; found out if not given",
                "predictions": "in reading, extra or annotators: whether predictions are records; extra if not given",
                "kind": "in writing, predictions or annotations: what records are written as; predictions if not given",
            },
        ),
        Format(
            name="litbank",
            title="LitBank",
            unit="code points; quotations, lines and words",
            detects=litbank_detection.detect,
            module="litbank",
        ),
        Format(
            name="parquet",
            title="Parquet table",
            unit="code points unless the option unit says otherwise",
            detects=table_detection.detect_parquet,
            module="parquet",
            options=TABLE_OPTIONS,
        ),
        Format(
            name="prodigy",
            title="Prodigy JSON Lines",
            unit="code points",
            detects=json_detection.detect_prodigy,
            module="prodigy",
            options={"tokens": "layer or none: whether tokens come in; layer if not given"},
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
        Format(
            name="standoff",
            title="standoff JSON Lines",
            unit="code points",
            detects=json_detection.detect_standoff,
            module="standoff",
            writes=True,
        ),
        Format(
            name="uima",
            title="UIMA CAS as XMI or JSON",
            unit="UTF-16 units",
            detects=uima_detection.detect_uima,
            module="uima",
            options={
                "annotators": "file, folder or none: what tells the annotator; none unless given",
                "annotator": "the name of the one annotator, where there is one; uima unless given",
                "tokens": "extra, layers or none: what becomes of tokens and sentences; extra unless given",
                "types": "a file that describes the type system; otherwise one beside the CASes",
            },
        ),
        Format(
            name="web-annotation",
            title="W3C Web Annotation",
            unit="code points",
            detects=json_detection.detect_web_annotation,
            module="web_annotation",
            writes=True,
            options={"texts": "targets or bodies: whose texts the articles are; targets if not given"},
        ),
        Format(
            name="webanno",
            title="WebAnno TSV",
            unit="UTF-16 units",
            detects=uima_detection.detect_webanno,
            module="webanno",
            options={
                "annotators": "file, folder or none: what tells the annotator; none unless given",
                "annotator": "the name of the one annotator, where there is one; webanno unless given",
                "tokens": "extra, layers or none: what becomes of tokens and sentences; extra unless given",
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
    make = _module(format_, options).importer
    _refuse_idle(make, format_, options, "importing")
    made: Importer = make(source, **options)
    return made


def exporter(format_: Format, options: Mapping[str, str]) -> Exporter:
    """What writes `format_`.

    Raises:
        UsageError: the format can't be written, or has no such option.
    """
    if not format_.writes:
        raise UsageError(f"{format_.name} can be imported, but not exported")
    make = _module(format_, options).exporter
    _refuse_idle(make, format_, options, "exporting")
    made: Exporter = make(**options)
    return made


def _refuse_idle(make: Callable[..., Any], format_: Format, options: Mapping[str, str], doing: str) -> None:
    """Nothing, if all `options` mean something in this direction."""
    known = signature(make).parameters
    takes_any = any(each.kind is Parameter.VAR_KEYWORD for each in known.values())
    for name in options:
        if name not in known and not takes_any:
            raise UsageError(f"the option {name!r} of {format_.name} means nothing in {doing}")


def _module(format_: Format, options: Mapping[str, str]) -> Any:
    for name in options:
        if name not in format_.options:
            known = "; ".join(f"{each}: {meaning}" for each, meaning in format_.options.items()) or "none"
            raise UsageError(f"{format_.name} has no option {name!r}; it has {known}")
    return import_module(f"dataset_builder.formats.{format_.module}")
