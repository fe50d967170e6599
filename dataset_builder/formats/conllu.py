"""CoNLL-U: sentences of words with lemmas, parts of speech and dependencies; the text is rebuilt of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats import tags
from dataset_builder.formats.brackets import Bracketed, Brackets
from dataset_builder.formats.conllu_lines import FIELDS, Sentence, Word, misc_of, sentences, spaces_of, without
from dataset_builder.formats.conllu_writer import ConlluWriter
from dataset_builder.formats.distinct import Distinct
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.tokenized import TextBuilder, chosen_files, stem_of
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["exporter", "importer"]

_ENTITY_KEYS = ("NER", "ner", "NE", "ne", "Ner")  # of MISC, that hold a tag
_BRACKETS = "Entity"  # of MISC, that holds brackets, as in CorefUD
_ATTRIBUTES = ("lemma", "xpos", "feats", "deprel", "deps", "misc")
_WHOLE = re.compile(r"\([^()]*\)")
_TAKEN = frozenset({*_ENTITY_KEYS, _BRACKETS, "SpaceAfter", "SpacesAfter"})
_PIECE = re.compile(r"([^\[\]-]+)\[([0-9]{1,4})/([0-9]{1,4})\](-.*)?")
_WAYS = ("attributes", "relations")


def importer(source: Source, dependencies: str | None = None, tokens: str | None = None) -> "Conllu":
    """What reads the files of `source`.

    Raises:
        UsageError: an option has a value that means nothing.
    """
    if tokens is not None:
        raise UsageError("the option tokens is one of exports")
    if dependencies not in (None, *_WAYS):
        raise UsageError(f"dependencies become {' or '.join(_WAYS)}, not {dependencies!r}")
    return Conllu(source, relations=dependencies == "relations")


def exporter(tokens: str | None = None, dependencies: str | None = None) -> ConlluWriter:
    """What writes a file for each article.

    Raises:
        UsageError: an option is one of imports.
    """
    if dependencies is not None:
        raise UsageError("the option dependencies is one of imports")
    return ConlluWriter(tokens=tokens)


@dataclass(slots=True)
class _Document:
    """An article under way."""

    article: ForeignArticle
    text: TextBuilder = field(default_factory=TextBuilder)
    items: dict[str, list[Item]] = field(default_factory=dict)
    brackets: Brackets = field(default_factory=Brackets)
    places: list[tuple[int, int]] = field(default_factory=list)  # of all words, for brackets
    count: int = 0  # sentences

    def tell(self, kind: str, message: str, line: int) -> None:
        self.article.troubles.append(Trouble(kind, message, self.article.file, line))

    def add(self, id_: str, layer: str, label: str | None, line: int, **more: Any) -> None:
        self.items.setdefault(layer, []).append(Item(id_, layer, label, file=self.article.file, line=line, **more))


class Conllu:
    """Reads the files one by one; an article is what begins with `# newdoc`, or a file."""

    def __init__(self, source: Source, *, relations: bool) -> None:
        self._source, self._relations = source, relations
        self._names = Distinct()
        self.declared = Declared()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles file by file."""
        files = chosen_files(self._source, (".conllu",))
        for done, file in enumerate(files):
            tick(done, len(files))
            try:
                text = self._source.text(file).removeprefix("\ufeff")
            except Unreadable as error:
                self._source.troubles.append(error.trouble)
                continue
            yield from self._articles(file, text)
        tick(len(files), len(files))

    def _articles(self, file: str, text: str) -> Iterator[ForeignArticle]:
        troubles: list[Trouble] = []
        current: _Document | None = None
        count = 0
        parted = text.startswith("# newdoc") or "\n# newdoc" in text
        for sentence in sentences(text, file, troubles):
            said = dict(_parts(comment) for _, comment in sentence.comments)
            begins = next((name for name in said if name.split()[0:1] == ["newdoc"]), None)
            if begins is not None or current is None:
                if current is not None and current.places:
                    yield _finished(current)
                count += 1
                given = said.get("newdoc id") or ""
                name = given or (f"{stem_of(file)}-{count:04}" if parted else stem_of(file))
                article = ForeignArticle(name=self._names.name(name), text="", file=file, line=sentence.line)
                current = _Document(article)
                if article.name != name:
                    message = f'there is a document "{name}" already: this one is called {article.name}'
                    current.tell("import-loose", message, sentence.line)
            current.article.troubles += troubles
            troubles.clear()
            if sentence.words:
                self._sentence(sentence, current, said)
            else:
                current.tell("import-syntax", "the sentence has no words: it is left out", sentence.line)
        if current is not None and current.places:
            current.article.troubles += troubles
            yield _finished(current)
        else:
            self._source.troubles += troubles

    def _sentence(self, sentence: Sentence, document: _Document, said: Mapping[str, str | None]) -> None:
        document.count += 1
        prefix = f"{document.count}."
        if document.places and any(name.split()[0:1] == ["newpar"] for name in said):
            document.text.part("\n\n")
        places = _placed(sentence, document, said.get("text"))
        if not places:
            document.tell("import-syntax", "the sentence has no words that are written: it is left out", sentence.line)
            return
        self._words(sentence.words, document, places, prefix)
        _marked(sentence.words, document, places)
        span = (min(start for start, _ in places.values()), max(end for _, end in places.values()))
        attributes = {"sent_id": said["sent_id"]} if said.get("sent_id") else {}
        kept = [comment for _, comment in sentence.comments if _parts(comment)[0] not in ("sent_id", "text")]
        extra = {"comments": kept} if kept else {}
        document.add(
            f"s{document.count}",
            "sentences",
            None,
            sentence.line,
            fragments=(span,),
            attributes=attributes,
            extra=extra,
        )

    def _words(
        self, words: Sequence[Word], document: _Document, places: Mapping[int, tuple[int, int]], prefix: str
    ) -> None:
        inner = {number for word in words if word.several for number in range(word.first, word.last + 1)}
        for word in words:
            attributes = {name: value for name, value in _said(word) if name in _ATTRIBUTES}
            label = next((value for name, value in _said(word) if name == "upos"), None)
            more: dict[str, Any] = {"attributes": attributes}
            if word.empty:
                attributes["form"] = word.form
                more["extra"] = {"head": word.fields[5]} if word.fields[5] != "_" else {}
                document.add(prefix + word.id, "empty_nodes", label, word.line, **more)
            elif word.several:
                members = tuple(f"{prefix}{number}" for number in range(word.first, word.last + 1))
                references = {"words": members}
                more |= {"references": references, "fragments": (places[word.first],)}
                document.add(prefix + word.id, "multiwords", None, word.line, **more)
            else:
                if word.first in inner:
                    attributes["form"] = word.form
                self._head(word, document, prefix, more)
                document.add(prefix + word.id, "words", label, word.line, fragments=(places[word.first],), **more)

    def _head(self, word: Word, document: _Document, prefix: str, more: dict[str, Any]) -> None:
        """What `word` hangs on: a reference, or a relation."""
        head = word.fields[5]
        if head in ("_", "0"):
            if head == "0" and word.fields[6] != "root":
                more["extra"] = {"head": head}
            return
        if not (head.isascii() and head.isdecimal()):
            document.tell("import-syntax", f'a head is a number, not "{head}"', word.line)
        elif self._relations:
            arguments = (Argument("head", prefix + head), Argument("dependent", prefix + word.id))
            label = more["attributes"].get("deprel", "dep")
            document.add(f"{prefix}{word.id}-head", "dependencies", label, word.line, arguments=arguments)
        else:
            more["references"] = {"head": prefix + head}


