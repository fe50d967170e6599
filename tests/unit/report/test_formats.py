from typing import get_args

import pytest

from dataset_builder.model.result import CheckResult, Summary
from dataset_builder.report.formats import FORMATS, FormatName, View, render


def test_the_registry_has_every_name():
    assert tuple(FORMATS) == get_args(FormatName)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_nothing_found(name):
    shown = render(CheckResult(summary=Summary(articles=3)), name, View())
    assert "3" in shown
    assert shown.endswith("\n")
