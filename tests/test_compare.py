"""The comparison of a squad (methods H1, H4-H7): shrinkage, ranks, refusals that stay listed, groups, charts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.special import stdtrit

from analysis import charts
from analysis.estimate import Estimate, Verdict, each, named
from analysis.metrics import power_jump
from analysis.squad import between, compare, funnel, ranks, scaled
from analysis.stats.pooling import pool
from trials_for_tests import JUMP, session, trials

NAMES = ["Ada", "Bo", "Cyd", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida", "Jo", "Kim", "Lou"]
CHANGES = [0.041, 0.012, 0.055, -0.010, 0.028, 0.019, 0.070, 0.005]
ERRORS = [0.022, 0.022, 0.03, 0.022, 0.045, 0.022, 0.03, 0.022]
Z = 1.959963984540054


def percent(log: float) -> float:
    return 100 * math.expm1(log)


def change(who: str, d: float, s: float, n: int = 6, params: tuple[tuple[str, Any], ...] = ()) -> Verdict:
    value, low, high = (percent(v) for v in (d, d - Z * s, d + Z * s))
    return Verdict("CMJ height", who, value, low, high, unit="%", n=n, word="unclear", swc_pct=3.0, params=params)


def squad(changes: Sequence[float] = CHANGES, errors: Sequence[float] = ERRORS) -> list[Estimate]:
    return [change(*row) for row in zip(NAMES, changes, errors, strict=False)]


def level(who: str, value: float, unit: str = "kg", share: float = 0.04, n: int = 5) -> Estimate:
    return Estimate("e1RM squat", who, value, value * math.exp(-Z * share), value * math.exp(Z * share), unit=unit, n=n)


def points(found: Estimate) -> pl.DataFrame:
    assert found.points is not None
    return found.points


def by_name(found: Estimate, column: str) -> dict[str, Any]:
    return dict(points(found).select("athlete", column).iter_rows())


def test_the_worked_example_of_the_handbook() -> None:
    # D19-S01: the seventh athlete's raw 0.070 (SE 0.030) becomes 0.0325 (0.003 to 0.076), the mean is 0.0235
    found = compare(squad())
    assert found.value == pytest.approx(percent(0.02347262033), rel=1e-3)
    gus = found.part("Gus")
    assert gus.who == "Gus"
    assert [math.log1p(v / 100) for v in (gus.value or 0, gus.low or 0, gus.high or 0)] == pytest.approx(
        [0.03254841752, 0.003318464562, 0.07597860179], abs=5e-4
    )
    row = points(found).row(by_predicate=pl.col("athlete") == "Gus", named=True)
    assert [row["raw"], row["raw_low"]] == pytest.approx([percent(0.07), percent(0.07 - Z * 0.03)])
    assert found.n == 8
    assert [p.what for p in found.parts] == points(found)["athlete"].to_list()
    assert points(found)["shrunk"].is_sorted(descending=True)


def test_the_standard_error_uses_the_freedom_that_the_result_tells() -> None:
    wide = [
        change(e.who, d, s * float(stdtrit(6, 0.975)) / Z, params=(("df", 6.0),))
        for e, d, s in zip(squad(), CHANGES, ERRORS, strict=True)
    ]
    assert by_name(compare(wide), "shrunk") == pytest.approx(by_name(compare(squad()), "shrunk"))


def test_levels_are_compared_as_logs_or_as_they_are() -> None:
    kg = [95.0, 104.0, 88.0, 120.0, 99.0]
    levels = [level(*row) for row in zip(NAMES, kg, strict=False)]
    logs = pool(np.log(kg), 0.04, scale=0.2)
    assert by_name(compare(levels, scale="log"), "shrunk") == pytest.approx(
        dict(zip(NAMES, np.exp(logs.theta), strict=False))
    )
    plain = [Estimate("speed", who, v, v - 0.02, v + 0.02, unit="m/s", n=3) for who, v in zip("ABCDE", kg, strict=True)]
    raw = pool(kg, 0.02 / Z, scale=float(np.std(kg, ddof=1)))
    assert list(by_name(compare(plain), "low").values()) == pytest.approx(sorted(raw.low, reverse=True))


def test_a_level_without_a_logarithm_refuses_its_athlete_only() -> None:
    found = compare([*(level(who, 100.0 + i) for i, who in enumerate("ABCD")), level("Z", -1.0)], scale="log")
    assert found.n == 4
    assert by_name(found, "reason")["Z"] == "BAD_INPUT"
    assert by_name(found, "raw")["Z"] is None


def test_shrunken_values_hold_the_truth_and_lie_nearer_to_it() -> None:
    rng = np.random.default_rng(1)
    hits, miss, raw_miss, rank_hits = [], [], [], []
    for _ in range(60):
        theta, s = 0.02 + 0.02 * rng.normal(size=12), rng.choice([0.015, 0.02, 0.04], 12)
        y = theta + s * rng.normal(size=12)
        seen = points(compare(squad(list(y), list(s)))).sort("athlete")
        low, high, shrunk = (np.log1p(seen[c].to_numpy() / 100) for c in ("low", "high", "shrunk"))
        hits.append((low <= theta) & (theta <= high))
        miss.append((shrunk - theta) ** 2)
        raw_miss.append((y - theta) ** 2)
        true = 1 + (theta[None, :] > theta[:, None]).sum(axis=1)
        rank_hits.append((seen["rank_low"].to_numpy() <= true) & (true <= seen["rank_high"].to_numpy()))
    assert 0.92 <= np.mean(hits) <= 0.985
    assert np.mean(miss) < np.mean(raw_miss)
    assert 0.9 <= np.mean(rank_hits) <= 0.995


def test_equal_results_never_make_an_interval_of_no_width() -> None:
    # trap 21
    seen = points(compare(squad([0.03] * 8, [0.02] * 8)))
    assert seen["shrunk"].to_list() == pytest.approx([percent(0.03)] * 8)
    assert (seen["high"] - seen["low"]).min() > 2  # type: ignore[operator]
    assert seen["rank"].to_list() == pytest.approx([4.5] * 8)
    assert seen["rank_low"].n_unique() == seen["rank_high"].n_unique() == 1


def test_for_times_the_fastest_is_first_and_a_faster_time_is_never_a_decline() -> None:
    # trap 19
    times = [level(who, t, unit="s", share=0.01) for who, t in zip("ABCDE", [3.2, 3.0, 3.4, 3.1, 3.3], strict=True)]
    found = compare(times, scale="log", better="lower")
    assert points(found)["athlete"].to_list() == ["B", "D", "A", "E", "C"]
    assert points(found)["rank"].is_sorted()
    # a change is told with better as positive already, whatever the test
    assert by_name(compare(squad(), better="lower"), "rank") == by_name(compare(squad()), "rank")


def test_no_rank_without_its_interval_and_no_percentile_below_eight() -> None:
    # trap 29
    for found in (compare(squad()), compare(squad()[:7]), compare(squad()[:3])):
        seen = points(found)
        assert (seen["rank"].is_null() == seen["rank_low"].is_null()).all()
        assert (seen["rank"].is_null() == seen["rank_high"].is_null()).all()
        assert (seen["percentile"].is_null() == (found.n < 8)).all()
        assert (seen["percentile_low"].is_null() == (found.n < 8)).all()
        assert (seen["z"].is_null() == (found.n < 8)).all()
    assert points(compare(squad()[:7], min_n_for_percentiles=5))["percentile"].null_count() == 0
    seen = points(compare(squad())).select("z", own=(pl.col("raw") / 100).log1p())
    assert seen["z"].to_list() == pytest.approx(((seen["own"] - seen["own"].mean()) / seen["own"].std()).to_list())
    assert points(compare(squad()))["percentile"].to_list() == pytest.approx(
        [100 * (k + 0.5) / 8 for k in range(8)][::-1]
    )


def test_the_order_of_the_rows_and_the_names_change_nothing() -> None:
    given = squad()
    found = compare(given)
    assert points(compare(given[::-1])).equals(points(found))
    other = {who: f"athlete {i}" for i, who in enumerate(reversed(NAMES))}
    renamed = compare([named(e, who=other[e.who]) for e in given])
    back = {new: old for old, new in other.items()}
    assert_frame_equal(points(renamed).with_columns(pl.col("athlete").replace(back)), points(found))
    assert points(compare([*given, named(given[0], who="Zoe", value=None)])).head(8).equals(points(found))


@pytest.mark.parametrize("scale", ["log", "raw"])
def test_the_unit_changes_nothing(scale: Any) -> None:
    kg = [level(who, 80.0 + 7 * i) for i, who in enumerate(NAMES[:8])]
    lb = [level(who, (80.0 + 7 * i) / 0.45359237, unit="lb") for i, who in enumerate(NAMES[:8])]
    one, other = points(compare(kg, scale=scale)), points(compare(lb, scale=scale))
    for column in ("shrunk", "low", "high"):
        assert (other[column] * 0.45359237).to_list() == pytest.approx(one[column].to_list(), rel=1e-6)
    assert other["rank"].to_list() == pytest.approx(one["rank"].to_list(), abs=1e-6)
    assert other["rank_high"].to_list() == one["rank_high"].to_list()


def test_who_has_no_number_stays_with_the_reason() -> None:
    none = Verdict("CMJ height", "Mia", unit="%", status="refused", reason="TOO_FEW_TESTS", n=3)
    bare = Verdict("CMJ height", "Nia", 4.0, unit="%", n=2, word="unclear")
    odd = Verdict("CMJ height", "Ola", math.inf, 1.0, 2.0, unit="%", n=2)
    flat = Verdict("CMJ height", "Pia", 4.0, 4.0, 4.0, unit="%", n=2)
    turned = Verdict("CMJ height", "Quin", 4.0, 6.0, 2.0, unit="%", n=2)
    bounds = Verdict("CMJ height", "Ria", 4.0, 2.0, 6.0, level=None, unit="%", n=2)
    found = compare([none, bare, *squad(), odd, flat, turned, bounds])
    reasons = {"Mia": "TOO_FEW_TESTS", "Nia": "NO_INTERVAL", "Ola": "BAD_INPUT", "Pia": "NO_INTERVAL"}
    reasons |= {"Quin": "BAD_INPUT", "Ria": "NO_INTERVAL"}
    assert {who: by_name(found, "reason")[who] for who in reasons} == reasons
    assert by_name(found, "status")["Nia"] == "caution"
    assert by_name(found, "raw")["Nia"] == 4.0
    assert by_name(found, "shrunk") | by_name(compare(squad()), "shrunk") == by_name(found, "shrunk")
    assert {part.what for part in found.parts} == {*NAMES[:8], *reasons}
    assert not found.part("Mia").ok
    assert found.part("Mia").n == 3
    assert "Not compared: 6 of 14 athletes; the list says why." in found.notes
    assert not any(math.isnan(v) for row in points(found).rows() for v in row if isinstance(v, float))


def test_fewer_than_four_are_shown_as_they_are() -> None:
    found = compare([*squad()[:3], Verdict("CMJ height", "Zoe", unit="%", status="refused", reason="NO_DATA")])
    assert [found.status, found.reason, found.n] == ["refused", "TOO_FEW_ATHLETES", 3]
    assert points(found)["athlete"].to_list() == ["Cyd", "Ada", "Bo", "Zoe"]
    assert points(found)["shrunk"].null_count() == points(found)["rank"].null_count() == 4
    assert found.part("Cyd").value == pytest.approx(percent(0.055))
    assert len(found.chart().to_dict()["layer"]) >= 2
    assert [funnel(found).reason, ranks(found).reason] == ["TOO_FEW_ATHLETES"] * 2
    assert any(note.startswith("Not pooled: 3 athletes with") for note in found.notes)
    assert any(note.startswith("Not pooled: 1 athlete with") for note in compare(squad()[:1]).notes)


def test_whole_squads_that_cannot_be_compared() -> None:
    assert compare([]).reason == "NO_DATA"
    assert compare([]).chart() is None
    nobody = [Verdict("CMJ height", who, unit="%", status="refused", reason="TOO_FEW_TESTS") for who in NAMES]
    assert compare(nobody).reason == "TOO_FEW_TESTS"
    assert len(compare(nobody).parts) == len(NAMES)
    assert compare([Estimate("P(better)", who, 0.9, 0.8, 0.99, unit="P") for who in NAMES]).reason == "PROBABILITY_ONLY"
    loads = [Estimate("load", who, 300.0, level=None, unit="AU", n=5) for who in NAMES]
    assert compare(loads).reason == "NO_INTERVAL"
    assert points(compare(loads))["raw"].to_list() == [300.0] * 12


@pytest.mark.parametrize(
    "given",
    [
        [level("Ada", 100.0), level("Bo", 5.0, unit="m")],
        [level("Ada", 100.0), level("Ada", 90.0)],
        [level("", 100.0)],
    ],
)
def test_a_list_that_is_no_squad_is_an_error(given: list[Estimate]) -> None:
    with pytest.raises(ValueError, match="compare: one"):
        compare(given)


@pytest.mark.parametrize("step", [funnel, ranks])
def test_what_follows_needs_a_comparison(step: Callable[[Estimate], Estimate]) -> None:
    with pytest.raises(ValueError, match=r"a result of squad\.compare expected"):
        step(level("Ada", 100.0))


def test_groups_are_pooled_ranked_and_placed_inside() -> None:
    women, men = NAMES[:6], NAMES[6:]
    given = [level(who, (60 if who in women else 110) + 2 * i, n=4) for i, who in enumerate(NAMES)]
    groups = dict.fromkeys(women, "women") | dict.fromkeys(men, "men")
    found = compare(given, groups=groups, scale="log")
    seen = points(found)
    assert dict(dict(found.params)["group_means"])["men"] > 1.4 * dict(dict(found.params)["group_means"])["women"]
    assert min(seen.filter(pl.col("group") == "women")["rank"]) < 2.5
    assert seen["rank_high"].max() == 6
    assert seen["percentile"].null_count() == 12  # six in each group
    assert sum("mean" in note for note in found.notes) == 2
    mixed = points(compare(given, scale="log"))
    gain = {row["athlete"]: row["high"] - row["low"] for row in mixed.to_dicts()}
    assert all(row["high"] - row["low"] < gain[row["athlete"]] for row in seen.to_dicts())
    most = compare(given[2:], groups=groups, scale="log")
    weight = np.array([6, 4]) / 10  # men, women
    mu = np.array([math.log(mean) for _, mean in dict(most.params)["group_means"]])
    assert most.value == pytest.approx(math.exp(float(weight @ mu)))
    part_known = points(compare(given, groups=dict.fromkeys(women, "women"), scale="log"))
    assert part_known["group"].null_count() == 6


def test_athletes_who_did_not_do_the_same() -> None:
    given = [named(e, what=f"{e.what} at {20 + 5 * (i % 2)} kg") for i, e in enumerate(squad())]
    found = compare(given)
    assert found.status == "ok"
    assert found.what == "CMJ height at 20 kg, squad mean"
    assert any("Not all did the same" in note for note in found.notes)
    levels = compare([named(level(who, 90.0 + i), what=f"e1RM {i % 2}") for i, who in enumerate("ABCD")], what="e1RM")
    assert [levels.status, levels.reason, levels.what] == ["caution", "MEASURES_DIFFER", "e1RM, squad mean"]


def test_ranks_are_intervals_and_never_a_league_table() -> None:
    found = ranks(compare(squad()))
    seen = points(found)
    assert found.value == pytest.approx(seen["p_first"].max())
    pooled = pool(CHANGES, ERRORS)
    draws = pooled.theta + pooled.sd * np.random.default_rng(5).normal(size=(20_000, 8))
    assert found.value == pytest.approx((draws.argmax(axis=1) == pooled.theta.argmax()).mean(), abs=0.02)
    assert seen["rank"].is_sorted()
    assert any("never a league table" in note for note in found.notes)
    assert all(p.level == 0.9 and (p.low or 0) < (p.value or 0) < (p.high or 0) for p in found.parts)


def test_an_outlier_leaves_the_funnel_and_chance_alone_does_not() -> None:
    rng = np.random.default_rng(3)
    n = [1, 2, 2, 3, 3, 4, 6, 6, 8, 8, 10, 12]
    s = 0.05 / np.sqrt(n)
    y = 0.02 + s * rng.normal(size=12)
    y[-1] = 0.30
    given = [change(*row) for row in zip(NAMES, y, s, n, strict=True)]
    found = funnel(compare(given))
    seen = points(found)
    assert found.value == 1
    assert seen.filter(pl.col("outside") != "")["athlete"].to_list() == ["Lou"]
    width = (seen["high95"] - seen["low95"]).to_list()
    assert width == sorted(width, reverse=True)
    assert (seen["high998"] > seen["high95"]).all()
    assert dict(found.params)["sd_session"] == pytest.approx(0.05)
    assert any("By chance alone about 0.6 of 12" in note for note in found.notes)


def test_seven_athletes_have_no_funnel() -> None:
    found = funnel(compare(squad()[:7]))
    assert [found.reason, found.value] == ["TOO_FEW_ATHLETES", None]


def test_three_scalings_of_the_same_strength() -> None:
    mass = {who: 48.0 + 3 * i for i, who in enumerate(NAMES)}
    given = [level(who, 8 * mass[who] ** 0.67, share=0.01) for who in NAMES]
    raw, ratio, allometric = scaled(given, mass)
    assert points(raw)["athlete"][0] == "Lou"  # the heaviest
    assert points(ratio)["athlete"][0] == "Ada"  # the lightest
    assert points(allometric)["raw"].to_list() == pytest.approx([8.0] * 12)
    assert [e.unit for e in (raw, ratio, allometric)] == ["kg", "kg/kg", "kg/kg^0.67"]
    assert by_name(ratio, "raw")["Ada"] == pytest.approx(8 * 48**-0.33)


def test_without_body_mass_an_athlete_stays_in_the_list() -> None:
    mass: dict[str, float | None] = dict.fromkeys(NAMES, 60.0)
    found = scaled([level(who, 90.0 + i) for i, who in enumerate(NAMES)], mass | {"Bo": None, "Cyd": 0.0, "Dee": -1.0})
    assert [by_name(e, "reason")["Bo"] for e in found] == [None, "BODY_MASS_MISSING", "BODY_MASS_MISSING"]
    assert [by_name(e, "reason")["Cyd"] for e in found] == [None, "BAD_INPUT", "BAD_INPUT"]
    assert [e.n for e in found] == [12, 9, 9]


def test_the_own_power_of_a_large_squad_is_told() -> None:
    rng = np.random.default_rng(4)
    mass = {f"athlete {i}": float(m) for i, m in enumerate(rng.uniform(45, 80, 24))}
    given = [level(who, 8 * m**0.5 * float(np.exp(0.02 * rng.normal()))) for who, m in mass.items()]
    told = [note for note in scaled(given, mass)[2].notes if "squad shows itself" in note]
    assert len(told) == 1
    assert "n = 24" in told[0]
    assert not any("squad shows itself" in note for note in scaled(given[:19], mass)[2].notes)


@pytest.mark.parametrize("unit", ["m", "s", "m/s", "", "N/kg", "W/kg", "%"])
def test_what_holds_body_mass_already_is_not_scaled(unit: str) -> None:
    found = scaled([level(who, 1.0 + i, unit=unit) for i, who in enumerate(NAMES)], dict.fromkeys(NAMES, 60.0))
    assert [e.reason for e in found] == ["NOT_SCALED"] * 3


def test_two_squads_by_the_worked_example() -> None:
    # H7-S01: 0.022 (-0.0005 to 0.0448)
    a, b = [0.05, 0.02, 0.06, 0.03, 0.04, 0.01, 0.05], [0.02, 0.0, 0.03, 0.01, 0.04, -0.01]
    one = [change(f"a{i}", d, 0.03) for i, d in enumerate(a)]
    other = [change(f"b{i}", d, 0.03) for i, d in enumerate(b)]
    start = {e.who: 0.3 * math.exp(0.1 * (i % 4)) for i, e in enumerate(one + other)}
    found = between(one, other, names=("gym", "running only"), baseline=start)
    assert [found.value, found.low, found.high] == pytest.approx(
        [percent(0.02214285714), percent(-0.0004851347558), percent(0.04477084904)]
    )
    assert [found.status, found.n] == ["ok", 13]
    assert found.part("mean change, gym").value == pytest.approx(percent(sum(a) / 7))
    ln = [[math.log(start[e.who]) for e in group] for group in (one, other)]
    spread = math.sqrt(sum(((np.array(v) - np.mean(v)) ** 2).sum() for v in ln) / 11)
    assert found.part("standardised difference").value == pytest.approx(0.02214285714 / spread)
    assert found.part("difference at the start").value == pytest.approx(percent(float(np.mean(ln[0]) - np.mean(ln[1]))))
    assert any("not why" in note for note in found.notes)
    again = between(compare(one), compare(other), baseline=start)  # of the own results, not of the shrunken ones
    assert [again.value, again.low, again.high] == pytest.approx([found.value, found.low, found.high])


def test_without_the_values_at_the_start_there_is_a_caution() -> None:
    found = between([change(f"a{i}", d, 0.03) for i, d in enumerate(CHANGES)], squad())
    assert [found.status, found.reason] == ["caution", "BASELINE_UNKNOWN"]
    assert [p.reason for p in found.parts] == [None, None, "BASELINE_UNKNOWN", "BASELINE_UNKNOWN"]


def test_squads_that_cannot_be_held_against_each_other() -> None:
    few = between(squad()[:5], [change(f"b{i}", d, 0.03) for i, d in enumerate(CHANGES)])
    assert [few.reason, few.value] == ["TOO_FEW_ATHLETES", None]
    assert between([], []).reason == "TOO_FEW_ATHLETES"
    alike = between([change(f"a{i}", 0.02, 0.03) for i in range(6)], [change(f"b{i}", 0.05, 0.03) for i in range(6)])
    assert alike.reason == "SD_ZERO"
    with pytest.raises(ValueError, match="several times"):
        between(squad(), squad())


def jumps(gains: dict[str, float]) -> pl.DataFrame:
    rows = []
    for i, (who, gain) in enumerate(gains.items()):
        height = 0.25 + 0.01 * i
        rows += [session(0, [height, height * 1.02], athlete=who, **JUMP)]
        rows += [session(42, [height * gain, height * gain * 1.02], athlete=who, **JUMP)]
    return trials(*rows)


def test_from_the_trials_to_the_squad() -> None:
    gains = {who: 1.01 + 0.01 * (i % 5) for i, who in enumerate(NAMES)}
    verdicts = each(power_jump, jumps(gains))
    found = compare(verdicts)
    assert found.n == 12
    assert dict(found.params)["swc"] == pytest.approx(percent(0.04))
    assert by_name(found, "raw")["Bo"] == pytest.approx(percent(math.log(1.02) - 0.02))  # less what is learnt
    both = between(verdicts[:6], verdicts[6:])
    assert [both.status, both.part("difference at the start").n] == ["ok", 12]
    heights = np.log(0.25 + 0.01 * np.arange(12))
    start = percent(float(heights[:6].mean() - heights[6:].mean()))
    assert both.part("difference at the start").value == pytest.approx(start)


def layers_of(chart: dict[str, Any]) -> list[dict[str, Any]]:
    named_data = [(layer, layer.get("data", chart.get("data"))["name"]) for layer in chart["layer"]]
    return [layer for layer, name in named_data if "athlete" in chart["datasets"][name][0]]


def all_charts() -> list[Estimate]:
    groups = {who: "women" if i % 2 else "men" for i, who in enumerate(NAMES[:8])}
    plain, grouped = compare(squad()), compare(squad(), groups=groups)
    two = between(squad(), [change(f"b{i}", d, 0.03) for i, d in enumerate(CHANGES)])
    return [plain, grouped, compare(squad()[:3]), two] + [f(e) for f in (funnel, ranks) for e in (plain, grouped)]


def test_every_chart_has_the_same_selection_of_an_athlete() -> None:
    for found in all_charts():
        chart = found.chart().to_dict()
        assert [(p["name"], p["select"]["fields"]) for p in chart["params"]] == [("athlete", ["athlete"])]
        own = layers_of(chart)
        assert own
        for layer in own:
            assert layer["encoding"]["opacity"]["condition"][0]["param"] == "athlete"
            told = [t["field"] for t in layer["encoding"].get("tooltip", [{"field": "athlete"}])]
            assert "athlete" in told
        assert json.dumps(charts.render(chart)) == json.dumps(charts.render(found.chart().to_dict()))


def test_the_caterpillar_shows_raw_shrunk_mean_and_what_is_too_small() -> None:
    chart = compare(squad()).chart().to_dict()
    marks = [layer["mark"] for layer in chart["layer"]]
    assert {"rect", "rule", "point"} == {mark["type"] for mark in marks}
    assert [mark["filled"] for mark in marks if mark["type"] == "point"] == [False, True]
    band = next(layer for layer in chart["layer"] if layer["mark"]["type"] == "rect")  # has its own data
    assert chart["datasets"][band["data"]["name"]] == [{"from": -3.0, "to": 3.0}]
    mixed = compare([named(e, swc_pct=1.0 + i) for i, e in enumerate(squad())]).chart().to_dict()
    assert "rect" not in {layer["mark"]["type"] for layer in mixed["layer"]}


def test_a_chart_without_athletes_cannot_be_selected() -> None:
    with pytest.raises(ValueError, match="no layer has a column 'athlete'"):
        charts.selectable(charts.level_line(0))
