"""W3C Web Annotations: JSON-LD files of single ones, pages or collections, and the texts beside or within them."""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from dataset_builder.errors import UsageError
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.json_rows import Row, Titles, rows, shown, text_of
from dataset_builder.formats.layers import Layers
from dataset_builder.formats.records import layer_name
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.standoff_items import RecordReader, members
from dataset_builder.formats.web_annotation_bodies import described
from dataset_builder.formats.web_annotation_model import CONTEXT, faults, listed, types
from dataset_builder.formats.web_annotation_selectors import select
from dataset_builder.formats.web_annotation_targets import Part, Texts, iri_of, parts
from dataset_builder.formats.web_annotation_writer import WebAnnotationWriter
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["exporter", "importer"]

_ENDINGS = (".json", ".jsonld", ".jsonl", ".ndjson")
_ANNOTATOR = "web-annotation"
_SPANS, _REMARKS, _RELATIONS = "spans", "remarks", "relations"


def importer(source: Source, texts: str = "targets") -> "WebAnnotations":
    """What reads the Web Annotations in `source`.

    Raises:
        UsageError: there is no such choice of texts.
    """
    if texts not in ("targets", "bodies"):
        raise UsageError(f"articles are made of the texts of targets or bodies, not of {texts!r}")
    return WebAnnotations(source, of_bodies=texts == "bodies")


def exporter() -> WebAnnotationWriter:
    """What writes Web Annotations."""
    return WebAnnotationWriter()


class _Found(NamedTuple):
    """An annotation where it stands."""

    row: Row
    value: dict[str, Any]

    def trouble(self, kind: str, message: str, value: Any = None) -> Trouble:
        return self.row.trouble(kind, message, self.value if value is None else value)


