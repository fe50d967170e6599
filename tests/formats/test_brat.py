"""brat's lines, configuration and folders."""

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.formats.brat_configuration import parse, titles
from dataset_builder.formats.brat_lines import read_lines
from dataset_builder.formats.format import Declared
from dataset_builder.formats.registry import FORMATS, detect, format_named, importer
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import Argument, Note, Referent


def read(text, configuration=None):
    record, troubles = read_lines([("x.ann", text)], "brat", configuration)
    return record, [(trouble.kind, trouble.line) for trouble in troubles]


def test_every_kind_of_line_is_read():
    record, troubles = read(
        "T1\tProtein 0 5\talpha\n"
        "T2\tBinding 6 11;20 24\tbinds with\n"
        "T3\tProtein 12 16\tbeta\n"
        "*\tEquiv T1 T3\n"
        "E1\tBinding:T2 Theme:T1 Theme2:T3\n"
        "R1\tPart-of Arg1:T1 Arg2:T3\n"
        "A1\tNegation E1\n"
        "M1\tConfidence E1 Likely\n"
        "N1\tReference T1 UniProt:P1:2\talpha chain\n"
        "#1\tAnnotatorNotes T1\tis it?\n"
        "#2\tAnnotatorNotes A1\tsure\n"
    )
    assert troubles == []
    found = {item.id: item for item in record.items}
    assert [item.layer for item in record.items] == [
        "entities",
        "triggers",
        "entities",
        "equivalences",
        "events",
        "relations",
    ]
    assert (found["T2"].fragments, found["T2"].quote) == (((6, 11), (20, 24)), "binds with")
    assert found["*1"].references == {"members": ("T1", "T3")}
    assert found["E1"].references == {"trigger": "T2"}
    assert found["E1"].arguments == (Argument("Theme", "T1"), Argument("Theme2", "T3"))
    assert found["E1"].attributes == {"Negation": True, "Confidence": "Likely"}
    assert found["E1"].notes == (Note("sure", "AnnotatorNotes", "#2", "A1"),)
    assert found["R1"].arguments == (Argument("Arg1", "T1"), Argument("Arg2", "T3"))
    assert found["T1"].referents == (Referent("UniProt", "P1:2", "alpha chain", "N1"),)
    assert found["T1"].notes == (Note("is it?", "AnnotatorNotes", "#1", None),)
    assert [item.line for item in record.items] == [1, 2, 3, 4, 5, 6]
    assert record.extra["order"] == "T1 T2 T3 *1 E1 R1 A1 M1 N1 #1 #2"


@pytest.mark.parametrize(
    "line",
    [
        "T1",
        "T1\tPER",
        "T1\tPER 0\tA",
        "T1\tPER 0 1 2\tA",
        "T1\tPER -1 2\tA",
        "T1\tPER 0 ²\tA",
        "T1\tPER 0 1;\tA",
        "T1\t 0 1\tA",
        "T\tPER 0 1\tA",
        "T1\tPER 0 " + "9" * 5000 + "\tA",
        "E1",
        "E1\t",
        "E1\tBinding",
        "E1\tBinding:T1 Theme",
        "E1\tBinding:T1 :T2",
        "R1\tPart-of",
        "R1\tPart-of Arg1:T1",
        "R1\tPart-of T1 T2",
        "*\tEquiv T1",
        "*\t",
        "*1\tEquiv T1 T2",
        "A1\tNegation",
        "A1",
        "N1\tReference T1 Wikipedia",
        "N1\tReference",
        "#1\tAnnotatorNotes",
        "#\tAnnotatorNotes T1\tx",
    ],
)
def test_a_line_that_is_none_is_refused(line):
    record, troubles = read(f"T0\tPER 0 1\tA\n{line}\n")
    assert troubles == [("import-syntax", 2)]
    assert [item.id for item in record.items] == ["T0"]


def test_a_line_of_an_unknown_kind_is_kept():
    record, troubles = read("T1\tPER 0 1\tA\nX1\tsomething\n")
    assert (record.extra, troubles) == ({"lines": ["X1\tsomething"]}, [("import-kept", 2)])


def test_what_is_said_of_nothing_is_refused():
    _, troubles = read("T1\tPER 0 1\tA\nA1\tNegation E1\nN1\tReference T2 a:b\tx\n#1\tNote A1\tx\n")
    assert troubles == [("import-dangling", 2), ("import-dangling", 3), ("import-dangling", 4)]


