"""The rows of a file after judgement: each is loaded, attached, ignored or rejected, and the sum is checked."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from analysis.importers import _quotes
from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Raw, Reading, refusals
from analysis.importers._source import Source
from analysis.tables import FACTS, Rejected, judge

_AHEAD: Final = ("blocks", "plan", "calendar")  # what is planned; everything else has happened
_GRACE: Final = timedelta(days=2)  # other time zones, and a clock that is a little slow
_UNREAD: Final = re.compile(r"\b(\w+) (?:'.*?' cannot be read|is missing)|has \d+ fields?, the header has \d+")


def judged(vendor: str, source: Source, raw: Raw) -> Reading:
    """Cast and judge the tables of a file; raises ImportProblem where less than half of its rows can be read."""
    good, bad = _judge_rows(raw)
    bad = pl.concat([raw.refused, bad]).unique("source_row", keep="first", maintain_order=True).sort("source_row")
    _enough_was_read(source.name, raw, bad)
    n_rejected, n_ignored, n_attached = bad.height, raw.ignored.height, len(raw.attached)
    n_loaded = pl.concat([good[name]["source_row"] for name in raw.primary]).n_unique()
    if raw.n_read != n_loaded + n_attached + n_ignored + n_rejected:
        sums = f"{n_loaded} loaded + {n_attached} attached + {n_ignored} ignored + {n_rejected} rejected"
        raise ImportProblem(f"{source.name}: {raw.n_read} rows read but {sums}", "equal sums", "report this file")
    if n_loaded == 0:
        raise _nothing_loaded(source.name, raw, bad)
    athletes = _named(raw, good)
    return Reading(
        vendor=vendor,
        variant=raw.variant,
        athlete=athletes.pop() if len(athletes) == 1 else None,
        decisions=raw.decisions,
        tables=good,
        primary=raw.primary,
        rejected=_with_text(raw, _whose(raw, bad)).select(Rejected.column_names()),
        ignored=_with_text(raw, raw.ignored.sort("source_row")).select("source_row", "reason", "raw"),
        n_read=raw.n_read,
        n_loaded=n_loaded,
        n_attached=n_attached,
        n_ignored=n_ignored,
        n_rejected=n_rejected,
        sha256=source.sha256,
        data=source.original if source.path is None else None,
        notices=(*_read_as(source, raw), *raw.notices),
        whole=raw.whole,
    )


def _named(raw: Raw, good: dict[str, pl.DataFrame]) -> set[str]:
    """Every athlete whom the file names, those of refused rows too."""
    told = [frame["athlete"] for frame in (*raw.tables.values(), *good.values()) if "athlete" in frame.columns]
    return {name for names in told for name in names.unique() if name and name.strip()}


def _judge_rows(raw: Raw) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Every table judged. A row of the file is refused as a whole, with everything that was made of it."""
    good, bad = {}, []
    refused = raw.refused["source_row"]
    for name in (*raw.primary, *(other for other in raw.tables if other not in raw.primary)):
        text = raw.tables[name]
        if refused.len() and name in raw.primary:
            text = text.filter(~pl.col("source_row").cast(pl.Int64).is_in(refused.implode()))
        rows, why = judge(name, text)
        rows, late = _not_in_the_future(name, rows)
        if name in raw.primary:
            rows, twice = _first_of_each(rows, FACTS[name][1])
            bad.append(twice)
        good[name] = rows
        lost = pl.concat([refusals(why), late])
        bad += [_without_session(raw, good, lost), lost] if name == "sessions" and lost.height else [lost]
    why = pl.concat(bad).unique("source_row", keep="first", maintain_order=True)
    gone = pl.concat([refused, why["source_row"]]).unique()
    return (good if gone.is_empty() else _without(raw, good, gone)), why


def _without(raw: Raw, good: dict[str, pl.DataFrame], gone: pl.Series) -> dict[str, pl.DataFrame]:
    """The tables without the refused rows of the file and without what was made of nothing else.

    A session, and a set that repetitions make up, is made of many rows: it stays while one of them does.
    """
    refused = pl.col("source_row").is_in(gone.implode())
    kept = {name: rows.filter(~refused) for name, rows in good.items()}
    for parent, key in (("sets", "set_id"), ("sessions", "session_id")):
        if parent in good and parent not in raw.primary:
            children = [rows[key] for name, rows in kept.items() if name != parent and key in rows.columns]
            named = pl.col(key).is_in(pl.concat(children).unique().implode()) if children else pl.lit(value=False)
            kept[parent] = good[parent].filter(named | ~refused)
    if "sessions" in kept:
        known = pl.col("session_id").is_in(kept["sessions"]["session_id"].implode())
        derived = [name for name in kept if name not in raw.primary and "session_id" in kept[name].columns]
        kept |= {name: kept[name].filter(known) for name in derived}
    return kept


