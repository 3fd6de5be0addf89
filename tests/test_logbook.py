"""The store: one file one transaction, append-only, same file twice adds nothing, every past state can be read."""

from __future__ import annotations

import multiprocessing
import time
import zlib
from pathlib import Path

import duckdb
import pytest

from analysis import importers, logbook
from analysis.importers import Context, Reading
from analysis.logbook import Logbook, LogbookProblem, _write

HEAD = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
MONDAY = '2026-01-05 17:00:00,"Gym",1h,"Squat (Barbell)",{n},{kg},{reps},0,0,"","",8\n'
FRIDAY = '2026-01-09 17:00:00,"Gym",1h,"Squat (Barbell)",{n},{kg},{reps},0,0,"","",8\n'


def reading(tmp_path: Path, text: str, athlete: str = "Ada", reps: str | None = None) -> Reading:
    file = tmp_path / "strong.csv"
    file.write_text(HEAD + text)
    return importers.read(file, Context(athlete=athlete, unit="kg", unilateral_reps=reps))


def three_sets(kg: float = 60) -> str:
    return "".join(MONDAY.format(n=n, kg=kg, reps=6) for n in (1, 2)) + FRIDAY.format(n=1, kg=62.5, reps=6)


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return Logbook(tmp_path / "training.duckdb", wait_s=0.3)


def test_what_goes_in_comes_out_with_its_origin(book: Logbook, tmp_path: Path) -> None:
    receipt = book.add(reading(tmp_path, three_sets()), "strong.csv")
    log = book.log()
    assert (receipt.read, receipt.loaded, receipt.rejected) == (3, 3, 0)
    assert log.sets["load_kg"].to_list() == [60, 60, 62.5]
    assert log.sets["source_row"].to_list() == [2, 3, 4]
    assert log.sets["pattern"].unique().to_list() == ["squat"]
    assert log.sessions.height == 2
    assert book.original(log.imports["import_id"][0]) == (HEAD + three_sets()).encode()


def test_bytes_that_an_earlier_version_packed_otherwise_come_out_too(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, HEAD + three_sets()), "strong.csv")
    with duckdb.connect(str(book.path)) as con:
        con.execute("UPDATE files SET data = ?", [zlib.compress(b"as it came", 1)])
    assert book.original(book.log().imports["import_id"][0]) == b"as it came"


def test_the_same_file_twice_adds_nothing(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "strong.csv")
    before = book.path.read_bytes()
    again = book.add(reading(tmp_path, three_sets()), "copy.csv")
    assert (again.loaded, again.ignored, again.read, again.import_seq) == (0, 3, 3, None)
    assert book.sequence() == 1
    assert book.log().sets.height == 3
    assert len(book.path.read_bytes()) == len(before)


def test_the_same_bytes_with_another_answer_are_read_again(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "strong.csv")
    book.add(reading(tmp_path, three_sets(), reps="per_side"), "strong.csv")
    assert book.log().sets["rep_basis"].unique().to_list() == ["per_side"]
    assert book.log().sets.height == 3
    assert book.answers("Ada", "strong") == {"unit": "kg", "unilateral_reps": "per_side"}


def test_a_unit_in_the_header_is_not_an_answer_for_the_next_file(book: Logbook, tmp_path: Path) -> None:
    head = HEAD.replace("Weight", "Weight (kg)")
    (tmp_path / "current.csv").write_text(head + three_sets())
    book.add(importers.read(tmp_path / "current.csv", Context(athlete="Ada")), "current.csv")
    assert book.answers("Ada", "strong") == {}


def test_an_edited_weight_is_a_revision_and_the_past_stays_readable(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "a.csv")
    receipt = book.add(reading(tmp_path, three_sets(kg=85)), "b.csv")
    assert (receipt.loaded, receipt.revised, receipt.unchanged) == (2, 2, 1)
    assert receipt.read == receipt.loaded + receipt.attached + receipt.ignored + receipt.rejected
    assert book.log().sets["load_kg"].sort().to_list() == [62.5, 85, 85]
    assert book.log(as_of=1).sets["load_kg"].sort().to_list() == [60, 60, 62.5]


