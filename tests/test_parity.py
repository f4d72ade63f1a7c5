"""Our measures against the official tools on the same predictions, equal to 1e-9

Without the tools (`pip install -e '.[parity]'`) the values below still check us:
worked out by hand, or recorded from the tools."""
import time
from pathlib import Path

import numpy as np
import pytest

from siamfc_nb import otb, vot
from siamfc_nb.data.lazy import read_boxes
from siamfc_nb.videos import Video
from siamfc_nb.vot import FAILURE, SKIPPED, START, TRACKED, Run

H, W = SIZE = 240, 320
KINDS = "perfect", "walk", "drift", "lost", "absent"
TIGHT = dict(rtol=0, atol=1e-9)


def predictions(kind, seed, n=120, digits=3):
    "Truth and predictions of one sequence; `absent` has frames without a target"
    rng = np.random.default_rng([KINDS.index(kind), seed]); size = rng.uniform(12, 60, 2)
    path = np.clip(rng.uniform(60, 180, 2)+np.cumsum(rng.normal(0, 3, (n, 2)), 0), -10, [W-20, H-20])
    truth = np.c_[path, size*np.exp(np.cumsum(rng.normal(0, .01, (n, 2)), 0))].round(digits); p = truth.copy()
    if kind in ("walk", "absent"):
        p = np.c_[truth[:, :2]+np.cumsum(rng.normal(0, 1, (n, 2)), 0), truth[:, 2:]*np.exp(rng.normal(0, .1, (n, 2)))]
    if kind == "drift": p[:, :2] += np.arange(n)[:, None]*[.4, -.2]
    if kind == "lost": p[n//3:] = p[n//3]
    if kind == "absent": truth[n//4:n//3] = np.nan
    p[0] = truth[0]
    return truth, p.round(digits)


CASES = [(k, s) for k in KINDS for s in range(3)]
cases = pytest.mark.parametrize("kind, seed", CASES, ids=lambda o: str(o))


# ---- by hand: OTB and GOT-10k

truth5 = np.array([[0, 0, 10, 10], [10, 0, 10, 10], [20, 0, 10, 10], [30, 0, 10, 10], [np.nan]*4])
pred5 = np.array([[9, 9, 9, 9], [12, 0, 10, 10], [20, 0, 20, 10], [np.nan]*4, [60, 0, 10, 10.]])


def test_otb_by_hand():
    "Overlaps 1, 2/3, 1/2, errors 0, 2, 5; frame 4 is no box and repeats frame 3: [20,0,20,10] on [30,0,10,10], 1/2, 5"
    o, e, n = otb.frame_scores(pred5, truth5)
    np.testing.assert_allclose(o, [1, 2/3, 1/2, 1/2, np.nan], **TIGHT)
    np.testing.assert_allclose(e, [0, 2, 5, 5, np.nan], **TIGHT)
    np.testing.assert_allclose(n, [0, .2, .5, .5, np.nan], **TIGHT)
    assert otb.auc(o) == pytest.approx((20+14+10+10)/84, abs=1e-12)
    assert [otb.precision(e, at) for at in (1, 2, 4, 5)] == [.25, .5, .5, 1]
    assert otb.norm_precision(n, .2) == .5 and otb.norm_precision(n) == pytest.approx((51+31+1+1)/204, abs=1e-12)


@pytest.mark.parametrize("absent, success0, precision0", [("skip", 1, .25), ("fail", .8, .2), ("matlab", .8, .4)])
def test_absent_frames_by_hand(absent, success0, precision0):
    "MATLAB's -1 is a failure for success and a hit for precision, of five frames"
    o, e, _ = otb.frame_scores(pred5, truth5, absent)
    assert otb.success(o)[0] == success0 and otb.precision(e, 0) == precision0


def test_kept_invalid_predictions_by_hand():
    o, e, n = otb.frame_scores([[0, 0, 10, 10], [np.nan]*4, [20, 0, -5, 10], [30, 0, 10, 0], [0, 0, 1, 1]], truth5,
                               invalid="keep")
    np.testing.assert_array_equal(o[:4], [1, 0, 0, 0])
    np.testing.assert_array_equal(e[:3], [0, np.inf, 7.5]) # 7.5: middle of the box as it stands
    assert np.isinf(n[1]) and np.isnan(o[4])


def test_matlab_presence_counts_from_one():
    t = [[-1, 5, 9, 9], [0, 5, 9, 9], [0, 0, 0, 9], [np.nan]*4]
    assert otb.present_frames(t, matlab=True).tolist() == [False, True, False, False]
    assert otb.present_frames(t).tolist() == [True, True, False, False]


def test_tre_by_hand():
    "95 of 114 frames leave 20 to go: MATLAB's floor(1:95/19:95) is 1, 6, … 91, and 95 joins"
    v = Video("v", [None]*114, {"t": np.tile([5, 5, 9, 9.], (114, 1))})
    assert [i+1 for i, _ in otb.tre_starts(v)] == [*range(1, 92, 5), 95]
    v.boxes[:2] = np.nan # 93 frames remain, from frame 3 on; step 93/19
    assert [i-1 for i, _ in otb.tre_starts(v)] == [1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 49, 54, 59, 64, 69, 74, 79,
                                                   84, 89, 93]
    short = Video("s", [None]*15, {"t": np.tile([5, 5, 9, 9.], (15, 1))})
    assert [i for i, _ in otb.tre_starts(short)] == [0]


def test_sre_by_hand():
    "A box of 33×24 at (11,21), counted from 1, in a frame of 100×60: tenths 3.3 and 2.4"
    got = {k: (b+[1, 1, 0, 0]).tolist() for k, b in otb.sre_boxes([10, 20, 33, 24], (60, 100)).items()}
    assert got == dict(left=[7, 21, 33, 24], right=[15, 21, 33, 24], up=[11, 18, 33, 24], down=[11, 24, 33, 24],
        topLeft=[8, 19, 36, 26], topRight=[11, 19, 36, 26], bottomLeft=[8, 21, 36, 26], bottomRight=[11, 21, 36, 26],
        scale_8=[14, 23, 26, 19], scale_9=[13, 22, 30, 22], scale_11=[9, 20, 36, 26], scale_12=[8, 19, 40, 29])
    assert otb.sre_boxes([1, 0, 50, 20], (60, 52))["left"].tolist() == [0, 0, 50, 20] # moved back, not cut
    assert otb.sre_boxes([1, 0, 50, 20], (60, 52))["right"].tolist() == [6, 0, 46, 20] # cut


def test_got10k_by_hand():
    "Of [-10,0,30,20] the edge goes to 0 and the width stays: overlap 20·20/(30·20) with [0,0,20,20]"
    o = otb.got10k_overlaps([[5, 5, 9, 9], [-10, 0, 30, 20], [90, 0, 40, 20], [50, 0, 9, 9]],
                            [[0, 0, 9, 9], [0, 0, 20, 20], [90, 0, 10, 20], [np.nan]*4], (50, 100))
    np.testing.assert_allclose(o, [2/3, 1], **TIGHT)
    assert otb.got10k_scores([o, [.5, .75]]) == pytest.approx(dict(ao=(2/3+1+1.25)/4, sr50=3/4, sr75=1/4))


class Replay:
    "A tracker that says what it was given; frames carry their number"
    def __init__(self, boxes): self.boxes = boxes
    def track(self, frames, box): return np.r_[[box], self.boxes[len(self.boxes)-len(frames)+1:]], np.ones(len(frames))
    def init(self, frame, box): pass
    def update(self, frame): return self.boxes[frame[0, 0, 0]], 1.


def numbered(n): return [np.broadcast_to(i, (*SIZE, 3)) for i in range(n)]
def video(truth, name="v"): return Video(name, numbered(len(truth)), {"t": truth})


def test_protocols_pool_the_frames_of_their_starts():
    truth, p = predictions("drift", 0); v = video(truth)
    o = otb.iou(p, truth)
    for f, starts in ((otb.tre, otb.tre_starts(v)), (otb.sre, otb.sre_starts(v))):
        want = np.concatenate([np.r_[1, o[i+1:]] for i, _ in starts]); r, = f(Replay(p), [v])
        assert r["frames"] == len(want)
        assert r["auc"] == pytest.approx(np.mean([(want > t).mean() for t in np.linspace(0, 1, 21)]), abs=1e-12)
    r, = otb.ope(Replay(p), [v])
    assert r["auc"] == pytest.approx(otb.auc(o), abs=1e-12) and r["boxes"].shape == (120, 4)


def test_metrics_are_fast():
    "100 sequences of 600 frames, with intervals and GOT-10k's measures, in under a second; the best of three"
    data, spent = [predictions("walk", s, 600) for s in range(100)], []
    for _ in range(3):
        start = time.process_time()
        rows = [dict(name=str(i), **otb.sequence_scores([(p, t)])) for i, (t, p) in enumerate(data)]
        otb.overall(rows); otb.got10k_scores([otb.got10k_overlaps(p, t, SIZE) for t, p in data])
        spent.append(time.process_time()-start)
    assert min(spent) < 1, spent


# ---- by hand: VOT

nan = np.nan
table = Run([START, TRACKED, TRACKED, FAILURE, SKIPPED, SKIPPED, SKIPPED, SKIPPED, START, TRACKED, TRACKED, TRACKED],
            [nan, .8, .6, 0, nan, nan, nan, nan, nan, .9, .7, .5])


def test_vot_by_hand():
    assert vot.accuracy(table, 2) == pytest.approx(.6) and vot.accuracy(table, 10) == 0 and vot.failures(table) == 1
    assert vot.reliability(1, 12) == pytest.approx(np.exp(-2.5))
    np.testing.assert_allclose(vot.eao_curve([table], 6)[2:], [.85, .75, (1.4/3+.7)/2, .35, .28], **TIGHT)
    assert vot.eao([table], lengths=(2, 4)) == pytest.approx((.85+.75+(1.4/3+.7)/2)/3)


def test_late_failures_part_the_toolkits():
    "Failure in frame 4 of 6: no start is left. MATLAB ends the fragment with the sequence, Python goes on with zeros"
    run = Run([START, TRACKED, TRACKED, FAILURE, SKIPPED, SKIPPED], [nan, .8, .6, 0, nan, nan])
    whole = Run([START]+[TRACKED]*9, [nan]+[.5]*9)
    np.testing.assert_allclose(vot.eao_curve([run, whole], 7)[2:], [.65, .6, (1.4/3+.5)/2, .425, .39, .5], **TIGHT)
    np.testing.assert_allclose(vot.eao_curve([run, whole], 7, "python")[2:],
                               [.65, .6, (1.4/3+.5)/2, .425, .39, (1.4/6+.5)/2], **TIGHT)


def test_the_last_frame_for_another_start():
    "After a failure in frame 4, frame 9 is the next start: with 8 frames MATLAB's fragment ends, with 9 it is lost"
    codes = [START, TRACKED, TRACKED, FAILURE, SKIPPED, SKIPPED, SKIPPED, SKIPPED, START]
    o = [nan, .8, .6, 0, *[nan]*5]
    assert [(len(x), lost) for x, lost in vot.fragments(Run(codes[:8], o[:8]))] == [(8, False)]
    assert [(len(x), lost) for x, lost in vot.fragments(Run(codes, o))] == [(3, True), (1, False)]
    assert [(len(x), lost) for x, lost in vot.fragments(Run(codes[:8], o[:8]), "python")] == [(3, True)]


def test_ranges_of_the_toolkits():
    "A curve that is its own index tells the range: one start and overlaps that make the mean over n-1 frames equal n"
    o = 1e-3*np.arange(400)*2; o[1] = 2e-3 # mean of o[1:n] is 1e-3 n
    run = Run([START]+[TRACKED]*399, np.r_[nan, o[1:]])
    c = vot.eao_curve([run], 400)
    np.testing.assert_allclose(c[2:], 1e-3*np.arange(2, 401), rtol=1e-12)
    assert vot.eao([run]) == pytest.approx(1e-3*np.arange(108, 372).mean())
    assert vot.eao([run], "python") == pytest.approx(1e-3*np.arange(109, 373).mean())


def test_tags_by_hand():
    "Attribute a: frames 1-6 (accuracy .6 from frame 3, a failure); b: frames 9-12 (.7 and .5)"
    runs, i = dict(s=[table]), np.arange(12)
    tags = dict(s=dict(a=i < 6, b=i >= 8))
    t = vot.tag_scores(runs, tags, burnin=2)
    assert (t["accuracy"], t["failures"]) == pytest.approx((.6, .6))
    assert {k: r["frames"] for k, r in t["tags"].items()} == dict(a=6, b=4)
    assert vot.tag_scores(runs, tags, "equal", burnin=2)["failures"] == .5
    # the start in frame 9 lies outside: MATLAB leaves no frame out, we leave out frame 10
    after = dict(s=dict(c=i >= 9))
    assert vot.tag_scores(runs, after, burnin=2)["accuracy"] == pytest.approx(.6)
    assert vot.tag_scores(runs, after, burnin=2, burn="tag")["accuracy"] == pytest.approx(.7)


def test_supervised_by_hand():
    truth = np.tile([20, 20, 10, 10.], (20, 1)); said = truth.copy(); said[3, 0] = 30; said[17, 0] = np.nan
    r = vot.supervised(Replay(said), numbered(20), truth)
    assert r.codes.tolist() == [1, 3, 3, 2, 0, 0, 0, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3, 2, 0, 0]
    ok = np.ones(20, bool); ok[8:10] = False
    assert vot.supervised(Replay(said), numbered(20), truth, may_start=ok).codes[8:11].tolist() == [0, 0, 1]
    truth[8] = np.nan
    assert vot.supervised(Replay(said), numbered(20), truth).codes[8:10].tolist() == [0, 1]


RASTER = [ # recorded from vot-toolkit 0.9.0: prediction, truth, overlap in a frame of 320×240
    ([20, 30, 40, 20], [20, 30, 60, 30, 60, 50, 20, 50], 0.9291521486643438),
    ([25.5, 31.5, 40.2, 20.7], [30, 25, 66.3, 38.1, 58.9, 59.2, 21.7, 44.4], 0.6977205153617443),
    ([-15, 200, 60, 60], [10.2, 190.4, 49.6, 210.3, 30.1, 250.2, -8.8, 231.7], 0.8246059989832232),
    ([5, 5, 1, 9], [5, 25, 1, 3], 1.0),
    ([100, 100, 30, 30], [140, 100, 160, 100, 160, 130, 140, 130], 0.0),
]


@pytest.mark.parametrize("a, b, want", RASTER)
def test_raster_overlap_as_recorded(a, b, want): assert vot.raster_overlap(a, b, SIZE) == pytest.approx(want, abs=1e-12)


def test_exact_overlap_by_hand():
    d = 50**.5; inter = 200*(2**.5-1)
    assert vot.polygon_overlap([0, 0, 10, 10], [5, 5-d, 5+d, 5, 5, 5+d, 5-d, 5]) == pytest.approx(
        inter/(200-inter), abs=1e-12)
    L = [0, 0, 10, 0, 10, 10, 5, 10, 5, 5, 0, 5] # not convex: 75 of area, 25 of them in the box
    assert vot.polygon_overlap([0, 0, 5, 10], L) == pytest.approx(25/(50+75-25), abs=1e-12)
    # the other way round
    assert vot.polygon_overlap([0, 0, 5, 10], vot.corners(L)[::-1].ravel()) == pytest.approx(25/100, abs=1e-12)


# ---- bad input

@pytest.mark.parametrize("f", [otb.frame_scores, lambda b, t: otb.got10k_overlaps(b, t, SIZE)], ids=["otb", "got10k"])
@pytest.mark.parametrize("boxes, truth, says", [
    (pred5[:4], truth5, "4 rows for 5 frames"), (np.r_[pred5, pred5], truth5, "10 rows for 5 frames"),
    (np.zeros((5, 8)), truth5, "rotated"),
    (np.zeros((5, 3)), truth5, r"\(5, 3\)"), (np.zeros(4), truth5, r"\(4,\)"),
    (pred5, truth5*nan, "no frame with a target"), (pred5[:0], truth5[:0], "no frame")])
def test_bad_rows(f, boxes, truth, says):
    with pytest.raises(ValueError, match=says): f(boxes, truth)


@pytest.mark.parametrize("text", ["1,2,3,4\n5,6,7,8\n", "1\t2\t3\t4\n5\t6\t7\t8", "1 2 3 4\n5 6 7 8\n\n",
                                  "1, 2, 3, 4\r\n5, 6, 7, 8\r\n"])
def test_result_files_with_other_separators(tmp_path, text):
    (tmp_path/"r.txt").write_text(text)
    t = np.array([[1, 2, 3, 4], [5, 6, 7, 8.]])
    assert otb.auc(otb.frame_scores(read_boxes(tmp_path/"r.txt"), t)[0]) == pytest.approx(20/21)


def test_videos_without_truth():
    with pytest.raises(ValueError, match="has no track"): otb.ope(Replay(pred5), [Video("v", [None]*5)])
    for f in (otb.ope, otb.tre, otb.sre):
        with pytest.raises(ValueError, match="'v' has no frame with a target"): f(Replay(pred5), [video(truth5*nan)])


@pytest.mark.parametrize("truth, says", [(truth5*nan, "no frame with a target"), (np.zeros((5, 5)), r"\(5, 5\)"), (
    np.ones((4, 4)), "4 rows for more frames"), (np.ones((6, 4)), "6 rows for 5 frames")])
def test_bad_truth_for_vot(truth, says):
    with pytest.raises(ValueError, match=says): vot.supervised(Replay(np.ones((9, 4))), numbered(5), truth)


def test_predictions_that_are_no_boxes_fail_in_vot():
    for b in ([nan]*4, [5, 5, 0, 9], [5, 5, -9, 9], [np.inf, 5, 9, 9]):
        for f in (vot.raster_overlap, vot.polygon_overlap): assert f(b, [5, 5, 9, 9], SIZE) == 0
    with pytest.raises(ValueError, match="expected"): vot.raster_overlap([1, 2, 3], [5, 5, 9, 9], SIZE)


def test_bad_runs():
    with pytest.raises(ValueError, match="one of each"): Run([START], [nan, 1])
    with pytest.raises(ValueError, match="TRACKED"): Run([START, TRACKED], [nan, nan])
    with pytest.raises(ValueError, match="no run"): vot.ar_scores({"a": []})
    with pytest.raises(ValueError, match="reaches 108"): vot.eao([Run([START]+[TRACKED]*50, [nan]+[.5]*50)])
    with pytest.raises(ValueError, match="5 values for 12"):
        vot.tag_scores(dict(s=[table]), dict(s=dict(a=np.ones(5, bool))))
    for f in (lambda: vot.eao_curve([], 9), lambda: otb.bootstrap([]), lambda: otb.got10k_scores([])):
        with pytest.raises(ValueError, match="expected"): f()
    for f in (lambda: otb.frame_scores(pred5, truth5, "x"), lambda: otb.frame_scores(pred5, truth5, invalid="x"),
              lambda: vot.fragments(table, "x"), lambda: vot.tag_scores({}, {}, "x")):
        with pytest.raises(ValueError, match="'x'"): f()


# ---- got10k 0.1.3

class Dataset:
    "What got10k's experiments ask of a dataset"
    return_meta = False

    def __init__(self, seqs, meta=None, image="none"):
        self.seqs, self.seq_names, self.meta, self.image = seqs, list(seqs), meta or {}, image
    def __len__(self): return len(self.seqs)
    def __getitem__(self, i):
        k = i if isinstance(i, str) else self.seq_names[i]
        return ([self.image]*len(self.seqs[k]), self.seqs[k].copy(), *([self.meta[k]] if k in self.meta else []))


def experiment(cls, tmp_path, dataset, **attrs):
    "An experiment of got10k without its dataset on disk"
    e = cls.__new__(cls)
    e.__dict__.update(dataset=dataset, result_dir=str(tmp_path/"results"), report_dir=str(tmp_path/"reports"), **attrs)
    return e


@pytest.fixture(scope="module")
def many(): return {f"{k}{s}": predictions(k, s) for k, s in CASES}


def test_otb_report_of_got10k(tmp_path, many):
    "Success and precision curves, AUC and P@20 of each sequence and overall, from result files"
    mod = pytest.importorskip("got10k.experiments.otb", reason="got10k is not installed (extra parity)")
    import matplotlib; matplotlib.use("Agg")
    e = experiment(mod.ExperimentOTB, tmp_path, Dataset({k: t for k, (t, _) in many.items()}), nbins_iou=21,
                   nbins_ce=51)
    out = tmp_path/"results"/"t"; out.mkdir(parents=True)
    bad = {}
    for i, (k, (t, p)) in enumerate(many.items()):
        bad[k] = p.copy()
        if i%2: bad[k][5], bad[k][9, 2] = nan, -3.
        np.savetxt(out/f"{k}.txt", bad[k], "%.6f", ",")
    want = e.report(["t"])["t"]; rows = {}
    for k, (t, _) in many.items():
        o, err, _ = otb.frame_scores(bad[k], t, absent="fail", invalid="keep"); w = want["seq_wise"][k]
        rows[k] = otb.success(o), otb.precision(err, np.arange(51))
        np.testing.assert_allclose(rows[k][0], w["success_curve"], **TIGHT)
        np.testing.assert_allclose(rows[k][1], w["precision_curve"], **TIGHT)
        assert otb.auc(o) == pytest.approx(w["success_score"], abs=1e-9)
        assert otb.precision(err) == pytest.approx(w["precision_score"], abs=1e-9)
    np.testing.assert_allclose(np.mean([r[0] for r in rows.values()], 0), want["overall"]["success_curve"], **TIGHT)
    assert np.mean([r[1][20] for r in rows.values()]) == pytest.approx(want["overall"]["precision_score"], abs=1e-9)


@cases
def test_got10k_agrees_without_switches_where_every_frame_has_boxes(kind, seed):
    mod = pytest.importorskip("got10k.utils.metrics", reason="got10k is not installed (extra parity)")
    truth, p = predictions(kind, seed); here = np.isfinite(truth[:, 0])
    o, e, _ = otb.frame_scores(p, truth)
    np.testing.assert_allclose(o[here], mod.rect_iou(p[here], truth[here]), **TIGHT)
    np.testing.assert_array_equal(e[here], mod.center_error(p[here], truth[here]))
    assert np.isnan(o[~here]).all()


def test_got10k_report(tmp_path, many):
    "AO and SR of each sequence and overall, boxes that reach beyond the image included"
    mod = pytest.importorskip("got10k.experiments.got10k", reason="got10k is not installed (extra parity)")
    import matplotlib; matplotlib.use("Agg")
    rng, meta, ours = np.random.default_rng(0), {}, {}
    for k, (t, p) in many.items():
        cover = np.where(np.isfinite(t[:, 0]), rng.integers(0, 9, len(t)), 0)
        meta[k] = dict(cover=cover, resolution=str((W, H)))
        out = tmp_path/"results"/"t"/k; out.mkdir(parents=True)
        for r, q in enumerate((p, p+[1, -2, 3, 4])): np.savetxt(out/f"{k}_{r+1:03d}.txt", q, "%.6f", ",")
        np.savetxt(out/f"{k}_time.txt", np.full(len(t), .1))
        ours[k] = np.concatenate([otb.got10k_overlaps(q, t, SIZE, cover, invalid="keep") for q in (p, p+[1, -2, 3, 4])])
    e = experiment(mod.ExperimentGOT10k, tmp_path, Dataset({k: t for k, (t, _) in many.items()}, meta), subset="val",
                   nbins_iou=101, repetitions=3)
    want = e.report(["t"])["t"]
    for k, o in ours.items():
        assert (o.mean(), (o > .5).mean()) == pytest.approx((want["seq_wise"][k]["ao"], want["seq_wise"][k]["sr"]),
                                                            abs=1e-9), k
    s = otb.got10k_scores(list(ours.values()))
    assert (s["ao"], s["sr50"], s["sr75"]) == pytest.approx((want["overall"]["ao"], want["overall"]["sr"],
                                                             want["overall"]["succ_curve"][75]), abs=1e-9)


def turned(c, wh, angle):
    R = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (c+(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])*wh/2)@R.T).ravel()


