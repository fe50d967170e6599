"""Hugging Face features: their YAML and their Arrow types, without importing `datasets`, which takes a second.

All functions take features in the form that `datasets.Features.to_dict` writes, and mirror `datasets` 5.2; the tests
hold them equal to it.
"""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

__all__ = ["arrow_types", "features_yaml"]

_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns), tz=(.+)\]")


def features_yaml(features: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The features as `dataset_info` of a card has them (`Features._to_yaml_list`)."""
    return [{"name": name, **_yaml(feature)} for name, feature in features.items()]


def _yaml(feature: Mapping[str, Any]) -> dict[str, Any]:
    kind = feature.get("_type")
    if not isinstance(kind, str):  # a struct; of a column named _type the value is a feature
        return {"struct": features_yaml(feature)}
    rest = {name: value for name, value in feature.items() if name != "_type"}
    if kind in ("List", "LargeList"):
        inner = _yaml(rest.pop("feature"))
        return {_snake_case(kind): inner.get("struct", inner.get("dtype", inner)) if len(inner) == 1 else inner, **rest}
    if kind == "Value":
        return rest
    if kind == "ClassLabel":  # the Hub wants string keys
        rest = {**rest, "names": {str(code): name for code, name in enumerate(rest["names"])}}
    return {"dtype": {_snake_case(kind): rest} if rest else _snake_case(kind)}


def _snake_case(name: str) -> str:
    """`name` as `datasets.naming.camelcase_to_snakecase` writes it."""
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)).lower()


def arrow_types(features: Mapping[str, Any]) -> dict[str, pa.DataType]:
    """The Arrow type of each column (`Features.arrow_schema`).

    Raises:
        ValueError: features of a kind that is never built here.
    """
    return {name: _arrow(feature) for name, feature in features.items()}


def _arrow(feature: Mapping[str, Any]) -> pa.DataType:
    kind = feature.get("_type")
    if not isinstance(kind, str):
        return pa.struct(arrow_types(feature))
    if kind == "List":
        return pa.list_(_arrow(feature["feature"]), feature.get("length", -1))
    if kind == "LargeList":
        return pa.large_list(_arrow(feature["feature"]))
    if kind == "ClassLabel":
        return pa.int64()
    if kind == "Json":
        return pa.json_()
    if kind == "Value":
        return _plain(feature["dtype"])
    message = f"no Arrow type is known for features of the kind {kind}"
    raise ValueError(message)


def _plain(dtype: str) -> pa.DataType:
    found = _TIMESTAMP.fullmatch(dtype)
    return pa.timestamp(found[1], tz=found[2]) if found else pa.type_for_alias(dtype)
