"""REF: keys, references, and which article a record belongs to."""

from collections.abc import Iterator

from dataset_builder.check.corpus_view import CorpusView
from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.rules.doubles import report_doubles
from dataset_builder.check.view import FlawView, RecordView
from dataset_builder.check.wording import Suggestions, either, quoted
from dataset_builder.model.diagnostic import Pointer, Severity
from dataset_builder.schema.plan import Reference
from dataset_builder.schema.shape import ITEM

__all__ = ["RULES", "known_keys", "named_by"]

_MILL = "annotations/ada/mill.json"
_FERRY = "annotations/ada/ferry.json"


def known_keys(view: RecordView, layers: tuple[str, ...]) -> set[str]:
    """All keys of items of `layers`."""
    return {name for layer in layers for name, _ in view.keys(layer)}


def named_by(view: RecordView, reference: Reference) -> Iterator[tuple[Pointer, str]]:
    """Every string that refers, with where it stands."""
    for pointer, value in view.at(reference.path):
        if isinstance(value, str):
            yield pointer, value


@rule(
    "REF001",
    "dangling",
    looks=Looks.AT_RECORD,
    aspect=Aspect.REFERRED,
    broken=Case(edits={_MILL: ('"to": "e3"', '"to": "e9"')}, at=(_MILL, 20, 38)),
    clean=Case(
        edits={_MILL: ('"quote": "mill", "type": "place"', '"quote": "mill", "type": "place", "same_as": null')}
    ),
)
def dangling(view: RecordView) -> Iterator[Finding]:
    """A reference names an item or an article that isn't there.

    **Why it matters.** The relation points into nothing; whoever follows it fails, or drops it in silence.

    **How to fix it.** Correct the key. If the item was deleted, delete what refers to it, or let it refer to another.
    """
    for reference in view.schema.plan.references:
        if view.hides_keys(reference.targets):
            continue
        known = known_keys(view, reference.targets)
        elsewhere = known_keys(view, view.schema.plan.layers)
        suggestions = Suggestions(known)
        for pointer, name in named_by(view, reference):
            if name not in known and name not in elsewhere:
                yield Finding(
                    message=f"no item of {either(reference.targets)} has the key {quoted(name)}",
                    place=view.document.place(pointer),
                    help=suggestions.help(name) or "correct the key, or delete the reference",
                )
    yield from _dangling_articles(view)


def _dangling_articles(view: RecordView) -> Iterator[Finding]:
    if "article" in view.unread:
        return
    own: Pointer = (view.project.fields.article,)
    suggestions = Suggestions(view.known_articles)
    for path in view.schema.plan.article_references:
        for pointer, name in view.at(path):
            if isinstance(name, str) and name not in view.known_articles and pointer != own:
                yield Finding(
                    message=f"there is no article {quoted(name)}",
                    place=view.document.place(pointer),
                    help=suggestions.help(name) or "correct the id, or add the article",
                )


@rule(
    "REF002",
    "duplicate-item-key",
    looks=(Looks.AT_RECORD, Looks.AT_LINK),
    aspect=Aspect.KEYED,
    broken=Case(edits={_MILL: ('"id": "e4"', '"id": "e3"')}, at=(_MILL, 12, 12)),
)
def duplicate_item_key(view: RecordView) -> Iterator[Finding]:
    """Two items of an array have the same key.

    **Why it matters.** A reference to the key could mean either, and versions of the dataset are compared item by item.

    **How to fix it.** Give one of the two another key, and see which of them the references mean.
    """
    for keyed in view.schema.plan.keyed:
        first: dict[str, Pointer] = {}
        for pointer, name in view.at((*keyed.path, ITEM, keyed.key)):
            if isinstance(name, str) and first.setdefault(name, pointer) != pointer:
                yield Finding(
                    message=f"the key {quoted(name)} is given twice",
                    place=view.document.place(pointer),
                    help="give one of the two another key, and see which one references mean",
                    related=(view.document.place(first[name], note="the first one is here"),),
                )


@rule(
    "REF003",
    "orphan-annotation",
    looks=Looks.AT_CORPUS,
    broken=Case(
        files={"annotations/ada/mil.json": '{"article": "mil", "annotator": "ada"}\n'},
        at=("annotations/ada/mil.json", 1, 1),
    ),
)
def orphan_annotation(view: CorpusView) -> Iterator[Finding]:
    """An annotation belongs to an article that isn't there.

    **Why it matters.** It would not be published, and nobody would miss it.

    **How to fix it.** Name the file as its article is named, or add the article. If the article was deleted, delete the
    annotation too.
    """
    for orphan in view.orphans if "article" not in view.unread else ():
        close = view.near.get(orphan.key)
        yield Finding(
            message=f"there is no article {quoted(orphan.key)}",
            place=orphan.place,
            help=f"did you mean {quoted(close)}?"
            if close
            else "rename the annotation, add the article, or delete both",
        )


@rule(
    "REF004",
    "article-mismatch",
    looks=Looks.AT_RECORD,
    broken=Case(edits={_FERRY: ('"article": "ferry"', '"article": "mill"')}, at=(_FERRY, 2, 14)),
)
def article_mismatch(view: RecordView) -> Iterator[Finding]:
    """An annotation says that it belongs to another article than its file's name does.

    **Why it matters.** The file was copied or renamed, and its offsets may belong to another text.

    **How to fix it.** Rename the file, or correct the property.
    """
    if view.stem is not None:
        yield from _mismatches(view, view.project.fields.article, view.stem, "the file's name")


