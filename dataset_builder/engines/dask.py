"""Work on a Dask cluster that is there already, with results in the order of the tasks."""

import logging
import os
import pickle
import socket
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from dataset_builder.engines.fitness import explain_versions, own_versions, refuse_unfit
from dataset_builder.engines.local import Unfinished
from dataset_builder.errors import EngineError, UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Cluster", "connected"]

Task = TypeVar("Task")

_REACHED = 5  # seconds in which a scheduler answers, or isn't there
_PATIENCE = 120  # seconds in which a worker may come, or come to itself: a nanny starts a lost one again in some
_LOOK = 2  # seconds between looks at the cluster while a result is waited for
_AHEAD = 3  # tasks handed over for each thread of the cluster: one at work, and others to go on with
_MOST_KEPT = 4  # runs whose functions a worker process keeps, as several drivers may share a cluster


@contextmanager
def connected(address: str, shared: Path) -> Iterator["Cluster"]:
    """The cluster whose scheduler is at `address`. Its workers and this process both see the folder `shared`.

    Raises:
        UsageError: `distributed` isn't installed, or no scheduler answers within a few seconds.
    """
    _refuse_absent()
    with _quiet():
        client = _client(address)
        try:
            yield Cluster(client, address, shared)
        finally:
            with suppress(Exception):  # a scheduler that is gone can't be said goodbye to
                client.close(timeout=_LOOK)


def _refuse_absent() -> None:
    try:
        import distributed  # noqa: F401 - it sets the levels of its loggers
    except ImportError as error:
        message = "--engine dask needs the library distributed: pip install 'dataset-builder[dask]'"
        raise UsageError(message) from error


