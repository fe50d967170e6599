"""What an import does to a project that is there: nothing, or just what changed, or nothing at all."""

import json
import os

import pytest

import dataset_builder
from dataset_builder.errors import OutputError, UsageError
from dataset_builder.formats.naming import Names


@pytest.fixture
def source(tmp_path):
    """A collection of two documents."""
    folder = tmp_path / "source"
    folder.mkdir()
    write(folder, "a", "Ada met Bo.\n", "T1\tPER 0 3\tAda\n")
    write(folder, "b", "Bo met Cy.\n", "T1\tPER 0 2\tBo\n")
    return folder


def write(folder, name, text, lines=None):
    (folder / f"{name}.txt").write_bytes(text.encode())
    if lines is not None:
        (folder / f"{name}.ann").write_bytes(lines.encode())


def contents(folder):
    cache = folder / ".dataset-builder"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_relative_to(cache)
    }


def bring_in(source, project, **options):
    return dataset_builder.import_corpus(source, project, **options)


def test_a_new_project_is_whole(source, tmp_path):
    result = bring_in(source, tmp_path / "project")
    assert set(result.new) == set(contents(tmp_path / "project")) - {"imports.lock.json"} | {"imports.lock.json"}
    assert {"seeds/a.txt", "seeds/a.json", "annotations/brat/a.json", "dataset.toml", ".gitignore"} <= set(result.new)
    assert (tmp_path / "project/seeds/a.txt").read_bytes() == (source / "a.txt").read_bytes()


def test_a_second_import_changes_nothing(source, tmp_path):
    bring_in(source, tmp_path / "project")
    before = contents(tmp_path / "project")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "project").rglob("*.json")}
    result = bring_in(source, tmp_path / "project")
    assert (result.unchanged, result.new, result.changed, result.gone) == (True, (), (), ())
    assert contents(tmp_path / "project") == before
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "project").rglob("*.json")}


def test_an_import_of_a_changed_source_shows_what_changed(source, tmp_path):
    bring_in(source, tmp_path / "project")
    write(source, "a", "Ada met Bo.\n", "T1\tORG 0 3\tAda\n")
    write(source, "c", "Cy.\n", "T1\tPER 0 2\tCy\n")
    (source / "b.txt").unlink()
    (source / "b.ann").unlink()
    result = bring_in(source, tmp_path / "project")
    assert result.new == ("annotations/brat/c.json", "seeds/c.json", "seeds/c.txt")
    assert result.changed == ("annotations/brat/a.json", "imports.lock.json", "schema/annotation.schema.json")
    assert result.gone == ("annotations/brat/b.json", "seeds/b.json", "seeds/b.txt")
    assert (tmp_path / "project/seeds/b.txt").exists()
    schema = json.loads((tmp_path / "project/schema/annotation.schema.json").read_bytes())["properties"]["entities"]
    labels = {each["const"]: each["description"] for each in schema["items"]["properties"]["label"]["oneOf"]}
    assert labels == {"ORG": "1 in what was imported.", "PER": "1 in what was imported."}
    assert schema["description"] == "Entities, as imported: 2 in all."
    assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok


def test_what_is_gone_is_said_until_it_is_pruned(source, tmp_path):
    bring_in(source, tmp_path / "project")
    (source / "b.txt").unlink()
    (source / "b.ann").unlink()
    gone = ("annotations/brat/b.json", "seeds/b.json", "seeds/b.txt")
    assert bring_in(source, tmp_path / "project").gone == gone
    assert bring_in(source, tmp_path / "project").gone == gone
    result = bring_in(source, tmp_path / "project", prune=True)
    assert (result.gone, result.pruned) == (gone, True)
    assert set(contents(tmp_path / "project")).isdisjoint(gone)
    assert bring_in(source, tmp_path / "project", prune=True).unchanged
    assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok


