"The tracker against an independent, plain re-statement of the paper's algorithm, and on real data where it is"
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F

from siamfc_nb.otb import auc, iou
from siamfc_nb.readers import clips, davis, otb, vot
from siamfc_nb.tracking import Tracker, configs, pretrained_net
from siamfc_nb.videos import toy_video

DATA = Path(os.environ.get("SIAMFC_DATA", "no-such-folder"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set SIAMFC_DATA to a folder with DAVIS, OTB and VOT")


def square(frame, cx, cy, side, size, mean):
    "Padded, sliced by exact sampling: what `crop` does with one warp, here pixel by pixel through cv2.remap"
    g = (np.arange(size)+.5)*side/size-side/2
    xs, ys = np.meshgrid((cx+g-.5).astype(np.float32), (cy+g-.5).astype(np.float32))
    return cv2.remap(frame, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=tuple(map(float, mean)))


@torch.no_grad()
def plain(net, cfg, frames, box):
    "SiamFC as §2.4 and §4.1 tell it, without folding, matrices or shared state"
    as_input = lambda ims: torch.from_numpy(np.stack(ims)).permute(0, 3, 1, 2).float()
    x, y, w, h = map(float, box); cx, cy = x+w/2, y+h/2
    p = (w+h)/4; side = first = ((w+2*p)*(h+2*p))**.5
    mean = frames[0].reshape(-1, 3).mean(0)
    z, boxes = net.phi(as_input([square(frames[0], cx, cy, side, 127, mean)])), [list(box)]
    hann = np.hanning(274)[1:-1]; window = np.outer(hann, hann); window /= window.sum()
    fs = [cfg.step**i for i in range(-(cfg.scales//2), cfg.scales//2+1)]
    for f in frames[1:]:
        best = None
        for i, s in enumerate(fs):
            v = net.gain*F.conv2d(net.phi(as_input([square(f, cx, cy, side*s*255/127, 255, mean)])), z)+net.bias
            up = F.interpolate(v, size=(272, 272), mode="bicubic", antialias=True, align_corners=False)[0, 0].double().numpy()
            peak = up.max(); peak -= 0 if i == cfg.scales//2 else (1-cfg.penalty)*abs(peak)
            if best is None or peak > best[0]: best = peak, s, up
        _, s, up = best
        up = up-up.min(); up /= up.sum(); up = (1-cfg.window)*up+cfg.window*window
        r, c = np.unravel_index(up.argmax(), up.shape)
        cx += (c-135.5)/16*8*side*s/127; cy += (r-135.5)/16*8*side*s/127
        new = min(max(side*(1-cfg.damping+cfg.damping*s), .2*first), 5*first)
        w, h, side = w*new/side, h*new/side, new
        boxes.append([cx-w/2, cy-h/2, w, h])
    return np.array(boxes)


@pytest.mark.parametrize("name", ["siamfc-3s", "siamfc"])
def test_equals_a_plain_restatement(name):
    v = toy_video(3, n=8, objects=1, occlusion=0)
    got, _ = Tracker.pretrained(name, "cpu").track(v.frames, v.boxes[0])
    want = plain(pretrained_net(), configs[name], list(v.frames), v.boxes[0])
    assert np.abs(got-want).max() < .5, np.abs(got-want).max(0) # a fine cell, from grey levels rounded differently


def test_tensor_crops_give_the_same_boxes():
    "The path for GPUs (crops by torch), run on the CPU"
    v = toy_video(3, n=8, objects=1, occlusion=0); t = Tracker.pretrained("siamfc-3s", "cpu")
    want, _ = t.track(v.frames, v.boxes[0])
    t.on_device = True
    got, _ = t.track(v.frames, v.boxes[0])
    assert np.abs(got-want).max() < .5


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_gpu_and_cpu_give_the_same_boxes():
    v = toy_video(3, n=20, objects=1, occlusion=0)
    a, b = (Tracker.pretrained("siamfc-3s", d).track(v.frames, v.boxes[0])[0] for d in ("cpu", "cuda"))
    assert np.abs(a-b).max() < 1


def test_shipped_clips():
    "Mean overlap of the first 20 frames of each clip; the whole clips are in data/results/clips.json"
    t = Tracker.pretrained("siamfc-3s", "cpu")
    for v in clips():
        boxes, _ = t.track(v.frames[:20], v.boxes[0])
        assert np.nanmean(iou(boxes, v.boxes[:20])) > .6, v.name


@needs_data
def test_real_folders():
    ds, os_, vs = davis(DATA/"DAVIS"), otb(DATA/"OTB"), vot(DATA/"VOT")
    assert (len(ds), len(os_), len(vs)) == (38, 10, 3)
    for v in ds+os_+vs:
        H, W = v.frames[0].shape[:2]; b = v.boxes[np.isfinite(v.boxes[:, 0])]
        assert len(b) and (b[:, :2] > -W).all() and (b[:, 0] < W).all() and (b[:, 1] < H).all(), v.name


@needs_data
def test_a_real_sequence():
    v = next(o for o in otb(DATA/"OTB") if o.name == "Dog")
    boxes, _ = Tracker.pretrained("siamfc-3s", "cpu").track(v.frames[:60], v.boxes[0])
    assert auc(iou(boxes, v.boxes[:60])) > .5
