"""Every kind of corruption is found, where it is and as what it is, and nothing else is reported.

`DATASET_BUILDER_MUTATIONS=100 pytest tests/mutation` makes a hundred of each kind rather than a few. A failure
prints the seed, what was found, and a diff of what was mutated.
"""

import os
from dataclasses import replace
from itertools import count, islice

import pytest

# The families: what is imported is in the table.
import tests.mutation.kinds_articles
import tests.mutation.kinds_configuration
import tests.mutation.kinds_json
import tests.mutation.kinds_references
import tests.mutation.kinds_spans
import tests.mutation.kinds_violations  # noqa: F401
from tests.mutation.clean import NAMES, clean
from tests.mutation.kinds import KINDS, MADE
from tests.mutation.running import look, mend, mendable, mutate, run

MUTATIONS = int(os.environ.get("DATASET_BUILDER_MUTATIONS", "2"))


@pytest.mark.parametrize("styles", range(2))
@pytest.mark.parametrize("name", NAMES)
def test_clean_projects_give_nothing(name, styles, tmp_path):
    project = clean(name, styles)
    project.lay(tmp_path, project.rendered())
    assert [str(found) for found in run(tmp_path)] == []


def marked(name):
    reason = KINDS[name].broken
    if not reason:
        return name
    return pytest.param(name, marks=pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True))


@pytest.mark.parametrize("name", [marked(name) for name in KINDS])
def test_a_corruption_is_found_where_it_is(name):
    kind = KINDS[name]
    for seed in range(MUTATIONS):
        wrong = look(mutate([kind], seed, styles=seed % 2))
        assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.fixable])
def test_a_corruption_is_mended(name):
    """What is mended is no longer found, is as it was before where that is known, and isn't mended twice."""
    kind = KINDS[name]
    made = (mutate([kind], seed, styles=seed % 2) for seed in count(1000))
    for mutated in islice(filter(mendable, made), MUTATIONS):
        wrong = mend(mutated)
        assert not wrong, "\n".join(wrong)


_PAIRED = [kind for kind in KINDS.values() if not kind.alone and not kind.broken and set(kind.on) & set(MADE)]
_PAIRS = list(zip(_PAIRED[::2], _PAIRED[1::2][::-1], strict=False))[:: 2 if MUTATIONS < 3 else 1]


@pytest.mark.parametrize("pair", _PAIRS, ids=lambda pair: f"{pair[0].name} and {pair[1].name}")
def test_two_corruptions_are_both_found(pair):
    if not set(pair[0].on) & set(pair[1].on):
        pair = (pair[0], replace(pair[1], on=pair[0].on))
    for seed in range(2000, 2000 + MUTATIONS // 2):
        wrong = look(mutate(pair, seed))
        assert not wrong, "\n".join(wrong)
