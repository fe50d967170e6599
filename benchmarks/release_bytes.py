"""`python -m benchmarks.release_bytes`: what is new in a release in which one article or annotation has changed."""

import json
import os
import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import measure
from benchmarks.pages import pages
from benchmarks.prose import ANNOTATOR
from benchmarks.variants import clear, environment
from benchmarks.workload import WORK, provide_workload

__all__ = ["EDITS", "Share", "compare_tables", "edited", "table_of"]

Record = dict[str, Any]
Edit = Callable[[Record, Record], None]
"""Changes an article (with its text) and its annotation."""


def _relabel(article: Record, annotation: Record) -> None:  # noqa: ARG001 - an Edit
    """Another label of one entity."""
    entity = annotation["entities"][0]
    entity["type"] = "place" if entity["type"] != "place" else "person"


def _remove(article: Record, annotation: Record) -> None:  # noqa: ARG001 - an Edit
    """One item less, so that whatever follows it in the columns moves."""
    annotation["entities"].pop()
    kept = {each["id"] for each in annotation["entities"]}
    for each in (*annotation["quotes"], *annotation["framing"]):
        for name in ("speaker", "target"):
            if each.get(name) not in kept and name in each:
                each[name] = None


def _extend(article: Record, annotation: Record) -> None:
    """One sentence more at the end of the text."""
    article["text"] += "One sentence more.\n"
    digest = sha256(article["text"].encode()).hexdigest()
    article["sha256"] = annotation["text_sha256"] = digest
    article["length"] = len(article["text"])


EDITS: dict[str, Edit] = {"one label": _relabel, "one item less": _remove, "one text longer": _extend}


@dataclass(frozen=True, slots=True)
class Share:
    """What is new in one table, and how much of it the build before held."""

    table: str
    files: int
    size: int  # bytes of all files
    new_files: int
    new_size: int  # bytes of the new files
    pages: int  # of the new files
    pages_held: int  # of these, those that the old files have
    page_bytes_held: int
    footers: int  # bytes of the new files that are of no page: schema, statistics, where pages lie
    xet_new: int | None  # bytes of the new files that the Hub's client would send

    @property
    def held_pages(self) -> float:
        """The part of the pages that the old files have."""
        return self.pages_held / self.pages if self.pages else 1.0

    @property
    def held_bytes(self) -> float:
        """The part of the bytes that lie in such pages."""
        return self.page_bytes_held / self.new_size if self.new_size else 1.0


