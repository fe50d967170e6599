"""The head of a WebAnno TSV 3 file: which layers there are, and which columns say what of them."""

import re
from dataclasses import dataclass, field

__all__ = ["CHAIN", "RELATION", "SPAN", "Layer", "Slot", "columns", "parse_layer"]

_ROLE = re.compile(r"ROLE_[^:]+:(.+?)_([^_]*\..+)")  # ROLE_HOST:FEATURE_LINK; a feature may have "_" in its name

SPAN, RELATION, CHAIN = "T_SP", "T_RL", "T_CH"


@dataclass(frozen=True, slots=True)
class Slot:
    """A feature whose values play roles: two columns, of roles and of what plays them."""

    feature: str
    link: str  # the type of what says so
    target: str  # the type of what plays a role


@dataclass(slots=True)
class Layer:
    """One layer: its type and what its columns hold, in order."""

    kind: str
    type: str
    features: list[str | Slot] = field(default_factory=list)
    base: str | None = None  # of a relation: the type of what it relates
    first: int = 0  # the index of its first column

    @property
    def width(self) -> int:
        """How many columns it has."""
        wide = sum(2 if isinstance(feature, Slot) else 1 for feature in self.features)
        if self.kind == RELATION:
            return wide + 1
        return wide if self.features else 1


def parse_layer(line: str) -> Layer | None:
    """The layer that `line` declares; None if it isn't to be understood."""
    kind, equals, rest = line.removeprefix("#").partition("=")
    name, *parts = rest.rstrip().split("|")
    if kind not in (SPAN, RELATION, CHAIN) or not equals or not name.strip():
        return None
    layer = Layer(kind, name.strip())
    pending = iter(parts)
    for part in pending:
        if part.startswith("ROLE_"):
            match, target = _ROLE.fullmatch(part), next(pending, "")
            if match is None or not target:
                return None
            layer.features.append(Slot(match[1], match[2], target))
        elif part.startswith("BT_"):
            layer.base = part.removeprefix("BT_")
        elif part:
            layer.features.append(part)
    if (kind == RELATION) != bool(layer.base):
        return None
    return layer if kind != CHAIN or len(layer.features) == 2 else None


def columns(layers: list[Layer], start: int) -> int:
    """How many columns there are behind the first `start`; each layer is told where its own begin."""
    at = start
    for layer in layers:
        layer.first = at
        at += layer.width
    return at - start
