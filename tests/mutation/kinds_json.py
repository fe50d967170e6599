"""JSN: JSON texts that are broken, at any place of any record."""

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.mutation.kinds import NOTES, Expectation, kind
from tests.mutation.project import Inapplicable, Line, Project, pick
from tests.mutation.rendering import Key, Marked, Raw, Style, render

_Owner = tuple[Any, Any]  # a container, and the key or index in it


def _owners(value: Any) -> Iterator[_Owner]:
    """Every place in a value where another value could stand."""
    for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _owners(inner)


def _take(project: Project, random: Random) -> tuple[str, Line]:
    """A JSON text, with the article that it is about touched."""
    file, line = project.pick_line(random)
    for one in project.articles.values():
        if one.metadata is line:
            project.done.append(one.id)
    for record in project.records:
        if record.line is line:
            project.done.append(record.article)
    return file, line


def _places(project: Project, line: Line, suits: Callable[[Any], bool] = lambda _: True) -> list[_Owner]:
    """Places in a line whose value isn't what says which article a packed record is or belongs to."""
    names = {project.fields["id"], project.fields["article"], project.fields["annotator"]}
    return [
        (owner, key)
        for owner, key in _owners(line.value)
        if not (owner is line.value and key in names) and suits(owner[key])
    ]


def _replaced(project: Project, random: Random, raw: str) -> None:
    """Puts JSON text in the place of a value anywhere in a line."""
    _, line = _take(project, random)
    owner, key = pick(random, _places(project, line, lambda value: not isinstance(value, dict | list)))
    owner[key] = project.marked(Raw(raw))


