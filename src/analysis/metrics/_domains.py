"""The daily flags of several fatigue domains, taken from their Estimates (methods F8, F9).

A domain's Estimate has `points` with `date, domain, down`. Where two Estimates are of the same domain (jump and bar
speed), it is down on a day on which one of them is, and known where one of them is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from analysis.estimate import Estimate

NEEDED: Final = ("date", "domain", "down")
AUTONOMIC: Final = "autonomic"


@dataclass(frozen=True)
class Domains:
    """Flags of every domain by name, one per day and the last of them `end`; who they are of; what had no number."""

    flags: dict[str, list[bool | None]]
    end: dt.date | None
    who: str
    refused: tuple[str, ...]

    def on_last_day(self) -> dict[str, bool | None]:
        """The state of every domain on the last day; nothing is carried over from the days before."""
        return {name: flags[-1] for name, flags in self.flags.items()}


def domains_of(estimates: Iterable[Estimate], who: str, end: dt.date | None, days: int) -> Domains:
    """The flags of the `days` days up to `end` (default: the latest day that any of them has).

    Raises ValueError where the Estimates are of several athletes, or one of them has no column `date, domain, down`.
    """
    given = list(estimates)
    names = sorted({e.who for e in given if e.who} | ({who} if who else set()))
    if len(names) > 1:
        raise ValueError(f"domains of one athlete at a time: these are of {names}")
    frames = [_points(e) for e in given if e.points is not None]
    refused = tuple(f"{e.what}: {e.refusal()}." for e in given if not e.ok)
    points = pl.concat(frames) if frames else pl.DataFrame(schema=dict(zip(NEEDED, _TYPES, strict=True)))
    latest = points["date"].max()
    last = end or (latest if isinstance(latest, dt.date) else None)
    flags = {} if last is None else _flags(points, last, days)
    return Domains(flags, last, names[0] if names else "", refused)


_TYPES: Final = (pl.Date, pl.String, pl.Boolean)


def _points(estimate: Estimate) -> pl.DataFrame:
    points = estimate.points
    if points is None or not set(NEEDED) <= set(points.columns):
        raise ValueError(f"{estimate.what!r} is no fatigue domain: its points have no columns {', '.join(NEEDED)}")
    return points.select(pl.col(name).cast(kind) for name, kind in zip(NEEDED, _TYPES, strict=True))


def _flags(points: pl.DataFrame, end: dt.date, days: int) -> dict[str, list[bool | None]]:
    span = pl.DataFrame({"date": pl.date_range(end - dt.timedelta(days=days - 1), end, eager=True)})
    told = points.drop_nulls("domain")
    daily = told.group_by("domain", "date").agg(
        pl.when(pl.col("down").is_not_null().any()).then(pl.col("down").fill_null(value=False).any()).alias("down")
    )
    order = told["domain"].unique(maintain_order=True)
    own = (daily.filter(pl.col("domain") == name) for name in order)
    joined = (span.join(rows, on="date", how="left", maintain_order="left")["down"].to_list() for rows in own)
    return dict(zip(order, joined, strict=True))
