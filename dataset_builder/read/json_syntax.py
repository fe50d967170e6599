"""Words what is wrong with the grammar of a JSON text: what was expected, what was found, what was probably meant."""

import re
import unicodedata

__all__ = [
    "bad_escape",
    "bad_number",
    "colon_expected",
    "describe",
    "end_expected",
    "item_expected",
    "key_expected",
    "key_name",
    "root_expected",
    "separator_expected",
    "string_unclosed",
    "value_expected",
]

_SHOWN = 24  # code points of a key or word that a message repeats at most

_FOUND = re.compile(
    rf"""
    (?P<comment> // | /\* | \# )
  | (?P<string> " )
  | (?P<single> ['`] )
  | (?P<curly> [\u2018-\u201f\u2039\u203a\u00ab\u00bb\uff02] )
  | (?P<number> [-+]?\.?[0-9] )
  | (?P<word> [^\W\d][\w$]{{0,{_SHOWN - 1}}} )
    """,
    re.VERBOSE,
)

_NOUNS = {"comment": "a comment", "string": "a string", "single": "a single quote", "number": "a number"}

_HINTS = {
    "comment": "JSON has no comments",
    "single": "strings stand in double quotes",
    "curly": 'strings stand in straight double quotes, " (U+0022)',
}

_WORDS = {
    "true": "true",
    "false": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
    "yes": "true",
    "no": "false",
}

_PYTHON = {"True", "False", "None"}

_CONTROLS = {
    "\0": "a NUL character",
    "\b": "a backspace",
    "\t": "a tab",
    "\n": "a line break",
    "\v": "a vertical tab",
    "\f": "a form feed",
    "\r": "a line break",
}

_SHORT_ESCAPES = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}

_NUMBER_LIKE = re.compile(r"(?:[-+]?+\.?+[0-9]|-)[-+.\w]*+")
_NUMBER_ADVICE = (
    (re.compile(r"[-+]?0[xXoObB]\w"), "numbers are decimal"),
    (re.compile(r"\+"), "a number has no leading +"),
    (re.compile(r"-?0[0-9]"), "a number has no leading zero"),
    (re.compile(r"-?\."), "a digit must stand before the point"),
    (re.compile(r"-?[0-9]+_"), "digits aren't grouped"),
    (re.compile(r"-?[0-9]+\.(?![0-9])"), "a digit must follow the point"),
    (re.compile(r"-?[0-9]+(?:\.[0-9]+)?[eE][-+]?(?![0-9])"), "a digit must follow the exponent's e"),
    (re.compile(r"-?[0-9]+\.[0-9]+\."), "a number has one point"),
    (re.compile(r"-(?![0-9])"), "a digit must follow the minus sign"),
    (re.compile(r""), "if it is to be a string, it stands in double quotes"),
)


def describe(text: str, offset: int) -> str:
    """What stands at `offset`, in words."""
    if offset >= len(text):
        return "the end of the text"
    match = _FOUND.match(text, offset)
    kind = match.lastgroup if match else None
    if match and kind == "word":
        return f"the word {match[0]}"
    return _NOUNS.get(kind or "") or _character(text[offset])


def _kind(text: str, offset: int) -> str | None:
    match = _FOUND.match(text, offset)
    return match.lastgroup if match else None


def _character(character: str) -> str:
    if character in _CONTROLS:
        return _CONTROLS[character]
    if " " < character <= "~":
        return f'"{character}"' if character != '"' else "a double quote"
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _expected(what: str, text: str, offset: int, hint: str | None) -> str:
    message = f"expected {what}, found {describe(text, offset)}"
    hint = hint or _familiar(text, offset)
    return f"{message}: {hint}" if hint else message


def _familiar(text: str, offset: int) -> str | None:
    """What to write for something that other notations have and JSON hasn't."""
    match = _FOUND.match(text, offset)
    if match and match.lastgroup:
        return _HINTS.get(match.lastgroup)
    if offset < len(text) and text[offset] not in " \t\n\r":
        category = unicodedata.category(text[offset])
        if category in {"Zs", "Zl", "Zp"} or text[offset] in "\v\f":
            return "only space, tab and line breaks may stand between values"
        if category in {"Cc", "Cf"}:
            return "an invisible character stands here; delete it"
    return None


def key_name(key: str) -> str:
    """`key` as messages show it: in double quotes, shortened, nothing in it that moves the cursor."""
    shown = key if len(key) <= _SHOWN else key[: _SHOWN - 1] + "…"
    return '"' + "".join(part if part.isprintable() else f"\\u{ord(part):04x}" for part in shown) + '"'


def root_expected(text: str, offset: int) -> str:
    """The message where the text has no value."""
    hint = "no bracket is open that it could close" if text[offset] in "]}" else None
    return bad_number(text, offset) or _expected("a value", text, offset, hint or _word_hint(text, offset))


def value_expected(text: str, offset: int, key: str, opened: str) -> str:
    """The message where the member `key` has no value. `opened` names its object: "the object opened at ..."."""
    hint = f"{opened} isn't closed" if text[offset : offset + 1] in {"", "]"} else _word_hint(text, offset)
    return bad_number(text, offset) or _expected(f"a value for the key {key_name(key)}", text, offset, hint)


