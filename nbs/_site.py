"""The site, the README and the stubs, from the notebooks: `python nbs/_site.py TASK`

stage    notebooks and pages, made ready for a site, into _proc/ (Quarto or smalldocs renders that folder)
build    the same, rendered with smalldocs into docs/, as a release commits it; into another folder, as it is published: build runs/site
readme   nbs/index.ipynb into README.md
stubs    the package's front, and its modules with patched methods, into .pyi files, where methods stand inside their class
sliders  runs the lessons, and draws what each slider does into nbs/_sliders/, for pages without a kernel (... sliders 04 07)
paint    measures how soon the largest page of docs/ is seen in Chromium, into data/results/site.json
measure  measures the live pages of docs/ in Chromium, against what was asked of them, into data/results/live_pages.json; on an idle machine (... measure runs/site)
memory   measures the memory of `siamfc play` while its page is loaded again and again, into data/results/playground_memory.json
fresh    writes the first cell of every lesson, which installs the package on a machine without it; once after another address in settings.ini
live     writes φ of both networks for the live pages into nbs/_live/phi_NAME.js, and what sliders of lessons need beside them; once after new weights
engine   makes nbs/_live/ort.js and ort-wasm.js anew from npm, at the version that nbs/_live/README.md names
languages  leads each page of a rendered site to itself in the other language (... languages _proc/_docs); `build` does it by itself
movie    tracks a clip that ships and draws nbs/tracked.webp, the moving picture of the README (... movie bunny_head)
"""

import ast, base64, json, re, shutil, sys
from contextlib import chdir, contextmanager
from functools import cache
from html import unescape
from inspect import signature
from io import BytesIO
from pathlib import Path
from posixpath import dirname, join, normpath, relpath

import yaml

root = Path(__file__).resolve().parent.parent
nbs = root/'nbs'

def notebooks():
    "The lessons, then the pages of the rooms, each in the folder of its package"
    return sorted(nbs.glob('[!._]*.ipynb')) + sorted(nbs.glob('[!._]*/[!._]*.ipynb'))

def src(c): return c['source'] if isinstance(c['source'], str) else ''.join(c['source'])
def text(x): return x if isinstance(x, str) else ''.join(x)
def outside_fences(md, f):
    "Apply `f` to the lines of `md` that stand outside code fences"
    fence, res = False, []
    for l in md.split('\n'):
        if l.lstrip().startswith('```'): fence = not fence
        res.append(l if fence else f(l))
    return '\n'.join(res)

# ---- stage

def inside(mod):
    "A module's name inside of the package"
    return mod.removeprefix('siamfc_nb.')

def symbols(pages):
    "Exported name → (page, anchor); a method leads to its class"
    from runpy import run_path
    d = run_path(str(root/'siamfc_nb'/'_modidx.py'))['d']['syms']
    res = {}
    for mod, syms in d.items():
        for name, (link, _) in syms.items():
            name, page = name.removeprefix(mod+'.'), link.split('#')[0]
            if page in pages:
                to = pages[page], name.split('.')[0]
                res[name] = res[f'{inside(mod)}.{name}'] = to
    return res

def defs(code):
    "Names that a cell's top level defines"
    try: body = ast.parse(re.sub(r'^\s*[%!].*$', 'pass', code, flags=re.M)).body
    except SyntaxError: return []
    names = [getattr(o, 'name', None) or (o.targets[0].id if isinstance(o, ast.Assign) and isinstance(o.targets[0], ast.Name) else None) for o in body]
    return [n for n in names if n]

def link_symbols(md, syms, page):
    "Turn `` `name` `` into a link to the cell that defines it"
    here = set(syms.values())
    def sub(m):
        name = m[1].removesuffix('()')
        to = (page, name) if (page, name) in here else syms.get(name) # two modules may have the same name
        if not to: return m[0]
        return f"[{m[0]}]({'' if to[0]==page else relpath(to[0], str(Path(page).parent))}#{to[1]})"
    def line(l):
        l = re.sub(r'(?<=\| )(\$[^|]*\d)(?= \|)', r'\1&nbsp;', l) # smalldocs sees no formula first in a cell whose last character is a digit
        return l if l.startswith('#') else re.sub(r'(?<![\[`])`([\w.]+(?:\(\))?)`(?![\]`])', sub, l)
    return outside_fences(md, line)

def reference(syms):
    "Module → page of all its public names, from their docments, with links to the cells that define them"
    from smalldocs.api import Settings, inventory, methods, own, package_modules, page
    mods, res, told = package_modules('siamfc_nb'), {}, []
    for c in (o for mod in mods for o in own(mod) if isinstance(o, type)):
        for m in methods(c): m.__qualname__ = f'{c.__qualname__}.{m.__name__}' # a patched method may lack its class
        for m in (c, *methods(c)):
            told.append((m, m.__doc__))
            m.__doc__ = m.__doc__ and m.__doc__.partition('\n\nArguments:\n')[0] # they stand in a table
    found = inventory(['siamfc_nb'])
    for mod in mods:
        place = inside(mod.__name__)
        short = place.split('.')[-1] # of its page
        mine = [o for o in found if o.module==mod.__name__]
        md = page(Settings(nbs, ['siamfc_nb'], 'api', root, '#'), mod, mine)
        md = md.replace('```python\n', '```{.python .signature}\n')
        def source(m, place=place): # the notebook is the source
            to = syms.get(f'{place}.{m[1]}')
            return f'{m[0][:m.start(2)-m.start()]}[source](../{to[0]}#{to[1]}){{.source-link}}' if to else m[0][:m.start(2)-m.start()]
        md = re.sub(r'^#+ (?:class )?\S+ \{#(\S+)\}\n\n(\[source\]\(.*\)\{.source-link\})$', source, md, flags=re.M)
        if any(o.name for o in mine): res[short] = re.sub(r'^\| \[(`[^`]*`)\]\([^)]*\) \|', r'| \1 |', link_symbols(md, syms | {o.name: syms[k] for o in mine if (k := f'{place}.{o.name}') in syms}, f'api/{short}.html'), flags=re.M) # a parameter is no symbol
    for m, doc in reversed(told): m.__doc__ = doc # `help` goes on saying them
    return res

def first_sentence(md):
    "What a text says first, without its markup"
    t = re.sub(r'\$+([^$]*)\$+', lambda m: m[1].replace('\\', ''), re.sub(r'^#+ .*$', '', md, flags=re.M))
    t = re.sub(r'^\s*(\d+\.|[-*]) |\[|\]\([^)]*\)|[`*#>|]', '', t, flags=re.M).strip().split('\n\n')[0].replace('\n', ' ')
    return re.split(r'(?<=[.:;])\s(?=[A-Z])|(?<=[。：；])', re.sub(r'^\d+\.\s*', '', t))[0].rstrip(' .:;。：；')

def alt_text(code, heading, before, docs):
    "What a figure shows, in words: the docstrings of what draws it, or the text above it"
    said = [docs[n] for n in dict.fromkeys(re.findall(r'\b(\w+)\(', code)) if n.startswith(('show_','plot_')) and n in docs]
    said = [re.sub('^(?:Draw|Show|Plot) (.)', lambda m: m[1].upper(), o) for o in said] # who reads this sees it drawn
    return f'{heading}: {". ".join(said) or first_sentence(before) or code.strip().splitlines()[-1]}'[:400]

def docstrings():
    "Name → first line of its docstring, over the package"
    trees = [ast.parse(p.read_text(encoding='utf-8')) for p in sorted((root/'siamfc_nb').rglob('*.py'))]
    return {o.name: (ast.get_docstring(o) or '').split('\n')[0] for t in trees for o in t.body if isinstance(o, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(o)}

def only_draws(node):
    "Whether a statement makes axes, draws on them, or repeats that"
    def root_of(o):
        while not isinstance(o, ast.Name):
            o = getattr(o, 'func', None) or getattr(o, 'value', None)
            if o is None: return ''
        return o.id
    drawing = re.compile(r'(plt|ax|axs|fig|show_\w+|plot_\w+|set_matplotlib_formats)$')
    if isinstance(node, ast.For | ast.With): return all(map(only_draws, node.body))
    if isinstance(node, ast.FunctionDef): return bool(re.match('(show|plot)_', node.name))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.IfExp): return only_draws(ast.Expr(node.value.body)) # where it was measured
    return isinstance(node, ast.Assign | ast.Expr) and isinstance(node.value, ast.Call) and bool(drawing.match(root_of(node.value)))

def folding(code):
    "What stands for a cell that only imports, or only draws in several lines; `None` for one that a reader wants to see"
    try: body = ast.parse(re.sub(r'^\s*[%!].*$', '', code, flags=re.M)).body
    except SyntaxError: return None
    if not body or 'code-fold' in directives(code): return None
    if all(isinstance(o, ast.Import | ast.ImportFrom) for o in body): return 'Imports'
    lines = [l for l in code.splitlines() if l.strip() and not l.startswith('#|')]
    if len(lines)>1 and all(isinstance(o, ast.Import | ast.ImportFrom) or only_draws(o) for o in body): return 'Code of the figure'

figures = dict(show_losses='labels', show_context='crops', show_lr='rate', show_choice='choice', show_iou='overlap', show_drift='success', show_tradeoff='eao',
               show_violation='violation', show_rotated='rotated', show_overlap='sequence', show_work='work', show_cost='cost') # of nbs/_live/figures.js
own = dict(crops='photos', sequence='overlaps') # data that no other figure needs

