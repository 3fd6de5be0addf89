"""The tidy tables: the data dictionary of the toolkit.

A column's name ends in its unit. Null means unknown, zero means zero. Importers hand over text; the schemas here
cast it and judge it, and a rule's name is what the user reads when a row is refused. Every fact row carries the
import it came from and its 1-based physical line (`source_row`).
"""

from __future__ import annotations

from typing import Any, Final

import dataframely as dy
import polars as pl

SET_TYPES: Final = ("work", "warmup", "drop", "failure", "unknown")
SIDES: Final = ("both", "left", "right")
REP_BASES: Final = ("total", "per_side", "unknown")
LOAD_BASES: Final = ("total", "per_implement", "unknown")
TESTS: Final = ("loaded_jump", "cmj", "sprint", "single_leg_stance")
MEASURES: Final = ("height_m", "flight_time_s", "time_s")
GOALS: Final = ("stability", "strength", "power", "finish")
DAY_POLICIES: Final = ("unknown", "rest")

_FIRST_DAY: Final = pl.date(1990, 1, 1)
_LAST_DAY: Final = pl.date(2100, 1, 1)  # the clock is not read here: the same file gives the same rows on any day


class Athletes(dy.Schema):
    """One row per athlete; what is not told stays null."""

    athlete = dy.String(min_length=1, max_length=80)
    sex = dy.Enum(["female", "male"], nullable=True)
    body_mass_kg = dy.Float64(nullable=True, min=25, max=250)


class Sessions(dy.Schema):
    """One row per workout. `date` is the athlete's local day; no machine time zone is ever applied."""

    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    start_local = dy.Datetime(time_unit="us", nullable=True)
    duration_s = dy.Float64(nullable=True, min=0)
    title = dy.String(nullable=True)
    notes = dy.String(nullable=True)
    session_rpe = dy.Float64(nullable=True, min=0, max=10)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return pl.col("date").is_between(_FIRST_DAY, _LAST_DAY)


class Sets(dy.Schema):
    """One row per set. `load_kg` is the weight as logged (see `load_basis`), assistance is positive and `assisted`."""

    set_id = dy.String(min_length=1)
    session_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    start_local = dy.Datetime(time_unit="us", nullable=True)
    exercise_raw = dy.String(min_length=1, max_length=300)
    block_no = dy.Int32(min=1)
    set_no = dy.Int32(min=1)
    superset = dy.String(nullable=True)
    set_type = dy.Enum(SET_TYPES)
    side = dy.Enum(SIDES, nullable=True)
    reps = dy.Float64(nullable=True, min=0, max=1000)
    rep_basis = dy.Enum(REP_BASES)
    load_kg = dy.Float64(nullable=True, min=0, max=600)
    load_raw = dy.String(nullable=True)
    assisted = dy.Bool()
    load_basis = dy.Enum(LOAD_BASES)
    duration_s = dy.Float64(nullable=True, min=0, max=86_400)
    distance_m = dy.Float64(nullable=True, min=0, max=500_000)
    distance_raw = dy.String(nullable=True)
    rpe = dy.Float64(nullable=True, min=0, max=10)
    rir = dy.Float64(nullable=True, min=0, max=30)
    tempo = dy.String(nullable=True)
    technique_ok = dy.Bool(nullable=True)
    rest_after_s = dy.Float64(nullable=True, min=0, max=86_400)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def set_has_reps_or_time_or_distance(cls) -> pl.Expr:
        return pl.any_horizontal(pl.col("reps", "duration_s", "distance_m", "distance_raw").is_not_null())

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return pl.col("date").is_between(_FIRST_DAY, _LAST_DAY)