def _parts(comment: str) -> tuple[str, str | None]:
    name, equals, value = comment.partition("=")
    return name.strip(), value.strip() if equals else None


def _said(word: Word) -> Iterator[tuple[str, str]]:
    """The fields that say something. Of the word `_` it is said that its lemma is one."""
    for name, value in zip(FIELDS, word.fields, strict=True):
        if value != "_" or (name == "lemma" and word.form == "_"):
            said = _left(value, empty=word.empty) if name == "misc" else value
            if said:
                yield name, said


def _left(misc: str, *, empty: bool) -> str:
    """What of MISC is said nowhere else: the text says what parts words, and entities are items."""
    if empty:
        return misc
    return "|".join(part for part in misc.split("|") if part.partition("=")[0] not in _TAKEN)


def _placed(sentence: Sentence, document: _Document, stated: str | None) -> dict[int, tuple[int, int]]:
    """Where each word of the sentence stands in the text, to which it is written here; by the words' numbers."""
    written = without(sentence.words)
    found: dict[int, tuple[int, int]] = {}
    gaps = _gaps(written, stated)
    if stated is not None and gaps is None:
        line = next(number for number, comment in sentence.comments if _parts(comment)[0] == "text")
        message = "the words of the sentence aren't those of its text: it is rebuilt of the words"
        document.tell("import-loose", message, line)
    for number, word in enumerate(written):
        own = spaces_of(misc_of(word.fields[-1]))
        gap = " " if own is None else own
        if gaps is not None and number < len(written) - 1 and own is None:
            gap = gaps[number]
        place = document.text.word(word.form, gap)
        found |= {each: place for each in range(word.first, word.last + 1) if each not in found}
    for word in sentence.words:
        if not word.empty and not word.several and word.first not in found:
            found[word.first] = found[max((each for each in found if each < word.first), default=min(found))]
    return found


