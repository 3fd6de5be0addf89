"""Typical errors of a squad's tests, from everybody's repeated baseline sessions, as verdicts take them (`te`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from analysis.estimate import Estimate
from analysis.metrics import retest_error
from analysis.own_tests import OwnTest
from analysis.tables import TESTS


def squad_errors(trials: pl.DataFrame, own_tests: Mapping[str, OwnTest]) -> tuple[Estimate, ...]:
    """One typical error per test, load and distance that allow one, without anybody's data; refused ones left out.

    >>> from analysis.tables import Trials
    >>> squad_errors(Trials.create_empty(), {})
    ()
    """
    if trials.is_empty():
        return ()
    tests = trials.select(pl.col("test").cast(pl.String), "load_kg", "distance_m").unique().sort(pl.all())
    known: dict[str, str | None] = {name: None for name in TESTS if name != "single_leg_stance"}
    known |= {name: own.measure for name, own in own_tests.items()}
    asked = (row | {"measure": known[row["test"]]} for row in tests.iter_rows(named=True) if row["test"] in known)
    found = (retest_error.estimate(trials, **row) for row in asked)
    return tuple(replace(error, points=None, draw=None, notes=()) for error in found if error.ok)
