"""Names of documents that a source calls the same, told apart."""

__all__ = ["Distinct"]


class Distinct:
    """Tells documents apart that a source calls the same."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def name(self, name: str) -> str:
        """`name`, with a number behind it where it was there before."""
        self._counts[name] = count = self._counts.get(name, 0) + 1
        return name if count == 1 else self.name(f"{name}-{count}")
