"""What a link ties together, so that links can be compared with one another."""

import json
from typing import Any

from dataset_builder.check.corpus_view import Tie
from dataset_builder.check.view import LinkView

__all__ = ["tie_of"]


def tie_of(view: LinkView) -> Tie | None:
    """The tie of a link that is valid; None where it names no article. O(size of the link)."""
    value, named = view.value, {pointer[0] for pointer, _ in view.named if pointer}
    if not isinstance(value, dict) or not named:
        return None
    known = {name: inner for name, inner in value.items() if inner is not None and name != "id"}
    sets = [labels.path[0] or "" for labels in view.schema.plan.labels if len(labels.path) == 1]
    return Tie(
        ends=_text({name: inner for name, inner in known.items() if name in named}),
        said=_text(known),
        labels={name: known[name] for name in sets if name in known and name not in named},
        place=view.document.place(()),
    )


def _text(value: Any) -> str:
    """`value` as JSON that is the same for equal values; null and what is missing are the same."""
    return json.dumps(_without_nulls(value), sort_keys=True)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value
