import json

import pytest

import dataset_builder
from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.errors import UsageError
from dataset_builder.formats.webanno_header import parse_layer
from dataset_builder.formats.webanno_values import plain, split, values
from tests.formats.journey import journey
from tests.formats.mutations import mutated, taken

HEAD = "#FORMAT=WebAnno TSV 3.3\n"
FULL = (
    HEAD + "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n"
    "#T_SP=webanno.custom.Event|ROLE_webanno.custom.Event:roles_webanno.custom.EventRolesLink|uima.tcas.Annotation|value\n"
    "#T_CH=webanno.custom.CorefLink|referenceRelation|referenceType\n"
    "#T_RL=webanno.custom.Kin|value|BT_de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity\n"
    "\n\n"
    "#Text=Ada 😊 met Bo Li.\n"
    "1-1\t0-3\tAda\tQ1\tPER\t_\t_\t_\t*->1-1\tname[1]\tsister\t1-4[2_0]\t\n"
    "1-2\t4-6\t😊\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
    "1-3\t7-10\tmet\t_\t_\twho;whom\t1-1;1-4[2]\tmeeting\t_\t_\t_\t_\t\n"
    "1-4\t11-13\tBo\t*[2]\tPER[2]\t_\t_\t_\t_\t_\t_\t_\t\n"
    "1-5\t14-16\tLi\t*[2]\tPER[2]\t_\t_\t_\t_\t_\t_\t_\t\n"
    "1-6\t16-17\t.\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
    "\n"
    "#Text=She won.\n"
    "2-1\t18-21\tShe\t_\t_\t_\t_\t_\t*->1-2\t*[1]\t_\t_\t\n"
    "2-2\t22-25\twon\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
    "2-3\t25-26\t.\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n"
)


def laid(folder, **files):
    for name, content in files.items():
        path = folder / "source" / f"{name}.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / "source"


def only_record(way):
    """The one record, with labels by name, as it lies in the project; the build has as many."""
    (path,) = (way.result.root / "annotations").rglob("*.json")
    assert len(way.load("annotations")) == 1
    return json.loads(path.read_bytes())


def test_all_kinds_of_layers(tmp_path):
    way = journey(laid(tmp_path, fair=FULL), tmp_path / "project")
    (article,) = way.load()
    assert article["text"] == "Ada 😊 met Bo Li.\nShe won."
    record = only_record(way)
    named = {item["id"]: (item["quote"], item["label"]) for item in record["named_entity"]}
    assert {quote for quote, _ in named.values()} == {"Ada", "Bo Li"}
    (event,) = record["event"]
    assert event["quote"] == "met"
    assert [(each["role"], named[each["target"]][0]) for each in event["arguments"]] == [
        ("who", "Ada"),
        ("whom", "Bo Li"),
    ]
    (kin,) = record["kin"]
    assert (named[kin["Governor"]][0], named[kin["Dependent"]][0]) == ("Bo Li", "Ada")
    links = {item["id"]: item["quote"] for item in record["coref_link"]}
    assert [links[each] for each in record["coref_chain"][0]["members"]] == ["Ada", "She"]
    assert [(code, line) for code, _, line in way.findings] == [("FMT031", 2), ("FMT031", 16)]


def test_offsets_are_code_points_afterwards(tmp_path):
    way = journey(laid(tmp_path, fair=FULL), tmp_path / "project")
    record = only_record(way)
    assert [item["start"] for item in record["named_entity"]] == [0, 10]  # the file says 11, in UTF-16 units


def test_tokens_are_kept_as_places_unless_they_are_asked_for(tmp_path):
    source = laid(tmp_path, fair=FULL)
    extra = only_record(journey(source, tmp_path / "a"))["extra"]
    assert extra == {"sentences": "0-16 17-25", "tokens": "0-3 4-5 6-9 10-12 13-15 15-16 17-20 21-24 24-25"}
    layers = only_record(journey(source, tmp_path / "b", options={"tokens": "layers"}))
    assert [item["quote"] for item in layers["token"]] == ["Ada", "😊", "met", "Bo", "Li", ".", "She", "won", "."]
    assert [item["quote"] for item in layers["sentence"]] == ["Ada 😊 met Bo Li.", "She won."]
    neither = only_record(journey(source, tmp_path / "c", options={"tokens": "none"}))
    assert not {"token", "extra"} & neither.keys()


