"""Links that can't be read as they are written."""

import json

import pytest

from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.opening import open_project

LINK = "annotations/links/same-day.json"
MISREAD = [("NaN", "JSN003"), ("1e999", "JSN004"), (r'"same_person\ud83c"', "JSN005")]


def found(folder):
    return [(each.code, each.place.line, each.place.column) for each in check(open_project(folder)).diagnostics]


@pytest.mark.parametrize(("written", "code"), MISREAD)
def test_a_link_with_a_misread_value_is_no_row(folder, edit, written, code):
    edit(LINK, '"kind": "same_person"', f'"kind": {written}')
    assert [each[:2] for each in found(folder)] == [(code, 3)]


@pytest.mark.parametrize(("written", "code"), MISREAD)
def test_of_several_links_in_a_file_the_others_stand(folder, written, code):
    path = folder / LINK
    link = json.loads(path.read_text(encoding="utf-8"))
    other = json.dumps(link | {"id": "other", "kind": "KIND", "to": {"article": "vault"}})
    path.write_text(f"[{json.dumps(link)},\n{other.replace(json.dumps('KIND'), written)}]\n", encoding="utf-8")
    assert [each[:2] for each in found(folder)] == [(code, 2)]


def test_a_misread_article_hides_what_items_there_are(folder, edit):
    edit(LINK, '"from": {"article": "mill"', r'"from": {"article": "mill\ud83c"')
    assert [each[0] for each in found(folder)] == ["JSN005"]
