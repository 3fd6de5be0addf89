"""The fast way through a CSV text gives the same records as the `csv` module, or none at all."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import importers
from analysis.importers import Context, ImportProblem, _scan, _source
from analysis.importers._header import layout, table
from analysis.importers._scan import Scanned, scanned
from analysis.importers._source import from_bytes
from analysis.importers._text import Records, is_utf8, parse

BITS = [
    "a",
    "b" * 8,
    "c" * 13,
    "dé",
    "ï",
    "😀",
    "\u00a0",
    " ",
    "\t",
    "\v",
    "\x1f",
    '"',
    '""',
    ",",
    ";",
    "\n",
    "\r\n",
    "\r",
    "1",
]
loose = st.lists(st.sampled_from(BITS), max_size=40).map("".join)
field = st.one_of(st.sampled_from(["", "a", "60.5", "Squat (Barbell)", " ", "é" * 7]), loose)


@st.composite
def written(draw: st.DrawFn) -> str:
    """What a program writes: quoted where needed or everywhere, rows of one width but for a few."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(field, min_size=width, max_size=width), min_size=1, max_size=6))
    if draw(st.booleans()):
        rows.insert(draw(st.integers(0, len(rows))), draw(st.lists(field, max_size=5)))
    text = io.StringIO(newline="")
    eol, every = draw(st.sampled_from(["\n", "\r\n"])), draw(st.booleans())
    csv.writer(text, lineterminator=eol, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL).writerows(rows)
    made = draw(st.sampled_from(["", "\ufeff"])) + text.getvalue()
    return made.removesuffix(eol) if draw(st.booleans()) else made


def fields(records: Records | Scanned, i: int) -> list[str]:
    row = np.array([i])
    return [pl.select(records.column(at, row)).to_series()[0] for at in range(int(records.widths[i]))]


@settings(max_examples=400, deadline=None)
@given(st.one_of(loose, written()), st.sampled_from([",", ";", "\t"]))
@example('a,b\n"c\r\nd",""""\n', ",")
@example('""\n\n"a""b"\r\n', ",")
@example('a,"b"c\n', ",")
@example("a,b\n1,2", ",")
@example("\u00a0\u00a0\u00a0\u00a0,", ";")
def test_the_fast_way_and_the_csv_module_find_the_same_records(text: str, delimiter: str) -> None:
    data = text.encode()
    fast = scanned(data, delimiter) if is_utf8(data) else None
    if fast is None:
        return
    plain = parse("a.csv", text.removeprefix("\ufeff"), delimiter)
    assert fast.widths.tolist() == plain.widths
    assert fast.starts.tolist() == plain.starts
    assert (fast.blank, fast.ended) == (plain.blank, plain.ended)
    assert fast.lines.raw(plain.starts) == plain.raw(plain.starts)
    for i in range(len(plain.widths)):
        assert fields(fast, i) == fields(plain, i)


@settings(max_examples=200, deadline=None)
@given(written())
def test_a_table_is_the_same_either_way_refusals_included(text: str) -> None:
    columns = {"first": ("a",), "second": ("60.5", "Squat (Barbell)"), "third": ("b",)}

    def read(*, fast: bool) -> object:
        source = from_bytes("a.csv", ("a,60.5\n" + text.removeprefix("\ufeff")).encode())
        with pytest.MonkeyPatch.context() as patch:
            if not fast:
                patch.setattr(_source, "scanned", lambda *_: None)
            try:
                found = table(source, layout(source.head, columns), columns, ("first",))
            except ImportProblem as problem:
                return str(problem)
        return found.n_read, found.frame.rows(), found.refused.rows(), found.ignored.rows()

    assert read(fast=True) == read(fast=False)


def test_what_programs_write_goes_the_fast_way() -> None:
    assert scanned(b'a,b\n1,"x, ""y"""\n', ",") is not None
    assert scanned('\ufeffa,b\r\n1,"two\r\nlines"\r\n'.encode(), ",") is not None


@pytest.mark.parametrize(
    "text", ['a,b\n1,x"y\n', 'a,b\n1,"x"y\n', 'a,b\n1,"x', "a,b\r1,2\r", "a", f"a,b\n1,{'x' * 140_000}\n"]
)
def test_what_must_be_looked_at_with_care_does_not(text: str) -> None:
    assert scanned(text.encode(), ",") is None


def test_records_beyond_one_block_and_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_scan, "_BLOCK", 4)
    monkeypatch.setattr(_scan, "_CHUNK", 64)
    rows = [[str(i), "same", f"a text of some length {i}", 'say "no"', f"two\nlines {i % 3}"] for i in range(50)]
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerows(rows)
    fast = scanned(made.getvalue().encode(), ",")
    assert fast is not None
    for at in range(5):
        told = pl.select(pl.int_range(50).alias("n")).with_columns(fast.column(at, np.arange(50)).alias("x"))["x"]
        assert told.to_list() == [row[at] for row in rows]
    assert fast.starts.tolist() == list(range(1, 101, 2))


def test_an_export_is_read_the_same_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n"
    rows = [
        f'2024-05-0{day} 07:08:09,"Leg ""A""",1h,"{lift}",{n},{load},5,0,0,"a\nb","",8\n'
        for day in (1, 2)
        for lift in ("Squat (Barbell)", "Plank")
        for n, load in (("1", "60"), ("W", "heavy"), ("3", "62.5"))
    ]
    file = tmp_path / "strong.csv"
    file.write_text(head + "".join(rows) + "\nodd,row\n")
    fast = importers.read(file, Context(athlete="A", unit="kg"))
    monkeypatch.setattr(_source, "scanned", lambda *_: None)
    slow = importers.read(file, Context(athlete="A", unit="kg"))
    assert fast.n_rejected == 5
    assert all(fast.tables[name].equals(slow.tables[name]) for name in slow.tables)
    assert fast.rejected.equals(slow.rejected)
    assert fast.ignored.equals(slow.ignored)
