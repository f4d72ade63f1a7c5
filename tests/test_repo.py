"""The repository agrees with itself: notebooks, package, README, metadata"""

import ast
import configparser
import json
import os
import re
import shutil
import subprocess
import symtable
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from types import SimpleNamespace

import jupytext
import pytest
import yaml

import house
from conftest import adapt, tst_flags
from house import modules, notebooks
from nbs import _site

root = Path(__file__).resolve().parent.parent
project = tomllib.loads((root/'pyproject.toml').read_text())['project']
settings = configparser.ConfigParser()
settings.read(root/'settings.ini')
settings = settings['DEFAULT']

def run(*cmd, cwd=root, **kw):
    env = {**os.environ, 'PATH': f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}'}
    return subprocess.run(cmd, cwd=cwd, env=env, text=True, capture_output=True, **kw)

def nb_id(p): return p.relative_to(root/'nbs').as_posix()
each_notebook = pytest.mark.parametrize('nb', notebooks, ids=nb_id)

# ---- notebooks and package

@pytest.fixture(scope='module')
def exported(tmp_path_factory):
    "The package as `nbdev_export` writes it"
    tmp = tmp_path_factory.mktemp('export')
    shutil.copy(root/'settings.ini', tmp)
    shutil.copytree(root/'nbs', tmp/'nbs', ignore=shutil.ignore_patterns('_mathjax', '.*'))
    (tmp/'siamfc_nb').mkdir()
    shutil.copy(root/'siamfc_nb'/'__init__.py', tmp/'siamfc_nb') # written by hand but for the version
    r = run('nbdev_export', cwd=tmp)
    assert r.returncode==0, r.stdout + r.stderr
    return tmp/'siamfc_nb'

def test_package_is_in_step_with_notebooks(exported):
    have = {p.relative_to(root/'siamfc_nb').as_posix(): p.read_text() for p in (root/'siamfc_nb').rglob('*.py')}
    want = {p.relative_to(exported).as_posix(): p.read_text() for p in exported.rglob('*.py')}
    assert sorted(have)==sorted(want), 'run `make prep`; a module without a notebook must go'
    off = [n for n in want if have[n]!=want[n]]
    assert not off, f'run `make prep`, and edit notebooks only: {off} differ from what nbdev_export writes'

@pytest.mark.parametrize('path', modules, ids=lambda p: p.stem)
def test_a_module_imports_its_neighbours_by_their_place(path):
    "nbdev writes `from ..x import` for an import of one line, and leaves one of several as it is"
    top = ast.parse(path.read_text()).body
    named = [o.module for o in top if isinstance(o, ast.ImportFrom) and not o.level]
    named += [a.name for o in top if isinstance(o, ast.Import) for a in o.names]
    ours = [n for n in named if n.partition('.')[0]=='siamfc_nb']
    assert not ours

def test_stubs_are_in_step_with_modules(tmp_path):
    "As trees, since Pythons differ in how they write one"
    _site.stubs(tmp_path)
    def trees(d):
        return {p.relative_to(d).as_posix(): ast.dump(ast.parse(p.read_text())) for p in sorted(d.rglob('*.pyi'))}
    have, want = trees(root/'siamfc_nb'), trees(tmp_path)
    assert list(have)==list(want) and len(want)>5, 'run `make prep`, or nbs/_site.py stubs'
    off = [n for n in want if have[n]!=want[n]]
    assert not off, f'run `make prep`, or nbs/_site.py stubs: {off} differ from their modules'

@pytest.fixture(scope='module')
def cleaned(tmp_path_factory):
    "The notebooks after `nbdev_clean`"
    tmp = tmp_path_factory.mktemp('clean')
    shutil.copy(root/'settings.ini', tmp)
    shutil.copytree(root/'nbs', tmp/'nbs', ignore=shutil.ignore_patterns('_mathjax', '.*'))
    r = run('nbdev_clean', cwd=tmp)
    assert r.returncode==0, r.stdout + r.stderr
    return tmp/'nbs'

@each_notebook
def test_notebook_is_clean(nb, cleaned):
    assert nb.read_text()==(cleaned/nb_id(nb)).read_text(), f'{nb_id(nb)}: run `make prep`'

