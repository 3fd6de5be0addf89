"""Killed in mid-import, two at once, no space left: what was acknowledged is there, nothing half is seen."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from analysis import importers
from analysis.importers import Context
from analysis.logbook import Logbook

SETS = 40
WORKER = """
import sys
from pathlib import Path
from analysis import importers
from analysis.importers import Context
from analysis.logbook import Logbook

folder, first, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
book = Logbook(folder / "training.duckdb", wait_s=60)
sys.path.insert(0, sys.argv[4])
from test_faults import export
print("ready", flush=True)
for n in range(first, first + int(sys.argv[5])):
    file = folder / f"{name}{n}.csv"
    file.write_text(export(n))
    book.add(importers.read(file, Context(athlete=f"{name}{n}", unit="kg")), file.name)
    print(n, flush=True)
"""


def export(n: int) -> str:
    """A log of `SETS` sets, all with n repetitions."""
    head = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    day = '2026-01-05 17:00:00,"Gym",1h,"Squat (Barbell)",{i},60,{n},0,0,"","",8\n'
    return head + "".join(day.format(i=i, n=n % 900 + 1) for i in range(1, SETS + 1))


def worker(folder: Path, first: int, name: str = "a", n: int = 10_000) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(folder), str(first), name, str(Path(__file__).parent), str(n)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_while_importing(folder: Path, rounds: int, seed: int) -> tuple[int, int, int]:
    """Kill an importing process `rounds` times: imports acknowledged, imports lost, logs seen half (all must be 0)."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    acknowledged: list[int] = []
    lost = half = 0
    for _ in range(rounds):
        process = worker(folder, (acknowledged[-1] + 2) if acknowledged else 1)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.0, 2.0))
        process.kill()
        acknowledged += [int(line) for line in process.stdout.read().split()]
        process.wait()
        if not (folder / "training.duckdb").exists():
            continue
        book = Logbook(folder / "training.duckdb")
        if book.sequence() == 0:
            lost += len(acknowledged)
            continue
        log = book.log()
        per_athlete = log.sets.group_by("athlete").agg(pl.len(), pl.col("reps").n_unique())
        whole = per_athlete.filter(pl.col("len") == SETS, pl.col("reps") == 1)["athlete"].to_list()
        lost += len({f"a{n}" for n in acknowledged} - set(whole))
        half += per_athlete.height - len(whole) + abs(log.imports.height - per_athlete.height)
    return len(acknowledged), lost, half


def test_killed_in_mid_import_nothing_acknowledged_is_lost_and_nothing_half_is_seen(tmp_path: Path) -> None:
    done, lost, half = kill_while_importing(tmp_path, rounds=6, seed=1)
    assert done > 0
    assert (lost, half) == (0, 0)


def test_two_processes_import_at_once_and_both_are_whole(tmp_path: Path) -> None:
    both = [worker(tmp_path, 1, name, n=6) for name in ("a", "b")]
    for process in both:
        assert process.wait(timeout=120) == 0
    log = Logbook(tmp_path / "training.duckdb").log()
    assert log.imports["import_seq"].to_list() == list(range(1, 13))
    assert log.sets.group_by("athlete").len()["len"].to_list() == [SETS] * 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a limit on the size of files (POSIX)")
def test_a_full_disk_is_a_clear_error_and_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_text(export(1))
    large.write_text(export(2) + "".join(export(3).splitlines(keepends=True)[1:]).replace("01-05", "02-05") * 300)
    book = Logbook(tmp_path / "training.duckdb")
    book.add(importers.read(small, Context(athlete="Ada", unit="kg")), "small.csv")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({book.path.stat().st_size + 50_000},) * 2); "
        "from analysis.cli import main; main(sys.argv[1:])"
    )
    arguments = ["import", str(large), "--athlete", "Bo", "--unit", "kg", "--logbook", str(book.path)]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    log = book.log()
    assert (log.imports.height, log.sets.height) == (1, SETS)
    book.add(importers.read(large, Context(athlete="Bo", unit="kg")), "large.csv")
