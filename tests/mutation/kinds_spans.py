"""SPN: spans that don't lie where they say."""

import itertools
import re
import unicodedata
from hashlib import sha256
from random import Random
from typing import Any

from tests.mutation.kinds import MADE, NOTES, Expectation, kind
from tests.mutation.project import Inapplicable, Project, Spot, pick
from tests.mutation.rendering import Marked

_OVERLAPS = {"SPN005", "SPN006", "SPN014"}
_EDGES = {"SPN011", "SPN012", "SPN013"}
_ALL = ("base", "dialogues", "own", *MADE)


def _is_quoted(spot: Spot) -> bool:
    return spot.text is not None and spot.layer.quote in spot.span


def _is_digested(spot: Spot) -> bool:
    return spot.text is not None and spot.layer.digest in spot.span


def _quote(spot: Spot) -> str:
    return str(spot.span[spot.layer.quote or ""])


def _is_unique(spot: Spot) -> bool:
    return _is_quoted(spot) and len(_quote(spot)) > 4 and str(spot.text).count(_quote(spot)) == 1


def _set(spot: Spot, start: int, end: int) -> None:
    spot.span[spot.layer.start], spot.span[spot.layer.end] = start, end


def _mark_quote(project: Project, spot: Spot) -> None:
    spot.mark(spot.layer.quote or "", _quote(spot), project.mark)


# Offsets


@kind(on=_ALL, also=_OVERLAPS)
def shifted(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_quoted)
    text, size = str(spot.text), spot.end - spot.start
    by = pick(random, [by for by in range(-9, 10) if by and 0 <= spot.start + by <= len(text) - size])
    start = spot.start + by
    if text[start : start + size] == _quote(spot):
        raise Inapplicable
    _set(spot, start, start + size)
    _mark_quote(project, spot)
    return Expectation("SPN003")


@kind(on=("base", *MADE), also=_OVERLAPS, fixable="same")
def shifted_where_the_quote_is_unique(project: Project, random: Random) -> Expectation:
    """The mend is beyond doubt: the quote stands once in the text."""
    spot = project.pick_spot(random, _is_unique)
    by = random.choice([-3, -2, -1, 1, 2, 3])
    start, end = spot.start + by, spot.end + by
    if start < 0 or end > len(str(spot.text)):
        raise Inapplicable
    _set(spot, start, end)
    _mark_quote(project, spot)
    return Expectation("SPN003", says=f"{start - by:,}")


@kind(on=("base", *MADE), fixable="same")
def end_before_start_where_the_quote_is_unique(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_unique)
    start, end = spot.start, spot.end
    _set(spot, end, start)
    spot.mark(spot.layer.end, start, project.mark)
    return Expectation("SPN002")


@kind(on=("base", *MADE), also=_OVERLAPS, fixable="same")
def end_beyond_the_text_where_the_quote_is_unique(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_unique)
    spot.mark(spot.layer.end, len(str(spot.text)) + random.randint(1, 50), project.mark)
    return Expectation("SPN001")


@kind(on=("own",), also=_OVERLAPS)
def shifted_with_a_digest(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_digested)
    by = random.choice([-2, -1, 1, 2])
    start, end = spot.start + by, spot.end + by
    if start < 0 or end > len(str(spot.text)):
        raise Inapplicable
    _set(spot, start, end)
    spot.mark(spot.layer.digest or "", spot.span[spot.layer.digest or ""], project.mark)
    return Expectation("SPN004")


def _convert(project: Project, random: Random, unit: str) -> Expectation:
    """All spans of a record are counted in another unit; the first that is not what it was is looked for."""
    record = project.pick_record(random)
    spots = list(project.spots(record))
    if not spots or spots[0].text is None or not all(map(_is_quoted, spots)):
        raise Inapplicable
    text, marked, says = str(spots[0].text), False, None

    def units(offset: int) -> int:
        data = text[:offset].encode(unit)
        return len(data) // 2 if unit == "utf-16-le" else len(data)

    for spot in spots:
        start, end = units(spot.start), units(spot.end)
        changed = text[start:end] != _quote(spot)
        _set(spot, start, end)
        if changed and end <= len(text) and not marked:
            marked = True
            if text[start:end].split() != _quote(spot).split():  # else the white space is spoken of
                says = "UTF-16" if unit == "utf-16-le" else "bytes"
            _mark_quote(project, spot)
    if not marked:
        raise Inapplicable
    return Expectation("SPN003", says=says)


