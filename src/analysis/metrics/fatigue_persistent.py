"""Is the fatigue persistent, and on which days were which domains down? (methods F8).

What: days of the last 7 on which two or more domains were down (days); unknown days widen it to a range. `params` say
  whether that is persistent (True, False, None: cannot be told); parts give the days and the base rate of each domain.
Formula: persistent with two or more domains down on 3 of the last 7 days (5 of them with two known domains), or one
  domain on 10 of the last 14 (12 known). Domains: subjective, autonomic, neuromuscular, response.
Source: convention; in simulated unchanged athletes whose domains are down on 10 % of days it raises a false alarm in 5
  of 100 blocks of six weeks.
Limits: an unknown day of a domain counts neither way; where fewer than 5 of 7 days have two known domains it refuses. A
  domain that was down on more than 15 % of the days of 8 weeks is named, as it says little then. Heart-rate
  variability alone decides nothing, however long it is down: its 7-day means do so for long without any change.
Trap: any single day with two domains down happens in 2 of 3 normal blocks. It is the run of days that counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.metrics._domains import AUTONOMIC, domains_of
from analysis.metrics._marks import layered
from analysis.stats.fatigue_rule import (
    BASE_DAYS,
    BASE_KNOWN,
    BASE_MOST,
    LONG,
    LONG_DOWN,
    LONG_KNOWN,
    MIN_DOMAINS,
    MIN_DOWN,
    MIN_KNOWN,
    WINDOW,
    Persistent,
    base_rate,
    persistent,
)

WHAT: Final = "Days with two or more domains down, last 7 days"
METHOD: Final = (
    "Two or more domains down on 3 of the last 7 days, or one domain on 10 of 14 (methods F8); a convention whose false"
    " alarms were simulated."
)
DOMAINS: Final = ("subjective", "autonomic", "neuromuscular", "response")
RATE: Final = "down on days of 8 weeks"
_USED: Final = {
    "window": WINDOW, "min_known": MIN_KNOWN, "min_domains": MIN_DOMAINS, "min_down": MIN_DOWN, "long": LONG,
    "long_known": LONG_KNOWN, "long_down": LONG_DOWN, "base_days": BASE_DAYS, "base_known": BASE_KNOWN,
    "base_most": BASE_MOST, "domains": DOMAINS, "never_alone": (AUTONOMIC,),
}  # fmt: skip


def estimate(domains: Iterable[Estimate], *, who: str = "", end: dt.date | None = None) -> Estimate:
    """Days of the 7 up to `end` with two domains down; `dict(params)["persistent"]` is True, False or None.

    `domains` are Estimates whose points have `date, domain, down`; domains beside the four of the rule are left out and
    named. Refused: TOO_FEW_DOMAINS. Caution: BASE_RATE_HIGH, NEVER_ALONE (only heart-rate variability was down, on 10
    of 14 days: not persistent). Raises ValueError for Estimates of several athletes or without these columns.

    >>> estimate([]).reason
    'TOO_FEW_DOMAINS'
    """
    told = domains_of(domains, who, end, BASE_DAYS)
    flags = {name: days for name, days in told.flags.items() if name in DOMAINS}
    found = persistent(flags, never_alone=(AUTONOMIC,))
    decided, alone = found.persistent, found.single_domain == (AUTONOMIC,) and not found.persistent
    used = _USED | {"end": told.end, "persistent": decided, "single_domain": found.single_domain}
    known: dict[str, Any] = {"who": told.who, "method": METHOD, "params": params(used), "unit": "days", "level": None}
    notes = (*_said(found, flags, told.end, alone=alone), *_left_out(told.flags), *told.refused)
    known |= {"notes": notes, "n": found.known_days}
    if told.end is not None and flags:
        known |= {"parts": _parts(flags), "points": _points(flags, told.end), "draw": _draw}
    if decided is None:
        return refuse(WHAT, "TOO_FEW_DOMAINS", **known)
    high = [name for name, days in flags.items() if base_rate(days).too_high]
    if alone or high:
        known |= {"status": "caution", "reason": "NEVER_ALONE" if alone else "BASE_RATE_HIGH"}
    value, unknown = float(found.days_two_domains), WINDOW - found.known_days
    if unknown:
        known |= {"low": value, "high": value + unknown}
    return Estimate(WHAT, value=value, **known)


def _said(
    found: Persistent, flags: dict[str, list[bool | None]], end: dt.date | None, *, alone: bool
) -> list[str]:  # fmt: skip
    last = [(d, [n for n in flags if flags[n][-1 - d]]) for d in range(WINDOW - 1, -1, -1)]
    days = [f"{_day(end, d)} ({', '.join(low)})" for d, low in last if len(low) >= MIN_DOMAINS]
    long = f"down on {LONG_DOWN} or more of the last {LONG} days"
    counted = " and ".join(found.single_domain)
    said = [
        (bool(found.persistent), "Persistent by the rule of two domains or one for long."),
        (found.persistent is False, "Not persistent."),
        (bool(days), f"Two or more domains down on: {', '.join(days)}."),
        (bool(counted), f"By itself {long}: {counted}."),
        (alone, "Heart-rate variability alone is no reason for a deload."),
    ]
    return [text for true, text in said if true]


def _day(end: dt.date | None, ago: int) -> str:
    day = (end or dt.date.min) - dt.timedelta(days=ago)
    return f"{day.day} {day:%b}"


def _left_out(flags: dict[str, list[bool | None]]) -> list[str]:
    others = [name for name in flags if name not in DOMAINS]
    return [f"Shown elsewhere and no domain of this rule: {', '.join(others)}."] if others else []


def _parts(flags: dict[str, list[bool | None]]) -> tuple[Estimate, ...]:
    """Per domain: days down of the last 7, and the share of days down in 8 weeks with a caution above 15 %."""
    parts = []
    for name, days in flags.items():
        last, rate = [flag for flag in days[-WINDOW:] if flag is not None], base_rate(days)
        known: dict[str, Any] = {"level": None, "unit": "days", "n": len(last)}
        what, often = f"{name}: days down of the last 7", f"{name}: {RATE}"
        parts.append(Estimate(what, value=float(sum(last)), **known) if last else refuse(what, "TOO_FEW_DAYS", **known))
        known = {"level": None, "unit": "%", "n": rate.known_days}
        if rate.share is None:
            parts.append(refuse(often, "TOO_FEW_DAYS", **known))
            continue
        known |= {"status": "caution", "reason": "BASE_RATE_HIGH"} if rate.too_high else {}
        parts.append(Estimate(often, value=100 * rate.share, **known))
    return tuple(parts)


def _points(flags: dict[str, list[bool | None]], end: dt.date) -> pl.DataFrame:
    days = pl.date_range(end - dt.timedelta(days=BASE_DAYS - 1), end, eager=True)
    frames = (pl.DataFrame({"date": days, "domain": name, "down": own}, schema=_SCHEMA) for name, own in flags.items())
    return pl.concat(frames)


_SCHEMA: Final = {"date": pl.Date, "domain": pl.String, "down": pl.Boolean}


def _draw(result: Estimate) -> Any:
    days = pl.DataFrame(schema=_SCHEMA) if result.points is None else result.points.drop_nulls("down")
    axes = {"x_title": "Day (triangle: down, circle: not down, nothing: unknown)", "y_title": "Domain"}
    fine, low = days.filter(~pl.col("down")), days.filter("down")
    look: dict[str, Any] = {"shape": "triangle-down", "colour": charts.VERMILION, "size": 90}
    layers = [charts.points(fine, "date", "domain", **axes, filled=False, size=25)] if fine.height else []
    layers += [charts.points(low, "date", "domain", **axes, **look)] if low.height else []
    drawn = layered(layers)
    return None if drawn is None else drawn.properties(height=36 * (1 + days["domain"].n_unique()))
