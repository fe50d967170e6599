"""`python -m benchmarks.rebuild`: what builds after the first one cost, where nothing or one article has changed."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from statistics import median

from benchmarks.measure import Measurement, measure
from benchmarks.prose import ANNOTATOR
from benchmarks.variants import clear, environment
from benchmarks.workload import LAYOUTS, WORK, provide_workload

_ADDED = "report-zz-added"
_Edit = Callable[[Path], Callable[[], None]]  # gives what takes it back


def main() -> None:
    """Runs what the options ask for."""
    parser = ArgumentParser(prog="python -m benchmarks.rebuild", description="What builds after the first one cost.")
    parser.add_argument("--size", type=int, default=20_000, help="articles (default: 20000)")
    parser.add_argument("--layout", choices=LAYOUTS, default="files", help="how the project lies on disk")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (default: 3)")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    options = parser.parse_args()
    project = provide_workload(options.size, options.layout)
    taken: dict[str, list[Measurement]] = {}
    for number in range(1, options.rounds + 1):
        for name, measured in _round(project, options.layout, options.jobs):
            taken.setdefault(name, []).append(measured)
            print(f"round {number}/{options.rounds}  {name:18} {measured.seconds:7.2f} s", file=sys.stderr)
    print(f"{'articles':>9}  {'layout':7} {'build':18} {'seconds':>8} {'CPU s':>7} {'peak MB':>8}")
    for name, found in taken.items():
        seconds, cpu = median(each.seconds for each in found), median(each.cpu_seconds for each in found)
        peak = max(each.peak_rss_mb for each in found)
        print(f"{options.size:9,}  {options.layout:7} {name:18} {seconds:8.2f} {cpu:7.2f} {peak:8.0f}")


def _round(project: Path, layout: str, jobs: int) -> list[tuple[str, Measurement]]:
    output, cache = WORK / "output", WORK / "cache"
    clear(project, output, cache)
    build = (sys.executable, "-m", "dataset_builder", "--project", str(project), "build", "--output", str(output))

    def run() -> Measurement:
        return measure((*build, "--jobs", str(jobs)), environment=environment(cache), log=WORK / "rebuild.log")

    found = [("first", run())]
    time.sleep(0.1)  # so that no file is as young as the build
    run()
    found.append(("nothing changed", run()))
    edits: dict[str, _Edit] = {"one edited": _edit, "one added": _add} if layout == "files" else {}
    for name, edit in edits.items():
        take_back = edit(project)
        found.append((name, run()))
        take_back()
        run()
    clear(project, output, cache)
    return found


def _edit(project: Path) -> Callable[[], None]:
    """Another number in one annotation."""
    path = sorted((project / "annotations" / ANNOTATOR).iterdir())[7]
    before = path.read_bytes()
    record = json.loads(before)
    record["topic"] = next(topic for topic in ("labour", "justice") if topic != record["topic"])
    path.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return lambda: _put(path, before)


def _put(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _add(project: Path) -> Callable[[], None]:
    """One more article, without annotations."""
    metadata = json.loads(next((project / "seeds").glob("*.json")).read_bytes())
    text = "One more report.\n"
    metadata |= {"title": text.strip(), "sha256": sha256(text.encode()).hexdigest(), "length": len(text)}
    added = {".txt": text, ".json": json.dumps(metadata) + "\n"}
    paths = [project / "seeds" / f"{_ADDED}{ending}" for ending in added]
    for path, contents in zip(paths, added.values(), strict=True):
        path.write_text(contents, encoding="utf-8")
    return lambda: [path.unlink() for path in paths] and None


if __name__ == "__main__":
    main()
