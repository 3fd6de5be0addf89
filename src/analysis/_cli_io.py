"""What the commands write: lines, JSON, files, pages. Nothing is overwritten unasked, nothing is half-written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl
import typer

from analysis.logbook import Logbook, LogbookProblem

EXIT_ERROR: Final = 1
EXIT_REJECTED: Final = 3
EXIT_NOTHING: Final = 4


def say(words: str) -> None:
    """Words for people, on stderr."""
    print(words, file=sys.stderr)


def emit(context: typer.Context, data: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Data for programs, on stdout: as JSON where it was asked for, as lines otherwise."""
    if context.obj["json"]:
        print(json.dumps(data, ensure_ascii=False, default=str))
        return
    for line in lines:
        print(line)


def expected_errors() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the user."""
    from analysis.block import BlockProblem
    from analysis.importers import ImportProblem
    from analysis.report import NotebookFailed

    return (
        ImportProblem,
        LogbookProblem,
        BlockProblem,
        NotebookFailed,
        FileExistsError,
        KeyError,
    )


def write_new(path: Path, data: bytes, *, force: bool) -> Path:
    """Write a file whole or not at all; an existing one only with `force`."""
    if path.exists() and not force:
        raise FileExistsError(f"{path} is there already; give another --out or --force to overwrite it")
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)
    return path


def make_report(logbook: Path, values: Mapping[str, Any], out: Path, *, force: bool) -> tuple[Path, int]:
    """Run the block notebook; returns the page and how many estimates it holds."""
    from analysis import report
    from analysis.block import open_block

    chosen = {key: value for key, value in values.items() if key != "as_of"}
    block = open_block(logbook, **chosen, as_of=values.get("as_of", 0))
    parameters = {**values, "logbook": str(logbook), "as_of": block.log.sequence}
    state = [("Logbook state", f"import {block.log.sequence}"), ("SHA-256 of the inputs", block.log.digest)]
    name = f"{block.athlete}-block-{block.name}" if block.declared else f"{block.athlete}-{block.start}-to-{block.end}"
    notebook, target = report.find_notebook("block_report"), out / report.safe_name(name)
    page = report.make(notebook, target, parameters, provenance=state, title=block.title, force=force)
    text = page.read_text(encoding="utf-8")
    return page, sum(text.count(f'class="estimate {status}"') for status in ("ok", "caution"))


def rejected_rows(logbook: Path, athlete: str | None) -> pl.DataFrame:
    """Every refused row of a logbook with its file."""
    log = Logbook(logbook).log(athlete=athlete)
    files = log.imports.select("import_seq", "file")
    rows = log.rejected.join(files, on="import_seq", how="left", maintain_order="left")
    return rows.select("file", pl.col("source_row").alias("line"), "reason", "raw")


def safe_csv(frame: pl.DataFrame) -> str:
    """CSV whose text cells cannot become formulas in a spreadsheet (OWASP: a quote before = + - @ tab and CR)."""
    risky = pl.col(pl.String).str.contains(r"^[=+\-@\t\r]")
    return frame.with_columns(
        pl.when(risky).then("'" + pl.col(pl.String)).otherwise(pl.col(pl.String)).name.keep()
    ).write_csv()


def start_lab(logbook: Path, folder: Path) -> int:
    """Copy the notebooks that are missing in `folder` and start JupyterLab there; returns its exit code."""
    from analysis.report import find_notebook

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("explore", "block_report"):
        source = find_notebook(name)
        if not (folder / source.name).exists():
            shutil.copy(source, folder / source.name)
    command = [sys.executable, "-m", "jupyterlab", "explore.ipynb"]
    return subprocess.call(command, cwd=folder, env={**os.environ, "STRIDELIFT_LOGBOOK": str(logbook.resolve())})
