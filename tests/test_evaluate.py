"Benchmarks on small trees in each layout: trackers that break, runs that are killed, files that are wrong"
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import EntryPoint
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
import torch
from scipy.io import savemat

from siamfc_nb import otb
from siamfc_nb.data.readers import otb as read_otb
from siamfc_nb.data.readers import vot as read_vot_set
from siamfc_nb.evaluation import run as ev
from siamfc_nb.evaluation import benchmarks, formats, jobs, sheets, trackers
from siamfc_nb.evaluation.scores import attributes, by_tag, summary
from siamfc_nb.track import watch
from siamfc_nb.videos import Video
from siamfc_nb.vot import FAILURE, START, TRACKED, raster_overlap

N, SIZE = 12, (60, 80)
NAMES = "Ant", "Bee", "Cat"

TRACKERS = '''
import os, sys, time
import numpy as np
class Stay:
    "Says the first box for ever; goes wrong in the fourth frame if told"
    def init(self, frame, box): self.box, self.n = box, 0
    def update(self, frame):
        self.n += 1
        return self.late() if self.n == 3 else self.box
    def late(self): return self.box
class Raises(Stay):
    def late(self): raise KeyError("no such key")
class Hangs(Stay):
    def late(self): time.sleep(1000)
class Text(Stay):
    def late(self): return "somewhere"
class Nothing(Stay):
    def late(self): return None
class Nans(Stay):
    def update(self, frame): return np.full(4, np.nan)
class Exits(Stay):
    def late(self): sys.exit("enough")
class Dies(Stay):
    def late(self): os._exit(3)
class Refuses:
    def __init__(self): raise OSError("no weights")
    def init(self, frame, box): pass
    update = init
class SometimesNan(Stay):
    def late(self): return np.full(4, np.nan)
class Slow(Stay):
    def update(self, frame): time.sleep(.05); return self.box, .5
class Away(Stay):
    def late(self): return 70, 50, 5, 5
class Random(Stay):
    def update(self, frame): return self.box+[*np.random.normal(0, 2, 2), 0, 0]
no_tracker = dict
'''


