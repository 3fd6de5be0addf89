"""The adapters answer inputs that the handbook's examples leave out: no exception, a refusal with its reason."""

from __future__ import annotations

import math
from typing import Any

import pytest

from method_adapters import ADAPTERS
from test_methods_examples import EXAMPLES, needs_file

JUMPS = [33.5, 29.1, 36.0, 31.2, 25.6, 40.9, 35.0, 28.8, 39.2, 28.5, 32.4, 30.1]
CHANGE: dict[str, Any] = {"pre": 100, "post": 113, "te": 0.035, "df": 24, "swc": 0.03, "prior_sd": 0.06}
GAIN: dict[str, Any] = {"t_weeks": [0, 1, 2, 3, 4, 5, 6], "e1rm_kg": [100, 101, 102, 103, 104, 105, 106]}
SQUATS = ["box squat", "goblet squat", "front squat"]
ROW = {"pattern": "hinge", "load_kg": 20, "reps": 8, "side": "L", "hard": True}

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("A2.tempo", {"tempo": None, "reps": 8}, "TEMPO_SYNTAX"),
    ("A2.tempo", {"tempo": "3110", "reps": None}, "BAD_INPUT"),
    ("A3.volume", {"load_per_implement_kg": None, "reps": 8, "sets": 3}, "BAD_INPUT"),
    ("A5.chain", {"exercise": "goblet squat", "pattern": "lunge"}, "BAD_INPUT"),
    ("A5.chain", {"exercise": "nothing of that kind", "chain": []}, "BAD_INPUT"),
    ("B1.equation", {"load_kg": 80, "effective_reps": 8, "equation": "smith"}, "BAD_INPUT"),
    ("B1.equation", {"load_kg": 80, "effective_reps": None}, "BAD_INPUT"),
    ("B3.e1rm", {"load": 80, "reps": 8, "rir": 2, "equation": "smith"}, "BAD_INPUT"),
    ("B4.top_set", {"sets": []}, "NO_VALID_SET"),
    ("B5.block_gain", GAIN | {"end_week": 6}, "BAD_INPUT"),
    ("B5.block_gain", GAIN | {"start_week": 0, "end_week": None}, "BAD_INPUT"),
    ("C4.srpe", {"rpe_cr10": 6}, "BAD_INPUT"),
    ("D6.stance", {"times_s": []}, "TOO_FEW_TRIALS"),
    ("D6.stance", {"times_s": [12.0, 0.0]}, "TIME_RANGE"),
    ("D6.stance_change", {"pre": [], "post": [20.0]}, "TOO_FEW_TRIALS"),
    ("D6.stance_change", {"pre": [20.0], "post": []}, "TOO_FEW_TRIALS"),
    ("D6.stance_change", {"pre": [30.0] * 3, "post": [30.0] * 3, "cap_s": 30}, "BOTH_AT_CEILING"),
    ("D7.flying", {"dist": 20, "time": 2.4, "hand": True}, "HAND_TIMED"),
    ("D7.flying", {"dist": 30, "time": 4.1, "method": "hand"}, "HAND_TIMED"),
    ("D7.flying", {"dist": 20, "time": 2.4, "se_t": 0.2}, "HAND_TIMED"),
    ("D7.flying", {"dist": 20, "time": 0.0, "se_t": None}, "BAD_INPUT"),
    ("D13.typical_error", {"M": [[33.1, 33.8], [28.4]]}, "BAD_INPUT"),
    ("D13.typical_error", {"M": [[33.1, 33.8], [28.4, 29.9], [36.2, 35.1], [30.8, 31.0]]}, "TOO_FEW_ATHLETES"),
    ("D14.icc", {"M": [[33.1, 33.8]]}, "TOO_FEW_ATHLETES"),
    ("D15.swc", {"scores": JUMPS[:11], "te": 0.045}, "TOO_FEW_ATHLETES"),
    ("D15.swc", {"scores": JUMPS, "te": 0.5}, "SD_ZERO"),
    ("D16.change", CHANGE | {"pre": 0}, "BAD_INPUT"),
    ("D16.te_session", {"te0": 0.045, "n": 0}, "BAD_INPUT"),
]


@pytest.mark.parametrize(("method", "given", "reason"), REFUSED)
def test_refused_with_its_reason_and_without_nan(method: str, given: dict[str, Any], reason: str) -> None:
    found = ADAPTERS[method](given)
    assert (found["status"], found["reason"]) == ("refused", reason)
    assert not any(isinstance(value, float) and math.isnan(value) for value in found.values())


SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("A3.volume", {"load_per_implement_kg": 20, "reps": 8},
     {"load_per_implement_kg": 20, "n_implements": 1, "reps": 8}),
    ("A4.contacts", {"rows": [{"drill": "pogo", "reps": 5}]}, {"rows": [{"drill": "pogo", "reps": 5, "sets": 1}]}),
    ("A4.contacts", {"rows": [{"drill": "bound", "sets": 1, "reps": 5, "side": "L"}]},
     {"rows": [{"drill": "bound", "sets": 1, "reps": 5, "side": "left"}]}),
    ("A5.chain", {"exercise": "goblet squat", "pattern": "squat"}, {"exercise": "goblet squat", "chain": SQUATS}),
    ("B1.equation", {"load_kg": 80, "effective_reps": 8},
     {"load_kg": 80, "effective_reps": 8, "equation": "epley"}),
    ("B1.equation", {"load_kg": 80, "effective_reps": 8, "equation": "O'Conner"},
     {"load_kg": 80, "effective_reps": 8, "equation": "oconner"}),
    ("B3.e1rm", {"load": 80, "reps": 8, "rir": 2, "equation": "O’CONNER"},
     {"load": 80, "reps": 8, "rir": 2, "equation": "oconner"}),
    ("D6.stance", {"times_s": [20.0, 30.0], "cap": 30}, {"times_s": [20.0, 30.0], "cap_s": 30}),
    ("D6.stance", {"times_s": [20.0], "eyes": "open"}, {"times_s": [20.0], "prior_log_mean": "ln(60)"}),
    ("D6.stance_change", {"pre": [9], "post": [20], "cap_s": 30}, {"pre": [9], "post": [20], "cap": 30}),
    ("D7.flying", {"dist": 20, "time": 2.42, "se_t": None}, {"dist": 20, "time": 2.42, "se_t": 0.01}),
    ("D13.blend", {"te0": 0.05, "te": 0.035, "nu": 18}, {"te0": 0.05, "nu0": 6, "te": 0.035, "nu": 18}),
    ("D16.change", CHANGE | {"learning": 0.02, "learning_sd": 0.02}, CHANGE | {"learning": 0.02, "sd_learning": 0.02}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "given", "in_full"), SAME)
def test_defaults_and_other_names(method: str, given: dict[str, Any], in_full: dict[str, Any]) -> None:
    found = ADAPTERS[method](given)
    assert found == ADAPTERS[method](in_full)
    assert found["status"] != "refused"


def test_all_trials_capped_leave_only_the_lower_limit() -> None:
    found = ADAPTERS["D6.stance"]({"times_s": [45, 45, 45], "cap_s": 45})
    assert (found["status"], found["median_s"], found["hi_s"]) == ("ceiling", None, None)
    assert found["lo_s"] > 30


def test_the_stance_change_takes_the_trial_error_and_prior() -> None:
    given = {"pre": [14.2, 22.5], "post": [31.0, 38.4]}
    plain, noisy = (ADAPTERS["D6.stance_change"](given | more) for more in ({}, {"sigma_log": 0.9}))
    tight = ADAPTERS["D6.stance_change"](given | {"prior_log_mean": 3.0, "prior_log_sd": 0.1})
    assert noisy["sd_log"] > plain["sd_log"]
    assert tight["mean_log_change"] < plain["mean_log_change"]


def test_a_raw_change_and_one_without_a_prior() -> None:
    raw = ADAPTERS["D16.change"]({"pre": 0.52, "post": 0.58, "te": 0.04, "df": 6, "swc": 0.04, "log": False})
    assert raw["change"] == raw["d"] == pytest.approx(0.06)
    assert (raw["ci"][0] + raw["ci"][1]) / 2 == pytest.approx(0.06)
    assert (raw["shrunk_change"], raw["shrink_factor"], raw["verdict"]) == (None, None, "unclear")


def test_a_raw_typical_error_has_no_cv() -> None:
    """Watts in the thousands: read as logs they would overflow."""
    found = ADAPTERS["D14.icc"]({"M": [[1000, 4000], [4000, 1500]], "log": False})
    assert (found["status"], found["cv_pct"]) == ("ok", None)


def test_an_icc_of_two_athletes() -> None:
    """By hand: rows (1, 2) and (4, 3): MSB 4, MSE 1, so that ICC(3,1) = 3/5."""
    found = ADAPTERS["D14.icc"]({"M": [[1, 2], [4, 3]], "log": False})
    assert (found["status"], found["icc31"], found["te"]) == ("ok", pytest.approx(0.6), pytest.approx(1.0))


@pytest.mark.parametrize("missing", ["side", "hard", "load_kg", "reps", "pattern"])
@pytest.mark.parametrize("null", [True, False])
def test_pattern_volume_with_a_column_missing(missing: str, null: bool) -> None:
    row = {k: v for k, v in ROW.items() if k != missing} | ({missing: None} if null else {})
    (totals,) = ADAPTERS["C5.pattern_volume"]({"rows": [row, row]})["patterns"].values()
    assert totals["sets"] == 2
    assert totals["left_kg"] == (0 if missing in ("side", "load_kg", "reps") else 320)
    assert ADAPTERS["C5.pattern_volume"]({"rows": []}) == {"status": "ok", "patterns": {}}


@needs_file
@pytest.mark.parametrize("example", [e for e in EXAMPLES if e["method"] in ADAPTERS], ids=lambda e: str(e["id"]))
def test_no_input_left_out_or_null_is_an_exception(example: dict[str, Any]) -> None:
    adapter, inputs = ADAPTERS[example["method"]], example["inputs"]
    for name in inputs:
        left = {key: value for key, value in inputs.items() if key != name}
        for given in (left, left | {name: None}):
            found = adapter(given)
            assert found.get("status"), name
            assert found["status"] != "refused" or found["reason"], name
