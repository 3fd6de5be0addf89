"""Audit of load increases against the article's rule of 2 to 5 % every week or two (methods C16)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.object_]

RULE_PCT: Final = (2.0, 5.0)
HOLD_PCT: Final = 0.25
TOLERANCE_PCT: Final = 0.05  # so that 60 -> 61.2 kg, 2 % but for rounding, is on the rule
MISSED_RIR: Final = 1.0
STEP_KG: Final = 2.5  # two plates of 1.25 kg on a two-sided bar
MAX_EXTENSION_WEEKS: Final = 2
LARGE: Final = ("plate_limited", "aggressive")
INCREASES: Final = ("small", "on_rule", *LARGE)
_ROUNDING: Final = 1e-9
DEFAULTS: Final = {
    "rule_pct": RULE_PCT, "hold_pct": HOLD_PCT, "tolerance_pct": TOLERANCE_PCT, "missed_rir": MISSED_RIR,
    "max_extension_weeks": MAX_EXTENSION_WEEKS,
}  # fmt: skip


@dataclass(frozen=True)
class Progression:
    """One entry per week and exercise, in order of time; NaN and None where a field does not apply.

    `label` is start, hold, reduction, small, on_rule, plate_limited, aggressive, too_frequent or deload; `size` is the
    label that a too frequent increase has by its size alone. `missed` is None where nothing is known of repetitions,
    effort and technique. After `revert_and_extend`, `revert_to_kg` is the load to go back to and
    `next_increment_kg` the next step up from there, 0 where one repetition is to be added instead of load.
    """

    status: str
    reason: str | None
    week: Floats
    label: Words
    size: Words
    pct: Floats
    missed: Words
    action: Words
    revert_to_kg: Floats
    next_increment_kg: Floats

    @property
    def failed(self) -> NDArray[np.bool_]:
        """The entries after which to go back and take a smaller step."""
        return np.asarray(self.action == "revert_and_extend")

    @property
    def extension_weeks(self) -> int:
        """Weeks by which the block is extended: one per failed jump, at most two."""
        return min(MAX_EXTENSION_WEEKS, int(self.failed.sum()))


def progression(
    load_kg: ArrayLike,
    *,
    week: ArrayLike | None = None,
    reps: ArrayLike = np.nan,
    target_reps: ArrayLike = np.nan,
    rir: ArrayLike = np.nan,
    technique_ok: ArrayLike = np.nan,
    deload: ArrayLike = False,
    step_kg: ArrayLike = STEP_KG,
) -> Progression:
    """Label each change of the top working load of one exercise, and say what to do next (methods C16).

    Entries are put in order of `week` (their order where two share a week, or none is given). Each is compared with the
    last one that was no deload: 100 (L / L_prev - 1) per cent. Below 0.25 % it is a hold, 2 to 5 % are on the rule
    (tolerance 0.05 points), more is plate_limited where the jump is at most one step of the plates (`step_kg`), else
    aggressive. An increase less than a week after another one is too_frequent. An entry is missed with fewer
    repetitions than the target, less than 1 in reserve, or technique that was not ok (0; nan: not known). A large jump
    that was missed: revert_and_extend, next time half the jump, at least 2 %, or one repetition. Refused: BAD_INPUT for
    no entry, a load that is not above 0 (a deload may lack its own), an impossible repetition, reserve or step.
    Article's rule; the limits are our convention.

    >>> progression([60, 62.5, 70], reps=[8, 8, 6], target_reps=8).action.tolist()
    [None, 'continue', 'revert_and_extend']
    """
    load = np.atleast_1d(np.asarray(load_kg, dtype=float))
    if load.ndim != 1 or load.size == 0:
        return _refused()
    weeks = np.arange(1.0, load.size + 1) if week is None else np.asarray(week, dtype=float)
    given = (weeks, reps, target_reps, rir, technique_ok, step_kg)
    columns = [np.broadcast_to(np.asarray(x, dtype=float), load.shape) for x in given]
    light = np.broadcast_to(np.asarray(deload, dtype=bool), load.shape)
    order = np.argsort(columns[0], kind="stable")
    load, light, columns = load[order], light[order], [column[order] for column in columns]
    weeks, done, target, reserve, sound, step = columns
    if not _possible(load, light, weeks, (done, target, reserve), step):
        return _refused()
    before = _before(load, light)
    pct = np.where(light, np.nan, 100 * (load / before - 1))
    size = _sizes(pct, load - before, step, light)
    missed = _missed(done, target, reserve, sound)
    action = _actions(size, missed)
    failed = action == "revert_and_extend"
    label, back = _too_frequent(size, weeks), np.where(failed, before, np.nan)
    smaller = np.where(failed, _half(load - before, before, step), np.nan)
    return Progression("ok", None, weeks, label, size, pct, missed, action, back, smaller)


def _refused() -> Progression:
    none, nan = np.empty(0, dtype=object), np.empty(0)
    return Progression("refused", "BAD_INPUT", nan, none, none, nan, none, none, nan, nan)


def _possible(load: Floats, light: Any, weeks: Floats, counts: tuple[Floats, ...], step: Floats) -> bool:
    lifted = (load > 0) & np.isfinite(load)
    rest = np.isfinite(weeks).all() and (np.isfinite(step) & (step > 0)).all()
    told = all((np.isnan(x) | (np.isfinite(x) & (x >= 0))).all() for x in counts)
    return bool((lifted | (light & np.isnan(load))).all() and rest and told)


def _before(load: Floats, light: Any) -> Floats:
    """Load of the last entry before each one that was no deload; nan at the start."""
    before, last = np.full(load.shape, np.nan), np.nan
    for i in range(load.size):
        before[i] = last
        last = last if light[i] else load[i]
    return before


def _sizes(pct: Floats, more_kg: Floats, step_kg: Floats, light: Any) -> Words:
    low, high = RULE_PCT[0] - TOLERANCE_PCT, RULE_PCT[1] + TOLERANCE_PCT
    cases: dict[str, Any] = {
        "deload": light,
        "start": np.isnan(pct),
        "hold": np.abs(pct) < HOLD_PCT - _ROUNDING,
        "reduction": pct < 0,
        "small": pct < low - _ROUNDING,
        "on_rule": pct <= high + _ROUNDING,
        "plate_limited": more_kg <= step_kg * (1 + _ROUNDING) + _ROUNDING,
    }
    found: Words = np.array(np.select(list(cases.values()), list(cases), "aggressive").tolist(), dtype=object)
    return found


def _missed(done: Floats, target: Floats, reserve: Floats, sound: Floats) -> Words:
    """True, False, or None where neither repetitions against a target nor effort nor technique are known."""
    short = (done < target - _ROUNDING) | (reserve < MISSED_RIR - _ROUNDING) | (sound == 0)
    known = ~(np.isnan(done) | np.isnan(target)) | ~np.isnan(reserve) | ~np.isnan(sound)
    missed: Words = np.asarray(short).astype(object)
    missed[~known] = None
    return missed


def _actions(size: Words, missed: Words) -> Words:
    short = missed == True  # noqa: E712  # an array of True, False and None
    judged = ~np.isin(size.astype(str), ("start", "deload"))
    large = np.isin(size.astype(str), LARGE)
    action = np.where(short, "hold", np.where(size == "aggressive", "warn", "continue")).astype(object)
    action[short & large] = "revert_and_extend"
    action[~judged] = None
    return action


def _too_frequent(size: Words, weeks: Floats) -> Words:
    label, last = size.copy(), -np.inf
    for i, kind in enumerate(size):
        if kind in INCREASES:
            label[i] = "too_frequent" if weeks[i] - last < 1 - _ROUNDING else kind
            last = weeks[i] if label[i] == kind else last
    return label


def _half(jump_kg: Floats, from_kg: Floats, step_kg: Floats) -> Floats:
    """Half the jump in whole steps; 0 (add a repetition instead) where that is less than 2 %."""
    steps = np.floor(jump_kg / 2 / step_kg + _ROUNDING) * step_kg
    return np.asarray(np.where(steps >= from_kg * RULE_PCT[0] / 100 - _ROUNDING, steps, 0.0))
