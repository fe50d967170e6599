"""Parquet: a table with types."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.table import Row, Table
from dataset_builder.formats.table_detection import PARQUET
from dataset_builder.formats.tokenized import chosen_files
from dataset_builder.model.foreign import Trouble

__all__ = ["importer"]

_BATCH = 256  # rows that are held at once


def importer(source: Source, **options: str) -> Table:
    """What reads the Parquet files in `source`. Rows are numbered instead of lines.

    Raises:
        UsageError: an option has a value that means nothing, or no column is a text.
    """

    def rows(file: str, troubles: list[Trouble]) -> Iterator[Row]:
        import pyarrow as pa
        from pyarrow import parquet

        number = 0
        try:
            opened = parquet.ParquetFile(pa.BufferReader(source.read(file)))
            names = opened.schema_arrow.names
            if twice := sorted(name for name, count in Counter(names).items() if count > 1):
                message = f'two columns are called "{twice[0]}": which is meant can\'t be told'
                raise Unreadable(Trouble("import-unreadable", message, file))
            for batch in opened.iter_batches(batch_size=_BATCH):
                for values in batch.to_pylist():
                    number += 1
                    yield Row(number, {name: _plain(value) for name, value in values.items()})
        except (pa.ArrowException, OSError, ValueError, OverflowError, KeyError) as error:  # of a time zone
            message = f"the file is no Parquet that can be read: {str(error).splitlines()[0]}"
            troubles.append(Trouble("import-unreadable", message, file, number + 1))

    return Table(source, chosen_files(source, PARQUET), rows, "parquet", options)


def _plain(value: Any) -> Any:
    """`value` as JSON has it: times in ISO 8601, bytes as UTF-8 or else in hexadecimal digits."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else value
