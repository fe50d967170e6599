"""A real Dask cluster on loopback: the same bytes as on this machine, and clean ends whatever is lost."""

import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import dataset_builder
from benchmarks.workload import write_workload
from dataset_builder import EngineError, UsageError
from dataset_builder.engines import dask as engine
from dataset_builder.model.project import Project
from dataset_builder.pipeline import plan
from tests.acceptance import commands

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(
        importlib.util.find_spec("distributed") is None, reason="absent: distributed, for the Dask engine (extra dask)"
    ),
]
ARTICLES = 2400  # some ten shards: more than three workers are given at first
CONFIGURATION = """
group = "outlet"

[shards]
articles = 64
row_group = 64
"""


class Processes:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.address = folder, ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.started)}.log").open("wb")
        environment = os.environ | {"PYTHONPATH": str(Path.cwd()), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
        with log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
        self.started.append(process)
        return process

    def start_scheduler(self, port: int = 0) -> subprocess.Popen[bytes]:
        file = self.folder / "scheduler.json"
        file.unlink(missing_ok=True)
        options = ("--host", "127.0.0.1", "--port", str(port), "--scheduler-file", str(file))
        process = self.start("dask_scheduler", *options)
        wait_for(lambda: file.exists() and file.read_text().endswith("}"))  # it is there before it is written
        self.address = json.loads(file.read_text())["address"]
        return process

    def start_worker(self, *options: str) -> None:
        ours = ("--nthreads", "1", "--local-directory", str(self.folder), "--death-timeout", "30")
        self.workers.append(self.start("dask_worker", self.address, *ours, *options))

    def wait_for_workers(self, count: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=30)

    def end(self) -> None:
        for process in self.started:
            with_children = os.getpgid(process.pid) if process.poll() is None else None
            if with_children is not None:
                os.killpg(with_children, signal.SIGKILL)
            process.wait()


def wait_for(condition: Callable[[], object]) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.01)
    message = "waited for 30 seconds"
    raise AssertionError(message)


@contextmanager
def running(folder: Path, *options: str, workers: int = 3) -> Iterator[Processes]:
    """A cluster: a scheduler and `workers`, which are started with `options`."""
    folder.mkdir()
    processes = Processes(folder)
    try:
        processes.start_scheduler()
        for _ in range(workers):
            processes.start_worker(*options)
        if workers:
            processes.wait_for_workers(workers)
        yield processes
    finally:
        processes.end()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """Three workers, one of them with two threads; all of them stay."""
    with running(tmp_path_factory.mktemp("cluster") / "of-all", "--no-nanny", workers=2) as processes:
        processes.start_worker("--no-nanny", "--nthreads", "2")
        processes.wait_for_workers(3)
        yield processes


def make_project(folder: Path) -> Project:
    """Packed articles, one text twice, records that are compressed, splits by a property of the metadata."""
    write_workload(folder, ARTICLES, "packed", jobs=1)
    configuration = folder / "dataset.toml"
    configuration.write_text(configuration.read_text() + CONFIGURATION)
    packed = next((folder / "annotations").rglob("*.jsonl"))
    packed.with_name(f"{packed.name}.gz").write_bytes(gzip.compress(packed.read_bytes(), 1))
    packed.unlink()
    seeds = folder / "seeds" / "part-0000.jsonl"
    first = json.loads(seeds.read_text().partition("\n")[0])
    with seeds.open("a") as stream:
        stream.write(json.dumps(first | {"id": "zz-again"}) + "\n")
    return dataset_builder.open_project(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("many") / "project")


