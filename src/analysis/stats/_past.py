"""Windows of days that ended before a day, and medians of them: what a day of an athlete is held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.float64]


def before(x: Days, width: int, lag: int = 0) -> Days:
    """The `width` days that end `lag` days before each day (0: with the day itself), NaN before the series starts.

    Shape (..., days, width), a view; the last column is the latest day.

    >>> before(np.array([1.0, 2.0, 3.0]), 2, 1).tolist()
    [[nan, nan], [nan, 1.0], [1.0, 2.0]]
    """
    padded = np.concatenate([np.full((*x.shape[:-1], width - 1 + lag), np.nan), x], axis=-1)
    windows: Days = np.lib.stride_tricks.sliding_window_view(padded, width, axis=-1)
    return windows[..., : x.shape[-1], :]


def counted(windows: Days) -> Days:
    """How many values of each window are known."""
    return np.asarray(np.isfinite(windows).sum(axis=-1), dtype=float)


def median(windows: Days) -> Days:
    """Median of the known values of each window, NaN where there is none.

    By sorting, NaN last: numpy's own median of what is not NaN takes ten times as long and warns.

    >>> median(np.array([[1.0, np.nan, 2.0], [np.nan, np.nan, np.nan]])).tolist()
    [1.5, nan]
    """
    ordered, n = np.sort(windows, axis=-1), counted(windows).astype(int)
    low, high = np.maximum((n - 1) // 2, 0), np.minimum(n // 2, windows.shape[-1] - 1)
    ends = (np.take_along_axis(ordered, at[..., None], axis=-1)[..., 0] for at in (low, high))
    return np.asarray(sum(ends) / 2, dtype=float)


def mean_sd(windows: Days) -> tuple[Days, Days]:
    """Mean and sample SD of the known values of each window; NaN where there are none (SD: fewer than two)."""
    known, n = np.isfinite(windows), counted(windows)
    mean = np.where(known, windows, 0.0).sum(axis=-1) / np.where(n > 0, n, np.nan)
    squares = np.where(known, (windows - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    return mean, np.sqrt(squares / np.where(n > 1, n - 1, np.nan))