def settable(code, cells):
    "What `interact(...)` says about its sliders, and where they start: as ipywidgets reads it, from the call and the function's own defaults"
    from types import SimpleNamespace

    from siamfc_nb.track.configs import configs
    call = ast.parse(code).body[0].value
    known = dict(cfg=SimpleNamespace(**vars(configs['siamfc-3s'])), photos=lesson_value('05_crops', 'photos'), ope=benchmark_overlaps())
    def value(node): return eval(compile(ast.Expression(node), 'interact', 'eval'), known)
    f = call.args[0]
    if isinstance(f, ast.Name): f = next(o for s in cells for o in ast.walk(ast.parse(s)) if isinstance(o, ast.FunctionDef) and o.name==f.id)
    start = {a.arg: value(d) for a, d in zip(f.args.args[::-1], f.args.defaults[::-1])}
    for k in call.keywords:
        v = value(k.value)
        if isinstance(v, list): yield dict(name=k.arg, options=v, value=start.get(k.arg, v[0]))
        else:
            lo, hi, step = (*v, 1 if all(isinstance(o, int) for o in v) else .1)[:3]
            at = start[k.arg]
            fine = next(step/n for n in (1, 2, 5, 10, 20, 50, 100) if abs((at-lo)*n/step-round((at-lo)*n/step))<1e-6) # a page cuts a value to a step
            yield dict(name=k.arg, min=lo, max=hi, step=round(fine, 9), value=at)

def lesson_value(stem, name):
    "What `name` is in a lesson: photographs of scikit-image, and numbers"
    from skimage import data
    cells = (src(c) for c in json.loads((nbs/f'{stem}.ipynb').read_text(encoding='utf-8'))['cells'] if c['cell_type']=='code')
    [found] = [o.value for s in cells if f'{name} = ' in s for o in ast.parse(s).body if isinstance(o, ast.Assign) and ast.unparse(o.targets[0])==name]
    return eval(compile(ast.Expression(found), stem, 'eval'), dict(data=data))

def benchmark_overlaps():
    "Tracker → its sequences of OTB with their overlaps, frame by frame: what lesson 14 draws"
    from siamfc_nb.scales import experiments
    from siamfc_nb.report import load_result
    found = {t: o for n in ('otb_opencv', 'otb_speed', 'otb') for t, o in load_result(n)['trackers'].items() if 'intervals' in o and t not in experiments}
    return {t: dict(sequences={k: dict(overlaps=q['overlaps']) for k, q in o['sequences'].items() if 'overlaps' in q}) for t, o in found.items()}

def without_kernel(page, k, code, cells):
    "What stands where sliders would be: a live figure where the function is light, or else their effects as small multiples; and a way to the notebook"
    up, stem = '../'*page.count('/'), Path(page).stem
    pic = nbs/'_sliders'/f'{stem}-{k}.webp'
    call = ' '.join(re.sub(r'["\\[\]]', '', code).split())
    figure = f'![The figure as it opens, then with one slider at a time moved to its ends. Drawn by {call}]({up}sliders/{pic.name}){{.sliders}}\n\n' if pic.exists() else ''
    notebook = f'<a href="{up}notebooks/{stem}.ipynb" download><code>{stem}.ipynb</code></a>*, or* `make lab` *in a clone.*'
    kind = next((v for f, v in figures.items() if f'{f}(' in code or f'({f},' in code), None)
    if not kind: return f'{figure}*The sliders need a running notebook:* {notebook}'
    sliders = json.dumps([*settable(code, cells)], ensure_ascii=False).replace('&', '&amp;').replace("'", '&#39;')
    needed = ['configs', *([own[kind]] if kind in own else []), 'lessons', *(['zh'] if page[:3]=='zh/' else []), 'tracker', 'live', 'figures']
    scripts = ''.join(f'<script src="{up}live/{o}.js" defer></script>\n' for o in needed) if k==1 else ''
    live = f"""```{{=html}}\n<div class="live" id="live-{k}" data-figure="{kind}" data-picture="stored-{k}" data-sliders='{sliders}' hidden></div>\n{scripts}```"""
    return f'{live}\n\n::: {{#stored-{k}}}\n{figure}:::\n\n*The same sliders in the notebook:* {notebook}'

def widget(o): return 'application/vnd.jupyter.widget-view+json' in o.get('data', {})

def stage_nb(path, page, syms, docs):
    "Anchors at definitions, links to them, words for figures, and no sliders that cannot slide"
    nb, seen, cells = json.loads(path.read_text(encoding='utf-8')), set(), []
    heading, before, moved, here = page, '', 0, set(syms.values())
    told = next(c for c in nb['cells'] if c['cell_type']=='markdown' and not src(c).startswith(('# ', '<!--'))) if nbs/path.name in lessons() else None # the words below the title
    codes = [src(c) for c in nb['cells'] if c['cell_type']=='code' and not re.search('^[%!]', src(c), re.M)]
    for c in nb['cells']:
        s = src(c)
        if c['cell_type']=='raw' and s.startswith('---'):
            front = yaml.safe_load(s.strip().strip('-'))
            front.pop('output-file', None)
            c['source'] = '---\n' + yaml.safe_dump(front, allow_unicode=True, width=1000) + '---\n'
        elif s.startswith('<!-- WARNING: THIS FILE WAS AUTOGENERATED'): continue
        elif c['cell_type']=='markdown':
            heading, before = (re.findall(r'^#+ (.+?)(?: \{#.*\})?$', s, re.M) or [heading])[-1], s if re.sub(r'^#+ .*$', '', s, flags=re.M).strip() else before
            c['source'] = link_symbols(front_page(s, '../'*page.count('/')) if page.removeprefix('zh/')=='index.html' else s, syms, page)
            if c is told: c['source'] = src(c) + '\n\n' + ways(path.name, page[:3]=='zh/')
        elif c['cell_type']=='code':
            if not re.sub(r'^#\|.*$', '', s, flags=re.M).strip(): continue
            new = [n for n in defs(s) if (page, n) in here and n not in seen]
            seen.update(new)
            for n in new[1:]: cells.append({'cell_type': 'markdown', 'metadata': {}, 'source': f'[]{{#{n}}}'})
            if new and not re.search(r'^#\|\s*label:', s, re.M): c['source'] = f'#| label: {new[0]}\n{s}'
            if summary := folding(s): c['source'] = f'#| code-fold: true\n#| code-summary: {summary}\n{src(c)}'
            if any(m.startswith('image/') for o in c['outputs'] for m in o.get('data', {})) and 'fig-alt:' not in s:
                c['source'] = f'#| fig-alt: {json.dumps(alt_text(s, heading, before, docs), ensure_ascii=False)}\n{src(c)}'
            c['outputs'] = [o for o in c['outputs'] if not widget(o)]
            if re.match(r'(#\|.*\n)*(interact|fresh|playground)\(', s):
                moved += 1
                c['outputs'] = [{'output_type': 'display_data', 'metadata': {}, 'data': {'text/markdown': without_kernel(page, moved, s, codes)}}]
        cells.append(c)
    nb['cells'], nb['metadata'] = cells, {k: v for k, v in nb['metadata'].items() if k!='widgets'}
    path.write_text(json.dumps(nb, ensure_ascii=False, indent=1), encoding='utf-8')

def tables(md):
    "A page with the tables that are made of measured figures, where it has a mark for one"
    from siamfc_nb.evaluation.card import runs_table
    from siamfc_nb.evaluation.suite import difference_lines
    from siamfc_nb.report import load_result
    said, *_ = difference_lines(load_result('videos_suite_first')['differences']['trackers'])
    return md.replace('<!-- table: runs -->', runs_table(load_result('runs')['rows'])).replace('<!-- line: differences -->', said)

code_mark = re.compile(r'^<!-- code: (\S+?)(?:: (.+))? -->$', re.M)

def front_page(md, up=''):
    "The front page, where the moving picture is a tracker that runs; `up` leads to the top of the site"
    live = (nbs/'track_it.qmd').read_text(encoding='utf-8')
    live = live[live.index('```{=html}'):live.index('## What to try')].replace('id="track-it"', 'id="track-it" data-autoplay')
    script = '<script src="live/tracker.js"'
    live = live.replace(script, f'<script src="live/zh.js" defer></script>\n{script}' if up else script).replace('src="live/', f'src="{up}live/')
    movie = re.compile(r'^!\[.*\]\((?:\.\./)*tracked\.webp\)', re.M)
    picture = movie.search(md)
    return md if not picture else movie.sub(lambda m: picture[0], live) + md[picture.end():].lstrip('\\\n')

def shown_lines(md):
    "Lines of `examples/` at each mark of a page: a whole file, or from the line that a mark names to that of the next mark"
    marks = [*code_mark.finditer(md)]
    lines = {name: (root/'examples'/name).read_text(encoding='utf-8').splitlines() for name in {m[1] for m in marks}}
    starts, done = [], dict.fromkeys(lines, -1)
    for m in marks:
        found = [k for k, l in enumerate(lines[m[1]]) if k>done[m[1]] and l.lstrip().startswith(m[2] or '')]
        assert found, f'examples/{m[1]}: no further line starts with {m[2]!r}, which a page names'
        starts.append(found[0])
        done[m[1]] = found[0]
    for k, (m, a) in enumerate(zip(marks, starts)):
        b = next((b for n, b in zip(marks[k+1:], starts[k+1:]) if n[1]==m[1]), len(lines[m[1]]))
        yield m[1], a, lines[m[1]][a:b]

def listings(md):
    "A page with the code of `examples/` where it has marks for it: it cannot differ from what runs"
    parts = iter([*shown_lines(md)])
    def sub(m):
        name, first, code = next(parts)
        code = '\n'.join(code).rstrip()
        where = f'*Lines {first+1} to {first+len(code.splitlines())}*' if m[2] else f'<a href="examples/{name}" download><code>{name}</code></a>'
        return f'{where}\n\n```python\n{code}\n```'
    return code_mark.sub(sub, md)

def page_of(path, proc): return path.relative_to(proc).with_suffix('.html').as_posix()

def output_file(path):
    m = re.search(r'^output-file: (.+)$', src(json.loads(path.read_text(encoding='utf-8'))['cells'][0]), re.M)
    return m and m[1].strip()