def truth(k): return np.c_[10+2.*np.arange(N)+k, 8+np.arange(N)*(k+1)//2, np.full((N, 2), 20)]


def frames(k):
    "A textured square that moves over grey"
    patch = np.random.default_rng(k).integers(0, 255, (20, 20, 3), np.uint8)
    fs = np.full((N, *SIZE, 3), 128, np.uint8)
    for f, (x, y, w, h) in zip(fs, truth(k).astype(int)): f[y:y+h, x:x+w] = patch
    return fs


def images(folder, k, name="{:04d}.png", first=1):
    folder.mkdir(parents=True, exist_ok=True)
    for i, f in enumerate(frames(k)): cv2.imwrite(str(folder/name.format(i+first)), f[..., ::-1])


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    "The same three sequences in the layouts of OTB, VOT, GOT-10k and DAVIS"
    root = tmp_path_factory.mktemp("trees")
    for k, n in enumerate(NAMES):
        b = truth(k)
        x, y, w, h = b.T
        images(root/"OTB"/n/"img", k)
        np.savetxt(root/"OTB"/n/"groundtruth_rect.txt", b+[1, 1, 0, 0], "%g", "," if k else "\t")
        images(root/"VOT"/n/"color", k, "{:08d}.png")
        np.savetxt(root/"VOT"/n/"groundtruth.txt", b if k == 1 else np.c_[x, y, x+w-1, y, x+w-1, y+h-1, x, y+h-1], "%g",
                   ",")
        g = root/"GOT"/"val"/f"GOT-10k_Val_{k:06d}"
        images(g, k, "{:08d}.png")
        np.savetxt(g/"groundtruth.txt", b, "%g", ",")
        np.savetxt(g/"cover.label", np.r_[[8]*(N-2), 0, 8], "%d")
        np.savetxt(g/"absence.label", np.zeros(N), "%d")
        (g/"meta_info.ini").write_text("[METAINFO]\nresolution: (80, 60)\n")
        t = root/"GOT"/"test"/f"GOT-10k_Test_{k:06d}"
        images(t, k, "{:08d}.png")
        np.savetxt(t/"groundtruth.txt", b[:1], "%g", ",")
        images(root/"DAVIS"/"JPEGImages"/"480p"/n, k, "{:05d}.png", 0)
        m = root/"DAVIS"/"Annotations"/"480p"/n
        m.mkdir(parents=True)
        for i, o in enumerate(b.astype(int)):
            a = np.zeros(SIZE, np.uint8)
            a[o[1]:o[1]+o[3], o[0]:o[0]+o[2]] = 255
            cv2.imwrite(str(m/f"{i:05d}.png"), a)
    (root/"VOT"/"list.txt").write_text("\n".join(NAMES))
    (root/"DAVIS"/"ImageSets"/"480p").mkdir(parents=True)
    (root/"DAVIS"/"ImageSets"/"480p"/"val.txt").write_text(
        "".join(f"/JPEGImages/480p/{n}/00000.jpg /Annotations/480p/{n}/00000.png\n" for n in NAMES))
    return root


@pytest.fixture
def toys(tmp_path, monkeypatch):
    "Module `toys` with the trackers above"
    (tmp_path/"path").mkdir()
    (tmp_path/"path"/"toys.py").write_text(TRACKERS)
    monkeypatch.syspath_prepend(tmp_path/"path")
    monkeypatch.delitem(sys.modules, "toys", raising=False)
    yield "toys:"
    sys.modules.pop("toys", None)


@pytest.fixture
def here(in_process, toys):
    "The same, for jobs that run in this process"
    return toys


def run(kind, videos, trackers, work, **kw):
    return ev.evaluation(kind, "Toys", videos, trackers, work, **kw)
def files(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes()
            for p in Path(folder).rglob("*.txt") if not p.name.endswith("_time.txt") and "log" not in p.parts}


def scores(res):
    "All but the speed"
    if isinstance(res, dict):
        return {k: scores(v) for k, v in res.items() if not k.startswith("fps")}
    return res


# ---- trackers

def test_ncc_finds_what_only_moves():
    t = trackers.NCC()
    fs, b = frames(0), truth(0)
    t.init(fs[0], b[0])
    np.testing.assert_array_equal([t.update(f)[0] for f in fs[1:]], b[1:])


@pytest.mark.parametrize("box", [(-5, -5, 20, 20), (70, 50, 30, 30), (79.5, 59.5, 9, 9), (0, 0, 80, 60),
                                 (10.3, 12.7, 1, 1)])
def test_ncc_at_the_edge(box):
    t = trackers.NCC()
    f = frames(0)[0]
    t.init(f, box)
    np.testing.assert_allclose(t.update(f)[0][2:], box[2:])
    assert np.isfinite(t.update(np.zeros_like(f))[0]).all()


class FakeCV:
    "OpenCV's interface: wants BGR, and whole numbers where `whole`"
    def init(self, im, box):
        self.box, self.n = box, 0
        self.seen = im
        return None
    def update(self, im):
        self.n += 1
        return self.n != 2, (1., 2., 3., 4.+self.n)


@pytest.mark.parametrize("legacy", [False, True])
def test_opencv_behind_our_interface(monkeypatch, legacy):
    made = []
    def make():
        made.append(FakeCV())
        return made[-1]
    monkeypatch.delattr(cv2, "TrackerCSRT_create", raising=False)
    monkeypatch.setattr(*((cv2, "legacy", type("legacy", (), {"TrackerCSRT_create": staticmethod(make)})) if legacy
                          else (cv2, "TrackerCSRT_create", make)), raising=False)
    t = trackers.mk_tracker("csrt")
    f = frames(0)[0]
    t.init(f, np.array([3.6, -1.2, 9.5, .2]))
    assert made[0].box == ((3.6, -1.2, 9.5, .2) if legacy else (4, 0, 10, 1))
    np.testing.assert_array_equal(made[0].seen, f[..., ::-1])
    assert [t.update(f)[0].tolist()[3] for _ in range(3)] == [5, 5, 7] # not found: the last box


def test_a_tracker_that_this_opencv_lacks(monkeypatch):
    monkeypatch.delattr(cv2, "TrackerCSRT_create", raising=False)
    monkeypatch.delattr(cv2, "legacy", raising=False)
    with pytest.raises(RuntimeError, match="opencv-contrib-python"): trackers.describe("csrt")


@pytest.mark.parametrize("name, says", [("siamfc-9s", "siamfc-3s"), ("-random", "unknown tracker"),
    ("nowhere:Tracker", "nowhere"), ("siamfc_nb.otb:Tracker", "no attribute"),
    ("siamfc_nb.otb:", "expected package.module:Class"), (":x", "expected package.module:Class")])
def test_names_that_mean_no_tracker(name, says):
    for f in (trackers.mk_tracker, trackers.describe):
        with pytest.raises(ValueError, match=says): f(name)


def test_outside_trackers_need_both_methods(toys):
    with pytest.raises(ValueError, match="init.*update"): trackers.mk_tracker(toys+"no_tracker")
    before = trackers.describe(toys+"Stay")
    assert before["source"]
    Path(sys.modules["toys"].__file__).write_text(TRACKERS+"# changed\n")
    assert trackers.describe(toys+"Stay") != before


def test_names_that_others_bring(trees, tmp_path, monkeypatch):
    "By decorator, known to the workers too, or by entry point; tables show the title, never a Python path"
    monkeypatch.setattr(trackers, "known", dict(trackers.known))
    monkeypatch.setattr(jobs, "known", trackers.known)
    @trackers.register("still", "stands still")
    class Still:
        def init(self, frame, box): self.box = box
        def update(self, frame): return self.box, np.nan
    with pytest.raises(ValueError, match="not in use"): trackers.register("still")
    with pytest.raises(ValueError, match="no colon"): trackers.register("a:b")
    res = run("otb", [*read_otb(trees/"OTB")][:1], ["still", "siamfc_nb.evaluation.trackers:NCC"], tmp_path/"run")
    assert set(res) == {"still", "siamfc_nb.evaluation.trackers:NCC"} and not any(r["failed"]
        for r in res.values()), "stored under the names that were asked for"
    said = (tmp_path/"run"/"report.md").read_text()
    assert "stands still" in said
    assert "NCC, siamfc_nb.evaluation.trackers" in said
    assert "trackers:NCC" not in said
    point = EntryPoint("mine", "siamfc_nb.evaluation.trackers:NCC", "siamfc_nb.trackers")
    monkeypatch.setattr(trackers, "entry_points", lambda group,
                        name: [point] if (group, name) == (point.group, point.name) else [])
    assert isinstance(trackers.mk_tracker("mine"), trackers.NCC)
    assert trackers.title_of("mine") == "mine"


def test_old_names_of_stored_results_still_mean_the_same():
    data = Path(__file__).resolve().parent.parent/"data"/"results"
    stored = {t for p in data.glob("otb*.json") for t in json.loads(p.read_text())["trackers"]}
    assert {"int8-openvino", "siamfc-3s-fast"} <= stored
    stored |= {"siamfc_nb.deploy:int8_openvino", "siamfc-fast"}
    for t in stored-{"kcf", "csrt", "mosse", "nano"}: # not everywhere
        assert ":" not in trackers.title_of(t) and trackers.describe(t, "cpu")
    assert trackers.title_of("siamfc_nb.deploy:int8_openvino") == trackers.title_of("int8-openvino") == "int8, OpenVINO"


def test_truth_is_no_typing_error():
    "A large target that leaves the frame looks like two corners; a benchmark means it"
    assert trackers.mk_tracker("siamfc-3s-fast", "cpu").plausible is False
    assert trackers.mk_tracker("siamfc-3s-fast-random", "cpu").plausible is False


def test_random_weights_are_the_same_each_time():
    a, b, c = (trackers.siamfc_tracker(n, "cpu").phi[0].weight
               for n in ("siamfc-3s-fast-random", "siamfc-random", "siamfc"))
    assert torch.equal(a, b) and not torch.equal(a, c)


# ---- frames that change their size

def shrinking(k, at=6, to=(40, 54)):
    "Frames and truth of which the later ones are smaller"
    fs, b = list(frames(k)), truth(k)
    factors = np.array([to[1]/SIZE[1], to[0]/SIZE[0]]*2)
    return fs[:at]+[cv2.resize(f, to[::-1], interpolation=cv2.INTER_AREA)
                    for f in fs[at:]], np.r_[b[:at], b[at:]*factors]


@pytest.mark.parametrize("kind", ["otb", "got10k", "vot"])
@pytest.mark.parametrize("name", ["ncc", "mil", "Stay"])
def test_frames_may_change_their_size(here, tmp_path, kind, name):
    "Nobody's sequence is given up; each frame is judged by its own size"
    fs, b = shrinking(0)
    v = Video("Shrinks", fs, {"target": b})
    name = here+name if name == "Stay" else name
    r = run(kind, [v], [name], tmp_path/"run", **(dict(regions={"Shrinks": b}, lengths=(2, 5)) if kind == "vot"
        else {}))[name]
    assert r["failed"] == {} and len(r["sequences"]["Shrinks"]["overlaps"].split()) == N
    if name == "ncc" and kind == "got10k": assert r["ao"] > .9
    log = json.loads(next((tmp_path/"run"/"log").rglob("Shrinks_*.json")).read_text())
    assert log["sizes"] == [[0, *SIZE], [6, 40, 54]]


def test_boxes_are_cut_at_the_edge_of_their_own_frame():
    boxes, sizes = np.tile([70, 50, 20, 20.], (3, 1)), [(60, 80), (60, 80), (55, 75)]
    np.testing.assert_array_equal(otb.clip_boxes(boxes, sizes), [[70, 50, 10, 10], [70, 50, 10, 10], [70, 50, 5, 5]])
    np.testing.assert_array_equal(otb.got10k_overlaps(np.tile([70, 50, 5, 5.], (3, 1)), boxes, sizes), [.25, 1])


# ---- files of results

@pytest.mark.parametrize("text, says", [("1,2,3,4\n", "1 rows for 2"), ("1,2,3,4\n"*3, "3 rows for 2"), ("", "empty"),
    ("1,2,3\n"*2, "3 numbers"), ("1,2,3,4,5,6,7,8\n"*2, "rotated boxes"), ("1,2,3,4\n1,2,3\n", "as many numbers"),
    ("a,b,c,d\n"*2, "row 1")])
def test_bad_result_files(tmp_path, text, says):
    (tmp_path/"r.txt").write_text(text)
    with pytest.raises(ValueError, match=says) as e: formats.read_result(tmp_path/"r.txt", 2)
    assert str(tmp_path/"r.txt") in str(e.value)


@pytest.mark.parametrize("sep", [",", "\t", " ", ", ", ";"])
def test_result_files_of_others(tmp_path, sep):
    (tmp_path/"r.txt").write_text("\n".join(sep.join(r) for r in (["1", "1", "5", "5.5"], ["nan"]*4))+"\n\n")
    np.testing.assert_array_equal(formats.read_result(tmp_path/"r.txt", 2), [[0, 0, 5, 5.5], [np.nan]*4])
    np.testing.assert_array_equal(formats.read_result(tmp_path/"r.txt", 2, 0), [[1, 1, 5, 5.5], [np.nan]*4])


@pytest.mark.parametrize("text, says", [("1\n"*3, "3 rows for 4"), ("1\n"*5, "5 rows for 4"),
    ("1\nnan,nan,nan,nan\n0\n0\n", "row 2"), ("1\n1,2,3\n0\n0\n", "row 2"), ("1\n7\n0\n0\n", "row 2"),
    ("1,2,3,4\n"*4, "before a start"), ("1\n2\n1,2,3,4\n0\n", "row 3.*before a start"), ("1\n1/2/3/4\n0\n0\n", "row 2"),
    ("1\n1,2,3,4,5\n0\n0\n", "row 2")])
def test_bad_vot_files(tmp_path, text, says):
    (tmp_path/"r.txt").write_text(text)
    with pytest.raises(ValueError, match=says):
        formats.read_vot(tmp_path/"r.txt", truth(0)[:4], SIZE)


def test_vot_file_round_trip(tmp_path):
    (tmp_path/"r.txt").write_text("1\n10.0000,10.0000,20.0000,20.0000\n2\n0\n1\n12 10 32 10 32 30 12 30\n")
    t = truth(0)[:6]
    r = formats.read_vot(tmp_path/"r.txt", t, SIZE)
    assert r.codes.tolist() == [START, TRACKED, FAILURE, 0, START, TRACKED] and r.overlaps[2] == 0
    assert r.overlaps[[1, 5]].tolist() == [raster_overlap([10, 10, 20, 20], t[1], SIZE),
        raster_overlap([12, 10, 32, 10, 32, 30, 12, 30], t[5], SIZE)]
    np.testing.assert_array_equal(r.boxes[5], [12, 10, 20, 20])
    formats.write_vot(tmp_path/"s.txt", r)
    again = formats.read_vot(tmp_path/"s.txt", t, SIZE)
    np.testing.assert_array_equal(again.codes, r.codes)
    np.testing.assert_array_equal(again.boxes, r.boxes)


# ---- trackers that break

BAD = dict(Raises=r"KeyError in frame 3: 'no such key'", Text="ValueError in frame 3.*somewhere",
           Nothing="frame 3.*None", Nans="no valid box in 11 frames", Exits="SystemExit in frame 3: enough",
           Refuses="OSError: no weights", Dies="the process died", Hangs="no result within 4 s")


def test_what_breaks_costs_its_sequence_only(trees, toys, tmp_path):
    "Each breaks on every sequence but finishes the evaluation; the good ones beside it are not disturbed"
    videos = read_otb(trees/"OTB")[:1]
    good = ["ncc", toys+"Stay", toys+"SometimesNan"]
    res = run("otb", videos, [*good[:1], *(toys+k for k in BAD), *good[1:]], tmp_path/"run", out=tmp_path/"r.json",
              jobs=2, timeout=4)
    for k, says in BAD.items():
        r = res[toys+k]
        assert re.search(says, r["failed"]["Ant"]), r["failed"]
        assert r["auc"] == r["precision"] == r["mean_iou"] == r["sequences"]["Ant"]["auc"] == 0
        assert "fps" not in r
    assert not any(res[k]["failed"] for k in good) and res["ncc"]["mean_iou"] == 1
    # a NaN is the box before
    assert res[good[1]] | dict(fps=0, fps_decoding=0, sequences=0) == res[good[2]] | dict(fps=0, fps_decoding=0,
        sequences=0)
    stay = otb.sequence_scores([(np.tile(truth(0)[0], (N, 1)), truth(0))])
    assert res[good[1]]["auc"] == pytest.approx(stay["auc"], abs=1e-12)
    assert res[good[1]]["norm_precision"] == pytest.approx(stay["norm_precision"], abs=1e-12)
    report = (tmp_path/"run"/"report.md").read_text()
    assert all(f"{k}, toys" in report for k in BAD)
    assert "no such key" in report
    assert "toys:" not in report
    assert json.loads((tmp_path/"r.json").read_text())["trackers"]["ncc"]["sequences"]["Ant"]["frames"] == N


def test_failures_stay_until_they_are_tried_again(trees, here, tmp_path, monkeypatch):
    videos, name = read_otb(trees/"OTB"), here+"Raises"
    assert len(run("otb", videos, [name], tmp_path/"run")[name]["failed"]) == 3
    monkeypatch.setattr(sys.modules["toys"].Raises, "late", lambda self: self.box) # as if a file had been missing
    assert len(run("otb", videos, [name], tmp_path/"run")[name]["failed"]) == 3
    assert run("otb", videos, [name], tmp_path/"run", retry=True)[name]["failed"] == {}


def test_a_damaged_result_is_a_failure(trees, here, tmp_path):
    run("otb", read_otb(trees/"OTB"), ["ncc"], tmp_path/"run")
    (tmp_path/"run"/"ncc"/"Bee.txt").write_text("1,2,3,4\n")
    res = run("otb", read_otb(trees/"OTB"), ["ncc"], tmp_path/"run")["ncc"]
    assert list(res["failed"]) == ["Bee"]
    assert "1 rows for 12" in res["failed"]["Bee"]
    assert res["auc"] == pytest.approx(2/3*20/21)
    (tmp_path/"run"/"ncc"/"Bee.txt").unlink() # what is missing is done again
    assert run("otb", read_otb(trees/"OTB"), ["ncc"], tmp_path/"run")["ncc"]["failed"] == {}


class Torn(list):
    "Frames of which some cannot be read"
    def __init__(self, fs, *bad):
        super().__init__(fs)
        self.bad = bad
    def __getitem__(self, i):
        if i in self.bad: raise ValueError(f"torn{i}.jpg is truncated")
        return super().__getitem__(i)


def test_unreadable_sequences_are_left_out_for_all(trees, here, tmp_path):
    ok, blind = read_otb(trees/"OTB")["Ant"], Video("Blind", frames(0), {"t": np.full((N, 4), np.nan)})
    gone = Video("Gone", Torn(frames(1), *range(N)), {"t": truth(1)})
    late = truth(2)
    late[[*range(1, 5), *range(6, N)]] = np.nan
    unseen = Video("Unseen", Torn(frames(2), 0, 5), {"t": late}) # a target in those two frames only
    res = run("otb", [ok, blind, gone, unseen], ["ncc", here+"Stay"], tmp_path/"run", out=tmp_path/"r.json")
    assert all(list(r["sequences"]) == ["Ant"] and r["failed"] == {} for r in res.values())
    left = json.loads((tmp_path/"r.json").read_text())["left_out"]
    assert "torn0.jpg is truncated" in left["Gone"]
    assert "torn0.jpg" in left["Unseen"]
    assert "no frame with a target" in left["Blind"]
    for vs in ([blind], [gone]):
        with pytest.raises(ValueError, match="no sequence can be used"):
            run("otb", vs, ["ncc"], tmp_path/vs[0].name)


def test_a_second_evaluation_in_a_folder_is_refused(tmp_path):
    "It would take away what the first has half written"
    from siamfc_nb.files import one_at_a_time
    vs, half = [Video("Ok", frames(0), {"t": truth(0)})], tmp_path/"run"/"a.txt.1.part"
    with one_at_a_time(tmp_path/"run", "an evaluation"):
        half.touch()
        with pytest.raises(ValueError, match="an evaluation is at work there already"):
            run("otb", vs, ["ncc"], tmp_path/"run")
        assert half.exists()
    half.unlink(); run("otb", vs, ["ncc"], tmp_path/"run")
    assert not (tmp_path/"run"/".busy").exists()


def test_frames_of_another_annotation_are_left_out_for_all(here, tmp_path):
    "A first box that is nowhere in its frame, and frames of another size than the annotation says"
    ok, far, edge = (Video(k, frames(i), {"t": truth(i)+d}) for k, i, d in (
        ("Ok", 0, 0), ("Far", 1, [900, 300, 0, 0]), ("Edge", 0, 0)))
    edge.boxes[0, :2] = -edge.boxes[0, 2:]/2 # partly outside
    larger = Video("Larger", frames(2), {"t": truth(2)}); larger.info = dict(size=(600, 800))
    torn = Video("Torn", Torn(frames(1), 0), {"t": truth(1)}) # another's fault, said elsewhere
    vs = [ok, far, edge, larger, torn]
    res = run("otb", vs, ["ncc", here+"Stay"], tmp_path/"run", out=tmp_path/"r.json")
    left = json.loads((tmp_path/"r.json").read_text())["left_out"]
    assert left.keys() == {"Far", "Larger"}
    assert re.search("frame 0 of Far: box .* lies wholly outside .*: expected the frames that", left["Far"])
    assert "its annotation is of 800×600: expected the frames that were annotated" in left["Larger"]
    assert all(list(r["sequences"]) == ["Ok", "Edge", "Torn"] for r in res.values())


@pytest.mark.parametrize("kind", ["otb", "got10k", "vot"])
@pytest.mark.parametrize("bad", [(5,), (0,), (0, 1, 7), (N-1,)])
def test_one_bad_image_costs_one_frame(trees, here, tmp_path, kind, bad):
    "It is counted for no tracker, and said; those that are not lost stay right"
    torn = Video("Torn", Torn(frames(1), *bad), {"target": truth(1)})
    whole = Video("Whole", frames(1), {"target": truth(1)})
    kw = dict(regions={v.name: v.boxes for v in (torn, whole)}, lengths=(3, 8)) if kind == "vot" else {}
    res = run(kind, [torn, whole], ["ncc", here+"Away"], tmp_path/"run", out=tmp_path/"r.json", **kw)
    d = json.loads((tmp_path/"r.json").read_text())
    assert d["unreadable"] == {"Torn": {str(i): f"torn{i}.jpg is truncated" for i in bad}}
    assert "left_out" not in d
    for r in res.values():
        assert r["failed"] == {}
        assert r["sequences"]["Torn"]["unreadable"] == len(bad)
        assert "unreadable" not in r["sequences"]["Whole"]
    a, b = (res["ncc"]["sequences"][n] for n in ("Torn", "Whole"))
    if kind == "vot":
        # ten frames after a start do not count: none is left
        assert a["failures"] == b["failures"] == 0 and (a["accuracy"] > .85 or 1 in bad)
    else:
        assert {k: a[k] for k in benchmarks.benchmarks[kind].measures} == pytest.approx(
            {k: b[k] for k in benchmarks.benchmarks[kind].measures})
        assert (kind == "got10k" or a["auc"] == pytest.approx(20/21))
    said = a["overlaps"].split()
    first = next(k for k in range(N) if k not in bad) # where it starts, which VOT and GOT-10k do not count
    also = dict(otb=set(), got10k={first}, vot={0, first} if 0 in bad else {0})[kind]
    assert [k for k in range(N) if said[k] == "-"] == sorted({*bad, *also})
    assert "## Frames left out" in (tmp_path/"run"/"report.md").read_text()
    assert f"torn{bad[0]}.jpg" in (tmp_path/"run"/"report.html").read_text()
    # from the files alone
    assert scores(run(kind, [torn, whole], ["ncc"], tmp_path/"run", **kw)["ncc"]) == scores(res["ncc"])


def test_a_start_that_cannot_be_read_moves_on(trees):
    "Also of a wrong box: it is as wrong there"
    w = watch.Watch(trackers.NCC(), watch.Clock(Torn(frames(0), 3, 4), 3))
    shift = np.array([2, -1, 4, 0.])
    b = w.track(truth(0)[3]+shift, truth(0)[3:])
    np.testing.assert_allclose(b[2], truth(0)[5]+shift)
    assert w.first == 2
    v = Video("v", Torn(frames(0), 0), {"t": truth(0)})
    assert len(otb.sre_starts(v)) == 12


@pytest.mark.parametrize("bad", [(5,), (0,), (0, 1, 7), (4, 5, 6), (N-1,)])
def test_bad_images_in_the_lessons_protocols(bad):
    "As in the command: the frame does not count, and the start moves on"
    class Follows: # the truth, whatever it is shown
        def track(self, fs, box):
            b = truth(1)[[k for k in range(N) if (truth(1)[k] == box).all()][0]:]
            assert len([*fs]) == len(b) and fs[-1].shape == (*SIZE, 3)
            return b, None
    torn = Video("Torn", Torn(frames(1), *bad), {"target": truth(1)})
    with pytest.warns(UserWarning, match="Torn: frames .* cannot be read") if set(bad)-{0,
        1} else contextlib.nullcontext():
        row, = otb.ope(Follows(), [torn])
    assert row["auc"] == pytest.approx(20/21)
    assert row["frames"] == N-(2 if 1 in bad else int(0 in bad))
    with pytest.raises(ValueError, match="'Torn': no frame with a target can be read"):
        otb.ope(Follows(), [Video("Torn", Torn(frames(1), *range(N)), {"target": truth(1)})])


def test_bad_images_on_disk_are_said(trees, here, tmp_path, capsys):
    "A torn, an empty and a made-up file, through the command"
    import shutil
    shutil.copytree(trees/"OTB", tmp_path/"OTB")
    img = tmp_path/"OTB"/"Bee"/"img"
    whole = (img/"0003.png").read_bytes()
    (img/"0003.png").write_bytes(whole[:len(whole)//2])
    (img/"0007.png").write_bytes(b"")
    (img/"0009.png").write_text("no picture")
    ev.eval_otb(tmp_path/"OTB", "ncc", work=tmp_path/"w", out=tmp_path/"r.json")
    d = json.loads((tmp_path/"r.json").read_text())
    said = capsys.readouterr().out
    assert list(d["unreadable"]) == ["Bee"]
    assert list(d["unreadable"]["Bee"]) == ["2", "6", "8"]
    assert d["trackers"]["ncc"]["auc"] == pytest.approx(20/21)
    assert "Bee: 3 frames left out, frame 2: " in said


# ---- processes

def test_killed_and_resumed_is_as_if_never_stopped(trees, toys, tmp_path):
    "Also: two processes give what one gives; workers end with the main process; what was done is not done again"
    names = [toys+"Slow", toys+"Random", "siamfc-3s-fast"]
    videos = read_otb(trees/"OTB")
    want = run("otb", videos, names, tmp_path/"whole", jobs=1)
    work = tmp_path/"run"
    code = "import sys; from siamfc_nb.evaluation.run import *; from siamfc_nb.data.readers import otb\n" \
           "names = sys.argv[3].split(',')\n" \
           "if __name__=='__main__': evaluation('otb', 'Toys', otb(sys.argv[1]), names, sys.argv[2], jobs=2)"
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path/"path"), str(Path(ev.__file__).parent.parent)]))
    p = subprocess.Popen([sys.executable, "-c", code, str(trees/"OTB"), str(work), ",".join(names)], env=env,
                         stderr=subprocess.DEVNULL)
    log = work/"log"/"toys_Slow"/"Ant_000.json"
    end = time.time()+240
    while not log.exists() and time.time() < end:
        assert p.poll() is None
        time.sleep(.01)
    workers = psutil.Process(p.pid).children(recursive=True)
    p.send_signal(signal.SIGKILL)
    p.wait()
    done = {q: q.stat().st_mtime_ns for q in work.rglob("*_000.json")}
    assert done and len(done) < 9 and workers
    _, alive = psutil.wait_procs(workers, 30)
    assert not alive
    done = {q: q.stat().st_mtime_ns for q in work.rglob("*_000.json")} # a worker may have finished what it had begun
    (work/"toys_Slow"/"Cat.txt.1.part").write_text("half a file")
    got = run("otb", videos, names, work, jobs=2)
    assert files(work) == files(tmp_path/"whole") and scores(got) == scores(want)
    assert all(q.stat().st_mtime_ns == t for q, t in done.items())
    assert not list(work.rglob("*.part"))


