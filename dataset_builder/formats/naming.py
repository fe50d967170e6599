"""Ids of articles, made of what the source calls them: safe as names of files, unique, and the same every time."""

from hashlib import sha256

__all__ = ["Names"]

_MOST_BYTES = 150  # of an id; a project allows 200, and what tells two apart needs some
_BETWEEN = "--"  # in the place of a slash


class Names:
    """Gives ids. The same names in the same order have the same ids."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}  # id in lower case, as some file systems see it, to name

    def id_of(self, name: str) -> str:
        """The id for `name`: the name itself where it will do, else something like it with a digest behind."""
        plain = _safe(name)
        known = self._taken.setdefault(plain.lower(), name)
        if known == name:
            return plain
        plain = f"{plain}-{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
        self._taken[plain.lower()] = name
        return plain


def _safe(name: str) -> str:
    joined = name.replace("/", _BETWEEN).replace("\\", _BETWEEN)
    plain = "".join(each if each.isprintable() and each not in '<>:"|?*' else "_" for each in joined).strip()
    plain = plain.lstrip(".").rstrip(". ") or "article"
    if len(plain.encode()) > _MOST_BYTES:
        digest = sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        plain = f"{plain.encode()[: _MOST_BYTES - 9].decode('utf-8', 'ignore')}-{digest}"
    return plain
