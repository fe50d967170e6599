"""How many bytes rows take, counted from the values alone."""

import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.schema.columns import stored

__all__ = ["byte_size"]

_OFFSET = 4


def byte_size(rows: pa.Table) -> int:
    """The size of `rows` as Arrow lays values out: each at its width, an offset a string or list, no null bitmaps.

    Arrow's own figure also tells how arrays came about: of slices and of bitmaps without a null. This one adds up.
    """
    return sum(_size(chunk) for column in stored(rows).columns for chunk in column.chunks)


def _size(array: pa.Array) -> int:
    kind = array.type
    if pa.types.is_list(kind):
        return _OFFSET * len(array) + _size(array.flatten())
    if pa.types.is_struct(kind):
        return sum(map(_size, array.flatten()))
    if pa.types.is_string(kind):
        return _OFFSET * len(array) + (pc.sum(pc.binary_length(array)).as_py() or 0)
    return len(array) * (1 if pa.types.is_boolean(kind) else kind.byte_width)
