"""Is the rebound stiffer: more height from a short contact? (methods D11, D16, D18).

What: change of the reactive strength index (RSI) of one drop, rebound or hop test in per cent, better is positive,
  between the session before the block and the one after it, with a verdict. One scale at a time, named in the result.
Formula: jump height / contact time (m/s) or flight time / contact time (no unit) of each jump, log mean of all jumps of
  a session; RSI modified is height / time to take-off of a countermovement jump. Typical error 0.09, smallest change
  0.05.
Source: Flanagan & Comyns 2008 (Strength Cond J 30:32-38); error: Markwick 2015 (IJSPP 10:482-488), set higher by
  convention; Louder 2021 (Sports 9:97) for RSI modified as another number.
Limits: contacts outside 0.08-0.60 s are left out; a mean contact above 0.25 s is told as a slow rebound; another box,
  device or protocol is no comparison. RSI modified has no published error here: state te and swc.
Trap: "RSI" is two numbers, 1.5 and 2.5 for the same jump. A device that changes its export, or two devices, show a gain
  or a loss that no leg has made.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any, Final

import polars as pl

from analysis import charts
from analysis.estimate import Verdict
from analysis.frames import pandas_door
from analysis.metrics._priors import Prior, prior_of
from analysis.metrics._retests import Pair, earlier_sessions, of_one, pair, scored, split
from analysis.metrics._verdicts import GivenError, Question, dots, error_of, refused, rows_of, several, verdict
from analysis.stats.jump import from_flight_time
from analysis.stats.reactive import (
    CONTACT_TIME_S,
    SLOW_CONTACT_S,
    flight_per_contact,
    height_per_contact,
    modified,
)

HEIGHT, FLIGHT, MODIFIED = "height_per_contact", "flight_per_contact", "modified"
SCALES: Final = {HEIGHT: ("height / contact", "m/s"), FLIGHT: ("flight / contact", ""), MODIFIED: ("modified", "m/s")}
RSI_MODIFIED: Final = Prior(None, None, 0.09, 0.03, 0.03, "no published value")
BOX: Final = "The height of the box is not written down; write it into the protocol: another box is another test."
TOLD_RSI: Final = (
    'Some values are called "RSI" and nothing else; they count only where rsi_scale says which scale they are on: '
    "height_per_contact (about 0.5 to 3 m/s) or flight_per_contact (about 1 to 4)."
)
HIGHEST_M: Final = 1.2  # nobody jumps higher (tables.Trials): a value in cm or mm is no height
_FROM_FLIGHT: Final = r"\s*\((?:flight time|impulse momentum|impulse displacement)\)$"
_READ: Final = (
    "contact_time_s", "height_m", "flight_time_s", "rsi", "rsi_flight_contact", "rsi_modified", "time_to_takeoff_s"
)  # fmt: skip
_DROPPED: Final = ("drop_jump", "single_leg_drop_jump")


@pandas_door
def estimate(
    trials: pl.DataFrame,
    *,
    who: str = "",
    test: str = "drop_jump",
    scale: str = HEIGHT,
    rsi_scale: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    te: GivenError = None,
    swc: float | None = None,
) -> Verdict:
    """Change of the reactive strength index of one test on one scale, in per cent.

    Needs: Trials of one athlete and `test` with contact times and heights or flight times, or an index that names its
    scale (`rsi_flight_contact`, `rsi` with a method); a bare `rsi` counts where `rsi_scale` says what it is. `scale` is
    height_per_contact, flight_per_contact or modified (of a countermovement jump). `te` and `swc` are shares (0.09 =
    9 %). Each side and load is a part. Refusals: NO_DATA, RSI_SCALE_UNKNOWN, CONTACT_TIME_RANGE, TOO_FEW_TESTS,
    DEVICE_CHANGED, PROTOCOL_CHANGED, NO_SWC. Raises ValueError for another `scale`.

    >>> row = {"athlete": "Ada", "test": "drop_jump", "trial": 1, "side": "both", "load_kg": None, "valid": True,
    ...        "protocol": "30 cm", "device": "OptoJump"}
    >>> jumps = [(1, "contact_time_s", 0.20), (1, "height_m", 0.28), (3, "contact_time_s", 0.19), (3, "height_m", 0.34)]
    >>> trials = pl.DataFrame([row | {"trial_id": f"{m}{k}", "date": dt.date(2026, m, 5), "measure": k, "value": v}
    ...                        for m, k, v in jumps])
    >>> print(estimate(trials))
    Reactive strength (drop jump, height / contact) +22.8 % (95 % -21.8 to 92.8; n = 2): unclear: this test, done this \
