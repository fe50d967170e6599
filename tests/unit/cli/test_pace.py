import pytest
from rich.progress import Progress

from dataset_builder.cli.pace import Pace
from dataset_builder.cli.terminal import Live


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def live(clock):
    return Live(Progress(Pace(), get_time=lambda: clock[0], disable=True))


def shown(live):
    return Pace().render(live._bar.tasks[0]).plain


def test_pace_is_the_mean_of_the_stage_and_time_left_counts_down(live, clock):
    live("compile", 0, 100_000)
    assert shown(live) == ""
    clock[0] += 10
    assert shown(live) == "", "nothing is done yet"
    live("compile", 20_000, 100_000)
    assert shown(live) == "2,000/s, 0:40 left"
    clock[0] += 5
    assert shown(live) == "2,000/s, 0:35 left"
    live("compile", 60_000, 100_000)
    assert shown(live) == "4,000/s, 0:10 left"
    clock[0] += 60
    assert shown(live) == "4,000/s, 0:00 left"


def test_a_rate_of_the_first_moments_is_not_shown(live, clock):
    live("compile", 0, 10)
    clock[0] += 1
    live("compile", 5, 10)
    assert shown(live) == ""


def test_a_stage_begins_anew_and_one_without_a_total_has_no_pace(live, clock):
    live("read", 0, 100)
    clock[0] += 10
    live("read", 50, 100)
    assert shown(live) == "5.0/s, 0:10 left"
    live("compile", 0, 1000)
    assert shown(live) == ""
    clock[0] += 4
    live("compile", 1, 1000)
    assert shown(live) == "0.2/s, 1:06:36 left"
    live("describe", 0, None)
    clock[0] += 4
    live("describe", 3, None)
    assert shown(live) == ""
