"""A second build does what changed and gives what a first one would, whatever was done to the project or the cache."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dataset_builder
from dataset_builder.model.result import BuildResult
from dataset_builder.pipeline import article, memory

CONFIGURATION = """name = "notes"
title = "Notes"
version = "1.0.0"
license = "CC0-1.0"
[splits]
method = "hash"
[splits.shares]
train = 0.4
test = 0.3
validation = 0.3
"""
SPAN = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "start", "end", "quote", "label"],
    "x-span": {"start": "start", "end": "end", "quote": "quote"},
    "properties": {
        "id": {"type": "string"},
        "start": {"type": "integer"},
        "end": {"type": "integer"},
        "quote": {"type": "string"},
        "label": {"enum": ["one", "two", "three"]},
    },
}
SCHEMAS = {
    "article": {"properties": {"title": {"type": "string"}}},
    "annotation": {
        "properties": {
            "article": {"type": "string", "x-ref": "@article"},
            "annotator": {"type": "string"},
            "words": {"type": "array", "x-key": "id", "x-table": "words", "items": SPAN},
        }
    },
}


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def add(root: Path, id_: str, word: str = "Some", label: str = "one") -> None:
    text = f"{word} words of {id_}.\n"
    span = {"id": "w1", "start": 0, "end": len(word), "quote": word, "label": label}
    (root / f"seeds/{id_}.txt").write_text(text)
    (root / f"seeds/{id_}.json").write_text(json.dumps({"title": id_}) + "\n")
    record = {"article": id_, "annotator": "ada", "words": [span]}
    (root / f"annotations/ada/{id_}.json").write_text(json.dumps(record) + "\n")


def make(root: Path, count: int = 9) -> Path:
    for folder in ("seeds", "annotations/ada", "schema"):
        (root / folder).mkdir(parents=True)
    (root / "dataset.toml").write_text(CONFIGURATION)
    for name, schema in SCHEMAS.items():
        write_schema(root, name, schema)
    for number in range(count):
        add(root, f"note-{number}", label=["one", "two"][number % 2])
    return root


def write_schema(root: Path, name: str, schema: dict) -> None:
    whole = {"type": "object", "additionalProperties": False, **schema}
    (root / f"schema/{name}.schema.json").write_text(json.dumps(whole) + "\n")


def build(root: Path, output: Path, **options: object) -> BuildResult:
    return dataset_builder.build(dataset_builder.open_project(root), output=output, **options)


def outcome(root: Path, output: Path, **options: object) -> tuple:
    """What a build says of itself; or, where it is refused, its findings."""
    try:
        built = build(root, output, **options)
    except dataset_builder.FindingsError as refused:
        return None, refused.result
    return built.tables, built.version, built.check


class Compiled:
    """The ids of articles that have been compiled since `clear`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ids: list[str] = []
        whole = article.ArticleCompiler.compile

        def compile_(compiler: article.ArticleCompiler, articles: list) -> object:
            self.ids += [each.id for each in articles]
            return whole(compiler, articles)

        monkeypatch.setattr(article.ArticleCompiler, "compile", compile_)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> Compiled:
    return Compiled(monkeypatch)


# What is done to a project between builds


def ids(root: Path) -> list[str]:
    return sorted(path.stem for path in root.glob("seeds/*.txt"))


def edit_metadata(root: Path, chance: random.Random) -> None:
    (root / f"seeds/{chance.choice(ids(root))}.json").write_text(json.dumps({"title": str(chance.random())}) + "\n")


def relabel(root: Path, chance: random.Random) -> None:
    add(root, chance.choice(ids(root)), label=chance.choice(["one", "two", "three"]))


def edit_text(root: Path, chance: random.Random) -> None:
    add(root, chance.choice(ids(root)), word=chance.choice(["Some", "More", "Fewer", "Größere"]))


