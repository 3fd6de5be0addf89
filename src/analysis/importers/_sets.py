"""From rows of sets to the tables `sessions` and `sets`: session keys, blocks, set numbers and ids.

Keys hold what users do not edit: session = athlete|vendor|start minute|k-th workout of that minute, set = session|
folded exercise|block|ordinal in the block. Title, notes, load and repetitions are never part of a key.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from analysis.importers._numbers import counted, not_zero, number, times
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, refusals
from analysis.importers._text import per_value
from analysis.importers._units import Unit
from analysis.tables._runs import starts

_CR10_TOP: Final = 10
_ALWAYS: Final = ("athlete", "date", "start_local", "source", "source_row", "workout_s")
_OF_THE_SESSION: Final = ("start_utc", "zone", "zone_basis", "source_id", "device", "kind", "sport")
_SESSION_RPE: Final = re.compile(r"\bsRPE\s*[:=]?\s*(\d{1,2}(?:[.,]\d+)?)(?![\d.,]*\d)", re.IGNORECASE)


def athlete_of(context: Context, file: str) -> str:
    """The athlete whose log this is; an app's export never says."""
    athlete = (context.athlete or "").strip()
    if not athlete:
        raise ImportProblem(f"{file} does not say whose log it is", "the name of an athlete", "pass --athlete NAME")
    return athlete


def in_sessions(rows: pl.DataFrame, athlete: str, vendor: str) -> pl.DataFrame:
    """Add `session_id` and `first_row` (the row where the session begins), rows of one session next to each other.

    Needs `date`, `start_local` (text, null if unknown) and `workout`: a text per workout that begins with its start,
    so that the workouts of one minute are told apart and counted in its order. Where the local start depends on --tz,
    `key` (the instant in UTC, the vendor's own id) stands for it, so that the same workout keeps its id.
    """
    told = ("key",) if "key" in rows.columns else ()
    minute = pl.coalesce(*told, pl.col("start_local").str.slice(0, 16), pl.col("date")).alias("minute")
    new = (
        starts(rows, "workout")
        if rows["source_row"].is_sorted()
        else pl.Series("new", [True]).new_from_index(0, rows.height)
    )
    heads = rows.filter(new).select("workout", minute, "source_row")  # all that a run of rows can say of its workout
    workouts = (
        heads.group_by("workout")
        .agg(pl.col("minute").first(), pl.col("source_row").min().alias("first_row"))
        .sort("workout")
    )
    key = (pl.lit(f"{athlete}|{vendor}"), "minute", pl.int_range(1, pl.len() + 1).over("minute"))
    workouts = workouts.with_columns(pl.concat_str(*key, separator="|").alias("session_id"))
    found = heads.select("workout").join(workouts, on="workout", how="left", maintain_order="left")
    found = found.select(pl.col("first_row", "session_id").gather(new.cum_sum() - 1))
    rows = rows.drop("workout").with_columns(pl.lit(athlete).alias("athlete"), *found)
    return rows if rows["first_row"].is_sorted() else rows.sort("first_row", "source_row", maintain_order=True)


def in_blocks(rows: pl.DataFrame, restart: pl.Expr | None = None) -> pl.DataFrame:
    """Add `run` (contiguous rows of one exercise in one session), `block_no`, `set_no` and `set_id`.

    `restart` marks rows that begin a new block of the same exercise, where a vendor says so.
    """
    other = starts(rows, "first_row", "exercise_raw") | rows["exercise_raw"].is_null()
    if restart is not None:
        other |= rows.select(restart.fill_null(True)).to_series()
    heads = rows.select("first_row", "exercise_raw", restart=pl.lit(value=False) if restart is None else restart)
    heads = heads.with_columns(pl.int_range(pl.len()).alias("at")).filter(other)
    folded = per_value(heads["exercise_raw"], lambda name: " ".join(name.casefold().split()), pl.String)
    new = (pl.col("first_row") != pl.col("first_row").shift()) | (pl.col("folded") != pl.col("folded").shift())
    heads = heads.with_columns(folded.alias("folded"))
    heads = heads.filter((new | pl.col("restart")).fill_null(True))
    heads = heads.with_columns(_nth_block(heads), pl.int_range(1, pl.len() + 1).alias("run"))
    stem = pl.concat_str("folded", "block_no", separator="|").alias("stem")
    lengths = np.diff(heads["at"].to_numpy(), append=rows.height)
    run = np.repeat(np.arange(heads.height), lengths)
    heads = heads.select("run", "block_no", "at", stem).select(pl.all().gather(run))
    rows = rows.with_columns(
        heads["run"], heads["block_no"], (pl.int_range(pl.len()) - heads["at"] + 1).alias("set_no")
    )
    key = pl.concat_str("session_id", heads["stem"], "set_no", separator="|")
    return rows.with_columns(key.alias("set_id"))


def _nth_block(heads: pl.DataFrame) -> pl.Series:
    """The how manyeth block of its exercise in its session each of these is (`over` takes ten times as long)."""
    names = heads["folded"].cast(pl.Categorical).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    place = heads["first_row"].fill_null(-1).to_numpy() * (names.max(initial=0) + 2) + names
    order = np.argsort(place, kind="stable")
    at = np.arange(len(order))
    first = np.maximum.accumulate(np.where(np.diff(place[order], prepend=np.nan) != 0, at, 0))
    block_no = np.empty(len(order), np.int64)
    block_no[order] = at - first + 1
    return pl.Series("block_no", block_no)


