"""ART and SPL: texts, and what their metadata states of them."""

import unicodedata
from hashlib import sha256
from random import Random

from tests.mutation.kinds import MADE, NOTES, WITH_FILES, Expectation, kind
from tests.mutation.project import Article, Inapplicable, Plain, Project, pick
from tests.mutation.rendering import Marked

_EDGES = {"SPN011", "SPN012", "SPN013"}


def _here(article: Article) -> bool:
    return article.text is not None


def _note(project: Project, random: Random, text: str | bytes, id_: str = "zz-note") -> None:
    """A new article without annotations, laid out as the others are."""
    pattern = pick(random, [one for one in project.articles.values() if _here(one) and one.id not in project.done])
    value = dict(pattern.metadata.value)
    for name in ("sha256", "length"):
        value.pop(project.fields[name], None)
    folder = project.paths["articles"]
    if pattern.file is not None:
        project.add_json(f"{folder}/{id_}.json", value)
        project.files[f"{folder}/{id_}.txt"] = Plain(text)
    elif isinstance(text, str):
        value[project.fields["id"]] = id_
        plain = text.replace(project.mark, "")
        value[project.fields["text"]] = project.marked(plain)
        line = project.add_json(f"{folder}/{id_}.jsonl", value)
        line.value = value
    else:
        raise Inapplicable


# What a text consists of


@kind(on=NOTES)
def bom_of_a_text(project: Project, random: Random) -> Expectation:
    _note(project, random, project.mark + "\ufeffA note.\n")
    return Expectation("ART011")


