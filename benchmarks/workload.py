"""The reference workload: a project with made-up reports, each annotated once, laid out as a user would lay it out.

It is the same for the same parameters, and kept under `benchmarks/work/` until these change.
"""

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args

from benchmarks.prose import ANNOTATOR, Report, make_report

__all__ = ["LAYOUTS", "WORK", "Layout", "provide_workload", "write_workload"]

Layout = Literal["files", "packed"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

HERE = Path(__file__).parent
WORK = HERE / "work"

_SEED = 20_251_121
_PART = 5_000  # reports that one process writes at once; in the packed layout those of one file
_STAMP = "workload.json"  # written last: a workload without it is incomplete

_CONFIGURATION = """\
name = "reference-workload"
title = "Reference workload"
summary = "Made-up reports to measure the compiler with."
version = "1.0.0"
license = "CC0-1.0"
languages = ["en", "de", "ru"]

[splits]
method = "hash"
shares = {train = 0.8, validation = 0.1, test = 0.1}
"""


def provide_workload(size: int, layout: Layout, *, wrong: int = 0, folder: Path = WORK) -> Path:
    """The project with `size` articles below `folder`; made if it isn't there yet.

    One annotation in `wrong` has an error, if any.
    """
    project = folder / f"{layout}-{size}{f'-wrong-{wrong}' if wrong else ''}"
    parameters = _parameters(size, layout) | {"wrong": wrong}
    stamp = project / _STAMP
    if stamp.is_file() and json.loads(stamp.read_text()) == parameters:
        return project
    shutil.rmtree(project, ignore_errors=True)
    write_workload(project, size, layout, wrong=wrong)
    os.sync()  # so that writing back does not fall into what is measured
    stamp.write_text(json.dumps(parameters, indent=2) + "\n")
    return project


def write_workload(project: Path, size: int, layout: Layout, *, jobs: int | None = None, wrong: int = 0) -> None:
    """Writes the project with `size` articles into `project`."""
    for folder in ("seeds", f"annotations/{ANNOTATOR}"):
        (project / folder).mkdir(parents=True, exist_ok=True)
    (project / "dataset.toml").write_text(_CONFIGURATION, encoding="utf-8")
    shutil.copytree(HERE / "schema", project / "schema", dirs_exist_ok=True)
    parts = [range(begin, min(begin + _PART, size)) for begin in range(0, size, _PART)]
    write = partial(_write_files if layout == "files" else _write_packed, project, wrong)
    if len(parts) == 1 or jobs == 1:
        for part in parts:
            write(part)
        return
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(write, parts))


def _write_files(project: Path, wrong: int, numbers: range) -> None:
    for report in _reports(numbers, wrong=wrong):
        seed = project / "seeds" / report.id
        seed.with_suffix(".txt").write_bytes(report.text.encode())
        seed.with_suffix(".json").write_bytes(_json(report.metadata, indent=2) + b"\n")
        (project / "annotations" / ANNOTATOR / f"{report.id}.json").write_bytes(
            _json(report.annotation, indent=2) + b"\n"
        )


def _write_packed(project: Path, wrong: int, numbers: range) -> None:
    name = f"part-{numbers.start // _PART:04d}.jsonl"
    with (
        (project / "seeds" / name).open("wb") as seeds,
        (project / "annotations" / ANNOTATOR / name).open("wb") as records,
    ):
        for report in _reports(numbers, wrong=wrong):
            seeds.write(_json({"id": report.id, **report.metadata, "text": report.text}) + b"\n")
            records.write(_json(report.annotation) + b"\n")


def _reports(numbers: range, *, wrong: int) -> Iterator[Report]:
    for number in numbers:
        report = make_report(number, _SEED)
        if wrong and number % wrong == 0:
            report.annotation["entities"][0]["end"] += 1
        yield report


def _json(value: Any, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def _parameters(size: int, layout: Layout) -> dict[str, Any]:
    """What the workload depends on, the code that makes it included."""
    sources = [HERE / name for name in ("workload.py", "prose.py", "vocabulary.py")]
    sources += sorted((HERE / "schema").iterdir())
    code = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return {"size": size, "layout": layout, "seed": _SEED, "code": code}
