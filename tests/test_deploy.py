"φ outside of torch, the step on tensors, and other tools' interfaces: the same boxes"
import os
import shutil
import subprocess
import sys
import warnings
from functools import cache

import cv2
import numpy as np
import pytest
import torch
from fastcore.docments import docments
from PIL import Image

from siamfc_nb.track.adapters import CvTracker, VotTracker, got10k_tracker
from siamfc_nb.confidence import Confidence
from siamfc_nb.deploy import (
    DeviceTracker,
    GraphTracker,
    calibration_crops,
    conv_flops,
    export_onnx,
    opset,
    pack_graphs,
    quantize,
)
from siamfc_nb.track.configs import TrackConfig, get_config, usual
from siamfc_nb.embedding import table1
from siamfc_nb.figures import show_field, show_run
from siamfc_nb.multi import MultiTracker
from siamfc_nb.pretrained import pretrained_net, shipped_weights
from siamfc_nb.track.runtime import OnnxPhi, OpenVinoPhi, graph_of, runtimes
from siamfc_nb.toyworld import toy_video
from siamfc_nb.tracking import Tracker
from siamfc_nb.xcorr import SiamNet

frames, box = list(toy_video(5, n=5, objects=2).frames), [120., 80, 60, 50]


@cache
def net(): return pretrained_net()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    for k in ("onnx", "onnxruntime", "onnxscript", "openvino"):
        pytest.importorskip(k, reason="install the extra 'deploy'")
    d = tmp_path_factory.mktemp("onnx"); paths = export_onnx(net(), d)
    return paths | {"int8": quantize(paths["phi"], d/"int8.onnx", calibration_crops(6))}


@pytest.fixture(scope="module")
# other crops than those of the calibration
def images(): return [torch.from_numpy(c) for c in calibration_crops(3, seed=1)]


def test_graphs(files):
    import onnx
    for k, p in files.items():
        m = onnx.load(p); onnx.checker.check_model(m)
        assert {o.version for o in m.opset_import if o.domain in ("", "ai.onnx")} == {opset}
        dims = {i.name: [d.dim_param or d.dim_value for d in i.type.tensor_type.shape.dim] for i in m.graph.input}
        assert isinstance(dims["x"][0], str) and dims["x"][1] == 3 # the number of images is open
        assert p.stat().st_size < (2.6e6 if k == "int8" else 9.5e6) and not list(p.parent.glob("*.data"))
        assert not any(n.metadata_props for n in m.graph.node) and b"site-packages" not in p.read_bytes()


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
        assert 0 < e < .04
    m = onnx.load(files["int8"]).graph; dims = {t.name: list(t.dims) for t in m.initializer}
    steps = [dims[n.input[1]] for n in m.node if n.op_type == "DequantizeLinear" and len(dims.get(n.input[0], [])) == 4]
    assert sorted(steps) == [[96], [256], [256], [384], [384]] # a step of the weights for each output channel


def test_eight_bits_fit_into_sums_of_sixteen(files):
    """Without VNNI two products are added in 16 bits, where 2·255·64 fits and 2·255·127 does not

    One runtime cannot be asked to do without, so the weights are looked at."""
    import onnx
    from onnx.numpy_helper import to_array

    weights = [
        to_array(t)
        for t in onnx.load(files["int8"]).graph.initializer
        if t.data_type == onnx.TensorProto.INT8 and len(t.dims) == 4
    ]
    assert len(weights) == 5 and max(abs(w.astype(int)).max() for w in weights) == 64
    assert 2*255*64 <= np.iinfo(np.int16).max


def test_features_without_vnni(files, tmp_path):
    "OpenVINO in a process of its own that may use AVX2 alone: the same features, within 3 % of 32 bits on average"
    code = """if True:
        import sys, numpy as np, torch
        from siamfc_nb.deploy import OpenVinoPhi, calibration_crops
        from siamfc_nb.pretrained import fold_bn, pretrained_net
        phi, run, e = fold_bn(pretrained_net().phi), OpenVinoPhi(sys.argv[1], 1), []
        for c in map(torch.from_numpy, calibration_crops(4, seed=5)):
            with torch.no_grad(): a = phi(c)
            e.append(float((run(c)-a).norm()/a.norm()))
        print('error', np.mean(e))
    """
    off = {}
    for isa in ("DEFAULT", "AVX2"):
        r = subprocess.run(
            [sys.executable, "-c", code, files["int8"]],
            capture_output=True,
            text=True,
            env={**os.environ, "ONEDNN_MAX_CPU_ISA": isa},
        )
        off[isa] = float(r.stdout.split("error")[1])
    assert max(off.values()) < .03 and abs(off["AVX2"]-off["DEFAULT"]) < .003, off