@pytest.fixture(scope="module")
def local(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What this machine alone builds."""
    return contents(dataset_builder.build(project, output=tmp_path_factory.mktemp("local") / "dist").output)


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def at_first_shard(act: Callable[[], object]) -> Callable[[str, int, int | None], None]:
    """Progress that does something once, when the first shard has come and others are being made."""
    done = []

    def progress(stage: str, count: int, total: int | None) -> None:
        if stage == "compile" and 0 < count < (total or 0) and not done:
            done.append(act())

    return progress


def refuse_leftovers(project: Project, output: Path) -> None:
    """Nothing is left but what was there: no staging, no unpacked files."""
    assert [path.name for path in output.parent.iterdir() if "staging" in path.name] == []
    left = {path.name for path in (project.root / ".dataset-builder").iterdir() if path.suffix != ".sqlite"}
    assert left == {".gitignore"}, "what a build remembers stays"


def run(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "dataset_builder", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


# The same bytes


def test_a_cluster_builds_the_same_bytes(cluster, project, local, tmp_path):
    result = dataset_builder.build(project, output=tmp_path / "dist", engine="dask", scheduler=cluster.address)
    assert contents(result.output) == local
    assert sum(path.endswith(".parquet") for path in local) > 20
    again = dataset_builder.build(project, output=tmp_path / "dist", engine="dask", scheduler=cluster.address)
    assert (again.written, contents(again.output)) == (0, local)
    refuse_leftovers(project, result.output)


def test_a_cluster_finds_and_describes_the_same(cluster, project, monkeypatch):
    here = dataset_builder.check(project), dataset_builder.card(project, write=False)
    monkeypatch.setattr(plan, "_MOST_COMPARED", ARTICLES // 5)  # texts are compared in six partitions, by workers
    there = [
        dataset_builder.check(project, engine="dask", scheduler=cluster.address),
        dataset_builder.card(project, write=False, engine="dask", scheduler=cluster.address),
    ]
    assert there == list(here)
    assert "ART018" in {each.code for each in here[0].diagnostics} | {each.code for each in here[0].ignored}


def test_findings_of_records_come_back(cluster, tmp_path):
    broken = make_project(tmp_path / "project")
    with (broken.root / "seeds" / "more.jsonl").open("w") as stream:
        stream.write('{"id": "wrong", "text": 5}\n')
    here = dataset_builder.check(broken)
    assert not here.ok
    assert dataset_builder.check(broken, engine="dask", scheduler=cluster.address) == here
    with pytest.raises(dataset_builder.FindingsError):
        dataset_builder.build(broken, output=tmp_path / "dist", engine="dask", scheduler=cluster.address)
    assert not (tmp_path / "dist").exists()
    refuse_leftovers(broken, tmp_path / "dist")


# What is lost


def test_a_worker_that_is_killed_does_not_show(project, local, tmp_path):
    with running(tmp_path / "cluster", "--no-nanny") as processes:
        lost = processes.workers[0]
        result = dataset_builder.build(
            project,
            output=tmp_path / "dist",
            engine="dask",
            scheduler=processes.address,
            progress=at_first_shard(lost.kill),
        )
        assert lost.wait(10) == -signal.SIGKILL, "it was at work, and in the middle"
        assert contents(result.output) == local
        refuse_leftovers(project, result.output)


def test_workers_without_memory_end_the_build_and_leave_the_old_one(project, local, tmp_path, monkeypatch):
    output = tmp_path / "dist"
    dataset_builder.build(project, output=output)
    monkeypatch.setenv("DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES", "0")  # in place of 3, each a worker anew
    with running(tmp_path / "cluster", "--memory-limit", "150MB") as processes:
        with pytest.raises(EngineError, match="lost with its worker once, most likely for want of memory") as caught:
            dataset_builder.build(project, output=output, engine="dask", scheduler=processes.address)
        assert str(caught.value).endswith("the build that was there is whole")
        assert contents(output) == local
        refuse_leftovers(project, output)


def test_a_scheduler_that_is_lost_ends_the_build_and_one_that_is_back_takes_it_up(project, local, tmp_path):
    output = tmp_path / "dist"
    dataset_builder.build(project, output=output)
    with running(tmp_path / "cluster", "--no-nanny") as processes:
        command = ("build", "--output", str(output), "--engine", "dask", "--scheduler", processes.address)
        process = run("--project", str(project.root), *command)
        wait_for(lambda: first_shards(output) or process.poll() is not None)
        processes.started[0].kill()
        processes.started[0].wait()
        processes.start_scheduler(int(processes.address.rpartition(":")[2]))
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert said.startswith(f"error: the connection to the scheduler at {processes.address} was lost")
        assert len(said.splitlines()) == 1
        assert contents(output) == local
        refuse_leftovers(project, output)
        processes.start_worker("--no-nanny")
        process = run("--project", str(project.root), *command)
        _, said = process.communicate(timeout=60)
        assert (process.returncode, said) == (0, "")
        assert contents(output) == local


def first_shards(output: Path) -> list[Path]:
    """The files that workers have finished for a build that goes on."""
    return list(output.parent.glob(f".{output.name}.staging-*/data/*/*.parquet"))


# The command line


def test_no_scheduler_is_a_usage_error(project, tmp_path):
    options = ("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--output", str(tmp_path / "dist"))
    process = run("--project", str(project.root), "build", *options)
    shown, said = process.communicate(timeout=120)
    assert (process.returncode, shown) == (2, "")
    assert said.startswith("error: no Dask scheduler answers at tcp://127.0.0.1:9 within")
    assert len(said.splitlines()) == 1
    refuse_leftovers(project, tmp_path / "dist")


def test_the_command_line_builds_on_a_cluster(cluster, project, local, tmp_path):
    options = ("--engine", "dask", "--scheduler", cluster.address, "--output", str(tmp_path / "dist"))
    process = run("--project", str(project.root), "build", *options)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert contents(tmp_path / "dist") == local


def test_an_interrupt_leaves_the_old_build_and_a_cluster_that_works(cluster, project, local, tmp_path):
    output = tmp_path / "dist"
    output.mkdir()
    options = ("--engine", "dask", "--scheduler", cluster.address, "--output", str(output))
    process = run("--project", str(project.root), "build", *options)
    wait_for(lambda: first_shards(output) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert list(output.iterdir()) == []
    result = dataset_builder.build(project, output=output, engine="dask", scheduler=cluster.address)
    assert contents(result.output) == local
    refuse_leftovers(project, output)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--engine", "dask"), "needs the address"),
        (("--scheduler", "tcp://127.0.0.1:9"), "add --engine dask"),
        (("--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"), "--jobs is for the local engine"),
        (("--engine", "dask", "--scheduler", "nonsense://x"), "no Dask scheduler answers"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(project, options, words):
    done = commands.run(project.root, "check", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_cluster_without_workers_is_a_usage_error(project, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_PATIENCE", 1)
    with (
        running(tmp_path / "cluster", workers=0) as processes,
        pytest.raises(UsageError, match="has no worker"),
    ):
        dataset_builder.check(project, engine="dask", scheduler=processes.address)
