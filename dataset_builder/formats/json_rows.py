"""The objects of JSON files, each with the line where it begins: a line each, members of a list, or a file each."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import orjson

from dataset_builder.formats.naming import Names
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import Trouble

__all__ = ["Row", "Titles", "array", "grouped", "integer", "rows", "shown", "text_of"]

_BOM = b"\xef\xbb\xbf"
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_MEMBERS = re.compile(rb'"\s*:')
_BLANK = b" \t\r\n"
_CONTAINERS = (dict, list)  # of parsed JSON, so that no subclass occurs
_DEEPEST = 48  # a project's own limit is 64, and a record is wrapped around what is kept
_MOST_NUMBER = 2**53  # what a JSON number holds for sure
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """An object of a file."""

    value: dict[str, Any]
    file: str
    line: int
    places: Mapping[int, int] = field(default_factory=dict)  # id() of an object within `value` to its line

    def line_of(self, value: object) -> int:
        """The line where `value`, an object within the row, begins; where the row begins if that isn't known."""
        return self.places.get(id(value), self.line)

    def trouble(self, kind: str, message: str, value: object = None) -> Trouble:
        """A word on `value`, an object within the row, or on the row."""
        return Trouble(kind, message, self.file, self.line_of(value))


def rows(source: Source, file: str, troubles: list[Trouble]) -> Iterator[Row]:
    """The objects of `file` in its order; what is none goes to `troubles`. Streams where each stands on a line."""
    try:
        if _is_lines(source, file):
            yield from _lines(source, file, troubles)
        else:
            yield from _members(source.read(file), file, troubles)
    except Unreadable as error:
        troubles.append(error.trouble)


def _is_lines(source: Source, file: str) -> bool:
    """Whether an object stands on each line: told by the name, or else by the first line, as tools misname files."""
    if file.lower().endswith((".jsonl", ".ndjson")):
        return True
    first, _, rest = source.head(file).removeprefix(_BOM).lstrip(_BLANK).partition(b"\n")
    return first.startswith(b"{") and first.rstrip(_BLANK).endswith(b"}") and rest.lstrip(_BLANK).startswith(b"{")


def _lines(source: Source, file: str, troubles: list[Trouble]) -> Iterator[Row]:
    for number, line in source.lines(file):
        data = (line.removeprefix(_BOM) if number == 1 else line).strip(_BLANK)
        if not data:
            continue
        value = _parsed(data, file, number, troubles)
        if isinstance(value, dict):
            yield Row(value, file, number)
        elif value is not _NOTHING:
            troubles.append(Trouble("import-syntax", f"the line is no object: {shown(value)}", file, number))


def _members(data: bytes, file: str, troubles: list[Trouble]) -> Iterator[Row]:
    data = data.removeprefix(_BOM)
    value = _parsed(data, file, 1, troubles)
    if value is _NOTHING:
        return
    places = _places(data, value) if b"\n" in data else {}
    for number, each in enumerate(value if isinstance(value, list) else [value], start=1):
        if isinstance(each, dict):
            yield Row(each, file, places.get(id(each), 1), places)
        else:
            message = f"member {number:,} is no object: {shown(each)}" if isinstance(value, list) else "it is no object"
            troubles.append(Trouble("import-syntax", message, file))


_NOTHING = object()


