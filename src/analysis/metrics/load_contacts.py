"""How many landings did the legs take, on which side and how hard? Ground contacts of jumps and hops (methods C6, A4).

What: ground contacts of the block; parts: by side, by tier (low: pogos, skips; medium: jumps, bounds; high: drop jumps,
  one-legged hops), the mean week, the largest session, and the last whole week against the four before (C13).
Formula: repetitions x contacts of the drill (a landing on two feet is one; a drop jump has two), per side and per tier;
  no weighting of one tier against another.
Source: contact convention after Potach & Chu (NSCA, Essentials of Strength Training and Conditioning); tiers and the
  guide of 60 contacts a session in a first plyometric block are conventions (methods A4).
Limits: drills without a known number of contacts, and those timed without repetitions, are counted and named, never
  guessed. One-legged drills that do not say whether repetitions are per side or in total make a range.
Trap: contacts are no kilograms and no minutes: never add them to other load. Sixty low pogos are not sixty drop jumps.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Estimate, params, refuse
from analysis.frames import pandas_door
from analysis.metrics._loads import one_athlete
from analysis.metrics._marks import dated_as_text
from analysis.metrics._sessions import counted
from analysis.stats.weekly import MEDIAN_WEEKS, MIN_WEEKS, ramp
from analysis.transforms import between, check_policy, one_sided, per_week, working

WHAT: Final = "Ground contacts"
METHOD: Final = (
    "Repetitions x contacts of the drill, by side and tier (Potach and Chu, NSCA Essentials of Strength Training and"
    " Conditioning); the ramp is that of methods C13 (methods C6, A4)."
)
PLYO: Final = "plyo"
SIDES: Final = {"left": "left", "right": "right", "both legs": "both", "side not told": "side_unknown"}
TIERS: Final = ("low", "medium", "high")
FIRST_BLOCK: Final = 60  # contacts a session that a runner's first plyometric block should not exceed (methods A4)
WEEKS_BEFORE: Final = 8
RAMP: Final = "change, last whole week against the four before"


@pandas_door
def estimate(
    sets: pl.DataFrame, *, who: str = "", start: dt.date, end: dt.date, days_without_record: str = "unknown"
) -> Estimate:
    """Ground contacts of the block's jumps, hops and bounds; points are the weeks by tier.

    Needs: annotated Sets of one athlete, history included. Parts: left, right, both legs, side not told; the tiers low,
    medium and high; mean week, largest session, ramp (%). With `days_without_record` "rest" a week of the block without
    any set counts as 0 in the ramp, else as unknown. A block with sets but no drill has 0 contacts. Refused: NO_DATA
    without a set, DRILL_UNKNOWN or BAD_INPUT where no drill can be counted. Caution: DRILL_UNKNOWN (some are not
    counted), REPS_CONVENTION_UNKNOWN (a range). Potach and Chu (NSCA).

    >>> from analysis.exercises import annotate
    >>> from analysis.tables import Sets
    >>> nothing = Sets.create_empty().join(annotate([]), on="exercise_raw", how="left")
    >>> estimate(nothing, start=dt.date(2026, 1, 5), end=dt.date(2026, 2, 15)).reason
    'NO_DATA'
    """
    check_policy(days_without_record)
    used = {"start": start, "end": end, "days_without_record": days_without_record, "guide_per_session": FIRST_BLOCK,
            "median_weeks": MEDIAN_WEEKS, "min_weeks": MIN_WEEKS, "weeks_before": WEEKS_BEFORE}  # fmt: skip
    known: dict[str, Any] = {"who": who, "method": METHOD, "params": params(used), "unit": "contacts", "level": None}
    everything = landings(one_athlete(sets, who, "set_id"))
    history = working(everything)
    block = between(history, start, end)
    if block.is_empty():
        return refuse(WHAT, "NO_DATA", **known)
    drills = block.filter(pl.col("drill"))
    done = drills.filter(pl.col("contacts").is_not_null())
    warm_up = between(everything, start, end).filter(pl.col("drill") & (pl.col("set_type").cast(pl.String) == "warmup"))
    known |= {
        "notes": (*_notes(block, done), *counted(warm_up, [(pl.lit(True), "of drills marked warm-up: left out.")]))
    }
    if drills.is_empty():
        return refuse(WHAT, "NO_JUMPS", **known)
    if done.is_empty():
        reason = "DRILL_UNKNOWN" if drills["contacts_per_rep"].is_null().all() else "BAD_INPUT"
        return refuse(WHAT, reason, **known, n=drills.height)
    known |= {"points": _weekly(done, start, end), "draw": _draw}
    parts = (*_parts(done, who, start, end), _ramp(history, who, start, end, days_without_record))
    return _total(done, drills, known | {"parts": parts})


def landings(sets: pl.DataFrame) -> pl.DataFrame:
    """Add `drill`, `contacts` (null where not countable), `left, right, both, side_unknown` to annotated sets.

    The same as exercises.contacts.count: a side that the row names is that side's; one-legged repetitions per side
    count for both, in total are halved if even; everything else one-legged is `side_unknown`.

    >>> row = {"pattern": "plyo", "contacts_per_rep": 1, "reps": 5.0, "unilateral": True, "side": None}
    >>> landings(pl.DataFrame([row | {"rep_basis": "per_side"}])).select("contacts", "left", "right").row(0)
    (10.0, 5.0, 5.0)
    """
    reps, basis, side = pl.col("reps"), pl.col("rep_basis").cast(pl.String), pl.col("side").cast(pl.String)
    written = pl.when(reps.is_finite() & (reps >= 0)).then(reps * pl.col("contacts_per_rep"))
    halves = (basis == "total") & (reps % 2 == 0)
    per_leg = pl.when(one_sided() & (basis == "per_side")).then(written).when(one_sided() & halves).then(written / 2)
    told = [pl.when(side == name).then(written).otherwise(per_leg).alias(name) for name in ("left", "right")]
    untold = pl.col("left").is_null() & pl.col("right").is_null()
    found = sets.with_columns(*told).with_columns(
        pl.when(untold & ~one_sided()).then(written).alias("both"),
        pl.when(untold & one_sided()).then(written).alias("side_unknown"),
        ((pl.col("pattern") == PLYO) | pl.col("contacts_per_rep").is_not_null()).fill_null(value=False).alias("drill"),
    )
    total = pl.sum_horizontal("left", "right", "both", "side_unknown")
    return found.with_columns(pl.when(written.is_not_null() & pl.col("drill")).then(total).alias("contacts"))


def _total(done: pl.DataFrame, drills: pl.DataFrame, known: dict[str, Any]) -> Estimate:
    value = float(done["contacts"].sum())
    maybe_per_side = (pl.col("rep_basis").cast(pl.String) == "unknown") & pl.col("side_unknown").is_not_null()
    more = float(done.filter(maybe_per_side)["side_unknown"].sum())
    status: dict[str, Any] = {"status": "caution", "reason": "REPS_CONVENTION_UNKNOWN"} if more else {}
    status |= {"low": value, "high": value + more} if more else {}
    if done.height < drills.height:
        status |= {"status": "caution", "reason": "DRILL_UNKNOWN"}
    return Estimate(WHAT, value=value, n=done.height, **status, **known)


def _parts(done: pl.DataFrame, who: str, start: dt.date, end: dt.date) -> list[Estimate]:
    of: dict[str, Any] = {"who": who, "unit": "contacts", "level": None}
    sums = {what: done[column].drop_nulls() for what, column in SIDES.items()}
    tiers = {name: done.filter(pl.col("contact_tier") == name)["contacts"] for name in TIERS}
    found = [Estimate(name, value=float(own.sum()), n=own.len(), **of) for name, own in sums.items()]
    found += [Estimate(f"{name} tier", value=float(own.sum()), n=own.len(), **of) for name, own in tiers.items()]
    mean = float(done["contacts"].sum()) * 7 / ((end - start).days + 1)
    largest = _per_session(done)["contacts"]
    return [
        *found,
        Estimate("mean week", value=mean, n=done.height, **of),
        Estimate("largest session", value=max(largest, default=0.0), n=largest.len(), **of),
    ]


def _per_session(done: pl.DataFrame) -> pl.DataFrame:
    return done.group_by("session_id").agg(pl.col("contacts").sum())


def _ramp(history: pl.DataFrame, who: str, start: dt.date, end: dt.date, policy: str) -> Estimate:
    of: dict[str, Any] = {"who": who, "unit": "%", "level": None}
    first = start - dt.timedelta(days=start.weekday(), weeks=WEEKS_BEFORE)
    monday = end - dt.timedelta(days=(end.weekday() + 1) % 7 + 6)  # of the last week that ends in the block
    if monday + dt.timedelta(days=6) < start:
        return refuse(RAMP, "TOO_FEW_DAYS", **of)
    unsure = (pl.col("drill") & pl.col("contacts").is_null()).any()
    sums = [pl.when(~unsure).then(pl.col("contacts").sum()).alias("contacts"), pl.len().alias("sets")]
    weekly = per_week(history.filter(pl.col("date") >= first), sums, first, monday + dt.timedelta(days=6))
    rest = pl.col("sets").is_null() & (pl.col("week") >= start) & (policy == "rest")
    told = weekly.with_columns(pl.when(rest).then(0.0).otherwise("contacts").alias("contacts"))["contacts"].to_list()
    found = ramp(told)
    n = min(found.weeks, MEDIAN_WEEKS)
    if found.vs_median4_pct is None:
        reason = "INCOMPLETE_WEEK" if told[-1] is None else "TOO_FEW_WEEKS" if n < MIN_WEEKS else "CHRONIC_ZERO"
        return refuse(RAMP, reason, **of, n=n)
    return Estimate(RAMP, value=found.vs_median4_pct, n=n, **of)


def _notes(block: pl.DataFrame, done: pl.DataFrame) -> tuple[str, ...]:
    drill, uncounted = pl.col("drill"), pl.col("contacts").is_null()
    said = [
        (drill & pl.col("contacts_per_rep").is_null(), "of drills without a known number of contacts: not counted."),
        (drill & uncounted & pl.col("contacts_per_rep").is_not_null(), "of drills without repetitions: not counted."),
        (drill & ~uncounted & pl.col("side_unknown").is_not_null(), "of one-legged drills that do not tell the side."),
        (~drill & (pl.col("proposed_pattern") == PLYO), "of names that are not mapped, perhaps jumps: not counted."),
    ]
    if done.is_empty():
        return tuple(counted(block, said))
    over = _per_session(done).filter(pl.col("contacts") > FIRST_BLOCK).height
    guide = f"Guide for a first plyometric block: at most {FIRST_BLOCK} contacts a session; {over} sessions had more."
    return (*counted(block, said), guide)


def _weekly(done: pl.DataFrame, start: dt.date, end: dt.date) -> pl.DataFrame:
    sums = [pl.col(name).sum().cast(pl.Float64) for name in ("contacts", *SIDES.values())]
    return per_week(done, sums, start, end, by="contact_tier")


def _draw(result: Estimate) -> Any:
    import altair as alt

    if not result.value:
        return None  # a picture of no contacts says less than the sentence
    tier = pl.col("contact_tier").fill_null(TIERS[0])
    place = tier.replace_strict(dict(zip(TIERS, range(3), strict=True)), default=None).alias("place")
    shown = dated_as_text(result, "week").with_columns(tier, place, pl.col("contacts").fill_null(0))
    drawn = charts.bars(
        shown, "week", "contacts", x_title="Week from", y_title=WHAT, colour="contact_tier", order=[*TIERS]
    )
    return drawn.encode(order=alt.Order("place:Q"))
