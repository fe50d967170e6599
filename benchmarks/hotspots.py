"""Where a build in one process spends its time, by cProfile."""

import pstats
import subprocess
import sys
from pathlib import Path

from benchmarks.variants import clear, environment

__all__ = ["print_profile"]


def print_profile(project: Path, work: Path, *, lines: int) -> None:
    """Prints where a one-process build of `project` took longest; small functions look slower than they are."""
    output, cache, stats = work / "output", work / "cache", work / "build.prof"
    clear(project, output, cache)
    build = ("dataset_builder", "--project", str(project), "build", "--output", str(output), "--jobs", "1")
    command = (sys.executable, "-m", "cProfile", "-o", str(stats), "-m", *build)
    subprocess.run(command, env=environment(cache), check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    clear(project, output, cache)
    profile = pstats.Stats(str(stats)).strip_dirs()
    profile.sort_stats("tottime").print_stats(lines)
    profile.sort_stats("cumulative").print_stats(
        "shard|article|prove|rows|parquet|stats|digest|corpus|plan|gold|read", lines
    )
    print(f"kept in {stats}: python -m pstats {stats}")
