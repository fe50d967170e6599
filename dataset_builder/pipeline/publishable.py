"""Records as they may be published: quotes where the text may be shown, digests in their place where not."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from dataset_builder.schema.plan import Anchor, gather

__all__ = ["publishable"]


def publishable(record: Any, anchors: Iterable[Anchor], text: str | None, *, withheld: bool) -> None:
    """Fills in, in place, what the spans of `record` cover: the quote, or just its digest where the text is withheld.

    `text` is None where it is absent; the record's own digests then stand.
    """
    for anchor in anchors:
        keys = anchor.keys
        spans = gather(record, anchor.path)
        if not withheld and (keys.quote is None or None not in [span.get(keys.quote) for span in spans]):
            continue  # nearly always
        for span in spans:
            quote = span.get(keys.quote) if keys.quote else None
            if not withheld:
                if keys.quote and quote is None and text is not None:
                    span[keys.quote] = text[span[keys.start] : span[keys.end]]
                continue
            if keys.digest and span.get(keys.digest) is None:
                covered = text[span[keys.start] : span[keys.end]] if text is not None else quote
                span[keys.digest] = sha256(covered.encode()).hexdigest() if covered is not None else None
            if keys.quote:
                span.pop(keys.quote, None)  # absent rather than null, which the schema need not admit
