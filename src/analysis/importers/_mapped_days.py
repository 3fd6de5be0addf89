"""Runs, days of wellness and speed traces of a mapped sheet."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from analysis.importers import _activities, _mapped_rows, _recording, _wellness
from analysis.importers._cells import CellProblem
from analysis.importers._mapped_rows import Sheet
from analysis.importers._problem import ImportProblem
from analysis.tables import SAMPLE_COLUMNS

_RUN: Final = (
    "sport", "title", "notes", "session_rpe", "duration_s", "distance_m", "elapsed_s", "moving_s", "zone",
    "zone_basis", "shoe", "indoor", "race", "ascent_m", "descent_m", "average_hr_bpm", "max_hr_bpm", "cadence_spm",
    "power_w", "temperature_c",
)  # fmt: skip
_RUN_NUMBERS: Final = (
    "session_rpe", "ascent_m", "descent_m", "average_hr_bpm", "max_hr_bpm", "cadence_spm", "power_w", "temperature_c",
)  # fmt: skip
_WELLNESS: Final = ("item", "value", "value_raw", "scale_min", "scale_max", "direction", "instrument", "notes")


def runs(sheet: Sheet) -> dict[str, pl.DataFrame]:
    """The tables `sessions` and `runs`, one athlete after the other."""
    rows = _mapped_rows.frame(_mapped_rows.each(sheet, _run), _RUN)
    made = [
        _activities.tables(part, str(name), sheet.key)
        for (name,), part in rows.group_by("athlete", maintain_order=True)
    ]
    source = pl.lit(_mapped_rows.VENDOR).alias("source")
    return {name: pl.concat([one[name] for one in made]).with_columns(source) for name in ("sessions", "runs")}


def _run(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    seconds = _mapped_rows.seconds(sheet, told, "duration")
    same = ("title", "notes", "shoe", "indoor", "race")
    return [{
        **{key: told.get(key) for key in same},
        **{key: _mapped_rows.number(sheet, told, key) for key in _RUN_NUMBERS},
        "sport": told.get("sport", "run"),
        "duration_s": seconds,
        "elapsed_s": seconds,
        "moving_s": _mapped_rows.seconds(sheet, told, "moving"),
        "distance_m": _mapped_rows.metres(sheet, told, needed=True)[0],
        "zone": sheet.mapping.told("defaults", "tz"),
        "zone_basis": "local",
    }]  # fmt: skip


def wellness(sheet: Sheet) -> dict[str, pl.DataFrame]:
    """The table `wellness`."""
    rows = _mapped_rows.frame(_mapped_rows.each(sheet, _answer), _WELLNESS)
    ends = [pl.col(end).cast(pl.Float64, strict=False) for end in ("scale_min", "scale_max")]
    rows = rows.with_columns(pl.col("start_local").alias("reported_local"), *ends)
    named = rows.with_columns(pl.lit(sheet.key).alias("source"))
    numbered = _wellness.numbered(named.with_columns(pl.col("item", "instrument", "date").fill_null("")))
    return {"wellness": numbered.with_columns(pl.lit(_mapped_rows.VENDOR).alias("source"))}


def _answer(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    item, instrument = told.get("item", ""), told.get("instrument")
    scale = sheet.mapping.of("scales").get(item)
    if scale is None:
        came = f"{sheet.file} has answers to {item!r}, and the mapping does not say which end is good"
        raise ImportProblem(came, f"[scales.{item}] with direction (min, max)", "say it in the mapping file")
    if instrument is None:
        came = f"{sheet.file} does not say which questionnaire or device the answers come from"
        raise ImportProblem(came, 'such as [constants] instrument = "my diary"', "say it in the mapping file")
    value, factor = _mapped_rows.number(sheet, told, "value"), float(told.get("factor", "1"))
    return [{
        "item": item, "value": value if value is None or factor == 1 else f"{float(value) * factor:.15g}",
        "value_raw": told.get("value"), "instrument": instrument, "notes": told.get("notes"),
        "direction": scale["direction"],
        "scale_min": _text(scale.get("min")), "scale_max": _text(scale.get("max")),
    }]  # fmt: skip


def _text(number: float | None) -> str | None:
    return None if number is None else str(number)


def streams(sheet: Sheet) -> tuple[dict[str, pl.DataFrame], tuple[int, ...]]:
    """The tables `sessions` and `streams`, one each per athlete and start; the rows after the first are attached."""
    rows = _mapped_rows.frame(_mapped_rows.each(sheet, _sample), ("title", "sport", *SAMPLE_COLUMNS))
    rows = rows.filter(~pl.col("source_row").is_in(list(sheet.refused)))
    sessions, packed, attached = [], [], []
    for (athlete, date, start), part in rows.group_by("athlete", "date", "start_local", maintain_order=True):
        first = part.row(0, named=True)
        key = f"{athlete}|{sheet.key}|{str(start or date)[:16]}|trace"
        whose = {name: first[name] for name in ("athlete", "date", "source", "source_row")} | {"session_id": key}
        samples = part.select(_sample_column(name) for name in SAMPLE_COLUMNS).sort("t_s")
        length = samples["t_s"].max()
        zone = {"zone": sheet.mapping.told("defaults", "tz"), "zone_basis": "local", "kind": "test"}
        told = {"title": first["title"], "sport": first["sport"], "duration_s": str(length), "start_local": start}
        sessions.append(whose | zone | told)
        packed.append(whose | {"n": samples.height, "packed": _recording.packed(samples)})
        attached += part["source_row"].to_list()[1:]
    return {"sessions": pl.DataFrame(sessions), "streams": pl.DataFrame(packed)}, tuple(attached)


def _sample_column(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.Float64, strict=False)


def _sample(sheet: Sheet, told: dict[str, str]) -> list[dict[str, Any]]:
    if "t_s" not in told:
        raise CellProblem("t_s is missing")
    return [{key: told.get(key) for key in ("title", "sport")} | {key: _mapped_rows.number(sheet, told, key) for key in SAMPLE_COLUMNS if key in told}]  # fmt: skip  # noqa: E501