def test_only_phi_is_quantised(files, tmp_path):
    "A correlation in 8 bits has hundreds of cells that share the largest score"
    import onnx
    with pytest.raises(ValueError, match="expected the graph of φ"):
        quantize(files["score"], tmp_path/"no.onnx", calibration_crops(1))
    assert not list(tmp_path.iterdir())
    ops = [n.op_type for n in onnx.load(files["int8"]).graph.node]
    assert ops.count("Conv") == 5 and not {"MatMul", "QLinearMatMul", "MatMulInteger"} & set(ops)
    t = Tracker(net(), "siamfc-3s", phi=OnnxPhi(files["int8"], 1)); t.track(frames[:3], box)
    # the correlation itself stays in 32 bits
    for v in t.scores: assert (v == v.max()).sum() == 1 and v.dtype == np.float32


@pytest.mark.parametrize("training", [True, False])
def test_an_export_leaves_the_network_alone(files, tmp_path, training):
    n = pretrained_net().train(training)
    before = {k: v.clone() for k, v in n.state_dict().items()}
    ids = [id(p) for p in n.parameters()]
    graph = export_onnx(n, tmp_path)["phi"]
    assert {m.training for m in n.modules()} == {training} and [id(p) for p in n.parameters()] == ids
    assert all(torch.equal(v, before[k]) for k, v in n.state_dict().items())
    with torch.no_grad():
        x = torch.rand(1, 3, 127, 127)*255
        torch.testing.assert_close(OnnxPhi(graph)(x), net().phi(x), atol=1e-3, rtol=1e-3)


def with_onnxruntime(path, inputs):
    import onnxruntime as ort
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, inputs)[0]


def with_openvino(path, inputs):
    import openvino as ov
    return ov.compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(inputs)[0]


def with_opencv(path, inputs, engine=None):
    d = cv2.dnn.readNetFromONNX(str(path)) if engine is None else cv2.dnn.readNetFromONNX(str(path), engine)
    for k, v in inputs.items(): d.setInput(v, k)
    return d.forward()


def with_opencv_classic(path, inputs):
    if not hasattr(cv2.dnn, "ENGINE_CLASSIC"): pytest.skip(f"OpenCV {cv2.__version__} has one engine")
    return with_opencv(path, inputs, cv2.dnn.ENGINE_CLASSIC)


@torch.no_grad()
@pytest.mark.parametrize("sizes, batch", [(1, 3), (3, 1), (5, 2)])
@pytest.mark.parametrize("run", [with_onnxruntime, with_openvino, with_opencv, with_opencv_classic])
def test_score_maps(files, images, sizes, batch, run):
    "Any kernels against any images, in each runtime: OpenCV's classic engine once returned the bias alone"
    z = net().gain*net().phi(torch.cat([images[0]*f for f in torch.linspace(.8, 1, sizes)]))
    x = torch.cat([images[1]]*batch)
    want = torch.nn.functional.conv2d(net().phi(x), z)+net().bias
    got = run(files["score"], {"z": z.numpy(), "x": x.numpy()})
    assert got.shape == (batch, sizes, 17, 17) and want.std() > .1
    np.testing.assert_allclose(got, want.numpy(), atol=1e-3)


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
    got, peaks = Tracker(net(), config, phi=runtimes[runtime](files["phi"])).track(frames, box)
    np.testing.assert_allclose(got, want, atol=.01); np.testing.assert_allclose(peaks[1:], scores[1:], atol=.01)
    near, _ = Tracker(net(), config, phi=runtimes[runtime](files["int8"])).track(frames, box)
    assert np.abs(near-want).max() < 6 # a cell and a step of size


def test_many_objects_through_onnx_runtime(files):
    boxes = {"a": box, "b": [40., 50, 60, 40]}
    a, b = (
        MultiTracker(t).track(frames[:3], {0: boxes})
        for t in (
            Tracker(net(), "siamfc-3s-fast", "cpu"),
            Tracker(net(), "siamfc-3s-fast", phi=OnnxPhi(files["phi"])),
        )
    )
    for k in boxes: np.testing.assert_allclose(b[k][1], a[k][1], atol=.01)


