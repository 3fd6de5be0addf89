"""What `stridelift plan` does: the next block as a table, a sheet, a workbook or a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import polars as pl
import typer

from analysis import _cli_io, importers
from analysis._cli_io import EXIT_NOTHING, say
from analysis.importers import Context, ImportProblem

if TYPE_CHECKING:  # the statistics behind a plan are imported where one is made
    from analysis.guidance.plan import Plan

DEFAULT_LOGBOOK: Final = Path("training.duckdb")


class PlanFormat(StrEnum):
    """How a plan is written."""

    table = "table"
    csv = "csv"
    xlsx = "xlsx"
    ics = "ics"


_BY_NAME: Final = {
    "": PlanFormat.table,
    "txt": PlanFormat.table,
    "csv": PlanFormat.csv,
    "xlsx": PlanFormat.xlsx,
    "ics": PlanFormat.ics,
}


def plan(
    context: typer.Context,
    athlete: Annotated[str, typer.Option(help="Whose plan.")],
    logbook: Annotated[
        Path, typer.Option("--logbook", envvar="STRIDELIFT_LOGBOOK", help="The logbook file.")
    ] = DEFAULT_LOGBOOK,
    block: Annotated[str, typer.Option(help="The block it follows (default: the latest).")] = "",
    start: Annotated[str, typer.Option(help="First day, such as 2026-04-06 (default: the Monday after).")] = "",
    weeks: Annotated[int | None, typer.Option(help="Weeks, the light one among them.")] = None,
    every: Annotated[int | None, typer.Option(help="Weeks from one step of the load to the next, 1 or 2.")] = None,
    plate_step: Annotated[
        float | None, typer.Option(help="Smallest step of a load in kg (default: as the log has it).")
    ] = None,
    days: Annotated[int | None, typer.Option(help="Gym days a week, 2 or 3.")] = None,
    affected: Annotated[
        list[str] | None,
        typer.Option(help="A movement pattern that loads a painful site (squat, hinge ...); repeat it."),
    ] = None,
    plan_format: Annotated[
        PlanFormat | None, typer.Option("--format", help="table, csv, xlsx or ics (default: by --out).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write (default: printed).")] = None,
    overrides: Annotated[
        Path | None, typer.Option(help="A plan sheet whose rows with a note that begins with coach: are kept.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,  # noqa: FBT002
) -> None:
    """Plan the next block: gym days among the runs, exercises, sets, repetitions, loads, and why.

    The coach's word is kept: begin the note of a changed row with `coach:`, and hand the sheet over with --overrides or
    import it; `coach: drop` takes a row out.

    Example: stridelift plan --athlete Ada

    Example: stridelift plan --athlete Ada --overrides ada-coach.csv --out ada.ics
    """
    from analysis.block import open_block
    from analysis.guidance import answer
    from analysis.guidance.plan import next_block

    chosen = _format(plan_format, out)
    kept, first = _kept(overrides, athlete, out), _day(start)
    asked = answer(open_block(logbook, athlete, block))
    found = next_block(
        asked, start=first, weeks=weeks, every=every, days=days, plates=plate_step,
        affected=tuple(affected or ()), overrides=kept,
    )  # fmt: skip
    _write(context, found, chosen, out, known_until=asked.block.end, force=force)
    if found.rows.is_empty():
        raise typer.Exit(EXIT_NOTHING)


def _write(
    context: typer.Context, found: Plan, chosen: PlanFormat, out: Path | None, *, known_until: dt.date, force: bool
) -> None:
    from analysis.guidance import _plan_files

    for line in found.conflicts if chosen is not PlanFormat.table or out else ():
        say(line)
    data: dict[str, Any] = _told(found)
    if out is None:
        text = str(found) if chosen is PlanFormat.table else ""
        text = _plan_files.csv(found).rstrip("\n") if chosen is PlanFormat.csv else text
        text = _plan_files.ics(found, known_until).decode().rstrip() if chosen is PlanFormat.ics else text
        _cli_io.emit(context, data, text.splitlines())
        return
    makers: dict[PlanFormat, Callable[[Plan], bytes]] = {
        PlanFormat.table: lambda _: f"{found}\n".encode(),
        PlanFormat.csv: lambda plan: _plan_files.csv(plan).encode(),
        PlanFormat.xlsx: _plan_files.xlsx,
        PlanFormat.ics: lambda plan: _plan_files.ics(plan, known_until),
    }
    written = makers[chosen](found)
    _cli_io.write_new(out, written, force=force)
    if chosen in (PlanFormat.csv, PlanFormat.xlsx):
        empty = "the sheet holds its header only: no session could be planned, for the reasons above"
        change = f"change what you like (notes that begin with coach: survive), then: stridelift import {out}"
        say(empty if found.rows.is_empty() else change)
    _cli_io.emit(context, data | {"file": str(out)}, [str(out)])


def _told(found: Plan) -> dict[str, Any]:
    """A plan for programs."""
    names = ("athlete", "block", "start", "end", "action", "lines", "conflicts", "retest")
    return {name: getattr(found, name) for name in names} | {"rows": found.rows.to_dicts()}


def _format(wanted: PlanFormat | None, out: Path | None) -> PlanFormat:
    ending = "" if out is None else out.suffix.lower().removeprefix(".")
    if wanted is None and ending not in _BY_NAME:
        came = f"{out} does not say how to write the plan"
        raise ImportProblem(came, "a name that ends in .csv, .xlsx, .ics or .txt", "rename it or add --format")
    chosen = wanted or _BY_NAME[ending]
    if chosen is PlanFormat.xlsx and out is None:
        raise ImportProblem("a workbook cannot be printed", "a file", "name one: --out plan.xlsx")
    return chosen


def _kept(sheet: Path | None, athlete: str, out: Path | None) -> pl.DataFrame | None:
    """The plan sheet with the coach's rows; a row that cannot be read is an error, because it would be lost."""
    from analysis.guidance._plan_kept import DROP

    if sheet is None:
        return None
    reading = importers.read(sheet, Context(athlete))
    if "plan" not in reading.tables:
        raise ImportProblem(f"{sheet} is read as {reading.vendor}", "a plan sheet", "see: stridelift template plan")
    if reading.n_rejected:
        row: Mapping[str, Any] = reading.rejected.row(0, named=True)
        came = f"{sheet}, line {row['source_row']}: {row['reason']}"
        raise ImportProblem(came, "a plan sheet whose every row can be read", "correct the line")
    rows = reading.tables["plan"]
    if out is not None and out.resolve() == sheet.resolve() and rows["notes"].str.contains(DROP).any():
        came = f"{sheet} holds rows with coach: drop, which a new plan leaves out"
        raise ImportProblem(came, "another file for the new plan", "name another --out")
    return rows


def _day(text: str) -> dt.date | None:
    from analysis.guidance.plan import PlanProblem

    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise PlanProblem(f"--start {text!r} is not a day; write it as 2026-04-06") from error
