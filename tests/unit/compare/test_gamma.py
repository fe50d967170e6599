import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.compare.gamma import chi_squared_p, upper_gamma

# Critical values of chi-squared by degrees of freedom and p, as printed tables have them to three decimals:
# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
TABLE = [
    (2.706, 1, 0.10),
    (3.841, 1, 0.05),
    (6.635, 1, 0.01),
    (10.828, 1, 0.001),
    (5.991, 2, 0.05),
    (7.815, 3, 0.05),
    (18.307, 10, 0.05),
    (29.588, 10, 0.001),
    (43.773, 30, 0.05),
    (67.505, 50, 0.05),
    (124.342, 100, 0.05),
    (149.449, 100, 0.001),
]


@pytest.mark.parametrize(("statistic", "freedom", "p"), TABLE)
def test_critical_values(statistic, freedom, p):
    assert chi_squared_p(statistic, freedom) == pytest.approx(p, rel=2e-3)


@given(st.floats(0, 700))
def test_two_degrees_are_the_exponential_distribution(statistic):
    assert chi_squared_p(statistic, 2) == pytest.approx(math.exp(-statistic / 2), rel=1e-11)


@given(st.floats(0, 600))
def test_one_degree_is_the_square_of_a_normal_variable(statistic):
    assert chi_squared_p(statistic, 1) == pytest.approx(math.erfc(math.sqrt(statistic / 2)), rel=1e-9)


@given(st.integers(1, 60), st.floats(0.01, 400))
def test_whole_orders_are_sums_of_a_poisson_distribution(order, x):
    expected = math.fsum(math.exp(k * math.log(x) - x - math.lgamma(k + 1)) for k in range(order))
    assert upper_gamma(order, x) == pytest.approx(expected, rel=1e-9, abs=1e-14)


@given(st.integers(1, 5000), st.floats(0, 1e5), st.floats(0, 1e5))
def test_it_is_a_probability_that_falls(freedom, one, other):
    low, high = sorted((one, other))
    assert 1 >= chi_squared_p(low, freedom) >= chi_squared_p(high, freedom) - 1e-12 >= -1e-12


def test_nothing_is_certain():
    assert chi_squared_p(0, 5) == 1
