"""Where the work of a run is done: in this process and others beside it, or on a cluster. The plan is the same."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dataset_builder.engines.local import collection_paused, run_local, usable_processors
from dataset_builder.errors import EngineError, UsageError
from dataset_builder.model.result import EngineName, Progress

__all__ = ["HERE", "Workers", "at_work", "scheduler_of"]

_WORTH_A_PROCESS = 1000  # articles compiled; to start a process takes as long as some hundreds


class Workers(Protocol):
    """What takes work."""

    @property
    def far(self) -> bool:
        """Whether a task takes a message to another machine, so that there should be few."""
        ...

    def run(  # noqa: PLR0913 - what there is to say of some tasks
        self,
        make: Callable[..., Callable[[Any], Any]],
        arguments: tuple[Any, ...],
        tasks: Iterable[Any],
        *,
        most: int,
        articles: int,
        at_once: bool = False,
    ) -> Generator[Any, None, None]:
        """The results of `make(*arguments)` on each task, in their order.

        Together they take as long as to compile that many `articles`, and more processes than `most` gain nothing. The
        first of them may be wanted `at_once`, before any other process could give it.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Here:
    """Processes of this machine: `jobs`, one where nobody says, for 0 as many as there is work for."""

    jobs: int | None
    far: bool = False

    def run(  # noqa: PLR0913 - what there is to say of some tasks
        self,
        make: Callable[..., Callable[[Any], Any]],
        arguments: tuple[Any, ...],
        tasks: Iterable[Any],
        *,
        most: int,
        articles: int,
        at_once: bool = False,
    ) -> Generator[Any, None, None]:
        jobs = self.jobs
        if jobs == 0:
            jobs = min(usable_processors(), articles // _WORTH_A_PROCESS)
        try:
            yield from run_local(make, arguments, tasks, max(1, min(jobs or 1, most)), at_once=at_once)
        except BrokenProcessPool as error:
            message = (
                "a worker process was killed, most likely for want of memory: give --jobs a smaller number; the build "
                "that was there is whole"
            )
            raise EngineError(message) from error


HERE: Workers = _Here(None)
"""This process alone."""


@dataclass(frozen=True, slots=True)
class _There:
    """A Dask cluster."""

    cluster: Any
    far: bool = True

    def run(  # noqa: PLR0913 - what there is to say of some tasks
        self,
        make: Callable[..., Callable[[Any], Any]],
        arguments: tuple[Any, ...],
        tasks: Iterable[Any],
        *,
        most: int,  # noqa: ARG002 - as `Workers` has it
        articles: int,  # noqa: ARG002 - as above
        at_once: bool = False,  # noqa: ARG002 - as above
    ) -> Generator[Any, None, None]:
        found: Generator[Any, None, None] = self.cluster.run(make, arguments, tasks)
        return found


def scheduler_of(engine: EngineName, scheduler: str | None, jobs: int | None) -> str | None:
    """The address of the scheduler that work goes to; None where it stays here.

    Raises:
        UsageError: the three contradict one another.
    """
    if engine not in ("local", "dask"):
        message = f"there is no engine {engine!r}: take local or dask"
        raise UsageError(message)
    if engine == "local" and scheduler is not None:
        message = "a scheduler is of no use to the local engine: add --engine dask, or leave --scheduler out"
        raise UsageError(message)
    if engine == "dask" and not scheduler:
        message = "--engine dask needs the address of a cluster that runs: --scheduler tcp://HOST:8786"
        raise UsageError(message)
    if engine == "dask" and jobs:
        message = "--jobs is for the local engine; a cluster has as many workers as it was given"
        raise UsageError(message)
    return scheduler


@contextmanager
def at_work(
    scheduler: str | None, jobs: int | None, same: Path, folders: tuple[Path, ...], report: Progress
) -> Iterator[Workers]:
    """Who does the work: `jobs` processes, or the cluster of `scheduler`, whose workers have shown that they can.

    These have to see the file `same` as it is here, and to write to `folders`, whose first is for what they are given.

    Raises:
        UsageError: the cluster can't be reached, or a worker of it can't do this work.
    """
    if scheduler is None:
        with collection_paused():  # not with a cluster: its client lives from coroutines, which leave cycles
            yield _Here(jobs)
        return
    from dataset_builder.engines.dask import connected

    report("look for workers", 0, None)
    with connected(scheduler, folders[0]) as cluster:
        cluster.refuse_unfit(same, folders)
        yield _There(cluster)
