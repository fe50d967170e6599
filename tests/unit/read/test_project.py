import os
import pickle
from dataclasses import MISSING, fields, is_dataclass

import pytest

from dataset_builder.errors import UsageError
from dataset_builder.model.diagnostic import Place
from dataset_builder.model.project import CheckOptions, Choice, Gold, Paths, Project, Splits
from dataset_builder.read.project import find_project, read_project
from dataset_builder.schema.registry import project_schema

MINIMAL = 'name = "tiny"\ntitle = "Tiny"\nversion = "1.0.0"\nlicense = "CC0-1.0"\n'


@pytest.fixture
def directory(tmp_path):
    return tmp_path.resolve()


def write(directory, text, name="dataset.toml"):
    (directory / name).write_text(text, encoding="utf-8", newline="")
    return directory


def flaws(directory):
    """Kind, line, column and message of each flaw."""
    project, document = read_project(directory)
    assert project is None
    places = [document.place_at(flaw.offset, flaw.pointer) for flaw in document.flaws]
    return [
        (flaw.kind, place.line, place.column, flaw.message) for flaw, place in zip(document.flaws, places, strict=True)
    ]


def only_flaw(directory):
    (flaw,) = flaws(directory)
    return flaw


# A project without flaws


def test_defaults_are_filled_in(directory):
    project, document = read_project(write(directory, MINIMAL))
    assert project == Project(
        root=directory, file="dataset.toml", name="tiny", title="Tiny", version="1.0.0", license="CC0-1.0"
    )
    assert document.flaws == ()
    assert pickle.loads(pickle.dumps(project)) == project


def test_what_lies_elsewhere_is_named_by_a_url(directory):
    text = f'{MINIMAL}[paths]\narticles = "s3://bucket/seeds/"\nannotations = "gs://b/notes/"\noutput = "file:///data/out/"\n'
    project, document = read_project(write(directory, text))
    assert document.flaws == ()
    assert project.paths == Paths(
        articles="s3://bucket/seeds", annotations="gs://b/notes", links="gs://b/notes/links", output="file:///data/out"
    )


def test_everything_can_be_set(directory):
    text = MINIMAL + (
        'languages = ["en", "de-AT"]\nauthors = ["A", "B"]\nyear = 2025\n'
        'paths.articles = "./texts//raw/"\npaths.output = "out"\n'
        '[gold]\npolicy = "adjudicated"\nannotator = "a1"\n'
        '[splits]\nshares = {train = 1, test = 0.25}\ngroup = "event"\nlock = "locks/splits.json"\nseed = 7\n'
        '[limits]\ndepth = 8\n[card]\nexample = "x"\n[shards]\narticles = 3\n[fields]\nid = "name"\n'
    )
    project, _ = read_project(write(directory, text))
    assert project.languages == ("en", "de-AT")
    assert project.authors == ("A", "B")
    assert project.paths == Paths(articles="texts/raw", output="out")
    assert project.gold == Gold(policy="adjudicated", annotator="a1")
    assert project.splits == Splits(
        shares={"train": 1.0, "test": 0.25}, group="event", lock="locks/splits.json", seed=7
    )
    assert list(map(type, project.splits.shares.values())) == [float, float]
    assert (project.limits.depth, project.card.example, project.shards.articles) == (8, "x", 3)
    assert project.fields.id == "name"


def test_findings_are_chosen_code_by_code(directory):
    text = MINIMAL + (
        '[[check.select]]\ncodes = ["SPN"]\nreason = "first"\n'
        '[[check.ignore]]\ncodes = [\n  "SPN009",\n  "REF008",\n]\npaths = ["a/**", "*.txt"]\nreason = "second"\n'
        '[[check.ignore]]\nreason = "third"\ncodes = ["ART011"]\n'
    )
    project, _ = read_project(write(directory, text))

    def at(line, column, pointer):
        return Place(file="dataset.toml", line=line, column=column, pointer=f"/check/{pointer}")

    paths = ("a/**", "*.txt")
    assert project.check == CheckOptions(
        select=(Choice(code="SPN", reason="first", place=at(6, 10, "select/0/codes/0")),),
        ignore=(
            Choice(code="SPN009", reason="second", place=at(10, 3, "ignore/0/codes/0"), paths=paths),
            Choice(code="REF008", reason="second", place=at(11, 3, "ignore/0/codes/1"), paths=paths),
            Choice(code="ART011", reason="third", place=at(17, 10, "ignore/1/codes/0")),
        ),
    )
    assert pickle.loads(pickle.dumps(project)) == project