@pytest.mark.parametrize("change, says", [(dict(videos=slice(0, 2)), "sequences"), (dict(protocol="sre"), "protocol"),
    (dict(kind="got10k"), "kind"), (dict(move=1), "digest"), (dict(tracker="reach"), "reach")])
def test_folders_of_something_else_are_refused(trees, here, tmp_path, monkeypatch, change, says):
    videos = [*read_otb(trees/"OTB")]
    run("otb", videos, ["ncc"], tmp_path/"run")
    before = files(tmp_path/"run")
    if "move" in change: videos[1].boxes[3, 0] += change["move"]
    if "tracker" in change: monkeypatch.setattr(trackers.NCC.__init__, "__defaults__", (2.,))
    with pytest.raises(ValueError, match=f"holds results of something else.*{says}"):
        run(change.get("kind", "otb"), videos[change.get("videos", slice(None))], ["ncc"], tmp_path/"run",
            protocol=change.get("protocol", "ope"))
    assert files(tmp_path/"run") == before


def test_strange_folders_and_names_are_refused(trees, here, tmp_path):
    (tmp_path/"run").mkdir()
    (tmp_path/"run"/"thesis.tex").write_text("")
    with pytest.raises(ValueError, match="thesis.tex"):
        run("otb", read_otb(trees/"OTB"), ["ncc"], tmp_path/"run")
    (film := tmp_path/"films"/"film.mkv.part").parent.mkdir()
    film.write_text("half")
    with pytest.raises(ValueError, match="film.mkv.part"):
        run("otb", read_otb(trees/"OTB"), ["ncc"], film.parent)
    assert film.read_text() == "half"
    with pytest.raises(ValueError, match="different names"):
        run("otb", read_otb(trees/"OTB"), ["ncc", "ncc"], tmp_path/"new")
    with pytest.raises(ValueError, match="unknown tracker"):
        run("otb", read_otb(trees/"OTB"), ["ncc", "best"], tmp_path/"new")
    assert not (tmp_path/"new").exists()


