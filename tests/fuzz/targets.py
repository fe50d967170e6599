"""What must hold for any bytes, as functions that fail where it doesn't."""

import json
import math
import re
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.errors import ConfigurationError, FindingsError, UsageError
from dataset_builder.model.diagnostic import Diagnostic, Place
from dataset_builder.model.document import Document
from dataset_builder.model.result import CheckResult
from dataset_builder.model.source import Source
from dataset_builder.pipeline.article import ArticleCompiler
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.opening import open_project
from dataset_builder.read.json import DEFAULT_LIMITS, no_duplicate_keys, read_document
from dataset_builder.read.json_edit import JsonEdit
from dataset_builder.read.toml import read_toml
from dataset_builder.report.json import render
from tests.fuzz.projects import Project, has_lone_returns, laid_out, lines_of, tells_of_outside
from tests.fuzz.watch import nothing_else_opened

__all__ = ["TARGETS"]

_SOURCE = Source("record.json")
_LONGEST_MESSAGE = 300
_SECONDS, _SECONDS_A_BYTE = 2.0, 100e-6  # so far from what is usual that only what isn't linear gets there
_SECONDS_A_PROJECT = 30.0


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    start = time.process_time()
    yield
    taken = time.process_time() - start
    assert taken < seconds, f"took {taken:.1f} s"


# --- Strict JSON ----------------------------------------------------------------------------------------------------


def json_text(data: bytes) -> None:
    """The strict reader reads `data` as `json` and `orjson` do, says all that is wrong, and where each part stands."""
    with _within(_SECONDS + len(data) * _SECONDS_A_BYTE):
        document = read_document(data, _SOURCE)
    _assert_whole(document)
    kinds = Counter(flaw.kind for flaw in document.flaws)
    _assert_as_orjson(data, document, kinds)
    if document.readable:
        _assert_as_json(data, document, kinds)
        _assert_positions(document)
    else:
        assert document.value is None
        assert document.flaws
    if document.readable and not document.flaws and isinstance(document.value, dict):
        _assert_edits(document)


def _assert_whole(document: Document) -> None:
    """Flaws are in order, say something printable, and everything lies within the text."""
    length = len(document.text)
    assert list(document.flaws) == sorted(document.flaws, key=lambda flaw: flaw.offset)
    for flaw in document.flaws:
        assert 0 <= flaw.offset <= length
        assert len(flaw.message) < _LONGEST_MESSAGE
        assert flaw.message.isprintable(), flaw.message
        place = document.place_at(flaw.offset, flaw.pointer)
        assert document.lines.offset(place.line or 0, place.column or 0) == flaw.offset
    assert all(0 <= start < end <= length for pointer, (start, end) in document.values.items() if pointer)
    assert all(0 <= offset < length for offset in document.keys.values())


def _assert_as_orjson(data: bytes, document: Document, kinds: Counter[str]) -> None:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        assert document.flaws
        return
    assert kinds.keys() <= {"duplicate-key", "number-range", "depth"}
    if not document.flaws:
        assert repr(document.value) == repr(value)
    if no_duplicate_keys([data], _members(value)):
        assert not kinds["duplicate-key"]


def _assert_as_json(data: bytes, document: Document, kinds: Counter[str]) -> None:
    """`json`, which is told to note what it lets through, has the same value and the same things to say."""
    expected: Counter[str] = Counter()

    def text(value: str) -> str:
        fixed, found = re.subn("[\ud800-\udfff]", "\ufffd", value)
        expected["lone-surrogate"] += found
        return fixed

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        return [plain(item) if isinstance(item, str) else item for item in value] if isinstance(value, list) else value

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = [(text(name), plain(value)) for name, value in pairs]
        made = dict(found)
        expected["duplicate-key"] += len(found) - len(made)
        return made

    def integer(literal: str) -> float:
        value: float = int(literal) if len(literal) <= 640 else math.copysign(math.inf, -literal.startswith("-") or 1)
        expected["number-range"] += not -(2**63) <= value < 2**63
        return value

    def real(literal: str) -> float:
        value = float(literal)
        mantissa = re.split("[eE]", literal)[0]
        expected["number-range"] += math.isinf(value) or (value == 0 and bool(set(mantissa) & set("123456789")))
        return value

    def word(literal: str) -> float:
        expected["not-a-number"] += 1
        return float(literal)

    decoded = data.decode("utf-8")
    expected["bom"] += decoded.startswith("\ufeff")
    hooks: dict[str, Any] = {"object_pairs_hook": members, "parse_int": integer, "parse_float": real}
    value = plain(json.loads(decoded.removeprefix("\ufeff"), **hooks, parse_constant=word))
    value = _deep(plain, value)
    assert repr(document.value) == repr(value)
    assert kinds == +expected, (kinds, expected)


