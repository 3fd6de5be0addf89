"""The result type: no number without its context, no refusal without its reason, no hostile text as markup."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import polars as pl
import pytest

from analysis import _reasons, charts
from analysis.estimate import VERDICT_WORDS, Estimate, Verdict, each, params, refuse, to_frame
from analysis.frames import Table, html_table, number, pandas_door, to_pandas

HOSTILE = "<script>alert(1)</script>"


def total(frame: pl.DataFrame, *, who: str = "", least: int = 2) -> Estimate:
    """A toy metric that refuses small groups."""
    if frame.height < least:
        return refuse("total", "TOO_FEW_TESTS", who=who, n=frame.height)
    return Estimate("total", who, float(frame["x"].sum()), n=frame.height)


FRAME = pl.DataFrame({"athlete": ["B", "A", "A"], "x": [1.0, 2.0, 3.0]})


def test_nobody_vanishes_from_a_table() -> None:
    table = to_frame(each(total, FRAME))
    assert table["who"].to_list() == ["A", "B"]
    assert table["value"].to_list() == [5.0, None]
    assert table["reason"].to_list() == [None, "TOO_FEW_TESTS"]


def test_each_does_not_depend_on_the_order_of_rows_and_names_a_missing_column() -> None:
    assert each(total, FRAME) == each(total, FRAME.reverse())
    with pytest.raises(ValueError, match=r"no column 'team'.*athlete"):
        each(total, FRAME, by="team")


def test_pandas_in_pandas_out() -> None:
    frame = FRAME.to_pandas()
    assert each(total, frame) == each(total, FRAME)  # type: ignore[arg-type]  # the door takes pandas
    doubled = pandas_door(lambda f: f.with_columns(pl.col("x") * 2))
    assert isinstance(doubled(frame), pd.DataFrame)
    assert isinstance(doubled(FRAME), pl.DataFrame)
    assert to_pandas(FRAME)["x"].sum() == 6


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Estimate("x", value=1234.4, unit="kg", n=3), "x 1,234 kg (n = 3)"),
        (
            Estimate("x", value=5.0, low=4.0, high=7.0, level=None, unit="sets", n=5),
            "x 5 sets (between 4 and 7; n = 5)",
        ),
        (Estimate("x", value=1.0, unit="days", n=5), "x 1 day (n = 5)"),
        (Estimate("x", value=1.0, low=1.0, high=2.0, level=None, unit="weeks"), "x 1 week (between 1 and 2; n = 0)"),
        (Estimate("x", value=1.0, unit="us"), "x 1 us (n = 0)"),
        (Estimate("x", value=5.0, low=4.0, high=7.0, level=0.9, unit="s"), "x 5.00 s (90 % 4.00 to 7.00; n = 0)"),
        (Estimate("x", value=5.0, status="caution", reason="LONG_GAP"), "caution"),
        (Estimate("x", low=76.0, unit="kg", status="lower_bound_only", reason="NO_EFFORT_RATING"), "at least 76.0 kg"),
        (Estimate("x", low=31.0, unit="s", status="ceiling", reason="AT_CEILING"), "at least 31.00 s"),
        (refuse("x", "BLOCK_NOT_COVERED"), "not estimable: fewer than 4 rated sessions"),
        (Verdict("x", value=-2.0, unit="%", word="unclear"), "x -2.0 % (n = 0): unclear"),
    ],
)
def test_the_sentence(result: Estimate, said: str) -> None:
    assert said in str(result)


def test_a_refusal_shows_no_number_and_no_group_mean() -> None:
    row = refuse("x", "NO_DATA").row()
    assert (row["value"], row["low"], row["high"], row["status"]) == (None, None, None, "refused")


def test_every_reason_and_verdict_has_words_without_promises() -> None:
    for words in (*_reasons.REASONS.values(), *VERDICT_WORDS.values()):
        assert not {"significant", "responder", "proves", "will"} & set(words.lower().split())
    assert _reasons.in_words("SOMETHING_NEW") == "something new"
    assert "no change" not in VERDICT_WORDS["unclear"]


def test_hostile_text_is_escaped_everywhere() -> None:
    part = Estimate(HOSTILE, value=1.0, unit=HOSTILE)
    points = pl.DataFrame({"who": [HOSTILE]})
    shown = Estimate(HOSTILE, HOSTILE, 1.0, method=HOSTILE, notes=(HOSTILE,), parts=(part,), points=points).html()
    assert "<script" not in shown
    assert "<script" not in html_table(pl.DataFrame({HOSTILE: [HOSTILE]}), "t")
    assert "<script" not in Table(pl.DataFrame({"a": []}), "t", empty=HOSTILE)._repr_html_()


def test_long_tables_are_folded_not_cut() -> None:
    parts = tuple(Estimate(f"part {i}", value=1.0) for i in range(20))
    shown = Estimate("x", value=1.0, parts=parts).html()
    assert all(f"part {i}<" in shown for i in range(20))
    assert "8 more" in shown
    assert "and 3 more rows" in html_table(pl.DataFrame({"a": range(5)}), "t", rows=2)


def test_the_bundle_holds_sentence_table_and_chart_with_alt_text() -> None:
    points = pl.DataFrame({"day": [dt.date(2026, 1, 5)], "y": [1.23456789]})

    def draw(e: Any) -> Any:
        return charts.points(e.points, "day", "y", x_title="Day", y_title="y (kg)")

    bundle = Estimate("x", "Ada", 1.0, n=1, points=points, draw=draw)._repr_mimebundle_()
    spec = bundle[charts.MIME]
    assert set(bundle) == {charts.MIME, "text/html", "text/plain"}
    assert spec["description"] == "Ada: x 1 (n = 1)"
    assert spec["encoding"]["y"]["title"] == "y (kg)"
    assert next(iter(spec["datasets"].values()))[0]["y"] == 1.2346
    assert Estimate("x", value=1.0, points=points.clear(), draw=draw).chart() is None


def test_numbers_and_parameters() -> None:
    assert [number(v, "%") for v in (-0.04, 2.25, 1500.0)] == ["0.0", "2.2", "1,500"]
    assert params({"b": 1, "a": 2}) == (("a", 2), ("b", 1))
    with pytest.raises(KeyError, match="has no part 'y'"):
        Estimate("x", parts=(Estimate("z"),)).part("y")
