"""Files changed at random: what an importer may find anything in, but never fail on."""

import random

from dataset_builder.errors import UsageError
from dataset_builder.formats.registry import format_named, importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source

PIECES = (
    b"",
    b"\0",
    b"\xff",
    b"\t",
    b"\n",
    b'"',
    b"<",
    b">",
    b"[1]",
    b"|",
    b"*",
    b"_",
    b"99999999999999999999",
    b"-1",
    b"1-1",
    b"null",
    b"{}",
    b"[]",
)


def mutated(data, seed):
    """`data` with a few stretches taken out, doubled, or replaced; the same for the same seed."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        end = min(len(changed), at + chance.choice((0, 1, 1, 2, 5, 40)))
        piece = chance.choice((*PIECES, bytes(changed[at : at + 30]), bytes([chance.randrange(256)])))
        changed[at:end] = piece
    return bytes(changed)


def taken(path, format_, **options):
    """What is found in `path`, read as an import reads it: troubles and items; it ends, and nothing else is raised."""
    source = Source(path)
    try:
        reader = importer(format_named(format_), source, options)
    except UsageError:
        return [], []
    troubles, items = [], []
    for article in reader.read(lambda *_: None):
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
            items += record.items
            for item in record.items:
                assert all(0 <= start <= end <= len(article.text) for start, end in item.fragments)
    return troubles + source.troubles, items
