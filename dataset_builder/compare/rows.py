"""Which rows of two tables differ, found column by column in Arrow: no value becomes a Python object."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_builder.compare.features import kind_of

__all__ = ["Mask", "counts_of", "unequal"]

Mask = np.ndarray[Any, np.dtype[np.bool_]]


def unequal(old: pa.Array, new: pa.Array, ours: Any, theirs: Any) -> Mask:
    """Which of the values at the same places differ; `ours` and `theirs` are their features, as `common` gives them.

    Labels are compared by name, numbers by value. O(bytes).
    """
    there = _is_there(old), _is_there(new)
    found: Mask = there[0] != there[1]
    kind = kind_of(ours)
    if kind == "struct":
        for name in ours:
            members = pc.struct_field(old, name), pc.struct_field(new, name)
            found |= unequal(*members, ours[name], theirs[name])
    elif kind == "list":
        _mark_lists(found, old, new, (ours["feature"], theirs["feature"]))
    else:
        differ = pc.not_equal(*_leaves(old, new, ours, theirs))
        found |= _numpy(pc.fill_null(differ, False))  # noqa: FBT003 - Arrow's own parameter
    return found


def _mark_lists(found: Mask, old: pa.Array, new: pa.Array, features: tuple[Any, Any]) -> None:
    """Marks the lists that differ; a null list counts as one of no items here."""
    sizes = _sizes(old), _sizes(new)
    found |= sizes[0] != sizes[1]
    same = sizes[0] == sizes[1]
    if not same.all():
        chosen = pa.array(same)
        old, new = old.filter(chosen), new.filter(chosen)
    items = unequal(old.flatten(), new.flatten(), *features)
    rows = np.repeat(np.flatnonzero(same), sizes[0][same])
    found[rows[items]] = True


def _sizes(lists: pa.Array) -> np.ndarray[Any, Any]:
    return _numpy(pc.fill_null(pc.list_value_length(lists), 0))


def _is_there(array: pa.Array) -> Mask:
    return _numpy(array.is_valid()) if array.null_count else np.ones(len(array), dtype=np.bool_)


def _numpy(array: pa.Array) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] = array.to_numpy(zero_copy_only=False)
    return found


def _leaves(old: pa.Array, new: pa.Array, ours: Any, theirs: Any) -> tuple[pa.Array, pa.Array]:
    """The values in one type."""
    kinds = kind_of(ours), kind_of(theirs)
    if kinds == ("label", "label"):
        if ours["names"] == theirs["names"]:
            return old, new
        names = {name: code for code, name in enumerate(dict.fromkeys((*ours["names"], *theirs["names"])))}
        return _recoded(old, ours["names"], names), _recoded(new, theirs["names"], names)
    if "label" in kinds:
        return _as_text(old, ours), _as_text(new, theirs)
    if old.type == new.type:
        return old, new
    text = kinds[0] in ("string", "large_string")
    common = pa.large_string() if text else pa.float64() if "float" in "".join(kinds) else pa.int64()
    return old.cast(common), new.cast(common)


def _recoded(codes: pa.Array, names: Sequence[str], known: Mapping[str, int]) -> pa.Array:
    return pa.array([known[name] for name in names], pa.int64()).take(codes)


def _as_text(array: pa.Array, feature: Any) -> pa.Array:
    if kind_of(feature) == "label":
        return pa.array(feature["names"], pa.large_string()).take(array)
    return array.cast(pa.large_string())


def counts_of(array: pa.Array, feature: Any, path: Sequence[str]) -> np.ndarray[Any, Any]:
    """How often each label occurs in `array`, nulls left out; `path` leads to the labels through structs."""
    while kind_of(feature) == "list":
        array, feature = array.flatten(), feature["feature"]
    if path:
        return counts_of(pc.struct_field(array, path[0]), feature[path[0]], path[1:])
    codes = array.drop_null().to_numpy(zero_copy_only=False)
    return np.bincount(codes, minlength=len(feature["names"]))
