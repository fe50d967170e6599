"""Whether a source is in columns, as CoNLL and CoNLL-U are; apart from what reads them: it is asked of every source."""

from dataset_builder.formats.source import Source, Unreadable

__all__ = ["ENDINGS", "detect", "detect_universal"]

ENDINGS = (".conll", ".conll03", ".conll2003", ".bio", ".iob", ".iob2", ".ioe", ".iobes", ".bioes", ".bilou", "_conll")
_HEAD = 4096
_LINES = 40
_MOST_SIZE = 16 << 20  # of a file that isn't called so, to be looked into
_PREFIXES = ("B-", "I-", "E-", "S-", "L-", "U-")


def detect(source: Source) -> int:
    """How sure it is that `source` is in columns: 95 where a document begins so, 80 where files are called so."""
    named = [file for file in source.files if file.lower().endswith(ENDINGS)]
    some = named or ([*source.files] if source.is_file else [])
    if not some or (not named and source.size(some[0]) > _MOST_SIZE):
        return 0
    lines = _head(source, some[0])
    if any(line.startswith(("-DOCSTART-", "#begin document")) for line in lines):
        return 95
    if not _are_columns(lines):
        return 0
    return 80 if named else 60


def _are_columns(lines: list[str]) -> bool:
    """Whether most lines end with a tag, and one of them marks something."""
    last = [line.split()[-1] for line in lines if line.strip() and not line.startswith("#") and len(line.split()) > 1]
    tags = [each for each in last if each == "O" or each.startswith(_PREFIXES)]
    return bool(last) and len(tags) == len(last)


def detect_universal(source: Source) -> int:
    """How sure it is that `source` is CoNLL-U: 95 where files are called so."""
    if any(file.lower().endswith(".conllu") for file in source.files):
        return 95
    if not source.is_file or source.size(source.files[0]) > _MOST_SIZE:
        return 0
    rows = [line for line in _head(source, source.files[0]) if line.strip() and not line.startswith("#")]
    fields = [row.split("\t") for row in rows]
    return 85 if fields and all(len(each) == 10 and each[0][:1].isdecimal() for each in fields) else 0


def _head(source: Source, file: str) -> list[str]:
    try:
        head = source.read(file)[:_HEAD].decode("utf-8", "replace")
    except Unreadable:
        return []
    return head.split("\n")[:_LINES][:-1] if len(head) >= _HEAD else head.split("\n")[:_LINES]