def random_regions(n, seed=0):
    "Predictions and truths, boxes and polygons, small and large, inside and across the border"
    rng = np.random.default_rng(seed); out = []
    for _ in range(n):
        c, wh = rng.uniform(-10, [W+10, H+10]), np.exp(rng.uniform(np.log(2), np.log(90), 2))
        b = turned(c, wh, rng.uniform(0, np.pi)) if rng.random() < .7 else np.r_[c-wh/2, wh]
        if rng.random() < .3: b = np.round(b*2)/2
        q, s = c+rng.normal(0, .4, 2)*wh, wh*np.exp(rng.normal(0, .3, 2)); a = np.r_[q-s/2, s]
        out.append((np.round(a*2)/2 if rng.random() < .3 else turned(q, s, rng.uniform(0, np.pi)) if rng.random(
            ) < .2 else a, b))
    return out


@pytest.mark.parametrize("size", [None, SIZE], ids=["everywhere", "in the frame"])
def test_exact_overlap_equals_shapely_in_got10k(size):
    mod = pytest.importorskip("got10k.utils.metrics", reason="got10k is not installed (extra parity)")
    pairs = random_regions(500)
    want = [mod.poly_iou(a, b, None if size is None else size[::-1])[0] for a, b in pairs]
    np.testing.assert_allclose([vot.polygon_overlap(a, b, size) for a, b in pairs], want, **TIGHT)
    assert np.mean(np.array(want) > 0) > .7


