"""The site builds, every time the same, and none of its links is broken"""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import cv2
import numpy as np
import pytest
import yaml

from nbs import _site
from siamfc_nb.evaluation.card import runs_table

root = Path(__file__).resolve().parent.parent
sources = {p.relative_to(root/'nbs').as_posix(): p for ext in ('ipynb', 'qmd')
           for p in sorted((root/'nbs').rglob(f'*.{ext}')) if '/.' not in p.as_posix()}
chinese = {f'zh/{n}{_site.english(n).suffix}' for n in _site.translated() if _site.english(n)}
qmds = {k: p.read_text(encoding='utf-8') for k, p in sources.items() if k.endswith('.qmd')}
modules = {f'api/{p.stem}': p
           for p in (root/'siamfc_nb').rglob('[!_]*.py') if '\n__all__ = [\'' in p.read_text(encoding='utf-8')}

class Links(HTMLParser):
    "Ids, links, and what a page loads"
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.wordless = set(), [], [], []
        self.feed(path.read_text(encoding='utf-8'))
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        for k in ('id', 'name'):
            if a.get(k) and (k=='id' or tag=='a'): self.ids.add(a[k])
        if tag=='a' and a.get('href'): self.links.append(a['href'])
        if tag=='link' and a.get('rel')!='canonical' and a.get('href'): self.loads.append(a['href'])
        if tag=='img' and not (a.get('alt') or '').strip(): self.wordless.append(a.get('src', '')[:60])
        if tag in ('script', 'img', 'video', 'source', 'iframe') and a.get('src'): self.loads.append(a['src'])
    handle_startendtag = handle_starttag

def broken(site):
    "Internal links and anchors that lead nowhere, and everything that is loaded from elsewhere: `(page, link)`"
    pages = {p: Links(p) for p in sorted(site.rglob('*.html'))}
    for page, info in pages.items():
        for link in info.loads:
            if re.match(r'(https?:)?//', link): yield page.name, link
        for link in info.links + info.loads:
            url = urlsplit(link)
            if url.scheme or url.netloc: continue
            to = (site/unquote(url.path).lstrip('/') if url.path.startswith('/') else page.parent/unquote(
                url.path)).resolve() if url.path else page
            if to.is_dir(): to = to/'index.html'
            if not to.exists(): yield page.name, link
            elif url.fragment and to in pages and unquote(url.fragment) not in pages[to].ids: yield page.name, link

@pytest.fixture(scope='module')
def built(tmp_path_factory):
    site = tmp_path_factory.mktemp('site')/'docs'
    return site, _site.build(site)

def test_site_builds_without_warnings(built): assert not built[1]

def test_every_source_and_module_has_its_page(built):
    assert {p.relative_to(built[0]).with_suffix('').as_posix() for p in built[0].rglob('*.html')}=={
        Path(k).with_suffix('').as_posix() for k in sources.keys() | chinese} | set(modules)

def test_every_page_is_in_the_sidebar():
    def walk(o):
        if isinstance(o, str): yield o
        for x in o.get('contents', []) + [o.get('href')] if isinstance(o, dict) else o if isinstance(o, list) else []:
            if x: yield from walk(x)
    listed = set(walk(yaml.safe_load((root/'nbs'/'_quarto.yml').read_text(encoding='utf-8'))['website']['sidebar']))
    wanted = set(sources)-{'404.qmd'} | chinese | {f'{m}.qmd' for m in modules}
    assert listed==wanted, 'nbs/_quarto.yml lists the pages: keep it in step'

def test_a_keyboard_skips_the_bars(built):
    for p in built[0].rglob('*.html'):
        html = p.read_text(encoding='utf-8')
        first = re.search(r'<a [^>]*href="([^"]*)"[^>]*>([^<]*)', html[html.index('<body'):])
        assert first[1]=='#quarto-document-content' and first[1][1:] in Links(p).ids, p.name
        assert first[2]==('跳到正文' if '/zh/' in p.as_posix() else 'Skip to content'), p.name

def test_a_lost_reader_finds_the_way_at_any_depth(built):
    html = (built[0]/'404.html').read_text(encoding='utf-8')
    assert 0<html.index("createElement('base')")<html.index('stylesheet') # before anything is loaded
    assert f"'/{_site.address()[1]}/'" in html
    assert {'index.html','howto/track.html','zh/index.html'}<={*Links(built[0]/'404.html').links}