def stage():
    "Notebooks into `_proc/`, through nbdev's processors and ours; returns that folder"
    from nbdev.serve import proc_nbs
    shutil.rmtree(root/'_proc', ignore_errors=True)
    with chdir(root): proc = proc_nbs(n_workers=0)
    paths = {p: page_of(p, proc) for p in sorted(proc.rglob('*.ipynb'))}
    pages = {}
    for p, page in paths.items():
        name = output_file(p)
        pages[page] = page
        if name: pages[(Path(page).parent/name).as_posix()] = pages[name] = page
    syms, docs = symbols(pages), docstrings()
    stage_chinese(proc)
    for p in sorted(proc.rglob('*.ipynb')): stage_nb(p, page_of(p, proc), nearest(syms, page_of(p, proc)), docs)
    for p in sorted(proc.rglob('*.qmd')): p.write_text(link_symbols(listings(tables(p.read_text(encoding='utf-8'))), nearest(syms, page_of(p, proc)), page_of(p, proc)), encoding='utf-8')
    for d in ('api', 'notebooks', 'sliders'): (proc/d).mkdir()
    for name, md in reference(syms).items(): (proc/'api'/f'{name}.qmd').write_text(md, encoding='utf-8')
    for p in sorted((nbs/'_sliders').glob('*.webp')): shutil.copy(p, proc/'sliders')
    stage_live(proc/'live')
    shutil.copytree(root/'examples', proc/'examples', ignore=shutil.ignore_patterns('__pycache__'))
    staged = ''.join(p.read_text(encoding='utf-8') for k in ('*.ipynb','*.qmd') for p in proc.rglob(k))
    for p in notebooks(): # those that a page gives to download
        if f'notebooks/{p.name}' in staged: (proc/'notebooks'/p.name).write_text(bare(p), encoding='utf-8')
    return proc

def bare(path):
    "A notebook without its outputs, to be downloaded"
    nb = json.loads(path.read_text(encoding='utf-8'))
    for c in nb['cells']:
        if c['cell_type']=='code': c |= dict(outputs=[], execution_count=None)
    return json.dumps(nb, ensure_ascii=False, separators=(',', ':'))

# ---- in Chinese

chinese = nbs/'_zh'
part = re.compile(r'^<!-- (?:cell: (\S+), )?of: ([0-9a-f]{8}) -->\n', re.M)
link = re.compile(r'(\]\(|<(?:img|a|source|video)\b[^>]*?(?:src|href)=")([^)"\s]+)')

def translated():
    "Names of the pages that are there in Chinese too"
    return [p.relative_to(chinese).with_suffix('').as_posix() for p in sorted(chinese.rglob('*.md'))]

def english(name): return next((p for p in (nbs/f'{name}.ipynb', nbs/f'{name}.qmd') if p.exists()), None)

def digest(s): return sha(s.strip().encode())[:8]

def sections(md):
    "A page, cut before each of its headings"
    res, fence = [''], False
    for l in md.splitlines(keepends=True):
        if l.startswith('```'): fence = not fence
        if re.match('##+ ', l) and not fence: res.append('')
        res[-1] += l
    return res

def english_parts(name):
    "What there is to translate: the Markdown cells of a notebook by their ids, the sections of a page by their numbers"
    said = english(name).read_text(encoding='utf-8')
    if english(name).suffix=='.qmd': return {str(k): o for k, o in enumerate(sections(said))}
    return {c['id']: src(c) for c in json.loads(said)['cells'] if c['cell_type']=='markdown'}

def chinese_parts(name):
    "What is translated: digest of the English, and the Chinese, under the same keys"
    _, *found = part.split((chinese/f'{name}.md').read_text(encoding='utf-8'))
    return {cell or str(k): (of, md.strip()) for k, (cell, of, md) in enumerate(zip(found[::3], found[1::3], found[2::3]))}

def stale(name):
    "What of a translation does not belong to the English page as it is now: a sentence for each part"
    if not english(name): return [f'nbs/_zh/{name}.md: expected the name of an English page: nbs/{name}.ipynb or nbs/{name}.qmd']
    en, zh, where = english_parts(name), chinese_parts(name), f'nbs/_zh/{name}.md: '+('cell' if english(name).suffix=='.ipynb' else 'section')
    res = [f'{where} {k}: English has moved on: translate it anew, then write "of: {digest(en[k])}" above it' for k in en if k in zh and zh[k][0]!=digest(en[k])]
    res += [f'{where} {k}: not translated: expected it under a line with "of: {digest(en[k])}"' for k in en if k not in zh]
    return res + [f'{where} {k}: the English page has no such part: delete it' for k in zh if k not in en]

def anchor(heading): return re.sub(r'^[^a-z]+', '', re.sub(r'\s+', '-', re.sub(r'[^\w\s.-]', '', heading.lower())))

def headings(md): return [l.lstrip('# ') for o in sections(md) for l in o.splitlines()[:1] if re.match('##+ ', l)]

def fences(md): return re.findall(r'^```.*?^```$', md, re.M|re.S)

def chinese_part(md, en, name):
    "A translated part with the code and the anchors of its original, and links that hold from where it is staged: to a page in Chinese, where there is one"
    there, ids, code = set(translated()), iter([*map(anchor, headings(en))]), iter(fences(en))
    md = re.sub('^<!-- english code -->$', lambda m: next(code), md, flags=re.M)
    def to(m):
        if re.match(r'[a-z]+:|#|/', m[2]): return m[0]
        path, mark, at = m[2].partition('#')
        path = normpath(join(dirname(name), path))
        if path.rpartition('.')[0] in there: path = f'zh/{path}'
        return m[1] + relpath(path, dirname(f'zh/{name}')) + mark + at
    def line(l): return link.sub(to, f'{l} {{#{next(ids)}}}' if re.match('##+ ', l) and '{#' not in l else l)
    return outside_fences(md, line)

def stage_chinese(proc):
    "Translated pages into `_proc/zh/`: the words are those of `_zh/`, code and outputs those of the English page"
    for name in translated():
        en, to = english_parts(name), proc/'zh'/name
        said = en | {k: md for k, (_, md) in chinese_parts(name).items() if k in en}
        zh = {k: chinese_part(md, en[k], name) for k, md in said.items()}
        to.parent.mkdir(parents=True, exist_ok=True)
        if english(name).suffix=='.qmd': Path(f'{to}.qmd').write_text('\n\n'.join(zh.values())+'\n', encoding='utf-8'); continue
        nb = json.loads((proc/f'{name}.ipynb').read_text(encoding='utf-8'))
        title, description = re.match(r'# (.+)\n\n> (.+)', next(iter(zh.values()))).groups()
        front = nb['cells'][0]
        front['source'] = f"---\n{yaml.safe_dump(yaml.safe_load(src(front).strip().strip('-')) | dict(title=title, description=description), allow_unicode=True, width=1000)}---\n"
        for c in nb['cells'][1:]:
            if c['cell_type']=='markdown': c['source'] = zh.get(c['id'], src(c))
        Path(f'{to}.ipynb').write_text(json.dumps(nb, ensure_ascii=False, indent=1), encoding='utf-8')
    shutil.copy(chinese/'_metadata.yml', proc/'zh')

def nearest(syms, page):
    "Where names are defined, for links from a page: a Chinese one leads to Chinese ones"
    there = {f'{o}.html' for o in translated()} if page.startswith('zh/') else ()
    return {k: (f'zh/{p}' if p in there else p, name) for k, (p, name) in syms.items()}

bar = re.compile(r'<header id="quarto-header".*?</header>', re.S)
switch = re.compile(r'<a\b[^>]*>\s*<span class="menu-text">中文</span>\s*</a>')

def in_words(html, words):
    "A page with `words` instead of the English ones, but for its code"
    said = re.compile('(>|(?:title|alt|aria-label|placeholder)=")(' + '|'.join(re.escape(o) + ('' if o[-1]==' ' else '(?=[<"])') for o in words) + ')')
    parts = re.split(r'(<(?:pre|code|script)\b.*?</(?:pre|code|script)>)', html, flags=re.S)
    return ''.join(o if k%2 else said.sub(lambda m: m[1]+words[m[2]], o) for k, o in enumerate(parts))

def languages(site):
    "Lead each page of a site to itself in the other language, and say in Chinese what stands around a Chinese page"
    site = Path(site)
    words = yaml.safe_load((chinese/'words.yml').read_text(encoding='utf-8'))
    for p in sorted(site.rglob('*.html')):
        page, html = p.relative_to(site).as_posix(), p.read_text(encoding='utf-8')
        here = page.startswith('zh/')
        other = page.removeprefix('zh/') if here else f'zh/{page}'
        if not (site/other).exists(): other = 'zh/index.html'
        lang, label = ('en', 'English') if here else ('zh', '中文')
        way = f'<a class="nav-link" href="{relpath(other, dirname(page))}" hreflang="{lang}" lang="{lang}"><span class="menu-text">{label}</span></a>'
        def near(m, page=page):
            to = normpath(join(dirname(page), m[1]))
            return f'href="{relpath(f"zh/{to}", dirname(page))}"' if (site/'zh'/to).is_file() else m[0]
        def around(m, here=here, way=way, near=near): return switch.sub(way, re.sub(r'href="([^"#:]+\.html)"', near, m[0]) if here else m[0])
        html = bar.sub(around, html)
        p.write_text(in_words(html, words) if here else html, encoding='utf-8')

# ---- an address that leads nowhere

def at_any_depth(html, repo):
    "A page that a server shows under any address: what it loads and leads to is looked for at the top of the site"
    home = f"""<script>
if (location.protocol.startsWith('http')) {{ const k = location.pathname.indexOf('/{repo}/');
  document.head.append(Object.assign(document.createElement('base'), {{href: k < 0 ? '/' : location.pathname.slice(0, k+{len(repo)+2})}})) }}
</script>"""
    return html.replace('<head>', f'<head>{home}', 1)

# ---- build

