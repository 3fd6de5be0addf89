"""Table to table: volume of a set, session-RPE load, days and weeks. Every policy about missing data has a name."""

from __future__ import annotations

import datetime as dt
from typing import Final

import numpy as np
import polars as pl
from polars import selectors

from analysis.tables import SET_LIMITS

SUSPECT_DURATION_S: Final = 6 * 3600.0  # a timer left running; such sessions carry no session-RPE load
WORK_TYPES: Final = ("work", "drop", "failure", "unknown")  # every set that is not a warm-up
PREPARATION: Final = "mobility"  # the one pattern that is not counted as load (methods A1)
CR10: Final = (0.0, 10.0)  # the one scale of session RPE
EXTERNAL: Final = "external"
RETEST_GRACE_DAYS: Final = 14  # a re-test this long after the last day still belongs to the block


def working(sets: pl.DataFrame) -> pl.DataFrame:
    """The sets that are not warm-ups: work, drop and failure sets, and those whose type is not known.

    A number that is not finite, and a load or repetitions below zero or beyond all reason (600 kg, 1,000 repetitions:
    another unit, a typing error), is unknown from here on: null.

    >>> working(pl.DataFrame({"set_type": ["warmup", "work"]})).height
    1
    """
    work = sets.filter(pl.col("set_type").cast(pl.String).is_in(WORK_TYPES))
    work = work.with_columns(pl.when(selectors.float().is_finite()).then(selectors.float()))
    lifted = (c for c in ("load_kg", "reps") if c in work.columns)
    bounded = (pl.when(pl.col(c).is_between(0, SET_LIMITS[c])).then(c) for c in lifted)
    return work.with_columns(bounded)


def loading(sets: pl.DataFrame) -> pl.DataFrame:
    """The working sets that count as load: all but mobility work (methods A1). A name that is not mapped counts.

    >>> loading(pl.DataFrame({"set_type": ["work", "work"], "pattern": ["mobility", "unmapped"]})).height
    1
    """
    return working(sets).filter(pl.col("pattern").fill_null("") != PREPARATION)


def between(frame: pl.DataFrame, start: dt.date, end: dt.date) -> pl.DataFrame:
    """The rows whose `date` lies between `start` and `end`, both included. Raises ValueError where end < start.

    >>> day = dt.date(2026, 1, 5)
    >>> between(pl.DataFrame({"date": [day, day + dt.timedelta(9)]}), day, day).height
    1
    """
    if end < start:
        raise ValueError(f"a block cannot end ({end}) before it starts ({start})")
    return frame.filter(pl.col("date").is_between(start, end))


def of_athlete(frame: pl.DataFrame, who: str) -> pl.DataFrame:
    """The rows of one athlete: those of `who` in a frame of several; a name for a frame of one is a label.

    Raises ValueError for a frame of several athletes, none of whom is `who`.

    >>> of_athlete(pl.DataFrame({"athlete": ["A", "B"]}), "B").height
    1
    """
    names = frame["athlete"].cast(pl.String).drop_nulls().unique().sort().to_list()
    if len(names) > 1 and who not in names:
        raise ValueError(f"one athlete at a time: the frame has {names}; name who, or use each(metric, frame)")
    return frame.filter(pl.col("athlete") == who) if len(names) > 1 else frame


def named(sets: pl.DataFrame) -> pl.DataFrame:
    """Add `exercise_name`: the catalogue's exercise, or the name as logged where it is not mapped.

    >>> named(pl.DataFrame({"exercise": [None, "squat"], "exercise_raw": ["Zap", "Sq"]}))["exercise_name"].to_list()
    ['Zap', 'squat']
    """
    return sets.with_columns(pl.coalesce("exercise", "exercise_raw").alias("exercise_name"))


