"Sliders of lessons run in the page, by mouse and by keyboard; without scripts the stored picture stays"

import pytest

from .pages import url

live = [('01_equivariance', 1, 'dy'), ('04_labels', 1, 'R'), ('05_crops', 1, 'dx'), ('09_training', 1, 'lr0'),
        ('10_tracking', 1, 'window'), ('12_otb', 1, 'dx'), ('12_otb', 2, 'speed'), ('13_vot', 1, 'overlap'),
        ('13_vot', 2, 'angle'), ('14_results', 1, 'sequence'), ('15_speed', 1, 'scales'),
        ('16_distillation', 1, 'share'), ('zh/01_equivariance', 1, 'dx'), ('zh/05_crops', 1, 'dx'),
        ('zh/10_tracking', 1, 'window')]

def opened(new_page, page, k, **kw):
    p = new_page(**kw)
    p.goto(url(f'{page}.html'))
    p.wait_for_function(f"document.getElementById('live-{k}').liveNumbers")
    return p, p.locator(f'#live-{k}')

@pytest.mark.parametrize('page, k, name', live)
def test_a_slider_moves_its_figure(new_page, page, k, name):
    p, at = opened(new_page, page, k)
    assert at.is_visible() and p.locator(f'#stored-{k}').count()==0
    numbers = f"JSON.stringify(document.getElementById('live-{k}').liveNumbers)"
    before, said, drawn = (
        p.evaluate(numbers),
        at.locator('[role=status]').inner_text(),
        at.locator('.live-views').screenshot(),
    )
    slider = at.locator('.live-grid').get_by_label(name)
    start = float(slider.input_value())
    slider.focus()
    p.keyboard.press('End')
    p.wait_for_function(f'before => {numbers}!==before', arg=before)
    assert float(slider.input_value())>start and at.locator('[role=status]').inner_text()!=said
    assert at.locator('.live-views').screenshot()!=drawn
    for key in ('Home', 'ArrowRight', 'ArrowRight'): p.keyboard.press(key)
    p.wait_for_function(f'before => {numbers}!==before', arg=before)
    assert not p.errors and not p.strange

def test_numbers_of_a_figure_are_the_lessons(new_page):
    p, at = opened(new_page, '04_labels', 1)
    assert at.locator('[role=status]').inner_text() == (
        'R = 16, k = 8: 13 of 289 cells are positive (4.5 %). Loss of v = −3: plain 0.18 (dashed), balanced 1.55.'
    )
    at.locator('.live-grid').get_by_label('k').select_option('4')
    at.locator('.live-grid').get_by_label('R').fill('64')
    p.wait_for_function("document.querySelector('#live-1 [role=status]').textContent.includes('nothing to balance')")
    assert not p.errors

def test_cells_that_obey_eq_1_are_black(new_page):
    "As the lesson says of them"
    p, at = opened(new_page, '01_equivariance', 1)
    valid, broken, black, white = at.locator('canvas').last.evaluate('''e => {
        const {data} = e.getContext('2d').getImageData(0, 0, e.width, e.height);
        const {valid, broken} = document.getElementById('live-1').liveNumbers, count = [0, 0];
        for (let i = 0; i < data.length; i += 4) for (const k of [0, 1])
          count[k] += [0, 1, 2].every(j => data[i + j] === 255*k);
        return [valid, broken, ...count] }''')
    assert valid-broken<=black<valid and white==0

@pytest.mark.parametrize('page', sorted({o for o, *_ in live}))
def test_words_of_a_figure_are_whole(new_page, page):
    p, _ = opened(new_page, page, 1)
    cut = '''() => [...document.querySelectorAll('[data-figure] svg text')].filter(e => {
        const a = e.getBoundingClientRect(), b = e.ownerSVGElement.getBoundingClientRect();
        return a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom
    }).map(e => e.textContent)'''
    assert not p.evaluate(cut)

def test_who_comes_back_finds_the_figure_of_the_sliders(new_page):
    p, at = opened(new_page, '04_labels', 1)
    at.locator('.live-grid').get_by_label('R').fill('40')
    at.locator('.live-grid').get_by_label('k').select_option('4')
    p.wait_for_function("document.querySelector('#live-1 [role=status]').textContent.startsWith('R = 40, k = 4')")
    p.goto(url('start.html'))
    p.go_back()
    p.wait_for_function("document.getElementById('live-1').liveNumbers")
    p.wait_for_timeout(300) # a browser may put values back later
    r, k = (at.locator('.live-grid').get_by_label(o) for o in 'Rk')
    set_to = r.input_value(), k.locator('option:checked').inner_text()
    assert at.locator('[role=status]').inner_text().startswith('R = {}, k = {}:'.format(*set_to))

def test_without_scripts_the_stored_picture_stays(new_page):
    p = new_page(java_script_enabled=False)
    p.goto(url('04_labels.html'))
    assert p.locator('#stored-1 img').is_visible() and p.locator('#live-1').is_hidden()

def test_a_figure_fits_a_phone(new_page):
    p, at = opened(new_page, '10_tracking', 1, viewport={'width': 390, 'height': 844})
    assert p.evaluate('document.documentElement.scrollWidth')<=390
    assert all(o.bounding_box()['width']>80 for o in at.locator('canvas').all())
