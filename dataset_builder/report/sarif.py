"""Findings as SARIF 2.1.0, which code scanning and editors read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from inspect import cleandoc
from typing import Any
from urllib.parse import quote

from dataset_builder.model.diagnostic import Diagnostic, Edit, Place
from dataset_builder.model.location import is_url
from dataset_builder.model.result import CheckResult
from dataset_builder.report.passage import Files, Sources
from dataset_builder.report.rules import Rule, Rules, full, plain, short
from dataset_builder.report.visible import visible

__all__ = ["render"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_BASE = "%SRCROOT%"  # what a relative URI is relative to: by custom, where the repository is checked out
_FINGERPRINT = "finding/v1"
_INDEX = re.compile(r"/\d+(?=/|$)")
_NO_STRING = re.compile(r"[\d\s,:\[\]{}-]*|true|false|null", re.ASCII)
_BLANK = "░"  # stands for each character of a string that mustn't be shown

Object = dict[str, Any]


def render(
    result: CheckResult, *, base: str = "", sources: Sources = lambda _: None, rules: Rules, version: str = ""
) -> str:
    """One run with all rules and all findings, in the order of places; ASCII.

    `base` leads from the repository to the project: empty, or ending with `/`.
    """
    found = sorted(result.diagnostics, key=lambda diagnostic: diagnostic.sort_key)
    writer = _Writer(base=base, files=Files(sources), rules=rules)
    driver: Object = {"name": "dataset-builder"} | ({"semanticVersion": version} if version else {})
    run = {
        "tool": {"driver": driver | {"rules": [_rule(rule) for rule in rules.values()]}},
        "invocations": [{"executionSuccessful": True}],
        "originalUriBaseIds": {_BASE: {"description": _message("Where the repository is checked out.")}},
        "columnKind": "unicodeCodePoints",
        "results": [
            writer.result(diagnostic) | {"partialFingerprints": {_FINGERPRINT: fingerprint}}
            for diagnostic, fingerprint in zip(found, _fingerprints(found), strict=True)
        ],
        "properties": result.summary.as_json(),
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> Object:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": short(rule)},
        "fullDescription": {"text": full(rule)},
        "help": {"text": plain(rule), "markdown": cleandoc(rule.documentation)},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _message(text: str) -> Object:
    """A plain text message: braces are doubled (SARIF 3.11.5), and nothing in it makes a link (3.11.6)."""
    shown = visible(text, lines=True).replace("](", "] (")
    return {"text": shown.replace("{", "{{").replace("}", "}}")}


def _fingerprints(found: Iterable[Diagnostic]) -> Iterator[str]:
    """What tells findings apart, and stays when lines and items move: code, file, place in the schema, and message.

    Findings alike in these are numbered in their order.
    """
    seen: Counter[str] = Counter()
    for diagnostic in found:
        place = diagnostic.place
        parts = (diagnostic.code, place.file, _INDEX.sub("/*", place.pointer or ""), diagnostic.message)
        digest = sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"


class _Writer:
    def __init__(self, *, base: str, files: Files, rules: Rules) -> None:
        self.base = base
        self.files = files
        self.indices = {code: index for index, code in enumerate(rules)}

    def result(self, diagnostic: Diagnostic) -> Object:
        """A finding, but for its fingerprint."""
        help_ = f"\n{diagnostic.help}" if diagnostic.help else ""
        made: Object = {"ruleId": diagnostic.code}
        if diagnostic.code in self.indices:
            made["ruleIndex"] = self.indices[diagnostic.code]
        made |= {
            "level": str(diagnostic.severity),
            "message": _message(diagnostic.message + help_),
            "locations": [self._location(diagnostic.place)],
        }
        if diagnostic.related:
            made["relatedLocations"] = [
                {"id": number, **self._location(place), "message": _message(place.note or "see here")}
                for number, place in enumerate(diagnostic.related, 1)
            ]
        if diagnostic.fix and all(map(self._is_showable, diagnostic.fix)):
            made["fixes"] = [self._fix(diagnostic.fix)]
        return made

    def _location(self, place: Place) -> Object:
        physical = {"artifactLocation": self._artifact(place.file)}
        region = self._region(place)
        if region:
            physical["region"] = region
        logical = {"logicalLocations": [{"fullyQualifiedName": visible(place.pointer)}]} if place.pointer else {}
        return {"physicalLocation": physical, **logical}

    def _artifact(self, file: str) -> Object:
        if is_url(file):  # an absolute URI is relative to nothing
            scheme, _, rest = file.partition("://")
            return {"uri": f"{scheme}://{_uri(rest)}"}
        return {"uri": _uri(self.base + file), "uriBaseId": _BASE}

    def _region(self, place: Place) -> Object:
        """Where `place` begins, and where it ends if its file can be seen."""
        if place.line is None or place.line < 1:
            return {}
        if place.column is None:
            return {"startLine": place.line}
        start = self._position(place.file, place.line, place.column)
        stretches = self.files.stretches(place)
        if not stretches:
            return {"startLine": start[0], "startColumn": start[1]}
        end = self._position(place.file, stretches[-1].number, stretches[-1].end + 1)
        return _region(start, max(start, end))

    def _fix(self, edits: Iterable[Edit]) -> Object:
        by_file: dict[str, list[Object]] = {}
        for edit in edits:
            start, end = (self._position(edit.file, *at) for at in (edit.start, edit.end))
            replacement = {"deletedRegion": _region(start, max(start, end)), "insertedContent": {"text": edit.text}}
            by_file.setdefault(edit.file, []).append(replacement)
        return {
            "description": _message("What --fix does."),
            "artifactChanges": [
                {"artifactLocation": self._artifact(file), "replacements": replacements}
                for file, replacements in by_file.items()
            ],
        }

    def _is_showable(self, edit: Edit) -> bool:
        """Whether an edit's text may be shown: it holds no string for a record whose strings are blanked."""
        text = self.files.text(edit.file)
        return bool(_NO_STRING.fullmatch(edit.text)) or (text is not None and _BLANK not in text)

    def _position(self, file: str, line: int, column: int) -> tuple[int, int]:
        """Line and column, where a byte order mark is no column (SARIF 3.30.2)."""
        marked = line == 1 and column > 1 and self.files.marked(file)
        return max(line, 1), max(column - marked, 1)


def _region(start: tuple[int, int], end: tuple[int, int]) -> Object:
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _uri(path: str) -> str:
    """`path` as a relative URI; surrogates stand for bytes that are no UTF-8, as in paths that Python lists."""
    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:  # others than these, which no file system gives
        return quote(path, errors="replace")