# ---- each benchmark

def test_otb_command(trees, here, tmp_path, capsys):
    ev.eval_otb(trees/"OTB", "ncc,"+here+"Stay", work=tmp_path/"w", out=tmp_path/"otb.json")
    d = json.loads((tmp_path/"otb.json").read_text())
    r = d["trackers"]["toys:Stay"]
    assert {"machine", "versions", "command", "date"} <= d.keys()
    assert r["sequences"].keys() == set(NAMES)
    want = {n: otb.sequence_scores([(np.tile(truth(k)[0], (N, 1)), truth(k))]) for k, n in enumerate(NAMES)}
    for k in ("auc", "precision", "norm_precision", "mean_iou"):
        assert {n: s[k] for n, s in r["sequences"].items()} == pytest.approx({n: w[k] for n, w in want.items()},
            abs=1e-12)
        assert r[k] == pytest.approx(np.mean([w[k] for w in want.values()]))
        assert r["intervals"][k][0] <= r[k] <= r["intervals"][k][1]
    assert d["trackers"]["ncc"]["auc"] == pytest.approx(20/21)
    assert d["trackers"]["ncc"]["fps"] > d["trackers"]["ncc"]["fps_decoding"] > 0
    rows = np.loadtxt(tmp_path/"w"/"ncc"/"Ant.txt", delimiter=",")
    np.testing.assert_allclose(rows, truth(0)+[1, 1, 0, 0], atol=1e-4) # counted from 1
    assert np.loadtxt(tmp_path/"w"/"ncc"/"times"/"Ant_time.txt").shape == (N,)
    said = capsys.readouterr().out
    assert "ncc: AUC 0.952" in said and "AO 1.000" in said and "mean overlap" not in said # one mean of overlaps
    assert "Mean overlap and AO are different means" in (tmp_path/"w"/"report.md").read_text()


@pytest.mark.parametrize("protocol", ["tre", "sre"])
def test_robustness_commands_equal_the_measures(trees, here, tmp_path, protocol):
    ev.eval_otb(trees/"OTB", "ncc", work=tmp_path/"w", out=tmp_path/"r.json", **{protocol: True})
    class Plain:
        def track(self, frames, box):
            t = trackers.NCC()
            t.init(frames[0], box)
            return np.array([box, *(t.update(f)[0] for f in frames[1:])]), None
    vs = [Video(n, frames(k), {"t": truth(k)}) for k, n in enumerate(NAMES)]
    want = getattr(otb, protocol)(Plain(), vs)
    got = json.loads((tmp_path/"r.json").read_text())["trackers"]["ncc"]["sequences"]
    for w in want:
        assert {k: got[w["name"]][k] for k in ("frames", "auc", "precision")} == pytest.approx(
            {k: w[k] for k in ("frames", "auc", "precision")}, abs=1e-9)


def test_got10k_command(trees, here, tmp_path, capsys):
    with pytest.raises(ValueError, match="Raises' failed on all of 3 sequences"): # said at the end, when all is written
        ev.eval_got10k(trees/"GOT", here+"Stay,"+here+"Raises", work=tmp_path/"w", out=tmp_path/"r.json")
    res = json.loads((tmp_path/"r.json").read_text())["trackers"]
    r = res["toys:Stay"]
    # the frame with cover 0 is left out
    o = np.concatenate([otb.iou(truth(k)[0], truth(k))[[*range(1, N-2), N-1]] for k in range(3)])
    assert [r[k] for k in ("ao", "sr50", "sr75")] == pytest.approx([o.mean(), (o > .5).mean(), (o > .75).mean()])
    assert r["intervals"]["ao"][0] <= r["ao"] <= r["intervals"]["ao"][1]
    said = [s["overlaps"].split() for s in r["sequences"].values()] # of the frames that count, and no others
    assert [[i for i, k in enumerate(ks) if k == "-"] for ks in said] == [[0, N-2]]*3
    assert [int(k) for ks in said for k in ks if k != "-"] == pytest.approx(100*o, abs=.51)
    assert res["toys:Raises"]["ao"] == 0 and len(res["toys:Raises"]["failed"]) == 3
    folder = tmp_path/"w"/"toys_Stay"/"GOT-10k_Val_000001"
    np.testing.assert_allclose(np.loadtxt(folder/"GOT-10k_Val_000001_001.txt", delimiter=","),
                               np.tile(truth(1)[0], (N, 1)), atol=1e-4)
    assert len(np.loadtxt(folder/"GOT-10k_Val_000001_time.txt")) == N
    ev.eval_got10k(trees/"GOT", "ncc", part="test", work=tmp_path/"t", out=tmp_path/"t.json") # for the server
    assert json.loads((tmp_path/"t.json").read_text())["trackers"]["ncc"]["ao"] is None
    assert len(files(tmp_path/"t")) == 3
    assert "no truth" in capsys.readouterr().out


def test_an_overlap_that_cannot_be_expected_is_explained(trees, tmp_path, capsys):
    ev.eval_vot(trees/"VOT", "ncc", work=tmp_path/"w", out=tmp_path/"r.json")
    r = json.loads((tmp_path/"r.json").read_text())
    why = "There is no EAO of ncc: no part of a run reaches 108 frames"
    assert r["trackers"]["ncc"]["eao"] is None and r["about"]["notes"][0].startswith(why)
    assert why in capsys.readouterr().out and why in (tmp_path/"w/report.md").read_text()
    ev.eval_vot(trees/"VOT", "ncc", lengths="3,8", work=tmp_path/"w", out=tmp_path/"r.json")
    assert "notes" not in json.loads((tmp_path/"r.json").read_text())["about"]


def test_vot_command(trees, here, tmp_path):
    names = ["ncc", here+"Away", here+"Raises", here+"Random"]
    with pytest.raises(ValueError, match="Raises' failed on all of 3 sequences"): # said at the end, when all is written
        ev.eval_vot(trees/"VOT", ",".join(names), lengths="3,8", repetitions=2, work=tmp_path/"w",
                    out=tmp_path/"r.json")
    res = json.loads((tmp_path/"r.json").read_text())["trackers"]
    folder = tmp_path/"w"/"toys_Away"/"baseline"/"Ant"
    lines = (folder/"Ant_001.txt").read_text().split()
    assert lines[0] == "1"
    assert lines[3:8] == ["2", "0", "0", "0", "0"]
    assert lines[8] == "1"
    assert lines[11] == "2"
    assert lines[1].count(",") == 3
    assert len(np.loadtxt(folder/"Ant_time.txt")) == N
    assert (folder/"Ant_002_time.value").read_text().split("\n")[4] == ""
    assert [res[n]["failures"] for n in names[:3]] == [0, 6, 6]
    # it fails where it should start, and nothing else is known
    assert res["toys:Raises"]["accuracy"] == res["toys:Raises"]["eao"] == 0
    assert res["ncc"]["accuracy"] > .85
    assert res["ncc"]["eao"] > .85
    assert set(res["ncc"]["intervals"]) >= {"accuracy", "failures", "eao"}
    a, b = ((tmp_path/"w"/"toys_Random"/"baseline"/"Bee"/f"Bee_00{k}.txt").read_text() for k in (1, 2))
    assert a != b # each repetition has its own seed
    with pytest.raises(ValueError, match="--lengths"):
        ev.eval_vot(trees/"VOT", "ncc", lengths="8", work=tmp_path/"x")
    ev.eval_vot(trees/"VOT", "ncc", work=tmp_path/"y", out=tmp_path/"y.json") # too short for VOT-15's lengths
    assert json.loads((tmp_path/"y.json").read_text())["trackers"]["ncc"]["eao"] is None