class WebAnnotations:
    """Reads annotations twice: first for which text each is on, then to put those on one text together."""

    def __init__(self, source: Source, *, of_bodies: bool) -> None:
        self.declared = Declared()
        self._source, self._of_bodies = source, of_bodies
        self._files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._texts, self._titles, self._layers = Texts(source), Titles(), Layers()
        self._digests: set[bytes] = set()  # of annotations
        self._keys: list[tuple[str, ...]] = []  # of each annotation, the texts that it is on
        self._doubles: set[int] = set()  # annotations that were there before, just the same
        self._of: dict[str, tuple[str, str]] = {}  # an annotation's id to the first text that it is on, and its item
        self._metadata: dict[str, dict[str, Any]] = {}  # by text, of pages that say something of it
        self._creators: dict[str, str] = {}  # the last part of an IRI to the IRI

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The texts that annotations are on, each when the last one is there; then those that none is on."""
        self._index()
        left = Counter(key for keys in self._keys for key in set(keys))
        waiting: dict[str, list[_Found]] = {}
        done = set()
        for number, found in enumerate(self._all(self._source.troubles, tick)):
            self._report(found, number)
            for key in dict.fromkeys(self._keys[number]):
                waiting.setdefault(key, []).append(found)
                left[key] -= 1
                if not left[key]:
                    done.add(key)
                    if article := self._article(key, waiting.pop(key)):
                        yield article
        for file in self._source.files:
            if file.endswith(".txt") and f"file:{file}" not in done and (article := self._article(f"file:{file}", [])):
                yield article
        tick(len(self._files), len(self._files))

    def _all(self, troubles: list[Trouble], tick: Tick) -> Iterator[_Found]:
        pages: set[str] = set()
        wanted: dict[str, Trouble] = {}
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, troubles):
                if self._fits(row, troubles):
                    yield from self._unpacked(row, row.value, pages, wanted)
        troubles += (trouble for page, trouble in wanted.items() if page not in pages)

    def _fits(self, row: Row, troubles: list[Trouble]) -> bool:
        """Whether the context of a file is that of Web Annotations; where there is none, its types tell."""
        context = listed(row.value.get("@context"))
        if not context:
            troubles.append(row.trouble("import-loose", f"there is no @context: it is read as if it were {CONTEXT}"))
            return True
        if any(isinstance(each, str) and each.replace("https:", "http:") == CONTEXT for each in context):
            return True
        message = f"the @context isn't that of Web Annotations, so that words may mean anything: {shown(context[0])}"
        troubles.append(row.trouble("import-syntax", message))
        return False

    def _unpacked(self, row: Row, value: Any, pages: set[str], wanted: dict[str, Trouble]) -> Iterator[_Found]:
        """The annotations in an object: itself, or those of a page or a collection."""
        if not isinstance(value, dict):
            return
        kinds = types(value)
        if "AnnotationCollection" not in kinds and "AnnotationPage" not in kinds:
            yield _Found(row, value)
            return
        pages.add(str(value.get("id")))
        if (text := value.get("db:text")) and (key := self._texts.key_of(Part(text, None, text), row.file)):
            self._metadata[key] = members(value.get("db:metadata"))
        for each in listed(value.get("items")):
            yield from self._unpacked(row, each, pages, wanted)
        for name in ("first", "next", "last"):
            page = value.get(name)
            if isinstance(page, str) and page not in wanted:
                wanted[page] = row.trouble("import-dangling", f"the {name} page is not here: {shown(page)}", value)
            elif isinstance(page, dict) and ("items" in page or name != "last"):
                yield from self._unpacked(row, page, pages, wanted)

    def _index(self) -> None:
        """Finds which text each annotation is on; one on other annotations is on the text of the first of them."""
        relations: dict[int, tuple[str, list[str]]] = {}
        for number, found in enumerate(self._all([], _silent)):
            value, iri = found.value, text_of(found.value.get("id")) or ""
            self._keys.append(())
            if any(fault.fatal for fault in faults(value)):
                continue
            if self._again(iri, value):
                self._doubles.add(number)
                continue
            self._keys[number] = tuple(key for key in self._placed(found) if key)
            if self._keys[number]:
                self._of.setdefault(iri, (self._keys[number][0], _id(value, iri, 0, len(self._keys[number]))))
            else:
                relations[number] = iri, _ends(value)
        changed = True
        while changed and relations:
            changed = False
            for number, (iri, ends) in list(relations.items()):
                home = next((self._of[end][0] for end in ends if end in self._of), None)
                if home is not None:
                    changed = True
                    del relations[number]
                    self._keys[number] = (home,)
                    self._of.setdefault(iri, (home, iri))

    def _again(self, iri: str, value: dict[str, Any]) -> bool:
        """Whether just the same annotation was there before."""
        plain = {name: each for name, each in value.items() if name != "@context"}
        digest = blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
        known = digest in self._digests
        self._digests.add(digest)
        return known and bool(iri)

    def _placed(self, found: _Found) -> list[str | None]:
        """The texts of the targets of an annotation; None where there is none."""
        return [self._key(each, found.row.file) for each in self._targets(found)]

    def _targets(self, found: _Found) -> list[list[Part]]:
        """What an annotation is on; of what goes together, but not in one text, each part by itself."""
        value, file = found.value, found.row.file
        if self._of_bodies:
            bodies = [*listed(value.get("body")), *([{"value": value["bodyValue"]}] if "bodyValue" in value else [])]
            return [[Part(each, None, each)] for each in bodies if isinstance(each, dict) and "value" in each]
        split = []
        for each in (each for target in listed(value.get("target")) for each in parts(target)):
            split += (
                [each] if len({self._texts.key_of(part, file) for part in each}) == 1 else [[part] for part in each]
            )
        return split

    def _key(self, target: list[Part], file: str) -> str | None:
        """The text that all parts of a target are on."""
        return self._texts.key_of(target[0], file)

    def _report(self, found: _Found, number: int) -> None:
        """Says what is wrong with an annotation, and which of its targets have no text."""
        wrong = list(faults(found.value))
        for fault in wrong:
            kind = "import-syntax" if fault.fatal else "import-loose"
            self._source.troubles.append(found.trouble(kind, fault.message, fault.value))
        if any(fault.fatal for fault in wrong):
            return
        if number in self._doubles:
            message = f"the annotation is there twice, just the same: it is taken once: {shown(found.value['id'])}"
            self._source.troubles.append(found.trouble("import-loose", message))
            return
        for target in self._targets(found):
            for part in target if self._key(target, found.row.file) is None else ():
                iri = iri_of(part.source) or "an object"
                if iri not in self._of:
                    message = (
                        f"there is no text for the target {shown(iri)}: a file of its name, with .txt, would be it"
                    )
                    self._source.troubles.append(found.trouble("import-no-text", message))

    def _article(self, key: str, together: list[_Found]) -> ForeignArticle | None:
        kind, _, file = key.partition(":")
        try:
            text = self._source.text(file) if kind == "file" else self._embedded(key, together[0])
        except Unreadable as error:
            self._source.troubles.append(error.trouble)
            return None
        line = 1
        if kind == "text":
            row = together[0].row
            file, line = row.file, row.line_of(together[0].value)
        name = file.rpartition(".")[0] if kind == "file" else f"{file.rpartition('.')[0]}-{line}"
        article = ForeignArticle(name=self._titles.article(name), text=text, file=file, line=line)
        article.metadata = self._metadata.pop(key, {})
        records: dict[str, ForeignRecord] = {}
        for found in together:
            who = self._annotator(found.value)
            record = records.setdefault(who, ForeignRecord(annotator=who))
            said = found.value.get("db:record")
            if isinstance(said, dict):
                record.extra |= members(said.get("extra"))
                reader = RecordReader(found.row, article.troubles, self._layers)
                reader.say(record, members(said.get("attributes")), found.value)
            else:
                self._annotate(article, record, found, key)
        article.records = list(records.values())
        return article

    def _embedded(self, key: str, found: _Found) -> str:
        file = found.row.file
        all_ = (part for target in self._targets(found) for part in target)
        return str(next(part.source["value"] for part in all_ if self._texts.key_of(part, file) == key))

    def _annotator(self, value: dict[str, Any]) -> str:
        creator = next(iter(listed(value.get("creator"))), None)
        name = creator.get("name", creator.get("nickname")) if isinstance(creator, dict) else None
        iri = creator.get("id") if isinstance(creator, dict) else creator
        if not isinstance(name, str) or not name:
            name = text_of(iri) or _ANNOTATOR
            last = name.rstrip("/").rpartition("/")[2].rpartition("#")[2]
            name = last if last and self._creators.setdefault(last, name) == name else name
        return self._titles.annotator(name)

    def _annotate(self, article: ForeignArticle, record: ForeignRecord, found: _Found, key: str) -> None:
        targets = self._targets(found)
        mine = [number for number, each in enumerate(targets) if self._key(each, found.row.file) == key]
        iri = text_of(found.value.get("id")) or f"a{len(record.items) + 1}"
        placed = [number for number, each in enumerate(targets) if self._key(each, found.row.file) is not None]
        for number in mine:
            id_ = _id(found.value, iri, placed.index(number), len(placed))
            record.items += self._item(article, found, targets[number], id_)
        if not mine:
            record.items += self._relation(article, found, iri)

    def _item(self, article: ForeignArticle, found: _Found, target: list[Part], id_: str) -> list[Item]:
        """The item for one target of an annotation; none if it can't be placed."""
        places, quotes = [], []
        for part in target:
            if not listed(part.selectors):
                continue
            one = select(article.text, part.selectors)
            if one.wrong:
                article.troubles.append(found.trouble(*one.wrong))
            if one.place is None and (not one.wrong or one.wrong[0] == "import-quote"):
                return []
            if one.place is not None:
                places.append(one.place)
                quotes.append(one.quote)
        whole = len(places) == len(target)
        item = Item(
            id=id_,
            layer=_SPANS if whole and places else _REMARKS,
            fragments=tuple(places) if whole else (),
            quote=quotes[0] if whole and len(quotes) == 1 else None,
            file=found.row.file,
            line=found.row.line_of(found.value),
        )
        own = found.value.get("db:item")
        if isinstance(own, dict):
            return self._own(article, found, own, item)
        return [self._layers.home(described(item, found.value, [part.target for part in target]))]

    def _own(self, article: ForeignArticle, found: _Found, own: dict[str, Any], item: Item) -> list[Item]:
        """The item that an export has written as an extension; the label and the place are those that others see."""
        reader = RecordReader(found.row, article.troubles, self._layers)
        plain = {name: each for name, each in own.items() if name not in ("start", "end", "fragments", "quote")}
        read = reader.item(layer_name(str(own.get("layer") or _SPANS)), plain)
        if read is None:
            return []
        extra = {name: each for name, each in read.extra.items() if name != "layer"}
        label = described(item, found.value, []).label
        read = read._replace(fragments=item.fragments, quote=item.quote, label=label, extra=extra, line=item.line)
        return [reader.housed(read)]

    def _relation(self, article: ForeignArticle, found: _Found, iri: str) -> list[Item]:
        """The item for an annotation on annotations."""
        item = Item(id=iri, layer=_RELATIONS, file=found.row.file, line=found.row.line_of(found.value))
        own = found.value.get("db:item")
        if isinstance(own, dict):
            return self._own(article, found, own, item)
        arguments = [
            Argument(role, self._of[end][1])
            for role, given in (("body", found.value.get("body")), ("target", found.value.get("target")))
            for end in _iris(given)
            if end in self._of
        ]
        plain = {
            **found.value,
            "body": [each for each in listed(found.value.get("body")) if not _leads(each, self._of)],
        }
        return [self._layers.home(described(item, plain, [])._replace(arguments=tuple(arguments)))]


def _silent(_done: int, _total: int | None) -> None:
    pass


def _id(value: dict[str, Any], iri: str, number: int, count: int) -> str:
    """The id of the item for one of `count` targets of an annotation."""
    own = value.get("db:item")
    own_id = own.get("id") if isinstance(own, dict) else None
    id_ = own_id if isinstance(own_id, str) and own_id else iri
    return id_ if count == 1 else f"{id_}#{number + 1}"


def _leads(value: Any, known: dict[str, tuple[str, str]]) -> bool:
    return any(iri in known for iri in _iris(value))


def _iris(value: Any) -> list[str]:
    """The IRIs that a body or a target names."""
    return [iri for each in listed(value) for target in parts(each) for part in target if (iri := iri_of(part.source))]


def _ends(value: dict[str, Any]) -> list[str]:
    return [*_iris(value.get("target")), *_iris(value.get("body"))]
