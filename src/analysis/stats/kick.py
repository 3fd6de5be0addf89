"""The finishing kick of a race, from its splits or from the stream of a watch (methods E1, E2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from analysis.stats._samples import Numbers, as_numbers

Floats = NDArray[np.float64]

LEVEL: Final = 0.95
OFFICIAL_S: Final = 0.1  # timing error of official lap times; 0.02 by chip or photo finish, 0.3 by hand
SIGMA_REL: Final = 0.015  # error of the ratio of two speeds over 300-400 m by wrist GPS; a foot pod 0.01
SKIPPED: Final = 0.1  # the first tenth of a race is no reference
SEGMENT_M: Final = 100.0
MOST_SEGMENTS: Final = 100_000  # more are no pieces of a race but another unit
MIN_REFERENCE: Final = 4
MAX_GAP_S: Final = 10.0
DEVICE_PCT: Final = 3.0  # a smaller kick is within the error of a watch
LONG_RACE_M: Final = 3000.0
SHORT_RACE_M: Final = 1500.0
LAST_SHARE: Final = 0.1  # of the distance, where no other kick is defined
NEAR: Final = 0.02  # a watch that says 2,980 m was at a race of 3,000 m
_SAME: Final = 1e-6  # share of the distance by which a sum of splits may miss a mark, whatever the last binary digit
_TIMES_KICK: Final = 4.0  # a race is at least so many kicks long
_MAD_TO_SE: Final = 1.2533 * 1.4826  # from the MAD to the SD, and from a mean's error to that of a median


@dataclass(frozen=True)
class Kick:
    """The finish of one race against its middle: speeds in m/s, the kick with its interval in per cent.

    `se_log` is the standard error of ln(v_kick / v_ref); `se_kick_log` and `se_ref_log` are its two parts where the
    method tells them apart. Numbers are None where the kick is refused.
    """

    status: str
    reason: str | None = None
    kick_m: float | None = None
    kick_s: float | None = None
    v_kick: float | None = None
    v_ref: float | None = None
    kick_pct: float | None = None
    low_pct: float | None = None
    high_pct: float | None = None
    se_log: float | None = None
    n_ref: int = 0
    mean_speed: float | None = None


@dataclass(frozen=True)
class Segments:
    """Pieces of a race in their order: where each starts and ends (m from the start) and its speed (m/s)."""

    start_m: Floats
    end_m: Floats
    speed_m_s: Floats

    def between(self, first_m: float, last_m: float, distance_m: float) -> Segments:
        """The pieces that lie wholly between two distances of a race of `distance_m`."""
        slack = _SAME * distance_m
        inside = (self.start_m >= first_m - slack) & (self.end_m <= last_m + slack)
        return Segments(self.start_m[inside], self.end_m[inside], self.speed_m_s[inside])


def default_kick_m(distance_m: float, starts_m: Floats | None = None) -> float:
    """How long the kick of a race of `distance_m` is: 400 m from 3000 m on, 300 or 200 m up to 1500 m, else a tenth.

    `starts_m` are the distances at which splits start; up to 1500 m one of them must be 300 or 200 m before the
    finish (None: a stream, which can be read everywhere). Methods E1 (convention).

    >>> default_kick_m(5000.0), default_kick_m(1500.0), default_kick_m(800.0), default_kick_m(2000.0)
    (400.0, 300.0, 200.0, 200.0)
    """
    if distance_m >= (1 - NEAR) * LONG_RACE_M:
        return 400.0
    if distance_m <= (1 + NEAR) * SHORT_RACE_M:
        for kick in (300.0, 200.0):
            fits = starts_m is None or bool(_at(starts_m, distance_m - kick, distance_m).any())
            if fits and distance_m >= _TIMES_KICK * kick * (1 - NEAR):
                return kick
    return LAST_SHARE * distance_m


def split_segments(distance_m: Numbers, time_s: Numbers) -> Segments | None:
    """The splits of a race (lengths in m, times in s, shape (splits,)) as pieces; None for impossible ones.

    >>> split_segments([200, 400], [34.0, 72.0]).end_m.tolist()
    [200.0, 600.0]
    """
    lengths, times = as_numbers(distance_m), as_numbers(time_s)
    if lengths is None or times is None or lengths.shape != times.shape or lengths.size == 0:
        return None
    if not ((lengths > 0) & (times > 0) & np.isfinite(lengths) & np.isfinite(times)).all():
        return None
    with np.errstate(over="ignore"):
        ends, speed, total_s = np.cumsum(lengths), lengths / times, times.sum()
    usable = math.isfinite(ends[-1]) and math.isfinite(total_s) and np.isfinite(speed).all() and (speed > 0).all()
    return Segments(ends - lengths, ends, speed) if usable else None


def kick_of_splits(
    distance_m: Numbers,
    time_s: Numbers,
    kick_m: float | None = None,
    sigma_t_s: float = OFFICIAL_S,
    level: float = LEVEL,
) -> Kick:
    """Kick from split lengths (m) and split times (s) in their order, shape (splits,); no split is ever cut in two.

    The finish is the last `kick_m` (None: `default_kick_m`); the reference is the median speed of the splits that lie
    wholly between the first tenth and the finish. The interval is that of measuring this one race, from the timing
    error `sigma_t_s` of one time and the spread of the reference (Student t). Refused: BAD_INPUT, KICK_NOT_ON_SPLIT,
    TOO_FEW_REFERENCE_SPLITS (fewer than 4). Pacing: Casado 2021 (J Sport Health Sci 10:537-549); formula: convention.

    >>> found = kick_of_splits([200] + 12 * [400], [34.1, 69.8, 71, 71.6, 72.1, 72.4, 72.6, 72.9, 72.3, 72.8, 72.5,
    ...                                             70.9, 65.2])
    >>> [round(v, 1) for v in (found.kick_pct, found.low_pct, found.high_pct)], found.n_ref
    ([11.0, 10.1, 11.9], 10)
    """
    pieces, told = split_segments(distance_m, time_s), as_numbers([sigma_t_s, level])
    if pieces is None or told is None or not (0 <= told[0] < math.inf and 0 < told[1] < 1):
        return Kick("refused", "BAD_INPUT")
    total = float(pieces.end_m[-1])
    kick = _length(kick_m, default_kick_m(total, pieces.start_m))
    if kick is None:
        return Kick("refused", "BAD_INPUT")
    first = _at(pieces.start_m, total - kick, total)
    if not first.any():
        return Kick("refused", "KICK_NOT_ON_SPLIT", kick)
    seconds = (pieces.end_m - pieces.start_m) / pieces.speed_m_s
    kick_s = float(seconds[int(np.argmax(first)) :].sum())
    if kick_s <= 0:  # lost in the rounding of an impossible distance
        return Kick("refused", "BAD_INPUT", kick)
    reference = pieces.between(SKIPPED * total, total - kick, total).speed_m_s
    if reference.size < MIN_REFERENCE:
        return Kick("refused", "TOO_FEW_REFERENCE_SPLITS", kick, n_ref=reference.size)
    v_ref = float(np.median(reference))
    mad = float(np.median(np.abs(reference - v_ref)))
    se = math.hypot(math.sqrt(2) * told[0] / kick_s, _MAD_TO_SE * mad / v_ref / math.sqrt(reference.size))
    half = float(stdtrit(reference.size - 1, 0.5 + told[1] / 2)) * se
    return _kick(kick, kick_s, v_ref, se, half, reference.size, total / float(seconds.sum()))


def stream_segments(
    time_s: Numbers, distance_m: Numbers, kick_m: float, *, segment_m: float = SEGMENT_M, skipped: float = SKIPPED
) -> Segments | str:
    """Pieces of `segment_m` counted back from the start of the kick to the first tenth, then the kick itself.

    `time_s` and the cumulative `distance_m` have shape (samples,); samples without progress (a pause, standing behind
    the line) are passed over, so that the race ends where the last metre was run. A reason code where the stream cannot
    be read: BAD_INPUT, STREAM_NOT_MONOTONE, STREAM_GAP (no progress for more than 10 s), RACE_TOO_SHORT (less than 4
    kicks). Methods E2.

    >>> found = stream_segments(range(301), [5.0 * t for t in range(301)], 300.0)
    >>> found.start_m.tolist()[-3:], found.speed_m_s.round(6).tolist()[-1]
    ([1000.0, 1100.0, 1200.0], 5.0)
    """
    if not (0 < kick_m < math.inf and 0 < segment_m < math.inf and 0 <= skipped < 1):
        return "BAD_INPUT"
    path = _path(time_s, distance_m)
    if isinstance(path, str):
        return path
    seconds, metres = path
    total = float(metres[-1])
    if total < _TIMES_KICK * kick_m * (1 - _SAME):
        return "RACE_TOO_SHORT"
    start = total - kick_m
    number = int(min((start - skipped * total) / segment_m + _SAME, MOST_SEGMENTS + 1))
    if number > MOST_SEGMENTS:
        return "BAD_INPUT"
    marks = np.append(start - segment_m * np.arange(number, -1, -1), total)
    passed = np.interp(marks, metres, seconds)
    steps = np.diff(passed)
    if not (steps > 0).all():
        return "BAD_INPUT"
    return Segments(marks[:-1], marks[1:], np.diff(marks) / steps)


def kick_of_stream(
    time_s: Numbers,
    distance_m: Numbers,
    kick_m: float | None = None,
    *,
    skipped: float = SKIPPED,
    segment_m: float = SEGMENT_M,
    sigma_rel: float = SIGMA_REL,
    level: float = LEVEL,
) -> Kick:
    """Kick from a stream: `time_s` and the cumulative `distance_m` of a watch, shape (samples,).

    Reference is the median speed of 100-m segments counted back from the kick to the first tenth. `sigma_rel` is the
    standard error of the log ratio (convention: 0.015 for wrist GPS, 0.01 for a foot pod): a constant scale error of
    the watch cancels, local ones do not, so that a kick below 3 % is a caution (WITHIN_DEVICE_ERROR). Refused:
    BAD_INPUT, STREAM_NOT_MONOTONE, STREAM_GAP, RACE_TOO_SHORT, TOO_FEW_REFERENCE_SPLITS. Errors of watches:
    Gilgen-Ammann 2020 (JMIR mHealth 8:e17118).

    >>> found = kick_of_stream(range(301), [4.8 * t if t <= 240 else 1152 + 5.4 * (t - 240) for t in range(301)], 300)
    >>> [round(v, 1) for v in (found.kick_pct, found.low_pct, found.high_pct)], found.n_ref
    ([12.5, 9.2, 15.9], 10)
    """
    told = as_numbers([skipped, segment_m, sigma_rel, level])
    if told is None or not (0 <= told[0] < 1 and 0 < told[1] < math.inf and told[2] >= 0 and 0 < told[3] < 1):
        return Kick("refused", "BAD_INPUT")
    path = _path(time_s, distance_m)
    if isinstance(path, str):
        return Kick("refused", path)
    total, lasted = float(path[1][-1]), float(path[0][-1] - path[0][0])
    kick = _length(kick_m, default_kick_m(total))
    if kick is None:
        return Kick("refused", "BAD_INPUT")
    pieces = stream_segments(time_s, distance_m, kick, segment_m=float(told[1]), skipped=float(told[0]))
    if isinstance(pieces, str):
        return Kick("refused", pieces, kick)
    reference = pieces.speed_m_s[:-1]
    if reference.size < MIN_REFERENCE:
        return Kick("refused", "TOO_FEW_REFERENCE_SPLITS", kick, n_ref=reference.size)
    half = float(ndtri(0.5 + told[3] / 2)) * float(told[2])
    kick_s, v_ref = kick / float(pieces.speed_m_s[-1]), float(np.median(reference))
    return _kick(kick, kick_s, v_ref, float(told[2]), half, reference.size, total / lasted, DEVICE_PCT)


def _kick(
    kick_m: float, kick_s: float, v_ref: float, se: float, half: float, n: int, mean: float, doubt_pct: float = 0.0
) -> Kick:
    log = math.log(kick_m / kick_s / v_ref)
    value, low, high = (float(100 * np.expm1(log + off)) for off in (0.0, -half, half))
    if not all(map(math.isfinite, (value, low, high))):
        return Kick("refused", "BAD_INPUT", kick_m)
    near = abs(value) < doubt_pct
    status, reason = ("caution", "WITHIN_DEVICE_ERROR") if near else ("ok", None)
    return Kick(status, reason, kick_m, kick_s, kick_m / kick_s, v_ref, value, low, high, se, n, mean)


def _length(told: float | None, usual: float) -> float | None:
    """The kick's length in m: as told, else the usual one; None for an impossible one."""
    if told is None:
        return usual
    number = as_numbers([told])
    return float(number[0]) if number is not None and 0 < number[0] < math.inf else None


