"""Where rows come from, who is named, what is stated and signed: with the files, in-toto's types and OpenSSH."""

import gzip
import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import dataset_builder
from dataset_builder.errors import UsageError
from tests.acceptance.conftest import copy_project

pytestmark = pytest.mark.acceptance

LOCK = "annotators.lock.json"


def built(folder: Path, **arguments: object) -> Path:
    return dataset_builder.build(dataset_builder.open_project(folder), **arguments).output


def origins(dist: Path) -> list[dict]:
    return [row for path in sorted(dist.glob("provenance/*/*.parquet")) for row in pq.read_table(path).to_pylist()]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of two articles by two people, of whom one packs what they write."""
    folder = tmp_path / "small"
    dataset_builder.init(folder)
    (folder / "annotations/a1").rename(folder / "annotations/Alice Müller")
    for path in (folder / "annotations/Alice Müller").glob("*.json"):
        path.write_text(path.read_text().replace('"a1"', '"Alice Müller"'))
    record = json.loads((folder / "annotations/Alice Müller/bakery-reopens.json").read_text()) | {"annotator": "bob"}
    (folder / "annotations/bob").mkdir()
    with gzip.open(folder / "annotations/bob/bob-2026.jsonl.gz", "wt") as file:
        file.write(json.dumps(record) + "\n")
    schema = folder / "schema/annotation.schema.json"
    schema.write_text(schema.read_text().replace('"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"', '"minLength": 1'))
    configuration = folder / "dataset.toml"
    configuration.write_text(configuration.read_text() + '\n[gold]\npolicy = "all"\n')
    return folder


def test_every_row_is_led_back_to_files_and_their_digests(dist: Path, project_dir: Path) -> None:
    rows = origins(dist)
    assert len(rows) == 16 * 5 + 86
    for row in rows:
        if row["file"] is None:
            assert (row["part"], row["article"]) in [
                ("text", id_) for id_ in ("000_e4b1ca64379009df", "002_6ded56d84c480718")
            ]
        else:
            assert sha256((project_dir / row["file"]).read_bytes()).hexdigest() == row["sha256"], row
    texts = {row["article"]: row["sha256"] for row in rows if row["part"] == "text"}
    tables = duckdb.sql(f"select id, sha256 from '{dist}/data/articles/*.parquet'").fetchall()
    assert texts == dict(tables)
    joined = f"'{dist}/data/annotations/*.parquet' join '{dist}/provenance/articles/*.parquet' as origin"
    found = duckdb.sql(
        f"select count(*) from {joined} using (article, annotator) where origin.part = 'annotation'"
    ).fetchall()
    assert found == [(48,)]


def test_the_provenance_is_no_table_that_loads(dist: Path) -> None:
    manifest = json.loads((dist / "manifest.json").read_text())
    assert "provenance" not in manifest["tables"]
    paths = [path for path in manifest["files"] if path.startswith("provenance/")]
    assert len(paths) == 6
    assert sum(manifest["files"][path]["rows"] for path in paths) == 166


def test_a_withheld_text_that_is_here_does_not_show(own_project: Path, tmp_path: Path) -> None:
    id_ = "phone-ban_civic-lantern"
    dataset_builder.withhold(dataset_builder.open_project(own_project), [id_])
    metadata = own_project / f"seeds/{id_}.json"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"title": None}) + "\n")
    before = built(own_project, output=tmp_path / "one")
    (row,) = (row for row in origins(before) if (row["article"], row["part"]) == (id_, "text"))
    assert row["file"] is None
    hydrated = own_project / f"seeds/.hydrated/{id_}.txt"
    assert row["sha256"] == sha256(hydrated.read_bytes()).hexdigest()
    hydrated.unlink()
    assert tree(before) == tree(built(own_project, output=tmp_path / "two", incremental=False))


def test_lines_of_packed_files_are_named(small: Path) -> None:
    (row,) = (row for row in origins(built(small)) if row["line"] is not None)
    assert (row["part"], row["annotator"], row["line"], row["article"]) == (
        "annotation",
        "annotator-1",
        1,
        "bakery-reopens",
    )
    assert row["file"] == "annotations/annotator-1/annotator-1-2026.jsonl.gz"
    line = gzip.decompress((small / "annotations/bob/bob-2026.jsonl.gz").read_bytes()).removesuffix(b"\n")
    assert row["sha256"] == sha256(line.replace(b'"bob"', b'"annotator-1"')).hexdigest()


def test_no_name_of_an_annotator_is_in_a_build(small: Path) -> None:
    dist = built(small)
    lock = json.loads((small / LOCK).read_text())["annotators"]
    assert lock == {"bob": "annotator-1", "Alice Müller": "annotator-2"}
    annotators = {row["annotator"] for row in pq.read_table(next(dist.glob("data/annotations/*.parquet"))).to_pylist()}
    assert annotators == {"annotator-1", "annotator-2"}
    (entities,) = (pq.read_table(path) for path in dist.glob("data/entities/*.parquet"))
    assert {name for row in entities.to_pylist() for name in row["annotators"]} == annotators
    for path in dist.rglob("*"):
        if path.suffix == ".parquet":
            shown = str(pq.read_table(path).to_pylist()) + str(pq.read_schema(path))
        else:
            shown = path.read_text() if path.is_file() else ""
        assert "Alice" not in shown, path
        assert "M\\u00fcller" not in shown, path
        assert "bob" not in shown, path
    assert dataset_builder.verify(dist).diagnostics == ()


def test_digests_of_records_do_not_tell_a_name(small: Path) -> None:
    """Whoever has the row and guesses the name finds it by no digest: the file's own is nowhere."""
    shown = str(origins(built(small)))
    for path in (small / "annotations").rglob("*.json"):
        data = path.read_bytes()
        assert sha256(data).hexdigest() not in shown
        published = data.replace('"Alice Müller"'.encode(), b'"annotator-2"')
        assert published != data
        assert sha256(published).hexdigest() in shown


