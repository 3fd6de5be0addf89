"""The simulated squad as files and as a logbook: what the demo, the notebooks and the tests start from.

Ada, Bruno: Strong (classic, kg and lb). Chen: Strong for Android (unit per row), two weeks without training. Dora:
Strong without any effort rating. Emre, Farah, Goran, Hana: Hevy (app in kg, app in lb, web page, app in German).
Ada and Emre also run: their runs stand in Strava's list, their races in a watch's files. The squad's sheets tell what
was planned, felt and hurt.
"""

from __future__ import annotations

import atexit
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from analysis import _sample_days, _sample_runs, importers
from analysis._sample_exports import EXPORTS, UNIT, to_csv
from analysis._sample_runs import ZONE
from analysis.importers import Context
from analysis.logbook import Logbook, Receipt
from analysis.simulate import BLOCK_WEEKS, JUMP_LOAD_KG, STANCE_CAP_S, START, Runner, TrialRow, days, retest_days, squad
from analysis.simulate.diary import BETA, RACES_ON, Diary, diary

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
# the days with a race have no other run; the one after the block is of second rank, so that no taper is asked for
RACES: Final = (
    ("Ada", RACES_ON[0], "winter 5 km", 5000, "B race"),
    ("Ada", RACES_ON[1], "spring 5 km", 5000, "B race"),
    ("Ada", dt.date(2026, 4, 11), "spring 10 km", 10_000, "B race"),
    ("Emre", RACES_ON[0], "winter 5 km", 5000, "B race"),
    ("Emre", RACES_ON[1], "spring 5 km", 5000, "B race"),
)
BLOCKS: Final = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes"


