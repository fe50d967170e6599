"""What changed in an annotator's record, or in the gold layers of an article, item by item."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from dataset_builder.compare.items import Entry, entries, pair, settle
from dataset_builder.compare.layers import Meaning
from dataset_builder.compare.revision import Revision
from dataset_builder.model.diff import AnnotationChange, Change

__all__ = ["Compared", "compare_records", "value_changes"]

_GONE = object()


class Keys(NamedTuple):
    """The keys of the items that are in both builds, but for those that are equal."""

    new: Mapping[tuple[str, str], str]  # by layer and old key
    taken: frozenset[tuple[str, str]]  # layers and new keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two records of one article, decoded, and what is known of them."""

    article: str
    annotator: str | None  # None: the gold layers
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    meanings: tuple[Mapping[str, Meaning], Mapping[str, Meaning]]
    revision: Revision
    digests: tuple[str, str] | None  # of the texts, where they differ
    quotable: bool  # whether the text may be shown
    shifted: Counter[str] = field(default_factory=Counter)  # added to: items that moved with the text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """The items of a layer in either build."""

    name: str
    place: str  # its column, for keys
    meanings: tuple[Meaning, Meaning]
    pairs: list[tuple[Entry, Entry]]
    removed: list[Entry]
    added: list[Entry]
    same: list[Any]  # items that are equal in both


def compare_records(both: Compared) -> Iterator[AnnotationChange]:
    """What changed: first of the record as a whole, then layer by layer."""
    layers: list[_Layer] = []
    rest: list[Change] = []
    for name in both.old:
        if name in both.new:
            meanings = both.meanings[0].get(name), both.meanings[1].get(name)
            for part in _parts(name, name, (both.old[name], both.new[name]), meanings, both.revision):
                (layers if isinstance(part, _Layer) else rest).append(part)  # type: ignore[arg-type]
    rest = [change for change in rest if (change.old, change.new) != both.digests]  # follows the text
    if rest:
        yield _change(both, "", ("relabelled",), changes=_shown(both, rest))
    keys = _keys(layers)
    rekeyed = any(key != new for (_, key), new in keys.new.items())
    for layer in layers:
        yield from _within(both, layer, keys)
        if rekeyed and layer.meanings[0].references:
            yield from _misled(both, layer, keys)


def _parts(
    name: str, place: str, values: tuple[Any, Any], meanings: tuple[Meaning | None, Meaning | None], revision: Revision
) -> Iterator["_Layer | Change"]:
    """The layers at `name` and below, and what differs there outside of layers."""
    ours, theirs = meanings
    if ours and theirs and _is_layer(ours, values):
        yield from _layers(name, place, values, (ours, theirs), revision)
    elif ours and theirs and isinstance(values[0], dict) and isinstance(values[1], dict):
        for member in values[0]:
            if member in values[1]:
                inner = ours.members.get(member), theirs.members.get(member)
                pair_ = values[0][member], values[1][member]
                yield from _parts(f"{name}.{member}", member, pair_, inner, revision)
    else:
        yield from value_changes(name, *values)