def test_pseudonyms_stay_when_annotators_come_and_go(small: Path) -> None:
    built(small)
    shutil.copytree(small / "annotations/Alice Müller", small / "annotations/Zoe")
    for path in (small / "annotations/Zoe").glob("*.json"):
        path.write_text(path.read_text().replace("Alice Müller", "Zoe"))
    shutil.rmtree(small / "annotations/bob")
    built(small)
    lock = {"bob": "annotator-1", "Alice Müller": "annotator-2", "Zoe": "annotator-3"}
    assert json.loads((small / LOCK).read_text())["annotators"] == lock


def test_a_pseudonym_may_be_given_by_hand(small: Path) -> None:
    one = tree(built(small))
    text = (small / LOCK).read_text()
    (small / LOCK).write_text(text.replace("annotator-1", "expert"))
    dist = built(small)
    assert "expert" in {row["annotator"] for row in origins(dist)}
    assert dataset_builder.verify(dist).diagnostics == ()
    fresh = tree(built(small, incremental=False))
    assert tree(dist) == fresh != one
    (small / LOCK).write_text(text.replace("annotator-1", "annotator-2"))
    with pytest.raises(UsageError, match="gives 'annotator-2' to two of them"):
        built(small)
    for bad in (
        "[]",
        '{"version": 1}',
        '{"version": 2, "annotators": {}}',
        "{",
        '{"version": 1, "annotators": {"a": "a/b"}}',
    ):
        (small / LOCK).write_text(bad)
        with pytest.raises(UsageError, match="the lock file of the annotators"):
            built(small)


def test_a_lock_that_must_be_complete_is_asked_for(small: Path) -> None:
    with pytest.raises(UsageError, match=r"annotators\.lock\.json is out of date"):
        built(small, locked=True)
    built(small)
    built(small, locked=True)


def test_workers_and_rebuilds_do_not_show(small: Path, tmp_path: Path) -> None:
    first = tree(built(small, jobs=1, output=tmp_path / "one"))
    assert first == tree(built(small, jobs=2, output=tmp_path / "two"))
    path = small / "annotations/Alice Müller/night-bus-stays.json"
    path.write_text(path.read_text() + "\n")
    again = tree(built(small, output=tmp_path / "one"))
    assert again == tree(built(small, output=tmp_path / "three", incremental=False)) != first


def test_names_are_published_where_the_configuration_says_so(small: Path) -> None:
    configuration = small / "dataset.toml"
    configuration.write_text(configuration.read_text() + '\n[annotators]\npublished = "names"\n')
    rows = origins(built(small))
    assert {row["annotator"] for row in rows if row["part"] == "annotation"} == {"Alice Müller", "bob"}
    assert not (small / LOCK).exists()
    for row in rows:
        if row["line"] is None:
            assert sha256((small / row["file"]).read_bytes()).hexdigest() == row["sha256"]


