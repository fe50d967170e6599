"""Text from data made safe and honest to show: what would be invisible or steer a terminal is spelled out."""

import re
import unicodedata

from dataset_builder.model.location import redacted

__all__ = ["visible", "without_secrets"]

# Format characters that show, or that scripts and emoji need to look right.
_HARMLESS_FORMATS = frozenset(
    "\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
# The flags of England, Scotland and Wales, spelled in tag characters; elsewhere these are a way to hide text.
_TAGGED = [
    "".join(chr(0xE0000 + ord(letter)) for letter in code) + "\U000e007f" for code in ("gbeng", "gbsct", "gbwls")
]
_FLAGS = re.compile(f"(\U0001f3f4(?:{'|'.join(_TAGGED)}))")
_SPELLED_OUT = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


def visible(text: str, *, lines: bool = False) -> str:
    r"""`text` with control characters as their pictures (`␛`), and other invisible ones as `<U+202E>`.

    Line ends too, unless `lines` is set: then `\n` stays. Bidirectional controls, lone surrogates, soft hyphens, byte
    order marks and zero-width spaces are among what is spelled out; the joiners U+200C and U+200D stay.
    """
    if text.isascii() and text.isprintable():
        return text
    parts = _FLAGS.split(text) if "\U0001f3f4" in text else [text]
    return "".join(part if at % 2 else _spelled(part, lines=lines) for at, part in enumerate(parts))


def _spelled(text: str, *, lines: bool) -> str:
    return "".join(character if lines and character == "\n" else _glyph(character) for character in text)


def _glyph(character: str) -> str:
    code = ord(character)
    if code < 0x20:  # the control pictures stand in the order of the controls
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) in _SPELLED_OUT and character not in _HARMLESS_FORMATS:
        return f"<U+{code:04X}>"
    return character


def without_secrets(text: str) -> str:
    """A configuration's text with what may be credentials in URLs blanked; columns stay."""
    return redacted(text)
