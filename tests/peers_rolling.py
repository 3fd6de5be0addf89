"""Peers' cases answered by our functions; see tests/peer_adapters.py.

athletemonitoring is R: what a call leaves out has its defaults (windows of 7 and 28 days, `sum(x)` of a day's sessions,
unknown stays unknown), and its rolling statistics leave unknown days out however many they are (`min_coverage=0`). Our
own policy is another one; tests/test_rolling.py holds the difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.stats.rolling import Days, contrast, daily, group_quantiles, window_counts, windows
from peers_compare import Adapter, Compared

Table = dict[str, NDArray[Any]]
EPOCH = date(1970, 1, 1)
ENDLESS = 10**6
NAMES = ("athlete", "date", "variable", "estimator")
MISSING = ("missing_entries", "missing_day", "extended_day")
NEAR = {"rel": 1e-10, "abs_": 1e-9}
NUMBER = r"([-+\w.]+)"


@dataclass(frozen=True)
class Call:
    """What stands in the text of a call of `prepare`, with R's defaults for the rest."""

    text: str

    def word(self, name: str, default: str) -> str:
        found = re.search(rf"(?<![\w.]){name}\s*=\s*[\"']?{NUMBER}", self.text)
        return found[1].rstrip(".") if found else default

    def number(self, name: str, default: float = np.nan) -> float:
        word = self.word(name, "")
        return default if not word else np.nan if word in ("NA", "NaN") or word.startswith("NA_") else float(word)

    @property
    def partial(self) -> bool:
        return self.word("partial", "FALSE").startswith("T")

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last day, where the call states both ends or one and the data the other."""
        found = {end: re.search(rf"\b{end}_date\b[^,;]*?(\d{{4}}-\d\d-\d\d)", self.text) for end in ("start", "stop")}
        told = {end: (date.fromisoformat(day[1]) - EPOCH).days for end, day in found.items() if day}
        return None if not told else (told.get("start", -ENDLESS), told.get("stop", ENDLESS))

    @property
    def unrated(self) -> tuple[int, int] | None:
        """Row (from 1) of the first value that the case takes away, and how many rows lie between two of them."""
        by = re.search(r"seq\(\s*(\d+)\s*,[^,)]*,\s*(?:by\s*=\s*)?(\d+)", self.text)
        every = re.search(r"every\s+(\d+)\s*(?:st|nd|rd|th)\b", self.text)
        return (int(by[1]), int(by[2])) if by else (int(every[1]), int(every[1])) if every else None

    def session_options(self) -> dict[str, Any]:
        how = re.search(r"day_aggregate\s*=\s*(?:function\(x\)\s*\{?\s*)?(\w+)(?:\(([^)]*)\))?", self.text)
        missing_day = self.number("NA_day")
        return {
            "aggregate": how[1] if how else "sum",
            "skip_missing": bool(how and "na.rm" in (how[2] or "") and "FALSE" not in how[2].upper()),
            "missing_session": self.number("NA_session"),
            "missing_day": missing_day,
            "extend": self.word("extend", "none"),
            "extended_day": self.number("extend_fill", missing_day),
        }


def _read(case: Mapping[str, Any]) -> tuple[pl.DataFrame, list[str], list[str]]:
    """The sessions of the case's variables with codes for athletes; names of athletes and variables."""
    name = re.split(r"[\s/]", case["file"]["input"].split(".csv")[0])[-1] + ".csv"
    told = pl.read_csv(case["folder"] / name, null_values=["NA", ""], schema_overrides={"Value": pl.Float64})
    wanted = sorted({row["variable"] for row in case["rows"]})
    athletes = sorted({row["athlete"] for row in case["summary_rows"]})
    return told.filter(pl.col("Full Name").is_in(athletes), pl.col("Variable").is_in(wanted)), athletes, wanted


def _days(case: Mapping[str, Any], call: Call) -> tuple[Days, list[tuple[str, str]]]:
    """One series for each athlete and variable, in the order of the given names."""
    told, athletes, variables = _read(case)
    series = [(athlete, variable) for variable in variables for athlete in athletes]
    codes = {name: code for code, name in enumerate(series)}
    who = [codes[row] for row in told.select("Full Name", "Variable").iter_rows()]
    day, value = told["Date"].str.to_date("%Y-%m-%d").to_physical().to_numpy(), told["Value"].to_numpy().copy()
    if call.unrated:
        value[call.unrated[0] - 1 :: call.unrated[1]] = np.nan
    options = call.session_options() | {"person": [athletes.index(athlete) for athlete, _ in series]}
    if call.span:
        ends = (call.span[0], day.min()), (call.span[1], day.max())
        options["span"] = tuple(int(data if abs(told) == ENDLESS else told) for told, data in ends)
    return daily(who, day, value, **options), series


