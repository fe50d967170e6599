import pytest

from dataset_builder.formats.litbank import read_quotations
from dataset_builder.formats.settle import settle

TEXT = "She said : “ Go 🌊 ! ”\n“ Why ? ” he said .\n“ I\ndo . ”"


def read(lines):
    record, troubles = read_quotations("x.ann", TEXT, lines, "a")
    troubles += settle(record, TEXT)
    return record.items, [(trouble.kind, trouble.line) for trouble in troubles]


def test_tokens_of_sentences_become_code_points():
    items, troubles = read(
        "QUOTE\tQ1\t0\t3\t0\t7\t“ Go 🌊 ! ”\nQUOTE\tQ2\t2\t0\t3\t2\t“ I do . ”\nATTRIB\tQ2\tAda-1\n\n"
    )
    assert troubles == []
    assert [TEXT[slice(*item.fragments[0])] for item in items] == ["“ Go 🌊 ! ”", "“ I\ndo . ”"]
    assert [item.attributes for item in items] == [{}, {"speaker": "Ada-1"}]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("QUOTE\tQ1\t0\t3\t0\t99\tx", "import-range"),
        ("QUOTE\tQ1\t9\t0\t9\t1\tx", "import-range"),
        ("QUOTE\tQ1\t0\t0\t0\t0\tHe", "import-quote"),
        ("QUOTE\tQ1\t0\t0\t0\t-1\tShe", "import-syntax"),
        ("QUOTE\tQ1\t0\t0\t0\tShe", "import-syntax"),
        ("ATTRIB\tQ1\tAda", "import-dangling"),
        ("ATTRIB\tQ1", "import-syntax"),
        ("T1\tPER 0 3\tShe", "import-syntax"),
    ],
)
def test_what_is_wrong_is_told(line, kind):
    assert read(line) == ([], [(kind, 1)])


def test_what_is_there_twice_is_told():
    lines = "QUOTE\tQ1\t0\t0\t0\t0\tShe\nQUOTE\tQ1\t0\t1\t0\t1\tsaid\nATTRIB\tQ1\tAda\nATTRIB\tQ1\tBo\n"
    items, troubles = read(lines)
    assert [(item.id, item.line, item.attributes) for item in items] == [("Q1", 1, {"speaker": "Ada"})]
    assert troubles == [("import-duplicate-id", 4), ("import-duplicate-id", 2)]
