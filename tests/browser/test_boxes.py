"""The live pages compute what Python does, in a real browser (SITE=folder for another than docs/)"""

from base64 import b64decode

import numpy as np
import pytest
import torch

from siamfc_nb.data.readers import clips
from siamfc_nb.otb import iou
from siamfc_nb.pretrained import pretrained_net
from siamfc_nb.tracking import Tracker

from .pages import asked, at_rest, opened, state, tracked, where

def same(p, clip, config, n):
    v = next(o for o in clips() if o.name==clip)
    want = Tracker.pretrained(config, runtime='torch').track((v.frames[i] for i in range(n)), v.boxes[0])[0]
    found = tracked(p, n-1)
    assert found.shape==want.shape
    off = abs(found-want).max()
    assert off<1, off
    overlap = [float(iou(f, t)) for f, t in zip(found, v.boxes) if np.isfinite(t).all()]
    page = p.evaluate(f'{state}.rows.filter(r => r.iou != null).map(r => r.iou)')
    np.testing.assert_allclose(page, overlap, atol=2e-3)
    assert not p.errors and not p.strange

def seen(p, i, shape):
    "Frame `i` as the page reads it"
    text = p.evaluate(f"""async () => {{ const {{data}} = await {state}.clip.frame({i}); let s = '';
        for (let k = 0; k < data.length; k += 8192)
            s += String.fromCharCode(...data.subarray(k, k + 8192));
        return btoa(s) }}""")
    return np.frombuffer(b64decode(text), np.uint8).reshape(*shape[:2], 4)[..., :3]

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_frames_are_pythons(new_page, clip):
    p, v = opened(new_page, clip), next(o for o in clips() if o.name==clip)
    for i in (0, 1, len(v.frames)//2, len(v.frames)-1):
        np.testing.assert_array_equal(seen(p, i, v.frames[i].shape), v.frames[i])

late = """(() => { const Real = VideoFrame; let last = null, calls = 0;
  VideoFrame = function(el) { // every other time the frame of the time before
    if (last && calls++%2 === 0) return last.clone();
    const f = new Real(el);
    last?.close(); last = f.clone();
    return f };
})()"""

def test_a_frame_that_comes_after_its_seek_is_waited_for(new_page):
    p, v = opened(new_page), next(o for o in clips() if o.name=='juice_box')
    p.evaluate(late)
    for i in (0, 75, 149, 20): np.testing.assert_array_equal(seen(p, i, v.frames[i].shape), v.frames[i])

@pytest.mark.parametrize('config', ['siamfc-lite', 'siamfc-dither'])
@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_boxes_are_pythons_in_every_frame(new_page, clip, config):
    "Each frame from Python's state: a last bit decides between neighbouring cells, so two engines part in the end"
    p, v = opened(new_page, clip, config), next(o for o in clips() if o.name==clip)
    t = Tracker.pretrained(config, runtime='torch')
    t.init(v.frames[0], v.boxes[0])
    off = []
    for i in range(1, len(v.frames)):
        was = {k: x[0].tolist() for k, x in vars(t.at).items()}
        found = p.evaluate(f"""async was => {{
            const s = {state};
            if (s.tracker) Object.assign(s.tracker.at, was);
            return await s.step() && s.box }}""", was)
        off.append(abs(np.array(found)-t.update(v.frames[i])[0]).max())
    # two peaks may be as high
    assert np.median(off)<.1 and sum(o>=1 for o in off)<=2, {i+1: o for i,o in enumerate(off) if o>=1}
    assert not p.errors and not p.strange

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
def test_boxes_are_pythons_with_three_scales(new_page, clip):
    same(opened(new_page, clip, 'siamfc-3s'), clip, 'siamfc-3s', 12)

def test_maps_and_peak_are_pythons(new_page):
    "The middle size's map, and the place after one update of SiamFC-3s"
    p, v, k = asked(new_page), next(o for o in clips() if o.name=='juice_box'), 6
    t = Tracker.pretrained('siamfc-3s')
    t.init(v.frames[0], v.boxes[0])
    want, _ = t.update(v.frames[k])
    maps = np.array(p.evaluate(f'{where}.maps.map(m => [...m.data])')).reshape(3, 17, 17)
    np.testing.assert_allclose(maps, t.scores.numpy(), atol=.02) # of a range of 12: a crop may be a grey level off
    np.testing.assert_allclose(p.evaluate(f'{where}.next.box'), want, atol=.5)
    assert not p.errors and not p.strange

@pytest.mark.parametrize('padding', [0, 1])
def test_features_are_torchs(new_page, padding):
    "φ with padding is the same network whose convolutions keep their input's size"
    p, net = asked(new_page), pretrained_net().eval()
    p.evaluate(f"{where}.refresh({{z: true, x: true}})") if not padding else p.locator('[data-live=padding]').check()
    at_rest(p)
    x = torch.tensor(p.evaluate(f'[...{where}.exemplar]'), dtype=torch.float32).reshape(1, 3, 127, 127)
    for m in net.phi.modules():
        if padding and isinstance(m, torch.nn.Conv2d): m.padding = tuple(k//2 for k in m.kernel_size)
    with torch.no_grad(): want = net.phi(x)[0]
    assert tuple(p.evaluate(f'{where}.z.dims'))==want.shape==((256, 15, 15) if padding else (256, 6, 6))
    np.testing.assert_allclose(p.evaluate(f'[...{where}.z.data]'), want.flatten(), atol=1e-3)
