"""Peers' cases answered by our functions; see tests/peer_adapters.py. Daily means by other tools' rules, and Foster."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analysis.stats import ewma, weekly
from peers_compare import Adapter, Compared

FILE = "pmc_foster_ewma.json"
REL = {"rel": 1e-9, "abs_": 1e-9}
RULES = {"span": "span", "exp": "exp", "inv": "inverse"}
FIRST_DAYS = 7
KINDS = ("sample_sd", "population_sd", "runalyze_population_cap10", "rest_days_dropped_sample_sd")


def _lam(key: str) -> float:
    rule, days = key.split("_")
    return ewma.smoothing(float(days), RULES[rule])


def _pmc(case: Mapping[str, Any]) -> list[Compared]:
    told = re.search(r"(\d+)/(\d+)", case["call"])
    long_days, short_days = (float(x) for x in told.groups()) if told else (42.0, 7.0)
    found = ewma.performance_chart(case["stress"], long_days, short_days)
    names = {"lts": found.long, "sts": found.short, "sb": found.balance, "rr": found.ramp}
    return [Compared(name, want, names[name].tolist(), **REL) for name, want in case["out"].items()]


def _athlete_load(case: Mapping[str, Any], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    rows = pl.read_csv(case["folder"] / "monitoring.csv", null_values="NA", try_parse_dates=True)
    rows = rows.filter((pl.col("Full Name") == name) & (pl.col("Variable") == "Training Load"))
    daily = rows.group_by("Date").agg(pl.col("Value").sum()).sort("Date")
    first, last = dt.date(2020, 1, 2), daily["Date"].max()
    days = pl.DataFrame({"Date": pl.date_range(first, pl.lit(last), eager=True)})
    return days.join(daily, on="Date", how="left")["Value"].fill_null(0).to_numpy()


def _variants(case: Mapping[str, Any]) -> list[Compared]:
    case_name = next(k for k, v in case["file"]["cases"].items() if v.get("values") == case["values"])
    x = _athlete_load(case, case_name.removeprefix("ewma_variants_").replace("_", " "))
    compared = [Compared(key, alpha, _lam(key), **REL) for key, alpha in case["alphas"].items()]
    seeds: dict[str, Any] = {"seed_zero": 0.0, "seed_first": "first", "seed_mean7": float(x[:FIRST_DAYS].mean())}
    for key, by_day in case["values"].items():
        rule, seed = key.split("|")
        at, lam = [int(day) - 1 for day in by_day], _lam(rule)
        found = ewma.ewma_classic(x, lam, seeds[seed]) if seed in seeds else ewma.ewma(x, lam)
        compared.append(Compared(key, list(by_day.values()), found.value[at].tolist(), **REL))
    return compared


def _zero_seed(case: Mapping[str, Any]) -> list[Compared]:
    x, compared = np.full(400, 100.0), []
    for key, by_day in case["values"].items():
        parts = re.fullmatch(r"(acwr_)?([a-z]+)_(\d+)(?:_(\d+))?(?:_zero_seed)?", key)
        assert parts, key
        rule, days = parts[2], [d for d in (parts[3], parts[4]) if d]
        top, *bottom = (ewma.ewma_classic(x, _lam(f"{rule}_{n}"), 0).value for n in days)
        found = top / bottom[0] if bottom else top
        at = [int(day) - 1 for day in by_day]
        compared.append(Compared(key, list(by_day.values()), found[at].tolist(), **REL))
    return compared


def _foster(case: Mapping[str, Any]) -> list[Compared]:
    compared = []
    for name, week in case["weeks"].items():
        assert set(week) <= {"loads", *KINDS}, f"no answer to {sorted(set(week) - {'loads', *KINDS})}"
        for kind, ddof in (("sample_sd", 1), ("population_sd", 0)):  # Runalyze's cap and dropped rest days: test_weekly
            found, want = weekly.monotony(week["loads"], ddof), week[kind]
            numbers = (found.weekly_load, found.monotony, found.strain)
            expected = [want[key] for key in ("weekly_load", "monotony", "strain")]
            compared.append(Compared(f"{name} {kind}", expected, list(numbers), **REL))
    return compared


def _identity(case: Mapping[str, Any]) -> list[Compared]:
    compared = []
    for coupled, uncoupled in case["values"].items():
        acute = 100 * float(coupled) / 4
        found = weekly.load_ratio([(100 - acute) / 21] * 21 + [acute / 7] * 7)
        compared.append(Compared(coupled, [float(coupled), uncoupled], [found.coupled, found.uncoupled], **REL))
    return compared


ADAPTERS: dict[tuple[str, str], Adapter] = {
    (FILE, "gc_pmc*"): _pmc,
    (FILE, "ewma_variants*"): _variants,
    (FILE, "zero_seed_bias*"): _zero_seed,
    (FILE, "foster*"): _foster,
    (FILE, "acwr_identity*"): _identity,
}
