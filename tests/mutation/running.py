"""Mutates a clean project, runs the checker on it, and compares what it says with what is expected."""

import difflib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

import dataset_builder
from dataset_builder.errors import ConfigurationError, FindingsError
from tests.mutation.clean import NAMES, clean
from tests.mutation.kinds import Expectation, Kind
from tests.mutation.project import Inapplicable, Packed, Project
from tests.mutation.rendering import MARKS, place_of, unmarked

_TRIES = 40


class Found(NamedTuple):
    code: str
    file: str
    line: int | None
    column: int | None
    words: str

    def __str__(self) -> str:
        return f"{self.code} {self.file}:{self.line}:{self.column} {self.words}"


class Mutated(NamedTuple):
    project: Project
    expected: list[tuple[Expectation, tuple[Any, ...]]]  # with file, line, column
    before: dict[str, bytes]
    after: dict[str, bytes]
    seed: str
    kinds: Sequence[Kind]


def mutate(kinds: Sequence[Kind], seed: int, styles: int = 0) -> Mutated:
    """A clean project with a mutation of each of `kinds` at articles of their own; `seed` chooses where."""
    names = _names(kinds, seed)
    for attempt in range(_TRIES):
        number = f"{'+'.join(kind.name for kind in kinds)} {seed} {attempt}"
        random = Random(number)
        project = clean(names[(seed + attempt) % len(names)], styles)
        project.paired = len(kinds) > 1
        before = {name: unmarked(data) for name, data in project.rendered().items()}
        try:
            expected = [_mutate(project, kind, mark, random) for kind, mark in zip(kinds, MARKS, strict=False)]
        except Inapplicable:
            continue
        rendered = project.rendered()
        places = [each.at or _place(rendered, mark) for each, mark in zip(expected, MARKS, strict=False)]
        if None in places and project.paired:
            continue  # both wrote the same file
        assert None not in places, "the mark stands nowhere"
        found = list(zip(expected, places, strict=True))
        after = {name: unmarked(data) for name, data in rendered.items()}
        return Mutated(project, found, before, after, number, kinds)
    raise Inapplicable


def _names(kinds: Sequence[Kind], seed: int) -> list[str]:
    """The projects that the kinds may be made in, in the order in which they are taken; the large one rarely."""
    names = [name for name in NAMES if all(name in kind.on for kind in kinds)]
    turn = crc32(kinds[0].name.encode())
    if len(names) > 1 and "own" in names and (turn + seed) % 8:
        names.remove("own")
    return names[turn % len(names) :] + names[: turn % len(names)]


def _mutate(project: Project, kind: Kind, mark: str, random: Random) -> Expectation:
    project.mark = mark
    return kind.mutate(project, random)


def _place(rendered: dict[str, bytes], mark: str) -> tuple[str, int, int] | None:
    places = [(name, *place) for name, data in rendered.items() if (place := place_of(data, mark))]
    assert len(places) < 2, f"the mark stands in {places}"
    return places[0] if places else None


def run(folder: Path, by: str = "check") -> list[Found]:
    try:
        project = dataset_builder.open_project(folder)
        if by == "card":
            try:
                result = dataset_builder.card(project, write=False, jobs=1).check
            except FindingsError as error:
                result = error.result
        else:
            result = dataset_builder.check(project, jobs=1)
    except ConfigurationError as error:
        result = error.result
    return [
        Found(each.code, each.place.file, each.place.line, each.place.column, f"{each.message} | {each.help}")
        for each in result.diagnostics
    ]


def complaints(mutated: Mutated, found: list[Found]) -> list[str]:
    """What is not as expected, in words; empty where all is well."""
    wrong, left = [], list(found)
    for expectation, place in mutated.expected:
        here = [each for each in left if (each.code, *each[1:4]) == (expectation.code, *place)]
        if not here:
            wrong.append(f"expected {expectation.code} at {':'.join(map(str, place))}")
        elif expectation.says and not any(expectation.says in each.words for each in here):
            wrong.append(f"expected to be told {expectation.says!r}")
        left = [each for each in left if each not in here[:1]]
    also = set().union(
        *(kind.also | each.also for kind, (each, _) in zip(mutated.kinds, mutated.expected, strict=True))
    )
    wrong += [f"unexpected: {each}" for each in left if each.code not in also]
    return wrong


def mendable(mutated: Mutated) -> bool:
    """Whether no compressed file was mutated: these are left as they are."""
    changed = [name for name, data in mutated.after.items() if mutated.before.get(name) != data]
    return not any(name.endswith((".gz", ".zst")) for name in changed)


def mend(mutated: Mutated) -> list[str]:
    """What is wrong with a project once it is mended: findings that are left, bytes that are not as before."""
    codes = {expectation.code for expectation, _ in mutated.expected}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        mutated.project.lay(root, mutated.after)
        project = dataset_builder.open_project(root)
        result = dataset_builder.fix(project, jobs=1)
        wrong = [f"still there: {each.code} {each.place}" for each in result.check.diagnostics if each.code in codes]
        mended = _contents(root, mutated)
        again = dataset_builder.fix(project, jobs=1)
        if again.fixed or _contents(root, mutated) != mended:
            wrong.append(f"mended twice: {again.files}")
    if not result.fixed:
        wrong.append("nothing was mended")
    if mutated.kinds[0].fixable == "same":
        changed = [name for name, data in mended.items() if data != mutated.before[name]]
        wrong += [f"not as before: {name}" for name in changed]
        mutated = mutated._replace(after=mended)
    return [*wrong, f"seed: {mutated.seed}", *difference(mutated)] if wrong else []


def _contents(root: Path, mutated: Mutated) -> dict[str, bytes]:
    plain = [name for name in mutated.before if not name.endswith((".gz", ".zst"))]
    return {name: (root / name).read_bytes() for name in plain if (root / name).is_file()}


def look(mutated: Mutated) -> list[str]:
    """What is wrong with the findings on a mutated project."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        mutated.project.lay(root, mutated.after)
        try:
            found = run(root, mutated.kinds[0].by)
        except Exception as error:  # noqa: BLE001 - a crash is a failure like others: its seed is to be seen
            found, wrong = [], [f"raised {error!r}"]
        else:
            wrong = complaints(mutated, found)
    if wrong:
        wrong += ["", *(f"found: {each}" for each in found[:12]), "", f"seed: {mutated.seed}", *difference(mutated)]
    return wrong


def difference(mutated: Mutated) -> list[str]:
    """The mutated files, compared with the clean ones."""
    lines = [f"project: {mutated.project.name}"]
    for name in sorted(mutated.before.keys() | mutated.after.keys()):
        old, new = mutated.before.get(name, b""), mutated.after.get(name, b"")
        if old != new:
            texts = [_split(name, data, mutated.project) for data in (old, new)]
            shown = difflib.unified_diff(*texts, f"clean/{name}", f"mutated/{name}", n=1, lineterm="")
            lines += [line if len(line) < 300 else f"{line[:300]}…" for line in list(shown)[:40]]
    return lines


def _split(name: str, data: bytes, project: Project) -> list[str]:
    lines = [ascii(line)[1:-1] for line in data.decode("utf-8", "backslashreplace").split("\n")]
    if isinstance(project.files.get(name), Packed):  # a record is one line: shown in parts
        lines = [part for line in lines for part in line.split("}, {")]
    return lines
