import os
import zipfile

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.formats import source as module
from dataset_builder.formats.source import Source, Unreadable


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "source/inner").mkdir(parents=True)
    (tmp_path / "source/b.txt").write_text("b", encoding="utf-8")
    (tmp_path / "source/inner/a.txt").write_text("aä🌊", encoding="utf-8")
    (tmp_path / "outside.txt").write_text("secret", encoding="utf-8")
    return tmp_path / "source"


def told(source):
    return [(trouble.kind, trouble.file) for trouble in source.troubles]


def test_files_are_listed_in_order_and_hidden_ones_are_not(folder):
    (folder / ".hidden").write_text("x", encoding="utf-8")
    (folder / ".git").mkdir()
    (folder / ".git/config.txt").write_text("x", encoding="utf-8")
    source = Source(folder)
    assert source.files == ("b.txt", "inner/a.txt")
    assert source.text("inner/a.txt") == "aä🌊"
    assert source.size("b.txt") == 1
    assert told(source) == []


def test_links_that_lead_out_are_not_followed(folder):
    (folder / "out.txt").symlink_to("../outside.txt")
    (folder / "lost.txt").symlink_to("nowhere.txt")
    (folder / "again").symlink_to("inner")
    (folder / "within.txt").symlink_to("b.txt")
    source = Source(folder)
    assert source.files == ("b.txt", "inner/a.txt", "within.txt")
    assert sorted(told(source)) == [("import-unreadable", name) for name in ("again", "lost.txt", "out.txt")]


def test_what_is_no_file_is_not_read(folder):
    os.mkfifo(folder / "pipe.txt")
    source = Source(folder)
    assert "pipe.txt" not in source.files
    assert told(source) == [("import-unreadable", "pipe.txt")]


def test_one_file_is_a_source_too(folder):
    source = Source(folder / "b.txt")
    assert (source.files, source.is_file, source.text("b.txt")) == (("b.txt",), True, "b")


def test_nothing_is_no_source(tmp_path):
    with pytest.raises(UsageError, match="neither a folder nor a file"):
        Source(tmp_path / "nowhere")


def test_bytes_that_are_no_text_are_refused_where_they_stand(folder):
    (folder / "b.txt").write_bytes(b"one\ntw\xf6\n")
    with pytest.raises(Unreadable) as caught:
        Source(folder).text("b.txt")
    assert (caught.value.trouble.file, caught.value.trouble.line) == ("b.txt", 2)


def test_a_file_that_is_too_large_is_refused(folder, monkeypatch):
    monkeypatch.setattr(module, "_MOST_BYTES", 100)
    (folder / "b.txt").write_bytes(b"x" * 101)
    with pytest.raises(Unreadable, match="larger than 100 bytes"):
        Source(folder).read("b.txt")
    (folder / "b.txt").write_bytes(b"x" * 100)
    assert Source(folder).read("b.txt") == b"x" * 100


def archive(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return Source(path)


def test_an_archive_is_read_as_a_folder(tmp_path):
    source = archive(tmp_path / "a.zip", **{"inner/a.txt": "a", "b.txt": "b", ".hidden/c.txt": "c", "d/": ""})
    assert source.files == ("b.txt", "inner/a.txt")
    assert source.text("inner/a.txt") == "a"
    assert not source.is_file


def test_an_archive_that_leads_out_is_refused(tmp_path):
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
        made.writestr("../up.txt", "x")
        made.writestr("/root.txt", "x")
        made.writestr("good.txt", "x")
    source = Source(tmp_path / "a.zip")
    assert source.files == ("good.txt",)
    assert sorted(told(source)) == [("import-unreadable", name) for name in ("../up.txt", "/root.txt", "link.txt")]


def test_an_archive_that_swells_is_refused(tmp_path):
    source = archive(tmp_path / "a.zip", **{"bomb.txt": b"\0" * (8 << 20)})
    with pytest.raises(Unreadable, match="times as large"):
        source.read("bomb.txt")


def test_a_damaged_archive_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    archive(path, **{"a.txt": "some text that is long enough to be packed " * 20})
    data = bytearray(path.read_bytes())
    data[50:60] = bytes(10)
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=r"can't be read"):
        Source(path).read("a.txt")
