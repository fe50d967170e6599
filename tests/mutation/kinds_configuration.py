"""CFG, and schema files: what a project is configured with."""

from random import Random
from typing import Any

from tests.mutation.kinds import MADE, NOTES, Expectation, kind
from tests.mutation.kinds_violations import rename, typo
from tests.mutation.project import Inapplicable, Json, Line, Packed, Plain, Project, Symlink, compressed, pick
from tests.mutation.rendering import Key, Raw

_TOML = ("base", "dialogues", *MADE)


def _toml(project: Project) -> list[str]:
    file = project.files[project.configuration]
    assert isinstance(file, Plain)
    return str(file.data).split("\n")


def _store(project: Project, lines: list[str]) -> None:
    project.files[project.configuration] = Plain("\n".join(lines))


def _key_lines(lines: list[str]) -> list[int]:
    return [index for index, line in enumerate(lines) if " = " in line]


def _change(project: Project, name: str, old: str, new: str) -> None:
    """The key `name` with another line, which has the mark."""
    lines = _toml(project)
    index = next((index for index, line in enumerate(lines) if line.startswith(f"{name} = ")), None)
    if index is None:
        raise Inapplicable
    lines[index] = lines[index].replace(old, new) if old else new
    _store(project, lines)


@kind(on=_TOML, alone=True, also={"CFG004"})
def key_misspelt(project: Project, random: Random) -> Expectation:
    lines = _toml(project)
    index = random.choice([index for index in _key_lines(lines) if len(lines[index].split(" = ")[0]) > 3])
    name, rest = lines[index].split(" = ", 1)
    lines[index] = f"{project.mark}{typo(random, name)} = {rest}"
    _store(project, lines)
    return Expectation("CFG002", says=f"did you mean `{name}`?")


@kind(on=("own",), alone=True)
def section_misspelt(project: Project, random: Random) -> Expectation:
    section = random.choice(["gold", "splits", "card"])
    lines = _toml(project)
    index = lines.index(f"[tool.dataset-builder.{section}]")
    lines[index] = f"[tool.dataset-builder.{project.mark}{typo(random, section)}]"
    _store(project, lines)
    return Expectation("CFG002", says=f"did you mean `{section}`?")


@kind(on=_TOML, alone=True)
def key_missing(project: Project, random: Random) -> Expectation:
    name = random.choice(["name", "title", "version", "license"])
    lines = [line for line in _toml(project) if not line.startswith(f"{name} = ")]
    lines[0] = project.mark + lines[0]
    _store(project, lines)
    return Expectation("CFG004", says=f"`{name}` is missing")


@kind(on=_TOML, alone=True)
def value_of_a_wrong_type(project: Project, random: Random) -> Expectation:
    name = random.choice(["name", "title", "version", "license"])
    _change(
        project, name, "", f"{name} = {project.mark}{random.choice(['1', 'true', '1.5', '[]', '2025-03-01', '{}'])}"
    )
    return Expectation("CFG003", says=f"`{name}`")


@kind(on=_TOML, alone=True)
def version_that_is_none(project: Project, random: Random) -> Expectation:
    bad = random.choice(["1.0", "v1.0.0", "1", "", "one", "1.0.0.0"])
    _change(project, "version", "", f'version = {project.mark}"{bad}"')
    return Expectation("CFG003", says="`version`")


@kind(on=_TOML, alone=True)
def configuration_that_is_no_toml(project: Project, random: Random) -> Expectation:
    name = random.choice(["name", "title", "version", "license"])
    _change(project, name, "", f"{name} = {project.mark}unquoted words")
    return Expectation("CFG001")


@kind(on=_TOML, alone=True)
def configuration_that_is_not_utf8(project: Project, random: Random) -> Expectation:
    text = "\n".join(_toml(project))
    at = random.randrange(len(text))
    project.files[project.configuration] = Plain(
        text[:at].encode() + project.mark.encode() + b"\xe9" + text[at:].encode()
    )
    return Expectation("CFG001")


@kind(on=_TOML, alone=True)
def configuration_with_a_bom(project: Project, random: Random) -> Expectation:
    lines = _toml(project)
    lines[0] = f"{project.mark}\ufeff{lines[0]}"
    _store(project, lines)
    return Expectation("CFG001")


