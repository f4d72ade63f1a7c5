"""The live pages from disk, in a real browser (SITE=folder for another than docs/)"""

from base64 import b64decode

import numpy as np
import pytest

from siamfc_nb.otb import iou
from siamfc_nb.readers import clips
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import toy_video, write_video

from .test_site import url

ready = "document.getElementById('track-it').liveState?.ready"
state = "document.getElementById('track-it').liveState"

def opened(new_page, clip='juice_box', config='siamfc-dither', **kw):
    p = new_page(**kw)
    p.goto(url('track_it.html'))
    p.wait_for_function(ready)
    if clip!='juice_box':
        p.locator('[data-live=clip]').select_option(clip)
        p.wait_for_function(f'{ready} && {state}.clip.truth===siamfcData.clips.{clip}.truth')
    if config!='siamfc-dither': p.locator('[data-live=config]').select_option(config)
    return p

def tracked(p, n):
    "Boxes of the next `n` frames, and those before"
    for _ in range(n): assert p.evaluate(f'{state}.step()'), p.locator('[data-live=status]').inner_text()
    return np.array(p.evaluate(f'{state}.rows.map(r => r.box)'))

def same(p, clip, config, n):
    v = next(o for o in clips() if o.name==clip)
    want = Tracker.pretrained(config).track((v.frames[i] for i in range(n)), v.boxes[0])[0]
    found = tracked(p, n-1)
    assert found.shape==want.shape
    off = abs(found-want).max()
    assert off<1, off
    overlap = [float(iou(f, t)) for f, t in zip(found, v.boxes) if np.isfinite(t).all()]
    page = p.evaluate(f'{state}.rows.filter(r => r.iou != null).map(r => r.iou)')
    np.testing.assert_allclose(page, overlap, atol=2e-3)
    assert not p.errors and not p.strange

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_frames_are_pythons(new_page, clip):
    p, v = opened(new_page, clip), next(o for o in clips() if o.name==clip)
    for i in (0, 1, len(v.frames)//2, len(v.frames)-1):
        text = p.evaluate(f"""async () => {{ const {{data}} = await {state}.clip.frame({i}); let s = '';
            for (let k = 0; k < data.length; k += 8192) s += String.fromCharCode(...data.subarray(k, k + 8192)); return btoa(s) }}""")
        rgba = np.frombuffer(b64decode(text), np.uint8).reshape(*v.frames[i].shape[:2], 4)
        np.testing.assert_array_equal(rgba[..., :3], v.frames[i])

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_boxes_are_pythons_in_every_frame(new_page, clip):
    "Each frame from Python's state: left alone, two engines part over a hundred frames, for a last bit decides between neighbouring cells"
    p, v, t = opened(new_page, clip), next(o for o in clips() if o.name==clip), Tracker.pretrained('siamfc-dither')
    t.init(v.frames[0], v.boxes[0])
    off = []
    for i in range(1, len(v.frames)):
        was = {k: x[0].tolist() for k, x in vars(t.at).items()}
        found = p.evaluate(f"""async was => {{ const s = {state}; if (s.tracker) Object.assign(s.tracker.at, was); return await s.step() && s.box }}""", was)
        off.append(abs(np.array(found)-t.update(v.frames[i])[0]).max())
    assert max(off)<1, (int(np.argmax(off))+1, max(off))
    assert not p.errors and not p.strange

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_boxes_are_pythons_with_three_sizes(new_page, clip): same(opened(new_page, clip, 'siamfc-3s'), clip, 'siamfc-3s', 12)

def test_play_pause_and_csv(new_page):
    p = opened(new_page)
    play = p.locator('[data-live=play]')
    play.click()
    p.wait_for_function(f'{state}.i>=2')
    play.click()
    p.wait_for_function(f'!{state}.busy')
    assert play.inner_text()=='Play' and 'frames per second: ONNX Runtime, WebAssembly' in p.locator('[data-live=status]').inner_text()
    with p.expect_download() as d: p.locator('[data-live=csv]').click()
    lines = d.value.path().read_text().split()
    assert lines[0]=='frame,x,y,w,h,score' and len(lines)==1+p.evaluate(f'{state}.i')+1 and lines[1].startswith('0,74.80,72.70,34.90,79.50')

def test_the_box_follows_mouse_and_keys(new_page):
    p = opened(new_page)
    view, box = p.locator('[data-live=view]'), lambda: np.array(p.evaluate(f'{state}.box'))
    first = box()
    view.focus()
    p.keyboard.press('ArrowRight'); p.keyboard.press('Shift+ArrowDown')
    np.testing.assert_allclose(box()-first, [1, 0, 0, 1], atol=1e-6)
    r = view.bounding_box()
    s = r['width']/320
    x, y, w, h = box()
    view.hover(position={'x': (x+w/2)*s, 'y': (y+h/2)*s})
    at = r['x']+(x+w/2)*s, r['y']+(y+h/2)*s
    p.mouse.move(*at); p.mouse.down(); p.mouse.move(at[0]+20*s, at[1]-10*s); p.mouse.up()
    np.testing.assert_allclose(box()-(x, y, w, h), [20, -10, 0, 0], atol=1)
    p.mouse.move(r['x']+200*s, r['y']+20*s); p.mouse.down(); p.mouse.move(r['x']+260*s, r['y']+90*s); p.mouse.up()
    np.testing.assert_allclose(box(), [200, 20, 60, 70], atol=1)
    assert tracked(p, 1).shape==(2, 4) and not p.errors

def test_a_video_of_ones_own(new_page, tmp_path):
    p = opened(new_page)
    v = toy_video(seed=0)
    write_video(tmp_path/'mine.mp4', v.frames, 25)
    p.locator('[data-live=file]').set_input_files(tmp_path/'mine.mp4')
    p.wait_for_function(f'{ready} && {state}.clip.truth.length===0')
    p.evaluate(f'{state}.setBox([40, 40, 30, 30])')
    assert len(tracked(p, 2))==3 and not p.errors and not p.strange

def test_what_is_no_video_is_refused(new_page, tmp_path):
    p = opened(new_page)
    (tmp_path/'none.mp4').write_bytes(b'no video at all')
    p.locator('[data-live=file]').set_input_files(tmp_path/'none.mp4')
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('This browser cannot decode the video')")
    assert len(tracked(p, 1))==2 and not p.strange # the clip before goes on

def test_a_camera_that_is_refused(new_page):
    p = opened(new_page)
    p.evaluate("() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError') } }")
    p.locator('[data-live=camera]').click()
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('The camera was refused')")
    assert len(tracked(p, 1))==2 and not p.errors

def test_a_camera(new_page):
    p = opened(new_page)
    p.evaluate("""() => { const c = document.createElement('canvas'), g = c.getContext('2d'); let i = 0;
        c.width = 320; c.height = 240; setInterval(() => { g.fillStyle = '#48a'; g.fillRect(0, 0, 320, 240); g.fillStyle = '#fa0'; g.fillRect(100 + i++%50, 90, 60, 60) }, 40);
        navigator.mediaDevices.getUserMedia = async () => c.captureStream(25) }""")
    p.locator('[data-live=camera]').click()
    p.wait_for_function(f'{ready} && {state}.clip.frames===Infinity')
    assert len(tracked(p, 2))==3 and not p.errors and not p.strange

def test_a_tab_in_the_background_pauses(new_page):
    p = opened(new_page)
    p.locator('[data-live=play]').click()
    p.wait_for_function(f'{state}.i>=1')
    p.evaluate("() => { Object.defineProperty(document, 'hidden', {get: () => true}); document.dispatchEvent(new Event('visibilitychange')) }")
    assert p.locator('[data-live=play]').inner_text()=='Play' and not p.evaluate(f'{state}.playing')

def test_a_box_outside_is_refused(new_page):
    p = opened(new_page)
    p.evaluate(f'{state}.setBox([900, 0, 20, 20])')
    assert 'lies wholly outside the frame' in p.locator('[data-live=status]').inner_text()

def test_without_webassembly_the_picture_stays(new_page):
    p = new_page()
    p.add_init_script('delete globalThis.WebAssembly')
    p.goto(url('track_it.html'))
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('This browser is too old')")
    assert p.locator('#live-picture img').is_visible() and p.locator('[data-live=live]').is_hidden() and not p.strange
