"A lost target is found again, what is not the target is not, and nothing changes while it is not lost"
import json
from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from siamfc_nb import tracking
from siamfc_nb.track.again import Again, AgainConfig, again_figures, again_run, places, recoveries, runner_up
from siamfc_nb.cli import app
from siamfc_nb.lab.commands import lab
from siamfc_nb.deploy import GraphTracker
from siamfc_nb.evaluation.formats import write_boxes
from siamfc_nb.otb import iou
from siamfc_nb.confidence import Confidence, confidence_of, load_confidence, save_confidence
from siamfc_nb.track.configs import configs
from siamfc_nb.multi import MultiTracker
from siamfc_nb.pretrained import pretrained_net
from siamfc_nb.evaluation.trackers import describe, mk_tracker
from siamfc_nb.tracking import Tracker
from siamfc_nb.pretrained import save_weights, shipped_weights, weights_digest
from siamfc_nb.videos import Video

rng = np.random.default_rng(0)
# smooth, as cells are wide
def texture(seed):
    return cv2.resize(
        np.random.default_rng(seed).integers(0, 256, (4, 4, 3)).astype(np.uint8),
        (48, 48),
        interpolation=cv2.INTER_CUBIC,
    )
head, other = texture(1), texture(2)
ground = rng.integers(110, 140, (270, 480, 3)).astype(np.uint8)
before = [(70+2*k, 90+k) for k in range(8)]
path = [*before, *[None]*7, *[(400-2*k, 190) for k in range(8)]]
sure_of = Confidence(coef=(0., 0., 20.), intercept=-10.) # half of the usual peak is worth one half


class Phi(nn.Sequential):
    "Edges of a few pixels, a cell every eight: and what is equal matches best"
    stride = 8
    def __init__(self):
        conv = nn.Conv2d(3, 16, 15, 8, bias=False); g = torch.Generator().manual_seed(0)
        w = torch.randn(16, 3, 3, 3, generator=g); w -= w.mean((2, 3), keepdim=True)
        conv.weight.data = nn.functional.interpolate(w, size=15)
        super().__init__(conv)


def net(): return SimpleNamespace(phi=Phi(), gain=torch.tensor(1e-9), bias=torch.tensor(0.))
def plain_of(name="siamfc-dither", **kw): return Tracker(net(), name, "cpu", **{"confidence": sure_of, **kw})
def again(name="siamfc-dither", **kw): return Again(plain_of(name), AgainConfig(**kw))


def scene(at, *stays):
    "The head at each place, or nowhere; and what stays: a patch and its place"
    fs, bs = [], []
    for o in at:
        f, b = ground.copy(), np.full(4, np.nan)
        for p, (cx, cy) in stays: f[cy-24:cy+24, cx-24:cx+24] = p
        if o: b = np.r_[o[0]-24, o[1]-24, 48, 48].astype(float); f[o[1]-24:o[1]+24, o[0]-24:o[0]+24] = head
        fs.append(f); bs.append(b)
    return Video("scene", fs, {"0": np.array(bs)})


def run(t, v): return [(b, s, t.confidence, t.lost, t.searching, t.searched) for b, s in t.follow(v.frames, v.boxes[0])]


# ---- what it does

@pytest.mark.parametrize("name", ["siamfc-dither", "siamfc-3s", "siamfc", "siamfc-3s-fast", "8 bits"])
def test_what_jumps_to_the_other_side_is_found_again(name):
    t = again(name) if name != "8 bits" else Again(Tracker(net(), "siamfc-dither", confidence=sure_of, phi=Phi()))
    v = scene(path); got = run(t, v); plain, _ = t.tracker.track(v.frames, v.boxes[0])
    boxes = np.array([b for b, *_ in got]); o = iou(boxes, v.boxes); searching = np.array([r[4] for r in got])
    assert (t.losses, t.finds) == (1, 1) and not t.lost and not t.searching and t.confidence >= t.again.sure
    assert o[-2:].min() > .7 and iou(plain[-1], v.boxes[-1]) == 0 # out of reach without the search
    first, back = np.flatnonzero(searching)[[0, -1]]
    assert np.isnan(v.boxes[first, 0]) and searching[first:back+1].all()
    np.testing.assert_array_equal(boxes[:back+1], plain[:back+1]) # nothing changes until a place is believed
    for _, _, p, lost, s, n in got[1:]:
        assert n <= t.cfg.images+max(t.again.images, t.cfg.images) and (not s or (lost and p == 0))
    assert {r[5] for r in got[1:first+1]} == {t.cfg.images} # not a crop more while it is not lost


