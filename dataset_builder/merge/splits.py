"""Which split a group of articles falls into, and the lock file that remembers it."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate
from math import lcm
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.model.project import Splits

__all__ = ["assign_splits", "parse_lock", "render_lock"]

_LOCK_VERSION = 1
_REMEDY = "restore it from git (in a merge, keep one line for each group), or delete it to assign all groups afresh"


def assign_splits(groups: Mapping[str, int], splits: Splits, locked: Mapping[str, str]) -> dict[str, str]:
    """The split of each of `groups`, which gives the number of articles by group. The order of `groups` never shows.

    - `balanced`: a group in `locked` keeps its split, if there still is such a split. The others, in the order of
      SHA-256 of the seed and their name, each go where the articles so far are the least part of the share; among
      equals, to the split that stands first in the shares. A split has never more articles than its share by more
      than the largest group, unless the lock says so; and none is empty if there are groups enough that aren't
      locked. Nothing moves while `locked` is what was returned the time before.
    - `hash`: each group on its own, by SHA-256 of the seed and its name; `locked` is ignored.

    Shares count in relation to their sum. A group that comes anew changes no other in either method. O(n log n).
    """
    if splits.method == "hash":
        return _by_hash(groups, splits)
    kept = {group: locked[group] for group in groups if locked.get(group) in splits.shares}
    return dict(sorted((kept | _balanced(groups, splits, kept)).items()))


def _by_hash(groups: Iterable[str], splits: Splits) -> dict[str, str]:
    names = list(splits.shares)
    weights = _weights(splits.shares)
    total = sum(weights)
    # The last bound is left out: no digest can lie above it.
    bounds = [bound * 2**256 // total for bound in accumulate(weights[:-1])]
    return {group: names[bisect_right(bounds, int.from_bytes(_digest(splits.seed, group)))] for group in sorted(groups)}


def _balanced(groups: Mapping[str, int], splits: Splits, kept: Mapping[str, str]) -> dict[str, str]:
    """The splits of the groups that aren't among those `kept`."""
    weights = _weights(splits.shares)
    # Articles in units in which a full split has as many as any other, so that whole numbers compare.
    scale = {split: lcm(*weights) // weight for split, weight in zip(splits.shares, weights, strict=True)}
    filled = dict.fromkeys(splits.shares, 0)
    for group, split in kept.items():
        filled[split] += groups[group] * scale[split]
    empty = dict.fromkeys(split for split in splits.shares if split not in kept.values())
    waiting = sorted(groups.keys() - kept.keys(), key=lambda group: (_digest(splits.seed, group), group))
    assigned: dict[str, str] = {}
    for index, group in enumerate(waiting):
        # Once there are no more groups than empty splits, each goes to one of them.
        open_splits = empty if len(waiting) - index <= len(empty) else filled
        split = min(open_splits, key=filled.__getitem__)
        assigned[group] = split
        filled[split] += groups[group] * scale[split]
        empty.pop(split, None)
    return assigned


def _weights(shares: Mapping[str, float]) -> list[int]:
    """The shares as whole numbers in the same proportion, as exact as they are written."""
    fractions = [Fraction(repr(share)) for share in shares.values()]
    return [int(fraction * lcm(*(other.denominator for other in fractions))) for fraction in fractions]


def _digest(seed: int, group: str) -> bytes:
    return sha256(f"{seed}\0{group}".encode("utf-8", "surrogatepass")).digest()


def render_lock(mapping: Mapping[str, str], previous: Mapping[str, str]) -> str:
    """The lock file's text: `mapping` and what else `previous` has, one group a line, sorted.

    Groups that vanished are kept, so they return to the split that they were in.
    """
    groups = dict(sorted({**previous, **mapping}.items()))
    return json.dumps({"version": _LOCK_VERSION, "groups": groups}, ensure_ascii=False, indent=2) + "\n"


def parse_lock(data: bytes) -> dict[str, str]:
    """The split of each group, as the lock file `data` has it.

    Raises:
        UsageError: this isn't a lock file of this version, or it gives one group two splits, as a merge in git may.
    """
    try:
        lock = json.loads(data.decode("utf-8"), object_pairs_hook=_unambiguous)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the lock file of the splits can't be read: {error}; {_REMEDY}") from error
    groups = lock.get("groups") if isinstance(lock, dict) else None
    if not isinstance(groups, dict) or not all(isinstance(split, str) for split in groups.values()):
        raise UsageError(f"the lock file of the splits has no object 'groups' of strings; {_REMEDY}")
    if lock.get("version") != _LOCK_VERSION:
        raise UsageError(
            f"the lock file of the splits has version {lock.get('version')!r}, and this dataset-builder reads only "
            f"{_LOCK_VERSION}: use the dataset-builder that wrote it"
        )
    return groups


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if found.setdefault(name, value) != value:
            raise ValueError(f"{name!r} is given twice, as {found[name]!r} and as {value!r}")
    return found
