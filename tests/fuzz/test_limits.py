"""Input made to exhaust: it is refused or reported, in memory that is bounded, and every finding counts."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from dataset_builder.model.source import Source
from dataset_builder.read.toml import read_toml

BASE = Path(__file__).parents[1] / "rules" / "base"
MILL = "annotations/ada/mill.json"
LARGE = 1 << 26

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="absent: Linux, where memory can be limited")

# Memory is limited to what the process has once everything is loaded, and so much more.
CHECK = """
import json, resource, sys
from pathlib import Path
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.opening import open_project

clean, root, megabytes = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
check(open_project(clean))
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + (megabytes << 20),) * 2)
resource.setrlimit(resource.RLIMIT_FSIZE, (512 << 20,) * 2)
result = check(open_project(root))
counts = {}
for found in result.diagnostics:
    counts[found.code] = counts.get(found.code, 0) + 1
first = {found.code: found.message for found in reversed(result.diagnostics)}
messages = [found.message for found in result.diagnostics[:100]]
print(json.dumps({"counts": counts, "first": first, "messages": messages, "summary": result.summary.as_json()}))
"""


@pytest.fixture
def checked(tmp_path):
    """What checking the base project with other files in it finds, given so many megabytes and a minute."""

    def check(files, megabytes):
        clean, root = tmp_path / "clean", tmp_path / "project"
        for folder in (clean, root):
            shutil.copytree(BASE, folder, ignore=shutil.ignore_patterns(".*"))
        for name, data in files.items():
            (root / name).write_bytes(data if isinstance(data, bytes) else data.encode())
        command = [sys.executable, "-c", CHECK, str(clean), str(root), str(megabytes)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return check


def mill(**changes):
    return json.dumps({**json.loads((BASE / MILL).read_text(encoding="utf-8")), **changes})


def gz(data, times):
    return gzip.compress(data, mtime=0) * times


def zst(data, times):
    return bytes(pa.compress(data, "zstd", asbytes=True)) * times


@pytest.mark.parametrize(("pack", "times"), [(gz, 4), (zst, 16)])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(checked, pack, times):
    data = pack(b"a" * LARGE, times)
    assert len(data) < 1 << 19
    found = checked({f"seeds/bomb.jsonl.{pack.__name__}": data}, 300)
    assert found["counts"]["CFG009"] == 1
    assert "unpacks to more than" in found["first"]["CFG009"]


def test_nesting_length_and_digits_are_refused_where_they_get_too_many(checked):
    configuration = (BASE / "dataset.toml").read_text(encoding="utf-8") + "\n[limits]\nbytes = 3_000_000\n"
    files = {
        "dataset.toml": configuration,
        MILL: "[" * 1_000_000,
        "annotations/links/same-day.json": '[{"":' * 500_000,
        "annotations/ada/ferry.json": '{"a":' * 500_000,
        "seeds/mill.json": '{"words": %s}\n' % ("9" * 1_000_000),
        "seeds/ferry.json": '{"words": 1e%s}\n' % ("9" * 1_000_000),
        "seeds/vault.json": '{"words": 0.%s1}\n' % ("0" * 1_000_000),
        "seeds/p.jsonl": b"[" * LARGE,
    }
    found = checked(files, 200)
    assert {code: count for code, count in found["counts"].items() if code.startswith("JSN")} == {
        "JSN004": 3,  # a number that no 64 bits hold
        "JSN008": 3,  # too deep
        "JSN009": 1,  # too long a line
    }
    assert found["first"]["JSN009"] == "the record is larger than 3,000,000 bytes"


def test_a_schema_too_deep_is_refused(checked):
    assert checked({"schema/link.schema.json": '{"not":' * 300_000}, 100)["counts"] == {"JSN008": 1}


def test_schemas_that_unfold_to_too_many_or_too_deep_ones_are_refused(checked):
    twice = [{"properties": {"a": {"$ref": f"#/$defs/{n + 1}"}, "b": {"$ref": f"#/$defs/{n + 1}"}}} for n in range(40)]
    both = [{"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(40)]
    chain = [{"$ref": f"#/$defs/{n + 1}"} for n in range(500)]
    names = ("article", "annotation", "link")
    files = {
        f"schema/{name}.schema.json": json.dumps({"$ref": "#/$defs/0", "$defs": dict(enumerate([*schemas, True]))})
        for name, schemas in zip(names, (twice, both, chain), strict=True)
    }
    found = checked(files, 200)
    assert found["counts"] == {"SCH001": 3}
    assert ["20,000" in message for message in found["messages"]] == [True, True, False]  # by file


def test_a_schema_may_nest_no_deeper_than_what_judges_it_can(checked):
    configuration = (BASE / "dataset.toml").read_text(encoding="utf-8") + "\n[limits]\ndepth = 200\n"
    deep = '{"not":' * 400 + "{}" + "}" * 400
    found = checked({"dataset.toml": configuration, "schema/link.schema.json": deep}, 100)
    assert found["counts"] == {"JSN008": 1}


def test_a_million_digits_in_the_configuration_are_refused():
    document = read_toml(b"seed = " + b"9" * 1_000_000, Source("dataset.toml"))
    assert [flaw.kind for flaw in document.flaws] == ["config-syntax"]


def test_many_findings_are_all_counted_in_memory_in_proportion(checked):
    unknown = {f"x{number}": number for number in range(2_000)}
    twice = "{" + ",".join(['"a":1'] * 30_001) + "}"
    found = checked({MILL: mill(**unknown), "annotations/ada/ferry.json": twice}, 300)
    assert found["counts"]["SCH103"] == 2_000 + 1
    assert found["counts"]["JSN002"] == 30_000
    assert found["summary"]["errors"] == sum(found["counts"].values()) - found["summary"]["notes"]


def test_many_spans_of_one_record_are_proven(checked):
    spans = [{"id": f"e{n}", "start": n % 3, "end": 3, "type": ("person", "place", "thing")[n % 3]} for n in range(3)]
    many = [{**spans[n % 3], "id": f"e{n}", "quote": "Ada"[n % 3 :]} for n in range(5_000)]
    assert checked({MILL: mill(entities=many, relations=[])}, 400)["summary"]["errors"] == 0


def test_patterns_that_take_others_years_are_run(checked):
    patterns = ["^(a+)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y", "(a?){500}a{500}$"]
    article = json.loads((BASE / "seeds/mill.json").read_text(encoding="utf-8"))
    changed = json.dumps({**article, "event": "ax" * 20_000 + "!"})
    found = checked({**with_patterns(patterns), "seeds/mill.json": changed}, 300)
    assert found["counts"]["SCH106"] >= len(patterns)


def test_patterns_that_cannot_be_run_are_refused_with_the_reason(checked):
    patterns = {
        "(?<=a)b": "look-around or a back-reference",
        r"(a)\1": "look-around or a back-reference",
        "[z-a]": "no ECMA-262 pattern",
        "((a{1000}){1000}){1000}": "too many repeats",
        "(" * 5000 + ")" * 5000: "too many repeats",
    }
    found = checked(with_patterns(list(patterns)), 300)
    assert found["counts"] == {"SCH007": len(patterns)}
    for message, reason in zip(found["messages"], patterns.values(), strict=True):
        assert reason in message
        assert len(message) < 200


def with_patterns(patterns):
    schema = json.loads((BASE / "schema/article.schema.json").read_text(encoding="utf-8"))
    schema["properties"]["event"]["allOf"] = [{"pattern": pattern} for pattern in patterns]
    return {"schema/article.schema.json": json.dumps(schema, indent=1)}
