"""The best repetition of every set that a velocity sensor saw, shared by the metrics of bar speed (methods B6, B7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis import exercises
from analysis.exercises import tempo
from analysis.transforms import of_athlete

MEASURE: Final = "mean_velocity_m_s"
DEPTH: Final = "range_of_motion_m"
FASTEST_MPS: Final = 3.0  # no loaded bar has a mean concentric speed above; cm/s and jumps do
_ROW: Final = ("rep_id", "set_id", "athlete", "date", "exercise_raw", "load_kg", "value")
_TEXT: Final = ("phase", "side", "measure", "method", "device", "source")


@dataclass(frozen=True)
class BestReps:
    """One row per set of `exercise`, by day and load: `date, load_kg, velocity_mps, range_m, conditions`.

    `conditions` names device (where none is told the file's source), method and side: speeds are compared within one.
    `notes` say what was left out.
    """

    exercise: str
    rows: pl.DataFrame
    notes: tuple[str, ...]


def best_reps(reps: pl.DataFrame, exercise: str | None, *, who: str, sets: pl.DataFrame | None = None) -> BestReps:
    """Take the best mean concentric speed of each set of one exercise: `exercise`, else the one seen at most loads.

    The name is looked up in the catalogue; with annotated `sets` the athlete's own aliases count, and sets with a
    prescribed tempo are left out unless their lifting is as fast as possible. Impossible speeds and loads are left out
    and counted. Raises ValueError for several athletes without `who`.
    """
    lifted = _lifted(reps)
    own = _named(of_athlete(lifted, who).filter(pl.col("measure") == MEASURE), sets)
    exercise = _most_seen(own) if exercise is None else exercise
    own = own.filter(pl.col("exercise_name") == exercise)
    slow = _slow_sets(sets)
    paced = pl.col("set_id").is_in(slow)
    usable = pl.col("value").is_finite() & pl.col("value").is_between(0, FASTEST_MPS, closed="right")
    loaded = pl.col("load_kg").is_finite() & (pl.col("load_kg") > 0)
    counts = [
        (own.filter(paced), "of sets with a prescribed tempo: not lifted as fast as possible, left out."),
        (own.filter(~paced & ~usable.fill_null(value=False)), "with an impossible speed: left out."),
        (own.filter(~paced & usable & ~loaded.fill_null(value=False)), "without a load: left out."),
    ]
    kept = own.filter(~paced & usable & loaded)
    rows = (
        kept.with_columns(_conditions().alias("conditions"), pl.col("load_kg").round(1))
        .group_by("set_id", "conditions")
        .agg(pl.col("date").first(), pl.col("load_kg").first(), pl.col("value").max().alias("velocity_mps"))
        .join(_depths(lifted), on="set_id", how="left")
        .sort("date", "load_kg", "set_id")
    )
    return BestReps(exercise, rows, tuple(_counted(counts)))


def most_loads(rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Take the rows of the conditions with most different loads, and say what was left out."""
    if rows["conditions"].n_unique() < 2:
        return rows, ()
    ranked = rows.group_by("conditions").agg(pl.col("load_kg").n_unique().alias("loads"), pl.len())
    first = ranked.sort("loads", "len", "conditions", descending=[True, True, False])["conditions"][0]
    others = sorted(set(rows["conditions"]) - {first})
    return rows.filter(pl.col("conditions") == first), (f"Seen by {first}; not mixed with {', '.join(others)}.",)


def speeds_by_set(
    reps: pl.DataFrame, exercise: str | None, *, who: str, sets: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """One row per set of maximal intent, `date, set_id, exercise_name, load_kg, conditions, speeds`, and the notes.

    `speeds` has every repetition in order (m/s), null where it was not seen or is impossible. Without `exercise` all of
    them. Sets with a prescribed tempo are left out unless their lifting is as fast as possible. Raises ValueError for
    several athletes without `who`.
    """
    own = _named(of_athlete(_lifted(reps), who).filter(pl.col("measure") == MEASURE), sets)
    own = own if exercise is None else own.filter(pl.col("exercise_name") == exercise)
    paced = pl.col("set_id").is_in(_slow_sets(sets))
    usable = pl.col("value").is_finite() & pl.col("value").is_between(0, FASTEST_MPS, closed="right")
    counts = [
        (own.filter(paced), "of sets with a prescribed tempo: not lifted as fast as possible, left out."),
        (own.filter(~paced & ~usable.fill_null(value=False)), "with an impossible speed: not seen."),
    ]
    kept = own.filter(~paced).with_columns(
        pl.when(usable).then("value").alias("value"), _conditions().alias("conditions")
    )
    one = kept.sort("rep_no", "rep_id").unique(["set_id", "conditions", "rep_no"], keep="first", maintain_order=True)
    rows = one.group_by("set_id", "conditions", maintain_order=True).agg(
        pl.col("date", "exercise_name", "load_kg").first(), pl.col("value").alias("speeds")
    )
    return rows.sort("date", "set_id", "conditions"), tuple(_counted(counts))


def _lifted(reps: pl.DataFrame) -> pl.DataFrame:
    """The concentric values of every repetition, each once, in plain types."""
    types = [pl.col(name).cast(pl.String) for name in _TEXT]
    types += [pl.col("date").cast(pl.Date), pl.col("load_kg", "value").cast(pl.Float64)]
    return reps.with_columns(types).filter(pl.col("phase") == "concentric").unique("rep_id", keep="first")


def _depths(lifted: pl.DataFrame) -> pl.DataFrame:
    """The mean range of motion of each set, in metres."""
    seen = lifted.filter(pl.col("measure") == DEPTH, pl.col("value").is_finite(), pl.col("value") > 0)
    return seen.group_by("set_id").agg(pl.col("value").mean().alias("range_m"))


def _most_seen(rows: pl.DataFrame) -> str:
    counts = rows.group_by("exercise_name").agg(pl.col("load_kg").n_unique().alias("loads"), pl.len())
    ranked = counts.sort("loads", "len", "exercise_name", descending=[True, True, False])["exercise_name"]
    return str(ranked[0]) if ranked.len() else ""


def _named(rows: pl.DataFrame, sets: pl.DataFrame | None) -> pl.DataFrame:
    known = exercises.annotate(rows["exercise_raw"].unique(maintain_order=True)).select("exercise_raw", "exercise")
    kept = (*_ROW, *(c for c in ("rep_no",) if c in rows.columns))
    rows = rows.select(*kept, *_TEXT).join(known, on="exercise_raw", how="left", maintain_order="left")
    names = [pl.col("exercise"), pl.col("exercise_raw")]
    if sets is not None and "exercise" in sets.columns:
        by_set = sets.select("set_id", pl.col("exercise").alias("of_set")).unique("set_id", keep="first")
        rows, names = rows.join(by_set, on="set_id", how="left", maintain_order="left"), [pl.col("of_set"), *names]
    return rows.with_columns(pl.coalesce(names).alias("exercise_name"))


def _slow_sets(sets: pl.DataFrame | None) -> list[str]:
    if sets is None or "tempo" not in sets.columns:
        return []
    told = sets.filter(pl.col("tempo").is_not_null()).select("set_id", "tempo").iter_rows()
    return [set_id for set_id, text in told if not tempo.parse(text).explosive_intent]


def _conditions() -> pl.Expr:
    device = pl.coalesce("device", "source").fill_null("an unknown device")
    return pl.concat_str(
        device, pl.when(pl.col("side").is_in(["left", "right"])).then("side"),
        pl.col("method").str.replace_all("_", " ", literal=True), separator=", ", ignore_nulls=True,
    )  # fmt: skip


def _counted(counts: Iterable[tuple[pl.DataFrame, str]]) -> list[str]:
    return [f"{rows.height} repetition{'s' if rows.height > 1 else ''} {text}" for rows, text in counts if rows.height]
