"""Re-tests and repetitions of a mapped sheet: trials, time gates, and what a velocity sensor saw."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Final

import polars as pl

from analysis.importers import _cells, _mapped_rows, _mapped_sets, _units
from analysis.importers._cells import CellProblem
from analysis.importers._facts import Fact
from analysis.importers._mapped_rows import Sheet
from analysis.importers._problem import ImportProblem

_TRIAL: Final = (
    "test", "trial", "side", "load_kg", "distance_m", "cap_s", "measure", "value", "method", "protocol", "device",
    "valid", "notes",
)  # fmt: skip
_TRIAL_KEY: Final = ("athlete", "date", "test", "load_kg", "distance_m", "side", "measure")
_REP: Final = (
    "workout_no", "exercise_raw", "set_told", "rep_told", "phase", "side", "load_kg", "load_raw", "measure", "value",
    "method", "device",
)  # fmt: skip


def trials(sheet: Sheet) -> dict[str, pl.DataFrame]:
    """The table `trials`: a trial without a number is counted in the order of the sheet."""
    _gates(sheet)
    frame = _mapped_rows.frame(_mapped_rows.each(sheet, _trial), _TRIAL)
    _ask_for_unit(sheet)
    counted = pl.int_range(1, pl.len() + 1).over(_TRIAL_KEY).cast(pl.String)
    frame = frame.with_columns(pl.col("trial").fill_null(counted))
    key = pl.concat_str(pl.lit(sheet.key), *(pl.col(name).fill_null("") for name in (*_TRIAL_KEY, "trial")), separator="|")  # fmt: skip  # noqa: E501
    return {"trials": frame.with_columns(key.alias("trial_id"))}


def reps(sheet: Sheet) -> dict[str, pl.DataFrame]:
    """The table `reps`, and the sets and sessions that its repetitions make up."""
    frame = _mapped_rows.frame(_mapped_rows.each(sheet, _rep), _REP)
    _ask_for_unit(sheet)
    of_set = ["athlete", "date", "start_local", "exercise_raw", "set_told"]
    of_rep = [*of_set, "phase", "side", "measure"]
    frame = frame.with_columns(pl.col("rep_told").fill_null(pl.int_range(1, pl.len() + 1).over(of_rep).cast(pl.String)))
    firsts = [pl.col(name).first() for name in ("source", "source_row", "side", "load_kg", "load_raw")]
    good = frame.filter(~pl.col("source_row").is_in(list(sheet.refused)))
    if good.is_empty():
        return {"reps": frame}
    sets = good.group_by(of_set, maintain_order=True).agg(*firsts, pl.col("rep_told").n_unique().cast(pl.String).alias("reps"))  # fmt: skip  # noqa: E501
    missing = (
        "workout_no", "title", "workout_notes", "workout_s", "session_rpe", "rep_basis_told", "load_basis_told"
    )  # fmt: skip
    nothing = (pl.lit(None, pl.String).alias(name) for name in missing)
    sets = sets.with_columns(pl.lit("work").alias("set_type"), pl.lit("false").alias("assisted"), *nothing)
    made = _mapped_sets.in_sessions(sheet, sets)
    ids = made["sets"].select(*of_set, "session_id", "set_id")
    rows = frame.join(ids, on=of_set, how="left", nulls_equal=True, maintain_order="left")
    rows = rows.with_columns(pl.col("rep_told").alias("rep_no"), pl.col("set_told").alias("set_no"))
    key = ("set_id", "rep_no", "phase", "side", "measure")
    again = pl.int_range(1, pl.len() + 1).over(key).cast(pl.String)
    rows = rows.with_columns(pl.concat_str(*(pl.col(name).fill_null("") for name in key), again, separator="|").alias("rep_id"))  # fmt: skip  # noqa: E501
    return {"reps": rows, **made}


def _trial(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    same = ("test", "measure", "method", "protocol", "device", "notes")
    side, valid = told.get("side", "both"), told.get("valid", "true")
    trial = _mapped_rows.number(sheet, told, "trial")
    return [{
        **{key: told.get(key) for key in same},
        "trial": trial.removesuffix(".0") if trial else None,
        "side": side.casefold(),
        "valid": valid.casefold(),
        "load_kg": _load(sheet, told)[0],
        "distance_m": _mapped_rows.metres(sheet, told, needed=True)[0],
        "cap_s": _mapped_rows.number(sheet, told, "cap_s"),
        "value": _value(sheet, told),
    }]  # fmt: skip


def _rep(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    for needed in ("set_no", "phase"):
        if needed not in told and needed in sheet.mapping.of("columns"):
            raise CellProblem(f"{needed} is missing")
        if needed not in told:
            came = f"{sheet.file} does not say the {needed.replace('_', ' ')} of every repetition"
            raise ImportProblem(came, f"a column or a constant for {needed}", "name it in [columns] or [constants]")
    kilograms, raw = _load(sheet, told)
    numbers = {key: _mapped_rows.number(sheet, told, key) for key in ("set_no", "rep_no")}
    return [{
        "exercise_raw": " ".join(told.get("exercise", "").split()),
        "set_told": (numbers["set_no"] or "").removesuffix(".0"),
        "rep_told": (numbers["rep_no"] or "").removesuffix(".0") or None,
        "phase": told["phase"].casefold(),
        "side": told["side"].casefold() if "side" in told else None,
        "load_kg": kilograms,
        "load_raw": raw,
        "value": _value(sheet, told),
        **{key: told.get(key) for key in ("measure", "method", "device")},
    }]  # fmt: skip


def _load(sheet: Sheet, told: dict[str, str]) -> tuple[str | None, str | None]:
    if "load" not in told:
        return None, None
    load: _cells.Load = _mapped_rows.reading("load", told["load"], lambda: _cells.load(told["load"], sheet.rules))
    return _mapped_rows.kilograms(sheet, told, load), load.raw


def _value(sheet: Sheet, told: dict[str, str]) -> str | None:
    value, factor = _mapped_rows.number(sheet, told, "value"), float(told.get("factor", "1"))
    return value if value is None or factor == 1 else f"{float(value) * factor:.15g}"


def _ask_for_unit(sheet: Sheet) -> None:
    if sheet.bare_loads:
        raise _units.ask_for_load_unit(sheet.file, pl.Series(sheet.bare_loads, dtype=pl.Float64))


def _gates(sheet: Sheet) -> None:
    """Times of one run at several gates: counted from the start, or summed up where they are times between gates."""
    runs: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in sheet.facts:
        runs[fact.row, *(fact.told.get(name) for name in ("test", "trial", "side"))].append(fact)
    timed = [facts for facts in runs.values() if len({fact.told.get("distance") for fact in facts}) > 1]
    if not timed or sheet.mapping.layout == "long":
        return
    told = sheet.mapping.told("gates", "times")
    if told is None:
        times = ", ".join(fact.told.get("value", "") for fact in timed[0])
        came = f"{sheet.file} has times at {len(timed[0])} gates in a row (row {timed[0][0].row}: {times})"
        expected = '[gates] times = "cumulative" (from the start) or "split" (from gate to gate)'
        raise ImportProblem(came, expected, "say which in the mapping file")
    for facts in timed:
        try:
            _check_gates(sheet, facts, summed=told == "split")
        except CellProblem as problem:
            sheet.refused[facts[0].row] = str(problem)


def _check_gates(sheet: Sheet, facts: list[Fact], *, summed: bool) -> None:
    """Replace split times by their sums; refuse times from the start that do not grow with the distance."""
    gates = []
    for fact in facts:
        metres, time = (
            _mapped_rows.metres(sheet, fact.told, needed=True)[0],
            _mapped_rows.number(sheet, fact.told, "value"),
        )
        gates.append((Decimal(metres or 0), Decimal(time or 0), fact))
    if summed and len(gates) < len({fact.told.get("distance") for fact in sheet.facts}):
        raise CellProblem("value is missing at a gate, so the times beyond it are not known")
    total = before = Decimal(0)
    for metre, time_s, fact in sorted(gates, key=lambda gate: gate[0]):
        if not summed and time_s <= before:
            raise CellProblem(f"value '{time_s}' cannot be read: the time at {metre} m is not after the one before")
        total, before = total + time_s, time_s
        if summed:
            fact.told["value"] = str(total)
