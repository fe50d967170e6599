"""What one annotation of Label Studio says: regions, what is said of them and of the text, relations.

Label Studio runs in browsers, which count UTF-16 units. Its first versions gave those; since it learnt of emoji it
counts code points. A file doesn't say which: the regions' own texts do.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from dataset_builder.formats.json_rows import Row, array, integer, shown, text_of
from dataset_builder.formats.label_studio_configuration import Configuration
from dataset_builder.formats.layers import Layers
from dataset_builder.formats.records import layer_name
from dataset_builder.model.foreign import Argument, ForeignRecord, Item, Note, Trouble
from dataset_builder.model.unit import UTF_16

__all__ = ["LAYER", "RELATIONS", "Results", "counts_utf_16"]

LAYER = "label"  # where a region doesn't say which control made it
RELATIONS = "relations"
_REGION = frozenset({"id", "from_name", "to_name", "type", "value", "meta", "parentID"})
_PLACE = frozenset({"start", "end", "text", "globalOffsets", "startOffset", "endOffset"})


def places(result: Any) -> tuple[int, int] | None:
    """The offsets of a region in a text, as they are counted there."""
    value = result.get("value") if isinstance(result, dict) else None
    if not isinstance(value, dict):
        return None
    global_ = value.get("globalOffsets")
    place = global_ if isinstance(global_, dict) else value
    start, end = integer(place.get("start")), integer(place.get("end"))
    return None if start is None or end is None else (start, end)


def counts_utf_16(text: str, results: Sequence[Any]) -> bool | None:
    """Whether the offsets of `results` count UTF-16 units, going by the regions' texts; None where these don't tell."""
    regions = [(place, result["value"].get("text")) for result in results if (place := places(result))]
    at = UTF_16.code_points(text, (offset for place, _ in regions for offset in place))
    points = units = 0
    for (start, end), quote in regions:
        if not isinstance(quote, str) or start < 0:
            continue
        first, last = at[start], at[end]
        points += text[start:end] == quote
        units += first is not None and last is not None and text[first:last] == quote
    return None if points == units else units > points


class Results:
    """Reads the results of one annotation."""

    def __init__(self, row: Row, text: str, configuration: Configuration, layers: Layers, *, utf_16: bool) -> None:
        self.troubles: list[Trouble] = []
        self._layers = layers
        self._row, self._text, self._configuration, self._utf_16 = row, text, configuration, utf_16
        self._items: dict[str, Item] = {}
        self._relations: list[Any] = []
        self._record = ForeignRecord(annotator="")

    def record(self, results: Sequence[Any]) -> ForeignRecord:
        """What `results` say."""
        self._at = UTF_16.code_points(self._text, _offsets(results)) if self._utf_16 else None
        rest = [each for each in results if not self._region(each)]
        for each in rest:
            self._remark(each)
        for each in self._relations:
            self._relate(each)
        self._record.items = [self._layers.home(item) for item in self._items.values()]
        return self._record

    def _keep(self, result: Any) -> None:
        message = f"it is no region of a text, nor anything said of one; it is kept under extra: {shown(result)}"
        self.troubles.append(self._row.trouble("import-kept", message, result))
        self._record.extra.setdefault("results", []).append(result)

    def _region(self, result: Any) -> bool:
        """Takes `result` if it marks a region."""
        if not isinstance(result, dict):
            return False
        value, kind = result.get("value"), result.get("type")
        if not isinstance(value, dict) or not isinstance(kind, str) or not kind.endswith("labels"):
            return False
        place = self._place(result)
        labels = [each for each in array(value.get(kind)) if isinstance(each, str)]
        id_ = text_of(result.get("id")) or f"s{len(self._items) + 1}"
        if place is None or (id_ in self._items and self._items[id_].fragments == (place,)):
            return False
        while id_ in self._items:
            self.troubles.append(self._row.trouble("import-repeated", f'another region is called "{id_}"', result))
            id_ = f"{id_}-{len(self._items) + 1}"
        self._items[id_] = self._item(id_, result, place, labels)
        return True

    def _place(self, result: dict[str, Any]) -> tuple[int, int] | None:
        place = places(result)
        if place is None or self._at is None:
            return place
        first, last = self._at[place[0]], self._at[place[1]]
        if first is None or last is None:
            message = f"the span {place[0]}..{place[1]}, in UTF-16 units, doesn't lie in the text"
            self.troubles.append(self._row.trouble("import-range", message, result))
            return (len(self._text) + 1, len(self._text) + 2)  # refused in settling, unless its text tells where it is
        return first, last

    def _item(self, id_: str, result: dict[str, Any], place: tuple[int, int], labels: list[str]) -> Item:
        value, name, kind = result["value"], result.get("from_name"), result["type"]
        meta = result.get("meta")
        notes = array(meta.get("text")) if isinstance(meta, dict) else ()
        extra = {key: each for key, each in result.items() if key not in _REGION and each not in (None, "manual")}
        extra |= {key: each for key, each in value.items() if key not in _PLACE and key != kind}
        if isinstance(meta, dict) and meta.keys() - {"text"}:
            extra["meta"] = meta
        layer = layer_name(name) if isinstance(name, str) and name else LAYER
        if isinstance(name, str) and name != layer:
            extra["from_name"] = name
        score = extra.pop("score", None)
        attributes: dict[str, Any] = {} if len(labels) < 2 else {"labels": labels}
        if isinstance(score, int | float) and not isinstance(score, bool):
            attributes["score"] = float(score)
        self._declared(name, labels, result)
        parent = text_of(result.get("parentID"))
        return Item(
            id=id_,
            layer=layer,
            label=labels[0] if labels else None,
            fragments=(place,),
            quote=self._quote(value.get("text"), place),
            references={"parent": parent} if parent else {},
            attributes=attributes,
            notes=tuple(Note(each) for each in notes if isinstance(each, str)),
            extra=extra,
            file=self._row.file,
            line=self._row.line_of(result),
        )

    def _declared(self, name: Any, values: Any, result: Any) -> None:
        """Says which of `values` the configuration doesn't have for the control of that name."""
        control = self._configuration.controls.get(name) if isinstance(name, str) else None
        for value in array(values) if control is not None and control.values else ():
            if isinstance(value, str) and control is not None and value not in control.values:
                message = f'"{value}" is nothing that the configuration has for "{name}"'
                self.troubles.append(self._row.trouble("import-undeclared", message, result))

    def _quote(self, quote: Any, place: tuple[int, int]) -> str | None:
        if not isinstance(quote, str) or not quote:
            return None
        plain = quote.replace("\\n", "\n")  # as some versions write line ends
        return plain if self._text[slice(*place)] == plain else quote

    def _remark(self, result: Any) -> None:
        """Takes what says something of a region or of the text."""
        value = result.get("value") if isinstance(result, dict) else None
        kind = result.get("type") if isinstance(result, dict) else None
        if kind == "relation":
            self._relations.append(result)
            return
        name = result.get("from_name") if isinstance(result, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or not isinstance(name, str) or kind not in value:
            self._keep(result)
            return
        said = value[kind]
        self._declared(name, said if kind == "choices" else (), result)
        if kind == "choices" and self._configuration.is_single(name) and len(array(said)) == 1:
            said = said[0]
        of = self._items.get(text_of(result.get("id")) or "")
        if of is not None and name not in of.attributes:
            self._items[of.id] = of._replace(attributes={**of.attributes, name: said})
        elif of is None and places(result) is None and self._is_of_text(name, kind):
            self._record.attributes[name] = said
        else:
            self._keep(result)

    def _is_of_text(self, name: str, kind: str) -> bool:
        """Whether something said can be a property of the record: labels are of regions, and none is told twice."""
        return not kind.endswith("labels") and name not in self._record.attributes and self._layers.admits(name)

    def _relate(self, result: dict[str, Any]) -> None:
        first, last = text_of(result.get("from_id")), text_of(result.get("to_id"))
        if first is None or last is None:
            message = f"the relation doesn't say from where to where it goes: {shown(result)}"
            self.troubles.append(self._row.trouble("import-syntax", message, result))
            return
        labels = [each for each in array(result.get("labels")) if isinstance(each, str)]
        direction = result.get("direction")
        attributes: dict[str, Any] = {"direction": direction} if isinstance(direction, str) else {}
        attributes |= {"labels": labels} if len(labels) > 1 else {}
        number = 1
        while (id_ := f"r{number}") in self._items:
            number += 1
        self._items[id_] = Item(
            id=id_,
            layer=RELATIONS,
            label=labels[0] if labels else None,
            arguments=(Argument("from", first), Argument("to", last)),
            attributes=attributes,
            extra={
                key: each
                for key, each in result.items()
                if key not in ("type", "from_id", "to_id", "direction", "labels") and each is not None
            },
            file=self._row.file,
            line=self._row.line_of(result),
        )


def _offsets(results: Sequence[Any]) -> Iterator[int]:
    for result in results:
        yield from places(result) or ()
