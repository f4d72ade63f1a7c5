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
  // the page cuts off what is too wide, and does not get wider
  wide: [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .filter(e => {
      const inside = o => o.matches('svg, mjx-assistive-mml') || /auto|scroll/.test(getComputedStyle(o).overflowX);
      while (!e.matches('main') && !inside(e)) e = e.parentElement;
      return e.matches('main') }).slice(0, 5).map(e => e.outerHTML.slice(0, 90)),
})'''

# Nearly all of axe's time would go to the colours of thousands of words and links, and to bars that are those of other
# pages. Of what looks the same, on whichever page, and stands on the same ground, it sees one, until one has passed; of
# what is placed over others, one on each page. None of a single letter, of which it cannot say anything. Where the one
# is cut off, which axe may leave undecided, it sees the next one, too. The bars are seen where they hold a kind of
# element that no page before had
see = """async ([rules, known]) => {
  const grounds = new Map([[null, '']]), seen = new Set(known), looks = new Map();
  const bars = '#quarto-header, #quarto-sidebar, #TOC';
  const plain = 'rgba(0, 0, 0, 0)|none|1|none|normal|visible|false|';
  const under = e => { if (!grounds.has(e)) { const s = getComputedStyle(e), up = under(e.parentElement);
    const apart = ['absolute', 'fixed'].includes(s.position) ? location.pathname + grounds.size : '';
    const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.visibility,
                 s.display == 'none', apart].join('|');
    grounds.set(e, own == plain ? up : `${up}/${own}`); }
    return grounds.get(e); };
  const colours = e => { const s = getComputedStyle(e);
    return [s.color, s.fontSize, s.fontWeight, s.textShadow, under(e)] };
  const outside = e => { const s = getComputedStyle(e); // how a link differs from the words up to its block
    return [...colours(e), s.fontFamily, s.fontStyle, s.textDecoration, s.border, s.display,
            ...e.matches('a') || s.display == 'inline' ? outside(e.parentElement) : []] };
  const block = e => e.matches('a') || getComputedStyle(e).display == 'inline' ? block(e.parentElement) : e;
  const here = new Set(), name = {words: 'data-alike', link: 'data-alike-link'};
  const mark = (e, kind, look, idle, sure) => {
    const alike = idle || seen.has(look) || here.has(look);
    e.toggleAttribute(name[kind], alike);
    if (!alike) looks.set(e, {...looks.get(e), [kind]: look});
    if (!alike && sure) here.add(look); };
  for (const e of document.body.querySelectorAll('*')) {
    const words = [...e.childNodes].filter(n => n.nodeType == 3).map(n => n.data).join('').trim();
    const link = e.matches('a[href]'), field = e.matches('input, select, textarea');
    const letter = words.length < 2 && (!words || e.matches('pre code span'));
    const idle = !field && (letter || !!e.closest('svg, mjx-assistive-mml'));
    e.toggleAttribute(name.words, idle);
    if (idle && !link) continue;
    const hidden = !e.checkVisibility(), said = e.textContent.trim(), box = e.getBoundingClientRect();
    if (link) mark(e, 'link', 'link ' + outside(e), hidden || ['', block(e).textContent.trim()].includes(said));
    if (idle) continue;
    const edge = e.closest('pre')?.getBoundingClientRect().right ?? innerWidth;
    mark(e, 'words', [field && e.tagName, ...colours(e)].join(), hidden || box.bottom < 0 || box.right < 0,
         box.width && box.right <= Math.min(innerWidth, edge)); }
  axe.configure({rules: [{id: 'color-contrast', selector: '*:not([data-alike])'},
                         {id: 'link-in-text-block', selector: 'a[href]:not([data-alike-link])'}]});
  const run = (runOnly, exclude, ...passes) => axe.run(exclude.length ? {exclude} : document,
    {runOnly, resultTypes: ['violations', ...passes], preload: false, elementRef: true});
  const coloured = ['color-contrast', 'link-in-text-block'];
  const found = looks.size ? await run(coloured, [], 'passes') : {violations: [], passes: []};
  const kind = r => r.id == 'color-contrast' ? 'words' : 'link';
  const passed = found.passes.flatMap(r => r.nodes.flatMap(n => looks.get(n.element)?.[kind(r)] ?? []));
  if (rules) return [found.violations, passed];
  const kinds = [...document.querySelectorAll(bars)].flatMap(e => [e, ...e.querySelectorAll('*')]).map(e => 'bar ' +
    [e.tagName, e.className, !e.textContent.trim(), ...[...e.attributes].map(a => a.name)]);
  const others = axe._audit.rules.filter(r => r.enabled && !coloured.includes(r.id) && !(r.tags.some(o => // of its own
    axe._audit.tagExclude.includes(o))) && ['serious', 'critical'].includes(r.impact));
  const more = await run(others.map(r => r.id), kinds.every(k => seen.has(k)) ? bars.split(', ') : []);
  return [[...found.violations, ...more.violations], [...passed, ...more.violations.length ? [] : new Set(kinds)]] }"""

def inaccessible(p, rules=None, known=None):
    "What axe finds serious, by all its rules or those of colours alone; a page from disk may fetch no style sheet"
    if not p.evaluate('!!window.axe'): p.evaluate(Axe().axe_script)
    found, passed = p.evaluate(see, [rules, [*(known or ())]])
    if known is not None: known.update(passed)
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
    "What is wrong with each page, and nothing where all is right; while one is looked at, the next is loaded"
    some, bad, known = [*some], {}, set()
    two = [new_page(color_scheme=scheme, **kw) for _ in range(2)]
    for p in two: p.add_init_script(Axe().axe_script)
    two[0].goto(url(some[0]), wait_until='commit')
    for k, page in enumerate(some):
        p, ahead = two[k%2], two[1-k%2]
        p.wait_for_load_state()
        if some[k+1:]: ahead.goto(url(some[k+1]), wait_until='commit')
        p.evaluate(settled)
        assert p.evaluate("document.documentElement.classList.contains('quarto-dark')")==(scheme=='dark')
        found = {k: v for k, v in p.evaluate(faults).items() if v} | ({'console': p.errors[:3]} if p.errors else {}) | (
            {'outside': p.strange[:3]} if p.strange else {})
        found |= inaccessible(p, rules, known)
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

def planted(tmp_path, name, replaced):
    "The site with another page in place of its own: pairs of what to replace, and by what"
    for p in site.iterdir():
        if p.name!=name: (tmp_path/p.name).symlink_to(p)
    html = (site/name).read_text(encoding='utf-8')
    for old, new in replaced:
        assert old in html
        html = html.replace(old, new, 1)
    (tmp_path/name).write_text(html, encoding='utf-8')
    return tmp_path

faulty = {
    'color-contrast': ('</main>', '<p><span style="color: #bbb">hardly seen</span></p></main>'),
    'link-in-text-block': ('</main>', '<p>words <a href="index.html" style="color: #222; text-decoration: none">'
                                      'and a link</a> and words</p></main>'),
    'image-alt': (' alt="', ' data-alt="'),
    'link-name': ('<a href="02_embedding.html">The embedding φ</a>', '<a href="02_embedding.html"></a>'),
    'wide': ('</main>', '<table style="display: table; max-width: none"><tr><td>'+'wide'*400+
                        '</td></tr></table></main>'),
    'formulas': ('</main>', r'<p><span class="math inline">\(\frac{1}\)</span></p></main>'),
    'raw': ('</main>', r'<p>so that \frac{1}{2} is half</p></main>'),
    'images': ('</main>', '<img src="none.webp" alt="none"></main>'),
    'cut at 1400 pixels': ('</main>', '<pre style="white-space: pre">'+'wide '*400+'</pre></main>'),
}

def test_faults_are_found_on_a_page_that_comes_last(new_page, tmp_path, monkeypatch):
    "Where pages like it were seen before, which have passed; one of each kind, and no other is found"
    monkeypatch.setattr(f'{__name__}.site', planted(tmp_path, '04_labels.html', faulty.values()))
    monkeypatch.setattr(f'{__name__}.url', lambda page: (tmp_path/page).as_uri())
    some = [f'{o}.html' for o in ('01_equivariance', '09_training', '05_crops', '04_labels')]
    bad = check_pages(new_page, some, wide=True)
    assert bad.keys()=={'04_labels.html'} and faulty.keys()==bad['04_labels.html'].keys()-{'console'}

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

@pytest.mark.parametrize('width', (1100, 1280, 1400, 1920))
def test_the_sidebar_stands_in_one_place(new_page, width):
    "Also where a page has no table of contents"
    p, at = new_page(viewport={'width': width, 'height': 900}), {}
    for page in ('04_labels', 'start', '404'):
        p.goto(url(f'{page}.html'))
        x = "q => document.querySelector(q).getBoundingClientRect().x"
        at[page] = [p.evaluate(x, q) for q in ('#quarto-sidebar a', 'main')]
    assert at['404']==at['start']==at['04_labels']

def test_code_can_be_copied(new_page):
    p = new_page()
    p.goto(url('04_labels.html'))
    p.evaluate("navigator.clipboard.writeText = async s => { window.copied = s }")
    code = p.locator('main .code-copy-outer-scaffold', has_text='def mk_labels').first
    code.locator('button[title="Copy to Clipboard"]').click()
    assert p.evaluate('window.copied').startswith('def mk_labels') and not p.errors
    p.locator('#quarto-sidebar summary', has_text='How to').click()
    assert not p.locator('#quarto-sidebar a', has_text='Run on a cluster').is_visible()

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
    for want in [o for o in pages if re.match(r'(?!00)\d\d[a-z]?_', o)][1:]:
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
