"""The fatigue rules in athletes who do not change: how often the signals and the rule of several domains cry (S8)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from calibration_rows import Row, several, share
from numpy.typing import NDArray
from scipy.special import ndtri

from analysis.stats import fatigue_rule, hrv, wellness

SEED = 20261124
BLOCK = 42
FLAGS_PHI, HRV_PHI, ANSWERS_PHI = 0.5, 0.3, 0.5
HRV_BEFORE = hrv.BASELINE_DAYS + hrv.WEEK
SAME_DAY = 0.6  # what the items of one day share
Floats = NDArray[np.float64]


def _days(rng: np.random.Generator, shape: tuple[int, ...], phi: float) -> Floats:
    """Standard normal days along the last axis with autocorrelation `phi`."""
    days = rng.normal(size=shape)
    for day in range(1, shape[-1]):
        days[..., day] = phi * days[..., day - 1] + np.sqrt(1 - phi**2) * days[..., day]
    return days


def _flags(rng: np.random.Generator, n: int, domains: int, rate: float) -> Floats:
    """Flags that fire on a share `rate` of the days of a block, one day like the next."""
    return np.asarray(_days(rng, (n, domains, BLOCK), FLAGS_PHI) < ndtri(rate), dtype=float)


def _answers(rng: np.random.Generator, n: int) -> Floats:
    """Whole answers from 1 to 7 to four items whose days go together."""
    common, own = (_days(rng, (n, items, BLOCK * 2), ANSWERS_PHI) for items in (1, 4))
    felt = 4 + 0.9 * (np.sqrt(SAME_DAY) * common + np.sqrt(1 - SAME_DAY) * own)
    return np.asarray(np.clip(np.round(felt), 1, 7), dtype=float)


def variability(part: float) -> Iterator[Row]:
    """The band of the weekly mean (F3) is left without any change, which is why it never stands alone."""
    n = several(2000, part, 150)
    found = hrv.weeks(4.2 + 0.08 * _days(np.random.default_rng([SEED, 1]), (n, HRV_BEFORE + BLOCK), HRV_PHI))
    below, flag = (found.flag == "below")[:, HRV_BEFORE:], found.flag[:, HRV_BEFORE:]
    apart = below[:, hrv.WEEK :] & below[:, : -hrv.WEEK]
    # days of one athlete are no independent draws: the standard error is that of the athletes' own shares
    for what, days, least, most in (
        ("days below the band, autocorrelation 0.3", below, 0.16, 0.18),
        ("days outside the band on either side", np.isin(flag, ["below", "above"]), 0.33, 0.37),
        ("days with the z of the week at -1.645 or lower", found.down[:, HRV_BEFORE:], 0.0, 0.12),
    ):
        each = days.mean(axis=1)
        yield Row(what, float(each.mean()), n, least, most, float(each.std() / np.sqrt(n)))
    yield share("six weeks with a day below the band", below.any(axis=1), 0.88, 0.92)
    yield share("six weeks with two such days a week apart", apart.any(axis=1), 0.30, 0.34)


def rules(part: float) -> Iterator[Row]:
    """False alarms of the persistent rule per block of six weeks (F8); from the day on which 14 days are known."""
    n, rng = several(20_000, part, 2000), np.random.default_rng([SEED, 2])
    for rate, least, most in ((0.07, 0.008, 0.016), (0.10, 0.0, 0.06), (0.15, 0.165, 0.20)):
        flags = _flags(rng, n, 3, rate)
        known = fatigue_rule.persistent_days(flags)[:, fatigue_rule.LONG - 1 :]
        yield share(f"false persistent, three domains on {rate:.0%} of days", (known == 1).any(axis=1), least, most)
        if rate == 0.10:
            two = (flags.sum(axis=1) >= fatigue_rule.MIN_DOMAINS).any(axis=1)
            yield share("any day with two domains down, 10% of days", two, 0.61, 0.67)
            whole = fatigue_rule.persistent_days(flags)
            yield share("false persistent from the fifth day on, 10% of days", (whole == 1).any(axis=1), 0, 0.06)


def chain(part: float) -> Iterator[Row]:
    """From answers and milliseconds to the rule: an unchanged athlete with a third domain down on 10 % of days (I2)."""
    n, rng = several(2000, part, 300), np.random.default_rng([SEED, 3])
    z = wellness.daily_z(_answers(rng, n), np.full((n, 4), wellness.FLOOR))
    subjective = wellness.down(wellness.domain_score(z))[:, BLOCK:]
    autonomic = hrv.weeks(4.2 + 0.08 * _days(rng, (n, HRV_BEFORE + BLOCK), HRV_PHI)).down[:, HRV_BEFORE:]
    flags = np.stack([subjective, autonomic, _flags(rng, n, 1, 0.10)[:, 0]], axis=1).astype(float)
    each = subjective.mean(axis=1)
    yield Row("days with wellness down", float(each.mean()), n, 0.0, 0.10, float(each.std() / np.sqrt(n)))
    found = fatigue_rule.persistent_days(flags, never_alone=(1,))
    yield share("false persistent, variability never alone", (found == 1).any(axis=1), 0, 0.06)
    literal = fatigue_rule.persistent_days(flags)
    yield share("false persistent if it could decide alone (not used)", (literal == 1).any(axis=1), 0.06, 0.13)


FATIGUE = {"variability alone": variability, "persistent fatigue": rules, "fatigue from raw values": chain}