@pytest.mark.parametrize("run", [OnnxPhi, OpenVinoPhi])
def test_files_that_are_no_phi(files, tmp_path, run):
    with pytest.raises(FileNotFoundError, match="export_onnx"): run(tmp_path/"none.onnx")
    (tmp_path/"text.onnx").write_text("hello")
    with pytest.raises(ValueError, match="not a graph"): run(tmp_path/"text.onnx")
    with pytest.raises(ValueError, match="expected the graph of φ"): run(files["score"])


@pytest.mark.parametrize("run", runtimes.values())
def test_a_runtime_says_where_it_runs(files, run):
    phi = run(files["phi"])
    assert Tracker(net(), phi=phi).device.type == "cpu"
    if torch.cuda.is_available():
        with pytest.raises(ValueError, match="phi runs on 'cpu'"): Tracker(net(), device="cuda", phi=phi)


def test_packed_graphs_are_those_of_the_export(files, images, tmp_path):
    "Without a filter inside: they come from the weights, and make the features of the whole graph"
    w = tmp_path/"mine.safetensors"; shutil.copy(shipped_weights, w)
    for bits, p in pack_graphs(w, calibration_crops(6)).items():
        assert p == graph_of(w, bits) and p.stat().st_size < 5e4
        whole, packed = OnnxPhi(files["phi" if bits == 32 else "int8"], 1), OnnxPhi(p, 1)
        for x in images:
            a, b = whole(x), packed(x)
            assert ((a-b).norm()/a.norm()).item() < (1e-5 if bits == 32 else .02)
    again = {p: p.read_bytes() for p in tmp_path.glob("*.onnx")}
    pack_graphs(w, calibration_crops(6))
    assert len(again) == 2 and all(p.read_bytes() == b for p, b in again.items())


def test_operations_against_table_1():
    "Cells and filters of Table 1, for the search image"
    rows = {r["layer"]: r for r in table1(net().phi, (255,)) if r["layer"].startswith("conv")}
    for k, n in conv_flops(net().phi).items():
        r = rows[k]; filters, depth = r["chan_map"]
        assert n == 2*filters*depth*r["support"]**2*r[255]**2


@pytest.mark.parametrize("look", [lambda n: conv_flops(n.phi), lambda n: show_field(n.phi, torch.rand(1, 3, 255, 255)),
                                  lambda n: show_run(n, [[np.zeros((s, s, 3), np.uint8) for s in (127, 255)]], 1)],
                         ids=["flops", "field", "run"])
def test_who_looks_at_a_network_in_training_leaves_it_as_it_was(look):
    n = SiamNet().train(); before = {k: v.clone() for k, v in n.state_dict().items()}
    look(n)
    assert n.training and all(m.training for m in n.modules())
    assert all(torch.equal(v, before[k]) for k, v in n.state_dict().items())


# ---- the step on tensors

@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc", "siamfc-3s-fast", "siamfc-dither"])
def test_step_on_tensors(config):
    "What a CUDA graph records, run without recording"
    a, g = Tracker(net(), config, "cpu"), GraphTracker(net(), config, "cpu"); a.on_device = True
    want, scores = a.track(frames, box); got, peaks = g.track(frames, box)
    np.testing.assert_allclose(got, want, atol=1e-3); np.testing.assert_allclose(peaks[1:], scores[1:], atol=1e-3)
    np.testing.assert_allclose(g.c, a.c, atol=1e-3)
    assert g.chosen == a.chosen and torch.allclose(g.scores, a.scores, atol=1e-3)
    for k, got, want in zip(a.at.__dataclass_fields__, g.at, a.at):
        np.testing.assert_allclose(got, want, atol=1e-2 if k == "fill" else 1e-3, err_msg=k)


