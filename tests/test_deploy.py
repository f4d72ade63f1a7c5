"φ outside of torch, the step on tensors, and other tools' interfaces: the same boxes"
from functools import cache

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from siamfc_nb.adapters import CvTracker, got10k_tracker
from siamfc_nb.deploy import (DeviceTracker, GraphTracker, OnnxPhi, OnnxTracker, OpenVinoPhi, calibration_crops, conv_flops, export_onnx, opset, quantize, runtimes,
                              shipped_int8)
from siamfc_nb.embedding import table1
from siamfc_nb.tracking import Confidence, MultiTracker, TrackConfig, Tracker, pretrained_net
from siamfc_nb.videos import toy_video

frames, box = list(toy_video(5, n=5, objects=2).frames), [120., 80, 60, 50]


@cache
def net(): return pretrained_net()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    for k in ("onnx", "onnxruntime", "onnxscript", "openvino"): pytest.importorskip(k, reason="install the extra 'deploy'")
    d = tmp_path_factory.mktemp("onnx"); paths = export_onnx(net(), d)
    return paths | {"int8": quantize(paths["phi"], d/"int8.onnx", calibration_crops(6))}


@pytest.fixture(scope="module")
def images(): return [torch.from_numpy(c) for c in calibration_crops(3, seed=1)] # other crops than those of the calibration


def test_graphs(files):
    import onnx
    for k, p in files.items():
        m = onnx.load(p); onnx.checker.check_model(m)
        assert {o.version for o in m.opset_import if o.domain in ("", "ai.onnx")} == {opset}
        dims = {i.name: [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim] for i in m.graph.input}
        assert isinstance(dims["x"][0], str) and dims["x"][1] == 3 # the number of images is open
        assert p.stat().st_size < (2.6e6 if k == "int8" else 9.5e6) and not list(p.parent.glob("*.data"))