@pytest.mark.parametrize("name", ["annotators", "tokens"])
def test_an_option_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=f"{name} is one of"):
        dataset_builder.import_corpus(laid(tmp_path, fair=FULL), tmp_path / "project", options={name: "sometimes"})


def test_values_are_taken_apart_where_they_are_not_escaped():
    assert split(r"a\|b|c", "|") == [r"a\|b", "c"]
    assert [(each.text, each.number, each.there) for each in values(r"a\|b[2]|*[3]|_|\_|x\[1\]")] == [
        (r"a\|b", 2, True),
        (None, 3, True),
        (None, 0, False),
        (r"\_", 0, True),
        (r"x\[1\]", 0, True),
    ]
    assert plain(r"\*\t\\n\;\->") == "*\t\\n;->"


def test_a_layer_is_read_from_its_line():
    layer = parse_layer("#T_SP=a.Host|ROLE_a.Host:my_links_a.Link_Type|a.Filler|value")
    assert (layer.features[0].feature, layer.features[0].link, layer.features[0].target) == (
        "my_links",
        "a.Link_Type",
        "a.Filler",
    )
    assert layer.width == 3
    assert [parse_layer(line) for line in ("#T_XX=a", "#T_SP", "#T_RL=a|b", "#T_CH=a|b", "#T_SP=a|ROLE_x|y")] == [
        None
    ] * 5


BROKEN = {
    # what is wrong: a line, what is in its place, the findings there
    "columns": (10, "1-2\t4-6\t😊\t_\t_\n", {"FMT002"}),
    "offsets": (10, "1-2\tx-6\t😊\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT002"}),
    "form": (10, "1-2\t4-6\tyes\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT005"}),
    "stack": (10, "1-2\t4-6\t😊\tA|B\tA\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT002"}),
    "dangling relation": (10, "1-2\t4-6\t😊\t*\tPER\t_\t_\t_\t_\t_\t*\t7-7\t\n", {"FMT006"}),
    "no relation": (10, "1-2\t4-6\t😊\t*\tPER\t_\t_\t_\t_\t_\t*\there\t\n", {"FMT002"}),
    "dangling role": (11, "1-3\t7-10\tmet\t_\t_\twho\t7-1\tmeeting\t_\t_\t_\t_\t\n", {"FMT006"}),
    "roles": (11, "1-3\t7-10\tmet\t_\t_\twho;whom\t1-1\tmeeting\t_\t_\t_\t_\t\n", {"FMT002"}),
    "chain": (10, "1-2\t4-6\t😊\t_\t_\t_\t_\t_\t*->a\t*[1]\t_\t_\t\n", {"FMT002"}),
    "other value": (13, "1-5\t14-16\tLi\t*[2]\tORG[2]\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT005"}),
    "surrogates": (10, "1-2\t4-5\t😊\t*\tPER\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT003", "FMT005"}),
    "token again": (10, "1-1\t4-6\t😊\t_\t_\t_\t_\t_\t_\t_\t_\t_\t\n", {"FMT007"}),
    "remark": (10, "#Mood=good\n", {"FMT011"}),
    "sentence": (17, "2-1\t8-11\tShe\t_\t_\t_\t_\t_\t*->1-2\t*[1]\t_\t_\t\n", None),
}


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_is_broken_is_found_in_its_line(tmp_path, kind):
    number, line, codes = BROKEN[kind]
    lines = FULL.splitlines(keepends=True)
    lines[number - 1] = line
    source = laid(tmp_path, fair="".join(lines))
    way = journey(source, tmp_path / "project")
    there = {code for code, file, at in way.findings if at == number and file == str(source / "fair.tsv")}
    if codes is None:  # what the first token says is wrong is told where the sentence begins
        assert ("FMT005", str(source / "fair.tsv"), 16) in way.findings
    else:
        assert codes <= there
    assert way.load()[0]["text"].startswith("Ada")


def test_a_layer_that_is_not_understood_is_found(tmp_path):
    source = laid(tmp_path, fair=FULL.replace("|BT_de", "|de"))
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert ("FMT002", 5) in {(found.code, found.place.line) for found in result.check.diagnostics}


