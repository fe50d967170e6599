import pytest

from dataset_builder.formats.settle import settle
from dataset_builder.model.foreign import Argument, ForeignRecord, Item, Note
from dataset_builder.model.unit import UTF_8, UTF_16

TEXT = "Ada 🌊 met Bo.\nAda said so to Cy.\n"


def span(id_, start, end, quote=None, **more):
    return Item(id_, "entities", "PER", ((start, end),), quote, file="x.ann", line=int(id_[1:]), **more)


def settled(*items, text=TEXT):
    record = ForeignRecord(annotator="a", items=list(items))
    troubles = settle(record, text)
    return record.items, [(trouble.kind, trouble.line) for trouble in troubles]


def test_what_is_right_stays_as_it_is():
    items = [span("T1", 0, 3, "Ada"), span("T2", 10, 12, "Bo"), Item("R1", "relations", "met", (), line=3)]
    assert settled(*items) == (items, [])


def test_white_space_of_lines_is_no_difference():
    items = [span("T1", 10, 17, "Bo. Ada")]
    assert settled(*items) == (items, [])


@pytest.mark.parametrize("unit", [UTF_8, UTF_16])
def test_offsets_in_another_unit_are_converted_by_what_they_are_said_to_cover(unit):
    right = [span("T1", 0, 3, "Ada"), span("T2", 10, 12, "Bo"), span("T3", 29, 31, "Cy")]
    at = unit.counted(TEXT, [offset for item in right for fragment in item.fragments for offset in fragment])
    wrong = [item._replace(fragments=tuple((at[start], at[end]) for start, end in item.fragments)) for item in right]
    assert wrong != right
    assert settled(*wrong) == (right, [("import-unit", 2)])


def test_a_unit_converts_relations_and_unquoted_spans_along():
    right = [span("T1", 10, 12, "Bo"), span("T2", 29, 31), Item("R1", "r", "met", (), arguments=(Argument("a", "T1"),))]
    wrong = [right[0]._replace(fragments=((11, 13),)), right[1]._replace(fragments=((30, 32),)), right[2]]
    assert settled(*wrong) == (right, [("import-unit", 1)])


def test_a_quote_that_stands_once_says_where_its_span_is():
    assert settled(span("T1", 8, 10, "Bo"), span("T2", 0, 3, "Ada")) == (
        [span("T1", 10, 12, "Bo"), span("T2", 0, 3, "Ada")],
        [("import-moved", 1)],
    )


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (span("T1", 8, 11, "Ada"), "import-quote"),  # it stands in two places
        (span("T1", 8, 11, "Eve"), "import-quote"),
        (span("T1", 8, 1100), "import-range"),
        (span("T1", 5, 2), "import-range"),
        (span("T1", -3, 2), "import-range"),
        (span("T1", 0, 3, ""), "import-quote"),
        (Item("T1", "entities", "PER", ((0, 3), (40, 50)), "Ada x", line=1), "import-range"),
    ],
)
def test_what_fits_nowhere_is_refused_with_all_that_refers_to_it(item, kind):
    about = Item("R2", "relations", "met", (), None, {}, (Argument("Arg1", "T1"),), line=2)
    more = Item("R3", "events", "so", (), None, {"trigger": "R2"}, line=3)
    kept, troubles = settled(more, about, item)
    assert kept == []
    assert sorted(troubles) == sorted([(kind, 1), ("import-dangling", 2), ("import-dangling", 3)])


def test_what_is_lost_with_an_item_is_said():
    record = ForeignRecord(
        annotator="a", items=[span("T1", 0, 99, attributes={"x": True}, notes=(Note("a"), Note("b")))]
    )
    (trouble,) = settle(record, TEXT)
    assert trouble.message.endswith("left out with 1 attribute and 2 notes")


def test_of_two_items_with_one_id_the_first_is_taken():
    first, second = span("T1", 0, 3), span("T1", 10, 12)
    assert settled(first, second._replace(line=2)) == ([first], [("import-duplicate-id", 2)])


def test_items_that_say_the_same_are_both_kept():
    items = [span("T1", 0, 3), span("T2", 0, 3), span("T3", 0, 3, attributes={"sure": False})]
    assert settled(*items) == (items, [("import-doubled", 2)])


def test_fragments_are_put_in_order():
    item = Item("T1", "entities", "PER", ((29, 31), (0, 3), (2, 4), (7, 7)), None, line=1)
    (found,), troubles = settled(item)
    assert found.fragments == ((0, 4), (29, 31))
    assert troubles == [("import-fragments", 1)]


def test_what_covers_nothing_becomes_a_point():
    (found,), troubles = settled(span("T1", 4, 4, ""))
    assert (found.layer, found.fragments) == ("entities_points", ((4, 4),))
    assert troubles == [("import-point", 1)]
    (found,), troubles = settled(Item("T1", "entities", "PER", ((4, 4), (4, 4)), None, line=1))
    assert found.layer == "entities_points"
    assert [kind for kind, _ in troubles] == ["import-fragments", "import-point"]
