import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.compare.pairing import index_of, pair_rows

FILES = st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(0, 2)).map(
    lambda homes: [sorted(key for key, home in homes.items() if home == number) for number in range(3)]
)


@given(FILES, FILES)
def test_every_row_is_paired_by_its_key_or_only_in_one(old, new):
    old = [file for file in old if file]  # no file at all is possible too
    indices = [index_of([(at, pa.array(file, pa.string())) for at, file in enumerate(files)]) for files in (old, new)]
    removed, added, pairs = pair_rows(*indices)
    paired = set()
    for pair in pairs:
        rows = list(zip(pair.rows[0].tolist(), pair.rows[1].tolist(), strict=True))
        assert rows
        for mine, other in rows:
            assert old[pair.files[0]][mine] == new[pair.files[1]][other]
            paired.add(old[pair.files[0]][mine])
    ours, theirs = {key for file in old for key in file}, {key for file in new for key in file}
    assert paired == ours & theirs
    assert set(indices[0].keys.take(pa.array(removed)).to_pylist()) == ours - theirs
    assert set(indices[1].keys.take(pa.array(added)).to_pylist()) == theirs - ours