def supervised_runs(n=6, reps=2, length=150, seed=0):
    "Truths as polygons, and runs of trackers that wander and are lost now and then"
    truths, runs = {}, {}
    for s in range(n):
        rng = np.random.default_rng([seed, s]); N = length+20*s
        c = 120+np.cumsum(rng.normal(0, 1.5, (N, 2)), 0); wh = rng.uniform(20, 60, 2)
        truths[f"s{s}"] = t = np.array([turned(p, wh, .01*i) for i, p in enumerate(c)])
        runs[f"s{s}"] = []
        for _ in range(reps if s%2 else 1):
            p = np.c_[c-wh/2+np.cumsum(rng.normal(0, 1, (N, 2)), 0)*.6, np.tile(wh, (N, 1))].round(3)
            for j in [*rng.integers(20, N, s), N-2][:s]: p[j, :2] += 150
            runs[f"s{s}"].append(vot.supervised(Replay(p), numbered(len(t)), t))
    return truths, runs


def test_short_files_of_tags_in_both_tools(tmp_path):
    "Rows that are missing are zeros, and a file of values is no tag"
    from siamfc_nb.evaluation.benchmarks import read_tag
    for k, rows in (("occlusion.tag", "0\n1\n"), ("size_change.label", "1\n"*7), ("practical.value", "0.5\n"*7)):
        (tmp_path/k).write_text(rows)
    ours = {k.split(".")[0]: read_tag(tmp_path/k, 7).tolist() for k in ("occlusion.tag", "size_change.label")}
    assert ours == dict(occlusion=[False, True]+[False]*5, size_change=[True]*7)
    tool = pytest.importorskip("got10k.datasets.vot", reason="got10k is not installed (extra parity)").VOT
    meta = tool._fetch_meta(tool.__new__(tool), str(tmp_path), 7)
    assert {k: np.asarray(meta[k], bool).tolist() for k in ours} == ours
    common = pytest.importorskip("vot.dataset.common", reason="vot-toolkit is not installed (extra parity)")
    (tmp_path/"groundtruth.txt").write_text("1,1,5,5\n"*7)
    from PIL import Image
    for i in range(7): Image.new("RGB", (9, 9)).save(tmp_path/f"{i+1:08d}.jpg")
    seq = common.read_sequence_legacy(str(tmp_path))
    assert {k: [k in seq.tags(i) for i in range(7)] for k in ours} == ours


