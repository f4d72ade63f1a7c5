"Many objects in one step: the same boxes as trackers on their own, and errors that stop only the object they belong to"
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from siamfc_nb.confidence import Confidence
from siamfc_nb.multi import MultiTracker, Refused
from siamfc_nb.pretrained import pretrained_net
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track.configs import get_config
from siamfc_nb.tracking import Tracker

# equality needs no objects: any box of a frame with texture will do
frames, others = (list(toy_video(s, n=8, objects=2, size=z).frames) for s, z in ((5, (240, 320)), (9, (180, 260))))
boxes = {"0": [40., 50, 60, 40], "1": [150., 90, 50, 70], "2": [220., 20, 64, 64]}
other = {"o0": [60., 40, 50, 60], "o1": [150., 80, 60, 40]}


@cache
def net(): return pretrained_net()


def tracker(name="siamfc-3s-fast", confidence=None, **kw):
    return Tracker(net(), replace(get_config(name), **kw), "cpu", confidence)


@pytest.mark.parametrize("name, kw", [("siamfc-3s", {}), ("siamfc-fast", {}), ("siamfc-3s-fast", dict(rate=.1))])
def test_the_boxes_of_single_trackers(name, kw):
    t = tracker(name, **kw)
    tracks = MultiTracker(t).track(frames[:5], {0: boxes})
    for k, b in boxes.items():
        i, got, scores = tracks[k]; want, peaks = t.track(frames[:5], b)
        assert i == 0
        np.testing.assert_allclose(got, want, atol=1e-3); np.testing.assert_allclose(scores, peaks, atol=1e-3)


def test_the_dither_of_each_object_begins_with_it():
    t = tracker("siamfc-dither")
    tracks = MultiTracker(t).track(frames[:7], {0: {"0": boxes["0"]}, 1: {"1": boxes["1"]}})
    for k, (i, got, _) in tracks.items(): np.testing.assert_allclose(got, t.track(frames[i:7], boxes[k])[0], atol=1e-3)


def test_tensor_crops_give_the_same_boxes():
    "The path for GPUs (crops by torch, frame by frame and colour by colour), run on the CPU"
    got = []
    for device in (False, True):
        t = tracker(); t.on_device = device; m = MultiTracker(t)
        m.init(frames[0], boxes, "a"); m.init(others[0], other, "b")
        m.init(frames[1], {"late": boxes["0"]}, "a") # another first frame: another colour outside
        got.append(m.update({"a": frames[2], "b": others[1]}))
    assert got[0].keys() == got[1].keys() and len(got[0]) == 6
    for k in got[0]: assert np.abs(got[0][k][0]-got[1][k][0]).max() < .5


def test_objects_come_and_go():
    t = tracker()
    tracks = MultiTracker(t).track(
        frames, {0: {"0": boxes["0"]}, 3: {k: boxes[k] for k in "12"}}, {5: ["0"], 6: ["1", "2"]}
    )
    assert {k: (i, len(x)) for k, (i, x, _) in tracks.items()} == {"0": (0, 5), "1": (3, 3), "2": (3, 3)}
    for k, (i, got, _) in tracks.items():
        np.testing.assert_allclose(got, t.track(frames[i:i+len(got)], boxes[k])[0], atol=1e-3)
    m = MultiTracker(t)
    assert list(m.follow(frames[:2], {})) == [{}, {}] and len(m) == 0


def test_several_videos_at_their_own_pace():
    t = tracker(); m = MultiTracker(t); a, b = boxes["0"], other["o0"]
    m.init(frames[0], {"a": a}, "first"); m.init(others[0], {"b": b}, "second")
    both = m.update({"first": frames[1], "second": others[1]})
    for i in (2, 3): assert set(m.update({"first": frames[i]})) == {"a"} # the second camera is slower
    last = m.update({"second": others[2]})
    np.testing.assert_allclose(both["a"][0], t.track(frames[:2], a)[0][-1], atol=1e-3)
    np.testing.assert_allclose(last["b"][0], t.track(others[:3], b)[0][-1], atol=1e-3)


