"""Peers' cases answered by our functions; see tests/peer_adapters.py.

bmbstats takes its typical error from a least-products line. Its numbers are those of `agreement.least_products`; the
classical ones beside them are ours. That the two differ is pinned in tests/test_agreement.py.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.stats import agreement
from analysis.stats.change import judge
from analysis.stats.reliability import reliability, smallest_change
from peers_compare import Adapter, Compared

Floats = NDArray[np.float64]
NEAR = {"rel": 1e-9, "abs_": 1e-12}
ROUNDED_Z = ("MDC95_z", "LoA95")  # the file takes 1.96 for 1.95996
TESTS = ("lower", "not_higher", "equivalent", "not_lower", "higher")


def _column(case: Mapping[str, Any], name: str, file: str = "") -> Floats:
    """A column of one of the peer's sheets by the tail of its name, the sheet by the head of its own where told."""
    for path in sorted(case["folder"].glob(f"bmbstats_{file}*.csv")):
        with path.open(encoding="utf-8") as sheet:
            rows = list(csv.DictReader(sheet))
        fitting = [column for column in rows[0] if _plain(column) == _plain(name)]
        fitting = fitting or [column for column in rows[0] if _plain(column).startswith(_plain(name))]
        if fitting:
            return np.array([float(row[fitting[0]]) for row in rows])
    raise KeyError(name)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold().replace("_score", ""))


def _grouped(case: Mapping[str, Any], sheet: str, name: str) -> tuple[Floats, Floats]:
    """A column split by its sheet's Group, in the order in which the call names the groups (else as they appear)."""
    with next(iter(case["folder"].glob(f"bmbstats_{sheet}*.csv"))).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    call = case["call"].casefold()
    seen = list(dict.fromkeys(row["Group"] for row in rows))
    first, second = sorted(seen, key=lambda g: call.find(g.casefold()) if g.casefold() in call else seen.index(g))
    scores = [np.array([float(row[name]) for row in rows if row["Group"] == group]) for group in (first, second)]
    return scores[0], scores[1]


def _told(text: str, name: str, default: float) -> float:
    found = re.search(rf"\b{name}\s*=?\s*\+?/?-?\s*(Inf|[\d.]+\d|\d+)", text)
    return default if not found else math.inf if found[1] == "Inf" else float(found[1])


def _compared(told: Mapping[str, Any], ours: Mapping[str, Any]) -> list[Compared]:
    """Every number of the peer beside ours; one that we do not have is named."""
    assert set(told) <= set(ours), f"no answer to {sorted(set(told) - set(ours))}"
    return [Compared(name, value, ours[name], **NEAR) for name, value in told.items()]


def _reliability(case: Mapping[str, Any]) -> list[Compared]:
    first, second = (_column(case, name) for name in re.findall(r"[\w.]+\.trial\d", case["call"])[:2])
    told = case["bmbstats"]
    low, high = told["SESOI lower"], told["SESOI upper"]
    line, described = agreement.least_products(second, first), agreement.pairs(first, second)
    df = len(first) - 1
    small = 0.2 * described.pooled_sd
    ours = _of_line(line, low, high, df) | {"TE": line.rse / math.sqrt(2)}
    if "pooled" in case["call"]:
        ours |= {"SESOI lower": -small, "SESOI upper": small}
    classical, found = _classical(first, second, described), case["hopkins_classical_R"]
    rounded = [Compared(name, found[name], classical[name], rel=2.5e-5) for name in ROUNDED_Z if name in found]
    closely = {name: value for name, value in found.items() if name not in ROUNDED_Z}
    return _compared(told, ours) + _compared(closely, classical) + rounded


def _classical(first: Floats, second: Floats, described: agreement.Pairs) -> dict[str, Any]:
    both = np.column_stack([first, second])
    at95, at90 = (reliability(both, log=False, level=level) for level in (0.95, 0.90))
    sd_diff = at95.te * math.sqrt(2)
    return {
        "n": at95.n,
        "mean_change": at95.drift,
        "sd_diff": described.sd_change,
        "TE_sd_diff_over_sqrt2": at95.te,
        "TE_CI95": [at95.te_low, at95.te_high],
        "TE_CI90": [at90.te_low, at90.te_high],
        "MDC95_z": at95.mdc95,
        "MDC95_t": agreement.detectable(sd_diff, df=at95.df),
        "MDC90_z": agreement.detectable(sd_diff, 0.90),
        "LoA95": list(described.limits),
        "pearson": described.r,
        "ICC_3_1": at95.icc31,
        "ICC_2_1": at95.icc21,
        "log_TE_percent_CV": reliability(both).cv_pct,
        "pooled_sd": described.pooled_sd,
        "SWC_0.2_pooled_sd": 0.2 * described.pooled_sd,
        "SWC_0.2_sd_trial1": smallest_change(first, te=0, log=False).swc,
        "mean_trial1": first.mean(),
        "TE_percent_of_mean": 100 * at95.te / both.mean(),
    }


def _validity(case: Mapping[str, Any]) -> list[Compared]:
    """The criterion from the practical score: by regression, as the peer documents it for these data, or OLP."""
    named = dict(re.findall(r"(criterion|practical)\s*=\s*[\"']?([\w.]+)", case["call"]))
    columns = re.findall(r"\b(?:Criterion|Practical)[\w.]*", case["call"])
    criterion = _column(case, named.get("criterion", next(c for c in columns if c.startswith("C"))))
    practical = _column(case, named.get("practical", next(c for c in columns if c.startswith("P"))))
    told, df = case["bmbstats"], len(criterion) - 1
    low, high = told["SESOI lower"], told["SESOI upper"]
    regress = agreement.least_products if "OLP" in case["call"] else agreement.least_squares
    line = regress(practical, criterion)
    return _compared(told, _of_line(line, low, high, df))


def _of_line(line: agreement.Line, low: float, high: float, df: int) -> dict[str, Any]:
    return {
        "SESOI lower": low,
        "SESOI upper": high,
        "SESOI range": high - low,
        "Intercept": line.intercept,
        "Slope": line.slope,
        "RSE": line.rse,
        "Pearson's r": line.r,
        "R Squared": line.r**2,
        "SESOI to RSE": (high - low) / line.rse,
        "PPER": agreement.share_within(line.rse, low, high, df),
        "SDC": agreement.detectable(line.rse, df=df),
    }


def _independent(case: Mapping[str, Any]) -> list[Compared]:
    """Two groups of the jump sheet; the compared column is the one that the call names, changes where it names none."""
    words = {"Change": r"\bchange\b", "Post-test": r"\bpost", "Pre-test": r"\bpre(?!p)", "Squat 1RM": r"\bsquat\b"}
    column = next((c for c, word in words.items() if re.search(word, case["call"], re.IGNORECASE)), "Change")
    first, second = _grouped(case, "vertical_jump", column)
    told = case["bmbstats"]
    low, high = told["SESOI lower"], told["SESOI upper"]
    found = agreement.groups(first, second, low, high)
    own = {"SD pooled": found.pooled_sd, "%CV diff": found.cv_diff_pct, "% diff": found.diff_pct}
    return _compared(told, own | _effect(found, "diff", found.mean_diff, found.sd_diff, (low, high)))


def _dependent(case: Mapping[str, Any]) -> list[Compared]:
    sheet = next(name for name in ("vertical_jump", "bench_press") if name in case["call"])
    pre, post = (_column(case, name, sheet) for name in ("Pre-test", "Post-test"))
    told = case["bmbstats"]
    low, high = told["SESOI lower"], told["SESOI upper"]
    found = agreement.pairs(pre, post, low, high)
    own = {"%CV change": found.cv_change_pct, "% change": found.change_pct}
    return _compared(told, own | _effect(found, "change", found.mean_change, found.sd_change, (low, high)))


def _effect(found: Any, word: str, mean: float, sd: float, sesoi: tuple[float, float]) -> dict[str, float]:
    """What the peer tells of a change and of a difference alike, under its names."""
    low, high = sesoi
    return {
        "SESOI lower": low,
        "SESOI upper": high,
        "SESOI range": high - low,
        f"Mean {word}": mean,
        f"SD {word}": sd,
        "Ratio": found.ratio,
        "Cohen's d": found.cohen_d,
        "CLES": found.cles,
        "OVL": found.overlap,
        f"Mean {word} to SESOI": mean / (high - low) if high > low else math.inf,
        f"SD {word} to SESOI": sd / (high - low) if high > low else math.inf,
        "pLower": found.p_lower,
        "pEquivalent": found.p_equivalent,
        "pHigher": found.p_higher,
    }


def _effects(case: Mapping[str, Any]) -> list[Compared]:
    """Against the probabilities of our own verdict as well."""
    sheet = "vertical" if "vertical" in case["call"] else "bench"
    change, call = _column(case, "Change", sheet), case["call"]
    error, df, swc = _told(call, "measurement_error", 0.0), _told(call, "df", math.inf), _told(call, "SESOI", 0.0)
    low, high = (_told(call, f"SESOI_{side}", swc) for side in ("lower", "upper"))
    found = agreement.effect_tests(change, error, -low, high, df=df, alpha=_told(call, "alpha", 0.05))
    seen = {"higher": judge(change, error, df=df, swc=high, prior_sd=1.0).p_gt_swc}
    seen |= {"lower": judge(change, error, df=df, swc=low, prior_sd=1.0).p_lt_minus_swc}
    words = [str(word).replace("-", " ") for word in case["inference"]]
    same = [Compared(name, case[name], getattr(found, name).tolist(), rel=1e-7, abs_=1e-12) for name in TESTS]
    return [
        *same,
        *(Compared(f"{n}, by judge", case[n], (1 - p).tolist(), rel=1e-7, abs_=1e-12) for n, p in seen.items()),
        Compared("inference", ", ".join(words), ", ".join(found.word.tolist())),
        Compared("SDC", case["SDC"], agreement.detectable(error, _told(call, "confidence", 0.95), df), **NEAR),
    ]


def _share_within(case: Mapping[str, Any]) -> list[Compared]:
    return [
        Compared(
            f"PPER of {row['sigma']}",
            row["out"],
            agreement.share_within(row["sigma"], row["lo"], row["hi"], float(row["df"])),
            **NEAR,
        )
        for row in case["rows"]
    ]


def _least_products(case: Mapping[str, Any]) -> list[Compared]:
    named = dict(re.findall(r"(predictor|outcome)\s*=\s*([\w.]+)", case["call"]))
    line = agreement.least_products(_column(case, named["predictor"]), _column(case, named["outcome"]))
    return [Compared(name, value, getattr(line, name), **NEAR) for name, value in case["out"].items()]


ADAPTERS: dict[tuple[str, str], Adapter] = {
    ("bmbstats.json", "reliability*"): _reliability,
    ("bmbstats.json", "*validity*"): _validity,
    ("bmbstats.json", "*dependent*"): _dependent,
    ("bmbstats.json", "*independent*"): _independent,
    ("bmbstats.json", "*observations_MET*"): _effects,
    ("bmbstats.json", "PPER*"): _share_within,
    ("bmbstats.json", "OLP*"): _least_products,
}