@torch.no_grad()
@pytest.mark.parametrize("run", runtimes.values())
def test_phi_equals_torch(files, images, run):
    run, phi = run(files["phi"]), net().phi
    for x in images: torch.testing.assert_close(run(x), phi(x), atol=1e-4, rtol=1e-3)
    x = torch.cat(images[1::2])
    torch.testing.assert_close(run(x), phi(x), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(run(x.contiguous(memory_format=torch.channels_last)), phi(x), atol=1e-4, rtol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("run", runtimes.values())
def test_eight_bits(files, images, run):
    import onnx
    run, phi = run(files["int8"]), net().phi
    for x in images:
        e = ((run(x)-phi(x)).norm()/phi(x).norm()).item()
        assert 0 < e < .12
    m = onnx.load(files["int8"]).graph; dims = {t.name: list(t.dims) for t in m.initializer}
    steps = [dims[n.input[1]] for n in m.node if n.op_type == "DequantizeLinear" and len(dims.get(n.input[0], [])) == 4]
    assert sorted(steps) == [[96], [256], [256], [384], [384]] # a step of the weights for each output channel


@torch.no_grad()
@pytest.mark.parametrize("sizes, batch", [(1, 3), (3, 1), (5, 2)])
def test_score_maps(files, images, sizes, batch):
    import onnxruntime as ort
    z = net().gain*net().phi(torch.cat([images[0]*f for f in torch.linspace(.8, 1, sizes)])); x = torch.cat([images[1]]*batch)
    want = torch.nn.functional.conv2d(net().phi(x), z)+net().bias
    got = ort.InferenceSession(str(files["score"]), providers=["CPUExecutionProvider"]).run(None, {"z": z.numpy(), "x": x.numpy()})[0]
    np.testing.assert_allclose(got, want.numpy(), atol=1e-3)
    d = cv2.dnn.readNetFromONNX(str(files["score"])); d.setInput(z.numpy(), "z"); d.setInput(x.numpy(), "x")
    np.testing.assert_allclose(d.forward(), want.numpy(), atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("k", ["phi", "int8"])
def test_opencv_reads_phi(files, images, k):
    d, phi = cv2.dnn.readNetFromONNX(str(files[k])), net().phi
    for x in images[:2]:
        d.setInput(x.numpy()); got = torch.from_numpy(d.forward())
        assert ((got-phi(x)).norm()/phi(x).norm()).item() < (1e-4 if k == "phi" else .12)


@pytest.mark.parametrize("runtime", runtimes)
@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc-fast"])
def test_boxes_through_a_runtime(files, config, runtime):
    want, scores = Tracker(net(), config, "cpu").track(frames, box)
    got, peaks = OnnxTracker(net(), files["phi"], config, runtime=runtime).track(frames, box)
    np.testing.assert_allclose(got, want, atol=.01); np.testing.assert_allclose(peaks[1:], scores[1:], atol=.01)
    near, _ = OnnxTracker(net(), files["int8"], config, runtime=runtime).track(frames, box)
    assert np.abs(near-want).max() < 6 # a cell and a step of size


def test_many_objects_through_onnx_runtime(files):
    boxes = {"a": box, "b": [40., 50, 60, 40]}
    a, b = (MultiTracker(t).track(frames[:3], {0: boxes}) for t in (Tracker(net(), "siamfc-3s-fast", "cpu"), OnnxTracker(net(), files["phi"], "siamfc-3s-fast")))
    for k in boxes: np.testing.assert_allclose(b[k][1], a[k][1], atol=.01)


@pytest.mark.parametrize("run", [OnnxPhi, OpenVinoPhi])
def test_files_that_are_no_phi(files, tmp_path, run):
    with pytest.raises(FileNotFoundError, match="export_onnx"): run(tmp_path/"none.onnx")
    (tmp_path/"text.onnx").write_text("hello")
    with pytest.raises(ValueError, match="not a graph"): run(tmp_path/"text.onnx")
    with pytest.raises(ValueError, match="expected the graph of φ"): run(files["score"])


def test_unknown_runtime(files):
    with pytest.raises(ValueError, match="onnxruntime, openvino"): OnnxTracker(net(), files["phi"], runtime="none")


def test_the_shipped_network_in_eight_bits_is_made_once(files, tmp_path, monkeypatch):
    from siamfc_nb import deploy
    monkeypatch.setattr(deploy, "calibration_crops", lambda: calibration_crops(2))
    p = shipped_int8(tmp_path); t = p.stat().st_mtime_ns
    assert shipped_int8(tmp_path) == p and p.stat().st_mtime_ns == t and [o.name for o in tmp_path.iterdir()] == [p.name]
    b, _ = OnnxTracker(net(), p, "siamfc-3s-fast").track(frames[:2], box)
    assert np.isfinite(b).all()


def test_torch_has_one_thread_while_a_runtime_works(files):
    n, seen = torch.get_num_threads(), []; torch.set_num_threads(2)
    try:
        t = OnnxTracker(net(), files["phi"], "siamfc-dither"); phi = t.phi; t.init(frames[0], box)
        t.phi = lambda x: (seen.append(torch.get_num_threads()), phi(x))[1]; t.update(frames[1])
        def broken(x): raise RuntimeError("broken")
        t.phi = broken
        with pytest.raises(RuntimeError, match="broken"): t.update(frames[1])
        assert seen == [1] and torch.get_num_threads() == 2
    finally: torch.set_num_threads(n)


def test_operations_against_table_1():
    "Cells and filters of Table 1, for the search image"
    rows = {r["layer"]: r for r in table1(net().phi, (255,)) if r["layer"].startswith("conv")}
    for k, n in conv_flops(net().phi).items():
        r = rows[k]; filters, depth = r["chan_map"]
        assert n == 2*filters*depth*r["support"]**2*r[255]**2


# ---- the step on tensors

@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc", "siamfc-3s-fast", "siamfc-dither"])
def test_step_on_tensors(config):
    "What a CUDA graph records, run without recording"
    a, g = Tracker(net(), config, "cpu"), GraphTracker(net(), config, "cpu"); a.on_device = True
    want, scores = a.track(frames, box); got, peaks = g.track(frames, box)
    np.testing.assert_allclose(got, want, atol=1e-3); np.testing.assert_allclose(peaks[1:], scores[1:], atol=1e-3)
    np.testing.assert_allclose(g.c, a.c, atol=1e-3)
    assert g.chosen == a.chosen and torch.allclose(g.scores, a.scores, atol=1e-3)


@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc-fast", "siamfc-dither"])
def test_many_objects_on_tensors(config):
    boxes = {"a": box, "b": [40., 50, 60, 40], "c": [-10., 150, 60, 40]}; t = Tracker(net(), config, "cpu"); t.on_device = True
    m = MultiTracker(t); m.init(frames[0], boxes); d = DeviceTracker(t, torch.from_numpy(frames[0]), list(boxes.values()), batch=2)
    for f in frames[1:4]: found, got = m.update(f), d.update(torch.from_numpy(f))
    np.testing.assert_allclose(got[:, :4], [b for b, _ in found.values()], atol=1e-3)
    np.testing.assert_allclose(got[:, 4], [s for _, s in found.values()], atol=1e-3)
    with pytest.raises(ValueError, match="rate=0.1"): DeviceTracker(Tracker(net(), TrackConfig(rate=.1), "cpu"), torch.from_numpy(frames[0]), [box])


def test_step_on_tensors_with_other_frames():
    g = GraphTracker(net(), "siamfc-3s-fast", "cpu"); want, _ = g.track(frames[:3], box)
    small = [np.ascontiguousarray(f[:200, :300]) for f in frames]
    g.track(small[:3], box); again, _ = g.track(frames[:3], box)
    np.testing.assert_array_equal(again, want)
    with pytest.raises(ValueError, match="keep their size"): g.update(small[0])
    with pytest.raises(RuntimeError, match="init"): GraphTracker(net(), "siamfc-3s-fast", "cpu").update(frames[0])
    with pytest.raises(ValueError, match="rate=0.1"): GraphTracker(net(), TrackConfig(rate=.1), "cpu")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
@pytest.mark.parametrize("dtype, near", [(torch.float32, .5), (torch.float16, 2)])
@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc-dither"])
def test_recorded_step(config, dtype, near):
    want, _ = GraphTracker(net(), config, "cpu").track(frames, box)
    g = GraphTracker(net(), config, "cuda", dtype); got, _ = g.track(frames, box)
    assert g.steps.graph is not None and np.abs(got-want).max() < near


# ---- adapters

@cache
def tracker(): return Tracker(net(), "siamfc-3s-fast", "cpu")


@pytest.mark.parametrize("as_box", [tuple, list, np.array, lambda b: tuple(map(int, b)), lambda b: np.array(b, np.int32)])
def test_opencv(as_box):
    want, _ = tracker().track(frames[:3], box); t = CvTracker(tracker()); t.init(frames[0][..., ::-1], as_box(box))
    for f in frames[1:3]: ok, b = t.update(np.ascontiguousarray(f[..., ::-1]))
    assert ok is True and isinstance(b, tuple) and len(b) == 4
    np.testing.assert_allclose(b, want[-1], atol=1e-6)


def test_opencv_says_when_it_is_lost():
    never = Confidence(intercept=-9.) # sure of nothing
    t = CvTracker(Tracker(net(), "siamfc-3s-fast", "cpu", never)); t.init(frames[0][..., ::-1], box)
    ok, b = t.update(frames[1][..., ::-1])
    assert ok is False and np.isfinite(b).all()


def test_opencv_takes_grey():
    grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in frames[:2]]
    want, _ = tracker().track([np.dstack([g]*3) for g in grey], box); t = CvTracker(tracker()); t.init(grey[0], box)
    np.testing.assert_allclose(t.update(grey[1])[1], want[-1], atol=1e-6)


def test_got10k(tmp_path):
    base = pytest.importorskip("got10k.trackers", reason="install the extra 'parity'").Tracker
    files = []
    for i, f in enumerate(frames[:3]): files.append(tmp_path/f"{i}.png"); Image.fromarray(f).save(files[-1])
    t = got10k_tracker(tracker(), "fast"); boxes, times = t.track(files, box)
    assert isinstance(t, base) and (t.name, t.is_deterministic) == ("fast", True) and len(times) == 3
    np.testing.assert_allclose(boxes, tracker().track(frames[:3], box)[0], atol=1e-6)


def test_got10k_takes_a_palette(monkeypatch):
    import sys
    from types import SimpleNamespace
    class Base:
        def __init__(self, name, is_deterministic=False): self.name, self.is_deterministic = name, is_deterministic
    monkeypatch.setitem(sys.modules, "got10k", SimpleNamespace()); monkeypatch.setitem(sys.modules, "got10k.trackers", SimpleNamespace(Tracker=Base))
    few = [Image.fromarray(f).convert("P") for f in frames[:2]]
    want, _ = tracker().track([np.array(f.convert("RGB")) for f in few], box); t = got10k_tracker(tracker()); t.init(few[0], box)
    np.testing.assert_allclose(t.update(few[1]), want[-1], atol=1e-6)
    monkeypatch.setitem(sys.modules, "got10k.trackers", None)
    with pytest.raises(ImportError, match=r"siamfc_nb\[parity\]"): got10k_tracker(tracker())