class Trials(dy.Schema):
    """One row per trial of a re-test: all trials are kept, not the best. `cap_s` marks a time that was stopped."""

    trial_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    date = dy.Date()
    test = dy.Enum(TESTS)
    trial = dy.Int32(min=1, max=100)
    side = dy.Enum(SIDES)
    load_kg = dy.Float64(nullable=True, min=0, max=300)
    distance_m = dy.Float64(nullable=True, min=1, max=400)
    cap_s = dy.Float64(nullable=True, min=5, max=600)
    measure = dy.Enum(MEASURES)
    value = dy.Float64(min_exclusive=0)
    protocol = dy.String(nullable=True)
    device = dy.String(nullable=True)
    valid = dy.Bool()
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def date_after_1990_and_not_absurd(cls) -> pl.Expr:
        return pl.col("date").is_between(_FIRST_DAY, _LAST_DAY)

    @dy.rule()
    def measure_fits_the_test(cls) -> pl.Expr:
        timed = pl.col("test").cast(pl.String).is_in(["sprint", "single_leg_stance"])
        return pl.when(timed).then(pl.col("measure") == "time_s").otherwise(pl.col("measure") != "time_s")

    @dy.rule()
    def sprint_has_distance_m(cls) -> pl.Expr:
        return (pl.col("test") != "sprint") | pl.col("distance_m").is_not_null()

    @dy.rule()
    def loaded_jump_has_load_kg(cls) -> pl.Expr:
        return (pl.col("test") != "loaded_jump") | pl.col("load_kg").is_not_null()

    @dy.rule()
    def stance_has_a_side_and_cap_s(cls) -> pl.Expr:
        told = (pl.col("side") != "both") & pl.col("cap_s").is_not_null()
        return (pl.col("test") != "single_leg_stance") | told

    @dy.rule()
    def stance_time_not_beyond_cap(cls) -> pl.Expr:
        return (pl.col("test") != "single_leg_stance") | (pl.col("value") <= pl.col("cap_s"))

    @dy.rule()
    def jump_height_below_1_2_m(cls) -> pl.Expr:
        return (pl.col("measure") != "height_m") | (pl.col("value") <= 1.2)

    @dy.rule()
    def flight_time_between_0_15_and_0_90_s(cls) -> pl.Expr:
        return (pl.col("measure") != "flight_time_s") | pl.col("value").is_between(0.15, 0.90)

    @dy.rule()
    def sprint_not_faster_than_12_5_m_per_s(cls) -> pl.Expr:
        return (pl.col("test") != "sprint") | (pl.col("distance_m") / pl.col("value") <= 12.5)


class Blocks(dy.Schema):
    """One row per training block, from the coach's sheet. `days_without_record` says what an empty day means."""

    block_id = dy.String(min_length=1)
    athlete = dy.String(min_length=1, max_length=80)
    block = dy.String(min_length=1, max_length=80)
    start = dy.Date()
    end = dy.Date()
    goal = dy.Enum(GOALS, nullable=True)
    primary_test = dy.Enum(TESTS, nullable=True)
    planned_hard_sets = dy.Int32(nullable=True, min=1, max=10_000)
    days_without_record = dy.Enum(DAY_POLICIES)
    notes = dy.String(nullable=True)
    source = dy.String()
    source_row = dy.Int64(min=1)

    @dy.rule()
    def end_after_start(cls) -> pl.Expr:
        return pl.col("end") > pl.col("start")

    @dy.rule()
    def block_at_most_26_weeks(cls) -> pl.Expr:
        return (pl.col("end") - pl.col("start")) <= pl.duration(weeks=26)


class Aliases(dy.Schema):
    """One row per exercise name that the athlete has mapped by hand."""

    exercise_raw = dy.String(min_length=1, max_length=300)
    exercise = dy.String(min_length=1, max_length=80)
    source = dy.String()
    source_row = dy.Int64(min=1)


class Imports(dy.Schema):
    """One row per file read. Rows read = loaded + attached + ignored + rejected, always."""

    import_seq = dy.Int64(min=1)
    import_id = dy.String(regex=r"^[0-9a-f]{64}$")
    file = dy.String()
    vendor = dy.String()
    variant = dy.String()
    athlete = dy.String(nullable=True)
    decisions = dy.String()
    first_day = dy.Date(nullable=True)
    last_day = dy.Date(nullable=True)
    version = dy.String()
    read = dy.Int64(min=0)
    loaded = dy.Int64(min=0)
    attached = dy.Int64(min=0)
    ignored = dy.Int64(min=0)
    rejected = dy.Int64(min=0)

    @dy.rule()
    def sum_rule(cls) -> pl.Expr:
        return pl.col("read") == pl.col("loaded") + pl.col("attached") + pl.col("ignored") + pl.col("rejected")


class Rejected(dy.Schema):
    """One row per refused line: where it stood, what it said, which rule it broke; whose and when, where that reads."""

    source_row = dy.Int64(min=1)
    table = dy.String()
    athlete = dy.String(nullable=True)
    day = dy.String(nullable=True)
    reason = dy.String(min_length=1)
    raw = dy.String()


