"""What a real cluster doesn't do when it is asked to; `tests/acceptance/test_dask.py` has the rest."""

import builtins
import os
import pickle
from collections import deque

import pytest

from dataset_builder.engines import dask, fitness
from dataset_builder.errors import EngineError, UsageError

OURS = fitness.own_versions()


class Client:
    """Workers that answer as they are told to."""

    def __init__(self, versions=(), answers=None, workers=None):
        self.versions, self.answers, self.workers = versions, answers, workers or {}

    def get_versions(self, packages):
        assert packages == ["dataset-builder", "pyarrow"]
        return {"workers": {f"tcp://{number}": {"packages": each} for number, each in enumerate(self.versions)}}

    def run(self, function, *arguments, on_error):
        assert on_error == "return"
        return self.answers(function, *arguments) if self.answers else {"tcp://0": function(*arguments)}

    def scheduler_info(self, n_workers):
        return {"workers": self.workers}


def packages(**other):
    installed = {"python": f"{OURS['Python']}.99.final.0", "dataset-builder": OURS["dataset-builder"]}
    return installed | {"pyarrow": OURS["pyarrow"]} | {name.replace("_", "-"): value for name, value in other.items()}


@pytest.fixture
def place(tmp_path):
    """A project's configuration, and a folder to write to."""
    (tmp_path / "dataset.toml").write_text("name = 'x'\n")
    (tmp_path / "out").mkdir()
    return tmp_path / "dataset.toml", [tmp_path / "out"]


def test_a_worker_like_this_process_is_fit_and_leaves_nothing(place):
    fitness.refuse_unfit(Client([packages()]), *place)
    assert list(place[1][0].iterdir()) == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"python": "3.99.1.final.0"}, f"it has Python 3.99 in place of {OURS['Python']}"),
        ({"pyarrow": "1.0"}, f"it has pyarrow 1.0 in place of {OURS['pyarrow']}"),
        ({"dataset_builder": "9.9"}, f"it has dataset-builder 9.9 in place of {OURS['dataset-builder']}"),
        ({"dataset_builder": None}, "it has dataset-builder not installed in place of"),
    ],
)
def test_a_worker_with_other_versions_is_refused(place, other, words):
    with pytest.raises(UsageError, match="1 of 2 workers can't do this work") as caught:
        fitness.refuse_unfit(Client([packages(), packages(**other)]), *place)
    assert f"tcp://1: {words}" in str(caught.value)
    assert "tcp://0" not in str(caught.value)


def test_only_some_of_many_workers_are_named(place):
    with pytest.raises(UsageError, match="12 of 12 workers") as caught:
        fitness.refuse_unfit(Client([packages(pyarrow="1.0")] * 12), *place)
    assert str(caught.value).count("pyarrow 1.0") == 5
    assert str(caught.value).endswith("… and 7 more")


def elsewhere(same=None, folder=None):
    """A worker that sees another file or folder under the path that it is given."""

    def answer(function, *arguments):
        given, digest, folders, token = arguments
        return {"tcp://0": function(same or given, digest, [folder or each for each in folders], token)}

    return answer


def test_a_worker_that_sees_another_file_system_is_refused(place, tmp_path):
    other, private = tmp_path / "other.toml", tmp_path / "private"
    other.write_text("name = 'y'\n")
    private.mkdir()
    cases = {
        "it sees another": elsewhere(same=str(other)),
        "it can't read": elsewhere(same=str(tmp_path / "absent.toml")),
        "it can't read and write": elsewhere(folder=str(private)),
    }
    for words, answers in cases.items():
        with pytest.raises(UsageError, match=words):
            fitness.refuse_unfit(Client([packages()], answers), *place)
    assert list(place[1][0].iterdir()) == []


def test_a_worker_whose_files_are_not_seen_here_is_refused(place):
    def answers(function, *arguments):
        found = function(*arguments)
        (place[1][0] / found[0]).unlink()
        return {"tcp://0": found}

    with pytest.raises(UsageError, match="isn't seen here"):
        fitness.refuse_unfit(Client([packages()], answers), *place)


def test_a_worker_that_fails_to_answer_is_refused(place):
    with pytest.raises(UsageError, match="it can't be asked: OSError: gone"):
        fitness.refuse_unfit(Client([packages()], lambda *_: {"tcp://0": OSError("gone")}), *place)


# Workers that come later show by the first task whether they are fit


@pytest.fixture
def made(tmp_path):
    """What the driver leaves for workers, as it would be with other versions."""

    def leave(**other):
        path = tmp_path / "work.pickle"
        path.write_bytes(pickle.dumps(OURS | other) + pickle.dumps((Times, (3,))))
        return os.fspath(path)

    yield leave
    dask._prepared.clear()


class Times:
    made = 0

    def __init__(self, factor):
        self.factor = factor
        Times.made += 1

    def __call__(self, task):
        return task * self.factor


def test_a_function_is_made_once(made):
    path, before = made(), Times.made
    assert [dask._work("run", path, pickle.dumps(number)) for number in range(4)] == [0, 3, 6, 9]
    assert Times.made == before + 1


def test_only_so_many_runs_are_kept(made):
    path = made()
    for number in range(20):
        dask._work(f"run-{number}", path, pickle.dumps(1))
    assert len(dask._prepared) == 4


def test_a_late_worker_with_other_versions_is_refused(made):
    with pytest.raises(EngineError, match=r"pyarrow .* in place of 0\.1"):
        dask._work("run", made(pyarrow="0.1"), pickle.dumps(1))


def test_a_late_worker_that_does_not_see_the_project_is_refused(tmp_path):
    with pytest.raises(EngineError, match="doesn't see the project: No such file"):
        dask._work("run", os.fspath(tmp_path / "absent"), pickle.dumps(1))
    dask._prepared.clear()


# What else may go wrong


def test_without_distributed_the_remedy_is_said(monkeypatch, tmp_path):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("distributed"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'dataset-builder\[dask\]'"), dask.connected("tcp://x", tmp_path):
        pass


class Never:
    """A result that doesn't come."""

    def result(self, timeout):
        raise TimeoutError

    def done(self):
        return False


@pytest.mark.parametrize(
    ("workers", "words"),
    [({}, "there is none"), ({"tcp://0": {"status": "paused", "metrics": {"executing": 0}}}, "all are paused")],
)
def test_a_cluster_that_takes_no_work_any_more_is_given_up(monkeypatch, tmp_path, workers, words):
    monkeypatch.setattr(dask, "_PATIENCE", 0.05)
    cluster = dask.Cluster(Client(workers=workers), "tcp://x", tmp_path)
    with pytest.raises(EngineError, match=f"has taken work for 0.05 seconds: {words}"):
        cluster._result(deque([Never()]))


def test_a_worker_that_is_paused_at_work_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(dask, "_PATIENCE", 0)
    workers = {"tcp://0": {"status": "paused", "metrics": {"executing": 1}}}
    dask.Cluster(Client(workers=workers), "tcp://x", tmp_path)._refuse_stalled()


def test_work_that_kills_its_workers_is_given_up(tmp_path):
    scheduler = pytest.importorskip("distributed.scheduler", reason="absent: distributed")

    class Deadly(Never):
        def result(self, timeout):
            raise scheduler.KilledWorker("work-1", None, allowed_failures=3)

    with pytest.raises(EngineError, match=r"lost with its worker 4 times.* the build that was there is whole$"):
        dask.Cluster(Client(), "tcp://x", tmp_path)._result(deque([Deadly()]))