katex = re.compile(r'\s*<(?:link|script)[^>]*cdn\.jsdelivr\.net/npm/katex[^>]*>(?:</script>)?')
mathjax = '''
<script>MathJax = {{options: {{enableMenu: false}}, svg: {{fontCache: "global", scale: .95}}}}</script>
<script src="{up}site_libs/mathjax/tex-svg.js" defer></script>
'''

def local_maths(html, up):
    "Take a page's formulas from the MathJax that the site carries"
    return katex.sub('', html).replace('</head>', mathjax.format(up=up)+'</head>') if katex.search(html) else html

entry = re.compile(r'<li class="sidebar-item"><div class="sidebar-item-container"><a (href="[^"]*") class="sidebar-item-text sidebar-link( active)?"([^>]*)>'
                   r'<span class="menu-text">([^<]*)</span></a></div></li>')
entry_style = '.sidebar-link', ':is(.sidebar-link, :where(#quarto-sidebar) li > a)'

def in_sidebar(depth, entries):
    "A section of the sidebar that a script folds: its name, whether it is open, its entries"
    return re.compile(r'<li class="sidebar-item sidebar-item-section"><div class="sidebar-item-container">(?:(?!</div>).)*?<span class="menu-text">([^<]*)</span>(?:(?!</div>).)*</div>'
                      rf'<ul id="[^"]*" class="collapse list-unstyled sidebar-section depth{depth}( show)?">((?:{entries})*)</ul></li>')

room = in_sidebar(2, '<li><a [^>]*>[^<]*</a>')
section = in_sidebar(1, '<li><a [^>]*>[^<]*</a>(?:</li>)?|<li><details.*?</details></li>')

def light_sidebar(html):
    "Each page repeats every entry of the sidebar: leave out of it what the styles, by `entry_style`, can do without, and fold sections without a script"
    own = ' class="active"'
    def details(m): return f'<details{" open" if m[2] else ""}><summary>{m[1]}</summary><ul>{m[3]}</ul></details></li>'
    def one(m): # of a module the last part of its name: the section's name has the rest
        name = m[4].split('.')[-1] if m[4].startswith('siamfc_nb.') else m[4]
        return f'<li><a {m[1]}{own if m[2] else ""}{m[3]}>{name}</a>' # HTML ends an entry where the next one starts
    def folded(m):
        if m[1].startswith('siamfc_nb.') and not m[2]: # the names of a package are listed on its own pages
            return re.match(r'<li><a [^>]*>', m[3])[0]+f'{m[1]}</a></li>'
        return '<li>'+details(m)
    html = room.sub(folded, entry.sub(one, html))
    return section.sub(lambda m: '<li class="sidebar-item-section">'+details(m), html)

plain = re.compile(r'<span class="(?:bu|op)">([^<]*)</span>') # in the colour of the text around, operators in the dark scheme anyway
twins = re.compile(r'(<span class="(\w+)">[^<]*)</span><span class="\2">')

def light_code(html):
    "Each colour of code costs more bytes than what it colours: one tag for neighbours of one colour, none for what has no colour"
    def lighter(m):
        code, n = plain.sub(r'\1', re.sub('&quot;|&#x27;', lambda o: unescape(o[0]), m[0])).replace('class="ss"', 'class="st"'), 1 # parts of a string look alike
        while n: code, n = twins.subn(r'\1', code)
        return re.sub(r'<span class="(\w+)">', r'<span class=\1>', code)
    return re.sub(r'<code\b[^>]*>.*?</code>', lighter, html, flags=re.S)

scheme = re.compile(r"<script>(\(function\(\)\{var d=document\.documentElement[^<]*smalldocs-scheme.*?)</script>", re.S)

def scheme_apart(html, up, libs):
    "What chooses light or dark before a page is seen, once instead of in each page"
    def apart(m):
        (libs/'scheme.js').write_text(m[1]+'\n', encoding='utf-8')
        return f'<script src="{up}site_libs/scheme.js"></script>'
    return scheme.sub(apart, html, count=1)

copied = re.compile(r'<div class="code-copy-outer-scaffold">(.*?)<button title="Copy to Clipboard" class="code-copy-button"><i class="bi"></i></button></div>', re.S)
copying = '$$(".code-copy-button").forEach('
copiers = """const word = document.documentElement.lang == "zh" ? "复制" : "Copy to Clipboard";
  $$("pre.code-with-copy").forEach((pre) => {
    const around = Object.assign(document.createElement("div"), { className: "code-copy-outer-scaffold" }), code = pre.closest("div.sourceCode") ?? pre;
    code.replaceWith(around);
    around.append(code);
    around.insertAdjacentHTML("beforeend", `<button title="${word}" class="code-copy-button"><i class="bi"></i></button>`);
  });
  """ + copying

def local_buttons(site):
    "A button that needs a script is made by it, not said in each page for each piece of code"
    js = site/'site_libs'/'smalldocs.js'
    code = js.read_text(encoding='utf-8')
    assert code.count(copying)==1, 'smalldocs copies code in another way than the one that is replaced here'
    js.write_text(code.replace(copying, copiers).replace('btn.title = "Copy to Clipboard"', 'btn.title = word'), encoding='utf-8')

def local_themes(site):
    "Of the two themes, without what needs a class that no page and no script has"
    known = {k for p in site.rglob('*.html') for o in re.findall(r'class="?([^">]*)', p.read_text(encoding='utf-8')) for k in o.split()}
    scripts = [site/'site_libs'/'smalldocs.js', *(site/'site_libs'/'bootstrap').glob('*.js'), *nbs.glob('_live/*.js')]
    known |= {k for p in scripts for k in re.findall(r'[\w-]+', p.read_text(encoding='utf-8')) if p.stat().st_size<3e5}
    def used(selectors): # a list in brackets may be cut: then each part must have what it asks for, or all are kept
        return any(known.issuperset(re.findall(r'\.(-?[A-Za-z_][\w-]*)', o)) for o in re.sub(r':not\([^)]*\)', '', selectors).split(','))
    for p in (site/'site_libs'/'themes').glob('*.css'):
        rules = re.sub(r'([^{}]+)\{[^{}]*\}', lambda m: m[0] if '@' in m[1] or used(m[1]) else '', p.read_text(encoding='utf-8'))
        p.write_text(rules, encoding='utf-8')

fetched = 'const r = await fetch(offset + "search.json");\n      index = await r.json();'
scripted = '''await new Promise((ok, no) => { document.head.append(Object.assign(document.createElement("script"), { src: offset + (document.documentElement.lang == "zh" ? "zh/" : "") + "search.js", onload: ok, onerror: no })); });
      index = window.searchIndex;'''
fuzzy = 'const hits = fuse ? fuse.search(q, { limit }).map((h) => h.item)'
ranking = 'const best = ranked(index, q, limit);\n      const hits = best.length ? best : fuse ? fuse.search(q, { limit }).map((h) => h.item)' # what is misspelt

def told_once(text, whole=1500):
    "A text to search in: its beginning as it is, of the rest each word that is new, so that the index is smaller"
    end = text.find(' ', whole)
    if end<0: return text
    seen = set(text[:end].split())
    return ' '.join([text[:end], *(w for w in dict.fromkeys(text[end:].split()) if w not in seen)])

def local_search(site):
    "Let search work from disk, too, where a page may run a script, but fetch nothing; and rank prose before the API's look-alikes"
    js = site/'site_libs'/'smalldocs.js'
    code = js.read_text(encoding='utf-8')
    assert fetched in code and fuzzy in code, 'smalldocs searches in another way than the one that is replaced here'
    rank = (nbs/'_search.js').read_text(encoding='utf-8')
    js.write_text(rank + code.replace(fetched, scripted).replace(fuzzy, ranking), encoding='utf-8')
    index = site/'search.json'
    found = [{k: told_once(v) if k=='text' else v for k,v in o.items() if k!='objectID'} for o in json.loads(index.read_text(encoding='utf-8'))] # nobody asks for it
    for lang in ('', 'zh/'): # each finds what is in its language
        said = json.dumps([o for o in found if o['href'].startswith('zh/')==bool(lang)], ensure_ascii=False, separators=(',',':'))
        (site/lang/'search.js').write_text(f'window.searchIndex = {said};\n', encoding='utf-8')
    index.unlink()

def local_icons(site):
    "Of a font of two thousand icons and its style, only what the pages show"
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    css, at = site/'site_libs'/'bootstrap-icons'/'bootstrap-icons.min.css', site/'site_libs'/'bootstrap-icons'/'fonts'
    shown = {k for p in (*site.rglob('*.html'), *site.rglob('*.js')) for k in re.findall(r'\bbi-[a-z0-9-]+', p.read_text(encoding='utf-8'))}
    rules = css.read_text(encoding='utf-8')
    rule = re.compile(r'\.(bi-[a-z0-9-]+)::before\{content:"\\([0-9a-f]+)"\}')
    glyphs = dict(rule.findall(rules))
    font = TTFont(at/'bootstrap-icons.woff', recalcTimestamp=False) # the same bytes in each build
    named = re.findall(r'content: *"\\([0-9a-f]{4})"', (site/'site_libs'/'smalldocs.css').read_text(encoding='utf-8'))
    few = Subsetter(Options(flavor='woff'))
    few.populate(unicodes=[int(c, 16) for c in [*named, *(glyphs[k] for k in shown & glyphs.keys())]])
    few.subset(font)
    for p in at.iterdir(): p.unlink()
    font.flavor = 'woff'
    font.save(at/'bootstrap-icons.woff')
    rules = re.sub(r'url\("fonts/bootstrap-icons\.woff2[^)]*\) format\("woff2"\),', '', rules)
    css.write_text(rule.sub(lambda m: m[0] if m[1] in shown else '', rules), encoding='utf-8')

stored = re.compile(r'(<img\b[^>]*?src=")data:image/(\w+);base64,([\w+/=\s]{2000,})"')