class Ignored(dy.Schema):
    """One row per line that is not a fact (a rest timer, a blank line), with the reason."""

    source_row = dy.Int64(min=1)
    reason = dy.String(min_length=1)
    raw = dy.String()


FACTS: Final[dict[str, tuple[type[dy.Schema], str]]] = {
    "sessions": (Sessions, "session_id"),
    "sets": (Sets, "set_id"),
    "trials": (Trials, "trial_id"),
    "blocks": (Blocks, "block_id"),
    "exercise_aliases": (Aliases, "exercise_raw"),
}
"""Name of each fact table, its schema, and the column that identifies a row across re-imports."""


def judge(name: str, text: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast a frame of text to the schema of table `name`; return (good rows, refused rows).

    Empty text is null. Columns the schema knows and the frame lacks are added as null; columns that are not text
    are taken as they are. Dates are ISO (`2026-03-01`, `2026-03-01 17:05:00`). Refused rows come as
    `source_row, table, reason`, one row each, the reason naming every broken rule with the value that broke it.

    >>> text = pl.DataFrame({"exercise_raw": ["Sqaut", ""], "exercise": "back_squat", "source": "a",
    ...                      "source_row": ["2", "3"]})
    >>> good, bad = judge("exercise_aliases", text)
    >>> good.height, bad["reason"].to_list()
    (1, ['exercise_raw is missing'])
    """
    schema, _ = FACTS[name]
    types = {name: column.dtype for name, column in schema.columns().items()}
    text = text.select(
        _blank_to_null(c, text.schema) if c in text.columns else pl.lit(None, pl.String).alias(c) for c in types
    )
    typed = text.select(
        _cast(c, dtype) if text.schema[c] == pl.String else pl.col(c).cast(dtype) for c, dtype in types.items()
    )
    # most files lose nothing: no row is looked at
    lost = [c for c in types if typed[c].null_count() > text[c].null_count()]
    bad = pl.DataFrame(schema=_REFUSED)
    if lost:
        bad_cast = text.select(pl.any_horizontal(text[c].is_not_null() & typed[c].is_null() for c in lost)).to_series()
        bad = _unreadable(name, text.filter(bad_cast), typed.filter(bad_cast))
        typed = typed.filter(~bad_cast)
    good, failure = schema.filter(typed)
    if len(failure):
        bad = pl.concat([bad, _broken_rules(name, failure)])
    return good, bad.sort("source_row")


_REFUSED: Final = {"source_row": pl.Int64, "table": pl.String, "reason": pl.String}
_TRUE_FALSE: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _blank_to_null(column: str, schema: pl.Schema) -> pl.Expr:
    if schema[column] != pl.String:
        return pl.col(column)
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))


def _cast(column: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column)
    if dtype == pl.String:
        return value
    value = value.str.strip_chars()
    if dtype == pl.Date:
        return value.str.to_date("%Y-%m-%d", strict=False)
    if dtype == pl.Datetime:
        return value.str.replace("T", " ", literal=True).str.to_datetime(
            "%Y-%m-%d %H:%M:%S", time_unit="us", strict=False
        )
    if dtype == pl.Boolean:
        return value.str.to_lowercase().replace_strict(_TRUE_FALSE, default=None, return_dtype=pl.Boolean)
    return value.cast(dtype, strict=False)


def _unreadable(name: str, text: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for was, now in zip(text.iter_rows(named=True), typed.iter_rows(named=True), strict=True):
        words = [f"{c} {v!r} cannot be read" for c, v in was.items() if v is not None and now[c] is None]
        rows.append((now["source_row"], name, "; ".join(words)))
    return pl.DataFrame(rows, schema=_REFUSED, orient="row")


def _broken_rules(name: str, failure: dy.FailureInfo) -> pl.DataFrame:
    columns = set(failure.invalid().columns)
    rows = []
    for row in failure.details().iter_rows(named=True):
        broken = [rule for rule, state in row.items() if rule not in columns and state == "invalid"]
        rows.append((row["source_row"], name, "; ".join(_in_words(rule, row) for rule in broken)))
    return pl.DataFrame(rows, schema=_REFUSED, orient="row")


def _in_words(rule: str, row: dict[str, Any]) -> str:
    column, _, check = rule.partition("|")
    if not check:
        return f"rule broken: {column.replace('_', ' ')}"
    if check == "nullability":
        return f"{column} is missing"
    return f"{column} {row[column]!r} is outside the allowed range ({check})"
