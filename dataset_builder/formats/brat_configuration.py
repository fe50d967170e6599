"""`annotation.conf` and `visual.conf` of brat: which types, roles and values there may be, and what they are called."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dataset_builder.formats.format import Declared
from dataset_builder.model.foreign import Trouble

__all__ = ["Configuration", "parse", "titles"]

_SECTION = re.compile(r"\[(\w+)\]")
_MACRO = re.compile(r"<([^<>\s]+)>\s*=\s*(.*)")
_ARGUMENT = re.compile(r"([^\s:]+?)([?*+]|\{[\d,-]+\})?:(.*)")
_SEPARATOR = re.compile(r"-+")
_NO_LABELS = frozenset({"ENTITY-NESTING", "<OVERLAP>", "SPAN_DEFAULT", "ARC_DEFAULT"})  # they say how to draw or nest
_DEEPEST = 20  # macros within macros


@dataclass(slots=True, kw_only=True)
class Configuration:
    """What one `annotation.conf` declares. Abstract types, marked with `!`, only stand for those below them."""

    entities: dict[str, None] = field(default_factory=dict)
    relations: dict[str, list[str]] = field(default_factory=dict)  # type to roles
    events: dict[str, list[str]] = field(default_factory=dict)
    attributes: dict[str, list[str] | None] = field(default_factory=dict)  # name to values; None: set or not
    targets: dict[str, set[str]] = field(default_factory=dict)  # attribute to types that may have it
    symmetric: set[str] = field(default_factory=set)  # relations that are equivalences
    entries: dict[str, str] = field(default_factory=dict)  # type to what knowledge bases call it
    abstract: set[str] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)

    def objection(self, kind: str, label: str, roles: Iterable[str] = ()) -> str | None:
        """Why a line of this `kind` may not say `label`, or not with these `roles`; None if it may.

        Where nothing of a kind is declared, all may be said. brat numbers what plays a role besides: `Theme2`.
        """
        types: Mapping[str, object] = self.relations
        if kind == "T":
            types = {**self.entities, **self.events} if self.entities else {}
        elif kind == "E":
            types = self.events
        if not types:
            return None
        if label not in types:
            return f'the type "{label}" is not declared in annotation.conf'
        known = {"E": self.events, "R": self.relations}.get(kind, {}).get(label)
        odd = [role for role in roles if role not in known and role.rstrip("0123456789") not in known] if known else []
        return f'"{label}" has no role "{odd[0]}" in annotation.conf' if odd else None

    def objection_to_attribute(self, name: str, value: str) -> str | None:
        """Why an attribute may not be called `name`, or not have `value`; None if it may."""
        if not self.attributes:
            return None
        if name not in self.attributes:
            return f'the attribute "{name}" is not declared in annotation.conf'
        values = self.attributes[name]
        if value and (values is None or value not in values):
            return f'"{name}" has no value "{value}" in annotation.conf'
        return f'"{name}" needs a value, by annotation.conf' if values and not value else None

    def declare(self, into: Declared, titles: dict[str, str]) -> None:
        """Adds what is declared here to `into`, types with what `visual.conf` calls them."""

        def named(types: object) -> dict[str, str | None]:
            return {name: titles.get(name) or self.entries.get(name) for name in types}  # type: ignore[attr-defined]

        directed = [name for name in self.relations if name not in self.symmetric]
        sections: tuple[tuple[str, object], ...] = (
            ("entities", self.entities),
            ("events", self.events),
            ("triggers", self.events),
            ("relations", directed),
            ("equivalences", [name for name in self.relations if name in self.symmetric]),
        )
        for layer, types in sections:
            if types:
                into.labels.setdefault(layer, {}).update(named(types))
        for layer, roles in (("events", self.events), ("relations", {name: self.relations[name] for name in directed})):
            if found := dict.fromkeys(role for each in roles.values() for role in each):
                known = into.roles.setdefault(layer, [])
                known += [role for role in found if role not in known]
        for name, values in self.attributes.items():
            for layer in self._layers_of(name):
                stated = into.values.setdefault(layer, {}).setdefault(name, values)
                if stated and values:
                    stated += [value for value in values if value not in stated]

    def _layers_of(self, attribute: str) -> Iterator[str]:
        """The layers whose items may have `attribute`, as far as it is said of them by name."""
        targets = self.targets.get(attribute, set())
        for layer, word, types in (
            ("entities", "<ENTITY>", self.entities),
            ("events", "<EVENT>", self.events),
            ("relations", "<RELATION>", self.relations),
        ):
            if types and (word in targets or not targets.isdisjoint(types)):
                yield layer


def parse(text: str, file: str) -> Configuration:
    """What the `annotation.conf` in `text` says; lines that make no sense are troubles."""
    found = Configuration()
    macros: dict[str, str] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#") or _SEPARATOR.fullmatch(plain):
            continue
        if match := _SECTION.fullmatch(plain):
            section = match[1].lower()
            if section not in ("entities", "spans", "relations", "events", "attributes"):
                found.troubles.append(Trouble("import-configuration", f"there is no section [{section}]", file, number))
        elif match := _MACRO.fullmatch(plain):
            macros[match[1]] = match[2].strip()
        elif not section:
            message = "the line stands before the first section"
            found.troubles.append(Trouble("import-configuration", message, file, number))
        else:
            _read_line(plain, section, macros, found, Trouble("import-configuration", "", file, number))
    return found


def _read_line(line: str, section: str, macros: dict[str, str], found: Configuration, at: Trouble) -> None:
    name, _, rest = line.replace("\t", " ").partition(" ")
    if name.startswith("!"):
        name = name[1:]
        found.abstract.add(name)
    if name in _NO_LABELS:
        return
    name, bar, entry = name.partition("|")
    if bar:
        found.entries[name] = entry
    arguments: list[tuple[str, str]] = []
    for part in filter(None, (each.strip() for each in rest.split(","))):
        match = _ARGUMENT.fullmatch(part)
        if match is None:
            found.troubles.append(at._replace(message=f'"{part}" is no argument, as "Theme:Protein" would be'))
        else:
            arguments.append((match[1], _expanded(match[3], macros)))
    _declare(name, section, arguments, found)


def _declare(name: str, section: str, arguments: list[tuple[str, str]], found: Configuration) -> None:
    """Adds what a line of a section says of the type or attribute `name`."""
    roles = [role for role, _ in arguments if not role.startswith("<")]
    if section == "attributes":
        for role, value in arguments:
            if role == "Arg":
                found.targets.setdefault(name, set()).update(value.split("|"))
        _declare_values(name, next((value for role, value in arguments if role == "Value"), None), found)
    elif section == "relations":
        _add_roles(found.relations, name, roles)
        if any(role == "<REL-TYPE>" and "symmetric-transitive" in value for role, value in arguments):
            found.symmetric.add(name)
    elif name in found.abstract:
        return
    elif section == "events":
        _add_roles(found.events, name, roles)
    elif section in ("entities", "spans"):
        found.entities[name] = None


def _add_roles(types: dict[str, list[str]], name: str, roles: list[str]) -> None:
    known = types.setdefault(name, [])
    known += [role for role in dict.fromkeys(roles) if role not in known]


def _declare_values(name: str, value: str | None, found: Configuration) -> None:
    stated = None if value is None else [each for each in value.split("|") if each]
    known = found.attributes.get(name)
    if known and stated:  # given again for other targets
        stated = [*known, *(each for each in stated if each not in known)]
    found.attributes[name] = stated


def _expanded(value: str, macros: dict[str, str]) -> str:
    for _ in range(_DEEPEST):
        expanded = re.sub(r"<([^<>\s]+)>", lambda match: macros.get(match[1], match[0]), value)
        if expanded == value or len(expanded) > 100_000:
            break
        value = expanded
    return value


def titles(text: str) -> dict[str, str]:
    """What the section `[labels]` of the `visual.conf` in `text` calls types."""
    found: dict[str, str] = {}
    section = ""
    for line in text.split("\n"):
        plain = line.strip()
        if match := _SECTION.fullmatch(plain):
            section = match[1].lower()
        elif section == "labels" and plain and not plain.startswith("#"):
            name, *shown = (each.strip() for each in plain.split("|"))
            if shown and shown[0] and shown[0] != name:
                found[name] = shown[0]
    return found
