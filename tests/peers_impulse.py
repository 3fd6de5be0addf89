"""Peers' cases answered by our functions; see tests/peer_adapters.py.

dorem and GoldenCheetah count the load of the test's own day (`same_day`). Coefficients are never compared: the peer's
optimiser stops anywhere in a flat valley. Its predictions follow from its coefficients, and our search must not end
with a loss that is more than 1 % larger. GoldenCheetah loses the first day's load of a window; the adapter takes it
away before the fit.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.stats.impulse_response import Convention, Grid, fit, fit_fixed, performance
from peers_compare import Adapter, Compared

Floats = NDArray[np.float64]
DAYS = tuple(float(d) for d in (*range(1, 61), *range(62, 301, 2)))  # the peer's own bounds: up to 300 days
EVERY_DAY = Grid(DAYS, DAYS, min_separation=1)
FINER = (0.5, 0.1, 0.02)  # steps of the search around the best pair: where the optimum is degenerate, no step is enough
NOT_NUMBERS = {"call", "coefs", "n_params", "fit_seconds", "note", "meta", "folder", "file"}


def _bike(folder: Path) -> tuple[Floats, list[int], list[float]]:
    """Daily load, days of the tests (from 0) and their results."""
    with (folder / "bike_score.csv").open() as file:
        rows = list(csv.DictReader(file))
    tested = [(day, float(row["Test_5min_Power"])) for day, row in enumerate(rows) if row["Test_5min_Power"] != "NA"]
    days, scores = zip(*tested, strict=True)
    return np.array([float(row["BikeScore"]) for row in rows]), list(days), list(scores)


def _training(predicted: Floats, scores: Floats) -> dict[str, float]:
    """dorem's summary of predicted minus observed."""
    error = predicted - scores
    return {
        "N": scores.size,
        "meanDiff": error.mean(),
        "SDdiff": error.std(ddof=1),
        "RMSE": np.sqrt((error**2).mean()),
        "MAE": np.abs(error).mean(),
        "minErr": error.min(),
        "maxErr": error.max(),
        "MAPE": 100 * np.abs(error / scores).mean(),
        "R_squared": np.corrcoef(predicted, scores)[0, 1] ** 2,
    }


def _least_loss(load: Floats, days: list[int], scores: list[float], convention: Convention) -> float:
    """Mean squared error of the best pair of time constants of our grid, and of finer ones around it."""
    best = fit(load, days, scores, grid=EVERY_DAY, convention=convention, min_tests=len(days))
    for step in FINER:
        if best.tau1 is None or best.tau2 is None:
            break
        near = [tuple(float(t) for t in np.arange(-10, 11) * step + tau if t > 0) for tau in (best.tau1, best.tau2)]
        grid = Grid(near[0], near[1], min_separation=step / 2)
        found = fit(load, days, scores, grid=grid, convention=convention, min_tests=len(days))
        best = found if found.sse is not None and found.sse < (best.sse or np.inf) else best
    return (best.sse or np.inf) / len(days)


def _dorem(case: Mapping[str, Any], convention: Convention) -> list[Compared]:
    unknown = set(case) - NOT_NUMBERS - {"loss_mse", "performance_train", "predicted"}
    assert not unknown, f"no answer to {sorted(unknown)}"
    load, days, scores = _bike(case["folder"])
    told = {name.split(".")[-1]: value for name, value in case["coefs"].items()}
    p0, k1, tau1, k2, tau2 = (told[n] for n in ("intercept", "PTE_gain", "PTE_tau", "NTE_gain", "NTE_tau"))
    ours = performance(load, p0=p0, k1=k1, k2=k2, tau1=tau1, tau2=tau2, convention=convention)
    at_tests = _training(ours[days], np.array(scores))
    loss = _least_loss(load, days, scores, convention)
    return [
        Compared("predicted", case["predicted"], ours.tolist(), rel=1e-9),
        Compared("loss_mse", case["loss_mse"], at_tests["RMSE"] ** 2, rel=1e-9),
        Compared("our loss is within 1 % of theirs, or less", True, bool(loss <= case["loss_mse"] * 1.01)),
        *(
            Compared(name, value, at_tests[name], rel=1e-7, abs_=1e-9)
            for name, value in case.get("performance_train", {}).items()
        ),
    ]


def _conventions(case: Mapping[str, Any]) -> list[Compared]:
    """The parameters stand in the text of the call; the series of a convention has its name."""
    told = {name: float(value) for name, value in re.findall(r"\b(p0|k1|k2|tau1|tau2)=([-+.\deE]+)", case["call"])}
    conventions: tuple[Convention, ...] = ("same_day", "lag_one")
    return [
        Compared(c, case[c], performance(case["w"], **told, convention=c).tolist(), rel=1e-12)
        for c in conventions
        if c in case
    ]


def _goldencheetah(case: Mapping[str, Any]) -> list[Compared]:
    """Its solver stops within 1e-8 of the optimum and prints ten digits; ordinary least squares are held closer."""
    load, days, scores = _bike(case["folder"])
    lost = np.r_[0.0, load[1:]]
    found: list[Compared] = []
    for run in case["runs"]:
        tau1, tau2 = run["tau1"], run["tau2"]
        ours = {
            name: fit_fixed(w, days, scores, tau1=tau1, tau2=tau2, convention="same_day")
            for name, w in (("ols_first_day_dropped", lost), ("ols_first_day_kept", load))
        }
        dropped = ours["ols_first_day_dropped"]
        series = {"perf_at_tests": dropped.predicted[days].tolist(), "perf_last_day": float(dropped.predicted[-1])}
        what = f"{tau1}/{tau2}"
        found += [
            Compared(f"{what} {name}", run[name], series.get(name, getattr(dropped, name, None)), rel=1e-7)
            for name in ("k1", "k2", "p0", "sse", "rmse", "n", "perf_at_tests", "perf_last_day")
        ]
        found += [
            Compared(f"{what} {name} {number}", value, getattr(ours[name], number), rel=1e-9)
            for name in ours
            for number, value in run[name].items()
        ]
    return found


ADAPTERS: dict[tuple[str, str], Adapter] = {
    ("dorem.json", "*banister*"): lambda case: _dorem(case, "same_day"),
    ("dorem.json", "EWMA*"): lambda case: _dorem(case, "ewma"),
    ("dorem.json", "MA*"): lambda case: _dorem(case, "moving_mean"),
    ("pmc_foster_ewma.json", "*fitness_fatigue*"): _conventions,
    ("pmc_foster_ewma.json", "*banister*"): _goldencheetah,
}
