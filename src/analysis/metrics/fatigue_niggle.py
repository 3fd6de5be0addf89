"""Is there pain that should be watched, or looked at by a physiotherapist? (methods F7).

What: the level of the worst site (none, watch, persistent, refer) with the number of the last 7 days with a pain of 2
  or more out of 10; each site is a part. It rests on the sheet of complaints and a daily pain score from 0 to 10.
Formula: refer with a 6 in the last 7 days, pain at night, swelling, or 3 or more on 7 of 14 days; persistent with 2 or
  more on 3 of 7 days or training changed twice; watch with any 2 or more in 7 days; else none.
Source: thresholds are a convention, oriented on Silbernagel 2007 (Am J Sports Med 35:897-906) and Clarsen 2013 (Br J
  Sports Med 47:495-502).
Limits: a day without a report is unknown, not free of pain, unless a pain of 0 was logged; below 4 known days of the
  last 7 the level is unknown, unless a condition of refer holds already. Pain at night and swelling are known only
  where somebody states them, words in notes are not read. A complaint that changed training counts once, however long.
Trap: an empty sheet is no healthy athlete. This is a rule about when to ask a professional, not a diagnosis.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, named, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._pain import RED_FLAGS, UNTOLD, Pain, last_day, pain_of
from analysis.stats.niggle import DAYS, LASTING, MIN_KNOWN, MODIFIED, REPEATED, STRONG, WEEK, niggle

WHAT: Final = "Days with pain of 2 or more, last 7 days"
METHOD: Final = (
    "Pain-monitoring rule on daily scores of 0 to 10; thresholds are our convention after Silbernagel 2007 (Am J Sports"
    " Med 35:897-906) and Clarsen 2013 (Br J Sports Med 47:495-502; methods F7). Not a diagnosis."
)
LOOK: Final = "have it looked at by a physiotherapist"
_REASONS: Final = {"refer": "PAIN_REFER", "persistent": "PAIN_PERSISTENT"}
_LEVELS: Final = {"none": "no pain of 2 or more", "watch": "pain of 2 or more, watch it"}
_WORST_FIRST: Final = ("refer", "persistent", None, "watch", "none")  # unknown may be worse than what is known


@pandas_door
def estimate(
    complaints: pl.DataFrame, *, who: str = "", start: dt.date | None = None, end: dt.date | None = None,
    wellness: pl.DataFrame | None = None, night_pain: Collection[str] = (), swelling: Collection[str] = (),
) -> Estimate:  # fmt: skip
    """Level of pain in the 14 days up to `end` (default: the last day reported); `params` hold `pain` and `sites`.

    Needs the table Complaints of one athlete; `wellness` may hold the item `pain`, asked from 0 to 10. Niggle, pain and
    injury give their severity on each of their days, one without `until` lasts to `end`. The day's score belongs to the
    only site with a complaint on that day, else to a site that is not told; a 0 says that the other sites are free.
    `night_pain` and `swelling` name body parts (or are columns of the complaints). `start` is not used: the rule looks
    back 14 days. The worst site decides, an unknown one before `watch`. Refused: TOO_FEW_REPORTS. Clarsen 2013.

    >>> from analysis.tables import Complaints
    >>> estimate(Complaints.create_empty()).reason
    'TOO_FEW_REPORTS'
    """
    stated = {"night_pain": _parts_of(night_pain), "swelling": _parts_of(swelling)}
    last = end or last_day(complaints, wellness)
    pain = None if last is None else pain_of(complaints, wellness, who, last)
    parts = () if pain is None else tuple(_sites(pain, stated, who))
    worst = min(parts, key=lambda part: _WORST_FIRST.index(_level(part)), default=None)
    level, bad = None if worst is None else _level(worst), [p for p in parts if _level(p) in _REASONS]
    used: dict[str, Any] = {
        "start": start, "end": last, "days": DAYS, "min_known": MIN_KNOWN, "strong": STRONG, "lasting": LASTING,
        "repeated": REPEATED, "modified": MODIFIED, "pain": level,
        "sites": tuple(dict.fromkeys(dict(p.params)["body_part"] for p in bad)),
    }  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "days", "level": None}
    if pain is None or worst is None:
        return refuse(WHAT, "TOO_FEW_REPORTS", **known)
    notes = (*_said(parts), *pain.notes, *_unsaid(complaints, stated))
    known |= {"parts": parts, "notes": notes, "points": _points(pain), "draw": _draw}
    return named(worst, what=WHAT, **known)


def _parts_of(told: Collection[str]) -> tuple[str, ...]:
    return tuple(" ".join(part.casefold().split()) for part in ([told] if isinstance(told, str) else told))


def _sites(pain: Pain, stated: dict[str, tuple[str, ...]], who: str) -> Iterator[Estimate]:
    body = {c.site: c.part for c in pain.complaints}
    extra = sorted({part for parts in stated.values() for part in parts} - set(body.values()))
    for site in (*pain.sites, *extra) or (UNTOLD,):
        own = [c for c in pain.complaints if c.site == site]
        flags = {name: any(getattr(c, name) for c in own) for name in RED_FLAGS}
        flags = {name: flag or body.get(site, site) in stated[name] for name, flag in flags.items()}
        found = niggle(pain.of(site), [c.changed for c in own], **flags)
        about = params({"body_part": body.get(site, site), "level": found.level, "worst": found.worst})
        told: dict[str, Any] = {
            "who": who, "unit": "days", "level": None, "n": found.known_days, "params": about, "method": METHOD,
        }  # fmt: skip
        name = f"{site[:1].upper()}{site[1:]}"
        if found.level is None:
            yield refuse(name, found.reason or "TOO_FEW_REPORTS", **told)
            continue
        words = found.because or _LEVELS.get(found.level, found.level)
        reason = _REASONS.get(found.level)
        status = "caution" if reason else "ok"
        yield Estimate(name, value=float(found.painful_days), status=status, reason=reason, notes=(words,), **told)


def _level(part: Estimate) -> str | None:
    found: str | None = dict(part.params)["level"]
    return found


def _said(parts: Collection[Estimate]) -> Iterator[str]:
    """Each site with its level in words, the worst first, and what to do about it."""
    for part in sorted(parts, key=lambda p: (_WORST_FIRST.index(_level(p)), p.what)):
        level = _level(part)
        if level is None:
            yield f"{part.what}: unknown, {part.n} of the last {WEEK} days are known."
        else:
            yield f"{part.what}: {part.notes[0]}{f'; {LOOK}' if level in _REASONS else ''}."


def _unsaid(complaints: pl.DataFrame, stated: dict[str, tuple[str, ...]]) -> Iterator[str]:
    missing = [name for name in RED_FLAGS if not stated[name] and name not in complaints.columns]
    if missing:
        told = " and ".join(name.replace("_", " ") for name in missing)
        yield f"{told.capitalize()}: not in this log. If there is either, {LOOK}."


def _points(pain: Pain) -> pl.DataFrame:
    rows = [(day, site, score) for site in pain.sites for day, score in zip(pain.days, pain.of(site), strict=True)]
    rows = rows or [(day, UNTOLD, score) for day, score in zip(pain.days, pain.of(UNTOLD), strict=True)]
    return pl.DataFrame(rows, schema={"date": pl.Date, "site": pl.String, "pain": pl.Float64}, orient="row")


def _draw(result: Any) -> Any:
    known = result.points.drop_nulls("pain")
    if known.is_empty():
        return None
    axes: dict[str, Any] = {"x_title": "Day (unknown days are empty)", "y_title": "Pain (0 to 10)"}
    dots = charts.points(known, "date", "pain", tooltip=["date", "site", "pain"], **axes)
    return charts.level_line(REPEATED[0]) + charts.level_line(STRONG, colour=charts.VERMILION) + dots