def test_a_file_that_only_ends_like_one_is_passed_over_with_a_word(tmp_path):
    source = laid(tmp_path, fair=FULL, other="a\tb\n1\t2\n")
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert result.articles == 1
    found = [(each.code, each.place.file) for each in result.check.diagnostics if each.severity.name == "ERROR"]
    assert found == [("FMT002", str(source / "other.tsv"))]


def test_a_source_without_any_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no article"):
        dataset_builder.import_corpus(laid(tmp_path, other="a\tb\n"), tmp_path / "project", format="webanno")


def test_texts_of_one_article_must_be_equal(tmp_path):
    source = laid(tmp_path, ada=FULL, bo=FULL.replace("won", "ran"))
    result = dataset_builder.import_corpus(source, tmp_path / "project", options={"annotators": "file"})
    assert result.annotators == {"ada": 1}
    found = [(each.code, each.place.file) for each in result.check.diagnostics if each.severity.name == "ERROR"]
    assert found == [("FMT009", str(source / "bo.tsv"))]


def test_the_one_annotator_can_be_named(tmp_path):
    way = journey(laid(tmp_path, fair=FULL), tmp_path / "project", options={"annotator": "ada"})
    assert way.result.annotators == {"ada": 1}
    with pytest.raises(UsageError, match="an annotator's name"):
        dataset_builder.import_corpus(tmp_path / "source", tmp_path / "other", options={"annotator": "../ada"})


def test_annotators_are_told_by_folders(tmp_path):
    source = laid(tmp_path, **{"ada/fair": FULL})
    way = journey(source, tmp_path / "project", options={"annotators": "folder"})
    assert [(row["article"], row["annotator"]) for row in way.load("annotations")] == [("fair", "ada")]


def test_the_case_of_the_rule_on_what_is_unsaid(tmp_path):
    rule = RULES_BY_CODE["FMT031"]
    for name, content in rule.broken.files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    result = dataset_builder.import_corpus(tmp_path / "outside", tmp_path / "project")
    (found,) = result.check.diagnostics
    place = (found.place.file.removeprefix(f"{tmp_path}/"), found.place.line, found.place.column)
    assert (found.code, place) == ("FMT031", rule.broken.at)


VERSION_2 = (
    " # ner.NamedEntity | value # dep.Dependency | DependencyType | AttachTo=ner.NamedEntity\n"
    "#id=1\n"
    "#text=Bo Li met Bo.\n"
    "1-1\tBo\tB-PER\tsubj\t1-3\t\n"
    "1-2\tLi\tI-PER\t_\t_\t\n"
    "1-3\tmet\tO\troot\t1-3\t\n"
    "1-4\tBo\tB-PER|B-x_y\tobj\t1-3\t\n"
    "1-5\t.\tO\t_\t_\t\n"
)


def test_version_2_has_no_offsets_and_needs_none(tmp_path):
    way = journey(laid(tmp_path, fair=VERSION_2), tmp_path / "project")
    record = only_record(way)
    spans = [(item["start"], item["end"], item["label"]) for item in record["named_entity"]]
    assert spans == [(0, 5, "PER"), (10, 12, "PER"), (10, 12, "x_y")]
    tokens = {item["id"]: item["start"] for item in record["token"]}
    drawn = [(tokens[each["Governor"]], tokens[each["Dependent"]], each["label"]) for each in record["dependency"]]
    assert drawn == [(6, 0, "subj"), (6, 6, "root"), (6, 10, "obj")]


def test_version_2_tells_of_tokens_that_do_not_stand_there(tmp_path):
    source = laid(tmp_path, fair=VERSION_2.replace("1-3\tmet", "1-3\tmeet"))
    result = dataset_builder.import_corpus(source, tmp_path / "project")
    assert ("FMT004", 6) in {(found.code, found.place.line) for found in result.check.diagnostics}


@pytest.mark.parametrize("text", [FULL, VERSION_2], ids=["3", "2"])
def test_mutated_files_give_findings_and_nothing_worse(tmp_path, text):
    source = laid(tmp_path, fair=text)
    different = 0
    for seed in range(400):
        (source / "fair.tsv").write_bytes(mutated(text.encode(), seed))
        troubles, _ = taken(source, "webanno")
        different += bool([each for each in troubles if each.kind not in {"import-unsaid", "import-point"}])
    assert different > 100  # what is done to the file is noticed