def test_a_set_deleted_in_the_app_goes_and_an_older_export_does_not_bring_it_back(
    book: Logbook, tmp_path: Path
) -> None:
    old = MONDAY.format(n=1, kg=60, reps=6) + MONDAY.format(n=2, kg=60, reps=6)
    new = MONDAY.format(n=1, kg=60, reps=6) + FRIDAY.format(n=1, kg=62.5, reps=6)
    book.add(reading(tmp_path, old), "old.csv")
    assert book.add(reading(tmp_path, new), "new.csv").gone == 1
    assert book.log().sets.height == 2
    book.add(reading(tmp_path, old + "\n"), "old again.csv")
    assert book.log().sets.height == 2
    assert book.log(as_of=1).sets.height == 2


@pytest.mark.parametrize("order", [("old", "new"), ("new", "old")])
def test_overlapping_exports_in_either_order_give_the_newer_state(
    book: Logbook, tmp_path: Path, order: tuple[str, str]
) -> None:
    texts = {
        "old": MONDAY.format(n=1, kg=50, reps=6) + MONDAY.format(n=2, kg=60, reps=6),
        "new": three_sets().replace("5 17", "5 17"),
    }
    for name in order:
        book.add(reading(tmp_path, texts[name]), f"{name}.csv")
    assert book.log().sets["load_kg"].sort().to_list() == [60, 60, 62.5]


def test_athletes_do_not_see_each_other(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "ada.csv")
    book.add(reading(tmp_path, three_sets(kg=99), athlete="Bo"), "bo.csv")
    log = book.log(athlete="Ada")
    assert log.sets["load_kg"].max() == 62.5
    assert log.imports["file"].to_list() == ["ada.csv"]
    assert log.athletes["athlete"].to_list() == ["Ada"]
    with pytest.raises(KeyError, match="it has: Ada, Bo"):
        book.log(athlete="Cy")


def test_a_failing_import_leaves_nothing_behind(book: Logbook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book.add(reading(tmp_path, three_sets()), "a.csv")

    def broken(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(_write, "_audit", broken)
    with pytest.raises(RuntimeError, match="disk full"):
        book.add(reading(tmp_path, three_sets(kg=85)), "b.csv")
    assert book.sequence() == 1
    assert book.log().sets["load_kg"].max() == 62.5


def test_an_unknown_state_and_a_missing_logbook_are_named(book: Logbook, tmp_path: Path) -> None:
    with pytest.raises(LogbookProblem, match="make one with: stridelift import"):
        book.log()
    book.add(reading(tmp_path, three_sets()), "a.csv")
    with pytest.raises(LogbookProblem, match="imports 1 to 1"):
        book.log(as_of=2)
    (tmp_path / "other.duckdb").write_bytes(b"\x89PNG" * 2000)
    with pytest.raises(LogbookProblem, match="not a logbook that can be opened"):
        Logbook(tmp_path / "other.duckdb").log()
    with duckdb.connect(str(tmp_path / "foreign.duckdb")) as con:
        con.execute("CREATE TABLE orders (n INTEGER)")
    with pytest.raises(LogbookProblem, match="not a logbook of stridelift"):
        Logbook(tmp_path / "foreign.duckdb").log()


def _hold(path: str, seconds: float) -> None:
    con = duckdb.connect(path)
    Path(f"{path}.held").touch()
    time.sleep(seconds)
    con.close()


@pytest.mark.parametrize(("held_s", "waits_s", "goes_on"), [(1.0, 20.0, True), (20.0, 0.3, False)])
def test_a_second_import_waits_then_goes_on_or_names_the_holder(
    tmp_path: Path, held_s: float, waits_s: float, goes_on: bool
) -> None:
    book = Logbook(tmp_path / "training.duckdb", wait_s=waits_s)
    book.add(reading(tmp_path, three_sets()), "a.csv")
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(str(book.path), held_s))
    holder.start()
    try:
        while not Path(f"{book.path}.held").exists():
            assert holder.is_alive()
            time.sleep(0.02)
        if goes_on:
            assert book.add(reading(tmp_path, three_sets(kg=85)), "b.csv").revised == 2
        else:
            with pytest.raises(LogbookProblem, match=f"PID {holder.pid}"):
                book.add(reading(tmp_path, three_sets(kg=85)), "b.csv")
    finally:
        holder.kill()
        holder.join()


def test_a_log_is_a_function_of_its_sequence(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "a.csv")
    first = book.log()
    book.add(reading(tmp_path, three_sets(kg=85)), "b.csv")
    again = book.log(as_of=1)
    assert again.digest == first.digest != book.log().digest
    assert again.sets.equals(first.sets)


def test_only_and_between_select_rows(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, three_sets()), "a.csv")
    log = book.log().only("Ada")
    day = log.sets["date"].min()
    assert log.between(day, day).sets.height == 2  # type: ignore[arg-type]  # a Date column's minimum is a date
    assert set(log.to_pandas()) >= {"sets", "trials", "rejected"}
    with pytest.raises(KeyError, match="it has: Ada"):
        log.only("Bo")


