# Short names for the commands of lab.py; on Windows, or without make, say `python3 lab.py VERB`.
PYTHON ?= python3
COMPILE = uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --group pins --extra lab

.DEFAULT_GOAL := help
.PHONY: help lab demo test pins

help: ## say what there is
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1	\2/p' $(MAKEFILE_LIST)

lab: ## open the notebooks in JupyterLab
	$(PYTHON) lab.py lab

demo: ## the main job on the sample data, in the terminal
	$(PYTHON) lab.py demo

test: ## lint, format, types and all tests
	$(PYTHON) lab.py test

pins: ## take newer versions of all packages into constraints*.txt (needs uv)
	$(COMPILE) -o constraints.txt
	$(COMPILE) --extra test --constraints constraints.txt -o constraints-test.txt \
		$$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' constraints.txt | sort -u)
	sed -i.old -e '/^# /d' -e '/^$$/d' constraints-test.txt && rm constraints-test.txt.old