def test_attribute_scores_of_got10k(tmp_path, monkeypatch):
    "VOT's weighting by attribute; its report runs on numpy 2 only with `_calc_iou` written anew, from its own poly_iou"
    mod = pytest.importorskip("got10k.experiments.vot", reason="got10k is not installed (extra parity)")
    from PIL import Image
    class Experiment(mod.ExperimentVOT):
        def _calc_iou(self, boxes, anno, bound, burnin=False):
            boxes = list(boxes)
            for i in [i for i, b in enumerate(boxes) if b == [1.0]] if burnin else []:
                boxes[i:i+10] = [[0]]*len(boxes[i:i+10])
            return np.array([mod.poly_iou(np.array(a), b, bound)[0] if len(a) > 1 else nan for a,
                             b in zip(boxes, anno)])
    truths, runs = supervised_runs(); rng = np.random.default_rng(0); tags = {}; meta = {}
    exact = {}
    for k, rs in runs.items():
        out = tmp_path/"results"/"t"/"baseline"/k; out.mkdir(parents=True); exact[k] = []
        for j, r in enumerate(rs):
            lines = [",".join(f"{x:.6f}" for x in b) if c == TRACKED else str(c) for c, b in zip(r.codes, r.boxes)]
            (out/f"{k}_{j+1:03d}.txt").write_text("\n".join(lines))
            o = [vot.polygon_overlap(b, t, SIZE) if c == TRACKED else nan for c, b,
                 t in zip(r.codes, r.boxes, truths[k])]
            exact[k].append(Run(r.codes, np.where(r.codes == FAILURE, 0, o), r.boxes))
        np.savetxt(out/f"{k}_time.txt", np.full((len(rs[0]), len(rs)), .1), delimiter=",")
        tags[k] = {a: rng.random(len(rs[0])) < .3 for a in ("occlusion", "size_change")}; meta[k] = tags[k]
        tags[k] = dict(tags[k], empty=~(tags[k]["occlusion"] | tags[k]["size_change"]))
    Image.new("RGB", (W, H)).save(tmp_path/"frame.png")
    e = experiment(Experiment, tmp_path, Dataset(truths, meta, str(tmp_path/"frame.png")), repetitions=15,
                   tags=["occlusion", "size_change", "empty"], burnin=10)
    want = e.report(["t"])["t"]; got = vot.tag_scores(exact, tags)
    assert (got["accuracy"], got["failures"]) == pytest.approx((want["accuracy"], want["robustness"]), abs=1e-9)
    assert got["failures"] > 0