def test_every_figure_has_words(built):
    assert not {p.name: w for p in sorted(built[0].rglob('*.html')) if (w := Links(p).wordless)}

def test_pages_lead_on(built):
    for p in built[0].glob('[01]*.html'):
        assert 'nav-page-next' in (t := p.read_text(encoding='utf-8')) and 'nav-page-previous' in t, p.name

def test_sliders_have_pictures_and_a_way_to_the_notebook(built):
    for k, p in sources.items():
        if k.endswith('ipynb') and (n := len(re.findall(r'^    "(?:#\|.*)?interact\(', p.read_text(encoding='utf-8'),
                                                        re.M))):
            page = Links(built[0]/k.replace('.ipynb', '.html'))
            assert sum('/sliders/' in f'/{l}' for l in page.loads)==n, f'{k}: python nbs/_site.py sliders {p.stem}'
            assert sum(l.endswith(f'notebooks/{p.name}') for l in page.links)==n

def test_every_public_name_is_in_the_reference(built):
    for m, p in modules.items():
        tree = ast.parse(p.read_text(encoding='utf-8'))
        names = {o.name for o in tree.body if isinstance(o, (ast.FunctionDef, ast.ClassDef)) and not o.name.startswith(
            '_') and not any(getattr(getattr(d, 'func', d), 'id', '')=='patch' for d in o.decorator_list)}
        assert not names - Links(built[0]/f'{m}.html').ids, m

def test_reference_is_the_same_on_every_machine(built):
    assert not [p.name for p in (built[0]/'api').glob('*.html') if re.search(
        r' at 0x[0-9a-f]{6}|' + re.escape(str(root)), p.read_text(encoding='utf-8'))]

def test_styles_load_nothing_from_elsewhere(built):
    assert not [p.name for p in built[0].rglob('*.css') if re.search(
        r'(@import|url\()\s*(url\()?["\']?(https?:)?//', p.read_text(encoding='utf-8'))]

def test_the_icon_of_a_tab_is_the_sites_own(built):
    icon = built[0]/'favicon.svg'
    for p in built[0].rglob('*.html'):
        named = re.findall(r'<link rel="icon" href="([^"]+)"', p.read_text(encoding='utf-8'))
        assert [(p.parent/o).resolve() for o in named]==[icon.resolve()], p.name
    drawn = icon.read_text(encoding='utf-8').replace('xmlns="http://www.w3.org/2000/svg"', '')
    assert drawn.startswith('<svg') and len(drawn)<1000 and not re.search(r'href|url\(|@import|://|<script', drawn)

def test_every_icon_is_in_the_font(built):
    from fontTools.ttLib import TTFont
    libs = built[0]/'site_libs'; font = TTFont(libs/'bootstrap-icons'/'fonts'/'bootstrap-icons.woff')
    rules = (libs/'bootstrap-icons'/'bootstrap-icons.min.css').read_text(encoding='utf-8')
    styles = rules+(libs/'smalldocs.css').read_text(encoding='utf-8')
    assert {int(c, 16) for c in re.findall(r'content: *"\\([0-9a-f]{4})"', styles) if c>'e'} == set(font.getBestCmap())
    shown = {k for p in built[0].rglob('*.html') for k in re.findall(r'\bbi-[a-z0-9-]+', p.read_text(encoding='utf-8'))}
    assert shown == set(re.findall(r'\.(bi-[a-z0-9-]+)::before\{', rules)) and 'bi-search' in shown

needs_node = pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')

@pytest.fixture(scope='module')
def found(built):
    "Query = pages that a search shows, by the ranking that each page runs"
    ranking,site = (root/'nbs'/'_search.js').read_text(encoding='utf-8'),built[0]
    script = (site/'site_libs'/'smalldocs.js').read_text(encoding='utf-8')
    assert script.startswith(ranking) and script.count('ranked(index, q, limit)')==1
    def search(q, lang=''):
        code = f"""globalThis.window = {{}}; require({str(site/lang/'search.js')!r});
          const hits = require({str(root/'nbs'/'_search.js')!r})(window.searchIndex, {json.dumps(q)}, 20);
          console.log(JSON.stringify(hits.map(o => o.href)))"""
        p = subprocess.run(['node', '-e', code], capture_output=True, text=True, timeout=60)
        assert not p.returncode, p.stderr
        return json.loads(p.stdout)
    return search