def test_the_statement_is_what_in_toto_takes(dist: Path) -> None:
    why = "in-toto-attestation is missing; `make test` installs it"
    types = pytest.importorskip("in_toto_attestation.v1.statement", reason=why)
    predicate = pytest.importorskip("in_toto_attestation.predicates.provenance.v1.provenance_pb2", reason=why)
    parse = pytest.importorskip("google.protobuf.json_format", reason=why).Parse
    document = json.loads((dist / "statement.json").read_text())
    statement = parse(json.dumps(document), type(types.Statement([], "", {}).pb)())
    types.Statement.copy_from_pb(statement).validate()
    parse(json.dumps(document["predicate"]), predicate.Provenance())
    files = {path for path in tree(dist) if path != "statement.json"}
    assert {each["name"] for each in document["subject"]} == files
    for each in document["subject"]:
        assert each["digest"] == {"sha256": sha256((dist / each["name"]).read_bytes()).hexdigest()}


def key(folder: Path, name: str) -> tuple[Path, Path]:
    """A new key, and a file of signers with its owner alone."""
    program = shutil.which("ssh-keygen")
    if program is None:
        pytest.skip("absent: ssh-keygen; install openssh-client")
    path = folder / name
    subprocess.run([program, "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
    signers = folder / f"{name}.signers"
    signers.write_text(f"{name}@example.org {path.with_suffix('.pub').read_text()}")
    return path, signers


def test_a_build_is_signed_and_verified_by_openssh_itself(dist: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dist, tmp_path / "dist"))
    own, signers = key(tmp_path, "amy")
    _, others = key(tmp_path, "zoe")
    codes = lambda file: [found.code for found in dataset_builder.verify(copy, signers=file).diagnostics]  # noqa: E731
    assert codes(signers) == ["REL026"]
    assert dataset_builder.sign(copy, own) == copy / "statement.json.sig"
    assert (codes(signers), codes(others), codes(None)) == ([], ["REL026"], [])
    verified = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "amy@example.org", "-n", "dataset-builder"]
    verified += ["-s", copy / "statement.json.sig"]
    statement = (copy / "statement.json").read_bytes()
    assert subprocess.run(verified, input=statement, check=False, capture_output=True).returncode == 0
    assert subprocess.run(verified, input=statement + b" ", check=False, capture_output=True).returncode != 0
    (copy / "statement.json").write_bytes(statement + b"\n")
    assert codes(signers) == ["REL026"]
    (copy / "statement.json").write_bytes(statement)
    (copy / "statement.json.sig").write_text("no signature")
    assert codes(signers) == ["REL026"]


def test_a_signature_for_something_else_does_not_count(dist: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(dist, tmp_path / "dist"))
    own, signers = key(tmp_path, "amy")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", own, "-n", "git", copy / "statement.json"], check=True)
    assert (copy / "statement.json.sig").is_file()
    assert [found.code for found in dataset_builder.verify(copy, signers=signers).diagnostics] == ["REL026"]


def test_what_cannot_sign_is_said(dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copytree(dist, tmp_path / "dist"))
    own, _ = key(tmp_path, "amy")
    with pytest.raises(UsageError, match="is no file"):
        dataset_builder.sign(copy, tmp_path / "nobody")
    with pytest.raises(UsageError, match="can't sign"):
        dataset_builder.sign(copy, copy / "README.md")
    with pytest.raises(UsageError, match="is no file"):
        dataset_builder.verify(copy, signers=tmp_path / "nobody")
    assert not (copy / "statement.json.sig").exists()
    (copy / "README.md").write_text("changed")
    with pytest.raises(dataset_builder.FindingsError, match="it isn't signed"):
        dataset_builder.sign(copy, own)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="there is no ssh-keygen here"):
        dataset_builder.sign(dist, own)


def test_a_signature_outlives_a_build_in_which_nothing_changed_and_is_published(tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "project")
    dist = built(folder)
    own, signers = key(tmp_path, "amy")
    signature = dataset_builder.sign(dist, own).read_bytes()
    assert (built(folder) / "statement.json.sig").read_bytes() == signature
    dataset_builder.publish(dist, tmp_path / "published")
    target = tmp_path / "published/v0.1.0"
    assert dataset_builder.verify(target, signers=signers).diagnostics == ()
    card = folder / "DATASET_CARD.md"
    card.write_text(card.read_text() + "\nMore.\n")
    assert not (built(folder) / "statement.json.sig").exists()  # it was of another build
