"""What the Hugging Face Hub calls things: licences, sizes, languages."""

import re
from collections.abc import Iterable

__all__ = ["is_identifier", "languages", "licenses", "size_category"]

# https://huggingface.co/docs/hub/repositories-licenses, those that SPDX knows too, by their SPDX identifiers.
_SAME = """
    AFL-3.0 AGPL-3.0 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 CC0-1.0
    CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0
    CC-BY-ND-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0
    CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 ECL-2.0 EPL-1.0 EPL-2.0 etalab-2.0 EUPL-1.1
    GPL-2.0 GPL-3.0 ISC LGPL-2.1 LGPL-3.0 LPPL-1.3c MIT MPL-2.0 MS-PL NCSA OFL-1.1 OSL-3.0 PostgreSQL Unlicense
    WTFPL Zlib
"""
_NAMED = {
    "C-UDA-1.0": "c-uda",
    "GFDL-1.1": "gfdl",
    "GFDL-1.2": "gfdl",
    "GFDL-1.3": "gfdl",
    "LGPLLR": "lgpl-lr",
    "ODbL-1.0": "odbl",
    "ODC-By-1.0": "odc-by",
    "PDDL-1.0": "pddl",
}
_HUB = {name.lower(): _NAMED.get(name, name.lower()) for name in (*_SAME.split(), *_NAMED)}

_BOUNDS = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


def licenses(expression: str) -> dict[str, str]:
    """The card's keys for the SPDX expression `expression`; `other` with a name where the Hub knows none like it."""
    plain = re.sub(r"-(only|or-later)$|\+$", "", expression.strip().lower())
    if plain in _HUB:
        return {"license": _HUB[plain]}
    named = {"license": "other", "license_name": re.sub(r"[^a-z0-9.]+", "-", expression.lower()).strip("-")}
    simple = re.fullmatch(r"[A-Za-z0-9.-]+\+?", expression) and not expression.startswith("LicenseRef-")
    return {**named, "license_link": f"https://spdx.org/licenses/{expression}.html"} if simple else named


def is_identifier(expression: str) -> bool:
    """Whether `expression` is one SPDX identifier, written as SPDX writes it, of a licence that the Hub knows."""
    return re.sub(r"-(only|or-later)$", "", expression) in {*_SAME.split(), *_NAMED}


def size_category(articles: int) -> str:
    """The Hub's bucket of that many articles."""
    for exponent, bound in enumerate(_BOUNDS, 3):
        if articles < 10**exponent:
            return f"n<{bound}" if exponent == 3 else f"{_BOUNDS[exponent - 4]}<n<{bound}"
    return "n>1T"


def languages(tags: Iterable[str]) -> dict[str, list[str]]:
    """The card's keys for BCP 47 tags: the Hub lists languages by their first subtag, and whole tags apart."""
    whole = list(tags)
    plain = list(dict.fromkeys(tag.split("-")[0] for tag in whole))
    return {"language": plain, **({"language_bcp47": whole} if plain != whole else {})} if whole else {}
