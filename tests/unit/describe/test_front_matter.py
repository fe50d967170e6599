import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.describe.front_matter import FrontMatterError, dump, renew, split


def front(text):
    return split(f"---\n{text}---\nbody\n")


@pytest.mark.parametrize(
    ("card", "text", "body"),
    [
        ("---\na: 1\n---\n# T\n", "a: 1\n", "# T\n"),
        ("---\na: 1\n---", "a: 1\n", ""),
        ("---\n---\n# T\n", "", "# T\n"),
        ("---\r\na: 1\r\n---\r\n# T\r\n", "a: 1\n", "# T\r\n"),
        ("---  \na: 1\n--- \nx", "a: 1\n", "x"),
        ("# T\n---\na: 1\n---\n", "", "# T\n---\na: 1\n---\n"),
        ("---\nno end\n", "", "---\nno end\n"),
        ("---\na: |\n  ---\nb: x---\n---\n", "a: |\n  ---\nb: x---\n", ""),
        ("", "", ""),
    ],
)
def test_the_yaml_is_found_where_readers_find_it(card, text, body):
    found = split(card)
    assert (found.yaml, found.body) == (text, body)


def test_generated_keys_are_replaced_where_they_stand_and_all_else_is_kept():
    text = (
        "# mine\n"
        "annotations_creators:\n- expert-generated   # us\n\n# the licence\nlicense: mit\nextra: {a: 1,\n  b: 2}\n"
        "'quoted key': |\n  # no comment\n\n  text\n\n# before tags\ntags: [x]\nlast: 1\n# the end\n"
    )
    renewed = renew(front(text), {"license": "cc-by-4.0", "size_categories": ["n<1K"], "tags": ["y"]})
    assert renewed == text.replace("license: mit\n", "license: cc-by-4.0\nsize_categories:\n- n<1K\n").replace(
        "tags: [x]\n", "tags:\n- y\n"
    )


def test_a_stale_key_goes_and_its_comment_stays():
    text = "license: other\n# its name\nlicense_name: x\nmine: 1\n"
    assert renew(front(text), {"license": "mit"}, stale=["license_name"]) == "license: mit\n# its name\nmine: 1\n"


def test_new_keys_follow_the_generated_ones_before_them():
    assert renew(front("mine: 1\n"), {"a": 1, "b": 2}) == "mine: 1\na: 1\nb: 2\n"
    assert renew(front("b: 0\nmine: 1\n"), {"a": 1, "b": 2}) == "a: 1\nb: 2\nmine: 1\n"
    assert renew(front("a: 0\nmine: 1\nc: 0\n"), {"a": 1, "b": 2, "c": 3}) == "a: 1\nb: 2\nmine: 1\nc: 3\n"
    assert renew(front("# only a comment\n"), {"a": 1}) == "# only a comment\na: 1\n"


def test_a_key_that_is_out_of_order_stays_where_it_is():
    assert renew(front("b: 0\na: 0\n"), {"a": 1, "b": 2, "c": 3}) == "b: 2\nc: 3\na: 1\n"


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("a: 1\nb: [\n", "]", "can't be read"),
        ("a: 1\nb: 2\na: 3\n", "a: 3", 'key "a" twice'),
        ("- a\n", "- a", "must be a mapping"),
        ("{a: 1}\n", "{", "must be a mapping"),
        ("just text\n", "just", "must be a mapping"),
        ("a: \x07\n", None, "can't be read"),
    ],
)
def test_what_is_no_plain_mapping_is_refused(text, at, message):
    with pytest.raises(FrontMatterError, match=message) as error:
        renew(front(text), {"a": 1})
    if at != "]":
        assert error.value.offset == 4 + (text.index(at) if at else 0)


def test_offsets_count_carriage_returns():
    card = "---\r\na: 1\r\nb: 2\r\na: 3\r\n---\r\n"
    with pytest.raises(FrontMatterError) as error:
        renew(split(card), {})
    assert card[error.value.offset :].startswith("a: 3")


keys = st.sampled_from(["license", "tags", "mine", "more", "yours", "configs"])
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(keys, values), st.dictionaries(st.sampled_from(["license", "tags", "configs"]), values))
def test_renewing_gives_what_was_meant_and_renewing_again_changes_nothing(written, generated):
    text = dump(written) if written else ""
    renewed = renew(front(text), generated)
    assert (yaml.safe_load(renewed) or {}) == {**written, **generated}
    assert renew(front(renewed), generated) == renewed
