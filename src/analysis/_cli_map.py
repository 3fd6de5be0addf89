"""What `stridelift map` does: a draft of a mapping file, a check of one, and the exercise names that lack a meaning."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from analysis import _cli_import, _cli_io, importers
from analysis._cli_io import EXIT_REJECTED, say
from analysis.importers import Context, ImportProblem, Reading, drafted_mapping
from analysis.importers._numbers import counted
from analysis.logbook import Logbook

_SHOWN: Final = 10
_HIDDEN: Final = ("source", "source_row", "packed", "distance_raw", "zone_basis", "valid", "start_local")


def map_(
    context: typer.Context,
    draft: Annotated[Path | None, typer.Option(help="Write a proposal for this sheet, with its evidence.")] = None,
    check: Annotated[Path | None, typer.Option(help="Show what the mapping makes of this sheet.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="The mapping file to check (TOML).")] = None,
    athlete: Annotated[str | None, typer.Option(help="Whose sheet it is, where it does not say.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write the draft to (default: printed).")] = None,
    logbook: Annotated[Path, typer.Option("--logbook", envvar="STRIDELIFT_LOGBOOK", help="The logbook file.")] = Path(
        "training.duckdb"
    ),
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there.")] = False,  # noqa: FBT002
) -> None:
    """Map a sheet of your own: --draft proposes, --check shows; without them: the unmapped exercise names.

    Example: stridelift map --draft coach.xlsx --out coach.toml

    Example: stridelift map --check coach.xlsx --mapping coach.toml --athlete Ada
    """
    if draft is not None and check is not None:
        raise typer.BadParameter("--draft and --check are two steps: say one of them")
    if check is not None and mapping is None:
        raise typer.BadParameter("--check needs --mapping FILE.toml")
    if check is None and mapping is not None:
        raise typer.BadParameter("--mapping goes with --check FILE")
    if draft is None and out is not None:
        raise typer.BadParameter("--out goes with --draft FILE")
    if draft is not None:
        _draft(context, draft, out, force=force)
    elif check is not None and mapping is not None:
        raise typer.Exit(_check(context, check, mapping, athlete))
    else:
        _unmapped(context, logbook)


def _draft(context: typer.Context, file: Path, out: Path | None, *, force: bool) -> None:
    source = importers.load(file)
    text = drafted_mapping(source)
    with suppress(ImportProblem):  # nobody claims it: this is what a mapping is for
        say(f"{file}: {importers.claimed_by(source)} reads this file as it is; a mapping is not needed")
    questions = sum(line.startswith("#?") for line in text.split("\n"))
    told = {"file": str(file), "questions": questions}
    if out is None:
        _cli_io.emit(context, told | {"mapping": text}, [text.rstrip("\n")])
        return
    path = _cli_io.write_new(out, text.encode(), force=force)
    first = (
        f"answer the {counted(questions, 'line')} marked #?, then" if questions else "nothing is left to answer; next"
    )
    say(f"{first}: stridelift map --check {file} --mapping {path}")
    _cli_io.emit(context, told | {"out": str(path)}, [str(path)])


def _check(context: typer.Context, file: Path, mapping: Path, athlete: str | None) -> int:
    reading = importers.read(file, Context(athlete, mapping=mapping))
    counts = {
        "read": reading.n_read, "loaded": reading.n_loaded, "attached": reading.n_attached,
        "ignored": reading.n_ignored, "rejected": reading.n_rejected,
    }  # fmt: skip
    columns = {key: reading.decisions.get(key, "") for key in ("columns_used", "columns_ignored", "columns_left")}
    name, parsed = _parsed(reading)
    refused = reading.rejected.select(pl.col("source_row").alias("line"), "reason", "raw").head(_SHOWN)
    ignored = reading.ignored.group_by("reason", maintain_order=True).len("rows")
    for notice in reading.notices:
        say(f"{file}: {notice}")
    data = {
        "file": str(file), "vendor": reading.vendor, "table": name, **counts, **columns,
        "rows": parsed.to_dicts(), "refused": refused.to_dicts(), "not_facts": ignored.to_dicts(),
    }  # fmt: skip
    _cli_io.emit(context, data, _lines(reading, counts, columns, name, parsed, refused, ignored))
    return EXIT_REJECTED if reading.n_rejected else 0


def _parsed(reading: Reading) -> tuple[str, pl.DataFrame]:
    """The table that the sheet fills, and its first rows without ids and without columns that are empty."""
    name = next((one for one in reading.tables if one != "sessions"), "sessions")
    frame = reading.tables[name].head(_SHOWN)
    told = [c for c in frame.columns if not c.endswith("_id") and c not in _HIDDEN and frame[c].null_count() < frame.height]  # fmt: skip  # noqa: E501
    return name, frame.select(told)


def _lines(
    reading: Reading, counts: dict[str, int], columns: dict[str, str], name: str, parsed: pl.DataFrame,
    refused: pl.DataFrame, ignored: pl.DataFrame,
) -> list[str]:  # fmt: skip
    sums = " + ".join(f"{key} {n}" for key, n in counts.items() if key != "read")
    words = {"columns_used": "columns used", "columns_ignored": "left out on purpose", "columns_left": "columns left"}
    rows = {table: frame.height for table, frame in reading.tables.items()}
    lines = [
        f"{name}: the first {parsed.height} of {rows[name]} rows", *_table(parsed),
        f"rows: read {counts['read']} = {sums}",
        *(f"{words[key]}: {told}" for key, told in columns.items() if told),
        *(f"ignored, {row['reason']}: {row['rows']}" for row in ignored.iter_rows(named=True)),
    ]  # fmt: skip
    if refused.height:
        lines.append(f"refused: the first {refused.height} of {counts['rejected']}")
        lines += [f"  line {r['line']}: {r['reason']} | {r['raw'][:120]}" for r in refused.iter_rows(named=True)]
    return lines


def _table(frame: pl.DataFrame) -> list[str]:
    """A frame as aligned text, in the width that it needs."""
    texts = [frame.columns, *([_shown(value) for value in row] for row in frame.iter_rows())]
    widths = [max(len(row[at]) for row in texts) for at in range(frame.width)]
    return ["  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in texts]  # fmt: skip  # noqa: E501


def _shown(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)
    return " ".join(text.split())[:40]


def _unmapped(context: typer.Context, logbook: Path) -> None:
    names = _cli_import.unmapped_names(Logbook(logbook).log().sets)
    if names.is_empty():
        say("every exercise name of the logbook is in the catalogue or mapped")
        _cli_io.emit(context, {"names": []}, [])
        return
    say("fill in the column exercise, save as CSV, then: stridelift import aliases.csv")
    text = _cli_import.template_text("aliases", logbook)
    _cli_io.emit(context, {"names": names.to_dicts()}, [text.rstrip("\n")])
