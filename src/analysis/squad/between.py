"""Did one squad change more than another? (methods H7).

What: difference of the mean changes of two squads with its interval, the athlete as the unit; parts are the means, the
  difference at the start, and the standardised difference.
Formula: Welch's t of the log changes; standardised: the difference over the SD of the log baselines.
Source: Welch 1947 (Biometrika 34:28-35); thresholds 0.14, 0.29 and 0.51: Swinton & Murphy 2022; regression to the mean:
  Swinton 2023 (SportRxiv 285).
Limits: refused with fewer than 6 athletes in a squad. Without the values at the start there is a caution: whoever
  starts low gains by chance alone.
Trap: two squads differ in more than the programme: who joined which, who coaches, what else they ran. The number says
  how they differ, not why. Cohen's 0.2, 0.5 and 0.8 are too large for training.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from scipy.special import stdtrit

from analysis.estimate import Estimate, params, refuse
from analysis.frames import PROBABILITY
from analysis.squad._draw import two_squads
from analysis.squad._entries import (
    CHANGE,
    LOG,
    RAW,
    Entry,
    Floats,
    Scale,
    entries_of,
    name_of,
    of_comparison,
    scale_of,
    unit_of,
)
from analysis.stats.squad_difference import LEVEL, MIN_ATHLETES, THRESHOLDS, Difference, size_word, squad_difference

METHOD: Final = (
    "Welch's difference of mean changes, the athlete as the unit (Welch 1947, Biometrika 34:28-35; methods H7)."
)
NOT_WHY: Final = "This says how the squads differ, not why: they were not put together by chance."
TO_THE_MEAN: Final = (
    "Who starts low rises and who starts high falls by chance alone: look at the difference at the start."
)
NO_START: Final = (
    "The values at the start are not known: whether chance at the start made the difference cannot be told."
)
MIN_BASELINES: Final = 3  # in each squad, for an SD


def between(
    a: Sequence[Estimate] | Estimate,
    b: Sequence[Estimate] | Estimate,
    *,
    names: tuple[str, str] = ("first squad", "second squad"),
    baseline: Mapping[str, float | None] | None = None,
) -> Estimate:
    """Difference of the mean changes, first squad less second, in % (or the unit of the changes).

    Needs: for each squad one Estimate per athlete (as `each` gives them) or a result of `compare`, changes in one unit,
    6 athletes each. `baseline` has the athletes' values at the start (above zero, one unit); without it they are taken
    from the sessions behind each change, where it has them. Refusals: TOO_FEW_ATHLETES, SD_ZERO, PROBABILITY_ONLY;
    caution BASELINE_UNKNOWN. Raises ValueError for several units, and for an athlete in both squads. Welch 1947
    (Biometrika 34:28-35); Swinton & Murphy 2022.

    >>> gains = {"gym": [5.0, 2.0, 6.0, 3.0, 4.0, 1.0], "none": [2.0, 0.0, 3.0, 1.0, 4.0, -1.0]}
    >>> one, other = ([Estimate("CMJ", f"{g} {i}", v, unit="%", n=6) for i, v in enumerate(vs)]
    ...               for g, vs in gains.items())
    >>> heights = {e.who: 0.30 + 0.01 * (i % 5) for i, e in enumerate(one + other)}
    >>> found = between(one, other, names=("gym", "none"), baseline=heights)
    >>> print(found)
    CMJ, gym less none 2.0 % (95 % -0.4 to 4.4; n = 12)
    """
    both = [_raw(a), _raw(b)]
    everybody = [e for squad in both for e in squad]
    unit, what = unit_of(everybody), name_of(everybody)
    scale = scale_of(unit, RAW)
    entries_of(everybody, None, scale)  # names, each once over both squads
    squads = [[e for e in entries_of(squad, None, scale) if not math.isnan(e.y)] for squad in both]
    found = squad_difference(*([e.y for e in squad] for squad in squads))
    used = {"min_athletes": MIN_ATHLETES, "names": names, "thresholds": tuple(THRESHOLDS.items()), "df": found.df}
    known = Estimate(
        f"{what}, {names[0]} less {names[1]}", unit=unit, n=found.n_a + found.n_b, method=METHOD,
        params=params(used), points=_points(squads, names, scale),
    )  # fmt: skip
    reason = "PROBABILITY_ONLY" if unit == PROBABILITY else found.reason
    told = f"{found.n_a} and {found.n_b} athletes with a change; {MIN_ATHLETES} in each are needed."
    if reason:
        return replace(known, status="refused", reason=reason, notes=(told,))
    starts = [[_start(e, baseline, scale) for e in squad] for squad in squads]
    return _answer(known, found, scale, [[e.y for e in squad] for squad in squads], starts)


def _raw(squad: Sequence[Estimate] | Estimate) -> list[Estimate]:
    """The athletes' own results: the shrunken ones of a comparison would make every squad too much alike."""
    return [e.raw for e in of_comparison(squad)[0]] if isinstance(squad, Estimate) else list(squad)


