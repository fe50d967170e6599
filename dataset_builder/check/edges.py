"""Where spans begin and end, proven for many at once: at white space, inside words, inside characters."""

from operator import getitem
from re import Pattern

from dataset_builder.check.characters import ANY, JOINTS, WORD

__all__ = ["are_whole"]


def are_whole(
    covered: list[str], around: list[str], starts: list[int], ends: list[int], passed_over: frozenset[str]
) -> bool:
    """Whether none of SPN011 to SPN013 has anything to say of spans that cover `covered`; True only if so.

    `around` has the text of each with a line feed behind it, which also is what stands before a text.
    """
    if "SPN011" not in passed_over and covered != list(map(str.strip, covered)):
        return False
    words, clusters = "SPN012" not in passed_over, "SPN013" not in passed_over
    if not words and not clusters:
        return True
    before = "".join([text[start - 1] for text, start in zip(around, starts, strict=True)])
    after = "".join(map(getitem, around, ends))
    if WORD.search(before) is None and WORD.search(after) is None:
        if all(text.isascii() and "\r" not in text for text in set(around)):
            return True  # no cluster of ASCII has two characters but CR LF
        words = False
    joints = (*JOINTS, (WORD, WORD)) if words and clusters else JOINTS if clusters else ((WORD, WORD),) * words
    first, last = "".join([passage[0] for passage in covered]), "".join([passage[-1] for passage in covered])
    return not any(_meet(joint, before, first) or _meet(joint, last, after) for joint in joints)


def _meet(joint: tuple[Pattern[str], Pattern[str]], left: str, right: str) -> bool:
    """Whether characters that may belong together stand at the same place of `left` and `right`."""
    begins, continues = joint
    if begins is ANY:
        return continues.search(right) is not None
    if continues is ANY:
        return begins.search(left) is not None
    return any(continues.match(right, found.start()) for found in begins.finditer(left))