@cache
def smaller(data):
    "A picture's bytes and the ending of its name; WebP keeps every pixel of a PNG in half the bytes"
    from PIL import Image
    out = BytesIO()
    Image.open(BytesIO(data)).save(out, 'WEBP', lossless=True)
    return (out.getvalue(), 'webp') if len(out.getvalue())<len(data) else (data, 'png')

def figures_apart(html, up, folder):
    "A page's figures as files, each once: a page in two languages shows the same, and bytes need no letters"
    def apart(m):
        data, kind = base64.b64decode(m[3]), m[2]
        if kind=='png': data, kind = smaller(data)
        to = folder/f'{sha(data)}.{kind}'
        to.write_bytes(data)
        return f'{m[1]}{up}{folder.name}/{to.name}"'
    return stored.sub(apart, html)

most_bytes = 30e6 # of a site, as it is built and as it is committed

def bytes_of(site): return sum(p.stat().st_size for p in site.rglob('*') if p.is_file())

def build(dest=root/'docs'):
    "The site into `dest`; returns what smalldocs warned of"
    from smalldocs.site import build
    proc = stage()
    done = build(proc, quiet=True)
    site = done.out
    (site/'figures').mkdir()
    for p in sorted(site.rglob('*.html')):
        up = '../'*(len(p.relative_to(site).parts)-1)
        html = copied.sub(r'\1', light_code(light_sidebar(local_maths(p.read_text(encoding='utf-8'), up))))
        p.write_text(scheme_apart(figures_apart(html, up, site/'figures'), up, site/'site_libs'), encoding='utf-8')
    shutil.copytree(nbs/'_mathjax', site/'site_libs'/'mathjax')
    for k in ('notebooks', 'live', 'examples'): shutil.copytree(proc/k, site/k, dirs_exist_ok=True)
    languages(site)
    local_search(site)
    local_buttons(site)
    local_icons(site)
    local_themes(site)
    style = site/'site_libs'/'smalldocs.css'
    style.write_text(style.read_text(encoding='utf-8').replace(*entry_style), encoding='utf-8')
    for p in sorted(site.rglob('*.css')): p.write_text(re.sub(r'@import url\("?https?:[^)]*\);?', '', p.read_text(encoding='utf-8')), encoding='utf-8') # fonts of another host
    lost = site/'404.html'
    lost.write_text(at_any_depth(lost.read_text(encoding='utf-8'), address()[1]), encoding='utf-8')
    (site/'.nojekyll').touch()
    shutil.rmtree(dest, ignore_errors=True)
    shutil.copytree(site, dest)
    if Path(dest)==root/'docs': commit(root/'docs')
    return [w for w in done.warnings if not re.search('respect-user-color-scheme|html.grid', w)] # smalldocs does so without being told; styles.css says it once more

# ---- opened elsewhere

def address():
    "Owner, name and branch of the public repository: settings.ini has them, and no other file"
    from configparser import ConfigParser
    ini = ConfigParser()
    ini.read(root/'settings.ini')
    return tuple(ini['DEFAULT'][k] for k in ('user', 'repo', 'branch'))

def lessons():
    "Notebooks that the sidebar calls lessons"
    bar = yaml.safe_load((nbs/'_quarto.yml').read_text(encoding='utf-8'))['website']['sidebar'][0]['contents'] # the English one
    return [nbs/o for part in bar if isinstance(part, dict) and part['section']=='Lessons' for o in part['contents']]

def ways(name, zh=False):
    "Links that open a lesson on a machine of Colab or Binder"
    user, repo, branch = address()
    colab = f'https://colab.research.google.com/github/{user}/{repo}/blob/{branch}/nbs/{name}'
    binder = f'https://mybinder.org/v2/gh/{user}/{repo}/{branch}?urlpath=lab/tree/nbs/{name}'
    if zh: return f'运行本课：[Colab]({colab})、[Binder]({binder})，或在克隆的仓库中运行 `make lab`。'
    return f'Run this lesson: [in Colab]({colab}), [in Binder]({binder}), or with `make lab` in a clone.'

def first_cell():
    "What the first cell of a lesson does on a machine without the package: it fetches the project and what that needs; elsewhere nothing"
    user, repo, branch = address()
    return f"""#| hide
if not __import__('importlib.util').util.find_spec('siamfc_nb'): # a fresh machine, such as Colab's
    get_ipython().system('git clone -q --depth 1 -b {branch} https://github.com/{user}/{repo}')
    get_ipython().system('pip install -q "./{repo}[cluster,deploy]" datasets')
    get_ipython().run_line_magic('cd', '{repo}/nbs')"""

def fresh():
    "The first cell of every lesson, after its title"
    for p in lessons():
        nb = json.loads(p.read_text(encoding='utf-8'))
        cells = [c for c in nb['cells'] if c['id']!='fresh']
        at = next(k for k, c in enumerate(cells) if src(c).startswith('# '))+1
        lines = first_cell().splitlines(keepends=True)
        cells.insert(at, dict(cell_type='code', execution_count=None, id='fresh', metadata={}, outputs=[], source=lines))
        nb['cells'] = cells
        p.write_text(json.dumps(nb, ensure_ascii=False, indent=1)+'\n', encoding='utf-8')

# ---- what is committed

made_from = 'nbs', 'siamfc_nb', 'examples', 'data/clips', 'data/results' # folders whose files go into the pages

def sha(*datas):
    "What tells files apart"
    from hashlib import sha256
    h = sha256()
    for o in datas: h.update(o)
    return h.hexdigest()[:16]

def sources():
    "File that the site is made from = its hash"
    def ours(p): return p.is_file() and not any(o.startswith('.') or o=='__pycache__' for o in p.relative_to(root).parts)
    found = sorted(p for k in made_from for p in (root/k).rglob('*') if ours(p))
    return {p.relative_to(root).as_posix(): sha(p.read_bytes()) for p in found}

def pages_hash(site):
    "One hash of all pages of a site"
    found = sorted(p for p in Path(site).rglob('*') if p.is_file() and p.name!='sources.json')
    return sha(*(o for p in found for o in (p.relative_to(site).as_posix().encode(), p.read_bytes())))

def commit(site):
    "Make a site one that lies beside `nbs/`: no copies of notebooks, and a list of what it was made from"
    at = {p.name: p.relative_to(root).as_posix() for p in notebooks()}
    copy = re.compile(r'(?<=href=")((?:\.\./)*)notebooks/([\w.-]+\.ipynb)(?=")')
    for p in site.rglob('*.html'):
        html = p.read_text(encoding='utf-8')
        if copy.search(html): p.write_text(copy.sub(lambda m: f'{m[1]}../{at[m[2]]}', html), encoding='utf-8')
    shutil.rmtree(site/'notebooks', ignore_errors=True)
    told = dict(pages=pages_hash(site), sources=sources())
    (site/'sources.json').write_text(json.dumps(told, indent=0)+'\n', encoding='utf-8')

# ---- live pages

live_files = nbs/'_live'
npm = {'onnxruntime-web': '1.30.0', 'esbuild': '0.28.2'} # of the engine

def inlined(name, data):
    "Data as a script: a page opened from disk can run one, but fetch nothing; each character carries seven bits of it"
    import gzip

    import numpy as np
    bits = np.unpackbits(np.frombuffer(gzip.compress(data, 9, mtime=0), np.uint8))
    seven = np.packbits(np.pad(bits, (0, -len(bits)%7)).reshape(-1, 7), axis=1)[:, 0] >> 1
    seven[np.isin(seven, [0, *b'\n\r"\\\x7f'])] |= 128 # what a string of JavaScript may not hold, or an editor not show: its reader drops the eighth bit
    return f'siamfcData.{name} = "{seven.tobytes().decode("latin-1")}";\n'

def stored_in_half(
    model, # φ as ONNX, its batch norms folded
    phi,   # the same as a network, not folded
):         # `model`, each kernel as the 16 bits that ship, times the factors of the folded norm
    "An ONNX model with the bytes of the shipped weights and, up to rounding of 32 bits, the features of `phi`"
    import numpy as np
    import torch
    from onnx import TensorProto, helper, numpy_helper
    g, mods = model.graph, list(phi)
    for m, norm in zip(mods, [*mods[1:], None]):
        if not isinstance(m, torch.nn.Conv2d): continue
        scale = torch.ones(len(m.weight)) if not isinstance(norm, torch.nn.BatchNorm2d) else norm.weight*(norm.running_var+norm.eps).rsqrt()
        scale, w = scale.detach().numpy()[:, None, None, None], m.weight.detach().numpy()
        near = lambda t, w=w, scale=scale: tuple(t.dims)==w.shape and np.allclose(numpy_helper.to_array(t), w*scale, rtol=1e-5, atol=1e-7)
        [t] = [t for t in g.initializer if near(t)]
        assert (w==w.astype(np.float16)).all(), f'{t.name}: expected weights that 16 bits can hold, as save_weights writes them'
        g.initializer.remove(t)
        g.initializer.extend([numpy_helper.from_array(w.astype(np.float16), f'{t.name}_half'), numpy_helper.from_array(scale, f'{t.name}_scale')])
        g.node.insert(0, helper.make_node('Mul', [f'{t.name}_single', f'{t.name}_scale'], [t.name]))
        g.node.insert(0, helper.make_node('Cast', [f'{t.name}_half'], [f'{t.name}_single'], to=TensorProto.FLOAT))
    return model