def test_a_file_that_was_edited_stays_while_the_source_is_what_it_was(source, tmp_path):
    bring_in(source, tmp_path / "project")
    edited = tmp_path / "project/annotations/brat/a.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace('"id":"T1"', '"id":"T7"'), encoding="utf-8")
    before = contents(tmp_path / "project")
    result = bring_in(source, tmp_path / "project")
    assert (result.unchanged, result.kept) == (True, ("annotations/brat/a.json",))
    assert contents(tmp_path / "project") == before
    result = bring_in(source, tmp_path / "project", force=True)
    assert (result.changed, result.kept) == (("annotations/brat/a.json",), ())
    assert '"id":"T1"' in edited.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["annotations/brat/a.json", "schema/annotation.schema.json"])
def test_a_file_that_was_edited_is_not_overwritten(source, tmp_path, file):
    bring_in(source, tmp_path / "project")
    edited = tmp_path / "project" / file
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    write(source, "a", "Ada met Bo.\n", "T1\tORG 0 3\tAda\n")
    write(source, "c", "Cy.\n")
    before = contents(tmp_path / "project")
    result = bring_in(source, tmp_path / "project")
    assert [(found.code, found.place.file) for found in result.check.diagnostics] == [("FMT012", file)]
    assert not result.written
    assert contents(tmp_path / "project") == before
    assert bring_in(source, tmp_path / "project", force=True).check.ok
    assert bring_in(source, tmp_path / "project").unchanged


def test_a_record_that_lacked_layers_at_first_is_guarded_too(source, tmp_path):
    write(source, "c", "Cy met Ada.\n", "T1\tPER 0 2\tCy\nT2\tPER 7 10\tAda\nR1\tmet Arg1:T1 Arg2:T2\n")
    bring_in(source, tmp_path / "project")
    edited = tmp_path / "project/annotations/brat/a.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace('"id":"T1"', '"id":"T7"'), encoding="utf-8")
    before = contents(tmp_path / "project")
    for _ in range(2):
        result = bring_in(source, tmp_path / "project")
        assert (result.unchanged, result.kept) == (True, ("annotations/brat/a.json",))
        assert contents(tmp_path / "project") == before
    write(source, "a", "Ada met Bo.\n", "T1\tORG 0 3\tAda\n")
    assert not bring_in(source, tmp_path / "project").written
    assert contents(tmp_path / "project") == before


def test_a_project_made_by_hand_is_not_overwritten(source, tmp_path):
    project = dataset_builder.init(tmp_path / "project")
    before = contents(tmp_path / "project")
    result = bring_in(source, project)
    assert {found.code for found in result.check.diagnostics} == {"FMT012"}
    assert not result.written
    assert contents(tmp_path / "project") == before


def test_several_imports_share_a_project(source, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, "z", "Zoe sang.\n", "T1\tARTIST 0 3\tZoe\n")
    bring_in(source, tmp_path / "project")
    result = bring_in(other, tmp_path / "project")
    assert result.gone == ()
    assert result.changed == ("imports.lock.json", "schema/annotation.schema.json")
    project = dataset_builder.open_project(tmp_path / "project")
    assert dataset_builder.check(project, jobs=1).ok
    schema = json.loads((tmp_path / "project/schema/annotation.schema.json").read_bytes())
    labels = schema["properties"]["entities"]["items"]["properties"]["label"]["oneOf"]
    assert [label["const"] for label in labels] == ["ARTIST", "PER"]
    assert bring_in(source, tmp_path / "project").unchanged
    assert bring_in(other, tmp_path / "project").unchanged


@pytest.mark.parametrize("at", [1, 3, 5, 6, 9, 12])
def test_an_import_that_fails_leaves_the_project_as_it_was(source, tmp_path, monkeypatch, at):
    bring_in(source, tmp_path / "project")
    before = contents(tmp_path / "project")
    write(source, "a", "Ada met Bo again.\n", "T1\tORG 0 3\tAda\n")
    write(source, "c", "Cy.\n", "T1\tPER 0 2\tCy\n")
    real, calls = os.rename, []

    def rename(*arguments, **options):
        calls.append(arguments)
        if len(calls) == at:
            raise OSError(28, "No space left on device", "somewhere")
        return real(*arguments, **options)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(OutputError, match="No space left"):
        bring_in(source, tmp_path / "project")
    monkeypatch.undo()
    assert len(calls) == at + at - 1, "what was moved was moved back"
    assert contents(tmp_path / "project") == before
    assert list((tmp_path / "project/.dataset-builder").iterdir()) == []