def _deep(plain: Callable[[Any], Any], value: Any) -> Any:
    """`value` with `plain` done to the strings of arrays in arrays, which no hook sees."""
    if isinstance(value, list):
        return [_deep(plain, plain(item)) for item in value]
    if isinstance(value, dict):
        return {name: _deep(plain, member) for name, member in value.items()}
    return value


def _assert_positions(document: Document) -> None:
    """Each part of the value has its position, which holds it and nothing more, and nothing else has one."""
    parts = dict(_walk(document.value))
    assert document.values.keys() == parts.keys()
    assert document.keys.keys() == {pointer for pointer in parts if pointer and isinstance(pointer[-1], str)}
    for pointer, (start, end) in document.values.items():
        around = document.values[pointer[:-1]] if pointer else (-1, len(document.text) + 1)
        assert around[0] < start < end < around[1]
        first, last, value = document.text[start], document.text[end - 1], parts[pointer]
        assert (first + last == "{}") == isinstance(value, dict)
        assert (first + last == "[]") == isinstance(value, list)
        assert (first == last == '"') == isinstance(value, str)
        if pointer in document.keys:
            assert document.text[document.keys[pointer]] == '"'
            assert around[0] < document.keys[pointer] < start


def _walk(value: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    pending: list[tuple[tuple[Any, ...], Any]] = [((), value)]
    while pending:
        pointer, part = pending.pop()
        yield pointer, part
        if isinstance(part, (dict, list)):
            pairs = part.items() if isinstance(part, dict) else enumerate(part)
            pending += [((*pointer, step), inner) for step, inner in pairs]


def _members(value: Any) -> int:
    return sum(len(part) for _, part in _walk(value) if isinstance(part, dict))


def _assert_edits(document: Document) -> None:
    """A text with a member added, or one removed, still is one, and says that and nothing else."""
    edit = JsonEdit(document)
    edit.set((), "x-new", [1])
    edit.set((), "x-more", {"a": None})
    _assert_says(edit, {**document.value, "x-new": [1], "x-more": {"a": None}})
    names = list(document.value)
    for name in names[:1] + names[-1:]:
        edit = JsonEdit(document)
        edit.remove((name,))
        edit.set((), "x-new", name)
        rest = {other: value for other, value in document.value.items() if other != name}
        _assert_says(edit, {**rest, "x-new": name})


def _assert_says(edit: JsonEdit, value: Any) -> None:
    again = read_document(edit.text().encode(), _SOURCE)
    assert not again.flaws or (again.flaws[0].kind == "depth" and edit.document.text.count("{") > DEFAULT_LIMITS.depth)
    assert not again.readable or repr(again.value) == repr(value)


# --- TOML -----------------------------------------------------------------------------------------------------------


def toml_text(data: bytes) -> None:
    """The reader of configurations reads `data` as `tomllib` does, and says where each part stands."""
    with _within(_SECONDS + len(data) * _SECONDS_A_BYTE):
        document = read_toml(data, Source("dataset.toml"))
    _assert_whole(document)
    assert document.readable != bool(document.flaws)
    if not document.readable:
        assert {flaw.kind for flaw in document.flaws} == {"config-syntax"}
        return
    value = tomllib.loads(data.decode("utf-8"))
    assert repr(document.value) == repr(value)
    parts = dict(_walk(value))
    assert document.values.keys() == parts.keys()
    for pointer, offset in document.keys.items():
        assert pointer in parts
        assert document.text[offset] == pointer[-1][:1] or document.text[offset] in "\"'"
    for pointer, (start, end) in document.values.items():
        if isinstance(parts[pointer], (str, int, float)) and not isinstance(parts[pointer], bool):
            assert repr(tomllib.loads("x = " + document.text[start:end])["x"]) == repr(parts[pointer])


# --- A whole project ------------------------------------------------------------------------------------------------


def project(data: bytes) -> None:
    """Whatever is wrong with a project, `check` says so: in its own words, in time, and having read nothing else.

    What the fast path calls clean has no finding by the rules either.
    """
    with laid_out(Project.of(data)) as root:
        with _within(_SECONDS_A_PROJECT), nothing_else_opened(root):
            fast = _outcome(root)
        with patch.object(ArticleCompiler, "_candidate", lambda *_: None):
            slow = _outcome(root)
        if isinstance(fast, CheckResult):
            assert isinstance(slow, CheckResult)
            assert fast.diagnostics == slow.diagnostics, sorted(set(fast.diagnostics) ^ set(slow.diagnostics), key=repr)
            assert fast.summary == slow.summary
            _assert_told(fast, root)
        else:
            assert fast == slow
            assert not tells_of_outside(fast)


def _outcome(root: Path) -> CheckResult | str:
    """What checking the project at `root` gives; of what may stop it, the findings or the words."""
    try:
        return check(open_project(root))
    except (ConfigurationError, FindingsError) as error:
        result = error.result
    except UsageError as error:
        return str(error)
    assert isinstance(result, CheckResult)
    assert not result.ok
    return result


_SHAPE = {
    "code": str,
    "severity": str,
    "message": str,
    "file": str,
    "line": int | None,
    "column": int | None,
    "pointer": str | None,
    "help": str | None,
    "fixable": bool,
}


def _assert_told(result: CheckResult, root: Path) -> None:
    """The findings are in order and of the promised shape, and stand where there is something."""
    text = render(result)
    assert not tells_of_outside(text)
    shown = json.loads(text)
    assert shown.keys() == {"diagnostics", "summary"}
    assert all(type(figure) is int and figure >= 0 for figure in shown["summary"].values())
    for each in shown["diagnostics"]:
        assert each.keys() == _SHAPE.keys()
        assert all(isinstance(each[name], shape) for name, shape in _SHAPE.items())
        assert each["code"] in RULES_BY_CODE
        assert each["message"]
    severities = Counter(each["severity"] for each in shown["diagnostics"])
    assert severities == +Counter({name: shown["summary"][f"{name}s"] for name in ("error", "warning", "note")})
    assert list(result.diagnostics) == sorted(result.diagnostics, key=lambda found: found.sort_key)
    for found in result.diagnostics:
        _assert_places(found, root)


def _assert_places(found: Diagnostic, root: Path) -> None:
    for place in (found.place, *found.related):
        _assert_place(place, root, found)
    for edit in found.fix:
        lines = lines_of(root, edit.file)
        assert lines is not None, found
        start, end = lines.offset(*edit.start), lines.offset(*edit.end)
        assert 0 <= start <= end <= len(lines.text), found
        assert edit.was is None or lines.text[start:end] == edit.was, found


def _assert_place(place: Place, root: Path, found: Diagnostic) -> None:
    lines = lines_of(root, place.file)
    if lines is None:  # a folder, a name that isn't UTF-8, or what isn't there and should be
        assert (place.line or 1) == 1, found
        assert (place.column or 1) == 1, found
        return
    line, column = place.line or 1, place.column or 1
    if has_lone_returns(root, place.file):
        return
    assert 1 <= line <= len(lines.starts), found
    assert 1 <= column <= len(lines.line(line)) + 2, found  # a CR LF is two
    if place.start is not None and place.end is not None and place.file.endswith(".txt"):
        assert 0 <= place.start <= place.end <= len(lines.text), found


TARGETS: dict[str, Callable[[bytes], None]] = {"json": json_text, "toml": toml_text, "project": project}
"""By the names that they are run by."""
