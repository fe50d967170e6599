"""SCH1xx, SCH2xx and LAB: records that are not as their schema says."""

from random import Random
from typing import Any

from tests.mutation.kinds import MADE, NOTES, Expectation, kind
from tests.mutation.project import Inapplicable, Line, Project, pick
from tests.mutation.rendering import Key, Marked


def _metadata(project: Project, random: Random) -> tuple[str, dict[str, Any]]:
    article = project.pick_article(random)
    return article.id, article.metadata.value


def _record(project: Project, random: Random) -> dict[str, Any]:
    return project.pick_record(random).line.value


def rename(owner: dict[Any, Any], old: str, new: Any) -> None:
    members = [(new if key == old else key, value) for key, value in owner.items()]
    owner.clear()
    owner.update(members)


def _whole(project: Project, line: Line) -> None:
    line.value = Marked(line.value, project.mark)


def typo(random: Random, word: str) -> str:
    """`word` with one slip, of which the word is the nearest known one."""
    at = random.randrange(1, len(word) - 1)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    slips = [swapped, word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    return random.choice([slip for slip in slips if slip != word])


# Properties


@kind(on=NOTES, also={"ART006"})
def required_property_of_an_article_missing(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    name = random.choice(["title", "published", "event", "rights"])
    del article.metadata.value[name]
    _whole(project, article.metadata)
    return Expectation("SCH102", says=f'"{name}"')


@kind(on=NOTES)
def required_property_of_a_record_missing(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    name = random.choice(["text_sha256", "topic", "relations"])
    del record.line.value[name]
    _whole(project, record.line)
    return Expectation("SCH102", says=f'"{name}"')


@kind(on=("base", "files", "packed", "gz", "own"))
def required_property_of_an_item_missing(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("entities",))
    del spot.span["type"]
    spot.array[spot.array.index(spot.span)] = Marked(spot.span, project.mark)
    return Expectation("SCH102", says='"type"')


@kind()
def offset_missing(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    name = random.choice([spot.layer.start, spot.layer.end])
    del spot.span[name]
    spot.array[spot.array.index(spot.span)] = Marked(spot.span, project.mark)
    return Expectation("SCH102", says=f'"{name}"')


@kind()
def property_misspelt(project: Project, random: Random) -> Expectation:
    """An optional property of metadata; the message names the nearest one that the schema has."""
    article = project.pick_article(random)
    required = {"title", "published", "event", "rights", "portion", "recorded", "id", "text", "dialogue", "transcript"}
    optional = [name for name in article.metadata.value if name not in required and len(name) > 4]
    if project.name == "own":
        raise Inapplicable
    name = pick(random, [name for name in optional if name not in ("sha256", "length")])
    slip = typo(random, name)
    rename(article.metadata.value, name, Key(slip, project.mark))
    return Expectation("SCH103", says=f'did you mean "{name}"?')


@kind(also={"SCH102"})
def required_property_misspelt(project: Project, random: Random) -> Expectation:
    names = {"title", "published", "event", "recorded", "language", "outlet"}
    article = project.pick_article(random, lambda article: bool(names & article.metadata.value.keys()))
    name = pick(random, sorted(names & article.metadata.value.keys()))
    rename(article.metadata.value, name, Key(typo(random, name), project.mark))
    return Expectation("SCH103", says=f'did you mean "{name}"?')


@kind(on=("base", "files", "packed", "gz", "dialogues", "own"), also={"SCH102", "SPN007", "SCH111"})
def property_of_a_span_misspelt(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    name = pick(random, [name for name in spot.span if len(name) > 2])
    rename(spot.span, name, Key(typo(random, name), project.mark))
    return Expectation("SCH103", says=f'did you mean "{name}"?')


@kind(on=NOTES)
def undeclared_property(project: Project, random: Random) -> Expectation:
    """In an open object the record is valid; the value would be lost."""
    record = project.pick_record(random, lambda record: bool(record.line.value["relations"]))
    relation = random.choice(record.line.value["relations"])
    relation[Key("certainty", project.mark)] = random.choice([1, "sure", None, [1]])
    return Expectation("SCH201", says='"certainty"')


@kind(on=NOTES)
def property_that_another_calls_for(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    article.metadata.value["page"] = random.choice([1, 12, None])
    _whole(project, article.metadata)
    return Expectation("SCH110", says='"edition"')


# Types and values

_WRONG = {  # of metadata: values of a wrong type
    "title": [1, True, ["At the mill"], {"en": "At the mill"}, 1.5],
    "published": [20250301, None, True, ["2025-03-01T08:00:00Z"]],
    "event": [None, 3, ["meeting"], {}],
    "words": ["11", 11.5, None, True, [11]],
    "tags": ["local", {"local": True}, None, 0],
    "rights": ["CC0-1.0", None, ["CC0-1.0", "included"], 0],
    "source": ["AB", ["AB"], None, 1],
    "contact": [None, 1, ["desk@example.org"]],
    "sha256": [None, 1, ["0"]],
    "length": ["45", None, 45.5, [45]],
}


@kind(on=NOTES, also={"ART009"})
def wrong_type_in_metadata(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    name = pick(random, [name for name in article.metadata.value if name in _WRONG])
    article.metadata.value[name] = project.marked(random.choice(_WRONG[name]))
    return Expectation("SCH101")


@kind()
def offset_as_a_string(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    name = random.choice([spot.layer.start, spot.layer.end])
    spot.mark(name, str(spot.span[name]), project.mark)
    return Expectation("SCH101", says="write the number without quotation marks")


@kind()
def offset_of_null(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    spot.mark(random.choice([spot.layer.start, spot.layer.end]), None, project.mark)
    return Expectation("SCH101", says="null")


@kind()
def offset_with_a_fraction(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random)
    name = random.choice([spot.layer.start, spot.layer.end])
    spot.mark(name, float(spot.span[name]), project.mark)
    return Expectation("SCH203", says=f"write {spot.span[name].value:.0f}")


@kind(on=NOTES, also={"LNK002"})
def layer_of_another_type(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random, lambda record: bool(record.line.value["cues"]))
    name = random.choice(["cues", "relations"])
    found = record.line.value[name]
    record.line.value[name] = project.marked(random.choice([{"0": found}, "none", 0, None, False]))
    also = {"REF001"} if name == "cues" else set()
    return Expectation("SCH101", also=frozenset(also))


@kind(also={"REF003", "LNK001", "LNK002", "REF001"})
def record_that_is_no_object(project: Project, random: Random) -> Expectation:
    record = project.pick_record(random)
    record.line.value = project.marked(random.choice([[record.line.value], [], "record", 1, None, True]))
    return Expectation("REF007" if project.is_packed(record.line) else "SCH101", says="object")


@kind(on=NOTES)
def fixed_value(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["edition"] = project.marked(random.choice([2, 0, "1", None, [1]]))
    return Expectation("SCH104")


@kind(on=NOTES)
def string_too_short_or_long(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["title"] = project.marked(random.choice(["", "A", "🌊", "x" * 41, "🌊" * 41]))
    return Expectation("SCH105")


@kind(on=NOTES)
def pattern(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["event"] = project.marked(
        random.choice(["Meeting", "town meeting", "meeting-", "été", "meeting\n", "2025"])
    )
    return Expectation("SCH106")


@kind(on=(*NOTES, "dialogues"))
def date_time(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    bad = ["1 March 2025", "2025-03-01", "2025-02-30T08:00:00Z", "2025-03-01T08:00:00", "2025-03-01T25:00:00Z", ""]
    metadata["published" if "published" in metadata else "recorded"] = project.marked(random.choice(bad))
    return Expectation("SCH107", says="2025-03-01T12:00:00Z")


@kind(on=NOTES)
def date_time_that_no_column_holds(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["published"] = project.marked(random.choice(["2016-12-31T23:59:60Z", "2025-03-01T08:00:00.1234567Z"]))
    return Expectation("SCH202")


@kind(on=MADE)
def address(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["uri"] = project.marked(random.choice(["example.org/a", "", "//example.org", "https://exa mple.org"]))
    return Expectation("SCH107", says="https://example.org/a")


@kind(on=MADE)
def number_out_of_bounds(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["score"] = project.marked(random.choice([-1, -0.5, -1e-9, 3, 3.0, 4, 1e300]))
    return Expectation("SCH108")


@kind(on=NOTES)
def label_out_of_bounds(project: Project, random: Random) -> Expectation:
    record = _record(project, random)
    record["mood"] = project.marked(random.choice([-1, 4, 100, 2**40]))
    return Expectation("SCH108")


@kind(on=NOTES)
def integer_that_no_column_holds(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["words"] = project.marked(random.choice([2**15, 40000, 2**31, 2**62]))
    return Expectation("SCH202", says="32,767")


@kind(on=NOTES)
def array_too_long(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["tags"] = project.marked([f"tag{number}" for number in range(random.randint(4, 9))])
    return Expectation("SCH109")


@kind(on=MADE)
def array_too_short(project: Project, random: Random) -> Expectation:
    record = _record(project, random)
    record["fragments"] = project.marked([])
    return Expectation("SCH109")


@kind(on=NOTES)
def item_twice(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    tags = random.choice([["a", project.marked("a")], ["a", "b", project.marked("a")], ["é", project.marked("é"), "b"]])
    metadata["tags"] = tags
    return Expectation("SCH109", says="twice")


@kind(on=NOTES)
def item_of_another_type(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    tags: list[Any] = ["a", "b"]
    tags.insert(random.randint(0, 2), project.marked(random.choice([1, None, [], {}])))
    metadata["tags"] = tags
    return Expectation("SCH101")


@kind(on=NOTES)
def several_forms_at_once(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["source"] = project.marked({"wire": "ABC", "desk": "DEF"})
    return Expectation("SCH111")


@kind(on=NOTES)
def form_that_comes_closest(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["source"] = project.marked({"wire": random.choice(["", "A", "🌊"])})
    return Expectation("SCH111", says="form 1 comes closest")


@kind(on=NOTES)
def second_form_that_comes_closest(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["source"] = project.marked({"desk": random.choice(["", "A", "🌊"])})
    return Expectation("SCH111", says="form 2 comes closest")


@kind(on=NOTES)
def form_of_another_type(project: Project, random: Random) -> Expectation:
    _, metadata = _metadata(project, random)
    metadata["edition"] = 1
    metadata["page"] = project.marked(random.choice(["3", 3.5, [3]]))
    return Expectation("SCH101")


# Labels


@kind(on=NOTES)
def label_of_a_span_misspelt(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("entities",))
    meant = random.choice(["person", "place", "thing"])
    spot.mark("type", typo(random, meant), project.mark)
    return Expectation("LAB001", says=f'did you mean "{meant}"?')


@kind(on=NOTES)
def label_of_a_record_misspelt(project: Project, random: Random) -> Expectation:
    record = _record(project, random)
    meant = random.choice(["meeting", "travel"])
    slip = random.choice([typo(random, meant), meant.capitalize()])
    record["topic"] = project.marked(slip)
    return Expectation("LAB001", says=f'did you mean "{meant}"?')


@kind(on=NOTES)
def label_with_a_space_behind(project: Project, random: Random) -> Expectation:
    record = _record(project, random)
    meant = random.choice(["meeting", "travel"])
    record["topic"] = project.marked(f"{meant} ")
    return Expectation("LAB001", says=f'did you mean "{meant}"?')


@kind(on=("dialogues",))
def label_misspelt_in_another_file(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: spot.layer.path == ("turns",))
    meant = random.choice(["caller", "agent"])
    spot.mark("role", typo(random, meant), project.mark)
    return Expectation("LAB001", says=f'did you mean "{meant}"?')


@kind(on=("dialogues",))
def label_in_a_list_misspelt(project: Project, random: Random) -> Expectation:
    spot = project.pick_spot(random, lambda spot: bool(spot.span.get("intents")))
    intents = spot.span["intents"]
    intents.insert(random.randint(0, len(intents)), project.marked("infrom"))
    return Expectation("LAB001", says='did you mean "inform"?')


@kind(on=NOTES, alone=True)
def label_of_a_link_misspelt(project: Project, random: Random) -> Expectation:
    link = pick(random, project.links)
    meant = random.choice(["same_person", "same_event"])
    link.line.value["kind"] = project.marked(typo(random, meant))
    return Expectation("LAB001", says=f'did you mean "{meant}"?')
