# make run | test | lint | bench | fuzz | docs | pictures | clean. Each builds what it needs; a second time that is instant.
PYTHON ?= python3
MODEL ?=
MINUTES ?= 10

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PINNED := packaging/constraints.txt
INSTALL := $(PIP) install --quiet --constraint $(PINNED)

.PHONY: run test lint bench fuzz docs pictures clean system test-system

run: system $(VENV)/run.stamp
	$(BIN)/gru-debugger $(MODEL)

test: test-system $(VENV)/dev.stamp
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: test-system $(VENV)/dev.stamp
	$(BIN)/python tests/benchmarks

# Random keys and clicks in a throw-away home, as an ordinary user; MINUTES=2 for a short one.
fuzz: test-system $(VENV)/dev.stamp
	$(BIN)/python tests/fuzzing --minutes $(MINUTES)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache

system:
	@$(PYTHON) packaging/check_system.py

test-system:
	@$(PYTHON) packaging/check_system.py test

# torch by itself and by its exact version: asked for by another package, or by a range, it may
# come as a build for graphics cards, ten times the size.
$(VENV)/run.stamp: pyproject.toml $(PINNED) gru_debugger/core/states.c
	@$(PYTHON) packaging/check_system.py
	@echo "Installing into $(VENV): a few minutes the first time."
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet $$(grep '^torch==' $(PINNED))
	$(INSTALL) setuptools
	$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q gru_debugger  # which no test's program does, nor the first start
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@

# README's tables of keys and names, from the program's own.
docs: $(VENV)/run.stamp
	$(BIN)/python packaging/write_readme.py

# The README's picture, by the program's own export.
pictures: $(VENV)/run.stamp
	$(BIN)/gru-debugger export bundled:sixteen --steps 34 --force -o packaging/pictures
	$(BIN)/gru-debugger export bundled:sixteen --steps 34 --pane calculation --force -o packaging/pictures/calculation
	$(BIN)/gru-debugger export bundled:sonnets --steps 227 --unit 183 --pane overview --force -o packaging/pictures/overview
	$(BIN)/gru-debugger export bundled:sonnets --steps 150 --unit 183 --pane influence --force -o packaging/pictures/influence
