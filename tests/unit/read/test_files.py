import os
import random
import resource

import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.files import Reader, escaped, lies_within, list_files, printable, split_name


def listed(root, folder="seeds"):
    """The files below `folder`, and file, kind and message of each flaw."""
    flaws = []
    files = list_files(root, folder, flaws)
    return files, [(document.source.file, document.flaws[0].kind, document.flaws[0].message) for document in flaws]


# Which files there are


def test_all_files_below_a_folder_in_the_order_of_their_paths(root, put):
    put(root, {"seeds/b.txt": "", "seeds/a/z.txt": "", "seeds/a.txt": "", "seeds/a/b/c.json": "", "other/x.txt": ""})
    assert listed(root) == (["seeds/a.txt", "seeds/a/b/c.json", "seeds/a/z.txt", "seeds/b.txt"], [])


def test_the_order_of_the_file_system_never_shows(root, put, monkeypatch):
    put(root, {f"seeds/{folder}/{name}.txt": "" for folder in "cab" for name in range(20)})
    expected = listed(root)
    scandir = os.scandir

    class Shuffled:
        def __init__(self, path):
            with scandir(path) as entries:
                self.entries = list(entries)
            random.shuffle(self.entries)

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert listed(root) == expected
    assert len(expected[0]) == 60


def test_no_folder_is_an_empty_one(root):
    assert listed(root) == ([], [])


def test_a_file_where_a_folder_should_be(root, put):
    put(root, {"seeds": "I am a file"})
    assert listed(root) == ([], [("seeds", "unreadable", "the folder can't be read: Not a directory")])


def test_hidden_files_and_folders_are_passed_over(root, put):
    put(root, {"seeds/.x.txt": "", "seeds/.hydrated/x.txt": "", "seeds/.git/x.txt": "", "seeds/x.txt": ""})
    assert listed(root) == (["seeds/x.txt"], [])


def test_a_hidden_folder_that_is_asked_for_is_listed(root, put):
    put(root, {"seeds/.hydrated/x.txt": "", "seeds/.hydrated/.gitignore": "*"})
    assert listed(root, "seeds/.hydrated") == (["seeds/.hydrated/x.txt"], [])


def test_a_link_to_a_file_of_the_project_is_a_file(root, put):
    put(root, {"texts/x.txt": "x"})
    (root / "seeds").mkdir()
    (root / "seeds/absolute.txt").symlink_to(root / "texts/x.txt")
    (root / "seeds/relative.txt").symlink_to("../texts/x.txt")
    (root / "seeds/chain.txt").symlink_to("relative.txt")
    assert listed(root) == (["seeds/absolute.txt", "seeds/chain.txt", "seeds/relative.txt"], [])


OUT = ("outside", "a symbolic link leads out of the project")
FOLDER = ("outside", "a symbolic link to a folder is not followed")
NOWHERE = ("unreadable", "a symbolic link leads nowhere")


@pytest.mark.parametrize(
    ("target", "flaw"),
    [
        ("../../secret.txt", OUT),
        ("../../elsewhere", OUT),
        ("/etc/passwd", OUT),
        ("/", OUT),
        ("../../project-two/x.txt", OUT),  # a name that begins as the project's does
        ("../..", OUT),
        ("../../no/such/file", OUT),
        ("out-by-two-steps", OUT),
        ("..", FOLDER),
        (".", FOLDER),
        ("../texts", FOLDER),
        ("../.git", FOLDER),
        ("nothing.txt", NOWHERE),
        ("link", NOWHERE),  # to itself
        ("there", NOWHERE),  # and back again
        ("x.txt/y", NOWHERE),
    ],
)
def test_other_links_are_flaws(root, put, target, flaw):
    put(root.parent, {"secret.txt": "", "elsewhere/x.txt": "", "project-two/x.txt": ""})
    put(root, {"texts/x.txt": "", "seeds/x.txt": "", ".git/config": ""})
    (root / "texts/out").symlink_to("../../secret.txt")
    if target == "out-by-two-steps":
        target = "../texts/out"
    if target == "there":
        (root / "seeds/.back").symlink_to("link")
        target = ".back"
    (root / "seeds/link").symlink_to(target)
    assert listed(root) == (["seeds/x.txt"], [("seeds/link", *flaw)])


@pytest.mark.parametrize("target", ["../../elsewhere", "/"])
def test_a_folder_that_is_a_link_out_of_the_project_is_not_entered(root, put, opened, target):
    put(root.parent, {"elsewhere/x.txt": ""})
    put(root, {"seeds/x.txt": ""})
    (root / "seeds/.hydrated").symlink_to(target, target_is_directory=True)
    opened.clear()
    assert listed(root, "seeds/.hydrated") == ([], [("seeds/.hydrated", *OUT)])
    assert opened == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="absent: named pipes")
@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_never_waited_for(root, put, linked):
    put(root, {"seeds/x.txt": ""})
    os.mkfifo(root / ("pipe" if linked else "seeds/pipe"))
    if linked:
        (root / "seeds/pipe").symlink_to("../pipe")
    message = "it is neither a file nor a folder"
    assert listed(root) == (["seeds/x.txt"], [("seeds/pipe", "unreadable", message)])


