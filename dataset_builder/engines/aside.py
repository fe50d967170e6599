"""Calls made in a second thread, one after the other, while this one goes on."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec

__all__ = ["Aside"]

_Given = ParamSpec("_Given")


class Aside:
    """Makes calls in a thread of its own, in the order in which they are given.

    It gains where a call spends its time outside of the interpreter's lock, as compressing does. The thread ends with
    this; make one for a process, as each new thread may get memory of its own from the C library.
    """

    def __init__(self, ahead: int) -> None:
        """No more than `ahead` calls are waiting at any time: what they hold is memory."""
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[Any]] = deque()
        self._ahead = ahead

    def call(self, function: Callable[_Given, Any], *args: _Given.args, **kwargs: _Given.kwargs) -> None:
        """Calls `function` in its turn; what it returns is lost. Raises what an earlier call raised."""
        while len(self._waiting) >= self._ahead:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(function, *args, **kwargs))

    def finish(self) -> None:
        """Returns when all calls are made. Raises what one of them raised."""
        while self._waiting:
            self._waiting.popleft().result()

    def abandon(self) -> None:
        """Returns when the call that is being made has ended; the others are forgotten."""
        for future in self._waiting:
            future.cancel()
        wait(self._waiting)
        self._waiting.clear()
