"""The site builds, every time the same, and none of its links is broken"""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from nbs import _site

root = Path(__file__).resolve().parent.parent
class Links(HTMLParser):
    "Ids, links, and what a page loads"
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []
        self.feed(path.read_text(encoding='utf-8'))
    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        for k in ('id', 'name'):
            if a.get(k) and (k=='id' or tag=='a'): self.ids.add(a[k])
        if tag=='a' and a.get('href'): self.links.append(a['href'])
        if tag=='link' and a.get('rel')!='canonical' and a.get('href'): self.loads.append(a['href'])
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
            to = (site/unquote(url.path).lstrip('/') if url.path.startswith('/') else page.parent/unquote(url.path)).resolve() if url.path else page
            if to.is_dir(): to = to/'index.html'
            if not to.exists(): yield page.name, link
            elif url.fragment and to in pages and unquote(url.fragment) not in pages[to].ids: yield page.name, link

@pytest.fixture(scope='module')
def built(tmp_path_factory):
    site = tmp_path_factory.mktemp('site')/'docs'
    return site, _site.build(site)

def test_site_builds_without_warnings(built): assert not built[1]

def test_every_notebook_has_its_page(built):
    want = {p.relative_to(root/'nbs').with_suffix('.html').as_posix() for p in (root/'nbs').rglob('*.ipynb') if '/.' not in p.as_posix()}
    assert want=={p.relative_to(built[0]).as_posix() for p in built[0].rglob('*.html')}

def test_every_notebook_is_in_the_sidebar():
    def walk(o):
        if isinstance(o, str): yield o
        for x in o.get('contents', []) + [o.get('href')] if isinstance(o, dict) else o if isinstance(o, list) else []:
            if x: yield from walk(x)
    listed = set(walk(yaml.safe_load((root/'nbs'/'_quarto.yml').read_text())['website']['sidebar']))
    there = {p.relative_to(root/'nbs').as_posix() for p in (root/'nbs').rglob('*.ipynb') if '/.' not in p.as_posix()}
    assert listed==there, 'nbs/_quarto.yml lists the lessons: keep it in step'

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

def test_site_is_deterministic(built, tmp_path):
    _site.build(tmp_path/'docs')
    files = lambda d: {p.relative_to(d).as_posix(): p.read_bytes() for p in d.rglob('*') if p.is_file()}
    assert files(built[0])==files(tmp_path/'docs')

def test_broken_links_are_found(tmp_path):
    (tmp_path/'a.html').write_text('<a href="b.html">1</a><a href="#x">2</a><a href="a.html#y">3</a><p id="x"></p><script src="https://e.org/x.js"></script>')
    assert sorted(l for _, l in broken(tmp_path))==['a.html#y', 'b.html', 'https://e.org/x.js']
