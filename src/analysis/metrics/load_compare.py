"""Did this block hold more than the one before, week beside week? (methods C2, C1, C4, B3).

What: change of the hard sets over the weeks that both blocks hold (%); parts give both sums, and the change of volume
  load, session-RPE load (%) and of the e1RM of the main lift (%, 95 % interval); points are the weeks, first beside
  first.
Formula: 100 x (sum of this block / sum of the previous one - 1) over whole weeks counted from each block's first day,
  a week known in one block only left out; e1RM: mean over these weeks of ln this - ln previous, each week the mean of
  its rated sessions, with their errors.
Source: convention; hard sets, volume load and session-RPE load as in their own metrics (Foster 2001 for the last).
Limits: refused without a previous block and without a whole week in both. A week without a record is unknown, unless
  such days were said to be rest; that is taken to hold for both blocks. The range of the hard sets counts unrated sets
  as not hard or as hard. One-sided repetitions of unknown meaning count as logged, in both blocks.
Trap: more is not better, and blocks with another goal or other exercises are not alike. The e1RM of a week is no test:
  whether the lift grew is answered by its trend over all sessions.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._audits import of_one, possible
from analysis.metrics._effort import UNRATED, block_sets
from analysis.metrics._marks import layered
from analysis.metrics._sessions import judged, rated_sessions, words
from analysis.stats.load import rolling_sum
from analysis.stats.week_pairs import LEVEL, mean_difference
from analysis.transforms import check_policy, daily_load

WHAT: Final = "Hard sets against the previous block"
METHOD: Final = (
    "Whole weeks counted from the first day of each block, first beside first; sums over the weeks known in both, e1RM"
    " as the mean difference of logs with the errors of the rated sessions (convention; methods C1, C2, C4, B3)."
)
THIS, PREVIOUS = "this block", "previous block"
VOLUME, LOAD, E1RM = "volume load", "session-RPE load", "e1RM"
DAYS_OF_WEEK: Final = 7
_COUNTS: Final = ("sets", "hard_sets", "hard_sets_max", "volume_kg")
Span = tuple[dt.date, dt.date]


@pandas_door
def estimate(
    sets: pl.DataFrame,
    *,
    who: str = "",
    start: dt.date,
    end: dt.date,
    previous: Span | None = None,
    sessions: pl.DataFrame | None = None,
    exercise: str | None = None,
    days_without_record: str = "unknown",
) -> Estimate:
    """Change of the hard sets against the block `previous` (first and last day), over the weeks that both hold.

    `sets` is the athlete's whole annotated history; `exercise` is the main lift, else the one with most rated sessions
    in both blocks. Refused: NO_PREVIOUS_BLOCK without one, or with nothing recorded in it, NO_DATA, NO_WHOLE_WEEK,
    NO_EFFORT_INFO where no hard set can be told, NO_HARD_SETS_BEFORE where there was none (the parts stand), BAD_INPUT
    for a previous block that does not end before this one.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_PREVIOUS_BLOCK'
    """
    check_policy(days_without_record)
    if end < start:
        raise ValueError(f"a block cannot end ({end}) before it starts ({start})")
    used = {"start": start, "end": end, "previous": previous, "exercise": exercise}
    used |= {"days_without_record": days_without_record}
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "%", "level": None}
    if previous is None:
        return refuse(WHAT, "NO_PREVIOUS_BLOCK", **known)
    if not previous[0] <= previous[1] < start:
        return refuse(WHAT, "BAD_INPUT", **known)
    own, left_out = possible(sets, who)
    blocks = {THIS: (start, end), PREVIOUS: previous}
    known["notes"] = tuple(left_out)
    for name, reason in ((THIS, "NO_DATA"), (PREVIOUS, "NO_PREVIOUS_BLOCK")):
        if own.filter(pl.col("date").is_between(*blocks[name])).is_empty():
            return refuse(WHAT, reason, **known)
    whole = min(((last - first).days + 1) // DAYS_OF_WEEK for first, last in blocks.values())
    if not whole:
        return refuse(WHAT, "NO_WHOLE_WEEK", **known)
    lift, levels = _levels(own, blocks, exercise)
    logged = None if sessions is None else of_one(sessions, who, sets).unique("session_id", maintain_order=True)
    weeks = _weeks(own, blocks, whole, days_without_record)
    weeks = weeks.join(_loads(logged, blocks, days_without_record), on=["block", "week"], how="left")
    points = weeks.join(levels, on=["block", "week"], how="left", maintain_order="left").sort("week", "block")
    return _answer(points, lift, whole, known)


def _place(blocks: dict[str, Span]) -> tuple[pl.Expr, pl.Expr]:
    """Which block a day lies in, and in which week of it, from 1."""
    block, first = pl.lit(None, pl.String), pl.lit(None, pl.Date)
    for name, span in blocks.items():
        inside = pl.col("date").is_between(*span)
        block = pl.when(inside).then(pl.lit(name)).otherwise(block)
        first = pl.when(inside).then(pl.lit(span[0])).otherwise(first)
    week = (pl.col("date") - first).dt.total_days() // DAYS_OF_WEEK + 1
    return block.alias("block"), week.alias("week")


def _weeks(sets: pl.DataFrame, blocks: dict[str, Span], whole: int, policy: str) -> pl.DataFrame:
    """Sets, hard sets and volume load of every week that both blocks hold; null without a record, 0 if that is rest."""
    rows = block_sets(sets, blocks[PREVIOUS][0], blocks[THIS][1]).with_columns(*_place(blocks)).drop_nulls("block")
    kg = pl.coalesce("volume_kg", pl.col("external_kg") * pl.col("total_reps"))  # sides untold: as logged
    hard, unrated = pl.col("hard").fill_null(value=False).sum(), (pl.col("effort") == UNRATED).sum()
    told = pl.col("hard").is_not_null().any() | (unrated == 0)
    sums = rows.group_by("block", "week").agg(
        pl.len().cast(pl.Float64).alias("sets"),
        pl.when(told).then(hard.cast(pl.Float64)).alias("hard_sets"),
        (hard + unrated).cast(pl.Float64).alias("hard_sets_max"),
        kg.sum().cast(pl.Float64).alias("volume_kg"),
    )
    every = pl.DataFrame(
        [{"block": name, "week": k + 1, "from": first + dt.timedelta(weeks=k)}
         for name, (first, _) in blocks.items() for k in range(whole)]
    )  # fmt: skip
    weekly = every.join(sums, on=["block", "week"], how="left", maintain_order="left")
    if policy == "unknown":
        return weekly
    return weekly.with_columns(pl.when(pl.col("sets").is_null()).then(0.0).otherwise(c).alias(c) for c in _COUNTS[::-1])


def _loads(sessions: pl.DataFrame | None, blocks: dict[str, Span], policy: str) -> pl.DataFrame:
    """Session-RPE load of every week; null where too many of its days are unknown."""
    rows = []
    for name, (first, last) in blocks.items():
        daily = [] if sessions is None else daily_load(sessions, first, last, policy)["load_au"].to_list()
        for k in range(len(daily) // DAYS_OF_WEEK):
            found = rolling_sum(daily[DAYS_OF_WEEK * k : DAYS_OF_WEEK * (k + 1)], DAYS_OF_WEEK)
            rows.append({"block": name, "week": k + 1, "load_au": found.sum})
    return pl.DataFrame(rows, schema={"block": pl.String, "week": pl.Int64, "load_au": pl.Float64})


def _levels(sets: pl.DataFrame, blocks: dict[str, Span], exercise: str | None) -> tuple[str | None, pl.DataFrame]:
    """The main lift, and its e1RM by week: the mean of the logs of the rated sessions, with its error."""
    rated = rated_sessions(judged(sets)).with_columns(*_place(blocks)).drop_nulls("block")
    counts = rated.group_by("exercise_name", "block").len().group_by("exercise_name").agg(pl.col("len").min(), pl.len().alias("in"))  # fmt: skip  # noqa: E501
    most = counts.filter(pl.col("in") == len(blocks)).sort("len", "exercise_name", descending=[True, False])
    lift = exercise or (most["exercise_name"][0] if most.height else None)
    own = rated.filter(pl.col("exercise_name").eq_missing(pl.lit(lift)))
    n, log = pl.len(), pl.col("e1rm_kg").log()
    weekly = own.group_by("block", "week").agg(
        log.mean().exp().alias("e1rm_kg"), (pl.col("sd_trend").pow(2).sum().sqrt() / n).alias("e1rm_sd_log")
    )
    return lift, weekly


def _answer(points: pl.DataFrame, lift: str | None, whole: int, known: dict[str, Any]) -> Estimate:
    beside = points.pivot("block", index="week", values=[*_COUNTS, "load_au", "e1rm_kg", "e1rm_sd_log"])
    both = _both(beside, "hard_sets")
    ends = ("hard_sets", "hard_sets_max")
    sums = {block: [float(both[f"{end}_{block}"].sum()) for end in ends] for block in (THIS, PREVIOUS)}
    parts = [_sum(f"hard sets, {name}", sums[name], both.height) for name in sums]
    parts += [_change(VOLUME, beside, "volume_kg", "NO_LOAD"), _change(LOAD, beside, "load_au", "WEEKS_UNKNOWN")]
    parts.append(_lift(lift, beside))
    known |= {"parts": tuple(parts), "points": points, "n": both.height}
    known["notes"] = (f"Weeks that both blocks hold: {whole}; with hard sets known in both: {both.height}.", *known["notes"])  # fmt: skip  # noqa: E501
    (low, high), (low_before, high_before) = sums[THIS], sums[PREVIOUS]
    if not low_before:
        return refuse(WHAT, "NO_HARD_SETS_BEFORE" if both.height else "NO_EFFORT_INFO", **known)
    if (low, low_before) != (high, high_before):
        known |= {"low": _percent(low, high_before), "high": _percent(high, low_before)}
    return Estimate(WHAT, value=_percent(low, low_before), draw=_draw, **known)  # no chart beside a refusal


def _both(beside: pl.DataFrame, column: str) -> pl.DataFrame:
    return beside.drop_nulls([f"{column}_{THIS}", f"{column}_{PREVIOUS}"])


def _percent(now: float, before: float) -> float:
    return 100 * (now / before - 1)


def _sum(what: str, ends: list[float], weeks: int) -> Estimate:
    known: dict[str, Any] = {"level": None, "unit": "sets", "n": weeks}
    if not weeks:
        return refuse(what, "NO_EFFORT_INFO", **known)
    low, high = ends if ends[0] != ends[1] else (None, None)
    return Estimate(what, value=ends[0], low=low, high=high, **known)


def _change(what: str, beside: pl.DataFrame, column: str, reason: str) -> Estimate:
    both = _both(beside, column)
    now, before = float(both[f"{column}_{THIS}"].sum()), float(both[f"{column}_{PREVIOUS}"].sum())
    known: dict[str, Any] = {"level": None, "unit": "%", "n": both.height}
    return Estimate(what, value=_percent(now, before), **known) if before else refuse(what, reason, **known)


def _lift(lift: str | None, beside: pl.DataFrame) -> Estimate:
    what, of = f"{E1RM} {words(lift)}" if lift else E1RM, (f"{c}_{b}" for b in (THIS, PREVIOUS) for c in ("e1rm_kg", "e1rm_sd_log"))  # fmt: skip  # noqa: E501
    found = mean_difference(*(beside[name].cast(pl.Float64).to_numpy() for name in of))
    if not found.pairs:
        return refuse(what, "TOO_FEW_PAIRS", unit="%")
    value, low, high = (float(100 * np.expm1(x)) for x in (found.difference, found.low, found.high))
    return Estimate(what, value=value, low=low, high=high, level=LEVEL, unit="%", n=int(found.pairs))


def _draw(result: Any) -> Any:
    import altair as alt

    y = "hard_sets"
    axes: dict[str, Any] = {"x_title": "Week of the block", "y_title": "Hard sets"}
    shown = result.points.drop_nulls(y).select("week", "block", "from", y)
    hue, dash, shape = (of("block:N").title(None) for of in (alt.Color, alt.StrokeDash, alt.Shape))
    # one legend, that of the dots, with colour and shape
    weeks = alt.X("week:Q").title(axes["x_title"]).axis(tickMinStep=1, format="d")  # no week one and a half
    lines = charts.line(shown, "week", y, **axes).encode(weeks, hue.legend(None), dash.legend(None))
    dots = charts.points(shown, "week", y, **axes, tooltip=["block", "week", "from", y], size=70)
    return layered([lines, dots.encode(weeks, hue, shape)])