def test_pyproject_holds_it_under_its_table(directory):
    write(directory, '[project]\nname = "other"\n\n[tool.dataset-builder]\n' + MINIMAL, "pyproject.toml")
    project, document = read_project(directory)
    assert (project.name, project.file) == ("tiny", "pyproject.toml")
    assert document.source.file == "pyproject.toml"


def test_a_pyproject_of_something_else_does_not_count(directory):
    write(directory, '[project]\nname = "other"\n', "pyproject.toml")
    project, _ = read_project(write(directory, MINIMAL))
    assert project.file == "dataset.toml"


def test_the_schemas_defaults_are_those_of_the_model():
    def compare(model, schema):
        stated = {field.name: field for field in fields(model)} if is_dataclass(model) else {}
        for name, inner in schema["properties"].items():
            field = stated.pop(name)
            if field.default_factory is not MISSING:
                default = field.default_factory()
                if is_dataclass(default):
                    compare(type(default), inner)
                    continue
            elif field.default is MISSING:
                assert name in schema["required"]
                continue
            else:
                default = field.default
            assert name not in schema.get("required", ())
            assert inner.get("default") == (default if "default" in inner else None)
            assert "default" in inner or default in (None, (), {}, {"train": 1.0}), name
        return stated

    assert set(compare(Project, project_schema())) == {"root", "file"}


# Where the project is


def test_it_is_found_from_within(directory):
    write(directory, MINIMAL)
    inner = directory / "annotations" / "a1"
    inner.mkdir(parents=True)
    write(inner, '[project]\nname = "other"\n', "pyproject.toml")
    assert find_project(inner) == find_project(directory) == directory


def test_the_nearest_one_is_found(directory):
    inner = directory / "inner"
    inner.mkdir()
    write(directory, MINIMAL)
    write(inner, "[tool.dataset-builder]\n", "pyproject.toml")
    assert find_project(inner) == inner


def test_a_broken_pyproject_counts_where_it_names_us(directory):
    write(directory, "[tool.dataset-builder]\nname = \n", "pyproject.toml")
    assert find_project(directory) == directory
    assert only_flaw(directory)[:3] == ("config-syntax", 2, 8)


def test_a_broken_pyproject_of_something_else_does_not_count(directory):
    write(directory, "[project]\nname = \n", "pyproject.toml")
    with pytest.raises(UsageError, match="neither"):
        read_project(directory)


def test_no_project_says_how_to_get_one(directory):
    with pytest.raises(UsageError, match=r"dataset-builder init DIR"):
        find_project(directory)
    with pytest.raises(UsageError, match=r"dataset-builder init DIR"):
        read_project(directory / "missing")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_configuration_is_no_missing_one(directory):
    write(directory, MINIMAL)
    (directory / "dataset.toml").chmod(0)
    with pytest.raises(UsageError, match="permission"):
        read_project(directory)


def test_a_directory_of_that_name_is_no_configuration(directory):
    (directory / "dataset.toml").mkdir()
    with pytest.raises(UsageError):
        read_project(directory)


def test_the_root_is_resolved(directory):
    real = directory / "real"
    real.mkdir()
    write(real, MINIMAL)
    (directory / "link").symlink_to(real)
    project, _ = read_project(directory / "link")
    assert project.root == real
    assert find_project(directory / "link") == real


# Flaws

_IGNORED_IN = 'check.ignore = [{{codes = ["A"], paths = ["{}"], reason = "b"}}]'


