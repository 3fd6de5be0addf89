"""The simulated days as our sheets: answers of the mornings, complaints, the plan, jumps between the re-tests."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis._sample_exports import to_csv
from analysis.simulate import BLOCK_WEEKS, LIFTS, START, WEEK_FACTORS, Runner, Session
from analysis.simulate.diary import ANSWERS, Diary

WELLNESS: Final = "athlete,date,item,value,scale_min,scale_max,direction,instrument,notes"
COMPLAINTS: Final = "athlete,date,until,kind,body_part,side,severity,training_changed,notes"
PLAN: Final = (
    "athlete,date,block,session,exercise,order,sets,reps_low,reps_high,load_kg,percent_1rm,duration_s,rpe,rir,rest_s,"
    "tempo,notes"
)
CMJ: Final = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes"
MEASURED: Final = ("hrv_rmssd_ms", "sleep_s")
HABITS: Final = ("protein_g", "carbohydrate_g", "hydration", "warm_up", "mobility")
# what a runner wrote down each morning: the compact set of one who does not own a chest strap, and the long one
ITEMS: Final = {
    "Ada": (*ANSWERS, *MEASURED, *HABITS),
    "Emre": (*ANSWERS, *MEASURED),
    "Hana": ("fatigue", "soreness", "sleep_quality", "sleep_s"),
}  # fmt: skip
WORSE: Final = ("fatigue", "soreness", "stress")  # 7 is the worst answer; the simulation's 7 is always the best
SCALES: Final = {**dict.fromkeys(ANSWERS, (1, 7)), "hydration": (0, 10), "warm_up": (0, 1)}
ASKED_FOR_PAIN: Final = "Ada"  # she writes a 0 on every morning on which she answers at all: nothing hurts
PAIN_FREE: Final = {"item": "pain", "value": "0", "scale_min": 0, "scale_max": 10, "direction": "higher_worse"}
PLANNED: Final = ("Ada", "Goran")
PLANK_S: Final = 45
REST_S: Final = 120


def wellness(diaries: Mapping[str, Diary], people: Mapping[str, Runner]) -> str:
    """The squad's sheet of mornings: a row per item that was written down; everybody was weighed once."""
    rows = [row for name, items in ITEMS.items() for item in items for row in _answers(name, item, diaries[name])]
    rows += [row | PAIN_FREE for row in _answers(ASKED_FOR_PAIN, "fatigue", diaries[ASKED_FOR_PAIN])]
    weighed = {"date": START + dt.timedelta(weeks=BLOCK_WEEKS), "item": "body_mass_kg"}
    rows += [weighed | {"athlete": name, "value": f"{p.body_mass_kg:.1f}"} for name, p in people.items()]
    return to_csv(WELLNESS, sorted(rows, key=lambda row: (row["athlete"], row["date"])))


def complaints(diaries: Mapping[str, Diary]) -> str:
    """The squad's sheet of niggles and illness; an empty `until` lasts."""
    rows = [
        {
            "athlete": name, "date": c.date, "until": c.until or "", "kind": c.kind, "body_part": c.body_part,
            "side": c.side, "severity": c.severity, "training_changed": "yes" if c.training_changed else "no",
            "notes": c.notes,
        }
        for name, diary in diaries.items()
        for c in diary.complaints
    ]  # fmt: skip
    return to_csv(COMPLAINTS, rows)


def plan(people: Mapping[str, Runner]) -> str:
    """The plan of the second block of two runners: what the coach wrote down, whether or not it was done."""
    return to_csv(PLAN, [row for name in PLANNED for row in _planned(people[name])])


def monitoring_jumps(name: str, diary: Diary) -> str:
    """Jumps without a load, twice a week, as a second sheet of re-tests."""
    rows = [
        {
            "athlete": name, "date": date, "test": "cmj", "trial": trial, "side": "both", "measure": "height_m",
            "value": height, "protocol": "hands on hips", "device": "contact mat",
        }
        for date, heights in diary.jumps.items()
        for trial, height in enumerate(heights, 1)
    ]  # fmt: skip
    return to_csv(CMJ, rows)


def _answers(name: str, item: str, diary: Diary) -> Iterator[dict[str, Any]]:
    scale, worse = SCALES.get(item), item in WORSE
    for day, value in enumerate(diary.morning[item].tolist()):
        if math.isnan(value):
            continue
        told = {"athlete": name, "date": START + dt.timedelta(days=day), "item": item}
        if scale is not None:
            direction = "higher_worse" if worse else "higher_better"
            told |= {"scale_min": scale[0], "scale_max": scale[1], "direction": direction}
        yield told | {"value": f"{sum(scale) - value if scale and worse else value:g}"}


def _planned(person: Runner) -> Iterator[dict[str, Any]]:
    for week in range(BLOCK_WEEKS, 2 * BLOCK_WEEKS):
        factor = WEEK_FACTORS[week % BLOCK_WEEKS]
        for day in (0, 2, 4) if factor == 1 else (0, 3):
            date = START + dt.timedelta(days=7 * week + day)
            loads = {s.exercise: s.load_kg for s in _nearest(person, date).sets if s.kind == "work" and s.load_kg}
            for order, (lift, reps, sets, rir, _) in enumerate(LIFTS, 1):
                common = {
                    "athlete": person.name, "date": date, "block": 2, "session": f"Gym {'ABC'[day // 2]}",
                    "exercise": lift, "order": order, "sets": math.ceil(sets * factor), "rest_s": REST_S,
                }  # fmt: skip
                how: dict[str, Any] = {"reps_low": reps, "reps_high": reps, "rir": rir}
                how |= {"load_kg": f"{loads[lift]:g}"} if lift in loads else {}
                yield common | (how if reps else {"duration_s": PLANK_S})


def _nearest(person: Runner, date: dt.date) -> Session:
    """The session nearest to a planned day: loads are planned by the week, so a missed day had those of its week."""
    return min(person.sessions, key=lambda s: abs((s.start.date() - date).days))
