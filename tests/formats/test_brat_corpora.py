"""Real brat collections, all the way to `load_dataset`."""

from collections import Counter

import pytest

from tests.formats.journey import journey

LAYERS = {"E": "events", "R": "relations", "*": "equivalences", "A": "attributes", "M": "attributes", "N": "referents"}


def counted(source):
    """What the lines of a collection say, counted without reading them as the importer does."""
    found = Counter(texts=sum(1 for _ in source.rglob("*.txt")))
    for path in source.rglob("*.ann"):
        lines = path.read_text(encoding="utf-8").splitlines()
        triggers = {line.split("\t")[1].split()[0].split(":")[1] for line in lines if line.startswith("E")}
        for line in lines:
            if line.startswith("T"):
                found["triggers" if line.split("\t")[0] in triggers else "entities"] += 1
            else:
                found[LAYERS.get(line[0], "notes" if line[0] == "#" else "unknown")] += 1
    return found


@pytest.mark.parametrize("folder", ["litbank/entities", "brat-examples"])
def test_a_collection_comes_in_whole(shared_dir, tmp_path, folder):
    source = shared_dir / "corpora" / folder
    way = journey(source, tmp_path / "project")
    assert way.findings == []
    assert +way.counts() == +counted(source)
