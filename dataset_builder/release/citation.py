"""CITATION.cff (https://citation-file-format.github.io/) with the version and the date of a release."""

import re

__all__ = ["CITATION", "with_release", "with_version"]

CITATION = "CITATION.cff"


def with_release(text: str, version: str, date: str) -> str:
    """`text` with `version` and `date-released` at its top level set; a key that it lacks stands at its end."""
    return _set(with_version(text, version), "date-released", date)


def with_version(text: str, version: str) -> str:
    """`text` with `version` at its top level set."""
    return _set(text, "version", version)


def _set(text: str, key: str, value: str) -> str:
    """Replaces the value alone: quotes, comment and line end behind it stay."""
    line = re.compile(rf"(?m)^({re.escape(key)}[ \t]*:[ \t]*)(\"[^\"\r\n]*\"|'[^'\r\n]*'|[^\s#]*)")
    found = line.search(text)
    if found is None:
        ending = "\r\n" if "\r\n" in text else "\n"
        head = text if not text or text.endswith("\n") else text + ending
        return f'{head}{key}: "{value}"{ending}'
    quote = found[2][:1] if found[2][:1] in ('"', "'") else ""
    shown = f"{quote}{value}{quote}" if quote else f"{'' if found[1][-1].isspace() else ' '}{value}"
    return text[: found.start()] + found[1] + shown + text[found.end() :]