@kind(on=NOTES, alone=True)
def bad_shares(project: Project, random: Random) -> Expectation:
    bad = random.choice(["0", "-0.5", '"half"', "true", "nan", "inf"])
    good = ["train = 0.5", "test = 0.5"]
    good.insert(random.randint(0, 2), f"dev = {project.mark}{bad}")
    project.configure(f"[splits]\nshares = {{ {', '.join(good)} }}\n")
    return Expectation("CFG003", says="splits.shares.dev")


@kind(on=NOTES, alone=True)
def bad_name_of_a_split(project: Project, random: Random) -> Expectation:
    bad = random.choice(['"dev set"', '"a/b"', '""', "dev-set"])
    project.configure(f"[splits]\nshares = {{ train = 0.5, {bad} = {project.mark}0.5 }}\n")
    return Expectation("CFG003", says="splits.shares")


@kind(on=NOTES, alone=True)
def choice_misspelt(project: Project, random: Random) -> Expectation:
    meant = random.choice(["adjudicated", "majority", "single"])
    project.configure(f'[gold]\npolicy = {project.mark}"{typo(random, meant)}"\n')
    return Expectation("CFG003", says=f'did you mean "{meant}"?')


@kind(on=NOTES, alone=True)
def gold_annotator_missing(project: Project, random: Random) -> Expectation:
    project.configure(f'{project.mark}[gold]\npolicy = "adjudicated"\n')
    return Expectation("CFG004", says="gold.annotator")


@kind(on=NOTES, alone=True)
def gold_annotator_of_no_use(project: Project, random: Random) -> Expectation:
    project.configure(f'[gold]\npolicy = "majority"\nannotator = {project.mark}"ada"\n')
    return Expectation("CFG003", says="gold.annotator")


@kind(on=NOTES, alone=True)
def path_out_of_the_project(project: Project, random: Random) -> Expectation:
    bad = random.choice(["../elsewhere", "/etc", "C:/data", "seeds/../../x", "."])
    key = random.choice(["articles", "annotations", "schema", "output", "card"])
    project.configure(f'[paths]\n{key} = {project.mark}"{bad}"\n')
    return Expectation("CFG005", says=f"`paths.{key}`")


@kind(on=NOTES, alone=True)
def output_over_the_sources(project: Project, random: Random) -> Expectation:
    bad = random.choice(["seeds", "annotations/dist", "schema"])
    project.configure(f'[paths]\noutput = {project.mark}"{bad}"\n')
    return Expectation("CFG005", says="overlap")


@kind(on=("base", *MADE), alone=True)
def configured_twice(project: Project, random: Random) -> Expectation:
    lines = _toml(project)
    lines[0] = project.mark + lines[0]
    _store(project, lines)
    table = "\n".join(line.replace(project.mark, "") for line in lines)
    project.files["pyproject.toml"] = Plain(f"[tool.dataset-builder]\n{table}\n")
    return Expectation("CFG003", says="configured twice")


def _ignore(project: Project, codes: str, more: str = "") -> None:
    project.configure(f'[[check.ignore]]\ncodes = [{codes}]\n{more}reason = "as the guidelines have it"\n')


@kind(on=NOTES, alone=True)
def ignore_of_an_unknown_code(project: Project, random: Random) -> Expectation:
    bad = random.choice(["SPM009", "SPN999", "spn009", "XYZ"])
    _ignore(project, f'"SPN012", {project.mark}"{bad}"')
    return Expectation("CFG011", says=f'"{bad}"')


@kind(on=NOTES, alone=True)
def ignore_of_an_error(project: Project, random: Random) -> Expectation:
    bad = random.choice(["SPN003", "REF001", "JSN001", "CFG013"])
    _ignore(project, f'{project.mark}"{bad}"')
    return Expectation("CFG012")


@kind(on=NOTES, alone=True)
def ignore_of_nothing(project: Project, random: Random) -> Expectation:
    code = random.choice(["SPN009", "REF008", "SPN010"])
    paths = random.choice(["", 'paths = ["annotations/ada/**"]\n', 'paths = ["annotations"]\n'])
    _ignore(project, f'{project.mark}"{code}"', paths)
    return Expectation("CFG013", says=code)


@kind(on=NOTES, alone=True)
def bad_glob(project: Project, random: Random) -> Expectation:
    bad = random.choice(["../x/**", "/etc/*", "a**b", "./a", "a//b", ""])
    _ignore(project, '"SPN009"', f'paths = ["seeds/*.txt", {project.mark}"{bad}"]\n')
    return Expectation("CFG003", says="paths")


