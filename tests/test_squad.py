"""The squad of a logbook: everybody listed, pseudonyms that tell nothing, health data out of reach."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis import guidance, sample_logbook
from analysis.estimate import Estimate
from analysis.guidance.squad_counts import HIDDEN, _rows
from analysis.logbook import Log, Logbook, LogbookProblem
from analysis.metrics import load_hard_sets, load_session_rpe, load_week, power_jump, strength_block_gain
from analysis.squad import KEY_FILE, Squad, SquadProblem, compare, described, funnel, open_squad
from analysis.squad._groups import NO_GROUP, OTHERS, read_groups, shown_groups
from analysis.squad._members import NO_LIFT
from analysis.squad._neutral import bare, neutral
from analysis.squad._pseudonyms import key_beside, pseudonyms_of

NAMES = ("Ada", "Bruno", "Chen", "Dora", "Emre", "Farah", "Goran", "Hana")


@pytest.fixture(scope="module")
def squad() -> Squad:
    return open_squad(sample_logbook())


@pytest.fixture
def book(tmp_path: Path) -> Logbook:
    return Logbook(shutil.copy(sample_logbook().path, tmp_path / "club.duckdb"))


# pseudonyms


def test_a_pseudonym_follows_neither_from_the_name_nor_from_the_alphabet() -> None:
    known = [(1, name) for name in NAMES]
    orders = [[pseudonyms_of(known, f"key {i}".encode())[name] for name in NAMES] for i in range(200)]
    firsts = [order.index(min(order)) for order in orders]
    assert max(firsts.count(place) for place in range(8)) < 50  # 25 expected
    assert len({order[0] for order in orders}) > 150
    assert all(len(set(order)) == 8 for order in orders)


def test_who_joins_later_changes_nobodys_pseudonym() -> None:
    many = [(1, f"name {i}") for i in range(400)]
    before = pseudonyms_of(many, b"key")
    after = pseudonyms_of([*reversed(many), *((2, f"newcomer {i}") for i in range(700))], b"key")
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 1100
    assert all(label.removeprefix("Athlete ").isdigit() for label in after.values())


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    logbook = tmp_path / "club.duckdb"
    first = key_beside(logbook)
    file = tmp_path / KEY_FILE
    assert (len(first), key_beside(logbook)) == (32, first)
    assert file.stat().st_mode & 0o077 == 0
    (tmp_path / "other").mkdir()
    assert key_beside(tmp_path / "other" / "club.duckdb") != first


def test_a_damaged_key_is_an_error_and_not_a_new_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.squad._pseudonyms._WAIT_S", 0.0)
    (tmp_path / KEY_FILE).write_text("12 34")
    with pytest.raises(LogbookProblem, match="no key for pseudonyms"):
        key_beside(tmp_path / "club.duckdb")
    assert (tmp_path / KEY_FILE).read_text() == "12 34"
    with pytest.raises(LogbookProblem, match="--names"):
        key_beside(tmp_path / "no folder" / "club.duckdb")


def test_the_same_logbook_gives_the_same_pseudonyms(book: Logbook) -> None:
    one, two = open_squad(book), open_squad(book.path)
    assert one.real_names == two.real_names
    assert sorted(one.real_names.values()) == list(NAMES)
    assert [m.shown for m in one.members] == sorted(one.real_names)
    book.path.with_name(KEY_FILE).unlink()
    assert open_squad(book).real_names != one.real_names


# who is in it


def test_everybody_is_listed_once_with_a_block(squad: Squad) -> None:
    assert len(squad.members) == len(squad.present) == 8
    assert squad.title == "Squad, 16 Feb 2026 to 29 Mar 2026"
    assert squad.roster.frame["athlete"].to_list() == [m.shown for m in squad.members]
    assert squad.roster.frame["sessions"].min() > 5  # type: ignore[operator]  # a count
    assert "Pseudonyms, not anonymity" in str(squad)
    for text in (str(squad), repr(squad), repr(squad.members), squad._repr_html_(), squad.roster._repr_html_()):
        assert not [name for name in NAMES if name in text]


def test_names_are_shown_only_when_asked_for() -> None:
    named = open_squad(sample_logbook(), pseudonyms=False)
    assert [m.shown for m in named.members] == list(NAMES)
    assert "names people" in str(named)


def test_athletes_without_the_block_stay_with_the_reason(book: Logbook, monkeypatch: pytest.MonkeyPatch) -> None:
    log = book.log()
    ada, bruno, chen = (pl.col("athlete") == name for name in NAMES[:3])
    last = log.sessions["date"].max()
    blocks = log.blocks.filter(~(ada & (pl.col("block") == "2")))
    shifted = pl.when(bruno & (pl.col("block") == "2")).then(pl.lit(last) + pl.duration(days=30))
    blocks = blocks.with_columns(shifted.otherwise("start").alias("start"))
    edited = {name: getattr(log, name).filter(~chen) for name in ("sessions", "sets", "trials")} | {"blocks": blocks}
    changed = Log(**{name: edited.get(name, value) for name, value in vars(log).items()})
    monkeypatch.setattr(Logbook, "log", lambda *_, **__: changed)
    squad = open_squad(book, block="2")
    reasons = {squad.real_names[m.shown]: m.reason for m in squad.members if m.reason}
    assert reasons == {"Ada": "NO_SUCH_BLOCK", "Bruno": "BLOCK_NOT_BEGUN", "Chen": "NO_DATA"}
    assert "of 3 nothing can be said" in str(squad)
    found = squad.each(load_hard_sets, "sets")
    assert [e.who for e in found] == [m.shown for m in squad.members]
    lost = [e for e in found if e.reason in reasons.values()]
    assert {(e.status, e.what, e.value) for e in lost} == {("refused", "Hard sets", None)}
    why = {"no block of this name is declared", "nothing was recorded", "the log ends before the block begins"}
    assert set(squad.roster.frame["missing"].drop_nulls()) == why


def test_days_asked_for_and_days_without_anything() -> None:
    early = open_squad(sample_logbook(), "2026-01-05", "2026-02-15")
    assert {m.block.start for m in early.members if m.block} == {dt.date(2026, 1, 5)}
    empty = open_squad(sample_logbook(), "2020-01-06", "2020-02-16")
    assert {m.reason for m in empty.members} == {"NOTHING_IN_BLOCK"}
    assert {e.status for e in empty.each(strength_block_gain, "sets")} == {"refused"}
    assert (empty.present, empty.common_lift) == ((), NO_LIFT)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"block": "9"}, "nobody has a block '9' to look at; declared blocks: 1, 2"),
        ({"block": "2", "start": "2026-01-05"}, "not both"),
        ({"start": "yesterday", "end": "2026-01-05"}, "is not a day"),
        ({"start": "2026-02-05", "end": "2026-01-05"}, "before the start"),
    ],
)
def test_a_question_that_cannot_be_asked_is_an_error(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        open_squad(sample_logbook(), **asked)


# each


def test_each_gives_what_the_athletes_own_page_gives(squad: Squad) -> None:
    found = {e.who: e for e in squad.each(strength_block_gain, "sets")}
    jumps = {e.who: e for e in squad.each(power_jump, "trials")}
    assert list(found) == [m.shown for m in squad.members]
    for m in squad.members:
        assert m.block is not None
        alone = strength_block_gain.estimate(m.block.sets, **m.block.span)
        jump = power_jump.estimate(m.block.trials, **m.block.span, te=squad.errors)
        assert (found[m.shown].value, found[m.shown].low, found[m.shown].reason) == (
            alone.value,
            alone.low,
            alone.reason,
        )
        assert (jumps[m.shown].value, jumps[m.shown].high) == (jump.value, jump.high)


def test_each_hands_in_what_a_metric_takes_by_name(squad: Squad) -> None:
    own = {m.shown: m.block for m in squad.members}
    for e in squad.each(load_session_rpe, "sessions"):
        block = own[e.who]
        assert block is not None
        assert dict(e.params)["days_without_record"] == block.days_without_record
    weeks = {e.who: e.value for e in squad.each(load_week, "sets")}
    for shown, block in own.items():
        assert block is not None
        frames: dict[str, Any] = {"calendar": block.log.calendar, "runs": block.runs, "sessions": block.sessions}
        given = load_week.estimate(block.sets, **block.span, **frames, days_without_record=block.days_without_record)
        assert weeks[shown] == given.value


def test_options_go_before_what_the_squad_knows(squad: Squad) -> None:
    start = dt.date(2026, 3, 2)
    assert {dict(e.params)["start"] for e in squad.each(load_hard_sets, "sets", start=start)} == {start}


@pytest.mark.parametrize("table", ["wellness", "complaints"])
def test_health_data_cannot_be_reached(squad: Squad, table: str) -> None:
    with pytest.raises(SquadProblem, match="stay on the athlete's own page"):
        squad.each(load_hard_sets, table)
    with pytest.raises(SquadProblem, match="stay on the athlete's own page"):
        squad.each(load_hard_sets, "sets", start=dt.date(2026, 3, 2), **{table: None})  # type: ignore[arg-type]


def test_a_metric_that_would_take_health_data_does_not_get_it(squad: Squad) -> None:
    seen = []

    def nosy(sets: pl.DataFrame, *, who: str = "", wellness: Any = None, complaints: Any = None) -> Estimate:
        seen.append((wellness, complaints, sets["athlete"].unique().to_list() == [who]))
        return Estimate("nosy", who, 1.0)

    assert len(squad.each(nosy, "sets")) == 8
    assert set(map(str, seen)) == {"(None, None, True)"}


def test_an_unknown_table_is_named(squad: Squad) -> None:
    with pytest.raises(SquadProblem, match="no table 'reps'; it has sets, sessions"):
        squad.each(load_hard_sets, "reps")


def test_no_word_of_anybody_is_in_a_frame_or_a_result(squad: Squad) -> None:
    for m in squad.members:
        for table in ("sets", "sessions", "trials", "runs", "splits", "calendar"):
            text = m.frame(table).write_csv()
            assert not [name for name in NAMES if name in text], table
    for metric, table in ((strength_block_gain, "sets"), (power_jump, "trials"), (load_week, "sets")):
        for e in squad.each(metric, table):
            for one in (e, *e.parts):
                assert (one.notes, one.points, one.draw) == ((), None, None)
            assert not [name for name in NAMES if name in repr(e)]


def test_what_is_left_of_a_frame_and_of_a_result() -> None:
    frame = pl.DataFrame({
        "athlete": ["Ada"] * 3, "set_id": ["Ada|a", "Ada|special|1", "Ada|b"], "notes": ["knee"] * 3,
        "session_id": ["Ada|strong|1", "Ada|strong|1", "other"],
        "title": ["Deload week", "with Bruno", None], "exercise_raw": ["Squat", "Ada special", "Zott"],
        "exercise": ["back_squat", None, None], "device": ["mat"] * 3,
    })  # fmt: skip
    left = neutral(frame, "Ada", "Athlete 417").to_dict(as_series=False)
    assert left["exercise_raw"] == ["back_squat", "own exercise 1", "own exercise 2"]
    assert left["title"] == ["deload", None, None]
    assert (left["notes"], left["device"]) == ([None] * 3, ["mat"] * 3)
    assert left["set_id"] == ["Athlete 417|0000001", "Athlete 417|0000003", "Athlete 417|0000002"]
    assert left["session_id"] == ["Athlete 417|strong|1", "Athlete 417|strong|1", "Athlete 417|other"]
    part = Estimate("part", notes=("Device: Ada's mat",))
    params = (("device", "Ada's mat"), ("end", dt.date(2026, 1, 1)), ("equation", "epley"), ("te", 0.06))
    kept = bare(Estimate("whole", "A", 1.0, notes=("x",), points=frame, parts=(part,), params=params))
    assert (kept.notes, kept.points, kept.parts[0].notes) == ((), None, ())
    assert kept.params == (("end", dt.date(2026, 1, 1)), ("equation", "epley"), ("te", 0.06))


# groups and body mass


def sheet(folder: Path, text: str) -> Path:
    (folder / "groups.csv").write_text(text)
    return folder / "groups.csv"


def test_groups_of_a_sheet_by_shown_name(tmp_path: Path) -> None:
    path = sheet(tmp_path, "athlete,group\nAda,800 m\nBruno, 800 m \nChen,\n")
    named = open_squad(sample_logbook(), pseudonyms=False, groups=str(path))
    assert named.groups["Bruno"] == named.groups["Ada"] == "800 m"
    assert named.groups["Chen"] == named.groups["Hana"] == NO_GROUP
    hidden = open_squad(sample_logbook(), groups=str(path))
    assert hidden.groups == {}
    assert "fewer than 5" in str(hidden)


@pytest.mark.parametrize("sizes", [(a, b, c) for a in range(1, 9, 2) for b in (2, 5, 7) for c in (4, 6)])
def test_no_shown_group_is_small_and_none_follows_from_the_rest(sizes: tuple[int, ...]) -> None:
    groups = {f"{g}{i}": f"g{g}" for g, n in enumerate(sizes) for i in range(n)}
    found, notes = shown_groups(groups)
    shown = list(found.values())
    assert all(shown.count(label) >= 5 for label in shown)
    assert bool(notes) == (min(sizes) < 5)
    joined = {groups[who] for who, label in found.items() if label == OTHERS}
    assert len(joined) != 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("athlete,team\nAda,x\n", "no column group; it has athlete, team"),
        ("athlete,group\nZoe,x\n", "no athlete 'Zoe'"),
        ("", "columns athlete and group"),
    ],
)
def test_a_wrong_sheet_of_groups_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SquadProblem, match=said):
        read_groups(sheet(tmp_path, text), NAMES)
    with pytest.raises(SquadProblem, match="columns athlete and group"):
        read_groups(tmp_path / "none.csv", NAMES)


def test_body_mass_is_the_latest_known_one(squad: Squad) -> None:
    for m in squad.members:
        assert m.block is not None
        noted = m.block.log.wellness.filter(pl.col("item") == "body_mass_kg", pl.col("date") <= m.block.end).sort(
            "date"
        )
        expected = float(noted["value"][-1]) if noted.height else None
        assert squad.body_mass[m.shown] == expected


def test_the_common_lift_is_one_that_most_athletes_rated(squad: Squad) -> None:
    assert squad.common_lift == "back_squat"


# what is listed, and what is counted


def test_sums_are_described_and_neither_shrunk_nor_ranked(squad: Squad) -> None:
    found = described(squad.each(load_session_rpe, "sessions", part="mean week of the block"), what="Load")
    known = sorted(p.value for p in found.parts if p.value is not None)
    assert (found.low, found.high, found.n, found.level) == (known[0], known[-1], len(known), None)
    assert found.value == pytest.approx(np.median(known))
    assert len(found.parts) == 8
    assert [p.who for p in found.parts][: len(known)] == [
        e.who for e in sorted((p for p in found.parts if p.ok), key=lambda p: -(p.value or 0))]  # fmt: skip
    assert all(p.reason for p in found.parts if not p.ok)
    assert found.chart().to_dict()["params"][0]["name"] == "athlete"


def test_the_order_of_the_athletes_does_not_change_a_description(squad: Squad) -> None:
    asked = squad.each(load_hard_sets, "sets")
    one, two = described(asked), described(asked[::-1])
    assert one == two
    assert one.points is not None
    assert one.points.equals(two.points)  # type: ignore[arg-type]  # a frame, as above


def test_nothing_to_describe_is_refused_with_the_shared_reason() -> None:
    lost = [Estimate("Sets", who, status="refused", reason="NO_DATA") for who in "AB"]
    found = described(lost)
    assert (found.status, found.reason, found.value, len(found.parts)) == ("refused", "NO_DATA", None, 2)
    assert found.chart() is None
    assert described([]).reason == "NO_DATA"


def test_a_part_that_a_refused_result_lacks_keeps_its_reason(squad: Squad) -> None:
    found = squad.each(load_session_rpe, "sessions", part="mean week of the block", start=dt.date(2020, 1, 6),
                       end=dt.date(2020, 2, 16))  # fmt: skip
    assert {(e.what, e.reason) for e in found} == {("mean week of the block", "NO_DATA")}
    with pytest.raises(KeyError, match="has no part 'mean day'"):
        squad.each(load_hard_sets, "sets", part="mean day")


def test_who_has_no_number_is_listed_with_the_question(squad: Squad) -> None:
    strength = compare(squad.each(strength_block_gain, "sets"))
    jump = compare(squad.each(power_jump, "trials"))
    table = squad.missing(strength, jump).frame
    dora = next(shown for shown, name in squad.real_names.items() if name == "Dora")
    assert table.select("athlete", "question").rows() == [(dora, "e1RM gain back squat")]
    assert "no effort rating" in table["why"][0]
    assert squad.missing(jump)._repr_html_() == "<p>Everybody has a number for every question.</p>"
    empty = open_squad(sample_logbook(), "2020-01-06", "2020-02-16")
    told = empty.missing(compare(empty.each(strength_block_gain, "sets"))).frame
    assert told["question"].to_list() == ["every question"] * 8


def test_decisions_are_told_by_count_and_small_counts_are_hidden(squad: Squad) -> None:
    rows = guidance.squad_counts(squad).frame.rows()
    assert {question for question, _, _ in rows} == {
        "What next?", "Emphasis of the next block", "Change of the block's main test"}  # fmt: skip
    assert all(int(count) >= 5 for _, _, count in rows if count.isdigit())
    assert "fewer than 5" in str(rows)
    text = str(rows)
    assert not [word for word in (*NAMES, *squad.real_names) if word in text]


@pytest.mark.parametrize("seed", range(40))
def test_no_count_of_decisions_tells_on_fewer_than_five(seed: int) -> None:
    rng = np.random.default_rng(seed)
    possible = [f"answer_{i}" for i in range(4)]
    found = rng.choice(possible, size=rng.integers(1, 40), p=rng.dirichlet(np.ones(4) / 2)).tolist()
    rows = _rows("What?", possible, found)
    shown = {answer: int(count) for _, answer, count in rows if count.isdigit() and answer != "all"}
    rest = len(found) - sum(shown.values())
    assert all(n >= 5 for n in shown.values())
    assert not shown or rest >= 5 or (rest == 0 and len(shown) == 4)
    assert (rows[-1] == ("What?", "all", str(len(found)))) == bool(shown)
    assert shown or [answer for _, answer, _ in rows] == ["each answer"]


def test_large_counts_are_shown_with_their_total() -> None:
    rows = _rows("What?", ["hold", "deload", "progress"], ["hold"] * 9 + ["deload"] * 4 + ["progress"] * 2)
    assert rows == [("What?", "hold", "9"), ("What?", "deload, progress", HIDDEN), ("What?", "all", "15")]
    assert _rows("What?", ["hold", "deload"], ["hold"] * 9) == [("What?", "each answer", HIDDEN)]


@pytest.mark.parametrize("n", range(1, 9))
def test_a_smaller_squad_says_less(squad: Squad, n: int) -> None:
    few = replace(squad, members=squad.members[:n])
    assert ("everybody can be recognised" in str(few)) == (n < 5)
    assert "Pseudonyms, not anonymity" in str(few)
    found = compare(few.each(power_jump, "trials"))
    assert found.points is not None
    assert (found.points["percentile"].null_count() < n) == (n >= 8)
    assert (found.points["rank"].null_count() < n) == (n >= 4)
    assert (funnel(found).reason is None) == (n >= 8)
    counts = guidance.squad_counts(few).frame if n in (1, 4) else None
    assert counts is None or set(counts["answer"]) == {"each answer"}
