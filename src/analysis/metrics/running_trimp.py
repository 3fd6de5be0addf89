"""How much did the running cost the heart, per week? Training impulse from heart rate (methods C8, C9).

What: Banister's TRIMP per week of the block in arbitrary units (AU); Edwards' sum is a part of its own, never added.
Formula: Banister: sum over samples of minutes x a x exp(b x), x = (HR - rest) / (max - rest), a and b by sex; Edwards:
  minutes x 1 to 5 by 10 % of the maximum from 50 % on.
Source: Banister 1991 (in MacDougall et al.); Morton, Fitz-Clarke & Banister 1990 (J Appl Physiol 69:1171-1177); Edwards
  1993 (The Heart Rate Monitor Book).
Limits: refused without a maximal heart rate, or where no run has a heart rate; Banister also without the resting one
  and the sex. A run more than 5 % above the stated maximum is left out. The range shows a maximum 5 bpm off. Runs with
  a mean heart rate only make the sum too low (a caution).
Trap: never add TRIMP to session-RPE load or to kilometres, and never compare two athletes by it; the mean of an
  interval session hides what the hard minutes cost.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._marks import dated_as_text
from analysis.metrics._recordings import (
    HEART_RATE,
    LAPS,
    MEAN,
    MIN_COVERAGE,
    Recording,
    empty_weeks,
    left_open,
    of_block,
    recordings,
)
from analysis.stats import trimp
from analysis.stats.trimp import ABOVE_MAX, COEFFICIENTS, HR_MAX_ERROR_BPM
from analysis.stats.zones import MAX_GAP_S
from analysis.transforms import per_week

WHAT: Final = "TRIMP per week"
METHOD: Final = (
    "Sum over samples (Banister 1991; Morton 1990, J Appl Physiol 69:1171-1177; Edwards 1993), per week of the block;"
    " the range is that of a maximal heart rate 5 bpm higher and lower (methods C8, C9)."
)
HR_MAX_BPM: Final = (100.0, 250.0)
HR_REST_BPM: Final = (25.0, 120.0)
FEW: Final = 0.01  # a share of a run's minutes: single beats far above the maximum are the sensor's
DAYS_OF_WEEK: Final = 7


@pandas_door
def estimate(
    runs: pl.DataFrame,
    *,
    who: str = "",
    samples: pl.DataFrame | None = None,
    splits: pl.DataFrame | None = None,
    start: dt.date,
    end: dt.date,
    hr_max_bpm: float | None = None,
    hr_rest_bpm: float | None = None,
    sex: str | None = None,
    athletes: pl.DataFrame | None = None,
    max_gap_s: float = MAX_GAP_S,
) -> Estimate:
    """TRIMP (AU) per week of the block, parts "Banister" and "Edwards"; points are both sums of each week.

    Needs: Runs of one athlete, the `samples` of their sessions (`Logbook.samples`), their `splits`; heart rates of the
    athlete, and the `sex` ("female", "male") unless the table `athletes` knows it. Without resting heart rate or sex
    the result is Edwards' sum. Refused: HR_BOUNDS, NO_DATA, NO_HEART_RATE, HR_ABOVE_MAX (every run far above the stated
    maximum), SEX_UNKNOWN (the part "Banister"). Cautions: MEAN_HR_ONLY, HR_ABOVE_MAX, NO_HEART_RATE_OF_SOME. Banister
    1991 (in MacDougall et al.); Edwards 1993 (The Heart Rate Monitor Book).

    >>> from analysis.tables import Runs
    >>> row = dict.fromkeys(Runs.columns()) | {"athlete": "Ada", "session_id": "a", "date": dt.date(2026, 1, 5),
    ...                                        "timer_s": 2700.0, "average_hr_bpm": 152.0}
    >>> runs = pl.DataFrame([row], schema={name: column.dtype for name, column in Runs.columns().items()})
    >>> told = {"hr_max_bpm": 190, "hr_rest_bpm": 50, "sex": "male"}
    >>> print(estimate(runs, start=dt.date(2026, 1, 5), end=dt.date(2026, 1, 11), **told).part("Banister"))
    Banister 85 AU (between 78 and 93; n = 1)
    """
    sex = sex or _sex(athletes, runs, who)
    asked = {"hr_max_bpm": hr_max_bpm, "hr_rest_bpm": hr_rest_bpm, "sex": sex, "max_gap_s": max_gap_s}
    fixed = {"hr_max_error_bpm": HR_MAX_ERROR_BPM, "min_coverage": MIN_COVERAGE, "above_max": ABOVE_MAX, "few": FEW}
    used = params(asked | fixed | {"start": start, "end": end})
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": used, "unit": "AU", "level": None}
    block = of_block(runs, who, start, end)
    if block.is_empty():
        return refuse(WHAT, "NO_DATA", **known)
    if not _inside(hr_max_bpm, HR_MAX_BPM):
        return refuse(WHAT, "HR_BOUNDS", **known, n=block.height)
    found = recordings(block, samples, splits, HEART_RATE, max_gap_s=max_gap_s, mean_too=True)
    told = [r for r in found if r.minutes.size]
    ask = _Asked(hr_max_bpm or 0.0, hr_rest_bpm, sex, (end - start).days + 1)
    kept = [clean for r in told if (clean := ask.without_spikes(r))]
    said = (*left_open(found, "heart rate"), *_above(len(told) - len(kept)), *empty_weeks(block, start, end))
    known |= {"notes": said, "n": len(kept)}
    if not kept:
        return refuse(WHAT, "HR_ABOVE_MAX" if told else "NO_HEART_RATE", **known)
    parts = tuple(named(part, who=who, n=len(kept)) for part in ask.parts(kept))
    chosen = parts[0] if parts[0].ok else parts[1]
    known |= {"points": _weekly(kept, ask, start, end), "draw": _draw, "parts": parts} | _doubt(found, told, kept)
    return named(chosen, what=f"{WHAT} ({chosen.what})", **known)


@dataclass(frozen=True)
class _Asked:
    hr_max_bpm: float
    hr_rest_bpm: float | None
    sex: str | None
    days: int

    def without_spikes(self, run: Recording) -> Recording | None:
        """The run without single beats far above the maximum; None where they are more than a few."""
        rest = self.hr_rest_bpm if _inside(self.hr_rest_bpm, HR_REST_BPM) else 0.0
        usual = run.values <= (rest or 0.0) + ABOVE_MAX * (self.hr_max_bpm - (rest or 0.0))
        if float(run.minutes[~usual].sum()) > FEW * run.covered_min:
            return None
        return Recording(run.session_id, run.date, run.how, run.minutes[usual], run.values[usual])

    def banister(self, run: Recording) -> trimp.Trimp:
        """Banister's TRIMP of one run."""
        rest, top = self.hr_rest_bpm, self.hr_max_bpm
        return trimp.banister(run.minutes, run.values, hr_rest_bpm=rest, hr_max_bpm=top, sex=self.sex)

    def edwards(self, run: Recording) -> trimp.Edwards:
        """Edwards' sum of one run."""
        return trimp.edwards(run.minutes, run.values, hr_max_bpm=self.hr_max_bpm)

    def parts(self, kept: list[Recording]) -> list[Estimate]:
        """Both sums per week of the block, the first one refused where its inputs are not told."""
        sums = [self._per_week([(f.edwards, f.low, f.high) for f in map(self.edwards, kept)])]
        parts = [Estimate("Edwards", value=sums[0][0], low=sums[0][1], high=sums[0][2], unit="AU", level=None)]
        if not _inside(self.hr_rest_bpm, HR_REST_BPM):
            return [refuse("Banister", "HR_BOUNDS", unit="AU", level=None), *parts]
        if self.sex not in COEFFICIENTS:
            return [refuse("Banister", "SEX_UNKNOWN", unit="AU", level=None), *parts]
        value, low, high = self._per_week([(f.trimp, f.low, f.high) for f in map(self.banister, kept)])
        return [Estimate("Banister", value=value, low=low, high=high, unit="AU", level=None), *parts]

    def _per_week(self, rows: list[tuple[float | None, float | None, float | None]]) -> tuple[float, float, float]:
        weeks = max(self.days / DAYS_OF_WEEK, 1.0)  # a part of a week is never blown up to a whole one
        value, low, high = (sum(v or 0.0 for v in column) / weeks for column in zip(*rows, strict=True))
        return value, low, high


