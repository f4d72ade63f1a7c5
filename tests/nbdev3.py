"""Does nbdev 3 make the same package of the notebooks? `python tests/nbdev3.py`, in an environment that has it

Migrates a copy of the repository, exports it and compares. What has to change is told in nbs/reference/nbdev3.qmd."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
section = '\n[tool.nbdev]\ncustom_sidebar = true\n'

def migrated(dest):
    "A copy without settings.ini: pyproject.toml gets nbdev 3's section and loses what goes into docstrings"
    for k in ('nbs','siamfc_nb'): shutil.copytree(root/k, dest/k, ignore=shutil.ignore_patterns('.*', '__pycache__'))
    text = (root/'pyproject.toml').read_text(encoding='utf-8')
    kept = [o for o in text.splitlines() if not o.startswith('Documentation = ')]
    (dest/'pyproject.toml').write_text('\n'.join(kept)+section, encoding='utf-8')
    return dest

def command(name, cwd):
    cmd = Path(sys.executable).with_name(name)
    subprocess.run([cmd], cwd=cwd, check=True)

def files(at, kind): return {p.relative_to(at).as_posix(): p.read_text(encoding='utf-8') for p in at.rglob(kind)}

def off(have, want): return sorted(k for k in have | want if have.get(k)!=want.get(k))

def main():
    with tempfile.TemporaryDirectory() as tmp:
        copy = migrated(Path(tmp))
        command('nbdev-export', copy)
        modules = off(files(root/'siamfc_nb', '*.py'), files(copy/'siamfc_nb', '*.py'))
        modules = [k for k in modules if k!='_modidx.py'] # an index of links, in another layout
        before = files(copy/'nbs', '*.ipynb')
        command('nbdev-clean', copy)
        notebooks = off(before, files(copy/'nbs', '*.ipynb'))
    for what,names in (('modules',modules),('notebooks after nbdev-clean',notebooks)):
        print(f'{what} that differ: {", ".join(names) or "none"}')
    sys.exit(bool(modules or notebooks))

if __name__=='__main__': main()
