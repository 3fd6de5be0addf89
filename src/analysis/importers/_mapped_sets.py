"""Sets of a mapped sheet: cells to sets, sets to sessions, blocks and ids."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis.importers import _cells, _mapped_rows, _sets, _units
from analysis.importers._cells import CellProblem, Piece
from analysis.importers._mapped_rows import Sheet
from analysis.importers._problem import ImportProblem

_COLUMNS: Final = (
    "workout_no", "title", "workout_notes", "workout_s", "session_rpe", "exercise_raw", "superset", "set_type", "side",
    "reps", "rep_basis_told", "load_kg", "load_raw", "load_basis_told", "assisted", "duration_s", "distance_m",
    "distance_raw", "rpe", "rir", "tempo", "technique_ok", "rest_after_s", "notes",
)  # fmt: skip
_PRODUCT: Final = re.compile(r"\d\s*[x×*✕х]\s*\d", re.IGNORECASE)
_EXAMPLES: Final = 3


def tables(sheet: Sheet) -> dict[str, pl.DataFrame]:
    """The tables `sessions` and `sets`."""
    _ask_for_grammar(sheet)
    rows = _mapped_rows.each(sheet, _set_rows)
    if sheet.bare_loads:
        raise _units.ask_for_load_unit(sheet.file, pl.Series(sheet.bare_loads, dtype=pl.Float64))
    _number_workouts(rows)
    return in_sessions(sheet, _mapped_rows.frame(rows, _COLUMNS))


def in_sessions(sheet: Sheet, rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Rows of sets with session, block, set number and id."""
    start = pl.coalesce("start_local", pl.col("date") + " 00:00:00")
    rows = rows.with_columns(pl.concat_str(start, pl.col("workout_no").fill_null("0"), separator="|").alias("workout"))
    numbered = [_numbered(part, name, sheet.key) for (name,), part in rows.group_by("athlete", maintain_order=True)]
    context = replace(
        sheet.context,
        unilateral_reps=sheet.answer("unilateral_reps", "rep_basis"),
        dumbbells=sheet.answer("dumbbells", "load_basis"),
    )
    made = _sets.tables(pl.concat(numbered), context, _mapped_rows.VENDOR)
    bases = {"rep_basis": "rep_basis_told", "load_basis": "load_basis_told"}
    sets = made["sets"].with_columns(
        [pl.coalesce(told, name).alias(name) for name, told in bases.items()],
    )
    rated = made["sets"].group_by("session_id").agg(pl.col("session_rpe").drop_nulls().first().alias("rated"))
    sessions = made["sessions"].join(rated, on="session_id", how="left", maintain_order="left")
    sessions = sessions.with_columns(
        pl.coalesce("rated", "session_rpe").alias("session_rpe"),
        pl.lit(sheet.mapping.told("defaults", "tz"), pl.String).alias("zone"),
    )
    return {"sessions": sessions, "sets": sets}


def _numbered(rows: pl.DataFrame, athlete: Any, key: str) -> pl.DataFrame:
    """One athlete's rows with `session_id`, `block_no`, `set_no` and `set_id`; a row of the sheet may be in many."""
    rows = rows.with_columns(pl.col("date").fill_null("")).with_row_index("nth")
    rows = _sets.in_sessions(rows, str(athlete), key)
    rows = rows.with_columns(pl.col("session_id").rank("dense").cast(pl.Int64).alias("first_row"))
    return _sets.in_blocks(rows.sort("first_row", "nth"))


def _number_workouts(rows: list[dict[str, Any]]) -> None:
    """Workouts of one day are told apart by their name, and numbered in the order of the sheet."""
    seen: dict[tuple[object, ...], dict[str, int]] = {}
    for row in rows:
        names = seen.setdefault((row["athlete"], row["date"], row["start_local"]), {})
        title = row.get("title") or ""
        row["workout_no"] = f"{names.setdefault(title, len(names)):04}"


