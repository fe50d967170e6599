import subprocess
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.mend.edits import Change, changed, choose, locate
from dataset_builder.mend.hunks import hunks
from dataset_builder.model.document import Document
from dataset_builder.model.source import Source
from dataset_builder.model.span import Lines

TEXT = st.text(st.sampled_from("ab\n\r🌊"), max_size=30)


@st.composite
def texts_with_changes(draw):
    """A text, and changes to it that are in order and apart."""
    text = draw(TEXT)
    offsets = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = [(offsets[index], offsets[index + 1]) for index in range(0, len(offsets) - 1, 2)]
    changes = [Change(start, end, draw(st.text("xy\n", max_size=3))) for start, end in pairs]
    return text, choose([(change,) for change in changes])[1]


@settings(deadline=None)
@given(TEXT, st.data())
def test_an_edit_is_found_where_it_was_made(text, data):
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    document = Document(source=Source("a.json", line=7), text=text)
    edit = document.edit(start, end, "new")
    assert locate((edit,), Lines(text), 7) == (Change(start, end, "new"),)


def test_an_edit_of_another_text_is_not_made():
    document = Document(source=Source("a.json"), text='{"start": 12}')
    edit = document.edit(10, 12, "13")
    assert locate((edit,), Lines('{"start": 12}')) == (Change(10, 12, "13"),)
    for other in ('{"start": 13}', '{"start"', "", '\n{"start": 12}'):
        assert locate((edit,), Lines(other)) is None


@settings(deadline=None)
@given(TEXT, st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.sampled_from("xy")), max_size=3)))
def test_chosen_fixes_are_whole_and_apart(text, drawn):
    fixes = [tuple(Change(start, start + length, word) for start, length, word in fix) for fix in drawn]
    chosen, changes = choose(fixes)
    assert changes == sorted({change for index in chosen for change in fixes[index]})
    for one, other in combinations(changes, 2):
        assert one.end <= other.start
        assert (one.start, one.end) != (other.start, other.end)
    for index in set(range(len(fixes))) - set(chosen):
        assert choose([fixes[index], *(fixes[each] for each in chosen)])[0] != list(range(len(chosen) + 1))


def test_the_first_by_place_wins():
    late, early = (Change(4, 8, "late"),), (Change(2, 5, "early"),)
    assert choose([late, early]) == ([1], [Change(2, 5, "early")])
    assert choose([early, early])[0] == [0, 1]


def test_two_insertions_at_one_place_are_not_both_made():
    assert choose([(Change(3, 3, "a"),), (Change(3, 3, "b"),)])[0] == [0]
    assert choose([(Change(3, 3, "a"),), (Change(3, 4, "b"),)])[0] == [0, 1]


@settings(deadline=None)
@given(texts_with_changes())
def test_what_no_change_touches_stays(drawn):
    text, changes = drawn
    result, position = changed(text, changes), 0
    for before, after in zip([Change(0, 0, ""), *changes], [*changes, Change(len(text), len(text), "")], strict=True):
        between = text[before.end : after.start]
        assert result.startswith(between, position)
        position += len(between) + len(after.text)
    assert position == len(result)


@pytest.mark.parametrize("context", [0, 1, 3])
def test_hunks_read_like_those_of_diff(context):
    text = "".join(f"line {number}\n" for number in range(1, 21))
    changes = [Change(text.index("line 5"), text.index("line 6"), "five\n"), Change(len(text) - 1, len(text), "")]
    shown = list(hunks(text, changes, context=context))
    assert shown[0] == {0: "@@ -5 +5 @@", 1: "@@ -4,3 +4,3 @@", 3: "@@ -2,7 +2,7 @@"}[context]
    assert [line for line in shown if line[0] in "-+"][:2] == ["-line 5", "+five"]
    assert shown[-3:] == ["-line 20", "+line 20", "\\ No newline at end of file"]


@settings(max_examples=50, deadline=None)
@given(texts_with_changes(), st.integers(0, 3))
def test_hunks_turn_the_old_text_into_the_new_one(tmp_path_factory, drawn, context):
    text, changes = drawn
    new = changed(text, changes)
    lines = list(hunks(text, changes, context=context))
    assert bool(lines) == (text != new)
    if lines:
        folder = tmp_path_factory.mktemp("patch")
        (folder / "a").write_bytes(text.encode())
        body = "\n".join(["--- a", "+++ a", *lines, ""])
        options = ("--unidiff-zero",) if context == 0 else ()
        command = ("git", "apply", "--whitespace=nowarn", *options, "-p0", "-")
        subprocess.run(command, cwd=folder, input=body.encode(), check=True)
        assert (folder / "a").read_bytes() == new.encode()