@pytest.fixture(scope='module')
def linted(tmp_path_factory):
    "Notebook = what ruff says of its code, by one run for all"
    tmp = tmp_path_factory.mktemp('lint')
    shutil.copy(root/'pyproject.toml', tmp)
    for nb in notebooks:
        py = (tmp/'nbs'/nb_id(nb)).with_suffix('.py')
        py.parent.mkdir(parents=True, exist_ok=True)
        py.write_text(jupytext.writes(jupytext.read(nb), fmt='py:percent'), encoding='utf-8')
    r = run('ruff', 'check', '--no-cache', '--output-format', 'json', 'nbs', cwd=tmp)
    assert r.returncode in (0, 1), r.stderr
    res = {}
    for o in json.loads(r.stdout):
        said = f"{o['location']['row']}: {o['code']} {o['message']}"
        nb = Path(o['filename']).relative_to(tmp.resolve()/'nbs').with_suffix('.ipynb')
        res.setdefault(nb.as_posix(), []).append(said)
    return res

@each_notebook
def test_notebook_passes_ruff(nb, linted): assert not linted.get(nb_id(nb))

def test_python_passes_ruff():
    r = run('ruff', 'check', '--output-format', 'concise', 'siamfc_nb', 'tests', 'nbs/_site.py', 'conftest.py')
    assert r.returncode==0, r.stdout + r.stderr

@each_notebook
def test_notebook_stores_its_outputs(nb):
    "Nobody should have to run a lesson to read it: values are stored, and no errors"
    book = json.loads(nb.read_text())
    assert 'widgets' not in book['metadata'], "the widgets' state, which no page shows and which can be megabytes"
    cells = [c for c in book['cells'] if c['cell_type']=='code']
    assert not [o for c in cells for o in c['outputs'] if o['output_type']=='error'], 'a stored traceback'
    assert any(c['outputs'] for c in cells) or len(cells)<5, 'run the notebook and save it'

@pytest.mark.parametrize('source,skipped',
                         [('1/0', False), ('#| eval: false\n1/0', True), ('#| export\n#|eval: false\n1/0', True),
    ('#| notest\n1/0', True), ('x = 1\n#| notest', False), ('#| eval: true\n1', False)])
def test_directives_say_which_cells_run(source, skipped):
    cell = SimpleNamespace(source=source, outputs=['kept by nbdev_clean'], execution_count=None)
    item = SimpleNamespace(cell=cell, options={})
    adapt(item, tst_flags())
    assert item.options.get('skip', False)==skipped and cell.execution_count==1

# Each imports only from its left. Rooms that were built around the lessons are packages, and so are these in an order.
order = '''front errors arguments files report drawing arrays
equivariance embedding xcorr pretrained track.runtime labels crops
data.recordings data.images videos toyworld data.lazy data.masks data.readers data.solid data.larger
data.shards data.labelled data.licences
curation data.sources pairs
train.settings train.devices train.keeper training gauges distill
scales track.configs track.early confidence tracking multi otb vot deploy figures exercises
track.adapters track.again track.feeds track.recorder track.live track.watch
train.bundle train.store train.pieces train.gpu train.mined train.runs
evaluation.trackers evaluation.formats evaluation.benchmarks evaluation.jobs evaluation.scores evaluation.sheets
evaluation.run evaluation.suite evaluation.card
app.widgets app.maps app.painted app.controls app.panels app.inside app.own app.playground
cli commands.demo commands.toy commands.datasets commands.train commands.weights
lab.bench lab.study lab.commands lab.__main__ __main__'''.split()
packages = 'data track train evaluation app commands lab'.split()

def module(path):
    "Its name inside of the package, with dots"
    return '.'.join(path.relative_to(root/'siamfc_nb').with_suffix('').parts)

def imported(path):
    "Modules of the package that a file imports, by their names inside of it"
    here = module(path).split('.')
    for n in ast.walk(ast.parse(path.read_text())):
        if not isinstance(n, ast.ImportFrom) or not n.level and n.module.split('.')[0]!='siamfc_nb': continue
        there = [*here[:-n.level], *filter(None, [n.module])] if n.level else n.module.split('.')[1:]
        name = '.'.join(there)
        yield from [name] if name in order else ['.'.join([*there, a.name]) for a in n.names if a.name!='__version__']

