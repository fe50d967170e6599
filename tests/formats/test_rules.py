"""The FMT rules: each case is imported, and gives just its finding."""

import ast
import re
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder.check.rules.outside import RULES
from dataset_builder.check.runner import RULES_BY_CODE

PACKAGE = Path(dataset_builder.__file__).parent
CASES = [rule for rule in RULES if rule.broken.at]


@pytest.mark.parametrize("rule", CASES, ids=[rule.code for rule in CASES])
def test_a_case_gives_just_its_finding(rule, tmp_path, monkeypatch):
    for folder in ("case", "case/outside"):
        (tmp_path / folder).mkdir()
    for file, content in {**rule.broken.files, "outside/more.txt": "More.\n"}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "case" / file).write_bytes(data)
    monkeypatch.chdir(tmp_path / "case")
    result = dataset_builder.import_corpus("outside", tmp_path / "project", format="brat")
    found = [(each.code, each.place.file, each.place.line, each.place.column) for each in result.check.diagnostics]
    assert found == [(rule.code, *rule.broken.at)]
    assert result.check.diagnostics[0].severity is rule.severity
    assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok


def test_all_but_two_rules_have_a_case():
    # FMT012 is about what a project holds already, FMT015 about exports; they have tests of their own.
    assert {rule.code for rule in RULES} - {rule.code for rule in CASES} == {"FMT012", "FMT015"}


def kinds_in(text):
    """Words that name kinds of trouble: whatever in a module looks like one."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and re.fullmatch("(import|export)-[a-z-]+", str(node.value)):
            yield node.value


def test_every_kind_of_trouble_has_a_rule():
    files = [*(PACKAGE / "formats").glob("*.py"), *PACKAGE.glob("pipeline/*porting.py")]
    made = {kind for path in files for kind in kinds_in(path.read_text(encoding="utf-8"))}
    reported = {kind for rule in RULES_BY_CODE.values() for kind in rule.kinds}
    assert "import-syntax" in made
    assert made == {kind for kind in reported if kind.startswith(("import-", "export-"))}
