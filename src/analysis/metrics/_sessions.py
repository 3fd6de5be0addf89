"""What each set and each session says about the e1RM of an exercise (methods B2 to B4), shared by several metrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.stats import e1rm, smoother
from analysis.transforms import e1rm_refusal, named, one_sided, set_effort, set_volume, working

SIMILAR_REPS: Final = 4.0  # sessions whose r* is further from the usual one carry the larger error (methods B3)
BOUND_REPS: Final = 12.0  # an unrated set of more repetitions is no useful lower bound
MODEL: Final = smoother.MODEL | {"max_effective_reps": e1rm.MAX_TREND_REPS, "similar_reps": SIMILAR_REPS}
_IN_ORDER: Final = ["date", "start_local", "session_id", "block_no", "set_no", "set_id"]
_FOUND: Final = (
    "rir_told", "effective_reps", "e1rm_kg", "sd_log_abs", "sd_log_rel", "low_kg", "high_kg", "eq_min_kg", "eq_max_kg",
    "lower_bound_kg",
)  # fmt: skip
_OF_EXERCISE: Final = ("EXERCISE_UNMAPPED", "EQUATION_NOT_FOR_BALLISTIC", "BAND_LOAD_UNKNOWN", "BODY_MASS_MISSING")
_OUTSIDE: Final = ("RIR_TOO_HIGH", "RPE_OUT_OF_RANGE", "REPS_OUT_OF_RANGE", "REPS_ABOVE_10")


@dataclass(frozen=True)
class Series:
    """One exercise: its judged sets, one row per rated session, one row per session with only a lower bound."""

    exercise: str
    sets: pl.DataFrame
    sessions: pl.DataFrame
    bounds: pl.DataFrame

    @property
    def reason(self) -> str | None:
        """Why there is no rated session, or None where there is one."""
        return None if self.sessions.height else why_none(self.sets)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out of the rated sessions, with counts."""
        reason, untold = pl.col("reason"), pl.col("rep_basis").cast(pl.String) == "unknown"
        said = (
            (reason == "NO_EFFORT_RATING", "without an effort rating: a lower bound only, not in the estimate."),
            (reason.is_in(_OUTSIDE), "rated too far from failure, or more than 10 possible repetitions: left out."),
            (reason == "BODY_MASS_MISSING", "with body mass only, or assisted: not in the estimate."),
            (one_sided() & untold, "of one side with repetitions taken as per side (option --unilateral-reps)."),
        )
        return tuple(counted(self.sets, said))


def judged(sets: pl.DataFrame, equation: str = "epley") -> pl.DataFrame:
    """Every working set in order, with what it says about the 1RM (`status`, `reason`, e1RM columns of stats.e1rm).

    Only sets whose load is the logged weight are judged; the others keep their rating (`rir_told`) and are refused with
    the reason that transforms.e1rm_refusal gives.
    """
    rows = set_effort(set_volume(named(working(sets)))).sort(_IN_ORDER, nulls_last=True)
    load, reps, rir, rpe = (rows[c].cast(pl.Float64).to_numpy() for c in ("external_kg", "side_reps", "rir", "rpe"))
    failure = rows["to_failure"].to_numpy()
    found = e1rm.of_sets(load, reps, rir=rir, rpe=rpe, failure=failure, equation=equation)
    numbers = [pl.Series(name, getattr(found, name), nan_to_null=True) for name in _FOUND]
    words = [pl.Series(name, getattr(found, name).tolist(), dtype=pl.String) for name in ("status", "reason")]
    fits = e1rm_refusal().is_null()
    return rows.with_columns(*numbers, *words).with_columns(
        pl.when(fits).then("status").otherwise(pl.lit("refused")).alias("status"),
        pl.when(fits).then("reason").otherwise(e1rm_refusal()).alias("reason"),
        *(pl.when(fits).then(name).alias(name) for name in _FOUND if name != "rir_told"),
    )  # fmt: skip


