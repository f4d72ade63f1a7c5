"The tracker against an independent, plain re-statement of the paper's algorithm, and on real data where it is"
import copy
import inspect
import json
import os
import pickle
import subprocess
import sys
import tracemalloc
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from typer.testing import CliRunner

from siamfc_nb.track.adapters import VotTracker
from siamfc_nb.track.again import Again, again_run
from siamfc_nb.arrays import along
from siamfc_nb.lab.bench import ablate_tracker, judged_boxes, track_variants
from siamfc_nb.lab.commands import lab
from siamfc_nb.evaluation.run import training_record, validation_videos
from siamfc_nb.confidence import Confidence, confidence_of, confidence_pairs, cross_fit, load_confidence
from siamfc_nb.confidence import save_confidence
from siamfc_nb.track.configs import TrackConfig, ablations, configs, get_config
from siamfc_nb.crops import check_box, check_frame, context_side, crop, to_center, to_input, to_rgb
from siamfc_nb.multi import MultiTracker
from siamfc_nb.otb import auc, iou, ope, sre_starts, tre_starts
from siamfc_nb.pretrained import as_device, as_tensor, named_weights, pretrained_net
from siamfc_nb.data.masks import davis
from siamfc_nb.data.readers import clips, otb, vot
from siamfc_nb.scales import dither_sign, experiments, scale_step
from siamfc_nb.toyworld import toy_video
from siamfc_nb.evaluation.trackers import known, mk_tracker
from siamfc_nb.tracking import Targets, Tracker, Tracks, blended, cosine_window
from siamfc_nb.tracking import locate, upsampling
from siamfc_nb.videos import Video, VideoFile, write_video
from siamfc_nb.vot import supervised
from siamfc_nb.xcorr import SiamNet, xcorr