def _shown(both: Compared, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes; where the text may not be shown, without values in which some of it may be.

    A single value that both versions have is none of these: where a text is withheld, no quote of it is there.
    """
    if both.quotable:
        return tuple(changes)
    return tuple(
        change if _is_plain(change.old) and _is_plain(change.new) else replace(change, old=None, new=None)
        for change in changes
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _keys(layers: list[_Layer]) -> Keys:
    found = {
        (layer.place, old.key): new.key
        for layer in layers
        for old, new in layer.pairs
        if old.key is not None and new.key is not None
    }
    return Keys(found, frozenset((place, new) for (place, _), new in found.items()))


def _is_layer(meaning: Meaning, values: tuple[Any, Any]) -> bool:
    """A list of structs, or a struct that is anchored."""
    return any(isinstance(value, list) for value in values) or meaning.start is not None


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _layers(
    name: str, place: str, values: tuple[Any, Any], meanings: tuple[Meaning, Meaning], revision: Revision
) -> Iterator[_Layer]:
    """The layer, and those within the items that are in both builds."""
    items = _items(values[0]), _items(values[1])
    key = meanings[0].key if meanings[0].key == meanings[1].key and not revision.changed else None
    same, *items_left = settle(*items, key)
    found = entries(items_left[0], meanings[0]), entries(items_left[1], meanings[1])
    pairs, removed, added = pair(*found, revision, len(same))
    yield _Layer(name=name, place=place, meanings=meanings, pairs=pairs, removed=removed, added=added, same=same)
    for member, ours in meanings[0].members.items():
        inner = ours, meanings[1].members.get(member)
        for old, new in pairs:
            within = old.values.get(member), new.values.get(member)
            parts = _parts(f"{name}[].{member}", member, within, inner, revision)
            yield from (part for part in parts if isinstance(part, _Layer))


def _within(both: Compared, layer: _Layer, keys: Keys) -> Iterator[AnnotationChange]:
    for entry in layer.removed:
        item = entry.item(layer.meanings[0], shown=both.quotable)
        yield _change(both, layer.name, ("removed",), old=item)
    for entry in layer.added:
        item = entry.item(layer.meanings[1], shown=both.quotable)
        yield _change(both, layer.name, ("added",), new=item)
    for old, new in layer.pairs:
        kinds, changes = _differences(both, layer, old, new, keys)
        if kinds:
            items = {
                "old": old.item(layer.meanings[0], shown=both.quotable),
                "new": new.item(layer.meanings[1], shown=both.quotable),
            }
            yield _change(both, layer.name, kinds, **items, changes=changes)


def _misled(both: Compared, layer: _Layer, keys: Keys) -> Iterator[AnnotationChange]:
    """Equal items whose references lead elsewhere, because the key that they name was given to another item."""
    for entry in entries(layer.same, layer.meanings[0]):
        changes = tuple(_references(layer, entry, entry, keys))
        if changes:
            item = entry.item(layer.meanings[0], shown=both.quotable)
            yield _change(both, layer.name, ("re-referenced",), old=item, new=item, changes=changes)


def _change(both: Compared, layer: str, kinds: tuple[str, ...], **more: Any) -> AnnotationChange:
    return AnnotationChange(article=both.article, annotator=both.annotator, layer=layer, kinds=kinds, **more)


def _differences(
    both: Compared, layer: _Layer, old: Entry, new: Entry, keys: Keys
) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """In what ways a pair differs."""
    kinds: list[str] = []
    in_place = (
        old.span == new.span if old.span is None or new.span is None else new.span in both.revision.images(old.span)
    )
    if not in_place:
        kinds.append("moved")
    elif both.revision.changed and old.span != new.span:
        both.shifted["shifted"] += 1
    labels = list(_labels(both, layer, old, new, in_place=in_place))
    references = list(_references(layer, old, new, keys))
    kinds += ["relabelled"] * bool(labels) + ["re-referenced"] * bool(references)
    if old.key != new.key:
        kinds.append("rekeyed")
    return tuple(kinds), (*_shown(both, labels), *references)


def _labels(both: Compared, layer: _Layer, old: Entry, new: Entry, *, in_place: bool) -> Iterator[Change]:
    """Properties that differ. Quotes and digests follow from the place and the text, unless both stayed."""
    ours, theirs = layer.meanings
    apart = {ours.start, ours.end, ours.key, *ours.references, theirs.start, theirs.end, theirs.key, *theirs.references}
    covered = {ours.quote, ours.digest, theirs.quote, theirs.digest}
    for name, value in old.values.items():
        if name in apart or name not in new.values:
            continue
        if name in covered and (both.revision.changed or not in_place or not both.quotable):
            continue
        inner = ours.members.get(name), theirs.members.get(name)
        found = _parts(name, name, (value, new.values[name]), inner, both.revision)
        yield from (part for part in found if isinstance(part, Change))


def _references(layer: _Layer, old: Entry, new: Entry, keys: Keys) -> Iterator[Change]:
    """References that lead to another item now; those to an item whose key alone changed don't."""
    for name, targets in layer.meanings[0].references.items():
        if name in old.values and name in new.values:
            before, after = old.values[name], new.values[name]
            followed = [_followed(each, targets, keys) for each in _items(before)]
            if followed != [None if each is None else str(each) for each in _items(after)]:
                yield Change(path=name, old=before, new=after)


def _followed(reference: Any, targets: tuple[str, ...], keys: Keys) -> Any:
    """What the reference has to be now to lead where it led; what nothing equals, where its item is gone."""
    named = [(target, str(reference)) for target in targets]
    known = next((keys.new[name] for name in named if name in keys.new), None)
    if known is not None:
        return known
    if any(name in keys.taken for name in named):
        return _GONE
    return None if reference is None else str(reference)


def value_changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    """The values that differ, objects entered as far as both have the same members."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old:
            if name in new:
                yield from value_changes(f"{path}.{name}", old[name], new[name])
    elif old != new or isinstance(old, bool) is not isinstance(new, bool):
        yield Change(path=path, old=old, new=new)
