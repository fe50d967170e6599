"""Withheld texts put back: into a project, for checking; into a copy of a build, or a loaded dataset, for use."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import pyarrow.parquet as pq

from dataset_builder.errors import OutputError, UsageError
from dataset_builder.model.project import Limits, Project
from dataset_builder.model.result import HydrateResult
from dataset_builder.pipeline.rights import hydrate_project, texts_by_digest
from dataset_builder.read.build import BESIDE, MANIFEST
from dataset_builder.tables.commit import exclusive, staging_for, swap_in, write_file
from dataset_builder.tables.fill import fill_row, fill_table

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

__all__ = ["hydrate"]

_IGNORE_ALL = b"*\n"

Loaded = TypeVar("Loaded", "Dataset", "DatasetDict")


@overload
def hydrate(target: Project | Path, source: Path, *, output: Path | None = None) -> HydrateResult: ...
@overload
def hydrate(target: Loaded, source: Path) -> Loaded: ...
def hydrate(target: Any, source: Path, *, output: Path | None = None) -> Any:
    """`target` with the withheld texts that are found, by SHA-256, among the files below `source`.

    - Of a `Project`, the texts are laid beside its articles, where git ignores them, and checks verify against them.
    - Of a build's directory, a copy is made in `output` (the build's name with `-hydrated` unless given), which git
      ignores too; the build itself stays as it is.
    - Of a `Dataset` or `DatasetDict` of the articles, a new one is given back, quotes of spans filled in as well.

    Raises:
        UsageError: `source` is no folder, or `target` holds no articles, or `output` is no copy made by this.
        OutputError: the texts can't be written.
    """
    source = Path(source)
    try:
        if isinstance(target, Project):
            return hydrate_project(target, source)
        if isinstance(target, str | Path):
            build = Path(target).absolute()
            return _hydrate_build(build, source, Path(output or build.with_name(f"{build.name}-hydrated")).absolute())
    except OSError as error:
        message = f"{error.filename}: {error.strerror}"
        raise OutputError(message) from error
    return _hydrate_loaded(target, texts_by_digest(source, Limits().bytes))


def _hydrate_loaded(target: Any, texts: Mapping[str, Path]) -> Any:
    if isinstance(target, dict):
        return type(target)({name: _hydrate_loaded(split, texts) for name, split in target.items()})
    if not {"id", "text", "sha256"} <= set(target.column_names):
        message = "only the table of articles says which texts it lacks; load that one"
        raise UsageError(message)

    def put_back(row: dict[str, Any]) -> dict[str, Any]:
        found = texts.get(row["sha256"]) if row["text"] is None else None
        return fill_row(row, {row["id"]: _text(found)}) if found else row

    return target.map(put_back, features=target.features)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _hydrate_build(build: Path, source: Path, output: Path) -> HydrateResult:
    files = sorted(build.glob("data/articles/*.parquet"))
    if not files:
        message = f"{build} holds no table of articles; name a project or a build"
        raise UsageError(message)
    _refuse_foreign(output)
    texts = texts_by_digest(source, Limits().bytes)
    absent = [row for file in files for row in _absent(file)]
    found = {row["id"]: _text(texts[row["sha256"]]) for row in absent if row["sha256"] in texts}
    with exclusive(output.parent, lambda: None), staging_for(output) as staging:
        shutil.copytree(build, staging, dirs_exist_ok=True)
        write_file(staging / ".gitignore", _IGNORE_ALL)
        for name in (MANIFEST, *BESIDE):  # the copy is no build: its bytes are no longer those described
            (staging / name).unlink(missing_ok=True)
        for file in sorted(staging.glob("data/*/*.parquet")):
            _fill_file(file, found)
        swap_in(staging, output)
    missing = tuple(row["id"] for row in absent if row["id"] not in found)
    return HydrateResult(output=output, hydrated=tuple(found), missing=missing)


def _refuse_foreign(output: Path) -> None:
    """A folder is replaced only where nothing but such a copy is lost; the build itself is one that isn't."""
    ignore = output / ".gitignore"
    is_copy = (output / "data/articles").is_dir() and ignore.is_file() and ignore.read_bytes() == _IGNORE_ALL
    if output.exists() and not is_copy and (not output.is_dir() or any(output.iterdir())):
        message = f"{output} would be replaced, and is no hydrated copy: move it away, or name another folder"
        raise UsageError(message)


def _absent(file: Path) -> list[dict[str, Any]]:
    table = pq.read_table(file, columns=["id", "sha256", "text"])
    return [row for row in table.to_pylist() if row["text"] is None]


def _fill_file(file: Path, texts: Mapping[str, str]) -> None:
    """Rewrites one table, a row group at a time, if it has rows of an article in `texts`."""
    staged = file.with_suffix(".filling")
    with pq.ParquetFile(file) as source, pq.ParquetWriter(staged, source.schema_arrow, compression="zstd") as writer:
        for group in range(source.num_row_groups):
            writer.write_table(fill_table(source.read_row_group(group), texts))
    staged.replace(file)
