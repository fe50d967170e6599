from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.model.articles import Articles, Form, RecordForm, Stretches
from dataset_builder.model.source import ArticleInput, RecordInput, Source

NAMES = st.text("abc", min_size=1, max_size=3)
PACKED = st.builds(
    Source,
    st.sampled_from(["seeds/x.jsonl", "seeds/y.jsonl.gz"]),
    st.integers(0, 2**40),
    st.integers(1, 2**31),
    st.integers(1, 2**31),
    st.sampled_from([None, "/spool/y"]),
)


@st.composite
def inputs(draw):
    """An article as the corpus is read into, of parts in files and in packed ones."""
    id_ = draw(NAMES)
    annotators = sorted(draw(st.sets(NAMES, max_size=3)))
    records = tuple(
        RecordInput(name, id_, None if packed else f"annotations/{name}", name, packed)
        for name in annotators
        for packed in [draw(st.none() | PACKED)]
    )
    record = draw(st.none() | PACKED)
    directory = st.sampled_from([None, "seeds", "seeds/more"])
    return ArticleInput(id_, draw(directory), draw(directory), record, draw(st.booleans()), records)


def kept(found):
    stretches = Stretches()
    articles = Articles(stretches)
    for article in found:
        forms = tuple(
            RecordForm(each.annotator, each.directory, each.folder, *_file(each.packed)) for each in article.records
        )
        own = _file(article.record)
        form = Form(article.text_directory, article.metadata_directory, *own, article.holds_text, forms)
        packed = [article.record, *(each.packed for each in article.records)]
        articles.add(article.id, form, [stretches.add(source) for source in packed if source])
    return articles


def _file(source):
    return (source.file, source.unpacked) if source else (None, None)


@given(st.lists(inputs(), unique_by=lambda article: article.id))
def test_articles_come_out_as_they_went_in(found):
    found.sort(key=lambda article: article.id)
    articles = kept(found)
    assert list(articles) == found
    assert [articles[index] for index in range(len(articles))] == found
    assert list(articles.ids) == list(articles.by_id) == [article.id for article in found]
    assert articles.record_count == sum(len(article.records) for article in found)
    assert all(articles.by_id[article.id] == article for article in found)


def test_an_unknown_id():
    articles = kept([ArticleInput("a"), ArticleInput("c")])
    assert [id_ in articles.by_id for id_ in ("", "a", "b", "c", "d")] == [False, True, False, True, False]
    with pytest.raises(KeyError, match="b"):
        articles.by_id["b"]
    assert len(articles.by_id) == 2


@given(st.lists(inputs(), unique_by=lambda article: article.id), st.integers(0, 99))
def test_annotators_are_published_by_other_names_and_in_the_order_of_these(found, seed):
    found.sort(key=lambda article: article.id)
    articles = kept(found)
    numbers = Random(seed).sample(range(100), len(articles.annotators))
    names = {name: f"annotator-{number}" for name, number in zip(sorted(articles.annotators), numbers, strict=True)}
    for _ in range(2):  # the second time changes nothing
        articles.publish_as(names)
        assert list(articles) == [
            article._replace(
                records=tuple(
                    sorted(
                        (each._replace(pseudonym=names[each.annotator]) for each in article.records),
                        key=lambda each: each.published,
                    )
                )
            )
            for article in found
        ]
    assert articles.annotators == {each.annotator for article in found for each in article.records}
