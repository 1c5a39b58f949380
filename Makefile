# Every command of the project; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
VENV := .venv/bin
export PYTHON

.PHONY: help setup demo test check lock messages shots bench faults machines clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## prepare .venv, the catalogues and what the PDF reports need (the others call it)
	@.ci/setup

demo: setup ## serve the portal with the Nador consultation in it (PORT=8000); Ctrl-C stops it
	@$(VENV)/python manage.py demo --port $(PORT)

test: setup ## run the tests on SQLite, and beside them those in a browser
	@.ci/pytest

check: setup ## lint, format, types, layers, migrations, catalogues, compose file
	@.ci/check

lock: setup ## write requirements*.txt again from pyproject.toml (UPGRADE=1 takes newer versions)
	@.ci/lock $(if $(UPGRADE),--upgrade)

messages: setup ## collect the translatable strings into locale/
	@command -v xgettext >/dev/null || { echo "makemessages needs xgettext: sudo apt-get install gettext" >&2; exit 1; }
	$(VENV)/python manage.py makemessages --locale ar --locale fr --no-wrap --no-location --ignore '.venv/*' --ignore 'var/*' --ignore 'staticfiles/*' --ignore 'tests/*'

shots: setup ## take screenshots of the main pages into var/shots (Arabic and French, phone and desk)
	@$(VENV)/python -m tests.browser.shots

bench: setup ## how fast it answers beside a bare view, with as much as a country's portal holds (QUICK=1: with little)
	@$(VENV)/python -m bench $(if $(QUICK),--quick) $(if $(SCALE),--scale $(SCALE))

faults: setup ## stop, kill and freeze each server under a light load, and write var/faults/table.md (half an hour)
	@$(VENV)/python -m tests.faults

machines: setup ## two web servers, two workers and a replica of the database, each taken away once (five minutes)
	@$(VENV)/python -m tests.machines

clean: ## remove .venv, caches and compiled catalogues; var/ (your data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo
