"""Speed as ratios measured in one run: `make bench`.

Import: CPU time of reading and storing a 20,000-row Strong export, beside `polars.read_csv` of the same file (which
neither casts, judges, identifies nor stores). Report: seconds of one report in a warm process, and of one process that
makes a single report.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import polars as pl

from analysis import importers, report
from analysis._sample import import_sample
from analysis.importers import Context
from analysis.logbook import Logbook

HEAD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
LIFTS = ("Squat (Barbell)", "Bench Press (Barbell)", "Romanian Deadlift (Barbell)", "Pull Up")
ROWS = 20_000


def strong_export(path: Path) -> Path:
    """A Strong file of 20,000 sets: 1,000 sessions of four lifts with five sets each."""
    rows = []
    for i in range(ROWS):
        day, order = i // 20, i % 5 + 1
        date = f"{2021 + day // 336}-{day // 28 % 12 + 1:02d}-{day % 28 + 1:02d} 16:46:13"
        lift, load = LIFTS[i // 5 % 4], 50 + i % 50
        rows.append(f'{date},"Gym",1h 18m,"{lift}",{order},{load}.0,{i % 8 + 3},0,0,"","",{7 + i % 3}\n')
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def cpu_ms(function: Callable[[], object], runs: int = 7) -> float:
    """Median CPU milliseconds of a call, after one call that does not count."""
    function()
    times = []
    for _ in range(runs):
        start = time.process_time()
        function()
        times.append(1000 * (time.process_time() - start))
    return median(times)


def bench_import(folder: Path) -> None:
    """Print the CPU time of the steps of an import and their ratio to the bare CSV reader."""
    file, context = strong_export(folder / "strong.csv"), Context(athlete="A", unit="kg")
    reading = importers.read(file, context)
    stores = iter(range(1_000))
    floor = cpu_ms(lambda: pl.read_csv(file))
    read = cpu_ms(lambda: importers.read(file, context))
    stored = cpu_ms(lambda: Logbook(folder / f"{next(stores)}.duckdb").add(reading, "strong.csv"))
    print(f"polars.read_csv of {ROWS} rows  {floor:7.1f} ms CPU    1.0 x")
    print(f"read, cast and judge          {read:7.1f} ms CPU  {read / floor:5.1f} x")
    print(f"store in a new logbook        {stored:7.1f} ms CPU  {stored / floor:5.1f} x")
    print(f"import in all                 {read + stored:7.1f} ms CPU  {(read + stored) / floor:5.1f} x")


def bench_report(folder: Path) -> None:
    """Print the seconds of a warm report and of a cold one."""
    book = folder / "squad.duckdb"
    import_sample(folder / "sample", book)
    notebook = report.find_notebook("block_report")
    seconds = []
    for athlete in ("Ada", "Bruno", "Chen", "Emre", "Farah", "Goran"):
        start = time.perf_counter()
        report.make(notebook, folder / athlete, {"logbook": str(book), "athlete": athlete}, title=athlete)
        seconds.append(time.perf_counter() - start)
    command = [
        sys.executable,
        "-m",
        "analysis",
        "report",
        "--athlete",
        "Hana",
        "--logbook",
        book,
        "--out",
        folder / "cold",
    ]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    cold = time.perf_counter() - start
    print(f"report, warm                  {median(seconds[1:]):7.2f} s wall")
    print(f"report, one process           {cold:7.2f} s wall  {cold / median(seconds[1:]):5.1f} x the warm one")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        bench_import(Path(name))
        bench_report(Path(name))
