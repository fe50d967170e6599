"""GitHub-flavoured Markdown made of data: what comes from a dataset is always escaped, in one place.

The templates' environment passes every value through `to_markdown`, so what isn't `Markdown` already can't stay raw.
"""

import re
from collections.abc import Iterable, Sequence

__all__ = ["Markdown", "bar", "code", "escape", "prose", "quotation", "table", "to_markdown", "words"]

_SPECIAL = re.compile(r"[\\`*_\[\]|~$]")
_BLOCK_START = re.compile(r"^(?:(?=[-+=#])|(\d{1,9})(?=[.)]))")  # what would begin a list, a heading or a rule
_BARE_LINK = re.compile(r"(?i)\b(?:(?:https?|ftp)(?=:)|www(?=\.))")  # links that need no brackets
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_PLAIN = re.compile(r"[\w .,:/@+=()\[\]-]+", re.ASCII)  # what a code span holds without further ado
_CODE_SPAN = re.compile(r"`([^`\n]+)`")


class Markdown(str):
    """Text that is Markdown already: nothing in it may be escaped again."""

    __slots__ = ()


def to_markdown(value: object) -> Markdown:
    """`value` as Markdown: what is Markdown stays, numbers get thousands separators, text is escaped."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, bool) or value is None:
        return code({None: "null", True: "true", False: "false"}[value])
    if isinstance(value, int):
        return Markdown(f"{value:,}")
    return escape(str(value))


def escape(text: str) -> Markdown:
    """`text` on one line, with nothing in it that Markdown or HTML would read as more than characters."""
    flat = re.sub(r"[\n\t ]+", " ", _CONTROL.sub(" ", text)).strip(" ")
    escaped = _SPECIAL.sub(r"\\\g<0>", flat).translate(_ENTITIES)
    escaped = _BLOCK_START.sub(r"\1\\", escaped)
    return Markdown(_BARE_LINK.sub(r"\g<0>\\", escaped))


def prose(text: str | None) -> Markdown:
    """A sentence of a schema or of the configuration: escaped, but for code spans between backticks."""
    parts = _CODE_SPAN.split(text or "")
    shown = [str(code(part)) if index % 2 else _inner(part) for index, part in enumerate(parts)]
    return Markdown("".join(shown).strip())


def _inner(part: str) -> str:
    """`part` escaped, with the spaces at its edges kept: it stands beside code."""
    head = " " if part[:1].isspace() else ""
    tail = " " if part[-1:].isspace() and part.strip() else ""
    return f"{head}{escape(part)}{tail}"


def code(text: str) -> Markdown:
    """`text` in code type: backticks where it is letters, digits and common signs, else escaped text."""
    return Markdown(f"`{text}`" if _PLAIN.fullmatch(text) and text.strip() == text else f"<code>{escape(text)}</code>")


def quotation(text: str) -> Markdown:
    """`text` as a block quotation that keeps its lines and paragraphs."""
    lines = [str(escape(line)) for line in re.split(r"\r\n|\n|\r", text)]
    followed = [*(bool(line) for line in lines[1:]), False]
    broken = (f"{line}\\" if line and more else line for line, more in zip(lines, followed, strict=True))
    return Markdown("\n".join(f"> {line}".rstrip() for line in broken))


def table(headers: Sequence[object], rows: Iterable[Sequence[object]], numbers: Iterable[int] = ()) -> Markdown:
    """A table; the columns `numbers` are set flush right. Cells aren't padded: one that changes is a small diff."""
    right = set(numbers)
    rule = ["--:" if index in right else "---" for index in range(len(headers))]
    lines: list[list[str]] = [[to_markdown(cell) for cell in line] for line in (headers, *rows)]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:])))


def bar(number: int, most: int, width: int = 12) -> Markdown:
    """A bar as long as `number` is to `most`; anything above zero shows."""
    return Markdown("█" * max(1, round(width * number / most)) if number else "")


def words(items: Sequence[object], joint: str = "and") -> Markdown:
    """The items in a sentence: "a, b and c"."""
    shown = [to_markdown(item) for item in items]
    if len(shown) < 2:
        return Markdown("".join(shown))
    return Markdown(f"{', '.join(shown[:-1])} {joint} {shown[-1]}")
