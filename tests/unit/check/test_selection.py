import re
import shutil
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dataset_builder.check import selection
from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.check.selection import is_asked_for, matches, refused, select, unused
from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.project import CheckOptions, Choice
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.opening import open_project

BASE = Path(__file__).parents[2] / "rules" / "base"
IGNORABLE = [code for code, rule in RULES_BY_CODE.items() if rule.severity is not Severity.ERROR]
MILL, VAULT, TEXT = "annotations/ada/mill.json", "annotations/bob/vault.json", "seeds/mill.txt"


def found(code="SPN009", file=MILL, line=1):
    return Diagnostic(
        code=code, severity=RULES_BY_CODE[code].severity, message="so it is", place=Place(file=file, line=line)
    )


def choice(code="SPN009", *paths, line=1):
    place = Place(file="dataset.toml", line=line, column=10)
    return Choice(code=code, reason="as the guidelines have it", place=place, paths=paths)


def ignoring(*choices):
    return CheckOptions(ignore=choices)


def selecting(*choices):
    return CheckOptions(select=choices)


def whole(findings, options):
    """What a run that looked at everything gives."""
    return select(findings, options, whole=True, texts=True)


def codes(findings):
    return [each.code for each in findings]


def of(*families):
    """The codes of these families that may be ignored."""
    return {code for code in IGNORABLE if code.startswith(families)}


# What is asked for


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (CheckOptions(), True),
        (ignoring(choice()), False),
        (ignoring(choice("SPN")), False),
        (ignoring(choice("SPN010")), True),
        (ignoring(choice("ART")), True),
        (ignoring(choice("SPN009", "annotations/ada/**")), False),
        (ignoring(choice("SPN009", "annotations/bob/**")), True),
        (ignoring(choice("SPN009", "annotations/bob/**", "**/mill.json")), False),
        (ignoring(choice("SPN009", "annotations/bob/**"), choice()), False),
        (selecting(choice()), True),
        (selecting(choice("SPN")), True),
        (selecting(choice("ART")), False),
        (selecting(choice("ART"), choice("SPN")), True),
        (selecting(choice("SPN", "seeds/**")), False),
        (CheckOptions(select=(choice(),), ignore=(choice("SPN"),)), False),
    ],
)
def test_what_is_asked_for(options, asked):
    assert is_asked_for(found(), options) is asked


@pytest.mark.parametrize("code", ["SPN003", "CFG013"])
@pytest.mark.parametrize("options", [ignoring(choice("SPN"), choice("CFG")), selecting(choice("ART"))])
def test_errors_are_always_asked_for_and_so_is_what_is_said_of_ignores(code, options):
    assert is_asked_for(found(code), options)


def test_without_options_findings_are_only_sorted():
    findings = [found(line=3), found("SPN003", line=1), found("ART011", TEXT)]
    assert whole(findings, CheckOptions()) == selection.Selection(
        kept=(findings[1], findings[0], findings[2]), ignored=()
    )


def test_findings_are_divided():
    divided = whole([found(), found("ART011", TEXT), found(file=VAULT)], ignoring(choice("SPN", "annotations/ada/*")))
    assert divided.kept == (found(file=VAULT), found("ART011", TEXT))
    assert divided.ignored == (found(),)


# Ignores that are of no use


def test_an_ignore_under_which_nothing_falls_is_reported_where_it_stands():
    options = ignoring(choice(line=7), choice("SPN009", "seeds/**", line=8), choice("REF008", line=9))
    divided = whole([found()], options)
    assert [(each.code, each.place.line, each.place.column, each.severity) for each in divided.kept] == [
        ("CFG013", 8, 10, "warning"),
        ("CFG013", 9, 10, "warning"),
    ]
    assert 'no finding of SPN009 in "seeds/**"' in divided.kept[0].message
    assert divided.ignored == (found(),)


def test_two_ignores_of_one_finding_are_both_of_use():
    assert unused([found()], ignoring(choice("SPN"), choice("SPN009"), choice("SPN009", "annotations/**"))) == ()


def test_an_ignore_of_what_is_not_selected_is_of_no_use():
    options = CheckOptions(select=(choice("ART"),), ignore=(choice(),))
    assert unused([found()], options) == options.ignore


@pytest.mark.parametrize(
    ("findings", "code", "looked"),
    [
        ([found("SPN003")], "SPN009", {"whole": True, "texts": True}),  # errors hide other findings
        ([], "SPN009", {"whole": False, "texts": True}),
        ([], "CRD001", {"whole": True, "texts": True}),  # `check` doesn't look at the card
        ([], "CRD", {"whole": True, "texts": True}),
        ([], "ART011", {"whole": True, "texts": False}),
        ([], "ART", {"whole": True, "texts": False}),
    ],
)
def test_nothing_is_said_of_what_was_not_looked_at(findings, code, looked):
    assert select(findings, ignoring(choice(code)), **looked).kept == tuple(findings)