@pytest.mark.parametrize("config", ["siamfc-3s", "siamfc-fast", "siamfc-dither"])
def test_many_objects_on_tensors(config):
    boxes = {"a": box, "b": [40., 50, 60, 40], "c": [-10., 150, 60, 40]}
    t = Tracker(net(), config, "cpu")
    t.on_device = True
    m = MultiTracker(t)
    m.init(frames[0], boxes)
    d = DeviceTracker(t, torch.from_numpy(frames[0]), list(boxes.values()), batch=2)
    for f in frames[1:4]: found, got = m.update(f), d.update(torch.from_numpy(f))
    np.testing.assert_allclose(got[:, :4], [b for b, _ in found.values()], atol=1e-3)
    np.testing.assert_allclose(got[:, 4], [s for _, s in found.values()], atol=1e-3)
    with pytest.raises(ValueError, match="rate=0.1"):
        DeviceTracker(Tracker(net(), TrackConfig(rate=.1), "cpu"), torch.from_numpy(frames[0]), [box])


def test_a_step_in_half_precision_leaves_the_tracker_as_it_is():
    t = Tracker(net(), "siamfc-dither", "cpu"); want = t.track(frames[:3], box)
    d = DeviceTracker(t, torch.from_numpy(frames[0]), [box], torch.bfloat16); d.update(torch.from_numpy(frames[1]))
    for a, b in zip(t.track(frames[:3], box), want): np.testing.assert_array_equal(a, b)


def test_step_on_tensors_with_other_frames():
    g = GraphTracker(net(), "siamfc-3s-fast", "cpu"); want, _ = g.track(frames[:3], box)
    small = [np.ascontiguousarray(f[:200, :300]) for f in frames]
    g.track(small[:3], box); again, _ = g.track(frames[:3], box)
    np.testing.assert_array_equal(again, want)
    with pytest.raises(RuntimeError, match="init"): GraphTracker(net(), "siamfc-3s-fast", "cpu").update(frames[0])
    with pytest.raises(ValueError, match="rate=0.1"): GraphTracker(net(), TrackConfig(rate=.1), "cpu")


devices = [
    "cpu",
    pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")),
]


@pytest.mark.parametrize("device", devices)
def test_step_on_tensors_in_frames_that_change_size(device):
    "The same boxes as the tracker of lesson 10, in the pixels of each frame; on CUDA, the step is recorded anew"
    fs = [f if i < 2 or i == 4 else cv2.resize(f, None, fx=.5, fy=.75) for i, f in enumerate(frames)]
    a, g = Tracker(net(), "siamfc-3s", "cpu"), GraphTracker(net(), "siamfc-3s", device); a.on_device = True
    want, _ = a.track(fs, box); got, _ = g.track(fs, box)
    assert np.abs(got-want).max() < (.5 if device == "cuda" else 1e-3)
    assert g.at.side[0] == pytest.approx(a.at.side[0], rel=.02) and g.shape == frames[4].shape[:2]
    assert abs(want[2][2]/want[1][2]-.5) < .05 and abs(want[2][3]/want[1][3]-.75) < .05
    d = DeviceTracker(a, torch.from_numpy(frames[0]).to(device), [box])
    one = [d.update(torch.from_numpy(f))[0, :4].tolist() for f in fs[1:]]
    assert np.abs(np.array(one)-want[1:]).max() < (.5 if device == "cuda" else 1e-3)


def test_a_step_on_a_device_needs_torchs_network():
    pytest.importorskip("onnxruntime")
    t = Tracker.pretrained(runtime="onnxruntime")
    with pytest.raises(ValueError, match="φ is a OnnxPhi: expected one of torch"):
        DeviceTracker(t, torch.zeros(240, 320, 3, dtype=torch.uint8), [(100, 80, 40, 40)])


@pytest.mark.parametrize("device", devices)
def test_step_on_tensors_takes_any_strides(device):
    g = GraphTracker(net(), "siamfc-3s-fast", device); want, _ = g.track(frames[:3], box)
    turned = [np.ascontiguousarray(f[..., ::-1])[..., ::-1] for f in frames[:3]]; fixed = [f.copy() for f in frames[:3]]
    for f in fixed: f.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for fs in (turned, fixed): np.testing.assert_array_equal(g.track(fs, box)[0], want)


def test_step_on_tensors_is_judged():
    "With a confidence, as a `Tracker`; without, never lost: what an adapter asks for is there from the start"
    c = Confidence(mean=(0, 2, 0), coef=(0, 1, 0))
    a, g = Tracker(net(), "siamfc-3s-fast", "cpu", c), GraphTracker(net(), "siamfc-3s-fast", "cpu", confidence=c)
    a.on_device = True
    born = set(vars(g))
    assert g.lost is False and g.confidence is None
    a.track(frames[:3], box); g.track(frames[:3], box)
    assert g.confidence == pytest.approx(a.confidence, abs=1e-4) and g.lost == a.lost and set(vars(g)) == born
    np.testing.assert_allclose(g.features, a.features, atol=1e-3)
    plain = CvTracker(GraphTracker(net(), "siamfc-3s-fast", "cpu")); plain.init(frames[0][..., ::-1], box)
    assert plain.update(frames[1][..., ::-1])[0] is True