imports = {module(p): {*imported(p)} for p in modules if p.name!='__init__.py'}

def test_every_module_has_its_place():
    assert sorted(order)==sorted(imports)

@pytest.mark.parametrize('name', order)
def test_module_imports_only_to_its_left(name):
    right = imports[name]-{*order[:order.index(name)]}
    assert not right, f'{name} imports {right}, which do not stand to its left'

@pytest.mark.parametrize('package', packages)
def test_package_needs_none_to_its_right(package):
    "Nor does what it needs, on any way"
    needed, todo = set(), [m for m in order if m.startswith(f'{package}.') and m!='lab.__main__']
    while todo: needed |= {o := todo.pop()}; todo += imports[o]-needed
    right = {m for m in needed if m.split('.')[0] in packages[packages.index(package)+1:]}
    assert not right, f'{package} needs {right}'

@each_notebook
def test_notebook_lies_in_the_folder_of_its_package(nb):
    there = nb_id(nb).rpartition('/')[0]
    for c in house.cells_of(nb):
        if m := re.match(r'#\| default_exp (\S+)', ''.join(c['source'])):
            package = m[1].rpartition('.')[0]
            assert there==package or not package and there in ('', 'reference')

def test_private_names_stay_in_their_module():
    "Also in what a function imports"
    for p in modules:
        ns = [n for n in ast.walk(ast.parse(p.read_text())) if isinstance(n, ast.ImportFrom)]
        ours = [n for n in ns if n.level or (n.module or '').split('.')[0]=='siamfc_nb']
        taken = [a.name for n in ours for a in n.names if re.match('_(?!_)', a.name)]
        assert not taken, f'{p.name} imports {taken}: make public what two modules need'

def exercises(nb):
    "The cells of a notebook's exercises, as pairs of kind and source"
    cells = [(c['cell_type'], ''.join(c['source'])) for c in json.loads(nb.read_text())['cells']]
    k = next((k for k, (t, s) in enumerate(cells) if t=='markdown' and s.startswith('## Exercises')), len(cells))
    rest = cells[k+1:]
    return rest[:next((k for k, (t, s) in enumerate(rest) if t=='markdown' and s.startswith('## ')), len(rest))]

@pytest.mark.parametrize('nb', [p for p in notebooks if exercises(p)], ids=nb_id)
def test_no_answer_stands_open(nb):
    "An exercise is a question, code to work with, and its solution, folded; nothing follows that"
    kinds, numbers = '', []
    for t, s in exercises(nb):
        if t=='code': kinds += 'c'
        elif m := re.match(r'\*\*(\d)\.\*\* ', s):
            kinds += 'q'
            numbers.append(int(m[1]))
            assert '<details>' not in s, 'a solution has a cell of its own'
        else:
            assert re.fullmatch(r'<details><summary>Solution</summary>\n\n(?s:.+)\n\n</details>', s), s[:80]
            kinds += 's'
    assert re.fullmatch('(qc+s)+', kinds), f'{kinds}: question, code and solution of each exercise'
    assert numbers==list(range(1, len(numbers)+1)) and len(numbers)>1

def names(source):
    "Names that a cell makes, and names that it needs from others"
    top = symtable.symtable(source, 'cell', 'exec')
    made = {o.get_name() for o in top.get_symbols() if o.is_assigned() or o.is_imported()}
    needed, tables = set(), [top]
    while tables:
        t = tables.pop()
        needed |= {o.get_name() for o in t.get_symbols() if o.is_referenced() and (t is top or o.is_global())}
        tables += t.get_children()
    own = house.passing(source)
    return made-own, needed-made-own

@pytest.mark.parametrize('nb', [p for p in notebooks if exercises(p)], ids=nb_id)
def test_exercises_leave_the_page_as_it_was(nb):
    "A reader goes back and runs a cell again: no exercise has taken a name that it needs"
    own = [s for t, s in exercises(nb) if t=='code']
    cells = [''.join(c['source']) for c in house.cells_of(nb) if c['cell_type']=='code']
    page = [names(s) for s in cells if s not in own and not re.search('^[%!]', s, re.M)]
    needed = {o for _, n in page for o in n if sum(o in made for made, _ in page)==1}
    taken = needed & {o for s in own for o in names(s)[0]}
    assert not taken, f'{taken}: names of the page, which an exercise takes'

