"""Which days a page covers, and what it may show of whom."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analysis import _sample, guidance, importers, my_logbook, open_block, sample_logbook
from analysis.block import BlockProblem, choose
from analysis.importers import Context
from analysis.logbook import Logbook


@pytest.fixture(scope="module")
def book() -> Logbook:
    return sample_logbook()


def test_the_latest_declared_block_unless_another_is_named(book: Logbook) -> None:
    latest, first = open_block(book, "Ada"), open_block(book, "Ada", "1")
    assert (latest.name, latest.goal, latest.declared) == ("2", "power", True)
    assert (first.start, first.end) == (dt.date(2026, 1, 5), dt.date(2026, 2, 15))
    assert first.sets["date"].max() <= first.end  # type: ignore[operator]  # a Date column's maximum is a date
    assert latest.strength_blocks_done == 1


def test_days_instead_of_a_block(book: Logbook) -> None:
    chosen = open_block(book, "Ada", start="2026-01-10", end="2026-02-01")
    assert (chosen.start, chosen.end, chosen.declared) == (dt.date(2026, 1, 10), dt.date(2026, 2, 1), False)
    assert "no block is declared" in str(chosen)


def test_without_blocks_the_latest_proposed_one_and_the_page_says_so(tmp_path: Path) -> None:
    files = {p.name: p for p in _sample.write_sample(tmp_path)}
    mine = Logbook(tmp_path / "mine.duckdb")
    mine.add(importers.read(files["emre.csv"], Context(athlete="Emre")), "emre.csv")
    chosen = open_block(mine, "Emre")
    assert (chosen.name, chosen.declared, chosen.start) == ("P2", False, dt.date(2026, 2, 16))
    assert chosen.end == chosen.log.sessions["date"].max()
    assert chosen.previous == (dt.date(2026, 1, 5), dt.date(2026, 2, 15))
    told = "no block is declared for these days; proposed: the log of the gym ends on 26 Mar 2026"
    assert f"Emre, proposed block P2, 16 Feb 2026 to 26 Mar 2026 - {told}; edit with: stridelift blocks" == str(chosen)
    assert open_block(mine, "Emre", "P1").title == "Emre, proposed block P1, 05 Jan 2026 to 15 Feb 2026"


def test_where_nothing_can_be_proposed_the_last_six_weeks_and_the_page_says_so(book: Logbook) -> None:
    log = book.log(athlete="Emre")
    none = {name: getattr(log, name).clear() for name in ("blocks", "trials")}
    short = dataclasses.replace(log, **none).between(dt.date(2026, 3, 23), dt.date(2026, 3, 28))
    chosen = choose(short, "Emre")
    assert (chosen.end - chosen.start).days == 41
    assert (chosen.name, chosen.previous) == ("the last six weeks", None)
    assert "so this page covers the last six weeks" in str(chosen)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"block": "7"}, "declared blocks: 1, 2"),
        ({"block": "1", "start": "2026-01-05"}, "not both"),
        ({"start": "2026-02-01", "end": "2026-01-01"}, "before the start"),
        ({"start": "1.2.2026", "end": "2026-01-01"}, "2026-03-01"),
    ],
)
def test_wrong_questions_name_what_there_is(book: Logbook, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(BlockProblem, match=said):
        open_block(book, "Ada", **asked)


def test_refused_rows_are_shown_to_their_own_athlete_only(book: Logbook) -> None:
    bruno, hana, ada = (open_block(book, name) for name in ("Bruno", "Hana", "Ada"))
    assert "877777" in bruno.rejected.frame["raw"][0]
    assert "stance time" in hana.rejected.frame["reason"][0]
    assert ada.rejected.frame.is_empty()
    assert ada.rejected._repr_html_() == "<p>No row of this block was refused.</p>"


def test_the_sum_rule_stands_on_the_page(book: Logbook) -> None:
    sums = open_block(book, "Bruno").inputs.frame
    assert (sums["read"] == sums["loaded"] + sums["attached"] + sums["ignored"] + sums["rejected"]).all()


def test_the_main_lift_is_a_compound_with_a_logged_load(book: Logbook) -> None:
    assert open_block(book, "Ada").main_lift == "back_squat"


def test_the_answer_names_rule_evidence_confidence_and_what_is_missing(book: Logbook) -> None:
    told = guidance.answer(open_block(book, "Farah"))
    assert told.decision.rule.id in str(told)
    assert told.decision.rule.evidence in str(told)
    assert str(told).startswith("Pain was not recorded")
    assert told.decision.confidence != "high"
    assert {rule for rule, _ in told.decision.skipped} == {"R1", "R2", "R3", "R4", "R6"}
    states = dict(told.considered().frame.select("rule", "state").iter_rows())
    assert states["R4"] == "not judged: needs a race marked as A race in the calendar"
    assert (states["R5"], states["R7"]) == ("does not hold", "holds (moderate confidence)")
    assert "was not completed (bent over row)" in str(told)
    assert list(states) == [rule.id for rule in guidance.table()]


def test_an_athlete_who_rates_nothing_gets_a_page_worth_having(book: Logbook) -> None:
    from analysis.metrics import load_patterns, strength_trend

    b = open_block(book, "Dora")
    told = guidance.answer(b)
    assert load_patterns.estimate(b.sets, **b.span).ok
    trend = strength_trend.estimate(b.sets, who="Dora", exercise=b.main_lift, end=b.end)
    assert (trend.status, trend.reason) == ("refused", "NO_EFFORT_RATING")
    assert trend.chart() is not None  # lower bounds as arrows
    advice = " ".join(told.record_next().frame["record"])
    assert "RPE" in advice
    assert "sRPE" in advice


def test_verdicts_use_the_squads_own_typical_error_without_its_data(book: Logbook) -> None:
    told = guidance.answer(open_block(book, "Ada"))
    assert told.errors
    assert all(error.points is None for error in told.errors)
    others = {"Bruno", "Chen", "Dora", "Emre", "Farah", "Goran", "Hana"}
    assert not [name for name in others if name in repr(told.errors)]
    assert any("own" in note or "squad" in note for note in told.primary.notes)


def test_a_changed_device_is_not_judged(book: Logbook) -> None:
    from analysis.metrics import running_sprint

    b = open_block(book, "Goran")
    assert running_sprint.estimate(b.trials, **b.span).reason in ("HAND_TIMED", "DEVICE_CHANGED")


def test_my_logbook_is_the_named_one_or_the_sample(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STRIDELIFT_LOGBOOK", raising=False)
    assert my_logbook() is sample_logbook()
    monkeypatch.setenv("STRIDELIFT_LOGBOOK", str(tmp_path / "mine.duckdb"))
    assert my_logbook().path == tmp_path / "mine.duckdb"


def test_a_past_state_gives_the_past_block(book: Logbook) -> None:
    assert open_block(book, "Ada", as_of=3).log.sequence == 3
    assert isinstance(open_block(book, "Ada").squad_trials, pl.DataFrame)


SHEET = "athlete,block,start,end,goal,primary_test,planned_hard_sets,days_without_record,notes\n"


def with_blocks(tmp_path: Path, *rows: str) -> Logbook:
    """Emre's log (to 26 March 2026) with blocks of his own."""
    files = {p.name: p for p in _sample.write_sample(tmp_path)}
    (tmp_path / "mine.csv").write_text(SHEET + "".join(f"Emre,{row}\n" for row in rows))
    book = Logbook(tmp_path / "emre.duckdb")
    book.add(importers.read(files["emre.csv"], Context(athlete="Emre")), "emre.csv")
    book.add(importers.read(tmp_path / "mine.csv", Context()), "mine.csv")
    return book


