"""`python -m benchmarks`: measures, prints a table, writes benchmarks/latest.json."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.figures import Figures, as_json, describe_machine, describe_versions, figures_of, table_of
from benchmarks.hotspots import print_profile
from benchmarks.runner import run_rounds
from benchmarks.variants import VARIANTS
from benchmarks.workload import LAYOUTS, WORK, provide_workload
from benchmarks.wrong import check_some_wrong, check_wrong

_FEW = 100  # records, of which one is wrong
_TRIAL = 64  # articles of the run before the first round

LATEST = Path(__file__).parent / "latest.json"


def main() -> None:
    """Runs what the options ask for."""
    options = _options()
    if options.profile:
        print_profile(provide_workload(options.sizes[0], options.layout), WORK, lines=options.lines)
        return
    variants = [variant for variant in VARIANTS if variant.name not in options.without]
    figures: list[Figures] = []
    for size in options.sizes:
        print(f"{size:,} articles: {', '.join(variant.name for variant in variants)}", file=sys.stderr)
        project = provide_workload(size, options.layout)
        trial = provide_workload(_TRIAL, options.layout)
        figures += figures_of(size, run_rounds(project, trial, variants, options.rounds, WORK))
    print(table_of(figures))
    wrong = _check_wrong(options) if "wrong" not in options.without else None
    if not options.print_only:
        _write(figures, options, wrong)


def _check_wrong(options: Namespace) -> dict[str, float | None]:
    """How `check` fares with the first size where every record is wrong, and where some are: medians."""
    size = options.sizes[0]
    clean, project = provide_workload(size, options.layout), provide_workload(size, options.layout, wrong=1)
    few = provide_workload(size, options.layout, wrong=_FEW)
    runs = [check_wrong(project) for _ in range(options.rounds)]
    firsts = [run.first for run in runs if run.first is not None]
    first, seconds = median(firsts) if firsts else None, median(run.seconds for run in runs)
    shown = "never" if first is None else f"after {first:.2f} s"
    print(f"all {size:,} records wrong: {size / seconds:,.0f} records/s, the first finding {shown}")
    ratio = median(check_some_wrong(clean, few, WORK) for _ in range(options.rounds))
    print(f"one record in {_FEW} wrong: check takes {ratio:.2f} times as long as where none is")
    figures = {"seconds": round(seconds, 3), "first_finding": first and round(first, 3), "few": round(ratio, 3)}
    return {"size": size, **figures}


def _options() -> Namespace:
    names = [*(variant.name for variant in VARIANTS), "wrong"]
    meanings = "; ".join(f"{variant.name}: {variant.meaning}" for variant in VARIANTS)
    parser = ArgumentParser(prog="python -m benchmarks", description="Speed and memory of the build.", epilog=meanings)
    parser.add_argument(
        "--sizes", "--size", type=_sizes, default=[20_000], metavar="N,N", help="articles (default: 20000)"
    )
    parser.add_argument("--layout", choices=LAYOUTS, default="files", help="how the project lies on disk")
    parser.add_argument("--rounds", type=int, default=3, help="rounds at each size (default: 3)")
    parser.add_argument(
        "--without", action="append", choices=names, default=[], help="leave a variant out; may be repeated"
    )
    parser.add_argument("--print-only", action="store_true", help="leave latest.json as it is")
    parser.add_argument("--profile", action="store_true", help="profile a one-process build of the first size instead")
    parser.add_argument("--lines", type=int, default=45, help="functions that --profile prints")
    return parser.parse_args()


def _sizes(value: str) -> list[int]:
    return [int(part.replace("_", "")) for part in value.split(",")]


def _write(figures: list[Figures], options: Namespace, wrong: dict[str, float | None] | None) -> None:
    latest = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "layout": options.layout,
        "rounds": options.rounds,
        "variants": {variant.name: variant.meaning for variant in VARIANTS},
        "machine": describe_machine(),
        "versions": describe_versions(),
        "figures": as_json(figures),
        "every_record_wrong": wrong,
    }
    LATEST.write_text(json.dumps(latest, indent=2) + "\n", encoding="utf-8")
    print(f"written to {LATEST}", file=sys.stderr)


if __name__ == "__main__":
    main()
