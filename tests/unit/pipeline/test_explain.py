import gc
import shutil
from pathlib import Path

import dataset_builder
from dataset_builder.check.view import ArticleView, RecordView
from dataset_builder.engines.local import collection_paused
from dataset_builder.model.document import Document

BASE = Path(__file__).parents[2] / "rules" / "base"


def test_what_was_explained_is_let_go_of_while_nobody_collects(tmp_path):
    project = shutil.copytree(BASE, tmp_path / "project", ignore=shutil.ignore_patterns(".dataset-builder"))
    mill = project / "annotations/ada/mill.json"
    mill.write_text(mill.read_text().replace('"start": 27, "end": 31', '"start": 28, "end": 32'))
    opened = dataset_builder.open_project(project)
    gc.collect()
    with collection_paused():
        result = dataset_builder.check(opened)
        left = [each for each in gc.get_objects() if isinstance(each, ArticleView | RecordView | Document)]
    assert [each.code for each in result.diagnostics] == ["SPN003"]
    assert [
        each for each in left if isinstance(each, Document) and each.source.file.startswith("annotations/ada")
    ] == []
    assert [each for each in left if isinstance(each, RecordView) and vars(each).get("annotator") == "ada"] == []
