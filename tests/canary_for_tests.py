"""The sample squad with one athlete more, whose name and numbers are found again wherever they leak to."""

from __future__ import annotations

import csv
import io
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from analysis import importers, sample_logbook
from analysis.importers import Context
from analysis.logbook import Logbook
from analysis.report import find_notebook, make
from analysis.squad import KEY_FILE

SAMPLE = Path(__file__).parents[1] / "data" / "sample"
CANARY = "Zxqvkanari"
NAMES = ("Ada", "Bruno", "Chen", "Dora", "Emre", "Farah", "Goran", "Hana")
LOAD_KG, JUMP_M, BODY_KG, HRV, SEVERITY, PLANNED_KG = 71.3719, 0.271828, 61.8347, 52.9173, 7.3, 83.6183
NUMBERS = ("71.37", "271828", "0.27183", "61.83", "52.917", "83.618", "4711086", "7.3/10")
"""What the canary's own numbers look like on a page, to five digits or to the unit's decimals."""

Row = dict[str, str]


def strong() -> str:
    """Ada's log under the canary's name: unlike loads, words of her own in every free field, an exercise of her own."""

    def changed(row: Row) -> Row:
        row |= {"Workout Name": f"{CANARY} day", "Notes": f"{CANARY} 4711086", "Workout Notes": f"{CANARY}; sRPE 7"}
        if row["Exercise Name"].startswith("Squat") and row["Weight"] == "65.0":
            row["Weight"] = str(LOAD_KG)
        return row | ({"Exercise Name": f"{CANARY} press"} if row["Exercise Name"].startswith("Plank") else {})

    return _edited(SAMPLE / "strong" / "ada.csv", changed)


def retests() -> str:
    def changed(row: Row) -> Row:
        row |= {"athlete": CANARY, "notes": f"{CANARY} 4711086", "device": f"{CANARY} {row['device']}"}
        return row | ({"value": str(JUMP_M)} if row["test"] == "loaded_jump" and row["trial"] == "1" else {})

    return _edited(SAMPLE / "retest" / "squad_retests.csv", changed, "Ada")


def _of_ada(kind: str, **told: str) -> str:
    return _edited(SAMPLE / kind / f"squad_{kind}.csv", lambda row: row | {"athlete": CANARY, **told}, "Ada")


def _edited(path: Path, change: Callable[[Row], Row], athlete: str | None = None) -> str:
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if athlete is None or row["athlete"] == athlete]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(dict(row)) for row in rows)
    return text.getvalue()


def sheets() -> dict[str, str]:
    """The canary's files by name, each with her token inside."""
    day = "2026-03-10"
    wellness = "athlete,date,item,value,scale_min,scale_max,direction,instrument,notes\n"
    wellness += "".join(
        f"{CANARY},2026-03-{d:02},{item},{value},{low},{high},{better},{CANARY} watch,{CANARY} 4711086\n"
        for d in range(1, 29)
        for item, value, low, high, better in (
            ("body_mass_kg", BODY_KG, "", "", "neutral"),
            ("hrv_rmssd_ms", HRV, "", "", "higher_better"),
            ("soreness", 6, 1, 7, "higher_worse"),
        )
    )
    complaints = "athlete,date,until,kind,body_part,side,severity,training_changed,notes\n"
    complaints += f"{CANARY},{day},2026-03-20,niggle,{CANARY} hip,left,{SEVERITY},yes,{CANARY} 7.3/10\n"
    calendar = (
        f"athlete,date,kind,title,distance_m,notes\n{CANARY},2026-03-21,race,{CANARY} A race,1500,{CANARY} 4711086\n"
    )
    plan = "athlete,date,block,session,exercise,order,sets,reps_low,reps_high,load_kg,percent_1rm,duration_s,rpe,rir"
    plan += (
        f",rest_s,tempo,notes\n{CANARY},{day},2,{CANARY} gym,Squat (Barbell),1,3,6,6,{PLANNED_KG},,,,1,120,,4711086\n"
    )
    blocks = _of_ada("blocks", notes=f"{CANARY} 4711086")
    return {
        "strong": strong(), "retests": retests(), "wellness": wellness, "complaints": complaints,
        "calendar": calendar, "plan": plan, "blocks": blocks,
    }  # fmt: skip


@cache
def logbook() -> Logbook:
    """The sample's logbook and the canary's files, in a folder that goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="stridelift-canary-"))
    book = Logbook(shutil.copy(sample_logbook().path, folder / "club.duckdb"))
    (folder / KEY_FILE).write_text("1" * 64)
    for kind, text in sheets().items():
        path = folder / f"{CANARY.lower()}_{kind}.csv"
        path.write_text(text)
        context = Context(CANARY if kind == "strong" else None, "kg" if kind == "strong" else None)
        receipt = book.add(importers.read(path, context), path.name)
        assert (receipt.loaded > 0, receipt.rejected) == (True, 0), (kind, receipt)
    return book


@cache
def squad_page() -> Path:
    """The squad's page, made once for all tests."""
    path = logbook().path
    parameters = {"logbook": str(path), "block": "2"}
    return make(find_notebook("squad_report"), path.with_name("squad"), parameters, title="Squad")


def found_in(data: bytes, words: tuple[str, ...]) -> list[str]:
    """Which of these stand in the bytes, whatever their case."""
    text = data.decode("utf-8", errors="replace").casefold()
    return [word for word in words if word.casefold() in text]


def names_in(data: bytes) -> list[str]:
    """Which of the real names stand in the bytes as words."""
    text = data.decode("utf-8", errors="replace")
    return [name for name in (*NAMES, CANARY) if re.search(rf"(?<![A-Za-z]){name}(?![a-z])", text)]
