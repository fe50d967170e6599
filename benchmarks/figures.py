"""What the measurements say: medians, ratios, and the machine that they hold for."""

import os
import platform
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Measurement

__all__ = ["Figures", "describe_machine", "describe_versions", "figures_of", "table_of"]

_PACKAGES = ("dataset-builder", "pyarrow", "datasets", "orjson", "jsonschema-rs", "jsonschema")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Medians of one variant at one size. A ratio is the median of those within rounds, None if it has none."""

    size: int  # articles
    variant: str
    seconds: float
    fastest: float
    slowest: float
    script_ratio: float | None  # how many times faster than the script
    floor_ratio: float | None  # how many times the floor's time
    unchecked_ratio: float | None  # how many times the processor time of a build without checks
    cpu_seconds: float
    peak_rss_mb: float  # 10^6 bytes; the largest of all rounds
    articles_per_second: float


def figures_of(size: int, taken: dict[str, list[Measurement]]) -> list[Figures]:
    """The figures of every variant."""
    return [_figures(size, name, taken) for name in taken]


def _figures(size: int, name: str, taken: dict[str, list[Measurement]]) -> Figures:
    mine = taken[name]
    seconds = [measured.seconds for measured in mine]
    return Figures(
        size=size,
        variant=name,
        seconds=median(seconds),
        fastest=min(seconds),
        slowest=max(seconds),
        script_ratio=_ratio(taken.get("script"), mine),
        floor_ratio=_ratio(mine, taken.get("floor")),
        unchecked_ratio=_ratio(mine, taken.get("unchecked"), "cpu_seconds"),
        cpu_seconds=median(measured.cpu_seconds for measured in mine),
        peak_rss_mb=max(measured.peak_rss_mb for measured in mine),
        articles_per_second=size / median(seconds),
    )


def _ratio(above: list[Measurement] | None, below: list[Measurement] | None, figure: str = "seconds") -> float | None:
    if above is None or below is None:
        return None
    return median(getattr(a, figure) / getattr(b, figure) for a, b in zip(above, below, strict=True))


def table_of(figures: list[Figures]) -> str:
    """The figures for people."""
    heads = ("articles", "variant", "seconds", "x script", "x floor", "CPU s", "x unchecked", "peak MB", "articles/s")
    rows = [heads, *map(_cells, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(_aligned(row, widths)) for row in rows)


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    return [
        cell.ljust(width) if number == 1 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _cells(figures: Figures) -> tuple[str, ...]:
    return (
        f"{figures.size:,}",
        figures.variant,
        f"{figures.seconds:.2f}",
        "-" if figures.script_ratio is None else f"{figures.script_ratio:.1f}",
        "-" if figures.floor_ratio is None else f"{figures.floor_ratio:.2f}",
        f"{figures.cpu_seconds:.2f}",
        "-" if figures.unchecked_ratio is None else f"{figures.unchecked_ratio:.2f}",
        f"{figures.peak_rss_mb:.0f}",
        f"{figures.articles_per_second:,.0f}",
    )


def describe_machine() -> dict[str, Any]:
    """The machine that the figures hold for."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "processors": usable,
        "memory_mb": round(memory / 1e6),
        "load_average": os.getloadavg()[0],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def describe_versions() -> dict[str, str | None]:
    """Versions of what is measured; None for what is not installed."""
    return {"python": sys.version.split()[0], **{name: _version(name) for name in _PACKAGES}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def as_json(figures: list[Figures]) -> list[dict[str, Any]]:
    """The figures for programs, rounded to what they can tell."""
    return [
        {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(found).items()}
        for found in figures
    ]