@needs_node
@pytest.mark.parametrize('q, first', {
    'damping': '10_tracking.html#change-scale-slowly',
    'EAO': '13_vot.html',
    'rotate': '13_vot.html#overlap-of-rotated-boxes',
    'cosine window': '10_tracking.html#prefer-small-moves',
    'cosine_window': '10_tracking.html',
    'padding': '01_equivariance.html#padding-breaks-it',
}.items())
def test_search_ranks_prose_before_the_api(found, q, first):
    "A lesson is first, an entry of the API among the first only if it has the very name"
    hits = found(q)
    assert hits[0].startswith(first) and len(hits)>8
    assert [o for o in hits[:8] if o.startswith('api/')]==['api/tracking.html#cosine_window']*(q=='cosine_window')

@needs_node
def test_search_finds_names_and_parts_of_words(found):
    assert found('Tracker')[1]=='api/tracking.html#Tracker' and found('eao')[1]=='api/vot.html#eao'
    assert 'api/figures.html#plot_eao' in found('plot_ea') and not found('no such thing, zzz') and not found('_')
    assert found('阻尼', 'zh')[0]=='zh/10_tracking.html#change-scale-slowly'

def test_site_is_small(built):
    assert _site.bytes_of(built[0])<_site.most_bytes

def test_a_page_does_not_say_what_a_script_or_a_style_can(built):
    "Sections fold by themselves, a script makes the buttons, and the themes have no class that nobody has"
    libs = built[0]/'site_libs'
    pages = [p.read_text(encoding='utf-8') for p in built[0].rglob('*.html')]
    for html in pages:
        assert 'data-bs-target="#room' not in html and '<details open><summary>' in html.partition('<main')[0]
        assert 'code-copy-button' not in html and 'smalldocs-scheme' not in html
        assert 'site_libs/scheme.js"></script>' in html
    assert 'smalldocs-scheme' in (libs/'scheme.js').read_text() and any('code-with-copy' in o for o in pages)
    assert 'class="code-copy-button"' in (libs/'smalldocs.js').read_text(encoding='utf-8')
    known = {k for o in pages for c in re.findall(r'class="([^"]*)"', o) for k in c.split()}
    for p in (libs/'themes').iterdir():
        css = p.read_text(encoding='utf-8')
        assert css.count('{')==css.count('}') and '.navbar-toggler' in css and '.col-sm-3' not in css
        assert known & {'callout','table','nav-link','btn'} <= {*re.findall(r'\.([\w-]+)', css), 'callout'}

def test_no_broken_links(built): assert not list(broken(built[0]))

def test_no_link_to_a_guessed_host(built):
    ini = (root/'settings.ini').read_text()
    guesses = re.findall(r'^(?:doc_host|git_url) = (\S+)', ini, re.M)
    bad = [(p.name, l) for p in built[0].rglob('*.html') for l in Links(p).links if l.startswith(tuple(guesses))]
    assert len(guesses)==2 and not bad

def test_maths_is_local(built):
    pages = [p for p in built[0].rglob('*.html') if 'class="math' in p.read_text()]
    assert pages and (built[0]/'site_libs'/'mathjax'/'tex-svg.js').exists()
    for p in pages: assert 'mathjax/tex-svg.js' in p.read_text() and 'cdn.jsdelivr' not in p.read_text()

def test_figures_are_files_that_pages_show(built):
    "Each once, whichever pages show it"
    shown = {l.rpartition('/')[2] for p in built[0].rglob('*.html') for l in Links(p).loads if 'figures/' in l}
    assert shown=={p.name for p in (built[0]/'figures').iterdir()} and len(shown)>50
    data = {p.read_bytes() for p in (built[0]/'figures').iterdir()}
    assert len(data)==len(shown) and {d[:2] for d in data}<={b'\x89P', b'\xff\xd8', b'GI', b'RI'}

def test_lighter_code_says_and_shows_the_same():
    code = ('<span class="op">*</span><span class="op">*</span><span class="bu">len</span>(x<span class="op">.</span>T)'
            ' <span class="st">&quot;</span><span class="st">a&amp;b</span><span class="st">&#x27;</span>')
    got = _site.light_code(f'<p title="&quot;"><code class="python">{code}</code></p>')
    want = '**len(x.T) <span class=st>"a&amp;b\'</span>'
    assert got==f'<p title="&quot;"><code class="python">{want}</code></p>'

