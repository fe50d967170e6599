"""Sphinx settings; `make docs` builds the pages. Pages on rules and configuration are made of what they are about."""

from importlib.metadata import version as version_of
from pathlib import Path

project = "dataset-builder"
version = release = version_of("dataset-builder")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3


def _rules() -> str:
    from dataset_builder.check.explain import page
    from dataset_builder.check.runner import RULES_BY_CODE

    pages = [page(rule).replace("\n## ", "\n### ").replace("# ", "## ", 1) for rule in RULES_BY_CODE.values()]
    head = "# Rules\n\nEvery finding has a code. `dataset-builder explain CODE` prints what stands here.\n"
    return "\n\n".join((head, *pages)) + "\n"


def _configuration() -> str:
    from dataset_builder.schema.registry import project_schema

    schema = project_schema()
    lines = ["# Configuration", "", f"{schema['description']} Unknown keys are errors.", ""]
    lines += _keys(schema)
    for name, section in schema["properties"].items():
        if "properties" in section:
            lines += ["", f"## {name}", "", section["description"], "", *_keys(section)]
            lines += _tables(name, section, schema["$defs"])
    return "\n".join(lines) + "\n"


def _tables(section_name: str, section: dict, definitions: dict) -> list[str]:
    """The keys of the tables that a section's arrays hold, those of each kind once."""
    arrays: dict[str, list[str]] = {}
    for name, value in section["properties"].items():
        kind = value.get("items", {}).get("$ref", "").removeprefix("#/$defs/")
        arrays.setdefault(kind, []).append(f"`[[{section_name}.{name}]]`")
    lines = []
    for kind, names in arrays.items():
        table = definitions.get(kind, {})
        if "properties" in table:
            lines += ["", f"### {' · '.join(names)}", "", table["description"], "", *_keys(table)]
    return lines


def _keys(schema: dict) -> list[str]:
    rows = ["| key | means | unless given |", "|---|---|---|"]
    for name, value in schema["properties"].items():
        if "properties" in value:
            continue
        choices = [f"`{branch['const']}`: {branch['description']}" for branch in value.get("oneOf", ())]
        meaning = " ".join([value.get("description", ""), *choices]).strip()
        default = f"`{value['default']}`" if "default" in value else ""
        default = "required" if name in schema.get("required", ()) else default
        rows.append(f"| `{name}` | {meaning} | {default} |")
    return rows


for _name, _text in (("rules", _rules()), ("configuration", _configuration())):
    (Path(__file__).parent / f"{_name}.md").write_text(_text, encoding="utf-8")
