"""The playground in a real browser: in JupyterLab and as Voilà's app"""

import json
import re
from dataclasses import replace
from itertools import islice

import cv2
import numpy as np

from siamfc_nb.app.maps import Maps, load_clip, look, retrack
from siamfc_nb.app.painted import show_look
from siamfc_nb.otb import iou
from siamfc_nb.pretrained import pretrained_net
from siamfc_nb.track.configs import get_config
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import VideoFile, write_video

from .pages import until

app = '''from siamfc_nb.app.playground import playground
playground()'''

def decode(data): return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB).astype(int)

def picture(img):
    "The bytes that an <img> shows"
    return bytes(img.evaluate("async e => Array.from(new Uint8Array(await (await fetch(e.src)).arrayBuffer()))"))

def slider(at, label): return at.locator('.widget-hslider', has=at.page.get_by_text(label, exact=True)).first
def readout(s): return s.locator('.widget-readout').inner_text()

def drag(page, s, part):
    "Drag a slider's handle to a part of its way, with stops between"
    s.scroll_into_view_if_needed()
    h, w = s.locator('.noUi-handle').bounding_box(), s.locator('.noUi-target').bounding_box()
    y = h['y']+h['height']/2
    page.mouse.move(h['x']+h['width']/2, y); page.mouse.down()
    for k in (.3, .6, 1): page.mouse.move(h['x']+h['width']/2+k*(w['x']+part*w['width']-h['x']-h['width']/2), y)
    page.mouse.up()

def one_frame(page, at):
    "A slider is dragged, and pictures and numbers become those that the functions give"
    at.get_by_text('Overlap with the truth').first.wait_for()
    s, imgs = slider(at, 'window influence'), at.locator('img.widget-image')
    before, text = picture(imgs.nth(1)), at.locator('.siamfc-why').first.inner_text()
    drag(page, s, .85)
    until(lambda: picture(imgs.nth(1))!=before)
    def settled():
        "the numbers belong to the slider's value"
        window = float(readout(s))
        if window<.6: return
        v = load_clip('juice_box')
        o = look(Maps(v.frames, v.boxes[0]), v.boxes, 20, replace(get_config('siamfc-3s'), window=window), 3)
        return o if f'Overlap with the truth {o.overlap:.3f}' in at.inner_text() else None
    o = until(settled)
    want = show_look(o)
    for k, name in enumerate(('frame', 'choice', 'sizes')):
        got = decode(picture(imgs.nth(k)))
        assert got.shape==want[name].shape and np.abs(got-want[name]).mean()<4, name
    assert at.locator('.siamfc-why tr.won').first.inner_text().split()[1]==f'{o.peaks[o.s]:.3f}' and text
    scales = slider(at, 'number of scales').locator('.widget-readout')
    # what cannot be goes back to the last that could
    for text, is_ in (('4', '3'), ('many', '3'), ('', '3'), ('5', '5'), ('9', '5')):
        scales.fill(text); scales.press('Enter'); until(lambda: scales.inner_text()==is_)
    until(lambda: at.locator('.siamfc-why tr').count()==6)
    at.get_by_role('button', name='Reset').first.click()
    until(lambda: readout(s)=='0.176' and scales.inner_text()=='3')

def whole_clip(page, at):
    "A released slider starts the tracker, which can be cancelled and goes on; the play bar scrubs"
    status = lambda: at.inner_text()
    drag(page, slider(at, 'damping'), .2)
    until(lambda: at.locator('svg polyline').count()==2 and len(at.locator('svg polyline').first.get_attribute(
        'points').split())>3)
    at.get_by_role('button', name='Cancel').click()
    m = until(lambda: re.search(r'cancelled after (\d+) of 150 frames', status()))
    k, value = int(m[1]), float(readout(slider(at, 'damping')))
    assert 3<k<150 and abs(value-.59)>.1
    # the default's curve lies above it, dashed
    points = [float(p.split(',')[1]) for p in at.locator('svg polyline').first.get_attribute('points').split()]
    v = load_clip('juice_box')
    boxes = np.array(list(islice(retrack(Maps(v.frames, v.boxes[0]),
                                           replace(get_config('siamfc-3s'), damping=value)), 4)))
    # the picture shows what the functions compute
    assert np.allclose(points[:4], 8+(1-iou(boxes, v.boxes[:4]))*138, atol=1.5)
    img = at.locator('img.widget-image').first; shown = picture(img)
    bar = at.locator('.widget-hslider').last
    drag(page, bar, .01 if int(readout(bar))>2 else .1)
    until(lambda: picture(img)!=shown)
    at.get_by_role('button', name='Track').click()
    at.get_by_text('tracking …').wait_for(); at.get_by_role('button', name='Cancel').click()
    until(lambda: re.search(r'cancelled after \d+ of 150 frames', status()))