def paddable(
    model, # φ as ONNX
):         # `model` with a second input, `padding`: 1 surrounds each convolution's input with zeros so that it keeps its size, 0 leaves all as it is
    "φ as the paper has it, and as it would be with padding: the live page shows what becomes of eq. (1)"
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper
    g = model.graph
    def kernel(n): return next(a.ints for a in n.attribute if a.name=='kernel_shape')
    for k, n in enumerate(list(g.node)):
        if n.op_type!='Conv': continue
        each, x = [o//2 for o in kernel(n)], n.input[0]
        g.initializer.append(numpy_helper.from_array(np.array(2*[0, 0, *each], np.int64), f'around_{k}'))
        new = [helper.make_node('Mul', ['padding', f'around_{k}'], [f'pads_{k}']), helper.make_node('Pad', [x, f'pads_{k}'], [f'padded_{k}'])]
        n.input[0] = f'padded_{k}'
        for o in new: g.node.insert(list(g.node).index(n), o)
    g.input.append(helper.make_tensor_value_info('padding', TensorProto.INT64, [1]))
    return model

def lesson_data():
    "What figures of the lessons need: lesson 1's picture, the score maps of lesson 10's frame, chances of the failures of lesson 13, layers of φ, and lesson 5's photographs"
    import numpy as np
    from PIL import Image
    from siamfc_nb.data.readers import clips
    from siamfc_nb.embedding import Embedding, table1_filters, window
    from siamfc_nb.tracking import Tracker
    from skimage import data as scikit
    video, t = next(v for v in clips() if v.name=='bunny_head'), Tracker.pretrained('siamfc-3s', 'cpu')
    t.init(video.frames[0], video.boxes[0])
    t.update(video.frames[8])
    maps = [[round(v, 4) for v in m.flatten().tolist()] for m in t.scores]
    draws = [[round(v, 9) for v in np.random.default_rng(seed).standard_exponential(60).tolist()] for seed in range(6)] # `geometric` rounds these
    def webp(im):
        Image.fromarray(im).save(b := BytesIO(), 'webp', quality=80, method=6)
        return 'data:image/webp;base64,' + base64.b64encode(b.getvalue()).decode()
    photos = {k: dict(src=webp(im), box=box) for k, (im, box) in lesson_value('05_crops', 'photos').items()}
    camera = scikit.camera()[60:220:4, 160:320:4]
    layers = [dict(zip(('kernel', 'stride'), window(m)), groups=getattr(m, 'groups', 0)) for m in Embedding() if hasattr(m, 'kernel_size')]
    return dict(choice=dict(maps=maps, n=t.scores.shape[-1], up=t.cfg.up, step=t.cfg.step), draws=draws, layers=layers, filters=table1_filters,
                camera=dict(pixels=camera.flatten().tolist(), n=len(camera))), photos

def live():
    "`lessons.js` and `photos.js`, what the figures of lessons need, and `phi_NAME.js` of each network"
    data, photos = lesson_data()
    (live_files/'lessons.js').write_text(''.join(f'siamfcData.{k} = {json.dumps(v)};\n' for k, v in data.items()), encoding='utf-8')
    (live_files/'photos.js').write_text(f'siamfcData.photos = {json.dumps(photos)};\n', encoding='utf-8')
    live_phi('shipped', paddable)
    live_phi('lite')

def live_phi(name, change=lambda model: model):
    "φ of a network as ONNX, changed, and what the tracker must know of it"
    from tempfile import TemporaryDirectory

    import onnx
    from siamfc_nb.deploy import export_onnx
    from siamfc_nb.pretrained import load_weights, named_weights, weights_digest
    net, to = load_weights(named_weights(name)), live_files/f'phi_{name}.js'
    with TemporaryDirectory() as d: data = change(stored_in_half(onnx.load(export_onnx(net, d)['phi']), net.phi.eval())).SerializeToString()
    about = dict(gain=net.gain.item(), bias=net.bias.item(), stride=net.phi.stride, weights=weights_digest(named_weights(name)))
    # of a half, the byte with the exponent packs well, if it stands among its kind
    to.write_text(f'siamfcData.nets.{name} = {json.dumps(about)};\n' + inlined(f'phi.{name}', data[::2]+data[1::2]), encoding='utf-8')
    print(f'{to.name}: {to.stat().st_size/1e6:.2f} MB')

def engine():
    "ONNX Runtime for the web as two scripts that need no module, no fetch and no second thread"
    import subprocess
    from tempfile import TemporaryDirectory
    with TemporaryDirectory() as d:
        subprocess.run(['npm', 'install', '--prefix', d, '--ignore-scripts', *(f'{k}@{v}' for k, v in npm.items())], check=True)
        subprocess.run(['npm', 'rebuild', '--prefix', d, 'esbuild'], check=True)
        (Path(d)/'entry.js').write_text("export * from 'onnxruntime-web/wasm';\n", encoding='utf-8')
        subprocess.run(['npx', 'esbuild', 'entry.js', '--bundle', '--minify', '--format=iife', '--global-name=ort', '--external:module', '--external:worker_threads',
                        '--define:import.meta.url=document.baseURI', f'--outfile={live_files/"ort.js"}'], cwd=d, check=True)
        wasm = Path(d)/'node_modules'/'onnxruntime-web'/'dist'/'ort-wasm-simd-threaded.wasm'
        (live_files/'ort-wasm.js').write_text(inlined('wasm', wasm.read_bytes()), encoding='utf-8')

def live_clips():
    "`clips.js`: the clips that ship, with their boxes"
    from siamfc_nb.data.readers import clips
    res = {}
    for v in clips():
        boxes = [[round(float(x), 2) for x in b] if b[0]==b[0] else None for b in v.boxes] # NaN where there is none
        res[v.name] = dict(fps=25, frames=len(v.frames), exact=True, truth=boxes)
    videos = ''.join(inlined(f'clips.{v.name}.packed', (root/'data'/'clips'/f'{v.name}.mp4').read_bytes()) for v in clips())
    return f'siamfcData.clips = {json.dumps(res)};\n{videos}'

def live_configs():
    "`configs.js`: the settings that a page offers, as `configs` has them"
    from dataclasses import asdict

    from siamfc_nb.drawing import palette
    from siamfc_nb.track.configs import configs
    return f'var siamfcData = {{nets: {{}}, phi: {{}}}};\nsiamfcData.configs = {json.dumps({k: asdict(configs[k]) for k in ("siamfc-lite", "siamfc-dither", "siamfc-3s")})};\nsiamfcData.palette = {json.dumps(palette)};\n'

def stage_live(dest):
    "What the live pages load, into `dest`"
    dest.mkdir()
    for p in sorted(live_files.iterdir()): shutil.copy(p, dest)
    (dest/'clips.js').write_text(live_clips(), encoding='utf-8')
    (dest/'configs.js').write_text(live_configs(), encoding='utf-8')
    (dest/'overlaps.js').write_text(f'siamfcData.overlaps = {json.dumps(benchmark_overlaps())};\n', encoding='utf-8')

# ---- readme

def callout(m):
    kind = {'tip': 'TIP', 'warning': 'WARNING', 'caution': 'CAUTION', 'important': 'IMPORTANT'}.get(m[1], 'NOTE')
    body = (f'**{m[2]}** ' if m[2] else '') + m[3].strip()
    return '\n'.join([f'> [!{kind}]'] + ['> '+l if l else '>' for l in body.split('\n')])

def forge_links(md):
    "Links that hold beside `nbs/` become links that hold beside the README; to a live page, which runs only on the site, into the site"
    def live_page(to): return to.endswith('.qmd') and 'class="live"' in (nbs/to).read_text(encoding='utf-8')
    def sub(m):
        if re.match(r'[a-z]+:|#|/', m[2]): return m[0]
        to = f'docs/{m[2].removesuffix(".qmd")}.html' if live_page(m[2]) else relpath('nbs/'+m[2], '.')
        return f'{m[1]}{to}{m[3]}'
    md = re.sub(r'(\]\()([^)\s]+)(\s*(?:"[^"]*")?\))', sub, md)
    return re.sub(r'(<(?:img|a|source|video)\b[^>]*?(?:src|href)=")([^"]+)(")', sub, md)

def badge(label, value, colour='#4c72b0'):
    "A small sign as SVG, which asks no other host for anything"
    a, b = 6*len(label)+14, 6*len(value)+14
    part = lambda x, w, t, fill: f'<rect x="{x}" width="{w}" height="20" fill="{fill}"/><text x="{x+w/2:g}" y="14" textLength="{w-14}">{t}</text>'
    style = 'fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{a+b}" height="20" role="img" aria-label="{label}: {value}"><g {style}>{part(0, a, label, "#555")}{part(a, b, value, colour)}</g></svg>\n'

def badges():
    "The README's signs: what the last runs on main said, which the forge draws, and what `pyproject.toml` says"
    import tomllib
    about = tomllib.loads((root/'pyproject.toml').read_text(encoding='utf-8'))['project']
    pythons = re.findall(r':: (3\.\d+)', ' '.join(about['classifiers']))
    signs = {'python': badge('python', f'{pythons[0]} – {pythons[-1]}'), 'licence': badge('licence', about['license'].split()[0])}
    runs = [f'[![{k}](../../actions/workflows/{k}.yml/badge.svg)](../../actions/workflows/{k}.yml)' for k in ('test', 'docs')]
    to = dict(python='pyproject.toml', licence='LICENSE')
    return signs, ' '.join([*runs, *(f'[![{k}](index_files/{k}.svg)]({to[k]})' for k in signs)])

def directives(s): return dict(re.findall(r'^#\|\s*([\w-]+):?[ \t]*(.*)$', s, re.M))

def readme(dest=root, nb='index.ipynb'):
    "`README.md` and the pictures in it, from `nb`"
    cells, out, pics = json.loads((nbs/nb).read_text(encoding='utf-8'))['cells'], [], {}
    def show(o):
        if o['output_type']=='stream': return f"```text\n{text(o['text']).rstrip()}\n```" if o['name']=='stdout' else ''
        data = o.get('data', {})
        for mime, ext in (('image/png','png'), ('image/jpeg','jpg'), ('image/gif','gif')):
            if mime in data:
                name = f'index_files/figure-{len(pics)+1}.{ext}'
                pics[name] = base64.b64decode(text(data[mime]))
                return f'![]({name})'
        if widget(o): return ''
        if 'text/markdown' in data: return text(data['text/markdown'])
        plain = text(data.get('text/plain', ''))
        return f'```text\n{plain}\n```' if plain and not plain.startswith(('<IPython', '<Figure', '<Axes')) else ''
    for c in cells:
        s = src(c).strip()
        d = directives(s)
        if not s or d.keys() & {'hide', 'default_exp'} or d.get('include')=='false': continue
        if c['cell_type']=='markdown':
            s = re.sub(r'^:::+ *\{\.callout-(\w+)(?:[^}]*?title="([^"]*)")?[^}]*\}\n(.*?)\n:::+ *$', callout, s, flags=re.M|re.S)
            out.append(forge_links(s))
        elif c['cell_type']=='code':
            if d.get('echo')!='false': out.append('```python\n' + re.sub(r'^#\|.*\n?', '', s, flags=re.M).strip() + '\n```')
            if d.get('output')!='false': out += [show(o) for o in c['outputs']]
    signs, line = badges()
    pics |= {f'index_files/{k}.svg': v.encode() for k, v in signs.items()}
    md = '\n\n'.join(o for o in out if o) + '\n'
    md = re.sub(r'^(# .*\n)', lambda m: f'{m[1]}\n{line}\n', md, count=1, flags=re.M)
    md = f'<!-- Made from nbs/index.ipynb by `make prep`: edit the notebook, not this file. -->\n\n{md}'
    shutil.rmtree(dest/'index_files', ignore_errors=True)
    for name, data in pics.items():
        (dest/name).parent.mkdir(exist_ok=True)
        (dest/name).write_bytes(data)
    (dest/'README.md').write_text(md, encoding='utf-8')

# ---- stubs

def attributes(f):
    "What a method puts on `self`, private things left out"
    stored = (o for o in ast.walk(f) if isinstance(o, ast.Attribute) and isinstance(o.ctx, ast.Store))
    return [o.attr for o in stored if getattr(o.value, 'id', '')=='self' and not o.attr.startswith('_')]

def unpatched(f):
    "Turn a patched function into a method; returns the name of its class, if that is what it was"
    found = {ast.unparse(d): d for d in f.decorator_list}
    if not (how := found.keys() & {'patch', 'patch(as_prop=True)'}): return None
    f.decorator_list = [d for k, d in found.items() if k not in how]
    if 'patch' not in how: f.decorator_list.append(ast.Name('property'))
    cls, f.args.args[0].annotation = f.args.args[0].annotation.id, None
    return cls

def bare_body(f):
    "Leave only the docstring of a function, and decorators that say how it is called"
    f.body = [o for o in f.body[:1] if ast.get_docstring(f)] + [ast.Expr(ast.Constant(...))]
    f.decorator_list = [d for d in f.decorator_list if not isinstance(d, ast.Call)]

def bare_value(o):
    "Leave only the name of what is nobody's business, or is joined (`a | b`), which would be taken for a type"
    name = getattr(o.targets[0], 'id', '') if isinstance(o, ast.Assign) else ''
    if name!='__all__' and name.startswith('_') or name and isinstance(o.value, ast.BinOp): return ast.parse(f'{name}: Any').body[0]
    return o

def stub(code):
    "A module as an editor should see it. (fastcore's `create_pyi` knows no decorator with a dot, no `as_prop`, no attribute)"
    tree = ast.parse(code)
    classes = {o.name: o for o in tree.body if isinstance(o, ast.ClassDef)}
    for f in [o for o in tree.body if isinstance(o, ast.FunctionDef)]:
        if (cls := classes.get(unpatched(f))) is None: continue
        tree.body.remove(f)
        cls.body.append(f)
    for c in classes.values():
        fs = [o for o in c.body if isinstance(o, ast.FunctionDef)]
        named = {f.name for f in fs} | {o.target.id for o in c.body if isinstance(o, ast.AnnAssign)}
        new = [k for k in dict.fromkeys(k for f in fs for k in attributes(f)) if k not in named]
        if any('dataclass' in ast.unparse(d) for d in c.decorator_list): new = [] # an annotation would be a field
        at = int(ast.get_docstring(c) is not None)
        c.body[at:at] = ast.parse('\n'.join(f'{k}: Any' for k in new)).body
    for f in ast.walk(tree):
        if isinstance(f, ast.FunctionDef): bare_body(f)
    tree.body = [bare_value(o) for o in tree.body]
    kept = ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.ClassDef, ast.FunctionDef
    at = int(ast.get_docstring(tree) is not None)
    tree.body = tree.body[:at] + ast.parse('from typing import Any').body + [o for o in tree.body if isinstance(o, kept)]
    return ast.unparse(ast.fix_missing_locations(tree)) + '\n'

def stubs(dest=root/'siamfc_nb'):
    "The front of the package, and its modules with patched methods, as editors and type checkers read them"
    from siamfc_nb import _home
    front = ''.join(f'from .{m} import {k} as {k}\n' for k, m in _home.items()) + f'\n__version__: str\n__all__ = {[*_home]}\n'
    res = {'__init__.pyi': front}
    for p in sorted((root/'siamfc_nb').rglob('*.py')):
        s = p.read_text(encoding='utf-8')
        if re.search(r'^@patch', s, re.M): res[p.relative_to(root/'siamfc_nb').with_suffix('.pyi').as_posix()] = stub(s)
    for p in dest.rglob('*.pyi'): p.unlink()
    for k, s in res.items():
        (dest/k).parent.mkdir(parents=True, exist_ok=True)
        (dest/k).write_text('# Made by `make prep`: edit the notebook, not this file.\n' + s, encoding='utf-8')

# ---- pictures

def ends(w):
    "Other values of a slider: its ends, or up to three other choices"
    vs = [v for v in w.options if v!=w.value][:3] if hasattr(w, 'options') else [w.min, w.max] if hasattr(w, 'min') else [not w.value]
    return [v for v in vs if v!=w.value]

def picture(f, **kwargs):
    "What `f` draws"
    from io import BytesIO

    import matplotlib.pyplot as plt
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output
    from PIL import Image
    plt.close('all')
    with capture_output() as c: r = f(**kwargs)
    pics = [base64.b64decode(d) if isinstance(d, str) else d for o in c.outputs for m, d in o.data.items() if m in ('image/png','image/jpeg')]
    if not pics and r is not None:
        data, _ = InteractiveShell.instance().display_formatter.format(r)
        pics = [base64.b64decode(d) if isinstance(d, str) else d for m, d in data.items() if m in ('image/png','image/jpeg')]
    for n in [] if pics else plt.get_fignums():
        plt.figure(n).savefig(b := BytesIO(), dpi=70, bbox_inches='tight', facecolor='white'); pics.append(b.getvalue())
    plt.close('all')
    ims = [Image.open(BytesIO(p)).convert('RGB') for p in pics]
    res = Image.new('RGB', (max(i.width for i in ims), sum(i.height for i in ims)), 'white')
    y = 0
    for i in ims: res.paste(i, (0, y)); y += i.height
    return res

def multiples(stem):
    "An `interact` that draws small multiples into `_sliders/` instead"
    count = [0]
    def interact(f, **kwargs):
        from ipywidgets import interactive
        from PIL import Image, ImageDraw, ImageFont
        ws = interactive(f, {'manual': True}, **kwargs).kwargs_widgets
        at = {w._kwarg: w.value for w in ws if hasattr(w, '_kwarg')}
        runs = [({}, ', '.join(f'{k} = {v:g}' if isinstance(v, float) else f'{k} = {v}' for k, v in at.items()))]
        runs += [({w._kwarg: v}, f'{w._kwarg} = {v:g}' if isinstance(v, float) else f'{w._kwarg} = {v}') for w in ws if hasattr(w, '_kwarg') for v in (ends(w) if len(ws)<6 else ends(w)[-1:])]
        ims, labels = [], []
        for kw, label in runs:
            try: ims.append(picture(f, **at | kw)); labels.append(label)
            except ValueError: pass # what a slider may say, too
        cols = 2 if ims[0].width>1.8*ims[0].height else 3
        W = 960//cols; H = max(round(i.height*W/i.width) for i in ims)
        out = Image.new('RGB', (960, (H+24)*-(-len(ims)//cols)), 'white'); d = ImageDraw.Draw(out); font = ImageFont.load_default(14)
        for k, (i, label) in enumerate(zip(ims, labels)):
            x, y = k%cols*W, k//cols*(H+24)
            while d.textlength(label, font)>W-12: label = label[:-2]+'…'
            d.text((x+8, y+4), label, 'black', font); out.paste(i.resize((W-8, round(i.height*(W-8)/i.width)), Image.LANCZOS), (x+4, y+24))
        count[0] += 1; (nbs/'_sliders').mkdir(exist_ok=True)
        out.save(nbs/'_sliders'/f'{stem}-{count[0]}.webp', quality=60, method=6)
    return interact

def sliders(*which):
    "Draw small multiples for the lessons whose names start with one of `which`, or all"
    import nbformat
    from nbclient import NotebookClient
    if odd := [w for w in which if not any(p.name.startswith(w) for p in notebooks())]: sys.exit(f'sliders {odd[0]}: expected the beginning of the name of a lesson, such as 04')
    for p in notebooks():
        nb = nbformat.read(p, 4)
        if which and not p.name.startswith(which) or not any(re.search(r'^interact\(', c.source, re.M) for c in nb.cells): continue
        nb.cells = [c for c in nb.cells if not re.search(r'^#\|\s*eval:\s*false', c.source, re.M)]
        nb.cells.insert(0, nbformat.v4.new_code_cell(f'import ipywidgets, sys; sys.path.insert(0, {str(nbs)!r}); import _site; ipywidgets.interact = _site.multiples({p.stem!r})'))
        NotebookClient(nb, timeout=300, kernel_name='python3', resources={'metadata': {'path': str(p.parent)}}).execute()
        print(p.stem, [f'{o.name} {o.stat().st_size//1000} kB' for o in sorted((nbs/'_sliders').glob(f'{p.stem}-*'))])

def movie(name='juice_box', config='siamfc-3s', every=2, side=320):
    "`tracked.webp`: our box and the truth, on a clip that ships"
    import cv2
    import numpy as np
    from PIL import Image
    from siamfc_nb.data.readers import clips
    from siamfc_nb.drawing import draw_boxes
    from siamfc_nb.otb import iou
    from siamfc_nb.tracking import Tracker
    named = {v.name: v for v in clips()}
    if name not in named: sys.exit(f"movie {name}: expected one of {', '.join(named)}")
    clip, t = named[name], Tracker.pretrained(config)
    boxes, maps = [clip.boxes[0]], [None]
    t.init(clip.frames[0], clip.boxes[0])
    for f in clip.frames[1:]: boxes.append(t.update(f)[0]); maps.append(t.scores[t.chosen])
    shown = list(zip(clip.frames, maps, clip.boxes, boxes))[::every]
    frames = [draw_boxes(f, dict(truth=b, prediction=p), scores=m) for f, m, b, p in shown]
    r = side/frames[0].shape[1]
    ims = [Image.fromarray(cv2.resize(f, None, fx=r, fy=r, interpolation=cv2.INTER_AREA)) for f in frames]
    out = nbs/'tracked.webp'
    ims[0].save(out, save_all=True, append_images=ims[1:], duration=40*every, loop=0, quality=40, method=6)
    print(f'{out}: {out.stat().st_size//1000} kB, {len(ims)} frames, mean overlap {np.nanmean(iou(np.array(boxes), clip.boxes)):.2f}')

@contextmanager
def chromium():
    "A browser without a window, and how a result names it"
    from playwright.sync_api import sync_playwright
    with sync_playwright() as pw:
        browser = pw.chromium.launch(executable_path=shutil.which('chromium'), args=['--no-sandbox', '--disable-gpu'])
        yield browser, f'Chromium {browser.version}, headless'
        browser.close()

def paint(n=10):
    "First contentful paint of the largest page, from disk, each time in a fresh browser context"
    from statistics import median

    from siamfc_nb.report import write_result
    page, seen = max((root/'docs').rglob('*.html'), key=lambda p: p.stat().st_size), []
    with chromium() as (browser, about):
        for _ in range(int(n)):
            p = browser.new_page()
            p.goto(page.as_uri())
            seen.append(p.evaluate("""() => new Promise(ok => new PerformanceObserver(l => ok(l.getEntriesByName('first-contentful-paint')[0]?.startTime)).observe({type: 'paint', buffered: true}))"""))
            p.close()
    write_result(root/'data'/'results'/'site.json', what='first contentful paint of the largest page of docs/, from disk', browser=about, page=page.relative_to(root).as_posix(), page_bytes=page.stat().st_size,
                 site_bytes=bytes_of(root/'docs'), seconds=[round(t/1000, 3) for t in seen], median=round(median(seen)/1000, 3), worst=round(max(seen)/1000, 3))
    print(f'{page.name}: {median(seen):.0f} ms, at worst {max(seen):.0f}')

bars = dict(front_seconds=3, drag_ms=400, track_fps=10) # of the live pages: at most, at most, at least

def opened_within(new_page, url):
    "Seconds from the start of a page's load to a tracker that answers"
    p = new_page(reduced_motion='reduce')
    p.goto(url('index'))
    p.wait_for_function("document.getElementById('track-it').liveState?.ready")
    seconds = p.evaluate('performance.now()')/1000
    p.close()
    return round(seconds, 3)

def dragged(new_page, url, moves):
    "Milliseconds from a move of the exemplar's box to its new map, for each of some moves of the mouse"
    p, state, ms = new_page(), "document.getElementById('where-is-it').liveState", []
    p.goto(url('where_is_it'))
    p.wait_for_function(f'{state}?.ready && !{state}.running')
    p.locator('[data-live=show]').click()
    view = p.locator('[data-live=first]')
    view.scroll_into_view_if_needed()
    at, [x, y, w, h] = view.bounding_box(), p.evaluate(f'{state}.box')
    r = at['width']/p.evaluate("document.querySelector('[data-live=first]').width")
    x, y = at['x']+(x+w/2)*r, at['y']+(y+h/2)*r
    p.mouse.move(x, y)
    p.mouse.down()
    for i in range(moves):
        before = p.evaluate('performance.now()')
        p.mouse.move(x+2*(i%5+1), y+i%3)
        p.evaluate(f'(async () => {{ while ({state}.running) await {state}.running }})()')
        p.evaluate('new Promise(requestAnimationFrame)')
        ms.append(round(p.evaluate('performance.now()')-before, 1))
    p.mouse.up()
    p.close()
    return ms

def tracked_per_second(new_page, url, config, frames):
    "Frames per second of *Track it*, decoding and drawing included"
    p, state = new_page(reduced_motion='reduce'), "document.getElementById('track-it').liveState"
    p.goto(url('track_it'))
    p.wait_for_function(f'{state}?.ready')
    p.locator('[data-live=config]').select_option(config)
    fps = p.evaluate(f"""async n => {{ await {state}.step(); const start = performance.now();
      for (let i = 0; i < n; i++) {{ await {state}.step(); await new Promise(requestAnimationFrame); }}
      return 1000*n/(performance.now() - start) }}""", frames)
    p.close()
    return round(fps, 1)

def measure_live(browser, site, n=5, moves=30, frames=60):
    "What the live pages do in this browser, and what was asked of them"
    from statistics import median
    def url(page): return (Path(site)/f'{page}.html').resolve().as_uri()
    def new_page(**kw): return browser.new_page(viewport=dict(width=1400, height=1000), **kw)
    front, drag = [opened_within(new_page, url) for _ in range(n)], dragged(new_page, url, moves)
    fps = {k: tracked_per_second(new_page, url, k, frames) for k in ('siamfc-lite', 'siamfc-dither', 'siamfc-3s')}
    got = dict(front_seconds=median(front), drag_ms=median(drag), track_fps=fps['siamfc-lite'])
    met = {k: got[k]>=v if k=='track_fps' else got[k]<=v for k, v in bars.items()}
    return dict(front_seconds=front, drag_ms=drag, track_fps=fps, medians=got, bars=bars, met=met)

def measure(site=root/'docs', n=5):
    "The live pages from disk: how soon the front page answers, how soon a map follows the hand, frames per second"
    from siamfc_nb.pretrained import named_weights, weights_digest
    from siamfc_nb.report import write_result
    with chromium() as (browser, about): res = measure_live(browser, site, int(n))
    write_result(root/'data'/'results'/'live_pages.json', what='the live pages from disk: seconds until the tracker of the front page answers; milliseconds from a move of '
                 'the exemplar to its map; frames per second of Track it', browser=about, engine='ONNX Runtime, WebAssembly, one thread', weights={k: weights_digest(named_weights(k)) for k in ('shipped', 'lite')}, **res)
    print(res['medians'], res['met'])

def resident(pid):
    "Memory of a process and all that it has started, in MB"
    import psutil
    mb = 0.
    for p in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try: mb += p.memory_info().rss/1e6
        except psutil.NoSuchProcess: pass
    return mb

def load_again(browser, url, pid, n=4, reload=False):
    "Memory in MB, each time the playground's page has been loaded: closed and opened anew, or loaded again in its place"
    page, mb = None, []
    for _ in range(n):
        if page and not reload: page.close(); page = None # says no goodbye, like a browser that is killed
        if page: page.reload()
        else: page = browser.new_page(); page.set_default_timeout(180_000); page.goto(url)
        page.get_by_text('Overlap with the truth').wait_for()
        page.wait_for_timeout(3000) # longer than the process of the page before may wait for its return
        mb.append(round(resident(pid)))
    page.close()
    return mb

def memory(n=4):
    "Memory of the server of `siamfc play` and its kernels over `n` loads, and half a minute after the last page was closed"
    import subprocess, time

    from siamfc_nb.files import siamfc_call
    from siamfc_nb.report import write_result
    server = subprocess.Popen(siamfc_call('play', '--no-browser', '--port', 0), stdout=subprocess.PIPE, text=True)
    try:
        url = next(l for l in server.stdout if l.startswith('http')).strip(); time.sleep(5)
        idle = round(resident(server.pid))
        with chromium() as (browser, about):
            res = {k: load_again(browser, url, server.pid, int(n), k=='reloaded') for k in ('opened', 'reloaded')}
        time.sleep(30)
        left = round(resident(server.pid))
    finally: server.terminate(); server.wait(30)
    ratio = round(max(map(max, res.values()))/res['opened'][0], 2)
    write_result(root/'data'/'results'/'playground_memory.json', what='resident memory of siamfc play and all its processes, after each load of its page', unit='MB', browser=about,
                 without_page=idle, **res, closed=left, ratio=ratio)
    print(f'{res}, {left} MB after the last page was closed; at most {ratio} times one load')

if __name__=='__main__':
    tasks = {'stage': stage, 'build': build, 'readme': readme, 'stubs': stubs, 'sliders': sliders, 'fresh': fresh, 'live': live, 'engine': engine, 'movie': movie, 'paint': paint, 'measure': measure, 'memory': memory, 'languages': languages}
    if len(sys.argv)<2 or sys.argv[1] not in tasks or len(sys.argv)>2 and sys.argv[1] not in ('build', 'sliders', 'movie', 'paint', 'measure', 'memory', 'languages'): sys.exit(__doc__)
    try: signature(tasks[sys.argv[1]]).bind(*sys.argv[2:])
    except TypeError: sys.exit(__doc__) # too many arguments
    sys.path.insert(0, str(root)) # the package of this clone, also where another one is installed
    res = tasks[sys.argv[1]](*sys.argv[2:])
    if sys.argv[1]=='build': print('\n'.join([*res, f'site: {Path(*sys.argv[2:] or [root/"docs"])/"index.html"}']))
