"""JSN: the text of a JSON file."""

from collections.abc import Iterator
from dataclasses import replace

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import FlawView
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_FILE = "annotations/ada/mill.json"


@rule(
    "JSN001",
    "syntax",
    looks=Looks.AT_FLAW,
    kinds=("syntax",),
    broken=Case(edits={_FILE: ('"mood": 2,', '"mood": 2')}, at=(_FILE, 6, 12)),
)
def syntax(view: FlawView) -> Iterator[Finding]:
    """The file is not JSON.

    **Why it matters.** Nothing of the file can be read.

    **How to fix it.** Mend the place that is named. A comma stands between two members and none behind the last one;
    names and strings stand in double quotes; JSON has no comments.
    """
    yield view.finding()


@rule(
    "JSN002",
    "duplicate-key",
    looks=Looks.AT_FLAW,
    kinds=("duplicate-key",),
    broken=Case(edits={_FILE: ('"mood": 2,', '"mood": 2,\n  "mood": 3,')}, at=(_FILE, 7, 3)),
)
def duplicate_key(view: FlawView) -> Iterator[Finding]:
    """An object gives the same key twice.

    **Why it matters.** Most programs keep the last value and drop the others without a word, some keep the first:
    what the file says depends on who reads it (RFC 8259, section 4).

    **How to fix it.** Keep the one that is meant.
    """
    first = view.flaw.first
    related = () if first is None else (view.document.place_at(first, view.flaw.pointer, note="the first one is here"),)
    yield view.finding(help="keep the one that is meant", related=related)


@rule(
    "JSN003",
    "not-a-number",
    looks=Looks.AT_FLAW,
    kinds=("not-a-number",),
    broken=Case(edits={_FILE: ('"mood": 2', '"mood": NaN')}, at=(_FILE, 6, 11)),
)
def not_a_number(view: FlawView) -> Iterator[Finding]:
    """A value is NaN or an infinity, which JSON doesn't have.

    **Why it matters.** Python writes such values; other programs refuse the whole file.

    **How to fix it.** Write null, or leave the property out.
    """
    yield view.finding()


@rule(
    "JSN004",
    "number-range",
    looks=Looks.AT_FLAW,
    kinds=("number-range",),
    broken=Case(edits={_FILE: ('"mood": 2', '"mood": 20000000000000000000')}, at=(_FILE, 6, 11)),
)
def number_range(view: FlawView) -> Iterator[Finding]:
    """A number is too large, or too close to zero, for 64 bits.

    **Why it matters.** It would be stored as another number, and programs disagree on which (RFC 7493, section 2.2).

    **How to fix it.** Correct the number; if it is an identifier rather than a quantity, write it as a string.
    """
    yield view.finding(help="if it identifies something, write it as a string")


@rule(
    "JSN005",
    "lone-surrogate",
    looks=Looks.AT_FLAW,
    kinds=("lone-surrogate",),
    broken=Case(edits={_FILE: ('"Checked twice."', r'"Checked \ud83c twice."')}, at=(_FILE, 7, 23)),
)
def lone_surrogate(view: FlawView) -> Iterator[Finding]:
    r"""A string holds one half of a surrogate pair, as in `"\ud83c"`.

    **Why it matters.** It is no character and can't be written as UTF-8. As a rule a program cut a string in the middle
    of an emoji, counting in UTF-16: then offsets beside it are likely to be wrong too.

    **How to fix it.** Write the whole character, as it is or as the pair of its halves (`"\ud83c\udf0a"`).
    """
    yield view.finding(help="write the whole character; check the offsets that the same program wrote")


@rule(
    "JSN006",
    "bom",
    looks=Looks.AT_FLAW,
    kinds=("bom",),
    broken=Case(
        files={
            "annotations/links/same-day.json": b'\xef\xbb\xbf{"id": "a", "kind": "same_event", '
            b'"from": {"article": "mill"}, "to": {"article": "ferry"}}\n'
        },
        at=("annotations/links/same-day.json", 1, 1),
    ),
    fixed={"annotations/links/same-day.json": '{"id": "a"'},
)
def bom(view: FlawView) -> Iterator[Finding]:
    """The file begins with a byte order mark.

    **Why it matters.** JSON texts must not begin with one (RFC 8259, section 8.1), and many programs refuse the file.

    **How to fix it.** Save the file as "UTF-8" rather than "UTF-8 with BOM".
    """
    found = view.finding(help='save the file as "UTF-8" rather than "UTF-8 with BOM"')
    yield replace(found, fix=(view.document.edit(0, 1, ""),))


