"""The page on scale says what the simulation says, and the simulation does what it is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.scale import COSTS, RUNS, simulate, table_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


def test_the_page_shows_the_table_that_is_printed():
    assert table_of(simulate(COSTS, *run) for run in RUNS) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("articles", [10**5, 10**7])
def test_one_worker_takes_the_sum_of_its_work(articles):
    found = simulate(COSTS, articles, 1)
    each = COSTS.metadata_seconds + COSTS.compile_seconds + COSTS.compare_seconds
    assert found.working == pytest.approx(articles * each, rel=0.1)
    assert found.busy > 0.9


def test_more_workers_are_no_slower_until_the_driver_is_what_they_wait_for():
    times = [simulate(COSTS, 10**7, workers).working for workers in (1, 2, 4, 8, 16, 32, 64)]
    assert times == sorted(times, reverse=True)
    assert times[0] / times[3] == pytest.approx(8, rel=0.1)
    slow = replace(COSTS, handing_seconds=10)
    shards = 10**7 / 5120
    assert simulate(slow, 10**7, 1000).working == pytest.approx(shards * 10 + 10**7 / 4096 * 2.5, rel=0.1)


def test_memory_is_that_of_the_plan_and_of_summaries():
    few, many = simulate(COSTS, 10**7, 8), simulate(COSTS, 2 * 10**7, 8)
    assert (many.memory - few.memory) / 10**7 == pytest.approx(COSTS.plan_bytes + 19_522 / 5120, rel=0.01)