@kind()
def truncated_at_a_byte(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    data = line.rendered()
    cut = random.randrange(2, len(data) - 1)
    head = data[:cut]
    mark = project.mark.encode()
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        line.data = head[: error.start] + mark + head[error.start :]
        return Expectation("JSN007")
    inside = len(re.findall(r'(?<!\\)(?:\\\\)*"', text)) % 2
    if inside:
        escape = re.search(r"(?<!\\)(?:\\\\)*(\\u[0-9a-fA-F]{0,3}|\\)$", text)
        at = escape.start(1) if escape else len(text)
        if re.search(r"\\u[dD][89abAB]..(?:\\u?.{0,3})?$", text):
            raise Inapplicable  # half of a pair, which is another finding
    else:
        word = re.search(r"[-+.\w]+$", text)
        whole = not word or re.fullmatch(r"true|false|null|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", word[0])
        at = len(text) if whole else word.start()
    line.data = (text[:at] + project.mark + text[at:]).encode()
    return Expectation("JSN001")


@kind()
def duplicate_key(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    objects = [owner for owner, key in _owners(line.value) if isinstance(owner, dict) and isinstance(key, str)]
    owner = pick(random, objects)
    name = pick(random, list(owner))
    members = list(owner.items())
    at = random.randint(members.index((name, owner[name])) + 1, len(members))
    owner.clear()
    owner.update([*members[:at], (Key(name, project.mark), dict(members)[name]), *members[at:]])
    return Expectation("JSN002", says=name[:10])


@kind()
def not_a_number(project: Project, random: Random) -> Expectation:
    word = random.choice(["NaN", "Infinity", "-Infinity"])
    _replaced(project, random, word)
    return Expectation("JSN003", says=word)


@kind()
def huge_integer(project: Project, random: Random) -> Expectation:
    digits = random.choice([str(2**64), str(-(2**63) - 1), "9" * 30, "1" + "0" * 700])
    _replaced(project, random, digits)
    return Expectation("JSN004")


@kind()
def float_out_of_range(project: Project, random: Random) -> Expectation:
    _replaced(project, random, random.choice(["1e999", "-1.5E+400", "1e-999", "0.1e-400"]))
    return Expectation("JSN004")


@kind()
def lone_surrogate(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    owner, key = pick(random, _places(project, line, lambda value: isinstance(value, str)))
    literal = render(owner[key], line.style)
    at = random.choice([1, len(literal) - 1])
    half = random.choice([r"\ud83c", r"\uDC00", r"\udfff", r"\uD800"])
    if at > 1 and half.lower() >= r"\udc00" and re.search(r"\\u[dD][89abAB]..$", literal[:at]):
        raise Inapplicable
    owner[key] = Raw(literal[:at] + project.mark + half + literal[at:])
    return Expectation("JSN005")


@kind(on=("base", "own", "files"), fixable="same")
def byte_order_mark(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    line.value = Marked(Raw("\ufeff" + render(line.value, line.style)), project.mark)
    return Expectation("JSN006")


@kind(on=("dialogues", "packed", "gz"))
def byte_order_mark_of_a_line(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    line.value = Marked(Raw("\ufeff" + render(line.value, line.style)), project.mark)
    return Expectation("JSN006")


@kind()
def byte_that_is_not_utf8(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    text = line.rendered().decode()
    at = random.randrange(1, len(text))
    bad = random.choice([b"\xe9", b"\xff", b"\xc0", b"\xf8", b"\xed\xa0\x80"])
    line.data = (text[:at] + project.mark).encode() + bad + text[at:].encode()
    return Expectation("JSN007")


@kind()
def nested_too_deeply(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    owner, key = pick(random, [each for each in _places(project, line) if each[0] is line.value])
    depth = random.randint(64, 300)  # one object is open already
    opener, closer = random.choice([("[", "]"), ('{"a":', "}")])
    inner = opener * 63 + project.mark + opener * (depth - 63)
    owner[key] = Raw(inner + "1" + closer * depth)
    return Expectation("JSN008")


@kind()
def control_character_in_a_string(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    owner, key = pick(random, _places(project, line, lambda value: isinstance(value, str)))
    literal = render(owner[key], line.style)
    at = random.choice([1, len(literal) - 1])
    character = random.choice("\0\x01\b\t\x0b\x0c\x1f")
    owner[key] = Raw(literal[:at] + project.mark + character + literal[at:])
    return Expectation("JSN001")


@kind()
def bad_escape(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    owner, key = pick(random, _places(project, line, lambda value: isinstance(value, str)))
    literal = render(owner[key], line.style)
    owner[key] = Raw(literal[:-1] + project.mark + random.choice([r"\x41", r"\u12", r"\'", r"\U0001", r"\ "]) + '"')
    return Expectation("JSN001", says="escape" if "\\u" not in owner[key][-6:] else None)


@kind()
def trailing_comma(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    containers = [
        line.value,
        *(owner[key] for owner, key in _owners(line.value) if isinstance(owner[key], dict | list)),
    ]
    found = pick(random, [each for each in containers if each])
    last = list(found)[-1] if isinstance(found, dict) else -1
    found[last] = Raw(render(found[last], line.style._replace(indent=None)) + project.mark + ",")
    return Expectation("JSN001", says="no comma stands behind the last one")


@kind()
def missing_comma(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    objects = [line.value, *(owner[key] for owner, key in _owners(line.value) if isinstance(owner[key], dict))]
    found = pick(random, [each for each in objects if len(each) > 1])
    names = list(found)
    at = random.randrange(len(names) - 1)
    value = render(found[names[at]], line.style._replace(indent=None))
    joined = Raw(
        f"{value}{project.mark} {render(names[at + 1], line.style)}: {render(found[names[at + 1]], line.style)}"
    )
    del found[names[at + 1]]
    found[names[at]] = joined
    return Expectation("JSN001", says="comma is missing")


@kind()
def word_of_python(project: Project, random: Random) -> Expectation:
    word = random.choice(["None", "True", "False", "undefined", "yes"])
    _replaced(project, random, word)
    return Expectation("JSN001", says="JSON writes")


@kind()
def number_that_is_none(project: Project, random: Random) -> Expectation:
    _replaced(project, random, random.choice(["01", "+1", ".5", "1.", "1e", "0x10", "1_000", "-"]))
    return Expectation("JSN001", says="isn't a JSON number")


@kind()
def comment(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    owner, key = pick(random, _places(project, line))
    value = render(owner[key], line.style._replace(indent=None))
    owner[key] = Raw(f"{project.mark}/* see below */ {value}")
    return Expectation("JSN001", says="JSON has no comments")


@kind()
def single_quotes(project: Project, random: Random) -> Expectation:
    _replaced(project, random, "'so'")
    return Expectation("JSN001", says="double quotes")


@kind()
def trailing_data(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    more = random.choice(["}", "{}", '"', "x", ",", "]", "// end"])
    space = random.choice(["", " ", "  "]) if line.style.indent is None else random.choice(["", "\n", " \n"])
    line.data = line.rendered() + f"{space}{project.mark}{more}".encode() + (b"" if project.is_packed(line) else b"\n")
    return Expectation("JSN010")


@kind(on=("base", "own", "files"))
def empty_file(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    line.data = project.mark.encode()
    return Expectation("JSN011")


@kind(on=("base", "own", "files"), fixable="same")
def no_final_newline(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    line.data = line.rendered()
    line.data += project.mark.encode()
    return Expectation("JSN012")


@kind()
def larger_than_allowed(project: Project, random: Random) -> Expectation:
    _, line = _take(project, random)
    if project.configuration != "dataset.toml":
        raise Inapplicable
    longest = max(len(each.rendered()) for _, each in project.lines())
    longest = max(
        [longest, len(line.rendered()), *(len((one.text or "").encode()) for one in project.articles.values())]
    )
    project.configure(f"[limits]\nbytes = {max(longest, 8000) + 10}\n")
    line.data = project.mark.encode() + line.rendered() + b" " * max(longest, 8000) + b"\n"
    if project.is_packed(line):
        line.data = line.data.rstrip(b"\n")
    return Expectation("JSN009")


# Where what follows hides the cause, each by itself.


@kind(on=("packed", "gz"))
def links_to_a_packed_record_that_cannot_be_read(project: Project, random: Random) -> Expectation:
    linked = {link.line.value[end]["article"] for link in project.links for end in ("from", "to")}
    record = project.pick_record(random, lambda record: record.article in linked)
    record.line.data = record.line.rendered()[:-1] + project.mark.encode()
    return Expectation("JSN001")


@kind(on=("packed", "gz"))
def annotation_of_a_packed_article_that_cannot_be_read(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    article.metadata.data = article.metadata.rendered()[:-1] + project.mark.encode()
    return Expectation("JSN001")


@kind(on=NOTES)
def integer_too_close_to_zero(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    article.metadata.value["words"] = project.marked(Raw(random.choice(["1e-999", "0.1e-400"])))
    return Expectation("JSN004")


@kind(on=NOTES)
def huge_offset(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    spot.mark(random.choice([spot.layer.start, spot.layer.end]), Raw(random.choice(["", "-"]) + "9" * 20), project.mark)
    return Expectation("JSN004")


@kind(on=NOTES)
def lone_surrogate_in_a_quote(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.text is not None and "quote" in spot.span)
    quote = render(spot.span["quote"], Style())
    spot.span["quote"] = Raw(quote[:-1] + project.mark + r"\ud83c" + '"')
    return Expectation("JSN005")


@kind(on=NOTES)
def value_of_a_link_that_cannot_be_read(project: Project, random: Random) -> Expectation:
    link = pick(random, project.links)
    mark = project.mark
    values = {"JSN003": f"{mark}NaN", "JSN004": f"{mark}1e999", "JSN005": rf'"same_person{mark}\ud83c"'}
    code = random.choice(list(values))
    link.line.value["kind"] = Raw(values[code])
    return Expectation(code)
