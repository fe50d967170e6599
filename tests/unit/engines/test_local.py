import gc
import multiprocessing
import os
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from dataset_builder.engines.local import Unfinished, collection_paused, run_local, usable_processors

JOBS = [1, 2]


class Square:
    """What is made in a process: squares numbers, fails, or takes long; leaves marks of it in `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        (self.folder / f"made-{os.getpid()}").touch(exist_ok=False)

    def __call__(self, task):
        if task == "fail":
            message = "cannot be squared"
            raise ValueError(message)
        if task == "exit":
            os._exit(3)
        if task == "wait":
            time.sleep(20)
        if isinstance(task, tuple):  # it ends after another one has
            task, file = task
            while not (self.folder / file).exists():
                time.sleep(0.001)
        (self.folder / f"done-{task}").touch()
        return task * task


def made(folder):
    return len(list(folder.glob("made-*")))


@pytest.fixture
def workers():
    """Those of this test; in the end there is none."""
    before = set(multiprocessing.active_children())
    yield lambda: set(multiprocessing.active_children()) - before
    assert set(multiprocessing.active_children()) == before


@pytest.mark.parametrize("jobs", JOBS)
@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_results_come_in_the_order_of_the_tasks(tmp_path, workers, jobs, count):
    assert list(run_local(Square, (tmp_path,), range(count), jobs)) == [number * number for number in range(count)]
    assert made(tmp_path) <= jobs


def test_a_task_that_ends_late_still_comes_first(tmp_path, workers):
    assert list(run_local(Square, (tmp_path,), [(1, "done-2"), 2], 2)) == [1, 4]
    assert made(tmp_path) == 2


def test_one_job_is_work_in_this_process(tmp_path, workers):
    results = run_local(Square, (tmp_path,), [1, 2], 1)
    assert next(results) == 1
    assert not workers()
    assert (tmp_path / f"made-{os.getpid()}").exists()
    assert not (tmp_path / "done-2").exists(), "what nobody asked for yet isn't made"


@pytest.mark.parametrize("jobs", JOBS)
def test_what_a_task_raises_is_raised_after_the_results_before_it(tmp_path, workers, jobs):
    results = run_local(Square, (tmp_path,), [3, "fail", 4], jobs)
    assert next(results) == 9
    with pytest.raises(ValueError, match="cannot be squared"):
        next(results)


def test_an_exception_ends_workers_that_are_still_at_work(tmp_path, workers):
    with pytest.raises(ValueError, match="cannot be squared"):
        list(run_local(Square, (tmp_path,), ["fail", "wait", "wait"], 2))
    assert not (tmp_path / "done-wait").exists()


def test_closing_early_ends_workers_that_are_still_at_work(tmp_path, workers):
    results = run_local(Square, (tmp_path,), [2, "wait", "wait"], 2)
    assert next(results) == 4
    assert len(workers()) == 2
    results.close()
    assert not (tmp_path / "done-wait").exists()


def test_a_worker_that_dies_is_an_error(tmp_path, workers):
    with pytest.raises(BrokenProcessPool):
        list(run_local(Square, (tmp_path,), ["exit", 1], 2))


@pytest.mark.parametrize(("jobs", "error"), [(1, FileNotFoundError), (2, BrokenProcessPool)])
def test_what_cannot_be_made_is_an_error(tmp_path, workers, jobs, error):
    with pytest.raises(error):
        list(run_local(Square, (tmp_path / "absent",), [1, 2], jobs))


def test_only_so_many_tasks_are_handed_over(tmp_path, workers):
    handed = []

    class Tasks(list):
        def __iter__(self):
            for task in super().__iter__():
                handed.append(task)
                yield task

    results = run_local(Square, (tmp_path,), Tasks(range(50)), 2)
    next(results)
    assert len(handed) < 10
    assert len(list(results)) == 49


@pytest.mark.parametrize("count", [0, 1, 9])
def test_the_first_task_is_done_here_where_its_result_is_wanted_at_once(tmp_path, workers, count):
    results = run_local(Square, (tmp_path,), range(count), 2, at_once=True)
    assert list(results) == [number * number for number in range(count)]
    assert (tmp_path / f"made-{os.getpid()}").exists()


def test_what_is_done_here_does_not_wait_for_workers(tmp_path, workers):
    results = run_local(Square, (tmp_path,), [1, "wait"], 2, at_once=True)
    assert next(results) == 1
    results.close()


def test_usable_processors():
    assert 1 <= usable_processors() <= os.cpu_count()


@pytest.fixture
def restored():
    """Leaves the collector as it was."""
    before = gc.isenabled()
    yield
    (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("collecting", [True, False])
def test_collection_is_paused_and_then_as_it_was(restored, collecting):
    (gc.enable if collecting else gc.disable)()
    with collection_paused():
        assert not gc.isenabled()
    assert gc.isenabled() == collecting


def test_collection_goes_on_after_an_exception(restored):
    gc.enable()
    with pytest.raises(KeyError), collection_paused():
        raise KeyError
    assert gc.isenabled()


class Late:
    """Gives numbers that are finished later, and says what happens."""

    def __init__(self, happened):
        self.happened = happened

    def __call__(self, task):
        self.happened.append(f"begin {task}")
        if task == "fail":
            message = "it fails"
            raise ValueError(message)
        return Unfinished(lambda: self.finish(task), lambda: self.happened.append(f"abandon {task}"))

    def finish(self, task):
        self.happened.append(f"finish {task}")
        return task


def test_the_next_task_begins_before_an_unfinished_result_is_finished():
    happened = []
    assert list(run_local(Late, (happened,), [1, 2, 3], 1)) == [1, 2, 3]
    assert happened == ["begin 1", "begin 2", "finish 1", "begin 3", "finish 2", "finish 3"]


def test_what_nobody_waits_for_is_abandoned():
    happened = []
    results = run_local(Late, (happened,), [1, 2, 3], 1)
    assert next(results) == 1
    results.close()
    assert happened == ["begin 1", "begin 2", "finish 1", "abandon 2"]


def test_what_was_begun_before_a_failure_is_abandoned():
    happened = []
    with pytest.raises(ValueError, match="it fails"):
        list(run_local(Late, (happened,), [1, "fail"], 1))
    assert happened == ["begin 1", "begin fail", "abandon 1"]


def test_workers_finish_what_they_begin():
    assert list(run_local(Late, ([],), [1, 2, 3], 2)) == [1, 2, 3]
