"""What a plot is."""

from dataclasses import dataclass

__all__ = ["FOLDER", "MARK", "PATHS", "Plot"]

FOLDER = "figures"
"""Where plots lie beside the card, in a project as in a build, so that the same links lead to them."""

PATHS = tuple(f"{FOLDER}/{name}.svg" for name in ("agreement", "coverage", "labels", "lengths", "versions"))
"""Where each plot lies that there may be."""

MARK = b'<svg xmlns="http://www.w3.org/2000/svg" width="760" '
"""How every plot begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot of the card."""

    name: str
    told: str  # what is to be seen, for those who don't
    svg: str

    @property
    def path(self) -> str:
        """Where it lies beside the card."""
        return f"{FOLDER}/{self.name}.svg"
