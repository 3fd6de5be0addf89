"""The current state of the logbook as files: Parquet, CSV or one workbook, written as a whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import uuid4

import polars as pl

from analysis.importers import marked
from analysis.logbook._problem import LogbookProblem

FORMATS: Final = ("parquet", "csv", "xlsx")
_MOST_ROWS, _LONGEST_CELL = 1_048_576, 32_767  # of a sheet in Excel
_DATETIME: Final = "%Y-%m-%d %H:%M:%S%.6f"


def write(frames: Mapping[str, pl.DataFrame], folder: Path, kind: str) -> list[Path]:
    """Write one file per table (a workbook: one file) into `folder`, which must be new; returns the files.

    Raises LogbookProblem where the folder is there already, and where a workbook cannot hold a table.
    """
    if kind not in FORMATS:
        raise LogbookProblem(f"there is no format {kind!r}; choose one of {', '.join(FORMATS)}")
    if folder.exists():
        raise LogbookProblem(f"{folder} is there already; name a new folder")
    if not folder.absolute().parent.is_dir():
        raise LogbookProblem(f"{folder.absolute().parent} is not there; make it first")
    if kind == "xlsx":
        _refuse_too_large(frames)
    hidden = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}")
    hidden.mkdir()
    try:
        for path, frame in _files(frames, hidden, kind).items():
            if kind == "parquet":
                frame.write_parquet(path, compression="zstd")
            else:
                marked(frame).write_csv(path, datetime_format=_DATETIME)
        if kind == "xlsx":
            _workbook(frames, hidden / "logbook.xlsx")
        hidden.rename(folder)
    except OSError as error:
        raise LogbookProblem(f"{folder} cannot be written ({error.strerror}); nothing is left behind") from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return sorted(folder.iterdir())


def _files(frames: Mapping[str, pl.DataFrame], folder: Path, kind: str) -> dict[Path, pl.DataFrame]:
    if kind == "xlsx":
        return {}
    return {folder / f"{name}.{kind}": frame for name, frame in frames.items() if frame.height}


def _refuse_too_large(frames: Mapping[str, pl.DataFrame]) -> None:
    way_out = "export as csv or parquet"
    for name, frame in frames.items():
        if frame.height >= _MOST_ROWS:
            raise LogbookProblem(f"{name} has {frame.height:,} rows, more than a sheet holds; {way_out}")
        longest = frame.select(pl.col(pl.String).str.len_chars().max()).row(0)
        if max((n or 0 for n in longest), default=0) >= _LONGEST_CELL:
            raise LogbookProblem(f"{name} has a text longer than a cell of a workbook holds; {way_out}")


def _workbook(frames: Mapping[str, pl.DataFrame], path: Path) -> None:
    from xlsxwriter import Workbook

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(str(path), options) as book:
        for name, frame in frames.items():
            if frame.is_empty():
                continue
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, frame.columns)
            dated = frame.with_columns(
                pl.selectors.datetime().dt.strftime(_DATETIME), pl.selectors.date().dt.strftime("%Y-%m-%d")
            )
            for n, row in enumerate(marked(dated).iter_rows(), 1):
                sheet.write_row(n, 0, row)