def test_code_carries_no_idle_tags(built):
    "What `light_code` takes to have no colour of its own has none in the styles"
    rules = (built[0]/'site_libs'/'smalldocs.css').read_text(encoding='utf-8')
    assert 'code span.bu { color: inherit; }' in rules and 'code span.st, code span.ch, code span.ss {' in rules
    dark = {k: re.findall(rf'--quarto-hl-{k}: ([^;]+);', rules)[-1] for k in ('op', 'text')}
    assert dark['op']==dark['text'], 'operators have no colour in the dark, and can do without in the light'
    for p in built[0].rglob('*.html'):
        code = ''.join(re.findall(r'<code\b.*?</code>', p.read_text(encoding='utf-8'), re.S))
        assert not _site.plain.search(code) and not _site.twins.search(code), p.name

def test_smaller_figures_keep_every_pixel():
    flat,noise = (np.zeros((40,60,3), np.uint8)+200, np.random.default_rng(0).integers(0, 256, (9,9,3), np.uint8))
    for im in (flat, noise):
        png = cv2.imencode('.png', im)[1].tobytes()
        data,kind = _site.smaller(png)
        assert kind in ('webp','png') and len(data)<=len(png)
        assert (cv2.imdecode(np.frombuffer(data, np.uint8), 1)==im).all()

# ---- in Chinese

def stripped(html, what): return [unescape(re.sub('<[^>]*>', '', o)) for o in re.findall(what, html, re.S)]

def alike(en, zh):
    "What is code, formula or link in one of two texts and not in the other; Chinese may have more links"
    en,zh = (re.sub(r'^```.*?^```$', '', o, flags=re.M|re.S) for o in (en,zh))
    spans = lambda o: {' '.join(c.split()) for c in re.findall(r'(?<!`)`([^`]+)`(?!`)', o)}
    maths = lambda o: set(re.findall(r'\$\$.*?\$\$|\$[^$]+\$', o, re.S))
    ways = lambda o: {m[2] for m in _site.link.finditer(o)}
    return spans(en)^spans(zh) | maths(en)^maths(zh) | ways(en)-ways(zh)

def test_what_the_log_of_runs_says_is_there_in_chinese():
    rows = json.loads((root/'data'/'results'/'runs.json').read_text())['rows']
    cells = {o.strip() for line in runs_table(rows).splitlines() for o in line.split('|')}
    said = {o for o in cells if re.search('[a-z]{3}', o)}-{r['machine'] for r in rows}
    words = yaml.safe_load((root/'nbs'/'_zh'/'words.yml').read_text(encoding='utf-8'))
    assert 'not measured' in said and not said-words.keys()

def test_these_pages_are_there_in_chinese():
    want = {'index','start','glossary','01_equivariance','05_crops','10_tracking'}
    assert set(_site.translated())==want | {p.removesuffix('.qmd') for p in qmds if p.startswith('howto/')}

@pytest.mark.parametrize('name', _site.translated())
def test_no_translation_is_stale(name): assert not (off := _site.stale(name)), '\n'.join(off)

@pytest.mark.parametrize('name', _site.translated())
def test_a_translation_says_the_same_names_and_formulas(name):
    "And has the same headings and as many pieces of code, which are those of the English page"
    en = _site.english_parts(name)
    for k,(_,zh) in _site.chinese_parts(name).items():
        assert not alike(en[k], zh), f'{name}: {k}'
        assert len(_site.headings(en[k]))==len(_site.headings(zh)), f'{name}: {k}'
        assert len(_site.fences(en[k]))==zh.count('<!-- english code -->') and not _site.fences(zh), f'{name}: {k}'

@pytest.mark.parametrize('name', _site.translated())
def test_both_languages_have_the_same_code_figures_and_anchors(built, name):
    en,zh = (built[0]/f'{name}.html', built[0]/'zh'/f'{name}.html')
    a,b = en.read_text(encoding='utf-8'),zh.read_text(encoding='utf-8')
    assert '<html lang="zh">' in b and '<html lang="en">' in a
    assert stripped(a, '<pre.*?</pre>')==stripped(b, '<pre.*?</pre>')
    a,b = Links(en),Links(zh)
    own = lambda ids: {o for o in ids if not o.startswith('room-')}
    assert own(a.ids)==own(b.ids)
    shown = lambda o: [l.rpartition('/')[2] for l in o.loads if not l.endswith('live/zh.js')] # the words of a live part
    assert shown(a)==shown(b)