def edit_in_secret(root: Path, chance: random.Random) -> None:
    """Same size, and the time of the last change put back."""
    path = root / f"seeds/{chance.choice(ids(root))}.json"
    status = path.stat()
    path.write_bytes(bytes(path.read_bytes().swapcase().replace(b"TITLE", b"title")))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def add_one(root: Path, chance: random.Random) -> None:
    add(root, f"extra-{chance.randrange(100)}")


def remove_one(root: Path, chance: random.Random) -> None:
    gone = chance.choice(ids(root)[1:])
    for path in root.glob(f"*/**/{gone}.*"):
        path.unlink()


def rename_one(root: Path, chance: random.Random) -> None:
    old, new = chance.choice(ids(root)), f"renamed-{chance.randrange(1000)}"
    (root / f"seeds/{old}.txt").rename(root / f"seeds/{new}.txt")
    (root / f"seeds/{old}.json").rename(root / f"seeds/{new}.json")
    record = root / f"annotations/ada/{old}.json"
    if record.exists():
        record.write_text(record.read_text().replace(f'"article": "{old}"', f'"article": "{new}"'))
        record.rename(root / f"annotations/ada/{new}.json")


def move_to_a_folder(root: Path, chance: random.Random) -> None:
    (root / "seeds/more").mkdir(exist_ok=True)
    moved = chance.choice(ids(root))
    for ending in ("txt", "json"):
        (root / f"seeds/{moved}.{ending}").rename(root / f"seeds/more/{moved}.{ending}")


def move_back(root: Path, chance: random.Random) -> None:
    for path in root.glob("seeds/more/*"):
        path.rename(root / "seeds" / path.name)


def touch(root: Path, chance: random.Random) -> None:
    (root / f"seeds/{chance.choice(ids(root))}.txt").touch()


def exchange(root: Path, chance: random.Random) -> None:
    """Two files take each other's place, with all their times."""
    one, other = (root / f"seeds/{id_}.json" for id_ in chance.sample(ids(root), 2))
    one.rename(root / "seeds/.aside")
    other.rename(one)
    (root / "seeds/.aside").rename(other)


def change_the_schema(root: Path, chance: random.Random) -> None:
    more = {f"more_{chance.randrange(3)}": {"type": "integer"}}
    write_schema(root, "article", {"properties": {**SCHEMAS["article"]["properties"], **more}})


def change_the_configuration(root: Path, chance: random.Random) -> None:
    text = CONFIGURATION.replace("Notes", chance.choice(["Notes", "Other notes"]))
    (root / "dataset.toml").write_text(text.replace("0.4", "0.3").replace("test = 0.3", "test = 0.4"))


def change_the_version(root: Path, chance: random.Random) -> None:
    (root / "dataset.toml").write_text(CONFIGURATION.replace("1.0.0", f"1.0.{chance.randrange(9)}"))


def pack_all(root: Path, chance: random.Random) -> None:
    records = root / "annotations/ada"
    lines = [path.read_text() for path in sorted(records.glob("*.json"))]
    kept = (records / "all.jsonl").read_text() if (records / "all.jsonl").exists() else ""
    (records / "all.jsonl").write_text(kept + "".join(lines))
    for path in records.glob("*.json"):
        path.unlink()


def relabel_packed(root: Path, chance: random.Random) -> None:
    packed = root / "annotations/ada/all.jsonl"
    if packed.exists():
        lines = packed.read_text().splitlines()
        line = chance.randrange(len(lines))
        lines[line] = lines[line].replace('"one"', '"three"')
        packed.write_text("\n".join(lines) + "\n")


def write_the_card(root: Path, chance: random.Random) -> None:
    (root / "DATASET_CARD.md").write_text(f"---\n---\n# Notes\n\n{chance.random()}\n")


def nothing(root: Path, chance: random.Random) -> None:
    pass


