"""CFG: the configuration, and what the file system keeps from us."""

from collections.abc import Iterator
from difflib import get_close_matches

from dataset_builder.check.corpus_view import CorpusView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.selection_view import ConfigurationView, FindingsView
from dataset_builder.check.view import FlawView
from dataset_builder.check.wording import either, quoted
from dataset_builder.model.diagnostic import Place, Severity

__all__ = ["RULES", "unused_ignore"]

_FILE = "dataset.toml"
_LAST = 'languages = ["en"]\n'


def _ignoring(code: str, more: str = "") -> Case:
    """A configuration that ignores `code`."""
    lines = f'[[check.ignore]]\ncodes = ["{code}"]\n{more}reason = "as the guidelines have it"\n'
    return Case(edits={_FILE: (_LAST, lines)}, at=(_FILE, 6, 10))


@rule(
    "CFG001",
    "config-syntax",
    looks=Looks.AT_FLAW,
    kinds=("config-syntax",),
    broken=Case(edits={_FILE: ('name = "river-notes"', "name = river-notes")}, at=(_FILE, 1, 8)),
)
def config_syntax(view: FlawView) -> Iterator[Finding]:
    """The configuration is not TOML.

    **Why it matters.** Nothing else can be checked before the configuration can be read.

    **How to fix it.** Mend the line that is named. Strings stand in quotation marks (`name = "river-notes"`), a table
    begins with its name in brackets (`[splits]`), and no key is given twice.
    """
    yield view.finding(help="strings stand in quotation marks, and no key is given twice")


@rule(
    "CFG002",
    "config-unknown-key",
    looks=Looks.AT_FLAW,
    kinds=("config-unknown-key",),
    broken=Case(edits={_FILE: ("languages", "langauges")}, at=(_FILE, 5, 1)),
)
def config_unknown_key(view: FlawView) -> Iterator[Finding]:
    """The configuration has a key that means nothing.

    **Why it matters.** A misspelt key would be passed over in silence, and the default would count in its place.

    **How to fix it.** Write the key as it is suggested, or take it out.
    """
    yield view.finding()


@rule(
    "CFG003",
    "config-value",
    looks=Looks.AT_FLAW,
    kinds=("config-value",),
    broken=Case(edits={_FILE: ('"1.0.0"', '"1.0"')}, at=(_FILE, 3, 11)),
)
def config_value(view: FlawView) -> Iterator[Finding]:
    """The configuration gives a key a value that it can't have.

    **Why it matters.** The build would do something else than what was asked for.

    **How to fix it.** Give it a value of the kind that the message names.
    """
    yield view.finding()


@rule(
    "CFG004",
    "config-missing-key",
    looks=Looks.AT_FLAW,
    kinds=("config-missing-key",),
    broken=Case(edits={_FILE: ('license = "CC-BY-4.0"\n', "")}, at=(_FILE, 1, 1)),
)
def config_missing_key(view: FlawView) -> Iterator[Finding]:
    """The configuration lacks a key that has no default.

    **Why it matters.** A dataset needs a name, a title, a version and a licence before anyone can use it.

    **How to fix it.** Add the key that the message names.
    """
    yield view.finding()


@rule(
    "CFG005",
    "config-path",
    looks=Looks.AT_FLAW,
    kinds=("config-path",),
    broken=Case(
        edits={_FILE: ('languages = ["en"]\n', '[paths]\narticles = "../elsewhere"\n')},
        at=(_FILE, 6, 12),
    ),
)
def config_path(view: FlawView) -> Iterator[Finding]:
    """The configuration names a path that leaves the project, or a path or URL that can't be used.

    **Why it matters.** A dataset is built from what lies in its repository, or where a URL says for every machine;
    anything else is missing on every other one, and what a build replaces must not lie there.

    **How to fix it.** Give the path relative to the project's folder, with `/` and without `..`, and move what it
    names into the project. Articles, annotations, links and output may be at a URL of `s3://`, `gs://`, `hf://` or
    `file://`, without credentials or options in it.
    """
    yield view.finding()


