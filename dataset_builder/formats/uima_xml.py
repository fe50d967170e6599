"""XML read safely: no document type, so no entities to expand or to fetch; an event an element, with its line."""

from collections.abc import Callable, Mapping
from xml.parsers import expat

__all__ = ["XmlError", "parse"]

_DEEPEST = 100  # elements within elements; what is read here has four


class XmlError(Exception):
    """The text is no XML, or has what is not allowed."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


class _Handlers:
    def __init__(self, parser: expat.XMLParserType, begin: "Begin", end: "End") -> None:
        self._parser, self._begin, self._end = parser, begin, end
        self._texts: list[list[str]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self._texts) > _DEEPEST:
            raise XmlError("elements are nested too deep", self._parser.CurrentLineNumber)
        self._texts.append([])
        self._begin(name, attributes, self._parser.CurrentLineNumber)

    def text(self, data: str) -> None:
        if self._texts:
            self._texts[-1].append(data)

    def end(self, name: str) -> None:
        self._end(name, "".join(self._texts.pop()))

    def document_type(self, *_: object) -> None:
        raise XmlError("a document type declaration isn't allowed", self._parser.CurrentLineNumber)


Begin = Callable[[str, Mapping[str, str], int], None]
"""Called with an element's name as `NAMESPACE NAME`, its attributes and its line."""

End = Callable[[str, str], None]
"""Called with an element's name and the text that is in it directly."""


def parse(data: bytes, begin: Begin, end: End) -> None:
    """Calls `begin` and `end` for each element of `data`. Names of attributes are as those of elements.

    Raises:
        XmlError: it is no XML, or has a document type.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    handlers = _Handlers(parser, begin, end)
    parser.StartElementHandler = handlers.start
    parser.EndElementHandler = handlers.end
    parser.CharacterDataHandler = handlers.text
    parser.StartDoctypeDeclHandler = handlers.document_type
    try:
        parser.Parse(data, True)  # noqa: FBT003 - it has no other name
    except expat.ExpatError as error:
        raise XmlError(f"it is no XML: {expat.ErrorString(error.code)}", error.lineno) from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise XmlError(f"it is no XML: {error}", parser.CurrentLineNumber or 1) from error
