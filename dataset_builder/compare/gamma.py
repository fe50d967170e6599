"""The regularised incomplete gamma function, and the chi-squared test that it gives a p-value.

By its series and its continued fraction: NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/,
8.7.1 and 8.9.2, the fraction evaluated by Lentz's algorithm.
"""

import math

__all__ = ["chi_squared_p", "upper_gamma"]

_ENOUGH = 1e-16  # relative size of a term that no longer matters
_TINY = 1e-300
_MOST = 100_000  # terms; about the square root of `a` are needed, so this is far beyond any table of labels


def chi_squared_p(statistic: float, freedom: int) -> float:
    """The probability that a chi-squared variable of `freedom` degrees exceeds `statistic` (DLMF 8.2.4)."""
    return upper_gamma(freedom / 2, statistic / 2)


def upper_gamma(a: float, x: float) -> float:
    """Q(a, x) = Γ(a, x) / Γ(a) for `a` > 0 and `x` >= 0."""
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return max(0.0, 1.0 - scale * _series(a, x))
    return min(1.0, scale * _fraction(a, x))


def _series(a: float, x: float) -> float:
    """The sum of x^k / (a (a+1) … (a+k))."""
    term = total = 1 / a
    for k in range(1, _MOST):
        term *= x / (a + k)
        total += term
        if term < total * _ENOUGH:
            break
    return total


def _fraction(a: float, x: float) -> float:
    """1 / (x+1-a - 1(1-a) / (x+3-a - 2(2-a) / (x+5-a - …)))."""
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    value = d
    for k in range(1, _MOST):
        factor = -k * (k - a)
        b += 2
        d = 1 / (_away_from_zero(factor * d + b))
        c = _away_from_zero(b + factor / c)
        value *= d * c
        if abs(d * c - 1) < 4 * _ENOUGH:
            break
    return value


def _away_from_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