def test_davis_and_clips_commands(trees, here, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path/"cache"))
    ev.eval_davis(trees/"DAVIS", "ncc", work=tmp_path/"w", out=tmp_path/"d.json")
    assert json.loads((tmp_path/"d.json").read_text())["trackers"]["ncc"]["mean_iou"] == 1
    monkeypatch.setattr(ev, "clips", lambda: [Video("clip", frames(0), {"target": truth(0)})])
    ev.eval_clips("ncc", work=tmp_path/"c", out=tmp_path/"c.json")
    assert json.loads((tmp_path/"c.json").read_text())["trackers"]["ncc"]["sequences"]["clip"]["mean_iou"] == 1


@pytest.mark.parametrize("kind", ["OTB", "VOT", "GOT"])
def test_reports_hold_everything(trees, here, tmp_path, kind):
    kw = dict(work=tmp_path/"w", out=tmp_path/"r.json")
    names = f"ncc,{here}Away"
    if kind == "VOT": ev.eval_vot(trees/"VOT", names, lengths="3,8", **kw)
    else: dict(OTB=ev.eval_otb, GOT=ev.eval_got10k)[kind](trees/kind, names, **kw)
    page, md = ((tmp_path/"w"/f"report.{k}").read_text() for k in ("html", "md"))
    assert set(re.findall(r'(?:src|href)="(data:image/(?:png|jpeg)|[^"]{0,20})', page)) <= {"data:image/png",
        "data:image/jpeg"}
    assert "http" not in page
    links = re.findall(r"\]\((.+?)\)", md)
    assert len(links) == page.count("<img") >= 2+6-(kind == "GOT")
    for l in links: assert cv2.imread(str(tmp_path/"w"/l)) is not None, l
    for text in (page, md):
        assert all(n in text for n in json.loads((tmp_path/"r.json").read_text())["trackers"]["ncc"]["sequences"])


def test_reports_show_where_the_first_tracker_is_behind(trees, here, tmp_path):
    "Both predictions in the frames in which it is lost"
    ev.eval_otb(trees/"OTB", here+"Away,ncc", work=tmp_path/"w", out=tmp_path/"r.json")
    md = (tmp_path/"w"/"report.md").read_text()
    assert "## Where Away, toys is behind ncc" in md and md.count("_behind_") == 3
    f = cv2.imread(str(next((tmp_path/"w"/"report").glob("*_behind_Ant.jpg"))))[..., ::-1].astype(int)
    near = lambda c: (abs(f-c).sum(2) < 90).sum()
    assert near((0x56, 0xB4, 0xE9)) > 30 and near((0xD5, 0x5E, 0x00)) > 30 # blue is the other, orange ours


def test_bad_options(trees, tmp_path):
    with pytest.raises(ValueError, match="--jobs 0"):
        ev.eval_otb(trees/"OTB", "ncc", jobs=0, work=tmp_path/"w", out=tmp_path/"r.json")
    with pytest.raises(ValueError, match="--timeout"):
        ev.eval_otb(trees/"OTB", "ncc", timeout=0, work=tmp_path/"w", out=tmp_path/"r.json")
    with pytest.raises(ValueError, match="at least one"):
        ev.eval_otb(trees/"OTB", ",", work=tmp_path/"w", out=tmp_path/"r.json")
    with pytest.raises(ValueError, match="--threads 0: expected at least 1"):
        ev.eval_otb(trees/"OTB", "ncc", threads=0, work=tmp_path/"w", out=tmp_path/"r.json")
    with pytest.raises(ValueError, match="is a folder: expected a JSON file"):
        ev.eval_otb(trees/"OTB", "ncc", work=tmp_path/"w", out=tmp_path)
    (f := tmp_path/"file").write_text("")
    with pytest.raises(OSError, match="file is a file: expected a folder"):
        ev.eval_otb(trees/"OTB", "ncc", work=tmp_path/"w", out=f/"r.json") # before it runs
    with pytest.raises(OSError, match="file is a file: expected a folder"):
        ev.eval_otb(trees/"OTB", "ncc", work=f, out=tmp_path/"r.json")
    assert not (tmp_path/"w").exists()


# ---- measures

def test_intervals_are_those_of_the_draws():
    rows = [dict(x=float(k)) for k in range(20)]
    f = lambda rs: dict(mean=float(np.mean([r["x"] for r in rs])), none=np.nan)
    a = benchmarks.resampled(f, rows, 400)
    assert a == benchmarks.resampled(f, rows, 400) or np.isnan(a["none"])
    lo, hi = a["intervals"]["mean"]
    half = 1.96*np.std(np.arange(20))/20**.5
    assert a["mean"] == 9.5
    assert lo == pytest.approx(9.5-half, abs=.6)
    assert hi == pytest.approx(9.5+half, abs=.6)
    assert a["intervals"]["none"] is None


def test_shots_show_the_loss():
    assert sheets.shots(np.r_[np.ones(10), np.zeros(10)]) == [0, 5, 10, 19]
    assert sheets.shots(np.r_[np.nan, .9, .4, .8]) == [0, 1, 2, 3]
    assert sheets.shots(np.full(5, np.nan)) == [0, 4]


# ---- attributes

def test_attributes_of_each_benchmark(trees, here, tmp_path):
    "Zeros and ones in files beside the sequences; they come out as measures of each attribute"
    import shutil
    for k in ("OTB", "VOT", "GOT"): shutil.copytree(trees/k, tmp_path/k)
    att = tmp_path/"OTB"/"anno"/"att"
    att.mkdir(parents=True)
    (att/"ant.txt").write_text("1,0,1,0,0,0,0,0,0,0,0\n")
    (att/"Bee.txt").write_text("0,0,1,0,0,0,0,0,0,0,0\n")
    ev.eval_otb(tmp_path/"OTB", "ncc,"+here+"Stay", work=tmp_path/"w", out=tmp_path/"otb.json")
    r = json.loads((tmp_path/"otb.json").read_text())["trackers"]["toys:Stay"]
    seqs = r["sequences"]
    assert {a: (o["sequences"], o["auc"]) for a, o in r["attributes"].items()} == {
        "SV": (2, pytest.approx((seqs["Ant"]["auc"]+seqs["Bee"]["auc"])/2)),
        "IV": (1, pytest.approx(seqs["Ant"]["auc"]))}
    assert "AUC of each attribute" in (tmp_path/"w"/"report.md").read_text()
    np.savetxt(tmp_path/"VOT"/"Ant"/"occlusion.tag", [0]*6+[1]*6, "%d")
    np.savetxt(tmp_path/"VOT"/"Bee"/"motion_change.label", [1]*N, "%d")
    ev.eval_vot(tmp_path/"VOT", here+"Away", lengths="3,8", work=tmp_path/"v", out=tmp_path/"vot.json")
    a = json.loads((tmp_path/"vot.json").read_text())["trackers"]["toys:Away"]["attributes"]
    assert a["occlusion"]["frames"] == 6
    assert a["occlusion"]["failures"] == 1
    assert a["motion_change"]["failures"] == 2 # it fails in frames 3 and 11
    assert a["empty"]["frames"] == 18 and a["empty"]["failures"] == 3 # half of Ant and all of Cat
    assert a["weighted"]["failures"] == pytest.approx((6*1+12*2+18*3)/36)
    assert a["equal"]["failures"] == 2
    for k in range(3):
        (tmp_path/"GOT"/"val"/f"GOT-10k_Val_{k:06d}"/"meta_info.ini").write_text(
            f"[METAINFO]\nresolution: (80, 60)\nmajor_class: {'insect' if k else 'bird'}\n")
    ev.eval_got10k(tmp_path/"GOT", here+"Stay", work=tmp_path/"g", out=tmp_path/"g.json")
    g = json.loads((tmp_path/"g.json").read_text())["trackers"]["toys:Stay"]
    assert {k: o["sequences"] for k, o in g["attributes"].items()} == {"bird": 1, "insect": 2}
    assert g["attributes"]["bird"]["ao"] == pytest.approx(g["sequences"]["GOT-10k_Val_000000"]["ao"])


def tagged(trees, tmp_path, **tags):
    "A copy of VOT's tree with files of tags: `Ant__occlusion='0 1'`"
    import shutil
    shutil.copytree(trees/"VOT", tmp_path/"VOT")
    for k, rows in tags.items():
        (tmp_path/"VOT"/k.replace("__", "/")).with_suffix(".tag").write_text("\n".join(rows.split(" "))+"\n")
    return attributes("vot", read_vot_set(tmp_path/"VOT"), tmp_path/"VOT")


def test_frames_without_a_tag_are_an_attribute(trees, tmp_path):
    "Of all sequences, as soon as one has tags; a short file goes on with zeros, rows may be blank"
    a = tagged(trees, tmp_path, Ant__occlusion="0 1 1", Bee__size_change="1 0  1", Bee__camera_motion="1 1")
    assert {n: {k: np.flatnonzero(m).tolist() for k, m in o.items()}
            for n, o in a.items()} == dict(Ant=dict(occlusion=[1, 2], empty=[0, *range(3, N)]),
                                           Bee=dict(camera_motion=[0, 1], size_change=[0, 3], empty=[2, *range(4, N)]),
                                           Cat=dict(empty=[*range(N)]))
    assert all(m.dtype == bool and len(m) == N for o in a.values() for m in o.values())


