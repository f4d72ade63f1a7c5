"""How readable and how light the house is: prints each measure beside its bar

`python tests/house.py` counts; `--against REF` also times start-ups, here and at a commit, in turn."""

import argparse
import ast
import base64
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import tokenize
from collections import Counter, defaultdict
from pathlib import Path

from PIL import Image

from siamfc_nb.files import siamfc_call, unpack_commit

root = Path(__file__).resolve().parent.parent
WIDTH,UNFOLD,BRANCHES = 120,1.35,12

notebooks = sorted(p for p in (root/'nbs').rglob('*.ipynb') if not any(o[0] in '._' for o in p.relative_to(root).parts))
texts = (p for p in (root/'nbs').rglob('*.qmd') if not any(o[0] in '._' for o in p.relative_to(root).parts))
pages = [*notebooks, *sorted(texts)]
tests = [root/'conftest.py', *sorted((root/'tests').rglob('*.py'))]
modules = sorted(p for p in (root/'siamfc_nb').rglob('*.py') if p.name!='_modidx.py')

def name_of(path):
    return path.relative_to(root).as_posix()

# ---- width

def written(path):
    "A module without the list of names that the export writes into it"
    return re.sub(r"^__all__ = \[.*?\]\n", '', path.read_text(), count=1, flags=re.M|re.S)

def filled(text):
    "Lines that are not blank"
    return sum(bool(o.strip()) for o in text.splitlines())

def unfold():
    "Module = lines after a formatter / lines before"
    text = {name_of(p): written(p) for p in modules}
    with tempfile.TemporaryDirectory() as tmp:
        for k,o in text.items():
            (Path(tmp)/k).parent.mkdir(parents=True, exist_ok=True)
            (Path(tmp)/k).write_text(o)
        cmd = [sys.executable, '-m', 'ruff', 'format', '.', f'--line-length={WIDTH}', '--isolated', '--no-cache']
        subprocess.run(cmd, cwd=tmp, capture_output=True, check=True)
        return {k: filled((Path(tmp)/k).read_text())/filled(o) for k,o in text.items() if filled(o)}

def wide(paths):
    "File = number of lines that are too long"
    return {name_of(p): n for p in paths if (n := sum(len(o)>WIDTH for o in written(p).splitlines()))}

# ---- branches

forks = ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.match_case

def branches(f):
    "Branches of a function, those of functions inside it left out"
    n,todo = 0,list(ast.iter_child_nodes(f))
    while todo:
        o = todo.pop()
        if isinstance(o, (ast.FunctionDef, ast.Lambda)): continue
        n += isinstance(o, forks) + len(getattr(o, 'ifs', ()))
        todo += ast.iter_child_nodes(o)
    return n

def branchy():
    "Function = branches, where there are too many"
    res = {}
    for p in modules:
        fs = [o for o in ast.walk(ast.parse(p.read_text())) if isinstance(o, ast.FunctionDef)]
        res |= {f'{name_of(p)}:{f.name}': n for f in fs if (n := branches(f))>BRANCHES}
    return res

# ---- names

def public(path):
    "What a module offers"
    for o in ast.parse(path.read_text()).body:
        if isinstance(o, ast.Assign) and getattr(o.targets[0], 'id', '')=='__all__': return ast.literal_eval(o.value)
    return []

def twins():
    "Name = modules, where two offer it"
    where = defaultdict(list)
    for p in modules:
        if p.name=='__init__.py': continue # a front offers what others have
        for n in public(p): where[n].append(name_of(p))
    return {n: ps for n,ps in where.items() if len(ps)>1}

# ---- sentences

def claims():
    "Module = how often it says what another setting is; `files.claim` says it for all"
    return {name_of(p): n for p in modules if (n := p.read_text().count('(there, here)'))}

# ---- notebooks

def passing(source):
    "Names that live in comprehensions alone, which Python lists beside those of the cell from 3.12 on"
    tree = ast.parse(source)
    kinds = ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp
    inside = {m for n in ast.walk(tree) if isinstance(n, kinds) for g in n.generators for m in ast.walk(g.target)}
    stored = [m for m in ast.walk(tree) if isinstance(m, ast.Name) and isinstance(m.ctx, ast.Store)]
    return {m.id for m in stored if m in inside} - {m.id for m in stored if m not in inside}

def cells_of(path):
    return json.loads(path.read_text())['cells']