def _sex(athletes: pl.DataFrame | None, runs: pl.DataFrame, who: str) -> str | None:
    if athletes is None or runs.is_empty():
        return None
    own = athletes.filter(pl.col("athlete") == (who if who in runs["athlete"] else runs["athlete"][0]))
    told = own["sex"].cast(pl.String).drop_nulls()
    return str(told[0]) if told.len() else None


def _inside(value: float | None, borders: tuple[float, float]) -> bool:
    return value is not None and borders[0] <= value <= borders[1]


def _above(number: int) -> tuple[str, ...]:
    said = "more than 5 % above the stated maximum: left out. Check the maximum, or the sensor."
    return (f"{number} run{'s' if number > 1 else ''} {said}",) if number else ()


def _doubt(found: list[Recording], told: list[Recording], kept: list[Recording]) -> dict[str, Any]:
    doubts = (
        ("HR_ABOVE_MAX", len(kept) < len(told)),
        ("MEAN_HR_ONLY", any(r.how in (LAPS, MEAN) for r in kept)),
        ("NO_HEART_RATE_OF_SOME", len(told) < len(found)),
    )
    reason = next((code for code, is_so in doubts if is_so), None)
    return {"status": "caution", "reason": reason} if reason else {}


def _weekly(kept: list[Recording], ask: _Asked, start: dt.date, end: dt.date) -> pl.DataFrame:
    rows = [
        (r.date, one.trimp, one.low, one.high, two.edwards)
        for r in kept for one, two in [(ask.banister(r), ask.edwards(r))]
    ]  # fmt: skip
    types = {"date": pl.Date} | dict.fromkeys(_SUMS, pl.Float64)
    frame = pl.DataFrame(rows, schema=types, orient="row")
    sums = [pl.when(pl.col(c).count() > 0).then(pl.col(c).sum()).alias(c) for c in _SUMS]
    return per_week(frame, [pl.len().alias("runs"), *sums], start, end)


_SUMS: Final = ("banister", "low", "high", "edwards")


def _draw(result: Estimate) -> Any:
    weekly = dated_as_text(result, "week")
    if weekly["banister"].is_null().all():
        return charts.bars(weekly, "week", "edwards", x_title="Week from", y_title="Edwards (AU)")
    axes = {"x_title": "Week from (line: if the maximum were 5 bpm off)", "y_title": "Banister's TRIMP (AU)"}
    ends = charts.interval(weekly, "week", "low", "high", **axes).mark_rule(color=charts.ORANGE, strokeWidth=2)
    return charts.bars(weekly, "week", "banister", **axes) + ends
