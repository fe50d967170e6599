"""Changes to JSON values, to texts and to bytes. What is changed, and how, is decided by `Choices`."""

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.fuzz.choices import Choices

SCALARS: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    3,
    5,
    45,
    1.0,
    0.5,
    -0.0,
    1e15,
    2**31,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    2**63,
    2**64,
    10**40,
    1e308,
    5e-324,
    float("nan"),
    float("inf"),
    "",
    " ",
    "0",
    "a/b",
    "..",
    "\0",
    "\u2028",
    "e\u0301",
    "\U0001f339\u200d",
    "\ud800",
    "\ufeff",
    "0" * 64,
    "x" * 300,
    "withheld",
    "2025-02-30T08:00:00Z",
)
"""Values that programs trip over."""

TOKENS = (
    *"[]{}\",:\\/'=.#-+ \n\r\t\0",
    *('""', "[]", "{}", "[[", "]]", "null", "true", "NaN", "-Infinity", "1e999", "1e-999", "0x1", "1_0", "9" * 19),
    *("9" * 700, "1.0", "-0", "\\u0000", "\\ud800", "\\ud83d\\ude00", "\\x", "\ufeff", "\u00a0", "\u2028", "\x0c", "é"),
    *("e\u0301", "\U0001f339", "//", "/*", "\r\n", "\n\n", '"":', '"a":1,', '"\\"":', "[" * 70, '{"a":' * 70),
    *('"""', "'''", "inf", "1979-05-27", "[a.b]", "[[a]]", 'a."b".c = 1\n', "true\n"),
)
"""Pieces of texts that readers trip over, of JSON and of TOML."""

_PIECE = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.+-]+|[ \t]+|.', re.DOTALL)

_MOST_PARTS = 2000  # of a value that is changed, so that one change is quick


class Mutator:
    """Changes that draw on what there is in a project: `words`, for names and strings, and `values`, for all else."""

    def __init__(self, words: Sequence[str] = (), values: Sequence[Any] = ()) -> None:
        self.words = tuple(words) or ("a", "b", "")
        self.values = (*values, *SCALARS)

    def value(self, choices: Choices, depth: int = 0) -> Any:
        """Some value."""
        match choices.below(8 if depth < 3 else 6):
            case 0 | 1:
                return choices.pick(SCALARS)
            case 2 | 3:
                return choices.pick(self.words)
            case 4:
                return choices.below(1 << 16) - 100
            case 5:
                return copy.deepcopy(choices.pick(self.values))
            case 6:
                return [self.value(choices, depth + 1) for _ in range(choices.below(4))]
            case _:
                return {choices.pick(self.words): self.value(choices, depth + 1) for _ in range(choices.below(4))}

    def changed_value(self, choices: Choices, value: Any) -> Any:
        """`value` with one part of it replaced, renamed, removed, added or given twice."""
        paths = [path for path, _ in zip(_paths(value), range(_MOST_PARTS), strict=False)]
        path = choices.pick(paths)
        if not path:
            if isinstance(value, dict) and not choices.one_in(8):
                return {**value, choices.pick(self.words): self.value(choices)}
            if isinstance(value, list) and not choices.one_in(8):
                return [*value, self.value(choices)]
            return self.value(choices)
        value = copy.deepcopy(value)
        owner = value
        for step in path[:-1]:
            owner = owner[step]
        self._change_part(choices, owner, path[-1])
        return value

    def _change_part(self, choices: Choices, owner: Any, step: Any) -> None:
        now = owner[step]
        match choices.below(6):
            case 0 | 1:
                owner[step] = self.value(choices)
            case 2:
                del owner[step]
            case 3:
                if isinstance(owner, list):
                    owner.insert(choices.below(len(owner) + 1), copy.deepcopy(now))
                else:
                    owner[choices.pick(self.words)] = owner.pop(step)
            case 4 if isinstance(now, (int, float)) and not isinstance(now, bool):
                owner[step] = now + choices.below(11) - 5
            case 4 if isinstance(now, str):
                owner[step] = self.changed_text(choices, now)
            case _:
                owner[step] = choices.pick((str(now), [now], {choices.pick(self.words): now}, None, repr(now) * 2))

    def changed_json(self, choices: Choices, text: str) -> str:
        """`text` changed as the JSON that it is, or else as a text."""
        try:
            changed = self.changed_value(choices, json.loads(text))
        except (ValueError, RecursionError):
            return self.changed_text(choices, text)
        ascii_only, indent = choices.one_in(4), choices.pick((None, 2))
        return json.dumps(changed, ensure_ascii=ascii_only, indent=indent)

    def changed_text(self, choices: Choices, text: str) -> str:
        """`text` with a few of its pieces replaced, removed, moved or given twice."""
        pieces = _PIECE.findall(text)
        start, end = choices.span(len(pieces), 12)
        match choices.below(6):
            case 0:
                put = [choices.pick(TOKENS)]
            case 1:
                put = [choices.pick(self.words)]
            case 2:
                put, end = [choices.pick(TOKENS)], start
            case 3:
                put = pieces[start:end] * 2
            case 4:
                put = []
            case _:
                from_, to = choices.span(len(pieces), 12)
                put = pieces[from_:to]
        return "".join((*pieces[:start], *put, *pieces[end:]))


def changed_bytes(choices: Choices, data: bytes) -> bytes:
    """`data` cut off, flipped, in another encoding or with other bytes in it."""
    start, end = choices.span(len(data), 8)
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: data[:start],
        lambda: data[:start] + choices.take(choices.below(6)) + data[end:],
        lambda: (
            data[:start] + choices.pick((b"\xff", b"\0", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")) + data[end:]
        ),
        lambda: data.decode("utf-8", "replace").encode(choices.pick(("utf-16", "utf-8-sig", "utf-32-le", "utf-16-be"))),
        lambda: data.replace(b"\n", choices.pick((b"\r\n", b"\r", b"", b"\n\n"))),
        lambda: data + data,
        lambda: choices.take(choices.below(12)),
    )
    return choices.pick(ways)()


def encoded(text: str) -> bytes:
    """`text` as UTF-8; what UTF-8 can't hold becomes bytes that aren't UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all parts of `value`, which has no cycle."""
    pending = [(path, value)]
    while pending:
        path, value = pending.pop()
        yield path
        if isinstance(value, dict):
            pending += [((*path, name), member) for name, member in value.items()]
        elif isinstance(value, list):
            pending += [((*path, index), item) for index, item in enumerate(value)]
