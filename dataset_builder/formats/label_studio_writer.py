"""Articles written as tasks for Label Studio, with what annotators said and a labelling configuration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from dataset_builder.formats.format import Written
from dataset_builder.formats.label_studio_configuration import Control, render
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble
from dataset_builder.model.unit import CODE_POINTS, UTF_16

__all__ = ["LabelStudioWriter"]

_TASKS = 1000  # in a file
_DIRECTIONS = ("left", "right", "bi")
_ENDS = ("from", "to")


class LabelStudioWriter:
    """Writes tasks. Records are predictions, from which annotators go on, or annotations."""

    def __init__(self, kind: str, *, utf_16: bool) -> None:
        self._kind, self._unit = kind, UTF_16 if utf_16 else CODE_POINTS
        self._controls: dict[tuple[str, bool], Control] = {}  # by what they say, and whether of a region

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:  # noqa: ARG002 - the protocol's
        """Files of a thousand tasks, and the configuration last."""
        tasks: list[dict[str, Any]] = []
        troubles: list[Trouble] = []
        count = 0
        for article in articles:
            tasks.append(self._task(article, troubles))
            if len(tasks) == _TASKS:
                count += 1
                yield _written(count, tasks, troubles)
                tasks, troubles = [], []
        if tasks:
            yield _written(count + 1, tasks, troubles)
        yield Written(file="config.xml", data=render(list(self._controls.values())))

    def _task(self, article: ForeignArticle, troubles: list[Trouble]) -> dict[str, Any]:
        metadata = {name: value for name, value in article.metadata.items() if value is not None}
        for name in ("text", "article_id"):
            if name in metadata:
                del metadata[name]
                troubles.append(_lost(article, f'a task has its own "{name}": that of the metadata is left out'))
        said = []
        for record in article.records:
            results = _Results(record, article, self, troubles).all()
            said.append({**self._author(record, article, troubles), "result": results})
        data = {"text": article.text, "article_id": article.name, **metadata}
        return {"data": data, self._kind: said}

    def _author(self, record: ForeignRecord, article: ForeignArticle, troubles: list[Trouble]) -> dict[str, Any]:
        name = record.annotator
        if record.extra:
            troubles.append(_lost(article, f"what is under extra is left out: {', '.join(sorted(record.extra))}"))
        if self._kind == "predictions":
            return {"model_version": name}
        if name.startswith("user-") and name[5:].isascii() and name[5:].isdecimal() and name[5] != "0":
            return {"completed_by": int(name[5:])}
        if "@" in name:
            return {"completed_by": {"email": name}}
        message = f'annotators of Label Studio are numbers or addresses: "{name}" is left out'
        troubles.append(_lost(article, message))
        return {}

    def control(self, tag: str, name: str, *, per_region: bool) -> Control:
        """The control of that name; another name where another control has it."""
        key = (name, per_region)
        known = self._controls.get(key)
        if known is None:
            taken = {each.name for each in self._controls.values()}
            free = name
            while free in taken:
                free = f"{free}_"
            known = self._controls[key] = Control(tag, free, single=tag == "Choices", per_region=per_region)
        return known

    def counted(self, article: ForeignArticle, offsets: Iterable[int]) -> dict[int, int]:
        """`offsets` as they are written."""
        return self._unit.counted(article.text, offsets)


def _written(number: int, tasks: list[dict[str, Any]], troubles: list[Trouble]) -> Written:
    data = orjson.dumps(tasks, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Written(file=f"tasks-{number:05}.json", data=data, troubles=tuple(troubles))


def _lost(article: ForeignArticle, message: str) -> Trouble:
    return Trouble("export-lost", message, article.file)


class _Results:
    """The results of one record."""

    def __init__(
        self, record: ForeignRecord, article: ForeignArticle, writer: LabelStudioWriter, troubles: list[Trouble]
    ) -> None:
        self._record, self._article, self._writer, self._troubles = record, article, writer, troubles
        spans = [item for item in record.items if item.fragments and item.fragments[0][0] < item.fragments[-1][1]]
        self._spans = {item.id for item in spans}
        self._at = writer.counted(article, {offset for item in spans for each in item.fragments for offset in each})
        self._made: list[dict[str, Any]] = []

    def _tell(self, kind: str, item: Item, message: str) -> None:
        self._troubles.append(Trouble(kind, f'"{item.id}" of {item.layer}: {message}', item.file))

    def all(self) -> list[dict[str, Any]]:
        """Regions with what is said of them, then what is said of the text, then relations."""
        spans = [item for item in self._record.items if item.id in self._spans]
        for item in spans:
            self._region(item)
        for name, value in self._record.attributes.items():
            if not self._say(name, value, {"id": f"{name}-of-text"}, {}):
                self._troubles.append(_lost(self._article, f'no control holds the value of "{name}": it is left out'))
        for item in self._record.items:
            if item.id not in self._spans:
                self._relate(item)
        for item in spans:
            self._refer(item, item.references, [(role, target) for role, target in item.arguments])
        return self._made

    def _region(self, item: Item) -> None:
        labels = item.attributes.get("labels")
        several = isinstance(labels, list) and bool(labels) and labels[0] == item.label
        given = list(labels) if several and isinstance(labels, list) else [] if item.label is None else [item.label]
        control = self._writer.control("Labels", item.layer, per_region=False)
        control.values.update(dict.fromkeys(given))
        if len(item.fragments) > 1:
            self._tell("export-changed", item, f"it is written as {len(item.fragments)} regions, one for each piece")
        if control.name != item.layer:
            self._tell("export-changed", item, f'the layer is called "{control.name}", as something else has its name')
        for number, (start, end) in enumerate(item.fragments):
            place = {"start": self._at[start], "end": self._at[end], "text": self._article.text[start:end]}
            region: dict[str, Any] = {"id": item.id if number == 0 else f"{item.id}~{number + 1}"}
            result = {**region, "from_name": control.name, "to_name": "text", "type": "labels"}
            if item.notes and number == 0:
                result["meta"] = {"text": [note.text for note in item.notes]}
            self._made.append({**result, "value": {**place, "labels": given}})
            if number == 0:
                self._describe(item, region, place, {"labels"} if several else set())
        if any(note.type or note.id or note.about for note in item.notes):
            self._tell("export-changed", item, "notes are texts alone: their types and ids are left out")

    def _describe(self, item: Item, region: dict[str, Any], place: dict[str, Any], done: set[str]) -> None:
        for name, value in item.attributes.items():
            if name not in done and not self._say(name, value, region, place):
                self._tell("export-lost", item, f'no control holds the value of "{name}": it is left out')
        if item.referents:
            self._tell("export-lost", item, "entries of knowledge bases are left out")
        if item.extra:
            self._tell("export-lost", item, f"what is under extra is left out: {', '.join(sorted(item.extra))}")

    def _say(self, name: str, value: Any, region: dict[str, Any], place: dict[str, Any]) -> bool:
        """Writes that the attribute `name` has that value, if there is a control that can."""
        tag, said = "Choices", list[Any]()
        if isinstance(value, bool):
            said = ["true" if value else "false"]
        elif isinstance(value, str):
            said = [value]
        elif isinstance(value, int | float):
            tag = "Number"
        elif isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
            said = list(value)
        else:
            return False
        control = self._writer.control(tag, name, per_region=bool(place))
        if control.tag != tag:
            return False
        if isinstance(value, bool):
            message = f'"{name}" is written as a choice of true and false'
            self._troubles.append(Trouble("export-changed", message, self._article.file))
        if control.name != name:
            message = f'"{name}" is called "{control.name}", as something else has its name'
            self._troubles.append(Trouble("export-changed", message, self._article.file))
        if tag == "Choices":
            control.values.update(dict.fromkeys(said))
            control.single &= isinstance(value, str | bool)
        kind = tag.lower()
        result = {**region, "from_name": control.name, "to_name": "text", "type": kind}
        self._made.append({**result, "value": {**place, kind: said if tag == "Choices" else value}})
        return True

    def _relate(self, item: Item) -> None:
        if item.fragments or len(item.arguments) != 2 or item.references or not self._known(item):
            what = "a region covers something" if item.fragments else "a relation goes from one region to another"
            self._tell("export-lost", item, f"{what}, so that it is left out")
            return
        (first, source), (last, target) = item.arguments
        if (first, last) != _ENDS:
            self._tell("export-changed", item, f'the roles "{first}" and "{last}" are written as from and to')
        direction = item.attributes.get("direction")
        rest = {name for name in item.attributes if name not in ("direction", "labels")}
        labels = item.attributes.get("labels")
        given = list(labels) if isinstance(labels, list) else [] if item.label is None else [item.label]
        if item.layer != "relations":
            self._tell("export-changed", item, "all relations are of one layer, relations")
        if rest or item.notes or item.referents or item.extra:
            self._tell("export-lost", item, "a relation has a label and a direction: what else is said is left out")
        self._link(source, target, given, direction if direction in _DIRECTIONS else None)

    def _known(self, item: Item) -> bool:
        return all(target in self._spans for _, target in item.arguments)

    def _link(self, source: str, target: str, labels: list[str], direction: Any) -> None:
        control = self._writer.control("Relations", "relations", per_region=False)
        control.values.update(dict.fromkeys(labels))
        made = {"type": "relation", "from_id": source, "to_id": target, "labels": labels}
        self._made.append({**made, "direction": direction} if direction else made)

    def _refer(self, item: Item, references: Mapping[str, Any], arguments: list[tuple[str, str]]) -> None:
        """References of regions, as relations."""
        for name, target in references.items():
            arguments += [(name, each) for each in ([target] if isinstance(target, str) else target)]
        for role, target in arguments:
            if target in self._spans:
                self._tell("export-changed", item, f'the reference "{role}" is written as a relation')
                self._link(item.id, target, [role], "right")
            else:
                self._tell("export-lost", item, f'the reference "{role}" leads to no region: it is left out')