EDITS: list[Callable[[Path, random.Random], None]] = [
    edit_metadata,
    relabel,
    edit_text,
    edit_in_secret,
    add_one,
    remove_one,
    rename_one,
    move_to_a_folder,
    move_back,
    touch,
    exchange,
    change_the_schema,
    change_the_configuration,
    change_the_version,
    pack_all,
    relabel_packed,
    write_the_card,
    nothing,
]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(EDITS), min_size=6, max_size=10), st.integers(0, 999))
def test_a_second_build_gives_what_a_first_one_would(
    tmp_path_factory: pytest.TempPathFactory, edits: list, seed: int
) -> None:
    folder, chance = tmp_path_factory.mktemp("rebuilt"), random.Random(seed)
    root = make(folder / "project")
    build(root, folder / "out")
    for edit in edits:
        try:
            edit(root, chance)
        except (FileNotFoundError, IndexError, ValueError):  # nothing is left to do this to
            continue
        whole = outcome(root, folder / "whole", incremental=False)
        assert outcome(root, folder / "out") == whole
        if whole[0]:
            assert contents(folder / "out") == contents(folder / "whole"), edit.__name__


@pytest.mark.parametrize("edit", EDITS[:-1], ids=lambda edit: edit.__name__)
def test_each_kind_of_edit(tmp_path: Path, edit: Callable[[Path, random.Random], None]) -> None:
    root, chance = make(tmp_path / "project"), random.Random(5)
    if edit in (move_back, relabel_packed):
        {move_back: move_to_a_folder, relabel_packed: pack_all}[edit](root, chance)
    build(root, tmp_path / "out")
    edit(root, chance)
    build(root, tmp_path / "out")
    build(root, tmp_path / "whole", incremental=False)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


# How much is done


