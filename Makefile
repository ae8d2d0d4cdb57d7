# What can be done here. `make` alone lists it.
.POSIX:
.SUFFIXES:
.PHONY: help run test lint format bench lock vendor

PORT ?= 8000
FOLDER = var/demo
ARGS =
PYTHON =
VENV = .venv
BIN = $(VENV)/bin

# The first of these that is new enough and can make virtual environments; `make PYTHON=…` names another.
PYTHONS = python3.13 python3.12 python3.11 python3 python3.14 python
NEW_ENOUGH = import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

# uv where it can be had and reaches the packages, else pip. Called as: $(INSTALL) && install_all PACKAGES
INSTALL = \
	install_all() { \
		if [ -x $(BIN)/uv ] && $(BIN)/uv pip install --quiet --python $(BIN)/python "$$@"; then return 0; fi; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$@"; \
	}

help: ## List what can be done
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s%s\n", $$1, $$2 }'

run: $(VENV)/.run ## Start the demo on this machine (PORT=8000), with everything that it needs
	@exec $(BIN)/placement demo --port $(PORT) --folder $(FOLDER)

# Browser tests keep an event loop and greenlets in their process, so they get processes of their own.
test: $(VENV)/.test ## Run all tests (ARGS="-k words" for some)
	@workers=0; \
	if [ "$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" -ge 2 ] && [ -z "$(ARGS)" ]; then workers=2; fi; \
	if [ -n "$(ARGS)" ]; then exec $(BIN)/python -m pytest $(ARGS); fi; \
	status=0; \
	$(BIN)/python -m pytest -n $$workers --ignore=tests/browser || status=1; \
	$(BIN)/python -m pytest -n $$workers tests/browser || status=1; \
	exit $$status

lint: $(VENV)/.lint ## Check style, types, import contracts and spelling
	@status=0; \
	$(BIN)/ruff check . || status=1; \
	$(BIN)/ruff format --check . || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports || status=1; \
	$(BIN)/codespell || status=1; \
	exit $$status

format: $(VENV)/.lint ## Bring the code into the house's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.test ## Measure; each bench prints its figures and fails below its goal
	@status=0; \
	for bench in bench/bench_*.py; do $(BIN)/python "$$bench" || status=1; done; \
	exit $$status

lock: $(VENV)/.made ## Pin everything that a server installs, with hashes, in requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra postgres --extra server \
		--generate-hashes --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock pyproject.toml

vendor: ## Fetch the front end's files again (needs npm)
	.ci/vendor-frontend

# Each stamp says what was installed last; a change of pyproject.toml installs again.
$(VENV)/.made:
	@if [ ! -x $(BIN)/python ]; then \
		candidates="$(PYTHON)"; \
		for python in $${candidates:-$(PYTHONS)}; do \
			if "$$python" -c '$(NEW_ENOUGH)' 2>/dev/null; then found=$$python; break; fi; \
		done; \
		if [ -z "$${found:-}" ]; then \
			echo "Placement needs Python 3.11 or newer with its venv module. Install it" \
				"(on Debian: apt-get install python3-venv), or name one: make PYTHON=/path/to/python" >&2; \
			exit 1; \
		fi; \
		echo "Making $(VENV) with $$("$$found" --version)."; \
		"$$found" -m venv $(VENV) || exit 1; \
	fi
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv \
		|| echo "uv cannot be had here; pip does the same, more slowly."
	@touch $@

$(VENV)/.run: pyproject.toml $(VENV)/.made
	@echo "Installing what the service needs."
	@$(INSTALL) && install_all -e .
	@touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.made
	@echo "Installing what the tests need."
	@$(INSTALL) && install_all -e '.[postgres,test]'
	@touch $@ $(VENV)/.run

$(VENV)/.lint: pyproject.toml $(VENV)/.made
	@echo "Installing what the checks need."
	@$(INSTALL) && install_all -e '.[lint,postgres,test]'
	@touch $@ $(VENV)/.run $(VENV)/.test
