"""The repository keeps its promises: imports point one way, rooms are small, every vendor and metric is documented."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "analysis"

# A file may import what stands in an earlier group. `_reasons` holds words for estimate; the face may import anything.
LAYERS = [
    "units",
    "tables",
    "own_tests",
    "_reasons",
    "frames",
    "estimate",
    "charts",
    "exercises",
    "importers",
    "logbook",
    "transforms",
    "stats",
    "metrics",
    "block_proposals",
    "block",
    "squad",
    "guidance",
    "report",
    "simulate",
    "_sample_exports",
    "_sample_days",
    "_sample_runs",
    "_sample",
    "_cli_io",
    "_cli_again",
    "_cli_import",
    "_cli_map",
    "_cli_template",
    "_cli_blocks",
    "_cli_plan",
    "_cli_squad",
    "_methods_page",
    "cli",
    "__main__",
]
ONLY_IN = {
    "pandas": ["frames"],
    "duckdb": ["logbook"],
    "nbconvert": ["report"],
    "IPython": ["report", "estimate"],  # an estimate shows itself in a notebook
    "altair": ["charts", "metrics", "squad"],  # in metrics and squad only inside `_draw`
}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[tuple[str, ast.stmt]]:
    """Dotted names that a file imports; `from analysis.x import y` gives `analysis.x.y`."""
    found: list[tuple[str, ast.stmt]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", [p for p in FILES if layer(p) != "__init__"], ids=name)
def test_imports_point_up_only(path: Path) -> None:
    own = layer(path)
    for dotted, _ in imported(path):
        parts = dotted.split(".")
        if parts[0] != "analysis" or dotted in ("analysis", "analysis.__version__"):
            continue
        target = parts[1]
        assert target in LAYERS, f"{name(path)} imports {dotted}, which has no place in the order"
        assert LAYERS.index(target) <= LAYERS.index(own), f"{name(path)} imports {dotted}, which stands below it"


@pytest.mark.parametrize("room", ["importers", "metrics", "stats"])
def test_siblings_do_not_import_siblings(room: str) -> None:
    for path in sorted((PACKAGE / room).glob("[!_]*.py")):
        for dotted, _ in imported(path):
            parts = dotted.split(".")
            if parts[:2] == ["analysis", room] and len(parts) > 2 and parts[2] != path.stem:
                sibling = PACKAGE / room / f"{parts[2]}.py"
                assert parts[2].startswith("_") or not sibling.exists(), f"{name(path)} imports its sibling {dotted}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_heavy_libraries_have_one_door(path: Path) -> None:
    for dotted, _ in imported(path):
        top = dotted.split(".")[0]
        assert layer(path) in ONLY_IN.get(top, [layer(path)]), f"{name(path)} imports {top}; only {ONLY_IN[top]} may"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_rooms_are_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            length = (node.end_lineno or 0) - first.lineno + 1
            assert length <= 30, f"{name(path)}: {node.name} has {length} lines"


@pytest.mark.parametrize("room", ["importers", "metrics"])
def test_every_vendor_and_metric_stands_in_the_docs_and_has_a_test(room: str) -> None:
    page = (ROOT / "docs" / {"importers": "vendors.md"}.get(room, f"{room}.md")).read_text(encoding="utf-8")
    tests = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").glob("test_*.py"))
    for path in (PACKAGE / room).glob("[!_]*.py"):
        assert f"`{path.stem}`" in page, f"{path.stem} is missing in the docs of {room}"
        assert path.stem in tests, f"{path.stem} has no test"


def test_the_public_face_is_small() -> None:
    import analysis

    assert len(analysis.__all__) <= 12
    assert all(hasattr(analysis, public) for public in analysis.__all__)


def test_every_command_stands_in_the_readme() -> None:
    from analysis.cli import app

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert command.callback is not None
        assert f"stridelift {command.name or command.callback.__name__}" in readme


def test_the_page_of_vendors_is_made_of_the_headers_of_the_importers() -> None:
    from analysis._cli_import import FIELDS, describe_vendors, vendors_page

    assert (ROOT / "docs" / "vendors.md").read_text(encoding="utf-8") == vendors_page(), "run: make vendors"
    for told in describe_vendors():
        assert all(told[field] for field in FIELDS), f"{told['vendor']} does not tell its {FIELDS}"
