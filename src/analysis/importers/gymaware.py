"""GymAware (velocity sensor).

Vendor: GymAware Cloud API
Export: the API's answer to `/reps` or `/summaries`, one JSON object per line
Row: one set; the measures of its repetitions become rows of `reps`
Variants: `/reps` (every repetition), `/summaries` (one repetition per set)
Units: barWeight in kg, velocity in m/s, power in W, as the API documents them; heights and distances have no
  documented unit and are named, not read
Limits: `/summaries` holds the best repetition of a set, not its mean, and peakVelocity may come from another one: its
  rows are repetition 1 with the method best_rep; deleted sets are ignored; the API writes UTC, so that the day needs
  --tz; sets of one athlete and day are one session; the side stands in the name of the exercise only; no mean
  propulsive velocity; the CSV of the app and of the Cloud, `/bests` and FLEX exports through a mapping file only
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.importers import _athletes, _instants, _json, _measures, _reps, _sets, _trials
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source

VENDOR: Final = "gymaware"
NEEDED: Final = ("recorded", "athleteReference", "exerciseName", "barWeight")
_SUMMARY: Final = {
    "meanVelocity": "mean_velocity_m_s", "peakVelocity": "peak_velocity_m_s", "meanPower": "mean_power_w",
    "peakPower": "peak_power_w", "meanWattsPerKg": "mean_power_w_kg", "peakWattsPerKg": "peak_power_w_kg",
}  # fmt: skip
_MOST_REPS: Final = 1000
_NO_UNIT: Final = ("height", "dip", "velocityZone")
_UNITS: Final = (
    ("velocity", "m/s"), (r"watts\s*/\s*kg", "W/kg"), ("power", "W"), ("force development|rfd", "kN/s"),
    ("time to |duration|contact time|flight time", "s"), ("force", "N"), ("work", "J"),
)  # fmt: skip
_PHASE: Final = re.compile(r"^(conc|ecc)(?:entric)?\s+", re.IGNORECASE)
_SIDE: Final = re.compile(r"\b(left|right)\b", re.IGNORECASE)
_ROW: Final = {
    "source_row": pl.Int64, "reference": pl.String, "name": pl.String, "exercise_raw": pl.String,
    "exercise_id": pl.String, "recorded": pl.String, "deleted": pl.String, "load_raw": pl.String, "reps": pl.String,
    "notes": pl.String, "side": pl.String,
}  # fmt: skip


def matches(head: Head) -> bool:
    """Whether the objects are the API's sets."""
    return head.kind == "json" and head.keys.issuperset(NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the sets; nothing is judged here."""
    document = source.document
    listed = document.get("data", [document]) if isinstance(document, Mapping) else document
    items = _json.items(source.name, listed, "the file")
    if not items:
        raise ImportProblem(f"{source.name} holds no set", "at least one set", "ask the API for another month")
    rows, whose = _athletes.named(_as_rows(items), "name", context, source.name)
    rows, ignored = _without_deleted(rows)
    rows, days = _numbered(rows, context)
    every, values, unread = _repetitions(rows, items)
    made = _reps.long(every, values, VENDOR)
    athletes = [_sets.tables(part, context, VENDOR) for part in rows.partition_by("athlete", maintain_order=True)]
    tables = {name: pl.concat([t[name] for t in athletes]) for name in ("sessions", "sets")} if athletes else {}
    return Raw(
        primary=("sets",),
        variant="reps" if any("reps" in item for item in items) else "summaries",
        records=Items([_json.compact(item) for item in items]),
        tables={"sets": rows, "sessions": rows, **tables, "reps": made.reps},
        decisions={"zone_basis": "+".join(sorted(days["zone_basis"].unique()))} | _sets.answers(context),
        n_read=len(items),
        refused=made.refused,
        ignored=ignored,
        notices=(*whose, *_instants.notice(days), *_trials.not_read(unread)),
    )


def _as_rows(items: list[Mapping[str, Any]]) -> pl.DataFrame:
    rows = []
    for n, item in enumerate(items, 1):
        repetitions = item.get("reps")
        name = str(item.get("exerciseName") or "").strip()
        sides = {found.casefold() for found in _SIDE.findall(name)}
        told = {
            "reference": item.get("reference"), "name": item.get("athleteName") or item.get("athleteReference"),
            "exercise_raw": name, "exercise_id": item.get("exerciseReference"), "recorded": item.get("recorded"),
            "deleted": item.get("deleted"), "load_raw": item.get("barWeight"), "notes": item.get("notes"),
            "reps": len(repetitions) if isinstance(repetitions, list) else item.get("repCount"),
            "side": sides.pop() if len(sides) == 1 else None,
        }  # fmt: skip
        rows.append({"source_row": n} | {key: _json.text_of(value) for key, value in told.items()})
    return pl.DataFrame(rows, schema=_ROW, orient="row")


def _without_deleted(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sets that stand; deleted ones, ones without a repetition and earlier versions of a set are ignored."""
    newest = pl.col("source_row").max().over("athlete", pl.coalesce("reference", pl.col("source_row").cast(pl.String)))
    reason = (
        pl.when(pl.col("deleted") == "true").then(pl.lit("deleted"))
        .when(pl.col("reps") == "0").then(pl.lit("no_repetition"))
        .when(pl.col("source_row") != newest).then(pl.lit("earlier_version"))
    )  # fmt: skip
    rows = rows.with_columns(reason.alias("reason"))
    return rows.filter(pl.col("reason").is_null()), refusals(rows.filter(pl.col("reason").is_not_null()))


def _numbered(rows: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sets in the order of their time, those of one day in one session; a set is known by the vendor's number."""
    days = _instants.local([_instants.from_epoch(text) for text in rows["recorded"]], context)
    rows = rows.with_columns(days[name] for name in ("date", "start_local", "start_utc", "zone", "zone_basis"))
    rows = rows.sort("athlete", "start_utc", "source_row", nulls_last=True)
    rows = rows.with_columns(
        pl.col("source_row").first().over("athlete", "date").alias("first_row"),
        pl.concat_str("athlete", pl.lit(VENDOR), pl.col("date").fill_null(""), separator="|").alias("session_id"),
        pl.col("load_raw").alias("load_kg"),
        pl.col("start_utc").alias("started_utc"),
        pl.lit("work").alias("set_type"),
        pl.lit("false").alias("assisted"),
        *(pl.lit(None, pl.String).alias(name) for name in ("title", "workout_notes", "workout_s")),
    )
    rows = _sets.in_blocks(rows)
    own = pl.concat_str("athlete", pl.lit(VENDOR), "reference", separator="|")
    return rows.with_columns(pl.coalesce(own, "set_id").alias("set_id")), days


def _repetitions(
    rows: pl.DataFrame, items: list[Mapping[str, Any]]
) -> tuple[pl.DataFrame, list[_reps.Value], set[str]]:
    """The repetitions of the sets with one column per measure, and the labels that have no known unit."""
    values: dict[str, _reps.Value] = {}
    unread: set[str] = set()
    wide: list[dict[str, Any]] = []
    for row in rows.iter_rows(named=True):
        item = items[row["source_row"] - 1]
        listed = item.get("reps")
        single = not isinstance(listed, list)
        for n, repetition in enumerate([item] if single else [r for r in listed or () if isinstance(r, Mapping)], 1):
            number = repetition.get("REPNUM")
            told_number = isinstance(number, int) and 0 < number < _MOST_REPS
            found: dict[str, Any] = {"source_row": row["source_row"], "rep_no": number if told_number else n}
            for label, value in repetition.items():
                known = _value(label, single=single)
                if known is not None and value is not None:
                    values.setdefault(label, known)
                    found[label] = _json.text_of(value)
                elif known is None and (not single or label in _NO_UNIT) and label != "REPNUM":
                    unread.add(label)
            wide.append(found)
    schema = {"source_row": pl.Int64, "rep_no": pl.Int32, **dict.fromkeys(values, pl.String)}
    told = rows.select(
        "source_row", "set_id", "session_id", "athlete", "date", "exercise_raw", "set_no", "side", "load_kg"
    )
    every = pl.DataFrame(wide, schema=schema, orient="row").join(
        told, on="source_row", how="left", maintain_order="left"
    )
    return every, list(values.values()), unread


def _value(label: str, *, single: bool) -> _reps.Value | None:
    if single:
        known = _SUMMARY.get(label)
        return _reps.Value(label, label, "concentric", known, 1.0, "best_rep") if known else None
    found = _PHASE.match(label)
    phase = "eccentric" if found and found[1].casefold() == "ecc" else "concentric" if found else "full"
    name = _PHASE.sub("", label)
    unit = None if name.endswith(")") else next((u for words, u in _UNITS if re.search(words, name.casefold())), None)
    measure = _measures.of(re.sub(r"watts\s*/\s*kg", "power", name, flags=re.IGNORECASE), unit)
    if measure is None:
        return None
    phase = (
        "concentric"
        if phase == "full" and re.search("watts|rfd|force development|time to", label, re.IGNORECASE)
        else phase
    )
    return _reps.Value(label, label, phase, measure.slug, measure.factor)
