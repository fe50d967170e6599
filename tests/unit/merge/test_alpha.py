from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.merge.alpha import alpha, count_unit, raw_agreement, units

# The reliability data are rows of an observer each, "." for a missing value.

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, A: binary, two observers.
BINARY = ["0100000010", "1110010000"]
# The same, B: nominal, two observers.
NOMINAL = ["aabbdcccedda", "babbbccceddd"]
# The same, C to E: any metric, any number of observers, missing values.
ANY = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# https://en.wikipedia.org/wiki/Krippendorff%27s_alpha, "A computational example".
WIKIPEDIA = [".....34121133.3", "1.213343.......", "..21344.21133.4"]


def units_of(rows):
    numbers = not any(value.isalpha() for row in rows for value in row)
    return [
        [int(value) if numbers else value for value in column if value != "."] for column in zip(*rows, strict=True)
    ]


def coincidences(reliability_data):
    counts = {}
    for values in reliability_data:
        for pair, count in count_unit(values).items():
            counts[pair] = counts.get(pair, 0) + count
    return counts


@pytest.mark.parametrize(
    ("rows", "metric", "published"),
    [
        (BINARY, "nominal", 0.095),
        (NOMINAL, "nominal", 0.692),
        (ANY, "nominal", 0.743),
        (ANY, "ordinal", 0.815),
        (ANY, "interval", 0.849),
        (WIKIPEDIA, "nominal", 0.691),
        (WIKIPEDIA, "interval", 0.811),
    ],
)
def test_published_examples(rows, metric, published):
    assert round(float(alpha(coincidences(units_of(rows)), metric)), 3) == published


def test_raw_agreement_of_the_published_examples():
    assert raw_agreement(coincidences(units_of(BINARY))) == Fraction(6, 10)
    assert raw_agreement(coincidences(units_of(NOMINAL))) == Fraction(9, 12)


def test_units_with_a_single_value_do_not_count():
    assert units(coincidences(units_of(ANY))) == 11
    assert units(coincidences(units_of(WIKIPEDIA))) == 12
    assert coincidences([[1], [], [2]]) == {}


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_alpha_is_undefined_where_nothing_varies(metric):
    assert alpha({}, metric) is None
    assert alpha(coincidences([[3, 3], [3, 3]]), metric) is None
    assert raw_agreement(coincidences([[3, 3], [3, 3]])) == 1
    assert raw_agreement({}) is None


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_perfect_agreement_is_one(metric):
    assert alpha(coincidences([[1, 1], [2, 2, 2]]), metric) == 1


def brute_force(reliability_data, metric):
    """Alpha as its definition reads: pair by pair, with the published distances."""
    pairable = [values for values in reliability_data if len(values) > 1]
    values = [value for unit in pairable for value in unit]

    def distance(first, second):
        if metric == "nominal":
            return Fraction(first != second)
        if metric == "interval":
            return (Fraction(first) - Fraction(second)) ** 2
        low, high = min(first, second), max(first, second)
        between = sum(low <= value <= high for value in values)
        return (between - Fraction(values.count(low) + values.count(high), 2)) ** 2

    total = len(values)
    expected = sum(distance(*pair) for pair in permutations(values, 2))
    if not expected:
        return None
    observed = sum(
        Fraction(sum(distance(*pair) for pair in permutations(unit, 2)), 1) / (len(unit) - 1) for unit in pairable
    )
    return 1 - (observed / total) / (expected / (total * (total - 1)))


NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, -1.25, 1e10]))
DATA = st.lists(st.lists(NUMBERS, max_size=4), max_size=8)


@given(reliability_data=DATA, metric=st.sampled_from(["nominal", "ordinal", "interval"]))
def test_alpha_is_what_its_definition_says(reliability_data, metric):
    assert alpha(coincidences(reliability_data), metric) == brute_force(reliability_data, metric)


@given(reliability_data=DATA)
def test_units_and_raw_agreement_are_what_their_definitions_say(reliability_data):
    pairable = [values for values in reliability_data if len(values) > 1]
    total = sum(map(len, pairable))
    agreeing = [
        Fraction(sum(first == second for first, second in permutations(values, 2)), len(values) - 1)
        for values in pairable
    ]
    counts = coincidences(reliability_data)
    assert units(counts) == len(pairable)
    assert raw_agreement(counts) == (sum(agreeing) / total if total else None)