# ---- vot-toolkit 0.9.0, and 0.7.3

class Sequence(list):
    "What vot-toolkit's analyses ask of a sequence"
    name, size = "s", (W, H)

    def groundtruth(self, i=None): return list(self) if i is None else self[i]
    def objects(self): return ["object"]
    def frame(self, i): return i
    def tags(self, i): return []


def region(toolkit, r):
    return toolkit.Rectangle(*r) if len(r) == 4 else toolkit.Polygon(np.reshape(r, (-1, 2)).tolist())
def sequence(toolkit, truth): return Sequence(region(toolkit, t) for t in truth)
def trajectory(toolkit, run):
    return [region(toolkit, b) if c == TRACKED else toolkit.Special(int(c)) for c, b in zip(run.codes, run.boxes)]


@pytest.fixture
def toolkit():
    return pytest.importorskip("vot.region", reason="vot-toolkit is not installed (extra parity)")


def test_raster_overlap_of_the_toolkit(toolkit):
    "Boxes and polygons on the same pixels: equal, not close"
    pairs = random_regions(3000, 1)
    want = [toolkit.calculate_overlap(region(toolkit, a), region(toolkit, b), (W, H)) for a, b in pairs]
    np.testing.assert_array_equal([vot.raster_overlap(a, b, SIZE) for a, b in pairs], want)
    for a, b, w in RASTER:
        assert toolkit.calculate_overlap(region(toolkit, a), region(toolkit, b), (W, H)) == pytest.approx(w, abs=1e-12)


