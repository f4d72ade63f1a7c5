"""Every slider of every page, over its whole range and in pairs: a picture each time, and no error

`python tests/test_sliders.py [lesson …]` tries every value of every slider, and seven values of each two
(SWEEP=5,2: five and two); the tests take a part of that.
"""

import ast
import json
import os
import subprocess
import symtable
import sys
import time
from contextlib import chdir
from dataclasses import replace
from io import BytesIO
from itertools import combinations, product
from pathlib import Path

import ipywidgets
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

import house
from conftest import directives, tst_flags
from nbs import _site
from siamfc_nb.app.controls import knobs
from siamfc_nb.app.inside import topics
from siamfc_nb.app.maps import Maps, load_clip, look
from siamfc_nb.app.painted import show_look
from siamfc_nb.app.widgets import knob
from siamfc_nb.track.configs import get_config

root = Path(__file__).resolve().parent.parent
lessons = [p for p in _site.notebooks() if '"interact(' in p.read_text()]

# ---- the cells that a slider needs

class Cell:
    "What a cell makes, what it only changes, and what it needs: at once, or when its functions are called"
    def __init__(self, code):
        top, tree = symtable.symtable(code, 'cell', 'exec'), ast.parse(code)
        inner, todo = [], list(top.get_children())
        while todo: t = todo.pop(); inner.append(t); todo += t.get_children()
        # definitions cost nothing
        self.code, self.exported = code, bool({'export', 'exporti'} & directives(code).keys())
        own = house.passing(code)
        self.makes = {o.get_name() for o in top.get_symbols() if o.is_assigned() or o.is_imported()}-own
        self.later = {o.get_name() for t in inner for o in t.get_symbols() if o.is_global()}
        self.needs = ({o.get_name() for o in top.get_symbols() if o.is_referenced()}-own)|self.later
        self.changes = set()
        for n in ast.walk(tree):
            if isinstance(n, (ast.Subscript, ast.Attribute)) and isinstance(n.ctx, ast.Store): self.changes |= named(n)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in (
                'init', 'update', 'fit', 'load_state_dict'):
                self.changes |= named(n.func)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name):
                # a file in a folder
                self.changes |= {m for a in n.args if isinstance(a, ast.BinOp) and isinstance(
                    a.op, ast.Div) for m in named(a.left)}
        calls = [ast.unparse(n.value.func) for n in tree.body if isinstance(n, ast.Expr) and isinstance(
            n.value, ast.Call)]
        self.always = bool({'torch.set_grad_enabled', 'torch.manual_seed', 'torch.set_default_dtype'} & set(calls))

def named(n):
    while isinstance(n, (ast.Subscript, ast.Attribute)): n = n.value
    return {n.id} if isinstance(n, ast.Name) else set()

def needed(cells, last):
    "The cells before `last` that its names come from, and `last`"
    late = set()
    while True:
        want, keep, new = cells[last].needs|late, [last], set(cells[last].later)
        for k in range(last-1, -1, -1):
            c = cells[k]
            if c.exported or c.always or (c.makes|c.changes) & want:
                keep.append(k); want = (want-c.makes)|c.needs; new |= c.later
        if new<=late: return [cells[k].code for k in sorted(keep)]
        late |= new

class Sliders(list):
    "What stands where `interact` does: it keeps the functions, with their widgets"
    def __call__(self, f, **kwargs):
        ws = ipywidgets.interactive(f, {'manual': True}, **kwargs).kwargs_widgets
        self.append((f, {w._kwarg: w for w in ws}))

def find_sliders(path):
    "Functions and widgets of a page, each with the cells run that it needs"
    flags, cells = tst_flags(), []
    for c in json.loads(path.read_text())['cells']:
        s = ''.join(c['source'])
        if c['cell_type']!='code' or directives(s).get('eval:')=='false' or flags & directives(s).keys(): continue
        cells.append(Cell('\n'.join('' if l.lstrip().startswith(('%', '!')) else l for l in s.splitlines())))
    found, space = Sliders(), {'__name__': '__lesson__'}
    done = set()
    for k, c in enumerate(cells):
        if not c.code.startswith('interact('): continue
        for s in needed(cells, k):
            if s in done: continue
            done.add(s); space['interact'] = found
            exec(compile(s, f'{path.name}', 'exec'), space)
    return found, space

# ---- values and pictures

def values(w, most):
    "Of a slider or menu: all, or `most` of them with both ends"
    vs = list(w.options) if hasattr(w, 'options') else np.arange(w.min, w.max+w.step/2, w.step).tolist() if hasattr(
        w, 'min') else [False, True]
    if isinstance(w, ipywidgets.IntSlider): vs = [int(v) for v in vs]
    if not hasattr(w, 'options') and hasattr(w, 'min'): vs[-1] = min(vs[-1], w.max)
    return vs if len(vs)<=most else [vs[k] for k in np.linspace(0, len(vs)-1, most).round().astype(int)]

