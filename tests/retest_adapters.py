"""Adapters of the handbook's part D (re-tests) for tests/method_adapters.py: they only rename."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from analysis.stats import censored, change, jump, reliability, sprint


def _number(value: Any) -> float:
    return math.log(float(value[3:-1])) if isinstance(value, str) and value.startswith("ln(") else float(value)


def _refused(reason: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason}


def _change(i: dict[str, Any]) -> dict[str, Any]:
    extra = {"learning": i.get("learning", 0.0), "learning_sd": i.get("sd_learning", 0.0), "te_post": i.get("te_post")}
    extra |= {k: i[k] for k in ("alpha", "level") if k in i} | {"lower_is_better": i.get("better") == "lower"}
    c = change.change(
        i["pre"], i["post"], te=i["te"], df=i["df"], swc=i["swc"], prior_sd=i.get("prior_sd", math.nan), **extra
    )
    if not str(c.word):
        return _refused("BAD_INPUT")
    return {
        "status": "ok",
        "d": float(c.d),
        "se": float(c.se),
        "change": float(c.change_pct),
        "ci": [float(c.low_pct), float(c.high_pct)],
        "p_better": float(c.p_better),
        "p_gt_swc": float(c.p_gt_swc),
        "p_lt_minus_swc": float(c.p_lt_minus_swc),
        "p_within_swc": float(c.p_within_swc),
        "verdict": str(c.word),
        "shrunk_change": float(c.shrunk_pct),
        "shrink_factor": float(c.shrink_factor),
    }


def _reliability(i: dict[str, Any]) -> dict[str, Any]:
    r = reliability.reliability(i["M"], log=i.get("log", True))
    if r.reason:
        return _refused(r.reason)
    return {
        "status": "ok",
        "te": r.te,
        "te_lo": r.te_low,
        "te_hi": r.te_high,
        "df": r.df,
        "icc31": r.icc31,
        "icc21": r.icc21,
        "mdc95": r.mdc95,
        "bias_last_minus_first": r.drift,
        "cv_pct": r.cv_pct,
    }


def _blend(i: dict[str, Any]) -> dict[str, Any]:
    te, df = reliability.blend(i["te0"], i["nu0"], i["te"], i["nu"])
    return {"status": "ok", "te": te, "df": df}


def _swc(i: dict[str, Any]) -> dict[str, Any]:
    s = reliability.smallest_change(i["scores"], i["te"], share=i.get("share", 0.2), log=i.get("log", True))
    return {
        "status": "refused" if s.reason else "ok",
        "reason": s.reason,
        "sd_obs": s.sd_obs,
        "sd_true": s.sd_true,
        "swc": s.swc,
    }


def _te_session(i: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "ok",
        "te": float(reliability.te_session(i["te0"], i["n"], i.get("share_within", 0.5), i.get("n_ref", 3))),
    }


def _flight(i: dict[str, Any]) -> dict[str, Any]:
    f = jump.from_flight_time(
        i["tf"], i["se_t"] if "se_t" in i else jump.video_error_s(i["fps"]) if "fps" in i else 0.0
    )
    if math.isnan(f.height_m):
        return _refused("FLIGHT_TIME_RANGE")
    return {
        "status": "ok",
        "height_m": float(f.height_m),
        "takeoff_velocity": float(f.takeoff_mps),
        "se_height_m": float(f.se_height_m),
    }


def _flying(i: dict[str, Any]) -> dict[str, Any]:
    s = sprint.flying_speed(i["dist"], i["time"], i.get("se_t", sprint.GATES_S))
    return (
        _refused("BAD_INPUT")
        if math.isnan(s.speed_mps)
        else {"status": "ok", "speed": float(s.speed_mps), "se": float(s.se_mps)}
    )


def _stance(i: dict[str, Any]) -> dict[str, Any]:
    if reason := censored.refusal(i["times_s"]):
        return _refused(reason)
    options = {k: _number(i[k]) for k in ("sigma_log", "prior_log_mean", "prior_log_sd") if k in i}
    held = censored.stance_time(i["times_s"], i.get("cap_s", 45), **options)
    low, median, high = (math.exp(held.log_time.quantile(p)) for p in (0.025, 0.5, 0.975))
    known = {} if held.at_ceiling else {"median_s": median, "hi_s": high}
    return {
        "status": held.status(),
        "lo_s": low,
        "mean_log": float(held.log_time.mean),
        "sd_log": float(held.log_time.sd),
        "n_censored": int(held.n_censored),
        **known,
    }


def _stance_change(i: dict[str, Any]) -> dict[str, Any]:
    if reason := censored.refusal([*i["pre"], *i["post"]]):
        return _refused(reason)
    before, after = (censored.stance_time(i[k], i.get("cap", 45)) for k in ("pre", "post"))
    if before.at_ceiling and after.at_ceiling:
        return _refused("BOTH_AT_CEILING")
    options = {
        "day_sd": i.get("day_sd", censored.SIGMA_DAY),
        "learning": i.get("learning", 0.0),
        "learning_sd": i.get("sd_learning", 0.0),
    }
    d, swc = censored.stance_change(before, after, **options), i.get("swc", censored.SWC)
    return {
        "status": "caution" if before.n_censored + after.n_censored else "ok",
        "mean_log_change": float(d.mean),
        "sd_log": float(d.sd),
        "ratio": math.exp(d.mean),
        "p_better": float(d.p_above(0)),
        "p_gt_swc": float(d.p_above(swc)),
        "p_lt_minus_swc": float(1 - d.p_above(-swc)),
    }


RETESTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "D1.flight_time": _flight,
    "D6.stance": _stance,
    "D6.stance_change": _stance_change,
    "D7.flying": _flying,
    "D13.typical_error": _reliability,
    "D13.blend": _blend,
    "D14.icc": _reliability,
    "D15.swc": _swc,
    "D16.change": _change,
    "D16.te_session": _te_session,
    "D18.learning": _change,
}