def why_none(judged_sets: pl.DataFrame) -> str:
    """Why these sets hold no rated session: the reason of those with a load, or the one that all of them share."""
    if judged_sets.is_empty():
        return "NO_DATA"
    lifted = judged_sets.filter((pl.col("load_kg") > 0) & pl.col("reps").is_not_null())
    fitting = lifted.filter(~pl.col("reason").is_in(_OF_EXERCISE).fill_null(value=False))
    if fitting.height:
        return "NO_VALID_SET" if fitting["rir_told"].is_not_null().any() else "NO_EFFORT_RATING"
    for code in _OF_EXERCISE:
        if (lifted["reason"] == code).any() or (judged_sets["reason"] == code).all():
            return code
    return "NO_LOAD"


def no_equation(judged_sets: pl.DataFrame) -> list[str]:
    """The notes on loaded sets that no e1RM equation may judge because of what they are."""
    reason = pl.col("reason")
    said = (
        (reason == "EQUATION_NOT_FOR_BALLISTIC", "of jumps, swings and other ballistic lifts: no e1RM equation holds."),
        (reason == "BAND_LOAD_UNKNOWN", "against a band: its load is not known, so there is no e1RM."),
    )
    return counted(judged_sets.filter(pl.col("external_kg") > 0), said)


def series(judged_sets: pl.DataFrame, exercise: str) -> Series:
    """The series of one exercise: sessions by their representative set, the others by their best lower bound."""
    own = judged_sets.filter(pl.col("exercise_name") == exercise)
    sessions = rated_sessions(own)
    unrated = own.filter((pl.col("status") == "lower_bound_only") & (pl.col("side_reps") <= BOUND_REPS))
    bounds = (
        unrated.join(sessions, on="session_id", how="anti")
        .group_by("session_id", maintain_order=True)
        .agg(pl.col("date").first(), pl.col("lower_bound_kg").max())
    )
    return Series(exercise, own, sessions, bounds)


def rated_sessions(judged_sets: pl.DataFrame) -> pl.DataFrame:
    """One row per exercise and session: the heaviest set with status ok, ties to the larger r*, then to the first.

    Adds `t_weeks` since the first rated session of the exercise and `sd_trend`, the standard deviation that a trend
    uses: the relative one, or the absolute one where r* is more than 4 repetitions from the median of these sessions.
    """
    tops = (
        judged_sets.with_row_index("place")
        .filter(pl.col("status") == "ok")
        .sort("external_kg", "effective_reps", "place", descending=[True, True, False])
        .unique(["exercise_name", "session_id"], keep="first", maintain_order=True)
        .sort("place")
    )
    usual = (pl.col("effective_reps") - pl.col("effective_reps").median().over("exercise_name")).abs() <= SIMILAR_REPS
    since_first = pl.col("date") - pl.col("date").min().over("exercise_name")
    return tops.with_columns(
        (since_first.dt.total_days() / 7).alias("t_weeks"),
        pl.when(usual).then("sd_log_rel").otherwise("sd_log_abs").alias("sd_trend"),
    )


def counted(sets: pl.DataFrame, said: Iterable[tuple[pl.Expr, str]]) -> list[str]:
    """One note "12 sets ..." for each condition that some sets meet, in the order given."""
    counts = [(sets.filter(condition).height, text) for condition, text in said]
    return [_note(count, text) for count, text in counts if count]


def not_load(work: pl.DataFrame, block: pl.DataFrame) -> list[str]:
    """The note on working sets that are not in the block's load because they are mobility work."""
    left_out = work.height - block.height
    return [_note(left_out, "of mobility work: not counted as load.")] if left_out else []


def _note(count: int, text: str) -> str:
    return f"{count} {'set' if count == 1 else 'sets'} {text}"


def words(exercise: str) -> str:
    """An exercise as people read it: `back_squat` becomes "back squat"; a name as logged stays as it is."""
    return exercise.replace("_", " ")