@kind(on=NOTES, alone=True)
def ignore_without_a_reason(project: Project, random: Random) -> Expectation:
    project.configure(f'{project.mark}[[check.ignore]]\ncodes = ["SPN009"]\n')
    return Expectation("CFG004", says="reason")


# Schema files


def _schema(project: Project, role: str) -> Line:
    file = project.files[f"{project.paths['schema']}/{role}.schema.json"]
    assert isinstance(file, Json)
    return file.line


def _state(project: Project, schema: dict[Any, Any], keyword: str, value: Any) -> None:
    """Gives a keyword a value; findings on schemas stand at the keyword."""
    schema[keyword] = value
    rename(schema, keyword, Key(keyword, project.mark))


def _typed(value: Any, random: Random) -> dict[str, Any]:
    """A random schema within a schema that states a type and refers to no other."""
    found = []

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            if isinstance(schema.get("type"), str):
                found.append(schema)
            for keyword, inner in schema.items():
                if not str(keyword).startswith("x-"):
                    walk(inner)
        elif isinstance(schema, list):
            for inner in schema:
                walk(inner)

    walk(value)
    chosen: dict[str, Any] = pick(random, found)
    return chosen


_ROLES = ("article", "annotation")
_SCHEMAS = ("base", "dialogues", "own", *MADE)


@kind(on=_SCHEMAS, alone=True)
def type_that_is_none(project: Project, random: Random) -> Expectation:
    schema = _typed(_schema(project, random.choice(_ROLES)).value, random)
    _state(project, schema, "type", random.choice(["strng", "int", "objekt", "text"]))
    return Expectation("SCH001")


@kind(on=_SCHEMAS, alone=True)
def keyword_with_a_wrong_value(project: Project, random: Random) -> Expectation:
    schema = _typed(_schema(project, random.choice(_ROLES)).value, random)
    keyword, value = random.choice(
        [("minLength", "3"), ("maximum", "9"), ("required", "a"), ("enum", "a"), ("uniqueItems", 1), ("minItems", -1)]
    )
    _state(project, schema, keyword, value)
    return Expectation("SCH001")


@kind(on=_SCHEMAS, alone=True)
def keyword_of_ours_misspelt(project: Project, random: Random) -> Expectation:
    line = _schema(project, "annotation")
    schema = line.value["properties"]["turns" if project.name == "dialogues" else random.choice(["entities", "cues"])]
    keyword = random.choice(["x-overlap", "x-key"] if project.name != "dialogues" else ["x-overlap", "x-table"])
    rename(schema, keyword, Key(typo(random, keyword[2:]).join(["x-", ""]), project.mark))
    return Expectation("SCH001", says=keyword)


@kind(on=_SCHEMAS, alone=True)
def unknown_keyword_of_ours(project: Project, random: Random) -> Expectation:
    line = _schema(project, "annotation")
    keyword = Key("x-nothing", project.mark)
    line.value["properties"]["more"] = {"type": "string", keyword: random.choice([1, "a", {}])}
    return Expectation("SCH001", says="x-nothing")


@kind(on=_SCHEMAS, alone=True)
def reference_to_nothing(project: Project, random: Random) -> Expectation:
    target = random.choice(["#/$defs/nothing", "nothing.schema.json", "#nothing", "deep/er.json#/a"])
    line = _schema(project, random.choice(_ROLES))
    line.value["properties"]["more"] = {Key("$ref", project.mark): target}
    return Expectation("SCH002")


@kind(on=_SCHEMAS, alone=True)
def reference_out_of_the_project(project: Project, random: Random) -> Expectation:
    targets = ["https://example.org/a.json", "http://localhost:1/a", "../../../etc/passwd", "file:///etc/passwd"]
    line = _schema(project, random.choice(_ROLES))
    line.value["properties"]["more"] = {Key("$ref", project.mark): random.choice(targets)}
    return Expectation("SCH003")


@kind(on=_SCHEMAS, alone=True)
def pattern_that_is_none(project: Project, random: Random) -> Expectation:
    bad = random.choice(["(", "[a-", "a{2,1}", "(?!x)a", r"(a)\1", "(?<=a)b", "*a"])
    line = _schema(project, random.choice(_ROLES))
    line.value["properties"]["more"] = {"type": "string", Key("pattern", project.mark): bad}
    return Expectation("SCH007")


