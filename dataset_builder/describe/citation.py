"""How to cite a dataset, as BibTeX."""

import re

from dataset_builder.model.project import Project

__all__ = ["citation", "home"]

_ESCAPED = {character: f"\\{character}" for character in "{}%&$#_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def citation(project: Project) -> str:
    """The configured BibTeX entry, or one made from the rest of the configuration."""
    if project.card.citation:
        return project.card.citation.strip("\n")
    values = {
        "author": " and ".join(_escape(author) for author in project.authors),
        "title": f"{{{_escape(project.title)}}}",  # braces keep its capitals
        "year": str(project.year or ""),
        "version": project.version,
        "url": home(project),
    }
    key = re.sub(r"[^A-Za-z0-9]+", "_", project.name) + (f"_{project.year}" if project.year else "")
    lines = [f"  {name} = {{{value}}}," for name, value in values.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def home(project: Project) -> str | None:
    """Where the dataset lives, as far as that is known."""
    return project.url or (f"https://huggingface.co/datasets/{project.repository}" if project.repository else None)


def _escape(text: str) -> str:
    """`text` on one line with what is special to BibTeX and TeX escaped."""
    return "".join(_ESCAPED.get(character, character) for character in " ".join(text.split()))