def loaded_as() -> pl.Expr:
    """How a set was loaded: "external", "bodyweight" or "assisted"; null where the name is not mapped.

    An exercise that is done with or without a load (`load_kind` "optional": a lunge, a step-up, a hip thrust) counts as
    what the set was: external with a load above 0, else bodyweight.

    >>> rows = pl.DataFrame({"load_kind": ["optional", "optional"], "load_kg": [16.0, None], "assisted": False})
    >>> rows.select(loaded_as()).to_series().to_list()
    ['external', 'bodyweight']
    """
    with_load = pl.when(pl.col("load_kg") > 0).then(pl.lit(EXTERNAL)).otherwise(pl.lit("bodyweight"))
    return (
        pl.when(pl.col("assisted"))
        .then(pl.lit("assisted"))
        .when(pl.col("load_kind") == "optional")
        .then(with_load)
        .otherwise("load_kind")
        .alias("loaded_as")
    )


def e1rm_refusal() -> pl.Expr:
    """Why no e1RM equation may judge a set, whatever its rating; null where one may.

    EXERCISE_UNMAPPED, EQUATION_NOT_FOR_BALLISTIC (jumps, swings, cleans: their speed and not failure ends the set),
    BAND_LOAD_UNKNOWN, BODY_MASS_MISSING (the load is body mass or part of it).

    >>> row = {"load_kind": "external", "load_kg": 24.0, "assisted": False, "equipment": "kettlebell"}
    >>> pl.DataFrame([row | {"explosive": True}]).select(e1rm_refusal()).item()
    'EQUATION_NOT_FOR_BALLISTIC'
    """
    return (
        pl.when(pl.col("load_kind").is_null())
        .then(pl.lit("EXERCISE_UNMAPPED"))
        .when(pl.col("explosive"))
        .then(pl.lit("EQUATION_NOT_FOR_BALLISTIC"))
        .when(pl.col("equipment") == "band")
        .then(pl.lit("BAND_LOAD_UNKNOWN"))
        .when(loaded_as() != EXTERNAL)
        .then(pl.lit("BODY_MASS_MISSING"))
        .alias("e1rm_refusal")
    )


def set_volume(sets: pl.DataFrame) -> pl.DataFrame:
    """Add `external_kg`, `total_reps`, `volume_kg` and `volume_reason` to annotated sets (methods A3, C1).

    External load is the weight as logged, times the implements where the athlete said that weights are per implement.
    One-sided exercises need to be told whether reps are per side or in total (REPS_CONVENTION_UNKNOWN otherwise),
    unless the row itself names its side or nothing was lifted. Assisted sets have no external load (BODY_MASS_MISSING:
    their load is body mass less assistance). Timed sets have no repetitions and so no volume load: `volume_kg` is
    null, reason NO_LOAD. Where the app itself states by what load times repetitions is multiplied (`load_multiplier`:
    implements, sides or both), that decides.

    >>> row = {"unilateral": True, "side": None, "rep_basis": "per_side", "load_basis": "per_implement",
    ...        "implements": 2, "assisted": False, "load_kind": "external", "reps": 8.0, "load_kg": 16.0}
    >>> set_volume(pl.DataFrame([row]))["volume_kg"].item()
    512.0
    """
    basis = pl.col("rep_basis").cast(pl.String)
    per_implement = pl.col("load_basis").cast(pl.String) == "per_implement"
    assisted = loaded_as().eq_missing(pl.lit("assisted"))
    stated = pl.col("load_multiplier") if "load_multiplier" in sets.columns else pl.lit(None, pl.Float64)
    stated = pl.when(stated > 0).then(stated)
    reason = (
        pl.when(pl.col("reps").is_null() | pl.col("load_kg").is_null())
        .then(pl.lit("NO_LOAD"))
        .when(assisted)
        .then(pl.lit("BODY_MASS_MISSING"))
        .when(one_sided() & (basis == "unknown") & (pl.col("load_kg") > 0) & stated.is_null())
        .then(pl.lit("REPS_CONVENTION_UNKNOWN"))
    )
    lifted = pl.coalesce(pl.col("load_kg") * pl.col("reps") * stated, pl.col("external_kg") * pl.col("total_reps"))
    times = pl.when(per_implement).then(pl.col("implements").fill_null(1)).otherwise(1)
    return sets.with_columns(
        pl.when(~assisted).then(pl.col("load_kg") * times).alias("external_kg"),
        (pl.col("reps") * pl.when(one_sided() & (basis == "per_side")).then(2).otherwise(1)).alias("total_reps"),
        reason.alias("volume_reason"),
    ).with_columns(
        pl.when(pl.col("volume_reason").is_null()).then(lifted).alias("volume_kg")
    )  # fmt: skip


