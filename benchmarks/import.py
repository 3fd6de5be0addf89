"""Speed and memory of importing text exports, as ratios measured in one run: `python benchmarks/import.py`.

Every figure is taken in a process of its own (CPU time of the call, peak memory of the process), the least of three.
The floor is `polars.read_csv(infer_schema=False)` of the same file: it neither identifies, dates, judges nor stores.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

SMALL, BIG, YEARS_10 = 1_000, 100_000_000, 100_000  # files, bytes, sets
LIFTS = ("Squat (Barbell)", "Deadlift (Barbell)", "Bench Press (Barbell)", "Lunge (Dumbbell)", "Romanian Deadlift",
         "Pull Up", "Plank", "Hip Thrust (Barbell)", "Calf Press on Leg Press", "Step-up")  # fmt: skip
STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
HEVY = (
    "title", "start_time", "end_time", "description", "exercise_title", "superset_id", "exercise_notes", "set_index",
    "set_type", "weight_kg", "reps", "distance_km", "duration_seconds", "rpe",
)  # fmt: skip


def strong_rows(start: datetime, n: int) -> list[str]:
    """One workout of five lifts in Strong's classic layout."""
    head = f'{start:%Y-%m-%d %H:%M:%S},"Evening Workout",1h 5m'
    return [
        f'{head},"{lift}",{order},{random.randrange(40, 400) / 2},{random.randrange(3, 13)},0,0,"","",{random.choice(["", "8", "7.5"])}\n'  # noqa: E501, S311
        for lift in random.sample(LIFTS, 5)
        for order in range(1, n // 5 + 1)
    ]


def hevy_rows(start: datetime, n: int) -> list[str]:
    """The same workout as Hevy's app writes it."""
    end = start + timedelta(minutes=65)
    head = f'"Evening Workout","{start:%-d %b %Y, %H:%M}","{end:%-d %b %Y, %H:%M}",""'
    return [
        f'{head},"{lift}",,"",{order},"normal",{random.randrange(40, 400) / 2},{random.randrange(3, 13)},,,{random.choice(["", "8", "7.5"])}\n'  # noqa: E501, S311
        for lift in random.sample(LIFTS, 5)
        for order in range(n // 5)
    ]


def export(path: Path, vendor: str, *, size: int = BIG, sessions: int = 10**9, years: int = 30) -> Path:
    """A file of this many bytes or sessions, a workout of twenty sets after the other."""
    random.seed(1)
    make = strong_rows if vendor == "strong" else hevy_rows
    at, written = datetime(1996, 1, 2, 6), 0  # noqa: DTZ001 - wall clock, as the apps write it
    step = timedelta(days=365 * years) / min(sessions, size // 1_600)
    with path.open("w", encoding="utf-8") as file:
        written += file.write(STRONG if vendor == "strong" else ",".join(f'"{name}"' for name in HEVY) + "\n")
        while written < size and sessions > 0:
            written += file.write("".join(make(at, 20)))
            at, sessions = at + step, sessions - 1
    return path


def measured(what: str, file: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one step on a file, each in a fresh process, the least of three."""
    runs = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, what, str(file), folder]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    return min(cpu for cpu, _ in runs), min(peak for _, peak in runs)


def step(what: str, file: Path, folder: Path) -> None:
    """Do one step here and print its CPU seconds and the peak memory of this process."""
    if what == "floor":
        import polars as pl

        start = time.process_time()
        pl.read_csv(file, infer_schema=False)
    else:
        from analysis import importers
        from analysis.logbook import Logbook

        importers.vendors()
        start = time.process_time()
        reading = importers.read(file, importers.Context(athlete="A", unit="kg" if "strong" in file.name else None))
        if what == "add":
            Logbook(folder / "book.duckdb").add(reading, file.name)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps([time.process_time() - start, peak / 1e6]))


def bench_big(folder: Path) -> None:
    """100 MB of either app: reading, and reading and storing, beside the floor."""
    for vendor in ("strong", "hevy"):
        file = export(folder / f"{vendor}.csv", vendor)
        floor, floor_peak = measured("floor", file)
        print(f"{vendor}: polars.read_csv, 100 MB   {floor:6.2f} s CPU   1.0 x   peak {floor_peak:5.0f} MB")
        for what, words in (("read", "read and judge          "), ("add", "read, judge and store   ")):
            cpu, peak = measured(what, file)
            told = f"{cpu:6.2f} s CPU  {cpu / floor:4.1f} x   peak {peak:5.0f} MB"
            print(f"{vendor}: {words}  {told} = {peak / (file.stat().st_size / 1e6):3.1f} x the file")
        file.unlink()


def bench_user(folder: Path) -> None:
    """Ten years of one user through the command line."""
    file, walls = export(folder / "strong.csv", "strong", sessions=YEARS_10 // 20, years=10), []
    for n in range(3):
        command = [sys.executable, "-m", "analysis", "import", str(file), "--athlete", "A", "--unit", "kg"]
        start = time.perf_counter()
        subprocess.run([*command, "--logbook", str(folder / f"user{n}.duckdb")], check=True, capture_output=True)
        walls.append(time.perf_counter() - start)
    print(f"10 years, 5,000 sessions, 100,000 sets, command line   {min(walls):5.2f} s wall")


def bench_small(folder: Path) -> None:
    """A thousand files of one workout each into one logbook: the last hundred beside the first hundred."""
    from analysis import importers
    from analysis.logbook import Logbook

    random.seed(2)
    book, times = Logbook(folder / "small.duckdb"), []
    context = importers.Context(athlete="A", unit="kg")
    for n in range(SMALL):
        file = folder / "one.csv"
        day = datetime(2015, 1, 2, 6) + timedelta(days=n)  # noqa: DTZ001 - wall clock, as the apps write it
        file.write_text(STRONG + "".join(strong_rows(day, 20)), encoding="utf-8")
        start = time.process_time()
        book.add(importers.read(file, context), f"{n}.csv")
        times.append(1000 * (time.process_time() - start))
    first, last = (sorted(part)[len(part) // 2] for part in (times[:100], times[-100:]))
    print(f"1,000 small files: {first:5.0f} ms CPU each at first, {last:5.0f} ms at the end   {last / first:4.1f} x")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        step(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        with tempfile.TemporaryDirectory() as name:
            bench_big(Path(name))
            bench_user(Path(name))
            bench_small(Path(name))
