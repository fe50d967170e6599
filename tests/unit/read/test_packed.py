import gzip
import json
import random

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.read.files import Reader
from dataset_builder.read.packed import PackedReader, _lines, _members

LIMIT = 1000
ONE, TWO = b'{"id": "one"}\n', b'{"id": "two"}\n'


def gz(data):
    return gzip.compress(data, mtime=0)


def zst(data):
    return pa.compress(data, "zstd", asbytes=True)


PACK = {".jsonl": bytes, ".jsonl.gz": gz, ".jsonl.zst": zst}


@pytest.fixture
def spool(tmp_path):
    path = tmp_path / "spool"
    path.mkdir()
    return path


@pytest.fixture
def index(root, spool, put):
    """Writes a packed file and indexes it; gives its records and its flaws as (line, kind, message)."""

    def run(ending, data, *, limit=LIMIT, file=None):
        file = file or f"seeds/all{ending}"
        put(root, {file: data})
        flaws = []
        reader = PackedReader(root=root, spool=spool, limit=limit, flaws=flaws)
        records = list(reader.index(file, ending, ("id", "é"), "text"))
        assert all(document.source.file == file for document in flaws)
        return records, [(found.source.line, found.flaws[0].kind, found.flaws[0].message) for found in flaws]

    return run


def read_all(root, records):
    with Reader(root) as reader:
        return [reader.read(record.source) for record in records]


# Lines


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n\r\n \t \n", []),
        (ONE + TWO, [(1, "one"), (2, "two")]),
        ((ONE + TWO).rstrip(), [(1, "one"), (2, "two")]),
        ((ONE + TWO).replace(b"\n", b"\r\n"), [(1, "one"), (2, "two")]),
        (b"\n\n" + ONE + b"  \n\r\n" + TWO + b"\n", [(3, "one"), (6, "two")]),
        (b" \t" + ONE.rstrip() + b" \r\n" + TWO, [(1, "one"), (2, "two")]),
    ],
)
def test_records_come_with_their_lines(root, index, ending, data, expected):
    records, flaws = index(ending, PACK[ending](data))
    assert flaws == []
    assert [(record.source.line, record.value["id"]) for record in records] == expected
    lines = [line for line in data.replace(b"\r\n", b"\n").split(b"\n") if line.strip()]
    assert [found.rstrip(b"\r") for found in read_all(root, records)] == lines


@pytest.mark.parametrize("ending", PACK)
def test_a_source_names_the_packed_file_and_gives_the_bytes_of_its_record_alone(root, index, ending):
    texts = ["ä", "\u2028\u0085", "𝄞" * 30, "\\n", ""]
    lines = [f'{{"id": "{number}", "text": "{text}"}}'.encode() for number, text in enumerate(texts)]
    records, flaws = index(ending, PACK[ending](b"\r\n".join(lines)))
    assert flaws == []
    assert read_all(root, records) == lines
    order = list(range(len(lines)))
    random.Random(0).shuffle(order)
    assert read_all(root, [records[number] for number in order]) == [lines[number] for number in order]
    assert {record.source.file for record in records} == {f"seeds/all{ending}"}
    assert all((record.source.unpacked is None) == (ending == ".jsonl") for record in records)


@pytest.mark.parametrize("ending", PACK)
def test_what_is_no_json_has_no_value_and_its_neighbours_have(root, index, ending):
    data = b'{"id": \n' + ONE + b'{"id": NaN}\n\xff\xfe\n{"id": "\\ud800"}\n[1]\n"x"\n' + TWO
    records, flaws = index(ending, PACK[ending](data))
    assert flaws == []
    assert [record.value for record in records] == [None, {"id": "one"}, None, None, None, None, None, {"id": "two"}]
    assert read_all(root, records) == data.splitlines()


def test_a_byte_order_mark_is_no_part_of_json(root, index):
    records, _ = index(".jsonl", b"\xef\xbb\xbf" + ONE + TWO)
    assert [record.value for record in records] == [None, {"id": "two"}]
    assert read_all(root, records)[0].startswith(b"\xef\xbb\xbf")


# What is asked of a record

