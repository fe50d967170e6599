"""The text of a WebAnno TSV file, put together of its sentences. Offsets are UTF-16 units here, as they are there."""

from dataclasses import dataclass, field

from dataset_builder.formats.cas import INITIAL_VIEW, Cas, Sofa, Structure
from dataset_builder.formats.cas_parts import SEGMENTS
from dataset_builder.formats.webanno_values import plain

__all__ = ["SENTENCE", "SOFA", "TOKEN", "Row", "Sentence", "assemble"]

TOKEN, SENTENCE = SEGMENTS
SOFA = "text"  # the id of the one text that a file has
_MOST_BETWEEN = 100_000  # characters between sentences; offsets further off are wrong
_SHOWN = 40


@dataclass(slots=True)
class Row:
    """A line of a token, or of a part of one."""

    line: int
    unit: str  # "1-2", or "1-2.1"
    begin: int
    end: int
    form: str
    cells: list[str]

    @property
    def is_token(self) -> bool:
        """Whether it is that of a whole token."""
        return "." not in self.unit


@dataclass(slots=True)
class Sentence:
    """A sentence: its text as it is written, its lines."""

    line: int
    texts: list[str] = field(default_factory=list)
    id: str | None = None
    rows: list[Row] = field(default_factory=list)
    relative: bool = False  # offsets of rows count from where the sentence begins


def assemble(cas: Cas, sentences: list[Sentence]) -> tuple[int, int]:
    """Gives `cas` its text, tokens and sentences; how many stretches between sentences were guessed, and a line there.

    Rows are moved where their sentence doesn't stand where it says.
    """
    parts: list[str] = []
    at = guessed = place = 0
    for number, sentence in enumerate(sentences):
        body = _body(sentence)
        begin = _begin(sentence, body)
        after = at + 1 if parts else at
        actual = after if begin is None else begin
        if begin is not None and not 0 <= begin - at <= _MOST_BETWEEN:
            message = (
                f"the sentence says that it begins at {begin:,}, and what is before it ends at {at:,}: it was put there"
            )
            cas.tell("import-loose", message, sentence.line)
            actual = after
        if actual > at:
            parts.append("\n" + " " * (actual - at - 1) if at else " " * (actual - at))
            guessed, place = guessed + 1, place or sentence.line
        shift = actual if sentence.relative else actual - (begin or 0)
        for row in sentence.rows:
            row.begin, row.end = row.begin + shift, row.end + shift
        at = actual + _width(body)
        parts.append(body)
        _segment(cas, sentence, number, actual, at)
        _compare(cas, sentence, body, actual)
    cas.sofas.append(Sofa(SOFA, INITIAL_VIEW, "".join(parts), sentences[0].line if sentences else 1))
    return guessed, place


def _width(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _body(sentence: Sentence) -> str:
    """The text of a sentence. Early versions didn't escape it: it is taken in the way that has the tokens in it."""
    raw = "\n".join(sentence.texts)
    if "\\" not in raw:
        return raw
    unescaped = plain(raw)
    forms = [row.form for row in sentence.rows if row.is_token]
    return unescaped if _holds(unescaped, [plain(form) for form in forms]) or not _holds(raw, forms) else raw


def _holds(text: str, forms: list[str]) -> bool:
    """Whether the forms stand in `text` one behind the other."""
    at = 0
    for form in forms:
        at = text.find(form, at)
        if at < 0:
            return False
        at += len(form)
    return True


def _begin(sentence: Sentence, body: str) -> int | None:
    """Where the sentence begins, as its first token says."""
    first = next((row for row in sentence.rows if row.is_token), None)
    if first is None or sentence.relative:
        return None
    lead = max(body.find(first.form), 0) or max(body.find(plain(first.form)), 0)
    return first.begin - _width(body[:lead])


def _segment(cas: Cas, sentence: Sentence, number: int, begin: int, end: int) -> None:
    """Adds the tokens of a sentence, and the sentence, which reaches from its first token to its last."""
    tokens = [row for row in sentence.rows if row.is_token]
    for row in tokens:
        _add(cas, Structure(f"token {row.unit}", TOKEN, row.line, SOFA, row.begin, row.end))
    if tokens:
        begin, end = tokens[0].begin, tokens[-1].end
    features = {"id": sentence.id} if sentence.id else {}
    _add(cas, Structure(f"sentence {number}", SENTENCE, sentence.line, SOFA, begin, end, features))


def _add(cas: Cas, structure: Structure) -> None:
    if structure.id in cas.structures:
        cas.tell("import-duplicate-id", f"{structure.id} is there already", structure.line)
        return
    cas.structures[structure.id] = structure


def _compare(cas: Cas, sentence: Sentence, body: str, begin: int) -> None:
    """Tells of the first token of a sentence that isn't what the text has at its place."""
    data = body.encode("utf-16-le", "surrogatepass")
    for row in sentence.rows:
        if not row.is_token:
            continue
        start, end = row.begin - begin, row.end - begin
        there = data[2 * max(start, 0) : 2 * max(end, 0)].decode("utf-16-le", "replace")
        if there not in (row.form, plain(row.form)):
            shown, found = row.form[:_SHOWN], there[:_SHOWN]
            message = f'the token is "{shown}", and the text has "{found}" at its place: the offsets are believed'
            cas.tell("import-loose", message, row.line)
            return
