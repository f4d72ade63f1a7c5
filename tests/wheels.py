"""Does the wheel do without the repository? `python tests/wheels.py [--empty]`

Builds it, installs it into an environment of its own and runs `siamfc demo` in an empty folder. With --empty, all
that it needs comes from the package index, as for anybody; without, from the environment that runs this."""

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

root = Path(__file__).resolve().parent.parent
LARGEST = 7e6 # bytes; the weights are in it

def said(*cmd, **kw):
    "What a command prints; its whole output if it fails"
    env = {k: v for k,v in os.environ.items() if k not in ('PYTHONPATH','PYTHONHOME')} | dict(PYTHONUTF8='1')
    r = subprocess.run([*map(str, cmd)], env=env, text=True, encoding='utf-8', capture_output=True, **kw)
    if r.returncode: raise RuntimeError(f'{" ".join(map(str, cmd))} ends with {r.returncode}:\n{r.stdout}{r.stderr}')
    return r.stdout

def build(dest, *how):
    "The wheel, built into a folder"
    said(sys.executable, '-m', 'pip', 'wheel', '-qq', '--no-deps', *how, '-w', dest, root)
    return next(Path(dest).glob('*.whl'))

def program(env, name):
    "A program of an environment"
    return Path(env)/('Scripts' if os.name=='nt' else 'bin')/name

def install(wheel, env, empty=False):
    "An environment with the wheel in it; without `empty`, it borrows what the wheel needs"
    venv.create(env, with_pip=empty)
    if empty: return said(program(env, 'python'), '-m', 'pip', 'install', '-qq', wheel)
    how = '--no-deps','--no-index'
    said(sys.executable, '-m', 'pip', '--python', program(env, 'python'), 'install', '-qq', *how, wheel)
    purelib = said(program(env, 'python'), '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))').strip()
    mine = sysconfig.get_path('purelib')
    (Path(purelib)/'borrowed.pth').write_text(f'import site; site.addsitedir({mine!r})\n', encoding='utf-8')

def demo(env, cwd):
    "Where the package lies that was imported, and what the demo prints, away from the repository"
    at = said(program(env, 'python'), '-c', 'import siamfc_nb; print(siamfc_nb.__file__)', cwd=cwd).strip()
    assert Path(at).resolve().is_relative_to(Path(env).resolve()), f'{at} is not the wheel'
    out = said(program(env, 'siamfc'), 'demo', '--out', 'out', cwd=cwd)
    for clip in ('bunny_head','juice_box'):
        assert f'{clip}: mean IoU 0.' in out, out
        for kind in ('mp4','csv','json','png'): assert (Path(cwd)/'out'/f'{clip}.{kind}').stat().st_size
    return out

def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument('--empty', action='store_true', help='install everything anew, from the package index')
    a = a.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp).resolve()
        wheel = build(tmp, *(() if a.empty else ['--no-build-isolation']))
        print(f'{wheel.name}: {wheel.stat().st_size/1e6:.2f} MB')
        assert wheel.stat().st_size<=LARGEST, f'expected at most {LARGEST/1e6:g} MB'
        install(wheel, tmp/'env', a.empty)
        (tmp/'away').mkdir()
        print(demo(tmp/'env', tmp/'away'))

if __name__=='__main__': main()