@rule(
    "REF005",
    "annotator-mismatch",
    looks=Looks.AT_RECORD,
    broken=Case(edits={_FERRY: ('"annotator": "ada"', '"annotator": "bob"')}, at=(_FERRY, 3, 16)),
)
def annotator_mismatch(view: RecordView) -> Iterator[Finding]:
    """An annotation says that it was made by somebody else than its folder does.

    **Why it matters.** Agreement is computed between annotators: a record under the wrong name spoils it.

    **How to fix it.** Move the file to the right folder, or correct the property.
    """
    if view.folder is not None:
        yield from _mismatches(view, view.project.fields.annotator, view.folder, "the folder")


def _mismatches(view: RecordView, name: str, expected: str, source: str) -> Iterator[Finding]:
    stated = next((value for _, value in view.at((name,))), None)
    if isinstance(stated, str) and stated != expected:
        yield Finding(
            message=f"the record says {quoted(stated)}, but {source} says {quoted(expected)}",
            place=view.document.place((name,)),
            help="move the file, or correct the property",
        )


@rule(
    "REF006",
    "duplicate-annotation",
    looks=Looks.AT_CORPUS,
    broken=Case(
        files={"annotations/ada/more/ferry.json": '{"article": "ferry", "annotator": "ada"}\n'},
        at=("annotations/ada/more/ferry.json", 1, 1),
    ),
)
def duplicate_annotation(view: CorpusView) -> Iterator[Finding]:
    """One annotator has two records on one article.

    **Why it matters.** Only one of them can count, and nothing says which.

    **How to fix it.** Keep the one that is meant. Two passes by one person are two annotators: give each a folder.
    """
    yield from report_doubles(view.annotations, "the annotation {} is there twice", "keep the one that is meant")


@rule(
    "REF007",
    "unaddressed",
    looks=Looks.AT_FLAW,
    kinds=("unaddressed",),
    broken=Case(files={"annotations/more.jsonl": '{"article": "mill"}\n'}, at=("annotations/more.jsonl", 1, 1)),
)
def unaddressed(view: FlawView) -> Iterator[Finding]:
    """A record doesn't say which article it belongs to, or who made it; or an article has no id.

    **Why it matters.** Without that it can't be joined with anything.

    **How to fix it.** State the properties that the message names in each line of a packed file, or put an annotation
    at `annotations/<annotator>/<article>.json`, where the path says both.
    """
    yield view.finding()


@rule(
    "REF008",
    "self-reference",
    looks=Looks.AT_RECORD,
    aspect=Aspect.REFERRED,
    severity=Severity.WARNING,
    broken=Case(
        edits={_MILL: ('"quote": "mill", "type": "place"', '"quote": "mill", "type": "place", "same_as": "e4"')},
        at=(_MILL, 12, 87),
    ),
    clean=Case(
        edits={_MILL: ('"quote": "mill", "type": "place"', '"quote": "mill", "type": "place", "same_as": "e3"')}
    ),
)
def self_reference(view: RecordView) -> Iterator[Finding]:
    """An item refers to itself.

    **Why it matters.** A chain of references that is followed to its end never ends there.

    **How to fix it.** Let it refer to another item, or write null.
    """
    for reference in view.schema.plan.references:
        layer = reference.path[0]
        if layer is None or layer not in reference.targets:
            continue
        owners = {pointer: name for name, pointer in view.keys(layer)}
        for pointer, name in named_by(view, reference):
            if owners.get(pointer[:2]) == name:
                yield Finding(
                    message=f"the item {quoted(name)} refers to itself",
                    place=view.document.place(pointer),
                    help="let it refer to another item, or write null",
                )


@rule(
    "REF009",
    "ambiguous",
    looks=Looks.AT_RECORD,
    aspect=Aspect.REFERRED,
    broken=Case(
        edits={_MILL: ('"id": "c2"', '"id": "e3"')},
        at=(_MILL, 20, 38),
    ),
)
def ambiguous(view: RecordView) -> Iterator[Finding]:
    """A reference may name items of several arrays, and its key is in more than one of them.

    **Why it matters.** It can't be told which item is meant.

    **How to fix it.** Give one of the items another key: `e1`, `e2` for entities, `c1`, `c2` for cues.
    """
    for reference in view.schema.plan.references:
        if len(reference.targets) < 2:
            continue
        owners: dict[str, dict[str, None]] = {}
        for target in reference.targets:
            for name, _ in view.keys(target):
                owners.setdefault(name, {})[target] = None
        for pointer, name in named_by(view, reference):
            if len(owners.get(name, ())) > 1:
                yield Finding(
                    message=f"items of {either(owners[name], 'and')} have the key {quoted(name)}: which one is meant?",
                    place=view.document.place(pointer),
                    help="give one of the items another key",
                )


RULES = (
    dangling,
    duplicate_item_key,
    orphan_annotation,
    article_mismatch,
    annotator_mismatch,
    duplicate_annotation,
    unaddressed,
    self_reference,
    ambiguous,
)