def _without_session(raw: Raw, good: dict[str, pl.DataFrame], lost: pl.DataFrame) -> pl.DataFrame:
    """The rows of the file whose session was refused."""
    sessions = raw.tables["sessions"].select(pl.col("source_row").cast(pl.Int64), "session_id")
    said = pl.format("its session cannot be read: {}", "reason").alias("reason")
    why = lost.join(sessions, on="source_row").select("session_id", said)
    frames = [good[n] for n in raw.primary if n != "sessions" and n in good and "session_id" in good[n].columns]
    return pl.concat([refusals(), *(refusals(rows.join(why, on="session_id")) for rows in frames)])


def _today() -> date:
    return datetime.now(UTC).date()


def _not_in_the_future(name: str, good: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What happened cannot lie ahead: the rows of a table of facts, and the refused rows with a later date."""
    if name in _AHEAD or "date" not in good.columns:
        return good, refusals()
    ahead = pl.col("date") > _today() + _GRACE
    said = pl.format("date {} is in the future", pl.col("date").cast(pl.String)).alias("reason")
    return good.filter(~ahead), refusals(good.filter(ahead).with_columns(said))


def _first_of_each(good: pl.DataFrame, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if good[key].hash().n_unique() == good.height or not good[key].is_duplicated().any():  # hashing is the cheap half
        return good, refusals()
    first = pl.col("source_row").min().over(key)
    again = good.with_columns(first.alias("first")).filter(pl.col("source_row") != pl.col("first"))
    said = again.with_columns(pl.format("says the same fact as line {}", "first").alias("reason"))
    return good.filter(pl.col("source_row") == first).unique(key, keep="first", maintain_order=True), refusals(said)


def _enough_was_read(file: str, raw: Raw, bad: pl.DataFrame) -> None:
    facts = raw.n_read - raw.ignored.height
    reasons = [found for reason in bad["reason"] if (found := _UNREAD.search(reason))]
    if 2 * len(reasons) <= facts:
        return
    commonest, n = Counter(found[1] or "fields" for found in reasons).most_common(1)[0]
    example = next(found[0] for found in reasons if (found[1] or "fields") == commonest)
    came = f"{file}: {len(reasons)} of {facts} rows cannot be read, {n} because of {commonest} (such as: {example})"
    raise ImportProblem(came, "at least half of the rows readable", "export again, or name another --vendor")


def _nothing_loaded(file: str, raw: Raw, bad: pl.DataFrame) -> ImportProblem:
    reasons = [*bad["reason"], *raw.ignored["reason"]]
    commonest, n = Counter(reasons).most_common(1)[0]
    came = f"{file}: no row could be loaded: {commonest} ({n} of {raw.n_read} rows)"
    return ImportProblem(came, "at least one row that can be loaded", "export again, or correct the rows")


def _read_as(source: Source, raw: Raw) -> tuple[str, ...]:
    """What was decided about the text as such: a guessed encoding, quotation marks that quote nothing."""
    marks = _quotes.notice(getattr(raw.records, "lone", ()))
    if source.kind != "text" or source.encoding != "cp1252":
        return marks
    return ("read as Windows-1252 (not UTF-8): check names with accents", *marks)


def _whose(raw: Raw, bad: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with the table, and with athlete and day where the row still tells them."""
    told = []
    for name in raw.primary:
        text = raw.tables[name]
        columns = [
            pl.col(column).cast(pl.String) if column in text.columns else pl.lit(None, pl.String).alias(column)
            for column in ("athlete", "date")
        ]
        row = pl.col("source_row").cast(pl.Int64)
        text = text.filter(row.is_in(bad["source_row"].implode()))
        told.append(text.select(row, pl.lit(name).alias("table"), *columns))
    known = pl.concat(told).unique("source_row", keep="first", maintain_order=True).rename({"date": "day"})
    rows = bad.join(known, on="source_row", how="left", maintain_order="left")
    return rows.with_columns(pl.col("table").fill_null(raw.primary[0]), pl.col("day").str.slice(0, 10))


def _with_text(raw: Raw, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.Series("raw", raw.records.raw(rows["source_row"]), dtype=pl.String))
