"""WebAnno TSV 2, the format before offsets: columns of B-, I- and O, and units that relations lead to."""

import re

from dataset_builder.formats.cas import Cas
from dataset_builder.formats.webanno_header import RELATION, SPAN, Layer
from dataset_builder.formats.webanno_text import Row, Sentence, assemble
from dataset_builder.formats.webanno_tsv import Found, annotate

__all__ = ["read_tsv2"]

_UNIT = re.compile(r"\d{1,9}-\d{1,9}", re.ASCII)
_NOTHING = frozenset(("_", "O", "__", ""))
_MEANING = re.compile(r"[\\\[\]|_*;>-]")  # what version 3 escapes
_FIXED = 2  # columns before those of layers: unit and form
_SHOWN = 60


def read_tsv2(text: str, file: str) -> Found:
    """What the WebAnno TSV 2 file `text` says."""
    cas = Cas(file)
    layers: list[Layer] = []
    sentences: list[Sentence] = []
    called: str | None = None
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        plain = line.removesuffix("\r")
        if plain.startswith("#text="):
            sentences.append(Sentence(number, [plain.removeprefix("#text=")], called, relative=True))
        elif plain.startswith("#id="):
            called = plain.removeprefix("#id=")
        elif number == 1:
            layers = _layers(plain, cas)
        elif plain.startswith("#") and not plain[1:2].isspace() and "\t" not in plain:
            cas.tell("import-syntax", f"no line begins so: {plain[:_SHOWN]!r}", number)
        elif plain.strip():
            _read_row(plain, number, layers, sentences, cas)
    guessed, place = assemble(cas, [_with_offsets(sentence, cas) for sentence in sentences])
    _as_version_3(layers, sentences)
    annotate(cas, layers, sentences)
    return Found(cas=cas, layers=layers, guessed=guessed, line=place)


def _layers(head: str, cas: Cas) -> list[Layer]:
    found = []
    for part in head.split(" # ") if head.startswith(" ") else head.removeprefix("#").split(" # "):
        names = [name.strip() for name in part.split("|")]
        if not names[0]:
            continue
        base = names[-1].removeprefix("AttachTo=") if names[-1].startswith("AttachTo=") else None
        features: list[str] = [name for name in names[1:] if name and not name.startswith("AttachTo=")]
        if not features:
            cas.tell(
                "import-syntax", f"a layer has no feature, so nothing is known of its columns: {part[:_SHOWN]!r}", 1
            )
            continue
        found.append(Layer(RELATION if base else SPAN, names[0], list(features), base))
    return found


def _read_row(line: str, number: int, layers: list[Layer], sentences: list[Sentence], cas: Cas) -> None:
    cells = line.split("\t")
    if len(cells) < _FIXED or not _UNIT.fullmatch(cells[0]) or not sentences:
        cas.tell("import-syntax", f'a line is "1-2<tab>token<tab>…": {line[:_SHOWN]!r}', number)
        return
    said = cells[_FIXED:]
    width = sum(layer.width for layer in layers)
    if said and not said[-1] and len(said) > width:
        said.pop()
    if len(said) != width:
        cas.tell(
            "import-syntax",
            f"there are {len(said)} columns of annotations, not {width}: only the token is taken",
            number,
        )
        said = []
    sentences[-1].rows.append(Row(number, cells[0], 0, 0, cells[1], said))


def _with_offsets(sentence: Sentence, cas: Cas) -> Sentence:
    """`sentence` with its tokens where they stand in its text, one behind the other."""
    body = sentence.texts[0]
    at = 0
    kept = []
    for row in sentence.rows:
        found = body.find(row.form, at)
        if found < 0 or not row.form:
            cas.tell("import-quote", f"the token {row.form[:_SHOWN]!r} doesn't stand in its sentence", row.line)
            continue
        row.begin = _width(body[:found])
        row.end = row.begin + _width(row.form)
        at = found + len(row.form)
        kept.append(row)
    sentence.rows = kept
    return sentence


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _as_version_3(layers: list[Layer], sentences: list[Sentence]) -> None:
    """Writes the cells of spans as version 3 would: spans over several tokens have numbers, nothing is `_`."""
    count = at = 0
    rows = [row for sentence in sentences for row in sentence.rows if row.cells]
    for layer in layers:
        for index in range(at, at + layer.width):
            if layer.kind == RELATION:
                for row in rows:
                    row.cells[index] = _relation_cell(row.cells[index], governor=index == at + layer.width - 1)
        if layer.kind == SPAN:
            count = _number(rows, at, layer.width, count)
        at += layer.width


def _relation_cell(cell: str, *, governor: bool) -> str:
    if cell in _NOTHING:
        return "_"
    return cell if governor else "|".join(_value(part)[1] for part in cell.split("|"))


def _value(part: str) -> tuple[str, str]:
    """Whether a value begins a span or goes on with one, and the value, escaped."""
    mark, dash, rest = part.partition("-")
    begins, value = (mark, rest) if dash and mark in ("B", "I") else ("B", part)
    return begins, "*" if value in ("", "_", "null") else _MEANING.sub(lambda match: f"\\{match[0]}", value)


def _number(rows: list[Row], at: int, width: int, count: int) -> int:
    """Gives each span of a layer a number of its own."""
    running: dict[int, int] = {}  # how deep in the stack to the number of the span that goes on there
    for row in rows:
        columns = [row.cells[index].split("|") for index in range(at, at + width)]
        depth = max(map(len, columns))
        written: list[list[str]] = [[] for _ in columns]
        now: dict[int, int] = {}
        for level in range(depth):
            parts = [column[level] if level < len(column) else "_" for column in columns]
            if all(part in _NOTHING for part in parts):
                continue
            marks = [_value(part) for part in parts if part not in _NOTHING]
            if marks[0][0] == "I" and level in running:
                number = running[level]
            else:
                count += 1
                number = count
            now[level] = number
            for column, part in zip(written, parts, strict=True):
                column.append(f"{'*' if part in _NOTHING else _value(part)[1]}[{number}]")
        running = now
        for index, column in enumerate(written):
            row.cells[at + index] = "|".join(column) or "_"
    return count
