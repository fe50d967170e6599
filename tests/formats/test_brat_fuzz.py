"""Collections damaged at random: findings, never a traceback, and a project that stands all the same."""

from random import Random

import pytest

import dataset_builder

TEXT = "Ada 🌊 met Bo.\nAda said so to Cy, and Bo agreed.\n"
LINES = """\
T1\tPER 0 3\tAda
T2\tPER 10 12\tBo
T3\tmeet 6 9\tmet
T4\tPER 14 17;29 31\tAda Cy
E1\tmeet:T3 Who:T1 Who2:T2
R1\tlike Arg1:T1 Arg2:T2
*\tEquiv T1 T4
A1\tNegation E1
A2\tSure E1 yes
N1\tReference T1 Wiki:1:2\tAda
#1\tAnnotatorNotes T1\tis it?
#2\tAnnotatorNotes A1\tsure
"""
CONFIGURATION = """\
[entities]
PER
[relations]
<ANY2>=PER|meet
like\tArg1:<ANY2>, Arg2:PER
Equiv\tArg1:PER, Arg2:PER, <REL-TYPE>:symmetric-transitive
[events]
meet\tWho+:PER
[attributes]
Negation\tArg:<EVENT>
Sure\tArg:<EVENT>, Value:yes|no
"""
FILES = {"a.txt": TEXT, "a.ann": LINES, "annotation.conf": CONFIGURATION, "visual.conf": "[labels]\nPER | Person\n"}
PIECES = [
    b"\0",
    b"\xff",
    b"\n",
    b"\t",
    b" ",
    b";",
    b":",
    b"T1",
    b"*",
    b"#",
    b"99999999999999999999",
    b"\xf0\x9f\x8c\x8a",
]
PIECES += [
    b"\xed\xa0\x80",
    b"\r\n",
    b"[",
    b"<A>=<A>",
    b"!",
    b"|",
    b"-1",
    b"\xe2\x80\xa8",
    b"_type",
    b"\\",
    b'"',
    b"T1" * 500,
]


def damaged(data, random):
    data = bytearray(data)
    for _ in range(random.choice([1, 1, 1, 2, 5])):
        at = random.randrange(len(data) + 1)
        match random.randrange(5):
            case 0:
                data[at:at] = random.choice(PIECES)
            case 1:
                del data[at : at + random.randrange(1, 12)]
            case 2:
                data[at : at + 1] = bytes([random.randrange(256)])
            case 3:
                lines = data.split(b"\n")
                random.shuffle(lines)
                data = bytearray(b"\n".join(lines))
            case _:
                data[at:at] = data[at : at + random.randrange(1, 40)]
    return bytes(data)


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_collection_gives_findings(seed, tmp_path):
    random = Random(seed)
    source = tmp_path / "source"
    source.mkdir()
    (source / "whole.txt").write_text("Whole.\n", encoding="utf-8")
    names = list(FILES)
    hurt = {random.choice(["a.ann", "a.ann", *names])}
    for name in names:
        data = FILES[name].encode()
        (source / name).write_bytes(damaged(data, random) if name in hurt else data)
    result = dataset_builder.import_corpus(source, tmp_path / "project", format="brat")
    known = {path.relative_to(tmp_path).as_posix() for path in source.iterdir()}
    for found in result.check.diagnostics:
        assert found.code.startswith("FMT")
        assert found.place.file.removeprefix(f"{tmp_path.as_posix()}/") in known
    project = dataset_builder.open_project(tmp_path / "project")
    check = dataset_builder.check(project, jobs=1)
    assert check.ok, [f"{each.code} {each.place.file} {each.message}" for each in check.diagnostics]
    assert dataset_builder.import_corpus(source, tmp_path / "project", format="brat").unchanged
    dataset_builder.export_corpus(project, "brat", tmp_path / "out")


def test_what_is_not_damaged_has_no_findings(tmp_path):
    (tmp_path / "source").mkdir()
    for name, text in FILES.items():
        (tmp_path / "source" / name).write_bytes(text.encode())
    result = dataset_builder.import_corpus(tmp_path / "source", tmp_path / "project")
    assert result.check.diagnostics == ()
    assert {name: each.items for name, each in result.layers.items()} == {
        "entities": 3,
        "equivalences": 1,
        "events": 1,
        "relations": 1,
        "triggers": 1,
    }
