"""Where tables are cut: into blocks, which are hashed as one, and shards, which are files.

Both are cut by content over sorted ids, so that one more article changes one block and one shard.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

__all__ = ["BLOCK", "blocks", "shards"]

BLOCK = 256
"""Articles in a block on average. Part of the content digest's definition (docs/digests.md): never change it."""


def blocks(ids: Sequence[str]) -> Iterator[range]:
    """Ranges over `ids` (sorted), each one block: one id in `BLOCK` ends a block, whatever its neighbours are."""
    begin = 0
    for end, identity in enumerate(ids, 1):
        if sha256(identity.encode()).digest()[0] == 0:
            yield range(begin, end)
            begin = end
    if begin < len(ids):
        yield range(begin, len(ids))


def shards(ids: Sequence[str], target: int) -> Iterator[range]:
    """Ranges over `ids` (sorted), each one shard: whole blocks, about `target` ids, as far as blocks allow.

    A shard ends with an id whose SHA-256 says so, which depends on no other id, once it holds a quarter of the target;
    so shards away from a change keep their bounds. One that has reached four times the target ends with its block.
    """
    least, most, one_in = target // 4, target * 4, max(1, target // BLOCK)
    begin = 0
    for block in blocks(ids):
        size = block.stop - begin
        bound = int.from_bytes(sha256(ids[block.stop - 1].encode()).digest()[-8:], "big") % one_in == 0
        if size >= most or (size >= least and bound):
            yield range(begin, block.stop)
            begin = block.stop
    if begin < len(ids):
        yield range(begin, len(ids))