def your_own(page, at, tmp_path):
    "A video is uploaded, a box is drawn with the mouse, tracked, and both files are saved"
    canvas = at.locator('canvas.siamfc-canvas'); canvas.and_(page.locator('[data-ready]')).wait_for()
    at.get_by_role('button', name='Track').click(); at.get_by_text('no box yet').wait_for()
    (tmp_path/'notes.mp4').write_text('no video')
    at.locator('input.siamfc-upload').set_input_files(tmp_path/'notes.mp4')
    at.get_by_text('notes.mp4 is not a video').wait_for()
    v = load_clip('juice_box'); write_video(tmp_path/'mine.mp4', v.frames[:12], crf=0)
    at.locator('input.siamfc-upload').set_input_files(tmp_path/'mine.mp4'); at.get_by_text('mine: 12 frames').wait_for()
    until(lambda: canvas.evaluate('c => c.width')==320)
    canvas.scroll_into_view_if_needed(); r = canvas.bounding_box(); k = r['width']/320
    x, y, w, h = v.boxes[0]
    def draw(x, y, w, h):
        page.mouse.move(r['x']+x*k, r['y']+y*k)
        page.mouse.down()
        page.mouse.move(r['x']+(x+w/2)*k, r['y']+(y+h/2)*k)
        page.mouse.move(r['x']+(x+w)*k, r['y']+(y+h)*k)
        page.mouse.up()
    shown, empty = lambda: canvas.evaluate('c => c.toDataURL()'), canvas.evaluate('c => c.toDataURL()')
    draw(50, 50, 0, 0); at.get_by_text('the box has no area').wait_for()
    draw(50, 50, 9, 2); at.get_by_text('at least 4×4 are needed').wait_for(); assert shown()==empty
    draw(x, y, w, h); typed = at.get_by_placeholder('x, y, w, h'); until(lambda: typed.input_value())
    until(lambda: shown()!=empty); kept = shown()
    # what is refused leaves the box that holds
    draw(50, 50, 9, 2); at.get_by_text('at least 4×4 are needed').wait_for(); assert shown()==kept
    box = np.array([float(o) for o in typed.input_value().split(',')]); assert np.abs(box-v.boxes[0]).max()<2.5
    at.get_by_role('button', name='Track').click(); at.get_by_text('12 frames tracked').wait_for()
    for name, suffix in (('Save the video', 'mp4'), ('Save the boxes', 'csv')):
        with page.expect_download() as d: at.get_by_role('button', name=name).click()
        d.value.save_as(tmp_path/f'got.{suffix}')
    rows = np.genfromtxt(tmp_path/'got.csv', delimiter=',', names=True); frames = list(VideoFile(tmp_path/'mine.mp4'))
    boxes, _ = Tracker(pretrained_net(), 'siamfc-3s').track(frames, box)
    assert len(VideoFile(tmp_path/'got.mp4'))==12 and np.abs(np.array([rows[k] for k in 'xywh']).T-boxes).max()<.05

def tab(at, name):
    at.get_by_role('tab', name=name, exact=True).click()
    return at.locator('.widget-tab-contents > .siamfc:not(.lm-mod-hidden)')