def _client(address: str) -> "Client":
    from distributed import Client
    from distributed.comm import resolve_address

    try:
        resolve_address(address)  # before there is a client, which is loud when it ends half made
        return Client(address, timeout=_REACHED, set_as_default=False)
    except (OSError, ValueError) as error:
        message = (
            f"no Dask scheduler answers at {address} within {_REACHED} seconds: start one, "
            "or see that the address (as tcp://host:8786) is right and may be reached from here"
        )
        raise UsageError(message) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing but our own messages: what the client logs and warns of, we find out and say ourselves."""
    loggers = [logging.getLogger(f"distributed.{name}") for name in ("client", "comm", "core", "utils", "batched")]
    before = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="distributed")
        warnings.filterwarnings("ignore", message="Mismatched versions found")
        try:
            for logger in loggers:
                logger.setLevel(logging.CRITICAL + 1)
            yield
        finally:
            for logger, level in zip(loggers, before, strict=True):
                logger.setLevel(level)


class Cluster:
    """A cluster at work for this process."""

    def __init__(self, client: "Client", address: str, shared: Path) -> None:
        self._client, self._address, self._shared = client, address, shared
        self._alive = monotonic()  # when a worker was last seen that takes work, or is at it

    def refuse_unfit(self, same: Path, folders: Iterable[Path]) -> None:
        """Nothing, if every worker has our versions, the file `same` as it is here, and can write to `folders`.

        Waits for a worker where there is none.

        Raises:
            UsageError: a worker can't do the work, or none came.
        """
        self._wait_for_worker()
        refuse_unfit(self._client, same, folders)

    def run(
        self, make: Callable[..., Callable[[Task], Any]], arguments: tuple[Any, ...], tasks: Iterable[Task]
    ) -> Generator[Any, None, None]:
        """The results of `make(*arguments)` on each task, in the order of `tasks`, as they come.

        `make` runs once a thread of a worker process, and is read from the shared folder; each task goes with one
        message. A task whose worker is lost is given to another, and given up after as many workers as the scheduler's
        `allowed-failures` says, and one (4). When the iterator is closed early, or an exception leaves it, what hasn't
        begun is cancelled; what has begun ends by itself, and nobody asks for it.

        Raises:
            EngineError: workers or the scheduler were lost, or no worker takes work any more.
        """
        token = uuid4().hex
        made = self._shared / f"work-{token}.pickle"
        made.write_bytes(pickle.dumps(own_versions()) + pickle.dumps((make, arguments)))
        waiting: deque[Future] = deque()
        self._alive = monotonic()
        try:
            yield from self._in_order(waiting, token, os.fspath(made), tasks)
        finally:
            with suppress(Exception):  # where the scheduler is gone, so is all that it had to do
                self._client.cancel(list(waiting), force=True)
            with suppress(Exception):
                self._client.run(_forget, token, wait=False, on_error="ignore")
            made.unlink(missing_ok=True)

    def _in_order(
        self, waiting: "deque[Future]", token: str, made: str, tasks: Iterable[Any]
    ) -> Generator[Any, None, None]:
        """Results in order, with no more tasks handed over than keep the cluster at work."""
        looked, ahead = 0.0, 0
        for number, task in enumerate(tasks):
            # As bytes: Dask would look into every tuple for what is to be computed before.
            given = pickle.dumps(task)
            waiting.append(self._client.submit(_work, token, made, given, key=(f"work-{token}", number), pure=False))
            if monotonic() - looked > _LOOK:  # workers come and go
                looked, ahead = monotonic(), self._ahead()
            while len(waiting) >= ahead:
                yield self._result(waiting)
        while waiting:
            yield self._result(waiting)

    def _ahead(self) -> int:
        """How many tasks keep the workers that there are now at work."""
        return max(2, _AHEAD * sum(int(worker["nthreads"]) for worker in self._workers()))

    def _result(self, waiting: "deque[Future]") -> Any:
        """The first result of those that are waited for."""
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        while True:
            try:
                found = waiting[0].result(timeout=_LOOK)
            except TimeoutError:
                if waiting[0].done() and waiting[0].status == "error":
                    raise
                self._refuse_stalled()
            except KilledWorker as error:
                raise self._deadly(error.allowed_failures + 1) from error
            except (CancelledError, CommClosedError) as error:
                raise self._lost() from error
            else:
                self._alive = monotonic()
                waiting.popleft()
                return found

    @staticmethod
    def _deadly(times: int) -> EngineError:
        counted = "once" if times == 1 else f"{times} times"
        message = (
            f"a piece of work was lost with its worker {counted}, most likely for want of memory: give workers more of "
            "it, or make shards smaller ([shards] articles); the build that was there is whole"
        )
        return EngineError(message)

    def _lost(self) -> EngineError:
        message = (
            f"the connection to the scheduler at {self._address} was lost, or the work was cancelled there; the build "
            "that was there is whole: run again when the scheduler is back"
        )
        return EngineError(message)

    def _workers(self) -> list[Any]:
        try:
            return list(self._client.scheduler_info(n_workers=-1)["workers"].values())
        except OSError as error:
            raise self._lost() from error

    def _refuse_stalled(self) -> None:
        workers = self._workers()
        if any(each["status"] == "running" or each.get("metrics", {}).get("executing") for each in workers):
            self._alive = monotonic()
        elif monotonic() - self._alive > _PATIENCE:
            state = "all are paused, most likely for want of memory" if workers else "there is none"
            message = (
                f"no worker of the cluster has taken work for {_PATIENCE} seconds: {state}; "
                "the build that was there is whole"
            )
            raise EngineError(message)

    def _wait_for_worker(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            message = f"the cluster at {self._address} has no worker: start some, and run again"
            raise UsageError(message) from error


class _Prepared:
    """What one run needs in this worker process: a function for each thread, as these share nothing."""

    def __init__(self, made: str) -> None:
        self._made, self._local = made, threading.local()

    def function(self) -> Callable[[Any], Any]:
        """The function of this thread, made when it is first asked for."""
        if not hasattr(self._local, "function"):
            self._local.function = self._make()
        function: Callable[[Any], Any] = self._local.function
        return function

    def _make(self) -> Callable[[Any], Any]:
        """Where a worker came after all were asked whether they are fit, this is where it shows that it isn't."""
        host = socket.gethostname()
        try:
            with Path(self._made).open("rb") as stream:
                if reason := explain_versions(own_versions(), pickle.load(stream)):  # noqa: S301 - the driver wrote it
                    message = f"a worker that came later, on {host}, can't do this work: {reason}"
                    raise EngineError(message)
                make, arguments = pickle.load(stream)  # noqa: S301 - as above
        except OSError as error:
            message = f"a worker that came later, on {host}, doesn't see the project: {error.strerror}: {self._made}"
            raise EngineError(message) from error
        function: Callable[[Any], Any] = make(*arguments)
        return function


_prepared: dict[str, _Prepared] = {}  # of a worker process, by run
_preparing = threading.Lock()


def _work(token: str, made: str, given: bytes) -> Any:
    with _preparing:
        prepared = _prepared.setdefault(token, _Prepared(made))
        while len(_prepared) > _MOST_KEPT:
            del _prepared[next(iter(_prepared))]
    result = prepared.function()(pickle.loads(given))  # noqa: S301 - the driver wrote it
    return result.finish() if isinstance(result, Unfinished) else result


async def _forget(token: str) -> None:  # Dask doesn't wait for what is a coroutine, where it is told so
    _prepared.pop(token, None)
