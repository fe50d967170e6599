"""WebAnno TSV 3, read to a common analysis structure. The format is that of WebAnno's user guide, appendix B."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dataset_builder.formats.cas import ANNOTATION, Cas, Reference, Structure, short
from dataset_builder.formats.cas_parts import DEPENDENT, GOVERNOR, base_of
from dataset_builder.formats.webanno_header import CHAIN, RELATION, SPAN, Layer, Slot, columns, parse_layer
from dataset_builder.formats.webanno_text import SENTENCE, SOFA, TOKEN, Row, Sentence, assemble
from dataset_builder.formats.webanno_values import Value, plain, split, values

__all__ = ["Found", "read_tsv"]

_UNIT = re.compile(r"\d{1,9}-\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_OFFSETS = re.compile(r"(\d{1,10})-(\d{1,10})", re.ASCII)
_TARGET = re.compile(r"(\d{1,9}-\d{1,9}(?:\.\d{1,9})?)(?:\[(\d{1,9})\])?", re.ASCII)
_GOVERNOR = re.compile(r"(\d{1,9}-\d{1,9}(?:\.\d{1,9})?)(?:\[(\d{1,9})_(\d{1,9})\])?", re.ASCII)
_LINK = re.compile(r"(.*)->(\d{1,9})-(\d{1,9})", re.DOTALL | re.ASCII)
_FIXED = 3  # columns before those of layers: unit, offsets, form
_SHOWN = 60
_ANY = frozenset((ANNOTATION, "uima.cas.AnnotationBase", "uima.cas.TOP"))


@dataclass(slots=True, kw_only=True)
class Found:
    """What a file gave."""

    cas: Cas
    layers: list[Layer] = field(default_factory=list)
    guessed: int = 0  # stretches between sentences that it doesn't say
    line: int = 0  # of a sentence behind such a stretch


def read_tsv(text: str, file: str) -> Found:
    """What the WebAnno TSV 3 file `text` says."""
    cas = Cas(file)
    lines = _Lines(cas)
    lines.read(text)
    guessed, line = assemble(cas, lines.sentences)
    annotate(cas, lines.layers, lines.sentences)
    return Found(cas=cas, layers=lines.layers, guessed=guessed, line=line)


class _Lines:
    """Takes lines apart: what declares layers, what begins sentences, what says something of tokens."""

    def __init__(self, cas: Cas) -> None:
        self._cas = cas
        self.layers: list[Layer] = []
        self.sentences: list[Sentence] = []
        self._width: int | None = None
        self._id: str | None = None

    def read(self, text: str) -> None:
        """Reads all lines."""
        before = ""
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
            plain_line = line.removesuffix("\r")
            if plain_line.startswith("#Text="):
                self._text(plain_line.removeprefix("#Text="), number, goes_on=before.startswith("#Text="))
            elif plain_line.startswith("#"):
                self._remark(plain_line, number)
            elif plain_line.strip():
                self._row(plain_line, number)
            before = plain_line

    def _text(self, text: str, number: int, *, goes_on: bool) -> None:
        if goes_on:
            self.sentences[-1].texts.append(text)
            return
        self.sentences.append(Sentence(number, [text], self._id))
        self._id = None

    def _remark(self, line: str, number: int) -> None:
        if line.startswith("#Sentence.id="):
            self._id = plain(line.removeprefix("#Sentence.id="))
        elif line.startswith("#T_") and not self.sentences:
            layer = parse_layer(line)
            if layer is None:
                message = f"the layer can't be understood, and neither can the columns behind it: {line[:_SHOWN]!r}"
                self._cas.tell("import-syntax", message, number)
            else:
                self.layers.append(layer)
        elif not line.startswith("#FORMAT=") or number > 1:
            self._cas.tell("import-kept", f"no line begins so; it is kept with the article: {line[:_SHOWN]!r}", number)
            kept = self._cas.structures.setdefault(
                "lines", Structure("lines", "uima.tcas.DocumentAnnotation", number, SOFA, 0, 0, {"lines": []})
            )
            kept.features["lines"].append(line)

    def _row(self, line: str, number: int) -> None:
        if self._width is None:
            self._width = columns(self.layers, 0)
        cells = line.split("\t")
        offsets = _OFFSETS.fullmatch(cells[1]) if len(cells) >= _FIXED else None
        if offsets is None or not _UNIT.fullmatch(cells[0]) or not self.sentences:
            self._cas.tell("import-syntax", f'a line is "1-2<tab>3-6<tab>token<tab>…": {line[:_SHOWN]!r}', number)
            return
        said = cells[_FIXED:]
        if said and not said[-1]:
            said.pop()
        if len(said) != self._width:
            message = f"there are {len(said)} columns of annotations, not {self._width}: only the token is taken"
            self._cas.tell("import-syntax", message, number)
            said = []
        self.sentences[-1].rows.append(Row(number, cells[0], int(offsets[1]), int(offsets[2]), cells[2], said))


def annotate(cas: Cas, layers: list[Layer], sentences: list[Sentence]) -> None:
    """Gives `cas` what the cells of all rows say."""
    columns(layers, 0)
    rows = [row for sentence in sentences for row in sentence.rows]
    spans = _Spans(cas)
    for layer in layers:
        if layer.kind == SPAN:
            for row in rows:
                spans.read(layer, row)
        elif layer.kind == CHAIN:
            _Chains(cas, layer, spans).read(rows)
    spans.fill()
    for layer in layers:
        if layer.kind == RELATION:
            _relate(cas, layer, rows, spans)


@dataclass(slots=True)
class _Filler:
    """A cell that says what plays the roles of something."""

    host: Structure
    slot: Slot
    roles: str | None
    targets: str
    line: int


class _Spans:
    """The spans of a file, by which lines can speak of them."""

    def __init__(self, cas: Cas) -> None:
        self._cas = cas
        self._numbered: dict[int, list[Structure]] = defaultdict(list)
        self._at: dict[str, list[Structure]] = defaultdict(list)  # unit to what lies there
        self._fillers: list[_Filler] = []

    def read(self, layer: Layer, row: Row) -> None:
        """What `row` says in `layer`."""
        cells = row.cells[layer.first : layer.first + layer.width]
        if not cells or all(cell == "_" for cell in cells):
            return
        given = _stacked(layer, cells)
        if given is None:
            message = f"the columns of {short(layer.type)} don't speak of the same number of annotations"
            self._cas.tell("import-syntax", message, row.line)
            return
        for index, told in enumerate(given):
            if not any(each.there for each in told):
                continue
            number = max(each.number for each in told)
            id_ = f"{layer.type}[{number}]" if number else f"{layer.type} {row.unit} {index}"
            structure = self.put(id_, layer.type, row, number)
            self._describe(structure, layer, told, row)

    def put(self, id_: str, type_: str, row: Row, number: int = 0) -> Structure:
        """The span `id_`, made or made to reach over `row`."""
        known = self._cas.structures.get(id_)
        if known is None:
            known = self._cas.structures[id_] = Structure(id_, type_, row.line, SOFA, row.begin, row.end)
            if number:
                self._numbered[number].append(known)
        else:
            known.begin, known.end = min(known.begin or 0, row.begin), max(known.end or 0, row.end)
        self._at[row.unit].append(known)
        return known

    def _describe(self, structure: Structure, layer: Layer, told: list[Value], row: Row) -> None:
        at = iter(told)
        for feature in layer.features:
            value = next(at)
            if isinstance(feature, Slot):
                targets = next(at)
                if targets.text is not None and structure.line == row.line:
                    filler = _Filler(structure, feature, value.text if value.there else None, targets.text, row.line)
                    self._fillers.append(filler)
            elif value.text is not None:
                said = plain(value.text)
                if structure.features.setdefault(feature, said) != said:
                    message = f'"{feature}" has another value here than in line {structure.line:,}, which is believed'
                    self._cas.tell("import-loose", message, row.line)

    def fill(self) -> None:
        """Makes the links of all hosts, once all spans are known."""
        for filler in self._fillers:
            targets = split(filler.targets, ";")
            roles = split(filler.roles, ";") if filler.roles is not None else ["*"] * len(targets)
            if len(roles) != len(targets):
                message = f"there are {len(roles)} roles for {len(targets)} targets"
                self._cas.tell("import-syntax", message, filler.line)
                continue
            links = [self._link(filler, role, target) for role, target in zip(roles, targets, strict=True)]
            filler.host.features[filler.slot.feature] = tuple(link for link in links if link)

    def _link(self, filler: _Filler, role: str, target: str) -> Reference | None:
        match = _TARGET.fullmatch(target)
        found = self.find(match[1], int(match[2] or 0), filler.slot.target, filler.line) if match else None
        if found is None:
            kind = "import-dangling" if match else "import-syntax"
            self._cas.tell(kind, f'"{target[:_SHOWN]}" leads to nothing that could play a role', filler.line)
            return None
        id_ = f"link {len(self._cas.structures)}"
        features: dict[str, Any] = {} if role in ("*", "_") else {"role": plain(role)}
        features["target"] = Reference(found.id)
        self._cas.structures[id_] = Structure(id_, filler.slot.link, filler.line, features=features)
        return Reference(id_)

    def find(self, unit: str, number: int, type_: str, line: int) -> Structure | None:
        """The span of `type_` that lies at `unit` and has that number; 0: it needs none. `line` says so."""
        here = self._at.get(unit, ())
        if number:
            known = [each for each in self._numbered.get(number, ()) if type_ in _ANY or each.type == type_]
            fitting = [each for each in known if any(each is other for other in here)]
            if known and not fitting:
                message = f"[{number}] doesn't lie at {unit}, as is said here: the number is believed"
                self._cas.tell("import-loose", message, line)
            return next(iter(fitting or known), None)
        if type_ in (TOKEN, SENTENCE):
            return self._cas.structures.get(f"token {unit}")
        fitting = [each for each in here if type_ in _ANY or each.type == type_]
        alone = [each for each in fitting if not each.id.endswith("]")]
        if alone or fitting:
            return (alone or fitting)[0]
        return self._cas.structures.get(f"token {unit}") if type_ in _ANY else None


def _stacked(layer: Layer, cells: list[str]) -> list[list[Value]] | None:
    """What `cells` say of each of the annotations that are stacked there; None if they are at odds about how many."""
    told: list[list[Value]] = []
    at = 0
    for feature in layer.features or [""]:
        told.append(values(cells[at]))
        at += 1
        if isinstance(feature, Slot):
            targets = [_targets(part) for part in split(cells[at], "|")]
            told.append(targets)
            at += 1
    counts = {len(each) for each in told}
    return [list(each) for each in zip(*told, strict=True)] if len(counts) == 1 else None


def _targets(part: str) -> Value:
    if part == "_":
        return Value(None, there=False)
    return Value(None if part == "*" else part)


def _relate(cas: Cas, layer: Layer, rows: list[Row], spans: _Spans) -> None:
    """Adds the relations that `rows` have in `layer`. Dependencies are between tokens, whatever they are drawn on."""
    base = TOKEN if short(base_of(layer.type)) == "Dependency" else layer.base or TOKEN
    for row in rows:
        cells = row.cells[layer.first : layer.first + layer.width]
        if not cells or cells[-1] == "_":
            continue
        governors = split(cells[-1], "|")
        told = [values(cell) for cell in cells[:-1]]
        if any(len(each) != len(governors) for each in told):
            message = f"the columns of {short(layer.type)} don't speak of the same number of relations"
            cas.tell("import-syntax", message, row.line)
            continue
        for index, governor in enumerate(governors):
            _relation(cas, layer, row, spans, governor, [each[index] for each in told], base)


def _relation(  # noqa: PLR0913, PLR0917 - a cell, and what stands around it
    cas: Cas, layer: Layer, row: Row, spans: _Spans, governor: str, told: list[Value], base: str
) -> None:
    match = _GOVERNOR.fullmatch(governor)
    if match is None:
        cas.tell("import-syntax", f'a relation leads to "1-2" or "1-2[1_2]", not to {governor[:_SHOWN]!r}', row.line)
        return
    source = spans.find(match[1], int(match[2] or 0), base, row.line)
    target = spans.find(row.unit, int(match[3] or 0), base, row.line)
    if source is None or target is None:
        end = match[1] if source is None else row.unit
        cas.tell("import-dangling", f"there is no {short(base)} at {end} that the relation could be of", row.line)
        return
    id_ = f"relation {len(cas.structures)}"
    names = [feature for feature in layer.features if isinstance(feature, str)]
    features: dict[str, Any] = {
        name: plain(value.text) for name, value in zip(names, told, strict=True) if value.text is not None
    }
    features |= {GOVERNOR: Reference(source.id), DEPENDENT: Reference(target.id)}
    cas.structures[id_] = Structure(id_, layer.type, row.line, SOFA, target.begin, target.end, features)


class _Chains:
    """The chains of one layer: links with numbers, which are put in order."""

    def __init__(self, cas: Cas, layer: Layer, spans: _Spans) -> None:
        self._cas, self._layer, self._spans = cas, layer, spans
        self._links: dict[int, dict[int, Structure]] = defaultdict(dict)  # chain to number to link

    def read(self, rows: list[Row]) -> None:
        """Reads the links, then makes the chains."""
        for row in rows:
            cells = row.cells[self._layer.first : self._layer.first + self._layer.width]
            if not cells or cells[0] == "_":
                continue
            relations, types = split(cells[0], "|"), values(cells[1])
            if len(relations) != len(types):
                message = f"the columns of {short(self._layer.type)} don't speak of the same number of links"
                self._cas.tell("import-syntax", message, row.line)
                continue
            for relation, type_ in zip(relations, types, strict=True):
                self._link(row, relation, type_)
        for number, links in sorted(self._links.items()):
            self._chain(number, [links[each] for each in sorted(links)])

    def _link(self, row: Row, relation: str, type_: Value) -> None:
        match = _LINK.fullmatch(relation)
        if match is None:
            self._cas.tell("import-syntax", f'a link of a chain is "*->1-2", not {relation[:_SHOWN]!r}', row.line)
            return
        chain, number = int(match[2]), int(match[3])
        link = self._spans.put(f"{self._layer.type} {chain} {number}", self._layer.type, row)
        said, called = (name for name in self._layer.features if isinstance(name, str))
        if match[1] != "*":
            link.features[said] = plain(match[1])
        if type_.text is not None:
            link.features[called] = plain(type_.text)
        self._links[chain][number] = link

    def _chain(self, number: int, links: list[Structure]) -> None:
        for link, after in pairwise(links):
            link.features["next"] = Reference(after.id)
        id_ = f"chain {self._layer.type} {number}"
        type_ = f"{self._layer.type.removesuffix('Link')}Chain"
        self._cas.structures[id_] = Structure(id_, type_, links[0].line, features={"first": Reference(links[0].id)})