def test_a_block_that_is_still_running_is_judged_to_its_last_recorded_day(tmp_path: Path) -> None:
    running = open_block(with_blocks(tmp_path, "run,2026-03-16,2026-04-26,strength,,120,rest,"), "Emre")
    told = guidance.answer(running)
    assert (running.end, running.planned_end) == (dt.date(2026, 3, 26), dt.date(2026, 4, 26))
    assert "the log ends here" in str(running)
    assert "the plan is not judged" in str(told)
    assert "adherence" not in dict(told.facts)


def test_a_future_block_is_not_the_latest_and_cannot_be_asked_for(tmp_path: Path) -> None:
    book = with_blocks(
        tmp_path, "now,2026-02-16,2026-03-29,strength,,,rest,", "next,2026-06-01,2026-07-12,power,,,rest,"
    )
    assert open_block(book, "Emre").name == "now"
    with pytest.raises(BlockProblem, match="before the block starts"):
        open_block(book, "Emre", "next")


def test_unrated_sets_leave_adherence_open_instead_of_repeating_the_block(tmp_path: Path) -> None:
    b = open_block(with_blocks(tmp_path, "b,2026-02-16,2026-03-29,strength,,200,rest,"), "Emre")
    part = pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.col("rpe"))
    half = dataclasses.replace(b, log=dataclasses.replace(b.log, sets=b.log.sets.with_columns(part.alias("rpe"))))
    low, high = (getattr(guidance.answer(half).hard_sets, end) for end in ("low", "high"))
    assert low < high
    told = guidance.answer(dataclasses.replace(half, planned_hard_sets=round((low + high) / 2 / 0.8)))
    assert "adherence" not in dict(told.facts)
    assert " to " in told.lines()[0][1].split("%")[0]
    r8 = next(rule for rule in guidance.table() if rule.id == "R8")  # R7 comes first in this log
    assert r8.judge(dict(told.facts))[0] is None
    never = guidance.answer(dataclasses.replace(half, planned_hard_sets=round(2 * high)))
    assert r8.judge(dict(never.facts)) == (True, "moderate")


