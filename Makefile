# The two commands that matter: `make demo` and `make test`. Both set everything up by themselves.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
WHEEL_SOURCES := setup.py setup.cfg pyproject.toml $(shell find azext_safeguards -type f -not -name '*.pyc')
EXTENSIONS := $(VENV)/cliextensions
# Processes that tests share; one that has nothing left takes over what another has not begun.
WORKERS ?= 2
# Those that run az and the sandbox also wait, for each other: a third process has the processors meanwhile.
E2E_WORKERS ?= 3
# Python compiles what it imports, which is a small part of what azure-cli brings.
export PIP_COMPILE := no
# And it keeps what it has compiled, whatever the user's own processes do: tests start hundreds of az, each of which
# would compile azure-cli anew, in three times the time that it takes to start.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# az must neither read nor write anything of the user's while it installs the wheel.
ISOLATED := AZURE_CONFIG_DIR=$(CURDIR)/$(VENV)/azure-config AZURE_EXTENSION_DIR=$(CURDIR)/$(EXTENSIONS) \
	AZURE_CORE_COLLECT_TELEMETRY=no

.PHONY: help setup wheel demo test test-matrix format lint types azdev unit coverage recorded e2e bench record docs picture browser clean

help:
	@echo 'make demo    the main job and what workloads meet, in the sandbox, with the real az'
	@echo 'make test    lint, types, azdev and all tests'
	@echo 'make format  formats and sorts imports; make unit and make coverage run the unit tests'
	@echo 'make bench   measures speed (BENCH=--linear: up to 100,000 manifests); make wheel builds dist/'
	@echo 'make record  records the cassettes anew'
	@echo 'make docs    writes docs/policies.md from the policies; make picture docs/demo.svg from what az prints'
	@echo 'make test-matrix   the flags with the oldest supported and the newest azure-cli'

$(VENV)/.requirements: requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(PY) -m scripts.install requirements-dev.txt
	@touch $@

# The real kubectl and helm; where there are none for the platform it says so.
$(VENV)/tools/.complete: requirements-tools.txt scripts/tools.py | $(VENV)/.requirements
	$(PY) -m scripts.tools
	@mkdir -p $(@D) && touch $@

$(VENV)/.wheel: $(VENV)/.requirements $(WHEEL_SOURCES)
	@rm -rf build dist
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@rm -rf build *.egg-info
	@touch $@

$(VENV)/.extension: $(VENV)/.wheel
	@rm -rf $(EXTENSIONS)
	$(ISOLATED) $(BIN)/az extension add --only-show-errors --yes --source $(CURDIR)/dist/*.whl
	@touch $@

# The Python API and Microsoft's current SDKs, installed as docs/python-api.md says.
$(VENV)/sdk/.complete: $(VENV)/.wheel requirements-sdk.txt docs/python-api.md scripts/sdk_environment.py
	$(PY) -m scripts.sdk_environment
	@touch $@

setup: $(VENV)/.extension $(VENV)/tools/.complete $(VENV)/sdk/.complete

wheel: $(VENV)/.wheel
	@ls dist/*.whl

demo: setup
	@$(PY) -m sandbox run -- $(PY) -m demo

format: $(VENV)/.requirements
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

lint: types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.requirements
	$(BIN)/mypy azext_safeguards sandbox demo benchmarks scripts examples

# Installing, types and azdev wait or need one processor: they run beside the unit tests. The other tests need what is
# installed. What `make coverage` has run is not run twice. `make test AZDEV=` leaves azdev out.
AZDEV := azdev
test:
	@$(MAKE) --no-print-directory -j3 setup lint $(AZDEV) browser coverage
	$(BIN)/pytest -n $(E2E_WORKERS) --dist worksteal tests -m "hypothesis or exhaustive or not unit"

# azdev's linter and style checks, when something that they look at has changed.
azdev: setup $(VENV)/.azdev

$(VENV)/.azdev: $(VENV)/.extension $(VENV)/.azdev-installed linter_exclusions.yml scripts/azdev_check.py scripts/azdev_sparing.py
	$(PY) -m scripts.azdev_check linter style
	@touch $@

$(VENV)/.azdev-installed: $(VENV)/.requirements requirements-azdev.txt
	$(PY) -m scripts.azdev_check install
	@touch $@

# Unit tests that neither generate nor count out their cases.
QUICK := "not hypothesis and not exhaustive"

# The branches of the package that the quick unit tests take: measuring makes them three times as slow. The floor is in
# pyproject.toml. Handlers of commands run in az's own processes in tests/e2e, which are not measured either, nor are
# tests marked no_cover: they go thousands of times through what others go through, and run beside the measured ones.
coverage: $(VENV)/.requirements $(VENV)/tools/.complete
	$(BIN)/pytest -n $(WORKERS) --dist worksteal tests/unit -m $(QUICK) --cov --cov-report=term:skip-covered

# Not part of `make test`: installs several versions of azure-cli, which takes minutes and gigabytes.
test-matrix: wheel
	$(PY) tests/matrix.py

unit: $(VENV)/.requirements $(VENV)/tools/.complete
	$(BIN)/pytest -n $(WORKERS) --dist worksteal tests/unit -m $(QUICK)

recorded: setup
	$(BIN)/pytest tests/recorded

e2e: setup
	$(BIN)/pytest -n $(E2E_WORKERS) --dist worksteal tests/e2e tests/sandbox

record: setup
	SAFEGUARDS_RECORD=1 $(BIN)/pytest tests/recorded

docs: $(VENV)/.requirements
	$(PY) -m scripts.policies_page

picture: setup browser
	$(PY) -m scripts.picture
	$(PY) -m scripts.page_picture

# Debian's Chromium for the tests of pages, where it may be installed.
browser: $(VENV)/.requirements
	@$(PY) -m scripts.browser

bench: setup
	@$(PY) -m benchmarks $(BENCH)

clean:
	rm -rf $(VENV) build dist .sandbox .coverage *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