def test_voila_app(voila, new_page, tmp_path):
    page = new_page(); page.goto(voila.url); page.get_by_text('Overlap with the truth').wait_for(timeout=120_000)
    assert page.locator('.jp-InputArea, .CodeMirror, .cm-editor').count()==0, 'no code cells'
    one_frame(page, tab(page, 'One frame'))
    whole_clip(page, tab(page, 'A whole clip'))
    your_own(page, tab(page, 'Your own'), tmp_path)
    inside = tab(page, 'Inside'); img = inside.locator('img.widget-image'); img.wait_for(); before = picture(img)
    drag(page, slider(inside, 'padding'), .9); until(lambda: picture(img)!=before)
    page.set_viewport_size(dict(width=390, height=844))
    assert page.evaluate('document.documentElement.scrollWidth')<=400, 'a phone must not scroll sideways'
    assert not page.errors and not page.strange

def open_lab(lab, page, name):
    page.goto(f'{lab.url}/lab/tree/{name}?reset')
    page.wait_for_function('window.jupyterapp && window.jupyterapp.shell.currentWidget && '
                           'window.jupyterapp.shell.currentWidget.content && '
                           'window.jupyterapp.shell.currentWidget.content.widgets', timeout=120_000)
    page.wait_for_function('window.jupyterapp.shell.currentWidget.sessionContext.isReady', timeout=120_000)

def write_nb(lab, name, *code):
    cells = [dict(cell_type='code', id=f'cell{k}', metadata={}, execution_count=None, outputs=[], source=s)
             for k, s in enumerate(code)]
    kernel = dict(name='python3', display_name='python3', language='python')
    (lab.nbs/name).write_text(json.dumps(dict(cells=cells, metadata=dict(kernelspec=kernel), nbformat=4,
                                              nbformat_minor=5)))

def run_all(page):
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')"); page.wait_for_timeout(500)
    page.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status=='idle'",
                           timeout=120_000)

def test_two_playgrounds_on_a_page(lab, new_page, tmp_path):
    "Each has sliders, a video and files of its own"
    page = new_page(viewport=dict(width=1280, height=2600))
    write_nb(lab, 'two.ipynb', app, 'playground()')
    open_lab(lab, page, 'two.ipynb')
    run_all(page)
    both = page.locator('.siamfc', has=page.locator('> .widget-tab'))
    until(lambda: both.count()==2)
    one, two = both.nth(0), both.nth(1)
    drag(page, slider(tab(one, 'One frame'), 'window influence'), .85)
    until(lambda: float(readout(slider(one, 'window influence')))>.6)
    assert readout(slider(tab(two, 'One frame'), 'window influence'))=='0.176'
    your_own(page, tab(two, 'Your own'), tmp_path)
    assert tab(one, 'Your own').get_by_label('clip').input_value()=='bunny_head'
    assert 'mine' not in one.inner_text() and not page.strange

def test_playground_in_jupyterlab(lab, new_page, tmp_path):
    page = new_page(); write_nb(lab, 'app.ipynb', app); open_lab(lab, page, 'app.ipynb')
    for _ in range(2): run_all(page) # a cell that runs again shows a new one, and it works
    one_frame(page, tab(page, 'One frame'))
    whole_clip(page, tab(page, 'A whole clip'))
    your_own(page, tab(page, 'Your own'), tmp_path)
    assert not page.strange

def test_lesson_runs_in_jupyterlab(lab, new_page):
    page = new_page(); open_lab(lab, page, '11_playground.ipynb')
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')"); page.wait_for_timeout(1000)
    cells = '''() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells
        .filter(c => c.cell_type == 'code').map(c => ({n: c.execution_count, o: c.outputs, s: c.source}))'''
    def done():
        "every cell has run, or one has failed"
        cs = page.evaluate(cells)
        return cs if all(c['n'] for c in cs) or any(o['output_type']=='error' for c in cs for o in c['o']) else None
    cs = until(done, 150)
    assert not [(c['s'], o) for c in cs for o in c['o'] if o['output_type']=='error']
    i = page.evaluate("window.jupyterapp.shell.currentWidget.content.widgets.findIndex(c => "
                      "c.model.sharedModel.source.startsWith(\"playground()\"))")
    page.evaluate(f"window.jupyterapp.shell.currentWidget.content.scrollToItem({i}, 'start')")
    one_frame(page, tab(page, 'One frame'))
    assert not page.strange