@rule(
    "JSN007",
    "encoding",
    looks=Looks.AT_FLAW,
    kinds=("encoding",),
    broken=Case(
        files={"annotations/links/same-day.json": b'{\n  "id": "caf\xe9"\n}\n'},
        at=("annotations/links/same-day.json", 2, 13),
    ),
)
def encoding(view: FlawView) -> Iterator[Finding]:
    """The file is not UTF-8.

    **Why it matters.** JSON that is exchanged is UTF-8 (RFC 8259, section 8.1). Read in another encoding, letters turn
    into others.

    **How to fix it.** Open the file in the encoding that it was written in and save it as UTF-8.
    """
    yield view.finding()


@rule(
    "JSN008",
    "depth",
    looks=Looks.AT_FLAW,
    kinds=("depth",),
    broken=Case(edits={_FILE: ('"mood": 2', '"mood": ' + "[" * 70 + "]" * 70)}, at=(_FILE, 6, 74)),
)
def depth(view: FlawView) -> Iterator[Finding]:
    """Values nest deeper than the project allows.

    **Why it matters.** Such files are nearly always damaged, or made to bring a program down.

    **How to fix it.** Flatten the record; if it is meant, raise `limits.depth` in the configuration.
    """
    yield view.finding(help="if it is meant, raise limits.depth in the configuration")


@rule(
    "JSN009",
    "size",
    looks=Looks.AT_FLAW,
    kinds=("size",),
    broken=Case(
        edits={
            "dataset.toml": ('languages = ["en"]\n', "[limits]\nbytes = 3000\n"),
            _FILE: ("Checked twice.", "Checked twice. " * 200),
        },
        at=(_FILE, 1, 1),
    ),
)
def size(view: FlawView) -> Iterator[Finding]:
    """A file, or a record of a packed file, is larger than the project allows.

    **Why it matters.** A record is held in memory as a whole, on every worker.

    **How to fix it.** Split it; if it is meant, raise `limits.bytes` in the configuration.
    """
    yield view.finding(help="if it is meant, raise limits.bytes in the configuration")


@rule(
    "JSN010",
    "trailing-data",
    looks=Looks.AT_FLAW,
    kinds=("trailing-data",),
    broken=Case(
        edits={"annotations/links/same-day.json": ('"noon"}\n}', '"noon"}\n}}')},
        at=("annotations/links/same-day.json", 7, 2),
    ),
)
def trailing_data(view: FlawView) -> Iterator[Finding]:
    """Something follows the value that the file holds.

    **Why it matters.** A JSON file holds one value. What follows is the rest of an edit that went wrong, or a second
    record, which would be lost.

    **How to fix it.** Take out what is too much. Several records belong into several files, or one a line into a
    `.jsonl` file.
    """
    yield view.finding(help="several records belong into several files, or one a line into a .jsonl file")


@rule(
    "JSN011",
    "empty",
    looks=Looks.AT_FLAW,
    kinds=("empty",),
    broken=Case(files={"annotations/links/same-day.json": ""}, at=("annotations/links/same-day.json", 1, 1)),
)
def empty(view: FlawView) -> Iterator[Finding]:
    """The file is empty.

    **Why it matters.** An empty file is no JSON; as a rule it was left behind when saving was interrupted.

    **How to fix it.** Restore it from git, write the record, or delete the file.
    """
    yield view.finding(help="restore it, write the record, or delete the file")


@rule(
    "JSN012",
    "no-final-newline",
    looks=Looks.AT_FLAW,
    severity=Severity.NOTE,
    kinds=("no-final-newline",),
    broken=Case(
        edits={"annotations/links/same-day.json": ('"noon"}\n}\n', '"noon"}\n}')},
        at=("annotations/links/same-day.json", 7, 2),
    ),
    fixed={"annotations/links/same-day.json": '"noon"}\n}\n'},
)
def no_final_newline(view: FlawView) -> Iterator[Finding]:
    """A JSON file doesn't end with a line end.

    **Why it matters.** A line ends with a line end (POSIX); the next editor or tool adds it, and the last line shows as
    changed where nothing was.

    **How to fix it.** Let the editor end files with a line end; `json.dump` of Python writes none of itself.
    """
    document = view.document
    last, end = document.text[-1:], "\r\n" if "\r\n" in document.text else "\n"
    size = len(document.text)
    yield replace(view.finding(), fix=(document.edit(size - 1, size, last + end),))


RULES = (
    syntax,
    duplicate_key,
    not_a_number,
    number_range,
    lone_surrogate,
    bom,
    encoding,
    depth,
    size,
    trailing_data,
    empty,
    no_final_newline,
)