def _points(squads: Sequence[Sequence[Entry]], names: tuple[str, str], scale: Scale) -> pl.DataFrame:
    rows = [
        (e.who, name, float(scale.shown(e.y)), e.raw.n)
        for name, squad in zip(names, squads, strict=True)
        for e in squad
    ]
    schema = {"athlete": pl.String, "group": pl.String, "value": pl.Float64, "n": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("group", "value", "athlete")


def _start(e: Entry, baseline: Mapping[str, float | None] | None, scale: Scale) -> float:
    """The value at the start on the scale of the change, NaN where it is not known."""
    told = _first_session(e.raw) if baseline is None else baseline.get(e.who)
    return math.nan if told is None else Scale(LOG if scale.kind == CHANGE else RAW).inside(told)


def _first_session(e: Estimate) -> float | None:
    """The last session up to the start of the block among those behind a change, without one the first of all."""
    seen, start = e.points, dict(e.params).get("start")
    if seen is None or not {"kind", "date", "value"} <= set(seen.columns):
        return None
    sessions = seen.filter(pl.col("kind") == "session").sort("date")
    before = sessions.filter(pl.col("date") <= start) if isinstance(start, dt.date) else sessions.head(1)
    chosen = before.tail(1) if before.height else sessions.head(1)
    return None if chosen.is_empty() else chosen["value"][0]


def _answer(
    known: Estimate, found: Difference, scale: Scale, changes: list[list[float]], starts: list[list[float]]
) -> Estimate:
    value, low, high = (_told(v, scale) for v in (found.difference, found.low, found.high))
    names, (one, other) = dict(known.params)["names"], (np.array(v) for v in starts)
    kept = min(int((~np.isnan(v)).sum()) for v in (one, other)) >= MIN_BASELINES
    parts = [_mean(f"mean change, {name}", v, scale, known.unit) for name, v in zip(names, changes, strict=True)]
    parts += [_at_start(one, other, scale, known), _standardised(found, one, other)]
    notes = (NOT_WHY, TO_THE_MEAN if kept else NO_START)
    doubt = None if kept else "BASELINE_UNKNOWN"
    return replace(
        known, value=value, low=low, high=high, level=LEVEL, status="caution" if doubt else "ok", reason=doubt,
        notes=notes, parts=tuple(parts), draw=two_squads,
    )  # fmt: skip


def _told(inside: float, scale: Scale) -> float:
    return float(scale.shown(inside))


def _mean(what: str, changes: list[float], scale: Scale, unit: str) -> Estimate:
    y = np.array(changes)
    half = float(stdtrit(y.size - 1, 0.5 + LEVEL / 2)) * float(y.std(ddof=1)) / math.sqrt(y.size)
    value, low, high = (_told(float(y.mean()) + off, scale) for off in (0.0, -half, half))
    return Estimate(what, "", value, low, high, LEVEL, unit, y.size)


def _at_start(one: Floats, other: Floats, scale: Scale, known: Estimate) -> Estimate:
    """The difference before anybody trained, first squad less second."""
    found = squad_difference(one, other, min_athletes=MIN_BASELINES)
    what, n = "difference at the start", found.n_a + found.n_b
    if found.reason:
        return refuse(
            what, "BASELINE_UNKNOWN" if found.reason == "TOO_FEW_ATHLETES" else found.reason, unit=known.unit, n=n
        )
    value, low, high = (_told(v, scale) for v in (found.difference, found.low, found.high))
    return Estimate(what, "", value, low, high, LEVEL, known.unit, n)


def _standardised(found: Difference, one: Floats, other: Floats) -> Estimate:
    """The difference in standard deviations of the values at the start, with its size in a word."""
    what, groups = "standardised difference", [v[~np.isnan(v)] for v in (one, other)]
    if min(v.size for v in groups) < MIN_BASELINES:
        return refuse(what, "BASELINE_UNKNOWN", unit="SD")
    n = sum(v.size for v in groups)
    sd = math.sqrt(sum(((v - v.mean()) ** 2).sum() for v in groups) / (n - 2))
    if not sd:
        return refuse(what, "SD_ZERO", unit="SD", n=n)
    value, low, high = (v / sd for v in (found.difference, found.low, found.high))
    return Estimate(what, "", value, low, high, LEVEL, "SD", n, notes=(f"{size_word(value)} for training",))