def test_an_attribute_that_is_there_twice_is_kept():
    record, troubles = read("T1\tPER 0 1\tA\nA1\tSure T1 yes\nA2\tSure T1 no\n")
    assert troubles == [("import-repeated", 3)]
    assert record.items[0].attributes == {"Sure": "yes"}
    assert record.items[0].extra["attributes"] == [["A2", "Sure", "no"]]


def test_a_missing_text_is_told_and_the_offsets_believed():
    record, troubles = read("T1\tPER 0 1\n")
    assert troubles == [("import-loose", 1)]
    assert record.items[0].quote is None


def test_blank_lines_and_windows_line_ends_are_nothing():
    record, troubles = read("T1\tPER 0 1\tA\r\n\r\n  \nT2\tPER 2 3\tB")
    assert troubles == []
    assert [(item.id, item.quote) for item in record.items] == [("T1", "A"), ("T2", "B")]


# Configuration

CONFIGURATION = """\
# a comment
[entities]
!Living
\tPerson
\tAnimal
Place|GEO:1
----------
[relations]
<WHO>=Person|Animal
Lives-in\tArg1:<WHO>, Arg2:Place
Equiv\tArg1:Person, Arg2:Person, <REL-TYPE>:symmetric-transitive
ENTITY-NESTING\tArg1:Person, Arg2:Place
[events]
Move\tWho:<WHO>, From?:Place, To*:Place
[attributes]
Negation\tArg:<EVENT>
Sure\tArg:<EVENT>, Value:yes|no
"""


def test_a_configuration_is_read():
    found = parse(CONFIGURATION, "annotation.conf")
    assert found.troubles == []
    assert list(found.entities) == ["Person", "Animal", "Place"]
    assert found.abstract == {"Living"}
    assert found.relations == {"Lives-in": ["Arg1", "Arg2"], "Equiv": ["Arg1", "Arg2"]}
    assert found.symmetric == {"Equiv"}
    assert found.events == {"Move": ["Who", "From", "To"]}
    assert found.attributes == {"Negation": None, "Sure": ["yes", "no"]}
    assert found.entries == {"Place": "GEO:1"}
    declared = Declared()
    found.declare(declared, {"Person": "Human being"})
    assert declared.labels == {
        "entities": {"Person": "Human being", "Animal": None, "Place": "GEO:1"},
        "events": {"Move": None},
        "triggers": {"Move": None},
        "relations": {"Lives-in": None},
        "equivalences": {"Equiv": None},
    }
    assert declared.roles == {"events": ["Who", "From", "To"], "relations": ["Arg1", "Arg2"]}
    assert declared.values == {"events": {"Negation": None, "Sure": ["yes", "no"]}}


def test_lines_that_make_no_sense_are_told():
    found = parse("stray\n[colours]\nred\n[relations]\nLives-in\tsomewhere\n", "annotation.conf")
    assert [(trouble.kind, trouble.line) for trouble in found.troubles] == [
        ("import-configuration", line) for line in (1, 2, 5)
    ]


def test_macros_end():
    parse("[entities]\nA\n[relations]\n<A>=<B><B>\n<B>=<A><A>\nR\tArg1:<A>, Arg2:<B>\n", "annotation.conf")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("T1\tPerson 0 1\tA", False),
        ("T1\tPersn 0 1\tA", True),
        ("T1\tLiving 0 1\tA", True),
        ("T1\tMove 0 1\tA", False),
        ("E1\tMove:T0 Who:T0 To:T0 To2:T0", False),
        ("E1\tMove:T0 Whom:T0", True),
        ("E1\tMoves:T0", True),
        ("R1\tLives-in Arg1:T0 Arg2:T0", False),
        ("R1\tLives-at Arg1:T0 Arg2:T0", True),
        ("R1\tLives-in Arg1:T0 Arg3:T0", True),
        ("R1\tLives-in Arg1:T0 Place:T0", True),
        ("*\tEquiv T0 T0", False),
        ("*\tSame T0 T0", True),
        ("A1\tNegation T0", False),
        ("A1\tNegated T0", True),
        ("A1\tNegation T0 very", True),
        ("A1\tSure T0 yes", False),
        ("A1\tSure T0 perhaps", True),
        ("A1\tSure T0", True),
    ],
)
def test_what_is_not_declared_is_told(line, told):
    _, troubles = read(f"T0\tPlace 0 1\tA\n{line}\n", parse(CONFIGURATION, "annotation.conf"))
    assert troubles == [("import-undeclared", 2)] * told


