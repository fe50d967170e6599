"""Looks for bytes that a target fails on: python tests/fuzz/run.py TARGET [--seconds N]. Needs atheris.

Goes on after a failure, and ends with 1 if there was one. What is found lies in .dataset-builder/fuzz/TARGET: in
reached/ bytes that got to new code, with which the next run begins; in failures/ one file for each place that failed.
"""

import argparse
import re
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
sys.path[0] = str(ROOT)

import atheris  # noqa: E402

with atheris.instrument_imports(include=["dataset_builder"]):
    from tests.fuzz.choices import Choices
    from tests.fuzz.mutate import Mutator, encoded
    from tests.fuzz.projects import EDIT
    from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
FOUND = ROOT / ".dataset-builder" / "fuzz"  # git ignores what is in it
SUITE = ROOT.parent / "shared" / "conformance" / "json-parsing"

_CODE = re.compile(r"code='([A-Z]+[0-9]+)'")
_LONGEST = {"json": 4096, "toml": 4096, "project": 1 + 6 * EDIT}
_MUTATOR = Mutator(["a", "b", "ab", "", "title", "x y"])


def changed_text(data: bytes, most: int, seed: int) -> bytes:
    """`data` changed as the text or the JSON that it is, now and then as mere bytes."""
    random = Random(seed)
    choices = Choices(random.randbytes(64))
    text = data.decode("utf-8", "replace")
    match random.randrange(4):
        case 0 | 1:
            made = _MUTATOR.changed_text(choices, text)
        case 2:
            made = _MUTATOR.changed_json(choices, text)
        case _:
            return atheris.Mutate(data, most)
    return encoded(made)[:most]


def changed_edits(data: bytes, most: int, seed: int) -> bytes:
    """`data` with one of its edits changed, taken out, moved or put in."""
    random = Random(seed)
    edits = [data[start : start + EDIT] for start in range(1, len(data), EDIT)]
    index = random.randrange(len(edits) + 1)
    match random.randrange(5):
        case 0:
            edits.insert(index, random.randbytes(EDIT))
        case 1:
            edits[index : index + 1] = []
        case 2:
            random.shuffle(edits)
        case _:
            kept = (edits[index : index + 1] or [random.randbytes(EDIT)])[0].ljust(EDIT, b"\0")
            at = random.randrange(EDIT)
            edits[index : index + 1] = [kept[:at] + random.randbytes(random.choice([1, 1, 2, 4])) + kept[at + 1 :]]
            edits[index] = edits[index][:EDIT]
    head = data[:1] if data and random.randrange(8) else random.randbytes(1)
    return (head + b"".join(edits))[:most]


class Noting:
    """A target whose failures are written down, one for each place that fails, rather than end the run."""

    def __init__(self, target: Callable[[bytes], None], folder: Path) -> None:
        self._target, self._folder = target, folder
        self._seen: set[tuple[object, ...]] = set()

    def __call__(self, data: bytes) -> None:
        try:
            self._target(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = (type(error), last.filename, last.lineno, *sorted(set(_CODE.findall(str(error)))))
            if place not in self._seen:
                self._seen.add(place)
                self._note(data)

    def _note(self, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / sha256(data).hexdigest()[:16]
        file.write_bytes(data)
        sys.stderr.write(f"==> {file} fails\n")
        traceback.print_exc()


def fuzz(name: str, seconds: int) -> None:
    """Runs the target `name`. Ends the process, with 0 unless an input took too long or too much."""
    own = FOUND / name
    reached = own / "reached"
    reached.mkdir(parents=True, exist_ok=True)
    folders = [reached, CORPUS / name, *([SUITE] if name == "json" and SUITE.is_dir() else [])]
    target = Noting(TARGETS[name], own / "failures")
    limits = [f"-max_total_time={seconds}", "-timeout=60", "-rss_limit_mb=4096", f"-max_len={_LONGEST[name]}"]
    options = [*limits, f"-artifact_prefix={own}/", "-verbosity=0", "-print_final_stats=1"]
    mutator = changed_edits if name == "project" else changed_text
    atheris.Setup([sys.argv[0], *options, *map(str, folders)], target, custom_mutator=mutator)
    atheris.Fuzz()


def main() -> int:
    """The command line. The fuzzing is done in a process of its own, which libFuzzer ends in its own way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        fuzz(options.target, options.seconds)
    failures = FOUND / options.target / "failures"
    shutil.rmtree(failures, ignore_errors=True)
    code = subprocess.run([sys.executable, *sys.argv, "--here"], check=False).returncode
    found = sorted(failures.iterdir()) if failures.exists() else []
    for file in found:
        sys.stderr.write(f"==> {options.target} fails on {file}\n")
    return int(code != 0 or bool(found))


if __name__ == "__main__":
    sys.exit(main())
