"""How sure is the order of the squad? (methods H5).

What: the chance that the athlete on top is truly the best of the group; parts are the expected ranks with their 90 %
  intervals, 1 = best.
Formula: expected rank 1 + sum over the others of Phi((theta_j - theta_i) / sqrt(v_i + v_j)); interval by 8000 draws
  from the posteriors of `compare`.
Source: Goldstein & Spiegelhalter 1996 (J R Stat Soc A 159:385-443).
Limits: refused where nothing was pooled. Ranks count inside the group.
Trap: never a league table: with 12 athletes and a good test the interval of a rank is six or seven places wide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl

from analysis.estimate import Estimate, params
from analysis.frames import PROBABILITY
from analysis.squad._draw import rank_chart
from analysis.squad._entries import of_comparison
from analysis.stats.ranks import DRAWS, LEVEL, SEED

METHOD: Final = "Ranks by draws from the shrunken posteriors (Goldstein & Spiegelhalter 1996; methods H5)."
NEVER: Final = "A list of intervals, never a league table: two athletes whose bars overlap cannot be put in order."
UNIT: Final = "rank"


def ranks(comparison: Estimate) -> Estimate:
    """How likely the athlete on top is the best, from a result of `compare`; parts are the ranks with 90 % intervals.

    With several groups it is the mean over the groups. Refusal: that of the comparison. Raises ValueError for another
    Estimate. Goldstein & Spiegelhalter 1996 (J R Stat Soc A 159:385-443).
    """
    of_comparison(comparison)
    what = f"{comparison.what.removesuffix(', squad mean')}, chance that who looks best is the best"
    used = params({"rank_level": LEVEL, "draws": DRAWS, "seed": SEED})
    known = Estimate(what, unit=PROBABILITY, n=comparison.n, level=None, method=METHOD, params=used, notes=(NEVER,))
    if not comparison.ok or comparison.points is None:
        return replace(known, status="refused", reason=comparison.reason or "NO_DATA")
    seen = comparison.points.select("athlete", "group", "rank", "rank_low", "rank_high", "p_first", "status", "reason")
    seen = seen.sort("group", "rank", "athlete", nulls_last=True)
    ranked = seen.drop_nulls("rank")
    # the largest chance of a group is that of its athlete on top
    chance = ranked.group_by("group").agg(pl.col("p_first").max())["p_first"].mean()
    parts = tuple(
        Estimate(row["athlete"], row["athlete"], row["rank"], row["rank_low"], row["rank_high"], LEVEL, UNIT, known.n)
        for row in ranked.iter_rows(named=True)
    )
    return replace(known, value=float(str(chance)), parts=parts, points=seen, draw=rank_chart)
