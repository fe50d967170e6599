"""Articles written as CoNLL-U: words with what is known of them, entities as tags in MISC."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dataset_builder.formats.conll_writer import demand, marked, placed, remainder
from dataset_builder.formats.format import Written
from dataset_builder.formats.segments import Segments, Sentence, segmented
from dataset_builder.formats.tags import encode
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["ConlluWriter"]

_HELD = frozenset({"words", "sentences", "multiwords", "empty_nodes", "dependencies", "mentions", "chains"})
_TAGGED, _MENTIONS, _CHAINS = "entities", "mentions", "chains"
_Brackets = tuple[list[str], list[str], list[str]]  # that close, that open and close, that open
_ESCAPES = str.maketrans({" ": "\\s", "\n": "\\n", "\r": "\\r", "\t": "\\t", "|": "\\p", "\\": "\\\\"})


class ConlluWriter:
    """Writes a file for each record. Annotators have folders of their own where there are several."""

    def __init__(self, *, tokens: str | None) -> None:
        self._tokens = tokens

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:
        """The files, one for each record of each article."""
        seen: set[str] = set()
        for article in articles:
            for file, record in placed(article, annotators, ".conllu"):
                seen.update(item.layer for item in record.items)
                lines = _Lines(article, record, self._tokens)
                data = "".join(f"{line}\n" for line in lines.all()).encode()
                yield Written(file=file, data=data, troubles=tuple(lines.troubles))
        demand(seen, (self._tokens,) if self._tokens else ())


class _Lines:
    """The lines of one record."""

    def __init__(self, article: ForeignArticle, record: ForeignRecord, tokens: str | None) -> None:
        self.troubles: list[Trouble] = []
        self._article, self._record = article, record
        self._wholes = {
            item.fragments[0]: item for item in record.items if item.layer == "multiwords" and item.fragments
        }
        self._inner: dict[tuple[int, int], list[Item]] = {}
        for item in record.items:
            if item.layer == "words" and item.fragments:
                self._inner.setdefault(item.fragments[0], []).append(item)
        self._segments = self._segmented(tokens)
        self._numbers = {item.id: item.id.rpartition(".")[2] for item in record.items if item.layer == "words"}
        self._empty: dict[str, list[Item]] = {}  # words that aren't written, by what ids of their sentence begin with
        for item in record.items:
            if item.layer == "empty_nodes" and item.id.count(".") == 2:
                self._empty.setdefault(item.id.partition(".")[0], []).append(item)
        self._relations = dict(self._related())
        self._brackets = self._bracketed()

    def _segmented(self, tokens: str | None) -> Segments:
        """The tokens, of several words in one place the first alone."""
        seen: set[tuple[int, int]] = set()
        kept = []
        for item in self._record.items:
            if item.layer == "words" and item.fragments:
                if item.fragments[0] in seen:
                    continue
                seen.add(item.fragments[0])
            kept.append(item)
        once = ForeignRecord(annotator=self._record.annotator, items=kept)
        return segmented(self._article.text, once, tokens or ("words" if self._inner else None))

    def _related(self) -> Iterator[tuple[str, tuple[str, str]]]:
        """Of each dependent its head and how it hangs on it, where relations say so."""
        for item in self._record.items:
            if item.layer == "dependencies":
                ends = {argument.role: argument.target for argument in item.arguments}
                if {"head", "dependent"} <= ends.keys():
                    yield ends["dependent"], (ends["head"], item.label or "dep")

    def _bracketed(self) -> dict[int, str]:
        """By tokens, the brackets that mentions and their chains make; mentions off the edges of tokens are told."""
        chains = {
            member: chain.id.removeprefix("chain-")
            for chain in self._record.items
            if chain.layer == _CHAINS
            for member in chain.references.get("members", ())
        }
        starts = {start: number for number, (start, _) in enumerate(self._segments.tokens)}
        ends = {end: number for number, (_, end) in enumerate(self._segments.tokens)}
        found: dict[int, _Brackets] = {}
        for item in sorted(self._record.items, key=_outer_first):
            if item.layer != _MENTIONS or not item.fragments:
                continue
            name = str(item.extra.get("entity") or "-".join(filter(None, (chains.get(item.id, item.id), item.label))))
            places = [(starts.get(start), ends.get(end)) for start, end in item.fragments]
            if _unbracketed(name) or any(first is None or last is None for first, last in places):
                message = f'"{item.id}" of {item.layer}: brackets can\'t hold it, so that it is left out'
                self.troubles.append(Trouble("export-lost", message, item.file))
                continue
            for number, (first, last) in enumerate(places, start=1):
                if first is not None and last is not None:
                    _bracket(found, first, last, name, f"[{number}/{len(places)}]" if len(places) > 1 else "")
        return {token: "".join((*closed, *whole, *opened)) for token, (closed, whole, opened) in found.items()}

    def all(self) -> Iterator[str]:
        """All lines; what can't be held is told."""
        items = [item for item in self._record.items if item.layer == _TAGGED]
        segments = self._segments
        tags = encode(marked(items, segments, self.troubles), len(segments.tokens), "bio")
        self._tell_changed()
        nothing: set[str] = {tag for tag in tags if tag != "O"}
        held = {*_HELD, _TAGGED}
        self.troubles += (
            trouble
            for trouble in remainder(self._article, self._record, segments, {_TAGGED})
            if not any(f" for {layer}:" in trouble.message for layer in held)
        )
        for number, sentence in enumerate(segments.sentences):
            if number == 0:
                yield f"# newdoc id = {' '.join(self._article.name.split())}"
            yield from self._sentence(number, sentence, tags if nothing else None)
            yield ""

    def _tell_changed(self) -> None:
        """Says what of the text won't come back."""
        text, tokens = self._article.text, self._segments.tokens
        if tokens and (tokens[0][0] > 0 or tokens[-1][1] < len(text)):
            message = "white space before the first and behind the last word can't be held"
            self.troubles.append(Trouble("export-changed", message, self._article.file))
        if count := sum(_form(text[start:end]) != text[start:end] for start, end in tokens):
            message = f"a word has single spaces in it alone: {count:,} are written so"
            self.troubles.append(Trouble("export-changed", message, self._article.file))

    def _sentence(self, number: int, sentence: Sentence, tags: Sequence[str] | None) -> Iterator[str]:
        first, end, item = sentence
        tokens = self._segments.tokens
        attributes: Mapping[str, object] = item.attributes if item else {}
        kept = item.extra.get("comments") if item else None
        for comment in kept if isinstance(kept, list) else ():
            if isinstance(comment, str) and "\n" not in comment and not comment.startswith("newdoc"):
                yield f"# {comment}"
        yield f"# sent_id = {attributes.get('sent_id') or number + 1}"
        yield f"# text = {' '.join(self._article.text[tokens[first][0] : tokens[end - 1][1]].split())}"
        order = self._empty_behind(first, end)
        yield from order.get("0", ())
        count = 0
        for token in range(first, end):
            for line, ids in self._token(token, count, tags[token] if tags else None):
                yield line
                count += ids
                if ids:
                    yield from order.get(str(count), ())

    def _empty_behind(self, first: int, end: int) -> dict[str, list[str]]:
        """The words that aren't written, as lines, by the number of the word that they stand behind."""
        places = {*self._segments.tokens[first:end]}
        words = [word for place in places for word in self._inner.get(place, ())]
        prefixes = {word.id.rpartition(".")[0] for word in words}
        found: dict[str, list[str]] = {}
        for item in (item for prefix in sorted(prefixes) for item in self._empty.get(prefix, ())):
            _, behind, number = item.id.split(".")
            head = str(item.extra.get("head", "_"))
            fields = (f"{behind}.{number}", *_fields(item, str(item.attributes.get("form", "_")), head, None))
            found.setdefault(behind, []).append("\t".join(fields))
        return found

    def _token(self, token: int, count: int, tag: str | None) -> Iterator[tuple[str, int]]:
        """The lines of a token, each with how many words it is."""
        start, end = self._segments.tokens[token]
        form = _form(self._article.text[start:end])
        words = self._inner.get((start, end), [])
        whole = self._wholes.get((start, end))
        entity = self._brackets.get(token)
        gap: str | None = self._gap(token)
        if len(words) > 1 or whole is not None:
            several = f"{count + 1}-{count + max(len(words), 1)}"
            yield "\t".join((several, form, *"_______", _misc(whole, gap, None, None))), 0
            gap = None
        for number, word in enumerate(words, start=1):
            shown = str(word.attributes.get("form") or form) if gap is None else form
            inner = tag if number == 1 or tag in (None, "O") else f"I{tag[1:]}"
            head, deprel = self._head(word)
            misc = _misc(word, gap, inner, entity if number == 1 else None)
            yield "\t".join((str(count + number), *_fields(word, shown, head, deprel)[:-1], misc)), 1
        if not words:
            yield "\t".join((str(count + 1), form, *"_______", _misc(None, gap, tag, entity))), 1

    def _head(self, word: Item) -> tuple[str, str | None]:
        if word.id in self._relations:
            target, label = self._relations[word.id]
            return self._numbers.get(target, "_"), label
        governor = word.references.get("head")
        if isinstance(governor, str) and governor in self._numbers:
            return self._numbers[governor], None
        kept = str(word.extra.get("head", "_"))
        return ("0" if word.attributes.get("deprel") == "root" else kept), None

    def _gap(self, token: int) -> str:
        """What stands between the token and the next one."""
        tokens = self._segments.tokens
        after = tokens[token + 1][0] if token + 1 < len(tokens) else len(self._article.text)
        gap = self._article.text[tokens[token][1] : after]
        return " " if token + 1 == len(tokens) and not gap else gap