def settings(ws, most, pairs):
    "One slider at a time over `most` values, and each two of them over `pairs` values"
    at, seen = {k: w.value for k, w in ws.items()}, set()
    todo = [at] + [at|{k: v} for most in (2, most) for k, w in ws.items() for v in values(w, most)]
    todo += [at|{j: u, k: v} for j, k in combinations(ws, 2) for u,
             v in product(values(ws[j], pairs), values(ws[k], pairs))]
    for o in todo:
        if (key := repr(o)) not in seen: seen.add(key); yield o

def drawn(f, **kwargs):
    "Whether `f` drew a picture, or returned one"
    from IPython.utils.capture import capture_output
    plt.close('all')
    with capture_output() as c: r = f(**kwargs)
    ok = any(m.startswith('image/') or m=='text/html' for o in c.outputs for m in o.data) or hasattr(
        r, '_repr_html_') or hasattr(r, '_repr_png_')
    for n in plt.get_fignums():
        plt.figure(n).savefig(b := BytesIO(), dpi=24, format='png')
        ok = ok or np.asarray(Image.open(b).convert('L')).std()>1
    plt.close('all')
    return ok

def sweep(f, ws, most=5, pairs=2, seconds=np.inf):
    "Number of pictures; of a slow function as many as fit, at least the start and the ends of its first sliders"
    n, t = 0, time.process_time()
    for kw in settings(ws, most, pairs):
        if n>=5 and time.process_time()-t>seconds: break
        try: ok = drawn(f, **kw)
        except Exception as e: raise AssertionError(f'{kw}: {type(e).__name__}: {e}') from e
        assert ok, f'{kw}: no picture'
        n += 1
    return n

@pytest.fixture(autouse=True)
def quiet():
    old, threads, dtype = matplotlib.get_backend(), torch.get_num_threads(), torch.get_default_dtype()
    matplotlib.use('Agg'); torch.set_num_threads(1)
    with torch.enable_grad(): yield
    plt.close('all'); matplotlib.use(old); torch.set_num_threads(threads); torch.set_default_dtype(dtype)

@pytest.mark.parametrize('path', lessons, ids=lambda p: p.stem)
def test_sliders_of_a_page(path):
    with chdir(path.parent):
        found, _ = find_sliders(path)
        assert len(found)==path.read_text().count('"interact(')
        for f, ws in found: assert sweep(f, ws, seconds=2)>=5

@pytest.mark.parametrize('topic', topics)
def test_sliders_of_the_playground_s_pictures(topic):
    _, show, args = topics[topic]
    ws = {k: knob(v, *r) for k, (v, *r) in args.items()}
    assert sweep(show, ws, seconds=2)>=5

def test_sliders_of_the_playground():
    "Every setting at its ends and in the middle, and each two of them"
    v = load_clip('juice_box'); maps = Maps(v.frames, v.boxes[0]); base = get_config('siamfc-3s')
    ws = {k: knob(getattr(base, k), *r) for k, (_, *r) in knobs.items()}
    for kw in settings(ws, 5, 2):
        o = look(maps, v.boxes, 20, replace(base, **kw), 3)
        assert np.isfinite(o.box).all() and all(im.std()>5 for im in show_look(o).values()), kw

@pytest.mark.parametrize('args,says', [
    (('sliders','99'), 'sliders 99: expected the beginning of the name of a lesson'),
    (('movie','none'), 'movie none: expected one of bunny_head, juice_box'),
    (('build','a','b'), 'python nbs/_site.py TASK')])
def test_wrong_arguments_of_the_site(args, says):
    r = subprocess.run([sys.executable, _site.__file__, *args], capture_output=True, text=True)
    assert r.returncode==1 and says in r.stderr and 'Traceback' not in r.stderr, r.stderr

if __name__=='__main__':
    matplotlib.use('Agg')
    for path in lessons:
        if sys.argv[1:] and not path.name.startswith(tuple(sys.argv[1:])): continue
        with chdir(path.parent), torch.enable_grad():
            t = time.process_time()
            found, _ = find_sliders(path)
            print(path.stem, f'cells {time.process_time()-t:.1f} s', flush=True)
            for f, ws in found:
                t = time.process_time()
                n = sweep(f, ws, *map(int, os.environ.get('SWEEP', '1000,7').split(',')))
                print('  ', list(ws), n, f'{time.process_time()-t:.1f} s', flush=True)
