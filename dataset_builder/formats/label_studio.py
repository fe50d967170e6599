"""Label Studio: tasks with annotations, JSON or JSON-MIN, and the labelling configuration where it lies beside them."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats import label_studio_configuration
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.json_detection import first_object
from dataset_builder.formats.json_rows import Row, Titles, array, grouped, rows, text_of
from dataset_builder.formats.label_studio_configuration import Configuration
from dataset_builder.formats.label_studio_results import Results, counts_utf_16
from dataset_builder.formats.label_studio_writer import LabelStudioWriter
from dataset_builder.formats.layers import Layers
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["exporter", "importer"]

_ENDINGS = (".json", ".jsonl", ".ndjson")
_ANNOTATOR = "label-studio"
_UNITS = {"auto": None, "code-points": False, "utf-16": True}
_TASK = frozenset({"data", "annotations", "completions", "predictions", "id", "result", "task"})
_LAST = ("annotator", "annotation_id", "created_at", "updated_at", "lead_time")  # of a row of JSON-MIN


def importer(source: Source, text: str | None = None, unit: str = "auto", predictions: str = "extra") -> "LabelStudio":
    """What reads the Label Studio export `source`.

    Raises:
        UsageError: an option has no such value.
    """
    if unit not in _UNITS:
        raise UsageError(f"offsets are counted in {', '.join(_UNITS)}, not in {unit!r}")
    if predictions not in ("extra", "annotators"):
        raise UsageError(f"predictions become extra or annotators, not {predictions!r}")
    return LabelStudio(source, text, _UNITS[unit], predictions == "annotators")


def exporter(kind: str = "predictions", unit: str = "code-points") -> LabelStudioWriter:
    """What writes tasks for Label Studio.

    Raises:
        UsageError: an option has no such value.
    """
    if kind not in ("annotations", "predictions"):
        raise UsageError(f"what is written is of the kind annotations or predictions, not {kind!r}")
    if unit not in ("code-points", "utf-16"):
        raise UsageError(f"offsets are counted in code-points or utf-16, not in {unit!r}")
    return LabelStudioWriter(kind, utf_16=unit == "utf-16")


class LabelStudio:
    """Reads an export: `text` names the member of a task's data that was annotated; it is found out if not given."""

    def __init__(self, source: Source, text: str | None, utf_16: bool | None, predictions: bool) -> None:  # noqa: FBT001 - options
        self.declared = Declared()
        self._source, self._key, self._utf_16, self._predictions = source, text, utf_16, predictions
        self._files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._titles, self._layers = Titles(), Layers()
        self._configuration = self._configured()
        self._votes = 0  # annotations whose offsets count UTF-16 units, less those that count code points
        self._converted: set[str] = set()  # files that a word was said on

    def _configured(self) -> Configuration:
        found = Configuration()
        for file in self._source.files:
            if file.lower().endswith(".xml"):
                try:
                    read = label_studio_configuration.parse(self._source.text(file), file)
                except Unreadable as error:
                    read = error.trouble
                if isinstance(read, Trouble):
                    self._source.troubles.append(read)
                else:
                    found.controls |= read.controls
                    found.texts |= read.texts
        found.declare(self.declared)
        return found

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The tasks in the order of the files; rows of one task together."""
        troubles = self._source.troubles
        if self._in_parts():
            together = grouped(lambda into: self._rows(into, tick), self._identity, troubles)
        else:
            together = ([row] for row in self._rows(troubles, tick))
        yield from map(self._article, together)
        tick(len(self._files), len(self._files))

    def _in_parts(self) -> bool:
        """Whether an annotation, rather than a task, is the unit of a file."""
        return any(first and not isinstance(first.get("data"), dict) for first in map(self._first, self._files))

    def _first(self, file: str) -> dict[str, Any]:
        """The first object of a file."""
        known = first_object(self._source, file)
        if known is None:
            row = next(rows(self._source, file, []), None)
            known = row.value if row else {}
        return known

    def _rows(self, troubles: list[Trouble], tick: Tick) -> Iterator[Row]:
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, troubles):
                if self._text(row) is None:
                    key = f'"{self._key}"' if self._key else "a text"
                    troubles.append(row.trouble("import-no-text", f"the task's data doesn't have {key}"))
                else:
                    yield row

    def _identity(self, row: Row) -> bytes:
        task = f"{_task(row).get('id', row.value.get('id'))}\0{(self._text(row) or ('', ''))[1]}"
        return blake2b(task.encode(), digest_size=16).digest()

    def _text(self, row: Row) -> tuple[str, str] | None:
        """The key of the data that was annotated, and the text there."""
        data = _data(row)
        shown = (key for key in self._configuration.texts.values() if isinstance(data.get(key), str))
        key = self._key or next(shown, "text")
        text = data.get(key)
        if isinstance(text, str):
            return key, text
        texts = [(name, value) for name, value in data.items() if isinstance(value, str) and name not in _LAST]
        return max(texts, key=lambda each: len(each[1])) if texts and self._key is None else None

    def _article(self, together: list[Row]) -> ForeignArticle:
        row = together[0]
        key, text = self._text(row) or ("", "")
        data = _data(row)
        task = _task(row)
        id_ = text_of(data.get("article_id")) or text_of(task.get("id", row.value.get("id")))
        name = id_ or f"{row.file.rpartition('.')[0]}-{row.line}"
        controls = {name for each in together for name in _controls(each)}
        metadata = {name: each for name, each in data.items() if name not in (key, "article_id", *controls)}
        if rest := {name: each for name, each in task.items() if name not in _TASK and each not in (None, {}, [])}:
            metadata["task"] = rest
        article = ForeignArticle(
            name=self._titles.article(name), text=text, file=row.file, line=row.line, metadata=metadata
        )
        if article.name != name:
            message = f'the id "{name}" is taken by another task: this one is called "{article.name}"'
            article.troubles.append(row.trouble("import-loose", message))
        for each in together:
            for annotation in _annotations(each):
                self._annotate(article, each, annotation)
            self._predict(article, each)
        return article

    def _annotate(self, article: ForeignArticle, row: Row, annotation: Any) -> None:
        results = annotation.get("result") if isinstance(annotation, dict) else None
        if not isinstance(annotation, dict) or not isinstance(results, list):
            article.troubles.append(row.trouble("import-syntax", "the annotation has no list of results", annotation))
            return
        if annotation.get("was_cancelled") is True:
            article.metadata.setdefault("skipped", []).append(annotation)
            message = "the annotator skipped the task: what there is stands with the article, as skipped"
            article.troubles.append(row.trouble("import-kept", message, annotation))
            return
        who = self._titles.annotator(_annotator(annotation))
        self._add(article, row, annotation, who, ("result", "was_cancelled", "completed_by"))

    def _predict(self, article: ForeignArticle, row: Row) -> None:
        predictions = [each for each in array(row.value.get("predictions")) if isinstance(each, dict)]
        if not predictions:
            return
        if not self._predictions:
            article.metadata["predictions"] = predictions
            message = "predictions stand with the article; with the option predictions=annotators they are records"
            article.troubles.append(row.trouble("import-kept", message, predictions[0]))
            return
        for each in predictions:
            who = self._titles.annotator(each.get("model_version") or "prediction")
            self._add(article, row, each, who, ("result", "model_version"))

    def _add(self, article: ForeignArticle, row: Row, said: dict[str, Any], who: str, own: tuple[str, ...]) -> None:
        results = array(said.get("result"))
        utf_16 = self._counts(article, row, results)
        reader = Results(row, article.text, self._configuration, self._layers, utf_16=utf_16)
        record = reader.record(results)
        record.annotator = who
        record.extra |= {name: each for name, each in said.items() if name not in own and each not in (None, [], {})}
        article.troubles += reader.troubles
        number, taken = 1, {each.annotator for each in article.records}
        while record.annotator in taken:
            number += 1
            record.annotator = f"{who}-{number}"
        if number > 1:
            message = f'"{who}" has annotated the task several times: this is by "{record.annotator}"'
            article.troubles.append(row.trouble("import-loose", message, said))
        article.records.append(record)

    def _counts(self, article: ForeignArticle, row: Row, results: Any) -> bool:
        """Whether the offsets of `results` count UTF-16 units."""
        if article.text.isascii() or max(article.text) <= "\uffff":
            return False
        told = counts_utf_16(article.text, results) if self._utf_16 is None else self._utf_16
        if told is not None:
            self._votes += 1 if told else -1
        units = self._votes > 0 if told is None else told
        if units and row.file not in self._converted and self._utf_16 is None:
            self._converted.add(row.file)
            message = "offsets count UTF-16 units, as older versions do: they were converted to code points"
            article.troubles.append(row.trouble("import-unit", message))
        return units


def _task(row: Row) -> dict[str, Any]:
    """The task of a row, which stands within what one annotation is a file of."""
    task = row.value.get("task")
    if isinstance(task, dict) and "result" in row.value:
        return task
    return row.value if isinstance(row.value.get("data"), dict) else {}


def _data(row: Row) -> dict[str, Any]:
    """The data of a task; a row of JSON-MIN has it among the rest."""
    data = _task(row).get("data")
    if isinstance(data, dict):
        return data
    last = (*_LAST, "id", *_controls(row))
    return {name: each for name, each in row.value.items() if name not in last}


def _controls(row: Row) -> list[str]:
    """The members of a row of JSON-MIN that are annotations: what stands between `id` and `annotator`, or looks so."""
    value = row.value
    if _task(row) or "annotator" not in value:
        return []
    names = list(value)
    first = names.index("id") + 1 if "id" in value else 0
    between = names[first : names.index("annotator")] if first else []
    return [name for name in names if name in between or _is_regions(value[name])]


def _is_regions(value: Any) -> bool:
    return any(isinstance(each, dict) and ("start" in each or _kind(each)) for each in array(value))


def _kind(region: dict[str, Any]) -> str | None:
    return next((key for key in region if key.endswith("labels")), None)


def _annotations(row: Row) -> Iterator[Any]:
    value = row.value
    if isinstance(value.get("data"), dict):
        yield from array(value.get("annotations", value.get("completions")))
    elif "result" in value:
        yield {name: each for name, each in value.items() if name != "task"}
    elif "annotator" in value:
        results = [result for name in _controls(row) for result in _results(name, value[name])]
        rest = {name: value[name] for name in _LAST[2:] if name in value}
        yield {"result": results, "completed_by": value["annotator"], "id": value.get("annotation_id"), **rest}


def _results(name: str, value: Any) -> Iterator[dict[str, Any]]:
    """A member of a row of JSON-MIN, as results."""
    if not _is_regions(value):
        plain = value["choices"] if isinstance(value, dict) and value.keys() == {"choices"} else value
        yield {"from_name": name, "type": "said", "value": {"said": plain}}
        return
    for each in value:
        kind = _kind(each) if isinstance(each, dict) else None
        yield {"from_name": name, "type": kind or "labels", "value": each}


def _annotator(annotation: dict[str, Any]) -> Any:
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("username") or who.get("id")
    return _ANNOTATOR if who is None else who
