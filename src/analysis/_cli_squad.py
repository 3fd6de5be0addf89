"""What `stridelift squad` does: one page for everybody of a logbook, under pseudonyms unless names are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from analysis import _cli_io
from analysis._cli_io import EXIT_NOTHING, say


def squad(
    context: typer.Context,
    logbook: Annotated[Path, typer.Option("--logbook", envvar="STRIDELIFT_LOGBOOK", help="The logbook file.")] = Path(
        "training.duckdb"
    ),
    block: Annotated[str, typer.Option(help="A declared block (default: the latest of each athlete).")] = "",
    start: Annotated[str, typer.Option("--from", help="First day, such as 2026-01-05, instead of a block.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day, instead of a block.")] = "",
    as_of: Annotated[int, typer.Option(help="State after this import number (0: the last).")] = 0,
    names: Annotated[bool, typer.Option("--names", help="Show names instead of pseudonyms.")] = False,  # noqa: FBT002
    groups: Annotated[Path | None, typer.Option(help="CSV file with the columns athlete and group.")] = None,
    who: Annotated[  # noqa: FBT002
        bool, typer.Option("--who", help="Print who is behind which pseudonym, and make no page.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the page and its notebook.")] = Path("reports"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,  # noqa: FBT002
) -> None:
    """Make one page for the whole squad, under pseudonyms; the last line is the path of the page.

    A page of a block is made once: --force replaces it, and two versions side by side can give an athlete away.

    Example: stridelift squad --block 2

    Example: stridelift squad --from 2026-01-05 --to 2026-02-15 --groups groups.csv
    """
    if who and names:
        raise typer.BadParameter("--who tells the names behind pseudonyms; with --names there are none")
    values: dict[str, Any] = {"block": block, "start": start, "end": end, "as_of": as_of, "pseudonyms": not names}
    values |= {"groups": str(groups) if groups else ""}
    if who:
        _who(context, logbook, values)
        return
    page, estimated = _make(logbook, values, out, force=force)
    if names:
        say("this page names people: hand it on only where everybody in it agreed, and never one that names minors")
    if not estimated:
        say("nothing could be estimated for this squad; the page says of whom and why")
    _cli_io.emit(context, {"report": str(page), "estimated": estimated, "pseudonyms": not names}, [str(page)])
    raise typer.Exit(0 if estimated else EXIT_NOTHING)


def _who(context: typer.Context, logbook: Path, values: dict[str, Any]) -> None:
    from analysis.squad import open_squad

    known = open_squad(logbook, **values).real_names
    say("keep this list apart from the page: together they name everybody")
    _cli_io.emit(context, {"who": known}, [f"{shown}: {name}" for shown, name in known.items()])


def _make(logbook: Path, values: dict[str, Any], out: Path, *, force: bool) -> tuple[Path, int]:
    """Run the squad notebook; returns the page and how many estimates it holds."""
    from analysis import report
    from analysis.squad import open_squad

    squad_ = open_squad(logbook, **values)
    parameters = {**values, "logbook": str(logbook), "as_of": squad_.sequence}
    state = [("Logbook state", f"import {squad_.sequence}"), ("SHA-256 of the inputs", squad_.digest)]
    target = out / report.safe_name(squad_.file_name)
    notebook = report.find_notebook("squad_report")
    page = report.make(notebook, target, parameters, provenance=state, title=squad_.title, force=force)
    return page, _cli_io.estimated_in(page)
