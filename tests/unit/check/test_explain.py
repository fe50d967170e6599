import inspect

import pytest

from dataset_builder.check.explain import explain, page
from dataset_builder.check.rule import Looks
from dataset_builder.check.rules import RULES
from dataset_builder.errors import UsageError


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_has_all_there_is(rule):
    text = page(rule)
    assert text.startswith(f"# {rule.code} {rule.name}\n")
    assert inspect.cleandoc(rule.documentation) in text
    unshown = {Looks.AT_BUILD, Looks.AT_REBUILD, Looks.AT_RELEASE}  # what these look at would be long to show
    assert ("## Example" in text) is unshown.isdisjoint(rule.looks)
    assert rule.broken.at is None or f"`{rule.broken.at[0]}" in text
    assert text.count("```") % 2 == 0


@pytest.mark.parametrize("code", ["SPN003", "spn003", " SPN003 ", "quote-differs"])
def test_a_rule_is_found_by_code_or_name(code):
    assert explain(code).startswith("# SPN003 quote-differs\n")


@pytest.mark.parametrize(
    ("code", "near"), [("REF03", "REF003"), ("SPM003", "SPN003"), ("quote-difers", "quote-differs")]
)
def test_the_nearest_rule_is_named(code, near):
    with pytest.raises(UsageError, match=f"did you mean {near}"):
        explain(code)


def test_nothing_near_gives_an_example():
    with pytest.raises(UsageError, match="codes are like AGR001"):
        explain("?")


def test_an_edit_is_shown_as_a_difference():
    assert '```diff\n- "start": 27, "end": 31\n+ "start": 28, "end": 32\n```' in explain("SPN003")
