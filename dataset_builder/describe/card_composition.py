"""What the data itself answers of a datasheet's questions: what it consists of, what is missing, what holds."""

from collections.abc import Iterator

from dataset_builder.describe.card_columns import leaves
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.markdown import Markdown, code, to_markdown, words
from dataset_builder.schema.columns import Column

__all__ = ["composition"]

_GOLD = {
    "single": "the one record that each article has",
    "majority": "what more than half of an article’s annotators have",
    "all": "everything that any annotator has",
}

_NAMES = 12  # columns that are named in one answer


def composition(facts: CardFacts) -> dict[str, object] | None:
    """Questions with their answers."""
    made = (_instances, _numbers, _parts, _labels, _missing, _relations, _splits, _errors, _apart, _secrets, _kept)
    return {"answers": [(question, Markdown(text)) for make in made for question, text in make(facts)]}


_Answers = Iterator[tuple[str, str]]


def _instances(facts: CardFacts) -> _Answers:
    layers = " with its metadata and the annotation that is published" if facts.layers else " with its metadata"
    records = facts.layout.annotations
    apart = f" Each annotator’s own records are rows of {code(records.name)}." if records else ""
    links = facts.layout.links
    tied = f" {code(links.name)} has ties between articles." if links else ""
    yield "What is an instance?", f"An article: its text{layers}.{apart}{tied}"


def _numbers(facts: CardFacts) -> _Answers:
    tables = [facts.layout.articles, facts.layout.annotations, facts.layout.links]
    names = [table.name for table in tables if table]
    counts = [Markdown(f"{to_markdown(facts.statistics.total(name))} in {code(name)}") for name in names]
    yield "How many are there?", f"{words(counts)}."


def _parts(facts: CardFacts) -> _Answers:
    metadata = _named([column.name for column in facts.metadata])
    layers = f", and the layers {_named([column.name for column in facts.layers])}" if facts.layers else ""
    yield "What does an instance consist of?", f"The columns {metadata}{layers}. Texts are as they were stored."


def _labels(facts: CardFacts) -> _Answers:
    if not facts.layers:
        return
    labelled = [
        Markdown(f"{code(path)} ({to_markdown(len(_innermost(column).labels))})")
        for path, column in leaves(facts.layers)
        if _innermost(column).labels
    ]
    if labelled:
        yield "Are there labels?", f"Yes, with so many values each: {_enumerated(labelled)}. The schema defines them."


def _innermost(column: Column) -> Column:
    while column.item and not column.is_map:
        column = column.item
    return column


def _missing(facts: CardFacts) -> _Answers:
    statistics = facts.statistics
    total = statistics.total(facts.layout.articles.name)
    withheld = sum(statistics.withheld.values())
    found = [
        Markdown(f"{code(column.name)} ({to_markdown(lacking)})")
        for column in (*facts.metadata, *facts.layers)
        if column.name != "text" and (lacking := total - sum(statistics.filled.get(column.name, {}).values()))
    ]
    lack = f"{_texts(withheld)} of {total:,} {'is' if withheld == 1 else 'are'} withheld, and null."
    texts = lack if withheld else "Every text is here."
    nulls = f" Articles that have nothing in a column: {_enumerated(found)}." if found else " Each column has a value."
    yield "Is anything missing?", texts + nulls


def _relations(facts: CardFacts) -> _Answers:
    links, group = facts.layout.links, facts.project.splits.group
    number = facts.statistics.total(links.name) if links else 0
    tied = f"{code(links.name)} has {number:,} {'link' if number == 1 else 'links'}." if links else ""
    grouped = f"Articles that belong together have the same {code(group)}." if group else ""
    yield "Are instances related?", f"{tied} {grouped}".strip() or "Nothing in the data says so."


def _splits(facts: CardFacts) -> _Answers:
    splits, found = facts.project.splits, facts.statistics.splits
    if len(found) < 2:
        yield "Are there splits?", "No."
        return
    names = words([code(name) for name in found])
    if splits.field:
        how = f"{code(splits.field)} of each article says which it is in"
    else:
        unit = f"articles with the same {code(splits.group)}" if splits.group else "each article"
        hashed = f"by a hash of {'that' if splits.group else 'its id'}"
        way = hashed if splits.method == "hash" else "to whichever split is furthest behind its share"
        shares = words([f"{100 * share:g}%" for share in splits.shares.values()])
        how = f"{unit} {'go' if splits.group else 'goes'} {way}, of {shares}"
    yield "Are there splits?", f"{names}: {how}."


def _errors(facts: CardFacts) -> _Answers:
    spans = any(column.item and column.item.shape.span for column in facts.layers)
    proven = "Every record is proven to fit the schema" + (
        ", every span to cover what its quote or digest says where the text is there" if spans else ""
    )
    compared = [figure.values.get(name) for figure in facts.agreement for name in ("exact_f1", "alpha")]
    found = [value for value in compared if value is not None]
    agreed = " How far annotators agree isn’t measured." if facts.layers else ""
    if found:
        least, most = _decimal(min(found)), _decimal(max(found))
        agreed = f" Annotators agree between {least} and {most} (F1 of exact spans, alpha of values)."
    yield "Are there errors or noise?", f"{proven}.{agreed}"


def _apart(facts: CardFacts) -> _Answers:
    withheld = sum(facts.statistics.withheld.values())
    has = "has" if withheld == 1 else "have"
    needed = f"No: {_texts(withheld)} {has} to be had elsewhere. All else is here." if withheld else "Yes."
    yield "Does it stand on its own?", needed


def _secrets(facts: CardFacts) -> _Answers:
    withheld = sum(facts.statistics.withheld.values())
    if withheld:
        digests = "Digests are, which don’t hide a passage that is short enough to be guessed."
        yield "Is anything confidential in it?", f"What is withheld is not in it. {digests}"


def _kept(facts: CardFacts) -> _Answers:
    if facts.layout.annotations and facts.gold:
        gold = facts.project.gold
        chosen = f"the record of {code(gold.annotator)}" if gold.annotator else _GOLD[gold.policy]
        name = code(facts.layout.annotations.name)
        yield "Is the raw annotation kept?", f"Yes, in {name}. What is published in the layers is {chosen}."


def _texts(number: int) -> str:
    return f"{number:,} {'text' if number == 1 else 'texts'}"


def _named(names: list[str]) -> Markdown:
    return _enumerated([code(name) for name in names])


def _enumerated(items: list[Markdown]) -> Markdown:
    """The items in a sentence; of many, the first."""
    if len(items) <= _NAMES:
        return words(items)
    return Markdown(f"{', '.join(items[:_NAMES])} and {len(items) - _NAMES:,} more")


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