def tables(rows: pl.DataFrame, context: Context, vendor: str) -> dict[str, pl.DataFrame]:
    """The two tables from finished rows; `title`, `workout_notes` and `workout_s` belong to the session.

    So do `start_utc`, `zone`, `zone_basis`, `source_id`, `device`, `kind` and `sport` where a vendor adds them; without
    them the session is a strength session in local time.
    """
    bases = {
        "rep_basis": context.answer("unilateral_reps") or "unknown",
        "load_basis": context.answer("dumbbells") or "unknown",
        "source": vendor,
    }
    rows = rows.with_columns(pl.lit(value).alias(name) for name, value in bases.items())
    told = [name for name in _OF_THE_SESSION if name in rows.columns]
    texts = ("title", "workout_notes")
    heads = rows.filter(starts(rows, "session_id", *texts)).select("session_id", *_ALWAYS, *told, *texts)
    text = pl.col(*texts).replace("", None).drop_nulls().first()
    sessions = heads.group_by("session_id", maintain_order=True).agg(pl.col(*_ALWAYS, *told).first(), text)
    notes = sessions["workout_notes"].fill_null("")
    sessions = sessions.rename({"workout_s": "duration_s", "workout_notes": "notes"})
    defaults = {"kind": "strength", "zone_basis": "local"}
    kind = [pl.lit(value).alias(name) for name, value in defaults.items() if name not in told]
    rated = per_value(notes, session_rpe, pl.String).alias("session_rpe")
    return {"sessions": sessions.with_columns(rated, *kind), "sets": rows}


def answers(context: Context) -> dict[str, str]:
    """The answers that decided the two bases, for the record of decisions."""
    told = {question: context.answer(question) for question in ("unilateral_reps", "dumbbells")}
    return {question: answer for question, answer in told.items() if answer}


def session_rpe(notes: str) -> str | None:
    """The session RPE (CR-10) that a workout note states in so many words, else None.

    >>> session_rpe("Good day. sRPE: 6.5"), session_rpe("felt like a 7"), session_rpe("sRPE 65")
    ('6.5', None, None)
    """
    found = _SESSION_RPE.search(notes)
    value = found[1].replace(",", ".") if found else None
    return value if value is not None and float(value) <= _CR10_TOP else None


def stripped(names: pl.Series) -> pl.Series:
    """Names without the spaces around them, looked at once per run of rows."""
    new = starts(names.to_frame(), names.name)
    bare = names.filter(new).str.strip_chars()
    return names if (bare == names.filter(new)).all() else bare.gather(new.cum_sum() - 1)


def real_lines(column: str) -> pl.Expr:
    r"""The text of a column with the two characters `\n` turned into a line end."""
    return pl.col(column).str.replace_all("\\n", "\n", literal=True)


def measured(rows: pl.DataFrame) -> pl.DataFrame:
    """Zeros that mean "not given" become null: seconds and distance always, repetitions beside a time or distance."""
    bare = rows.select(pl.col(c).is_in(["", "0"]).all() for c in ("duration_s", "distance"))  # most exports of lifters
    if all(bare.row(0)):
        return rows.with_columns(pl.when(pl.col(c) != "0").then(c).alias(c) for c in bare.columns)
    rows = rows.with_columns(not_zero("duration_s"), not_zero("distance"))
    timed = (number("duration_s") > 0) | (number("distance") > 0)
    return rows.with_columns(
        pl.when(timed.fill_null(False)).then(not_zero("reps")).otherwise(pl.col("reps")).alias("reps")
    )


def loaded(rows: pl.DataFrame, unit: Unit, distance: Unit) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add `load_kg`, `load_raw`, `distance_m`, `distance_raw`; refuse the rows whose load has no known unit."""
    rows = rows.with_columns(unit.factor.alias("kg_per"), distance.factor.alias("m_per"))
    unknown = rows.filter(pl.col("kg_per").is_null()).filter(number("load").fill_null(0) != 0)
    refused = unknown.with_columns(pl.format("load {} has no known unit", "load").alias("reason"))
    in_kg = rows.select((pl.col("kg_per").fill_null(1.0) == 1).all()).item()
    no_way = rows.select((pl.col("distance").fill_null("") == "").all()).item()
    rows = rows.with_columns(
        pl.col("load").alias("load_raw"),
        pl.col("distance").alias("distance_raw"),
        (pl.col("load") if in_kg else times("load", pl.col("kg_per").fill_null(1.0))).alias("load_kg"),
        (pl.col("distance") if no_way else times("distance", pl.col("m_per"))).alias("distance_m"),
    )
    return rows, refusals(refused)


def notices(rows: pl.DataFrame, sessions: pl.DataFrame) -> tuple[str, ...]:
    """What the user should know about rows that were read: the values that stay unknown, and why."""
    bare = rows.filter(pl.col("m_per").is_null() & pl.col("distance").str.contains(r"\S")).height
    lengths = rows.select("first_row", "workout_s", "workout_length").filter(starts(rows, "first_row"))
    lengths = lengths.unique("first_row", keep="first")
    lost = lengths.filter(pl.col("workout_s").is_null() & pl.col("workout_length").str.contains(r"\S")).height
    named = pl.col("notes").str.contains(r"(?i)\bsRPE\b").fill_null(False)
    unrated = sessions.filter(named & pl.col("session_rpe").is_null()).height
    unit_missing = "has no unit in this file: kept as text; pass --distance-unit km or mi"
    said = {
        f"distance of {counted(bare, 'set')} {unit_missing}": bare,
        f"duration of {counted(lost, 'workout')} cannot be read: kept as unknown": lost,
        f"sRPE in {counted(unrated, 'workout note')} has no number from 0 to 10: kept as a note": unrated,
    }
    return tuple(words for words, count in said.items() if count)


def assisted_by_name() -> pl.Expr:
    """Whether the catalogue name says that the load helps: `Pull Up (Assisted)`."""
    return pl.col("exercise_raw").str.to_lowercase().str.contains("(assisted)", literal=True)