@pytest.mark.parametrize('source,exported',
                         [('#| export\ndef f(): return 1', True), ('#| hide\n#| export\ndef f(): return 1', True),
                         ('#| eval: false\n#|export\ndef f(): return 1', True),
    ('def f(): return 1\n#| export', False), ('def f(): return 1', False)])
def test_export_counts_among_the_directives_of_a_cell(tmp_path, source, exported):
    "In any of the first lines of a cell, not only in the very first"
    shutil.copy(root/'settings.ini', tmp_path); (tmp_path/'nbs').mkdir()
    cells = [dict(cell_type='code', id=f'c{k}', metadata={}, execution_count=None, outputs=[], source=s) for k,
             s in enumerate(('#| default_exp tried', source))]
    (tmp_path/'nbs'/'tried.ipynb').write_text(json.dumps(dict(cells=cells, metadata={}, nbformat=4, nbformat_minor=5)))
    r = run('nbdev_export', cwd=tmp_path); assert r.returncode==0, r.stdout + r.stderr
    made = tmp_path/'siamfc_nb'/'tried.py'
    assert (made.exists() and 'def f()' in made.read_text())==exported

def test_a_cleaned_notebook_is_still_checked(tmp_path):
    "`nbdev_clean` takes execution counts away; nbval must compare the outputs nevertheless"
    from nbformat import v4, write
    for f in ('settings.ini', 'conftest.py'): shutil.copy(root/f, tmp_path)
    (tmp_path/'nbs').mkdir()
    for stored in '23':
        out = v4.new_output('execute_result', {'text/plain': stored}, execution_count=3)
        nb = v4.new_notebook(cells=[v4.new_code_cell('#NBVAL_CHECK_OUTPUT\n1+1', outputs=[out], execution_count=3)],
                             metadata={'kernelspec': dict(name='python3', display_name='python3', language='python')})
        write(nb, tmp_path/'nbs'/f'says_{stored}.ipynb')
    r = run('nbdev_clean', cwd=tmp_path); assert r.returncode==0, r.stderr
    made = sorted((tmp_path/'nbs').glob('*.ipynb'))
    for p in made: assert json.loads(p.read_text())['cells'][0]['execution_count'] is None
    how = '-q', '-rA', '-p', 'no:cacheprovider', '--nbval-lax'
    r = run(sys.executable, '-m', 'pytest', *how, *map(str, made), cwd=tmp_path)
    assert r.returncode==1 and '1 failed, 1 passed' in r.stdout, r.stdout
    assert re.search(r'PASSED .*says_2', r.stdout) and re.search(r'FAILED .*says_3', r.stdout), r.stdout

# ---- how readable it is

def test_modules_have_one_thought_per_line():
    over = {k for k, v in house.unfold().items() if v>house.UNFOLD}
    assert not over, f'unfold by hand, {house.UNFOLD} times as long after a formatter at most: {over}'

def test_lines_are_short():
    over = house.wide([*modules, *house.tests]).keys()
    assert not over, f'lines over {house.WIDTH} columns: {over}'

def test_arguments_are_explained_beside_them():
    "A comment on a line of its own is lost: neither `help` nor the site shows it"
    for m in modules:
        lines = m.read_text().split('\n')
        for f in ast.walk(ast.parse('\n'.join(lines))):
            if not isinstance(f, ast.FunctionDef): continue
            last = max((a.lineno for a in (*f.args.args, *f.args.kwonlyargs)), default=f.lineno)
            alone = [o.strip() for o in lines[f.lineno:last] if o.strip().startswith('#')]
            assert not alone, f'{m.name}: {f.name}: {alone}'

def test_functions_have_few_branches():
    over = house.branchy().keys()
    assert not over, f'more than {house.BRANCHES} branches: {over}'

def test_a_name_is_in_one_module():
    over = house.twins().keys()
    assert not over, f'public in two modules: {over}'

