"""Records settled: each item is right in itself and in what it refers to, or is repaired or refused with a word on it.

What holds for every format is seen to here, once: that ids are unique, spans lie in the text and cover what the source
says they cover, and references lead somewhere.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from dataset_builder.model.foreign import ForeignRecord, Item, Trouble
from dataset_builder.model.unit import Unit, natural_units

__all__ = ["POINTS", "covered", "settle"]

POINTS = "_points"
"""What the layer of spans that cover nothing has behind the name of the layer that they came in."""

_SAID = slice(Item._fields.index("attributes"), Item._fields.index("file"))  # what else an item may say
_SHOWN = 40  # characters of a quote that a message shows
_BLANK = str.maketrans("\n\r\t\x0b\x0c\x85\u2028\u2029\xa0", " " * 9)  # which formats of lines write as spaces

Fragments = tuple[tuple[int, int], ...]


def settle(record: ForeignRecord, text: str, joint: str = " ") -> list[Trouble]:
    """What was wrong with the items of `record`, which afterwards are those that stand. O(items log items)."""
    troubles: list[Trouble] = []
    items = _unique(record.items, troubles)
    wrong = [item for item in items if item.fragments and not _fits(item, text, joint)]
    if wrong:
        items = _repaired(items, wrong, text, joint, troubles)
    record.items = _referring([_shaped(item, troubles) for item in items], troubles)
    _find_doubles(record.items, troubles)
    return troubles


def covered(item: Item, text: str, joint: str = " ") -> str:
    """What `item` covers of `text`, its fragments with `joint` between."""
    return joint.join([text[start:end] for start, end in item.fragments])


def _unique(items: Sequence[Item], troubles: list[Trouble]) -> list[Item]:
    known = {item.id: item for item in reversed(items)}  # of each id, the first
    if len(known) == len(items):
        return list(items)
    kept = []
    for item in items:
        if known[item.id] is item:
            kept.append(item)
        else:
            message = f'the id "{item.id}" is taken: line {known[item.id].line:,} has it'
            troubles.append(Trouble("import-duplicate-id", message + _losing(item), item.file, item.line))
    return kept


def _fits(item: Item, text: str, joint: str) -> bool:
    """Whether the spans of `item` lie in `text` and cover what it states."""
    fragments = item.fragments
    if len(fragments) == 1:
        start, end = fragments[0]
        if not 0 <= start <= end <= len(text):
            return False
        found = text[start:end]
    else:
        if any(not 0 <= start <= end <= len(text) for start, end in fragments):
            return False
        found = covered(item, text, joint)
    return item.quote is None or found == item.quote or _same(found, item.quote)


def _same(found: str, stated: str) -> bool:
    return found.translate(_BLANK) == stated.translate(_BLANK)


def _repaired(items: list[Item], wrong: list[Item], text: str, joint: str, troubles: list[Trouble]) -> list[Item]:
    """`items` with offsets that fit: counted in another unit, or found by their quotes; without those that never do."""
    found = _in_another_unit(items, text, joint)
    if found:
        unit, items = found
        message = f"offsets here count {unit.name}: {len(items):,} items were converted to code points"
        troubles.append(Trouble("import-unit", message, wrong[0].file, wrong[0].line))
        return items
    rest = {item.id for item in wrong}
    kept = []
    for item in items:
        if item.id not in rest:
            kept.append(item)
        elif moved := _by_quote(item, text):
            (start, end), (was, to) = moved.fragments[0], item.fragments[0]
            message = f'"{_short(item.quote)}" is at {start}..{end}, the only place where it stands, not at {was}..{to}'
            troubles.append(Trouble("import-moved", message, item.file, item.line))
            kept.append(moved)
        else:
            troubles.append(_misplaced(item, text, joint))
    return kept


def _in_another_unit(items: list[Item], text: str, joint: str) -> tuple[Unit, list[Item]] | None:
    """The plainest unit in which all spans fit, if it is the one, and the items with offsets converted from it."""
    offsets = [offset for item in items for fragment in item.fragments for offset in fragment]
    quoted = [item for item in items if item.quote and item.fragments]
    results: list[tuple[Unit, list[Item]]] = []
    for unit in natural_units(text) if quoted else ():
        if results and unit.complexity > results[0][0].complexity:
            break
        at = unit.code_points(text, offsets)
        moved = [_converted(item, at) for item in items]
        if all(each is not None and (not each.fragments or _fits(each, text, joint)) for each in moved):
            results.append((unit, [each for each in moved if each is not None]))
    if not results or any(result[1] != results[0][1] for result in results):
        return None
    return results[0]


def _converted(item: Item, at: dict[int, int | None]) -> Item | None:
    fragments = []
    for start, end in item.fragments:
        first, last = at[start], at[end]
        if first is None or last is None:
            return None
        fragments.append((first, last))
    return item._replace(fragments=tuple(fragments))


def _by_quote(item: Item, text: str) -> Item | None:
    """`item` where its quote stands, if that is in one place alone."""
    quote = item.quote
    if not quote or len(item.fragments) > 1:
        return None
    at = text.find(quote)
    if at < 0 or text.find(quote, at + 1) >= 0:
        return None
    return item._replace(fragments=((at, at + len(quote)),))


def _misplaced(item: Item, text: str, joint: str) -> Trouble:
    shown = ";".join(f"{start}..{end}" for start, end in item.fragments)
    if any(start > end for start, end in item.fragments):
        message = f"the span {shown} ends before it begins"
        return Trouble("import-range", message + _losing(item), item.file, item.line)
    if any(start < 0 or end > len(text) for start, end in item.fragments):
        message = f"the span {shown} doesn't lie in the text, which has {len(text):,} characters"
        return Trouble("import-range", message + _losing(item), item.file, item.line)
    message = (
        f'the span {shown} covers "{_short(covered(item, text, joint))}", and the file says "{_short(item.quote)}"'
    )
    return Trouble("import-quote", message + _losing(item), item.file, item.line)


def _losing(item: Item) -> str:
    """What else is left out where `item` is."""
    said = (("attribute", item.attributes), ("note", item.notes), ("referent", item.referents))
    lost = [f"{len(each)} {name}{'s' if len(each) > 1 else ''}" for name, each in said if each]
    return f"; left out with {' and '.join(lost)}" if lost else ""


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _shaped(item: Item, troubles: list[Trouble]) -> Item:
    """`item` with fragments in the order of the text, none of them empty; as a point where nothing is covered."""
    fragments = item.fragments
    if len(fragments) == 1:
        ((start, end),) = fragments
        if start < end:
            return item
        troubles.append(Trouble("import-point", f"the span covers nothing, at {start}", item.file, item.line))
        return item._replace(layer=f"{item.layer}{POINTS}")
    if not fragments or (
        all(before[1] <= after[0] for before, after in pairwise(fragments))
        and all(start < end for start, end in fragments)
    ):
        return item
    return _shaped(item._replace(fragments=tuple(_merged(item, troubles))), troubles)


def _merged(item: Item, troubles: list[Trouble]) -> Iterator[tuple[int, int]]:
    """The fragments of `item` in the order of the text, those that overlap in one."""
    message = "the fragments of the span overlap, are empty or out of order: they were put in order"
    troubles.append(Trouble("import-fragments", message, item.file, item.line))
    ordered = sorted(fragment for fragment in item.fragments if fragment[0] < fragment[1]) or [item.fragments[0]]
    current = ordered[0]
    for fragment in ordered[1:]:
        if fragment[0] < current[1]:
            current = (current[0], max(current[1], fragment[1]))
        else:
            yield current
            current = fragment
    yield current


def _referring(items: list[Item], troubles: list[Trouble]) -> list[Item]:
    """The items all of whose references lead to items that stand."""
    if not any(item.arguments or item.references for item in items):
        return items
    while True:
        known = {item.id for item in items}
        kept = []
        for item in items:
            lost = next((target for target in _targets(item) if target not in known), None)
            if lost is None:
                kept.append(item)
            else:
                message = f'"{item.id}" refers to "{lost}", which is not there or was refused'
                troubles.append(Trouble("import-dangling", message + _losing(item), item.file, item.line))
        if len(kept) == len(items):
            return kept
        items = kept


def _find_doubles(items: list[Item], troubles: list[Trouble]) -> None:
    """Takes down which items say just what another one says."""
    first: dict[object, Item] = {}
    for item in items:
        key = (item.layer, item.label, item.fragments, item.arguments, *sorted(item.references.items()))
        known = first.setdefault(key, item)
        if known is not item and known[_SAID] == item[_SAID]:
            message = f'"{item.id}" says just what "{known.id}" says in line {known.line:,}'
            troubles.append(Trouble("import-doubled", message, item.file, item.line))


def _targets(item: Item) -> Iterator[str]:
    for argument in item.arguments:
        yield argument.target
    for target in item.references.values():
        if isinstance(target, str):
            yield target
        else:
            yield from target
