"""From one Estimate per athlete to values and standard errors on the scale on which a squad is compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

from analysis.estimate import Estimate, Verdict
from analysis.frames import PROBABILITY
from analysis.stats.pooling import LEVEL_SCALE, TAU_SCALE

Floats = NDArray[np.float64]

CHANGE, LOG, RAW = "change", "log", "raw"


@dataclass(frozen=True)
class Scale:
    """How a number becomes one of the analysis: ln(1 + %/100) of a change, ln of a level, or the number itself."""

    kind: str

    def inside(self, shown: float) -> float:
        """The number of the analysis, NaN for one that has none."""
        if self.kind == RAW:
            return shown if math.isfinite(shown) else math.nan
        ratio = 1 + shown / 100 if self.kind == CHANGE else shown
        return math.log(ratio) if 0 < ratio < math.inf else math.nan

    def shown(self, inside: ArrayLike) -> Floats:
        """Numbers of the analysis as people read them."""
        values = np.asarray(inside, dtype=np.float64)
        return values if self.kind == RAW else 100 * np.expm1(values) if self.kind == CHANGE else np.exp(values)

    def spread(self, entries: Sequence[Entry]) -> float:
        """Scale of the prior of the true spread between athletes: of the handbook for logs, else the spread as seen."""
        if self.kind != RAW:
            return TAU_SCALE if self.kind == CHANGE else LEVEL_SCALE
        groups = {e.group for e in entries}
        apart = [e.y - np.mean([o.y for o in entries if o.group == g]) for g in groups for e in entries if e.group == g]
        seen = math.sqrt(sum(d**2 for d in apart) / max(len(apart) - len(groups), 1))
        return seen or max(e.s for e in entries)


@dataclass(frozen=True)
class Entry:
    """One athlete: the own result `raw`, its value `y` with standard error `s` (NaN where `reason` says why)."""

    who: str
    group: str
    raw: Estimate
    y: float = math.nan
    s: float = math.nan
    reason: str | None = None

    @property
    def swc(self) -> float | None:
        """The smallest change that the result was held against, in the unit shown."""
        if not isinstance(self.raw, Verdict):
            return None
        own = self.raw.swc_pct if self.raw.unit == "%" else dict(self.raw.params).get("swc")
        return None if own is None else float(own)


def unit_of(estimates: Sequence[Estimate]) -> str:
    """The one unit of all that have a number. Raises ValueError for several."""
    units = sorted({e.unit for e in estimates if e.ok}) or sorted({e.unit for e in estimates})[:1] or [""]
    if len(units) > 1:
        raise ValueError(f"compare: one unit for all athletes expected, found {units}")
    return units[0]


def name_of(estimates: Sequence[Estimate]) -> str:
    """What most of the athletes were asked, at a tie the first by name."""
    counts = Counter(e.what for e in estimates if e.ok) or Counter(e.what for e in estimates)
    return min(counts, key=lambda what: (-counts[what], what)) if counts else "Comparison"


def entries_of(estimates: Sequence[Estimate], groups: Mapping[str, str] | None, scale: Scale) -> list[Entry]:
    """Sort one Estimate per athlete by name. Raises ValueError where one has no name, or the same as another."""
    counts = Counter(e.who for e in estimates)
    if twice := sorted(who for who, n in counts.items() if n > 1 or not who):
        raise ValueError(
            f"compare: one estimate per athlete, each with its name; found {twice} without or several times"
        )
    chosen = groups or {}
    return [_entry(e, chosen.get(e.who, ""), scale) for e in sorted(estimates, key=lambda e: e.who)]


def _entry(e: Estimate, group: str, scale: Scale) -> Entry:
    if e.value is None:
        return Entry(e.who, group, e, reason=e.reason or "NO_DATA")
    y = scale.inside(e.value)
    if math.isnan(y):
        return Entry(e.who, group, e, reason="BAD_INPUT")
    if e.low is None or e.high is None or not e.level or not 0 < e.level < 1:
        return Entry(e.who, group, e, y, reason="NO_INTERVAL")
    width = scale.inside(e.high) - scale.inside(e.low)
    if math.isnan(width) or width < 0:
        return Entry(e.who, group, e, reason="BAD_INPUT")
    s = width / 2 / _quantile(0.5 + e.level / 2, dict(e.params).get("df"))
    return Entry(e.who, group, e, y, s) if s > 0 else Entry(e.who, group, e, y, reason="NO_INTERVAL")


def _quantile(p: float, df: Any) -> float:
    """Student t where the result tells its degrees of freedom, else normal."""
    told = isinstance(df, int | float) and 0 < df < math.inf
    return float(stdtrit(df, p)) if told else float(ndtri(p))


def is_probability(unit: str) -> bool:
    """Whether the numbers are chances, which have no spread to be drawn towards."""
    return unit == PROBABILITY


def scale_of(unit: str, asked: str) -> Scale:
    """The scale of a unit: changes in % are compared as logs, whatever was asked."""
    return Scale(CHANGE if unit.partition("/")[0] == "%" else LOG if asked == LOG else RAW)


COMPARED: Final = "squad_scale"  # the parameter by which a result of `compare` is known


def of_comparison(comparison: Estimate) -> tuple[list[Entry], Scale, dict[str, Any]]:
    """The athletes behind a result of `compare`, its scale and its parameters. Raises ValueError for anything else."""
    used = dict(comparison.params)
    if COMPARED not in used:
        raise ValueError(f"a result of squad.compare expected, got {comparison.what!r}")
    scale, groups = Scale(used[COMPARED]), dict(used["groups"])
    return entries_of([part.parts[0] for part in comparison.parts], groups, scale), scale, used
