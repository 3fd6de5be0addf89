"""Elite HRV (heart-rate variability readings).

Vendor: Elite HRV, iOS and Android
Export: Settings > Export data; one CSV with a row per reading
Row: one reading; morning readings and open readings are told apart by their instrument
Variants: the export with `Date Time Start`, and the older one with `Datetime`
Units: fixed by the app: ms, beats per minute, percent
Limits: local time as written; the scores (HRV, Morning Readiness, Balance) are kept without a range, which the file
  does not tell; a balance in letters (S, PS) and the powers of the frequency bands are not read
"""

from __future__ import annotations

from typing import Final

import polars as pl

from analysis.importers import _athletes, _dates, _header, _wellness
from analysis.importers._numbers import not_zero, number
from analysis.importers._raw import Context, Raw
from analysis.importers._source import Head, Source
from analysis.importers._wellness import BETTER, Item

VENDOR: Final = "elite_hrv"
COLUMNS: Final[_header.Synonyms] = {
    "member": ("Member",),
    "type": ("Type",),
    "start": ("Date Time Start", "Datetime", "Date Time"),
    "notes": ("Notes",),
    "score": ("HRV",),
    "readiness": ("Morning Readiness", "Score"),
    "balance": ("Balance",),
    "hrv_cv": ("HRV CV",),
    "hr": ("HR",),
    "ln_rmssd": ("lnRmssd",),
    "rmssd": ("Rmssd",),
    "pnn50": ("Pnn50",),
    "sdnn": ("Sdnn",),
}
NEEDED: Final = ("start", "rmssd", "ln_rmssd")
_ITEMS: Final = (
    Item("resting_hr", "resting_hr_bpm"),
    Item("other_hr", "heart_rate_bpm"),
    Item("rmssd", "hrv_rmssd_ms"),
    Item("ln_rmssd", "hrv_ln_rmssd"),
    Item("sdnn", "hrv_sdnn_ms"),
    Item("pnn50", "pnn50_percent"),
    Item("score", "elite_hrv_score", BETTER),
    Item("hrv_cv", "elite_hrv_cv"),
    Item("readiness", "readiness", BETTER),
    Item("balance", "elite_hrv_balance"),
)


def matches(head: Head) -> bool:
    """Whether the header is that of Elite HRV: rMSSD beside its logarithm."""
    return _header.layout(head, COLUMNS).has(*NEEDED)


def read(source: Source, context: Context) -> Raw:
    """Rename and reshape an export; nothing is judged here."""
    found = _header.layout(source.head, COLUMNS)
    table = _header.table(source, found, COLUMNS, NEEDED)
    frame, notices = _athletes.named(table.frame, "member", context, source.name)
    days = _dates.local(frame["start"], source.name, context.answer("date_order"))
    frame = frame.with_columns(days.date.alias("date"), days.start.alias("reported_local"))
    kind = pl.col("type").str.strip_chars().str.to_lowercase()
    morning = (kind == "") | kind.str.contains("readiness|morning")
    frame = frame.with_columns(
        pl.when(morning).then(pl.lit(VENDOR)).otherwise(pl.format(f"{VENDOR} {{}}", kind)).alias("instrument"),
        pl.when(morning).then("hr").otherwise(pl.lit("")).alias("resting_hr"),
        pl.when(morning).then(pl.lit("")).otherwise("hr").alias("other_hr"),
        pl.when(number("balance").is_not_null()).then("balance").otherwise(pl.lit("")).alias("balance"),
        *(not_zero(name) for name in ("rmssd", "sdnn", "ln_rmssd", "score", "readiness")),
    ).with_columns(not_zero("resting_hr"), not_zero("other_hr"))
    return _wellness.finished(
        table,
        _wellness.long(frame, _ITEMS, VENDOR),
        variant="Date Time Start" if "datetimestart" in found.headers else "Datetime",
        decisions=_header.reading_decisions(source, found) | days.decisions,
        notices=notices,
    )