@kind(on=_SCHEMAS, alone=True)
def pattern_of_names_that_is_none(project: Project, random: Random) -> Expectation:
    line = _schema(project, random.choice(_ROLES))
    names = {Key("(", project.mark): {"type": "string"}}
    line.value["properties"]["more"] = {"type": "object", "patternProperties": names}
    return Expectation("SCH007")


@kind(on=_SCHEMAS, alone=True)
def schema_of_another_draft(project: Project, random: Random) -> Expectation:
    line = _schema(project, random.choice(_ROLES))
    uri = random.choice(
        ["http://json-schema.org/draft-04/schema#", "https://json-schema.org/draft/2019-09/schema", "x:y"]
    )
    line.value["$schema"] = uri
    rename(line.value, "$schema", Key("$schema", project.mark))
    return Expectation("SCH008")


@kind(on=_SCHEMAS, alone=True)
def schema_that_is_no_json(project: Project, random: Random) -> Expectation:
    line = _schema(project, random.choice(_ROLES))
    line.value["properties"]["more"] = project.marked(Raw("True"))
    return Expectation("JSN001", says="Python")


@kind(on=("base", "dialogues", *MADE), alone=True)
def schema_missing(project: Project, random: Random) -> Expectation:
    role = random.choice(["annotation", "link"]) if project.links else "annotation"
    name = f"{project.paths['schema']}/{role}.schema.json"
    del project.files[name]
    return Expectation("CFG010", at=(name, 1, 1))


@kind(on=("base", *MADE), alone=True)
def schema_of_articles_missing(project: Project, random: Random) -> Expectation:
    name = "schema/article.schema.json"
    del project.files[name]
    return Expectation("CFG010", at=(name, 1, 1))


@kind(on=_SCHEMAS, alone=True)
def property_of_no_type(project: Project, random: Random) -> Expectation:
    line = _schema(project, random.choice(_ROLES))
    bad = random.choice([{}, {"type": ["string", "integer"]}, {"type": "array"}, {"type": "object"}, {"minLength": 1}])
    line.value["properties"]["more"] = project.marked(bad)
    if "minLength" in bad:
        raise Inapplicable
    return Expectation("SCH004")


@kind(on=NOTES, alone=True)
def column_twice(project: Project, random: Random) -> Expectation:
    line = _schema(project, "article")
    name = random.choice(["Title", "EVENT", "Tags"])
    line.value["properties"][name] = project.marked({"type": "string"})
    return Expectation("SCH006", says=f'"{name}"')


@kind(on=NOTES, alone=True)
def span_behind_a_reference_that_names_what_is_not_there(project: Project, random: Random) -> Expectation:
    schema = _schema(project, "common").value["$defs"]["passage"]
    role = random.choice(["start", "end", "quote", "digest"])
    schema["x-span"] = project.marked({**schema["x-span"], role: typo(random, role)})
    return Expectation("SCH005", says="which is not declared", also=frozenset({"SCH005"}))


@kind(on=("dialogues",), alone=True)
def span_that_names_what_is_not_there(project: Project, random: Random) -> Expectation:
    schema = _schema(project, "annotation").value["properties"]["turns"]["items"]
    role = random.choice(["start", "end", "quote"])
    name = schema["x-span"][role]
    schema["x-span"] = project.marked({**schema["x-span"], role: typo(random, name)})
    return Expectation("SCH005", says=f'did you mean "{name}"?')


@kind(on=_SCHEMAS, alone=True)
def keyword_where_it_means_nothing(project: Project, random: Random) -> Expectation:
    line = _schema(project, "annotation")
    bad: list[tuple[dict[str, Any], str, Any]] = [
        ({"type": "string"}, "x-overlap", "nest"),
        ({"type": "array", "items": {"type": "string"}}, "x-key", "id"),
        ({"type": "integer"}, "x-ref", "@article"),
        ({"type": "string"}, "x-ref", "nothing"),
        ({"type": "string"}, "x-agreement", "interval"),
        ({"type": "string"}, "x-table", "more"),
        ({"type": "string"}, "x-column", {"type": "int8"}),
        ({"type": "array", "items": {"type": "string"}}, "x-overlap", "forbid"),
    ]
    schema, keyword, value = random.choice(bad)
    line.value["properties"]["more"] = {**schema, keyword: project.marked(value)}
    return Expectation("SCH005")


