"""The words of a mapping file: its sections and keys, the tables that a sheet can fill, and what each key may hold."""

from __future__ import annotations

from typing import Any, Final

LAYOUTS: Final = ("long", "wide_sets", "wide_weeks", "blocks", "two_row_header")
_WHO: Final = ("athlete", "date", "time")
_QUANTITIES: Final = ("load", "load_unit", "distance", "distance_unit")
TABLES: Final[dict[str, tuple[str, ...]]] = {
    "sets": (
        *_WHO, "workout", "exercise", "sets", "reps", "cell", *_QUANTITIES, "duration", "duration_unit", "rpe", "rir",
        "tempo", "set_type", "side", "status", "rest", "superset", "technique_ok", "notes", "workout_notes",
        "session_rpe", "session_duration", "day", "week",
    ),
    "trials": (
        *_WHO, "test", "trial", "side", *_QUANTITIES, "cap_s", "measure", "value", "method", "protocol", "device",
        "valid", "notes", "day", "week",
    ),
    "runs": (
        *_WHO, "sport", "title", "distance", "distance_unit", "duration", "duration_unit", "moving", "ascent_m",
        "descent_m", "average_hr_bpm", "max_hr_bpm", "cadence_spm", "power_w", "temperature_c", "shoe", "indoor",
        "race", "session_rpe", "notes", "day", "week",
    ),
    "wellness": (*_WHO, "item", "value", "instrument", "notes", "day", "week"),
    "reps": (
        *_WHO, "exercise", "set_no", "rep_no", "load", "load_unit", "phase", "side", "measure", "value", "method",
        "device",
    ),
    "streams": (
        *_WHO, "title", "sport", "t_s", "speed_m_s", "distance_m", "altitude_m", "heart_rate_bpm", "cadence_spm",
        "power_w",
    ),
}  # fmt: skip
"""The tables that a sheet can fill, with the columns that it may name."""
READERS: Final = ("reps_or_time", "load_or_distance")
TEXT, COUNT, TEXTS, FLAG, DAY, ANY = "a text", "a whole number from 0", "a list of texts", "true or false", "a day such as 2026-01-05", "anything"  # fmt: skip  # noqa: E501
DIRECTIONS: Final = ("higher_better", "higher_worse", "neutral")
SECTIONS: Final[dict[str, dict[str, Any]]] = {
    "match": {"sheet": TEXT, "header_rows": COUNT, "skip_rows": COUNT, "fingerprint": TEXT,
              "delimiter": (",", ";", "\t", "|")},
    "defaults": {
        "athlete": TEXT, "tz": TEXT, "date_order": ("dmy", "mdy", "ymd", "day_first", "month_first"),
        "decimal": (".", ","), "thousands": (".", ",", " ", "'"), "load_unit": ("kg", "lb"),
        "distance_unit": ("m", "km", "mi", "yd", "ft"), "duration_unit": ("s", "min", "h"),
        "clock": ("m:ss", "h:mm"), "load_basis": ("total", "per_implement", "unknown"),
        "rep_basis": ("total", "per_side", "unknown"), "null_tokens": TEXTS, "serial_dates": ("1900", "1904"),
    },
    "wide": {"id_columns": TEXTS, "value_columns": ANY, "header_is": TEXT, "cell_is": TEXT,
             "week_from": ("header_date", "week_number"), "first_week": DAY, "days": ANY},
    "cell": {"grammar": TEXT, "ranges": ("low", "high"), "opens": ("low",), "fractions": ("of_1rm", "load"),
             "prime": ("min", "s"), "label_total": FLAG},
    "ignore": {"rows_where": ANY, "columns": TEXTS},
    "fill": {"down": TEXTS},
    "gates": {"times": ("cumulative", "split")},
    "groups": {"names": ANY, "name_is": TEXT, "columns": ANY},
}  # fmt: skip
UNITS: Final = ("kg", "lb", "m", "km", "mi", "yd", "ft", "s", "min", "h")
FREE: Final = ("columns", "constants", "units", "values", "measures", "scales")
TOP: Final = ("version", "name", "table", "layout", *SECTIONS, *FREE, "blocks")
