"""docs/digests.md in plain Python, written from the page alone: slow, obvious, and of no use to the package."""

import struct
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pyarrow as pa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def streams(kind, values, path):
    """The streams of a node of the Arrow type `kind` whose values are those that `to_pylist` gives."""
    yield path + "?", bytes(value is not None for value in values)
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if pa.types.is_list(kind):
        lengths = [0 if value is None else len(value) for value in values]
        yield path + "#", b"".join(struct.pack("<I", length) for length in lengths)
        yield from streams(kind.value_type, [item for value in values for item in value or []], path + "[]")
    elif pa.types.is_struct(kind):
        for field in kind:
            members = [None if value is None else value[field.name] for value in values]
            yield from streams(field.type, members, f"{path}.{field.name}")
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = [b"" if value is None else value.encode() for value in values]
        yield path + "#", b"".join(struct.pack("<Q", len(text)) for text in texts)
        yield path, b"".join(texts)
    else:
        yield path, b"".join(place(kind, value) for value in values)


def place(kind, value):
    if pa.types.is_boolean(kind):
        return bytes([bool(value)])
    if pa.types.is_floating(kind):
        return struct.pack("<d", 0.0 if value is None else value)
    if isinstance(value, datetime):
        value = (value - EPOCH) // timedelta(microseconds=1)
    elif isinstance(value, date):
        value = (value - EPOCH.date()).days
    return struct.pack("<q", value or 0)


def block_digest(table):
    total = b""
    for field in table.schema:
        for path, stream in streams(field.type, table.column(field.name).to_pylist(), field.name):
            total += sha256(path.encode()).digest() + sha256(stream).digest()
    return sha256(total).digest()


def blocks(owners, ids):
    """Ranges over rows whose articles are `owners`, cut where the articles `ids`, in order, are."""
    endings = [identity for identity in ids if ends_block(identity)]
    block_of = [sum(ending < owner for ending in endings) for owner in owners]
    return [
        range(block_of.index(block), block_of.index(block) + block_of.count(block)) for block in sorted(set(block_of))
    ]


def ends_block(identity):
    return sha256(identity.encode()).digest()[0] == 0


def table_digest(splits):
    """`splits`: name and digests of blocks, in order."""
    total = b""
    for name, digests in splits:
        total += sha256(name.encode()).digest() + b"".join(digests)
    return sha256(total).hexdigest()
