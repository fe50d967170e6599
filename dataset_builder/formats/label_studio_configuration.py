"""The labelling configuration of Label Studio, XML: which controls there are, what they say, and where the text is."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from dataset_builder.formats.format import Declared
from dataset_builder.formats.records import layer_name
from dataset_builder.model.foreign import Trouble

__all__ = ["Configuration", "Control", "parse", "render"]

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no document may have, however it is written
_TEXTS = frozenset({"text", "hypertext"})
_SPANS = frozenset({"labels", "hypertextlabels"})
_VALUES = frozenset({"label", "choice", "relation"})


@dataclass(slots=True)
class Control:
    """A control: what annotators choose of or fill in."""

    tag: str  # "Labels", "Choices", "Number" …
    name: str
    values: dict[str, str | None] = field(default_factory=dict)  # to titles
    single: bool = False  # of choices, whether there is one alone
    per_region: bool = False


@dataclass(slots=True)
class Configuration:
    """What a configuration says."""

    controls: dict[str, Control] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)  # an object's name to the key of the data that it shows

    def declare(self, into: Declared) -> None:
        """Adds the labels and choices to `into`."""
        for control in self.controls.values():
            if control.tag.lower() in _SPANS or control.tag == "Relations":
                into.labels.setdefault(layer_name(control.name), {}).update(control.values)

    def is_single(self, name: str) -> bool:
        """Whether the choices of that name are one alone."""
        control = self.controls.get(name)
        return control is not None and control.single


def parse(text: str, file: str) -> Configuration | Trouble:
    """What the configuration in `text` says; a word on why it can't be read."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return Trouble(
            "import-configuration", "the file declares entities, which no configuration does: not read", file
        )
    try:
        root = ET.fromstring(text)  # noqa: S314 - no DOCTYPE, so that no entity is ever declared
    except (ET.ParseError, ValueError) as error:
        line = getattr(error, "position", (1, 0))[0]
        return Trouble("import-configuration", f"the file is no XML: {error}", file, line)
    found = Configuration()
    if root.tag != "View":
        return found
    for element in root.iter():
        tag, name = str(element.tag), element.get("name")
        if tag.lower() in _TEXTS and name:
            found.texts[name] = element.get("value", "").removeprefix("$")
        elif tag == "Relations" or (name and element.get("toName")):
            found.controls[name or "relations"] = _control(tag, name or "relations", element)
    return found


def _control(tag: str, name: str, element: ET.Element) -> Control:
    values = {
        value: each.get("alias") or None
        for each in element.iter()
        if str(each.tag).lower() in _VALUES and (value := each.get("value"))
    }
    single = tag == "Choices" and element.get("choice", "single").startswith("single")
    return Control(tag, name, values, single=single, per_region=element.get("perRegion") == "true")


def render(controls: list[Control]) -> bytes:
    """The configuration with `controls` on one text."""
    root = ET.Element("View")
    ET.SubElement(root, "Text", {"name": "text", "value": "$text"})
    for control in controls:
        attributes = {} if control.tag == "Relations" else {"name": control.name, "toName": "text"}
        if control.tag == "Choices":
            attributes["choice"] = "single" if control.single else "multiple"
        if control.per_region:
            attributes["perRegion"] = "true"
        element = ET.SubElement(root, control.tag, attributes)
        inner = {"Labels": "Label", "Choices": "Choice", "Relations": "Relation"}.get(control.tag, "")
        for value in sorted(control.values):
            ET.SubElement(element, inner, {"value": value})
    ET.indent(root)
    return _NO_XML.sub("\ufffd", f"{ET.tostring(root, encoding='unicode')}\n").encode()