def test_other_files_are_no_tags(trees, tmp_path):
    "Neither `practical.value` nor `my_notes.tag` is one of the stacks' six; without any there are no attributes"
    (trees/"VOT"/"Ant"/"practical.value").write_text("0.5\n"*N)
    all_ones = " ".join("1"*N)
    assert tagged(trees, tmp_path/"none", Ant__my_notes=all_ones, Ant__empty=all_ones) == {}
    a = tagged(trees, tmp_path/"one", Ant__my_notes=all_ones, Ant__empty=all_ones, Ant__illum_change="1")
    (trees/"VOT"/"Ant"/"practical.value").unlink()
    assert list(a["Ant"]) == ["illum_change", "empty"]
    assert np.flatnonzero(~a["Ant"]["empty"]).tolist() == [0]


@pytest.mark.parametrize("rows, says", [(" ".join("1"*(N+2)), f"{N+2} rows for {N} frames"),
    (" ".join("0"*(N+2)), None), ("0 yes", "occlusion.tag.*'yes'")])
def test_tags_that_are_too_long_or_wrong(trees, tmp_path, rows, says):
    import warnings
    with warnings.catch_warnings(record=True) as got:
        warnings.simplefilter("always")
        a = tagged(trees, tmp_path, Ant__occlusion=rows, Bee__occlusion="1")
    assert (re.search(says, str(got[0].message)) if says else not got)
    assert len(a["Bee"]["occlusion"]) == N
    if "yes" in rows: assert "Ant" not in a
    else: assert len(a["Ant"]["occlusion"]) == N


def test_means_over_attributes_count_untagged_frames(trees, here, tmp_path):
    "Frames 10 and 11 are tagged; the others weigh more where frames do, and as much where attributes do"
    tags = tagged(trees, tmp_path, Ant__occlusion="0 0 0 0 0 0 0 0 0 0 1 1")
    o = np.r_[np.nan, np.full(9, .5), .9, .9]
    from siamfc_nb.vot import Run
    rows = [dict(name="Ant", runs=[Run([START]+[TRACKED]*11, o)])]
    got = by_tag("vot", rows, tags)
    # the first ten frames after a start do not count
    assert got["empty"] == dict(accuracy=0, failures=0, frames=10, sequences=1)
    assert got["weighted"]["accuracy"] == pytest.approx((0*10+.9*2)/12)
    assert got["equal"]["accuracy"] == pytest.approx(.45)


def test_tags_of_sequences_that_do_not_take_part():
    "Neither an error after all the tracking nor a table without rows"
    from siamfc_nb.vot import Run
    rows = [dict(name="Ant", frames=12, accuracy=.5, failures=0.,
                 runs=[Run([START]+[TRACKED]*11, np.r_[np.nan, np.full(11, .5)])])]
    empty = dict(empty=np.ones(12, bool))
    assert "attributes" not in summary("vot", rows, lengths=(3, 8), tags=dict(Bee=empty))
    assert summary("vot", rows, lengths=(3, 8), tags=dict(Ant=empty, Bee=empty))["attributes"]["empty"]["frames"] == 12


@pytest.mark.parametrize("names, files", [(["Jogging.1", "Jogging.2"], ["jogging-1", "jogging-2"]),
    (["Human4"], ["human4.2"]), (["Skating2.1", "Skating2.2"], ["skating2.1", "SKATING2-2"]),
    (["Walk.2", "my_walk"], ["walk-2", "My-Walk"])])
def test_files_of_attributes_in_every_spelling(tmp_path, names, files):
    (tmp_path/"anno"/"att").mkdir(parents=True)
    for f in files: (tmp_path/"anno"/"att"/f"{f}.txt").write_text("1,0,1,0,0,0,0,0,0,0,0")
    (tmp_path/"anno"/"att"/f"._{files[0]}.txt").write_bytes(bytes(range(9)))
    vs = {n: Video(n, frames(0), {"t": truth(0)}) for n in names}
    class Videos(dict): names = property(list)
    assert {n: list(o) for n, o in attributes("otb", Videos(vs), tmp_path).items()} == {n: ["IV", "SV"] for n in names}


def test_attributes_that_are_wrong_are_left_out(trees, tmp_path):
    (tmp_path/"att").mkdir()
    (tmp_path/"att"/"ant.txt").write_text("1,0\n")
    with pytest.warns(UserWarning, match="expected 11"):
        assert attributes("otb", read_otb(trees/"OTB"), tmp_path) == {}


# ---- commands

def test_figures_of_all_benchmarks_have_one_form(trees, here, tmp_path):
    "What pages read: `about`; of each tracker measures, intervals, a curve, sequences with overlaps in per cent"
    ev.eval_otb(trees/"OTB", here+"Stay", work=tmp_path/"o", out=tmp_path/"otb.json")
    ev.eval_vot(trees/"VOT", here+"Away", lengths="3,8", work=tmp_path/"v", out=tmp_path/"vot.json")
    ev.eval_got10k(trees/"GOT", here+"Stay", work=tmp_path/"g", out=tmp_path/"got10k.json")
    for kind, curve, n in (("otb", "success", 21), ("got10k", "success", 101), ("vot", "eao_curve", 9)):
        d = json.loads((tmp_path/f"{kind}.json").read_text())
        assert d["about"]["kind"] == kind and d["about"]["sequences"] == 3
        for r in d["trackers"].values():
            assert len(r[curve]) == n
            assert set(benchmarks.benchmarks[kind].measures) <= r["intervals"].keys()
            assert r["fps"] > r["fps_decoding"]
            assert r["failed"] == {}
            for q in r["sequences"].values():
                assert set(benchmarks.benchmarks[kind].measures)-{"eao"} <= q.keys()
                assert len(q["overlaps"].split()) == q["frames"] == N
    o = json.loads((tmp_path/"otb.json").read_text())["trackers"]["toys:Stay"]["sequences"]["Ant"]
    assert [int(k) for k in o["overlaps"].split()] == pytest.approx(100*otb.iou(truth(0)[0], truth(0)), abs=.51)
    assert o["ao"] == pytest.approx(otb.iou(truth(0)[0], truth(0))[1:].mean())
    assert d["about"]["lengths"] == [3, 8]


def test_figures_go_to_runs_unless_asked(trees, here, tmp_path, monkeypatch, capsys):
    "What the repository keeps is written with --publish or --out only"
    monkeypatch.chdir(tmp_path)
    keep = tmp_path/"data"/"results"
    keep.mkdir(parents=True)
    monkeypatch.setattr(ev, "clips", lambda: [Video("clip", frames(0), {"target": truth(0)})])
    names = "otb", "otb_tre", "otb_sre", "vot", "got10k_val", "davis_val", "clips", "scaling"
    for n in names: (keep/f"{n}.json").write_text("kept")
    ev.eval_otb(trees/"OTB", "ncc")
    ev.eval_otb(trees/"OTB", "ncc", tre=True)
    ev.eval_otb(trees/"OTB", "ncc", sre=True)
    ev.eval_vot(trees/"VOT", "ncc", lengths="3,8")
    ev.eval_got10k(trees/"GOT", "ncc")
    ev.eval_davis(trees/"DAVIS", "ncc")
    ev.eval_clips("ncc")
    ev.eval_scaling(trees/"OTB", "ncc")
    assert {p.stem for p in (tmp_path/"runs"/"results").glob("*.json")} == set(names)
    for o in (ev.eval_otb, ev.eval_davis): # what the help promises is what is there, and its other names are told
        said = set(re.findall(r"\w+", o.__doc__))
        assert {n for n in names if n.startswith(o.__name__[5:])} <= said | {f"davis_{w}" for w in said}
    assert all((keep/f"{n}.json").read_text() == "kept" for n in names)
    capsys.readouterr()
    ev.eval_otb(trees/"OTB", "ncc", publish=True)
    assert json.loads((keep/"otb.json").read_text())["about"]["sequences"] == 3
    assert "data/results/otb.json" in capsys.readouterr().out
    with pytest.raises(ValueError, match="--publish --out"):
        ev.eval_otb(trees/"OTB", "ncc", publish=True, out=tmp_path/"x.json")


RECORD = dict(validation_videos=["Bee"], training_videos=["Cat"])


@pytest.mark.parametrize("record, part, tracker, sequences, says", [
    (RECORD, None, "siamfc-3s-fast", ["Bee"], None),                                   # what training kept
    (RECORD, None, "ncc", ["Bee"], None),
    (RECORD, "val", "siamfc-3s-fast", NAMES, "siamfc-3s-fast learnt from 1 of these 3 videos (Cat)"),
    (RECORD, "val", "ncc,siamfc-3s-random", NAMES, None),                              # these learnt nothing
    (dict(validation_videos=["Bee"]), "val", "ncc,siamfc-3s-fast", NAMES,
     "siamfc-3s-fast learnt from 2 of these 3 videos (Ant, Cat)"),
    (dict(validation_videos=["Bee", "Gnu"]), None, "ncc", ["Bee"], "1 of the 2 held-out videos are in"),
    (dict(validation_videos=["Gnu"], training_videos=["Yak"]), None, "siamfc-3s-fast", NAMES, None), # new to it
    ({}, None, "siamfc-3s-fast", NAMES, "No record beside the weights")])
def test_training_videos_are_told_apart(trees, here, tmp_path, monkeypatch, capsys, record, part, tracker, sequences,
    says):
    import shutil
    shutil.copy(trackers.shipped_weights, tmp_path/"w.safetensors")
    (tmp_path/"training.json").write_text(json.dumps(record)) if record else None
    # the network's figures do not matter
    monkeypatch.setattr(jobs, "mk_tracker", lambda name, device=None, weights=None: trackers.NCC())
    ev.eval_davis(trees/"DAVIS", tracker, part=part, weights=tmp_path/"w.safetensors", work=tmp_path/"w",
                  out=tmp_path/"d.json")
    d, said = json.loads((tmp_path/"d.json").read_text()), capsys.readouterr().out
    assert all(list(r["sequences"]) == list(sequences) for r in d["trackers"].values())
    if says:
        assert says in said
        assert says in d["about"]["notes"][0]
        assert says in (tmp_path/"w"/"report.md").read_text()
    else: assert "notes" not in d["about"] and "learnt" not in said


