"""Tokenizers of several kinds, asked in one way: the windows of each text, with the place of every token."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from dataset_builder.errors import UsageError

__all__ = ["Tokenizer", "Window", "opened"]

Places = list[tuple[int, int]]


class Window(NamedTuple):
    """A stretch of a text's tokens with what the model adds to them."""

    columns: Mapping[str, Sequence[Any]]  # what the model is given: a value a token
    offsets: Places  # half-open, code points of the text
    special: Sequence[bool]  # whether a token was added, and stands for nothing in the text


class Tokenizer(Protocol):
    """Cuts texts into tokens and windows."""

    columns: Mapping[str, str]  # what each window has, to the type of a value

    def windows(self, texts: list[str]) -> list[list[Window]]:
        """The windows of each text, one at least. A window repeats the last `stride` tokens of the one before."""


def opened(tokenizer: Any, max_length: int | None, stride: int) -> Tokenizer:
    """`tokenizer` as this room asks it: of `tokenizers`, of spaCy, or anything that gives an offset mapping.

    Raises:
        UsageError: it can't say where its tokens stand, or windows can't be that long.
    """
    if max_length is not None and max_length < 1:
        raise UsageError(f"a window has a token at least: max_length can't be {max_length}")
    if stride < 0 or (stride and max_length is None):
        raise UsageError("stride is how many tokens windows share: 0 or more, with a max_length")
    added = _added(tokenizer)
    if max_length is not None and stride >= max_length - added:
        room = max(max_length - added, 0)
        raise UsageError(f"windows have room for {room} tokens of the text, so that stride={stride} leads nowhere")
    kind = type(tokenizer).__module__.partition(".")[0]
    if kind == "tokenizers" and hasattr(tokenizer, "encode_batch"):
        return _Rust(_serialized(tokenizer), max_length, stride)
    if hasattr(tokenizer, "make_doc"):
        return _Spacy(tokenizer.tokenizer, max_length, stride)
    if kind == "spacy" and callable(tokenizer):
        return _Spacy(tokenizer, max_length, stride)
    if not callable(tokenizer) or getattr(tokenizer, "is_fast", True) is False:
        raise UsageError(
            f"{type(tokenizer).__name__} doesn't say where in the text its tokens stand: take a fast tokenizer "
            "(tokenizers, transformers) or a spaCy pipeline"
        )
    return _Mapping(tokenizer, max_length, stride)


def _added(tokenizer: Any) -> int:
    """How many tokens each window gets that stand for nothing in the text."""
    ask = getattr(tokenizer, "num_special_tokens_to_add", None)
    return int(ask(False)) if callable(ask) else 0  # noqa: FBT003 - of a pair of texts: each library's name is another


def _serialized(tokenizer: Any) -> str:
    try:
        return str(tokenizer.to_str())
    except Exception as error:
        raise UsageError(f"the tokenizer can't be copied, as its parts in Python can't: {error}") from error


@dataclass(slots=True)
class _Rust:
    """A `tokenizers.Tokenizer`: a copy, since windows are a setting of it. Pickled as its JSON, so that hashes hold."""

    state: str
    max_length: int | None
    stride: int
    columns: Mapping[str, str] = field(
        default_factory=lambda: {"input_ids": "int32", "token_type_ids": "int8", "attention_mask": "int8"}
    )
    _made: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _Rust, (self.state, self.max_length, self.stride)

    @property
    def _tokenizer(self) -> Any:
        if self._made is None:
            import tokenizers

            made = tokenizers.Tokenizer.from_str(self.state)
            made.no_padding()
            made.no_truncation()
            if self.max_length is not None:
                made.enable_truncation(max_length=self.max_length, stride=self.stride)
            self._made = made
        return self._made

    def windows(self, texts: list[str]) -> list[list[Window]]:
        """The windows of each text."""
        return [
            [_of_encoding(each) for each in (encoding, *encoding.overflowing)]
            for encoding in self._tokenizer.encode_batch(texts)
        ]


def _of_encoding(encoding: Any) -> Window:
    columns = {
        "input_ids": encoding.ids,
        "token_type_ids": encoding.type_ids,
        "attention_mask": encoding.attention_mask,
    }
    return Window(columns, encoding.offsets, [bool(each) for each in encoding.special_tokens_mask])


_NOT_FOR_MODELS = (
    "offset_mapping",
    "special_tokens_mask",
    "overflow_to_sample_mapping",
    "length",
    "num_truncated_tokens",
)
_TYPES = {"input_ids": "int32", "token_type_ids": "int8", "attention_mask": "int8"}


class _Mapping:
    """Anything that is called as the fast tokenizers of `transformers` are."""

    def __init__(self, tokenizer: Callable[..., Mapping[str, Any]], max_length: int | None, stride: int) -> None:
        if getattr(tokenizer, "truncation_side", "right") != "right":
            raise UsageError('windows go from left to right: set the tokenizer\'s truncation_side to "right"')
        self._tokenizer = tokenizer
        self._options: dict[str, Any] = {
            "return_offsets_mapping": True,
            "return_special_tokens_mask": True,
            "truncation": max_length is not None,
        }
        if max_length is not None:
            self._options |= {"max_length": max_length, "stride": stride, "return_overflowing_tokens": True}
        given = self._ask(["a"])
        self.columns: Mapping[str, str] = {
            name: _TYPES.get(name, "int64") for name in given if name not in _NOT_FOR_MODELS
        }

    def _ask(self, texts: list[str]) -> Mapping[str, Any]:
        try:
            given = self._tokenizer(texts, **self._options)
        except (TypeError, NotImplementedError) as error:
            name = type(self._tokenizer).__name__
            raise UsageError(f"{name} isn't called as a fast tokenizer is, with an offset mapping: {error}") from error
        missing = {"offset_mapping", "special_tokens_mask"} - set(given)
        if missing:
            raise UsageError(f"{type(self._tokenizer).__name__} gives no {' and no '.join(sorted(missing))}")
        return given

    def windows(self, texts: list[str]) -> list[list[Window]]:
        """The windows of each text."""
        given = self._ask(texts)
        found: list[list[Window]] = [[] for _ in texts]
        count = len(given["offset_mapping"])
        for row, whose in enumerate(given.get("overflow_to_sample_mapping", range(count))):
            offsets = [(int(start), int(end)) for start, end in given["offset_mapping"][row]]
            special = [bool(each) for each in given["special_tokens_mask"][row]]
            found[whose].append(Window({name: given[name][row] for name in self.columns}, offsets, special))
        return found


class _Spacy:
    """A tokenizer of spaCy. Its tokens are words, and nothing is added to them."""

    columns: Mapping[str, str] = {"tokens": "string"}

    def __init__(self, tokenizer: Callable[[str], Any], max_length: int | None, stride: int) -> None:
        self._tokenizer, self._max_length, self._stride = tokenizer, max_length, stride

    def windows(self, texts: list[str]) -> list[list[Window]]:
        """The windows of each text."""
        return [list(self._of(text)) for text in texts]

    def _of(self, text: str) -> Iterator[Window]:
        words = [(token.text, token.idx) for token in self._tokenizer(text)]
        size = self._max_length or max(len(words), 1)
        first = 0
        while True:
            part = words[first : first + size]
            offsets = [(start, start + len(word)) for word, start in part]
            yield Window({"tokens": [word for word, _ in part]}, offsets, [False] * len(part))
            if first + size >= len(words):
                return
            first += size - self._stride