def test_boxes_that_cannot_be_meant_on_tensors():
    f = torch.from_numpy(frames[0])
    with pytest.raises(ValueError, match="fractions"):
        DeviceTracker(Tracker(net(), "siamfc-3s-fast", "cpu"), f, [box, [.1, .2, .3, .4]])
    with pytest.raises(ValueError, match="two corners"):
        GraphTracker(net(), "siamfc-3s-fast", "cpu").init(frames[0], [150, 100, 250, 220])


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


@pytest.mark.parametrize(
    "as_box", [tuple, list, np.array, lambda b: tuple(map(int, b)), lambda b: np.array(b, np.int32)]
)
def test_opencv(as_box):
    want, _ = tracker().track(frames[:3], box); t = CvTracker(tracker()); t.init(frames[0][..., ::-1], as_box(box))
    for f in frames[1:3]: ok, b = t.update(np.ascontiguousarray(f[..., ::-1]))
    assert ok is True and isinstance(b, tuple) and len(b) == 4
    np.testing.assert_allclose(b, want[-1], atol=1e-6)


def test_opencv_gets_the_usual_tracker():
    t = CvTracker().tracker
    assert t.cfg == get_config(usual) and t.judge
    assert all("`usual`" in f"{docments(f)[k]}" for f, k in ((CvTracker, "tracker"), (Tracker.pretrained, "name")))


def test_opencv_says_when_it_is_lost():
    never = Confidence(intercept=-9.) # sure of nothing
    t = CvTracker(Tracker(net(), "siamfc-3s-fast", "cpu", never)); t.init(frames[0][..., ::-1], box)
    ok, b = t.update(frames[1][..., ::-1])
    assert ok is False and np.isfinite(b).all()


def test_opencv_takes_grey():
    grey = [cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in frames[:2]]
    want, _ = tracker().track([np.dstack([g]*3) for g in grey], box); t = CvTracker(tracker()); t.init(grey[0], box)
    np.testing.assert_allclose(t.update(grey[1])[1], want[-1], atol=1e-6)


def test_vot_reports_a_probability(tmp_path):
    "The calibrated confidence, not the raw peak"
    files = []
    for i, f in enumerate(frames[:3]): files.append(str(tmp_path/f"{i}.png")); Image.fromarray(f).save(files[-1])
    t = VotTracker("siamfc-3s-fast", "cpu"); t.init(files[0], (tuple(box), {})); b, about = t.update(files[1])
    want = Tracker(net(), "siamfc-3s-fast", "cpu", True); want.init(frames[0], box); w, peak = want.update(frames[1])
    np.testing.assert_allclose(b, w, atol=1e-6); assert not t.tracker.plausible # a toolkit's truth may leave the frame
    assert about == {"confidence": pytest.approx(want.confidence)} and 0 <= about["confidence"] <= 1
    assert about["confidence"] != pytest.approx(peak)


def test_an_entry_names_the_weights_that_a_word_means(tmp_path):
    from siamfc_nb.pretrained import light_weights
    from siamfc_nb.track.adapters import write_entry
    (tmp_path/"config.yaml").touch()
    said = write_entry(tmp_path, "siamfc-lite", "python", weights="lite").read_text()
    assert f"arg_weights = {light_weights}\n" in said


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
    monkeypatch.setitem(sys.modules, "got10k", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "got10k.trackers", SimpleNamespace(Tracker=Base))
    few = [Image.fromarray(f).convert("P") for f in frames[:2]]
    want, _ = tracker().track([np.array(f.convert("RGB")) for f in few], box)
    t = got10k_tracker(tracker())
    t.init(few[0], box)
    np.testing.assert_allclose(t.update(few[1]), want[-1], atol=1e-6)
    monkeypatch.setitem(sys.modules, "got10k.trackers", None)
    with pytest.raises(ImportError, match=r"siamfc_nb\[parity\]"): got10k_tracker(tracker())
