"""Records damaged at random: rules report and never raise, and the fast path says clean only where they are silent."""

import copy
import json
import shutil
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import run
from dataset_builder.check.view import LinkView
from dataset_builder.model.source import Source
from dataset_builder.pipeline.article import ArticleCompiler
from dataset_builder.pipeline.explain import article_view, explain_article
from dataset_builder.pipeline.opening import open_project
from dataset_builder.pipeline.reading import Inputs
from dataset_builder.pipeline.work import planned
from dataset_builder.read.json import read_document

BASE = Path(__file__).parent / "base"
STRINGS = st.sampled_from(
    ["", "e1", "e3", "c1", "mill", "ferry", "meeting", "person", "Bo", "withheld", "MIT", "a b", "0" * 64]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 50),
    st.integers(),
    st.floats(allow_nan=False),
    STRINGS,
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "start", "end", "quote", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def places_in(value, path=()):
    yield path
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places_in(inner, (*path, step))


@st.composite
def damaged(draw, value):
    """`value` with one part, or a few, replaced, removed, added or given twice."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        path = draw(st.sampled_from(list(places_in(value))))
        if path:
            owner = value
            for step in path[:-1]:
                owner = owner[step]
            damage(draw, owner, path[-1])
        elif isinstance(value, dict) and draw(st.integers(0, 9)):
            value[draw(st.sampled_from(["see", "x", "mood", "note"]))] = draw(VALUES)
        else:
            value = draw(VALUES)
    return value


def damage(draw, owner, step):
    now = owner[step]
    ways = ["replace", "remove"]
    ways += ["rename"] * 4 if isinstance(now, str) else ["shift"] * 4 if type(now) is int else []
    ways += ["twice"] if isinstance(owner, list) else []
    match draw(st.sampled_from(ways)):
        case "replace":
            owner[step] = draw(VALUES)
        case "remove":
            del owner[step]
        case "rename":
            owner[step] = draw(STRINGS)
        case "shift":
            owner[step] += draw(st.integers(-5, 5))
        case "twice":
            owner.append(copy.deepcopy(now))


class Base:
    """The base project, laid out and planned."""

    def __init__(self, plan):
        self.context = plan.context
        self.articles = {article.id: article for article in plan.corpus.articles}

    def __repr__(self):
        return "Base()"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    with planned(open_project(folder)) as plan:
        yield Base(plan)


def stored(name):
    return json.loads((BASE / name).read_text(encoding="utf-8"))


def inputs_of(article, metadata, record, text=None):
    if text is None and article.text:
        text = (BASE / article.text.file).read_bytes()
    (source,) = article.records
    return Inputs(text, f"{json.dumps(metadata)}\n".encode(), ((source, f"{json.dumps(record)}\n".encode()),))


def agree(base, name, metadata, record, text=None):
    context, article = base.context, base.articles[name]
    inputs = inputs_of(article, metadata, record, text)
    found = explain_article(context, article, inputs).diagnostics
    with patch("dataset_builder.pipeline.article.read_inputs", lambda *_: (inputs, [])):
        ((proven,), _) = ArticleCompiler(context).compile([article])
    assert sorted(map(repr, proven.diagnostics)) == sorted(map(repr, found))


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(stored("annotations/ada/mill.json")))
def test_damaged_records(base, record):
    agree(base, "mill", stored("seeds/mill.json"), record)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(stored("annotations/ada/vault.json")))
def test_damaged_records_of_a_withheld_text(base, record):
    agree(base, "vault", stored("seeds/vault.json"), record)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(stored("seeds/mill.json")))
def test_damaged_metadata(base, metadata):
    agree(base, "mill", metadata, stored("annotations/ada/mill.json"))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(stored("seeds/vault.json")))
def test_damaged_metadata_of_a_withheld_text(base, metadata):
    agree(base, "vault", metadata, stored("annotations/ada/vault.json"))


ODD = st.sampled_from("\0\x0c\r\x85\xa0\u0301\u0600\u200d\u2028\u202e\u2069\u212b\U0001f1e6\U0001f3fd")
PIECES = st.text(ODD | st.characters(codec="utf-8"), min_size=1, max_size=3)


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["mill", "ferry"]), PIECES, st.integers(0, 45), st.data())
def test_texts_with_odd_characters(base, name, piece, where, data):
    """The text is another, and what is annotated is right in it: spans behind the piece have moved, others grown."""
    metadata, record = stored(f"seeds/{name}.json"), stored(f"annotations/ada/{name}.json")
    text = (BASE / f"seeds/{name}.txt").read_text(encoding="utf-8")
    text = text[:where] + piece + text[where:]
    record["text_sha256"] = metadata["sha256"] = sha256(text.encode()).hexdigest()
    metadata["length"] = len(text)
    for span in (*record["entities"], *record["cues"]):
        grown = span["start"] + (len(piece) if span["start"] >= where else 0)
        span["start"] = grown - data.draw(st.sampled_from([0, 0, 0, 1])) * (grown > 0)
        span["end"] += len(piece) if span["end"] >= where else 0
        span["quote"] = text[span["start"] : span["end"]]
    agree(base, name, metadata, record, text.encode())


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(stored("annotations/links/same-day.json")))
def test_damaged_links(base, link):
    context, articles = base.context, base.articles
    compiler = ArticleCompiler(context)
    views = {name: article_view(context, article, compiler.read(article)) for name, article in articles.items()}
    view = LinkView(
        project=context.project,
        schema=context.schemas.links,
        document=read_document(json.dumps(link).encode(), Source("link.json")),
        annotator="",
        article=None,
        known_articles=articles,
        articles=views,
        gold={
            "mill": stored("annotations/ada/mill.json"),
            "ferry": stored("annotations/ada/ferry.json"),
            "vault": None,
        },
    )
    assert isinstance(list(run(Looks.AT_LINK, view)), list)
