"""The simulated squad as files and as a logbook: what the demo, the notebooks and the tests start from.

Ada, Bruno: Strong (classic, kg and lb). Chen: Strong for Android (unit per row), two weeks without training. Dora:
Strong without any effort rating. Emre, Farah, Goran, Hana: Hevy (app in kg, app in lb, web page, app in German).
"""

from __future__ import annotations

import atexit
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from analysis import importers
from analysis._sample_exports import EXPORTS, UNIT, to_csv
from analysis.importers import Context
from analysis.logbook import Logbook, Receipt
from analysis.simulate import BLOCK_WEEKS, JUMP_LOAD_KG, STANCE_CAP_S, START, Runner, TrialRow, retest_days, squad

PLANNED_HARD_SETS: Final = 190
DEVICES: Final = {"loaded_jump": "contact mat", "sprint": "gates", "single_leg_stance": "stopwatch"}
PROTOCOLS: Final = {
    "loaded_jump": "bar on shoulders, no arm swing",
    "sprint": "standing start at gate",
    "single_leg_stance": "barefoot, eyes closed, firm",
}
RETESTS: Final = "athlete,date,test,trial,side,load_kg,distance_m,cap_s,measure,value,protocol,device,valid,notes"
CALENDAR: Final = "athlete,date,kind,title,distance_m,notes"
# the runs of a week from Monday: Ada lifts on the day before her intervals, Emre does not
WEEK_OF_RUNS: Final = {
    "Ada": ("easy", "quality", "easy", "rest", "easy", "rest", "long"),
    "Emre": ("easy", "rest", "easy", "rest", "easy", "rest", "quality"),
}
BLOCKS: Final = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes"


def write_sample(folder: Path) -> list[Path]:
    """Write the squad's exports, re-tests and blocks below `folder`, and the truth behind them beside them.

    Returns the files to import, in order. The same call writes the same bytes.

    >>> [p.name for p in write_sample(Path(tempfile.mkdtemp()))][:3]
    ['squad_blocks.csv', 'squad_retests.csv', 'squad_calendar.csv']
    """
    people = squad()
    files = {
        "blocks/squad_blocks.csv": _blocks(people),
        "retest/squad_retests.csv": _retests(people),
        "calendar/squad_calendar.csv": _calendar(),
    }
    for person in people:
        vendor, writer = EXPORTS[person.name]
        files[f"{vendor}/{person.name.lower()}.csv"] = writer(person)
    for name, text in {**files, "truth.json": _truth(people)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in files]


def import_sample(folder: Path, logbook: Path) -> list[Receipt]:
    """Write the squad's files into `folder` and import them as their athletes would."""
    book = Logbook(logbook)
    receipts = []
    for path in write_sample(folder):
        athlete = athlete_of(path)
        unit = UNIT.get(athlete) if athlete else None
        context = Context(athlete, unit, unilateral_reps="per_side", dumbbells="per_implement")
        receipts.append(book.add(importers.read(path, context), path.name))
    return receipts


@cache
def sample_logbook() -> Logbook:
    """A logbook of the simulated squad, made once per process in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="stridelift-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    import_sample(folder, folder / "sample.duckdb")
    return Logbook(folder / "sample.duckdb")


def my_logbook() -> Logbook:
    """The logbook that STRIDELIFT_LOGBOOK names (`stridelift lab` sets it), else the sample."""
    named = os.environ.get("STRIDELIFT_LOGBOOK")
    return Logbook(named) if named else sample_logbook()


def athlete_of(path: Path) -> str | None:
    """Whose export a sample file is; None for the squad's sheets.

    >>> athlete_of(Path("strong/ada.csv"))
    'Ada'
    """
    return None if path.name.startswith("squad") else path.stem.capitalize()


def _retests(people: tuple[Runner, ...]) -> str:
    """Every trial; Hana's last stance time is beyond its cap, Goran's last sprint is timed by hand."""
    return to_csv(RETESTS, [_trial(person.name, t) for person in people for t in person.trials])


def _trial(name: str, t: TrialRow) -> dict[str, Any]:
    last = t.date == retest_days(2)[-1][0]
    beyond = name == "Hana" and last and (t.test, t.trial, t.side) == ("single_leg_stance", 3, "left")
    by_hand = name == "Goran" and last and t.test == "sprint"
    return {
        "athlete": name, "date": t.date, "test": t.test, "trial": t.trial, "side": t.side,
        "load_kg": JUMP_LOAD_KG if t.test == "loaded_jump" else "", "distance_m": t.distance_m or "",
        "cap_s": STANCE_CAP_S if t.test == "single_leg_stance" else "", "measure": t.measure,
        "value": STANCE_CAP_S + 0.2 if beyond else t.value, "protocol": PROTOCOLS[t.test],
        "device": "hand stopwatch" if by_hand else DEVICES[t.test],
    }  # fmt: skip


def _blocks(people: tuple[Runner, ...]) -> str:
    rows = []
    for person in people:
        for number, goal in enumerate(("strength", "power")):
            start = START + dt.timedelta(weeks=BLOCK_WEEKS * number)
            days = {"start": start, "end": start + dt.timedelta(weeks=BLOCK_WEEKS, days=-1)}
            means = "unknown" if person.name == "Chen" else "rest"
            plan = {"goal": goal, "primary_test": "loaded_jump", "planned_hard_sets": PLANNED_HARD_SETS}
            rows.append({"athlete": person.name, "block": number + 1, "days_without_record": means, **days, **plan})
    return to_csv(BLOCKS, rows)


def _calendar() -> str:
    days = [(START + dt.timedelta(days=day), day % 7) for day in range(7 * 2 * BLOCK_WEEKS)]
    rows = [
        {"athlete": name, "date": date, "kind": kinds[weekday]}
        for name, kinds in WEEK_OF_RUNS.items()
        for date, weekday in days
    ]
    return to_csv(CALENDAR, rows)


def _truth(people: tuple[Runner, ...]) -> str:
    truth = {
        p.name: {
            "strength_gain_log": [round(p.strength_gain(0, 6), 5), round(p.strength_gain(6, 12), 5)],
            "jump_gain_log_per_block": round(p.jump_gain, 5), "speed_gain_log_per_block": round(p.speed_gain, 5),
            "stance_gain_log_per_block": round(p.stance_gain, 5),
        } for p in people
    }  # fmt: skip
    return json.dumps(truth, indent=1) + "\n"


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))
