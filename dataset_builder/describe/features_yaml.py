"""Features in the YAML form that `datasets` reads from a card, made without importing `datasets`, which takes a second.

Mirrors `datasets.Features._to_yaml_list` (5.2); the tests hold the two equal.
"""

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["features_yaml"]


def features_yaml(features: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The `features` of a card's `dataset_info`, from the form that `datasets.Features.to_dict` writes."""
    return [{"name": name, **_yaml(feature)} for name, feature in features.items()]


def _yaml(feature: Mapping[str, Any]) -> dict[str, Any]:
    kind = feature.get("_type")
    if not isinstance(kind, str):  # a struct, which may well have a column named _type
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
