import shutil
import sqlite3

import pytest

from dataset_builder.state.index import Index


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index.sqlite"


def test_what_is_written_is_read_by_prefix(path):
    Index(path).write({"a/1": b"one", "a/2": b"", "b/1": b"\0" * 9}.items)
    assert Index(path).read() == {"a/1": b"one", "a/2": b"", "b/1": b"\0" * 9}
    assert Index(path).read("a/") == {"a/1": b"one", "a/2": b""}
    assert Index(path).read("%") == {}


def test_values_are_replaced_and_let_go_of(path):
    Index(path).write({"a": b"1", "b": b"2", "c": b"3"}.items)
    Index(path).write({"a": b"4"}.items, forgotten=["b", "never there"])
    assert Index(path).read() == {"a": b"4", "c": b"3"}
    Index(path).forget()
    assert Index(path).read() == {}
    assert not path.exists()


def test_where_there_is_none_nothing_is_known_and_nothing_made(path):
    assert Index(path).read() == {}
    assert not path.exists()


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_database_is_made_anew(path, data):
    path.write_bytes(data)
    assert Index(path).read() == {}
    Index(path).write({"a": b"1"}.items)
    assert Index(path).read() == {"a": b"1"}


def test_a_copy_is_not_believed(path, tmp_path):
    Index(path).write({"a": b"1"}.items)
    other = tmp_path / "copy.sqlite"
    shutil.copy(path, other)
    assert Index(other).read() == {}
    Index(other).write({"b": b"2"}.items)
    assert Index(other).read() == {"b": b"2"}


def test_a_link_is_not_followed(path, tmp_path):
    other = tmp_path / "elsewhere.sqlite"
    Index(other).write({"a": b"1"}.items)
    path.symlink_to(other)
    assert Index(path).read() == {}
    Index(path).write({"b": b"2"}.items)
    assert not path.is_symlink()
    assert Index(other).read() == {"a": b"1"}


def test_a_value_that_is_not_what_was_written_is_not_there(path):
    Index(path).write({"a": b"one", "b": b"two", "c": b"three"}.items)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE known SET value = value || x'00' WHERE name = 'a'")
        connection.execute("UPDATE known SET name = 'd' WHERE name = 'b'")
        connection.execute("INSERT INTO known VALUES ('e', x'00'), ('f', 5), ('g', 'text')")
    connection.close()
    assert Index(path).read() == {"c": b"three"}


def test_another_table_in_its_place_is_no_fault(path):
    Index(path).write({"a": b"1"}.items)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE known")
        connection.execute("CREATE VIEW known AS SELECT 1 AS name")
    connection.close()
    assert Index(path).read() == {}
    Index(path).write({"b": b"2"}.items)
    assert Index(path).read() == {"b": b"2"}
