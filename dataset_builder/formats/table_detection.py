"""Whether a source is a plain table; apart from what reads them, since it is asked of every source.

Formats of tools are JSONL or CSV as well, so a plain table is never more than likely.
"""

from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.table_mapping import TEXTS

__all__ = ["DELIMITED", "JSONL", "PARQUET", "delimiter_of", "detect_delimited", "detect_jsonl", "detect_parquet"]

JSONL = (".jsonl", ".ndjson", ".jsonlines")
DELIMITED = (".csv", ".tsv", ".tab")
PARQUET = (".parquet", ".pq")
_LIKELY = 20
_HEAD = 1 << 16


def detect_jsonl(source: Source) -> int:
    """20 where a file of objects is called so and has one in its first line."""
    head = _head_of(source, JSONL)
    return _LIKELY if head is not None and head.lstrip("\ufeff \r\n").startswith("{") else 0


def detect_delimited(source: Source) -> int:
    """20 where a file of fields is called so and has a header that names a text."""
    head = _head_of(source, DELIMITED)
    if head is None or head.startswith("#"):
        return 0
    line = head.lstrip("\ufeff").split("\n", 1)[0]
    names = {name.strip().strip('"').lower() for name in line.split(delimiter_of(head, ""))}
    return _LIKELY if names & {*TEXTS} else 0


def detect_parquet(source: Source) -> int:
    """20 where files are called so."""
    return _LIKELY if any(file.lower().endswith(PARQUET) for file in source.files) else 0


def delimiter_of(text: str, file: str) -> str:
    """What parts the fields: a tab in a file that is called so, else what is most often in the first line."""
    if file.lower().endswith((".tsv", ".tab")):
        return "\t"
    line = text.lstrip("\ufeff").split("\n", 1)[0]
    counts = {each: line.count(each) for each in ",;\t|"}
    return max(counts, key=lambda each: counts[each]) if any(counts.values()) else ","


def _head_of(source: Source, endings: tuple[str, ...]) -> str | None:
    file = next((file for file in source.files if file.lower().endswith(endings)), None)
    if file is None:
        return None
    try:
        return source.read(file)[:_HEAD].decode("utf-8", "replace")
    except Unreadable:
        return None