@pytest.mark.parametrize("name", ["siamfc-dither", "siamfc-3s", "siamfc"])
def test_identical_while_it_is_not_lost(name):
    v = scene(path[:8]); plain, t = plain_of(name), again(name)
    want, scores = plain.track(v.frames, v.boxes[0]); got, s = t.track(v.frames, v.boxes[0])
    assert t.losses == 0
    np.testing.assert_array_equal(got, want); np.testing.assert_array_equal(s, scores)
    assert t.confidence == plain.confidence and t.lost == plain.lost


@pytest.mark.parametrize("patch", [other, (head[:, ::-1]*.6).astype(np.uint8)], ids=["another", "mirrored"])
def test_a_look_alike_that_stays_is_not_believed(patch):
    v, t = scene([*before, *[None]*24], (patch, (400, 190))), again(); got = run(t, v)
    assert (t.losses, t.finds) == (1, 0) and t.lost and got[-1][2] == 0
    c, s = t.trusted[1].c[0], t.trusted[1].side[0]
    if patch is not other: assert any(np.hypot(*(q-[400, 190])) < s/4 for q, _ in t.seen.values()), "it was seen"
    assert sum(r[4] for r in got) > 15 and len(t.seen) == len(places(c, s*128/127, (270, 480)))


def test_of_two_that_look_alike_none_is_believed():
    one = scene([*before, *[None]*6, *[(400, 190)]*4]); both = scene([*before, *[None]*10])
    for f in both.frames[14:]: f[166:214, 376:424] = head; f[40:88, 376:424] = head
    t = again(images=30) # the whole frame in each frame
    run(t, one); assert t.finds == 1
    run(t, both); assert (t.losses, t.finds) == (1, 0)


def test_a_place_must_show_itself_twice():
    once, twice = (scene([*before, *[None]*6, *[(400, 190)]*n, None, None]) for n in (1, 2)); t = again(images=30)
    got = run(t, once); assert (t.losses, t.finds) == (1, 0) and max(s for _, s, *_ in got[14:]) > t.again.part*t.usual
    run(t, twice); assert t.finds == 1


def test_a_find_has_the_confidence_and_the_peak_of_its_own_place():
    v, t = scene([*before, *[None]*6, *[(400, 190)]]), again(images=30, agree=1)
    run(t, v)
    assert t.finds == 1 and t.confidence >= t.again.sure and not t.lost
    t = again()
    run(t, scene(before))
    own, far, z = t.tracker.at, t.tracker.at[[0]], t.tracker.z
    far.c = far.c+100
    def find(kept, confidence, peak, **state):
        "A frame of the search, where a place is confirmed at `kept` of the usual peak, with .9"
        for k, x in (dict(searching=True, returned=0, agreed=0, sure=0., finds=0, place=(far, z)) | state).items():
            setattr(t, k, x)
        t.tracker.at, t.tracker.confidence, usual = own, confidence, t.usual
        def confirm(frame):
            t.sure, t.agreed = .9, 2
            return kept*usual
        t._confirm = confirm
        box, best = t._find(v.frames[0], own.boxes[0], peak*usual)
        assert t.finds == 1
        return box.tolist(), t.confidence, t.peaks[-1]/usual, best/usual
    # a place that is confirmed, while the tracker's own box has a higher peak
    assert find(.9, .2, 1.5, agreed=1) == (far.boxes[0].tolist(), .9, pytest.approx(.9), pytest.approx(1.5))
    # the tracker's own box for the second time, after another place was sure
    assert find(0, .85, .9, returned=1, sure=.99) == (own.boxes[0].tolist(), .85, pytest.approx(.9), pytest.approx(.9))


def test_a_target_that_comes_back_to_its_place_is_found_by_the_tracker_itself():
    v, t = scene([*[(200, 120)]*8, *[None]*7, *[(200, 120)]*4]), again(); got = run(t, v)
    assert (t.losses, t.finds) == (1, 1) and iou(got[-1][0], v.boxes[-1]) > .5 and not got[-1][4]