def main() -> None:
    """Builds, edits, builds again, and prints what is new."""
    parser = ArgumentParser(prog="python -m benchmarks.release_bytes", description="What is new in a small release.")
    parser.add_argument("--size", type=int, default=20_000, help="articles (default: 20000)")
    parser.add_argument("--folder", type=Path, default=WORK, help="where the work is done (default: benchmarks/work)")
    options = parser.parse_args()
    folder = options.folder.absolute()
    project = provide_workload(options.size, "packed", folder=folder)
    old, output, cache = folder / "bytes-old", folder / "bytes-new", folder / "bytes-cache"
    for left in (old, output):
        shutil.rmtree(left, ignore_errors=True)
    clear(project, output, cache)
    _build(project, output, cache, folder)
    shutil.copytree(output, old, copy_function=os.link)
    for name, edit in EDITS.items():
        with edited(project, options.size // 2, edit):
            _build(project, output, cache, folder)
        print(f"\n{options.size:,} articles, {name}:\n\n{table_of(compare_tables(old, output))}")
        print(f"\n{_others(old, output):,} bytes are new beside the tables")


def _build(project: Path, output: Path, cache: Path, folder: Path) -> None:
    command = (sys.executable, "-m", "dataset_builder", "--project", str(project), "build", "--output", str(output))
    measure((*command, "--jobs", "1"), environment=environment(cache), log=folder / "bytes.log")


@contextmanager
def edited(project: Path, number: int, edit: Edit) -> Iterator[None]:
    """Within it, the article `number` of the packed `project` and its annotation are changed by `edit`."""
    start = json.dumps({"id": f"report-{number:07d}"})[:-1].encode()
    seeds = next(path for path in sorted((project / "seeds").iterdir()) if b"\n" + start in b"\n" + path.read_bytes())
    records = project / "annotations" / ANNOTATOR / seeds.name
    before = {path: path.read_bytes() for path in (seeds, records)}
    lines = {path: data.split(b"\n") for path, data in before.items()}
    at = next(at for at, line in enumerate(lines[seeds]) if line.startswith(start))
    article, annotation = json.loads(lines[seeds][at]), json.loads(lines[records][at])  # one line each, in one order
    edit(article, annotation)
    for path, value in ((seeds, article), (records, annotation)):
        lines[path][at] = json.dumps(value, ensure_ascii=False).encode()
        path.write_bytes(b"\n".join(lines[path]))
    try:
        yield
    finally:
        for path, data in before.items():
            path.write_bytes(data)


def compare_tables(old: Path, new: Path) -> list[Share]:
    """What is new in each table of the build `new`, compared with the build `old`."""
    return [_share(old / "data" / folder.name, folder) for folder in sorted((new / "data").iterdir())]


def _share(old: Path, new: Path) -> Share:
    known = {path.name for path in old.iterdir()}
    files = sorted(new.iterdir())
    added = [path for path in files if path.name not in known]  # a name holds the digest
    stems = {path.stem.rpartition("-")[0] for path in added}
    before = [path for path in sorted(old.iterdir()) if path.stem.rpartition("-")[0] in stems]
    held = Counter(page.digest for path in before for page in pages(path))
    found = [page for path in added for page in pages(path)]
    shared = [page for page in found if page.digest in held]
    new_size = _size(added)
    return Share(
        table=new.name,
        files=len(files),
        size=_size(files),
        new_files=len(added),
        new_size=new_size,
        pages=len(found),
        pages_held=len(shared),
        page_bytes_held=sum(page.size for page in shared),
        footers=new_size - sum(page.size for page in found),
        xet_new=_xet(before, added) if added else 0,
    )


def _size(files: list[Path]) -> int:
    return sum(path.stat().st_size for path in files)


_XET = """
import json, sys
import hf_xet
store, *sides = json.loads(sys.argv[1])
session = hf_xet.XetSession()
for side in sides:
    with session.new_upload_commit(endpoint=store) as commit:
        uploads = [commit.start_upload_file(path) for path in side]
    new = sum(upload.result().dedup_metrics.new_bytes for upload in uploads)
print(new)
"""


def _xet(before: list[Path], added: list[Path]) -> int | None:
    """The bytes of `added` that the client of the Hub's storage finds new in a store of this machine with `before`.

    None where `hf_xet`, which `huggingface_hub` brings along, isn't there, or is too old to be asked.
    """
    with TemporaryDirectory(prefix="benchmarks-") as folder:
        asked = [f"local://{folder}/store", *([str(path) for path in side] for side in (before, added) if side)]
        done = subprocess.run(  # noqa: S603 - a program of our own
            [sys.executable, "-c", _XET, json.dumps(asked)],
            env=environment(Path(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
    if re.search(r"No module named 'hf_xet'|has no attribute 'XetSession'", done.stderr):
        return None
    if done.returncode:
        raise RuntimeError(done.stderr)
    return int(done.stdout)


def _others(old: Path, new: Path) -> int:
    """The bytes of files beside the tables that are new, or other than before."""
    before = dict(_beside(old))
    return sum(len(data) for path, data in _beside(new) if before.get(path) != data)


def _beside(build: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(build.rglob("*")):
        name = path.relative_to(build).as_posix()
        if path.is_file() and not name.startswith("data/"):
            yield name, path.read_bytes()


def table_of(shares: list[Share]) -> str:
    """The shares as a table in Markdown."""
    lines = [
        "| table | files | MB | new files | KB | pages held | bytes held | KB for Xet | held by Xet |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for each in shares:
        sent = "–" if each.xet_new is None else f"{each.xet_new / 1e3:,.0f}"
        held = "–" if each.xet_new is None else _part(1 - each.xet_new / (each.new_size or 1), each)
        lines.append(
            f"| `{each.table}` | {each.files} | {each.size / 1e6:,.1f} | {each.new_files} | {each.new_size / 1e3:,.0f} "
            f"| {each.pages_held} of {each.pages} | {_part(each.held_bytes, each)} | {sent} | {held} |"
        )
    return "\n".join(lines)


def _part(part: float, share: Share) -> str:
    return f"{part:.1%}" if share.new_files else "–"


if __name__ == "__main__":
    main()
