"""Speed of the sprint fit beside one fit per runner with scipy, on the same data in one run.

Both fit V, tau and a time correction to six splits; scipy starts at fixed values and takes numerical derivatives, as
one writes it. The sums of squares have to be the same before a ratio is printed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from clock import cpu_s
from scipy.optimize import curve_fit
from scipy.special import lambertw

from analysis.simulate.draws import sprinters
from analysis.stats.sprint_model import fit_splits

GATES = np.array([5.0, 10.0, 15.0, 20.0, 30.0, 40.0])
RUNNERS = 10_000
BY_SCIPY = 300
SAME = 1e-8
START = (7.0, 0.8, 0.0)


def model(d: Any, vmax: float, tau: float, tc: float) -> Any:
    """Split times by Lambert's W, as it is written in the literature."""
    x = d / (vmax * tau)
    return tau * (x + 1 + lambertw(-np.exp(-x - 1)).real) - tc


def by_scipy(times_s: Any) -> Any:
    """Sums of squares of one fit after the other."""
    rss = []
    for y in times_s:
        found, _ = curve_fit(model, GATES, y, START, xtol=1e-12, ftol=1e-12)
        rss.append(float(((model(GATES, *found) - y) ** 2).sum()))
    return np.array(rss)


def main() -> None:
    """Print CPU time per fit of both, their ratio, and fits per CPU second."""
    data = sprinters(np.random.default_rng(1), RUNNERS, tuple(GATES), offset_m=0.3)
    own_gates = np.tile(GATES, (RUNNERS, 1))
    scipy_s, theirs = cpu_s(lambda: by_scipy(data.times_s[:BY_SCIPY]), 3)
    shared_s, ours = cpu_s(lambda: fit_splits(GATES, data.times_s, correction="time"), 5)
    own_s, _ = cpu_s(lambda: fit_splits(own_gates, data.times_s, correction="time"), 5)
    apart = float(np.max(np.abs(ours.rss[:BY_SCIPY] / theirs - 1)))
    if not apart <= SAME:
        raise SystemExit(f"the sums of squares differ by {apart:.1e}, more than {SAME:g}")
    one, shared, own = 1e6 * scipy_s / BY_SCIPY, 1e6 * shared_s / RUNNERS, 1e6 * own_s / RUNNERS
    print(f"curve_fit, one runner after the other    {one:7.1f} us CPU a fit     1 x")
    print(f"fit_splits, {RUNNERS} runners, shared gates  {shared:7.1f} us CPU a fit  {one / shared:4.0f} x")
    print(f"fit_splits, gates of each their own      {own:7.1f} us CPU a fit  {one / own:4.0f} x")
    print(f"{1e6 / shared:,.0f} fits per CPU second; the sums of squares agree to {apart:.0e}")


if __name__ == "__main__":
    main()
