"""A first draft of a mapping file: what each column looks like and why, and the questions that only the user answers.

Units, the order of day and month, and the order of numbers in a cell are never answered here: they stand as lines that
begin with `#?`, and a mapping with such a line is refused.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from analysis.importers import _dates, _grid
from analysis.importers._grid import JOINED, Grid
from analysis.importers._header import fold
from analysis.importers._map_looks import (
    BY_NAME,
    EXAMPLES,
    GATE,
    LOOKED_AT,
    UNIT,
    WEEK,
    Column,
    is_data,
    is_day,
    plain,
    quoted,
    roles_of,
    running_totals,
    wide_of,
)
from analysis.importers._mapping_words import TABLES
from analysis.importers._problem import ImportProblem
from analysis.importers._source import Source

_HEADER_WITHIN: Final = 20  # rows in which a header is looked for
_ASKED: Final = ("t_s", "speed_m_s")  # columns whose name states a unit that the sheet does not


def draft(source: Source) -> str:
    r"""The text of a mapping file to be completed.

    >>> from analysis.importers._source import from_bytes
    >>> text = draft(from_bytes("log.csv", b"Date,Lift,Sets\n2026-03-01,Squat,5x100\n"))
    >>> [line for line in text.splitlines() if line.startswith("exercise")]
    ['exercise = "Lift"  # by its name; 1 filled, text: "Squat"']
    """
    grid, match = _opened(source)
    columns = [
        Column(at, grid.address(at), header, [row[at] for _, row in grid.rows[:LOOKED_AT] if row[at]])
        for at, header in enumerate(grid.headers)
    ]
    running = running_totals(grid)
    values = [column for column in columns if column.at not in running and column.texts]
    roles = roles_of(values)
    wide = wide_of(values, roles)
    table = _table(roles, wide)
    roles = {role: column for role, column in roles.items() if role in TABLES[table]}
    weeks = any(WEEK.search(column.header) or is_day(column.header) for column in wide)
    layout = "wide_weeks" if weeks else "wide_sets" if wide else "long"
    parts = [
        *_top(source, grid, table, layout),
        *match,
        *_defaults(source, roles, wide),
        *_constants(table, roles, weeks=weeks),
        *_named(roles),
        *_wide_lines(wide, layout),
        *_cell_lines(values, roles, wide),
        *_gate_lines(wide),
        *_left(columns, roles, wide, running),
    ]
    return "\n".join(parts) + "\n"


def _opened(source: Source) -> tuple[Grid, list[str]]:
    """The sheet with its header found, and the section [match] that says where it stands."""
    sheet, lines = None, ["[match]"]
    if source.kind == "workbook":
        filled = {name: sum(any(row) for row in rows) for name, rows in source.sheets.items()}
        sheet = max(filled, key=lambda name: filled[name], default=None)
        others = ", ".join(f"{quoted(name)} ({n} rows)" for name, n in filled.items() if name != sheet and n)
        lines.append(
            f"sheet = {quoted(sheet or '')}" + (f"  # the largest; there is also {plain(others)}" if others else "")
        )
    delimiter = _grid.delimiter_of(source, set(BY_NAME)) if source.kind == "text" else ","
    whole = _grid.grid_of(source, sheet, delimiter, 0, 0)
    skip, header_rows, why = _header_place(whole, [row for _, row in whole.rows[:_HEADER_WITHIN]])
    if source.kind == "text":
        lines.append(f"delimiter = {quoted(delimiter)}")
    lines += [f"skip_rows = {skip}", f"header_rows = {header_rows}  # {plain(why)}"]
    grid = _grid.grid_of(source, sheet, delimiter, skip, header_rows)
    lines.append(f"fingerprint = {quoted(grid.fingerprint)}  # delete it for a sheet that grows to the right")
    return grid, lines if header_rows else lines[:-1]


def _header_place(whole: Grid, rows: list[list[str]]) -> tuple[int, int, str]:
    known = [sum(fold(UNIT.sub("", text)) in BY_NAME for text in row) for row in rows]
    at = known.index(max(known)) if any(known) else 0
    first = whole.rows[at][0] if rows else 1
    place = next((n for n, (start, _) in enumerate(_all_rows(whole)) if start == first), 0)
    if not rows or (not known[at] and any(is_data(text) for text in rows[at])):
        return 0, 0, "no header: the first row holds data; columns are col:1, col:2 ..."
    lower = [fold(text) for text in rows[at] if text]
    above = [text for text in rows[at - 1] if text] if at else []
    if len(set(lower)) < len(lower) and len(set(above)) > 1 and not any(map(is_data, above)):
        return place - 1, 2, f"names repeat below {', '.join(map(quoted, above[:4]))}"
    below = rows[at + 1] if at + 1 < len(rows) else []
    gaps = [text for text, above in zip(below, rows[at], strict=False) if text and not above]
    if gaps and sum(map(bool, below)) > 1 and not any(map(is_data, below)):
        return place, 2, f"the row below fills the gaps with {', '.join(map(quoted, gaps[:4]))}"
    return place, 1, f"the row with {known[at]} known names"


def _all_rows(grid: Grid) -> list[tuple[int, list[str]]]:
    return sorted([*grid.rows, *((row, []) for row in grid.blank)], key=lambda pair: pair[0])


def _table(roles: dict[str, Column], wide: list[Column]) -> str:
    if any(GATE.fullmatch(column.header) for column in wide) or {"test", "value"} <= set(roles):
        return "trials"
    if "exercise" in roles or "reps" in roles or wide:
        return "sets"
    return "streams" if "speed_m_s" in roles else "runs" if "distance" in roles else "sets"


def _top(source: Source, grid: Grid, table: str, layout: str) -> list[str]:
    name = fold(source.name.rsplit(".", 1)[0])[:40] or "sheet"
    return [
        f"# A draft of the mapping of {plain(source.name)} ({grid.n_read} rows). Answer every line that begins with",
        "# `#?` (write it without `#?`, or delete it); then: stridelift map --check FILE --mapping THIS --athlete NAME",
        "version = 1",
        f"name = {quoted(name)}  # a part of the ids: keep it when the file changes",
        f"table = {quoted(table)}  # or sets, trials, runs, wellness, reps, streams",
        f"layout = {quoted(layout)}  # or long, wide_sets, wide_weeks, blocks, two_row_header",
        "",
    ]


def _defaults(source: Source, roles: dict[str, Column], wide: list[Column]) -> list[str]:
    lines = ["", "[defaults]"]
    if "date" in roles:
        lines += _date_order(source, roles["date"])
    cells = [*wide, *(roles[name] for name in ("load", "distance", "duration") if name in roles)]
    loads = [c for c in (*wide, *filter(None, [roles.get("load")])) if not GATE.fullmatch(c.header) and c.unit is None]
    if loads:
        lines.append(_question("load_unit", f"kg or lb: {_range_of(loads)}"))
    if "distance" in roles and roles["distance"].unit is None:
        lines.append(_question("distance_unit", f"m, km or mi: {_range_of([roles['distance']])}"))
    if "duration" in roles and roles["duration"].is_numbers and roles["duration"].unit is None:
        lines.append(_question("duration_unit", f"s, min or h: {_range_of([roles['duration']])}"))
    commas = [text for column in cells for text in column.texts if re.search(r"\d,\d", text)]
    if commas:
        lines.append(_question("decimal", f'"," or ".": cells such as {quoted(commas[0][:40])}'))
    return lines


def _date_order(source: Source, column: Column) -> list[str]:
    try:
        dates = _dates.local(pl.Series(column.texts), source.name)
    except ImportProblem:
        shown = ", ".join(quoted(text) for text in column.texts[:EXAMPLES])
        return [_question("date_order", f"dmy or mdy: the dates do not show it ({shown})")]
    return [f"# the order of the dates shows in the file: {dates.order}"]


def _constants(table: str, roles: dict[str, Column], *, weeks: bool) -> list[str]:
    lines = []
    if "date" not in roles and not weeks:
        lines.append(_question("date", "no column of dates was found: the day of the whole sheet, such as 2026-03-01"))
    if table == "trials" and "test" not in roles:
        lines += [
            _question("test", '"sprint", "cmj" ... (a test of your own has a name of its own)'),
            _question("measure", '"time_s", "height_m" ...: its unit ends the name'),
            _question("protocol", "start position, distance to the first gate, surface"),
        ]
    return ["", "[constants]  # what no column says", *lines] if lines else []


def _named(roles: dict[str, Column]) -> list[str]:
    lines = []
    for role, column in roles.items():
        why = "by its name" if column.role == role or role in _ASKED else "by its cells"
        if role in _ASKED:
            said = f"is {plain(column.header)} in {'m/s' if role == 'speed_m_s' else 's'}? {plain(column.looks)}"
            lines.append(f"#? {role} = {quoted(column.address)}  # {said}")
            continue
        lines.append(f"{role} = {quoted(column.address)}  # {why}; {plain(column.looks)}")
    return ["", "[columns]", *lines]


def _wide_lines(wide: list[Column], layout: str) -> list[str]:
    if not wide:
        return []
    lines = ["", "[wide]", f"# {plain(wide[0].header or wide[0].address)}: {plain(wide[0].looks)}"]
    addresses = f"[{', '.join(quoted(column.address) for column in wide)}]"
    if all(GATE.fullmatch(column.header) for column in wide):
        return [*lines, f"value_columns = {quoted('re:^(?P<distance>[0-9.]+) ?(?P<distance_unit>m|yd)$')}"]
    if layout == "wide_weeks" and all(is_day(column.header) for column in wide):
        return [*lines, f"value_columns = {addresses}", 'week_from = "header_date"']
    if layout == "wide_weeks":
        return [*lines, *_week_lines(wide)]
    return [*lines, f"value_columns = {addresses}"]


def _week_lines(wide: list[Column]) -> list[str]:
    days = list(dict.fromkeys(column.header.split(JOINED, 1)[1] for column in wide if JOINED in column.header))
    pattern = f"re:^[^0-9]*(?P<week>[0-9]+){JOINED + '(?P<day>.+)$' if days else ''}"
    lines = [
        f"value_columns = {quoted(pattern)}",
        'week_from = "week_number"',
        _question("first_week", "the first day of week 1, such as 2026-01-05"),
    ]
    if days:
        each = ", ".join(f"{quoted(day)} = " for day in days)
        lines.append(f"#? days = {{ {plain(each)} }}  # how many days after the first of the week each one is")
    return lines


def _cell_lines(values: list[Column], roles: dict[str, Column], wide: list[Column]) -> list[str]:
    packed = [column for column in wide if not GATE.fullmatch(column.header)]
    packed += [column for column in values if column.is_products and column not in (*wide, roles.get("date"))]
    if not packed:
        return []
    texts = [text for column in packed for text in column.texts]
    pairs = [found for text in texts if (found := re.search(r"(\d+(?:\.\d+)?)\s*[x×*]\s*(\d+(?:\.\d+)?)", text))]
    evidence = f"such as {', '.join(quoted(text[:40]) for text in list(dict.fromkeys(texts))[:EXAMPLES])}"
    if pairs:
        first, second = ([float(pair[n]) for pair in pairs] for n in (1, 2))
        evidence += f"; before the x {min(first):g} to {max(first):g}, after it {min(second):g} to {max(second):g}"
    choices = "sets x reps @ load, reps x load, load x reps, sets x reps, reps/reps/..."
    return ["", "[cell]", f"# {len(texts)} cells {plain(evidence)}", _question("grammar", choices)]


def _gate_lines(wide: list[Column]) -> list[str]:
    if not wide or not all(GATE.fullmatch(column.header) for column in wide):
        return []
    shown = ", ".join(column.texts[0] for column in wide if column.texts)
    said = f"cumulative (from the start) or split (from gate to gate): the first row has {plain(shown)}"
    return ["", "[gates]", _question("times", said)]


def _left(columns: list[Column], roles: dict[str, Column], wide: list[Column], running: dict[int, str]) -> list[str]:
    sums = [column for column in columns if column.at in running]
    lines = [f"# {plain(column.address)}: looks like the {plain(running[column.at])}" for column in sums]
    if sums:
        lines = ["", "[ignore]", *lines, f"columns = [{', '.join(quoted(column.address) for column in sums)}]"]
    used = [*roles.values(), *wide, *sums]
    rest = [column for column in columns if column not in used and column.texts]
    if rest:
        lines += ["", "# Columns that this draft leaves out:"]
        lines += [f"#   {plain(quoted(column.address))}: {plain(column.looks)}" for column in rest]
    return lines


def _question(key: str, words: str) -> str:
    return f'#? {key} = ""  # {plain(words)}'


def _range_of(columns: list[Column]) -> str:
    numbers = [
        float(text) for column in columns for cell in column.texts for text in re.findall(r"\d+(?:\.\d+)?", cell)
    ]
    said = f"numbers from {min(numbers):g} to {max(numbers):g}" if numbers else "no numbers"
    return f"{said} in {', '.join(plain(column.header or column.address) for column in columns[:EXAMPLES])}"