@rule(
    "CFG006",
    "no-articles",
    looks=Looks.AT_CORPUS,
    broken=Case(
        files={
            "seeds/ferry.txt": None,
            "seeds/ferry.json": None,
            "seeds/mill.txt": None,
            "seeds/mill.json": None,
            "seeds/vault.json": None,
            "annotations/ada/ferry.json": None,
            "annotations/ada/mill.json": None,
            "annotations/ada/vault.json": None,
            "annotations/links/same-day.json": None,
        },
        at=("seeds", None, None),
    ),
)
def no_articles(view: CorpusView) -> Iterator[Finding]:
    """The project has no articles.

    **Why it matters.** A dataset without rows can't be loaded; more likely the articles lie elsewhere.

    **How to fix it.** Put texts into the folder that `paths.articles` names: `<id>.txt` with `<id>.json` beside it,
    or packed as `*.jsonl`.
    """
    if view.article_count == 0 and "article" not in view.unread:
        folder = view.project.paths.articles
        yield Finding(
            message="there are no articles here",
            place=Place(file=folder),
            help=f"put texts into {folder}/ as <id>.txt or packed as *.jsonl, or let paths.articles name their folder",
        )


@rule(
    "CFG007",
    "path-outside",
    looks=Looks.AT_FLAW,
    kinds=("outside",),
    broken=Case(symlinks={"seeds/stray.txt": "/dev/null"}, at=("seeds/stray.txt", 1, 1)),
)
def path_outside(view: FlawView) -> Iterator[Finding]:
    """A symbolic link below the project's folders leads out of the project, or to a folder.

    **Why it matters.** Git stores where the link points to, not what is there: on another machine the file is missing
    or, worse, another one.

    **How to fix it.** Put the file itself in the link's place.
    """
    yield view.finding(help="put the file itself in the link's place")


@rule(
    "CFG008",
    "unreadable",
    looks=Looks.AT_FLAW,
    kinds=("unreadable",),
    broken=Case(symlinks={"seeds/lost.txt": "nowhere.txt"}, at=("seeds/lost.txt", 1, 1)),
)
def unreadable(view: FlawView) -> Iterator[Finding]:
    """A file, folder or object is there but can't be read, as an object whose name no file can have.

    **Why it matters.** What can't be read can't be checked or published; leaving it out would be a silent loss.

    **How to fix it.** Give yourself the permission to read it, mend or remove the broken link, give the object another
    name, or take it out of the project.
    """
    yield view.finding(help="mend the link or the file's permissions, or take it out of the project")


@rule(
    "CFG009",
    "compression",
    looks=Looks.AT_FLAW,
    kinds=("compression",),
    broken=Case(files={"seeds/more.jsonl.gz": b"not gzip"}, at=("seeds/more.jsonl.gz", 1, 1)),
)
def compression(view: FlawView) -> Iterator[Finding]:
    """A packed file can't be unpacked: it is damaged, cut off, or not compressed as its name says.

    **Why it matters.** None of its records can be read.

    **How to fix it.** Compress the file again (`gzip` for `.gz`, `zstd` for `.zst`), or fetch it again from where it
    came from. A Git LFS pointer in its place means that `git lfs pull` has not been run.
    """
    yield view.finding(help="compress it again, or fetch it again; run `git lfs pull` if it is a Git LFS pointer")


@rule(
    "CFG010",
    "no-schema",
    looks=Looks.AT_FLAW,
    kinds=("no-schema",),
    broken=Case(files={"schema/annotation.schema.json": None}, at=("schema/annotation.schema.json", 1, 1)),
)
def no_schema(view: FlawView) -> Iterator[Finding]:
    """The project has records of a kind for which it has no schema.

    **Why it matters.** The schema says what a record may hold and which columns it becomes; without one, nothing in
    the records would be checked or published.

    **How to fix it.** Write the schema that the message names; `dataset-builder init` makes one to start from.
    """
    yield view.finding(help="`dataset-builder init` in an empty folder writes one to start from")


