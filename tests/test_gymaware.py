"""GymAware: one JSON object per line, deleted sets, the best repetition of a summary, the side in a name."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.importers import Context, ImportProblem, Reading, identify, read

Make = Callable[..., Reading]
AT = 1767630090.5  # 2026-01-05 16:21:30 UTC


def one(reference: int = 1, **more: Any) -> dict[str, Any]:
    about = {
        "reference": reference, "recorded": AT + 180 * reference, "modified": AT + 9999, "athleteReference": 12,
        "athleteName": "A One", "exerciseName": "Squat", "exerciseReference": 77, "activityName": "Lower Body Push",
        "deleted": False, "barWeight": 80.0, "athleteWeight": 62.5,
    }  # fmt: skip
    return about | more


def reps(*velocities: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"REPNUM": n, "Conc Mean Velocity": v} | more for n, v in enumerate(velocities, 1)]


@pytest.fixture
def cloud(tmp_path: Path) -> Make:
    def make(*sets: Any, context: Context | None = None, lines: bool = True) -> Reading:
        path = tmp_path / "reps.json"
        path.write_text("\n".join(map(json.dumps, sets)) + "\n" if lines else json.dumps(sets))
        assert identify(path) == "gymaware"
        reading = read(path, context or Context(athlete="ada"))
        assert reading.n_read == reading.n_loaded + reading.n_attached + reading.n_ignored + reading.n_rejected
        assert reading.tables["reps"]["rep_id"].is_unique().all()
        return reading

    return make


def test_a_line_is_a_set_and_its_repetitions_are_long_rows(cloud: Make) -> None:
    reading = cloud(one(1, reps=reps(0.61, 0.58)), one(2, reps=reps(0.55)))
    sets = reading.tables["sets"]
    assert sets.select("set_no", "reps", "load_kg").rows() == [(1, 2.0, 80.0), (2, 1.0, 80.0)]
    assert sets["started_utc"].cast(str).str.slice(0, 19).to_list() == ["2026-01-05 16:24:30", "2026-01-05 16:27:30"]
    assert reading.tables["reps"].select("set_no", "rep_no", "phase", "measure", "value").rows() == [
        (1, 1, "concentric", "mean_velocity_m_s", 0.61), (1, 2, "concentric", "mean_velocity_m_s", 0.58),
        (2, 1, "concentric", "mean_velocity_m_s", 0.55),
    ]  # fmt: skip
    assert reading.tables["sessions"].height == 1
    assert reading.variant == "reps"


def test_one_line_and_a_list_are_read_alike(cloud: Make) -> None:
    line, listed = cloud(one(reps=reps(0.6))), cloud(one(reps=reps(0.6)), lines=False)
    assert line.tables["reps"]["rep_id"].to_list() == listed.tables["reps"]["rep_id"].to_list()


def test_deleted_sets_and_earlier_versions_are_ignored(cloud: Make) -> None:
    sets = [one(1, reps=reps(0.6)), one(2, deleted=True, reps=reps(0.9)), one(3, reps=[]), one(1, reps=reps(0.62))]
    reading = cloud(*sets)
    assert reading.ignored.select("source_row", "reason").rows() == [
        (1, "earlier_version"), (2, "deleted"), (3, "no_repetition"),
    ]  # fmt: skip
    assert reading.tables["reps"]["value"].to_list() == [0.62]


def test_a_summary_is_the_best_repetition_and_not_the_mean(cloud: Make) -> None:
    reading = cloud(one(repCount=5, meanVelocity=0.61, peakVelocity=1.1, meanPower=480, height=0.5, dip=None))
    assert reading.tables["sets"]["reps"].item() == 5.0
    assert reading.tables["reps"].select("rep_no", "measure", "value", "method").rows() == [
        (1, "mean_velocity_m_s", 0.61, "best_rep"), (1, "peak_velocity_m_s", 1.1, "best_rep"),
        (1, "mean_power_w", 480.0, "best_rep"),
    ]  # fmt: skip
    assert "2 columns are not read: dip, height" in reading.notices
    assert reading.variant == "summaries"


def test_the_side_is_in_the_name_only(cloud: Make) -> None:
    names = ("Split Squat - Right", "Split Squat - Left", "Squat", "Left to Right Chop")
    reading = cloud(*(one(n, exerciseName=name, reps=reps(0.6)) for n, name in enumerate(names, 1)))
    assert reading.tables["sets"]["side"].to_list() == ["right", "left", None, None]
    assert reading.tables["reps"]["side"].to_list() == ["right", "left", None, None]


def test_labels_with_known_units_and_those_without(cloud: Make) -> None:
    more = {
        "Ecc Peak Velocity": 0.8, "Conc Peak Power": 900, "Peak Watts/kg": 14, "Conc Mean Force": 1200, "RFD": 5,
        "Conc Rep Duration": 0.7, "Height": 0.5, "Dip (m)": 0.4,
    }  # fmt: skip
    reading = cloud(one(reps=reps(0.6, **more)))
    found = {m: (p, v) for m, p, v in reading.tables["reps"].select("measure", "phase", "value").rows()}
    assert found == {
        "mean_velocity_m_s": ("concentric", 0.6), "peak_velocity_m_s": ("eccentric", 0.8),
        "peak_power_w": ("concentric", 900.0), "peak_power_w_kg": ("concentric", 14.0),
        "mean_force_n": ("concentric", 1200.0), "rfd_n_s": ("concentric", 5000.0),
        "rep_duration_s": ("concentric", 0.7), "dip_m": ("full", 0.4),
    }  # fmt: skip
    assert "1 column is not read: Height" in reading.notices


def test_the_day_is_utc_until_a_zone_is_named_and_ids_stay(cloud: Make) -> None:
    late = one(recorded=1767655800.0, reps=reps(0.6))  # 23:30 UTC
    utc, rome = cloud(late), cloud(late, context=Context(athlete="ada", tz="Europe/Rome"))
    assert [r.tables["sets"]["date"].item() for r in (utc, rome)] == [dt.date(2026, 1, 5), dt.date(2026, 1, 6)]
    assert utc.tables["sets"]["set_id"].to_list() == rome.tables["sets"]["set_id"].to_list()
    assert "--tz" in utc.notices[0]


def test_the_order_of_the_lines_does_not_matter(cloud: Make) -> None:
    sets = [one(1, reps=reps(0.6)), one(2, reps=reps(0.5)), one(3, exerciseName="Bench", reps=reps(0.4))]
    columns = ("set_id", "set_no", "block_no")
    assert (
        cloud(*sets).tables["sets"].select(columns).rows() == cloud(*sets[::-1]).tables["sets"].select(columns).rows()
    )


def test_several_athletes_keep_their_names(cloud: Make) -> None:
    reading = cloud(one(1, reps=reps(0.6)), one(2, athleteName="B Two", reps=reps(0.5)))
    assert reading.tables["sets"]["athlete"].to_list() == ["A One", "B Two"]
    assert reading.tables["sessions"].height == 2


def test_broken_sets_are_rejected_with_their_text(cloud: Make) -> None:
    reading = cloud(
        one(1, reps=reps(0.6)), one(2, reps=reps(61)), one(3, reps=reps("fast")), one(4, recorded=None, reps=reps(0.6))
    )
    fast, unread, undated = reading.rejected["reason"]
    assert fast == "rule broken: velocity between 0 and 6 m per s"
    assert unread == "Conc Mean Velocity 'fast' cannot be read"
    assert "date is missing" in undated
    assert '"reference":2' in reading.rejected["raw"][0]


def test_damage_and_nothing_but_deleted_sets_are_problems(cloud: Make, tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="no row could be loaded: deleted"):
        cloud(one(deleted=True, reps=reps(0.6)))
    path = tmp_path / "a.json"
    path.write_text(json.dumps(one(1, reps=reps(0.6))) + "\n" + json.dumps(one(2, reps=reps(0.6)))[:-8])
    with pytest.raises(ImportProblem, match="line 2"):
        read(path, Context(athlete="ada"))
