"""The site from disk, in a real browser: every page at the width of a desk and of a phone, light and dark

SITE=folder for another than docs/."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from nbs import _site

from .pages import site, url

pages = [p.relative_to(site).as_posix() for p in sorted(site.rglob('*.html'))]
settled = '''async () => { await window.MathJax?.startup?.promise; await document.fonts.ready;
  for (const i of document.images) i.loading = 'eager';
  await Promise.all([...document.images].map(i => i.decode().catch(() => 0)));
  await Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0))); // colours fade into the dark scheme
}'''
faults = '''() => ({
  images: [...document.images].filter(i => !i.naturalWidth).map(i => i.src.slice(0, 80)),
  formulas: [...document.querySelectorAll('.math')]
    .filter(m => !m.querySelector('mjx-container svg') || m.querySelector('[data-mml-node=merror]'))
    .map(m => m.textContent.slice(0, 60)),
  raw: [...document.querySelectorAll('main :is(p, td, li, figcaption)')]
    .map(e => { const c = e.cloneNode(true); c.querySelectorAll('code, .math, mjx-container').forEach(x => x.remove());
                return c.textContent })
    .filter(t => /\\\\(tag|frac|varphi|begin|log)|\\$[^$ ][^$]*\\$/.test(t)).map(t => t.slice(0, 60)),
  wide: document.documentElement.scrollWidth > innerWidth + 1 ?
    [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 5).map(e => e.outerHTML.slice(0, 90)) : [],
})'''

# Nearly all of axe's time would go to the contrast of thousands of words: of those of one look it sees one on a page,
# but one in each block of code or thing that is placed over others; none of a single letter, of which it cannot say
# anything. Where the one is cut off, which axe may leave undecided, it sees the next one, too
alike = """() => { const seen = new Set(), grounds = new Map([[null, '']]);
  const plain = 'rgba(0, 0, 0, 0)|none|1|none|normal|visible|false|false';
  const under = e => { if (!grounds.has(e)) { const s = getComputedStyle(e), up = under(e.parentElement);
    const apart = e.matches('pre') || ['absolute', 'fixed'].includes(s.position);
    const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.visibility,
                 s.display == 'none', apart && grounds.size].join('|');
    grounds.set(e, own == plain ? up : `${up}/${own}`); }
    return grounds.get(e); };
  for (const e of document.body.querySelectorAll('*')) {
    const words = [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join('').trim();
    if (!words || e.closest('svg')) continue;
    const s = getComputedStyle(e), look = [s.color, s.fontSize, s.fontWeight, s.textShadow, under(e)].join();
    const letter = words.length < 2 && e.matches('pre code span'), box = e.getBoundingClientRect();
    const edge = e.closest('pre')?.getBoundingClientRect().right ?? innerWidth;
    const cut = !box.width || box.right > Math.min(innerWidth, edge);
    e.toggleAttribute('data-alike', letter || seen.has(look)); if (!letter && !cut) seen.add(look); }
  axe.configure({rules: [{id: 'color-contrast', selector: '*:not([data-alike])'}]}); }"""

def inaccessible(p, rules=None):
    "What axe finds serious on a page, by all its rules or some; it fetches no style sheet, as a page from disk may not"
    p.evaluate(Axe().axe_script)
    p.evaluate(alike)
    found = p.evaluate('o => axe.run(o).then(r => r.violations)',
                       dict(resultTypes=['violations'], preload=False) | (dict(runOnly=rules) if rules else {}))
    return {v['id']: (len(v['nodes']), v['nodes'][0]['html'][:120],
                      v['nodes'][0]['failureSummary'][:200]) for v in found if v['impact'] in ('serious', 'critical')}

cut = """() => { document.querySelectorAll('main details').forEach(d => { d.open = true });
  return [...document.querySelectorAll('main pre')].filter(e => e.scrollWidth > e.clientWidth + 1)
    .map(e => e.textContent.slice(0, 60)) }"""

def cut_at_1400(p):
    "Blocks of code or of output, folded ones too, that must be scrolled; it leaves the page as wide as it was"
    usual = p.viewport_size
    p.set_viewport_size({'width': 1400, 'height': 1000})
    found = p.evaluate(cut)
    p.set_viewport_size(usual)
    return found

def check_pages(new_page, some, scheme='light', rules=None, wide=False, **kw):
    "What is wrong with each page, and nothing where all is right"
    p, bad = new_page(color_scheme=scheme, **kw), {}
    for page in some:
        p.goto(url(page))
        p.evaluate(settled)
        assert p.evaluate("document.documentElement.classList.contains('quarto-dark')")==(scheme=='dark')
        found = {k: v for k, v in p.evaluate(faults).items() if v} | ({'console': p.errors[:3]} if p.errors else {}) | (
            {'outside': p.strange[:3]} if p.strange else {})
        found |= inaccessible(p, rules)
        if wide and (o := cut_at_1400(p)): found['cut at 1400 pixels'] = o
        if found: bad[page] = found
        p.errors.clear()
        p.strange.clear()
    return bad

def test_pages_on_a_desk(new_page): assert pages and not check_pages(new_page, pages, wide=True)

def test_pages_on_a_phone_in_the_dark(new_page):
    "Of what axe looks at, colours alone depend on the scheme"
    phone = dict(viewport={'width': 390, 'height': 844}, device_scale_factor=2, is_mobile=True, has_touch=True)
    assert not check_pages(new_page, pages, 'dark', ['color-contrast', 'link-in-text-block'], **phone)

def test_a_page_of_each_kind_on_a_dark_desk(new_page):
    kinds = {Path(o).parent: o for o in reversed(pages)}
    assert len(kinds)>3 and not check_pages(new_page, kinds.values(), 'dark')

def test_120_columns_are_not_broken_at_1400_pixels(new_page):
    p = new_page(viewport={'width': 1400, 'height': 1000})
    p.goto(url('10_tracking.html'))
    height = """n => { const pre = document.querySelector('main div.sourceCode pre'), code = pre.querySelector('code');
      code.textContent = 'x'.repeat(n); return pre.clientHeight }"""
    assert p.evaluate(height, 120)==p.evaluate(height, 1)<p.evaluate(height, 140)
    p.evaluate("document.querySelector('main div.sourceCode code').style.whiteSpace = 'pre'")
    assert cut_at_1400(p) # a line that may not be broken is seen

def test_what_only_draws_or_imports_is_folded(new_page):
    p = new_page()
    p.goto(url('04_labels.html'))
    folded = p.locator('details.code-fold', has_text='import matplotlib.pyplot').first
    assert not folded.get_attribute('open') and not folded.locator('pre').is_visible()
    folded.locator('summary').focus()
    p.keyboard.press('Enter')
    assert folded.locator('pre').is_visible()
    assert p.locator('#mk_labels pre').first.is_visible() # what the lesson is about

front = "document.getElementById('track-it').liveState"

@pytest.mark.parametrize('page, words', [('index', 'as a course that runs'), ('zh/index', '写成一门能运行的课程')])
def test_the_tracker_runs_at_the_top_of_the_front_page(new_page, page, words):
    p = new_page(viewport={'width': 1400, 'height': 1000})
    p.goto(url(f'{page}.html'))
    p.wait_for_function(f'{front}?.i>=2')
    box = p.locator('[data-live=view]').bounding_box()
    assert box['y']+box['height']<=1000
    first = p.locator('main p', has_text=words).bounding_box()
    assert first['y']>box['y']+box['height'] and not p.errors and not p.strange
    p.locator('[data-live=play]').click()
    p.wait_for_function(f'!{front}.playing && !{front}.busy')

def test_the_tracker_of_the_chinese_front_page_speaks_chinese(new_page):
    p = new_page(reduced_motion='reduce')
    p.goto(url('zh/index.html'))
    p.wait_for_function(f'{front}?.ready')
    p.locator('[data-live=step]').click()
    p.wait_for_function(f'{front}.i===1')
    said = p.evaluate("""() => { const at = document.getElementById('track-it'), own = e => [...e.childNodes];
      const texts = [...at.querySelectorAll('*')].flatMap(own).filter(n => n.nodeType == 3).map(n => n.data);
      return [...texts, ...[...at.querySelectorAll('[aria-label]')].map(e => e.ariaLabel)] }""")
    english = [s for s in said if re.search('[A-Za-z]{3}', s) and not re.search('[\u4e00-\u9fff]', s)]
    assert len(said)>20 and not english and not p.errors
    assert p.locator('[role=status]').inner_text().startswith('第 2 帧，共 ')

def test_the_front_page_rests_where_less_motion_is_wanted(new_page):
    p = new_page(reduced_motion='reduce')
    p.goto(url('index.html'))
    p.wait_for_function(f'{front}?.ready')
    assert p.evaluate(f'[{front}.i, {front}.playing]')==[0, False]
    p.locator('[data-live=step]').click()
    p.wait_for_function(f'{front}.i===1')

def test_faint_code_is_found(new_page):
    p = new_page()
    p.goto(url('04_labels.html'))
    assert 'color-contrast' not in inaccessible(p)
    p.add_style_tag(content='pre code span.st { color: #ccc !important }')
    assert 'color-contrast' in inaccessible(p)

def test_entries_of_the_sidebar_keep_their_style(new_page):
    "Each does without its class, but for the page's own"
    p = new_page()
    p.goto(url('04_labels.html'))
    looks = p.evaluate("""() => ['#quarto-sidebar li li a:not(.active)', '#quarto-sidebar li li a.active'].map(q => {
      const a = document.querySelector(q), was = getComputedStyle(a), look = s => JSON.stringify({...s});
      const before = look(was); a.classList.add('sidebar-link');
      return [a.textContent, before === look(getComputedStyle(a)), was.textDecorationLine, was.color] })""")
    assert looks[1][0]=='Labels and loss' and all(o[1] for o in looks) and looks[0][3]!=looks[1][3]
    assert {o[2] for o in looks}=={'none'}

def test_tables_of_pandas_have_air(new_page):
    "Numbers stand below their heads, with room between the columns"
    p = new_page()
    p.goto(url('14_results.html'))
    looks = p.evaluate("""() => [...document.querySelectorAll('table.dataframe :is(td, thead th)')].map(e => {
      const s = getComputedStyle(e); return [s.textAlign, parseFloat(s.paddingLeft) + parseFloat(s.paddingRight)] })""")
    assert len(looks)>100 and {a for a,_ in looks}=={'right'} and min(w for _,w in looks)>=12

def test_search(new_page):
    p = new_page()
    p.goto(url('api/cli.html'))
    p.locator('.smalldocs-search input:visible').first.fill('cosine window')
    hit = p.locator('.search-result').first
    hit.wait_for()
    hit.click()
    p.wait_for_url('**/10_tracking.html#prefer-small-moves')
    assert 'cosine window' in p.locator('main').inner_text().lower() and not p.errors and not p.strange

def test_search_guesses_what_is_misspelt(new_page):
    p = new_page()
    p.goto(url('index.html'))
    p.locator('.smalldocs-search input:visible').first.fill('exemplr')
    p.locator('.search-result', has_text='exemplar').first.wait_for()

def test_previous_and_next_lead_through_all_lessons(new_page):
    p = new_page()
    p.goto(url('01_equivariance.html'))
    for want in [o for o in pages if re.match(r'\d\d[a-z]?_', o)][1:]:
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
    p.wait_for_function("document.documentElement.classList.contains('quarto-dark')") # the page changes a moment later
    p.evaluate(settled)
    r, g, b = map(int, p.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3)"))
    assert max(r, g, b)<80

def test_the_live_pages_are_measured(browser):
    "The program that `nbs/_site.py measure` runs, with few rounds: what a busy machine does is no matter here"
    r = _site.measure_live(browser, site, n=1, moves=3, frames=3)
    assert len(r['front_seconds'])==1 and len(r['drag_ms'])==3
    assert set(r['track_fps'])=={'siamfc-lite', 'siamfc-dither', 'siamfc-3s'}
    assert min(*r['front_seconds'], *r['drag_ms'], *r['track_fps'].values())>0
    assert r['medians'].keys()==r['met'].keys()==r['bars'].keys()
    for k, v in r['bars'].items(): assert r['met'][k]==(r['medians'][k]>=v if k=='track_fps' else r['medians'][k]<=v)

@pytest.mark.parametrize('width', (720, 1280)) # of A4, of a large sheet
def test_paper_has_the_page_alone(new_page, width):
    p = new_page(viewport={'width': width, 'height': 1000})
    p.goto(url('04_labels.html'))
    p.emulate_media(media='print')
    around = '#quarto-header', '#quarto-sidebar', '#quarto-margin-sidebar', '.page-navigation'
    assert not [k for k in around if p.locator(k).first.is_visible()]
    main = p.locator('main').first.bounding_box()
    assert main['x']<60 and main['width']>.85*width
