"""What the steps of a run cost on this machine, each measured alone: what `benchmarks.scale` reckons with."""

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.workload import provide_workload

__all__ = ["Costs", "Nothing", "measure"]

_ARTICLES = 20_000
_IDS = 1_000_000
_CALLS = 600
_PLAN = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
import dataset_builder
from dataset_builder.pipeline.plan import plan_run
from dataset_builder.pipeline.workers import HERE
project = dataset_builder.open_project(Path(sys.argv[1]))
with TemporaryDirectory() as spool:
    plan = plan_run(project, Path(spool), Path(spool), HERE)
print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """Costs of the reference workload, packed: 4 KB of text and an annotation of 20 spans an article."""

    plan_seconds: float  # of the driver, an article: packed lines parsed for ids, joined, sorted, split, cut
    plan_bytes: float  # of the driver, an article, at its peak
    metadata_seconds: float  # of a worker, an article: where splits go by a group or a field
    compile_seconds: float  # of a worker, an article: from reading to Parquet
    input_bytes: float  # an article
    output_bytes: float  # an article, Parquet of all tables
    task_bytes: float  # pickled, an article
    summary_bytes: float  # pickled, a shard of 4,096 articles
    handing_seconds: float  # of driver and scheduler, a task of that many articles
    compare_seconds: float  # of a worker, a text whose digest is given, taken and compared
    verify_seconds: float  # of the driver, a byte of output, hashed before it is put in place


def measure() -> Costs:
    """The costs here and now; takes a few minutes."""
    import dataset_builder
    from dataset_builder.pipeline.metadata import stated
    from dataset_builder.pipeline.plan import plan_run
    from dataset_builder.pipeline.shard import ShardCompiler
    from dataset_builder.pipeline.workers import HERE

    root = provide_workload(_ARTICLES, "packed")
    project = dataset_builder.open_project(root)
    with TemporaryDirectory() as folder:
        staging = Path(folder)
        planned, plan = _timed(lambda: plan_run(project, staging, staging, HERE))
        read, _ = _timed(lambda: stated(project, plan.corpus.articles, "outlet", HERE, lambda *_: None))
        tasks = list(plan.tasks(range(len(plan.shards)), {}))
        compiled, shards = _timed(lambda: list(HERE.run(ShardCompiler, (plan.context,), tasks, most=1, articles=0)))
        files = [path for path in staging.rglob("*") if path.is_file()]
        output = sum(path.stat().st_size for path in files)
        hashed, _ = _timed(lambda: [sha256(path.read_bytes()).digest() for path in files])
    task, summary = max(map(pickle.dumps, tasks), key=len), max(map(pickle.dumps, shards), key=len)
    most = max(len(each.articles) for each in tasks)
    return Costs(
        plan_seconds=planned / _ARTICLES,
        plan_bytes=_plan_bytes(),
        metadata_seconds=read / _ARTICLES,
        compile_seconds=compiled / _ARTICLES,
        input_bytes=sum(path.stat().st_size for path in root.rglob("*.jsonl")) / _ARTICLES,
        output_bytes=output / _ARTICLES,
        task_bytes=len(task) / most,
        summary_bytes=len(summary) * 4096 / most,
        handing_seconds=_handing_seconds(bytes(len(task) * 4096 // most), bytes(len(summary) * 4096 // most)),
        compare_seconds=_compare_seconds(),
        verify_seconds=hashed / output,
    )


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def _plan_bytes() -> float:
    """By the peaks of two processes that plan more and fewer articles; what these say doesn't stay in memory."""
    few, many = _IDS // 10, _IDS
    return (_peak(many) - _peak(few)) / (many - few)


def _peak(articles: int) -> int:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("seeds", "annotations/ann", "schema"):
            (root / name).mkdir(parents=True)
        (root / "schema/article.schema.json").write_text('{"type": "object"}')
        (root / "schema/annotation.schema.json").write_text('{"type": "object"}')
        heading = "\n".join(f'{name} = "x"' for name in ("name", "title", "summary", "license"))
        splits = '[splits]\nmethod = "hash"\nshares = {train = 0.8, test = 0.2}\n'
        (root / "dataset.toml").write_text(f'{heading}\nversion = "1.0.0"\nlanguages = ["en"]\n{splits}')
        ids = [f"report-{number:012d}" for number in range(articles)]
        (root / "seeds/all.jsonl").write_text("".join(f'{{"id": "{id_}", "text": "x"}}\n' for id_ in ids))
        (root / "annotations/ann/all.jsonl").write_text("".join(f'{{"article": "{id_}"}}\n' for id_ in ids))
        command = [sys.executable, "-c", _PLAN, str(root)]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - our own


def _compare_seconds() -> float:
    import numpy as np

    from dataset_builder.engines.exchange import Exchange
    from dataset_builder.pipeline.twins import Comparer

    count, givers = 1 << 20, 256
    keys = np.random.default_rng(0).bytes(16 * count)
    with TemporaryDirectory() as folder:
        exchange = Exchange(folder=Path(folder), partitions=4)
        size = len(keys) // givers

        def exchanged() -> None:
            for giver in range(givers):
                exchange.give(giver, keys[giver * size : (giver + 1) * size])
            for partition in range(exchange.partitions):
                Comparer(exchange, givers)(partition)

        return _timed(exchanged)[0] / count


class Nothing:
    """What takes no time on a worker: it gives as many bytes as a summary has."""

    def __init__(self, summary: bytes) -> None:
        self._summary = summary

    def __call__(self, _task: bytes) -> bytes:
        """A copy, as large as a summary."""
        return bytes(bytearray(self._summary))


def _handing_seconds(task: bytes, summary: bytes) -> float:
    """By a real scheduler and a worker that always has eight tasks, with as many bytes as a shard there and back."""
    from dataset_builder.engines.dask import connected

    with TemporaryDirectory() as folder, _cluster(Path(folder)) as address, connected(address, Path(folder)) as cluster:
        list(cluster.run(Nothing, (summary,), [task] * 50))
        return _timed(lambda: list(cluster.run(Nothing, (summary,), [task] * _CALLS)))[0] / _CALLS


@contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    file = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    started = []
    commands = (
        ("dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(file)),
        (
            "dask_worker",
            "--no-nanny",
            "--nthreads",
            "8",
            "--scheduler-file",
            str(file),
            "--local-directory",
            str(folder),
        ),
    )
    try:
        for module, *options in commands:
            command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
            started.append(
                subprocess.Popen(  # noqa: S603 - our own
                    command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            while not (file.exists() and file.read_text().endswith("}")):  # it is there before it is written
                time.sleep(0.05)
        yield json.loads(file.read_text())["address"]
    finally:
        for process in started:
            process.kill()
            process.wait()
