import os
import sys
import time

import pytest

from dataset_builder.state import looking
from dataset_builder.state.scan import changed, scan, stamp_of

LATER = time.time_ns() + 10**12


@pytest.fixture
def folder(tmp_path):
    """A folder that was written long before it is looked at, as far as the clock is concerned."""
    (tmp_path / "a/deep").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    for name in ("a/one.txt", "a/deep/two.json", "b/three.json"):
        (tmp_path / name).write_text(name)
    return tmp_path


def look(folder, before=LATER):
    return scan(folder, ["a", "b"], before)


def test_what_is_as_it_was_has_not_changed(folder):
    assert list(changed(look(folder), look(folder))) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda folder: (folder / "a/one.txt").write_text("longer than it was"), {"a/one.txt"}),
        (lambda folder: (folder / "a/deep/two.json").write_text("a/deep/owt.json"), {"a/deep/two.json"}),
        (lambda folder: (folder / "b/four.json").write_text(""), {"b/four.json"}),
        (lambda folder: (folder / "b/three.json").unlink(), {"b/three.json"}),
        (lambda folder: (folder / "b/three.json").rename(folder / "b/3.json"), {"b/three.json", "b/3.json"}),
        (lambda folder: (folder / "b/three.json").rename(folder / "a/three.json"), {"b/three.json", "a/three.json"}),
        (lambda folder: os.utime(folder / "b/three.json"), {"b/three.json"}),
        (lambda folder: (folder / "b/three.json").chmod(0o600), {"b/three.json"}),
        (lambda folder: (folder / "b/new").mkdir(), {"b/new"}),
        (lambda folder: (folder / "b/b\udcff.json").write_text(""), {"b/b\udcff.json"}),
    ],
)
def test_what_changes_shows(folder, change, names):
    before = look(folder)
    change(folder)
    assert set(changed(before, look(folder))) == names


def test_times_put_back_do_not_hide_a_change(folder):
    before, status = look(folder), (folder / "a/one.txt").stat()
    (folder / "a/one.txt").write_text("a/eno.txt")
    os.utime(folder / "a/one.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert list(changed(before, look(folder))) == ["a/one.txt"]


def test_a_file_as_young_as_the_look_tells_nothing(folder):
    touched = (folder / "a/one.txt").stat().st_ctime_ns
    os.utime(folder / "b/three.json", ns=(LATER, LATER))
    first = look(folder, touched)
    assert "a/one.txt" in set(changed(first, look(folder, touched)))
    assert list(changed(look(folder), look(folder))) == ["b/three.json"], "a time to come tells nothing either"


def many(folder):
    for name in map(str, range(40)):
        (folder / "a" / name).write_text(name)
    (folder / "b/b\udcff.json").write_text("")
    (folder / "b/link.json").symlink_to("three.json")


def test_a_second_process_tells_the_same(folder):
    many(folder)
    assert scan(folder, ["a", "b", "c"], LATER, helped=True) == scan(folder, ["a", "b", "c"], LATER)


@pytest.mark.parametrize("program", ["", "/nowhere/python", "import sys; sys.exit(1)", "print('x' * 8)"])
def test_one_that_fails_is_no_loss(folder, tmp_path, monkeypatch, program):
    many(folder)
    expected = look(folder)
    if " " in program:
        (tmp_path / "looking.py").write_text(program)
        monkeypatch.setattr(looking, "__file__", str(tmp_path / "looking.py"))
    else:
        monkeypatch.setattr(sys, "executable", program)
    assert scan(folder, ["a", "b"], LATER, helped=True) == expected


def test_what_comes_between_the_two_is_seen(folder, monkeypatch):
    many(folder)
    (folder / "extra").write_text("")
    inner = looking.look_through

    def late(*arguments):
        if (folder / "extra").exists():
            (folder / "extra").replace(folder / "a/extra")
        return inner(*arguments)

    monkeypatch.setattr("dataset_builder.state.scan.look_through", late)
    found = scan(folder, ["a", "b"], LATER, helped=True)
    monkeypatch.undo()
    assert found == look(folder)


def test_a_link_tells_nothing(folder):
    (folder / "b/link.json").symlink_to("three.json")
    assert list(changed(look(folder), look(folder))) == ["b/link.json"]


def test_a_folder_that_is_gone_takes_its_files_with_it(folder):
    before = look(folder)
    (folder / "a/deep/two.json").unlink()
    (folder / "a/deep").rmdir()
    assert set(changed(before, look(folder))) == {"a/deep", "a/deep/two.json"}


def test_one_file(folder):
    path = folder / "a/one.txt"
    assert stamp_of(path, LATER) == stamp_of(path, LATER)
    assert len({stamp_of(path, LATER), stamp_of(path, 0), stamp_of(folder / "absent", LATER)}) == 3