def _table(days: Days, call: Call) -> Table:
    """Columns by the peer's names, each series x days."""
    table = {name: getattr(days, name) for name in ("entries", *MISSING)} | {"variable.value": days.value}
    found = {}
    for window, width in (("acute", 7), ("chronic", 28)):
        width = int(call.number(window, width))  # noqa: PLW2901  # the default where the call is silent
        least = 1.0 if "na.rm=FALSE" in call.text.replace(" ", "") else 0.0
        found[window] = windows(days, width, min_coverage=least, partial=call.partial)
        table |= {f"{window}.{name}": getattr(found[window], name) for name in ("mean", "sd", "cv")}
        table[f"{window}.conf"] = found[window].coverage
        counts = {m: window_counts(days, table[m], width, partial=call.partial) for m in MISSING}
        table |= {f"{window}.{name}": values for name, values in counts.items()}
    both = contrast(found["acute"], found["chronic"])
    return table | {"ACD": both.difference, "ACR": both.ratio, "ES": both.effect}


def _said(what: str, row: Mapping[str, Any], ours: Mapping[str, Any]) -> list[Compared]:
    """Every number of a row that is not a name; a column that we do not have is named."""
    assert set(row) <= set(ours) | set(NAMES), f"no answer to {sorted(set(row) - set(ours) - set(NAMES))}"
    return [Compared(f"{what} {n}", _number(v), float(ours[n]), **NEAR) for n, v in row.items() if n not in NAMES]


def _number(told: Any) -> float:
    """R's logical columns count as numbers; its NA, NaN and Inf are text in the file."""
    return np.nan if told in (None, "NA") else float(told)


def _checksum(values: NDArray[Any]) -> dict[str, float]:
    known = values[~np.isnan(values)]
    return {
        "n": values.size,
        "n_na": values.size - known.size,
        "sum": known.sum(),
        "min": known.min(initial=np.inf),
        "max": known.max(initial=-np.inf),
    }


def _summary(days: Days, i: int) -> dict[str, float]:
    """R's summary of one series: IQR by type 7, MAD times 1.4826."""
    inside, value = days.inside[i], days.value[i]
    known = value[~np.isnan(value)]
    median = np.median(known) if known.size else np.nan
    return {
        "Total entries": days.entries[i].sum(),
        "Day entries": known.size,
        "Missing entries": days.missing_entries[i].sum(),
        "Missing days": days.missing_day[i].sum(),
        "Extended days": days.extended_day[i].sum(),
        "Start date": days.day[inside].min(),
        "Stop date": days.day[inside].max(),
        "Mean": known.mean() if known.size else np.nan,
        "SD": known.std(ddof=1) if known.size > 1 else np.nan,
        "Min": known.min() if known.size else np.nan,
        "Max": known.max() if known.size else np.nan,
        "Median": median,
        "IQR": np.subtract(*np.quantile(known, [0.75, 0.25])) if known.size else np.nan,
        "MAD": 1.4826 * np.median(np.abs(known - median)) if known.size else np.nan,
    }


def _column(days: Days, iso: str) -> int:
    return (date.fromisoformat(iso) - EPOCH).days - int(days.day[0])


def _prepare(case: Mapping[str, Any]) -> list[Compared]:
    call = Call(case["call"])
    days, series = _days(case, call)
    table = _table(days, call)
    place = {name: code for code, name in enumerate(series)}
    found = [Compared("rows", case["data_wide_dim"][0], int(days.inside.sum()))]
    for name, sums in case["checksums"].items():
        ours = _checksum(table[name][days.inside].astype(float))
        found += [Compared(f"checksum {name} {n}", _number(v), ours[n], rel=1e-9, abs_=1e-7) for n, v in sums.items()]
    for row in (*case["rows"], *case["missing_summary_athlete_rows"]):
        here = place[row["athlete"], row["variable"]], _column(days, row["date"])
        found += _said(f"{row['athlete']} {row['date']}", row, {name: values[here] for name, values in table.items()})
    for row in case["summary_rows"]:
        ours = _summary(days, place[row["athlete"], row["variable"]])
        found += _said(f"{row['athlete']} summary", row, ours)
    return found + _groups(case, days, series, table)


def _groups(case: Mapping[str, Any], days: Days, series: list[tuple[str, str]], table: Table) -> list[Compared]:
    found = []
    names = ("group.lower", "group.median", "group.upper")
    for row in (*case["group_summary_rows"], *case["missing_summary_group_rows"]):
        members = [i for i, (_, variable) in enumerate(series) if variable == row["variable"]]
        here = _column(days, row["date"])
        members = [i for i in members if days.inside[i, here]]
        if "estimator" in row:
            quantiles = group_quantiles(table[row["estimator"]][members, here][:, None])[:, 0]
            ours = dict(zip(names, quantiles.tolist(), strict=True))
        else:
            ours = {name: float(values[members, here].sum()) for name, values in table.items()}
        found += _said(f"group {row['date']} {row.get('estimator', '')}", row, ours)
    return found


ADAPTERS: dict[tuple[str, str], Adapter] = {("athletemonitoring.json", "*"): _prepare}
