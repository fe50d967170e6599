"""Made-up reports and their annotations: the same for the same number, on every machine."""

from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any

from benchmarks.vocabulary import EMOJI, LANGUAGES, OUTLETS, Language

__all__ = ["ANNOTATOR", "SPANS", "Report", "make_report"]

SPANS = 20
ANNOTATOR = "ann"

_KINDS = (("english", 62), ("accented", 18), ("cyrillic", 10), ("emoji", 10))  # shares in percent
_SECTIONS = ("home", "world", "business", "science", "sport")
_TOPICS = ("labour", "justice", "health", "technology")
_STANCES = ("supportive", "neutral", "critical")
_FORMS = ("direct", "indirect", "mixed")
_DEVICES = ("loaded_word", "epithet", "emphasis")


@dataclass(frozen=True, slots=True)
class Report:
    """A made-up report."""

    id: str
    text: str
    metadata: dict[str, Any]
    annotation: dict[str, Any]


@dataclass(slots=True)
class _Draft:
    """A text that grows, and what is annotated in it so far."""

    random: Random
    language: Language
    cast: list[tuple[str, str]]  # names with their types
    parts: list[str] = field(default_factory=list)
    length: int = 0  # code points
    first_mentions: dict[str, str] = field(default_factory=dict)  # name to key
    speaker: str | None = None  # key of the latest mention
    layers: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"entities": [], "quotes": [], "framing": []}
    )

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def annotate(self, layer: str, quote: str, **properties: Any) -> str:
        """Adds `quote` to the text, and to `layer` as an item; returns its key."""
        items = self.layers[layer]
        key = f"{layer[0]}{len(items) + 1}"
        items.append({"id": key, "start": self.length, "end": self.length + len(quote), "quote": quote, **properties})
        self.add(quote)
        return key


def make_report(number: int, seed: int) -> Report:
    """The report `number`: some 4 KB of text, in several paragraphs, with `SPANS` spans in three layers."""
    random = Random(f"{seed}/{number}")
    kind = random.choices([name for name, _ in _KINDS], [share for _, share in _KINDS])[0]
    language = LANGUAGES["english" if kind == "emoji" else kind]
    draft = _write(random, language, EMOJI if kind == "emoji" else ())
    text = "".join(draft.parts)
    digest = sha256(text.encode()).hexdigest()
    identity = f"report-{number:07d}"
    metadata = {
        "title": draft.parts[0].strip(),
        "language": language.tag,
        "outlet": random.choice(OUTLETS),
        "section": random.choice(_SECTIONS),
        "published": f"20{random.randint(10, 25)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}T08:30:00Z",
        "rights": {"license": "CC0-1.0", "text": "included"},
        "sha256": digest,
        "length": len(text),
    }
    annotation = {
        "article": identity,
        "annotator": ANNOTATOR,
        "text_sha256": digest,
        "topic": random.choice(_TOPICS),
        "stance": random.choice(_STANCES),
        **draft.layers,
    }
    return Report(identity, text, metadata, annotation)


def _write(random: Random, language: Language, emoji: tuple[str, ...]) -> _Draft:
    draft = _Draft(random, language, random.sample(language.names, 6))
    draft.add(" ".join(random.choices(language.words, k=8)).capitalize() + "\n\n")
    for number, layer in enumerate(_order(random)):
        if number:
            draft.add("\n\n" if number % 4 == 0 else " ")
        _write_sentence(draft, layer)
        if emoji and random.random() < 0.2:
            draft.add(" " + random.choice(emoji))
    draft.add("\n")
    return draft


def _order(random: Random) -> list[str]:
    """The layer that each sentence has an item of, "" for none."""
    quotes, framing = random.randint(3, 6), random.randint(2, 5)
    order = ["quotes"] * quotes + ["framing"] * framing + ["entities"] * (SPANS - quotes - framing)
    order += [""] * random.randint(18, 24)
    random.shuffle(order)
    return order


def _write_sentence(draft: _Draft, layer: str) -> None:
    random, language = draft.random, draft.language
    words = random.choices(language.words, k=random.randint(*language.sentence))
    words[0] = words[0].capitalize()
    middle = len(words) // 2
    before, after = " ".join(words[:middle]), " ".join(words[middle:])
    if layer == "quotes":
        quoted = f"{language.open_quote}{before} {after}{language.close_quote}"
        draft.annotate("quotes", quoted, form=random.choice(_FORMS), speaker=draft.speaker)
    elif layer == "framing":
        draft.add(before + " ")
        draft.annotate("framing", words[middle], device=random.choice(_DEVICES), target=draft.speaker)
        draft.add(after[len(words[middle]) :])
    elif layer == "entities":
        name, kind = random.choice(draft.cast)
        draft.add(before + " ")
        known = draft.first_mentions.get(name)
        draft.speaker = draft.annotate("entities", name, type=kind, same_as=known)
        draft.first_mentions.setdefault(name, draft.speaker)
        draft.add(" " + after)
    else:
        draft.add(f"{before} {after}")
    draft.add(".")
