"""Rights: what both the proof and the rules ask of them."""

from functools import lru_cache
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

__all__ = ["is_licence", "is_publication"]


@lru_cache(maxsize=4096)
def is_licence(expression: str) -> bool:
    """Whether `expression` is an SPDX one: of identifiers on the SPDX list, or that begin with `LicenseRef-`."""
    try:
        canonicalize_license_expression(expression)
    except InvalidLicenseExpression:
        return False
    return True


def is_publication(rights: Any) -> bool:
    """Whether `rights` say that a text is included, or that it is withheld."""
    return isinstance(rights, dict) and rights.get("text") in ("included", "withheld")
