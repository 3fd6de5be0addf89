# Two commands do everything: `make report` and `make test`. The environment lives in .venv/.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
READY := $(VENV)/.ready

.PHONY: report test check lab bench calibration lock sample vendors methods notebooks clean

report: $(READY)  ## make the demo report; the last line is the path of the page
	@$(BIN)/stridelift demo

test: $(READY)  ## run every test: doctests, tests, notebooks, and the browser where one is installed
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY)  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

lab: $(READY)  ## JupyterLab on your own copy of the notebooks
	@$(BIN)/stridelift lab

$(READY): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("stridelift needs Python 3.11 to 3.13; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 report") if not (3, 11) <= sys.version_info[:2] < (3, 14) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV) (a few minutes the first time) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

bench: $(READY)  ## speed, as ratios measured in one run
	@$(BIN)/python benchmarks/run.py
	@$(BIN)/python benchmarks/import.py
	@$(BIN)/python benchmarks/load.py
	@$(BIN)/python benchmarks/stats.py
	@$(BIN)/python benchmarks/sprint.py
	@$(BIN)/python benchmarks/faults.py

calibration: $(READY)  ## coverage and false verdicts on simulated athletes, against what the handbook requires
	@$(BIN)/python benchmarks/calibration.py

lock:  ## renew constraints.txt (needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -o constraints.txt

sample: $(READY)  ## renew data/sample/ from the simulation
	@$(BIN)/python -m analysis._sample data/sample

vendors: $(READY)  ## renew the page of vendors from the headers of the importers
	@$(BIN)/stridelift vendors --page > docs/vendors.md

methods: $(READY)  ## renew the page of methods from the docstrings of the metrics
	@$(BIN)/python -m analysis._methods_page > docs/methods.md

notebooks: $(READY)  ## run the versioned notebooks and keep their outputs
	@$(BIN)/python -m analysis.report notebooks/block_report.ipynb notebooks/explore.ipynb notebooks/squad_report.ipynb

clean:
	rm -rf $(VENV) demo reports
