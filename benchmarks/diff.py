"""`python -m benchmarks.diff`: how long `dataset-builder diff` takes on two builds of the reference workload."""

import json
import os
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import measure
from benchmarks.variants import environment
from benchmarks.workload import WORK, provide_workload

Edit = Callable[[int, dict[str, Any], dict[str, Any]], None]
"""Changes the article (with its text) of that number, and its annotation."""


def _nothing(number: int, article: dict[str, Any], annotation: dict[str, Any]) -> None:
    """Changes nothing."""


def _one(number: int, article: dict[str, Any], annotation: dict[str, Any]) -> None:  # noqa: ARG001 - an Edit
    """Relabels an entity of one article."""
    if number == 1:
        _relabel(annotation)


def _few(number: int, article: dict[str, Any], annotation: dict[str, Any]) -> None:
    """Relabels an entity of one article in a hundred, and corrects the title of another."""
    if number % 100 == 0:
        _relabel(annotation)
    elif number % 100 == 1:
        article["title"] += " (corrected)"


def _every(number: int, article: dict[str, Any], annotation: dict[str, Any]) -> None:  # noqa: ARG001 - an Edit
    """Relabels an entity of every article."""
    _relabel(annotation)


def _relabel(annotation: dict[str, Any]) -> None:
    entity = annotation["entities"][0]
    entity["type"] = "place" if entity["type"] != "place" else "person"


CASES: dict[str, Edit] = {"same": _nothing, "one": _one, "few": _few, "every": _every}


def main() -> None:
    """Measures each case and prints the medians."""
    parser = ArgumentParser(prog="python -m benchmarks.diff", description="Speed and memory of the comparison.")
    parser.add_argument("--size", type=int, default=20_000, help="articles (default: 20000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    options = parser.parse_args()
    project = provide_workload(options.size, "packed")
    old = _built(project, WORK / f"diff-{options.size}-old")
    print(f"{'case':8}{'seconds':>10}{'peak MB':>10}{'changes':>12}")
    for name, edit in CASES.items():
        new = _built(_edited(project, WORK / f"diff-{options.size}-{name}", edit), WORK / f"diff-{options.size}-new")
        runs = [_run(old, new) for _ in range(options.rounds)]
        seconds, memory = (median(run[at] for run in runs) for at in (0, 1))
        print(f"{name:8}{seconds:10.2f}{memory:10.0f}{runs[0][2]:12,}")


def _run(old: Path, new: Path) -> tuple[float, float, int]:
    """The seconds and the memory that one run takes, and how many changes it finds."""
    log = WORK / "diff.log"
    script = "import sys; from dataset_builder.cli import main; sys.argv[0] = 'dataset-builder'\ntry:\n main()\n"
    script += "except SystemExit as end:\n sys.exit(end.code if end.code != 1 else 0)"  # 1: they differ
    command = (sys.executable, "-c", script, "diff", str(old), str(new), "--format", "json", "--limit", "20")
    found = measure(command, environment=environment(WORK / "cache"), log=log)
    sections = [each for each in json.loads(log.read_text()).values() if isinstance(each, dict) and "total" in each]
    return found.seconds, found.peak_rss_mb, sum(each["total"] for each in sections)


def _built(project: Path, output: Path) -> Path:
    command = (sys.executable, "-m", "dataset_builder", "--project", str(project), "build", "--output", str(output))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - a command of our own
    os.sync()
    return output


def _edited(project: Path, target: Path, edit: Edit) -> Path:
    """A copy of the packed project with every article edited."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(project, target, ignore=shutil.ignore_patterns("dist", ".dataset-builder"))
    number = 0
    for seeds in sorted((target / "seeds").iterdir()):
        (records,) = target.glob(f"annotations/*/{seeds.name}")
        pairs = list(zip(_lines(seeds), _lines(records), strict=True))
        for article, annotation in pairs:
            edit(number, article, annotation)
            number += 1
        for file, at in ((seeds, 0), (records, 1)):
            lines = (json.dumps(pair[at], ensure_ascii=False) for pair in pairs)
            file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return target


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        yield from map(json.loads, stream)


if __name__ == "__main__":
    main()