def test_each_page_leads_to_itself_in_the_other_language(built):
    for p in built[0].rglob('*.html'):
        page = p.relative_to(built[0]).as_posix()
        other = page[3:] if page.startswith('zh/') else f'zh/{page}'
        if page.removesuffix('.html').removeprefix('zh/') not in _site.translated(): other = 'zh/index.html'
        lang = 'en' if page.startswith('zh/') else 'zh'
        ways = re.findall(r'<a [^>]*href="([^"]*)" hreflang="(..)"', p.read_text(encoding='utf-8'))
        assert [(to,l) for o,l in ways if (to := (p.parent/o).resolve().relative_to(built[0].resolve()).as_posix())]==[
            (other,lang)], page

def test_what_stands_around_a_chinese_page_is_chinese(built):
    for p in (built[0]/'zh').rglob('*.html'):
        html = p.read_text(encoding='utf-8')
        bar = stripped(html, '<span class="menu-text">.*?</span>')
        assert not [o for o in bar if not re.search('[\u4e00-\u9fff]', o) and o not in ('siamfc_nb','English')], p.name
        assert '本页内容' in html or p.name=='index.html' or 'id="TOC"' not in html
        assert not re.findall(r'(?:title|aria-label|placeholder)="([A-Z][^"]*)"', html), p.name

def test_a_search_finds_pages_of_its_language(built):
    found = {k: json.loads((built[0]/k/'search.js').read_text(encoding='utf-8').removeprefix('window.searchIndex = ')
                           .rstrip(';\n')) for k in ('', 'zh')}
    assert all(o['href'].startswith('zh/') for o in found['zh'])
    assert not [o for o in found[''] if o['href'].startswith('zh/')]
    assert '余弦窗' in str(found['zh']) and 'cosine window' in str(found[''])

def test_a_translation_that_the_english_has_left_behind_is_named(monkeypatch):
    en = _site.english_parts('05_crops')
    monkeypatch.setattr(_site, 'english_parts', lambda name: en | {'c002': en['c002']+' New.', 'new1': 'New'})
    moved,missing = _site.stale('05_crops')
    assert moved.startswith('nbs/_zh/05_crops.md: cell c002: English has moved on') and moved.count('of: ')==1
    assert missing.startswith('nbs/_zh/05_crops.md: cell new1: not translated')
    monkeypatch.setattr(_site, 'english_parts', lambda name: {k: v for k,v in en.items() if k!='c006'})
    assert _site.stale('05_crops')==['nbs/_zh/05_crops.md: cell c006: the English page has no such part: delete it']
    assert 'expected the name of an English page' in _site.stale('no_such_page')[0]

def test_words_change_outside_of_code_alone():
    html = '<a title="Start">Start</a><p id="Start">Started</p><pre><i>Start</i></pre><code>Start</code>'
    assert _site.in_words(html, {'Start': '开始', 'Go ': '走'})==html.replace('title="Start">Start', 'title="开始">开始')
    assert _site.in_words('<p>Go on</p>', {'Go ': '走'})=='<p>走on</p>'

def test_a_chinese_part_leads_to_chinese_pages_and_keeps_anchors_and_code():
    en = '## 3. Study the *recipe*\n\n```bash\nls\n```\n\n[a](../07_curation.ipynb) [b](evaluate.qmd#baselines)'
    zh = '## 3. 研究\n\n<!-- english code -->\n\n[甲](../07_curation.ipynb)[乙](evaluate.qmd#baselines)'
    got = _site.chinese_part(zh, en, 'howto/train')
    assert got.startswith('## 3. 研究 {#study-the-recipe}\n\n```bash\nls\n```\n')
    assert got.endswith('[甲](../../07_curation.ipynb)[乙](evaluate.qmd#baselines)')

# ---- opened elsewhere

lessons = _site.lessons()

class Shell:
    "What stands where IPython's shell does, and only remembers"
    def __init__(self): self.said = []
    def system(self, line): self.said.append(line)
    def run_line_magic(self, name, line): self.said.append(f'%{name} {line}')

def test_each_lesson_says_where_it_runs(built):
    user, repo, branch = _site.address()
    assert len(lessons)>=20
    for p in lessons:
        links = Links(built[0]/f'{p.stem}.html').links
        assert f'https://colab.research.google.com/github/{user}/{repo}/blob/{branch}/nbs/{p.name}' in links, p.name
        assert f'https://mybinder.org/v2/gh/{user}/{repo}/{branch}?urlpath=lab/tree/nbs/{p.name}' in links, p.name
        html = (built[0]/f'{p.stem}.html').read_text(encoding='utf-8')
        assert 'find_spec' not in html # readers of the page have a page

