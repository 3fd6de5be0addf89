"""What `stridelift blocks` does: the declared blocks of an athlete, and those that her log suggests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from analysis import _cli_io, _cli_template, importers
from analysis._cli_io import say
from analysis.importers._numbers import counted
from analysis.logbook import Logbook

_KIND: Final = "blocks"
_TOLD: Final = ("block", "start", "end", "goal", "days_without_record")


def blocks(
    context: typer.Context,
    athlete: Annotated[str, typer.Option(help="Whose blocks.")],
    logbook: Annotated[Path, typer.Option("--logbook", envvar="STRIDELIFT_LOGBOOK", help="The logbook file.")] = Path(
        "training.duckdb"
    ),
    out: Annotated[
        Path | None, typer.Option(help="Write the proposed blocks as a sheet (CSV or XLSX) to edit.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,  # noqa: FBT002
) -> None:
    """List the declared blocks, and those that deload weeks, re-tests and gaps of the log suggest.

    --out writes the proposed ones that share no day with a declared block: edit them, then import the sheet.

    Example: stridelift blocks --athlete Ada

    Example: stridelift blocks --athlete Ada --out blocks.csv, then: stridelift import blocks.csv
    """
    from analysis.block import BlockProblem, proposals
    from analysis.block_proposals import undeclared

    log = Logbook(logbook).log(athlete=athlete)
    declared, found = log.blocks.select(_TOLD).sort("start", "block"), proposals(log)
    new = undeclared(found, declared)
    data: dict[str, Any] = {"athlete": athlete, "declared": declared.to_dicts()}
    data["proposed"] = [row | {"declared": row["block"] not in new["block"]} for row in found.to_dicts()]
    if out is None:
        _say(declared, found, new)
        _cli_io.emit(context, data, [*map(_declared, data["declared"]), *map(_proposed, data["proposed"])])
        return
    if new.is_empty():
        more = "every proposed block shares days with a declared one" if found.height else "the log is too short"
        raise BlockProblem(f"there is no proposed block to write for {athlete!r}: {more}")
    path, sheet = _cli_template.sheet(_KIND, _sheet(athlete, new), logbook, out, None)
    _cli_io.write_new(path, sheet, force=force)
    say(f"{counted(new.height, 'block')} written; edit names, days and goals, then: stridelift import {path}")
    _cli_io.emit(context, data | {"file": str(path)}, [str(path)])


def _say(declared: pl.DataFrame, found: pl.DataFrame, new: pl.DataFrame) -> None:
    if declared.is_empty():
        say("no block is declared")
    if found.is_empty():
        say("no block can be proposed: that takes sessions in two weeks, without a gap of more than 14 days between")
    elif new.height:
        say("proposed blocks are guesses: write them with --out blocks.csv, edit the sheet and import it")


def _declared(row: dict[str, Any]) -> str:
    goal = f"; goal {row['goal']}" if row["goal"] else ""
    return f"declared {row['block']}: {row['start']} to {row['end']}{goal}"


def _proposed(row: dict[str, Any]) -> str:
    already = "; declared already, at least in part" if row["declared"] else ""
    return f"proposed {row['block']}: {row['start']} to {row['end']}, {row['weeks']} weeks - {row['why']}{already}"


def _sheet(athlete: str, proposed: pl.DataFrame) -> str:
    """The proposals as our blocks sheet; what only the athlete knows is left empty, the reason stands in the notes."""
    header = importers.template(_KIND).split("\n", 1)[0].split(",")
    told = proposed.with_columns(pl.lit(athlete).alias("athlete"), pl.col("why").alias("notes"))
    return _cli_io.safe_csv(told.select(pl.col(c) if c in told.columns else pl.lit("").alias(c) for c in header))
