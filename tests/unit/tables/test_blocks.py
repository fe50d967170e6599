"""Digests computed again from files: whatever files and row groups are, those of the blocks."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.tables.blocks import digest_of_files
from tests.unit.tables import naive

IDS = [f"i{number}" for number in range(4000)]
ENDINGS = [identity for identity in IDS if naive.ends_block(identity)]
SOME_IDS = st.sets(st.sampled_from(ENDINGS + IDS[:20]), min_size=1, max_size=12).map(sorted)


def written(folder, rows, ends=(), group=1000):
    """`rows` in files that end where `ends` says, each in row groups of `group`."""
    folder.mkdir()
    bounds = [0, *sorted(ends), rows.num_rows]
    paths = [folder / str(number) for number in range(len(bounds) - 1)]
    for path, begin, end in zip(paths, bounds, bounds[1:], strict=False):
        pq.write_table(rows.slice(begin, end - begin), path, row_group_size=group)
    return paths


def rows_of(owners):
    return pa.table({"article": pa.array(owners, pa.string()), "n": pa.array(range(len(owners)), pa.int64())})


def expected(splits):
    """The digest that the page specifies, of splits: name, rows and the ids of all articles."""
    return naive.table_digest(
        (
            split,
            [
                naive.block_digest(rows.slice(block.start, len(block)))
                for block in naive.blocks(rows["article"].to_pylist(), ids)
            ],
        )
        for split, rows, ids in splits
    )


@settings(max_examples=60, deadline=None)
@given(SOME_IDS, st.data())
def test_any_cut_into_files_and_row_groups(tmp_path_factory, ids, data):
    rows = rows_of([identity for identity in ids for _ in range(data.draw(st.integers(0, 2)))])
    folder = tmp_path_factory.mktemp("cut")
    ends = data.draw(st.lists(st.integers(0, rows.num_rows), max_size=2))
    files = written(folder / "rows", rows, ends, data.draw(st.integers(1, 4)))
    articles = written(folder / "articles", pa.table({"id": ids}), [len(ids) // 2])
    assert digest_of_files({"train": files}, "article", {"train": articles}) == expected([("train", rows, ids)])


@pytest.fixture
def build(tmp_path):
    """The files of two splits, by split, and those of their articles, with a few blocks each."""
    files, articles = {}, {}
    for split, ids in (("train", sorted(ENDINGS[:3] + IDS[:5])), ("test", sorted(ENDINGS[3:5] + IDS[5:9]))):
        files[split] = written(tmp_path / split, rows_of([identity for identity in ids for _ in range(2)]))
        articles[split] = written(tmp_path / f"{split}-articles", pa.table({"id": ids}))
    return files, articles


def test_splits_and_their_order_count(build):
    files, articles = build
    tables = [(split, pq.read_table(files[split]), pq.read_table(articles[split])["id"].to_pylist()) for split in files]
    assert digest_of_files(files, "article", articles) == expected(tables)
    turned = dict(reversed(files.items()))
    assert digest_of_files(turned, "article", articles) == expected(tables[::-1]) != expected(tables)


def test_blocks_end_with_articles_that_have_no_row(build):
    files, articles = build
    before = digest_of_files(files, "article", articles)
    ids = pq.read_table(articles["train"])["id"].to_pylist()
    between = next(identity for identity in ENDINGS[5:] if ids[0] < identity < ids[-2])
    pq.write_table(pa.table({"id": sorted([*ids, between])}), articles["train"][0])
    assert digest_of_files(files, "article", articles) != before


def test_a_table_that_is_cut_by_ids_of_its_own(tmp_path):
    rows = rows_of(sorted(ENDINGS[:4] + IDS[:9]))
    owners = rows["article"].to_pylist()
    files = {"train": written(tmp_path / "links", rows.rename_columns(["id", "n"]), [3])}
    parts = [rows.rename_columns(["id", "n"]).slice(block.start, len(block)) for block in naive.blocks(owners, owners)]
    assert len(parts) > 3
    assert digest_of_files(files, "id", files) == naive.table_digest([("train", map(naive.block_digest, parts))])
