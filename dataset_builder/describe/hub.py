"""What the Hugging Face Hub calls things: licences, sizes, languages, tasks, and who made what."""

import re
from collections.abc import Iterable, Mapping

__all__ = [
    "EXPECTED",
    "KNOWN",
    "is_identifier",
    "is_language",
    "languages",
    "licenses",
    "multilinguality",
    "size_category",
]

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

# https://github.com/huggingface/hub-docs/blob/main/datasetcard.md and `huggingface_hub.DatasetCardData`.
EXPECTED = (
    "license",
    "language",
    "pretty_name",
    "annotations_creators",
    "language_creators",
    "multilinguality",
    "size_categories",
    "source_datasets",
    "task_categories",
)
"""The fields of a card's YAML that describe any dataset of texts."""

_CREATORS = frozenset(("crowdsourced", "expert-generated", "found", "machine-generated", "other"))

# https://github.com/huggingface/huggingface.js/blob/main/packages/tasks/src/pipelines.ts
_TASK_NAMES = """
    any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition biology
    depth-estimation document-question-answering feature-extraction fill-mask graph-ml image-classification
    image-feature-extraction image-segmentation image-text-to-text image-to-3d image-to-image image-to-text
    image-to-video keypoint-detection mask-generation multiple-choice object-detection other question-answering
    reinforcement-learning robotics sentence-similarity summarization table-question-answering table-to-text
    tabular-classification tabular-regression tabular-to-text text-classification text-generation text-ranking
    text-retrieval text-to-3d text-to-audio text-to-image text-to-speech text-to-video text2text-generation
    time-series-forecasting token-classification translation unconditional-image-generation video-classification
    video-text-to-text visual-document-retrieval visual-question-answering voice-activity-detection
    zero-shot-classification zero-shot-image-classification zero-shot-object-detection
"""

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
    return {"language": plain, **({"language_details": whole} if plain != whole else {})} if whole else {}


def multilinguality(tags: Iterable[str]) -> tuple[str, ...]:
    """The Hub's word for how many languages there are, where that is known."""
    plain = {tag.split("-")[0] for tag in tags}
    return ("monolingual" if len(plain) == 1 else "multilingual",) if plain else ()


def is_language(code: str) -> bool:
    """Whether `code` is what the Hub takes for a language: an ISO 639 code, or a word for what has none."""
    return re.fullmatch(r"[a-z]{2,3}", code) is not None or code in ("code", "multilingual")


KNOWN: Mapping[str, frozenset[str]] = {
    "language": frozenset(),  # see `is_language`
    "annotations_creators": _CREATORS | {"no-annotation"},
    "language_creators": _CREATORS,
    "multilinguality": frozenset(("monolingual", "multilingual", "other", "translation")),
    "task_categories": frozenset(_TASK_NAMES.split()),
}
"""The values that a field may have, for those whose values the Hub lists."""
