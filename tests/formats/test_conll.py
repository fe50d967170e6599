"""CoNLL: columns guessed or given, schemes, chains; both ways."""

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.formats.conll import exporter, importer
from dataset_builder.formats.source import Source
from tests.formats.journey import journey

SAID = "-DOCSTART- -X- O O\n\nAda NNP I-NP I-PER\nmet VBD I-VP O\nBo NNP I-NP I-PER\n\nMill NNP I-NP I-ORG\nCo NNP I-NP I-ORG\n"


def read(folder, **options):
    source = Source(folder)
    articles = list(importer(source, **options).read(lambda done, total: None))
    return articles, source.troubles + [trouble for article in articles for trouble in article.troubles]


def spans(article, layer):
    return [
        (item.label, article.text[slice(*item.fragments[0])])
        for item in article.records[0].items
        if item.layer == layer
    ]


def test_a_file_goes_all_the_way(tmp_path):
    (tmp_path / "said.conll").write_text(SAID)
    way = journey(tmp_path / "said.conll", tmp_path / "project")
    assert way.result.format == "conll"
    assert way.load("entities")[0]["quote"] == "Ada"
    assert [code for code, _, _ in way.findings] == ["FMT041"]
    assert way.counts() == {"texts": 1, "entities": 3, "chunks": 4, "tokens": 5, "sentences": 2, "attributes": 5}
