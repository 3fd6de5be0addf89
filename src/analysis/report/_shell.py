"""Run a notebook in this process, in an IPython shell of its own: no kernel to start, the same outputs.

A thousand reports do not start a thousand kernels (0.5 s a report against 5 s and more). tests/test_report.py holds the
outputs against those of a real Jupyter kernel, and one report against the one made before it.
"""

from __future__ import annotations

import atexit
import io
import shutil
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, Final

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets.config import Config

from analysis.report._errors import NotebookFailed
from analysis.report._nodes import v4

INSTANCE: Final = "_instance"  # where traitlets keeps the one shell of a process


class _Publisher(DisplayPublisher):
    shell: Any

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        self.shell.outputs.append(v4.new_output("display_data", data=data, metadata=metadata or {}))


class _Hook(DisplayHook):
    shell: Any

    def write_output_prompt(self) -> None:
        """The number stands in the output itself."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        known = {"data": format_dict, "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.outputs.append(v4.new_output("execute_result", **known))

    def finish_displayhook(self) -> None:
        """Nothing to end: the base class would print a separator."""


class _Stream(io.TextIOBase):
    """What a cell prints, one output for each run of lines, as a front end shows it."""

    def __init__(self, name: str, outputs: list[Any]) -> None:
        self.channel, self.outputs = name, outputs

    def write(self, text: str) -> int:
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == self.channel:
            last["text"] += text
        elif text:
            self.outputs.append(v4.new_output("stream", name=self.channel, text=text))
        return len(text)


class _Shell(InteractiveShell):
    displayhook_class = _Hook
    display_pub_class = _Publisher

    def __init__(self, **options: Any) -> None:
        self.outputs: list[Any] = []
        super().__init__(**options)  # type: ignore[no-untyped-call]  # IPython's has no types

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """The error is raised as NotebookFailed instead of being printed."""

    showsyntaxerror = showtraceback


@cache
def _shell() -> Any:
    # a profile of its own: nothing is read from or written to the user's home
    folder = tempfile.mkdtemp(prefix="stridelift-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    config = Config()
    config.HistoryManager.enabled = False
    return _Shell(config=config, ipython_dir=folder)


@contextmanager
def _at_work() -> Iterator[Any]:
    """The shell as the process's own for a while; the caller's `__main__` and shell come back afterwards.

    With IPython's `__main__` left in place no process could be spawned any more; and the caller may itself be a cell
    of a notebook, whose shell must not be lost.
    """
    main, own = sys.modules["__main__"], getattr(InteractiveShell, INSTANCE)
    try:
        shell = _shell()
        shell.reset(new_session=True)
        sys.modules["__main__"] = shell.user_module
        setattr(InteractiveShell, INSTANCE, shell)
        yield shell
    finally:
        sys.modules["__main__"] = main
        setattr(InteractiveShell, INSTANCE, own)


def execute(nb: NotebookNode, cwd: Path | str = ".") -> NotebookNode:
    """Run the code cells of `nb` in a fresh namespace with `cwd` as the folder, and store their outputs in `nb`.

    Raises NotebookFailed at the first cell with an error.

    >>> execute(v4.new_notebook(cells=[v4.new_code_cell("6 * 7")])).cells[0].outputs[0].data
    {'text/plain': '42'}
    """
    with chdir(cwd), warnings.catch_warnings(), _at_work() as shell:
        _usual_warnings()
        for number, cell in enumerate(nb.cells):
            if cell.cell_type == "code":
                _run(shell, number, cell)
    return nb


def _usual_warnings() -> None:
    # a kernel's filters, set anew: neither flags of the command nor an earlier report decide what a cell says
    warnings.resetwarnings()
    for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")


def _run(shell: Any, number: int, cell: NotebookNode) -> None:
    cell.outputs, cell.execution_count = [], None
    if not cell.source.strip():
        return
    cell.execution_count = shell.execution_count
    shell.outputs.clear()
    out, err = _Stream("stdout", shell.outputs), _Stream("stderr", shell.outputs)
    with redirect_stdout(out), redirect_stderr(err):
        result = shell.run_cell(cell.source, store_history=True)
    cell.outputs = list(shell.outputs)
    error = result.error_before_exec or result.error_in_exec
    if isinstance(error, KeyboardInterrupt):
        raise error
    if error is not None:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise NotebookFailed(f"cell {number} failed: {said}, in: {textwrap.shorten(cell.source, 160)}") from error
