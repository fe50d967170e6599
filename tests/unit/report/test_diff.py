import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.compare.drift import drift
from dataset_builder.model.diff import (
    AgreementChange,
    AnnotationChange,
    ArticleChange,
    Change,
    Diff,
    Item,
    LinkChange,
    MetadataChange,
    Move,
    Passage,
    SchemaChange,
    Section,
    Side,
    SplitSize,
)
from dataset_builder.report.diff import render_json, render_markdown, render_text

OLD = Side(name="v1", dataset="towns", version="1.0.0", articles=1200, annotations=2400)
NEW = Side(name="the working tree", dataset="towns", version="1.0.0", articles=1201, annotations=2401)
HOSTILE = (
    "\x1b[2J\x07\u202e\r\n\u2028<img src=x onerror=alert(1)> **b** _i_ [a](http://x.y) `c` | --> <!-- d --> # h ~~s~~"
)


def section(*shown, **counts):
    return Section(total=sum(counts.values()), counts=counts, shown=shown)


def everything(text="x"):
    """A comparison in which each thing that can be shown is shown once, made of `text`."""
    old, new = Item(key=text, span=(3, 1200), quote=text), Item(key=f"{text}2", span=(4, 9), quote=None)
    change = Change(path=text, old=text, new=[text, 1, None])
    return Diff(
        old=OLD if text == "x" else Side(name=text, dataset=text, version=text, articles=0, annotations=1),
        new=NEW,
        schema=section(
            SchemaChange(kind="column added", table="articles", path=text, new="string"),
            SchemaChange(kind="label removed", table="articles", path="topic", old=text),
            **{"column added": 1, "label removed": 1},
        ),
        documents=(f"schema/{text}.json",),
        sizes=(SplitSize(split="train", old=1000, new=999), SplitSize(split=text, old=0, new=1)),
        splits=Section(
            total=9, counts={"into test": 1, "moved": 8}, shown=(Move(article=text, old="train", new="test"),)
        ),
        articles=section(
            ArticleChange(kind="added", article=text, split="train"),
            ArticleChange(
                kind="revised",
                article=text,
                split="test",
                lengths=(1000, 1001),
                edits=3,
                passages=(
                    Passage(old=5, new=5, before=f"… {text} ", removed=text, added=f"{text} too", after=f" {text} …"),
                    Passage(old=50, new=51, before="and ", removed="", added=text, after="."),
                ),
            ),
            ArticleChange(kind="revised", article="hidden", split="test", lengths=(7, 8)),
            added=1,
            revised=2,
        ),
        annotations=section(
            AnnotationChange(
                article=text, annotator=text, layer="entities", kinds=("moved", "relabelled", "rekeyed"),
                old=old, new=new, changes=(change,),
            ),
            AnnotationChange(article="a", annotator="ada", layer="", kinds=("record added",)),
            **{"moved": 1, "record added": 1},
        ),
        gold=Section(total=0, counts={"followed": 3}),
        links=section(LinkChange(kind="changed", link=text, changes=(change,)), changed=1),
        metadata=section(MetadataChange(article=text, changes=(change,)), title=1),
        dataset=(change, Change(path="card", old=None, new=None)),
        drift=(
            drift("articles", text, {"a": 20, text: 30}, {"a": 40, text: 10}),
            drift("articles", "small", {"a": 1}, {"b": 1, "a": 1}),
            drift("articles", "none", {"a": 0, "b": 0}, {"b": 1, "a": 1}),
        ),
        agreement=(
            AgreementChange(
                path=text, measure="nominal", annotators=("ada", text), n=(10, 12),
                values={"alpha": (0.51234, None), "agreement": (0.5, 0.5)},
            ),
        ),
        uncompared=(f"articles: {text}",),
        unexplained=("links",),
    )  # fmt: skip


def test_text(golden):
    golden("diff.txt", render_text(everything(), color=False))


def test_colored_text(golden):
    golden("diff-colored.txt", render_text(everything(), color=True))


def test_markdown(golden):
    golden("diff.md", render_markdown(everything()))


def test_json(golden):
    golden("diff.json", render_json(everything()))


def test_summaries_have_no_item(golden):
    golden("diff-summary.txt", render_text(everything(), color=False, summary=True))


def test_nothing_to_say():
    same = Diff(old=OLD, new=OLD)
    assert render_text(same, color=False).splitlines()[-1] == "no differences"
    assert json.loads(render_json(same))["differs"] is False


def test_the_version_alone():
    found = Diff(old=OLD, new=NEW, dataset=(Change(path="version", old="1.0.0", new="1.1.0"),))
    assert (found.differs, found.bump) == (True, None)
    assert render_text(found, color=False).splitlines()[-1] == "only the version differs"


@pytest.mark.parametrize("color", [False, True])
def test_nothing_steers_a_terminal(color):
    shown = render_text(everything(HOSTILE), color=color)
    without_styles = re.sub(r"\x1b\[[0-9;]+m", "", shown) if color else shown
    assert not {"\x1b", "\x07", "\u202e", "\r", "\u2028"} & set(without_styles)


def test_nothing_is_markup():
    shown = render_markdown(everything(HOSTILE))
    for raw in ("<img", "<!--", "**b**", "[a](", "`c`", "~~s~~", "http://x.y", "\x1b", "\u202e", "\u2028"):
        assert raw not in shown


@given(st.text(max_size=30))
def test_whatever_the_data_the_lines_are_ours(text):
    text += "y"  # no label of those that are there already
    shown = render_text(everything(text), color=False)
    usual = render_text(everything("y"), color=False)
    assert shown.count("\n") == usual.count("\n")
    allowed = re.compile(r"#{3} |\||- |  - |from |and |these|label |\s*$")
    for line in render_markdown(everything(text)).splitlines():
        assert allowed.match(line), line


SECTIONS = ("schema", "splits", "articles", "annotations", "gold", "links", "metadata")


@pytest.mark.parametrize(
    ("name", "kind", "bump"),
    [
        *(("schema", f"{each} removed", "major") for each in ("table", "column", "label")),
        *(("schema", f"{each} added", "minor") for each in ("table", "column", "label")),
        ("schema", "type changed", "major"),
        ("schema", "labels recoded", "major"),
        ("schema", "columns reordered", "patch"),
        ("splits", "into test", "major"),
        ("splits", "out of test", "major"),
        ("splits", "moved", "patch"),
        ("articles", "removed", "major"),
        ("articles", "added", "minor"),
        ("articles", "revised", "patch"),
        *(("annotations", each, "minor") for each in ("added", "record added")),
        *(("annotations", each, "patch") for each in ("removed", "moved", "relabelled", "record removed", "rekeyed")),
        ("gold", "added", "minor"),
        ("gold", "moved", "patch"),
        ("links", "added", "minor"),
        ("links", "removed", "patch"),
        ("metadata", "title", "patch"),
    ],
)
def test_by_how_much_a_version_grows(name, kind, bump):
    assert Diff(old=OLD, new=NEW, **{name: Section(total=1, counts={kind: 1})}).bump == bump


@pytest.mark.parametrize("name", ["documents", "uncompared", "unexplained"])
def test_what_else_differs_is_a_patch(name):
    found = Diff(old=OLD, new=NEW, **{name: ("x",)})
    assert (found.differs, found.bump) == (True, "patch")