NAMES = st.sampled_from(["id", "é", "rights", 'a "quoted" one', "", "text"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=8,
)


@given(
    value=JSON,
    names=st.lists(NAMES, unique=True, max_size=3),
    text=NAMES,
    indent=st.sampled_from([None, 0]),
    ascii_only=st.booleans(),
    hurt=st.none() | st.tuples(st.integers(0, 200), st.sampled_from([b"", b"\xff", b",", b'"', b"}", b"\x00", b"1"])),
)
def test_of_a_record_that_is_asked_for_which_a_whole_reading_finds(value, names, text, indent, ascii_only, hurt):
    line = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    if hurt:
        line = line[: hurt[0]] + hurt[1] + line[hurt[0] + 1 :]
    found, has_text = _members(tuple(names), text)(line)
    try:
        whole = orjson.loads(line)
    except orjson.JSONDecodeError:
        # What is passed over isn't decoded: who reads the record itself says that it is no UTF-8.
        assert found is None or b"\xff" in line
        return
    if isinstance(whole, dict):
        assert found == {name: whole[name] for name in names if name in whole}
        assert has_text == isinstance(whole.get(text), str)
    else:
        assert found is None


def test_of_a_member_given_twice_the_last_counts():
    assert _members(("id",), "text")(b'{"text": 1, "id": "a", "id": "b", "text": "x"}') == ({"id": "b"}, True)


# Lines over the limit


@pytest.mark.parametrize("ending", PACK)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("over", [-1, 0, 1, 2, 3, LIMIT, 3 << 20])
def test_a_line_over_the_limit_is_a_flaw_and_those_behind_it_are_read(root, index, ending, end, over):
    long = b'{"id": "' + b"x" * (LIMIT + over - 10) + b'"}'
    assert len(long) == LIMIT + over
    records, flaws = index(ending, PACK[ending](ONE + long + end + TWO + end + long))
    too_large = "the record is larger than 1,000 bytes"
    assert flaws == ([(2, "size", too_large), (5, "size", too_large)] if over > 0 else [])
    lines = [ONE.rstrip(), long, TWO.rstrip(), long]
    assert read_all(root, records) == [line for line in lines if len(line) <= LIMIT]


class Watched:
    """A stream that remembers how much it was asked for at once."""

    def __init__(self, lines):
        self.rest = lines
        self.most = 0

    def readline(self, size):
        line, self.rest = self.rest[:size], self.rest[size:]
        cut = line.find(b"\n") + 1
        if cut:
            line, self.rest = line[:cut], line[cut:] + self.rest
        self.most = max(self.most, len(line))
        return line


def test_a_huge_line_is_never_held_whole():
    stream = Watched(b"x" * (5 << 20) + b"\n" + ONE)
    found = list(_lines(stream, LIMIT))
    assert [(len(content), size) for content, size in found] == [(LIMIT + 2, (5 << 20) + 1), (len(ONE) - 1, len(ONE))]
    assert stream.most <= 1 << 20


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=8), st.integers(1, 8))
def test_sizes_sum_up_to_the_file_whatever_the_limit(lines, limit):
    data = b"\n".join(lines)
    found = list(_lines(Watched(data), limit))
    assert sum(size for _, size in found) == len(data)
    expected = [line.rstrip(b"\r") for line in (lines if lines and lines[-1] else lines[:-1])]
    assert [content[:limit] for content, _ in found] == [line[:limit] for line in expected]
    assert [len(content) > limit for content, _ in found] == [len(line) > limit for line in expected]


# Archives


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
def test_an_archive_of_several_members_is_read_to_its_end(root, index, ending):
    pack = PACK[ending]
    records, flaws = index(ending, pack(ONE[:5]) + pack(ONE[5:] + TWO[:3]) + pack(b"") + pack(TWO[3:]))
    assert flaws == []
    assert read_all(root, records) == [ONE.rstrip(), TWO.rstrip()]


def test_an_archive_larger_than_what_is_unpacked_at_once(root, index):
    lines = [random.Random(number).randbytes(300).hex().encode() for number in range(4000)]
    records, flaws = index(".jsonl.gz", gz(b'"' + b'"\n"'.join(lines) + b'"\n'))
    assert flaws == []
    assert read_all(root, records) == [b'"' + line + b'"' for line in lines]


