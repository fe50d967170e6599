"""Rounds of measurements, interleaved, so that what else the machine does falls on all variants alike."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Measurement, measure
from benchmarks.variants import Variant, clear, environment

__all__ = ["run_rounds"]


def run_rounds(
    project: Path, trial: Path, variants: Sequence[Variant], rounds: int, work: Path
) -> dict[str, list[Measurement]]:
    """What each variant took on `project`, by its name, round by round.

    Before the first round each variant runs on `trial`, a project of a few articles, which leaves bytecode behind.
    Before each measurement the project's files are read, as a machine may drop its page cache at any time.
    """
    for variant in variants:
        _run(variant, trial, work)
    taken: dict[str, list[Measurement]] = {variant.name: [] for variant in variants}
    for number in range(1, rounds + 1):
        for variant in variants:
            for file in _files(project):
                file.read_bytes()
            measured = _run(variant, project, work)
            taken[variant.name].append(measured)
            figures = f"{measured.seconds:8.2f} s {measured.peak_rss_mb:6.0f} MB"
            print(f"{project.name}  round {number}/{rounds}  {variant.name:8}{figures}", file=sys.stderr)
    return taken


def _run(variant: Variant, project: Path, work: Path) -> Measurement:
    output, cache = work / "output", work / "cache"
    clear(project, output, cache)
    try:
        return measure(
            variant.command(project, output), environment=environment(cache), log=work / f"{variant.name}.log"
        )
    finally:
        clear(project, output, cache)


def _files(project: Path) -> Iterator[Path]:
    return (path for path in project.rglob("*") if path.is_file())
