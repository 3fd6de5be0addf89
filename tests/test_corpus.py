"""Real exports against a plain reading that knows nothing of the importers: same sets, repetitions and kilograms."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

CORPUS = Path(os.environ.get("STRIDELIFT_CORPUS") or Path(__file__).parents[1].parent / "shared" / "logs")
VENDOR_OF = {"strong": "strong", "overlap": "strong", "hevy": "hevy", "hevy_localized": "hevy"}
FILES = sorted(file for folder in VENDOR_OF for file in (CORPUS / folder).glob("*.csv"))

POUND = 0.45359237
ORDER = ("Set Order", "set_order", "Ordre de la série")
REPS = ("reps", "Reps", "Réps")
WEIGHTS = {
    "Weight": None, "weight": None, "Poids": None, "kg": 1.0, "lb": POUND, "lbs": POUND, "Weight (kg)": 1.0,
    "Weight (lbs)": POUND, "Weight (lb)": POUND, "weight_kg": 1.0, "weight_lbs": POUND,
}  # fmt: skip
NO_HEADER = ["Date", "Workout Name", "Exercise Name", "Set Order", "Weight", "Weight Unit", "Reps", "RPE", "Distance"]

pytestmark = pytest.mark.skipif(not FILES, reason=f"no real exports in {CORPUS}, see STRIDELIFT_CORPUS")


def text_of(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def number(row: dict[str, str], names: tuple[str, ...]) -> float:
    text = next((row[name] for name in names if row.get(name)), "").strip().replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return 0.0


def plain_totals(header: list[str] | None, text: str, delimiter: str) -> tuple[int, float, float]:
    """Sets, repetitions and kilograms of all rows that are neither rest timers nor notes nor blank."""
    sets, reps, kilograms = 0, 0.0, 0.0
    for row in csv.DictReader(io.StringIO(text, newline=""), fieldnames=header, delimiter=delimiter):
        fields = [field for field in row.values() if isinstance(field, str)]
        order = next((row[name] for name in ORDER if row.get(name)), "").strip().lower()
        if order in ("rest timer", "note") or not any(field.strip() for field in fields):
            continue
        column = next(name for name in WEIGHTS if name in row)
        factor = WEIGHTS[column] or (POUND if (row.get("Weight Unit") or "").startswith("lb") else 1.0)
        sets += 1
        reps += number(row, REPS)
        kilograms += abs(number(row, (column,))) * factor * number(row, REPS)
    return sets, reps, kilograms


def reading_of(path: Path) -> Reading:
    try:
        return read(path, Context(athlete="corpus"))
    except ImportProblem as problem:
        if "--unit kg" not in str(problem):
            raise
        return read(path, Context(athlete="corpus", unit="kg"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem[:40]}")
def test_a_real_export_is_read_whole(path: Path) -> None:
    assert identify(path) == VENDOR_OF[path.parent.name]
    reading = reading_of(path)
    assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
    assert reading.n_loaded == reading.tables["sets"].height
    assert reading.n_rejected == reading.rejected.height
    assert reading.n_loaded > 0

    text = text_of(path)
    first = text.splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    headless = first[:4].isdigit()
    header = NO_HEADER + [f"more {i}" for i in range(first.count(delimiter))] if headless else None
    sets, reps, kilograms = plain_totals(header, text, delimiter)

    names = header or next(csv.reader([first], delimiter=delimiter))
    lost = plain_totals(names, "\n".join(reading.rejected["raw"]), delimiter)
    good = reading.tables["sets"]
    assert good.height + lost[0] == sets
    assert float(good["reps"].sum()) + lost[1] == pytest.approx(reps)
    assert float((good["load_kg"] * good["reps"]).sum()) + lost[2] == pytest.approx(kilograms, rel=1e-9)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem[:40]}")
def test_every_set_of_a_real_export_has_its_own_id_and_its_session(path: Path) -> None:
    tables = reading_of(path).tables
    assert tables["sets"]["set_id"].is_unique().all()
    assert set(tables["sets"]["session_id"]) <= set(tables["sessions"]["session_id"])


def test_an_earlier_export_of_the_same_log_gives_the_same_ids() -> None:
    old, new = (CORPUS / "overlap", CORPUS / "strong")
    pairs = [(a, b) for a in old.glob("breinsp*.csv") for b in new.glob("breinsp*.csv")]
    if not pairs:
        pytest.skip("the two exports of one log are not in this corpus")
    before, after = (set(reading_of(path).tables["sets"]["set_id"]) for path in pairs[0])
    assert len(before - after) <= 7  # the rows that the user deleted between the two exports
