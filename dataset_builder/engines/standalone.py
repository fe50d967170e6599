"""What a process can do without when nothing but this program runs in it."""

import gc
import os
import sys
from typing import Any

__all__ = ["stand_alone"]

_YOUNG = 100_000  # containers made and not freed since cyclic garbage was looked for; Python 3.11 has 700


class _NoPandas:
    """Finds that pandas isn't there. It has no base class: to import the one for finders takes 10 ms."""

    @staticmethod
    def find_spec(fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def stand_alone() -> None:
    """Has this process do without what it has no use for. Not for a process that others share.

    - pandas, which pyarrow imports, where it is installed, as soon as an array is made: 0.1 s and 30 MB. A Series is no
      longer taken for what it is then.
    - Threads for linear algebra, one a processor, which NumPy starts when it is imported, and which look for work.
    - Cyclic garbage looked for all the time: what modules make when they are imported stays anyway.
    """
    finders: list[Any] = sys.meta_path
    finders.insert(0, _NoPandas)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_YOUNG, 10, 10)
