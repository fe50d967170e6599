"""What is new in a build in which one record has changed: one file a table, and of that file little."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_builder
from benchmarks.pages import pages
from benchmarks.release_bytes import EDITS, compare_tables, edited, table_of
from benchmarks.workload import write_workload

pytestmark = pytest.mark.acceptance

ARTICLES = 2_400
TABLES = ["annotations", "articles", "entities"]


@pytest.fixture(scope="module")
def workload(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project and its build; tests put back what they change."""
    project = tmp_path_factory.mktemp("bytes") / "project"
    write_workload(project, ARTICLES, "packed", jobs=1)
    return project, build(project, project.parent / "old")


def build(project: Path, output: Path) -> Path:
    return Path(dataset_builder.build(dataset_builder.open_project(project), output=output, jobs=1).output)


def test_pages_are_cut_where_the_file_says(workload: tuple[Path, Path]) -> None:
    (path,) = (workload[1] / "data/articles").glob("train-*")
    metadata = pq.read_metadata(path)
    stated = {}
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            stated[column.path_in_schema] = stated.get(column.path_in_schema, 0) + column.total_compressed_size
    found: dict[str, int] = {}
    for page in pages(path):
        found[page.column] = found.get(page.column, 0) + page.size
    assert found == stated
    assert len(list(pages(path))) > metadata.num_columns * metadata.num_row_groups  # the text has several


@pytest.mark.parametrize("name", EDITS)
def test_one_record_changes_one_file_a_table_and_of_it_few_pages(
    workload: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    project, old = workload
    with edited(project, ARTICLES // 2, EDITS[name]):
        new = build(project, tmp_path / "new")
    found = {each.table: each for each in compare_tables(old, new)}
    assert list(found) == TABLES
    texts_alone = name == "one text longer"  # of which the table of items has nothing
    assert {table: each.new_files for table, each in found.items()} == dict.fromkeys(TABLES, 1) | (
        {"entities": 0} if texts_alone else {}
    )
    for each in found.values():
        changed = each.pages - each.pages_held
        assert (changed > 0) is (each.new_files > 0)
        if name == "one label":
            assert (changed, each.held_pages > 0.8) == (1, True), table_of([*found.values()])
        assert changed <= 8, table_of([*found.values()])  # those of one layer, in one row group
        assert each.xet_new is None or each.xet_new <= each.new_size
    shutil.rmtree(new)
    assert contents(build(project, new)) == contents(old)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