def set_effort(sets: pl.DataFrame) -> pl.DataFrame:
    """Add `side_reps` (repetitions of one side) and `to_failure` (methods B2).

    Repetitions in total of a one-sided exercise are halved; where the convention is not told, they are taken as logged.

    >>> row = {"unilateral": True, "side": None, "rep_basis": "total", "set_type": "failure", "reps": 16.0}
    >>> set_effort(pl.DataFrame([row])).select("side_reps", "to_failure").row(0)
    (8.0, True)
    """
    halved = one_sided() & (pl.col("rep_basis").cast(pl.String) == "total")
    return sets.with_columns(
        (pl.col("reps") / pl.when(halved).then(2).otherwise(1)).alias("side_reps"),
        (pl.col("set_type").cast(pl.String) == "failure").alias("to_failure"),
    )


def one_sided() -> pl.Expr:
    """Whether a set is of a one-sided exercise and does not name its side; a row that does holds that side's reps.

    >>> pl.DataFrame({"unilateral": [True, True], "side": ["left", None]}).select(one_sided()).to_series().to_list()
    [False, True]
    """
    names_side = pl.col("side").cast(pl.String).is_in(["left", "right"]).fill_null(value=False)
    return pl.col("unilateral").fill_null(value=False) & ~names_side


def session_load(sessions: pl.DataFrame) -> pl.DataFrame:
    """Add `load_au` = session RPE (CR-10) x minutes (methods C4), null where either is missing or the timer ran on.

    The same as stats.load.session_rpe_load for every row.

    >>> day = dt.date(2026, 1, 5)
    >>> session_load(pl.DataFrame({"date": [day], "session_rpe": [6.0], "duration_s": [3300.0]}))["load_au"].item()
    330.0
    """
    usable = pl.col("duration_s").is_between(0, SUSPECT_DURATION_S, closed="right")
    usable &= pl.col("session_rpe").is_between(*CR10)
    load_au = pl.col("session_rpe") * pl.col("duration_s") / 60
    return sessions.with_columns(pl.when(usable).then(load_au).alias("load_au"))


def daily_load(sessions: pl.DataFrame, start: dt.date, end: dt.date, policy: str) -> pl.DataFrame:
    """One row per calendar day from `start` to `end`: `date, sessions, load_au, known`.

    A day whose sessions all have a load is their sum; a day with a session that cannot be valued is unknown (null); a
    day without a record is 0 only under the policy "rest" (the athlete said so), else unknown (methods 0.3).
    Raises ValueError for another policy.
    """
    check_policy(policy)
    valued = session_load(sessions)
    summed = valued.group_by("date").agg(
        pl.len().alias("sessions"),
        pl.when(pl.col("load_au").is_not_null().all()).then(pl.col("load_au").sum()).alias("load_au"),
    )
    empty = pl.lit(0.0 if policy == "rest" else None, pl.Float64)
    days = pl.DataFrame({"date": pl.date_range(start, end, eager=True)}).join(summed, on="date", how="left")
    return days.with_columns(
        pl.col("sessions").fill_null(0),
        pl.when(pl.col("sessions").is_null()).then(empty).otherwise("load_au").alias("load_au"),
    ).with_columns(pl.col("load_au").is_not_null().alias("known"))