@pytest.mark.parametrize(
    ("lines", "kind", "column", "words"),
    [
        ('lisense = "x"', "config-unknown-key", 1, "unknown key `lisense`: did you mean `license`?"),
        ('output = "x"', "config-unknown-key", 1, "`paths.output` is one, did you mean that?"),
        ("zzz = 1", "config-unknown-key", 1, "known here are `name`, `title`"),
        ('paths = {artikles = "x"}', "config-unknown-key", 10, "did you mean `articles`?"),
        ("paths.links = 3", "config-value", 15, "`paths.links` is 3, but must be a string: put it in quotes"),
        ("summary = 1979-05-27", "config-value", 11, "must be a string: put it in quotes"),
        ('summary = ""', "config-value", 11, "`summary` must not be empty"),
        ("summary = []", "config-value", 11, "`summary` is an array, but must be a string"),
        ('authors = "me"', "config-value", 11, '`authors` is "me", but must be an array'),
        ('authors = ["me", ""]', "config-value", 18, "`authors[1]` must not be empty"),
        ('tags = ["a", "b", "a"]', "config-value", 8, '`tags` names "a" more than once'),
        ('languages = ["English"]', "config-value", 14, '"English", but must be like "en" or "zh-Hant".'),
        ('repository = "x"', "config-value", 14, 'like "OWNER/NAME"'),
        ("year = 1800", "config-value", 8, "`year` is 1800, but must be at least 1900"),
        ("year = true", "config-value", 8, "`year` is true, but must be a whole number"),
        ("paths = 1", "config-value", 9, "`paths` is 1, but must be a table"),
        ("splits.seed = 1.0", "config-value", 15, "`splits.seed` is 1.0, but must be a whole number"),
        ("splits.shares.train = 0", "config-value", 23, "must be more than 0"),
        ("splits.shares.train = inf", "config-value", 23, "must be a finite number"),
        ("splits.shares.train = nan", "config-value", 23, "must be a finite number"),
        ("splits.shares = {}", "config-value", 17, "`splits.shares` must not be empty"),
        ("splits.shares = {train-a = 1}", "config-value", 28, "letters, digits and '_'"),
        ('splits.method = "hsh"', "config-value", 17, 'did you mean "hash"?'),
        ('gold.policy = "best"', "config-value", 15, 'must be one of "single", "adjudicated"'),
        ('gold.annotator = "a1"', "config-value", 18, "counts only with"),
        ('gold.policy = "adjudicated"', "config-missing-key", 1, "`gold.annotator` is missing"),
        ('paths.articles = "/data"', "config-path", 18, "an absolute path"),
        ('paths.articles = "C:/data"', "config-path", 18, "an absolute path"),
        (r'paths.articles = "a\\b"', "config-path", 18, "backslash"),
        (r'paths.articles = "a\n"', "config-path", 18, "character"),
        ('paths.articles = "a/../../b"', "config-path", 18, 'which has ".."'),
        ('paths.articles = "./"', "config-path", 18, "the project itself"),
        ('splits.lock = "../x"', "config-path", 15, 'which has ".."'),
        ('paths.articles = "http://host/a"', "config-path", 18, "a URL of a kind that isn't known"),
        ('paths.articles = "s3://key:secret@bucket/a"', "config-path", 18, '"s3://…@bucket/a", a URL with credentials'),
        ('paths.articles = "s3://bucket/a?x=1"', "config-path", 18, 'a URL with "?" or "#" in it'),
        ('paths.articles = "file://a"', "config-path", 18, "not absolute"),
        ('paths.schema = "s3://bucket/a"', "config-path", 16, "what describes the project lies within it"),
        ('paths.card = "file:///a"', "config-path", 14, "what describes the project lies within it"),
        ('splits.lock = "s3://bucket/a"', "config-path", 15, "what describes the project lies within it"),
        ('paths = {articles = "s3://b/a", output = "s3://b/a/"}', "config-path", 42, "overlap"),
        ('paths = {articles = "s3://b/a/in", output = "s3://b/a"}', "config-path", 45, "overlap"),
        ('paths.output = "seeds"', "config-path", 16, "`paths.output` and `paths.articles` overlap"),
        ('paths.output = "annotations/out"', "config-path", 16, "overlap"),
        ('paths.output = "schema/.."', "config-path", 16, 'which has ".."'),
        ('check.ignore = ["SPN009"]', "config-value", 17, '`check.ignore[0]` is "SPN009", but must be a table'),
        ('check.ignore = {codes = ["A"], reason = "b"}', "config-value", 16, "is a table, but must be an array"),
        ('check.ignore = [{reason = "b"}]', "config-missing-key", 17, 'add `codes = ["SPN009"]`.'),
        (
            'check.ignore = [{codes = ["A"]}]',
            "config-missing-key",
            17,
            "`check.ignore[0].reason` is missing: add `reason",
        ),
        ('check.select = [{codes = ["A"]}]', "config-missing-key", 17, "`check.select[0].reason` is missing"),
        ('check.ignore = [{codes = ["A"], reason = ""}]', "config-value", 42, "compounds are annotated by their parts"),
        ('check.ignore = [{codes = ["A"], reason = " "}]', "config-value", 42, "`check.ignore[0].reason` is"),
        ('check.ignore = [{codes = [], reason = "b"}]', "config-value", 26, "must not be empty"),
        ('check.ignore = [{codes = ["A", "A"], reason = "b"}]', "config-value", 26, 'names "A" more than once'),
        ('check.ignore = [{code = "A", codes = ["A"], reason = "b"}]', "config-unknown-key", 18, "mean `codes`?"),
        ("check.ignored = []", "config-unknown-key", 7, "did you mean `ignore`?"),
        (_IGNORED_IN.format("/a"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format("a/"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format("./a"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format("a/../b"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format("a//b"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format("a/b**"), "config-value", 42, "`**` stands alone"),
        (_IGNORED_IN.format("a/***"), "config-value", 42, "`**` stands alone"),
        (_IGNORED_IN.format(r"a\\b"), "config-value", 42, "A path with `/` between names"),
        (_IGNORED_IN.format(""), "config-value", 42, "A path with `/` between names"),
    ],
)
@pytest.mark.parametrize("file", ["dataset.toml", "pyproject.toml"])
def test_a_flaw_is_named_at_its_place(directory, file, lines, kind, column, words):
    head = "" if file == "dataset.toml" else "[tool.dataset-builder]\n"
    write(directory, head + MINIMAL + lines + "\n", file)
    found = only_flaw(directory)
    assert found[:3] == (kind, len((head + MINIMAL).splitlines()) + 1, column)
    assert words in found[3]


@pytest.mark.parametrize(
    "glob", ["*", "**", "a/**", "**/a.json", "a*b*/?.txt", "..a/.b", "a: b/日本", ".hidden/**/[x]"]
)
def test_globs_may_be(directory, glob):
    project, _ = read_project(write(directory, MINIMAL + _IGNORED_IN.format(glob)))
    assert project.check.ignore[0].paths == (glob,)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('name = "my dataset"', '`name` is "my dataset", but must be like "press-quotes".'),
        (f'name = "{"a" * 97}"', "97 characters, more than the 96 allowed"),
        ("version = 1.0", "put it in quotes"),
        ('version = "1.0"', 'but must be like "1.0.0". The data\'s version, as Semantic Versioning writes it.'),
        (r'version = "1.0.0\n"', "1.0.0"),  # Python's `$` would let it pass
    ],
)
def test_a_required_value_is_judged(directory, line, words):
    key = line.split()[0]
    text = "".join(line + "\n" if each.startswith(key) else each for each in MINIMAL.splitlines(keepends=True))
    kind, number, _, message = only_flaw(write(directory, text))
    assert (kind, number) == ("config-value", text.splitlines().index(line) + 1)
    assert words in message


def test_every_missing_key_is_named_with_an_example(directory):
    found = flaws(write(directory, '# only a comment\n\nsummary = "x"\n'))
    assert [(kind, line) for kind, line, _, _ in found] == [("config-missing-key", 1)] * 4
    assert any(message.startswith('`version` is missing: add `version = "1.0.0"`') for *_, message in found)


def test_a_missing_key_of_a_pyproject_points_to_the_table(directory):
    write(directory, '[project]\nname = "x"\n\n[tool.dataset-builder]\n', "pyproject.toml")
    assert {found[:3] for found in flaws(directory)} == {("config-missing-key", 4, 1)}


def test_a_table_that_is_none(directory):
    write(directory, "[tool]\ndataset-builder = 3\n", "pyproject.toml")
    assert only_flaw(directory) == ("config-value", 2, 19, "[tool.dataset-builder] is 3, but must be a table")


def test_flaws_come_in_the_order_of_the_file(directory):
    found = flaws(write(directory, 'nam = "x"\nversion = 3\n[paths]\noutput = "/x"\nlinks = 3\n'))
    assert [line for _, line, _, _ in found] == [1, 1, 1, 1, 2, 4, 5]


def test_two_configurations_are_one_too_many(directory):
    write(directory, "[tool.dataset-builder]\n" + MINIMAL, "pyproject.toml")
    kind, line, column, message = only_flaw(write(directory, MINIMAL))
    assert (kind, line, column) == ("config-value", 1, 1)
    assert "configured twice" in message


def test_paths_may_not_lead_out_by_a_link(directory):
    outside = directory / "outside"
    root = directory / "project"
    outside.mkdir()
    root.mkdir()
    (root / "seeds").symlink_to(outside)
    (root / "loop").symlink_to(root / "loop")
    (root / "self").symlink_to(root)
    write(root, MINIMAL + 'paths.card = "loop"\npaths.schema = "self"\n')
    found = flaws(root)
    assert {kind for kind, *_ in found} == {"config-path"}
    assert '`paths.articles` is "seeds", a symbolic link out of the project' in found[0][3]
    assert '"self", a symbolic link to the project itself' in found[-1][3]
    assert all("loop" in message for *_, message in found[1:-1])


def test_the_output_may_not_lead_into_the_sources_by_a_link(directory):
    write(directory, MINIMAL)
    (directory / "seeds").mkdir()
    (directory / "dist").symlink_to("seeds")
    assert "overlap" in only_flaw(directory)[3]


def test_a_long_value_is_cut(directory):
    assert len(only_flaw(write(directory, MINIMAL + f'languages = ["{"x" * 500}"]\n'))[3]) < 200