def _at(starts_m: Floats, mark_m: float, distance_m: float) -> NDArray[np.bool_]:
    return np.asarray(np.abs(starts_m - mark_m) <= _SAME * distance_m)


def _path(time_s: Numbers, distance_m: Numbers) -> tuple[Floats, Floats] | str:
    """Times and metres from the start at the samples that made progress, or a reason code."""
    seconds, metres = as_numbers(time_s), as_numbers(distance_m)
    if seconds is None or metres is None or seconds.shape != metres.shape or seconds.size < 2:
        return "BAD_INPUT"
    if not (np.isfinite(seconds).all() and np.isfinite(metres).all() and (metres >= 0).all()):
        return "BAD_INPUT"
    with np.errstate(over="ignore"):
        steps_s, steps_m = np.diff(seconds), np.diff(metres)
    if (steps_s <= 0).any() or (steps_m < 0).any():
        return "STREAM_NOT_MONOTONE"
    kept = np.flatnonzero(steps_m > 0) + 1
    if kept.size == 0 or not math.isfinite(metres[-1] - metres[0]):
        return "BAD_INPUT"
    # standing before the start belongs to no race: the clock begins with the last sample before the first step
    kept = np.append(kept[0] - 1, kept)
    # a distance that stands still for long is a lost signal or a stop: what follows it is no speed of this race
    if (np.diff(seconds[kept]) > MAX_GAP_S * (1 + _SAME)).any():
        return "STREAM_GAP"
    return seconds[kept], metres[kept] - metres[0]
