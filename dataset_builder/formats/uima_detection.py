"""Whether a source is WebAnno's, INCEpTION's or UIMA's; apart from what reads it, since it is asked of every source."""

import re

from dataset_builder.formats.source import Source, Unreadable

__all__ = ["detect_inception", "detect_uima", "detect_webanno", "is_cas", "is_tsv"]

_LOOKED_AT = 8  # files of a kind whose beginning is read
_VERSION_2 = re.compile(rb" ?# ?[\w$]+(?:\.[\w$]+)+ ?\|")  # a type with its package, and a feature
_XMI = b"http://www.omg.org/XMI"
_JSON = b'"%FEATURE_STRUCTURES"'


def detect_webanno(source: Source) -> int:
    """How sure it is that `source` has files of WebAnno TSV: 90 where one says so in its first line."""
    return 90 if any(is_tsv(_beginning(source, file)) for file in _some(source, ".tsv")) else 0


def detect_uima(source: Source) -> int:
    """How sure it is that `source` has CASes: 85 where there are files of XMI, or JSON with feature structures."""
    files = (*_some(source, ".xmi"), *_some(source, ".xml"), *_some(source, ".json"))
    return 85 if any(is_cas(file, _beginning(source, file)) for file in files) else 0


def is_cas(file: str, data: bytes) -> bool:
    """Whether `data`, the bytes of `file`, seem to be a CAS in XMI or JSON."""
    return _JSON in data if file.lower().endswith(".json") else _XMI in data[:4096]


def detect_inception(source: Source) -> int:
    """How sure it is that `source` is the export of a project: 95 where its description is there."""
    return 95 if _description(source) else 0


def _description(source: Source) -> bool:
    return any(
        file.rpartition("/")[2].startswith("exportedproject") and file.endswith(".json") for file in source.files
    )


def is_tsv(data: bytes) -> bool:
    """Whether `data` begins as a file of WebAnno TSV does; version 2 says less than 3."""
    head = data.removeprefix(b"\xef\xbb\xbf")
    return head.startswith(b"#FORMAT=WebAnno TSV") or _VERSION_2.match(head) is not None


def _some(source: Source, ending: str) -> list[str]:
    found: list[str] = []
    for file in source.files:
        if file.lower().endswith(ending):
            found.append(file)
            if len(found) == _LOOKED_AT:
                break
    return found


def _beginning(source: Source, file: str) -> bytes:
    try:
        return source.read(file)
    except Unreadable:
        return b""