def _parsed(data: bytes, file: str, line: int, troubles: list[Trouble]) -> Any:
    """The value in `data`, which begins at `line`; `_NOTHING` if there is none, with a word on why."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        value = _with_half_pairs(data)
        if value is _NOTHING:
            message = f"it is no JSON: {error.msg}"
            troubles.append(Trouble("import-syntax", message, file, line + error.lineno - 1))
            return _NOTHING
        message = "half of a surrogate pair stands in a string: it was replaced by U+FFFD"
        troubles.append(Trouble("import-loose", message, file, line))
    count = _members_of(value)
    if count is None:
        message = f"objects and lists are nested more than {_DEEPEST} deep"
        troubles.append(Trouble("import-syntax", message, file, line))
        return _NOTHING
    if _MEMBERS.subn(b"", data)[1] != count:
        troubles += _doubled(data, file, line)
    return value


def _with_half_pairs(data: bytes) -> Any:
    """The value in `data` if half surrogate pairs alone keep it from being JSON that others read."""
    if b"\\ud" not in data.lower():
        return _NOTHING
    try:
        value = json.loads(data, parse_constant=_refuse)
        written = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
        return orjson.loads(written.decode("utf-16-le", "replace"))
    except (ValueError, RecursionError):
        return _NOTHING


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _members_of(value: Any) -> int | None:
    """How many members the objects in `value` have; None if it is nested too deep."""
    total, level = 0, [value]
    for _ in range(_DEEPEST):
        total += sum(len(each) for each in level if type(each) is dict)
        level = [
            inner
            for each in level
            if type(each) in _CONTAINERS
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) in _CONTAINERS
        ]
        if not level:
            return total
    return None


def _doubled(data: bytes, file: str, line: int) -> list[Trouble]:
    """The keys that an object in `data` has twice."""
    names: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> None:
        names.extend(name for name, count in Counter(name for name, _ in members).items() if count > 1)

    try:
        json.loads(data, object_pairs_hook=pairs)
    except (ValueError, RecursionError):  # nested deeper, or numbers longer, than the standard library goes
        names.append("…")
    return [
        Trouble("import-syntax", f'the key "{shown(name)}" is there twice: what comes first is left out', file, line)
        for name in dict.fromkeys(names)
    ]


def _places(data: bytes, value: Any) -> dict[int, int]:
    """The line of each object in `value`, which was read from `data`; of none where keys are there twice."""
    lines: list[int] = []
    for number, line in enumerate(BytesIO(_STRINGS.sub(b"", data)), start=1):
        lines += [number] * line.count(b"{")
    objects = list(_objects(value))
    return {id(each): at for each, at in zip(objects, lines, strict=True)} if len(objects) == len(lines) else {}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in `value`, in the order in which they begin."""
    pending = [value]
    while pending:
        each = pending.pop()
        if type(each) is dict:
            yield each
            each = each.values()
        elif type(each) is not list:
            continue
        pending += [inner for inner in reversed(each) if type(inner) in _CONTAINERS]


def grouped(
    read: Callable[[list[Trouble]], Iterator[Row]], key: Callable[[Row], Hashable], troubles: list[Trouble]
) -> Iterator[list[Row]]:
    """The rows of the same key together, as soon as the last of them is there. Reads twice, and holds what waits."""
    left = Counter(key(row) for row in read([]))
    waiting: dict[Hashable, list[Row]] = {}
    for row in read(troubles):
        of = key(row)
        waiting.setdefault(of, []).append(row)
        left[of] -= 1
        if not left[of]:
            yield waiting.pop(of)


class Titles:
    """Names of articles and annotators, told apart where a source gives the same name twice."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._names = Names()

    def article(self, wanted: str) -> str:
        """A name that no article has yet."""
        name = wanted
        while self._count[name]:
            self._count[wanted] += 1
            name = f"{wanted}-{self._count[wanted]}"
        self._count[name] += 1
        return name

    def annotator(self, wanted: object) -> str:
        """A name for an annotator that can be a folder's: the same for the same one."""
        if isinstance(wanted, bool) or not isinstance(wanted, int | str) or wanted == "":
            wanted = "unknown"
        return self._names.id_of(f"user-{wanted}" if isinstance(wanted, int) else wanted)


def integer(value: Any) -> int | None:
    """`value` as an integer that JSON holds exactly, if it is one; `1.0` is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and (not math.isfinite(value) or not value.is_integer()):
        return None
    return int(value) if abs(value) <= _MOST_NUMBER else None


def array(value: Any) -> Sequence[Any]:
    """`value` if it is a list; else nothing."""
    return value if isinstance(value, list) else ()


def text_of(value: Any) -> str | None:
    """What identifies something, as text: a string, or an integer's digits."""
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def shown(value: Any) -> str:
    """The beginning of `value`, for a message."""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