def test_a_frame_of_an_unknown_video_is_refused():
    m = MultiTracker(tracker())
    m.init(frames[0], {"a": boxes["0"]}, "first"); m.init(others[0], {"b": other["o0"]}, "second")
    before = m.at.c.tolist()
    with pytest.raises(ValueError, match=r"no video 'frist': expected a dict .* with some of \['first', 'second'\]"):
        m.update({"frist": frames[1], "second": others[1]})
    assert m.at.c.tolist() == before, "an error moves nothing"
    m.stop("b")
    assert list(m.update({"first": frames[1], "second": others[1]})) == ["a"] # a video without objects is known
    assert m.update({"second": others[2]}) == {}
    with pytest.raises(ValueError, match="no video None: expected a dict"): m.update(frames[2])
    m = MultiTracker(tracker()); m.init(frames[0], {"a": boxes["0"]})
    with pytest.raises(ValueError, match="no video 'first': expected a frame alone"): m.update({"first": frames[1]})


def test_the_exemplar_of_a_slower_video_is_updated_with_its_frames():
    t = tracker(rate=.1); m = MultiTracker(t); a, b = boxes["0"], other["o0"]
    m.init(frames[0], {"a": a}, "first"); m.init(others[0], {"b": b}, "second")
    m.update({"first": frames[1], "second": others[1]})
    for i in (2, 3): found = m.update({"first": frames[i]})
    found |= m.update({"second": others[2]})
    for k, fs, box in (("a", frames[:4], a), ("b", others[:3], b)):
        np.testing.assert_allclose(found[k][0], t.track(fs, box)[0][-1], atol=1e-3)


def test_rows_of_an_object_that_starts_again_belong_to_their_frames():
    t = tracker(); a, b = boxes["0"], boxes["1"]
    i, got, scores = MultiTracker(t).track(frames[:7], {1: {"0": a}, 5: {"0": b}}, {3: ["0"]})["0"]
    assert i == 1 and got.shape == (6, 4) and scores.shape == (6,)
    assert np.isnan(got).all(1).tolist() == [False]*2+[True]*2+[False]*2
    assert np.isnan(scores).tolist() == [True, False, True, True, True, False]
    for k, box in ((1, a), (5, b)): np.testing.assert_allclose(got[k-1:k+1], t.track(frames[k:k+2], box)[0], atol=1e-3)


def test_one_forward_pass_and_one_wait_a_frame(monkeypatch):
    m = MultiTracker(tracker(confidence=Confidence())); m.init(frames[0], boxes); n = dict(phi=0, wait=0)
    m.tracker.phi.register_forward_hook(lambda *_: n.update(phi=n["phi"]+1))
    for k in ("cpu", "item", "tolist", "__bool__", "__int__", "__float__"):
        def counted(self, *args, real=getattr(torch.Tensor, k)): n["wait"] += 1; return real(self, *args)
        monkeypatch.setattr(torch.Tensor, k, counted)
    m.update(frames[1])
    assert n == dict(phi=1, wait=1)


def test_batches_are_cut_to_size():
    m = MultiTracker(tracker()); sizes = []
    m.tracker.batch = 2; m.tracker.phi.register_forward_hook(lambda _, x, __: sizes.append(len(x[0])))
    m.init(frames[0], {"0": boxes["0"]})
    sizes.clear()
    m.init(frames[0], {k: boxes[k] for k in "12"})
    m.update(frames[1])
    assert sizes == [2, 2, 2, 2, 1] # 2 objects × 3 sizes, then 3 search images


bad_boxes = [
    ([1, 2, np.nan, 4], "NaN"),
    ([1, 2, np.inf, 4], "infinity"),
    ([1, 2, 0, 4], "above 0"),
    ([900, 10, 20, 20], "wholly outside"),
    ([1, 2, 3], r"shape \(3,\)"),
    ("box", "four numbers"),
    (None, "four numbers"),
]