def test_a_source_without_a_text_makes_nothing(tmp_path):
    (tmp_path / "source").mkdir()
    write(tmp_path / "source", "a", " \n", "T1\tPER 0 1\t \n")
    with pytest.raises(UsageError, match="no article that could be imported as brat: the text is blank"):
        bring_in(tmp_path / "source", tmp_path / "project", format="brat")
    assert not (tmp_path / "project").exists()


def test_a_record_of_imports_that_is_broken_is_a_clear_error(source, tmp_path):
    bring_in(source, tmp_path / "project")
    for text in ("{", "[]", '{"version": 99, "imports": {}}', '{"version": 1, "imports": {"a": 1}}'):
        (tmp_path / "project/imports.lock.json").write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match=r"imports.lock.json can't be read"):
            bring_in(source, tmp_path / "project")


def test_layers_that_an_article_lacks_are_there_and_empty(source, tmp_path):
    write(source, "c", "Cy met Ada.\n", "T1\tPER 0 2\tCy\nT2\tPER 7 10\tAda\nR1\tmet Arg1:T1 Arg2:T2\n")
    bring_in(source, tmp_path / "project")
    for name in "abc":
        record = json.loads((tmp_path / "project/annotations/brat" / f"{name}.json").read_bytes())
        assert list(record) == ["article", "annotator", "text_sha256", "entities", "relations"]


def test_folders_are_those_that_the_project_names(source, tmp_path):
    bring_in(source, tmp_path / "project")
    other = tmp_path / "other"
    other.mkdir()
    settings = (tmp_path / "project/dataset.toml").read_text(encoding="utf-8")
    paths = '\n[paths]\narticles = "texts"\nannotations = "marks"\nschema = "meaning"\n'
    (other / "dataset.toml").write_text(settings + paths, encoding="utf-8")
    result = bring_in(source, other)
    assert {"texts/a.txt", "marks/brat/a.json", "meaning/annotation.schema.json"} <= set(result.new)
    assert dataset_builder.check(dataset_builder.open_project(other), jobs=1).ok


@pytest.mark.parametrize("section", ['[fields]\narticle = "of"', '[paths]\narticles = "s3://bucket/texts"'])
def test_a_project_that_imports_cannot_write_to_is_refused(source, tmp_path, section):
    bring_in(source, tmp_path / "project")
    path = tmp_path / "project/dataset.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{section}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="import into a project of its own"):
        bring_in(source, tmp_path / "project")


def test_annotators_have_folders_that_nothing_else_has(tmp_path):
    for name in ("links", "Ann", "ann"):
        (tmp_path / "source" / name).mkdir(parents=True)
        write(tmp_path / "source" / name, "a", "Ada met Bo.\n", "T1\tPER 0 3\tAda\n")
    result = bring_in(tmp_path / "source", tmp_path / "project")
    first, second, third = result.annotators
    assert (first, second.partition("-")[0], third.partition("-")[0]) == ("Ann", "ann", "links")
    assert third != "links"
    assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok


def test_what_a_folder_has_already_is_left_alone(source, tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project/.gitignore").write_text("mine\n", encoding="utf-8")
    assert bring_in(source, tmp_path / "project").written
    assert (tmp_path / "project/.gitignore").read_text(encoding="utf-8") == "mine\n"
    assert bring_in(source, tmp_path / "project").unchanged


# Ids


def test_ids_are_safe_unique_and_stable():
    names = ["a/b", "a--b", "A/B", ".hidden", "con:trol\x00", "x" * 400, "", "ä水", "..", "a\\c", "name ", "name"]
    first, second = ([given.id_of(name) for name in names] for given in (Names(), Names()))
    assert first == second
    assert len({each.lower() for each in first}) == len(names)
    assert first[0] == "a--b"
    for each in first:
        assert each
        assert not each.startswith(".")
        assert each.isprintable()
        assert len(each.encode()) <= 200
        assert not set("/\\:") & set(each)