WHOLE = gz(ONE + TWO)
LARGE = random.Random(0).randbytes(200_000).hex().encode()
BROKEN = {
    "garbage": (".jsonl.gz", b"no gzip at all"),
    "another format": (".jsonl.gz", zst(ONE)),
    "not packed": (".jsonl.gz", ONE),
    "a Git LFS pointer": (".jsonl.gz", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"),
    "cut in its head": (".jsonl.gz", WHOLE[:4]),
    "cut in its tail": (".jsonl.gz", WHOLE[:-5]),
    "cut behind the data": (".jsonl.gz", WHOLE[:-8]),
    "cut in the middle": (".jsonl.gz", gz(LARGE)[:100_000]),
    "garbage behind": (".jsonl.gz", WHOLE + b"garbage"),
    "zeros behind": (".jsonl.gz", WHOLE + bytes(512)),
    "a second member cut": (".jsonl.gz", WHOLE + WHOLE[:-3]),
    "a wrong checksum": (".jsonl.gz", WHOLE[:-8] + bytes(4) + WHOLE[-4:]),
    "garbage for zstd": (".jsonl.zst", b"no zstd at all"),
    "zstd cut in its head": (".jsonl.zst", zst(ONE)[:4]),
    "zstd cut in its tail": (".jsonl.zst", zst(ONE)[:-3]),
    "zstd cut in the middle": (".jsonl.zst", zst(LARGE)[:100_000]),
    "garbage behind zstd": (".jsonl.zst", zst(ONE) + b"garbage!"),
    "a second frame cut": (".jsonl.zst", zst(ONE) + zst(TWO)[:-3]),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_archive_gives_a_flaw_and_no_record(index, name):
    ending, data = BROKEN[name]
    records, flaws = index(ending, data)
    assert records == []
    ((line, kind, message),) = flaws
    assert (line, kind) == (1, "compression")
    assert message.startswith("the file can't be unpacked: ")


def test_archives_whose_paths_are_alike_are_kept_apart(root, spool, put):
    put(root, {"s/a/b.jsonl.gz": gz(ONE), "s/a%b.jsonl.gz": gz(TWO), "s/a%2Fb.jsonl.gz": gz(b'{"id": "x"}\n')})
    reader = PackedReader(root=root, spool=spool, limit=LIMIT, flaws=[])
    files = ["s/a/b.jsonl.gz", "s/a%b.jsonl.gz", "s/a%2Fb.jsonl.gz"]
    records = [record for file in files for record in reader.index(file, ".jsonl.gz")]
    assert read_all(root, records) == [ONE.rstrip(), TWO.rstrip(), b'{"id": "x"}']


def test_an_archive_far_down(root, index):
    file = "seeds/" + "folder-with-a-name/" * 25 + "all.jsonl.gz"
    records, flaws = index(".jsonl.gz", gz(ONE), file=file)
    assert (read_all(root, records), flaws) == ([ONE.rstrip()], [])


# Files that can't be read


@pytest.mark.parametrize("ending", PACK)
def test_a_file_that_is_gone_is_a_flaw(root, spool, ending):
    flaws = []
    assert list(PackedReader(root=root, spool=spool, limit=LIMIT, flaws=flaws).index(f"x{ending}", ending)) == []
    assert [found.flaws[0].message for found in flaws] == ["the file can't be read: No such file or directory"]


@pytest.mark.parametrize("ending", PACK)
def test_a_file_that_may_not_be_read_is_a_flaw(locked_root, put, ending):
    put(locked_root, {f"x{ending}": PACK[ending](ONE)})
    (locked_root / f"x{ending}").chmod(0)
    flaws = []
    assert (
        list(PackedReader(root=locked_root, spool=locked_root, limit=9, flaws=flaws).index(f"x{ending}", ending)) == []
    )
    assert [found.flaws[0].kind for found in flaws] == ["unreadable"]
    assert str(locked_root) not in flaws[0].flaws[0].message