@rule(
    "CFG011",
    "unknown-code",
    looks=Looks.AT_CONFIGURATION,
    broken=_ignoring("SPM009"),
    clean=Case(edits={_FILE: (_LAST, '[[check.select]]\ncodes = ["SPN009", "REF"]\nreason = "first things first"\n')}),
)
def unknown_code(view: ConfigurationView) -> Iterator[Finding]:
    """The configuration selects or ignores findings of a code that no rule has.

    **Why it matters.** What is meant would be reported, or passed over, against what the configuration seems to say.

    **How to fix it.** Write a rule's code (`SPN009`), or a family's (`SPN`), as findings show it. A rule that is gone
    needs no ignore.
    """
    families = {code[:3] for code in view.severities}
    known = [*sorted(families), *view.severities]
    for choice in (*view.options.select, *view.options.ignore):
        if choice.code not in known:
            near = get_close_matches(choice.code.upper(), known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"codes are like {next(iter(view.severities))}"
            message = f"no rule or family has the code {quoted(choice.code)}"
            yield Finding(message=message, place=choice.place, help=meant)


@rule(
    "CFG012",
    "ignored-error",
    looks=Looks.AT_CONFIGURATION,
    broken=_ignoring("SPN003"),
)
def ignored_error(view: ConfigurationView) -> Iterator[Finding]:
    """The configuration ignores findings that can't be ignored: errors.

    A family (`SPN`) stands for its warnings and notes; one that has none can't be ignored either, nor can CFG013, which
    says that an ignore is of no use.

    **Why it matters.** An error means that the build would be wrong, whatever the reason. What is built without one has
    been checked in full.

    **How to fix it.** Mend what the rule finds, and take the code out. `check --ignore CODE` hides findings for once
    without building on them.
    """
    for choice in view.options.ignore:
        meant = [code for code in view.severities if code.startswith(choice.code)]
        left = [code for code in meant if view.severities[code] is not Severity.ERROR and code != unused_ignore.code]
        if meant and not left:
            if choice.code == unused_ignore.code:
                message, remedy = "an ignore that is of no use can't be ignored", "take that one out, and this one too"
            else:
                message = f"findings of {choice.code} are errors, which can't be ignored: the build would be wrong"
                remedy = "take it out, and mend what the rule finds"
            yield Finding(message=message, place=choice.place, help=remedy)


@rule(
    "CFG013",
    "unused-ignore",
    looks=Looks.AT_FINDINGS,
    severity=Severity.WARNING,
    broken=_ignoring("SPN009"),
)
def unused_ignore(view: FindingsView) -> Iterator[Finding]:
    """The configuration ignores findings that there are none of.

    This is said only where there is no error, as errors may hide what the ignore is for. Where texts are absent, it is
    not said of what only a text shows, and never of the card, which `check` doesn't look at.

    **Why it matters.** What was ignored has been mended, or its files have moved. An ignore that stays hides whatever
    comes to fall under it, though nobody ever gave a reason for that.

    **How to fix it.** Take the code out, and the ignore with its last one. If it should still ignore something, correct
    the code or the `paths`: `annotations/a2/**` means all files below that folder, the folder's name alone none.
    """
    for choice in view.unused:
        where = f" in {either(choice.paths)}" if choice.paths else ""
        yield Finding(
            message=f"nothing is ignored by this: there is no finding of {choice.code}{where}",
            place=choice.place,
            help="take it out, or correct it if it should still ignore something",
        )


@rule(
    "CFG014",
    "passed-over",
    looks=Looks.AT_FLAW,
    severity=Severity.WARNING,
    kinds=("passed-over",),
    broken=Case(files={"seeds/quay.TXT": "Nobody reads this.\n"}, at=("seeds/quay.TXT", 1, 1)),
    clean=Case(files={"seeds/README.md": "What lies here.\n", "annotations/ada/tool.log": "done\n"}),
)
def passed_over(view: FlawView) -> Iterator[Finding]:
    """A file among the articles or annotations looks like one that holds records, but no such ending is read.

    For example `mill.TXT`, `mill.json.gz` or `all.ndjson`. Files of other kinds, as `README.md`, may lie there: nobody
    takes them for data. So may hidden ones.

    **Why it matters.** Whoever put it there believes that it is published.

    **How to fix it.** Rename it: `.txt` and `.json` for one record, `.jsonl` for one a line, which may be compressed as
    `.jsonl.gz` or `.jsonl.zst`. Or move it out of the project.
    """
    yield view.finding(help="rename it, convert it, or move it elsewhere")


RULES = (
    config_syntax,
    config_unknown_key,
    config_value,
    config_missing_key,
    config_path,
    no_articles,
    path_outside,
    unreadable,
    compression,
    no_schema,
    unknown_code,
    ignored_error,
    unused_ignore,
    passed_over,
)
