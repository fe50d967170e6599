"""A text rebuilt of its tokens: where each stands is known as it is written."""

import codecs

from dataset_builder.errors import UsageError
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import Trouble

__all__ = ["TextBuilder", "chosen_files", "decoded", "encoding_named", "stem_of"]


class TextBuilder:
    """Writes words one behind the other. What parts two is only written where both are there."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._gap = ""
        self.length = 0  # code points, without what would part it from the next word

    def word(self, form: str, gap: str = " ") -> tuple[int, int]:
        """Where `form` stands now, half-open; `gap` parts it from what follows."""
        if self._parts:
            self._put(self._gap)
        start = self.length
        self._put(form)
        self._gap = gap
        return start, self.length

    def part(self, gap: str) -> None:
        """Lets `gap` part what was written from what follows."""
        self._gap = gap

    def _put(self, piece: str) -> None:
        self._parts.append(piece)
        self.length += len(piece)

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._parts)


def encoding_named(name: str | None) -> str:
    """The encoding of that name as Python calls it, UTF-8 if none is named.

    Raises:
        UsageError: there is no such encoding.
    """
    try:
        found = codecs.lookup(name or "utf-8")
    except (LookupError, ValueError) as error:
        raise UsageError(f"there is no encoding {name!r}: write utf-8, latin-1 or cp1252, say") from error
    if not found._is_text_encoding:  # noqa: SLF001 - nothing else tells base64 from a text's encoding
        raise UsageError(f"{name!r} is no encoding of texts: write utf-8, latin-1 or cp1252, say")
    return found.name


def decoded(source: Source, file: str, encoding: str) -> str:
    """The text of `file`, without a byte order mark.

    Raises:
        Unreadable: it can't be had, or isn't in that encoding.
    """
    if encoding == "utf-8":
        return source.text(file).removeprefix("\ufeff")
    data = source.read(file)
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
        text.encode()  # some encodings can say half a surrogate pair
    except UnicodeError as error:
        place = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data.count(b"\n", 0, place) + 1
        message = f"the file is not in {encoding}: see byte {place:,}"
        raise Unreadable(Trouble("import-unreadable", message, file, line)) from error
    return text


def chosen_files(source: Source, endings: tuple[str, ...]) -> list[str]:
    """The files with one of these `endings`, or else all."""
    return [file for file in source.files if file.lower().endswith(endings)] or list(source.files)


def stem_of(file: str) -> str:
    """`file` without its last ending."""
    folder, slash, name = file.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}"
