"""Bytes to the text of a JSON document: the encoding and the byte order mark."""

import codecs
from dataclasses import dataclass

from dataset_builder.model.document import Flaw

__all__ = ["Decoded", "decode"]

_BOM = "\ufeff"

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_NAMES = {
    "utf-32-le": "UTF-32 (little-endian)",
    "utf-32-be": "UTF-32 (big-endian)",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of some bytes, and where in it JSON starts."""

    text: str  # with its byte order mark; undecodable bytes are U+FFFD
    start: int = 0  # code points: behind the byte order mark
    readable: bool = True
    flaws: tuple[Flaw, ...] = ()


def decode(data: bytes) -> Decoded:
    """`data` as UTF-8; what isn't UTF-8 is decoded as well as it goes, to be shown, and unreadable."""
    encoding = _other_unicode(data)
    if encoding is not None:
        message = f"the text is in {_NAMES[encoding]}: save it as UTF-8"
        return _undecodable(data.decode(encoding, "replace"), message, 0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset = len(data[: error.start].decode("utf-8"))
        return _undecodable(data.decode("utf-8", "replace"), _bad_byte(data, error), offset)
    if text.startswith(_BOM):
        message = "the text starts with a byte order mark (U+FEFF): save it as UTF-8 without one"
        flaw = Flaw(kind="bom", message=message, offset=0, pointer=())
        return Decoded(text=text, start=len(_BOM), flaws=(flaw,))
    return Decoded(text=text)


def _undecodable(text: str, message: str, offset: int) -> Decoded:
    flaw = Flaw(kind="encoding", message=message, offset=offset, pointer=())
    return Decoded(text=text, readable=False, flaws=(flaw,))


def _other_unicode(data: bytes) -> str | None:
    """The Unicode encoding other than UTF-8 that `data` is in, by its mark or by where its NUL bytes are.

    A JSON text starts with an ASCII character and holds no NUL, so NUL bytes in the first unit give the encoding away
    (RFC 4627, section 3).
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    zeros = tuple(byte == 0 for byte in data[:4])
    if len(data) % 4 == 0 and zeros in {(True, True, True, False), (False, True, True, True)}:
        return "utf-32-be" if zeros[0] else "utf-32-le"
    if len(data) % 2 == 0 and zeros[:2] in {(True, False), (False, True)}:
        return "utf-16-be" if zeros[0] else "utf-16-le"
    return None


def _bad_byte(data: bytes, error: UnicodeDecodeError) -> str:
    byte = data[error.start]
    message = f"byte {error.start + 1:,} of the text (0x{byte:02X}) isn't UTF-8"
    if error.reason == "unexpected end of data":
        return f"{message}: the last character is cut off"
    guess = bytes((byte,)).decode("cp1252", "replace")
    if guess.isalpha():
        return f'{message}; in Windows-1252 it would be "{guess}": save the text as UTF-8'
    return f"{message}: save the text as UTF-8"