def in_a_room(name):
    "Is a notebook a reference page, in the folder of its package, and no lesson?"
    return name.count('/')>1

def shares():
    "Notebook = lines that are exported / lines that are not"
    res = {}
    for p in notebooks:
        n = Counter()
        for c in cells_of(p):
            s = ''.join(c['source'])
            if c['cell_type']=='code': n[bool(re.search(r'^#\|\s*export', s, re.M))] += filled(s)
        if n[True]: res[name_of(p)] = n[True]/max(n[False], 1)
    return res

def findings(checker):
    "What the style checker says"
    out = subprocess.run([sys.executable, checker, *map(str, notebooks)], text=True, capture_output=True).stdout
    return out.splitlines()

# ---- words

def markdown(path):
    "What a page says; cells of a notebook one after the other"
    if path.suffix!='.ipynb': return re.sub(r'\A---.*?^---$', '', path.read_text(), flags=re.M|re.S)
    return '\n\n'.join(''.join(c['source']) for c in cells_of(path) if c['cell_type']=='markdown')

def words(path):
    return len(markdown(path).split())

def spoken(path):
    "How often a page speaks to its reader, per 1,000 words"
    return 1000*len(re.findall(r"\byou(?:r|rs|rself)?\b", markdown(path), re.I))/max(words(path), 1)

def code_cells(path):
    "`fresh`, which installs elsewhere and is hidden, does not count"
    return sum(c['cell_type']=='code' and c['id']!='fresh' for c in cells_of(path))

def plain(text):
    "Prose without code, formulas and addresses"
    for o in (r'```.*?```', r'\$\$.*?\$\$', r'`[^`]*`', r'\$[^$\n]*\$', r'\]\([^)]*\)', r'https?://\S+', r'<[^>]*>'):
        text = re.sub(o, ' ', text, flags=re.S)
    return text

def said(path):
    "Docstrings and comments of a module"
    text = path.read_text()
    tree = ast.walk(ast.parse(text))
    docs = [ast.get_docstring(o) or '' for o in tree if isinstance(o, (ast.Module,ast.ClassDef,ast.FunctionDef))]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = [t.string.lstrip('# ') for t in tokens if t.type==tokenize.COMMENT]
    return '\n'.join([*docs, *(c for c in comments if not c.startswith(('%%','|','noqa')))])

# ---- docstrings

verbs = {*'''
Add Advance Alternate Ask Average Batch Begin Believe Blend Bound Box Bring Build Cancel Carry Cast Change
Check Choose Clean Clear Climb Collect Colour Compare Complete Compose Compute Connect Convert Copy Correlate
Count Crop Cut Decode Define Describe Digest Divide Do Draw Embed Encode End Enter Estimate Evaluate Explain
Express Fill Find Finish Fit Fold Follow Forget Gather Generate Go Hand Hash Hold Import Judge Keep Kill Label
Lay Let List Load Log Look Lower Make Mark Measure Mix Move Name Note Number Offer Open Order Pack Paint Part
Pass Pick Place Plan Plot Prepare Put Quote Raise Rank Read Record Refuse Remember Remove Renew Replace Report
Resize Return Rotate Round Run Save Say Scale Score Serve Set Show Shrink Silence Slide Sort Speak Spell Split
Spoil Spread Stand Start Stop Store Strip Sum Tabulate Take Tell Test Time Track Train Translate Trust Try
Turn Unpack Up-sample Validate Wait Walk Warp Watch Weigh Weight Work Write
'''.split()}

def told(path):
    "Find the docstrings of a module's functions, with their names; a property is named by a noun"
    for o in ast.walk(ast.parse(path.read_text())):
        if not isinstance(o, (ast.FunctionDef,ast.AsyncFunctionDef)): continue
        how = ' '.join(map(ast.unparse, o.decorator_list))
        if (text := ast.get_docstring(o)) and not re.search('property|as_prop', how): yield o.name,text

def begins(text):
    "Tell whether a docstring starts with a verb; \"Name of\" has a noun"
    m = re.match(r'([\w-]+)\b(?! of\b)', text)
    return bool(m) and m[1] in verbs

def verbless(path):
    "List the functions of a module whose docstrings start with no verb"
    return [f'{name_of(path)}:{k}: {text.splitlines()[0]}' for k,text in told(path) if not begins(text)]

# ---- figures