def test_the_package_says_what_its_weights_learnt_from():
    from siamfc_nb.pretrained import weights_digest
    r = ev.training_record()
    made = json.loads((Path(__file__).resolve().parent.parent/"data"/"results"/"training.json").read_text())
    assert r["weights"] == weights_digest(trackers.shipped_weights), "other weights: make weights/training.json anew"
    assert r["validation_videos"] == made["validation_videos"]
    assert len(r["training_videos"]) == made["tracks"]["davis"]
    assert not set(r["training_videos"]) & set(r["validation_videos"])


def test_each_tracker_has_the_record_of_its_own_weights(monkeypatch):
    "The light network may have learnt from what the full one did not"
    records = dict(shipped=dict(validation_videos=["boat"], training_videos=["bear"]),
                   lite=dict(validation_videos=["bear"], training_videos=["boat"]))
    monkeypatch.setattr(ev, "training_record", lambda w=None: records.get(str(w or "shipped"), {}))
    said = ev.learnt_from(["bear"], ["siamfc-3s", "siamfc-lite", "siamfc-dither", "ncc", "siamfc-3s-random"])
    assert said == ["siamfc-3s, siamfc-dither learnt from 1 of these 1 videos (bear): their figures are too good."]
    said = ev.learnt_from(["boat"], ["siamfc-3s", "siamfc-lite-again"])
    assert len(said) == 1 and said[0].startswith("siamfc-lite") and "1 of these 1 videos (boat)" in said[0]
    said = ev.learnt_from(["boat"], ["siamfc-3s", "siamfc-lite"], "mine.safetensors")
    assert said == ["No record beside the weights says which of these videos siamfc-3s, siamfc-lite learnt from."]


def test_weights_are_known_by_their_tensors(trees, here, tmp_path):
    "The same tensors in other bytes go on; other tensors are refused"
    from safetensors.torch import load_file, save_file
    d = load_file(trackers.shipped_weights)
    save_file(d, tmp_path/"a.safetensors", {"a": "1", "b": "2"})
    save_file(d, tmp_path/"b.safetensors", {"note": "x"*50})
    d["bias"] = d["bias"]+1
    save_file(d, tmp_path/"c.safetensors")
    a, b, c = (trackers.describe("siamfc-3s-fast", "cpu", tmp_path/f"{k}.safetensors") for k in "abc")
    assert a == b == trackers.describe("siamfc-3s-fast", "cpu") and c != a
    path = "siamfc_nb.deploy:int8_onnxruntime"
    assert trackers.describe(path)["weights"] == a["weights"]


def test_only_held_out_videos_of_davis(trees, here, tmp_path):
    (tmp_path/"training.json").write_text('{"validation_videos": ["Bee"]}')
    ev.eval_davis(trees/"DAVIS", "ncc", report=tmp_path/"training.json", work=tmp_path/"w", out=tmp_path/"d.json")
    assert list(json.loads((tmp_path/"d.json").read_text())["trackers"]["ncc"]["sequences"]) == ["Bee"]
    (tmp_path/"training.json").write_text('{"validation_videos": ["Gnu"]}')
    with pytest.raises(ValueError, match="lacks Gnu"):
        ev.eval_davis(trees/"DAVIS", "ncc", report=tmp_path/"training.json", work=tmp_path/"x")
    with pytest.raises(ValueError, match="there is no such file"):
        ev.eval_davis(trees/"DAVIS", "ncc", report=tmp_path/"none.json", work=tmp_path/"x")
    for wrong in ("[1]", "{", '{"validation_videos": 3}'):
        (tmp_path/"training.json").write_text(wrong)
        with pytest.raises(ValueError, match="names no validation_videos; expected the training.json"):
            ev.validation_videos(trees/"DAVIS", tmp_path/"training.json")
    (tmp_path/"training.json").write_text("[1]")
    with pytest.raises(ValueError, match="expected the record of a training run"):
        ev.training_record(tmp_path/"w.safetensors")


def test_scaling_compares_one_process_with_two(trees, here, tmp_path):
    ev.eval_scaling(trees/"OTB", here+"Slow", out=tmp_path/"s.json")
    s = json.loads((tmp_path/"s.json").read_text())["scaling"]
    assert s["frames"] == 3*N
    assert s["jobs"] == 2
    assert len(s["seconds"]) == 2
    assert s["speedup"] == pytest.approx(s["seconds"][0]/s["seconds"][1])
    with pytest.raises(ValueError, match="--jobs 1"): ev.eval_scaling(trees/"OTB", "ncc", jobs=1)


def test_entry_in_a_workspace(tmp_path, capsys):
    "Without a folder of sequences the command only writes the entry"
    with pytest.raises(ValueError, match="nothing to do"): ev.eval_vot()
    with pytest.raises(FileNotFoundError, match="vot initialize"): ev.eval_vot(workspace=tmp_path)
    (tmp_path/"config.yaml").write_text("stack: vot2015\n")
    ini = tmp_path/"trackers.ini"
    for _ in range(2):
        ev.eval_vot(workspace=tmp_path) # the untrained one of the default names is no entry
    assert ini.read_text().count("import serve_trax") == 2
    assert ini.read_text().count("[siamfc-3s]") == 1
    before = ini.read_text()
    with pytest.raises(ValueError, match="expected one of"):
        ev.eval_vot(workspace=tmp_path, tracker="kcf")
    with pytest.raises(ValueError, match="another tracker"):
        ev.eval_vot(workspace=tmp_path, tracker="siamfc", protocol="python")
    with pytest.raises(ValueError, match="expected 'trax'"):
        ev.eval_vot(workspace=tmp_path, tracker="siamfc", protocol="smtp")
    assert ini.read_text() == before


def test_a_tracker_that_failed_everywhere_is_no_success(trees, here, tmp_path):
    "The figures are written, of the others too, and then the status says so"
    from typer.testing import CliRunner

    from siamfc_nb.cli import app
    for name, args in (("otb", ()), ("videos", ("--frames", 12))):
        args = ["eval", name, trees/"OTB", "--tracker", f"ncc,{here}Raises", *args, "--work", tmp_path/name, "--out",
                tmp_path/f"{name}.json"]
        r = CliRunner().invoke(app, list(map(str, args)))
        d = json.loads((tmp_path/f"{name}.json").read_text())["trackers"]
        assert r.exit_code == 1 and "Raises' failed on all of 3 sequences, first on Ant" in r.output.splitlines()[
            -1] and "KeyError" in r.output, r.output
        assert d["ncc"]["auc"] > .9 and len(d[f"{here}Raises"]["failed"]) == 3


def test_the_command_line_has_them(trees, here, tmp_path):
    from typer.testing import CliRunner

    from siamfc_nb.cli import app
    call = lambda *a: CliRunner().invoke(app, ["eval", *map(str, a)])
    r = call("otb", trees/"OTB", "--tracker", "ncc", "--jobs", 1, "--work", tmp_path/"w", "--out", tmp_path/"r.json")
    assert r.exit_code == 0, r.output
    assert "ncc: AUC 0.952" in r.output
    assert json.loads((tmp_path/"r.json").read_text())["trackers"]["ncc"]["auc"] == pytest.approx(20/21)
    for args, says in ((["got10k", trees/"OTB"], "no GOT-10k here"),
                       (["otb", trees/"OTB", "--tracker", "best"], "unknown tracker"), (["vot"], "nothing to do"),
                       (["davis", tmp_path], "no DAVIS here")):
        r = call(*args)
        assert r.exit_code == 1 and says in r.output and "Traceback" not in r.output, r.output
    (tmp_path/"config.yaml").write_text("")
    r = call("vot", "--workspace", tmp_path, "--tracker", "siamfc-3s")
    assert r.exit_code == 0 and (tmp_path/"trackers.ini").exists(), r.output


# ---- published results

def struct(boxes, **kw):
    return dict(res=boxes+[1, 1, 0, 0], type="rect", len=len(boxes), annoBegin=1, startFrame=1) | kw
def save_mat(path, *runs):
    path.parent.mkdir(parents=True, exist_ok=True)
    cell = np.empty(len(runs), object)
    for i, r in enumerate(runs): cell[i] = r
    savemat(path, dict(results=cell))
def save_json(path, *runs):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([dict(r, res=np.asarray(r["res"]).tolist()) for r in runs]))


@pytest.fixture
def theirs(trees, here, tmp_path):
    "Boxes that ncc and Stay find here, to be published in different forms"
    res = run("otb", read_otb(trees/"OTB"), ["ncc", here+"Stay"], tmp_path/"own")
    return {t: {n: formats.read_result(tmp_path/"own"/f/f"{n}.txt", N) for n in NAMES}
            for t, f in (("ncc", "ncc"), ("Stay", "toys_Stay"))}, {t.removeprefix("toys:"): r for t, r in res.items()}


@pytest.mark.parametrize("form", ["mat", "folder of mat", "transformType", "json", "list", "txt"])
def test_published_results_give_the_same_figures(trees, here, theirs, tmp_path, form):
    boxes, want = theirs
    root = tmp_path/"CVPR13"
    for t, o in boxes.items():
        for n, b in o.items():
            if form == "mat": save_mat(root/f"{n.lower()}_{t}.mat", struct(b))
            if form == "folder of mat": save_mat(root/t/f"{n}.mat", struct(b))
            if form == "transformType":
                r = struct(b, transformType="rect")
                r["res"] = r["res"].T
                del r["type"]
                save_mat(root/f"{n}_{t}.mat", r)
            if form == "json":
                save_json(root/t/f"{n}.json", dict(tracker=t, seqName=n, startFrame=1, endFrame=N, resType="rect",
                                                   evalType="OPE", fps=9., res=b+[1, 1, 0, 0]))
            if form == "list":
                (root/t).mkdir(parents=True, exist_ok=True)
                (root/t/f"{n}.json").write_text(json.dumps((b+[1, 1, 0, 0]).tolist()))
            if form == "txt": formats.write_boxes(root/t/f"{n}.txt", b)
    ev.eval_otb(trees/"OTB", results=[root], work=tmp_path/"w", out=tmp_path/"r.json") # nothing runs
    got = json.loads((tmp_path/"r.json").read_text())["trackers"]
    assert set(got) == {"ncc", "Stay"}
    for t, r in got.items():
        assert "fps" not in r
        assert r["failed"] == {}
        assert r["success"] == pytest.approx(want[t]["success"])
        assert r["sequences"]["Bee"]["overlaps"] == want[t]["sequences"]["Bee"]["overlaps"]
        assert [r[k] for k in benchmarks.benchmarks["otb"].measures] == pytest.approx(
            [want[t][k] for k in benchmarks.benchmarks["otb"].measures], abs=1e-4)
    ev.eval_otb(trees/"OTB", here+"Stay", results=[root], work=tmp_path/"beside", out=tmp_path/"b.json")
    both = json.loads((tmp_path/"b.json").read_text())["trackers"]
    assert list(both) == ["toys:Stay", *sorted(got, key=str.lower)] or set(both) == {"toys:Stay", *got}
    assert both["toys:Stay"]["auc"] == pytest.approx(both["Stay"]["auc"])
    assert both["toys:Stay"]["fps"] > 0