def write_sample(folder: Path) -> list[Path]:
    """Write the squad's exports and sheets below `folder`, and the truth behind them beside them.

    Returns the files to import, in order. The same call writes the same bytes.

    >>> [p.name for p in write_sample(Path(tempfile.mkdtemp()))][:3]
    ['squad_blocks.csv', 'squad_retests.csv', 'squad_calendar.csv']
    """
    people = squad()
    lived = {person.name: diary(person, WEEK_OF_RUNS.get(person.name)) for person in people}
    files = {
        "blocks/squad_blocks.csv": _blocks(people),
        "retest/squad_retests.csv": _retests(people),
        "calendar/squad_calendar.csv": _calendar(),
    }
    for person in people:
        vendor, writer = EXPORTS[person.name]
        files[f"{vendor}/{person.name.lower()}.csv"] = writer(person)
    files |= _diaries(people, lived)
    for name, text in {**files, "truth.json": _truth(people, lived)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return [folder / name for name in files]


def import_sample(folder: Path, logbook: Path) -> list[Receipt]:
    """Write the squad's files into `folder` and import them as their athletes would."""
    book = Logbook(logbook)
    receipts = []
    with book.batch():
        for path in write_sample(folder):
            athlete = athlete_of(path)
            unit = UNIT.get(athlete) if athlete else None
            context = Context(athlete, unit, unilateral_reps="per_side", dumbbells="per_implement", tz=ZONE)
            receipts.append(book.add(importers.read(path, context), path.name))
    return receipts


@cache
def sample_logbook() -> Logbook:
    """A logbook of the simulated squad, made once per process in a temporary folder.

    Simulated people need no secret: their key is fixed, so that the squad's pages are the same every time.
    """
    from analysis.squad import KEY_FILE  # it brings the charts with it, for which `--help` must not wait

    folder = Path(tempfile.mkdtemp(prefix="stridelift-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    import_sample(folder, folder / "sample.duckdb")
    (folder / KEY_FILE).write_text("0" * 64)
    return Logbook(folder / "sample.duckdb")


def my_logbook() -> Logbook:
    """The logbook that STRIDELIFT_LOGBOOK names (`stridelift lab` sets it), else the sample."""
    named = os.environ.get("STRIDELIFT_LOGBOOK")
    return Logbook(named) if named else sample_logbook()


def athlete_of(path: Path) -> str | None:
    """Whose export a sample file is; None for the squad's sheets.

    >>> athlete_of(Path("strong/ada.csv")), athlete_of(Path("tcx/emre_races.tcx"))
    ('Ada', 'Emre')
    """
    return None if path.name.startswith("squad") else path.stem.split("_")[0].capitalize()


def _diaries(people: tuple[Runner, ...], lived: Mapping[str, Diary]) -> dict[str, str]:
    """The files beside the gym: runs and races of those who run, and the sheets of plan, mornings and complaints."""
    files = {
        "plan/squad_plan.csv": _sample_days.plan({person.name: person for person in people}),
        "wellness/squad_wellness.csv": _sample_days.wellness(lived, {person.name: person for person in people}),
        "complaints/squad_complaints.csv": _sample_days.complaints(lived),
        "retest/ada_cmj.csv": _sample_days.monitoring_jumps("Ada", lived["Ada"]),
    }
    for name in WEEK_OF_RUNS:
        files[f"strava/{name.lower()}_activities.csv"] = _sample_runs.strava(lived[name], name)
        files[f"tcx/{name.lower()}_races.tcx"] = _sample_runs.tcx(lived[name], name, points=name == "Ada")
    return files


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
    raced = {(name, date): {"kind": "race", "title": title, "distance_m": metres, "notes": notes}
             for name, date, title, metres, notes in RACES}  # fmt: skip
    rows = []
    for name, kinds in WEEK_OF_RUNS.items():
        usual = {START + dt.timedelta(days=day): {"kind": kinds[day % 7]} for day in range(7 * 2 * BLOCK_WEEKS)}
        mine = usual | {date: race for (who, date), race in raced.items() if who == name}
        rows += [{"athlete": name, "date": date, **told} for date, told in mine.items()]
    return to_csv(CALENDAR, rows)


def _truth(people: tuple[Runner, ...], lived: Mapping[str, Diary]) -> str:
    truth = {
        p.name: {
            "strength_gain_log": [round(p.strength_gain(0, 6), 5), round(p.strength_gain(6, 12), 5)],
            "jump_gain_log_per_block": round(p.jump_gain, 5), "speed_gain_log_per_block": round(p.speed_gain, 5),
            "stance_gain_log_per_block": round(p.stance_gain, 5), **_truth_of_days(p.name, lived[p.name]),
        } for p in people
    }  # fmt: skip
    return json.dumps(truth, indent=1) + "\n"


def _truth_of_days(name: str, told: Diary) -> dict[str, Any]:
    """What stands behind the files beside the gym; only what was written down has a truth here."""
    truth: dict[str, Any] = {}
    if told.races:
        truth["running"] = {
            "kick_kappa_log": round(told.kappa, 5), "kick_log": [round(race.kick_log, 5) for race in told.races],
            "relative_effort": [round(race.effort, 5) for race in told.races],
            "transfer_beta": BETA, "running_gain_log_between_races": round(told.running_gain, 5),
        }  # fmt: skip
    if name in _sample_days.ITEMS:
        truth["days"] = {
            "answer_per_fatigue_sd": days.WELLNESS_PER_SD, "ln_rmssd_per_fatigue_sd": days.HRV_PER_SD,
            "jump_log_per_fatigue_sd": days.JUMP_PER_SD, "ln_rmssd_base": round(told.ln_rmssd_base, 5),
            "fatigue_sd": [round(float(sd), 2) for sd in told.tired],
        }  # fmt: skip
    staged = [
        {"kind": c.kind, "date": str(c.date), "until": c.until and str(c.until)} for c in told.complaints if c.staged
    ]
    return truth | ({"staged_complaints": staged} if staged else {})


if __name__ == "__main__":
    write_sample(Path(sys.argv[1]))