def figures(path):
    "Id of a cell, and width of a picture that it stores, pixels; also one that stands in HTML"
    def pictures(data):
        for kind,o in data.items():
            if kind in ('image/png','image/jpeg'): yield ''.join(o)
            if kind=='text/html': yield from re.findall(r'src="data:image/\w+;base64,([^"]+)"', ''.join(o))
    for c in cells_of(path):
        for o in c.get('outputs', ()):
            for data in pictures(o.get('data', {})):
                with Image.open(io.BytesIO(base64.b64decode(data))) as im: yield c['id'],im.width

small_text = re.compile(r'(?:fontsize|labelsize|font\.size\W+)\s*=?\s*[0-7](?:\.\d+)?\b')

# ---- start-up

def of_python(code):
    return [sys.executable, '-c', code]

imports = 'import siamfc_nb','import siamfc_nb.tracking'
starts = {'siamfc --help': siamfc_call('--help')} | {k: of_python(k) for k in imports}

def seconds(cmd, tree):
    "Time that a fresh interpreter takes"
    env = os.environ | dict(PYTHONPATH=str(tree))
    begun = time.perf_counter()
    subprocess.run(cmd, cwd=tree, env=env, capture_output=True, check=True)
    return time.perf_counter()-begun

def timed(ref, rounds=7):
    "Start-ups here as parts of those at a commit, and of bare imports; the bare interpreter is taken off"
    with tempfile.TemporaryDirectory() as tmp:
        unpack_commit(ref, root, tmp, 'siamfc_nb')
        jobs = {(k,t): (c,t) for k,c in starts.items() for t in (root,Path(tmp))}
        jobs |= {(k,root): (of_python(c),root) for k,c in (('torch, cv2','import torch, cv2'), ('nothing','pass'))}
        ts = {k: [] for k in jobs}
        for _ in range(rounds):
            for k,(c,t) in jobs.items(): ts[k].append(seconds(c, t))
        m = {k: statistics.median(o) for k,o in ts.items()}
        bare = m['nothing',root]
        # a package that only knew its version cannot be the measure of one that offers something
        beside = {'import siamfc_nb': 'siamfc --help'}
        res = {k: (m[k,root]-bare)/(m[beside.get(k, k),Path(tmp)]-bare) for k in starts}
        return res | {'tracking / torch, cv2': m['import siamfc_nb.tracking',root]/m['torch, cv2',root]}

# ---- report

def say(what, n, bar, worst=()):
    print(f'{"ok  " if n<=bar else "OVER"} {what}: {n:.3g} (bar {bar:g})')
    for o in list(worst)[:12]: print(f'       {o}')

def main():
    a = argparse.ArgumentParser(description=__doc__)
    a.add_argument('--against', help='commit to compare start-ups with')
    a.add_argument('--style', help='checker of notebooks', default=os.environ.get('STYLE'))
    a = a.parse_args()
    def worst(d, bar): return [f'{v:.2f} {k}' for k,v in sorted(d.items(), key=lambda o: -o[1]) if v>bar]
    u,w = unfold(),wide([*modules, *tests])
    say('a module after a formatter, at most', max(u.values()), UNFOLD, worst(u, UNFOLD))
    say(f'lines over {WIDTH} columns', sum(w.values()), 0, worst(w, 0))
    b,t = branchy(),twins()
    say(f'functions of more than {BRANCHES} branches', len(b), 0, worst(b, BRANCHES))
    say('public names in two modules', len(t), 0, (f'{k}: {", ".join(v)}' for k,v in t.items()))
    v = [o for p in modules for o in verbless(p)]
    say('docstrings of functions without a verb in front', len(v), 0, v)
    s = shares()
    for what,bar,inside in (('a lesson',2,False), ('a reference page',3,True)):
        d = {k: v for k,v in s.items() if in_a_room(k)==inside}
        say(f'exported to other lines of {what}, at most', max(d.values()), bar, worst(d, bar))
    if a.style: f = findings(a.style); say('findings of the style checker', len(f), 40, f)
    if a.against:
        r = timed(a.against)
        for k,bar in (('siamfc --help',.15), ('import siamfc_nb',.05), ('tracking / torch, cv2',1.05)):
            say(f'{k} / siamfc --help of {a.against}' if k=='import siamfc_nb' else k, r[k], bar)

if __name__=='__main__': main()
