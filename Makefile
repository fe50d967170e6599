# The whole routine of this repository; `make help` lists the targets.
# It needs make, git and Python 3.11 or newer. uv is used where it is on PATH, else venv and pip.

PYTHON ?= python3
ARGS ?=
BENCH ?=
FUZZ ?= json toml project
SECONDS ?= 60

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help dataset card test test-lowest fuzz lint format docs bench bench-scale requirements clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

dataset: $(VENV)/.package ## build the dataset into dist/
	@$(BIN)/dataset-builder build

card: $(VENV)/.package ## fail if DATASET_CARD.md is stale
	@$(BIN)/dataset-builder card --check

# Tests start many processes. Where nothing may be compiled for good, as images of containers like to have it, each of
# them compiles the whole package anew: a quarter of what a short command takes.
test test-lowest: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev $(VENV)-cff/.cff ## run the tests: make test [ARGS="-k span"]
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

test-lowest: $(VENV)-lowest/.package $(VENV)-cff/.cff ## run the tests with the lowest versions allowed
	@$(VENV)-lowest/bin/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

fuzz: $(VENV)/.dev $(VENV)/.fuzz ## look for input that breaks: make fuzz [FUZZ="json project"] [SECONDS=60]
	@if $(BIN)/python -c 'import atheris' 2>/dev/null; then \
		failed=0; \
		for target in $(FUZZ); do $(BIN)/python tests/fuzz/run.py $$target --seconds $(SECONDS) || failed=1; done; \
		exit $$failed; \
	else echo 'skipped: fuzz, for want of atheris, which has no wheel for this machine or Python'; fi

lint: $(VENV)/.dev ## run ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## mend what ruff can mend
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## build the documentation into docs/_build/html
	$(BIN)/python -m sphinx --builder html --fail-on-warning --fresh-env --quiet docs docs/_build/html

bench: $(VENV)/.dev ## run the benchmarks: make bench [BENCH="..."]
	@$(BIN)/python -m benchmarks $(BENCH)
	@$(BIN)/python -m benchmarks.importing

bench-scale: $(VENV)/.dev ## run them on 200,000 and on a million packed articles: an hour, 12 GB of disk
	@$(BIN)/python -m benchmarks --layout packed --sizes 200000,1000000 --rounds 1 --print-only \
		--without script --without check --without parse --without wrong $(BENCH)

# Pins that still fit are kept. runtime.txt starts from dev.txt, so that the two agree.
compile = $(or $(UV),$(BIN)/uv) pip compile --quiet --no-config --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make requirements"
pin = $(compile) pyproject.toml
upgrade = $(if $(UPGRADE),--upgrade)
requirements: $(if $(UV),,$(VENV)/.dev) ## pin requirements/ again: make requirements [UPGRADE=1]
	$(pin) $(upgrade) --all-extras --group dev --group backend --output-file requirements/dev.txt >/dev/null
	cp requirements/dev.txt requirements/runtime.txt
	$(pin) --group backend --output-file requirements/runtime.txt >/dev/null
	$(pin) $(upgrade) --all-extras --group test --group backend --resolution lowest-direct \
		--output-file requirements/lowest.txt >/dev/null
	$(compile) $(upgrade) --group pyproject.toml:fuzz --output-file requirements/fuzz.txt >/dev/null
	$(compile) $(upgrade) --group pyproject.toml:cff --output-file requirements/cff.txt >/dev/null

clean: ## remove builds and caches
	rm -rf dist docs/_build .dataset-builder .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name '$(VENV)*' -prune -o -name __pycache__ -prune -exec rm -rf {} +

distclean: clean ## remove the environments too
	rm -rf $(VENV) $(VENV)-lowest $(VENV)-cff

# Environments: created, then the pinned requirements, then this package. Each step leaves a stamp when it is
# done and runs again only when what it reads has changed.

environment = $(@D)
interpreter = "$$("$(PYTHON)" -c 'import sys; print(sys.executable)')"
ifdef UV
create = uv venv --quiet --seed --allow-existing --python $(interpreter) $(environment)
install = uv pip install --quiet --python $(environment)/bin/python
else
create = "$(PYTHON)" -m venv $(environment)
install = $(environment)/bin/python -m pip install --quiet --disable-pip-version-check
endif

$(VENV)/.created $(VENV)-lowest/.created $(VENV)-cff/.created:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Python 3.11 or newer is needed and "$(PYTHON)" is not; name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(create)
	@touch $@

$(VENV)/.runtime: requirements/runtime.txt $(VENV)/.created
	$(install) --require-hashes --requirement $<
	@touch $@

$(VENV)-lowest/.lowest: requirements/lowest.txt $(VENV)-lowest/.created
	$(install) --require-hashes --requirement $<
	@touch $@

$(VENV)/.package: pyproject.toml $(VENV)/.runtime
	$(install) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)-lowest/.package: pyproject.toml $(VENV)-lowest/.lowest
	$(install) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.created | $(VENV)/.package
	$(install) --require-hashes --requirement $<
	@touch $@

$(VENV)/.fuzz: requirements/fuzz.txt $(VENV)/.created
	$(install) --require-hashes --requirement $<
	@touch $@

$(VENV)-cff/.cff: requirements/cff.txt $(VENV)-cff/.created
	$(install) --require-hashes --requirement $<
	@touch $@
