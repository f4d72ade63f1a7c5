"""Words and figures: pages speak to their reader, in one English, and no lesson is too long to finish

Lists name what does not keep a bar yet; nothing may join them.
"""

import re

import pytest

import house
from house import markdown, modules, notebooks, pages, root

def name(p): return p.relative_to(root/'nbs').as_posix()
lessons = [p for p in notebooks if re.match(r'\d\d[a-z]?_', p.name)]
each_lesson = pytest.mark.parametrize('nb', lessons, ids=name)
each_page = pytest.mark.parametrize('page', pages, ids=name)

WORDS,CELLS = 1200,65
YOU,YOU_OF_A_PAGE = 8,5 # per 1,000 words
WIDE = 480              # pixels

closing = ''''''.split()
crowded = ''''''.split()
silent = '''one_file.qmd reference/nbdev3.qmd'''.split()

@each_lesson
def test_a_lesson_can_be_finished(nb):
    n,cells = house.words(nb),house.code_cells(nb)
    assert n<=WORDS, f'{n} words: expected at most {WORDS}'
    assert cells<=CELLS or name(nb) in crowded, f'{cells} cells of code: expected at most {CELLS}'

@each_lesson
def test_a_lesson_ends_with_what_was_shown(nb):
    "In the last words of the page, with the next one"
    end = markdown(nb)[-900:]
    assert re.search(r'\byou have \w', end, re.I) or name(nb) in closing, 'expected what the reader has seen'

def test_pages_speak_to_their_reader():
    n = sum(map(house.words, pages))
    you = sum(house.words(p)*house.spoken(p) for p in pages)/n
    assert you>=YOU, f'{you:.1f} of 1,000 words are "you": expected at least {YOU}'

@each_page
def test_a_page_speaks_to_its_reader(page):
    "Where it has more than a few sentences"
    if house.words(page)<100 or name(page) in silent: return
    assert house.spoken(page)>=YOU_OF_A_PAGE, f'{house.spoken(page):.1f} of 1,000 words are "you"'

@each_page
def test_figures_are_wide(page):
    if page.suffix!='.ipynb': return
    off = {k: w for k,w in house.figures(page) if w<WIDE}
    assert not off, f'pictures narrower than {WIDE} pixels: {off}'

@each_page
def test_letters_can_be_read(page):
    if page.suffix!='.ipynb': return
    found = house.small_text.findall(page.read_text())
    assert not found, f'letters of less than 8 points: {found}'

@each_page
def test_boxes_keep_their_shape(page):
    "A square that is drawn on axes of its own, without an image, looks like one"
    if page.suffix!='.ipynb': return
    codes = (''.join(c['source']) for c in house.cells_of(page) if c['cell_type']=='code')
    drawn = [s for s in codes if re.search(r'add_patch\(plt\.(Rectangle|Polygon)', s) and 'xlim=' in s]
    off = [s for s in drawn if not re.search("imshow|matshow|show_boxes|aspect='equal'", s)]
    assert not off, f"expected aspect='equal': {off}"

# ---- one English

american = {'color','colors','colored','gray','center','centers','centered','behavior','favor','neighbor','neighbors',
            'normalize','normalized','optimize','optimizer','initialize','initialized','initialization','organize',
            'recognize','quantize','quantized','quantization','analyze','labeled','modeling','canceled','license',
            'meter','gotten','toward'}
one_rule = {'learned': 'learnt', 'whilst': 'while', 'amongst': 'among'}
english = []

def strange(text):
    ws = re.findall(r"[a-z]+", house.plain(text).lower())
    return sorted({w for w in ws if w in american or w in one_rule})

@each_page
def test_pages_are_in_british_english(page):
    if name(page) in english: return
    assert not strange(markdown(page))

@pytest.mark.parametrize('path', modules, ids=lambda p: p.stem)
def test_docstrings_are_in_british_english(path):
    if path.stem not in english: assert not strange(house.said(path))

@pytest.mark.parametrize('path', modules, ids=lambda p: p.stem)
def test_docstrings_of_functions_start_with_a_verb(path):
    "In the imperative, one of `house.verbs`; a new verb joins them there"
    assert not house.verbless(path)
