"""Work on this machine: in this process, or in several, with results in the order of the tasks."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from dataset_builder.engines.standalone import stand_alone
from dataset_builder.errors import InternalError

__all__ = ["Unfinished", "collection_paused", "run_local", "usable_processors"]

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Unfinished(Generic[Result]):
    """A result that only waits for something to end: the next task may begin before it is asked for."""

    finish: Callable[[], Result]
    abandon: Callable[[], None]  # called in its place where nobody asks any more


_function: Callable[[Any], Any] | None = None  # of a worker process; made there once, for it does not pickle


@contextmanager
def collection_paused() -> Iterator[None]:
    """No cyclic garbage is looked for: millions of short-lived values and no cycles cost a fifth, and free nothing."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_local(
    make: Callable[..., Callable[[Task], Any]],
    arguments: tuple[Any, ...],
    tasks: Iterable[Task],
    jobs: int,
    *,
    at_once: bool = False,
) -> Generator[Any, None, None]:
    """The results of `make(*arguments)` on each task, in the order of `tasks`, as they come.

    Of results that are `Unfinished`, this gives what they finish with.

    `make` runs once a process. Everything that crosses a process border must pickle. When the iterator is closed early,
    or an exception leaves it, the processes end at once. Where the first result is wanted `at_once`, this process sees
    to the first task while the others start.
    """
    if jobs <= 1:
        yield from _one_ahead(make(*arguments), tasks)
        return
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare, initargs=(make, arguments))
    try:
        yield from _in_order(pool, tasks, 2 * jobs, make(*arguments) if at_once else None)
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.kill()  # what it writes is thrown away, so there is nothing to wait for
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _one_ahead(function: Callable[[Task], Any], tasks: Iterable[Task]) -> Iterator[Any]:
    """Results in order; what is unfinished is finished when the next task has begun."""
    begun: list[Any] = []
    try:
        for task in tasks:
            begun.append(function(task))
            ahead = 1 if isinstance(begun[-1], Unfinished) else 0
            while len(begun) > ahead:
                yield _finished(begun.pop(0))
        while begun:
            yield _finished(begun.pop(0))
    finally:
        for result in begun:
            if isinstance(result, Unfinished):
                result.abandon()


def _finished(result: Any) -> Any:
    return result.finish() if isinstance(result, Unfinished) else result


def _in_order(
    pool: ProcessPoolExecutor, tasks: Iterable[Task], ahead: int, here: Callable[[Task], Any] | None
) -> Iterator[Any]:
    """Results in order, with no more than `ahead` tasks handed over: the driver holds the plan, never the data.

    The first task is done `here`, if by anything, as soon as the others that may be are handed over.
    """
    rest = iter(tasks)
    first = list(islice(rest, 1 if here else 0))
    waiting = [pool.submit(_work, task) for task in islice(rest, ahead)]
    if here:
        yield from (_finished(here(task)) for task in first)
    for task in rest:
        waiting.append(pool.submit(_work, task))
        yield waiting.pop(0).result()
    while waiting:
        yield waiting.pop(0).result()


def _prepare(make: Callable[..., Callable[[Any], Any]], arguments: tuple[Any, ...]) -> None:
    global _function  # noqa: PLW0603 - what a pool's initializer is for
    stand_alone()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the driver ends the workers
    _function = make(*arguments)


def _work(task: Any) -> Any:
    if _function is None:
        raise InternalError("a worker process was not prepared")
    return _finished(_function(task))
