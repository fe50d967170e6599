"""spaCy: documents in `DocBin` files, which `spacy train` and `DocBin.from_disk` read."""

from typing import TYPE_CHECKING

from dataset_builder.errors import UsageError

if TYPE_CHECKING:
    from dataset_builder.formats.spacy_writer import SpacyWriter

__all__ = ["exporter"]

_POLICIES = ("expand", "contract", "strict")


def exporter(language: str | None = None, policy: str = "expand", ents: str | None = None) -> "SpacyWriter":
    """What writes `DocBin` files.

    Raises:
        UsageError: spaCy isn't there, or has no such language; there is no such policy.
    """
    if policy not in _POLICIES:
        raise UsageError(f"policy is one of {', '.join(_POLICIES)}, not {policy!r}")
    try:
        from dataset_builder.formats.spacy_writer import SpacyWriter, tokenizer_of
    except ImportError as error:
        raise UsageError("this format needs the library spacy: pip install 'dataset-builder[spacy]'") from error
    if language is not None and tokenizer_of(language) is None:
        raise UsageError(f"spaCy has no tokenizer for {language!r} here: its packages may be missing")
    return SpacyWriter(language=language, policy=policy, ents=ents)
