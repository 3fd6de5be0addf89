"""The rows of a file after judgement: each is loaded, attached, ignored or rejected, and the sum is checked."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from analysis.importers._problem import ImportProblem
from analysis.importers._raw import Raw, Reading, refusals
from analysis.importers._text import Source
from analysis.tables import FACTS, Rejected, judge

_PAST_ONLY: Final = ("sets", "sessions", "trials")  # blocks are planned ahead
_GRACE: Final = timedelta(days=2)  # other time zones, and a clock that is a little slow
_UNREAD: Final = re.compile(r"(\w+) (?:'.*?' cannot be read|is missing)|has \d+ fields?, the header has \d+")


def judged(vendor: str, source: Source, raw: Raw) -> Reading:
    """Cast and judge the tables of a file; raises ImportProblem where less than half of its rows can be read."""
    good, bad = _judge_rows(raw)
    bad = pl.concat([raw.refused, bad]).sort("source_row")
    _enough_was_read(source.name, raw, bad)
    n_rejected, n_ignored, n_attached = bad.height, raw.ignored.height, len(raw.attached)
    n_loaded = good[raw.primary].height
    if raw.n_read != n_loaded + n_attached + n_ignored + n_rejected:
        sums = f"{n_loaded} loaded + {n_attached} attached + {n_ignored} ignored + {n_rejected} rejected"
        raise ImportProblem(f"{source.name}: {raw.n_read} rows read but {sums}", "equal sums", "report this file")
    if n_loaded == 0:
        raise _nothing_loaded(source.name, raw, bad)
    facts = good[raw.primary]
    athletes = facts["athlete"].unique().to_list() if "athlete" in facts.columns else []
    return Reading(
        vendor=vendor,
        variant=raw.variant,
        athlete=athletes[0] if len(athletes) == 1 else None,
        decisions=raw.decisions,
        tables=good,
        rejected=_with_text(raw, _whose(raw, bad)).select(Rejected.column_names()),
        ignored=_with_text(raw, raw.ignored.sort("source_row")).select("source_row", "reason", "raw"),
        n_read=raw.n_read,
        n_loaded=n_loaded,
        n_attached=n_attached,
        n_ignored=n_ignored,
        n_rejected=n_rejected,
        sha256=hashlib.sha256(source.data).hexdigest(),
        data=source.data,
        notices=(*_encoding_notice(source), *raw.notices),
    )


def _judge_rows(raw: Raw) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    text = raw.tables[raw.primary]
    if raw.refused.height:
        text = text.filter(~pl.col("source_row").is_in(raw.refused["source_row"].implode()))
    good, bad = judge(raw.primary, text)
    good, late = _not_in_the_future(raw.primary, good)
    good, twice = _first_of_each(good, FACTS[raw.primary][1])
    tables = {raw.primary: good}
    bad = pl.concat([refusals(bad), late, twice])
    if "sessions" in raw.tables:
        sessions = raw.tables["sessions"]
        judged_sessions, why = judge("sessions", sessions)
        tables["sessions"], late = _not_in_the_future("sessions", judged_sessions)
        why = pl.concat([refusals(why), late])
        if why.height:
            lost = sessions.join(why, on="source_row").select("session_id", "reason")
            said = pl.format("its session cannot be read: {}", "reason").alias("reason")
            bad = pl.concat([bad, refusals(good.join(lost, on="session_id").with_columns(said))])
            tables[raw.primary] = good.join(lost, on="session_id", how="anti", maintain_order="left")
    return tables, bad


def _today() -> date:
    return datetime.now(UTC).date()


def _not_in_the_future(name: str, good: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What happened cannot lie ahead: the rows of a table of facts, and the refused rows with a later date."""
    if name not in _PAST_ONLY:
        return good, refusals()
    ahead = pl.col("date") > _today() + _GRACE
    said = pl.format("date {} is in the future", pl.col("date").cast(pl.String)).alias("reason")
    return good.filter(~ahead), refusals(good.filter(ahead).with_columns(said))


def _first_of_each(good: pl.DataFrame, key: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if not good[key].is_duplicated().any():
        return good, refusals()
    first = pl.col("source_row").min().over(key)
    again = good.with_columns(first.alias("first")).filter(pl.col("source_row") != pl.col("first"))
    said = again.with_columns(pl.format("says the same fact as line {}", "first").alias("reason"))
    return good.filter(pl.col("source_row") == first), refusals(said)


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


def _encoding_notice(source: Source) -> tuple[str, ...]:
    if source.encoding != "cp1252":
        return ()
    return ("read as Windows-1252 (not UTF-8): check names with accents",)


def _whose(raw: Raw, bad: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with the table, and with athlete and day where the row still tells them."""
    text = raw.tables[raw.primary].unique("source_row", keep="first")
    told = [
        pl.col(column) if column in text.columns else pl.lit(None, pl.String).alias(column)
        for column in ("athlete", "date")
    ]
    known = text.select(pl.col("source_row").cast(pl.Int64), *told).rename({"date": "day"})
    rows = bad.join(known, on="source_row", how="left", maintain_order="left")
    return rows.with_columns(pl.lit(raw.primary).alias("table"), pl.col("day").cast(pl.String).str.slice(0, 10))


def _with_text(raw: Raw, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.Series("raw", raw.records.raw(rows["source_row"]), dtype=pl.String))
