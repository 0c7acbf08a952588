# Two commands do it all:  make book  builds the site and shows it;  make test  checks everything.
# Each target is one line over `cnnlab`; an environment is made when it is missing or its requirements changed.

PYTHON ?= python3
CNNLAB := .venv/bin/cnnlab

# Two targets at once would share the processors and the folders that they write to.
.NOTPARALLEL:
.PHONY: help book serve setup test thorough execute seeds labs grade lint bench clean

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1@\2/p' Makefile | while IFS=@ read -r target text; do printf '%-14s%s\n' "$$target" "$$text"; done

book: .venv-book/ready ## build the book's site; at a terminal, serve and open it
	@.venv-book/bin/cnnlab book

serve: .venv-book/ready ## serve the site that is built
	@.venv-book/bin/cnnlab serve

setup: .venv/ready ## make the full environment, for notebooks and tests
	@$(CNNLAB) doctor

test: .venv/ready .venv-book/ready .venv-sphinx/ready ## check everything: code, notebooks, site
	@$(CNNLAB) test

thorough: .venv/ready .venv-book/ready .venv-sphinx/ready ## check what need not run at every change; goes on where it was stopped
	@$(CNNLAB) thorough

execute: .venv/ready ## run the book's notebooks and store their outputs
	@$(CNNLAB) execute

labs: .venv/ready ## make the students' notebooks from the sources
	@$(CNNLAB) release

seeds: .venv/ready ## run the book's claims under three other seeds, and tabulate the margins
	@$(CNNLAB) seeds

grade: .venv/ready ## grade a folder of submissions: make grade SUBMISSIONS=dir
	@$(if $(SUBMISSIONS),,echo 'Say which folder: make grade SUBMISSIONS=dir'; exit 2;) $(CNNLAB) grade '$(SUBMISSIONS)' $(if $(OUT),--out '$(OUT)') || [ $$? -eq 3 ] # 3: done, and some need a look

lint: .venv/ready ## check the style of the code
	@$(CNNLAB) lint

bench: .venv/ready ## measure side by side with what others use: convolution, profiles, landscapes, training, grading
	@$(CNNLAB) bench

clean: ## remove the site and everything else that a build makes, but the environments
	rm -rf book/_build book/_web/vendor book/_web/.vendor-* .pytest_cache .hypothesis .ruff_cache .coverage* .thorough

# --- environments --------------------------------------------------------------------------------------------

.venv/ready: WANTED = --editable '.[full]'
.venv-book/ready: WANTED = --editable '.[book]'
# Plain Sphinx 9 and Jupyter Book's pins exclude each other.
.venv-sphinx/ready: WANTED = --requirement tests/site/plain_sphinx/requirements.txt
.venv-sphinx/ready: CONSTRAINED =
CONSTRAINED = --constraint constraints.txt

.venv/ready .venv-book/ready: pyproject.toml constraints.txt
.venv-sphinx/ready: tests/site/plain_sphinx/requirements.txt
.venv/ready .venv-book/ready .venv-sphinx/ready:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; make PYTHON=python3.12 names another")'
	@echo "Making the environment $(@D). This takes a minute or a few, once."
	@$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(@D) # what was left half-made is made anew
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(CONSTRAINED) $(WANTED)
	@touch $@