def test_refused_rows_are_kept_with_line_text_and_reason(book: Logbook, tmp_path: Path) -> None:
    receipt = book.add(reading(tmp_path, three_sets() + MONDAY.format(n=3, kg=60, reps=877777)), "a.csv")
    row = book.log().rejected.row(0, named=True)
    assert receipt.rejected == 1
    assert row["source_row"] == 5
    assert "877777" in row["raw"]
    assert "reps" in row["reason"]


def test_public_names_are_few() -> None:
    assert logbook.__all__ == ["Log", "Logbook", "LogbookProblem", "Receipt"]


def day(date: str, kg: float = 60) -> str:
    return f'{date} 17:00:00,"Gym",1h,"Squat (Barbell)",1,{kg},6,0,0,"","",8\n'


def test_a_gap_between_two_exports_is_filled(book: Logbook, tmp_path: Path) -> None:
    for date in ("2015-03-02", "2024-03-04", "2019-03-04"):
        receipt = book.add(reading(tmp_path, day(date)), f"{date}.csv")
        assert (receipt.loaded, receipt.kept_back) == (1, 0)
    assert book.log().sets.height == 3


def test_rows_kept_back_are_counted_said_and_can_be_forced(book: Logbook, tmp_path: Path) -> None:
    book.add(reading(tmp_path, day("2024-03-04") + day("2024-03-06") + day("2024-03-08")), "long.csv")
    shorter = day("2024-03-04", kg=70) + day("2024-03-06")  # the last workout deleted, one weight edited
    kept = book.add(reading(tmp_path, shorter), "shorter.csv")
    assert (kept.loaded, kept.kept_back, kept.unchanged, kept.gone) == (0, 1, 1, 0)
    assert kept.read == kept.loaded + kept.attached + kept.ignored + kept.rejected
    assert "--newest" in kept.notices[0]
    forced = book.add(reading(tmp_path, shorter), "shorter.csv", newest=True)
    assert (forced.revised, forced.gone) == (1, 1)
    assert book.log().sets["load_kg"].to_list() == [60, 70]


def test_an_edit_that_is_taken_back_is_taken_back(book: Logbook, tmp_path: Path) -> None:
    for kg in (60, 133, 60):
        book.add(reading(tmp_path, day("2024-03-04", kg=kg)), f"{kg}.csv")
        assert book.log().sets["load_kg"].to_list() == [kg]


def test_refused_rows_stand_until_a_newer_export_of_the_app(book: Logbook, tmp_path: Path) -> None:
    bad = day("2024-03-06").replace(",6,", ",877777,")
    for more in ("", day("2024-03-08"), day("2024-03-08") + day("2024-03-11")):
        book.add(reading(tmp_path, day("2024-03-04") + bad + more), "monthly.csv")
        assert book.log().rejected.height == 1
    book.add(reading(tmp_path, day("2024-03-04") + day("2024-03-06") + day("2024-03-12")), "corrected.csv")
    assert book.log().rejected.is_empty()
    assert book.log(as_of=1).rejected.height == 1


def test_streams_are_kept_packed_and_unpacked_on_demand(book: Logbook, tmp_path: Path) -> None:
    points = "".join(
        f'<trkpt lat="45.0" lon="9.0"><ele>{100 + s}</ele><time>2026-03-02T06:00:{s:02}Z</time></trkpt>'
        for s in range(5)
    )
    gpx = '<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="t"><trk><name>Run</name><type>running'
    (tmp_path / "run.gpx").write_text(f"{gpx}</type><trkseg>{points}</trkseg></trk></gpx>")
    book.add(importers.read(tmp_path / "run.gpx", Context(athlete="Ada", tz="+01:00")), "run.gpx")
    (session,) = book.log().sessions["session_id"]
    samples = book.samples([session, "unknown"])
    assert samples["t_s"].to_list() == [0, 1, 2, 3, 4]
    assert samples["altitude_m"].to_list() == [100, 101, 102, 103, 104]
    assert samples["power_w"].is_null().all()
    assert book.samples([]).is_empty()
    assert samples["session_id"].unique().to_list() == [session]