def test_one_function_claims_a_folder():
    assert house.claims()=={'siamfc_nb/files.py': 1}

def test_pages_show_what_they_export():
    over = {k for k, v in house.shares().items() if v>(3 if house.in_a_room(k) else 2)}
    assert not over, f'show more of what is exported, 2 lines to 1 in a lesson, 3 to 1 in a reference page: {over}'

def test_no_two_pages_have_one_title():
    "The sidebar and the search show nothing else of them"
    heads = [re.search(r'^# (.+)$', house.markdown(p), re.M)[1] for p in house.notebooks]
    heads += [re.search(r'^title: *(.+)$', p.read_text(), re.M)[1] for p in house.pages if p.suffix=='.qmd']
    assert len(heads)==len(set(heads)), {o for o in heads if heads.count(o)>1}

@pytest.mark.parametrize('path', house.notebooks, ids=lambda p: p.stem)
def test_a_title_has_a_cell_of_its_own(path):
    "The site shows nothing of that cell but title and description"
    cells = json.loads(path.read_text())['cells']
    title = next(''.join(c['source']) for c in cells if c['cell_type']=='markdown')
    assert re.fullmatch(r'# .+(\n+> .+)?', title.strip()), title

# ---- whose machine

def test_no_file_names_a_folder_of_someones():
    "Commands of published figures, records of weights, stack traces within graphs: text or not"
    found = run('git', 'grep', '-laP', r'(?<![\w.-])/(work|root|(home|Users)/(?!me/)\w+)/')
    if found.returncode==128: pytest.skip('no clone here, so no list of its files')
    assert found.returncode==1 and not found.stdout

# ---- README

def test_readme_is_in_step_with_index(tmp_path):
    _site.readme(tmp_path)
    for p in tmp_path.rglob('*.*'):
        have = root/p.relative_to(tmp_path)
        assert have.exists() and have.read_bytes()==p.read_bytes(), f'{have.name}: run `make prep`'

