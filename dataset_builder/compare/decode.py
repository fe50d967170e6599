"""Arrow's values as people read them: labels by name, JSON as values, dates as texts."""

import json
from datetime import date
from typing import Any

from dataset_builder.compare.features import kind_of

__all__ = ["decoded"]


def decoded(value: Any, feature: Any) -> Any:
    """`value`, as `to_pylist` gives it, as JSON would have it; members that `feature` doesn't name are left out."""
    if value is None:
        return None
    kind = kind_of(feature)
    if kind == "struct":
        return {name: decoded(value[name], inner) for name, inner in feature.items()}
    if kind == "list":
        return [decoded(each, feature["feature"]) for each in value]
    if kind == "label":
        return feature["names"][value]
    if kind == "json":
        return json.loads(value)
    return value.isoformat() if isinstance(value, date) else value
