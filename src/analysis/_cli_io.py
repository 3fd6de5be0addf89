"""What the commands write: lines, JSON, files, pages. Nothing is overwritten unasked, nothing is half-written."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl
import typer

from analysis.importers import marked
from analysis.logbook import Logbook, LogbookProblem

EXIT_ERROR: Final = 1
EXIT_REJECTED: Final = 3
EXIT_NOTHING: Final = 4
_WORTH_A_BAR: Final = 3


# control characters of terminals, and marks that turn the direction of writing: names in files may hold them
_UNSEEN: Final = {*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)}
_ESCAPED: Final = {code: f"\\u{code:04x}" for code in _UNSEEN - {ord("\t"), ord("\n")}}


def visible(words: str) -> str:
    r"""The words with every character escaped that would act on a terminal instead of being shown.

    >>> visible("\x1b[31mred\x1b[0m \u202eabc\n")
    '\\u001b[31mred\\u001b[0m \\u202eabc\n'
    """
    return words.translate(_ESCAPED)


def say(words: str) -> None:
    """Words for people, on stderr."""
    print(visible(words), file=sys.stderr)


def progress(files: Sequence[Path]) -> Iterator[Path]:
    """The files one by one; where people watch and there are several, with a bar on stderr."""
    if len(files) < _WORTH_A_BAR or not sys.stderr.isatty():
        yield from files
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(files, "importing", console=Console(stderr=True), transient=True)


def emit(context: typer.Context, data: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Data for programs, on stdout: as JSON where it was asked for, as lines otherwise."""
    if context.obj["json"]:
        print(visible(json.dumps(data, ensure_ascii=False, default=str)))  # in JSON an escape is the same text
        return
    for line in lines:
        print(visible(line))


def expected_errors() -> tuple[type[Exception], ...]:
    """The errors whose text is written for the user."""
    from analysis.block import BlockProblem
    from analysis.guidance.plan import PlanProblem
    from analysis.guidance.rules import RulesProblem
    from analysis.importers import ImportProblem
    from analysis.own_tests import OwnTestsProblem
    from analysis.report import NotebookFailed

    return (
        ImportProblem,
        LogbookProblem,
        BlockProblem,
        PlanProblem,
        RulesProblem,
        OwnTestsProblem,
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
    return page, estimated_in(page)


def estimated_in(page: Path) -> int:
    """How many estimates of a page have a number."""
    text = page.read_text(encoding="utf-8")
    return sum(text.count(f'class="estimate {status}"') for status in ("ok", "caution"))


def rejected_rows(logbook: Path, athlete: str | None) -> pl.DataFrame:
    """Every refused row of a logbook with its import and file, as the sheet in which they can be corrected."""
    log = Logbook(logbook).log(athlete=athlete)
    files = log.imports.select("import_seq", "file")
    rows = log.rejected.join(files, on="import_seq", how="left", maintain_order="left")
    return rows.select(
        pl.col("import_seq").alias("import"), "file", pl.col("source_row").alias("line"), "reason", "raw"
    )


def safe_csv(frame: pl.DataFrame) -> str:
    """CSV whose text cells cannot become formulas in a spreadsheet."""
    return marked(frame).write_csv()


def start_lab(logbook: Path, folder: Path) -> int:
    """Copy the notebooks that are missing in `folder` and start JupyterLab there; returns its exit code."""
    from analysis.report import find_notebook

    folder.mkdir(parents=True, exist_ok=True)
    for name in ("explore", "block_report", "squad_report"):
        source = find_notebook(name)
        if not (folder / source.name).exists():
            shutil.copy(source, folder / source.name)
    command = [sys.executable, "-m", "jupyterlab", "explore.ipynb"]
    return subprocess.call(command, cwd=folder, env={**os.environ, "STRIDELIFT_LOGBOOK": str(logbook.resolve())})
