"""Which variant of a re-test (load, distance, side, conditions) is followed over time or over a squad (methods D0)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from analysis.metrics._priors import Prior, prior_of_trials
from analysis.metrics._retests import Session, scored, sessions, split
from analysis.metrics._verdicts import Error, GivenError, error_of

LONGEST_DEFAULT_M: Final = 30.0
LOWER_IS_BETTER: Final = ("sprint",)


@dataclass(frozen=True)
class Variant:
    """A test as it is asked for; None leaves load, distance or direction to the data and the test."""

    test: str
    load_kg: float | None = None
    distance_m: float | None = None
    measure: str | None = None
    lower_is_better: bool | None = None
    te: GivenError = None

    @property
    def sign(self) -> float:
        """-1 where a smaller score is the better one."""
        lower = self.test in LOWER_IS_BETTER if self.lower_is_better is None else self.lower_is_better
        return -1.0 if lower else 1.0

    @property
    def name(self) -> str:
        """The test in words."""
        place = f" at {self.load_kg:g} kg" if self.load_kg is not None else ""
        place += f" over {self.distance_m:g} m" if self.distance_m is not None else ""
        words = self.test.replace("_", " ")
        return ("CMJ" if words == "cmj" else words.capitalize()) + place

    @property
    def prior(self) -> Prior:
        """What is known about the test before the athlete is known."""
        return prior_of_trials(self.test, self.distance_m)

    @property
    def params(self) -> dict[str, Any]:
        """What was asked, to be written into the result."""
        return {"test": self.test, "load_kg": self.load_kg, "distance_m": self.distance_m, "measure": self.measure}

    def rows(self, trials: pl.DataFrame) -> pl.DataFrame:
        """The scored trials of this variant."""
        rows = scored(trials, self.test, self.measure)
        rows = rows.with_columns(pl.col("load_kg", "distance_m").cast(pl.Float64).round(1))
        for column, value in (("load_kg", self.load_kg), ("distance_m", self.distance_m)):
            rows = rows if value is None else rows.filter(pl.col(column) == round(value, 1))
        return rows

    def error(self, session: Session) -> Error | None:
        """The typical error that holds for the load of this session."""
        place = {"load_kg": session.rows["load_kg"][0], "distance_m": self.distance_m}
        return error_of(self.prior, self.te, test=self.test, **place)


def with_default_distance(variant: Variant, trials: pl.DataFrame) -> Variant:
    """Fill in the distance of a sprint that was asked for without one: the longest up to 30 m that somebody did."""
    if variant.test != "sprint" or variant.distance_m is not None:
        return variant
    distance = pl.col("distance_m").cast(pl.Float64)
    found = trials.filter(pl.col("valid"), pl.col("test").cast(pl.String) == "sprint", distance <= LONGEST_DEFAULT_M)
    return replace(variant, distance_m=found.select(distance.max()).item())


def most_repeated(rows: pl.DataFrame) -> tuple[list[Session], int]:
    """One athlete's most repeated sessions at one load, distance and side under one set of conditions.

    Also the number of test days that are left aside. Sessions with a score that has no log do not count.
    """
    best: list[Session] = []
    for _, group in split(rows, "load_kg", "distance_m", "side"):
        known = [s for s in sessions(group) if ((s.scores > 0) & (s.scores < math.inf)).all()]
        alike: dict[tuple[str | None, ...], list[Session]] = {}
        for s in known:
            alike.setdefault(s.conditions, []).append(s)
        best = max([best, *alike.values()], key=len)
    return best, rows["date"].n_unique() - len(best)
