"""The site from disk, in a real browser: every page at the width of a desk and of a phone, light and dark (SITE=folder for another than docs/)"""

import os
from pathlib import Path

import pytest

root = Path(__file__).resolve().parents[2]
site = Path(os.environ.get('SITE', root/'docs')).resolve()
pages = [p.relative_to(site).as_posix() for p in sorted(site.rglob('*.html'))]
settled = '''async () => { await window.MathJax?.startup?.promise; await document.fonts.ready;
  for (const i of document.images) i.loading = 'eager'; await Promise.all([...document.images].map(i => i.decode().catch(() => 0)));
  await Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0))); }''' # colours fade into the dark scheme
faults = '''() => ({
  images: [...document.images].filter(i => !i.naturalWidth).map(i => i.src.slice(0, 80)),
  formulas: [...document.querySelectorAll('.math')].filter(m => !m.querySelector('mjx-container svg') || m.querySelector('[data-mml-node=merror]')).map(m => m.textContent.slice(0, 60)),
  raw: [...document.querySelectorAll('main :is(p, td, li, figcaption)')].map(e => { const c = e.cloneNode(true); c.querySelectorAll('code, .math, mjx-container').forEach(x => x.remove()); return c.textContent })
    .filter(t => /\\\\(tag|frac|varphi|begin|log)|\\$[^$ ][^$]*\\$/.test(t)).map(t => t.slice(0, 60)),
  wide: document.documentElement.scrollWidth > innerWidth + 1 ? [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 90)) : [],
})'''

def url(page): return (site/page).as_uri()

def check_pages(new_page, **kw):
    "What is wrong with each page, and nothing where all is right"
    p, bad = new_page(**kw), {}
    for page in pages:
        p.goto(url(page)); p.evaluate(settled)
        found = {k: v for k, v in p.evaluate(faults).items() if v} | ({'console': p.errors[:3]} if p.errors else {}) | ({'outside': p.strange[:3]} if p.strange else {})
        if found: bad[page] = found
        p.errors.clear(); p.strange.clear()
    return bad

def test_pages_on_a_desk(new_page): assert pages and not check_pages(new_page)

def test_pages_on_a_phone(new_page): assert not check_pages(new_page, viewport={'width': 390, 'height': 844}, device_scale_factor=2, is_mobile=True, has_touch=True)

@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_pages_are_accessible(new_page, scheme):
    from axe_playwright_python.sync_playwright import Axe
    p, bad = new_page(color_scheme=scheme), {}
    for page in pages:
        p.goto(url(page)); p.evaluate(settled)
        assert p.evaluate("document.documentElement.classList.contains('quarto-dark')")==(scheme=='dark')
        serious = [v for v in Axe().run(p).response['violations'] if v['impact'] in ('serious', 'critical')]
        if serious: bad[page] = [(v['id'], len(v['nodes']), v['nodes'][0]['html'][:120], v['nodes'][0]['failureSummary'][:200]) for v in serious]
    assert not bad

def test_search(new_page):
    p = new_page()
    p.goto(url('api/cli.html'))
    p.locator('.smalldocs-search input:visible').first.fill('cosine window')
    hit = p.locator('.search-result', has_text='cosine window').first
    hit.wait_for()
    hit.click()
    p.wait_for_url(lambda u: 'api/cli' not in u)
    assert 'cosine window' in p.locator('main').inner_text().lower() and not p.errors and not p.strange

def test_previous_and_next_lead_through_all_lessons(new_page):
    p = new_page()
    p.goto(url('01_equivariance.html'))
    for want in [o for o in pages if '02'<=o[:2]<='99']:
        p.locator('.nav-page-next a').click()
        assert p.url.endswith(want)

def test_a_name_leads_to_its_cell(new_page):
    p = new_page()
    p.goto(url('api/tracking.html')+'#cosine_window')
    p.locator('#cosine_window .source-link, #cosine_window ~ p .source-link').first.click()
    p.wait_for_url('**/10_tracking.html#cosine_window')
    assert 'def cosine_window' in p.locator('#cosine_window').inner_text()

def test_dark_can_be_switched(new_page):
    p = new_page(color_scheme='light')
    p.goto(url('04_labels.html'))
    p.locator('.quarto-color-scheme-toggle:visible').first.click()
    assert p.evaluate("document.documentElement.classList.contains('quarto-dark')")
    r, g, b = map(int, p.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)"))
    assert max(r, g, b)<80
