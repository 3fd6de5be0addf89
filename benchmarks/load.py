"""Daily load and its summaries for a whole federation: `python benchmarks/load.py`.

Sessions of three years come from a Parquet file; daily load of every athlete and day, weighted means of 7 and 28 days,
rolling mean, monotony and strain go out as arrays. Every figure is that of a process of its own: CPU seconds of the
work without imports, wall, and the peak memory of the whole process. The floor is `polars.read_parquet` of the same
four columns.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from analysis.stats import ewma, weekly
from analysis.transforms import daily_load_many

START, YEARS = dt.date(2023, 1, 1), 3
END = START + dt.timedelta(days=365 * YEARS)
DAYS = (END - START).days + 1
ATHLETES = (100, 300, 1_000)
COLUMNS = ["athlete", "date", "session_rpe", "duration_s"]
GOALS = {"cpu_s": 4.0, "peak_mb": 450.0}


def sessions_file(path: Path, athletes: int) -> Path:
    """Six in ten days of every athlete with one session, 2 % of them without a rating, in the order of the days."""
    rng = np.random.default_rng(athletes)
    who, day = np.nonzero(rng.random((athletes, DAYS)) < 0.6)
    rated = rng.random(who.size) >= 0.02
    names = pl.Series([f"athlete {i:04}" for i in range(athletes)])
    pl.DataFrame({
        "session_id": pl.arange(0, who.size, eager=True).cast(pl.String),
        "athlete": names.gather(who),
        "date": np.datetime64(START) + day,
        "duration_s": rng.integers(20, 120, who.size) * 60.0,
        "session_rpe": pl.Series(np.where(rated, rng.integers(2, 10, who.size), np.nan), nan_to_null=True),
        "title": pl.Series(["Gym and strides"]).gather(np.zeros(who.size, int)),
    }).sort("date").write_parquet(path)  # fmt: skip
    return path


def scan(path: Path) -> pl.DataFrame:
    """Only read the columns: the floor."""
    return pl.read_parquet(path, columns=COLUMNS)


def summaries(path: Path) -> list[np.ndarray]:
    """Daily load of everybody, then every summary of every day."""
    daily = daily_load_many(scan(path), START, END, "rest")
    loads = daily["load_au"].to_numpy().reshape(-1, DAYS)
    means = [ewma.ewma(loads, ewma.smoothing(days)) for days in (ewma.ACUTE_DAYS, ewma.CHRONIC_DAYS)]
    shape = weekly.monotonies(loads)
    return [*(m.value for m in means), weekly.rolling_mean(loads), shape.monotony, shape.strain]


def measure(task: str, path: Path) -> None:
    """Run one task in this process and print its figures as JSON."""
    function = {"scan": scan, "summaries": summaries}[task]
    cpu, wall = time.process_time(), time.perf_counter()
    function(path)
    figures = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    print(json.dumps(figures | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def in_child(task: str, path: Path, runs: int = 3) -> dict[str, float]:
    """The least of `runs` processes, figure by figure."""
    found = []
    for _ in range(runs):
        out = subprocess.run([sys.executable, __file__, task, path], check=True, capture_output=True, text=True).stdout
        found.append(json.loads(out))
    return {name: min(run[name] for run in found) for name in found[0]}


def main() -> None:
    """Print the table, and whether the goals are met."""
    print(f"{YEARS} years        CPU s   wall s  peak MB   x scan")
    with tempfile.TemporaryDirectory() as folder:
        for athletes in ATHLETES:
            path = sessions_file(Path(folder) / f"{athletes}.parquet", athletes)
            floor, work = in_child("scan", path), in_child("summaries", path)
            for name, row in (("scan", floor), ("all", work)):
                ratio = row["cpu_s"] / floor["cpu_s"]
                figures = f"{row['cpu_s']:7.3f}  {row['wall_s']:7.3f}  {row['peak_mb']:7.0f}  {ratio:7.1f}"
                print(f"{athletes:5} {name:5} {figures}")
    for figure, goal in GOALS.items():
        print(f"{figure} {work[figure]:.2f}, goal <= {goal:g}: {'met' if work[figure] <= goal else 'MISSED'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
