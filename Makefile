# Set-up happens once, in .venv, and again only when pyproject.toml or constraints.txt change: first the package, which is
# enough to track, then what notebooks, tests and site need.
PYTHON ?= python3
BIN    := .venv/bin
LIGHT  := .venv/.light
READY  := .venv/.ready
STYLE  ?=
BUNDLE := runs/gpu/bundle.pyz
BEST   := runs/gpu-best/bundle.pyz
CONTRIB:= runs/contrib
CROPS   = $(or $(wildcard runs/crops/davis) $(filter-out runs/crops/davis,$(wildcard runs/crops/*)),runs/crops) # the first validates
# A worker that dies ends the suite: xdist waits forever for the tests of its file
ON_CORES:= -n logical --maxprocesses 8 --dist loadfile --max-worker-restart 0
ALONE   := tests/test_live.py tests/browser/test_live.py # signals, cameras and clocks want the machine for themselves
NBS     = $(shell find nbs -name '*.ipynb' -not -path '*/.*' | sort)

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help setup demo lab test style site docs wheel coverage release-check gpu best contrib prep clean

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(LIGHT): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v=sys.version_info; sys.exit(0 if v>=(3,11) else f"Python 3.11 or newer is needed, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the package into .venv (once; some minutes, most of them torch) ..."
	@$(BIN)/python -m pip install -qq -c constraints.txt hatchling
	@$(BIN)/python -m pip install -c constraints.txt --no-build-isolation -e '.[deploy]'
	@$(BIN)/python -c 'import cv2' 2>/dev/null || { echo "OpenCV finds no libGL here: its headless build takes over"; \
	  $(BIN)/python -m pip install -qq --no-deps --force-reinstall "opencv-python-headless==$$($(BIN)/python -c 'from importlib.metadata import version; print(version("opencv-python"))')"; }
	@$(BIN)/python -c 'import cv2, torch, siamfc_nb'
	@touch $@

$(READY): $(LIGHT)
	@echo "Installing what notebooks, tests and site need (once; 3.3 GB with the package) ..."
	@$(BIN)/python -m pip install -c constraints.txt --no-build-isolation -e '.[dev]'
	@$(BIN)/python -c 'import cv2, torch, siamfc_nb'
	@touch $@

setup: $(READY) ## install everything into .venv; the others do it by themselves

demo: $(LIGHT) ## track the shipped clips; video, picture and numbers go to runs/demo/
	$(BIN)/siamfc demo
	@echo "To use siamfc in this shell: source .venv/bin/activate"

lab: $(READY) ## open the lessons in JupyterLab (make lab LAB=--no-browser on another machine)
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/nbs/01_equivariance.ipynb $(LAB)

test: $(READY) style ## every check, as CI runs them
	$(BIN)/python -m pytest tests/test_repo.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest nbs tests $(ON_CORES) --no-loadscope-reorder --durations=15 $(addprefix --ignore ,tests/test_repo.py $(ALONE)) # each file on a core of its own
	$(BIN)/python -m pytest $(ALONE) --durations=15

style: $(READY)
	@if test -n "$(STYLE)"; then echo "House style (for information):"; $(BIN)/python $(STYLE) $(NBS) || true; \
	  else echo "House style: skipped, STYLE names no checker"; fi

site: $(READY) ## build the site into runs/site/, to look at it
	$(BIN)/python nbs/_site.py build runs/site

docs: $(READY) ## the same into docs/, which a release commits
	$(BIN)/python nbs/_site.py build

wheel: $(READY) ## build the wheel, install it into an empty environment and run its demo
	$(BIN)/python tests/wheels.py --empty

coverage: $(READY) ## which lines of the package the suite runs, into runs/coverage/
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[cover]' --no-build-isolation
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest nbs tests $(ON_CORES) --no-loadscope-reorder $(addprefix --ignore ,$(ALONE)) --cov --cov-report=
	$(BIN)/python -m pytest $(ALONE) --cov --cov-append --cov-report=term --cov-report=html:runs/coverage

release-check: $(READY) ## what only a release must keep: bars of the committed figures, docs/ built from these sources
	$(BIN)/python -m pytest -m release tests/test_results.py tests/test_site.py

gpu: $(READY) $(BUNDLE) ## train the whole schedule on a GPU and measure (GPU_ARGS=... for other settings)
	@while $(BIN)/python $(BUNDLE) train $(GPU_ARGS); s=$$?; test $$s = 75; do :; done; exit $$s # 75: its minutes are over, there is more to train
	$(BIN)/python $(BUNDLE) measure --json data/results/gpu.json $(GPU_ARGS)

best: $(READY) $(BEST) ## train the best recipe on a GPU: 5 million pairs, three seeds; stop it and call it again
	@while $(BIN)/python $(BEST) train $(BEST_ARGS) $(GPU_ARGS); s=$$?; test $$s = 75; do :; done; exit $$s

BEST_ARGS = --out runs/gpu-best --pairs 5000000 --seeds 3 $(foreach f,crowds solid,$(if $(wildcard runs/crops/$f),--share $f=2))

$(BEST): | $(READY)
	$(BIN)/python -m siamfc_nb.train.gpu pack $(CROPS) --limit 400 --out $@

$(BUNDLE): | $(READY)
	$(BIN)/python -m siamfc_nb.train.gpu pack $(CROPS) --out $@

contrib: $(CONTRIB)/bin/siamfc ## the same with OpenCV's contrib package (KCF, CSRT, MOSSE), in runs/contrib

$(CONTRIB)/bin/siamfc: $(READY)
	$(BIN)/python -m venv $(CONTRIB)
	$(CONTRIB)/bin/python -m pip install -qq --no-deps opencv-contrib-python-headless==5.0.0.93
	@echo "import site; site.addsitedir('$$($(BIN)/python -c 'import cv2; print(cv2.__path__[0].rsplit("/",1)[0])')')" > $$($(CONTRIB)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/rest.pth
	@sed '1s|.*|#!$(CURDIR)/$(CONTRIB)/bin/python|' $(BIN)/siamfc > $@ && chmod +x $@
	@$(CONTRIB)/bin/python -c 'import cv2, siamfc_nb; cv2.legacy.TrackerMOSSE_create()'

prep: $(READY) ## before a commit: notebooks to package and stubs, clean notebooks, README
	$(BIN)/nbdev_export
	$(BIN)/nbdev_clean
	$(BIN)/python nbs/_site.py stubs
	$(BIN)/python nbs/_site.py readme

clean: ## remove what builds and runs wrote, but not .venv
	rm -rf _proc _docs build dist runs .pytest_cache .ruff_cache
