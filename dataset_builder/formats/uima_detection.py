"""Whether a source is WebAnno's, INCEpTION's or UIMA's; apart from what reads it, since it is asked of every source."""

from dataset_builder.formats.source import Source, Unreadable

__all__ = ["detect_inception", "detect_uima", "detect_webanno", "is_tsv"]

_LOOKED_AT = 8  # files of a kind whose beginning is read
_JSON = b'"%FEATURE_STRUCTURES"'


def detect_webanno(source: Source) -> int:
    """How sure it is that `source` has files of WebAnno TSV: 90 where one says so in its first line."""
    return 90 if any(is_tsv(_beginning(source, file)) for file in _some(source, ".tsv")) else 0


def detect_uima(source: Source) -> int:
    """How sure it is that `source` has CASes: 85 where there are files of XMI, or JSON with feature structures."""
    if any(b"XMI" in _beginning(source, file)[:2000] for file in (*_some(source, ".xmi"), *_some(source, ".xml"))):
        return 85
    return 85 if any(_JSON in _beginning(source, file) for file in _some(source, ".json")) else 0


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
    if head.startswith(b"#FORMAT=WebAnno TSV"):
        return True
    first = head.split(b"\n", 1)[0].strip()
    return first.startswith(b"# ") and b"|" in first and b"." in first


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
