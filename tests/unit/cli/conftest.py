from types import SimpleNamespace

import pytest
from click.testing import CliRunner

import dataset_builder
from dataset_builder.cli.app import app


@pytest.fixture
def run():
    """Runs a command line in this process."""

    def invoke(*arguments):
        return CliRunner().invoke(app, list(map(str, arguments)), prog_name="dataset-builder")

    return invoke


@pytest.fixture
def stub(monkeypatch):
    """Puts functions in place of those of the package root; gives the calls that they saw."""
    calls = []

    def standing_in(name, outcome):
        def function(*arguments, **options):
            calls.append((name, arguments, options))
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        return function

    def put(**functions):
        for name, outcome in functions.items():  # setattr would load the real ones
            monkeypatch.setitem(vars(dataset_builder), name, standing_in(name, outcome))
        return calls

    return put


@pytest.fixture
def project(stub, tmp_path):
    """A project that `open_project` gives, whatever is asked for."""
    project = SimpleNamespace(name="tiny", root=tmp_path)
    stub(open_project=project, excerpts={"seeds/x.txt": "one\ntwo words\n"}.get)
    return project
