import errno

import pytest

from dataset_builder.errors import StorageError
from dataset_builder.storage.retry import Patience, is_final, status_of


class Answered(Exception):  # noqa: N818 - an answer
    """What botocore raises."""

    def __init__(self, status):
        super().__init__(str(status))
        self.response = {"ResponseMetadata": {"HTTPStatusCode": status}}


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def patience(pauses):
    return Patience(attempts=6, first=1.0, longest=5.0, sleep=pauses.append, draw=lambda _, most: most)


def failing(times, error):
    left = [error] * times

    def do():
        if left:
            raise left.pop()
        return "done"

    return do


def test_pauses_double_up_to_a_bound(patience, pauses):
    assert patience.keep_trying(failing(5, ConnectionResetError())) == "done"
    assert pauses == [1.0, 2.0, 4.0, 5.0, 5.0]


def test_pauses_are_drawn_between_nothing_and_the_bound(pauses):
    drawn = []
    patience = Patience(attempts=3, first=1.0, sleep=pauses.append, draw=lambda *bounds: drawn.append(bounds) or 0.5)
    patience.keep_trying(failing(2, TimeoutError()))
    assert (drawn, pauses) == ([(0, 1.0), (0, 2.0)], [0.5, 0.5])


def test_the_last_failure_is_raised(patience, pauses):
    with pytest.raises(ConnectionResetError):
        patience.keep_trying(failing(6, ConnectionResetError()))
    assert len(pauses) == 5


def test_what_works_at_once_never_waits(patience, pauses):
    assert patience.keep_trying(lambda: 1) == 1
    assert pauses == []


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(),
        PermissionError(),
        ValueError(),
        ImportError(),
        StorageError("x"),
        Answered(400),
        Answered(412),
    ],
)
def test_what_would_fail_again_is_not_tried_again(patience, pauses, error):
    with pytest.raises(type(error)):
        patience.keep_trying(failing(1, error))
    assert pauses == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EBUSY, "Please reduce your request rate."),
        TimeoutError(),
        ConnectionResetError(),
        EOFError(),
        Answered(500),
        Answered(503),
        Answered(429),
        Answered(408),
    ],
)
def test_what_may_pass_is_tried_again(patience, error):
    assert patience.keep_trying(failing(1, error)) == "done"


def test_a_status_is_found_behind_what_a_backend_made_of_it():
    error = OSError(errno.EINVAL, "no")
    error.__cause__ = Answered(412)
    assert status_of(error) == 412
    assert is_final(error)
    assert status_of(OSError()) is None