@pytest.mark.parametrize("code", ["ART011", "SPN009", "REF"])
def test_it_is_said_of_what_was(code):
    assert codes(select([], ignoring(choice(code)), whole=True, texts=code == "ART011").kept) == ["CFG013"]


WITHHELD = '"rights": {"license": "CC0-1.0", "text": "withheld"}'


@pytest.mark.parametrize(
    "code", [code for code in IGNORABLE if RULES_BY_CODE[code].broken.by == "check" and code != "CFG013"]
)
def test_the_rules_that_need_texts_are_known(code, tmp_path):
    """A broken case whose texts are all absent: a rule that then finds nothing must be known to need them."""
    case = RULES_BY_CODE[code].broken
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    for file, (old, new) in case.edits.items():
        text = (tmp_path / file).read_text(encoding="utf-8")
        (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8", newline="")
    for file, content in case.files.items():
        (tmp_path / file).write_bytes(content.encode() if isinstance(content, str) else content)
    for path in (tmp_path / "seeds").iterdir():
        if path.suffix == ".txt":
            path.unlink()
        elif path.suffix == ".json":
            text = path.read_text(encoding="utf-8")
            path.write_text(re.sub(r'"rights": \{.*\}', WITHHELD, text), encoding="utf-8", newline="")
    needs_texts = code not in codes(check(open_project(tmp_path)).diagnostics)
    assert needs_texts is (code in selection._OF_TEXTS)


# What the configuration may select and ignore


@pytest.mark.parametrize("code", ["SPN009", "SPN", "CRD001", "ART"])
def test_warnings_and_families_with_warnings_may_be_ignored(code):
    assert list(refused(ignoring(choice(code)))) == []


@pytest.mark.parametrize("code", ["SPN003", "LNK001", "SCH", "CFG013"])
def test_what_is_an_error_may_not_be_ignored(code):
    (refusal,) = refused(ignoring(choice(code, line=4)))
    assert (refusal.code, refusal.place.line, refusal.place.column) == ("CFG012", 4, 10)
    assert not list(refused(selecting(choice(code))))


@pytest.mark.parametrize("make", [ignoring, selecting])
@pytest.mark.parametrize(
    ("code", "near"),
    [("SPM009", "SPN009"), ("spn009", "SPN009"), ("SPN9", "SPN"), ("SP", "SPN"), ("ART0111", "ART011"), ("", "")],
)
def test_an_unknown_code_is_refused_with_the_nearest_one(make, code, near):
    (refusal,) = refused(make(choice(code)))
    assert refusal.code == "CFG011"
    assert (f"did you mean {near}" if near else "codes are like") in refusal.help


# Globs


@pytest.mark.parametrize(
    ("glob", "file", "is_meant"),
    [
        ("seeds/mill.txt", "seeds/mill.txt", True),
        ("seeds/mill.txt", "seeds/mill.txt/x", False),
        ("seeds", "seeds/mill.txt", False),
        ("seeds/*", "seeds/mill.txt", True),
        ("seeds/*", "seeds/more/mill.txt", False),
        ("seeds/*.txt", "seeds/.txt", True),
        ("*", "dataset.toml", True),
        ("*", "seeds/mill.txt", False),
        ("*/mill.*", "seeds/mill.txt", True),
        ("m*l*.txt", "mill.txt", True),
        ("m?ll.txt", "mill.txt", True),
        ("m?ll.txt", "mll.txt", False),
        ("m?ll.txt", "m/ll.txt", False),
        ("**", "dataset.toml", True),
        ("**", "a/b/c", True),
        ("seeds/**", "seeds/more/mill.txt", True),
        ("seeds/**", "seeds", False),
        ("seeds/**", "seedsmore/mill.txt", False),
        ("**/mill.json", "mill.json", True),
        ("**/mill.json", "annotations/ada/mill.json", True),
        ("**/mill.json", "annotations/ada/windmill.json", False),
        ("annotations/**/mill.json", "annotations/mill.json", True),
        ("annotations/**/mill.json", "annotations/a/b/mill.json", True),
        ("annotations/**/a/*.json", "annotations/b/a/x.json", True),
        ("annotations/**/a/*.json", "annotations/a/b/x.json", False),
        ("**/**", "a", True),
        ("seeds/[ab].txt", "seeds/a.txt", False),
        ("seeds/[ab].txt", "seeds/[ab].txt", True),
        ("seeds/a.txt", "seeds/abtxt", False),
        ("seeds/Mill.txt", "seeds/mill.txt", False),
        ("seeds/**", "seeds/.hydrated/mill.txt", True),
        ("seeds/*.txt", "seeds/a\nb.txt", True),
        ("seeds/**", "seeds/a\nb.txt", True),
        ("seeds/日*.txt", "seeds/日本.txt", True),
    ],
)
def test_globs(glob, file, is_meant):
    assert matches(glob, file) is is_meant


NAMES = st.text(st.sampled_from("ab.*?"), min_size=1, max_size=3).filter(lambda name: "**" not in name)
GLOBS = st.lists(NAMES | st.just("**"), min_size=1, max_size=4).map("/".join)
FILES = st.lists(st.text(st.sampled_from("ab."), min_size=1, max_size=3), min_size=1, max_size=4).map("/".join)


def means(glob, names):
    """Whether the parts of a glob mean the names of a path, said as plainly as it can be."""
    if not glob or not names:
        return not glob and not names
    if glob[0] == "**":
        return (not glob[1:]) or any(means(glob[1:], names[skipped:]) for skipped in range(len(names)))
    return name_means(glob[0], names[0]) and means(glob[1:], names[1:])


def name_means(glob, name):
    if not glob or not name:
        return not glob.strip("*") and not name
    if glob[0] == "*":
        return name_means(glob[1:], name) or name_means(glob, name[1:])
    return glob[0] in ("?", name[0]) and name_means(glob[1:], name[1:])


@given(GLOBS, FILES)
def test_globs_are_what_is_said_of_them(glob, file):
    assert matches(glob, file) is means(glob.split("/"), file.split("/"))


# Whatever is selected and ignored, and whatever is found

CODES = st.sampled_from(["SPN003", "SPN009", "SPN010", "ART011", "REF001", "REF008", "CRD001", "CFG013"])
FOUND = st.builds(found, CODES, st.sampled_from([MILL, VAULT, TEXT]), st.integers(1, 3))
PATHS = st.sampled_from(["**", "**/*.json", "seeds/*", "annotations/ada/**", "nowhere/**"])
CHOICE = st.builds(
    lambda code, paths, line: choice(code, *paths, line=line),
    st.sampled_from(["SPN", "SPN009", "SPN010", "ART011", "REF", "REF008", "CRD001"]),
    st.lists(PATHS, max_size=2),
    st.integers(1, 5),
)
CHOICES = st.lists(CHOICE, max_size=4).map(tuple)
OPTIONS = st.builds(CheckOptions, select=CHOICES, ignore=CHOICES)
FINDINGS = st.lists(FOUND, max_size=6)


@given(FINDINGS, OPTIONS)
def test_nothing_is_lost_and_no_error_ignored(findings, options):
    divided = whole(findings, options)
    assert [
        each for each in sorted([*divided.kept, *divided.ignored], key=key) if each.message == "so it is"
    ] == sorted(findings, key=key)
    assert all(each.severity is not Severity.ERROR for each in divided.ignored)
    assert list(divided.kept) == sorted(divided.kept, key=key)


def key(diagnostic):
    return diagnostic.sort_key


@given(FINDINGS, OPTIONS)
def test_selecting_again_changes_nothing(findings, options):
    kept = [each for each in findings if is_asked_for(each, options)]
    assert [each for each in kept if is_asked_for(each, options)] == kept
    divided = select(findings, options, whole=False, texts=True)
    again = select(divided.kept, options, whole=False, texts=True)
    assert again == selection.Selection(kept=divided.kept, ignored=())


@given(FINDINGS, st.lists(CHOICE, max_size=3), st.lists(CHOICE, max_size=3), st.randoms())
def test_order_does_not_matter(findings, selected, ignored, random):
    divided = whole(findings, CheckOptions(select=tuple(selected), ignore=tuple(ignored)))
    random.shuffle(findings)
    for ignores in permutations(ignored):
        assert whole(findings, CheckOptions(select=tuple(reversed(selected)), ignore=ignores)) == divided


@given(FINDINGS, OPTIONS)
def test_taking_out_an_unused_ignore_changes_nothing(findings, options):
    useless = unused(findings, options)
    assume(useless)
    without = CheckOptions(select=options.select, ignore=tuple(each for each in options.ignore if each not in useless))
    assert [is_asked_for(each, without) for each in findings] == [is_asked_for(each, options) for each in findings]