def test_the_address_stands_in_one_place():
    user, _, _ = _site.address()
    assert user not in (root/'nbs'/'_site.py').read_text(encoding='utf-8')

@pytest.mark.parametrize('path', lessons, ids=lambda p: p.stem)
def test_the_first_cell_of_a_lesson_does_nothing_here(path):
    cells = json.loads(path.read_text(encoding='utf-8'))['cells']
    cells = [''.join(c['source']) for c in cells if c['cell_type']=='code']
    first = next(s for s in cells if not s.startswith('#| default_exp'))
    assert first==_site.first_cell(), 'python nbs/_site.py fresh'
    shell = Shell()
    exec(first, {'get_ipython': lambda: shell})
    assert not shell.said and not any('find_spec' in s for s in cells if s!=first)

def test_the_first_cell_of_a_lesson_installs_elsewhere(monkeypatch):
    import importlib.util
    shell = Shell()
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    exec(_site.first_cell(), {'get_ipython': lambda: shell})
    _, repo, branch = _site.address()
    clone, install, there = shell.said
    assert clone.startswith('git clone') and f'-b {branch} ' in clone and clone.endswith(f'/{repo}')
    assert f'"./{repo}[' in install and there==f'%cd {repo}/nbs'
    known = tomllib.loads((root/'pyproject.toml').read_text(encoding='utf-8'))['project']['optional-dependencies']
    binder = (root/'.binder'/'requirements.txt').read_text(encoding='utf-8')
    for text in (install, binder): assert set(re.search(r'\[(.*)\]', text)[1].split(','))<=known.keys()

def test_a_container_sets_up_what_a_clone_does():
    o = json.loads((root/'.devcontainer'/'devcontainer.json').read_text(encoding='utf-8'))
    assert o['hostRequirements']['gpu']=='optional' and o['postCreateCommand'].endswith('make setup')
    assert '/.venv/bin/python' in o['customizations']['vscode']['settings']['python.defaultInterpreterPath']

# ---- docs/, which a release commits

@pytest.fixture(scope='module')
def committed(built, tmp_path_factory):
    "The site as a release commits it, beside the notebooks"
    here = tmp_path_factory.mktemp('clone')
    (here/'nbs').symlink_to(root/'nbs')
    shutil.copytree(built[0], here/'docs')
    _site.commit(here/'docs')
    return here/'docs'

def test_no_copy_of_a_notebook_is_committed(built, committed):
    "The pages that lie in a clone lead to its notebooks, those that are published bring their own"
    assert list((built[0]/'notebooks').glob('*.ipynb')) and not list(committed.rglob('*.ipynb'))
    assert not list(broken(committed))
    ways = {l for p in committed.rglob('*.html') for l in Links(p).links if l.endswith('.ipynb')}
    assert '../nbs/03_xcorr.ipynb' in ways and '../../nbs/track/again.ipynb' in ways

def test_a_source_that_changes_is_seen(committed, tmp_path, monkeypatch):
    "Also one that is new, or gone; what an editor leaves behind is none"
    told = json.loads((committed/'sources.json').read_text(encoding='utf-8'))
    assert told['sources']==_site.sources() and told['pages']==_site.pages_hash(committed)
    assert {'nbs/03_xcorr.ipynb','nbs/styles.css','siamfc_nb/xcorr.py','data/results/otb.json'} < told['sources'].keys()
    monkeypatch.setattr(_site, 'root', tmp_path)
    for k in _site.made_from: (tmp_path/k).mkdir(parents=True)
    (tmp_path/'nbs'/'a.ipynb').write_text('1')
    before = _site.sources()
    (tmp_path/'nbs'/'.ipynb_checkpoints').mkdir()
    (tmp_path/'nbs'/'.ipynb_checkpoints'/'a.ipynb').write_text('1')
    assert _site.sources()==before
    (tmp_path/'nbs'/'a.ipynb').write_text('2')
    assert _site.sources()!=before

def kept(): return json.loads((root/'docs'/'sources.json').read_text(encoding='utf-8'))

def test_nobody_edits_docs_by_hand():
    assert kept()['pages']==_site.pages_hash(root/'docs'), 'docs/ is not what was built: make docs'
    assert not list((root/'docs').rglob('*.ipynb'))