@kind(on=("base", "dialogues", *MADE))
def bom_of_an_annotated_text(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    spots = [spot for record in project.records if record.article == article.id for spot in project.spots(record)]
    links = [link.line.value.get("seen", {}) for link in project.links]
    for span, start, end in [
        *((spot.span, spot.layer.start, spot.layer.end) for spot in spots),
        *((seen, "start", "end") for seen in links if seen.get("article") == article.id),
    ]:
        span[start] += 1
        span[end] += 1
    project.revise(article, f"{project.mark}\ufeff{article.text}")
    return Expectation("ART011")


@kind()
def control_character(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    character = random.choice("\x0c\x0b\x01\x1b\x7f\x85\x9d\u2028\u2029")
    project.insert(random, article, project.mark + character)
    return Expectation("ART020", says=f"U+{ord(character):04X}")


@kind()
def nul(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    project.insert(random, article, project.mark + "\0")
    return Expectation("ART020", says="U+0000")


@kind()
def line_ends_with_carriage_return(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    end = random.choice(["\r\n", "\r"])
    project.insert(random, article, project.mark + end)
    return Expectation("ART022", says="CR LF" if end == "\r\n" else "CR")


@kind(on=WITH_FILES)
def all_lines_end_with_carriage_return(project: Project, random: Random) -> Expectation:
    """As git changes them in passing: the digest is another one, and so are the offsets."""
    article = project.pick_article(random, lambda article: _here(article) and "\n" in str(article.text))
    assert article.text is not None
    changed = article.text.replace("\n", "\r\n")
    project.write(article, changed.replace("\r\n", f"{project.mark}\r\n", 1))
    return Expectation("ART022", also=frozenset({"ART007", "SPN008", "SPN003", "SPN004", "SPN001", "ART008"}))


@kind()
def direction_override(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    character = random.choice("\u202d\u202e\u2066\u2067\u202a")
    project.insert(random, article, f"{project.mark}{character}x")
    return Expectation("ART021", says=f"U+{ord(character):04X}")


@kind()
def decomposed(project: Project, random: Random) -> Expectation:
    """Before "e" and its accent, which are one character in form C."""
    article = project.pick_article(random, lambda article: unicodedata.is_normalized("NFC", article.text or "é\u0301"))
    word = random.choice(["cafe\u0301", "A\u030angstro\u0308m", "\u1112\u1161\u11ab", "\u212b", "o\u0302\u0323"])
    normal = unicodedata.normalize("NFC", word)
    same = next(index for index, pair in enumerate(zip(word, normal, strict=False)) if pair[0] != pair[1])
    project.insert(random, article, f" {word[:same]}{project.mark}{word[same:]}")
    return Expectation("ART023")


@kind(on=WITH_FILES)
def text_that_is_not_utf8(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    text = article.text or ""
    at = random.randrange(len(text))
    bad = random.choice([b"\xe9", b"\xff\xfe", b"\xc0\x80", b"\x92"])
    project.write(article, (text[:at] + project.mark).encode() + bad + text[at:].encode())
    return Expectation("ART001", also=frozenset({"ART007", "SPN008"}))


@kind(on=WITH_FILES)
def text_in_another_encoding(project: Project, random: Random) -> Expectation:
    text = f"Le caf{project.mark}\xe9 est ferm\xe9.\n"
    before, _, after = text.partition(project.mark)
    _note(project, random, before.encode() + project.mark.encode() + after.encode("latin-1"))
    return Expectation("ART001", says="0xE9")


@kind()
def text_empty(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    project.write(article, project.mark)
    return Expectation("ART002", also=frozenset({"ART007", "ART008", "SPN001", "SPN003", "SPN004", "SPN008"}))


@kind()
def text_blank(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    project.write(article, project.mark + random.choice([" ", "\n", " \n\t\n", "\xa0", "\u3000\n"]))
    return Expectation("ART003", also=frozenset({"ART007", "ART008", "SPN001", "SPN003", "SPN004", "SPN008"}))


@kind(on=("base", *MADE))
def text_too_large(project: Project, random: Random) -> Expectation:
    size = 4000 + max(len(line.rendered()) for _, line in project.lines())
    project.configure(f"[limits]\nbytes = {size}\n")
    _note(project, random, project.mark + "A note. " * (size // 8 + 1))
    if project.name in ("packed", "gz"):
        raise Inapplicable  # the record is too large then
    return Expectation("ART012")


@kind(on=WITH_FILES)
def text_missing(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    del project.files[str(article.file)]
    article.metadata.value = project.marked(article.metadata.value)
    return Expectation("ART006")


@kind(on=("files", "base"))
def metadata_missing(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    del project.files[article.metadata_file]
    project.write(article, project.mark + str(article.text))
    return Expectation("ART016")


# What is stated of a text


@kind(on=(*NOTES, "own"))
def digest_wrong(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    name = project.fields["sha256"]
    if name not in article.metadata.value:
        raise Inapplicable
    article.metadata.value[name] = project.marked(sha256(str(random.random()).encode()).hexdigest())
    return Expectation("ART007", says=sha256(str(article.text).encode()).hexdigest())


@kind(on=(*NOTES, "own"), fixable="same")
def length_wrong(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    name, text = project.fields["length"], str(article.text)
    if name not in article.metadata.value:
        raise Inapplicable
    wrong = random.choice([len(text) + 1, len(text) - 1, len(text.encode()) + 2, 1, 10 * len(text)])
    article.metadata.value[name] = project.marked(wrong)
    return Expectation("ART008", says=f"write {len(text)}")


@kind(also=_EDGES)
def text_revised(project: Project, random: Random) -> Expectation:
    """A word in the middle is another one, and nothing else knows of it."""
    article = project.pick_article(random, _here)
    text = str(article.text)
    at = random.choice([index for index, character in enumerate(text) if character == " "])
    project.write(article, f"{text[:at]} then{text[at:]}")
    also = {"SPN001", "SPN003", "SPN004", "ART007", "ART008", "SPN008"}
    if project.fields["sha256"] in article.metadata.value:
        name = project.fields["sha256"]
        article.metadata.value[name] = project.marked(article.metadata.value[name])
        return Expectation("ART007", also=frozenset(also))
    records = [record for record in project.records if record.article == article.id]
    wrong = [
        (spot, spot.span[spot.layer.quote or ""])
        for record in records
        for spot in project.spots(record)
        if spot.layer.quote in spot.span and spot.start <= at < spot.end
    ]
    spot, quote = pick(random, wrong)
    spot.mark(spot.layer.quote or "", quote, project.mark)
    return Expectation("SPN003", also=frozenset(also))


@kind(on=(*NOTES, "own"))
def licence_that_is_none(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    bad = ["CC BY 4.0", "CC-BY", "public domain", "MIT OR", "GPL-99.0-only", "(MIT", "MIT AND OR CC0-1.0"]
    article.metadata.value["rights"]["license"] = project.marked(random.choice(bad))
    return Expectation("ART010")


@kind(on=NOTES)
def rights_unclear(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    meant = article.metadata.value["rights"]["text"]
    slip = meant[:5] + meant[6] + meant[5] + meant[7:]
    article.metadata.value["rights"]["text"] = project.marked(slip)
    also = frozenset({"ART006", "SPN007"}) if meant == "withheld" else frozenset()
    return Expectation("ART015", says=f'did you mean "{meant}"?', also=also)


@kind(on=NOTES)
def withheld_without_digest(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, lambda article: not _here(article))
    name = random.choice(["sha256", "length"])
    del article.metadata.value[name]
    article.metadata.value = Marked(article.metadata.value, project.mark)
    return Expectation("ART009", says=f'"{name}"')


@kind(on=("base", "files", "own"))
def withheld_text_stored(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, lambda article: _here(article) and article.file is not None)
    article.metadata.value["rights"]["text"] = "withheld"
    project.write(article, project.mark + str(article.text))
    return Expectation("ART013", also=frozenset({"SPN009", "ART017"}))


@kind(on=("base", "files"))
def withheld_text_shows(project: Project, random: Random) -> Expectation:
    """A stretch of 40 characters of a text that was put back stands in its metadata."""
    text = f"A long note {random.random()} that nobody may publish, though it stands in the metadata.\n"
    at = random.randrange(len(text) - 60)
    metadata = {
        "title": None,
        "published": "2025-03-01T08:00:00Z",
        "event": "meeting",
        "contact": project.marked(f"see {text[at : at + random.randint(40, 60)]}"),
        "rights": {"license": "LicenseRef-house", "text": "withheld"},
        "sha256": sha256(text.encode()).hexdigest(),
        "length": len(text),
    }
    project.add_json("seeds/zz-cellar.json", metadata)
    project.files["seeds/.hydrated/zz-cellar.txt"] = Plain(text)
    return Expectation("ART017")


# Articles that are there twice


@kind(on=("base", "files", "own"))
def article_twice_in_another_folder(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random, _here)
    project.files[f"seeds/zz/{article.id}.txt"] = Plain(project.mark + "Another text.\n")
    return Expectation("ART004", says=article.id)


@kind(on=("base", *MADE))
def article_twice_in_a_packed_file(project: Project, random: Random) -> Expectation:
    article = project.pick_article(random)
    value = {**article.metadata.value, "id": article.id, "text": "Another text.\n"}
    line = project.add_json("seeds/zz.jsonl", value)
    line.value = project.marked(value)
    return Expectation("ART004", says=article.id)


@kind(on=("dialogues", *MADE))
def article_twice_in_its_packed_file(project: Project, random: Random) -> Expectation:
    packed = [
        article for article in project.articles.values() if article.file is None and article.id not in project.done
    ]
    if not packed:
        raise Inapplicable
    article = pick(random, [one for one in packed if _here(one)])
    project.done.append(article.id)
    name = project.fields["id"]
    line = project.add_json(f"{project.paths['articles']}/zz.jsonl", {**article.metadata.value})
    line.value = project.marked({**article.metadata.value, project.fields["text"]: "Another.", name: article.id})
    return Expectation("ART004", says=article.id)


@kind(on=("base", *MADE), alone=True)
def same_text_in_one_split(project: Project, random: Random) -> Expectation:
    project.configure('[splits]\nfield = "event"\n')
    article = project.pick_article(random, _here)
    _copy(project, article, article.metadata.value["event"])
    return Expectation("ART018", says=article.id)


@kind(on=("base", *MADE), alone=True)
def same_text_in_another_split(project: Project, random: Random) -> Expectation:
    project.configure('[splits]\nfield = "event"\n')
    article = project.pick_article(random, _here)
    _copy(project, article, "test")
    return Expectation("SPL003", says=article.id)


def _copy(project: Project, article: Article, event: str) -> None:
    """The article once more, under an id that comes after all others."""
    value = {**article.metadata.value, "event": event}
    if article.file is not None:
        project.add_json("seeds/zz-copy.json", value)
        project.files["seeds/zz-copy.txt"] = Plain(project.mark + str(article.text))
    else:
        value |= {"id": "zz-copy", "text": article.text}
        project.add_json("seeds/zz-copy.jsonl", value).value = project.marked(value)


@kind(on=("base", *MADE), alone=True)
def split_that_is_no_name(project: Project, random: Random) -> Expectation:
    project.configure('[splits]\nfield = "event"\n')
    article = project.pick_article(random)
    article.metadata.value["event"] = project.marked("town-meeting")
    return Expectation("SPL001", says="town-meeting")


@kind(on=("base", *MADE), alone=True)
def article_without_a_group(project: Project, random: Random) -> Expectation:
    project.configure('[splits]\ngroup = "contact"\n')
    for article in project.articles.values():
        article.metadata.value["contact"] = random.choice(["north", "south"])
    article = project.pick_article(random)
    del article.metadata.value["contact"]
    article.metadata.value = Marked(article.metadata.value, project.mark)
    return Expectation("SPL002", says='"contact"')


@kind(on=("dialogues", *MADE))
def id_that_is_no_name(project: Project, random: Random) -> Expectation:
    bad = ["../mill", "a/b", ".hidden", "", "a\\b", "a\x01b", "x" * 201, "a\u2028b", ".."]
    name = f"{project.paths['articles']}/zz.jsonl"
    line = project.add_json(name, {project.fields["id"]: random.choice(bad), project.fields["text"]: "Out."})
    line.value = project.marked(line.value)
    return Expectation("ART005")


@kind(on=("dialogues", *MADE))
def article_without_an_id(project: Project, random: Random) -> Expectation:
    value = {project.fields["text"]: "Out."} | random.choice([{}, {project.fields["id"]: random.choice([1, None, []])}])
    line = project.add_json(f"{project.paths['articles']}/zz.jsonl", value)
    line.value = project.marked(value)
    return Expectation("REF007", says=project.fields["id"])


@kind(on=("base",), alone=True)
def id_that_is_not_the_file_name(project: Project, random: Random) -> Expectation:
    schema = project.files["schema/article.schema.json"].line.value
    schema["properties"]["id"] = {"type": "string"}
    article = project.pick_article(random)
    article.metadata.value["id"] = project.marked(article.id + "s")
    return Expectation("ART014", says=article.id)