@pytest.mark.parametrize("bad, says", bad_boxes)
def test_a_bad_box_stops_no_other_object(bad, says):
    m = MultiTracker(tracker()); good = boxes["0"]
    with pytest.raises(Refused, match=f"object 'bad'.*{says}") as e: m.init(frames[0], {"bad": bad, "good": good})
    assert list(e.value.errors) == ["bad"] and list(e.value.found) == ["good"] and m.names == ["good"]
    np.testing.assert_allclose(m.update(frames[1])["good"][0], m.tracker.track(frames[:2], good)[0][-1], atol=1e-3)


@pytest.mark.parametrize(
    "bad, says",
    [(frames[2].astype(float), "float64"), (frames[2][..., 0], "grey"), (None, "NoneType"), (frames[2][:0], "empty")],
)
def test_a_bad_frame_stops_no_other_video(bad, says):
    m = MultiTracker(tracker()); a, b = boxes["0"], other["o0"]
    m.init(frames[0], {"a": a}, "first"); m.init(others[0], {"b": b}, "second")
    with pytest.raises(Refused, match=f"object 'a'.*{says}") as e: m.update({"first": bad, "second": others[1]})
    assert list(e.value.found) == ["b"]
    found = m.update({"first": frames[1], "second": others[2]})
    for k, fs, box in (("a", frames[:2], a), ("b", others[:3], b)):
        np.testing.assert_allclose(found[k][0], m.tracker.track(fs, box)[0][-1], atol=1e-3)
    with pytest.raises(Refused, match=f"object 'c'.*{says}"): m.init(bad, {"c": a}, "first")


def test_one_of_two_videos_changes_size():
    "Its objects go along, those of the other stay; an object that starts in the new size takes the older ones along"
    from cv2 import resize
    t = tracker()
    m = MultiTracker(t)
    a, b = boxes["0"], other["o0"]
    small = [resize(f, None, fx=.5, fy=.5) for f in frames]
    m.init(frames[0], {"a": a}, "first"); m.init(others[0], {"b": b}, "second")
    m.update({"first": small[1], "second": others[1]})
    m.init(small[1], {"c": np.array(boxes["1"])/2}, "first")
    m.init(frames[2], {"d": boxes["2"]}, "first") # large again, between two frames that were tracked in
    found = m.update({"first": frames[2], "second": others[2]})
    np.testing.assert_allclose(found["b"][0], t.track(others[:3], b)[0][-1], atol=1e-3)
    np.testing.assert_allclose(found["a"][0], t.track([frames[0], small[1], frames[2]], a)[0][-1], atol=1e-3)
    np.testing.assert_allclose(found["c"][0], t.track([small[1], frames[2]], np.array(boxes["1"])/2)[0][-1], atol=1e-3)
    np.testing.assert_allclose(found["d"][0], t.track([frames[2], frames[2]], boxes["2"])[0][-1], atol=1e-3)


def test_names():
    m = MultiTracker(tracker()); m.init(frames[0], {"a": boxes["0"]}, "first")
    with pytest.raises(Refused, match="'a': is tracked already"): m.init(frames[0], {"a": boxes["1"]}, "first")
    with pytest.raises(ValueError, match="no object 'b'"): m.stop("b")
    with pytest.raises(ValueError, match="expected a dict"): m.update(frames[1])
    m.stop("a")
    # of another size: the video is a new one
    assert m.update(frames[1]) == {} and m.init(others[0], {"a": other["o0"]}, "first")


def test_follow_warns_and_goes_on():
    with pytest.warns(UserWarning, match="frame 1: object 'dust'"):
        tracks = MultiTracker(tracker()).track(
            frames[:4], {0: {"0": boxes["0"]}, 1: {"dust": [0, 0, 0, 0], "1": boxes["1"]}}, {2: ["dust"]}
        )
    assert {k: len(b) for k, (_, b, _) in tracks.items()} == {"0": 4, "1": 3}


def test_an_error_on_the_way_carries_the_tracks_before_it():
    fs = [*frames[:3], frames[3][..., 0]]
    with pytest.raises(Refused, match="object '0'.*grey") as e:
        MultiTracker(tracker()).track(fs, {0: {"0": boxes["0"]}})
    assert len(e.value.tracks["0"][1]) == 3
    with pytest.raises(TypeError, match="float64"):
        MultiTracker(tracker()).track([frames[0].astype(float)], {0: {"0": boxes["0"]}})