def test_never_lost_before_it_was_known():
    "After three trusted frames there is little that a place could resemble"
    v = scene([*before[:4], *[None]*6])
    for enough, losses in ((4, 0), (3, 1)):
        t = again(patience=2, enough=enough); got = run(t, v); assert t.losses == losses
        if not losses:
            np.testing.assert_array_equal(np.array([b for b, *_ in got]), t.tracker.track(v.frames, v.boxes[0])[0])


def test_each_frame_has_its_budget_and_the_whole_frame_its_turn():
    v, t = scene([*before, *[None]*40]), again(images=3); asked = []
    t.init(v.frames[0], v.boxes[0]); correlate = t.tracker.correlate
    def spy(at, z, frames, owner, sides):
        asked.append((t.searching and len(at) > 1, at.c, sides))
        return correlate(at, z, frames, owner, sides)
    t.tracker.correlate = spy
    for f in v.frames[1:]: t.update(f); assert t.searched <= 1+3
    search = [(c, s) for on, c, s in asked if on]; seen = np.concatenate([c for c, _ in search])
    grid = places(t.trusted[1].c[0], t.trusted[1].side[0]*128/127, (270, 480))
    assert all((c[0] == grid[0]).all() and len(c) == 3 for c, _ in search) # the last trusted place each time
    assert {tuple(o) for o in seen} == {tuple(o) for o in grid} and len(grid) > 6
    sizes = {round(float(s[0, 0]/t.trusted[1].side[0]), 3) for _, s in search}
    assert 1. in sizes and sizes <= {1., 1.05, round(1/1.05, 3)} and len(sizes) > 1 # a step at most
    assert abs(search[0][0]-grid[0]).max() <= abs(search[-1][0]-grid[0]).max()+1e-9 # nearest first


@pytest.mark.parametrize("seed", range(20))
def test_no_gap_between_places(seed):
    rng = np.random.default_rng(seed)
    H, W = rng.integers(2, 300, 2)
    s, c = rng.uniform(3, 400), rng.uniform(-20, 320, 2)
    p = places(c, s, (H, W)); q = rng.uniform(0, [W, H], (200, 2))
    assert (abs(q[:, None]-p).max(-1).min(1) <= s/2+1e-6).all() and (p[0] == c).all()
    np.testing.assert_array_less(-1e-6, np.diff(abs(p-c).max(1))) # ring after ring
    assert len(np.unique(p.round(6), axis=0)) == len(p) <= (W/s+2)*(H/s+2)+1+1e-9


def test_frames_of_another_size_and_smaller_than_a_search_image():
    v, t = scene(path), again()
    half = [cv2.resize(f, (240, 135), interpolation=cv2.INTER_AREA) if i > 9 else f for i, f in enumerate(v.frames)]
    b = [b for b, _ in t.follow(half, v.boxes[0])][-1]
    assert t.finds == 1 and iou(b, v.boxes[-1]/2) > .6
    tiny = [f[60:120, 40:110] for f in v.frames[:1]]*8 + [ground[60:120, 40:110]]*7
    t.track(tiny, [5, 5, 50, 50]); assert t.searched <= 2+t.cfg.images


