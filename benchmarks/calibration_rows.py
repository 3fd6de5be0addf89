"""One line of the calibration table: a rate, its Monte-Carlo error, and what the handbook requires of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

CHANCE = 3.0  # standard errors by which a rate may miss its requirement before it counts as missed


@dataclass(frozen=True)
class Row:
    """A rate (or another figure with a standard error `se`) that should lie between `least` and `most`."""

    what: str
    rate: float
    n: int
    least: float = 0.0
    most: float = 1.0
    se: float | None = None

    @property
    def error(self) -> float:
        """Monte-Carlo standard error; that of a binomial share where none is given."""
        return math.sqrt(max(self.rate * (1 - self.rate), 1 / self.n) / self.n) if self.se is None else self.se

    @property
    def acceptable(self) -> bool:
        """Whether the rate is within its bounds, or outside by no more than chance allows."""
        slack = CHANCE * self.error
        return self.least - slack <= self.rate <= self.most + slack

    def __str__(self) -> str:
        inside = self.least <= self.rate <= self.most
        word = "" if inside else "  outside by chance" if self.acceptable else "  MISSED"
        bounds = f"{self.least:.3f} to {self.most:.3f}"
        return f"{self.what:62} {self.rate:7.4f} {self.error:6.4f} {self.n:6}  {bounds}{word}"


def share(what: str, hits: ArrayLike, least: float = 0.0, most: float = 1.0) -> Row:
    """The share of true values among `hits`."""
    found = np.asarray(hits, dtype=bool).ravel()
    return Row(what, float(found.mean()), found.size, least, most)


def covered(what: str, low: ArrayLike, high: ArrayLike, truth: ArrayLike, least: float = 0.92) -> Row:
    """The share of intervals that hold the truth; over-coverage is allowed (a prior's degrees of freedom)."""
    low, high, truth = (np.asarray(a, dtype=float) for a in (low, high, truth))
    return share(what, (low <= truth) & (truth <= high), least, 1.0)


def several(number: int, part: float, least: int = 40) -> int:
    """How many athletes a run with this part of the full size simulates."""
    return max(least, round(number * part))
