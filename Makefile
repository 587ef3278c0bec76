# The commands of Délibéré. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
SERVE ?= 1
ARGS ?=

PYTHON ?= $(or $(shell command -v python3.11),python3)
BIN := .venv/bin
# A stamp carries the hash of its lock: a lock that changes is installed again, a date that changes is not.
RUNTIME := .venv/.runtime-$(shell cksum < requirements.lock | cut -d' ' -f1)
DEV := .venv/.dev-$(shell cksum < requirements-dev.lock | cut -d' ' -f1)
quietly = sed -u '/already satisfied/d; /^Looking in/d'
say = @echo "» $(1)"
# The site and its worker start together, and when one stops the other does.
beside_a_worker = trap 'kill $$(jobs -p) 2> /dev/null || true' EXIT; $(BIN)/python manage.py work & $(1) & wait -n

.PHONY: help
help: ## Cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: libraries $(RUNTIME) ## Installe ce qui manque : bibliothèques du système, .venv, dépendances

.PHONY: demo
demo: setup port ## Base de démonstration remise à neuf, jurys tenus, documents, puis le site (SERVE=0 : sans le site ; PORT=8000)
	$(call say,Base de données)
	@$(BIN)/python manage.py migrate --verbosity 0
	$(call say,Données de démonstration)
	@$(BIN)/python manage.py load_demo
	@[ "$(SERVE)" = 0 ] || { printf '\nOuvrez http://127.0.0.1:$(PORT)/ (Ctrl-C pour arrêter)\n'; \
	  $(call beside_a_worker,$(BIN)/gunicorn config.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --threads 4 --log-level warning); }

.PHONY: run
run: setup port ## Le site, sur la base telle qu’elle est (PORT=8000)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(call beside_a_worker,$(BIN)/python manage.py runserver $(PORT))

.PHONY: test
test: libraries browser $(DEV) ## Toute la suite, sur DATABASE_URL (SQLite si absent) ; ARGS="tests/jury -x" en choisit une partie
	@$(BIN)/pytest -n auto $(ARGS)

.PHONY: lint
lint: libraries $(DEV) ## Mise en forme, ruff, gabarits, types, contrats d’import, migrations, réglages
	$(call say,Mise en forme)
	@$(BIN)/ruff format --check .
	$(call say,Règles)
	@$(BIN)/ruff check .
	$(call say,Gabarits)
	@$(BIN)/djlint --quiet --lint templates
	$(call say,Types)
	@$(BIN)/mypy .
	$(call say,Contrats d’import)
	@$(BIN)/lint-imports
	$(call say,Migrations)
	@$(BIN)/python manage.py makemigrations --check --dry-run
	$(call say,Réglages sans aucune variable puis ceux de la production)
	@env -i $(BIN)/python manage.py check
	@env -i DEBUG=0 SECRET_KEY="$$(head -c 48 /dev/urandom | base64)" ALLOWED_HOSTS=iut.example BEHIND_PROXY=1 \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

.PHONY: check
check: lint test ## make lint, puis make test

.PHONY: fix
fix: $(DEV) ## Remet en forme et corrige ce qui peut l’être
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV) ## Mesures du calcul (300 étudiants, 36 000 notes) et de sa croissance (75 à 4 800 étudiants), en JSON
	@$(BIN)/python bench/run.py

.PHONY: lock
lock: $(DEV) ## Verrouille à nouveau les dépendances, avec leurs empreintes
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $$name.in -o $$name.lock; \
	done

# --- Pieces

.PHONY: libraries
libraries:
	@.ci/libraries.sh $(PYTHON)

.PHONY: browser
browser:
	@.ci/browser.sh

.PHONY: port
port:
	@[ "$(SERVE)" = 0 ] || $(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2> /dev/null || { \
	  echo "Le port $(PORT) n’est pas libre : arrêtez ce qui l’occupe, ou choisissez-en un autre, par exemple « make demo PORT=8001 »." >&2; exit 1; }

.venv/bin/pip:
	$(call say,Environnement Python dans .venv)
	@$(PYTHON) -m venv .venv

$(RUNTIME): .venv/bin/pip
	$(call say,Dépendances du site)
	@$(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements.lock | $(quietly)
	@rm -f .venv/.runtime-* && touch $@

$(DEV): $(RUNTIME)
	$(call say,Dépendances des tests et des vérifications)
	@$(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements-dev.lock | $(quietly)
	@rm -f .venv/.dev-* && touch $@
