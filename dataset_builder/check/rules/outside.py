"""FMT: what is wrong with files of other formats, as an import finds it."""

from collections.abc import Iterator

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import FlawView
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_TEXT, _ANN = "outside/mill.txt", "outside/mill.ann"
_SAID = "Ada met Bo.\n"


def _brat(annotations: str, *, line: int = 1, text: str | bytes = _SAID, at: str = _ANN) -> Case:
    """A brat collection of one document with that annotation file."""
    return Case(by="import", files={_TEXT: text, _ANN: annotations}, at=(at, line, 1))


@rule(
    "FMT001",
    "outside-unreadable",
    looks=Looks.AT_FLAW,
    kinds=("import-unreadable",),
    broken=_brat("T1\tPER 0 3\tAda\n", text=b"Ada met B\xf6.\n", at=_TEXT),
)
def outside_unreadable(view: FlawView) -> Iterator[Finding]:
    """A file that is to be imported can't be read: it isn't UTF-8, is too large, or a link leads out of the source.

    **Why it matters.** Offsets count characters. Of bytes in an unknown encoding nobody knows which those are.

    **How to fix it.** Convert the file to UTF-8, and put files themselves in the place of links to them.
    """
    yield view.finding()


@rule(
    "FMT002",
    "outside-syntax",
    looks=Looks.AT_FLAW,
    kinds=("import-syntax",),
    broken=_brat("T1\tPER 0 3\tAda\nT2\tPER x\tBo\n", line=2),
)
def outside_syntax(view: FlawView) -> Iterator[Finding]:
    """A line or a record isn't what its format says it is.

    **Why it matters.** What it was to say is not known, so it was left out of what came in.

    **How to fix it.** Correct it in the source, and import again.
    """
    yield view.finding()


@rule(
    "FMT003",
    "outside-range",
    looks=Looks.AT_FLAW,
    kinds=("import-range",),
    broken=_brat("T1\tPER 0 30\tAdam\n"),
)
def outside_range(view: FlawView) -> Iterator[Finding]:
    """A span doesn't lie in its text, or ends before it begins, and what it is said to cover stands nowhere.

    **Why it matters.** Mostly the text is another than the one that was annotated. The item was left out, and so was
    what refers to it.

    **How to fix it.** Find the text that the annotations were made on.
    """
    yield view.finding()


@rule(
    "FMT004",
    "outside-quote",
    looks=Looks.AT_FLAW,
    kinds=("import-quote",),
    broken=_brat("T1\tPER 0 3\tEve\n"),
)
def outside_quote(view: FlawView) -> Iterator[Finding]:
    """A span covers another text than the file says, and what the file says stands nowhere or in several places.

    **Why it matters.** Either the offsets are wrong or the text has changed. The item was left out rather than put in
    the wrong place, and so was what refers to it.

    **How to fix it.** Correct the offsets or the quoted text in the source.
    """
    yield view.finding()


@rule(
    "FMT005",
    "outside-repaired",
    looks=Looks.AT_FLAW,
    kinds=("import-unit", "import-moved", "import-fragments", "import-loose"),
    severity=Severity.WARNING,
    broken=_brat("T1\tPER 1 4\tAda\n"),
)
def outside_repaired(view: FlawView) -> Iterator[Finding]:
    """Something was not quite right, and there was only one way to read it: offsets in another unit, say.

    **Why it matters.** What came in is not to the letter what the file says.

    **How to fix it.** Look whether the repair is what was meant. To silence it, correct the source.
    """
    yield view.finding()


@rule(
    "FMT006",
    "outside-dangling",
    looks=Looks.AT_FLAW,
    kinds=("import-dangling",),
    broken=_brat("T1\tPER 0 3\tAda\nR1\tmet Arg1:T1 Arg2:T2\n", line=2),
)
def outside_dangling(view: FlawView) -> Iterator[Finding]:
    """A relation, an event, an attribute or a note refers to something that isn't there, or that was refused.

    **Why it matters.** Half of a relation says nothing. It was left out.

    **How to fix it.** Delete it in the source, or bring back what it refers to.
    """
    yield view.finding()


@rule(
    "FMT007",
    "outside-duplicate-id",
    looks=Looks.AT_FLAW,
    kinds=("import-duplicate-id",),
    broken=_brat("T1\tPER 0 3\tAda\nT1\tPER 8 10\tBo\n", line=2),
)
def outside_duplicate_id(view: FlawView) -> Iterator[Finding]:
    """Two items of a record have the same id.

    **Why it matters.** What refers to the id may mean either. The first was taken, the other left out.

    **How to fix it.** Give the second another id, and see what refers to it.
    """
    yield view.finding()


@rule(
    "FMT008",
    "outside-no-text",
    looks=Looks.AT_FLAW,
    kinds=("import-no-text",),
    broken=Case(
        by="import", files={_TEXT: _SAID, "outside/fair.ann": "T1\tPER 0 3\tAda\n"}, at=("outside/fair.ann", 1, 1)
    ),
)
def outside_no_text(view: FlawView) -> Iterator[Finding]:
    """There are annotations, but not the text that they are on.

    **Why it matters.** Offsets without a text say nothing. The annotations were left out.

    **How to fix it.** Put the text beside them, under the same name.
    """
    yield view.finding()


@rule(
    "FMT009",
    "outside-text",
    looks=Looks.AT_FLAW,
    kinds=("import-text",),
    broken=_brat("", text="\n", at=_TEXT),
)
def outside_text(view: FlawView) -> Iterator[Finding]:
    """A text is empty or blank, or has half of a surrogate pair in it, so that it can't be an article's.

    **Why it matters.** There is nothing in it that could be annotated, or it can't be written as UTF-8.

    **How to fix it.** Take it out of the source, or find what it was.
    """
    yield view.finding()


@rule(
    "FMT010",
    "outside-undeclared",
    looks=Looks.AT_FLAW,
    kinds=("import-undeclared",),
    severity=Severity.WARNING,
    broken=Case(
        by="import",
        files={_TEXT: _SAID, _ANN: "T1\tPRS 0 3\tAda\n", "outside/annotation.conf": "[entities]\nPER\n"},
        at=(_ANN, 1, 1),
    ),
)
def outside_undeclared(view: FlawView) -> Iterator[Finding]:
    """A label, role or value is used that the source's own configuration doesn't declare.

    **Why it matters.** Mostly it is misspelt, or stems from an older version of the guidelines. It came in as it is, as
    a label of its own.

    **How to fix it.** Correct it in the source, or declare it in its configuration.
    """
    yield view.finding()


@rule(
    "FMT011",
    "outside-kept",
    looks=Looks.AT_FLAW,
    kinds=("import-kept", "import-repeated"),
    severity=Severity.WARNING,
    broken=_brat("T1\tPER 0 3\tAda\nX1\tsomething else\n", line=2),
)
def outside_kept(view: FlawView) -> Iterator[Finding]:
    """Something has no place in a typed column, and was kept as it is under `extra`.

    **Why it matters.** It is not lost, but nothing checks it, and a column of JSON is all there is of it.

    **How to fix it.** If it matters, give it a column: extend the schema and move it there.
    """
    yield view.finding()


@rule(
    "FMT012",
    "outside-edited",
    looks=Looks.AT_FLAW,
    kinds=("import-edited",),
    broken=Case(by="import"),
)
def outside_edited(view: FlawView) -> Iterator[Finding]:
    """A file of the project would be overwritten that this import didn't make, or that a hand has changed since.

    **Why it matters.** Work would be lost. So nothing at all was written.

    **How to fix it.** Take the change back, or take it to the source; or import with `--force`, which overwrites the
    file.
    """
    yield view.finding()


@rule(
    "FMT013",
    "outside-configuration",
    looks=Looks.AT_FLAW,
    kinds=("import-configuration",),
    severity=Severity.WARNING,
    broken=Case(
        by="import",
        files={_TEXT: _SAID, "outside/annotation.conf": "[entities]\nPER\n[colours]\nred\n"},
        at=("outside/annotation.conf", 3, 1),
    ),
)
def outside_configuration(view: FlawView) -> Iterator[Finding]:
    """The source's own configuration says something that can't be understood.

    **Why it matters.** Labels that it declares may be missing from the schema.

    **How to fix it.** Correct it, or add what is missing to the schema.
    """
    yield view.finding()


@rule(
    "FMT014",
    "outside-point",
    looks=Looks.AT_FLAW,
    kinds=("import-point",),
    severity=Severity.NOTE,
    broken=_brat("T1\tPER 3 3\t\n"),
)
def outside_point(view: FlawView) -> Iterator[Finding]:
    """A span covers nothing.

    **Why it matters.** A span of a project covers something. So the item is in a layer of its own, whose name ends with
    `_points`, and has a place, `at`, instead of start and end.

    **How to fix it.** Nothing has to be done if a place is meant. Else correct the source.
    """
    yield view.finding()


@rule(
    "FMT015",
    "outside-not-held",
    looks=Looks.AT_FLAW,
    kinds=("export-lost", "export-changed"),
    severity=Severity.WARNING,
    broken=Case(by="export"),
)
def outside_not_held(view: FlawView) -> Iterator[Finding]:
    """The format of an export can't hold something, and it was left out or written otherwise.

    **Why it matters.** What is read back from the export is not all that the project says.

    **How to fix it.** Choose a format that can hold it, or do without.
    """
    yield view.finding()


RULES = (
    outside_unreadable,
    outside_syntax,
    outside_range,
    outside_quote,
    outside_repaired,
    outside_dangling,
    outside_duplicate_id,
    outside_no_text,
    outside_text,
    outside_undeclared,
    outside_kept,
    outside_edited,
    outside_configuration,
    outside_point,
    outside_not_held,
)
