# Everything runs in a virtual environment that this file makes itself.
# Needed beforehand: Python 3.11 or newer, make, git.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs atlas clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/run.stamp: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Karwan needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

$(VENV)/atlas.stamp: $(VENV)/dev.stamp
	$(BIN)/python -m pip install --quiet --editable '.[atlas]'
	touch $@

demo: $(VENV)/run.stamp ## Plan consignments, assign the trade of a year, rank measures, appraise a venture
	mkdir -p $(DEMO)
	$(BIN)/karwan plan Karaganda Mombasa --commodity ferroalloys --teu 20 \
		--html $(DEMO)/karaganda-mombasa-today.html
	@echo
	$(BIN)/karwan plan Karaganda Mombasa --commodity ferroalloys --teu 20 --depart 2024-06-01 \
		--html $(DEMO)/karaganda-mombasa-2024.html
	@echo
	$(BIN)/karwan plan Kostanay "Jebel Ali" --commodity wheat --tonnes 1000 \
		--html $(DEMO)/kostanay-jebel-ali-today.html
	@echo
	$(BIN)/karwan plan Kostanay "Jebel Ali" --commodity wheat --tonnes 1000 --depart 2024-06-01 \
		--html $(DEMO)/kostanay-jebel-ali-2024.html
	@echo
	$(BIN)/karwan assign --year 2025 --html $(DEMO)/trade-2025.html
	@echo
	$(BIN)/karwan compare assign --year 2025 --figure teu --scenario today \
		--scenario reopen-afghan-crossings --scenario reopen-hormuz --scenario southern-rail \
		--html $(DEMO)/trade-2025-scenarios.html
	@echo
	$(BIN)/karwan rank --budget 3000
	@echo
	$(BIN)/karwan appraise karachi-joint-venture --draws 20000 --html $(DEMO)/karachi-joint-venture.html
	@echo
	@echo "Open these pages in a browser (no network needed):"
	@ls $(DEMO)/*.html

test: $(VENV)/dev.stamp ## Run all tests
	$(BIN)/python -m pytest --quiet

check: $(VENV)/dev.stamp ## Check lint, format, types, floors, the atlas and the generated docs
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/karwan check
	$(BIN)/python tools/build_docs.py --check

bench: $(VENV)/dev.stamp ## Measure speed, each figure beside its yardstick
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds

docs: $(VENV)/dev.stamp ## Build the documentation in site/
	$(BIN)/python tools/build_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

atlas: $(VENV)/atlas.stamp ## Rebuild the computed tables of the atlas from tools/inputs
	$(BIN)/python tools/build_land.py
	$(BIN)/python tools/build_countries.py
	$(BIN)/python tools/build_sea.py
	$(BIN)/python tools/build_rates.py
	$(BIN)/python tools/build_demand.py
	$(BIN)/python tools/build_choice.py
	$(BIN)/python tools/build_terminals.py
	$(BIN)/python tools/build_curves.py
	$(BIN)/karwan check

clean: ## Remove the environment and everything made
	rm -rf $(VENV) $(DEMO) site build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