@pytest.mark.parametrize("protocol", ["tre", "sre"])
def test_published_results_of_many_starts(trees, here, tmp_path, protocol):
    ev.eval_otb(trees/"OTB", "ncc", work=tmp_path/"own", out=tmp_path/"own.json", **{protocol: True})
    for n in NAMES:
        save_mat(tmp_path/"R"/f"{n}_old.mat", *(struct(formats.read_result(p))
            for p in sorted((tmp_path/"own"/"ncc").glob(f"{n}_*.txt"))))
    for f, folder in (("mat", tmp_path/"R"), ("txt", tmp_path/"own"/"ncc")):
        ev.eval_otb(trees/"OTB", results=[folder], work=tmp_path/f, out=tmp_path/"r.json", **{protocol: True})
        want, (got,) = (list(json.loads((tmp_path/f"{k}.json").read_text())["trackers"].values()) for k in ("own", "r"))
        assert got["success"] == pytest.approx(want[0]["success"]), f


def test_published_trackers_that_cannot_be_used(trees, here, theirs, tmp_path, capsys):
    "Shapes that are no boxes leave a tracker out; a missing sequence counts for nobody; a wrong length fails"
    boxes = theirs[0]["ncc"]
    root = tmp_path/"R"
    for n, b in boxes.items():
        save_mat(root/f"{n}_IVT.mat", struct(b, res=np.c_[b, b[:, :2]], type="ivtAff", tmplsize=[32, 32]))
        save_mat(root/f"{n}_Good.mat", struct(b[:5] if n == "Cat" else b))
    (root/"Bee_Good.mat").unlink()
    (root/"readme.txt").write_text("hello")
    (root/"times").mkdir()
    (root/"times"/"Ant_time.txt").write_text("1\n")
    ev.eval_otb(trees/"OTB", results=[root], work=tmp_path/"w", out=tmp_path/"r.json")
    d, said = json.loads((tmp_path/"r.json").read_text()), capsys.readouterr().out
    assert list(d["trackers"]) == ["Good"]
    assert d["trackers"]["Good"]["failed"].keys() == {"Cat"}
    assert list(d["trackers"]["Good"]["sequences"]) == ["Ant", "Cat"]
    assert "left out: IVT: " in said
    assert "is of type 'ivtAff': expected 'rect'" in said
    assert "left out: Bee: there is no result of Good" in said
    assert "5 rows for 12 frames" in said
    for p in root.glob("*Good*"): p.unlink()
    save_mat(root/"Bee_IVT.mat", struct(boxes["Bee"], type="L1Aff"))
    with pytest.raises(ValueError, match="expected 'rect'"):
        ev.eval_otb(trees/"OTB", results=[root], work=tmp_path/"x", out=tmp_path/"r.json")
    with pytest.raises(ValueError, match="holds no result of these sequences"):
        ev.eval_otb(trees/"OTB", results=[trees/"VOT"], work=tmp_path/"y", out=tmp_path/"r.json")


@pytest.mark.parametrize("name, data, says", [("a.mat", b"no matlab", "no MATLAB file"),
    ("a.mat", b"", "no MATLAB file"), ("a.json", b"{", "is not JSON"),
    ("a.json", b'{"ASLA": {"overall": {"success_score": 0.4}}}', "has no boxes but"),
    ("a.json", b"[1, 2]", "expected a struct"),
    ("a.json", b'[{"res": [[1, 2], [3]], "resType": "rect"}]', "expected \\(N, 4\\)"),
    ("a.json", b'[{"res": [], "resType": "rect"}]', "expected \\(N, 4\\)"),
    ("a.json", b"5", "holds 5: expected a struct"), ("a.json", b"null", "holds None: expected a struct"),
    ("a.json", b"["*99999, "is not JSON"), *(
        ("a.json", b'[{"res": [[1, 2, 3, 4]], "len": %s}]' % n, "length .*expected the number of frames")
        for n in (b"null", b'"x"', b"1e999", b"NaN", b"[1]")),
        ("a.json", b'[{"res": [[1, 2, 3, 4]], "len": 3}]', "for 3 frames"),
        ("a.json", b'[{"res": "here", "type": "rect"}]', "expected \\(N, 4\\)"),
        ("a.txt", b"1,2,3\n", "rows of 3 numbers")])
def test_bad_published_files(tmp_path, name, data, says):
    (tmp_path/name).write_bytes(data)
    with pytest.raises(ValueError, match=says) as e: formats.read_published(tmp_path/name)
    assert str(tmp_path/name) in str(e.value)


def test_published_boxes_that_are_no_numbers(tmp_path):
    (tmp_path/"a.json").write_text('[{"res": [[1, 1, 5, 5], [null, null, null, null], [NaN, 2, 5, 5]]}]')
    np.testing.assert_array_equal(formats.read_published(tmp_path/"a.json")[0],
                                  [[0, 0, 5, 5], [np.nan]*4, [np.nan, 1, 5, 5]])
    savemat(tmp_path/"b.mat", dict(other=1))
    with pytest.raises(ValueError, match="no variable results but"):
        formats.read_published(tmp_path/"b.mat")


def test_structs_of_matlab_that_hold_something_else(tmp_path):
    "Whatever a field is, a sentence names the file; a type that is empty is none"
    p, b, none = tmp_path/"a.mat", np.tile([1., 1, 5, 5], (9, 1)), np.zeros((0, 0))
    for results, says in ((3., "holds 3.0"), (dict(res=b, len=none), "length"), (dict(res=b, len=[9., 2.]), "length"),
                          (dict(res=none, len=9.), "shape")):
        savemat(p, dict(results=results))
        with pytest.raises(ValueError, match=says) as e: formats.read_published(p)
        assert str(p) in str(e.value)
    savemat(p, dict(results=dict(res=b.astype(np.uint8), type="", len=np.uint8(4))))
    np.testing.assert_array_equal(formats.read_published(p)[0], [[0, 0, 5, 5]]*4)
    p.write_bytes(p.read_bytes()[:200])
    with pytest.raises(ValueError, match="no MATLAB file") as e: formats.read_published(p)
    assert str(p) in str(e.value)


# ---- the official tools read the files

def test_got10k_reads_our_results(trees, here, tmp_path, monkeypatch):
    mod = pytest.importorskip("got10k.experiments.otb", reason="got10k is not installed (extra parity)")
    ev.eval_otb(trees/"OTB", here+"Stay", work=tmp_path/"OTB9", out=tmp_path/"r.json")
    r = json.loads((tmp_path/"r.json").read_text())["trackers"]["toys:Stay"]
    e = mod.ExperimentOTB.__new__(mod.ExperimentOTB)
    e.nbins_iou, e.nbins_ce = 21, 51
    for k, n in enumerate(NAMES):
        rows = np.loadtxt(tmp_path/"OTB9"/"toys_Stay"/f"{n}.txt", delimiter=",")
        succ, prec = e._calc_curves(*e._calc_metrics(rows, truth(k)+[1, 1, 0, 0]))
        assert succ.mean() == pytest.approx(r["sequences"][n]["auc"], abs=1e-9)
        assert prec[20] == pytest.approx(r["sequences"][n]["precision"], abs=1e-9)


def test_vot_toolkit_reads_our_results(trees, here, tmp_path):
    io = pytest.importorskip("vot.region.io", reason="vot-toolkit is not installed (extra parity)")
    ev.eval_vot(trees/"VOT", here+"Away", lengths="3,8", work=tmp_path/"w", out=tmp_path/"r.json")
    t = io.read_trajectory(str(tmp_path/"w"/"toys_Away"/"baseline"/"Ant"/"Ant_001.txt"))
    assert [type(o).__name__ for o in t[:5]] == ["Special", "Rectangle", "Rectangle", "Special", "Special"]
    assert [t[i].code for i in (0, 3, 4)] == [1, 2, 0]

def test_a_report_leads_to_pictures_with_blanks_and_brackets(tmp_path):
    "In Markdown, a blank or a bracket would end the link, or the words before it"
    from urllib.parse import unquote
    part = 'figure','a b (1) [x].jpg',b'...','Best of [a] * and ]'
    text = sheets.as_markdown([part], tmp_path/'my report (2)')
    said,to = re.search(r'^!\[((?:\\.|[^\]])*)\]\(([^\s()]+)\)$', text, re.M).groups()
    assert (tmp_path/unquote(to)).read_bytes()==b'...'
    assert said==r'Best of \[a\] \* and \]' and f'*{said}*' in text

@pytest.mark.parametrize("name, seen", [("kcf", 1), ("mil", 0)])
def test_kcf_learns_the_target_in_its_first_frame(name, seen, monkeypatch):
    "It looks at no picture in `init`: later it would learn what stands at the old place"
    shown = []
    class Fake:
        def init(self, im, box): shown.clear()
        def update(self, im): shown.append(im); return True, (1, 2, 3, 4)
    monkeypatch.setattr(trackers, "opencv_maker", lambda name: (Fake, True))
    f = frames(0)[0]; t = trackers.OpenCVTracker(name)
    t.init(f, np.array([1, 2, 3, 4.]))
    assert len(shown) == seen and all((im[..., ::-1] == f).all() for im in shown)
