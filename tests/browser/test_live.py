"""The live pages from disk, in a real browser (SITE=folder for another than docs/)"""

import av
import numpy as np
import pytest

from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import write_video

from .pages import asked, at_rest, opened, ready, state, tracked, url, where

def test_play_pause_and_csv(new_page):
    p = opened(new_page)
    play, csv = p.locator('[data-live=play]'), p.locator('[data-live=csv]')
    assert csv.is_disabled() # no boxes yet
    play.click()
    p.wait_for_function(f'{state}.i>=2')
    play.click()
    p.wait_for_function(f'!{state}.busy')
    assert play.inner_text()=='Play'
    assert 'frames per second: ONNX Runtime, WebAssembly' in p.locator('[data-live=status]').inner_text()
    with p.expect_download() as d: csv.click()
    lines = d.value.path().read_text().split()
    assert lines[0]=='frame,x,y,w,h,score' and len(lines)==1+p.evaluate(f'{state}.i')+1
    assert lines[1].startswith('0,74.80,72.70,34.90,79.50')
    p.locator('[data-live=again]').click()
    p.wait_for_function(f'{ready} && !{state}.rows.length')
    assert csv.is_disabled()

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

def place(p, view='view'):
    "Where a point of the canvas is on the page"
    at = p.locator(f'[data-live={view}]')
    at.scroll_into_view_if_needed()
    r = at.bounding_box()
    s = r['width']/320
    return lambda x, y: (r['x']+x*s, r['y']+y*s)

def test_a_hand_that_leaves_the_frame_is_at_its_edge(new_page):
    p = opened(new_page)
    on, box = place(p), lambda: p.evaluate(f'{state}.box')
    p.mouse.move(*on(200, 20)); p.mouse.down(); p.mouse.move(*on(420, 300)); p.mouse.up()
    np.testing.assert_allclose(box(), [200, 20, 120, 220], atol=1)
    p.mouse.move(*on(260, 120)); p.mouse.down(); p.mouse.move(*on(-90, 120)); p.mouse.up()
    np.testing.assert_allclose(box(), [-60, 20, 120, 220], atol=1) # what was held is still in the frame
    p.mouse.move(*on(200, 20)); p.mouse.down(button='right'); p.mouse.move(*on(260, 90)); p.mouse.up(button='right')
    np.testing.assert_allclose(box(), [-60, 20, 120, 220], atol=1) # another button draws nothing
    assert not p.errors

def test_play_goes_on_after_a_quick_pause(new_page):
    p = opened(new_page, config='siamfc-3s')
    play = p.locator('[data-live=play]')
    play.click()
    p.wait_for_function(f'{state}.i>=2 && {state}.busy')
    n = p.evaluate("() => { const b = document.querySelector('[data-live=play]'); b.click(); b.click(); "
                   f"return {state}.i }}")
    p.wait_for_function(f'{state}.i>={n+3}')
    assert play.inner_text()=='Pause' and p.evaluate(f'{state}.playing')
    play.click()
    p.wait_for_function(f'!{state}.busy')
    at = p.evaluate(f'{state}.i')
    p.wait_for_timeout(500)
    assert p.evaluate(f'{state}.i')==at and play.inner_text()=='Play' and not p.errors # one round, and it has ended

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
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('This browser cannot "
                        "decode the video')")
    assert len(tracked(p, 1))==2 and not p.strange # the clip before goes on

def encoded(path, codec='libx264', side=None, sound=False, n=20, **options):
    "A short video of a toy, as another program would write it"
    f = toy_video(seed=0).frames[:n]
    with av.open(path, 'w', options=options) as c:
        if sound:
            s = c.add_stream('aac', rate=44100, layout='mono')
            frames = [av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), 'fltp', 'mono')]
            frames[0].sample_rate = 44100
        else:
            h, w = side if isinstance(side, tuple) else (side, side) if side else f[0].shape[:2]
            s = c.add_stream(codec, rate=25, pix_fmt='yuv420p', width=w, height=h)
            frames = [av.VideoFrame.from_ndarray(np.ascontiguousarray(o)).reformat(s.width, s.height) for o in f]
        for o in [*frames, None]: c.mux(s.encode(o))
    return path

def given(p, path):
    "What the page says once it has opened a video, or has not"
    p.evaluate("document.querySelector('[data-live=status]').textContent = ''")
    p.locator('[data-live=file]').set_input_files(path)
    p.wait_for_function(f"{ready} && document.querySelector('[data-live=status]').textContent")
    return p.locator('[data-live=status]').inner_text()

def test_sound_alone_is_refused(new_page, tmp_path):
    p = opened(new_page)
    assert given(p, encoded(tmp_path/'a.mp4', sound=True)).startswith('This browser cannot decode the video')
    assert len(tracked(p, 1))==2 and not p.errors # the clip before goes on

