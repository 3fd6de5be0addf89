"""Load as the body is said to remember it, and exact least squares on two such memories (methods F1)."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Convention = Literal["lag_one", "same_day", "ewma", "moving_mean"]

_ACTIVE: Final = ([0, 1, 2], [0, 1], [0, 2], [0])  # which of p0, k1, k2 are not held at zero


def state(load: ArrayLike, tau: ArrayLike, convention: Convention = "lag_one") -> Floats:
    """Load remembered with time constant `tau` (days); shape: that of `tau` broadcast over athletes, then the days.

    `load` has the days on its last axis. `lag_one`, sum over s < t of w(s) exp(-(t - s)/tau): a load acts from the next
    day. `same_day`: the day's own load counts in full. `ewma`: the mean with weights that fall by 1 - 2/(tau + 1) a
    day, started at the first load. `moving_mean`: that of the last int(tau) days, NaN before. An unknown load makes
    every later day NaN, it is never zero; a time constant that is not above zero gives NaN. Methods F1; Busso 2003.

    >>> state([100.0, 0.0, 0.0], 10).round(2).tolist(), state([100.0, 0.0, 0.0], 10, "same_day").round(2).tolist()
    ([0.0, 90.48, 81.87], [100.0, 90.48, 81.87])
    """
    w, memory = np.asarray(load, dtype=np.float64), np.asarray(tau, dtype=np.float64)
    memory = np.where((memory > 0) & np.isfinite(memory), memory, np.nan)
    w = np.array(np.broadcast_to(w, np.broadcast_shapes(memory.shape, w.shape[:-1]) + w.shape[-1:]))
    if convention == "moving_mean":
        return _moving_mean(w, memory)
    keep = (memory - 1) / (memory + 1) if convention == "ewma" else np.exp(-1 / memory)
    gain = 1 - keep if convention == "ewma" else np.ones_like(keep)
    out = np.zeros_like(w) * keep[..., None]
    if convention != "lag_one" and w.shape[-1]:
        out[..., 0] += w[..., 0]
    for day in range(1, w.shape[-1]):
        before = out[..., day - 1]
        if convention == "lag_one":
            out[..., day] = (before + w[..., day - 1]) * keep
        else:
            out[..., day] = before * keep + gain * w[..., day]
    return out


def _moving_mean(w: Floats, memory: Floats) -> Floats:
    out = np.full_like(w, np.nan)
    for place in np.ndindex(w.shape[:-1]):
        days = float(np.broadcast_to(memory, w.shape[:-1])[place])
        if 1 <= days < w.shape[-1] + 1:
            window = np.lib.stride_tricks.sliding_window_view(w[place], int(days))
            out[place][int(days) - 1 :] = window.mean(axis=-1)
    return out


def designs(w: Floats, pairs: Floats, convention: Convention) -> Floats:
    """Columns 1, g, -h for every pair and day: shape pairs x days x 3."""
    slow, fast = (state(w, pairs[:, column], convention) for column in (0, 1))
    return np.stack([np.ones_like(slow), slow, -fast], axis=-1)


def inverse(designs: Floats) -> Floats:
    """Pseudo-inverses of designs whose columns are first brought to one norm."""
    norm = np.sqrt((designs**2).sum(axis=-2, keepdims=True))
    norm = np.where(norm > 0, norm, 1.0)
    return np.asarray(np.linalg.pinv(designs / norm) / np.swapaxes(norm, -1, -2))


def least_squares(designs: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Sums of squares (pairs x columns of `scores`) and p0, k1, k2 with k1, k2 >= 0 behind them.

    Two gains have four possible active sets, so that trying them all is the exact non-negative solution. A pair whose
    design is not known at every test has an infinite sum.
    """
    usable = np.asarray(np.isfinite(designs).all(axis=(1, 2)))
    designs = np.where(usable[:, None, None], designs, 0.0)
    shape = designs.shape[0], scores.shape[1]
    least, gains = np.full(shape, np.inf), np.zeros((*shape, 3))
    for active in _ACTIVE:
        part = designs[..., active]
        found = inverse(part) @ scores
        sse = ((scores - part @ found) ** 2).sum(axis=1)
        better = (found[:, 1:] >= 0).all(axis=1) & (sse < least)
        least = np.where(better, sse, least)
        full = np.zeros((*shape, 3))
        full[..., active] = np.swapaxes(found, 1, 2)
        gains = np.where(better[..., None], full, gains)
    return np.where(usable[:, None], least, np.inf), gains


def first_best(sse: Floats, y: Floats) -> int:
    """The first pair of the grid among those that differ from the best by rounding only."""
    return int(np.argmax(sse <= sse.min() * (1 + 1e-9) + rounding(y)))


def rounding(y: Floats) -> float:
    return float(y.size * (1e-13 * np.abs(y).max()) ** 2)


def blocks(residuals: Floats, width: int, n_boot: int, seed: int) -> Floats:
    """Residuals drawn in blocks of `width` neighbours: shape tests x draws."""
    n = residuals.size
    width = min(width, n)
    starts = np.random.default_rng(seed).integers(0, n - width + 1, size=(-(-n // width), n_boot))
    places = (starts[:, None, :] + np.arange(width)[:, None]).reshape(-1, n_boot)[:n]
    return np.asarray((residuals - residuals.mean())[places])
