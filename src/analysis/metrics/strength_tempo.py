"""Was load added without giving up the tempo? (methods B8).

What: the load (%) that was added between two sets of the same exercise at the same prescribed tempo; 0 where the tempo,
  the repetitions, the reserve or the technique were given up for it. One part per set says how well the tempo was kept.
Formula: counted where load >= 1.02 x the earlier one, repetitions not fewer, repetitions in reserve at most one fewer,
  technique good, and |observed / prescribed duration - 1| <= 0.10 in both sets; prescribed = repetitions x sum of the
  four phases, X as 1 s.
Source: convention (King, Poliquin for the notation); every limit is a convention of the handbook.
Limits: refused where the tempo was not prescribed in four phases, where it changed, where the duration of a set was not
  measured (the answer is then unknown, not "no"), and where the reserve of a set is not told. A technique that nobody
  wrote down is taken to be good.
Trap: a heavier load with a faster lowering is not progress in strength: the same muscle worked for less time. A
  prescribed tempo is a plan, not a measurement.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.exercises import tempo
from analysis.frames import number, pandas_door
from analysis.metrics._retests import BASELINE_DAYS, FINAL_DAYS, FRESH_DAYS
from analysis.metrics._sessions import words
from analysis.stats._reserve import told_rir
from analysis.stats.tempo_marker import HEAVIER, RIR_LOST, TOLERANCE, Marker, TempoSet, same_tempo, tempo_marker
from analysis.transforms import named, of_athlete, one_sided, set_effort, set_volume, working

CLOCK_S: Final = 0.5  # error of starting and stopping a clock by hand
METHOD: Final = (
    "Heaviest set with a prescribed tempo before and at the end of the block; observed over prescribed duration within"
    " 10 % in both, load at least 2 % heavier (methods A2, B8; convention)."
)
_POINTS: Final = ["date", "load_kg", "total_reps", "tempo", "observed_s", "planned_s", "adherence", "kept"]


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", exercise: str | None = None, plan: pl.DataFrame | None = None,
    start: dt.date | None = None, end: dt.date | None = None,
) -> Estimate:  # fmt: skip
    """Load added at the same tempo (%) to `exercise`, else to the one with most tempo sets; parts: how it was kept.

    Needs annotated `sets` of one athlete with `tempo` and `duration_s`; a `plan` lends its tempo to sets that have
    none. Before: the last session up to a week after `start` and at most 28 days older, else the first one; after: the
    last one of the final 14 days up to `end`. Each session speaks through its heaviest tempo set. Refused: NO_DATA,
    TOO_FEW_TESTS, REPS_CONVENTION_UNKNOWN, and what stats.tempo_marker refuses.

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> estimate(Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")).reason
    'NO_DATA'
    """
    rows = _tempo_sets(of_athlete(sets, who), plan)
    exercise = _most_seen(rows) if exercise is None else exercise
    own = _one_a_day(rows.filter(pl.col("exercise_name") == exercise))
    used = {
        "exercise": exercise, "start": start, "end": end, "tolerance": TOLERANCE, "heavier": HEAVIER,
        "rir_lost": RIR_LOST, "x_seconds": 1.0, "clock_s": CLOCK_S, "baseline_days": BASELINE_DAYS,
        "fresh_days": FRESH_DAYS, "final_days": FINAL_DAYS,
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "unit": "%", "level": None, "method": METHOD, "params": params(used)}
    what = f"Load added at the same tempo {words(exercise)}".strip()
    if own.is_empty():
        return refuse(what, "NO_DATA", **known, notes=("No working set with a load and a prescribed tempo.",))
    known |= {"points": own.select(_POINTS), "draw": _draw}
    pair = _pair(own, start, end)
    if pair is None:
        return refuse(what, "TOO_FEW_TESTS", **known, n=own.height)
    known |= {"n": 2, "parts": tuple(_part(row, who) for row in pair)}
    if any(row["untold"] for row in pair):
        return refuse(what, "REPS_CONVENTION_UNKNOWN", **known)
    found = tempo_marker(_as_set(pair[0]), _as_set(pair[1]))
    if found.marker is None:
        return refuse(what, found.reason or "BAD_INPUT", **known, notes=_said(pair, found))
    added = (found.load_change_pct or 0.0) if found.marker else 0.0
    return Estimate(what, value=added, status=found.status, reason=found.reason, notes=_said(pair, found), **known)


def _tempo_sets(sets: pl.DataFrame, plan: pl.DataFrame | None) -> pl.DataFrame:
    rows = set_effort(set_volume(named(working(sets.with_columns(pl.col("date").cast(pl.Date))))))
    rows = rows.unique("set_id", keep="first", maintain_order=True)
    if plan is not None:
        asked = plan.filter(pl.col("tempo").is_not_null()).select(
            "athlete", pl.col("date").cast(pl.Date), "exercise_raw", pl.col("tempo").alias("asked")
        )
        asked = asked.unique(["athlete", "date", "exercise_raw"], keep="first", maintain_order=True)
        rows = rows.join(asked, on=["athlete", "date", "exercise_raw"], how="left", maintain_order="left")
        rows = rows.with_columns(pl.coalesce("tempo", "asked").alias("tempo"))
    usable = [pl.col(name).is_finite() & (pl.col(name) > 0) for name in ("external_kg", "total_reps")]
    rows = rows.filter(pl.col("tempo").is_not_null(), *usable)
    rir, rpe, failure = (rows[name] for name in ("rir", "rpe", "to_failure"))
    reserve = told_rir(rir.cast(pl.Float64).to_numpy(), rpe.cast(pl.Float64).to_numpy(), failure.to_numpy())
    planned = [
        tempo.time_under_tension(text, reps).tut_s for text, reps in rows.select("tempo", "total_reps").iter_rows()
    ]
    untold = one_sided() & (pl.col("rep_basis").cast(pl.String) == "unknown")
    return rows.with_columns(
        pl.Series("reserve", reserve, dtype=pl.Float64, nan_to_null=True),
        pl.Series("planned_s", planned, dtype=pl.Float64),
        pl.when(pl.col("duration_s").is_finite() & (pl.col("duration_s") > 0)).then("duration_s").alias("observed_s"),
        untold.alias("untold"),
    ).with_columns((pl.col("observed_s") / pl.col("planned_s")).alias("adherence"))


def _most_seen(rows: pl.DataFrame) -> str:
    counts = rows.group_by("exercise_name").len().sort("len", "exercise_name", descending=[True, False])
    return str(counts["exercise_name"][0]) if counts.height else ""


def _one_a_day(rows: pl.DataFrame) -> pl.DataFrame:
    """The heaviest tempo set of each day, ties to the one that was measured, then to more repetitions."""
    measured = pl.col("observed_s").is_not_null()
    ranked = rows.with_columns(measured.alias("measured"), pl.col("external_kg").alias("load_kg")).sort(
        "date", "load_kg", "measured", "total_reps", "set_id", descending=[False, True, True, True, False]
    )
    kept = ((pl.col("adherence") - 1).abs() <= TOLERANCE + 1e-9).alias("kept")
    return ranked.unique("date", keep="first", maintain_order=True).with_columns(kept)


def _pair(
    rows: pl.DataFrame, start: dt.date | None, end: dt.date | None
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The day before the block and the last one at its end, the earlier one at the same tempo where there is one."""
    late = rows if end is None else rows.filter(pl.col("date").is_between(end - dt.timedelta(FINAL_DAYS - 1), end))
    if late.is_empty():
        return None
    new = late.row(-1, named=True)
    early = rows.filter(pl.col("date") < new["date"])
    if start is not None:
        window = (start - dt.timedelta(FRESH_DAYS), start + dt.timedelta(BASELINE_DAYS))
        early = early.filter(pl.col("date").is_between(*window)).reverse()
    alike = [row for row in early.iter_rows(named=True) if same_tempo(row["tempo"], new["tempo"])]
    if early.is_empty():
        return None
    return (alike[0] if alike else early.row(0, named=True)), new


def _as_set(row: dict[str, Any]) -> TempoSet:
    return TempoSet(
        row["tempo"], row["load_kg"], row["total_reps"], row["reserve"], row["observed_s"], row["technique_ok"]
    )


def _part(row: dict[str, Any], who: str) -> Estimate:
    what, observed, planned = f"tempo kept on {row['date']}", row["observed_s"], row["planned_s"]
    if observed is None or not planned:
        reason = "TEMPO_NOT_MEASURED" if planned else tempo.parse(row["tempo"]).reason or "BAD_INPUT"
        return refuse(what, reason, who=who, unit="%", level=None, n=1)
    low, high = (100 * max(observed + by, 0.0) / planned for by in (-CLOCK_S, CLOCK_S))
    return Estimate(what, who, 100 * observed / planned, low, high, level=None, unit="%", n=1)


def _said(pair: tuple[dict[str, Any], dict[str, Any]], found: Marker) -> tuple[str, ...]:
    halves = [
        f"{number(row['load_kg'], 'kg')} kg x {row['total_reps']:g} at {row['tempo']} ({row['date']:%-d %b %Y})"
        for row in pair
    ]
    said = [f"{' → '.join(halves)}."]
    if found.failed:
        change = number(found.load_change_pct, "%")
        said.append(f"Not counted: {'; '.join(found.failed)}. The load itself changed by {change} %.")
    close = [row["date"] for row in pair if _in_doubt(row)]
    if close:
        days = " and ".join(f"{day:%-d %b}" for day in close)
        said.append(f"Half a second of the clock decides about the tempo of {days}.")
    if found.marker is not None and pair[1]["technique_ok"] is None:
        said.append("Technique not written down: taken to be good.")
    return tuple(said)


def _in_doubt(row: dict[str, Any]) -> bool:
    if row["observed_s"] is None or not row["planned_s"]:
        return False
    beyond = abs(abs(row["adherence"] - 1) - TOLERANCE)
    return math.isfinite(beyond) and beyond * row["planned_s"] < CLOCK_S


def _draw(result: Any) -> Any:
    axes = {"x_title": "Date (hollow: tempo not kept or not measured)", "y_title": "Load at a prescribed tempo (kg)"}
    hover = ["date", "load_kg", "tempo", "observed_s", "planned_s"]
    kept = result.points.filter(pl.col("kept").fill_null(value=False))
    other = result.points.filter(~pl.col("kept").fill_null(value=False))
    drawn = [
        charts.points(rows, "date", "load_kg", filled=filled, size=80, tooltip=hover, **axes)
        for rows, filled in ((kept, True), (other, False))
        if rows.height
    ]
    return drawn[0] + drawn[1] if len(drawn) > 1 else drawn[0]
