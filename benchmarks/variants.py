"""The programs that are compared."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["VARIANTS", "Variant", "clear", "environment"]

Command = Callable[[Path, Path], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Variant:
    """A program that makes tables of a project."""

    name: str
    meaning: str
    command: Command  # of the project and the folder to write to


def _module(module: str) -> Command:
    return lambda project, output: (sys.executable, "-m", module, str(project), str(output))


def _build(jobs: int) -> Command:
    return lambda project, output: (
        *(sys.executable, "-m", "dataset_builder", "--project", str(project)),
        *("build", "--output", str(output), "--jobs", str(jobs)),
    )


def _check(project: Path, _: Path) -> Sequence[str]:
    return (sys.executable, "-m", "dataset_builder", "--project", str(project), "check", "--jobs", "1")


def _parse(project: Path, output: Path) -> Sequence[str]:
    return (sys.executable, "-m", "benchmarks.floor", str(project), str(output), "--parse-only")


VARIANTS = (
    Variant("script", "json + jsonschema + Dataset.from_generator + to_parquet", _module("benchmarks.script")),
    Variant("build-1", "dataset-builder build --jobs 1", _build(1)),
    Variant("build-2", "dataset-builder build --jobs 2", _build(2)),
    Variant("unchecked", "build-1 with all checks of articles left out", _module("benchmarks.unchecked")),
    Variant("floor", "read, parse, hash, write the same tables; nothing else", _module("benchmarks.floor")),
    Variant("check", "dataset-builder check --jobs 1", _check),
    Variant("parse", "read, parse, hash; nothing else", _parse),
)


def environment(cache: Path) -> dict[str, str]:
    """What the programs run in: off line, with caches of their own, and Python's bytecode kept, as it is by default."""
    own = {"HF_HOME": str(cache), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, **own}


def clear(project: Path, output: Path, cache: Path) -> None:
    """Removes what an earlier run has left, so that none finds its work done."""
    for folder in (output, cache, project / ".dataset-builder"):
        shutil.rmtree(folder, ignore_errors=True)