def daily_load_many(sessions: pl.DataFrame, start: dt.date, end: dt.date, policy: str) -> pl.DataFrame:
    """`daily_load` of every athlete of `sessions` at once: `athlete, date, sessions, load_au, known`.

    Sorted by athlete, every athlete with every day, so that the column `load_au` reshaped to (athletes, days) is what
    stats.ewma and stats.weekly take. The days are counted under one whole number per athlete and day, which takes a
    tenth of the time that grouping by names and dates does. Raises ValueError for another policy or end < start.

    >>> day = dt.date(2026, 1, 5)
    >>> rows = {"athlete": ["B", "A"], "date": [day, day], "session_rpe": [6.0, None], "duration_s": [3300.0, 60.0]}
    >>> daily_load_many(pl.DataFrame(rows), day, day, "unknown")["load_au"].to_list()
    [None, 330.0]
    """
    check_policy(policy)
    names = sessions["athlete"].cast(pl.String).drop_nulls().unique().sort()
    dates = pl.DataFrame({"date": pl.date_range(start, end, eager=True)})
    place = pl.col("athlete").cast(pl.String).cast(pl.Enum(names)).to_physical().cast(pl.Int64) * dates.height
    slot = (place + (pl.col("date") - start).dt.total_days()).alias("slot")
    rows = session_load(between(sessions, start, end)).select(slot, "load_au").drop_nulls("slot")
    slots, size = rows["slot"].to_numpy(), names.len() * dates.height
    total = np.bincount(slots, weights=rows["load_au"].fill_null(0).to_numpy(), minlength=size)
    count = np.bincount(slots, minlength=size)
    unvalued = np.bincount(slots[rows["load_au"].is_null().to_numpy()], minlength=size) > 0
    unknown = unvalued if policy == "rest" else unvalued | (count == 0)
    return pl.DataFrame({"athlete": names}).join(dates, how="cross", maintain_order="left_right").with_columns(
        pl.Series("sessions", count.astype(np.uint32)),
        pl.Series("load_au", np.where(unknown, np.nan, total), nan_to_null=True),
        pl.Series("known", ~unknown),
    )  # fmt: skip


def check_policy(policy: str) -> None:
    """Raise ValueError for another policy about days without a record than "rest" and "unknown".

    >>> check_policy("rest")
    """
    if policy not in ("rest", "unknown"):
        raise ValueError(f"policy {policy!r}: expected 'rest' (a day without a record is a rest day) or 'unknown'")


def weeks(start: dt.date, end: dt.date) -> pl.DataFrame:
    """The ISO weeks (by their Monday) that touch `start` to `end`, none skipped: column `week`.

    >>> weeks(dt.date(2026, 1, 1), dt.date(2026, 1, 12))["week"].to_list()[0]
    datetime.date(2025, 12, 29)
    """
    monday = start - dt.timedelta(days=start.weekday())
    return pl.DataFrame({"week": pl.date_range(monday, end, interval="1w", eager=True)})


def per_week(
    frame: pl.DataFrame, sums: list[pl.Expr], start: dt.date, end: dt.date, by: str | None = None
) -> pl.DataFrame:
    """Aggregate `frame` (column `date`) by ISO week and optionally by a column; weeks without rows are kept, null.

    >>> frame = pl.DataFrame({"date": [dt.date(2026, 1, 5)], "x": [2]})
    >>> per_week(frame, [pl.col("x").sum()], dt.date(2026, 1, 5), dt.date(2026, 1, 18))["x"].to_list()
    [2, None]
    """
    keys = ["week", *([by] if by else [])]
    found = frame.with_columns(pl.col("date").dt.truncate("1w").alias("week")).group_by(keys).agg(*sums)
    return weeks(start, end).join(found, on="week", how="left").sort(keys)
