"""What is there more than once."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dataset_builder.check.corpus_view import Seen
from dataset_builder.check.rule import Finding
from dataset_builder.check.wording import quoted

__all__ = ["report_doubles"]


def report_doubles(seen: Iterable[Seen], message: str, help_: str) -> Iterator[Finding]:
    """A finding for each but the first of those that share a key, which `message` names by `{}`."""
    first: dict[str, Seen] = {}
    for one in seen:
        earlier = first.setdefault(one.key, one)
        if earlier is not one:
            yield Finding(
                message=message.format(quoted(one.key)),
                place=one.place,
                help=help_,
                related=(replace(earlier.place, note="the first one is here"),),
            )
