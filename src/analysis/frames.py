"""Polars inside, pandas at the door, and the one way a frame becomes an HTML table."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final, ParamSpec, TypeVar, cast

import polars as pl

P = ParamSpec("P")
R = TypeVar("R")

PROBABILITY: Final = "P"  # written without its unit, and never as 0 or 1
DECIMALS: Final = {
    "kg": 1, "%": 1, "s": 2, "m": 3, "m/s": 2, "AU": 0, "sets": 0, "reps": 0, "days": 0, "%/week": 2, "min": 0, "km": 1,
}  # fmt: skip


def pandas_door(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function written for polars frames take pandas frames as well.

    A pandas argument is turned into polars, where a `date`, which pandas keeps as an instant, becomes a day again; when
    any argument was pandas, a polars frame that comes back is turned into pandas. Other results pass through. pandas is
    imported only when somebody already uses it.

    >>> import pandas as pd
    >>> type(pandas_door(lambda frame: frame.head(1))(pd.DataFrame({"a": [1, 2]}))).__module__.split(".")[0]
    'pandas'
    """

    @functools.wraps(function)
    def through(*args: P.args, **kwargs: P.kwargs) -> R:
        came = [_is_pandas(a) for a in (*args, *kwargs.values())]
        if not any(came):
            return function(*args, **kwargs)
        inner = [_to_polars(a) for a in args]
        result = function(*inner, **{k: _to_polars(v) for k, v in kwargs.items()})
        return cast("R", to_pandas(result)) if isinstance(result, pl.DataFrame) else result

    return through


def to_pandas(frame: pl.DataFrame) -> Any:
    """The same table as a pandas DataFrame (enums become categories, dates stay dates).

    >>> to_pandas(pl.DataFrame({"load_kg": [60.0, None]}))["load_kg"].isna().sum()
    np.int64(1)
    """
    return frame.to_pandas()


def _is_pandas(value: object) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def _to_polars(value: Any) -> Any:
    if not _is_pandas(value):
        return value
    frame = pl.from_pandas(value)
    return frame.cast({"date": pl.Date}) if isinstance(frame.schema.get("date"), pl.Datetime) else frame


def number(value: float | None, unit: str = "") -> str:
    """A number as people read it: decimals by unit, three significant digits otherwise, thousands apart.

    >>> number(106.6667, "kg"), number(12345.6, "AU"), number(0.9999, "P"), number(None)
    ('106.7', '12,346', '>0.99', '–')
    """
    if value is None:
        return "–"
    if unit == PROBABILITY:
        return ">0.99" if value > 0.99 else "<0.01" if value < 0.01 else f"{value:.2f}"
    if unit in DECIMALS:
        long = abs(value) >= (100 if unit == "m" else 1000)  # a distance, where three decimals are of a jump
        text = f"{value:,.{0 if long else DECIMALS[unit]}f}"
        return text[1:] if text.startswith("-") and not any(c in "123456789" for c in text) else text
    return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def html_table(frame: pl.DataFrame, table_id: str, labels: Mapping[str, str] | None = None, rows: int = 200) -> str:
    """An escaped HTML table of at most `rows` rows, without style of its own; nulls show as a dash.

    >>> "&lt;b&gt;" in html_table(pl.DataFrame({"note": ["<b>"]}), "notes")
    True
    """
    from great_tables import GT  # 0.3 s to import, and not every use of the toolkit shows a table

    floats = [c for c, dtype in frame.schema.items() if dtype.is_float()]
    shown = frame.head(rows)
    words: dict[str, Any] = {column: word for column, word in (labels or {}).items() if column in frame.columns}
    table = GT(shown, id=table_id).sub_missing(missing_text="–").cols_label(words)
    if floats:
        table = table.fmt_number(floats, n_sigfig=4, drop_trailing_zeros=True)
    html = table.as_raw_html()
    html = html[html.index("<table") : html.index("</table>") + len("</table>")]
    if frame.height > rows:
        html += f"<p>… and {frame.height - rows} more rows.</p>"
    return html


@dataclass(frozen=True)
class Table:
    """A frame that shows itself as an escaped table, or as the sentence `empty` when it has no rows.

    >>> Table(pl.DataFrame({"a": []}), "t", empty="Nothing was refused.")._repr_html_()
    '<p>Nothing was refused.</p>'
    """

    frame: pl.DataFrame
    table_id: str
    labels: Mapping[str, str] = field(default_factory=dict)
    empty: str = "No rows."

    def __repr__(self) -> str:
        return (
            self.empty
            if self.frame.is_empty()
            else f"<table of {self.frame.height} rows: {', '.join(self.frame.columns)}>"
        )

    def _repr_html_(self) -> str:
        return (
            f"<p>{escape(self.empty)}</p>"
            if self.frame.is_empty()
            else html_table(self.frame, self.table_id, self.labels)
        )