def item_expected(text: str, offset: int, opened: str, *, first: bool) -> tuple[str, int]:
    """The message and its place where an array has no item; `first` is whether none stands in it yet."""
    what = 'a value or "]"' if first else "a value"
    found = text[offset : offset + 1]
    if found in {"", "}"}:
        return _expected(what, text, offset, f"{opened} isn't closed"), offset
    if found in {",", "]"}:
        return _comma_too_many(text, offset, what, first=first)
    return bad_number(text, offset) or _expected(what, text, offset, _word_hint(text, offset)), offset


def key_expected(text: str, offset: int, opened: str, *, first: bool) -> tuple[str, int]:
    """The message and its place where an object has no key; `first` is whether no member stands in it yet."""
    what = 'a key or "}"' if first else "a key"
    found = text[offset : offset + 1]
    if found in {"", "]"}:
        return _expected(what, text, offset, f"{opened} isn't closed"), offset
    if found in {",", "}"}:
        return _comma_too_many(text, offset, what, first=first)
    hint = "a key is a string, in double quotes" if _kind(text, offset) in {"word", "number"} else None
    return _expected(what, text, offset, hint), offset


def _comma_too_many(text: str, offset: int, what: str, *, first: bool) -> tuple[str, int]:
    if first:
        return _expected(what, text, offset, "a comma only stands between two of them"), offset
    if text[offset] == ",":
        return _expected(f"{what} after the comma", text, offset, "there is a comma too many"), offset
    message = _expected(f"{what} after this comma", text, offset, "no comma stands behind the last one")
    return message, text.rindex(",", 0, offset)


def _word_hint(text: str, offset: int) -> str | None:
    match = _FOUND.match(text, offset)
    if not match or match.lastgroup != "word":
        return None
    word = match[0]
    if word in _PYTHON:
        return f"that is Python; JSON writes {_WORDS[word.lower()]}"
    if word.lower() in _WORDS:
        return f"JSON writes {_WORDS[word.lower()]}"
    if word.lower() in {"nan", "inf", "infinity"}:
        return "JSON has no such number; write null, or leave the member out"
    return "a string stands in double quotes, and the only words are true, false and null"


def colon_expected(text: str, offset: int, key: str, opened: str) -> str:
    """The message where no colon follows a key."""
    hint = f"{opened} isn't closed" if offset >= len(text) else None
    return _expected(f'":" after the key {key_name(key)}', text, offset, hint)


def separator_expected(text: str, end: int, offset: int, opened: str, closer: str) -> tuple[str, int]:
    """The message and its place where neither a comma nor `closer` follows the value that ends at `end`."""
    what = f'"," or "{closer}"'
    found = text[offset : offset + 1]
    if found in {"", "]", "}", ":"}:
        return _expected(what, text, offset, f"{opened} isn't closed"), offset
    if text[end - 1] == '"' and _belongs_to_string(text, end, offset):
        hint = r"a double quote within a string is written \""
        return _expected(f"{what} after the string", text, offset, hint), offset
    if _kind(text, offset) in {"string", "number", "word"} or found in {"{", "["}:
        return _expected(f"{what} after this value", text, offset, "a comma is missing"), end
    return _expected(what, text, offset, None), offset


def _belongs_to_string(text: str, end: int, offset: int) -> bool:
    """Whether what stands at `offset` looks as if the string that ends at `end` was meant to go on."""
    kind = _kind(text, offset)
    if offset == end:
        return kind in {"word", "number", "string"}
    return kind == "word" and not re.compile(r"(?:true|false|null)\b").match(text, offset)


def string_unclosed(text: str, offset: int, opened: str) -> str:
    """The message where a string may not go on: at a control character, or at the end of the text."""
    if offset >= len(text):
        return f"expected the closing double quote of {opened}, found the end of the text"
    character = text[offset]
    escape = _SHORT_ESCAPES.get(character, f"\\u{ord(character):04x}")
    hint = f"{opened} isn't closed, or {escape} was meant"
    return f"a string can't hold {describe(text, offset)} as it is: {hint}"


def bad_escape(text: str, offset: int) -> str:
    """The message for the backslash at `offset`, after which no escape sequence follows."""
    following = text[offset + 1 : offset + 2]
    if following == "u":
        return r"expected four hexadecimal digits after \u"
    if not following:
        return "expected an escape sequence after the backslash, found the end of the text"
    return (
        f"expected an escape sequence after the backslash, found {_character(following)}: "
        r"a backslash itself is written \\, and the others are \" \/ \b \f \n \r \t \uXXXX"
    )


def bad_number(text: str, offset: int) -> str | None:
    """The message for what starts as a number and isn't one; None for what doesn't."""
    match = _NUMBER_LIKE.match(text, offset)
    if match is None:
        return None
    literal = match[0]
    shown = literal if len(literal) <= _SHOWN else literal[: _SHOWN - 1] + "…"
    advice = next(advice for pattern, advice in _NUMBER_ADVICE if pattern.match(literal))
    return f"{shown} isn't a JSON number: {advice}"


def end_expected(text: str, offset: int) -> str:
    """The message for what follows the value of the whole text."""
    hint = _familiar(text, offset)
    if text[offset] in "]}":
        hint = "no bracket is open that it could close"
    elif hint is None and text[offset] != ",":
        hint = "a JSON text holds one value"
    return _expected("the end of the text", text, offset, hint)
