"""Findings as JSON, for programs."""

import json

from dataset_builder.model.result import CheckResult

__all__ = ["render"]


def render(result: CheckResult) -> str:
    """All findings in the order of their places, and the figures: `{"diagnostics": […], "summary": {…}}`. ASCII."""
    contents = {
        "diagnostics": [diagnostic.as_json() for diagnostic in result.diagnostics],
        "summary": result.summary.as_json(),
    }
    return json.dumps(contents, indent=2) + "\n"