def test_names_for_people_are_read():
    assert titles("[labels]\nPerson | Human being | Hum\nPlace\nX | X\n[drawing]\nPlace\tbgColor:red\n") == {
        "Person": "Human being"
    }


# Folders


@pytest.fixture
def collection(tmp_path):
    """Makes a collection of files with these contents."""

    def make(**files):
        for name, content in files.items():
            path = tmp_path / "source" / name.replace("__", "/").replace("_DOT_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
        return Source(tmp_path / "source")

    return make


def articles(source, **options):
    found = importer(FORMATS["brat"], source, options)
    return {
        article.name: {record.annotator: [item.id for item in record.items] for record in article.records}
        for article in found.read(lambda *_: None)
    }


A, B = "T1\tPER 0 3\tAda\n", "T2\tPER 0 3\tAda\n"


def test_annotators_are_told_by_folders_that_have_the_same_texts(collection):
    source = collection(ann__a_DOT_txt="Ada", ann__a_DOT_ann=A, bob__a_DOT_txt="Ada", bob__a_DOT_ann=B)
    assert articles(source) == {"a": {"ann": ["T1"], "bob": ["T2"]}}
    assert articles(source, annotators="none") == {"ann/a": {"brat": ["T1"]}, "bob/a": {"brat": ["T2"]}}


def test_folders_with_other_texts_are_no_annotators(collection):
    source = collection(ann__a_DOT_txt="Ada", ann__a_DOT_ann=A, bob__a_DOT_txt="Ade")
    assert articles(source) == {"ann/a": {"brat": ["T1"]}, "bob/a": {}}


def test_annotators_are_told_by_suffixes(collection):
    source = collection(
        a_DOT_txt="Ada", a_DOT_ann_DOT_ann=A, a_DOT_bob_DOT_ann=B, b_DOT_txt="Ada", b_DOT_ann=A, b_c_DOT_txt="Ada"
    )
    assert articles(source) == {"a": {"ann": ["T1"], "bob": ["T2"]}, "b": {"brat": ["T1"]}, "b_c": {}}


def test_given_and_wanted_annotations_make_one_record(collection):
    source = collection(a_DOT_txt="Ada met Bo", a_DOT_a1=A, a_DOT_a2="T2\tmet 4 7\tmet\nE1\tmet:T2 Who:T1\n")
    assert articles(source) == {"a": {"brat": ["T1", "T2", "E1"]}}


def test_annotations_without_a_text_are_told(collection):
    source = collection(a_DOT_txt="Ada", b_DOT_ann=A)
    assert articles(source) == {"a": {}}
    assert [(trouble.kind, trouble.file) for trouble in source.troubles] == [("import-no-text", "b.ann")]


def test_the_nearest_configuration_counts(collection):
    source = collection(
        annotation_DOT_conf="[entities]\nORG\n",
        a_DOT_txt="Ada",
        a_DOT_ann=A,
        in__annotation_DOT_conf="[entities]\nPER\n",
        in__b_DOT_txt="Ada",
        in__b_DOT_ann=A,
    )
    found = importer(FORMATS["brat"], source, {})
    assert [len(article.troubles) for article in found.read(lambda *_: None)] == [1, 0]
    assert found.declared.labels == {"entities": {"ORG": None, "PER": None}}


# The table of formats


def test_a_collection_is_known_by_its_files(collection):
    assert detect(collection(a_DOT_txt="Ada", a_DOT_ann=A)).name == "brat"


def test_what_is_no_collection_is_not(tmp_path):
    (tmp_path / "notes.rst").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="in no format that is known: name one of"):
        detect(Source(tmp_path))


def test_an_unknown_format_or_option_is_refused(collection):
    source = collection(a_DOT_txt="Ada")
    with pytest.raises(UsageError, match="did you mean brat"):
        format_named("brta")
    with pytest.raises(UsageError, match=r"no option 'by'; it has annotators"):
        importer(FORMATS["brat"], source, {"by": "folder"})
    with pytest.raises(UsageError, match="not by 'colour'"):
        importer(FORMATS["brat"], source, {"annotators": "colour"})


@pytest.mark.parametrize("name", ["", "..", "a/b", "links", ".git", "a\x00"])
def test_an_annotator_has_a_name_that_a_folder_can_have(collection, name):
    with pytest.raises(UsageError, match="can't be one"):
        importer(FORMATS["brat"], collection(a_DOT_txt="Ada"), {"annotator": name})


def test_the_annotator_can_be_named(collection):
    assert articles(collection(a_DOT_txt="Ada", a_DOT_ann=A), annotator="ann") == {"a": {"ann": ["T1"]}}
