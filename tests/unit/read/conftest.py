import os
import shutil
import tempfile
from pathlib import Path

import pytest

from dataset_builder.model.project import Project

NOBODY = 65534


@pytest.fixture
def root(tmp_path):
    """An empty project folder, with nothing of other tests beside it."""
    path = tmp_path.resolve() / "project"
    path.mkdir()
    return path


@pytest.fixture
def project_at():
    """Makes a project of a folder."""

    def make(root, **settings):
        return Project(
            root=root, file="dataset.toml", name="tiny", title="Tiny", version="1.0.0", license="CC0-1.0", **settings
        )

    return make


@pytest.fixture
def put():
    """Writes files below a folder: names to texts or bytes."""

    def write(folder, files):
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return write


@pytest.fixture
def locked_root():
    """A project folder whose files may be locked away: a test that uses it isn't run by root, or stops being root."""
    path = Path(tempfile.mkdtemp(prefix="locked-")).resolve()
    path.chmod(0o755)
    if os.geteuid() != 0:
        yield path
    else:
        os.chown(path, NOBODY, -1)
        os.seteuid(NOBODY)
        try:
            yield path
        finally:
            os.seteuid(0)
    for folder, names, _ in os.walk(path):
        for name in names:
            Path(folder, name).chmod(0o755)
    shutil.rmtree(path)


@pytest.fixture
def opened(monkeypatch):
    """Every path that is opened or listed from here on, links followed, whatever opens it."""
    paths = []

    def watch(module, name):
        original = getattr(module, name)

        def watching(path, *arguments, **options):
            if isinstance(path, str | bytes | os.PathLike):
                paths.append(Path(os.path.realpath(os.fsdecode(path))))
            return original(path, *arguments, **options)

        monkeypatch.setattr(module, name, watching)

    import io

    import pyarrow as pa

    watch(os, "open")
    watch(os, "scandir")
    watch(io, "open")  # what Path.open calls
    watch(pa, "OSFile")
    return paths
