"""Records damaged at random: mending and anchoring never raise, and change nothing but spans."""

import json
import shutil
from hashlib import sha256
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.pipeline.anchor import anchor
from dataset_builder.pipeline.mend import fix
from dataset_builder.pipeline.opening import open_project
from tests.rules.test_hostile import damaged

BASE = Path(__file__).resolve().parents[2] / "rules/base"
MILL = "annotations/ada/mill.json"
STORED = json.loads((BASE / MILL).read_text(encoding="utf-8"))
TEXTS = [
    "Ada met Bo at the mill.\nBo said it was late.\n",
    "🌊\r\nYesterday Ada met Bo at the mills. Ada met Bo.\nBo said it was late.\n",
    "mill mill met met Bo Bo Ada Ada the the said said",
    "x",
]


def without_spans(value):
    """What neither command may change."""
    if not isinstance(value, dict):
        return value
    return {name: inner for name, inner in value.items() if name not in ("entities", "cues", "text_sha256")}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(STORED), st.sampled_from(TEXTS), st.booleans())
def test_damaged_records_are_mended_or_left(tmp_path_factory, record, text, accept):
    folder = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(BASE, folder)
    (folder / "seeds/mill.txt").write_bytes(text.encode())
    texts = folder.parent / "texts"
    texts.mkdir()
    (texts / "old").write_bytes(TEXTS[0].encode())
    (folder / MILL).write_text(json.dumps(record), encoding="utf-8")
    project = open_project(folder)
    for work in (
        lambda: fix(project, jobs=1),
        lambda: anchor(project, was=texts, accept_changed=accept),
        lambda: anchor(project, accept_changed=accept),
        lambda: fix(project, jobs=1),
    ):
        work()
        now = json.loads((folder / MILL).read_text(encoding="utf-8"))
        assert without_spans(now) == without_spans(record)
    if isinstance(now, dict) and now.get("text_sha256") == sha256(text.encode()).hexdigest():
        assert fix(project, jobs=1).files == ()
