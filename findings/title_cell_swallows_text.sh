#!/usr/bin/env bash
# Guess: of a notebook's first Markdown cell nbdev takes title and description for the page's head, and the paragraphs below them stay on the page.
# What happens: the whole cell becomes the head. What stands below the title in the same cell is on no page, and nothing says so: not nbdev_docs,
#   nbdev_readme or nbdev_test, and Jupyter and GitHub show it.
# Versions: nbdev 2.4.14, execnb 0.1.18, fastcore 1.14.5, Python 3.11; seen 2026-11-29.
# Who is hurt: whoever writes the opening of a page below its title, as most notebooks have it: readers of the site miss it.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check nbdev==2.4.14 execnb==0.1.18 fastcore==1.14.5
v/bin/python - <<'EOF'
import sys
from pathlib import Path

from execnb.nbio import mk_cell, new_nb, write_nb
from nbdev.frontmatter import FrontmatterProc
from nbdev.process import NBProcessor

def page(*texts):
    "The cells that are left of a notebook of Markdown cells"
    write_nb(new_nb([mk_cell(t, "markdown") for t in texts]), "page.ipynb")
    p = NBProcessor(Path("page.ipynb"), procs=[FrontmatterProc], process=False)
    p.process()
    return [c.source for c in p.nb.cells if c.source]

head, opening = "# Crops\n\n> Where to cut", "You cut an exemplar from the first frame."
for name, texts in (("in one cell", [f"{head}\n\n{opening}"]), ("in two cells", [head, opening])):
    left = page(*texts)
    print(f"title and opening {name}: the page has {left}")
    if any(opening in s for s in left) != (name == "in two cells"): sys.exit("the opening is treated otherwise now")
EOF
