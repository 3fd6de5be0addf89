"""The command line: `stridelift …`, the same as `python -m analysis`.

Data goes to stdout, words to stderr. Exit codes: 0 fine, 1 error, 2 wrong use, 3 done with rejected rows, 4 when no
section of a report can be estimated. Errors are one line; `--debug` shows the traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from analysis import (
    __version__,
    _cli_again,
    _cli_blocks,
    _cli_import,
    _cli_io,
    _cli_map,
    _cli_plan,
    _cli_squad,
    _cli_template,
    own_tests,
)
from analysis._cli_io import EXIT_ERROR, EXIT_NOTHING, EXIT_REJECTED, say
from analysis._sample import import_sample
from analysis.logbook import Logbook, Receipt

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="From gym logs and re-tests to an honest end-of-block report for runners.",
)  # fmt: skip

LogbookOption = Annotated[
    Path, typer.Option("--logbook", envvar="STRIDELIFT_LOGBOOK", help="The logbook file.", show_default=True)
]  # fmt: skip
Force = Annotated[bool, typer.Option("--force", help="Overwrite what is there.")]
DEFAULT_LOGBOOK: Final = Path("training.duckdb")
_CSV: Final = _cli_import.ExportKind.csv


def _print_version(asked: bool) -> None:
    if asked:
        print(f"stridelift {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print data as JSON (stands before the command).")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    context.obj = {"json": json, "debug": debug}


@app.command()
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the sample, its logbook and the report.")] = Path("demo"),
    athlete: Annotated[str, typer.Option(help="Whose report to make.")] = "Ada",
) -> None:
    """Make the simulated squad's files, import them, write one block report. The last line is the page's path.

    Example: stridelift demo

    Example: stridelift demo --out /tmp/demo --athlete Dora
    """
    book = out / "training.duckdb"
    receipts = import_sample(out / "sample", book)
    refused = sum(r.rejected for r in receipts)
    say(f"{len(receipts)} sample files imported into {book}; {refused} rows refused on purpose, as the page shows")
    page, _ = _cli_io.make_report(book, {"athlete": athlete}, out / "reports", force=True)
    _cli_io.emit(context, {"report": str(page)}, [str(page)])


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Exports and sheets to read.", metavar="FILE...")],
    athlete: Annotated[str | None, typer.Option(help="Whose log it is (for files that do not say).")] = None,
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    vendor: Annotated[str | None, typer.Option(help="Read as this vendor instead of finding out.")] = None,
    unit: Annotated[_cli_import.LoadUnit | None, typer.Option(help="Unit of weights where the file has none.")] = None,
    distance_unit: Annotated[_cli_import.DistanceUnit | None, typer.Option(help="Unit of distances, likewise.")] = None,
    unilateral_reps: Annotated[
        _cli_import.RepBasis | None, typer.Option(help="How one-sided repetitions are logged.")
    ] = None,
    dumbbells: Annotated[_cli_import.LoadBasis | None, typer.Option(help="How dumbbell weights are logged.")] = None,
    date_order: Annotated[
        _cli_import.DateOrder | None, typer.Option(help="Day or month first, where the dates do not show it.")
    ] = None,
    tz: Annotated[str | None, typer.Option(help="The athlete's zone (Europe/Rome), where a file is in UTC.")] = None,
    tests: Annotated[
        Path | None, typer.Option(help="Re-tests of your own (default: tests.toml beside the logbook).")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="Mapping file of a sheet of your own (TOML).")] = None,
    forget_answers: Annotated[
        bool, typer.Option("--forget-answers", help="Ask anew instead of using saved answers.")
    ] = False,
    newest: Annotated[
        bool, typer.Option("--newest", help="The file is the newest export, though one reaches further.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be read; store nothing.")] = False,
) -> None:
    """Read exports and sheets into the logbook: one transaction per file, every row accounted for.

    Example: stridelift import strong.csv --athlete Ada --unit kg

    Example: stridelift import retests.csv blocks.csv --dry-run
    """
    told = {"unit": unit, "distance_unit": distance_unit, "unilateral_reps": unilateral_reps, "dumbbells": dumbbells,
            "date_order": date_order}  # fmt: skip
    own = own_tests.load(tests) if tests else own_tests.beside(logbook)
    answers = {k: v.value if v else None for k, v in told.items()} | {"tz": tz, "mapping": mapping, "tests": own}
    asked = _cli_import.Asked(athlete, vendor, answers, dry_run, forget_answers, newest, context.obj["debug"])
    receipts, failed = _cli_import.import_files(files, logbook, asked)
    if refused := sum(r.rejected for r in receipts):
        where = f"rows refused: {refused}; see them with: stridelift rejected --logbook {logbook}"
        say(f"rows that would be refused: {refused}" if dry_run else where)
    _cli_io.emit(
        context, {"files": [_cli_import.as_row(r) for r in receipts]}, [_cli_import.as_line(r) for r in receipts]
    )
    code = EXIT_ERROR if failed else EXIT_REJECTED if any(r.rejected for r in receipts) else 0
    raise typer.Exit(code)


@app.command()
def identify(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files to look at.", metavar="FILE...")],
) -> None:
    """Say which importer claims each file.

    Example: stridelift identify strong.csv

    Example: stridelift --json identify *.csv
    """
    found, failed = _cli_import.identify_files(files, debug=context.obj["debug"])
    _cli_io.emit(context, {"files": found}, [f"{f['file']}: {f['vendor']}" for f in found])
    raise typer.Exit(EXIT_ERROR if failed else 0)


@app.command()
def vendors(
    context: typer.Context,
    page: Annotated[bool, typer.Option("--page", help="Print the page of the docs (Markdown).")] = False,
) -> None:
    """List the vendors that can be imported, with where to click to export.

    Example: stridelift vendors

    Example: stridelift --json vendors
    """
    if page:
        print(_cli_import.vendors_page(), end="")
        return
    known = _cli_import.describe_vendors()
    _cli_io.emit(context, {"vendors": known}, [f"{v['vendor']}: {v['what']} - {v['export']}" for v in known])


@app.command()
def template(
    context: typer.Context,
    kind: Annotated[
        str, typer.Argument(help="retest, wellness, blocks, plan, calendar, complaints, aliases, tests or rules.")
    ],
    out: Annotated[Path | None, typer.Option(help="File to write (default KIND.csv; - prints it).")] = None,
    sheet_format: Annotated[
        _cli_template.SheetFormat | None, typer.Option("--format", help="CSV or workbook (default: by --out).")
    ] = None,
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    force: Force = False,
) -> None:
    """Write a sheet to fill in, with example rows (aliases: with the names the logbook's exercises lack).

    tests writes tests.toml, in which you define re-tests of your own; rules writes rules.toml, the decision table of
    the recommendation, for you to change.

    Example: stridelift template retest

    Example: stridelift template plan --format xlsx
    """
    text = _cli_template.text_of(kind, logbook)
    path, data = _cli_template.sheet(kind, text, logbook, out, sheet_format)
    if path == _cli_template.STDOUT:
        sys.stdout.write(_cli_io.visible(text) if sys.stdout.isatty() else text)
        return
    _cli_io.write_new(path, data, force=force)
    say(_cli_template.what_next(kind, path))
    _cli_io.emit(context, {"file": str(path)}, [str(path)])


app.command("map")(_cli_map.map_)
app.command("plan")(_cli_plan.plan)
app.command()(_cli_squad.squad)
app.command("blocks")(_cli_blocks.blocks)


@app.command()
def rejected(
    context: typer.Context,
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    athlete: Annotated[str | None, typer.Option(help="Only this athlete's rows.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the sheet to this file instead.")] = None,
    force: Force = False,
) -> None:
    """Print every refused row as a CSV sheet. Correct its column raw and import the sheet to load the rows.

    Example: stridelift rejected

    Example: stridelift rejected --out rejected.csv, then: stridelift import rejected.csv
    """
    frame = _cli_io.rejected_rows(logbook, athlete)
    if out is not None:
        _cli_io.write_new(out, _cli_io.safe_csv(frame).encode(), force=force)
        say(f"{frame.height} refused rows written; correct the column raw, then: stridelift import {out}")
    data = {"rejected": frame.to_dicts()} | ({"file": str(out)} if out else {})
    _cli_io.emit(context, data, [str(out) if out else _cli_io.safe_csv(frame).rstrip("\n")])


@app.command()
def export(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder for the files.")],
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    kind: Annotated[_cli_import.ExportKind, typer.Option("--format", help="parquet, csv or xlsx.")] = _CSV,
    athlete: Annotated[str | None, typer.Option(help="Only this athlete.")] = None,
) -> None:
    """Write the tables of the logbook as files that can be imported again; no cell can become a formula.

    Example: stridelift export tables

    Example: stridelift export for-r --format parquet --athlete Ada
    """
    files = [str(file) for file in Logbook(logbook).export(folder, kind.value, athlete=athlete)]
    _cli_io.emit(context, {"files": files}, files)


@app.command()
def reimport(context: typer.Context, logbook: LogbookOption = DEFAULT_LOGBOOK) -> None:
    """Read every file of the logbook again with today's importers: what they read otherwise becomes a revision.

    Example: stridelift reimport

    Example: stridelift --json reimport --logbook squad.duckdb
    """
    done = list(_cli_again.reread(Logbook(logbook)))
    receipts = [one for one in done if isinstance(one, Receipt)]
    problems = [one for one in done if not isinstance(one, Receipt)]
    for problem in problems:
        say(f"error: {problem}")
    _cli_io.emit(
        context, {"files": [_cli_import.as_row(r) for r in receipts]}, [_cli_import.as_line(r) for r in receipts]
    )
    raise typer.Exit(EXIT_ERROR if problems else EXIT_REJECTED if any(r.rejected for r in receipts) else 0)


@app.command()
def report(
    context: typer.Context,
    athlete: Annotated[str, typer.Option(help="Whose report.")],
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    block: Annotated[str, typer.Option(help="A declared or proposed block (default: the latest).")] = "",
    start: Annotated[str, typer.Option("--from", help="First day, such as 2026-01-05, instead of a block.")] = "",
    end: Annotated[str, typer.Option("--to", help="Last day, instead of a block.")] = "",
    as_of: Annotated[int, typer.Option(help="State after this import number (0: the last).")] = 0,
    out: Annotated[Path, typer.Option(help="Folder for the page and its notebook.")] = Path("reports"),
    force: Force = False,
) -> None:
    """Run the block notebook and write its page; the last line is the path of the page.

    Example: stridelift report --athlete Ada --block 2

    Example: stridelift report --athlete Ada --from 2026-01-05 --to 2026-02-15
    """
    values = {"athlete": athlete, "block": block, "start": start, "end": end, "as_of": as_of}
    page, estimated = _cli_io.make_report(logbook, values, out, force=force)
    if not estimated:
        say("nothing could be estimated for this block; the page says what to record")
    _cli_io.emit(context, {"report": str(page), "estimated": estimated}, [str(page)])
    raise typer.Exit(0 if estimated else EXIT_NOTHING)


@app.command()
def lab(
    logbook: LogbookOption = DEFAULT_LOGBOOK,
    folder: Annotated[Path, typer.Option("--dir", help="Your folder of notebooks (made when missing).")] = Path(
        "stridelift-notebooks"
    ),
) -> None:
    """Open JupyterLab on your own copy of the notebooks, with the logbook set.

    Example: stridelift lab

    Example: stridelift lab --logbook squad.duckdb --dir notes
    """
    raise typer.Exit(_cli_io.start_lab(logbook, folder))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every expected error becomes one line on stderr and exit code 1."""
    given = sys.argv[1:] if arguments is None else arguments
    if "--debug" in given:
        run: Callable[..., Any] = app
        run(args=given, prog_name="stridelift")
    try:
        app(args=given, prog_name="stridelift")
    except Exception as error:  # noqa: BLE001  # a traceback helps nobody who only wants to import a file
        _explain(error)


def _explain(error: Exception) -> NoReturn:
    # asked here and not in the `except`, which every command passes that ends: the classes bring the chart library
    if isinstance(error, _cli_io.expected_errors()):
        _fail(error.args[0] if isinstance(error, KeyError) and error.args else error)
    if isinstance(error, OSError):
        _fail(f"{error.filename}: {error.strerror}" if error.filename else error)
    _fail(f"{type(error).__name__}: {error} - this is a fault of stridelift; --debug shows where")


def _fail(words: object) -> NoReturn:
    say("error: " + " ".join(str(words).split()))
    sys.exit(EXIT_ERROR)
