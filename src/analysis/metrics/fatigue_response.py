"""Did a session that she knows well feel harder than it usually does? (methods F8).

What: days of the block on which a repeated session was rated clearly harder than its earlier repeats (days); points are
  the days, `down` on those. The last repeated session is a part.
Formula: z = (session RPE - median of the repeats) / max(1.4826 MAD, 1.0); down at +1.5 or more.
Source: session RPE: Foster 2001 (J Strength Cond Res 15:109-115); robust z as for wellness, all limits are conventions.
Limits: a repeat has the same title and kind, a duration within 20 % of today's, and lies in the 12 weeks before; 10 of
  them are needed. A session without title, rating or duration is left out, a day without a judged session is unknown.
Trap: the same title with five more kilos on the bar should feel harder: look at the load before calling it fatigue. A
  title such as "Morning Run" covers easy and hard runs alike.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import number, pandas_door
from analysis.importers._numbers import counted
from analysis.metrics._loads import one_athlete
from analysis.metrics._marks import layered
from analysis.metrics._wellness import domain_days, flag_marks, unknown_days
from analysis.stats.repeated_session import FLOOR, MIN_REPEATS, SIMILAR_DURATION, UP_AT, WINDOW_DAYS, repeat_z
from analysis.transforms import CR10, SUSPECT_DURATION_S

WHAT: Final = "Days on which a repeated session felt harder"
LAST: Final = "last repeated session: z"
DOMAIN: Final = "response"
METHOD: Final = (
    "Robust z of the session RPE against the repeats of the 12 weeks before (same title and kind, duration within"
    " 20 %); down at +1.5 or more (methods F8; limits are conventions)."
)


@dataclass(frozen=True)
class _Repeat:
    day: dt.date
    title: str
    rpe: float
    earlier: int
    z: float


@pandas_door
def estimate(sessions: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date) -> Estimate:
    """Days from `start` to `end` with a repeated session at z of +1.5 or more; points are the domain's days.

    Needs the Sessions of one athlete with titles, durations and session RPE; those before `start` are what is compared
    with. Refused: NO_DATA, NO_SESSION_RPE, BASELINE_TOO_SHORT (no session with 10 earlier repeats). Foster 2001.

    >>> from analysis.tables import Sessions
    >>> estimate(Sessions.create_empty(), start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    used = {
        "start": start, "end": end, "min_repeats": MIN_REPEATS, "window_days": WINDOW_DAYS, "floor": FLOOR,
        "similar_duration": SIMILAR_DURATION, "up_at": UP_AT,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "days", "level": None}
    unknown = unknown_days(start, end, DOMAIN)
    own = one_athlete(sessions, who).filter(pl.col("date") <= end)
    block = own.filter(pl.col("date") >= start)
    usable = own.filter(_usable()).with_columns(_key().alias("key"))
    repeats = [r for r in _repeats(usable) if r.day >= start]
    judged = [r for r in repeats if not math.isnan(r.z)]
    known["notes"] = tuple(_notes(block, repeats, judged))
    if not judged:
        unrated = not block["session_rpe"].is_not_null().any()
        reason = "NO_DATA" if block.is_empty() else "NO_SESSION_RPE" if unrated else "BASELINE_TOO_SHORT"
        return refuse(WHAT, reason, n=0, points=unknown, **known)
    worst = {day: max(r.z for r in judged if r.day == day) for day in {r.day for r in judged}}
    z = [worst.get(day, math.nan) for day in unknown["date"]]
    points = domain_days(start, end, DOMAIN, [v >= UP_AT for v in z], [not math.isnan(v) for v in z], z=np.array(z))
    last = judged[-1]
    part = Estimate(LAST, who, last.z, level=None, n=last.earlier, method=METHOD, notes=(last.title,))
    value = float(sum(v >= UP_AT for v in worst.values()))
    return Estimate(WHAT, value=value, n=len(worst), parts=(part,), points=points, draw=_draw, **known)


def _usable() -> pl.Expr:
    timed = pl.col("duration_s").is_between(0, SUSPECT_DURATION_S, closed="right")
    rated = pl.col("session_rpe").is_between(*CR10)
    titled = pl.col("title").str.strip_chars() != ""
    return (timed & rated & titled & pl.col("date").is_not_null()).fill_null(value=False)


def _key() -> pl.Expr:
    """Kind and title without case and spaces: equal for a session and its repeats."""
    title = pl.col("title").str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.concat_str(pl.col("kind").cast(pl.String).fill_null("other"), title, separator=": ")


def _repeats(usable: pl.DataFrame) -> Iterator[_Repeat]:
    """Every usable session in order with its z; NaN where it has too few repeats before."""
    seen: dict[str, list[tuple[dt.date, float, float]]] = defaultdict(list)
    rows = usable.sort("date", "key", "duration_s", "session_rpe").select(
        "date", "key", "duration_s", "session_rpe", pl.col("title").str.strip_chars()
    )
    for day, key, duration, rpe, title in rows.iter_rows():
        first = day - dt.timedelta(days=WINDOW_DAYS)
        earlier = [
            rated for when, minutes, rated in seen[key]
            if first <= when < day and abs(minutes - duration) <= SIMILAR_DURATION * duration
        ]  # fmt: skip
        seen[key].append((day, duration, rpe))
        yield _Repeat(day, title, rpe, len(earlier), float(repeat_z(earlier, rpe)) if earlier else math.nan)


def _notes(block: pl.DataFrame, repeats: list[_Repeat], judged: list[_Repeat]) -> Iterator[str]:
    left_out = block.height - len(repeats)
    if left_out:
        yield f"{counted(left_out, 'session')} without title, session RPE or usable duration: not compared."
    few = [r for r in repeats if math.isnan(r.z)]
    if few:
        most = max(few, key=lambda r: (r.earlier, r.day))
        told = f"at most {most.earlier}: {most.title}"
        yield f"{counted(len(few), 'session')} with fewer than {MIN_REPEATS} earlier repeats ({told})."
    if judged:
        last = judged[-1]
        when, told = f"{last.day.day} {last.day:%b}", number(last.rpe)
        yield f"{last.title}, {when}: rated {told}, z {last.z:+.1f} against {last.earlier} repeats."
        yield "A repeat has the same title and kind and a duration within 20 %; the weight on the bar is not looked at."


def _draw(result: Any) -> Any:
    axes = {"x_title": "Day (triangle: harder than usual)", "y_title": "z of the session RPE"}
    return layered([charts.level_line(UP_AT), *flag_marks(result.points, "z", **axes)])
