"""Running notebooks: the outputs of a real kernel, independent reports, inert parameters, whole files."""

from __future__ import annotations

import math
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import _toy_notebook as toy
from analysis import report
from analysis.report._nodes import v4
from analysis.report._parameters import defaults, parameterise
from analysis.report._shell import execute

RICH = [
    # the two streams one after the other: mixed, their order in a kernel is a matter of timing
    v4.new_code_cell("import sys\nprint('a')\nprint('c')\nprint('b', file=sys.stderr)", id="streams"),
    v4.new_code_cell(
        "from IPython.display import display\ndisplay(sets.head(1))\nprint('between')\nsets.tail(1)", id="shown"
    ),
    v4.new_code_cell("In[1] is not None, _ is not None, __name__, 'report' in dir()", id="history"),
    v4.new_code_cell("x = 1; x", id="value"),
    v4.new_code_cell("display(charts.level_line(1).properties(title='named'))", id="layer"),
]


def run(athlete: str, *more: Any, note: str = "easy week") -> Any:
    return execute(parameterise(toy.notebook(*more), {"athlete": athlete, "note": note}))


def test_outputs_and_counts_are_those_of_a_real_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    monkeypatch.setenv("PYTHONPATH", toy.environment()["PYTHONPATH"])
    nb = parameterise(toy.notebook(*RICH), {"athlete": "Bo"})
    kernel = nbclient.NotebookClient(nb, kernel_name="python3", coalesce_streams=True).execute()
    ours = toy.outputs(run("Bo", *RICH))
    assert ours == toy.outputs(kernel)
    assert sum(len(cell_outputs or ()) for _, cell_outputs in ours) >= 12  # there was something to compare


def test_a_report_does_not_depend_on_the_one_before() -> None:
    look = v4.new_code_cell("'left' in globals()", id="look")
    counted = "left = 1\ncharts.line(sets, 'date', 'load_kg', x_title='a', y_title='b').interactive()"
    first = toy.outputs(run("Ada", look, v4.new_code_cell(counted, id="counted")))
    run("Bo", v4.new_code_cell(counted, id="counted"))
    assert toy.outputs(run("Ada", look, v4.new_code_cell(counted, id="counted"))) == first
    assert "False" in str(first[-2])


def test_a_warning_is_told_in_each_report_whatever_the_flags() -> None:
    """Python tells a warning once a process; a report must not depend on that, nor on -W."""
    script = """if True:
        from analysis.report._nodes import v4
        from analysis.report._shell import execute
        for _ in range(2):
            nb = execute(v4.new_notebook(cells=[v4.new_code_cell("import warnings; warnings.warn('told')")]))
            print([(output.name, "UserWarning: told" in output.text) for output in nb.cells[0].outputs])
    """
    for flag in ("-Wdefault", "-Wignore"):
        command = [sys.executable, flag, "-c", script]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=toy.environment())
        assert done.stdout.splitlines() == ["[('stderr', True)]"] * 2


def test_the_process_is_as_it_was() -> None:
    before = sys.modules["__main__"], Path.cwd(), sys.stdout, InteractiveShell.initialized(), warnings.filters[:]
    run("Ada")
    with pytest.raises(report.NotebookFailed):
        run("Ada", v4.new_code_cell("1 / 0"))
    assert (
        sys.modules["__main__"],
        Path.cwd(),
        sys.stdout,
        InteractiveShell.initialized(),
        warnings.filters[:],
    ) == before


def test_a_report_can_be_made_from_within_a_notebook() -> None:
    """The caller's shell is another instance of the same singleton and must be back afterwards."""
    try:
        own = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        assert toy.outputs(run("Ada"))[-1][0] == 10
        assert InteractiveShell.instance() is own
    finally:
        InteractiveShell.clear_instance()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n\n1 / 0", "cell 1 failed: ZeroDivisionError: division by zero, in: x = 1 1 / 0"),
        ("def (", "cell 1 failed: SyntaxError"),
        ("raise ValueError('two\\nlines')", "cell 1 failed: ValueError: two lines, in: raise"),
        ("import sys; sys.exit(3)", "cell 1 failed: SystemExit: 3"),
    ],
)
def test_a_failing_cell_is_named_in_one_line(source: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    nb = v4.new_notebook(cells=[v4.new_code_cell(text) for text in ("1", source, "open('never', 'w')")])
    with pytest.raises(report.NotebookFailed, match=r"^cell 1 failed") as caught:
        execute(nb)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr().out == ""
    assert not Path("never").exists()


# parameters


def test_values_arrive_as_literals_after_the_declared_cell() -> None:
    nb = parameterise(toy.notebook(), {"athlete": 'O\'Hara "x"', "block": -3, "weight": 2.5, "raw": True})
    assert nb.cells[2].metadata.tags == ["injected-parameters"]
    assert nb.cells[2].source.splitlines() == ["athlete = 'O\\'Hara \"x\"'", "block = -3", "weight = 2.5", "raw = True"]
    assert defaults(nb)["block"] == 2
    again = parameterise(nb, {"block": 5})
    assert [cell.source for cell in again.cells if "injected-parameters" in cell.metadata.get("tags", ())] == [
        "block = 5"
    ]
    assert len(toy.notebook().cells) + 1 == len(nb.cells) == len(again.cells)


HOSTILE_VALUES = [
    "'; import os; os.mkdir('owned') #",
    '"""\nimport os; os.mkdir("owned")\n"""',
    "{os.mkdir('owned')}",
    "\\'+1+\\'",
    "%cd /",
]


@pytest.mark.parametrize("value", HOSTILE_VALUES)
def test_code_in_a_value_stays_text(value: str, tmp_path: Path) -> None:
    nb = execute(parameterise(toy.notebook(v4.new_code_cell("athlete")), {"athlete": value}), tmp_path)
    assert nb.cells[-1].outputs[0].data["text/plain"] == repr(value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["athlete = __import__('os').mkdir('owned') #", "x\nimport os", "draw", "atlete", "__builtins__", ""]
)
def test_a_name_that_is_not_declared_is_refused(name: str) -> None:
    with pytest.raises(
        ValueError, match=r"^the notebook has no parameter .*; it has athlete, block, note, logbook"
    ) as caught:
        parameterise(toy.notebook(), {name: "x"})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("block", "2"), ("block", 2.0), ("block", True), ("raw", 1), ("weight", 2), ("athlete", 1), ("athlete", None),
     ("weight", math.nan), ("weight", math.inf), ("athlete", "\ud800"), ("athlete", type("S", (str,), {})("x"))],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^parameter {name} "):
        parameterise(toy.notebook(), {name: value})


@pytest.mark.parametrize(
    "source", ["x = open('f')", "import os", "x = y = 1", "x = None", "x = [1]", "x: int", "x.y = 1", "f(1)"]
)
def test_the_declaring_cell_holds_literals_only(source: str) -> None:
    nb = v4.new_notebook(cells=[v4.new_code_cell(source, metadata={"tags": ["parameters"]})])
    with pytest.raises(ValueError, match="may hold only"):
        defaults(nb)
