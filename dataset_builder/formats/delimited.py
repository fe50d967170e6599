"""CSV and TSV: a table with a header, in whatever encoding and with whatever between its fields."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.table import Row, Table
from dataset_builder.formats.table_detection import DELIMITED, delimiter_of
from dataset_builder.formats.tokenized import chosen_files, decoded, encoding_named
from dataset_builder.model.foreign import Trouble

__all__ = ["importer"]

_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
_LONGEST = 64 << 20  # characters of a field; a source's own limit of a file
_HEADERS = ("yes", "no")


def importer(
    source: Source,
    encoding: str | None = None,
    delimiter: str | None = None,
    quotechar: str | None = None,
    header: str | None = None,
    **options: str,
) -> Table:
    """What reads the files of delimited fields in `source`.

    Raises:
        UsageError: an option has a value that means nothing, or no column is a text.
    """
    called = encoding_named(encoding)
    if header not in (None, *_HEADERS):
        raise UsageError(f"there is a header or not: yes or no, not {header!r}")
    between = _NAMES.get(delimiter or "", delimiter)
    for name, value in (("delimiter", between), ("quotechar", quotechar)):
        if value is not None and (len(value) != 1 or value in "\r\n"):
            raise UsageError(f"the {name} is one character, or tab, comma, semicolon, pipe; not {value!r}")
    if between is not None and between == (quotechar or '"'):
        raise UsageError(f"the delimiter and the quotechar are both {between!r}")
    files = chosen_files(source, DELIMITED)
    reader = _Reader(source, called, between, quotechar or '"', named=header != "no")
    said = "" if delimiter or not files else f", fields parted by {_shown(reader.between(files[0]))}"
    return Table(source, files, reader.rows, "csv", options, said)


def _shown(between: str) -> str:
    return next((name for name, value in _NAMES.items() if value == between), repr(between))


class _Reader:
    """Reads files of one dialect."""

    def __init__(self, source: Source, encoding: str, delimiter: str | None, quotechar: str, *, named: bool) -> None:
        self._source, self._encoding, self._delimiter = source, encoding, delimiter
        self._quotechar, self._named = quotechar, named

    def between(self, file: str) -> str:
        """What parts the fields of `file`."""
        if self._delimiter is not None:
            return self._delimiter
        try:
            return delimiter_of(decoded(self._source, file, self._encoding), file)
        except Unreadable:
            return ","  # it is told when the file's turn comes

    def rows(self, file: str, troubles: list[Trouble]) -> Iterator[Row]:
        """The rows of `file`."""
        text = decoded(self._source, file, self._encoding)
        between = self._delimiter or delimiter_of(text, file)
        csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, quotechar=self._quotechar, strict=True)
        names: list[str] = []
        for line, fields in _numbered(reader, file, troubles):
            if not names and self._named:
                names = _headed(fields, file, troubles)
            elif any(fields):
                names = names or [f"column{number}" for number in range(1, len(fields) + 1)]
                yield Row(line, _values(names, fields, file, line, troubles))


def _numbered(reader: Any, file: str, troubles: list[Trouble]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins on; of one that can't be read, that it can't."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            troubles.append(Trouble("import-syntax", f"the row can't be read: {error}", file, line))


def _headed(fields: list[str], file: str, troubles: list[Trouble]) -> list[str]:
    """The columns' names; where a name is there twice or missing, one that tells them apart."""
    names: list[str] = []
    for number, field in enumerate(fields, start=1):
        name = field.strip() or f"column{number}"
        if name in names:
            other = f"{name}_{number}"
            message = f'two columns are called "{name}": column {number} is taken as "{other}"'
            troubles.append(Trouble("import-configuration", message, file))
            name = other
        names.append(name)
    return names


def _values(names: list[str], fields: list[str], file: str, line: int, troubles: list[Trouble]) -> dict[str, Any]:
    """The fields that aren't empty, by name; those beyond the last name together."""
    found: dict[str, Any] = {name: field for name, field in zip(names, fields, strict=False) if field}
    if len(fields) != len(names):
        message = f"the row has {len(fields)} fields, and the header {len(names)}: "
        more = len(fields) > len(names)
        rest = "those beyond are kept with what is known of the text" if more else "the last are missing"
        troubles.append(Trouble("import-kept" if more else "import-loose", message + rest, file, line))
        if more:
            found["_more"] = fields[len(names) :]
    return found
