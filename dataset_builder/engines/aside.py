"""Calls made in a second thread, one after the other, while this one goes on."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

__all__ = ["Aside"]

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


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

    def call(self, function: Callable[_Given, _Result], *args: _Given.args, **kwargs: _Given.kwargs) -> Future[_Result]:
        """What will come of calling `function` in its turn.

        Raises what an earlier call raised, if there were so many that it was waited for.
        """
        while len(self._waiting) >= self._ahead:
            earlier = self._waiting.popleft()
            if not earlier.cancelled():
                earlier.result()
        future = self._thread.submit(function, *args, **kwargs)
        self._waiting.append(future)
        return future