def test_polygons_that_are_not_convex_on_the_toolkits_pixels(toolkit):
    rng = np.random.default_rng(0)
    for _ in range(500):
        a, b = rng.uniform(0, 60, (2, rng.integers(3, 7)*2))
        assert vot.raster_overlap([10, 10, 30, 30], b, SIZE) == toolkit.calculate_overlap(
            toolkit.Rectangle(10, 10, 30, 30), region(toolkit, b), (W, H))
        assert vot.raster_overlap(a, b, SIZE) == toolkit.calculate_overlap(
            region(toolkit, a), region(toolkit, b), (W, H))


def test_accuracy_and_robustness_of_the_toolkit(toolkit):
    sup = pytest.importorskip("vot.analysis.supervised")
    truths, runs = supervised_runs()
    class Trajectories:
        def gather(self, tracker, seq):
            return [type("T", (), {"regions": lambda s, r=r: trajectory(toolkit, r)})() for r in runs[seq.name]]
    analysis = sup.AccuracyRobustness(burnin=10, sensitivity=30); results = []
    got = vot.ar_scores(runs)
    for k, t in truths.items():
        seq = sequence(toolkit, t); seq.name = k
        a, f, ar, n = analysis.subcompute(Trajectories(), None, seq, [])
        results.append((a, f, ar, n))
        g = got["sequences"][k]
        assert (g["accuracy"], g["failures"], g["reliability"], g["frames"]) == pytest.approx(
            (a, f, ar[0], n), abs=1e-9)
    a, f, ar, _ = sup.AverageAccuracyRobustness(analysis=analysis).aggregate(None, [], results)
    assert (got["accuracy"], got["mean_failures"], got["reliability"]) == pytest.approx((a, f, ar[0]), abs=1e-9)
    assert got["failures"] == pytest.approx(sum(r[1] for r in results), abs=1e-9) and got["failures"] > 0


