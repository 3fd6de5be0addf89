"""Hawkin Dynamics (force plates).

Vendor: Hawkin Dynamics, cloud API (also as the packages hdforce and hawkinR save it)
Export: the API's list of tests as JSON
Row: one trial: all its measures become rows of `trials`
Variants: measures as keys with their unit (`Jump Height(m)`), or as the nested list `metrics`
Units: in each key, or beside each metric
Limits: archived trials (`active` false) are ignored; the API writes UTC, so that the day needs --tz; jump height and
  mRSI are from impulse and momentum; a difference between the legs (`L|R …`) is above zero where the left leg is
  higher; tags stand in the protocol; the CSV of the web app through a mapping file only
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from analysis.importers import _athletes, _instants, _json, _measures, _trials
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Context, Items, Raw, refusals
from analysis.importers._source import Head, Source
from analysis.importers._text import per_value

VENDOR: Final = "hawkin"
NEEDED: Final = ("testType", "segment", "timestamp", "athlete")
_ABOUT: Final = (*NEEDED, "id", "active", "metrics", "external", "lastSyncTime", "forceTime")
_META: Final = ("source_row", "attempt", "athlete_raw", "name", "tags", "timestamp", "active")
_IMPULSE: Final = ("height_m", "rsi_modified")


def matches(head: Head) -> bool:
    """Whether the objects are the API's tests."""
    return head.kind == "json" and head.keys.issuperset(NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape the tests; nothing is judged here."""
    document = source.document
    listed = document.get("data") if isinstance(document, Mapping) and "data" in document else document
    tests = _json.items(source.name, [listed] if isinstance(listed, Mapping) else listed, "data")
    if not tests:
        raise ImportProblem(f"{source.name} holds no test", "at least one test", "ask the API for a longer period")
    rows, columns, unread = _wide(tests)
    rows, whose = _athletes.named(rows, "athlete_raw", context, source.name)
    active = pl.col("active") != "false"
    gone = refusals(rows.filter(~active).with_columns(pl.lit("inactive").alias("reason")))
    rows = rows.filter(active)
    days = _instants.local([_instants.from_epoch(t) for t in rows["timestamp"]], context)
    done = _trials.long(_renamed(rows, days), columns, VENDOR, "Hawkin Dynamics")
    basis = sorted(days["zone_basis"].unique())
    return Raw(
        primary=("trials",),
        variant="nested" if any("metrics" in test for test in tests) else "flat",
        records=Items([_json.compact(test) for test in tests]),
        tables={"trials": done.trials},
        decisions={"zone_basis": "+".join(basis)},
        n_read=len(tests),
        refused=done.refused,
        ignored=pl.concat(
            [gone, done.ignored.filter(~pl.col("source_row").is_in(done.refused["source_row"].implode()))]
        ),
        notices=(*whose, *_instants.notice(days), *_trials.not_read(unread)),
    )


def _wide(tests: list[Mapping[str, Any]]) -> tuple[pl.DataFrame, list[_trials.Column], set[str]]:
    """The tests as rows of text, the columns among them that are measures, and the names of those that are none."""
    found = [_values(test) for test in tests]
    measures = {(label, units): _measures.of(label, units) for row in found for label, units in row}
    keys = [key for key, measure in measures.items() if measure is not None]
    rows = [
        (n, *_about(test), *(_json.text_of(row.get(key)) for key in keys))
        for n, (test, row) in enumerate(zip(tests, found, strict=True), 1)
    ]
    names = [f"c{at}" for at in range(len(keys))]
    schema = {"source_row": pl.Int64, **dict.fromkeys((*_META[1:], *names), pl.String)}
    columns = [
        _trials.Column(name, key[0], _by_impulse(measure))
        for name, key in zip(names, keys, strict=True)
        if (measure := measures[key]) is not None
    ]
    unread = {label for (label, _), measure in measures.items() if measure is None}
    return pl.DataFrame(rows, schema=schema, orient="row"), columns, unread


def _values(test: Mapping[str, Any]) -> dict[tuple[str, str | None], Any]:
    """The values of a test by label and unit, the unit None where it stands in the label."""
    flat: dict[tuple[str, str | None], Any] = {
        (key, None): value for key, value in test.items() if key not in _ABOUT and not isinstance(value, dict | list)
    }
    nested = test.get("metrics")
    if not isinstance(nested, list):
        return flat
    told = [metric for metric in nested if isinstance(metric, Mapping)]
    return flat | {(str(m.get("metricLabel")), str(m.get("metricUnits") or "")): m.get("metricValue") for m in told}


def _about(test: Mapping[str, Any]) -> tuple[str | None, ...]:
    kind, athlete = test.get("testType"), test.get("athlete")
    kind = kind if isinstance(kind, Mapping) else {"name": kind}
    athlete = athlete if isinstance(athlete, Mapping) else {"name": athlete}
    listed = kind.get("tags")
    tags = [t.get("name") if isinstance(t, Mapping) else t for t in listed] if isinstance(listed, list) else []
    name = kind.get("name") or str(test.get("segment") or "").rpartition(":")[0]
    key = test.get("id") or f"{test.get('timestamp')}|{test.get('segment')}"
    told = (key, athlete.get("name"), name, " + ".join(sorted(str(tag) for tag in tags if tag)))
    return (
        *map(_json.text_of, told),
        _json.text_of(test.get("timestamp")),
        _json.text_of(test.get("active")) or "true",
    )


def _by_impulse(measure: _measures.Measure) -> _measures.Measure:
    if measure.method is None and measure.slug in _IMPULSE:
        return _measures.Measure(measure.slug, measure.factor, "impulse_momentum", measure.side)
    return measure


def _renamed(rows: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(days["date"].alias("date"), days["start_utc"].alias("start"))
    number = _trials.occurrence("athlete", "attempt")
    test = per_value(rows["name"].fill_null(""), _trials.jump, pl.String)
    return rows.with_columns(
        test.alias("test"),
        pl.concat_str("attempt", number, separator="|").alias("attempt"),
        pl.concat_str(pl.col("start").fill_null(""), "attempt", number, separator="|").alias("order"),
        pl.concat_str("name", pl.when(pl.col("tags") != "").then("tags"), separator=", ", ignore_nulls=True).alias(
            "protocol"
        ),
        pl.lit(None, pl.String).alias("load_kg"),
        pl.lit("both").alias("side"),
    )