# What the file system keeps from us


@kind(on=_SCHEMAS, alone=True)
def link_out_of_the_project(project: Project, random: Random) -> Expectation:
    ending = random.choice([".txt", ".json", ".jsonl", ".jsonl.gz"])
    name = f"{project.paths['articles']}/zz-stray{ending}"
    project.files[name] = Symlink(random.choice(["/dev/null", "/etc/passwd", "../../outside"]))
    return Expectation("CFG007", at=(name, 1, 1))


@kind(on=_SCHEMAS, alone=True)
def folder_that_is_a_link(project: Project, random: Random) -> Expectation:
    folder = random.choice(["articles", "annotations"])
    name = f"{project.paths[folder]}/zz-folder"
    project.files[name] = Symlink(random.choice(["/tmp", "..", "."]))
    return Expectation("CFG007", at=(name, 1, 1))


@kind(on=_SCHEMAS, alone=True)
def link_to_nowhere(project: Project, random: Random) -> Expectation:
    folder = random.choice(["articles", "annotations"])
    between = "" if folder == "articles" else "ada/"
    name = f"{project.paths[folder]}/{between}zz-lost.json"
    project.files[name] = Symlink("nowhere.json")
    return Expectation("CFG008", at=(name, 1, 1))


@kind(on=_SCHEMAS, alone=True)
def archive_that_is_none(project: Project, random: Random) -> Expectation:
    name = f"{project.paths['articles']}/zz-more{random.choice(['.jsonl.gz', '.jsonl.zst'])}"
    project.files[name] = Plain(
        random.choice([b"no archive", b"version https://git-lfs.github.com/spec/v1\n", b"\x1f\x8b"])
    )
    return Expectation("CFG009", at=(name, 1, 1))


@kind(on=NOTES, alone=True, also={"CFG008"})
def finding_beside_a_link_to_nowhere(project: Project, random: Random) -> Expectation:
    project.files["seeds/zz-lost.json"] = Symlink("nowhere.json")
    record = project.pick_record(random)
    record.line.value["topic"] = project.marked("travle")
    return Expectation("LAB001")


@kind(on=("gz",), alone=True)
def archive_cut_off(project: Project, random: Random) -> Expectation:
    names = [
        name for name, file in project.files.items() if isinstance(file, Packed) and name.endswith((".gz", ".zst"))
    ]
    name = pick(random, names)
    data = compressed(name, project.files[name].rendered())
    project.files[name] = Plain(data[: random.randrange(len(data) // 4, len(data) - 1)])
    return Expectation("CFG009", at=(name, 1, 1), also=frozenset({"REF003", "REF001", "LNK001", "LNK002"}))


@kind(on=_SCHEMAS, alone=True)
def no_articles(project: Project, random: Random) -> Expectation:
    folders = tuple(project.paths[name] + "/" for name in ("articles", "annotations"))
    for name in [name for name in project.files if name.startswith(folders)]:
        del project.files[name]
    return Expectation("CFG006", at=(project.paths["articles"], None, None))


# The card


@kind(on=("base", "files"), alone=True, by="card", also=("CRD001", "CRD005"))  # plots and fields are missing
def card_out_of_date(project: Project, random: Random) -> Expectation:
    project.files["DATASET_CARD.md"] = Plain(f"{project.mark}# {random.choice(['River notes', 'Notes', ''])}\n")
    return Expectation("CRD001")


@kind(on=("base", "files"), alone=True, by="card")
def card_with_a_marker_alone(project: Project, random: Random) -> Expectation:
    before = "Prose.\n" * random.randint(0, 5)
    marker = random.choice(["begin", "end"])
    text = f"# River notes\n\n{before}{project.mark}<!-- dataset-builder:{marker} statistics -->\n"
    project.files["DATASET_CARD.md"] = Plain(text)
    return Expectation("CRD002")


@kind(on=("own",), alone=True, by="card", also=("CRD001",))  # a plot may be another one too
def card_of_an_older_state(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, lambda article: article.text is not None)
    project.insert(random, article, " then")
    file = project.files["DATASET_CARD.md"]
    assert isinstance(file, Plain)
    return Expectation("CRD001", at=("DATASET_CARD.md", 1, 1))