def test_eao_of_the_toolkit(toolkit, monkeypatch):
    "Curve and score: equal in single precision, as the toolkit computes, and in double, once the toolkit does too"
    sup = pytest.importorskip("vot.analysis.supervised")
    from vot.utilities.data import Grid
    truths, runs = supervised_runs(length=330, seed=1); flat = [r for rs in runs.values() for r in rs]
    class Trajectories:
        def gather(self, tracker, seq):
            return [type("T", (), {"regions": lambda s, r=r: trajectory(toolkit, r)})() for r in runs[seq.name]]
    seqs = []
    for k, t in truths.items(): seqs.append(sequence(toolkit, t)); seqs[-1].name = k
    def official():
        curve, = sup.EAOCurve().subcompute(Trajectories(), None, seqs, [])
        return np.asarray(curve), sup.EAOScore(low=108, high=371).compute(None, [], seqs, [Grid.scalar((curve,))])[
            0, 0][0]
    curve, score = official()
    ours = vot.eao_curve(flat, len(curve), "python", dtype=np.float32)
    np.testing.assert_allclose(ours[2:], curve[1:], **TIGHT)
    assert vot.eao(flat, "python", dtype=np.float32) == pytest.approx(score, abs=1e-9)
    np.testing.assert_allclose(vot.eao_curve(flat, len(curve), "python")[2:], curve[1:], atol=1e-6)
    class Double:
        def __getattr__(self, k): return np.float64 if k == "float32" else getattr(np, k)
    monkeypatch.setattr(sup, "np", Double())
    curve, score = official()
    np.testing.assert_allclose(vot.eao_curve(flat, len(curve), "python")[2:], curve[1:], **TIGHT)
    assert vot.eao(flat, "python") == pytest.approx(score, abs=1e-9)
    assert any(lost and len(x) < 330 for r in flat for x, lost in vot.fragments(r, "python"))
    assert vot.eao(flat) != pytest.approx(score, abs=1e-6)


