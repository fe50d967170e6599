"""The articles of two builds: added, removed, moved, revised; their metadata."""

import numpy as np

from dataset_builder.compare.collect import Collector
from dataset_builder.compare.pairing import Paired
from dataset_builder.compare.records import value_changes
from dataset_builder.compare.revision import UNCHANGED, UNKNOWN, Block, Revision, passages
from dataset_builder.compare.rows import Mask
from dataset_builder.errors import UsageError
from dataset_builder.mend.alignment import align
from dataset_builder.model.diff import ArticleChange, MetadataChange, Move
from dataset_builder.model.result import Progress
from dataset_builder.pipeline.table_pair import TablePair

__all__ = ["ArticleComparison"]

_OWN = frozenset(("id", "text", "sha256", "length"))
_PASSAGES = 5  # edits of one text that are kept


class ArticleComparison:
    """What differs between the articles of two builds, and what is needed to compare their annotations."""

    def __init__(self, table: TablePair, limit: int | None, progress: Progress) -> None:
        self.table, self.progress = table, progress
        self.moves = Collector[Move](limit, lambda move: move.sort_key)
        self.changes = Collector[ArticleChange](limit, lambda change: (change.kind, change.article))
        self.metadata = Collector[MetadataChange](limit, lambda change: change.article)
        self.only_one: tuple[set[str], set[str]] = set(), set()  # ids that only the old build has; the new one
        self.digests: dict[str, tuple[str, str]] = {}  # of the articles whose text was revised
        self.revisions: dict[str, Revision] = {}
        self.withheld: set[str] = set()  # in either build; as far as the article differs at all
        self.rights_changed = False  # whether a text is withheld now that wasn't before, or the other way round
        self.gold: list[tuple[Paired, dict[str, Mask]]] = []  # in which rows which gold layers differ

    @property
    def gold_columns(self) -> list[str]:
        """The gold layers: what stands behind the text and what tells of it."""
        names = list(self.table.sides[0].features)
        return names[names.index("length") + 1 :] if "length" in names else []

    def revision(self, article: str) -> Revision:
        """How the text of an article changed."""
        return self.revisions.get(article, UNCHANGED)

    def run(self) -> None:
        """Compares the table.

        Raises:
            UsageError: it isn't one of articles.
        """
        for side in self.table.sides:
            if side.files and not side.features.keys() >= _OWN:
                message = f"a build's table of articles lacks some of the columns {', '.join(sorted(_OWN))}"
                raise UsageError(message)
        removed, added, pairs = self.table.paired("id")
        for article, split in removed:
            self.changes.add(ArticleChange(kind="removed", article=article, split=split), "removed")
        for article, split in added:
            self.changes.add(ArticleChange(kind="added", article=article, split=split), "added")
        self.only_one = {article for article, _ in removed}, {article for article, _ in added}
        without = self.table.ids_without_text(0), self.table.ids_without_text(1)
        self.withheld, self.rights_changed = without[0] | without[1], without[0] != without[1]
        for done, pair in enumerate(pairs):
            self.progress("compare articles", done, len(pairs))
            self._pair(pair)

    def _pair(self, pair: Paired) -> None:
        ours = self.table.features[0]
        gold = set(self.gold_columns)
        masks = self.table.masks(pair, [name for name in ours if name not in _OWN or name == "sha256"])
        revised = masks.pop("sha256")
        splits = self.table.splits(pair)
        if splits[0] != splits[1]:
            for row, _ in self.table.rows(pair, np.ones(len(revised), np.bool_), ("id",)):
                move = Move(article=row["id"], old=splits[0], new=splits[1])
                self.moves.add(move, move.kind)
        self._revised(pair, revised)
        self._metadata(pair, {name: mask for name, mask in masks.items() if name not in gold})
        differing = {name: mask for name, mask in masks.items() if name in gold and mask.any()}
        if differing:
            self.gold.append((pair, differing))

    def _revised(self, pair: Paired, revised: Mask) -> None:
        split = self.table.splits(pair)[1]
        rows = self.table.rows(pair, revised, ("id", "sha256", "length"))
        for (old, new), texts in zip(rows, self.table.texts(pair, revised), strict=True):
            article = old["id"]
            self.digests[article] = old["sha256"], new["sha256"]
            change = {"article": article, "split": split, "lengths": (old.get("length"), new.get("length"))}
            if texts[0] is None or texts[1] is None:
                self.revisions[article] = UNKNOWN
                self.changes.add(ArticleChange(kind="revised", **change), "revised")
                continue
            revision = self.revisions[article] = _aligned(texts[0], texts[1])
            count, shown = passages(revision, texts[0], texts[1], _PASSAGES)
            self.changes.add(ArticleChange(kind="revised", **change, edits=count, passages=shown), "revised")

    def _metadata(self, pair: Paired, masks: dict[str, Mask]) -> None:
        differs = _any(list(masks.values()), len(pair.rows[0]))
        names = [name for name, mask in masks.items() if mask.any()]
        for old, new in self.table.rows(pair, differs, ("id", *names)):
            found = tuple(change for name in names for change in value_changes(name, old[name], new[name]))
            if found:
                self.metadata.add(MetadataChange(article=old["id"], changes=found), *(each.path for each in found))


def _any(masks: list[Mask], size: int) -> Mask:
    found: Mask = np.zeros(size, dtype=np.bool_)
    for mask in masks:
        found |= mask
    return found


def _aligned(old: str, new: str) -> Revision:
    """What both texts share; aligned in one order whichever is the old one, so that the result is symmetric."""
    if old <= new:
        blocks = [Block(*block) for block in align(old, new).blocks]
    else:
        blocks = [Block(block.new, block.old, block.length) for block in align(new, old).blocks]
    return Revision(blocks, (len(old), len(new)))
