import pytest
import yaml

from dataset_builder.release.citation import with_release


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("version: 1.0.0\ndate-released: 2020-01-01\n", "version: 1.1.0\ndate-released: 2026-01-02\n"),
        ("version: '1' # x\r\ndate-released: \"y\"\r\n", "version: '1.1.0' # x\r\ndate-released: \"2026-01-02\"\r\n"),
        ("title: x\n", 'title: x\nversion: "1.1.0"\ndate-released: "2026-01-02"\n'),
        ("title: x", 'title: x\nversion: "1.1.0"\ndate-released: "2026-01-02"\n'),
        (
            "preferred-citation:\n  version: 7\nversion:\ndate-released: 2020-01-01 # d\n",
            "preferred-citation:\n  version: 7\nversion: 1.1.0\ndate-released: 2026-01-02 # d\n",
        ),
    ],
)
def test_only_the_values_change(before, after):
    text = with_release(before, "1.1.0", "2026-01-02")
    assert text == after
    found = yaml.safe_load(text)
    assert (found["version"], str(found["date-released"])) == ("1.1.0", "2026-01-02")


def test_a_second_time_changes_nothing():
    once = with_release("title: x\n", "1.1.0", "2026-01-02")
    assert with_release(once, "1.1.0", "2026-01-02") == once
