"""`python -m benchmarks.importing`: what exporting the reference workload to brat costs, and importing it."""

import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from statistics import median

from benchmarks.measure import Measurement, measure
from benchmarks.variants import environment
from benchmarks.workload import WORK, provide_workload


def main() -> None:
    """Runs what the options ask for."""
    parser = ArgumentParser(prog="python -m benchmarks.importing", description="What importing and exporting cost.")
    parser.add_argument("--size", type=int, default=10_000, help="documents (default: 10000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    options = parser.parse_args()
    project = provide_workload(options.size, "files")
    source, target = WORK / f"brat-{options.size}", WORK / "imported"
    taken: dict[str, list[Measurement]] = {}
    for number in range(1, options.rounds + 1):
        for folder in (source, target):
            shutil.rmtree(folder, ignore_errors=True)
        steps = {
            "export": ("--project", str(project), "export", "brat", str(source)),
            "import": ("import", "brat", str(source), "--into", str(target)),
            "import again": ("import", "brat", str(source), "--into", str(target)),
        }
        for name, arguments in steps.items():
            command = (sys.executable, "-m", "dataset_builder", *arguments)
            found = measure(command, environment=environment(WORK / "cache"), log=WORK / "importing.log")
            taken.setdefault(name, []).append(found)
            print(f"round {number}/{options.rounds}  {name:13} {found.seconds:7.2f} s", file=sys.stderr)
    size = sum(path.stat().st_size for path in source.iterdir()) / 1e6
    print(f"{options.size:,} documents, {size:.1f} MB of text and annotations")
    print(f"{'':13} {'seconds':>8} {'CPU s':>7} {'MB/s':>6} {'MB/CPU s':>9} {'peak MB':>8}")
    for name, each in taken.items():
        seconds, cpu = median(one.seconds for one in each), median(one.cpu_seconds for one in each)
        peak = max(one.peak_rss_mb for one in each)
        print(f"{name:13} {seconds:8.2f} {cpu:7.2f} {size / seconds:6.1f} {size / cpu:9.1f} {peak:8.0f}")
    _tidy(source, target)


def _tidy(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