def test_readme_links():
    text = re.sub(r'^```.*?^```', '', (root/'README.md').read_text(), flags=re.M|re.S)
    links = re.findall(r'\]\(([^)\s]+)', text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    forge = re.compile(r'\.\./\.\./actions/workflows/(\w+\.yml)(?:/badge\.svg)?$') # beside the repository's files
    runs = [m[1] for l in links if (m := forge.match(l))]
    assert runs and all((root/'.github'/'workflows'/k).exists() for k in runs)
    links = [l for l in links if not forge.match(l)]
    gone = [l for l in links if not re.match(r'[a-z]+:|#', l) and not (root/l.split('#')[0]).exists()]
    assert not gone, f'README.md links to what is not there: {gone}'
    guesses = [l for l in links if l.startswith((settings['doc_host'], settings['git_url']))]
    assert not guesses, f'README.md must not depend on these addresses: {guesses}'

# ---- metadata

def name(req): return re.sub(r'[-_.]+', '-', re.match(r'[\w.-]+', req)[0]).lower()

def test_settings_and_pyproject_agree():
    from siamfc_nb import __version__
    assert project['version']==settings['version']==__version__
    assert project['name']==settings['lib_name']
    assert project['requires-python']==f">={settings['min_python']}"
    assert project['license'].startswith('Apache-2.0 AND ') and settings['license']=='apache2'
    assert project['description']==settings['description']
    assert project['keywords']==settings['keywords'].split()
    assert project['authors']==[{'name': settings['author'], 'email': settings['author_email']}]
    assert 'Apache License' in (root/'LICENSE').read_text()
    assert f"## {settings['version']}" in (root/'CHANGELOG.md').read_text()
    cited = yaml.safe_load((root/'CITATION.cff').read_text(encoding='utf-8'))
    assert (cited['title'],cited['version'],cited['license'])==(project['name'],project['version'],'Apache-2.0')
    assert cited['abstract']==project['description'] and cited['keywords']==project['keywords']
    urls = project['urls']
    assert urls['Source']==cited['repository-code']==settings['git_url']
    assert urls['Documentation']==f"{settings['doc_host']}{settings['doc_baseurl']}/"

workflows = sorted((root/'.github'/'workflows').glob('*.yml'))

@pytest.mark.parametrize('path', workflows, ids=lambda p: p.stem)
def test_a_workflow_uses_what_a_digest_names_and_may_only_read(path):
    "A tag can be moved, a digest cannot; a job that may write says so itself"
    uses = re.findall(r'uses: (\S+)(.*)', path.read_text(encoding='utf-8'))
    loose = [u for u,tag in uses if not (u.startswith('./') or re.search('@[0-9a-f]{40}$', u) and ' # v' in tag)]
    assert not loose, f'{path.name}: {loose}'
    assert yaml.safe_load(path.read_text(encoding='utf-8'))['permissions']=={'contents': 'read'}

def test_the_pythons_of_the_matrix_are_those_that_are_named():
    jobs = yaml.safe_load((root/'.github'/'workflows'/'test.yml').read_text(encoding='utf-8'))['jobs']
    named = re.findall(r':: (3\.\d+)', ' '.join(project['classifiers']))
    assert jobs['wheel']['strategy']['matrix']['python']==named and f">={named[0]}"==project['requires-python']
    systems = [o['os'] for o in jobs['wheel']['strategy']['matrix']['include']]
    assert systems==jobs['lessons']['strategy']['matrix']['os']==['macos-latest','windows-latest']
    there = jobs['lessons']['steps'][-1]['run'].split()
    assert not [o for o in there if o.startswith(('nbs/','tests/')) and not (root/o).exists()]

def test_constraints_cover_requirements():
    pins = dict(l.split('==') for l in (root/'constraints.txt').read_text().split('\n') if '==' in l)
    from packaging.requirements import Requirement
    extras, asked = project['optional-dependencies'], [Requirement(f"{project['name']}[dev]")]
    for r in asked: # grows on the way, by the extras that an extra names
        if name(r.name)==name(project['name']): asked += map(Requirement, sum((extras[e] for e in r.extras), []))
    asked = [*map(Requirement, project['dependencies']), *(r for r in asked if name(r.name)!=name(project['name']))]
    want = {name(r.name) for r in asked}
    assert not want - pins.keys(), f'not pinned in constraints.txt: {sorted(want - pins.keys())}'
    for r in asked: assert r.specifier.contains(pins[name(r.name)]), f'{r} excludes the pin {pins[name(r.name)]}'

def test_hooks_check_with_the_ruff_that_is_pinned():
    hooks = yaml.safe_load((root/'.pre-commit-config.yaml').read_text(encoding='utf-8'))['repos']
    [ruff] = [o['rev'] for o in hooks if 'ruff' in o['repo']]
    assert f"ruff=={ruff.removeprefix('v')}" in (root/'constraints.txt').read_text().splitlines()

def test_hooks_do_what_prep_does():
    "Else a commit passes its hooks and fails here"
    hooks = yaml.safe_load((root/'.pre-commit-config.yaml').read_text(encoding='utf-8'))['repos']
    entries = [h['entry'] for o in hooks if o['repo']=='local' for h in o['hooks']]
    prep = re.search(r'^prep:.*\n((?:\t.*\n)+)', (root/'Makefile').read_text(), re.M)[1]
    assert sorted(entries)==sorted(prep.strip().replace('$(BIN)', '.venv/bin').split('\n\t'))

def test_requirements_cover_imports():
    "What an exported module imports is what the package asks for; what only a function imports may be an extra's"
    dists, asked = packages_distributions(), {name(r) for r in project['dependencies']}
    extra = asked | {name(r) for rs in project['optional-dependencies'].values() for r in rs}
    for p in modules:
        tree = ast.parse(p.read_text()); top_level = {id(n) for n in tree.body}
        for n in ast.walk(tree):
            tops = [a.name for a in n.names] if isinstance(n, ast.Import) else [n.module] if isinstance(
                n, ast.ImportFrom) and n.level==0 else []
            for top in {t.split('.')[0] for t in tops} - sys.stdlib_module_names - {'siamfc_nb'}:
                found = {name(d) for d in dists.get(top, [top])} | ({'opencv-python'} if top=='cv2' else set())
                assert found & (asked if id(n) in top_level
                                else extra), f'{p.name} imports {top}, which pyproject.toml does not ask for'