def test_supervised_experiment_of_the_toolkit(toolkit, tmp_path):
    "The toolkit runs its own experiment in process, writes and reads its results: the same frames and codes"
    run_mod = pytest.importorskip("vot.experiment.multirun")
    tr = pytest.importorskip("vot.tracker")
    ws = pytest.importorskip("vot.workspace.storage")
    truths, _ = supervised_runs(n=4)
    for k, t in truths.items():
        p = np.array([[x.mean(), y.mean(), 25, 25]-np.array([12.5, 12.5, 0, 0]) for x, y in zip(t[:, ::2], t[:, 1::2])])
        rng = np.random.default_rng(len(t))
        for j in rng.integers(5, len(t), 4): p[j:j+2, :2] += 130
        p = p.round(3); calls = []
        class Status:
            def __init__(self, i): self.region, self.properties = region(toolkit, p[i]), {}
        class Runtime:
            def __enter__(self): return self
            def __exit__(self, *_): pass
            def initialize(self, frame, state): calls.append(frame); return None, .1
            def update(self, frame): return Status(frame), .1
        class Online(Runtime, getattr(tr, "OnlineTrackerRuntime", object)):
            def __init__(self): pass
            def stop(self): pass
            def restart(self): pass
        class Experiment(run_mod.SupervisedExperiment):
            def _get_runtime(self, *_, **__): return Online()
            def _get_initialization(self, seq, i, *_): return seq.groundtruth(i)
            def results(self, *_): return tr.Results(ws.LocalStorage(str(tmp_path/k)))
        e = Experiment("baseline", None, repetitions=15, skip_initialize=5)
        seq = sequence(toolkit, t); seq.name = k
        e.execute(None, seq)
        want = e.gather(None, seq); got = vot.repetitions(Replay(p), numbered(len(t)), t)
        assert len(want) == len(got) == 3 and calls == np.flatnonzero(got[0].codes == START).tolist()*3
        for i, r in enumerate(want[0].regions()):
            c = got[0].codes[i]
            assert (r.code if isinstance(r, toolkit.Special) else TRACKED) == c, i
            if c == TRACKED: assert (r.x, r.y, r.width, r.height) == pytest.approx(p[i], abs=1e-3)
        assert vot.failures(got[0]) > 0


def test_parity_is_an_extra_of_its_own():
    "Nobody who develops needs the official tools"
    import tomllib
    extras = tomllib.loads((Path(__file__).resolve().parent.parent/"pyproject.toml").read_text())["project"][
        "optional-dependencies"]
    assert any(r.startswith("got10k") for r in extras["parity"])
    assert not any(r.startswith(("got10k", "vot-toolkit", "attributee")) for r in extras["dev"])


# ---- VOT's toolkit runs our tracker

@pytest.mark.parametrize("protocol, experiment",
                         [("trax", "unsupervised"), ("python", "unsupervised"), ("trax", "supervised")])
def test_toolkit_runs_our_tracker(toolkit, tmp_path, protocol, experiment):
    "A workspace on disk, the entry that we write, a process of its own: the boxes are those of the tracker here"
    from importlib.metadata import version

    import cv2

    from siamfc_nb.data.images import read_image
    from siamfc_nb.track.adapters import write_entry
    from siamfc_nb.tracking import Tracker
    if protocol == "python": pytest.importorskip("vot.tracker.python", reason="this vot-toolkit has no protocol python")
    if experiment == "supervised" and version("vot-toolkit") >= "0.9":
        pytest.skip("the supervised experiment of vot-toolkit 0.9.0 is broken")
    pytest.importorskip("trax")
    load = pytest.importorskip("vot.workspace").Workspace.load
    run = pytest.importorskip("vot.experiment").run_experiment
    tr = pytest.importorskip("vot.tracker")
    d = tmp_path/"sequences"/"ant"
    (d/"color").mkdir(parents=True)
    patch = np.random.default_rng(0).integers(0, 255, (24, 24, 3), np.uint8)
    # away for one frame: a failure for the supervised one
    truth = np.array([[20+3*i+(60 if i == 6 else 0), 30+i, 24, 24] for i in range(14)], float)
    for i, (x, y) in enumerate(np.c_[20+3*np.arange(14), 30+np.arange(14)]):
        f = np.full((90, 160, 3), 128, np.uint8)
        f[y:y+24, x:x+24] = patch
        cv2.imwrite(str(d/"color"/f"{i+1:08d}.jpg"), f)
    np.savetxt(d/"groundtruth.txt", truth, "%g", ",")
    (d/"sequence").write_text("channels.color=color/%08d.jpg\nfps=25\n")
    (d.parent/"list.txt").write_text("ant\n")
    (tmp_path/"results").mkdir()
    more = ", skip_initialize: 5" if experiment == "supervised" else ""
    (tmp_path/"config.yaml").write_text("registry: ['./trackers.ini']\nstack:\n  title: t\n  experiments:\n    "
                                        f"baseline: {{type: {experiment}, repetitions: 1{more}}}\n")
    write_entry(tmp_path, "siamfc-3s-fast", protocol, "cpu")
    w = load(str(tmp_path))
    tracker = w.registry["siamfc-3s-fast"]
    e, = w.stack
    run(e, tracker, w.dataset, False, False)
    seq, = w.dataset; got = tr.Trajectory.read(e.results(tracker, seq), "ant_001")
    frames = [read_image(d/"color"/f"{i+1:08d}.jpg") for i in range(14)]
    t = Tracker.pretrained("siamfc-3s-fast", "cpu")
    if experiment == "unsupervised": want, codes = t.track(frames, truth[0])[0], [START]+[TRACKED]*13
    else:
        r = vot.supervised(t, frames, truth)
        want, codes = r.boxes, r.codes.tolist()
        assert codes[6] == FAILURE and codes[11] == START
    for i, r in enumerate(got.regions() if callable(got.regions) else got.regions):
        assert (r.code if isinstance(r, toolkit.Special) else TRACKED) == codes[i], i
        if codes[i] == TRACKED: assert (r.x, r.y, r.width, r.height) == pytest.approx(want[i], abs=.05), i