def test_half_a_video_is_tracked_as_far_as_it_goes(new_page, tmp_path):
    p, whole = opened(new_page), encoded(tmp_path/'whole.mp4', n=60, movflags='faststart')
    (tmp_path/'half.mp4').write_bytes(whole.read_bytes()[:whole.stat().st_size//2])
    assert given(p, tmp_path/'half.mp4').startswith('Draw a box')
    p.locator('[data-live=play]').click()
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('The video cannot be "
                        "decoded any further')")
    assert 0<p.evaluate(f'{state}.i')<59 and not p.evaluate(f'{state}.playing || {state}.busy')
    p.locator('[data-live=clip]').select_option('juice_box') # and another one opens
    p.wait_for_function(f'{ready} && {state}.clip.truth.length>0')
    assert len(tracked(p, 1))==2

def test_a_recording_that_does_not_say_how_long_it_is(new_page, tmp_path):
    p = opened(new_page)
    given(p, encoded(tmp_path/'live.webm', 'libvpx', live='1'))
    assert p.evaluate(f'{state}.clip.frames') in (19, 20)

def test_a_huge_video_is_made_smaller(new_page, tmp_path):
    p = opened(new_page)
    given(p, encoded(tmp_path/'huge.mp4', side=2880, preset='ultrafast'))
    assert p.evaluate(f'[{state}.clip.width, {state}.clip.height]')==[960, 960]
    p.evaluate(f'{state}.setBox([400, 400, 100, 100])')
    assert len(tracked(p, 1))==2 and not p.errors

@pytest.mark.parametrize('width,height', [(1280, 700), (844, 390)])
def test_a_tall_video_fits_the_window(new_page, tmp_path, width, height):
    p = opened(new_page, viewport={'width': width, 'height': height})
    wide = p.locator('[data-live=view]').bounding_box()
    assert wide['height']<=.8*height+1 and abs(wide['width']/wide['height']-4/3)<.01
    given(p, encoded(tmp_path/'tall.mp4', side=(960, 540)))
    r = p.locator('[data-live=view]').bounding_box()
    assert .7*height<r['height']<=.8*height+1 and abs(r['width']/r['height']-540/960)<.01

def test_play_at_the_end_begins_again_with_the_box_of_ones_own(new_page, tmp_path):
    p = opened(new_page)
    given(p, encoded(tmp_path/'mine.mp4'))
    p.evaluate(f'{state}.setBox([40, 50, 60, 70])')
    tracked(p, 19)
    assert p.evaluate(f'[{state}.i, {state}.clip.frames]')==[19, 20]
    p.locator('[data-live=play]').click()
    p.wait_for_function(f'{state}.playing && {state}.i>=1')
    assert p.evaluate(f'{state}.rows[0].box')==[40, 50, 60, 70]
    p.locator('[data-live=play]').click()
    assert p.locator('[data-live=clip]').input_value()=='' and len(p.locator('[data-live=file]').input_value())
    p.locator('[data-live=clip]').select_option('juice_box') # the way back
    p.wait_for_function(f'{ready} && {state}.clip.truth.length>0')
    assert p.locator('[data-live=file]').input_value()=='' and not p.errors

def touch(p, *points):
    "A finger that goes down, moves and leaves; in pixels of the page"
    s = p.context.new_cdp_session(p)
    def send(kind, at): s.send('Input.dispatchTouchEvent', dict(type=kind, touchPoints=[dict(x=x, y=y) for x, y in at]))
    send('touchStart', points[:1])
    for o in points[1:]: send('touchMove', [o])
    send('touchEnd', [])

def test_a_finger_draws_the_box(new_page):
    p = opened(new_page, viewport={'width': 390, 'height': 844}, is_mobile=True, has_touch=True)
    view = p.locator('[data-live=view]')
    view.scroll_into_view_if_needed()
    r, top = view.bounding_box(), p.evaluate('scrollY')
    s = r['width']/320
    touch(p, *((r['x']+x*s, r['y']+y*s) for x, y in ((200, 20), (230, 60), (260, 90))))
    np.testing.assert_allclose(p.evaluate(f'{state}.box'), [200, 20, 60, 70], atol=1)
    assert p.evaluate('scrollY')==top and len(tracked(p, 1))==2 and not p.errors

def test_a_second_finger_changes_nothing(new_page):
    p = opened(new_page, viewport={'width': 390, 'height': 844}, is_mobile=True, has_touch=True)
    on, s = place(p), p.context.new_cdp_session(p)
    def send(kind, *at):
        points = [dict(zip('xy', on(*o)), id=i) for i, o in enumerate(at)]
        s.send('Input.dispatchTouchEvent', dict(type=kind, touchPoints=points))
    send('touchStart', (200, 20))
    send('touchMove', (230, 60))
    send('touchStart', (230, 60), (40, 200))
    send('touchMove', (240, 70), (60, 215))
    send('touchMove', (260, 90), (80, 225))
    send('touchEnd')
    np.testing.assert_allclose(p.evaluate(f'{state}.box'), [200, 20, 60, 70], atol=1)
    assert not p.errors

def test_memory_stays(new_page):
    "Of the page, from one pass over a part of a clip to the next ones"
    p = opened(new_page)
    cdp, mb = p.context.new_cdp_session(p), []
    for _ in range(4):
        p.locator('[data-live=again]').click()
        p.wait_for_function(f'{ready} && {state}.i===0')
        tracked(p, 40)
        cdp.send('HeapProfiler.collectGarbage')
        used = cdp.send('Runtime.getHeapUsage')
        mb.append((used['usedSize']+used.get('backingStorageSize', 0))/1e6)
    assert mb[0]>1 and mb[-1]-mb[1]<1.5, mb

def test_a_camera_that_is_refused(new_page):
    p = opened(new_page)
    p.evaluate("() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', "
               "'NotAllowedError') } }")
    p.locator('[data-live=camera]').click()
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('The camera was refused')")
    assert len(tracked(p, 1))==2 and not p.errors

def test_a_camera(new_page):
    p = opened(new_page)
    p.evaluate("""() => { const c = document.createElement('canvas'), g = c.getContext('2d'); let i = 0;
        c.width = 320; c.height = 240;
        setInterval(() => { g.fillStyle = '#48a'; g.fillRect(0, 0, 320, 240);
                            g.fillStyle = '#fa0'; g.fillRect(100 + i++%50, 90, 60, 60) }, 40);
        navigator.mediaDevices.getUserMedia = async () => c.captureStream(25) }""")
    p.locator('[data-live=camera]').click()
    p.wait_for_function(f'{ready} && {state}.clip.frames===Infinity')
    assert len(tracked(p, 2))==3 and not p.errors and not p.strange

def test_a_tab_in_the_background_pauses(new_page):
    p = opened(new_page)
    p.locator('[data-live=play]').click()
    p.wait_for_function(f'{state}.i>=1')
    p.evaluate("() => { Object.defineProperty(document, 'hidden', {get: () => true}); document.dispatchEvent(new "
               "Event('visibilitychange')) }")
    assert p.locator('[data-live=play]').inner_text()=='Play' and not p.evaluate(f'{state}.playing')

def test_a_box_outside_is_refused(new_page):
    p = opened(new_page)
    p.evaluate(f'{state}.setBox([900, 0, 20, 20])')
    assert 'lies wholly outside the frame' in p.locator('[data-live=status]').inner_text()

@pytest.mark.parametrize('page', ['track_it', 'where_is_it'])
def test_without_webassembly_the_picture_stays(new_page, page):
    p = new_page()
    p.add_init_script('delete globalThis.WebAssembly')
    p.goto(url(f'{page}.html'))
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.startsWith('This browser is too "
                        "old')")
    assert p.locator('#live-picture img').is_visible() and p.locator('[data-live=live]').is_hidden() and not p.strange

@pytest.mark.parametrize('page', ['track_it', 'where_is_it'])
def test_without_a_clip_that_decodes_the_picture_stays(new_page, page):
    p = new_page()
    p.add_init_script("URL.createObjectURL = () => 'data:video/mp4;base64,AAAA'")
    p.goto(url(f'{page}.html'))
    p.wait_for_function("document.querySelector('[data-live=status]').textContent.includes('cannot decode the video')")
    assert p.locator('#live-picture img').is_visible() and p.locator('[data-live=live]').is_hidden()
    assert 'The picture shows what would run here' in p.locator('[data-live=status]').inner_text() and not p.strange

@pytest.mark.parametrize('page', ['index', 'zh/index', 'track_it', 'where_is_it'])
def test_without_its_scripts_a_page_says_so(new_page, page):
    "As in a browser that cannot read them"
    p = new_page()
    p.route('**/live/live.js', lambda r: r.abort())
    p.goto(url(f'{page}.html'))
    said = p.locator('[data-live=old]')
    said.wait_for()
    assert ('太旧' if page[:2]=='zh' else 'too old') in said.inner_text()
    assert p.locator('#live-picture img').is_visible() and not p.locator('[data-live=status]').inner_text()

@pytest.mark.parametrize('page', ['index', 'zh/index', 'track_it', 'where_is_it'])
def test_what_is_live_fits_a_phone(new_page, page):
    p = new_page(viewport={'width': 390, 'height': 844}, is_mobile=True, has_touch=True, reduced_motion='reduce')
    p.goto(url(f'{page}.html'))
    p.wait_for_function("document.querySelector('.live').liveState?.ready")
    wide = """() => [...document.querySelectorAll('.live *')].filter(e => e.getBoundingClientRect().right > innerWidth)
        .map(e => e.outerHTML.slice(0, 80))"""
    assert not p.evaluate(wide) and p.evaluate('document.documentElement.scrollWidth')<=390

def test_the_peak_is_a_question_first(new_page):
    p = asked(new_page)
    status = p.locator('[data-live=status]')
    assert status.inner_text().startswith('Where will the peak be?')
    assert p.evaluate("document.querySelector('[data-live=up]').width")==160
    second = p.locator('[data-live=second]')
    r, c = second.bounding_box(), p.evaluate(f'{where}.c')
    s = r['width']/320
    second.click(position={'x': (c[0]+10)*s, 'y': c[1]*s})
    assert 'Your guess was' in status.inner_text() and p.evaluate("document.querySelector('[data-live=up]').width")==272
    np.testing.assert_allclose(p.evaluate(f'{where}.guess'), [c[0]+10, c[1]], atol=1)
    p.locator('[data-live=ask]').click()
    p.wait_for_function(f'{where}.ready && !{where}.shown')
    second.focus()
    p.keyboard.press('ArrowRight'); p.keyboard.press('ArrowDown'); p.keyboard.press('Enter')
    np.testing.assert_allclose(np.subtract(p.evaluate(f'{where}.guess'), p.evaluate(f'{where}.c')), [4, 4], atol=1e-6)
    assert p.evaluate(f'{where}.shown') and not p.errors

def test_maps_follow_the_hand(new_page):
    p = asked(new_page)
    p.locator('[data-live=show]').click()
    before, x = p.evaluate(f'[...{where}.maps[1].data]'), p.evaluate(f'[...{where}.x[1].data.slice(0, 99)]')
    p.locator('[data-live=first]').focus()
    for _ in range(3): p.keyboard.press('ArrowRight')
    at_rest(p)
    assert np.abs(np.subtract(p.evaluate(f'[...{where}.maps[1].data]'), before)).max()>.01
    assert p.evaluate(f'[...{where}.x[1].data.slice(0, 99)]')==x # the search regions wait: only the exemplar moved
    p.keyboard.press('Shift+ArrowDown')
    at_rest(p)
    assert p.evaluate(f'[...{where}.x[1].data.slice(0, 99)]')!=x # another size, other search regions
    assert p.evaluate(f'{where}.setBox([900, 0, 9, 9])') is None
    assert 'wholly outside' in p.locator('[data-live=status]').inner_text()
    assert not p.errors and not p.strange

def test_sliders_act(new_page):
    p = asked(new_page)
    p.locator('[data-live=show]').click()
    place = lambda: np.array(p.evaluate(f'[{where}.found.dx, {where}.found.dy]'))
    first = place()
    p.locator('[data-live=window]').fill('1')
    at_rest(p)
    assert abs(place()).max()<=1/16 and abs(first).max()>1 # the window alone: the middle
    p.locator('[data-live=damping]').fill('0')
    at_rest(p)
    np.testing.assert_allclose(p.evaluate(f'{where}.next.size'), p.evaluate(f'{where}.box.slice(2)'))
    p.locator('[data-live=sizes]').select_option('siamfc-dither')
    at_rest(p)
    assert p.evaluate(f'{where}.maps.length')==1 and p.locator('[data-live=penalty]').is_disabled()

def test_who_comes_back_finds_what_was_set(new_page):
    p = asked(new_page)
    p.locator('[data-live=sizes]').select_option('siamfc-dither')
    at_rest(p)
    p.goto(url('start.html'))
    p.go_back()
    p.wait_for_function(f'{where}?.ready')
    at_rest(p)
    one = p.locator('[data-live=sizes]').input_value()=='siamfc-dither'
    assert p.evaluate(f'{where}.maps.length')==(1 if one else 3)
    assert p.locator('[data-live=penalty]').is_disabled()==p.locator('[data-live=step]').is_disabled()==one

def test_padding_breaks_equivariance(new_page):
    p = asked(new_page)
    def off():
        at_rest(p)
        p.evaluate(f'{where}.compare()')
        return p.evaluate(f'{where}.shift.most/{where}.shift.range')
    assert off()<1e-4
    p.locator('[data-live=padding]').check()
    assert off()>.01
    assert 'Padding on: the two maps differ' in p.locator('[data-live=shifted]').inner_text()
