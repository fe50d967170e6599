"""What holds for the strict JSON reader whatever it reads: agreement with `orjson`, whole positions, safe proofs."""

import json
from dataclasses import dataclass

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.model.source import Source
from dataset_builder.read.json import no_duplicate_keys, read_document

SOURCE = Source(file="annotations/ada/mill.json")
MESSAGE_LENGTH = 300  # more is no message


def read(text):
    return read_document(text if isinstance(text, bytes) else text.encode(), SOURCE)


def members(value):
    """The members of all objects within a parsed text."""
    return sum(len(part) for _, part in walk(value) if isinstance(part, dict))


def kinds(document):
    return [flaw.kind for flaw in document.flaws]


# --- Texts to read -------------------------------------------------------------------------------------------------


@dataclass
class Members:
    """An object as it is spelt out: a key may come twice."""

    pairs: list


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ['":', 'a":1', '\\":"', " :", '" :', '"', "\\", "\n", "\u2028", "\U0001f339", "", "NaN", "//"],
)
KEYS = st.sampled_from(["a", "b", "start", "ä", '":', '"', "\\", "", "0"]) | TEXT
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)


def trees(keys):
    """Values whose objects are `Members`; `keys` makes the pairs of one, given the strategy for a member's value."""
    return st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | keys(inner), max_leaves=12)


def _pairs(inner):
    return st.lists(st.tuples(KEYS, inner), max_size=4)


def _distinct(inner):
    return st.lists(st.tuples(KEYS, inner), max_size=4, unique_by=lambda pair: pair[0]).map(Members)


def _repeating(inner):
    return _pairs(inner).map(lambda pairs: Members([*pairs, *((key, None) for key, _ in pairs[:1]), *pairs[:1]]))


TREES = trees(_distinct)
SPELT = trees(lambda inner: _distinct(inner) | _repeating(inner) | _pairs(inner).map(Members))


def write(tree, random):
    """A JSON text that spells out `tree`, with white space and escape sequences of any kind."""

    def space():
        return "".join(random.choices(" \t\n\r", k=random.choice([0, 0, 0, 1, 3])))

    def string(value):
        return '"' + "".join(map(character, value)) + '"'

    def character(value):
        if value in '"\\' or value < " " or random.random() < 0.1:
            return json.dumps(value)[1:-1] if random.random() < 0.5 else escape(value)
        return value

    def escape(value):
        data = value.encode("utf-16-be")
        units = (data[index : index + 2].hex() for index in range(0, len(data), 2))
        return "".join("\\u" + (unit.upper() if random.random() < 0.5 else unit) for unit in units)

    def value(node):
        match node:
            case Members():
                members = (f"{space()}{string(key)}{space()}:{value(member)}" for key, member in node.pairs)
                written = "{" + (",".join(members) or space()) + "}"
            case list():
                written = "[" + (",".join(map(value, node)) or space()) + "]"
            case str():
                written = string(node)
            case _:
                written = json.dumps(node)
        return space() + written + space()

    return value(tree)


TEXTS = st.builds(write, TREES, st.randoms(use_true_random=False))
SPELT_TEXTS = st.builds(write, SPELT, st.randoms(use_true_random=False))

FRAGMENTS = st.text("[]{}\",:0123456789eE+-.tfn \n\\/u'#", max_size=3) | st.sampled_from(
    ["NaN", "-Infinity", "true", "\\ud800", "1e999", "1e-999", "9" * 20, "\ufeff", "/*", '"a":1,', "\0", "\u00a0", "0"],
)


@st.composite
def near_misses(draw):
    """JSON texts with something put in the place of a stretch of them."""
    text = draw(SPELT_TEXTS | FRAGMENTS)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(FRAGMENTS) + text[start + draw(st.integers(0, 3)) :]
    return text


def duplicates(tree):
    """How many members of `tree` repeat a key."""
    match tree:
        case Members():
            names = [key for key, _ in tree.pairs]
            return len(names) - len(set(names)) + sum(duplicates(member) for _, member in tree.pairs)
        case list():
            return sum(map(duplicates, tree))
    return 0


def walk(value, pointer=()):
    yield pointer, value
    if isinstance(value, (dict, list)):
        for part, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from walk(child, (*pointer, part))


def assert_positions(document):
    """Each part of the value has its position, and nothing else has one."""
    parts = dict(walk(document.value))
    assert document.values.keys() == parts.keys()
    for pointer, (start, end) in document.values.items():
        assert repr(json.loads(document.text[start:end])) == repr(parts[pointer])
        assert document.text[start:end].strip() == document.text[start:end]
    members = {pointer for pointer in parts if pointer and isinstance(pointer[-1], str)}
    assert document.keys.keys() == members
    for pointer, offset in document.keys.items():
        assert json.JSONDecoder().raw_decode(document.text, offset)[0] == pointer[-1]


# --- What holds for all input --------------------------------------------------------------------------------------


@given(TEXTS)
@settings(deadline=None)
def test_a_text_of_any_form_is_read_without_flaws_as_orjson_reads_it(text):
    document = read(text)
    assert document.flaws == ()
    assert document.readable
    assert repr(document.value) == repr(orjson.loads(text)) == repr(json.loads(text))
    assert_positions(document)


@given(SPELT, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_of_duplicate_keys_the_last_counts_and_each_is_reported(tree, random):
    text = write(tree, random)
    document = read(text)
    assert kinds(document) == ["duplicate-key"] * duplicates(tree)
    assert repr(document.value) == repr(json.loads(text))
    for flaw in document.flaws:
        assert flaw.first < flaw.offset
        for offset in (flaw.first, flaw.offset):
            assert json.JSONDecoder().raw_decode(text, offset)[0] == flaw.pointer[-1]
    assert_positions(document)


@given(near_misses())
@settings(deadline=None, max_examples=500)
def test_agrees_with_orjson_on_what_is_json(text):
    document = read(text)
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        assert document.flaws
        return
    assert document.readable
    assert set(kinds(document)) <= {"duplicate-key", "number-range"}
    if not document.flaws:
        assert repr(document.value) == repr(value)
        assert_positions(document)


@given(
    st.binary(max_size=64)
    | near_misses().map(str.encode)
    | st.builds(bytes.__add__, TEXTS.map(str.encode), st.binary())
)
@settings(deadline=None, max_examples=500)
def test_no_bytes_raise(data):
    document = read(data)
    assert document.readable or (document.value is None and document.flaws)
    assert list(document.flaws) == sorted(document.flaws, key=lambda flaw: flaw.offset)
    for flaw in document.flaws:
        assert 0 <= flaw.offset <= len(document.text)
        assert len(flaw.message) < MESSAGE_LENGTH
        assert flaw.message.isprintable()
        assert document.place_at(flaw.offset, flaw.pointer).line >= 1
    for start, end in document.values.values():
        assert 0 <= start < end <= len(document.text)


@given(SPELT_TEXTS)
@settings(deadline=None, max_examples=500)
def test_a_text_with_a_duplicate_key_is_never_proven_free_of_them(text):
    value = orjson.loads(text)
    if no_duplicate_keys([text.encode()], members(value)):
        assert read(text).flaws == ()


@given(TEXTS, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]))
@settings(deadline=None)
def test_other_encodings_are_recognised(text, encoding):
    document = read(text.lstrip(" \t\r\n").encode(encoding))
    assert kinds(document) == ["encoding"]
    assert not document.readable
    assert document.flaws[0].offset == 0
    assert encoding[:6].upper() in document.flaws[0].message
