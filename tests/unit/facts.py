"""A comparison as a set of facts, and the facts of the comparison the other way round."""

import json

SWAPPED = {
    "added": "removed",
    "record added": "record removed",
    "table added": "table removed",
    "column added": "column removed",
    "label added": "label removed",
    "into test": "out of test",
}
SWAPPED |= {new: old for old, new in SWAPPED.items()}

SECTIONS = ("schema", "splits", "articles", "annotations", "gold", "links", "metadata")


def facts(diff, *, swapped=False):
    """Every change that is shown, without what stands around an edit; seen from the other side if `swapped`."""
    found = diff.as_json()
    sections = {
        name: sorted(
            json.dumps(_fact(each, swapped), sort_keys=True, ensure_ascii=False) for each in found[name]["shown"]
        )
        for name in SECTIONS
    }
    counts = {
        name: {SWAPPED.get(kind, kind) if swapped else kind: count for kind, count in found[name]["counts"].items()}
        for name in SECTIONS
    }
    whole = {name: sorted(json.dumps(_fact(each, swapped), sort_keys=True) for each in found[name]) for name in LISTS}
    return sections, counts, whole


LISTS = ("documents", "sizes", "dataset", "uncompared", "unexplained", "agreement", "drift")


def _fact(value, swapped):
    if isinstance(value, list):
        inner = [_fact(each, swapped) for each in value]
        return sorted(inner, key=json.dumps) if all(isinstance(each, dict) for each in inner) else inner
    if not isinstance(value, dict):
        return round(value, 9) if isinstance(value, float) else value
    found = {name: _fact(inner, swapped) for name, inner in value.items() if name not in ("before", "after")}
    found.pop("split", None) if "lengths" in found else None  # of a revised article, it is the new one's
    return _turned(found) if swapped else found


def _turned(found):
    """A change seen from the other side."""
    for one, other in (("old", "new"), ("removed", "added")):
        if one in found and other in found:
            found[one], found[other] = found[other], found[one]
    if isinstance(found.get("kind"), str):
        found["kind"] = SWAPPED.get(found["kind"], found["kind"])
    if isinstance(found.get("kinds"), list):
        found["kinds"] = [SWAPPED.get(kind, kind) for kind in found["kinds"]]
    for name in ("lengths", "n"):
        if isinstance(found.get(name), list):
            found[name] = found[name][::-1]
    if isinstance(found.get("values"), dict):
        found["values"] = {name: pair[::-1] for name, pair in found["values"].items()}
    return found