def _form(text: str) -> str:
    return " ".join(text.split())


def _bracket(found: dict[int, _Brackets], first: int, last: int, name: str, piece: str) -> None:
    """Adds brackets called `name` from the token `first` to `last`."""
    called, dash, rest = name.partition("-")
    called += piece
    if first == last:
        found.setdefault(first, ([], [], []))[1].append(f"({called}{dash}{rest})")
    else:
        found.setdefault(first, ([], [], []))[2].append(f"({called}{dash}{rest}")
        found.setdefault(last, ([], [], []))[0].insert(0, f"{called})")


def _outer_first(item: Item) -> tuple[int, int]:
    return (item.fragments[0][0], -item.fragments[-1][1]) if item.fragments else (-1, 0)


def _unbracketed(name: str) -> bool:
    return any(each in "()|*" or each.isspace() for each in name) or not name.partition("-")[0]


def _fields(item: Item, form: str, head: str, deprel: str | None) -> tuple[str, ...]:
    def said(name: str) -> str:
        value = item.attributes.get(name)
        return " ".join(str(value).split()) if value else "_"

    relation = deprel or said("deprel")
    label = "_".join((item.label or "_").split()) or "_"
    return form, said("lemma"), label, said("xpos"), said("feats"), head, relation, said("deps"), said("misc")


def _misc(item: Item | None, gap: str | None, tag: str | None, entity: str | None) -> str:
    """MISC as the item has it, and what the text and the entities say; `gap` is None where another line says it."""
    given = str(item.attributes.get("misc") or "_") if item else "_"
    parts = [] if given == "_" else given.split("|")
    if gap is not None and gap != " ":
        parts.append("SpaceAfter=No" if not gap else f"SpacesAfter={gap.translate(_ESCAPES)}")
    if tag is not None and tag != "O":
        parts.append(f"NER={tag}")
    if entity:
        parts.append(f"Entity={entity}")
    return "|".join(parts) or "_"
