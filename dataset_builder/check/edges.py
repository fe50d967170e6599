"""Where spans begin and end, proven for many at once: at white space, inside words, inside characters."""

from operator import getitem
from re import Pattern

from dataset_builder.check.characters import ANY, APART, JOINTS, WORD, WORDLIKE

__all__ = ["are_whole"]


def are_whole(covered: list[str], around: list[str], starts: list[int], ends: list[int], *, simple: bool) -> bool:
    """Whether none of SPN011 to SPN013 has anything to say of spans that cover `covered`; True only if so.

    `around` has the text of each span with a line feed at its end, which also is what stands before a text. Where texts
    are `simple`, every character is one to a reader.
    """
    if covered != list(map(str.strip, covered)):
        return False
    before = "".join([text[start - 1] for text, start in zip(around, starts, strict=True)])
    after = "".join(map(getitem, around, ends))
    words = WORDLIKE.search(before + after) is not None
    if not words and simple:
        return True
    first, last = "".join([passage[0] for passage in covered]), "".join([passage[-1] for passage in covered])
    clusters = not simple and APART.fullmatch(f"{before}{first}{last}{after}") is None
    joints = (*[(WORD, WORD)] * words, *JOINTS * clusters)
    return not any(_meet(joint, before, first) or _meet(joint, last, after) for joint in joints)


def _meet(joint: tuple[Pattern[str], Pattern[str]], left: str, right: str) -> bool:
    """Whether characters that may belong together stand at the same place of `left` and `right`."""
    begins, continues = joint
    if begins is ANY:
        return continues.search(right) is not None
    if continues is ANY:
        return begins.search(left) is not None
    return any(continues.match(right, found.start()) for found in begins.finditer(left))
