"""REF, LNK and AGR: keys, references, links, and which records belong together."""

from random import Random
from typing import Any

from tests.mutation.kinds import MADE, NOTES, WITH_FILES, Expectation, kind
from tests.mutation.project import Inapplicable, Plain, Project, Record, pick
from tests.mutation.rendering import Marked


def _relation(project: Project, random: Random) -> tuple[Record, dict[str, Any]]:
    record = project.pick_record(random, lambda record: bool(record.line.value["relations"]))
    return record, random.choice(record.line.value["relations"])


def _linked(project: Project) -> set[str]:
    return {link.line.value[end]["article"] for link in project.links for end in ("from", "to")}


def _link(project: Project, random: Random) -> dict[str, Any]:
    value = pick(random, project.links).line.value
    return random.choice(value) if isinstance(value, list) else value  # a file may hold several


# Keys and references


@kind(on=NOTES)
def dangling_reference(project: Project, random: Random) -> Expectation:
    _, relation = _relation(project, random)
    relation[random.choice(["from", "to"])] = project.marked(random.choice(["e999", "", "E1", "entity", "e1 "]))
    return Expectation("REF001")


@kind(on=NOTES)
def dangling_reference_in_a_list(project: Project, random: Random) -> Expectation:
    _, relation = _relation(project, random)
    cues = relation.setdefault("cues", [])
    cues.insert(random.randint(0, len(cues)), project.marked("c999"))
    return Expectation("REF001", says='"c999"')


@kind(on=("own",))
def speaker_that_is_not_there(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("quotes",))
    spot.mark(random.choice(["speaker", "cue"]), "e999", project.mark)
    return Expectation("REF001")