often, cannot tell
    """
    if not {scale, rsi_scale or scale} <= SCALES.keys():
        raise ValueError(f"power_reactive: scale {scale!r}, rsi_scale {rsi_scale!r}; expected one of {list(SCALES)}")
    read = of_one(_measured(trials, test), who, trials)
    rows, unscaled = _scores(read, scale, rsi_scale)
    usable = rows.filter(pl.col("score") > 0, pl.col("score").is_finite())
    out = rows.height - usable.height
    prior = RSI_MODIFIED if scale == MODIFIED else prior_of("rsi")
    what = f"Reactive strength ({test.replace('_', ' ')}, {SCALES[scale][0]})"
    asked = Question(what, who, SCALES[scale][1], prior, None, swc, start=start, end=end)
    told = (*((TOLD_RSI,) if unscaled else ()), *((_left_out(out),) if out else ()))
    if usable.is_empty():
        reason = "CONTACT_TIME_RANGE" if out else "RSI_SCALE_UNKNOWN" if unscaled else "NO_DATA"
        others = [s for s in SCALES if s != scale and not _scores(read, s, rsi_scale)[0].is_empty()]
        elsewhere = (f"The trials are on another scale: scale={others[0]!r}.",) if others else ()
        return _with(refused(asked, reason, None, *told, *elsewhere, *_other_tests(trials, test)), scale)
    parts = []
    for (load, side), group in split(usable, "load_kg", "side"):
        name = what + (f" at {load:g} kg" if load else "") + ("" if side == "both" else f", {side} leg")
        ask = replace(asked, what=name, error=error_of(prior, te, test=test, load_kg=load))
        parts.append(_with(_answer(pair(group, start, end), ask, usable), scale))
    chosen = max(parts, key=lambda part: (part.ok, part.n))
    more = (f"The verdict is for the variant with most jumps: {chosen.what}.",) if len(parts) > 1 else ()
    box = (BOX,) if test in _DROPPED and usable["protocol"].null_count() else ()
    return replace(chosen, parts=tuple(parts), notes=(*more, *chosen.notes, *box, *told, *several(parts)))


def _measured(trials: pl.DataFrame, test: str) -> pl.DataFrame:
    """The measures that an index is made of; what a device got in two ways stays two devices, `base` is the device."""
    rows = pl.concat([scored(trials, test, measure) for measure in _READ])
    source = pl.col("source").cast(pl.String) if "source" in rows.columns else pl.lit(None, pl.String)
    base, load = pl.col("device_key").str.replace(_FROM_FLIGHT, ""), pl.col("load_kg").cast(pl.Float64).round(1)
    return rows.with_columns(pl.col("method").cast(pl.String), source.alias("source"), base.alias("base"), load)


def _scores(rows: pl.DataFrame, scale: str, rsi_scale: str | None) -> tuple[pl.DataFrame, bool]:
    """One row per jump with its index as `score`, and whether there are bare values of an unknown scale."""
    bare = (pl.col("measure") == "rsi") & pl.col("method").is_null()
    on_height = (pl.col("measure") == "rsi") & pl.col("method").is_not_null()
    direct = {HEIGHT: on_height, FLIGHT: pl.col("measure") == "rsi_flight_contact"}
    told = direct.get(scale, pl.col("measure") == "rsi_modified") | (bare & pl.lit(rsi_scale == scale))
    computed = _computed(rows, scale)
    given = rows.filter(told).with_columns(pl.lit(None, pl.Float64).alias("contact_s"))
    given = given.join(computed, on=_KEY, how="anti", nulls_equal=True)
    unscaled = rsi_scale is None and scale != MODIFIED and bool(rows.select(bare.any()).item())
    unscaled = unscaled and not rows.filter(bare).join(computed, on=_KEY, how="anti", nulls_equal=True).is_empty()
    return pl.concat([computed, given], how="diagonal_relaxed").sort("date", "trial", "trial_id"), unscaled


_KEY: Final = ["athlete", "date", "trial", "side", "load_kg", "protocol_key", "source", "base"]


def _computed(rows: pl.DataFrame, scale: str) -> pl.DataFrame:
    """The index of each jump that was timed on the ground, from its height or its flight time."""
    below = "time_to_takeoff_s" if scale == MODIFIED else "contact_time_s"
    ground = rows.filter(pl.col("measure") == below).unique(_KEY, keep="first", maintain_order=True)
    ground = ground.select(*_KEY, pl.col("value").alias("contact_s"))
    flights = rows.filter(pl.col("measure") == "flight_time_s")
    heights = rows.filter(pl.col("measure") == "height_m")
    jumps = flights
    if scale != FLIGHT:
        flown = pl.Series("value", from_flight_time(flights["value"].to_numpy()).height_m)
        flights = flights.with_columns(flown).join(heights, on=_KEY, how="anti", nulls_equal=True)
        jumps = pl.concat([heights, flights])
    jumps = jumps.filter((pl.col("measure") != "height_m") | (pl.col("value") <= HIGHEST_M))
    jumps = jumps.unique([*_KEY, "device_key", "measure"], keep="first", maintain_order=True)
    both = jumps.join(ground, on=_KEY, nulls_equal=True)
    index = {HEIGHT: height_per_contact, FLIGHT: flight_per_contact, MODIFIED: modified}[scale]
    return both.with_columns(pl.Series("score", index(both["value"].to_numpy(), both["contact_s"].to_numpy())))


def _answer(two: Pair | str, ask: Question, rows: pl.DataFrame) -> Verdict:
    if isinstance(two, str):
        return refused(ask, "TOO_FEW_TESTS", None, two)
    result = replace(verdict(two, replace(ask, earlier=earlier_sessions(rows, two.pre.day))), draw=_draw)
    known = [s.rows["contact_s"].drop_nulls().to_numpy() for s in (two.pre, two.post)]
    contacts = [float(times.mean()) for times in known if times.size]
    if not contacts or ask.prior is RSI_MODIFIED:
        return result
    words = " then ".join(f"{mean:.2f} s" for mean in contacts)
    told = replace(result, notes=(*result.notes, f"Mean contact: {words}."))
    slow = told.ok and max(contacts) > SLOW_CONTACT_S
    return replace(told, status="caution", reason="SLOW_SSC") if slow else told


def _with(found: Verdict, scale: str) -> Verdict:
    """The result with its scale among the parameters."""
    known = {**dict(found.params), "scale": scale, "contact_time_s": CONTACT_TIME_S, "slow_contact_s": SLOW_CONTACT_S}
    return replace(found, params=tuple(sorted(known.items())))


def _left_out(count: int) -> str:
    return f"{count} jump{'s' if count > 1 else ''} with a contact outside 0.08-0.60 s or an impossible value left out."


def _other_tests(trials: pl.DataFrame, test: str) -> tuple[str, ...]:
    """Where the contact times are, if not in this test."""
    timed = trials.filter(pl.col("measure").is_in(["contact_time_s", "rsi", "rsi_flight_contact"]))
    names = sorted(set(timed["test"].cast(pl.String)) - {test})
    return (f"Tests with contact times or an index: {', '.join(names)}.",) if names else ()


def _draw(estimate: Any) -> Any:
    if sum(part.ok for part in estimate.parts) > 1:
        return charts.forest(rows_of(estimate.parts), x_title="Change (%), better is positive", swc=estimate.swc_pct)
    name, unit = SCALES[dict(estimate.params)["scale"]]
    return dots(estimate.points, f"Reactive strength, {name}{f' ({unit})' if unit else ''}")