@pytest.mark.release
def test_docs_are_made_from_these_sources():
    have,want = kept()['sources'],_site.sources()
    off = sorted(k for k in have | want if have.get(k)!=want.get(k))
    assert not off, f'docs/ was built before these changed: make docs: {off}'

@pytest.mark.release
@pytest.mark.skipif(sys.version_info[:2]!=(3,11), reason='docs/ is made with Python 3.11')
def test_docs_are_this_site(committed): assert kept()['pages']==_site.pages_hash(committed)

@pytest.mark.parametrize(
    'code, summary',
    [
        ('import torch\nfrom torch import nn', 'Imports'),
        ('#| export\nimport torch', 'Imports'),
        ('plt.figure()\nplt.plot(x, y);', 'Code of the figure'),
        ('_,axs = plt.subplots(1, 2)\nfor a in axs: a.plot(x)', None),  # `a` may be anything
        ('_,axs = plt.subplots(1, 2)\nfor ax in axs: ax.plot(x)', 'Code of the figure'),
        ('#| export figures\ndef show_map(y):\n    plt.imshow(y)', 'Code of the figure'),
        ('def show_map(y):\n    plt.imshow(y)\nshow_map(y) if y else not_yet()', 'Code of the figure'),
        ('def crop(x):\n    return x\nshow_map(x) if x else not_yet()', None),
        ('show_losses()', None),
        ('x = f(y)\nplt.plot(x)', None),
        ('import torch\ntorch.manual_seed(0)', None),
        ('assert f(x)==2\nplt.plot(x)', None),
        ('def crop(x):\n    return x', None),
        ('#| code-fold: false\nimport torch', None),
    ],
)
def test_only_what_draws_or_imports_is_folded(code, summary): assert _site.folding(code)==summary

def test_a_page_of_results_opens_with_words_not_with_helpers(built):
    "A cell that says `code-fold` folds under its own name"
    html = (built[0]/'14_results.html').read_text(encoding='utf-8')
    folded = stripped(html, '<details[^>]*>.*?</details>')
    for f in ('trackers', 'not_yet', 'source', 'small', 'say_not_yet', 'show_fig3', 'draw_gaps'):
        assert any(f'def {f}(' in o for o in folded), f
    assert sum('Helpers' in o for o in folded)==2

def test_the_page_of_the_one_file_shows_every_line_of_it():
    shown = [o for o in _site.shown_lines(qmds['one_file.qmd']) if o[0]=='siamfc_in_150_lines.py']
    assert len(shown)>12 and [o[1] for o in shown]==sorted(o[1] for o in shown) and shown[0][1]==0
    assert [l for *_, code in shown for l in code]==(root/'examples'/'siamfc_in_150_lines.py').read_text().splitlines()
    assert {o[0] for o in _site.shown_lines(qmds['one_file.qmd'])}=={p.name for p in (root/'examples').glob('*.py')}

def test_the_page_of_the_one_file_speaks_of_what_is_there():
    "Names in its explanation of a part are names of the file; a mark for a line that is gone is refused"
    text = (root/'examples'/'siamfc_in_150_lines.py').read_text()
    said = qmds['one_file.qmd'].partition('## What it needs')[2].partition('## With the package')[0]
    names = {n for code in re.findall(r'`([^`]+)`', said) for n in re.findall(r'[A-Za-z_]\w+', code)}
    assert len(names)>20 and not {n for n in names if not re.search(rf'\b{n}\b', text)}-{'siamfc_nb', 'side', 'factor'}
    with pytest.raises(AssertionError, match="no further line starts with 'class Gone'"):
        _site.listings('<!-- code: camera.py: class Gone -->\n')

def test_a_part_of_an_example_ends_where_the_next_begins():
    md = _site.listings('<!-- code: camera.py: "Track -->\n\nWords\n\n<!-- code: camera.py: while -->\n')
    assert md.index('import cv2')<md.index('Words')<md.index('while cv2') and '*Lines 1 to 12*' in md

def test_broken_links_are_found(tmp_path):
    (tmp_path/'a.html').write_text('<a href="b.html">1</a><a href="#x">2</a><a href="a.html#y">3</a><p '
                                   'id="x"></p><script src="https://e.org/x.js"></script>')
    assert sorted(l for _, l in broken(tmp_path))==['a.html#y', 'b.html', 'https://e.org/x.js']
