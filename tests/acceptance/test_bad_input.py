"""Bad input gets a coded finding and exit 1: never a traceback, never part of a build."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.commands import run, run_apart

ID = "harbour-strike_free-quay-post"


def edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def write(file: str, data: bytes) -> Callable[[Path], None]:
    def change(project: Path) -> None:
        path = project / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    return change


def packed(**record: object) -> bytes:
    return json.dumps(record).encode() + b"\n"


def no_articles(project: Path) -> None:
    for name in ("seeds", "annotations"):
        shutil.rmtree(project / name)


def lose_an_article(project: Path) -> None:
    for ending in (".txt", ".json"):
        (project / f"seeds/{ID}{ending}").unlink()


def double_an_article(project: Path) -> None:
    (project / "seeds/more").mkdir()
    for ending in (".txt", ".json"):
        shutil.copy2(project / f"seeds/{ID}{ending}", project / f"seeds/more/{ID}{ending}")


def link_out(project: Path) -> None:
    secret = project.parent / "secret.txt"
    secret.write_text("not of this project")
    (project / f"seeds/{ID}.txt").unlink()
    (project / f"seeds/{ID}.txt").symlink_to(secret)


def link_folder_out(project: Path) -> None:
    (project / "annotations/a3").symlink_to(project.parent, target_is_directory=True)


def truncate(project: Path) -> None:
    path = project / f"annotations/a1/{ID}.json"
    path.write_bytes(path.read_bytes()[:1000])


BAD = {
    "no articles": (no_articles, "CFG006"),
    "an annotation without its article": (lose_an_article, "REF003"),
    "two articles with one id": (double_an_article, "ART004"),
    "a text that is not UTF-8": (write(f"seeds/{ID}.txt", b"caf\xe9"), "ART001"),
    "an empty text": (write(f"seeds/{ID}.txt", b""), "ART002"),
    "a text of white space": (write(f"seeds/{ID}.txt", b" \n\n"), "ART003"),
    "a truncated JSON file": (truncate, "JSN001"),
    "an empty JSON file": (write(f"annotations/a1/{ID}.json", b""), "JSN011"),
    "a JSON array for a record": (write(f"annotations/a1/{ID}.json", b"[]\n"), "SCH101"),
    "a schema that is no JSON": (write("schema/annotation.schema.json", b"{"), "JSN001"),
    "a schema that is itself wrong": (
        edit("schema/article.schema.json", '"type": "object"', '"type": "objekt"'),
        "SCH001",
    ),
    "an unknown keyword of ours": (edit("schema/annotation.schema.json", '"x-key"', '"x-kye"'), "SCH001"),
    "a $ref to nothing": (edit("schema/link.schema.json", "#/$defs/end", "#/$defs/ende"), "SCH002"),
    "a $ref to the network": (edit("schema/link.schema.json", "#/$defs/end", "https://example.org/end.json"), "SCH003"),
    "a $ref out of the project": (edit("schema/link.schema.json", "#/$defs/end", "../../../../etc/passwd"), "SCH003"),
    "a $ref to a file of the system": (edit("schema/link.schema.json", "#/$defs/end", "file:///etc/passwd"), "SCH003"),
    "a symbolic link out of the project": (link_out, "CFG007"),
    "a linked folder": (link_folder_out, "CFG007"),
    "an id with a slash": (write("seeds/p.jsonl", packed(id="a/b", text="x")), "ART005"),
    "an id with dots": (write("seeds/p.jsonl", packed(id="..", text="x")), "ART005"),
    "an id with a NUL": (write("seeds/p.jsonl", packed(id="a\0b", text="x")), "ART005"),
    "an id that climbs": (write("seeds/p.jsonl", packed(id="../../x", text="x")), "ART005"),
    "a record with no id": (write("seeds/p.jsonl", packed(text="x")), "REF007"),
    "a packed line that is no JSON": (write("seeds/p.jsonl", b'{"id": "x", \n'), "JSN001"),
    "a broken archive": (write("seeds/p.jsonl.gz", b"no gzip at all"), "CFG009"),
    "a broken zstd archive": (write("seeds/p.jsonl.zst", b"no zstd at all"), "CFG009"),
    "a record in no annotator's folder": (write("annotations/lost.json", b"{}\n"), "REF007"),
    "a dangling reference": (edit(f"annotations/a1/{ID}.json", '"speaker": "e', '"speaker": "e99'), "REF001"),
    "an unknown label": (edit(f"annotations/a1/{ID}.json", '"kind": "headline"', '"kind": "headlin"'), "LAB001"),
    "a link to an unknown article": (
        edit("annotations/links/phone-ban.json", "phone-ban_civic", "phone-ban_cynic"),
        "LNK001",
    ),
    "an article without its group": (edit(f"seeds/{ID}.json", '  "event": "harbour-strike",\n', ""), "SCH102"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_found_and_nothing_is_written(own_project: Path, name: str) -> None:
    change, code = BAD[name]
    change(own_project)
    built = run(own_project, "build", "--jobs", "1")
    assert built.returncode == 1, built.stderr
    assert "Traceback" not in built.stdout + built.stderr
    assert not (own_project / "dist").exists()
    assert not list(own_project.glob(".dist*"))
    checked = run(own_project, "check", "--jobs", "1", "--format", "json")
    assert checked.returncode == 1
    found = json.loads(checked.stdout)
    codes = {diagnostic["code"] for diagnostic in found["diagnostics"]}
    assert code in codes
    assert found["summary"]["errors"] >= 1
    assert all(diagnostic["file"] for diagnostic in found["diagnostics"])


def test_all_findings_come_in_one_run(own_project: Path) -> None:
    for name in ("an empty text", "an unknown label", "a link to an unknown article", "an id with dots"):
        if name != "an empty text":
            BAD[name][0](own_project)
    write("seeds/phone-ban_civic-lantern.txt", b"")(own_project)
    found = json.loads(run_apart(own_project, "check", "--format", "json").stdout)
    codes = {diagnostic["code"] for diagnostic in found["diagnostics"]}
    assert {"ART002", "LAB001", "LNK001", "ART005"} <= codes


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("pyproject.toml", "[tool.dataset-builder.splits]", "[tool.dataset-builder.spilts]", "CFG002"),
        ("pyproject.toml", 'policy = "adjudicated"', 'policy = "adjudikated"', "CFG003"),
        ("pyproject.toml", 'name = "paired-news-framing"\n', "", "CFG004"),
    ],
)
def test_a_wrong_configuration_is_a_finding_with_its_line(
    own_project: Path, file: str, old: str, new: str, code: str
) -> None:
    edit(file, old, new)(own_project)
    done = run_apart(own_project, "build")
    assert done.returncode == 2
    output = done.stdout + done.stderr
    assert code in output
    assert "Traceback" not in output
    assert not (own_project / "dist").exists()
