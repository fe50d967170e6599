"""What a process can do without when nothing but this program runs in it."""

import sys
from typing import Any

__all__ = ["leave_pandas_out"]


class _NoPandas:
    """Finds that pandas isn't there. It has no base class: to import the one for finders takes 10 ms."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def leave_pandas_out() -> None:
    """Has this process do without pandas, which it has no use for.

    pyarrow imports it, where it is installed, as soon as an array is made: 0.1 s and 30 MB in every process. Not for a
    process that others share: there, pyarrow would no longer take a Series for what it is.
    """
    finders: list[Any] = sys.meta_path
    finders.insert(0, _NoPandas)
