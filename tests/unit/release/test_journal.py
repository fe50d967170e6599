import pytest

from dataset_builder.model.release import Interrupted
from dataset_builder.release.journal import parse_journal, render_journal

PLANNED = Interrupted(
    version="1.0.0", tag="v1.0.0", branch="refs/heads/main", old="a", commit="b", tagged="c", files=("ä b", "c")
)

NUMBERS = render_journal(PLANNED).replace(b'"refs/heads/main"', b"3")


def test_a_journal_is_read_as_it_was_written():
    assert parse_journal(render_journal(PLANNED)) == PLANNED


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"{}", b"\xff", render_journal(PLANNED)[:-4], b'{"version": 1}', NUMBERS]
)
def test_what_is_no_journal_says_nothing(data):
    assert parse_journal(data) is None