@kind(on=("base", "dialogues", *MADE), also=_OVERLAPS | {"SPN001", "SPN003"}, fixable="same")
def counted_in_utf_16(project: Project, random: Random) -> Expectation:
    return _convert(project, random, "utf-16-le")


@kind(on=("base", "dialogues", *MADE), also=_OVERLAPS | {"SPN001", "SPN003"}, fixable="same")
def counted_in_bytes(project: Project, random: Random) -> Expectation:
    return _convert(project, random, "utf-8")


@kind(on=_ALL)
def end_before_start(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    start, end = spot.start, spot.end
    _set(spot, end, start)
    spot.mark(spot.layer.end, start, project.mark)
    return Expectation("SPN002", says=f"{end:,} to {start:,}")


@kind(on=_ALL)
def empty_span(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    at = random.choice([spot.start, spot.end])
    _set(spot, at, at)
    spot.mark(spot.layer.end, at, project.mark)
    return Expectation("SPN002", says="empty")


@kind(on=_ALL, also=_OVERLAPS)
def end_beyond_the_text(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.text is not None)
    spot.mark(spot.layer.end, len(str(spot.text)) + random.choice([1, 2, 100, 10**6, 2**53]), project.mark)
    return Expectation("SPN001", says=f"{len(str(spot.text)):,} code points")


@kind(on=NOTES, also=_OVERLAPS)
def end_beyond_a_text_that_is_absent(project: Project, random: Random) -> Expectation:
    """Of a withheld text its length is known."""
    spot = project.pick_spot(random, lambda spot: spot.text is None)
    length = project.articles[spot.record.article].metadata.value["length"]
    spot.mark(spot.layer.end, length + random.randint(1, 50), project.mark)
    return Expectation("SPN001", says=f"{length:,} code points")


@kind(on=("base", "dialogues", *MADE), also=_OVERLAPS)
def negative_offset(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    spot.mark(spot.layer.start, random.choice([-1, -5, -(10**9)]), project.mark)
    return Expectation("SPN001", says="before the text begins")


@kind(on=("own",))
def negative_offset_that_the_schema_rules_out(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    spot.mark(spot.layer.start, random.choice([-1, -5]), project.mark)
    return Expectation("SCH108")


@kind(on=NOTES, alone=True)
def span_of_a_link_shifted(project: Project, random: Random) -> Expectation:
    link = pick(random, [link for link in project.links if "seen" in link.line.value])
    seen = link.line.value["seen"]
    text = str(project.articles[seen["article"]].text)
    start, end = seen["start"] + 1, seen["end"] + 1
    if end > len(text) or text[start:end] == seen["quote"]:
        raise Inapplicable
    seen |= {"start": start, "end": end, "quote": project.marked(seen["quote"])}
    return Expectation("SPN003")


# Quotes


def _changed_quote(project: Project, random: Random, change: Any) -> Expectation:
    spot = project.pick_spot(random, _is_quoted)
    quote = change(_quote(spot))
    if quote == _quote(spot):
        raise Inapplicable
    spot.mark(spot.layer.quote or "", quote, project.mark)
    return Expectation("SPN003")


@kind(on=_ALL)
def quote_misspelt(project: Project, random: Random) -> Expectation:
    def slip(quote: str) -> str:
        at = random.randrange(len(quote))
        return random.choice(
            [quote[:at] + "q" + quote[at + 1 :], quote[:at] + "ß" + quote[at:], quote[:at] + quote[at + 1 :] + "."]
        )

    return _changed_quote(project, random, slip)


@kind(on=_ALL)
def quote_in_another_case(project: Project, random: Random) -> Expectation:
    return _changed_quote(project, random, random.choice([str.upper, str.lower, str.swapcase, str.title]))


@kind(on=_ALL)
def quote_with_other_white_space(project: Project, random: Random) -> Expectation:
    def spaced(quote: str) -> str:
        options = [f" {quote}", f"{quote} ", f"{quote}\n", quote.replace(" ", "\xa0"), quote.replace(" ", "  ")]
        return random.choice(options)

    return _changed_quote(project, random, spaced)


@kind(on=_ALL)
def quote_decomposed(project: Project, random: Random) -> Expectation:
    return _changed_quote(project, random, lambda quote: unicodedata.normalize("NFD", quote))


@kind(on=_ALL)
def quote_with_other_punctuation(project: Project, random: Random) -> Expectation:
    def curly(quote: str) -> str:
        return random.choice(["“{}”", "'{}'", "{}…", "{},"]).format(quote)

    return _changed_quote(project, random, curly)


@kind(on=("base", "dialogues", *MADE))
def quote_empty(project: Project, random: Random) -> Expectation:
    return _changed_quote(project, random, lambda _: "")


@kind(on=NOTES)
def quote_missing(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_quoted)
    quote = spot.span.pop("quote")
    spot.array[spot.array.index(spot.span)] = Marked(spot.span, project.mark)
    return Expectation("SPN007", says=quote if quote.isalpha() and len(quote) < 12 else None)


@kind(on=NOTES)
def digest_wrong_of_a_span(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_quoted)
    covered = sha256(spot.span.pop("quote").encode()).hexdigest()
    bad = random.choice(["0" * 64, sha256(covered.encode()).hexdigest(), covered[:-1], covered + "0", ""])
    spot.mark("digest", bad, project.mark)
    return Expectation("SPN004", says=covered)


@kind(on=NOTES, fixable="clean")
def digest_in_capitals(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, _is_quoted)
    spot.mark("digest", sha256(spot.span.pop("quote").encode()).hexdigest().upper(), project.mark)
    return Expectation("SPN004", says="lower case")


@kind(on=("base", *MADE))
def withheld_text_quoted(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.text is None)
    del spot.span["digest"]
    spot.mark("quote", "Dee"[: spot.end - spot.start], project.mark)
    return Expectation("SPN009")


@kind(on=(*NOTES, "own"))
def made_on_another_revision(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    article = project.articles[record.article]
    if article.text is None and project.name == "own":
        raise Inapplicable
    record.line.value["text_sha256"] = project.marked(sha256(str(random.random()).encode()).hexdigest())
    return Expectation("SPN008")


# Edges


def _stretched(project: Project, spot: Spot, start: int, end: int) -> None:
    """The span from `start` to `end`, with the quote that belongs to it."""
    _set(spot, start, end)
    spot.span[spot.layer.quote or ""] = str(spot.text)[start:end]


@kind(on=_ALL, also=_OVERLAPS)
def white_space_at_an_edge(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(
        random, lambda spot: _is_quoted(spot) and spot.end < len(str(spot.text)) and spot.start > 0
    )
    text, start, end = str(spot.text), spot.start, spot.end
    if text[end] == " ":
        _stretched(project, spot, start, end + 1)
        spot.mark(spot.layer.end, end + 1, project.mark)
    elif text[start - 1] in " \n":
        _stretched(project, spot, start - 1, end)
        spot.mark(spot.layer.start, start - 1, project.mark)
    else:
        raise Inapplicable
    return Expectation("SPN011", says=f"without it, the span is {start:,} to {end:,}")


@kind(on=_ALL, also=_OVERLAPS | {"SPN012"})
def edge_within_a_word(project: Project, random: Random) -> Expectation:
    word = re.compile("[A-Za-zéßäöüΑ-ωА-я]{3,}")
    spot = project.pick_spot(random, lambda spot: _is_quoted(spot) and bool(word.match(_quote(spot))))
    match = word.match(_quote(spot))
    assert match
    start = spot.start + random.randrange(1, match.end())
    _stretched(project, spot, start, spot.end)
    spot.mark(spot.layer.start, start, project.mark)
    return Expectation("SPN012", says="inside a word")


@kind(on=("dialogues", *MADE), also=_OVERLAPS | {"SPN012"})
def edge_within_a_character(project: Project, random: Random) -> Expectation:
    """Between an emoji and its skin tone, within a flag, before what is joined."""
    clusters = ("👍🏽", "🇫🇷", "👩‍🚀", "🙏🏽")
    spot = project.pick_spot(random, lambda spot: _is_quoted(spot) and any(each in str(spot.text) for each in clusters))
    text = str(spot.text)
    cluster = pick(random, [each for each in clusters if each in text])
    at = text.index(cluster)
    _stretched(project, spot, at, at + random.randrange(1, len(cluster)))
    spot.mark(spot.layer.end, spot.end, project.mark)
    return Expectation("SPN013", says="inside a character")


# Spans of one array


@kind(on=("dialogues",), fixable="same")
def pause_twice(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: len(spot.layer.path) == 2)
    spot.array.append(project.marked(dict(spot.span)))
    return Expectation("SPN010")


@kind(on=NOTES)
def span_twice(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("entities",))
    new = {**spot.span, "id": "e999"}
    at = random.randint(spot.array.index(spot.span) + 1, len(spot.array))
    spot.array.insert(at, project.marked(new))
    if spot.record.article in {link.line.value[end]["article"] for link in project.links for end in ("from", "to")}:
        raise Inapplicable  # links may mean it
    return Expectation("SPN010")


def _two(project: Project, random: Random, layer: str) -> tuple[Spot, Spot]:
    """Two neighbours of a layer, with a gap between them."""
    pairs = [
        (one, other)
        for record in project.records
        if record.article not in project.done
        for spots in [[spot for spot in project.spots(record) if spot.layer.path == (layer,) and _is_quoted(spot)]]
        for one, other in itertools.pairwise(spots)
        if one.end <= other.start and other.end - other.start > 2
    ]
    found: tuple[Spot, Spot] = pick(random, pairs)
    project.done.append(found[0].record.article)
    return found


@kind(on=NOTES, also=_EDGES)
def overlap_where_it_is_forbidden(project: Project, random: Random) -> Expectation:
    one, other = _two(project, random, "cues")
    _stretched(project, one, one.start, other.start + 1)
    other.array[other.array.index(other.span)] = Marked(other.span, project.mark)
    return Expectation("SPN005")


@kind(on=("dialogues",), also=_EDGES)
def overlap_of_turns(project: Project, random: Random) -> Expectation:
    one, other = _two(project, random, "turns")
    _stretched(project, one, one.start, other.start + random.choice([1, 2]))
    other.array[other.array.index(other.span)] = Marked(other.span, project.mark)
    return Expectation("SPN005")


@kind(on=NOTES, also=_EDGES | {"SPN006"})
def crossing_where_they_may_nest(project: Project, random: Random) -> Expectation:
    one, other = _two(project, random, "entities")
    _stretched(project, one, one.start, other.start + 1)
    other.array[other.array.index(other.span)] = Marked(other.span, project.mark)
    return Expectation("SPN006")


@kind(on=MADE, also={"SPN014"})
def out_of_order(project: Project, random: Random) -> Expectation:
    one, other = _two(project, random, "fragments")
    array = one.array
    first, second = array.index(one.span), array.index(other.span)
    array[first], array[second] = array[second], Marked(array[first], project.mark)
    return Expectation("SPN014", says="stands behind a later one")


@kind(on=MADE, also=_EDGES | {"SPN014"})
def overlap_where_they_are_ordered(project: Project, random: Random) -> Expectation:
    one, other = _two(project, random, "fragments")
    _stretched(project, one, one.start, other.start + 1)
    other.array[other.array.index(other.span)] = Marked(other.span, project.mark)
    return Expectation("SPN014", says="overlaps the one before it")
