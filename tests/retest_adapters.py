"""Adapters of the handbook's part D (re-tests) for tests/method_adapters.py: names, units and missing inputs only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from analysis.metrics._priors import NU0
from analysis.stats import censored, change, jump, reliability, sprint


def _number(value: Any) -> float:
    """A number, or NaN where it is missing; the handbook writes some as "ln(20)"."""
    if isinstance(value, str):
        value = math.log(float(value[3:-1])) if value.startswith("ln(") else float(value)
    return math.nan if value is None else float(value)


def _first(given: dict[str, Any], *names: str, default: Any = None) -> Any:
    """The first of several names of one input that is there and not null."""
    return next((given[name] for name in names if given.get(name) is not None), default)


def _plain(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)


def _refused(reason: str, *fields: str) -> dict[str, Any]:
    return {"status": "refused", "reason": reason} | dict.fromkeys(fields)


def _change(i: dict[str, Any]) -> dict[str, Any]:
    pre, post, te, swc, prior_sd = (_number(i.get(name)) for name in ("pre", "post", "te", "swc", "prior_sd"))
    log = bool(_first(i, "log", default=True))
    c = change.change(
        pre, post, te=te, df=_first(i, "df", default=NU0), swc=swc, prior_sd=prior_sd, te_post=i.get("te_post"),
        lower_is_better=i.get("better") == "lower", learning=_number(i.get("learning", 0.0) or 0.0),
        learning_sd=_first(i, "sd_learning", "learning_sd", default=0.0), log=log,
        alpha=_first(i, "alpha", default=change.ALPHA), level=_first(i, "level", default=change.LEVEL),
    )  # fmt: skip
    if not str(c.word):
        return _refused("BAD_INPUT")
    shown = (c.change_pct, c.low_pct, c.high_pct, c.shrunk_pct) if log else (c.d, c.low, c.high, c.shrunk)
    value, low, high, shrunk = map(_plain, shown)
    return {
        "status": "ok",
        "d": float(c.d),
        "se": float(c.se),
        "change": value,
        "ci": [low, high],
        "p_better": float(c.p_better),
        "p_gt_swc": float(c.p_gt_swc),
        "p_lt_minus_swc": float(c.p_lt_minus_swc),
        "p_within_swc": float(c.p_within_swc),
        "verdict": str(c.word),
        "shrunk_change": shrunk,
        "shrink_factor": _plain(c.shrink_factor),
    }


def _reliability(i: dict[str, Any], min_athletes: int = reliability.MIN_ATHLETES) -> dict[str, Any]:
    table, log = [row or [] for row in i.get("M") or []], bool(_first(i, "log", default=True))
    if len({len(row) for row in table}) > 1:
        return _refused("BAD_INPUT")
    r = reliability.reliability(table, log=log, min_athletes=min_athletes)
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
        "cv_pct": r.cv_pct if log else None,
    }


def _icc(i: dict[str, Any]) -> dict[str, Any]:
    return _reliability(i, min_athletes=2)


def _blend(i: dict[str, Any]) -> dict[str, Any]:
    te0, te, nu = (_number(i.get(name)) for name in ("te0", "te", "nu"))
    nu0 = _number(_first(i, "nu0", default=NU0))
    if not (0 < te0 < math.inf and 0 < te < math.inf and nu0 >= 0 and nu >= 0 and 0 < nu0 + nu < math.inf):
        return _refused("BAD_INPUT")
    pooled, df = reliability.blend(te0, nu0, te, nu)
    return {"status": "ok", "te": pooled, "df": df}


def _swc(i: dict[str, Any]) -> dict[str, Any]:
    share, log = _first(i, "share", default=0.2), bool(_first(i, "log", default=True))
    s = reliability.smallest_change(
        [_number(v) for v in i.get("scores") or []], _number(i.get("te")), share=share, log=log
    )
    return {
        "status": "refused" if s.reason else "ok",
        "reason": s.reason,
        "sd_obs": _plain(s.sd_obs),
        "sd_true": _plain(s.sd_true),
        "swc": _plain(s.swc),
    }


def _te_session(i: dict[str, Any]) -> dict[str, Any]:
    share, n_ref = (
        _first(i, "share_within", default=reliability.SHARE_WITHIN),
        _first(i, "n_ref", default=reliability.N_REF),
    )
    te = float(reliability.te_session(_number(i.get("te0")), _number(i.get("n")), share, n_ref))
    return _refused("BAD_INPUT", "te") if math.isnan(te) else {"status": "ok", "te": te}


def _flight(i: dict[str, Any]) -> dict[str, Any]:
    fps = i.get("fps")
    if i.get("tf") is None or (fps is not None and not fps > 0):
        return _refused("BAD_INPUT")
    f = jump.from_flight_time(i["tf"], _first(i, "se_t", default=jump.video_error_s(fps) if fps else 0.0))
    if math.isnan(f.height_m):
        return _refused("FLIGHT_TIME_RANGE")
    if math.isnan(f.se_height_m):
        return _refused("BAD_INPUT")
    return {
        "status": "ok",
        "height_m": float(f.height_m),
        "takeoff_velocity": float(f.takeoff_mps),
        "se_height_m": float(f.se_height_m),
    }


def _flying(i: dict[str, Any]) -> dict[str, Any]:
    distance, se = _number(i.get("dist")), i.get("se_t")
    by_hand = bool(i.get("hand")) or sprint.hand_timed(_first(i, "method", "device", "timing"))
    if reason := sprint.timing_refusal(distance, se, by_hand=by_hand):
        return _refused(reason, "speed", "se")
    default = sprint.HAND_S if by_hand else sprint.GATES_S
    s = sprint.flying_speed(distance, _number(i.get("time")), default if se is None else se)
    if math.isnan(s.speed_mps) or math.isnan(s.se_mps):
        return _refused("BAD_INPUT", "speed", "se")
    return {"status": "ok", "speed": float(s.speed_mps), "se": float(s.se_mps)}


def _held(i: dict[str, Any], times_s: Any) -> censored.StanceTime | str:
    """The posterior of one session, or why there is none."""
    if reason := censored.refusal([_number(t) for t in times_s or []]):
        return reason
    open_eyes = str(i.get("eyes")).casefold() == "open"
    mean = censored.PRIOR_LOG_MEAN_EYES_OPEN if open_eyes else censored.PRIOR_LOG_MEAN
    options = {
        "sigma_log": _number(_first(i, "sigma_log", default=censored.SIGMA_TRIAL)),
        "prior_log_mean": _number(_first(i, "prior_log_mean", default=mean)),
        "prior_log_sd": _number(_first(i, "prior_log_sd", default=censored.PRIOR_LOG_SD)),
    }
    cap_s = _number(_first(i, "cap_s", "cap", default=45))
    if not (cap_s > 0 and options["sigma_log"] > 0 and options["prior_log_sd"] > 0):
        return "BAD_INPUT"
    return censored.stance_time(times_s, cap_s, **options)


def _stance(i: dict[str, Any]) -> dict[str, Any]:
    held = _held(i, i.get("times_s"))
    if isinstance(held, str):
        return _refused(held, "median_s", "lo_s", "hi_s")
    low, median, high = (math.exp(held.log_time.quantile(p)) for p in (0.025, 0.5, 0.975))
    return {
        "status": held.status(),
        "median_s": None if held.at_ceiling else median,
        "lo_s": low,
        "hi_s": None if held.at_ceiling else high,
        "mean_log": float(held.log_time.mean),
        "sd_log": float(held.log_time.sd),
        "n_censored": int(held.n_censored),
    }


def _stance_change(i: dict[str, Any]) -> dict[str, Any]:
    before, after = (_held(i, i.get(side)) for side in ("pre", "post"))
    if isinstance(before, str) or isinstance(after, str):
        return _refused(before if isinstance(before, str) else str(after))
    if before.at_ceiling and after.at_ceiling:
        return _refused("BOTH_AT_CEILING")
    options = {
        "day_sd": _number(_first(i, "day_sd", "sigma_day", default=censored.SIGMA_DAY)),
        "learning": _number(_first(i, "learning", default=0.0)),
        "learning_sd": _number(_first(i, "sd_learning", "learning_sd", default=0.0)),
    }
    d, swc = censored.stance_change(before, after, **options), _number(_first(i, "swc", default=censored.SWC))
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
    "D14.icc": _icc,
    "D15.swc": _swc,
    "D16.change": _change,
    "D16.te_session": _te_session,
    "D18.learning": _change,
}
