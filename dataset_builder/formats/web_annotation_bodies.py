"""What Web Annotations say: labels, remarks and references, of their bodies."""

from typing import Any

from dataset_builder.formats.json_rows import text_of
from dataset_builder.formats.web_annotation_model import listed, types
from dataset_builder.model.foreign import Item, Note, Referent

__all__ = ["described"]

_LABELLING = frozenset({"tagging", "classifying"})
_PLAIN = frozenset({"type", "value", "purpose", "id", "source"})
_OWN = frozenset({"@context", "id", "type", "target", "body", "bodyValue", "motivation", "creator", "db:item"})


def described(item: Item, annotation: dict[str, Any], targets: list[Any]) -> Item:
    """`item` with what `annotation` says of its targets."""
    motivations = listed(annotation.get("motivation"))
    bodies = [*listed(annotation.get("body")), *_value(annotation)]
    tags: list[str] = []
    notes: list[Note] = []
    referents: list[Referent] = []
    rest = []
    for body in bodies:
        purpose = _purpose(body, motivations)
        text, iri = _said(body)
        if text is not None and purpose in _LABELLING:
            tags.append(text)
        elif text is not None:
            notes.append(Note(text, purpose))
        elif iri is not None:
            referents.append(Referent("iri", iri, purpose))
        if (text is None and iri is None) or (isinstance(body, dict) and body.keys() - _PLAIN):
            rest.append(body)
    attributes: dict[str, Any] = {"tags": tags} if len(tags) > 1 else {}
    if motivations:
        attributes["motivation"] = motivations[0] if len(motivations) == 1 else motivations
    extra = {name: each for name, each in annotation.items() if name not in _OWN}
    extra |= {"bodies": rest} if rest else {}
    extra |= {"targets": targets} if any(isinstance(each, dict) for each in targets) else {}
    return item._replace(
        label=tags[0] if tags else None,
        attributes=attributes,
        notes=tuple(notes),
        referents=tuple(referents),
        extra=extra,
    )


def _value(annotation: dict[str, Any]) -> list[Any]:
    value = annotation.get("bodyValue")
    return [{"type": "TextualBody", "value": value}] if isinstance(value, str) else []


def _purpose(body: Any, motivations: list[Any]) -> str | None:
    purpose = body.get("purpose") if isinstance(body, dict) else None
    purpose = purpose if purpose is not None else motivations[0] if len(motivations) == 1 else None
    return purpose if isinstance(purpose, str) else None


def _said(body: Any) -> tuple[str | None, str | None]:
    """The text of a body, or its IRI."""
    if not isinstance(body, dict):
        return None, text_of(body)
    if isinstance(body.get("value"), str) and (not types(body) or "TextualBody" in types(body)):
        return body["value"], None
    source = body.get("source", body.get("id"))
    return None, text_of(source.get("id") if isinstance(source, dict) else source)
