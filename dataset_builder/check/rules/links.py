"""LNK: links across articles."""

from collections.abc import Iterator
from typing import Any

from dataset_builder.check.corpus_view import CorpusView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.rules.doubles import report_doubles
from dataset_builder.check.view import LinkView
from dataset_builder.check.wording import Suggestions, either, quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.plan import gather_places
from dataset_builder.schema.shape import ITEM

__all__ = ["RULES"]

_LINK = "annotations/links/same-day.json"


@rule(
    "LNK001",
    "unknown-article",
    looks=Looks.AT_LINK,
    broken=Case(edits={_LINK: ('"from": {"article": "mill"', '"from": {"article": "mil"')}, at=(_LINK, 4, 23)),
)
def unknown_article(view: LinkView) -> Iterator[Finding]:
    """A link names an article that isn't there.

    **Why it matters.** The link has an end in nothing, and would be of no use to anyone who follows it.

    **How to fix it.** Correct the id. If the article was deleted, delete the link too.
    """
    if "article" in view.unread:
        return
    suggestions = Suggestions(view.known_articles)
    for pointer, name in view.named:
        if name not in view.articles and name not in view.known_articles:
            yield Finding(
                message=f"there is no article {quoted(name)}",
                place=view.document.place(pointer),
                help=suggestions.help(name) or "correct the id, or delete the link",
            )


@rule(
    "LNK002",
    "dangling-item",
    looks=Looks.AT_LINK,
    broken=Case(edits={_LINK: ('"mill", "entity": "e2"', '"mill", "entity": "e8"')}, at=(_LINK, 4, 41)),
)
def dangling_item(view: LinkView) -> Iterator[Finding]:
    """A link names an item that the article's gold annotation doesn't have.

    **Why it matters.** Links are published beside the gold annotations; this one would point into nothing.

    **How to fix it.** Correct the key. Links refer to the gold record: a key that only one annotator used may be absent
    from it.
    """
    known: dict[tuple[str | None, tuple[str, ...]], frozenset[str]] = {}
    for reference in view.schema.plan.references:
        for pointer, name in view.at(reference.path):
            article = view.article_id_of(pointer[:-1])
            if not isinstance(name, str) or not _is_known(view, article):
                continue
            if (article, reference.targets) not in known:
                known[article, reference.targets] = frozenset(_keys(view, article, reference.targets))
            keys = known[article, reference.targets]
            if name not in keys:
                yield _dangling(view, pointer, reference.targets, keys)


def _is_known(view: LinkView, article: str | None) -> bool:
    """Whether it is known which items there are; what keeps it from being known is reported where that stands."""
    if article is None:
        return not view.judgement.misread  # which may be the article's id
    return article in view.gold and "annotation" not in view.unread


def _keys(view: LinkView, article: str | None, layers: tuple[str, ...]) -> Iterator[str]:
    """The keys of items in arrays of the link itself, and in the gold record of its article."""
    sources: list[tuple[Any, Any]] = [(view.value, view.schema.plan)]
    if article is not None:
        sources.append((view.gold.get(article), view.schema.schemas.annotations.plan))
    for record, plan in sources:
        for layer in layers:
            if key := plan.key_of(layer):
                found = gather_places(record, (layer, ITEM, key))
                yield from (name for _, name in found if isinstance(name, str))


def _layers_with(view: LinkView, article: str, name: str) -> list[str]:
    """The layers of the gold record of `article` that have an item of the key `name`."""
    plan, record = view.schema.schemas.annotations.plan, view.gold.get(article)
    return [
        layer
        for layer in plan.layers
        if any(found == name for _, found in gather_places(record, (layer, ITEM, plan.key_of(layer))))
    ]


def _dangling(view: LinkView, pointer: Pointer, layers: tuple[str, ...], keys: frozenset[str]) -> Finding:
    name, article = _at(view.value, pointer), view.article_id_of(pointer[:-1])
    if article is None:
        message = f"it can't be told in which article {quoted(name)} is to be found"
        hint = 'name the article beside it, in a property with "x-ref": "@article"'
    elif view.gold.get(article) is None:
        message = f"the article {quoted(article)} has no gold annotation in which {quoted(name)} could be found"
        hint = "annotate the article, or link to the article as a whole"
    else:
        message = f"no item of {either(layers)} in the gold annotation of {quoted(article)} has the key {quoted(name)}"
        other = _layers_with(view, article, name)
        hint = f"{either(other, 'and')} {'has' if len(other) == 1 else 'have'} it: " if other else ""
        hint += Suggestions(keys).help(name) or "correct the key, or delete the link"
    return Finding(message=message, place=view.document.place(pointer), help=hint)


@rule(
    "LNK003",
    "duplicate-link",
    looks=Looks.AT_CORPUS,
    broken=Case(
        files={
            "annotations/links/twin.json": '{"id": "same-day", "kind": "same_event", '
            '"from": {"article": "mill"}, "to": {"article": "ferry"}}\n'
        },
        at=("annotations/links/twin.json", 1, 8),
    ),
)
def duplicate_link(view: CorpusView) -> Iterator[Finding]:
    """Two links have the same id.

    **Why it matters.** Versions of the dataset are compared link by link.

    **How to fix it.** Give one of the two another id, or delete it if it is a copy.
    """
    yield from report_doubles(view.links, "the link {} is there twice", "give one of the two another id, or delete it")


@rule(
    "LNK004",
    "self-link",
    looks=Looks.AT_LINK,
    broken=Case(edits={_LINK: ('"to": {"article": "ferry"', '"to": {"article": "mill"')}, at=(_LINK, 5, 9)),
    clean=Case(
        edits={_LINK: ('"to": {"article": "ferry", "entity": "e2"}', '"to": {"article": "mill", "entity": "e1"}')}
    ),
)
def self_link(view: LinkView) -> Iterator[Finding]:
    """Two ends of a link are the same: the same article, and the same item or passage in it.

    **Why it matters.** It says that something is tied to itself, which says nothing; as a rule an end was copied and
    not changed.

    **How to fix it.** Correct one of the ends, or delete the link.
    """
    first: dict[tuple[Pointer, str], Pointer] = {}
    for pointer, article in view.named:
        end = pointer[:-1]
        if not end:
            continue  # articles named by the link itself: what else it says may belong to either
        earlier = first.setdefault((end[:-1], _identity(view.value, end, article)), end)
        if earlier != end:
            yield Finding(
                message="two ends of the link are the same",
                place=view.document.place(end),
                help="correct one of them, or delete the link",
                related=(view.document.place(earlier, note="the other end is here"),),
            )


def _identity(value: Any, pointer: Pointer, article: str) -> str:
    end = _at(value, pointer)
    said = sorted((name, repr(inner)) for name, inner in end.items() if inner is not None)
    return repr((article, said))


def _at(value: Any, pointer: Pointer) -> Any:
    for step in pointer:
        value = value[step]
    return value


RULES = (unknown_article, dangling_item, duplicate_link, self_link)