def test_a_folder_that_may_not_be_listed_is_a_flaw(locked_root, put):
    put(locked_root, {"seeds/a/x.txt": "", "seeds/b/x.txt": ""})
    (locked_root / "seeds/a").chmod(0)
    message = "the folder can't be read: Permission denied"
    assert listed(locked_root) == (["seeds/b/x.txt"], [("seeds/a", "unreadable", message)])


def test_names_that_are_not_utf8_are_listed(root):
    (root / "seeds").mkdir()
    try:
        with open(os.fsencode(root) + b"/seeds/caf\xe9.txt", "wb"):  # noqa: PTH123 - a name no str has
            pass
    except OSError:
        pytest.skip("absent: a file system that takes any bytes for a name")
    (file,), flaws = listed(root)
    assert (printable(file), flaws) == ("seeds/caf\ufffd.txt", [])


# Their bytes


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 1 << 20, (1 << 20) + 65536, 3_000_001])
def test_a_whole_file_is_read_whatever_its_size(root, put, size):
    data = random.Random(size).randbytes(size)
    put(root, {"seeds/x.txt": data})
    with Reader(root) as reader:
        assert reader.read(Source("seeds/x.txt")) == data


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbftext\r\n\r\n", b"a\rb\nc\r\n", "\u2028\x85\x00é\ufeff".encode(), b"\xff"]
)
def test_nothing_in_it_is_translated(root, put, data):
    put(root, {"seeds/x.txt": data})
    with Reader(root) as reader:
        assert reader.read(Source("seeds/x.txt")) == data


def test_a_stretch_of_a_file_is_read_in_any_order(root, put):
    put(root, {"a.jsonl": "0123456789", "b.jsonl": "abcdefghij"})
    with Reader(root) as reader:
        assert reader.read(Source("a.jsonl", 5, 3)) == b"567"
        assert reader.read(Source("b.jsonl", 0, 2)) == b"ab"
        assert reader.read(Source("a.jsonl", 0, 10)) == b"0123456789"
        assert reader.read(Source("a.jsonl", 3, 0)) == b""


def test_a_stretch_of_an_unpacked_file_is_read_from_there(root, put, tmp_path):
    put(root, {"a.jsonl.gz": "packed"})
    put(tmp_path, {"spool": "unpacked"})
    with Reader(root) as reader:
        assert reader.read(Source("a.jsonl.gz", 2, 4, unpacked=str(tmp_path / "spool"))) == b"pack"


def test_a_file_that_is_not_there(root):
    with Reader(root) as reader:
        for source in (Source("x.txt"), Source("x.jsonl", 0, 3)):
            with pytest.raises(FileNotFoundError):
                reader.read(source)


def test_a_file_that_may_not_be_read(locked_root, put):
    put(locked_root, {"x.txt": "x"})
    (locked_root / "x.txt").chmod(0)
    with Reader(locked_root) as reader, pytest.raises(PermissionError):
        reader.read(Source("x.txt"))


def open_files():
    return len(os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"))  # noqa: PTH112, PTH208


def test_more_packed_files_than_a_process_may_open(root, put):
    names = [f"{number:04}.jsonl" for number in range(400)]
    put(root, {name: f"{name}\n" for name in names})
    before = open_files()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(before + 200, soft), hard))
    try:
        with Reader(root) as reader:
            for _ in range(2):
                assert [reader.read(Source(name, 0, 4)).decode() for name in names] == [name[:4] for name in names]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert open_files() == before


# Names


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("seeds/a.txt", ("a", ".txt")),
        ("seeds/x.y/a.b.json", ("a.b", ".json")),
        ("a.jsonl", ("a", ".jsonl")),
        ("s/a.b.jsonl.gz", ("a.b", ".jsonl.gz")),
        ("s/a.jsonl.zst", ("a", ".jsonl.zst")),
        ("s/a.json.gz", ("a.json", ".gz")),
        ("s/a.jsonl.txt", ("a.jsonl", ".txt")),
        ("s/README", ("README", "")),
        ("s/a.", ("a", ".")),
        ("s/é\u0301.日本.txt", ("é\u0301.日本", ".txt")),
    ],
)
def test_names_part_at_the_last_dot_that_matters(file, expected):
    assert split_name(file) == expected


def test_names_in_messages_move_no_cursor():
    assert escaped('a"b\\\x1b[31m\n\udcff') == r"a\"b\\\u001b[31m\n" + "\ufffd"


def test_what_lies_within(root, put):
    put(root, {"a/x": ""})
    put(root.parent, {"project-two/x": ""})
    (root / "in").symlink_to("a")
    (root / "out").symlink_to("..")
    assert all(lies_within(root, name) for name in ("a/x", "in/x", "not/there", "a/../a/x", "."))
    assert not any(lies_within(root, name) for name in ("..", "out", "out/x", "../project-two/x", "/etc", "a/../../x"))
