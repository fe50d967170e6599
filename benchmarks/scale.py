"""`python -m benchmarks.scale`: what large corpora cost on a cluster, reckoned from what small ones cost here.

A discrete simulation of the engine as it is: one driver that plans, then hands out tasks one after the other and takes
results in their order, with three tasks ahead for each worker. `--measure` takes the costs anew.
"""

import heapq
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import repeat
from random import Random

from benchmarks.costs import Costs, measure

__all__ = ["COSTS", "RUNS", "Outcome", "simulate", "table_of"]

COSTS = Costs(  # medians of three runs on 2 cores of an AMD EPYC, others at work beside them
    plan_seconds=25e-6,
    plan_bytes=304,
    metadata_seconds=14e-6,
    compile_seconds=220e-6,
    input_bytes=7099,
    output_bytes=2105,
    task_bytes=93,
    summary_bytes=85_058,
    handing_seconds=6.2e-3,
    compare_seconds=0.44e-6,
    verify_seconds=0.97e-9,
)
RUNS = ((10**6, 1), (10**6, 16), (10**6, 64), (10**8, 64), (10**8, 256), (10**9, 256), (10**9, 1024))
"""Articles, and workers of one thread each."""

_AHEAD = 3
_STRETCH = 4096  # articles of whose metadata one task tells
_COMPARED = 1 << 22  # digests in a partition
_BASE = 250e6  # bytes of a driver without a plan
_TEXT_DIGEST = (
    16  # bytes an article of a summary, which go to an exchange where there are more than are compared at once
)
_SLOWEST = 1.5  # times the mean that a task takes at most, for what else machines do; the fastest takes the rest

# Money: list prices of on-demand machines in round figures, 8 GB of memory a core.
_CORE_HOUR, _GIGABYTE_HOUR = 0.05, 0.006  # dollars
_MILLION_READS, _MILLION_WRITES = 0.40, 5.00  # dollars, where an object store counts them


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run took."""

    articles: int
    workers: int
    planning: float  # seconds, of the driver alone
    working: float  # seconds in which workers read metadata, compile and compare
    ending: float  # seconds, of the driver alone
    busy: float  # the part of `working` in which a worker had work
    memory: float  # bytes, of the driver
    reads: float
    writes: float

    @property
    def seconds(self) -> float:
        """From begin to end."""
        return self.planning + self.working + self.ending

    @property
    def machines(self) -> float:
        """Dollars for workers, for as long as the driver needs them, and the driver's memory."""
        return self.seconds / 3600 * (self.workers * _CORE_HOUR + _CORE_HOUR + self.memory / 1e9 * _GIGABYTE_HOUR)

    @property
    def requests(self) -> float:
        """Dollars for reading and writing, where these are counted."""
        return self.reads / 1e6 * _MILLION_READS + self.writes / 1e6 * _MILLION_WRITES


def simulate(costs: Costs, articles: int, workers: int) -> Outcome:
    """What building so many packed articles takes, with splits by a property of the metadata."""
    random = Random(0)
    shards = list(_shards(articles, random))
    stretches = -(-articles // _STRETCH)
    parts = -(-articles // _COMPARED)
    # A task of the metadata has a quarter of a shard's bytes: sources without records.
    told, told_used = _work(
        repeat(costs.metadata_seconds * _STRETCH, stretches), costs.handing_seconds / 4, workers, random
    )
    compiled, compiled_used = _work(
        (size * costs.compile_seconds for size in shards), costs.handing_seconds, workers, random
    )
    each = costs.compare_seconds * articles / parts
    compared, compared_used = _work(repeat(each, parts), costs.handing_seconds / 4, workers, random)
    working, used = told + compiled + compared, told_used + compiled_used + compared_used
    summary = costs.summary_bytes - (_TEXT_DIGEST * 4096 if parts > 1 else 0)
    return Outcome(
        articles=articles,
        workers=workers,
        planning=articles * costs.plan_seconds,
        working=working,
        ending=articles * costs.output_bytes * costs.verify_seconds,
        busy=used / (working * workers),
        memory=_BASE + articles * costs.plan_bytes + len(shards) * summary,
        reads=articles * 3 + (2 * parts * len(shards) if parts > 1 else 0),
        writes=4 * len(shards),
    )


def _shards(articles: int, random: Random) -> Iterator[int]:
    """Sizes of shards as ids cut them: a quarter of 4,096 articles, then each block of 256 may be the last."""
    left = articles
    while left > 0:
        size = min(left, 1024 + int(random.expovariate(1 / 4096)), 16_384)
        yield size
        left -= size


def _work(durations: Iterable[float], handing: float, workers: int, random: Random) -> tuple[float, float]:
    """Seconds until the last result is taken, of tasks handed out one after the other; and seconds of work in all."""
    free = [0.0] * workers  # when each worker has nothing to do
    taken: list[float] = []  # when each result was
    now = used = 0.0  # of the driver; of all workers
    for number, mean in enumerate(durations):
        window = taken[number - _AHEAD * workers] if number >= _AHEAD * workers else 0.0
        now = max(now, window) + handing
        duration = mean * random.uniform(2 - _SLOWEST, _SLOWEST)
        end = max(now, free[0]) + duration
        heapq.heapreplace(free, end)
        taken.append(max(taken[-1], end) if taken else end)
        used += duration
    return taken[-1], used


def table_of(outcomes: Iterable[Outcome]) -> str:
    """The outcomes as a table in Markdown."""
    lines = [
        "| articles | workers | plan | work | end | in all | busy | driver | requests | machines | for requests |",
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in outcomes:
        times = (each.planning, each.working, each.ending, each.seconds)
        lines.append(
            f"| {_power(each.articles)} | {each.workers:,} | {' | '.join(map(_duration, times))} | {each.busy:.0%} "
            f"| {each.memory / 1e9:,.1f} GB | {(each.reads + each.writes) / 1e6:,.0f} M "
            f"| ${each.machines:,.2f} | ${each.requests:,.2f} |"
        )
    return "\n".join(lines)


def _power(articles: int) -> str:
    return "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(len(str(articles)) - 1))


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def main() -> None:
    """Prints the costs and the table."""
    costs = measure() if "--measure" in sys.argv[1:] else COSTS
    for name, value in asdict(costs).items():
        print(f"{name:18} {value:.3g}")
    print(table_of(simulate(costs, *run) for run in RUNS))


if __name__ == "__main__":
    main()
