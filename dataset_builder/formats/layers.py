"""Which layer an item goes to: items of a layer all have a place in the text or none does, and its name is its own."""

from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import Item

__all__ = ["Layers"]


class Layers:
    """Keeps items with a place apart from those without: a layer is of the kind of its first item."""

    def __init__(self) -> None:
        self._placed: dict[str, bool | None] = {}  # None: no layer, but a property of records

    def home(self, item: Item) -> Item:
        """`item` in the layer where it belongs: its own, or one whose name says in what it differs."""
        layer = item.layer.removesuffix(POINTS) or item.layer  # settling puts it there again
        placed = bool(item.fragments)
        if self._placed.setdefault(layer, placed) != placed:
            layer = f"{layer}_{'placed' if placed else 'unplaced'}"
            while self._placed.setdefault(layer, placed) != placed:
                layer += "_"
        return item if layer == item.layer else item._replace(layer=layer)

    def admits(self, name: str) -> bool:
        """Whether records may have a property of that name: not if a layer has it."""
        return self._placed.setdefault(name, None) is None