def test_where_nothing_changed_nothing_is_done(tmp_path: Path, compiled: Compiled) -> None:
    root = make(tmp_path / "project")
    first = build(root, tmp_path / "out")
    before = {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*")}
    settled(root)
    build(root, tmp_path / "out")
    compiled.ids.clear()
    again = build(root, tmp_path / "out")
    assert compiled.ids == []
    assert {path: path.stat().st_ino for path in (tmp_path / "out").rglob("*")}.keys() == before.keys()
    assert (again.written, again.reused) == (0, first.written)
    assert (again.tables, again.version, again.check) == (first.tables, first.version, first.check)


def settled(root: Path) -> None:
    """Lets so much time pass that no file of `root` is as young as the next build."""
    newest = max(path.stat().st_ctime_ns for path in root.rglob("*"))
    probe = root.parent / "probe"
    while True:
        probe.write_bytes(b"")
        if probe.stat().st_ctime_ns > newest:
            return


def test_only_the_shard_of_what_changed_is_compiled(tmp_path: Path, compiled: Compiled) -> None:
    root = make(tmp_path / "project", count=30)
    build(root, tmp_path / "out")
    settled(root)
    add(root, "note-7", label="three")
    compiled.ids.clear()
    build(root, tmp_path / "out")
    assert "note-7" in compiled.ids
    assert len(compiled.ids) < 30


@pytest.mark.parametrize("edit", [touch, change_the_version], ids=lambda edit: edit.__name__)
def test_what_holds_what_it_held_is_not_compiled(
    tmp_path: Path, compiled: Compiled, edit: Callable[[Path, random.Random], None]
) -> None:
    root = make(tmp_path / "project")
    build(root, tmp_path / "out")
    edit(root, random.Random(1))
    compiled.ids.clear()
    build(root, tmp_path / "out")
    assert compiled.ids == []


@pytest.mark.parametrize("many", [0, 100_000])
def test_several_processes_take_over_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(memory, "_MANY", many)  # where there are more, a second process helps to look at them
    root = make(tmp_path / "project", count=30)
    build(root, tmp_path / "out", jobs=2)
    add(root, "note-7", label="three")
    build(root, tmp_path / "out", jobs=2)
    build(root, tmp_path / "whole", incremental=False)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


# Whatever happens to the cache or the build


def index_of(root: Path) -> Path:
    (path,) = (root / ".dataset-builder").glob("state-*.sqlite")
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scramble(path: Path) -> None:
    data, chance = bytearray(path.read_bytes()), random.Random(3)
    for _ in range(200):
        data[chance.randrange(100, len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def copy_in_place(path: Path) -> None:
    shutil.copy2(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


@pytest.mark.parametrize(
    "harm",
    [Path.unlink, cut, scramble, make_folder, copy_in_place, lambda path: path.write_bytes(b""), lambda path: None],
    ids=["deleted", "cut off", "scrambled", "a folder", "a copy", "emptied", "unharmed"],
)
def test_whatever_happens_to_the_cache_the_build_is_right(tmp_path: Path, harm: Callable[[Path], object]) -> None:
    root = make(tmp_path / "project")
    build(root, tmp_path / "out")
    harm(index_of(root))
    add(root, "note-3", label="three")
    for _ in range(2):
        build(root, tmp_path / "out")
        build(root, tmp_path / "whole", incremental=False)
        assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_cache_of_another_project_says_nothing(tmp_path: Path, compiled: Compiled) -> None:
    root, other = make(tmp_path / "project"), make(tmp_path / "other")
    build(root, tmp_path / "out")
    shutil.copytree(root / ".dataset-builder", other / ".dataset-builder")
    compiled.ids.clear()
    build(other, tmp_path / "out")
    assert len(compiled.ids) == 9


@pytest.mark.parametrize("harm", [Path.unlink, scramble, cut])
def test_a_file_of_the_build_that_is_damaged_is_not_taken_over(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    root = make(tmp_path / "project")
    build(root, tmp_path / "out")
    path = next((tmp_path / "out/data/articles").iterdir())
    status = path.stat()
    harm(path)
    if path.exists():
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    add(root, "note-3", label="three")
    build(root, tmp_path / "out")
    build(root, tmp_path / "whole", incremental=False)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_build_that_fails_takes_nothing_from_the_next(tmp_path: Path) -> None:
    root = make(tmp_path / "project")
    build(root, tmp_path / "out")
    good = (root / "annotations/ada/note-3.json").read_text()
    (root / "annotations/ada/note-3.json").write_text(good.replace('"end": 4', '"end": 400'))
    with pytest.raises(dataset_builder.FindingsError):
        build(root, tmp_path / "out")
    (root / "annotations/ada/note-3.json").write_text(good)
    build(root, tmp_path / "out")
    build(root, tmp_path / "whole", incremental=False)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_a_link_to_a_file_is_never_trusted(tmp_path: Path) -> None:
    root = make(tmp_path / "project")
    target = root / "real.json"
    (root / "seeds/note-3.json").rename(target)
    (root / "seeds/note-3.json").symlink_to("../real.json")
    build(root, tmp_path / "out")
    target.write_text(json.dumps({"title": "another"}) + "\n")
    build(root, tmp_path / "out")
    build(root, tmp_path / "whole", incremental=False)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_findings_that_do_not_stop_a_build_are_reported_again(tmp_path: Path) -> None:
    root = make(tmp_path / "project")
    add(root, "note-3", word="Some words", label="one")
    record = root / "annotations/ada/note-3.json"
    record.write_text(
        record.read_text().replace('"end": 10, "quote": "Some words"', '"end": 11, "quote": "Some words "')
    )
    first = build(root, tmp_path / "out")
    assert "SPN011" in {found.code for found in first.check.diagnostics}
    settled(root)
    assert build(root, tmp_path / "out").check == first.check
    add(root, "note-4", label="three")
    assert build(root, tmp_path / "out").check.diagnostics == first.check.diagnostics


def test_digests_of_the_inputs_are_those_of_all(tmp_path: Path) -> None:
    root = make(tmp_path / "project")
    build(root, tmp_path / "out")
    stated = json.loads((tmp_path / "out/manifest.json").read_text())
    add(root, "note-3", label="three")
    build(root, tmp_path / "out")
    now = json.loads((tmp_path / "out/manifest.json").read_text())
    assert stated["inputs"]["annotations"] != now["inputs"]["annotations"]
    assert stated["inputs"]["articles"] == now["inputs"]["articles"]
    assert dataset_builder.verify(tmp_path / "out").ok