def test_no_rated_set_at_all_counts_as_none_for_sure_not_as_unknown(tmp_path: Path) -> None:
    b = open_block(with_blocks(tmp_path, "b,2026-02-16,2026-03-29,strength,,200,rest,"), "Emre")
    earlier = pl.when(pl.col("date") < b.start).then(pl.col("rpe"))
    bare = dataclasses.replace(b, log=dataclasses.replace(b.log, sets=b.log.sets.with_columns(earlier.alias("rpe"))))
    hard_sets = guidance.answer(bare).hard_sets
    assert hard_sets.low == 0
    assert hard_sets.value
    told = guidance.answer(dataclasses.replace(bare, planned_hard_sets=round(hard_sets.value)))
    assert "54 hard sets were planned, 0 to 344 % of them done" in told.lines()[0][1]
    assert "adherence" not in dict(told.facts)


def test_the_primary_test_follows_the_goal(tmp_path: Path) -> None:
    book = with_blocks(tmp_path, "b,2026-02-16,2026-03-29,finish,,,rest,")
    assert guidance.answer(open_block(book, "Emre")).primary.what.startswith("Sprint")


def test_two_apps_on_the_same_days_are_named_first(tmp_path: Path) -> None:
    files = {p.name: p for p in _sample.write_sample(tmp_path)}
    book = Logbook(tmp_path / "two.duckdb")
    book.add(importers.read(files["emre.csv"], Context(athlete="Emre")), "emre.csv")
    morning = tmp_path / "morning.csv"  # at another time of day, so that the sessions are not taken for the same
    morning.write_text(re.sub(r"(\d{4}-\d\d-\d\d) \d\d:", r"\1 06:", files["dora.csv"].read_text()))
    receipt = book.add(importers.read(morning, Context(athlete="Emre", unit="kg")), "morning.csv")
    assert "days hold sets from hevy and strong at different times: not linked, both count" in receipt.notices[-1]
    b = open_block(book, "Emre")
    assert b.doubled_days > 0
    assert f"{b.doubled_days} days hold sets from two apps" in str(guidance.answer(b))


def test_a_retest_shortly_after_the_block_belongs_to_it(book: Logbook) -> None:
    b = open_block(book, "Ada", start="2026-02-16", end="2026-03-20")
    assert b.trials["date"].max() == dt.date(2026, 3, 28)
    assert b.sets["date"].max() <= b.end  # type: ignore[operator]  # a Date column's maximum is a date


def test_the_answer_tells_what_the_body_said_and_what_is_not_known(book: Logbook) -> None:
    chen, ada, hana = (str(guidance.answer(open_block(book, name))) for name in ("Chen", "Ada", "Hana"))
    assert "Pain was not recorded. No domain of fatigue was recorded." in chen
    assert (
        "No pain of 2 or more in the last week. No persistent fatigue. Readiness green: no domain down of 4 known."
        in ada
    )
    assert "Pain persisted: have it looked at by a physiotherapist." in hana
    assert "Movements that load the site (achilles tendon): lunge, step, calf ankle, balance, plyo." in hana


def test_half_told_pain_is_no_pain_record(book: Logbook) -> None:
    block = open_block(book, "Ada")
    once = block.log.wellness.filter(pl.col("item") == "pain", pl.col("date") == block.end - dt.timedelta(days=1))
    told = guidance.answer(dataclasses.replace(block, log=dataclasses.replace(block.log, wellness=once)))
    assert "pain" not in dict(told.facts)
    assert told.warning().startswith("Pain was recorded on too few days, so the safety rules R1 and R2")