DATA = Path(os.environ.get("SIAMFC_DATA", "no-such-folder"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set SIAMFC_DATA to a folder with DAVIS, OTB and VOT")


def square(frame, cx, cy, side, size, mean):
    "Padded, sliced by exact sampling: what `crop` does with one warp, here pixel by pixel through cv2.remap"
    g = (np.arange(size)+.5)*side/size-side/2
    xs, ys = np.meshgrid((cx+g-.5).astype(np.float32), (cy+g-.5).astype(np.float32))
    return cv2.remap(
        frame, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=tuple(map(float, mean))
    )


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
            up = (
                F.interpolate(v, size=(272, 272), mode="bicubic", antialias=True, align_corners=False)[0, 0]
                .double()
                .numpy()
            )
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
    # of the up-sampled map: rounding decides between two that are nearly as high
    cell = t.stride/t.cfg.up*t.at.side[0]/t.cfg.exemplar
    assert np.abs(got-want).max() < 1.01*cell and np.median(np.abs(got-want).max(1)) < .5*cell


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


STORED = json.loads((Path(__file__).parent/"trajectories.json").read_text()) # boxes and peaks, from the second frame on

def near(got, want, cells=1):
    "Rounding on another processor may choose a neighbouring fine cell; in 8 bits, twice in a row"
    got, want = np.array(got, float), np.array(want, float)
    np.testing.assert_allclose(got[:, :4], want[:, :4], atol=.6*cells)
    assert np.median(np.abs(got[:, :4]-want[:, :4])) < .01 and np.nanmedian(np.abs(got[:, 4]-want[:, 4])) < .05


stored_trackers = ["siamfc-dither", "siamfc-3s", "siamfc", "siamfc-3s-paper", "siamfc-paper", "siamfc-3s-fast",
                   "siamfc-fast", "int8-onnxruntime", "int8-openvino"]


@pytest.mark.parametrize("clip", STORED)
@pytest.mark.parametrize("name", stored_trackers)
def test_boxes_are_those_that_were_stored(name, clip):
    "The step may be written anew, and finds what it found"
    if name.startswith("int8"): pytest.importorskip(name.removeprefix("int8-"), reason="install the extra 'deploy'")
    v, t = next(o for o in clips() if o.name == clip), mk_tracker(name, None if name.startswith("int8") else "cpu")
    n = 4 if name in ("siamfc", "siamfc-paper", "siamfc-3s-paper") else 10
    t.init(v.frames[0], v.boxes[0])
    near([(*b, p) for b, p in map(t.update, v.frames[1:n+1])], STORED[clip][name][:n], 1+name.startswith("int8"))


@pytest.mark.parametrize("clip", STORED)
def test_boxes_of_many_objects_are_those_that_were_stored(clip):
    v = next(o for o in clips() if o.name == clip); b = v.boxes[0]
    many = MultiTracker.pretrained("siamfc-dither", "cpu").track(
        v.frames[:25], {0: {"a": b, "b": b*[1, 1, 0.7, 0.7]}, 5: {"c": b+[4, 0, 0, 0]}}, {12: ["b"]}
    )
    near(np.concatenate([np.c_[bs, ps] for _, bs, ps in many.values()]), STORED[clip]["multi"])


# ---- options

def toy(n, seed=3):
    "A video of the toy world whose one object is visible throughout"
    return next(
        v
        for v in (toy_video(s, n=n, objects=1, occlusion=0, distractors=0) for s in range(seed, seed+50))
        if np.isfinite(v.boxes).all()
    )


def shifted(frame, d):
    return cv2.warpAffine(
        frame, np.array([[1.0, 0, d[0]], [0, 1, d[1]]]), frame.shape[1::-1], borderMode=cv2.BORDER_REFLECT
    )


@pytest.mark.parametrize("name", ablations)
def test_every_variant_finds_a_shift(name):
    "Whatever is switched off or enlarged, however many sizes: a frame that moves by (9,−6) moves the box with it"
    v = toy(1); f, b = v.frames[0], v.boxes[0]
    t = Tracker(pretrained_net(), replace(configs["siamfc-3s"], **ablations[name]), "cpu"); t.init(f, b)
    got, _ = t.update(shifted(f, (9, -6)))
    assert np.abs(to_center(got)[:2]-to_center(b)[:2]-(9, -6)).max() < 8*t.at.side[0]/127 # a cell


def test_pyramids_are_equal_at_one_size():
    v = toy(6)
    a, b = (
        Tracker(pretrained_net(), TrackConfig(scales=1, scaling=k), "cpu").track(v.frames, v.boxes[0])[0]
        for k in ("pyramid", "exemplar")
    )
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("g", [1.015, 1/1.015])
def test_both_pyramids_follow_a_change_of_size(g):
    "A still frame, enlarged or reduced around the target by 1.5 % per frame: more than the damped trackers can follow"
    v = toy(1); f, (c, s) = v.frames[0], np.split(to_center(v.boxes[0]), 2)
    frames = [
        cv2.warpAffine(
            f,
            np.array([[k, 0, (1-k)*c[0]], [0, k, (1-k)*c[1]]]),
            f.shape[1::-1],
            borderMode=cv2.BORDER_REFLECT,
        )
        for k in g**np.arange(20)
    ]
    off = {}
    for name in ("siamfc-3s", "siamfc", "siamfc-3s-fast", "siamfc-fast", "siamfc-dither"):
        boxes, _ = Tracker.pretrained(name, "cpu").track(frames, v.boxes[0])
        off[name] = abs(np.log(boxes[-1, 2]/s[0]/g**19))
        assert np.abs(to_center(boxes)[:, :2]-c).max() < .2*s.max()
    assert max(off.values()) < .6*abs(np.log(g**19)), off # of what a tracker without sizes is off by


def test_dithered_search():
    "Two search images of the usual size, then larger, smaller, larger …; from three peaks follows the change of size"
    t = Tracker.pretrained("siamfc-dither", "cpu"); cfg = t.cfg; h = np.log(cfg.step)
    v = toy_video(2, n=8, objects=1, occlusion=0); t.init(v.frames[0], v.boxes[0]); tops = []
    for i in range(1, len(v.frames)):
        sign = 0 if i < 3 else 1 if i % 2 else -1
        before = t.at; t.update(v.frames[i]); side = before.side*cfg.step**sign
        x = crop(v.frames[i], before.c[0], side[0]*cfg.search/cfg.exemplar, cfg.search, before.fill[0])
        with torch.inference_mode():
            scores = xcorr(t.z, t.phi(to_input(torch.from_numpy(x[None])))).flatten(0, -3)+t.bias
        assert torch.allclose(scores, t.scores, atol=1e-3)
        _, *d, top = locate(scores, t.U, t.window, t.penalties, cfg.window).tolist(); tops.append(top)
        np.testing.assert_allclose(t.c, before.c[0]+np.array(d)*8*side[0]/cfg.exemplar, atol=1e-2)
        a, b, c = tops[-3:] if sign else (1, 1, 1)
        f = np.exp(np.clip(cfg.gain*sign*(c-2*b+a)/2/np.mean(np.abs([a, b, c])), -h, h))
        assert t.at.side[0] == pytest.approx(before.side[0]*(1+cfg.damping*(f-1)), rel=1e-4)


def test_scale_step_climbs():
    "Uphill in both halves of the dither, by a step at most; nothing at the start or on a steady slope"
    cfg = configs["siamfc-dither"]; s = cfg.step
    *peaks, sign, want = np.array(
        [
            [1, 1, 2, 1, s],
            [1, 1, 2, -1, 1/s],
            [2, 2, 1, -1, s],
            [0, 0, 5, 0, 1],
            [1, 2, 3, 1, 1],
            [0, 0, 0, 1, 1],
            [-1, -1, -2, 1, 1/s],
            [-1, -1, 1, 1, s],
        ]
    ).T
    peaks = np.stack(peaks, 1); f = scale_step(peaks, sign, cfg)
    np.testing.assert_allclose(f, want)
    np.testing.assert_allclose(f, scale_step(*map(torch.tensor, (peaks, sign)), cfg))
    assert scale_step(np.array([[1, 1, 1.02]]), np.ones(1), cfg)[0] == pytest.approx(np.exp(cfg.gain*.01*3/3.02))
    for age in (np.arange(6), torch.arange(6)): assert dither_sign(age).tolist() == [0, 0, 1, -1, 1, -1]


@pytest.mark.parametrize(
    "kw, says",
    [
        (dict(gain=-1.0), "gain=-1.0"),
        (dict(gain=np.nan), "gain=nan"),
        (dict(scales=3), "scales=3: expected 1 for a dither"),
    ],
)
def test_impossible_dithers(kw, says):
    with pytest.raises(ValueError, match=says): replace(configs["siamfc-dither"], **kw)


def test_the_kernels_of_a_pyramid():
    v = toy(1); net = pretrained_net()
    t = Tracker(net, TrackConfig(scaling="exemplar"), "cpu")
    t.init(v.frames[0], v.boxes[0])
    cx, cy, w, h = to_center(v.boxes[0]); side = context_side(w, h)
    # a target that has grown by f: a square smaller by f
    shown = [crop(v.frames[0], (cx, cy), side/f, 127) for f in t.cfg.factors]
    with torch.no_grad(): own = net.gain*net.phi(to_input(torch.from_numpy(np.stack(shown))))
    norm = own.flatten(1).norm(dim=1)
    assert norm.std() > 0
    torch.testing.assert_close(t.z, own*(norm[1]/norm)[:, None, None, None], atol=1e-5, rtol=1e-3)


def test_exemplar_update():
    v = toy(3); net = pretrained_net(); z = {}
    for rate in (0., .25, 1.):
        t = Tracker(net, TrackConfig(rate=rate), "cpu")
        t.init(v.frames[0], v.boxes[0])
        z0 = t.z.clone()
        b, _ = t.update(v.frames[1])
        z[rate] = t.z
    torch.testing.assert_close(z[0.], z0, rtol=0, atol=0)
    # filled with the second frame's mean, not the first's: inside the frame the same
    t.init(v.frames[1], b); fresh = t.z
    torch.testing.assert_close(z[1.], fresh, atol=1e-4, rtol=1e-2)
    torch.testing.assert_close(z[.25], .75*z0+.25*z[1.], atol=1e-4, rtol=1e-2)


def test_a_tracker_leaves_the_network_alone():
    net = pretrained_net(); before = {k: (v.clone(), v.stride()) for k, v in net.state_dict().items()}
    Tracker(net, "siamfc-3s", "cpu").phi.to(torch.bfloat16)
    for k, v in net.state_dict().items():
        assert v.dtype == before[k][0].dtype and v.stride() == before[k][1] and torch.equal(v, before[k][0]), k


def test_follow_takes_one_frame_at_a_time():
    v, taken = toy(6), []
    def camera():
        for i, f in enumerate(v.frames): taken.append(i); yield f
    it = Tracker.pretrained("siamfc-3s-fast", "cpu").follow(camera(), v.boxes[0])
    b, s = next(it)
    np.testing.assert_array_equal(b, v.boxes[0])
    assert np.isnan(s) and taken == [0]
    next(it)
    assert taken == [0, 1]


@pytest.mark.parametrize(
    "kw, says",
    [
        (dict(scaling="both"), "pyramid, exemplar, dither"),
        (dict(rate=2), "rate"),
        (dict(up=0), "up"),
        (dict(up=1.5), "up"),
        (dict(search=127), "search"),
        (dict(search=255.), "search=255.0: expected a whole number"),
        (dict(exemplar=0, search=128), "exemplar"),
        (dict(scales=2.5), "scales=2.5: expected a whole number"), # it would search two
        (dict(step=np.inf), "step"),
        (dict(context=-1), "context"),
        (dict(context=np.nan), "context"),
        (dict(bounds=(5, .2)), "bounds"), # every size would be a fifth of the first
        (dict(bounds=(2, 5)), "bounds"),
        (dict(bounds=(0, 5)), "bounds"),
        (dict(bounds=(.2,)), "bounds"),
    ],
)
def test_impossible_options(kw, says):
    with pytest.raises(ValueError, match=says): TrackConfig(**kw)


def test_a_region_that_leaves_half_a_cell():
    with pytest.raises(ValueError, match="multiple of the stride 8"):
        Tracker(pretrained_net(), TrackConfig(search=250), "cpu")


# ---- targets at the edge, images of other kinds

def test_a_target_that_leaves_the_frame():
    "The box stays finite and near, its size within bounds, and the tracker goes on when something comes back"
    v = toy(1); f, b = v.frames[0], v.boxes[0]; H, W = f.shape[:2]
    frames = [shifted(f, (d, 0)) for d in range(0, W, 12)]
    for i, g in enumerate(frames): g[:, :min(12*i, W)] = 128 # nothing comes after it
    t = Tracker.pretrained("siamfc-3s-fast", "cpu"); boxes, _ = t.track(frames+[np.full_like(f, 128)]*10, b)
    assert np.isfinite(boxes).all()
    reach = 2*t.at.side[0]
    assert (np.abs(to_center(boxes)[:, :2]-(W/2, H/2)) < np.array([W/2, H/2])+reach).all()
    assert (boxes[:, 2:] > .2*b[2:]-1e-6).all() and (boxes[:, 2:] < 5*b[2:]+1e-6).all()
    assert np.isfinite(t.update(f)[0]).all()


grey = np.arange(48, dtype=np.uint8).reshape(6, 8); rgb = np.dstack([grey, grey+1, grey+2])


@pytest.mark.parametrize(
    "im, bits, want",
    [
        (rgb, None, rgb),
        (grey, None, np.dstack([grey]*3)),
        (grey[..., None], None, np.dstack([grey]*3)),
        (np.dstack([rgb, np.full_like(grey, 255)]), None, rgb),
        (np.dstack([grey, np.full_like(grey, 255)]), None, np.dstack([grey]*3)),
        (rgb.astype(np.uint16)*257, 16, rgb),
        (grey.astype(np.uint16), 8, np.dstack([grey]*3)),
        (np.full((6, 8, 3), 1023, np.uint16), 10, np.full((6, 8, 3), 255, np.uint8)),
    ],
)
def test_images_that_can_mean_one_thing(im, bits, want):
    got = to_rgb(im, bits)
    np.testing.assert_array_equal(got, want)
    assert got.dtype == np.uint8 and got.flags.c_contiguous


@pytest.mark.parametrize(
    "im, bits, error, says",
    [
        (rgb.astype(np.uint16), None, ValueError, "how many bits"),
        (np.full((6, 8), 2000, np.uint16), 10, ValueError, "holds 2000"),
        (rgb.astype(np.uint16), 20, ValueError, "8–16"),
        (np.dstack([rgb, grey]), None, ValueError, "transparent"),
        (rgb/255, None, TypeError, "float64"),
        (rgb.astype(np.int16), None, TypeError, "int16"),
        (np.zeros((6, 8, 5), np.uint8), None, ValueError, "shape"),
        (rgb[:0], None, ValueError, "empty"),
        (grey[0], None, ValueError, "shape"),
    ],
)
def test_images_that_are_refused(im, bits, error, says):
    with pytest.raises(error, match=says): to_rgb(im, bits)


# ---- arrays of any kind, on a CPU and where crops are cut on a device

def view(f, kind):
    "The same picture behind other strides"
    if kind == "bgr": return np.ascontiguousarray(f[..., ::-1])[..., ::-1]
    if kind == "upside down": return np.ascontiguousarray(f[::-1])[::-1]
    if kind == "columns first": return np.asfortranarray(f)
    if kind == "part of a larger one":
        big = np.zeros((f.shape[0]+4, f.shape[1]*2, 3), np.uint8)
        big[2:-2, ::2] = f
        return big[2:-2, ::2]
    g = f.copy(); g.flags.writeable = False
    return g


@pytest.mark.parametrize("kind", ["bgr", "upside down", "columns first", "part of a larger one", "read-only"])
@pytest.mark.parametrize("device", [False, True])
def test_frames_of_any_strides(kind, device):
    v = toy(2); a, b = v.frames[0], v.frames[1]; t = Tracker.pretrained("siamfc-3s-fast", "cpu"); t.on_device = device
    want, _ = t.track([a, b], v.boxes[0]); m = MultiTracker(t)
    with warnings.catch_warnings():
        warnings.simplefilter("error") # torch warns of an array that it cannot write to
        got, _ = t.track([view(a, kind), view(b, kind)], v.boxes[0])
        m.init(view(a, kind), {"x": v.boxes[0]}); many = m.update(view(b, kind))
    np.testing.assert_array_equal(got, want); np.testing.assert_allclose(many["x"][0], want[1], atol=1e-3)
    np.testing.assert_array_equal(check_frame(view(a, kind)), a)
    np.testing.assert_array_equal(as_tensor(view(a, kind)).numpy(), a)
    assert check_frame(view(a, kind)).flags.c_contiguous and check_frame(a) is a


# ---- frames that change size

def reduced(f, x, y=None): return cv2.resize(f, None, fx=x, fy=y or x, interpolation=cv2.INTER_AREA)


def test_objects_enter_frames_of_another_size():
    at = Targets.start([[30., 40, 20, 10]], np.zeros(3)); got = at.enter((100, 200), (50, 400))
    np.testing.assert_allclose(got.boxes, [[60, 20, 40, 5]])
    np.testing.assert_allclose([got.side[0], got.first[0]], at.side[0])
    np.testing.assert_allclose(at.boxes, [[30, 40, 20, 10]]) # the old rows are as they were
    small = at.enter((99, 66), (66, 44))
    np.testing.assert_allclose(small.boxes, at.boxes*2/3)
    np.testing.assert_allclose([small.side[0], small.first[0]], at.side[0]*2/3)
    back = small.enter((66, 44), (99, 66))
    for k in ("c", "size", "side", "first"): np.testing.assert_allclose(getattr(back, k), getattr(at, k))
    assert at.enter((99, 66), (99, 66)) is at


@pytest.mark.parametrize(
    "config, device", [("siamfc-3s", False), ("siamfc-3s-fast", False), ("siamfc-dither", False), ("siamfc-3s", True)]
)
def test_a_video_that_shrinks_on_the_way(config, device):
    "Two thirds of the pixels from frame 5 to 8: boxes are those of the frame that they were found in"
    v = toy(12); t = Tracker.pretrained(config, "cpu"); t.on_device = device
    ks = [2/3 if 5 <= i < 9 else 1 for i in range(12)]
    fs = [reduced(f, k) if k < 1 else f for f, k in zip(v.frames, ks)]
    plain, _ = t.track(v.frames, v.boxes[0])
    got, scores = t.track(fs, v.boxes[0])
    truth = v.boxes*np.array(ks)[:, None]
    assert iou(got, truth).min() > iou(plain, v.boxes).min()-.1 and iou(got, truth).min() > .5
    assert np.isfinite(scores[1:]).all()
    assert t.shape == v.frames[0].shape[:2]
    m = MultiTracker(t); many = m.track(fs, {0: {"x": v.boxes[0]}})["x"][1]
    np.testing.assert_allclose(many, got, atol=1e-3)


def test_a_frame_that_is_stretched():
    v = toy(3)
    t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    got, _ = t.track([v.frames[0], v.frames[1], reduced(v.frames[2], .5, 1)], v.boxes[0])
    assert iou(got[2], v.boxes[2]*[.5, 1, .5, 1]) > .5
    assert got[2][2]/got[2][3] == pytest.approx(v.boxes[0][2]/v.boxes[0][3]/2)


def test_a_bad_frame_changes_no_size():
    "What is refused leaves the tracker as it was; a frame of one pixel is an odd one, not a bad one"
    v = toy(3)
    t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    want, _ = t.track(v.frames[:2], v.boxes[0])
    t.init(v.frames[0], v.boxes[0])
    for bad in (v.frames[1][::2]/255, v.frames[1][:0], v.frames[1][..., 0], None):
        with pytest.raises((TypeError, ValueError)): t.update(bad)
    np.testing.assert_array_equal(t.update(v.frames[1])[0], want[1])
    before = t.at.side[0]
    assert np.isfinite(t.update(v.frames[2][:1, :1])[0]).all()
    t.update(v.frames[2])
    assert .8*before < t.at.side[0] < 1.25*before


# ---- what is refused at the start

H, W = 360, 640


@pytest.mark.parametrize(
    "box, says",
    [
        ([0.5, 0.3, 0.2, 0.6], "fractions: of this frame 320, 108, 128, 216"),
        ([0, 0, 1, 1], "fractions: of this frame 0, 0, 640, 360"),
        ([-0.1, 0.2, 0.5, 0.5], "fractions"),
        ([100, 60, 1, 1], "1 square pixels: expected at least 4"),
        ([100, 60, 0.2, 0.6], "square pixels"),
        ([100, 60, 1.9, 2], "square pixels"),
        ([310, 105, 434, 322], r"ends at \(744, 427\).*two corners, whose box is 310, 105, 124, 217"),
        ([400, 50, 500, 150], "two corners, whose box is 400, 50, 100, 100"),
        ([20, 250, 200, 355], "two corners"),
        ([700, 10, 20, 20], "wholly outside"),
        ([10**400, 0, 5, 5], "not four numbers"),
        ([400, 300, 868, 644], "another resolution"),
        ([10, 10, 100, 700], "another resolution"),
    ],
)
def test_boxes_that_cannot_be_meant(box, says):
    f = np.zeros((H, W, 3), np.uint8)
    with pytest.raises(ValueError, match=f"^box .*{says}"): check_box(box, (H, W))
    for t in (Tracker.pretrained("siamfc-3s-fast", "cpu"), MultiTracker.pretrained("siamfc-3s-fast", "cpu")):
        with pytest.raises(ValueError, match=says): t.init(f, box if isinstance(t, Tracker) else {"x": box})


@pytest.mark.parametrize(
    "box",
    [
        [0, 0, W, H],
        [-20, -20, 60, 60],
        [620, 340, 60, 60],
        [639, 359, 200, 100],
        [-300, -200, 1300, 900],
        [100, 60, 2, 2],
        [0, 0, 1, 300],
        [100, 60, 0.5, 40],
        [300, 50, 360, 320],  # a face at the edge: a little outside
        [0, 0, 700, 390],
        [400, 100, 300, 50],
        [250, 40, 250, 330],
    ],
)
def test_boxes_that_can_be_meant(box): np.testing.assert_array_equal(check_box(box, (H, W)), box)


def test_no_start_of_a_benchmark_is_refused():
    "Shifted and scaled boxes, starts on the way, annotations of a few pixels, and those that the frame cuts"
    for v in clips():
        for starts in (sre_starts, tre_starts):
            for i, b in starts(v): check_box(b, v.frames[i].shape[:2])
    for b in ([300, 100, 3, 3], [300, 100, 1.2, 4], [638.5, 100, 1.5, 40], [0, 100, .4, 40]): check_box(b, (H, W))


@pytest.mark.parametrize("box", [[100, 20, 300, 200], [100, 60, 1, 1], [.2, .3, .5, .5]])
def test_annotations_are_meant_as_they_are(box):
    "A benchmark starts where its truth is, also with a large target that leaves the frame, and with a speck"
    f = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    with pytest.raises(ValueError, match="expected"): t.init(f, box)
    t.plausible = False; m = MultiTracker(t)
    t.init(f, box); m.init(f, {"x": box})
    assert np.isfinite(t.update(f)[0]).all() and np.isfinite(m.update(f)["x"][0]).all()
    with pytest.raises(ValueError, match="above 0"): t.init(f, [10, 10, 0, 5])
    with pytest.raises(ValueError, match="wholly outside"): t.init(f, [400, 10, 5, 5])


def test_what_is_no_network():
    for make in (Tracker, lambda: Tracker("siamfc-3s"), lambda: Tracker(torch.nn.Linear(2, 2))):
        with pytest.raises(TypeError, match=r"net is .*expected a SiamNet; Tracker.pretrained\(\)"): make()


@pytest.mark.parametrize(
    "device, says",
    [
        ("gpu", "none that torch knows"),
        ("cuda:99", "CUDA device here"),
        ("meta", "cannot compute here"),
        (1.5, "none that torch knows"),
    ],
)
def test_devices_that_are_not_there(device, says):
    for make in (as_device, lambda d: Tracker.pretrained("siamfc-3s", d)):
        with pytest.raises(
            ValueError, match=f"^device {device!r}.*{says}.*expected 'cpu', 'cuda' for a GPU, or None"
        ) as e:
            make(device)
        assert len(str(e.value)) < 160
    assert as_device("cpu").type == "cpu" and as_device() == as_device("") == as_device(None)


def test_a_tracker_is_born_with_all_that_it_has():
    "Whatever is read before `init` or after it is there"
    v = toy(2); t = Tracker.pretrained("siamfc-3s-fast", "cpu", confidence=True); born = set(vars(t))
    assert (t.lost, t.confidence, t.features, t.at, t.z, t.scores, t.chosen) == (False, *[None]*6)
    t.track(v.frames[:2], v.boxes[0])
    assert set(vars(t)) == born and t.confidence is not None
    t.init(v.frames[0], v.boxes[0])
    assert t.confidence is None and t.scores is None and not t.lost


@pytest.mark.parametrize("training", [True, False])
def test_a_network_in_training_goes_on_training(training):
    net = pretrained_net().train(training); x = torch.rand(1, 3, 127, 127)*255
    t = Tracker(net, "siamfc-3s-fast", "cpu")
    assert {m.training for m in net.modules()} == {training}
    with torch.no_grad(): torch.testing.assert_close(t.phi(x), pretrained_net().phi(x), atol=1e-3, rtol=1e-3)


def test_a_path_is_opened(tmp_path):
    v = toy(4); write_video(tmp_path/"x.mp4", v.frames); t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    for i, f in enumerate(v.frames): cv2.imwrite(str(tmp_path/f"{i:03d}.png"), f[..., ::-1])
    want, _ = t.track(list(VideoFile(tmp_path/"x.mp4")), v.boxes[0])
    for path in (tmp_path/"x.mp4", str(tmp_path/"x.mp4")):
        np.testing.assert_array_equal(t.track(path, v.boxes[0])[0], want)
    (tmp_path/"x.mp4").unlink()
    np.testing.assert_array_equal(t.track(str(tmp_path), v.boxes[0])[0], t.track(v.frames, v.boxes[0])[0])
    assert MultiTracker(t).track(tmp_path, {0: {"a": v.boxes[0]}})["a"][1].shape == (4, 4)
    with pytest.raises(FileNotFoundError, match="no source"): t.track(str(tmp_path/"none.mp4"), v.boxes[0])
    with pytest.raises(ValueError, match="is a stream: expected a video file or a folder of images"):
        t.track("rtsp://camera/1", v.boxes[0])
    (tmp_path/"text.mp4").write_text("hello")
    with pytest.raises(ValueError, match="text.mp4"): t.track(tmp_path/"text.mp4", v.boxes[0])


def test_threads_that_wait_sleep():
    "Whoever imports the package before torch gets threads that leave the cores to others; what a user has set stays"
    def shown(**env):
        env = (
            {k: v for k, v in os.environ.items() if k not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
            | env
            | {"OMP_DISPLAY_ENV": "verbose"}
        )
        code = """import os, siamfc_nb.tracking
print('asked', os.environ['OMP_WAIT_POLICY'], os.environ.get('GOMP_SPINCOUNT'))"""
        r = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert r.returncode == 0, r.stderr
        return r.stdout.strip(), r.stderr
    asked, says = shown()
    assert asked == "asked passive 1000"
    # GNU's OpenMP has heard it
    if "GOMP_SPINCOUNT" in says: assert "OMP_WAIT_POLICY = 'PASSIVE'" in says and "GOMP_SPINCOUNT = '1000'" in says
    asked, says = shown(OMP_WAIT_POLICY="active")
    assert asked == "asked active None" and "GOMP_SPINCOUNT = '1000'" not in says
    code = """import os, siamfc_nb
print(os.environ['OPENBLAS_THREAD_TIMEOUT'], os.environ['OPENCV_THREAD_POOL_ACTIVE_WAIT_WORKER'])"""
    for own, then in {"": "4 0", "9": "9 0"}.items():
        env = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS", "OPENCV"))}
        env |= {"OPENBLAS_THREAD_TIMEOUT": own} if own else {}
        r = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert r.stdout.strip() == then, r.stderr


@pytest.mark.parametrize("name, how", [("siamfc-3s", dict(device="cpu")), ("siamfc", dict(device="cpu")),
                                       ("siamfc-dither", dict(runtime="onnxruntime"))])
def test_frames_that_show_nothing_move_no_box(name, how):
    "Of the even number of fine cells none is the centre: the first of equals lies half a cell to the top left"
    t = Tracker.pretrained(name, **how); t.init(np.full((240, 320, 3), 90, np.uint8), (150, 110, 30, 20))
    for _ in range(4): b, _ = t.update(np.zeros((240, 320, 3), np.uint8))
    np.testing.assert_allclose(b, (150, 110, 30, 20), atol=1e-9)


def test_settings_are_plain_numbers():
    "Also where numpy made them: a record of a whole run is written in the end"
    given = dict(scales=np.int64(3), step=np.float32(1.0375), bounds=np.array([.2, 5]), up=np.int32(16))
    cfg = TrackConfig(**given)
    assert json.loads(json.dumps(vars(cfg)))["bounds"] == [.2, 5] and cfg.bounds == (.2, 5) == TrackConfig().bounds
    assert {cfg: 1}[TrackConfig(step=float(given["step"]), bounds=[.2, 5])] == 1


# ---- confidence

def test_confidence_changes_no_box_and_falls_without_a_target():
    v = toy(12); nothing = [np.full_like(v.frames[0], 90)]*3
    plain, judged = (Tracker.pretrained("siamfc-3s-fast", "cpu", confidence=c) for c in (None, True))
    want, _ = plain.track([*v.frames, *nothing], v.boxes[0])
    got = [(b, judged.confidence, judged.lost) for b, _ in judged.follow([*v.frames, *nothing], v.boxes[0])]
    np.testing.assert_array_equal([b for b, _, _ in got], want)
    assert plain.confidence is None and not plain.lost and got[0][1] is None
    p = np.array([p for _, p, _ in got[1:]])
    assert ((0 <= p) & (p <= 1)).all() and p[:11].mean() > p[11:].max()
    assert [lost for *_, lost in got[1:]] == (p < judged.judge.threshold).tolist()


def test_scores_that_are_no_numbers_are_lost():
    judge, past = load_confidence(), [3., 3.]
    for found in ((1, 0, 0, np.nan, 5), (1, 0, 0, 5, np.nan), (1, 0, 0, np.inf, 5)):
        _, p, lost = judge.look(np.array(found, float), past)
        assert (p, lost, past) == (0, True, [3, 3])
    t = Tracker.pretrained(TrackConfig(search=143), "cpu", confidence=True) # maps of 3×3
    frame = toy(2).frames[0]; t.init(frame, (20, 20, 30, 30))
    with pytest.raises(ValueError, match="3×3 cells have nothing beside their peak"): t.update(frame)


@pytest.mark.parametrize("name", ["shipped", "lite"])
def test_weights_have_names_wherever_they_are_asked_for(name):
    file = named_weights(name)
    assert training_record(name) == training_record(file) and training_record(name)["validation_videos"]
    assert confidence_of(name) == confidence_of(file)
    assert VotTracker("siamfc-dither", "cpu", name).tracker.judge == confidence_of(file)


def test_confidence_file(tmp_path):
    c = Confidence((1., 2., 3.), (1., 1., 2.), (.5, .1, -1.), -.25, .4, 7)
    assert load_confidence(save_confidence(c, tmp_path/"c.json", fitted_to="x")) == c
    with pytest.raises(FileNotFoundError, match="no confidence"): load_confidence(tmp_path/"none.json")
    for text in ("hello", "[1]", '{"mean": [1]}'):
        (tmp_path/"bad.json").write_text(text)
        with pytest.raises(ValueError, match="does not hold a confidence"): load_confidence(tmp_path/"bad.json")
    shipped = load_confidence()
    assert len(shipped.coef) == 3 and min(shipped.std) > 0 and 0 < shipped.threshold < 1


def test_pairs_for_a_confidence():
    "Absent targets count as wrong boxes, and the first frame is no evidence"
    v = toy(5)
    v = Video("v", list(v.frames), {"0": np.vstack([np.full((1, 4), np.nan), v.boxes[1:4], np.full((1, 4), np.nan)])})
    x, y = confidence_pairs(Tracker.pretrained("siamfc-3s-fast", "cpu", confidence=load_confidence()), [v], iou)
    assert x.shape == (3, 3) and np.isfinite(x).all() and not y[-1]


@pytest.mark.parametrize("runs", [
    lambda t, v: ope(t, [v])[0]["boxes"],
    lambda t, v: supervised(t, v.frames, v.boxes).boxes,
    lambda t, v: confidence_pairs(t, [v], iou)[0],
    lambda t, v: again_run(Again(t), v)["boxes"],
], ids=["ope", "supervised", "confidence", "again"])
def test_programs_take_annotations_as_they_are(runs):
    "Each program that starts a tracker from the truth: it may end far outside of its frame, like a mistake of a person"
    v = toy(5)
    at = np.array([26.9, 117.5, 100.6, 149.8])
    v = Video("v", list(v.frames)[:3], {"0": np.stack([at]*3)})
    t = Tracker.pretrained("siamfc-dither", "cpu", confidence=load_confidence())
    with pytest.raises(ValueError, match="two corners"): t.init(v.frames[0], at)
    assert len(runs(t, v)) >= 2


def test_confidences_are_judged_on_other_videos():
    rng = np.random.default_rng(0); right = lambda x: rng.random(len(x)) < 1/(1+np.exp(-x[:, 0]))
    pairs = [(x, right(x), f"v{i//2}") for i in range(16) for x in [rng.normal(0, 2, (120, 3))]]
    with pytest.raises(ValueError, match="1 video to fit to: expected two"): cross_fit(pairs[:2])
    c, ps = cross_fit(pairs)
    assert [len(p) for p in ps] == [120]*16 and abs(np.array(c.coef[0])/c.std[0]-1) < .2
    # what is said of a video must not depend on its own truth
    odd = [(x, ~y if k == "v0" else y, k) for x, y, k in pairs]
    for (_, _, k), p, q in zip(pairs, ps, cross_fit(odd)[1]): assert (k != "v0") or np.array_equal(p, q)
    heavy, _ = cross_fit(
        [*pairs, (np.ones((500, 3)), np.zeros(500, bool), "w"), (np.ones((500, 3)), np.ones(500, bool), "w2")],
        weight=[1]*16+[1e-6]*2,
    )
    assert abs(np.array(heavy.coef[0])/heavy.std[0]-1) < .2 # runs of no weight change nothing
    with pytest.raises(ValueError, match="some of both"):
        cross_fit([(np.ones((3, 3)), np.ones(3, bool), f"v{i}") for i in range(4)])


# ---- what an update takes

def test_nothing_to_be_seen_moves_nothing():
    f = np.full((120, 160, 3), 90, np.uint8)
    t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    boxes, _ = t.track([f]*4, [60., 40, 30, 30])
    # rounding alone would move it by half the region, in each frame
    np.testing.assert_allclose(boxes[:, :2], [[60, 40]]*4, atol=2)


@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc-3s-fast"])
def test_a_large_frame_is_not_copied(config):
    "An update of a 4K frame takes memory for the crops alone"
    f = np.random.default_rng(0).integers(0, 256, (2160, 3840, 3), np.uint8); t = Tracker.pretrained(config, "cpu")
    for box in ([1800., 1000, 200, 150], [3700., 2000, 300, 300]): # inside, and over the edge: not padded either
        t.init(f, box); t.update(f); tracemalloc.start()
        try: t.update(f); peak = tracemalloc.get_traced_memory()[1]
        finally: tracemalloc.stop()
        assert peak < f.nbytes/10


def test_a_tracker_remembers_no_frames():
    v = toy(3); t = Tracker.pretrained("siamfc-3s-fast", "cpu", confidence=True); t.init(v.frames[0], v.boxes[0])
    def held():
        return {
            k: len(o) if isinstance(o, list) else o.numel() if torch.is_tensor(o) else 0 for k, o in vars(t).items()
        }
    for i in range(30):
        t.update(v.frames[i % 3])
        if i == 12: before = held()
    assert held() == before


# ---- what others rely on

def test_a_tracker_is_what_has_init_and_update():
    from siamfc_nb.track.again import Again
    from siamfc_nb.track.adapters import CvTracker, PilTracker, VotTracker
    from siamfc_nb.deploy import GraphTracker
    from siamfc_nb.track.watch import Watch
    from siamfc_nb.evaluation.trackers import NCC, OpenCVTracker
    ours = Tracker, GraphTracker, Again, NCC, OpenCVTracker, Watch # what they answer: see below
    assert all(issubclass(k, Tracks) for k in ours) and not issubclass(list, Tracks)
    # several objects, or an answer that another tool expects: of these only the calls are alike
    for k in (*ours, MultiTracker, CvTracker, PilTracker, VotTracker):
        for name, n in dict(init=2, update=1).items(): # frame and box, whatever they are there; frame
            args = list(inspect.signature(getattr(k, name)).parameters.values())[1:]
            assert len(args) >= n and all(p.default is not p.empty for p in args[n:]), (k, name)


def answers(t):
    "Is it a tracker, and does it give a box and a number?"
    v = toy(2)
    assert isinstance(t, Tracks) and t.init(v.frames[0], v.boxes[0]) is None
    b, score = t.update(v.frames[1])
    assert isinstance(b, np.ndarray) and b.shape == (4,) and b.dtype == float and isinstance(score, float)


@pytest.mark.parametrize("name", [*configs, *experiments, *known, "siamfc-3s-random", "siamfc-dither-again"])
def test_each_tracker_that_has_a_name_gives_a_box_and_a_number(name):
    try: t = mk_tracker(name)
    except (RuntimeError, FileNotFoundError) as e: pytest.skip(str(e)) # not in this build of OpenCV; no model here
    answers(t)


def test_trackers_without_a_name_give_a_box_and_a_number():
    from siamfc_nb.deploy import GraphTracker
    from siamfc_nb.track.watch import Clock, Watch
    answers(GraphTracker(pretrained_net(), device="cpu"))
    t = Watch(Tracker.pretrained("siamfc-dither", "cpu"), Clock(toy(2).frames)); next(iter(t.clock)); answers(t)


def test_import_of_the_tracker_is_light():
    "Torch, numpy and OpenCV, and no reader, trainer or plotter"
    code = """import sys, siamfc_nb.tracking
heavy = 'pandas accelerate matplotlib skimage sklearn av PIL'
print([m for m in heavy.split() if m in sys.modules])"""
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert r.stdout.strip() == "[]", r.stdout+r.stderr


def test_experiments_are_found_and_not_offered():
    for k in experiments:
        assert k not in configs and get_config(k).scaling == "exemplar"
        with pytest.raises(ValueError) as e: get_config("siamfc-9s")
        assert k not in str(e.value)


def test_phi_is_an_argument():
    "Whatever makes features will do; it says where it runs"
    net = pretrained_net(); seen = []
    class Phi:
        device = "cpu"
        def __call__(self, x): seen.append(x.shape[-1]); return net.phi(x)
    v = toy(2); t = Tracker(net, "siamfc-dither", phi=Phi()); got, _ = t.track(v.frames, v.boxes[0])
    assert seen == [127, 255] and t.device.type == "cpu"
    np.testing.assert_allclose(got, Tracker(net, "siamfc-dither", "cpu").track(v.frames, v.boxes[0])[0], atol=1e-2)


# ---- the experiments

def test_variants_and_videos():
    vs = [toy(4, s) for s in (3, 60)]; few = {k: track_variants()[k] for k in ("as it is", "no scale search")}
    assert {
        "siamfc",
        "siamfc-paper",
        "siamfc-3s-paper",
        "exemplar pyramid, 9 scales, equal norms",
        "region ×5",
        "exemplar updated",
    } <= set(track_variants())
    r = ablate_tracker(vs, few, 2)
    assert r["as it is"]["difference"] == 0 and set(r["no scale search"]["sequences"]) == {v.name for v in vs}
    want = np.mean(
        [auc(iou(Tracker.pretrained("siamfc-3s", "cpu").track(v.frames, v.boxes[0])[0], v.boxes)) for v in vs]
    )
    assert abs(r["as it is"]["auc"]-want) < 1e-9
    x, y, name = judged_boxes([("siamfc-3s-fast", vs[0])], 1)[0]
    assert x.shape == (3, 3) and y.shape == (3,) and name == vs[0].name


def test_commands(tmp_path):
    run = lambda *a: CliRunner().invoke(lab, [str(o) for o in a])
    r = run("ablate", "tracking", tmp_path, "--only", "no such")
    assert r.exit_code == 1 and "exemplar updated" in r.output
    r = run("ablate", "tracking", tmp_path, "--report", tmp_path/"none.json")
    assert r.exit_code == 1 and "validation_videos" in r.output
    r = run("bench", "memory", "--frames", 6, "--out", tmp_path/"m.json"); assert r.exit_code == 0, r.output
    assert len(json.loads((tmp_path/"m.json").read_text())["memory"]["mb"]) == 6
    r = run(
        "bench",
        "tracking",
        "--tracker",
        "siamfc-3s-fast,ncc",
        "--no-steps",
        "--rounds",
        1,
        "--out",
        tmp_path/"s.json",
    )
    assert r.exit_code == 0, r.output
    d = json.loads((tmp_path/"s.json").read_text())
    assert d["trackers"]["320x240"]["siamfc-3s-fast"]["gain"] == 1
    assert set(d["trackers"]["1280x720"]) == {"siamfc-3s-fast", "ncc"}
    assert d["timings"]["siamfc-3s-fast 320x240"]["ratio"] > 0


@needs_data
def test_validation_videos(tmp_path):
    (tmp_path/"t.json").write_text('{"validation_videos": ["camel", "no-such-video"]}')
    with pytest.raises(ValueError, match="lacks no-such-video"): validation_videos(DATA/"DAVIS", tmp_path/"t.json")
    (tmp_path/"t.json").write_text('{"validation_videos": ["camel"]}')
    assert [v.name for v in validation_videos(DATA/"DAVIS", tmp_path/"t.json")] == ["camel"]

@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "HSV", "RGBA", "LA", "1"])
def test_pil_images_of_every_mode(mode):
    "What a tracker sees is the picture, not the numbers of its mode; no image of 32 bits is guessed at"
    from PIL import Image
    from siamfc_nb.track.adapters import PilTracker
    im = Image.fromarray(toy_video(3, n=2, objects=1).frames[0]).convert(mode)
    np.testing.assert_array_equal(PilTracker._rgb(im), np.array(im.convert("RGB")))
    with pytest.raises(ValueError, match="^frame is grey"): PilTracker._rgb(im.convert("RGB").convert("F"))


# ---- many at once

@pytest.mark.parametrize("shape, which, axis", [
    ((4, 3, 5), (4, 1, 1), 1), ((4, 3, 5), (4, 2, 1), 1), ((4, 3, 5), (4, 1, 5), -2), ((3, 7), (2, 1), 0),
    ((6,), (1,), 0), ((2, 4, 3, 9, 9), (2, 4, 1, 1, 1), 2), ((4, 3), (4, 1), -1), ((4, 3, 5), (1, 1, 1), 1)])
def test_entries_along_an_axis_are_those_of_torch(shape, which, axis):
    "Also where one number names a whole map, which numpy then copies in one piece"
    rng = np.random.default_rng(0)
    x, i = rng.normal(size=shape), rng.integers(0, shape[axis], which)
    want = along(torch.tensor(x), torch.tensor(i), axis).numpy()
    got = along(x, i, axis)
    assert got.shape == want.shape
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(along(x, i.astype(float), axis), want) # as `locate` has them


@pytest.mark.parametrize("scales", [1, 3])
def test_places_of_many_are_those_of_each(scales):
    rng = np.random.default_rng(0)
    v = rng.normal(size=(5, scales, 17, 17)).astype(np.float32)
    U, w = upsampling(xp=np).astype(np.float32), cosine_window(xp=np).astype(np.float32)
    keep = np.where(np.arange(scales) == scales//2, 1, .9).astype(np.float32)
    before = v.copy()
    many = locate(v, U, w, keep, .2)
    np.testing.assert_array_equal(many, np.concatenate([locate(o[None], U, w, keep, .2) for o in v]))
    np.testing.assert_array_equal(v, before)
    r = rng.normal(size=(2, 272*272))
    kept = r.copy()
    blended(r, w.reshape(-1), .2)
    np.testing.assert_array_equal(r, kept, "the map belongs to who asks")


@pytest.mark.parametrize("runtime", ["torch", "openvino", "onnxruntime"])
def test_a_tracker_goes_where_you_do(runtime):
    "Pickled, copied, and in threads that share what computes: half-way through a clip each goes on as the first does"
    v = next(v for v in clips() if v.name == "juice_box")
    t = Tracker.pretrained("siamfc-dither", runtime=runtime, device="cpu", confidence=True)
    t.init(v.frames[0], v.boxes[0])
    for i in range(1, 4): t.update(v.frames[i])
    def go_on(o): return [(*o.update(f)[0], o.confidence) for f in frames]
    others = pickle.loads(pickle.dumps(t)), copy.deepcopy(t), copy.copy(t), copy.copy(t)
    frames = [v.frames[i] for i in range(4, 8)]
    want = go_on(t)
    with ThreadPoolExecutor(len(others)) as pool: got = list(pool.map(go_on, others))
    for o in got: np.testing.assert_array_equal(o, want)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_nothing_is_said_of_a_device_that_is_not_there(capsys):
    with pytest.raises(ValueError, match="no CUDA device"): Tracker.pretrained(device="cuda")
    assert not capsys.readouterr().err


class Mine(torch.nn.Sequential):
    "An embedding as a user may bring it"
    stride = 8


def test_an_embedding_of_ones_own_says_its_stride():
    layers = torch.nn.Conv2d(3, 4, 31, 8), torch.nn.Conv2d(4, 8, 8)
    video = toy_video(5, n=3)
    boxes, _ = Tracker(SiamNet(Mine(*layers)), "siamfc-3s", "cpu").track(video.frames, (30, 30, 40, 40))
    assert boxes.shape == (3, 4) and np.isfinite(boxes).all()
    with pytest.raises(TypeError, match="has no `stride`"): Tracker(SiamNet(torch.nn.Sequential(*layers)), "siamfc-3s")