@pytest.mark.parametrize("large", [*[lambda i, k=k: i >= k for k in (12, 16, 17, 18)], lambda i: i % 2 == 1])
def test_the_resolution_changes_while_it_is_searched(large):
    "Between the two frames in which a place must show itself, too; what was seen before has other pixels then"
    v, t = scene(path), again()
    sizes = [(270, 480), (540, 960)]
    t.init(v.frames[0], v.boxes[0])
    for i, f in enumerate(v.frames[1:], 1):
        H, W = sizes[large(i)]
        b, _ = t.update(cv2.resize(f, (W, H)))
    assert (t.losses, t.finds) == (1, 1) and iou(b*270/H, v.boxes[-1]) > .6
    t.searching, t.seen, t.place = True, {3: (np.array([100., 50]), .5)}, (t.tracker.at, t.tracker.z)
    before = t.tracker.at.c[0]
    t._enter((H, W), (H//2, 2*W))
    assert t.seen[3][0].tolist() == [200, 25] and np.allclose(t.place[0].c[0], before*[2, .5])


def test_one_frame_and_a_new_start():
    v, t = scene(path), again(); b, s = t.track(v.frames[:1], v.boxes[0])
    assert b.tolist() == v.boxes[:1].tolist() and np.isnan(s).all() and t.losses == 0
    run(t, scene(path[:14])); assert t.searching
    t.init(v.frames[0], v.boxes[0]); assert not t.searching and not t.lost and t.losses == 0 and t.peaks == []
    with pytest.raises(ValueError, match="no frames"): t.track([], v.boxes[0])
    with pytest.raises(RuntimeError, match="update before init"): again().update(v.frames[0])
    with pytest.raises((TypeError, ValueError)): t.update(v.frames[0].astype(float))
    assert np.isfinite(t.update(v.frames[1])[0]).all() # an error costs a frame


def test_second_peak():
    v = torch.zeros(17, 17); v[8, 8], v[8, 11], v[2, 3] = 5, 4, 3
    assert runner_up(v) == 3


@pytest.mark.parametrize("n", [1, 6, 9])
def test_a_small_map_has_no_second_peak(n):
    v = torch.zeros(n, n); v[n//2, n//2] = 5
    assert runner_up(v) == runner_up(v.numpy()) == -np.inf


# ---- what it refuses

@pytest.mark.parametrize(
    "kw,says",
    [
        (dict(below=1.5), "below=1.5: expected a number from 0 to 1"),
        (dict(sure=-1), "sure=-1"),
        (dict(part=float("nan")), "part=nan"),
        (dict(margin=2), "margin=2"),
        (dict(images=0), "images=0: expected a whole number from 1"),
        (dict(patience=1.5), "patience=1.5"),
        (dict(agree=0), "agree=0"),
        (dict(enough=-3), "enough=-3"),
    ],
)
def test_settings_that_mean_nothing(kw, says):
    with pytest.raises(ValueError, match=says): AgainConfig(**kw)


def test_needs_a_confidence_and_a_tracker():
    with pytest.raises(ValueError, match="again without a confidence"): Again(plain_of(confidence=None))
    with pytest.raises(ValueError, match="again without a confidence"): Again(plain_of(confidence=Confidence()))
    with pytest.raises(TypeError, match="again with a GraphTracker"):
        Again(GraphTracker(net(), "siamfc-3s-fast", "cpu", confidence=sure_of))
    with pytest.raises(TypeError, match="again with a MultiTracker"): Again(MultiTracker(plain_of()))
    with pytest.raises(TypeError, match="MultiTracker of an Again"): MultiTracker(again())


def test_the_confidence_belongs_to_the_weights(tmp_path):
    own = tmp_path/"siamfc.safetensors"; save_weights(pretrained_net(), own)
    with pytest.raises(FileNotFoundError, match="no confidence fitted to .*python -m siamfc_nb.lab calibrate"):
        Again.pretrained("siamfc-dither", "cpu", own)
    save_confidence(load_confidence(), tmp_path/"confidence.json", digest="another")
    with pytest.raises(ValueError, match="fitted to other weights"): confidence_of(own)
    save_confidence(load_confidence(), tmp_path/"confidence.json", digest=weights_digest(own))
    assert confidence_of(own) == load_confidence() == confidence_of()
    assert mk_tracker("siamfc-dither-again", "cpu", own).judge == load_confidence()


def test_by_name_in_an_evaluation():
    t = mk_tracker("siamfc-3s-again", "cpu")
    assert isinstance(t, Again) and t.cfg == configs["siamfc-3s"] and t.tracker.plausible is False
    assert describe("siamfc-3s-again", "cpu") == dict(
        describe("siamfc-3s", "cpu"),
        again=vars(AgainConfig()),
        confidence=json.loads(
            json.dumps(vars(load_confidence())),
            object_hook=lambda d: {k: tuple(o) if isinstance(o, list) else o for k, o in d.items()},
        ),
    )
    for bad in ("ncc-again", "siamfc-3s-random-again"):
        with pytest.raises(ValueError, match="there is no confidence for"): mk_tracker(bad, "cpu")
    with pytest.raises(ValueError, match="unknown tracker"): mk_tracker("siamfc-9s-again", "cpu")


# ---- what it says

def test_figures():
    v = scene(path); t = again(); r = again_run(t, v); f = again_figures({"scene": r})
    assert (f["losses"], f["premature"], f["recoveries"]) == (1, 0, 1) and f["false"] == {"0.1": 0, "0.3": 0}
    assert f["sequences"]["scene"]["auc"] > f["sequences"]["scene"]["plain"]
    assert f["images"]["tracked"] == 1 and 1 < f["images"]["lost"] <= f["images"]["most"] == 7
    np.testing.assert_array_equal(r["plain"], t.tracker.track(v.frames, v.boxes[0])[0])
    with pytest.raises(ValueError, match="its target is in no frame"):
        again_run(t, Video("none", v.frames[:2], {"0": np.full((2, 4), np.nan)}))


def test_false_recoveries_count():
    truth = np.tile([0., 0, 10, 10], (30, 1))
    truth[5:12] = np.nan
    boxes = np.tile([0., 0, 10, 10], (30, 1))
    s = np.zeros(30, bool)
    s[6:10] = True # found two frames before it is annotated again
    s[15:18] = True; boxes[18] += [50, 0, 0, 0] # lost though right, found elsewhere
    lost, found = recoveries(boxes, s, truth)
    assert lost.tolist() == [0, 1] and found.tolist() == [1, 0]
    truth[5:25] = np.nan
    assert recoveries(boxes, s, truth)[1].tolist() == [0, 1] # nothing there for ten frames


@pytest.fixture
def toy(monkeypatch):
    "The command line with the quick network"
    monkeypatch.setattr(tracking, "load_weights", lambda path: net())
    monkeypatch.setattr(tracking, "confidence_of", lambda w: sure_of if w == shipped_weights else confidence_of(w))


def test_track_command_says_lost(toy, tmp_path):
    v = scene(path); (tmp_path/"shots").mkdir()
    for i, f in enumerate(v.frames): cv2.imwrite(str(tmp_path/"shots"/f"{i:02d}.png"), f[..., ::-1])
    box = ",".join(map(str, v.boxes[0]))
    given = f"track {tmp_path/'shots'} --box {box} --config siamfc-dither --device cpu --out {tmp_path/'out'}"
    def go(*args): return CliRunner().invoke(app, [*given.split(), *args])
    r = go("--again"); assert r.exit_code == 0 and "times lost: 1, times found again: 1" in r.output, r.output
    d = pd.read_csv(tmp_path/"out"/"shots.csv"); j = json.loads((tmp_path/"out"/"shots.json").read_text())
    want, _ = again().track(v.frames, v.boxes[0])
    np.testing.assert_allclose(d[["x", "y", "w", "h"]], want, atol=6e-4)
    assert d.lost.sum() > 4 and (d.confidence[d.lost == 1] < .5).all() and d.lost.iloc[-1] == 0
    assert (d.confidence == 0).sum() > 1
    assert (j["losses"], j["finds"]) == (1, 1) and j["again"] == vars(AgainConfig())
    assert (tmp_path/"out"/"shots.mp4").exists()
    r = go("--again", "--box", box)
    assert r.exit_code and "--again with 2 boxes: expected one" in str(r.output)+str(r.exception)
    save_weights(pretrained_net(), tmp_path/"own.safetensors")
    r = go("--again", "--weights", str(tmp_path/"own.safetensors"))
    assert r.exit_code and "no confidence fitted to" in str(r.output)+str(r.exception)
    r = go("--confidence", "--weights", str(tmp_path/"own.safetensors"))
    assert r.exit_code and "no confidence fitted to" in str(r.output)+str(r.exception), "not that of other weights"


def test_bench_command(monkeypatch, tmp_path):
    for k in "ab":
        (tmp_path/"VAL"/k/"img").mkdir(parents=True); v = scene(path)
        for i, f in enumerate(v.frames): cv2.imwrite(str(tmp_path/"VAL"/k/"img"/f"{i+1:04d}.png"), f[..., ::-1])
        write_boxes(tmp_path/"VAL"/k/"groundtruth_rect.txt", v.boxes)
    asked = []; monkeypatch.setattr("siamfc_nb.evaluation.trackers.mk_tracker", lambda *a: asked.append(a) or again())
    r = CliRunner().invoke(lab, ["bench", "again", str(tmp_path/"VAL"), "--out", str(tmp_path/"again.json")])
    assert (
        r.exit_code == 0
        and asked == [("siamfc-dither-again", "cpu", None)]
        and "lost 2 times" in r.output
        and "found 2 times" in r.output
    ), r.output
    a = json.loads((tmp_path/"again.json").read_text())["again"]
    assert a["false"] == {"0.1": 0, "0.3": 0} and a["difference"]["sequences"] == 2
    assert a["difference"]["difference"] > .2 and a["settings"] == vars(AgainConfig())