def test_confidence_of_each_object():
    c = Confidence(mean=(0, 2, 0), coef=(0, 1, 0))
    m, t, plain = MultiTracker(tracker(confidence=c)), tracker(confidence=c), MultiTracker(tracker())
    m.init(frames[0], boxes); plain.init(frames[0], boxes)
    for f in frames[1:3]:
        a, b = m.update(f), plain.update(f)
        for k in boxes: np.testing.assert_array_equal(a[k][0], b[k][0])
    for k, b in boxes.items():
        t.track(frames[:3], b)
        assert abs(m.confidence[k]-t.confidence) < 1e-4 and m.lost[k] == t.lost
    m.stop("0")
    assert "0" not in m.confidence and plain.confidence == {}


@pytest.mark.parametrize(
    "odd",
    [[100.0, 60, 2, 2], [-300.0, -200, 1000, 800], [-20.0, -20, 21, 21], [0.0, 0, 320, 1], [318.5, 238.5, 40, 40]],
)
def test_odd_boxes_are_tracked_beside_others(odd):
    "Four pixels, larger than the frame, all but outside, a line: finite, as on their own, and the others untouched"
    t = tracker(confidence=True); m = MultiTracker(t); m.init(frames[0], {**boxes, "odd": odd})
    for f in frames[1:4]: found = m.update(f)
    b, s = found["odd"]
    assert np.isfinite(b).all() and np.isfinite(s) and (b[2:] > 0).all() and 0 <= m.confidence["odd"] <= 1
    np.testing.assert_allclose(b[2]/b[3], odd[2]/odd[3])
    np.testing.assert_allclose(b, t.track(frames[:4], odd)[0][-1], atol=1e-3*max(1, odd[2]))
    np.testing.assert_allclose(found["0"][0], tracker().track(frames[:4], boxes["0"])[0][-1], atol=1e-3)


def test_objects_that_leave_the_frame():
    "Nothing is left of them; the object that stays is found where it was"
    m = MultiTracker(tracker())
    m.init(frames[0], boxes)
    empty = np.full_like(frames[0], 120)
    empty[30:110, 20:130] = frames[0][30:110, 20:130] # it and its surroundings, which the exemplar shows
    for _ in range(6): found = m.update(empty)
    assert all(np.isfinite(b).all() for b, _ in found.values())
    assert np.abs(found["0"][0][:2]-boxes["0"][:2]).max() < 12
    m.stop("1", "2"); assert list(m.update(frames[1])) == ["0"]


def test_update_before_init():
    m = MultiTracker(tracker())
    with pytest.raises(RuntimeError, match="update before init"): m.update(frames[0])
    with pytest.raises(ValueError, match="no object"): m.stop("0")
    assert m.init(frames[0], {}) == m.update(frames[0]) == {} # a detector may find nothing
    m.init(frames[0], boxes); m.stop(*boxes)
    assert m.update(frames[1]) == {}


@pytest.mark.parametrize("wrong", [[1, 2, 3, 4], [[1, 2, 30, 40]], np.ones(4), None, "0"])
def test_what_is_no_dict_is_named(wrong):
    m = MultiTracker(tracker())
    with pytest.raises(TypeError, match="^boxes is .*: expected a dict {name: box}"): m.init(frames[0], wrong)
    with pytest.raises(TypeError, match="^starts is .*: expected a dict {number of a frame"): m.track(frames, wrong)
    with pytest.raises(TypeError, match=r"^starts\[0\] is .*: expected a dict {name: box}"): m.track(frames, {0: wrong})


def test_a_plan_that_would_never_begin_is_refused():
    m = MultiTracker(tracker())
    with pytest.raises(TypeError, match="starts has '0' for the number of a frame"): m.track(frames, boxes)
    with pytest.raises(TypeError, match=r"stops\[2\] is '10': expected a list"): m.track(frames, {0: boxes}, {2: "10"})
    assert list(m.track(frames[:2], {np.int64(0): boxes})) == list(boxes)
