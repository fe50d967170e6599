"""Sphinx settings; `make docs` builds the pages."""

from importlib.metadata import version as version_of

project = "dataset-builder"
version = release = version_of("dataset-builder")

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