def _gaps(written: Sequence[Word], stated: str | None) -> list[str] | None:
    """What stands between the words in the stated text; None where they aren't its words."""
    if stated is None:
        return None
    gaps = []
    position = 0
    for word in written:
        at = position
        while at < len(stated) and stated[at].isspace() and not stated.startswith(word.form, at):
            at += 1
        if not stated.startswith(word.form, at):
            return None
        gaps.append(stated[position:at])
        position = at + len(word.form)
    return None if stated[position:].strip() else gaps[1:]


def _marked(words: Sequence[Word], document: _Document, places: Mapping[int, tuple[int, int]]) -> None:
    """The entities that MISC has: as tags, or as brackets."""
    plain = [word for word in words if not word.empty and not word.several]
    said = [misc_of(word.fields[-1]) for word in plain]
    key = next((name for name in _ENTITY_KEYS if any(name in each for each in said)), None)
    if key is not None:
        _tagged(plain, [each.get(key, "O") or "O" for each in said], document, places)
    first = number = len(document.places)
    document.places += [places[word.first] for word in plain]
    for word in words:
        value = misc_of(word.fields[-1]).get(_BRACKETS, "")
        if word.empty:  # what it alone is has no place in the text; what it begins or ends, begins or ends beside it
            value = _WHOLE.sub("", value)
        for message in document.brackets.read(max(number - word.empty, first), value, word.line) if value else ():
            document.tell("import-syntax", message, word.line)
        number += not (word.empty or word.several)


def _tagged(
    words: Sequence[Word], values: list[str], document: _Document, places: Mapping[int, tuple[int, int]]
) -> None:
    scheme = tags.scheme_of([values]) if tags.is_tags(values) else "io"
    found, misfits = tags.decode(values, scheme)
    for number, message in misfits:
        document.tell("import-loose", message, words[number].line)
    for start, end, label in found:
        span = (places[words[start].first][0], places[words[end - 1].first][1])
        id_ = f"e{len(document.items.get('entities', ())) + 1}"
        document.add(id_, "entities", label, words[start].line, fragments=(span,))


def _finished(document: _Document) -> ForeignArticle:
    for line, message in document.brackets.finish():
        document.tell("import-syntax", message, line)
    chains: dict[str, list[str]] = {}
    lines: dict[str, int] = {}
    for number, (name, pieces) in enumerate(_whole(document.brackets.ordered), start=1):
        called, _, rest = name.partition("-")
        spans = tuple((document.places[each.start][0], document.places[each.end - 1][1]) for each in pieces)
        extra = {"entity": name} if rest else {}
        line = pieces[0].line
        more: dict[str, Any] = {"fragments": spans, "references": {"chain": f"chain-{called}"}, "extra": extra}
        document.add(f"m{number}", "mentions", rest.partition("-")[0] or None, line, **more)
        chains.setdefault(called, []).append(f"m{number}")
        lines.setdefault(called, line)
    for called, members in chains.items():
        document.add(f"chain-{called}", "chains", None, lines[called], references={"members": tuple(members)})
    record = ForeignRecord(annotator="conllu")
    for layer in sorted(document.items):
        record.items += document.items[layer]
    document.article.text = document.text.text
    document.article.records = [record]
    return document.article


def _whole(found: Sequence[Bracketed]) -> Iterator[tuple[str, list[Bracketed]]]:
    """What brackets hold, with their names; pieces, as `e1[1/2]` and `e1[2/2]` are, in one where the first is."""
    pieces: dict[str, list[Bracketed]] = {}
    groups: list[tuple[str, list[Bracketed]]] = []
    for each in found:
        match = _PIECE.fullmatch(each.name)
        if match is None:
            groups.append((each.name, [each]))
            continue
        name = match[1] + (match[4] or "")
        group = pieces.get(name)
        if group is None or match[2] == "1" or len(group) == int(match[3]):
            group = pieces[name] = []
            groups.append((name, group))
        group.append(each)
    yield from groups
