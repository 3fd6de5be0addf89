"""Daily pain of every site from complaints and the daily pain score, shared by what asks about pain (methods F7)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from analysis.stats.niggle import DAYS
from analysis.transforms import of_athlete

PAINFUL_KINDS: Final = ("niggle", "pain", "injury")
ITEM: Final = "pain"
SCALE: Final = (0.0, 10.0)
UNTOLD: Final = "site not told"
UNNAMED: Final = "a complaint without a body part"
RED_FLAGS: Final = ("night_pain", "swelling")


@dataclass(frozen=True)
class Complaint:
    """One complaint of a site, cut to the days that are looked at; `severity` None where nobody wrote it down."""

    part: str
    site: str
    first: dt.date
    last: dt.date
    open_end: bool
    severity: float | None
    changed: bool
    night_pain: bool
    swelling: bool

    def on(self, day: dt.date) -> bool:
        """Whether it lasts on that day."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Pain:
    """What is known of the last 14 days: the complaints, and the daily score of the body as a whole."""

    days: tuple[dt.date, ...]
    complaints: tuple[Complaint, ...]
    scores: dict[dt.date, float]
    notes: tuple[str, ...]

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites with a complaint, then the pain whose site is not told (where some was reported)."""
        told = sorted({c.site for c in self.complaints})
        return (*told, *([UNTOLD] if any(self._untold(day) for day in self.days) else []))

    def of(self, site: str) -> list[float | None]:
        """Pain of one site on every day; None is not known."""
        return [self._on(site, day) for day in self.days]

    def _on(self, site: str, day: dt.date) -> float | None:
        score = self.scores.get(day)
        if site == UNTOLD:
            return score if self._untold(day) else 0.0 if score == 0 else None
        told = [c.severity for c in self.complaints if c.site == site and c.on(day) and c.severity is not None]
        if self._active(day) == {site} and score is not None:
            told.append(score)
        return max(told) if told else 0.0 if score == 0 and site not in self._active(day) else None

    def _active(self, day: dt.date) -> set[str]:
        return {c.site for c in self.complaints if c.on(day)}

    def _untold(self, day: dt.date) -> float:
        """The day's score where it cannot belong to a single complaint, else 0."""
        return self.scores.get(day, 0.0) if len(self._active(day)) != 1 else 0.0


def last_day(complaints: pl.DataFrame, wellness: pl.DataFrame | None) -> dt.date | None:
    """The last day that anything is written about."""
    told = [*complaints["date"].drop_nulls(), *complaints["until"].drop_nulls()]
    told += [] if wellness is None else wellness["date"].drop_nulls().to_list()
    return max(told, default=None)


def pain_of(complaints: pl.DataFrame, wellness: pl.DataFrame | None, who: str, end: dt.date) -> Pain:
    """Sort what one athlete reported in the 14 days up to `end`. Raises ValueError for several athletes."""
    days = tuple(end - dt.timedelta(days=back) for back in reversed(range(DAYS)))
    own = of_athlete(complaints, who).unique("complaint_id", keep="first", maintain_order=True)
    own = own.with_columns(pl.col("kind").cast(pl.String), pl.col("side").cast(pl.String))
    inside = own.filter(pl.col("date") <= end, pl.col("until").is_null() | (pl.col("until") >= days[0]))
    rows = inside.filter(pl.col("kind").is_in(PAINFUL_KINDS))
    found = tuple(_complaint(row, end) for row in rows.sort("date", "complaint_id").iter_rows(named=True))
    scores, notes = _scores(wellness, who, days)
    return Pain(days, found, scores, (*_left_out(inside.height - rows.height), *_told(found), *notes))


def _complaint(row: dict[str, Any], end: dt.date) -> Complaint:
    part = " ".join((row["body_part"] or "").casefold().split()) or UNNAMED
    side = row["side"] if row["side"] in ("left", "right") else None
    severity = row["severity"]
    possible = severity is not None and SCALE[0] <= severity <= SCALE[1]
    flags = (bool(row.get(name)) for name in RED_FLAGS)
    return Complaint(
        part, f"{part}, {side}" if side else part, row["date"], min(row["until"] or end, end), row["until"] is None,
        float(severity) if possible else None, bool(row["training_changed"]), *flags,
    )  # fmt: skip


def _scores(
    wellness: pl.DataFrame | None, who: str, days: Collection[dt.date]
) -> tuple[dict[dt.date, float], tuple[str, ...]]:
    """The highest daily score where pain was asked from 0 (none) to 10, and what was left out."""
    if wellness is None:
        return {}, ()
    asked = of_athlete(wellness, who).filter(pl.col("item") == ITEM, pl.col("date").is_in(list(days)))
    direction = pl.col("direction").cast(pl.String) != "higher_better"
    scaled = (pl.col("scale_min") == SCALE[0]) & (pl.col("scale_max") == SCALE[1]) & direction
    usable = asked.filter((scaled & pl.col("value").is_between(*SCALE)).fill_null(value=False))
    highest = usable.group_by("date").agg(pl.col("value").max())
    left_out = asked.height - usable.height
    note = f"{left_out} answers about pain that are not scored from 0 to 10: left out."
    return dict(highest.iter_rows()), (note,) if left_out else ()


def _left_out(number: int) -> Iterator[str]:
    if number:
        yield f"{number} complaint{'s' if number > 1 else ''} of another kind (illness, other): no pain, not counted."


def _told(found: Collection[Complaint]) -> Iterator[str]:
    lasting = sorted({c.site for c in found if c.open_end})
    if lasting:
        yield f"No last day is written down for {', '.join(lasting)}: counted as lasting to the last day."
    unrated = sorted({c.site for c in found if c.severity is None})
    if unrated:
        yield f"No severity from 0 to 10 is written down for {', '.join(unrated)}: those days are unknown."
    if any(c.severity is not None for c in found):
        yield "The severity of a complaint holds on each of its days."
