"""Where selectors of Web Annotations point to in a text: https://www.w3.org/TR/annotation-model/#selectors.

Positions count code points, the first character being 0, and the end isn't included.
"""

import re
from typing import Any, NamedTuple

from dataset_builder.formats.json_rows import integer, shown
from dataset_builder.formats.web_annotation_model import listed, types

__all__ = ["Found", "select"]

_CHARACTERS = re.compile(r"char=(\d{1,15}),(\d{1,15})")  # RFC 5147


class Found(NamedTuple):
    """What selectors say of a place."""

    place: tuple[int, int] | None = None  # none: they don't say, or it isn't known here what they say
    quote: str | None = None
    wrong: tuple[str, str] | None = None  # kind and message of a trouble


def select(text: str, selectors: Any) -> Found:
    """The place in `text` that `selectors` mean, which all mean the same one: positions count, quotes verify."""
    results = [_one(text, each, (0, len(text)), sure=True) for each in listed(selectors)]
    quote = next((each.quote for each in results if each.quote is not None), None)
    for each in sorted(results, key=lambda each: each.quote is not None):  # positions first
        if each.place is not None:
            return each._replace(quote=quote if each.quote is None else each.quote)
    wrong = next((each.wrong for each in results if each.wrong), None)
    return Found(quote=quote, wrong=wrong)


def _one(text: str, selector: Any, within: tuple[int, int], *, sure: bool) -> Found:
    """The place of one selector and of what refines it; `sure` where `within` is what it is relative to."""
    if not isinstance(selector, dict):
        return Found(wrong=("import-kept", f"a selector that isn't given can't be followed: {shown(selector)}"))
    kinds = types(selector)
    if "TextPositionSelector" in kinds and sure:
        start, end = integer(selector.get("start")) or 0, integer(selector.get("end")) or 0
        found = Found((within[0] + start, within[0] + end))
    elif "TextQuoteSelector" in kinds:
        found = _quoted(text, selector, within)
    elif "RangeSelector" in kinds:
        found = _range(text, selector, within, sure=sure)
    elif "FragmentSelector" in kinds and (match := _CHARACTERS.fullmatch(str(selector.get("value")))) and sure:
        found = Found((within[0] + int(match[1]), within[0] + int(match[2])))
    else:
        what = " and ".join(kinds) or "without a type"
        found = Found(wrong=("import-kept", f"it isn't known here where in a text a selector leads: {what}"))
    return _refined(text, selector, within, found)


def _refined(text: str, selector: dict[str, Any], within: tuple[int, int], found: Found) -> Found:
    finer = listed(selector.get("refinedBy"))
    if not finer:
        return found
    place = found.place
    if place is not None and not 0 <= place[0] <= place[1] <= len(text):
        return found
    inner = _one(text, finer[0], place or within, sure=place is not None)
    if inner.place is not None and place is None:
        message = "what a selector refines can't be followed: its quote stands in one place alone, which was taken"
        return inner._replace(wrong=("import-loose", message))
    return inner if inner.place is not None else Found(wrong=inner.wrong or found.wrong)


def _quoted(text: str, selector: dict[str, Any], within: tuple[int, int]) -> Found:
    exact, prefix, suffix = (str(selector.get(name, "")) for name in ("exact", "prefix", "suffix"))
    first = _only(text, exact, prefix, suffix, within)
    if first is not None:
        return Found((first, first + len(exact)), exact)
    bare = _only(text, exact, "", "", within)
    if bare is not None:
        message = f'"{shown(exact)}" stands in one place alone, but between other words than the file says'
        return Found((bare, bare + len(exact)), exact, ("import-loose", message))
    count = text.count(f"{prefix}{exact}{suffix}", *within) or text.count(exact, *within)
    where = f"stands in {count:,} places" if count else "stands nowhere"
    return Found(None, None, ("import-quote", f'"{shown(exact)}" {where} in the text'))


def _only(text: str, exact: str, prefix: str, suffix: str, within: tuple[int, int]) -> int | None:
    """Where `exact` stands between `prefix` and `suffix`, if that is in one place alone."""
    context = f"{prefix}{exact}{suffix}"
    lowest = max(within[0] - len(prefix), 0)
    at = text.find(context, lowest, within[1] + len(suffix))
    if at < 0 or text.find(context, at + 1, within[1] + len(suffix)) >= 0:
        return None
    return at + len(prefix)


def _range(text: str, selector: dict[str, Any], within: tuple[int, int], *, sure: bool) -> Found:
    """From where the first of two selectors begins to where the second one does."""
    ends = [_one(text, selector.get(name), within, sure=sure) for name in ("startSelector", "endSelector")]
    first, last = (each.place for each in ends)
    if first is None or last is None:
        return Found(wrong=next((each.wrong for each in ends if each.wrong), None))
    return Found((first[0], last[0]))
