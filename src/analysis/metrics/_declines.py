"""Test days of one athlete one after the other, each held against the last fresh ones (methods F5)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.frames import PROBABILITY, number
from analysis.metrics._marks import layered
from analysis.metrics._wellness import domain_days, flag_marks
from analysis.stats.jump_monitor import DOWN_AT, FRESH, LEVEL, declines

DOMAIN: Final = "neuromuscular"
OLDEST_DAYS: Final = 56  # an older session says little about what is normal today (convention)
USED: Final = {"fresh_sessions": FRESH, "oldest_days": OLDEST_DAYS, "down_at": DOWN_AT, "level": LEVEL}
_FALSE_ALARMS: Final = "Of an athlete who does not change, about one test in fourteen is called down."


@dataclass(frozen=True)
class DayScore:
    """One score of one day with its typical error; `about` says how it was got, the larger `rank` speaks for a day."""

    day: dt.date
    score: float
    te: float
    about: Any
    rank: float = 0.0


@dataclass(frozen=True)
class Judged:
    """A test day against its baseline; where it cannot be judged, the reason, and `down` is None."""

    test: DayScore
    reason: str | None
    n_baseline: int = 0
    d: float = math.nan
    low: float = math.nan
    high: float = math.nan
    p_decline: float = math.nan
    p_decline_gt_swc: float = math.nan
    down: bool | None = None


@dataclass(frozen=True)
class Rule:
    """What the days are judged by; `compared` gives an earlier score as it would be today, or why it cannot be."""

    compared: Callable[[DayScore, DayScore], float | str]
    df: float
    swc: float
    fresh: Collection[dt.date] | None = None
    log: bool = True


def follow(tests: Iterable[DayScore], rule: Rule) -> list[Judged]:
    """Judge every day in order, the score with the largest baseline speaking for its day.

    Fresh is an earlier day of at most 8 weeks ago that was not tired; with `fresh` one of those days only.
    """
    ordered = sorted(tests, key=lambda t: (t.day, -t.rank))
    found: list[Judged] = []
    for day in dict.fromkeys(t.day for t in ordered):
        tired = _tired(found)
        earlier = [t for t in ordered if t.day < day and t.day not in tired and (day - t.day).days <= OLDEST_DAYS]
        earlier = [t for t in earlier if rule.fresh is None or t.day in rule.fresh]
        options = [_judged(t, earlier, rule) for t in ordered if t.day == day]
        found.append(max(options, key=lambda j: (j.reason is None, j.n_baseline)))
    return found


def _tired(found: Sequence[Judged]) -> set[dt.date]:
    """Days that are no baseline: down together with the test day before or after, or down at the very last one.

    A single low day amid others is chance more often than not. To drop it too would lift the baseline of an athlete who
    does not change, and every tenth of her days would be called down instead of every fourteenth.
    """
    down = [False, *(bool(j.down) for j in found), True]
    return {j.test.day for i, j in enumerate(found, 1) if down[i] and (down[i - 1] or down[i + 1])}


def _judged(today: DayScore, earlier: Sequence[DayScore], rule: Rule) -> Judged:
    compared = [(t, rule.compared(t, today)) for t in earlier]
    by_day: dict[dt.date, tuple[DayScore, float]] = {}
    for t, score in sorted(compared, key=lambda pair: abs(pair[0].rank - today.rank)):
        if isinstance(score, float):  # of several scores of a day the nearest to today's: one day, one session
            by_day.setdefault(t.day, (t, score))
    if len(by_day) < FRESH[0]:
        reasons = [score for _, score in compared if isinstance(score, str)]
        days = {t.day for t in earlier}
        other = max(sorted(set(reasons)), key=reasons.count) if reasons and len(days) >= FRESH[0] else None
        return Judged(today, other or "BASELINE_TOO_SHORT", len(by_day))
    last = [by_day[day] for day in sorted(by_day)[-FRESH[1] :]]
    te_before = math.sqrt(float(np.mean([t.te**2 for t, _ in last])))
    found = declines(
        [score for _, score in last], today.score, te=today.te, te_baseline=te_before, df=rule.df, swc=rule.swc,
        log=rule.log,
    )  # fmt: skip
    numbers = {name: float(getattr(found, name)) for name in ("d", "low", "high", "p_decline", "p_decline_gt_swc")}
    if not np.isfinite(list(numbers.values())).all():
        return Judged(today, "BAD_INPUT", len(last))
    return Judged(today, None, len(last), down=bool(found.down), **numbers)


def days_of(judged: Sequence[Judged], start: dt.date, end: dt.date, shown: Callable[[float], float]) -> pl.DataFrame:
    """One row per day of the domain: `down`, and of a test day score, change with interval and both probabilities."""
    by_day = {j.test.day: j for j in judged}
    dates = [start + dt.timedelta(days=i) for i in range((end - start).days + 1)]
    rows = [by_day.get(day) for day in dates]
    known = [j is not None and j.down is not None for j in rows]
    columns = {
        name: [math.nan if j is None else shown(getattr(j, of)) for j in rows]
        for name, of in (("change", "d"), ("low", "low"), ("high", "high"))
    }
    columns |= {
        name: [math.nan if j is None else getattr(j, name) for j in rows] for name in ("p_decline", "p_decline_gt_swc")
    }
    columns["score"] = [math.nan if j is None else j.test.score for j in rows]
    frame = domain_days(start, end, DOMAIN, [bool(j and j.down) for j in rows], known,
        **{name: np.array(values) for name, values in columns.items()},
    )  # fmt: skip
    return frame.with_columns(
        pl.Series("n_baseline", [None if j is None else j.n_baseline for j in rows], dtype=pl.Int64),
        pl.Series("reason", [None if j is None else j.reason for j in rows], dtype=pl.String),
    )


def in_words(judged: Sequence[Judged], last: Judged, swc: str) -> tuple[str, ...]:
    """The last test day in words, and how often the domain was down."""
    days, known = sum(bool(j.down) for j in judged), sum(j.down is not None for j in judged)
    p, p_swc = (number(v, PROBABILITY) for v in (last.p_decline, last.p_decline_gt_swc))
    word = "down" if last.down else "not down"
    day = last.test.day
    return (
        f"{day.day} {day:%b} is {word}: P(lower) {p}, P(lower by more than {swc}) {p_swc}, and 0.80 is asked for.",
        f"Down on {days} of {known} test days that can be judged; {len(judged) - known} cannot. {_FALSE_ALARMS}",
    )


def draw(points: pl.DataFrame, y_title: str, swc: float) -> Any:
    """The change of every judged test day with its interval; triangles are down, the dashed line is the threshold."""
    days = points.drop_nulls("change")
    if days.is_empty():
        return None
    axes = {"x_title": "Day (triangle: down)", "y_title": y_title}
    layers = [charts.level_line(-swc), charts.interval(days, "date", "low", "high", **axes)]
    return layered([*layers, *flag_marks(days, "change", **axes)])