@kind(on=MADE)
def reference_to_no_article(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    record.line.value["see"] = project.marked(record.line.value["see"] + "x")
    return Expectation("REF001", says="did you mean")


@kind(on=NOTES)
def item_deleted_that_others_name(project: Project, random: Random) -> Expectation:
    record, relation = _relation(project, random)
    if record.article in _linked(project):
        raise Inapplicable
    gone = relation["from"]
    entities = record.line.value["entities"]
    entities[:] = [entity for entity in entities if entity["id"] != gone]
    relation["from"] = project.marked(gone)
    return Expectation("REF001", says=f'"{gone}"', also=frozenset({"REF001"}))


@kind(on=NOTES)
def reference_to_another_layer(project: Project, random: Random) -> Expectation:
    record, relation = _relation(project, random)
    cue = pick(random, record.line.value["cues"])["id"]
    relation["from"] = project.marked(cue)
    return Expectation("REF010", says=f'"{cue}"')


@kind(on=NOTES, also={"REF009"})
def key_given_twice(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: len(spot.array) > 1 and spot.layer.key is not None)
    at = spot.array.index(spot.span)
    if at == 0:
        raise Inapplicable
    old, new = spot.span["id"], random.choice(spot.array[:at])["id"]
    if old in str(project.links) or old in repr(spot.record.line.value["relations"]):
        raise Inapplicable
    for entity in spot.record.line.value["entities"]:
        if entity.get("same_as") == old:
            entity["same_as"] = None
    spot.mark("id", new, project.mark)
    return Expectation("REF002", says=f'"{new}"', also=frozenset({"LNK002"}))


@kind(on=NOTES, also={"REF010", "REF001"})
def key_in_two_layers(project: Project, random: Random) -> Expectation:
    record, relation = _relation(project, random)
    cue = pick(random, record.line.value["cues"])
    cue["id"] = relation["to"]
    relation["to"] = project.marked(relation["to"])
    for other in record.line.value["relations"]:
        other["cues"] = []
    return Expectation("REF009", says="which one is meant", also=frozenset({"REF009"}))


@kind(on=NOTES)
def reference_to_itself(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("entities",))
    spot.mark("same_as", spot.span["id"], project.mark)
    return Expectation("REF008", says=f'"{spot.span["id"]}"')


@kind(on=NOTES)
def circle(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("entities",) and len(spot.array) > 1)
    size = random.randint(2, len(spot.array))
    chosen = random.sample(range(len(spot.array)), size)
    for entity in spot.array:
        entity["same_as"] = None
    for one, other in zip(chosen, [*chosen[1:], chosen[0]], strict=True):
        spot.array[one]["same_as"] = spot.array[other]["id"]
    first = spot.array[min(chosen)]
    first["same_as"] = project.marked(first["same_as"])
    return Expectation("REF011", says="circle")


# Whose record it is


@kind(on=WITH_FILES)
def record_of_another_article(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    other = pick(random, [id_ for id_ in project.articles if id_ != record.article])
    record.line.value["article"] = project.marked(other)
    return Expectation("REF004", says=other)


@kind(on=WITH_FILES)
def record_of_another_annotator(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    record.line.value["annotator"] = project.marked("zoe")
    return Expectation("REF005", says="zoe")


@kind(on=WITH_FILES)
def annotation_of_no_article(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    value = {**record.line.value, "article": f"{record.article}x"}
    line = project.add_json(f"{record.file.rpartition('/')[0]}/{record.article}x.json", value)
    line.value = project.marked(value)
    return Expectation("REF003", says=record.article)


@kind(on=("dialogues", *MADE))
def packed_annotation_of_no_article(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    value = {**record.line.value, project.fields["article"]: f"{record.article}x", project.fields["annotator"]: "zoe"}
    line = project.add_json(f"{project.paths['annotations']}/zz.jsonl", value)
    line.value = project.marked(value)
    return Expectation("REF003", says=record.article)


@kind(on=WITH_FILES)
def article_deleted(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    records = [record for record in project.records if record.article == article.id]
    record = pick(random, records)
    for file in (article.file, article.metadata_file):
        project.files.pop(str(file), None)
    record.line.value = project.marked(record.line.value)
    return Expectation("REF003", says=article.id, also=frozenset({"REF003", "LNK001", "LNK002", "REF001"}))


@kind(on=("dialogues", *MADE))
def record_that_belongs_nowhere(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    value = dict(record.line.value)
    name = project.fields[random.choice(["article", "annotator"])]
    value[project.fields["annotator"]] = "zoe"
    value[name] = random.choice([None, 1, "", []])
    line = project.add_json(f"{project.paths['annotations']}/zz.jsonl", value)
    line.value = project.marked(value)
    return Expectation("REF007", says=f'"{name}"')


@kind(on=("base", "files", "own"))
def annotation_in_no_folder(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    value = dict(record.line.value)
    project.add_json(f"annotations/{record.article}.json", value).value = project.marked(value)
    return Expectation("REF007", says="<annotator>")


@kind(on=WITH_FILES)
def annotation_twice(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    folder = f"annotations/{record.annotator}/zz"
    value = dict(record.line.value)
    project.add_json(f"{folder}/{record.article}.json", value).value = project.marked(value)
    return Expectation("REF006", says=record.article)


@kind(on=("dialogues", *MADE))
def packed_annotation_twice(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random, lambda record: record.annotator in ("ada", "kim", "lee"))
    value = dict(record.line.value)
    project.add_json(f"{project.paths['annotations']}/zz.jsonl", value).value = project.marked(value)
    return Expectation("REF006", says=record.article)


# Links


@kind(on=NOTES, alone=True)
def link_to_no_article(project: Project, random: Random) -> Expectation:
    link = _link(project, random)
    end = link[random.choice(["from", "to"])]
    end["article"] = project.marked(end["article"] + "x")
    return Expectation("LNK001", says=end["article"].value)


@kind(on=("own",), alone=True)
def link_to_no_article_of_many(project: Project, random: Random) -> Expectation:
    end = _link(project, random)[random.choice(["from", "to"])]
    near = None if end["article"][0].isdigit() else "did you mean"  # ids that differ in digits are no near ones
    end["article"] = project.marked(end["article"][:-1])
    return Expectation("LNK001", says=near)


@kind(on=(*NOTES, "own"), alone=True)
def link_to_no_item(project: Project, random: Random) -> Expectation:
    end = _link(project, random)[random.choice(["from", "to"])]
    name = "quote" if project.name == "own" else "entity"
    if name == "quote" and "span" in end:
        raise Inapplicable
    end[name] = project.marked("q999")
    return Expectation("LNK002", says='"q999"')


@kind(on=NOTES, alone=True)
def link_to_an_article_without_annotation(project: Project, random: Random) -> Expectation:
    end = _link(project, random)["from"]
    for name in [record.file for record in project.records if record.article == end["article"]]:
        if project.name in ("packed", "gz"):
            raise Inapplicable
        del project.files[name]
    project.done.append(end["article"])
    end["entity"] = project.marked(end["entity"])
    return Expectation("LNK002", says="has no gold annotation", also=frozenset({"LNK002"}))


@kind(on=NOTES, alone=True)
def id_of_a_link_twice(project: Project, random: Random) -> Expectation:
    link = _link(project, random)
    id_ = link["id"]
    more = {**link, "id": project.marked(id_), "from": link["to"], "to": {"article": link["from"]["article"]}}
    project.add_json("annotations/links/zz.json", more)
    return Expectation("LNK003", says=f'"{id_}"')


@kind(on=(*NOTES, "own"), alone=True)
def link_twice(project: Project, random: Random) -> Expectation:
    link = {**_link(project, random), "id": "zz-copy"}
    project.add_json("annotations/links/zz.json", link).value = project.marked(link)
    return Expectation("LNK005")


@kind(on=NOTES, alone=True)
def links_that_contradict_one_another(project: Project, random: Random) -> Expectation:
    link = dict(_link(project, random))
    link |= {"id": "zz-other", "kind": "same_event" if link["kind"] == "same_person" else "same_person"}
    project.add_json("annotations/links/zz.json", link).value = project.marked(link)
    return Expectation("LNK006")


@kind(on=(*NOTES, "own"), alone=True)
def link_to_itself(project: Project, random: Random) -> Expectation:
    link = _link(project, random)
    link["to"] = project.marked(dict(link["from"]))
    return Expectation("LNK004")


# Several annotators


@kind(on=NOTES, alone=True)
def rival_annotation(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    value = {**record.line.value, "annotator": "bob"}
    project.add_json(f"annotations/bob/{record.article}.json", value).value = project.marked(value)
    return Expectation("AGR001", says="gold.policy")


@kind(on=NOTES, alone=True)
def not_adjudicated(project: Project, random: Random) -> Expectation:
    project.configure('[gold]\npolicy = "adjudicated"\nannotator = "ada"\n')
    record = project.pick_record(random)
    record.line.value["annotator"] = "bob"
    if record.file.endswith(".json"):
        project.files[f"annotations/bob/{record.article}.json"] = project.files.pop(record.file)
    record.line.value = Marked(record.line.value, project.mark)
    return Expectation("AGR002", says='"bob"')


@kind(on=("own",), alone=True)
def gold_record_missing(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random, lambda record: record.annotator == "gold")
    del project.files[record.file]
    others = [other for other in project.records if other.article == record.article and other is not record]
    first = min(others, key=lambda other: other.annotator)
    first.line.value = Marked(first.line.value, project.mark)
    return Expectation("AGR002", says=record.article)


@kind(on=NOTES, alone=True)
def gold_that_has_no_majority(project: Project, random: Random) -> Expectation:
    project.configure('[gold]\npolicy = "majority"\n')
    record = project.pick_record(random)
    topic = "travel" if record.line.value["topic"] == "meeting" else "meeting"
    project.add_json(
        f"annotations/bob/{record.article}.json", {**record.line.value, "annotator": "bob", "topic": topic}
    )
    record.line.value = Marked(record.line.value, project.mark)
    return Expectation("AGR003", says='"topic"')


@kind(on=("own",), alone=True)
def gold_annotator_unnamed(project: Project, random: Random) -> Expectation:
    file = project.files[project.configuration]
    assert isinstance(file, Plain)
    text = str(file.data)
    file.data = text.replace('annotator = "gold"\n', "").replace(
        "[tool.dataset-builder.gold]", f"{project.mark}[tool.dataset-builder.gold]"
    )
    return Expectation("CFG004", says="gold.annotator")