def _ask_for_grammar(sheet: Sheet) -> None:
    if sheet.rules.grammar is not None:
        return
    told = [text for fact in sheet.facts for text in (fact.told.get("cell"), fact.told.get("reps")) if text]
    cells = [text for text in told if _PRODUCT.search(text)] or [fact.told["cell"] for fact in sheet.facts if "cell" in fact.told]  # fmt: skip  # noqa: E501
    if not cells:
        return
    examples = ", ".join(repr(text) for text in dict.fromkeys(cells[:50]))
    shown = ", ".join(examples.split(", ")[:_EXAMPLES])
    came = f"{sheet.file} has {len(cells)} cells such as {shown}, and no grammar says which number is which"
    raise ImportProblem(came, _cells.EXAMPLES, "say [cell] grammar in the mapping file")


def _set_rows(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    """The sets of one fact."""
    whole = _of_the_row(sheet, told)
    return [{**whole, **_of_the_piece(sheet, told, piece, whole)} for piece in _pieces(sheet, told)]


def _pieces(sheet: Sheet, told: dict[str, str]) -> list[Piece]:
    if "cell" in told:
        text = told["cell"]
        pieces: list[Piece] = _mapped_rows.reading("cell", text, lambda: _cells.cell(text, sheet.rules))
    elif "reps" in told:
        text = told["reps"]
        pieces = _mapped_rows.reading("reps", text, lambda: _cells.reps(text, sheet.rules))
    else:
        pieces = [Piece()]
    if "sets" in told:
        count = _mapped_rows.number(sheet, told, "sets") or ""
        if not count.removesuffix(".0").isdigit() or not 1 <= float(count) <= 100:
            raise CellProblem(f"sets {told['sets']!r} cannot be read: it is no number of sets")
        pieces = pieces * int(float(count))
    if "load" not in told:
        return pieces
    load: _cells.Load = _mapped_rows.reading("load", told["load"], lambda: _cells.load(told["load"], sheet.rules))
    return [piece if piece.load.raw else replace(piece, load=load) for piece in pieces]


def _of_the_row(sheet: Sheet, told: dict[str, str]) -> dict[str, Any]:
    metres, raw = _mapped_rows.metres(sheet, told, needed=False)
    name = told.get("exercise", "")
    named = {key: told.get(key) for key in ("superset", "tempo", "technique_ok", "workout_notes")}
    return {
        **named,
        "title": told.get("workout"),
        "workout_s": _mapped_rows.seconds(sheet, told, "session_duration"),
        "session_rpe": _mapped_rows.number(sheet, told, "session_rpe"),
        "exercise_raw": " ".join(name.split()),
        "set_type": told.get("set_type", "work").casefold(),
        "side": told["side"].casefold() if "side" in told else None,
        "distance_m": metres,
        "distance_raw": raw,
        "rest_after_s": _mapped_rows.seconds(sheet, told, "rest", short=True),
        "rir": _mapped_rows.number(sheet, told, "rir"),
        "rpe": _mapped_rows.number(sheet, told, "rpe"),
        "notes": told.get("notes"),
    }


def _of_the_piece(sheet: Sheet, told: dict[str, str], piece: Piece, whole: dict[str, Any]) -> dict[str, Any]:
    notes = "; ".join(text for text in (whole["notes"], piece.note) if text)
    helped = piece.load.assisted or "(assisted)" in whole["exercise_raw"].casefold()
    return {
        "reps": piece.reps,
        "duration_s": piece.duration_s or _mapped_rows.seconds(sheet, told, "duration", short=True),
        "load_kg": _mapped_rows.kilograms(sheet, told, piece.load),
        "load_raw": piece.load.raw,
        "assisted": "true" if helped else "false",
        "rep_basis_told": "per_side" if piece.per_side else None,
        "load_basis_told": "per_implement" if piece.load.per_implement else None,
        "rpe": piece.rpe or whole["rpe"],
        "notes": notes or None,
    }
