"""Time in zones from the samples of a recording (methods C7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.stats._samples import Numbers, as_numbers

Floats = NDArray[np.float64]

MAX_GAP_S: Final = 10.0
_SAME: Final = 1e-9  # 3.68 m/s is 80 % of 4.6 m/s, and 16.1 s 10 s after 6.1 s, whatever the last binary digit says


@dataclass(frozen=True)
class Scale:
    """Zones between shares of a limit; a value at a border belongs to the upper zone, at the last to `last_to`."""

    names: tuple[str, ...]
    shares: tuple[float, ...]
    last_to: str = "upper"


HR_ZONES: Final = Scale(("<50", "50-60", "60-70", "70-80", "80-90", ">=90"), (0.5, 0.6, 0.7, 0.8, 0.9))
SPEED_ZONES: Final = Scale(("<0.80", "0.80-0.90", "0.90-1.00", ">1.00"), (0.8, 0.9, 1.0), last_to="lower")


@dataclass(frozen=True)
class Durations:
    """How long each sample lasts until the next one (minutes, 0 for the last); `gap` marks what no zone gets."""

    status: str
    reason: str | None
    minutes: Floats
    gap: NDArray[np.bool_]


@dataclass(frozen=True)
class ZoneTime:
    """Minutes per zone; `unassigned_min` is the time of gaps and of samples without a value."""

    status: str
    reason: str | None = None
    minutes: dict[str, float] | None = None
    unassigned_min: float | None = None
    gap_min: float | None = None


def durations(time_s: Numbers, max_gap_s: float = MAX_GAP_S) -> Durations:
    """How long each sample of a recording lasts: until the next one, in minutes; `time_s` has shape (samples,).

    A sample that lasts longer than `max_gap_s` is a gap. Refused: BAD_INPUT for fewer than two times, a missing time or
    an impossible `max_gap_s`; STREAM_NOT_MONOTONE where a time is not later than the one before. Methods C7.

    >>> durations([0, 5, 65]).minutes.round(2).tolist(), durations([0, 5, 65]).gap.tolist()
    ([0.08, 1.0, 0.0], [False, True, False])
    """
    times, gap = as_numbers(time_s), as_numbers([max_gap_s])
    nothing = np.zeros(0), np.zeros(0, dtype=np.bool_)
    if times is None or gap is None or times.size < 2 or not np.isfinite(times).all() or not gap[0] > 0:
        return Durations("refused", "BAD_INPUT", *nothing)
    steps = np.diff(times)
    if (steps <= 0).any():
        return Durations("refused", "STREAM_NOT_MONOTONE", *nothing)
    lasting = np.append(steps, 0.0)
    return Durations("ok", None, lasting / 60, lasting > gap[0] * (1 + _SAME))


def zone_minutes(minutes: Numbers, values: Numbers, limit: float | None, scale: Scale) -> dict[str, float] | None:
    """Sum `minutes` by the zone of `values` relative to `limit` (the unit of the values); None for impossible input.

    `minutes` and `values` have one shape (pieces,); a value that is NaN enters no zone. Methods C7; the speed borders
    0.80, 0.90 and 1.00 of critical speed are a convention, those of heart rate are Edwards' (1993).

    >>> zone_minutes([10, 20], [140, 171], 190, HR_ZONES)["70-80"]
    10.0
    """
    lasting, found, top = as_numbers(minutes), as_numbers(values), as_numbers([limit])
    if lasting is None or found is None or top is None or lasting.shape != found.shape or lasting.size == 0:
        return None
    if not (0 < top[0] < np.inf and np.isfinite(lasting).all() and (lasting >= 0).all()):
        return None
    if (found < 0).any() or np.isinf(found).any():
        return None
    share = found / top[0]
    zone = sum((share >= border * (1 - _SAME)).astype(np.intp) for border in scale.shares[:-1])
    last = scale.shares[-1]
    zone = zone + (share > last * (1 + _SAME) if scale.last_to == "lower" else share >= last * (1 - _SAME))
    known = ~np.isnan(found)
    sums = np.bincount(zone[known], weights=lasting[known], minlength=len(scale.names))
    return dict(zip(scale.names, sums.tolist(), strict=True))


def zone_time(
    time_s: Numbers,
    values: Numbers,
    limit: float | None,
    *,
    scale: Scale = SPEED_ZONES,
    max_gap_s: float = MAX_GAP_S,
) -> ZoneTime:
    """Minutes in each zone of one recording: the time until the next sample goes to the zone of the sample's value.

    `time_s` and `values` have shape (samples,): speed in m/s with `limit` the critical speed, or heart rate in bpm with
    HR_ZONES and `limit` its maximum. Gaps above `max_gap_s` and samples without a value (None, NaN) go to no zone and
    are reported. Refused: BAD_INPUT for empty, unequal, negative or infinite input, or a limit that is none;
    STREAM_NOT_MONOTONE for times that repeat or run backwards. Source: methods C7, borders by convention.

    >>> zone_time([0, 5, 10, 40], [3.0, 4.8, 4.8, 4.8], 4.6).minutes[">1.00"].__round__(3)
    0.083
    """
    lasting = durations(time_s, max_gap_s)
    if lasting.status != "ok":
        return ZoneTime("refused", lasting.reason)
    found = as_numbers(values)
    if found is None or found.shape != lasting.minutes.shape:
        return ZoneTime("refused", "BAD_INPUT")
    kept = np.where(lasting.gap, 0.0, lasting.minutes)
    sums = zone_minutes(kept, found, limit, scale)
    if sums is None:
        return ZoneTime("refused", "BAD_INPUT")
    gaps = float(lasting.minutes[lasting.gap].sum())
    return ZoneTime("ok", None, sums, gaps + float(kept[np.isnan(found)].sum()), gaps)
