"""A changelog in the form of Keep a Changelog (https://keepachangelog.com/en/1.1.0/), with a release added to it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from dataset_builder.model.release import Entry

__all__ = ["HEAD", "entries", "has_release", "with_release"]

HEAD = """\
# Changelog of the data

What changed in the articles, the annotations and their schema, in the form of
[Keep a Changelog](https://keepachangelog.com/en/1.1.0/).
"""
"""What a changelog begins with that wasn't there."""

_ORDER = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
_UNRELEASED = re.compile(r"##[ \t]+\[?unreleased\]?", re.IGNORECASE)
_REFERENCE = re.compile(r"\[[^\]]+\]:[ \t]")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_RELEASED = re.compile(r"##[ \t]+\[?v?(\d[^\s\]]*)\]?(?:[ \t]+[-–—][ \t]+(\S+))?")
_ITEM = re.compile(r"[-*+][ \t]")
_COMPARED = re.compile(r"(?im)^\[unreleased\]:[ \t]*(\S+/compare/)(\S+?)\.\.\.\S+[ \t]*$")


def with_release(text: str, version: str, date: str, items: Mapping[str, Sequence[str]]) -> str:
    """`text` with an entry for `version`: what stood under Unreleased, and `items` by their headings.

    What stood under Unreleased moves into the entry, and the heading stays, empty. Lines end as they did.
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else HEAD.removesuffix("\n").split("\n")
    start, body, end = _place(lines)
    entry = _entry(f"## [{version}] - {date}", lines[body:end], items)
    unreleased = ["## [Unreleased]", ""] if start == body else [*lines[start:body], ""]
    before, after = _trimmed(lines[:start]), _trimmed(lines[end:])
    parts = [*before, *([""] if before else []), *unreleased, *entry, *([""] if after else []), *after]
    return _linked("\n".join(parts) + "\n", version).replace("\n", ending)


def entries(text: str) -> tuple[Entry, ...]:
    """The releases of the changelog `text`, in its order; what is unreleased is none."""
    lines = text.replace("\r\n", "\n").split("\n")
    headings = list(_headings(lines))
    found = []
    for start, end in pairwise([*headings, len(lines)]):
        if released := _RELEASED.match(lines[start]):
            preface, sections = _sections(lines[start + 1 : end])
            parts = {"": preface, **sections}
            changes = {name: sum(bool(_ITEM.match(line)) for line in part) for name, part in parts.items()}
            present = {name: number for name, number in changes.items() if number}
            found.append(Entry(version=released[1], date=released[2], changes=present))
    return tuple(found)


def has_release(text: str, version: str) -> bool:
    """Whether `text` has an entry for `version`."""
    lines = text.replace("\r\n", "\n").split("\n")
    entry = re.compile(rf"##[ \t]+\[?v?{re.escape(version)}(?![\w.+-])")
    return any(entry.match(lines[at]) for at in _headings(lines))


def _place(lines: Sequence[str]) -> tuple[int, int, int]:
    """The lines of the heading Unreleased, of what stands under it, and of what follows; the same without one."""
    headings = list(_headings(lines))
    for at, line in enumerate(headings):
        if _UNRELEASED.match(lines[line]):
            end = headings[at + 1] if at + 1 < len(headings) else _references(lines)
            return line, line + 1, end
    end = headings[0] if headings else _references(lines)
    return end, end, end


def _headings(lines: Sequence[str]) -> Iterator[int]:
    """Where headings of the second level stand, outside of code."""
    fence = ""
    for at, line in enumerate(lines):
        fence = _within(line, fence)
        if not fence and line.startswith("## "):
            yield at


def _within(line: str, fence: str) -> str:
    """The fence of the code that the text behind `line` is in, after being in that of `fence`; empty for none."""
    found = _FENCE.match(line)
    if found and fence in ("", found[1]):
        return "" if fence else found[1]
    return fence


def _references(lines: Sequence[str]) -> int:
    """Where the links at the end begin."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _REFERENCE.match(lines[end - 1])):
        end -= 1
    return end


def _entry(heading: str, written: Sequence[str], items: Mapping[str, Sequence[str]]) -> list[str]:
    """An entry: what people wrote, each heading once, with the items behind."""
    preface, sections = _sections(written)
    for name, found in items.items():
        sections.setdefault(name, []).extend(f"- {item}" for item in found)
    rank = {name: at for at, name in enumerate(_ORDER)}
    names = sorted(sections, key=lambda name: rank.get(name, len(rank)))
    blocks = [[heading], *([preface] if preface else []), *([f"### {name}", "", *sections[name]] for name in names)]
    return [line for at, block in enumerate(blocks) for line in (*([""] if at else []), *block)]


def _sections(lines: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """What stands before the first heading of the third level, and under each."""
    preface: list[str] = []
    sections: dict[str, list[str]] = {}
    current = preface
    fence = ""
    for line in lines:
        fence = _within(line, fence)
        if not fence and line.startswith("### "):
            current = sections.setdefault(line[4:].strip(), [])
        else:
            current.append(line)
    return _trimmed(preface), {name: _trimmed(found) for name, found in sections.items()}


def _trimmed(lines: Sequence[str]) -> list[str]:
    """The lines without blank ones at either end."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []


def _linked(text: str, version: str) -> str:
    """`text` with the link that compares unreleased changes moved on, where it has one."""

    def moved(found: re.Match[str]) -> str:
        where, before = found[1], found[2]
        return f"[Unreleased]: {where}v{version}...HEAD\n[{version}]: {where}{before}...v{version}"

    return _COMPARED.sub(moved, text, count=1)
