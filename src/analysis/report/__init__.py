"""A report is an executed, versioned notebook: run it, keep it, and show it as one self-contained page.

make(find_notebook("block_report"), Path("reports/ada-2"), {"athlete": "Ada", "block": 2}, title="Ada, block 2")
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.report._errors import NotebookFailed
from analysis.report._files import refuse_existing, safe_name, write_all

if TYPE_CHECKING:
    from analysis.report._parameters import Value

__all__ = ["NotebookFailed", "find_notebook", "make", "safe_name"]

PACKAGE = Path(__file__).parents[1]


def make(
    notebook: Path | str,
    out: Path | str,
    parameters: Mapping[str, Value],
    *,
    provenance: Sequence[tuple[str, str]] = (),
    title: str,
    force: bool = False,
) -> Path:
    """Run `notebook` with `parameters`; write the page `out`.html and the executed notebook `out`.ipynb; say where.

    The name of `out` goes through `safe_name`; `provenance` are further rows of the footer (logbook sequence, SHA-256
    of the inputs). Raises FileExistsError unless `force`, ValueError for wrong parameters, NotebookFailed when a cell
    fails; in each case nothing is written.
    """
    out = Path(out)
    stem = out.with_name(safe_name(out.name.removesuffix(".html")))
    page, executed = (stem.with_name(stem.name + ending) for ending in (".html", ".ipynb"))
    if not force:
        refuse_existing([page, executed])
    texts = _texts(Path(notebook), parameters, provenance, title)
    if not force:
        refuse_existing([page, executed])  # a notebook takes its time, and another process may have been faster
    write_all({executed: texts[1], page: texts[0]})
    return page


def find_notebook(name: str) -> Path:
    """The versioned notebook called `name`: from the package when installed, from `notebooks/` in a checkout.

    Raises FileNotFoundError naming the notebooks there are.
    """
    folder = next((f for f in (PACKAGE / "notebooks", PACKAGE.parents[1] / "notebooks") if f.is_dir()), PACKAGE)
    known = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    try:
        return known[name.removesuffix(".ipynb")]
    except KeyError:
        raise FileNotFoundError(f"no notebook {name!r}; there is {', '.join(known) or 'none'}") from None


def _texts(
    notebook: Path, values: Mapping[str, Value], given: Sequence[tuple[str, str]], title: str
) -> tuple[str, str]:
    # imported when a report is made: IPython, nbformat and nbconvert are half of the start of a command
    from analysis.report._nodes import read
    from analysis.report._page import to_html
    from analysis.report._parameters import parameterise
    from analysis.report._provenance import PATHS, footer, without_paths
    from analysis.report._shell import execute

    # the notebook runs in its own folder, paths were meant from the caller's
    whole = {key: str(Path(str(value)).resolve()) if value and key in PATHS else value for key, value in values.items()}
    nb = parameterise(read(notebook, as_version=4), whole)
    nb = without_paths(execute(nb, notebook.parent), whole)
    rows = footer(nb, notebook.stem, whole, given)
    nb.metadata["stridelift"] = {**nb.metadata.get("stridelift", {}), "title": title, "provenance": dict(rows)}
    return to_html(nb, title, rows), json.dumps(nb, ensure_ascii=False, separators=(",", ":"))
