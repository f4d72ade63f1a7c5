"φ outside of torch: graphs that belong to their weights, and the choice of a runtime"
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.files import siamfc_call
from siamfc_nb.pretrained import pretrained_net, save_weights, shipped_weights, weights_digest
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track import runtime
from siamfc_nb.track.configs import usual
from siamfc_nb.track.early import before_tracking
from siamfc_nb.track.runtime import OnnxPhi, OpenVinoPhi, Outside, about_graph, choose, graph_of, read_graph, runtimes
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import write_video
from siamfc_nb.xcorr import SiamNet

frames, box = list(toy_video(5, n=5, objects=2).frames), [120., 80, 60, 50]
fast = f"{8 if runtime.bytes_are_fast() else 32} bits" # on this processor


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    "Weights without graphs"
    p = tmp_path_factory.mktemp("other")/"other.safetensors"
    save_weights(SiamNet(), p)
    return p


@pytest.fixture(autouse=True)
def begun(monkeypatch):
    "What a test loads before it is asked for: nothing of another test, and nothing that goes on after this one"
    monkeypatch.setattr(runtime, "_begun", {})
    yield runtime._begun
    for o in runtime._begun.values(): o.join()


def test_the_graphs_that_ship_belong_to_the_weights_that_ship():
    for bits in (8, 32):
        p = graph_of(bits=bits)
        about = about_graph(p.read_bytes())
        assert about["digest"] == weights_digest(shipped_weights) and about["bits"] == bits, \
            "run `python -m siamfc_nb.lab quantize`"
        assert p.stat().st_size < 5e4 # no filter is stored twice
        assert about["gain"] == pretrained_net().gain.item() and about["bias"] == pretrained_net().bias.item()


def test_a_digest_does_not_ask_for_torch(tmp_path):
    "Equal tensors have one digest, whatever the file says beside them"
    save_weights(pretrained_net(), tmp_path/"a.safetensors", note="another file")
    assert (tmp_path/"a.safetensors").read_bytes() != shipped_weights.read_bytes()
    assert weights_digest(tmp_path/"a.safetensors") == weights_digest(shipped_weights)
    assert read_graph(graph_of(), tmp_path/"a.safetensors")[1]["bits"] == 8


@pytest.mark.parametrize("run", runtimes.values())
@pytest.mark.parametrize("bits", [8, 32])
def test_other_weights_are_refused(other, run, bits):
    with pytest.raises(ValueError, match=r"does not belong to .*other.*lab quantize"):
        run(graph_of(bits=bits), weights=other)


@pytest.mark.parametrize("run", runtimes.values())
@pytest.mark.parametrize("content", [b"", b"hello", b"\x0a\xff\xff\xff\xff\x7f", bytes(range(256))])
def test_files_that_are_no_graph(tmp_path, run, content):
    (tmp_path/"x.onnx").write_bytes(content)
    with pytest.raises(ValueError, match="not a graph"): run(tmp_path/"x.onnx")


def test_a_graph_that_is_cut_short(tmp_path):
    b = graph_of().read_bytes()
    (tmp_path/"x.onnx").write_bytes(b[:len(b)//2])
    with pytest.raises(ValueError, match="not a graph"): OnnxPhi(tmp_path/"x.onnx")


@pytest.mark.parametrize("run", runtimes.values())
def test_boxes_are_those_of_torch(run):
    for bits, off in ((32, .01), (8, 1)):
        for config in (usual, "siamfc-3s"):
            got, peaks = Tracker(Outside(run(graph_of(bits=bits), 1)), config).track(frames, box)
            want, scores = Tracker(pretrained_net(), config, "cpu").track(frames, box)
            np.testing.assert_allclose(got, want, atol=off)
            np.testing.assert_allclose(peaks[1:], scores[1:], atol=.01 if bits == 32 else .3)


def test_a_tracker_outside_of_torch_loads_none(tmp_path):
    "Nor what only pages and reports need"
    write_video(tmp_path/"v.mp4", frames)
    code = """if True:
        import sys
        sys.argv = ["siamfc", "track", "v.mp4", "--box", "120,80,60,50", "--out", "out"]
        from siamfc_nb.cli import app
        try: app()
        finally:
            heavy = "torch", "pandas", "matplotlib", "sklearn", "skimage", "accelerate"
            print("loaded", [m for m in heavy if m in sys.modules])
    """
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert r.returncode == 0 and "loaded []" in r.stdout, r.stdout+r.stderr
    assert r.stderr.count(f"siamfc: note: {usual}, {fast}, ") == 1 and "the fastest here" in r.stderr
    said = json.loads((tmp_path/"out"/"v.json").read_text())
    assert said["phi"].startswith(fast) and said["name"] == usual and said["device"] == "cpu"
    assert len(said["objects"]["1"]["box"]) == len(frames)


def test_openvino_reports_to_nobody():
    "Its converter sends its maker word of each import, from a process of its own"
    code = """if True:
        import sys
        started = []
        sys.addaudithook(lambda event, _: started.append(event) if "fork" in event or "Popen" in event else None)
        from importlib.util import find_spec
        from siamfc_nb.track.runtime import OpenVinoPhi, graph_of
        OpenVinoPhi(graph_of(bits=8), 1)
        said = [m for m in sys.modules if "telemetry" in m or m.startswith("openvino.tools.ovc")]
        print(started, said, find_spec("openvino.tools.ovc") is not None)
    """
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (r.returncode, r.stdout) == (0, "[] [] True\n"), r.stdout+r.stderr


@pytest.mark.parametrize("run", runtimes)
def test_signals_are_heard_after_trackers_came_and_went(run):
    "Ctrl-C, or a process that ends, used to end Python itself: a signal's stack had gone with a runtime"
    code = f"""if True:
        import faulthandler, gc, os, signal
        faulthandler.enable() # gives signals a stack of their own, as pytest does
        from siamfc_nb.track.runtime import graph_of, runtimes
        heard = []
        signal.signal(signal.SIGTERM, lambda *_: heard.append("heard"))
        first = runtimes["{run}"](graph_of(bits=8), 1)
        second = runtimes["{run}"](graph_of(bits=8), 1)
        del first; gc.collect()
        del second; gc.collect()
        os.kill(os.getpid(), signal.SIGTERM)
        print(*heard)
    """
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (r.returncode, r.stdout) == (0, "heard\n"), r.stderr[-2000:]


# ---- the choice

def test_a_configuration_by_its_name_is_the_papers(tmp_path):
    t = Tracker.pretrained("siamfc-3s", "cpu")
    assert t.computed == "32 bits, torch" and t.cfg.scales == 3
    t = Tracker.pretrained("siamfc", runtime="onnxruntime")
    assert t.computed == f"{fast}, ONNX Runtime" and t.cfg.scales == 5 and t.device.type == "cpu"
    assert Tracker.pretrained("siamfc", precision="fp32", runtime="openvino").computed == "32 bits, OpenVINO"
    assert Tracker.pretrained(runtime="torch", device="cpu").computed == "32 bits, torch"


def test_a_missing_runtime_is_passed_over(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "openvino", None)
    runtime_said(monkeypatch)
    assert Tracker.pretrained(device="cpu").computed == f"{fast}, ONNX Runtime"
    Tracker.pretrained(device="cpu")
    said = capsys.readouterr().err
    assert said.count("openvino is not installed: pip install 'siamfc_nb[deploy]'") == 1 and said.count("\n") == 1
    with pytest.raises(ImportError, match="openvino is not installed"): choose("openvino")
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert choose(device="cpu").title == "32 bits, torch"
    with pytest.raises(ValueError, match="'int8' is not available here.*onnxruntime is not installed"):
        choose(precision="int8")


def runtime_said(monkeypatch):
    from siamfc_nb import errors
    monkeypatch.setattr(errors, "_said", set())


def test_a_runtime_that_does_not_load_is_passed_over(tmp_path, monkeypatch):
    "Whatever it raises: the next one computes, and the first is not called missing, nor its graph wrong"
    for name, error in (("openvino", "AttributeError('_ARRAY_API not found')"), ("onnxruntime", "ImportError('DLL')")):
        (tmp_path/f"{name}.py").write_text(f"raise {error}\n")
        for k in [k for k in sys.modules if k.partition(".")[0] == name]: monkeypatch.delitem(sys.modules, k)
    monkeypatch.syspath_prepend(tmp_path)
    runtime.load_early(shipped_weights) # begins nothing, and says nothing
    assert not runtime._begun
    c = choose(device="cpu")
    assert c.title == "32 bits, torch" and [o.partition(": pip")[0] for o in c.passed[-2:]] == [
        "openvino cannot be loaded (_ARRAY_API not found)", "onnxruntime cannot be loaded (DLL)"]
    with pytest.raises(ImportError, match="openvino cannot be loaded"): choose("openvino")


def test_a_broken_runtime_is_passed_over(monkeypatch):
    def broken(self, *args, **kwargs): raise RuntimeError("Illegal instruction")
    monkeypatch.setattr(OpenVinoPhi, "_load", broken)
    c = choose(device="cpu")
    assert c.title == f"{fast}, ONNX Runtime" and "not a graph that OpenVINO can run: Illegal instruction" in str(c)
    with pytest.raises(ValueError, match="Illegal instruction"): choose("openvino")


@pytest.mark.parametrize("able, maker, bits", [
    ({}, "GenuineIntel", 32), ({11}, "GenuineIntel", 8), ({11}, "AuthenticAMD", 32), ({11, 23}, "AuthenticAMD", 8),
    ({101}, "", 8)], ids=["sse", "avx2", "zen", "zen4", "arm"])
def test_bits_that_the_processor_is_fast_in(able, maker, bits, begun, monkeypatch):
    monkeypatch.setattr("cv2.checkHardwareSupport", lambda n: n in able)
    monkeypatch.setattr(runtime, "_maker", lambda: maker)
    runtime.load_early(shipped_weights)
    assert [*begun] == [("openvino", bits, shipped_weights)]
    c = choose(device="cpu")
    assert c.title == f"{bits} bits, OpenVINO" and ("no faster on this processor" in str(c)) == (bits == 32)
    assert not begun # it took what had begun
    assert choose(precision="int8").title == "8 bits, OpenVINO" # as asked for


def test_a_gpu_computes_what_nobody_asked_of_another(monkeypatch):
    monkeypatch.setattr(runtime, "has_gpu", lambda: True)
    for args in ({}, dict(precision="fp32")):
        assert str(choose(**args)) == "32 bits, torch: the fastest where there is a GPU"
    for args, title in [(dict(precision="int8"), "8 bits, OpenVINO"), (dict(device="cpu"), f"{fast}, OpenVINO"),
                        (dict(precision="fp32", runtime="openvino"), "32 bits, OpenVINO")]:
        assert choose(**args).title == title


def test_weights_without_graphs(other):
    c = choose(device="cpu", weights=other)
    assert c.title == "32 bits, torch" and "lab quantize" in str(c)
    with pytest.raises(FileNotFoundError, match="lab quantize"): choose("openvino", weights=other)


@pytest.mark.parametrize("args, says", [
    (dict(runtime="openvino", device="cuda"), "runtime 'openvino' with device 'cuda': expected device 'cpu'"),
    (dict(precision="int8", device="cuda"), "precision 'int8' with device 'cuda'"),
    (dict(runtime="torch", precision="int8"), "expected fp32"),
    (dict(runtime="tensorflow"), "expected one of auto, torch, onnxruntime, openvino"),
    (dict(precision="int4"), "expected one of auto, fp32, int8")])
def test_what_cannot_be(args, says, tmp_path):
    with pytest.raises(ValueError, match=says): choose(**args)
    write_video(tmp_path/"v.mp4", frames[:2])
    more = [o for k, v in args.items() for o in (f"--{k}", v)]
    for command in (["track", str(tmp_path/"v.mp4"), "--box", "120,80,60,50"], ["demo"]):
        r = CliRunner().invoke(app, [*command, "--out", str(tmp_path/"out"), *more])
        assert r.exit_code == 1 and says in r.output and "Traceback" not in r.output, r.output
    assert not Path(tmp_path/"out").exists()


# ---- an early start

def test_a_network_that_was_begun_is_the_one_that_is_chosen(begun):
    plain = choose(weights=shipped_weights)
    runtime.load_early(shipped_weights)
    (early,) = begun.values()
    c = choose(weights=shipped_weights)
    assert c.net is early.found and not begun and str(c) == str(plain)
    x = np.random.default_rng(0).integers(0, 256, (1, 255, 255, 3), np.uint8)
    np.testing.assert_array_equal(c.net.phi(x), plain.net.phi(x))
    assert choose(weights=shipped_weights).net is not c.net # two trackers share none


def test_a_network_begins_once_and_sees_its_first_images_early(begun, monkeypatch):
    seen, run = [], runtime.OpenVinoPhi._run
    monkeypatch.setattr(runtime.OpenVinoPhi, "_run", lambda self, a: (seen.append(a.shape), run(self, a))[1])
    for _ in range(2): runtime.load_early(shipped_weights, (127, 255))
    (early,) = begun.values()
    early.join()
    assert seen == [(1, 127, 127, 3), (1, 255, 255, 3)] and early.error is None


def test_tracking_begins_before_the_command_line_is_loaded(tmp_path):
    "And only for `siamfc track` itself, without a wrong box"
    code = """if True:
        import sys
        from importlib.abc import MetaPathFinder
        class Look(MetaPathFinder):
            def find_spec(self, name, *_):
                if name == "typer": print("openvino" in sys.modules)
        sys.meta_path.insert(0, Look())
        from siamfc_nb import cli
    """
    def begun_by(*args, name="siamfc"):
        r = subprocess.run([sys.executable, "-c", f"import sys; sys.argv = {[name, *args]}\n"+code],
                           capture_output=True, text=True, cwd=tmp_path)
        assert not r.stderr, r.stderr
        return r.stdout.strip()
    good = "track", "v.mp4", "--box", "1,2,3,4"
    assert begun_by(*good) == "True"
    assert {begun_by(*good, "--config", "siamfc"), begun_by(*good[:3], "1"), begun_by("demo"), begun_by(),
            begun_by(*good, name="theirs")} == {"False"}


def test_who_asks_for_another_gets_another(begun, other, monkeypatch):
    monkeypatch.setattr(runtime, "bytes_are_fast", lambda: True)
    runtime.load_early(shipped_weights)
    assert choose(precision="fp32", weights=shipped_weights).title.startswith("32 bits")
    assert choose("onnxruntime", weights=shipped_weights).net.phi.title == "ONNX Runtime" and len(begun) == 1


def test_an_early_error_is_that_of_the_choice(begun, other):
    plain = str(choose(weights=other))
    runtime.load_early(other)
    assert len(begun) == 1 and str(choose(weights=other)) == plain and "no graph" in plain


def test_nothing_begins_where_it_is_not_clear_what_is_chosen(begun, monkeypatch):
    with monkeypatch.context() as m:
        m.setitem(sys.modules, "openvino", None); runtime.load_early(shipped_weights)
    with monkeypatch.context() as m:
        m.setattr(runtime, "has_gpu", lambda: True); runtime.load_early(shipped_weights)
    for said in ("--config siamfc", "--weights=x", "--runtime torch", "--scales=3", "--help", "-h"):
        before_tracking(["v.mp4", *said.split(), "--box", "1,2,3,4"])
    with pytest.raises(ValueError, match="--box '1'"): before_tracking(["v.mp4", "--box", "1"])
    assert not begun
    before_tracking(["v.mp4", "--box", "1,2,3,4"])
    assert len(begun) == 1


def test_a_command_that_fails_at_once_ends_what_it_began(tmp_path):
    call = siamfc_call("track", "no.mp4", "--box", "1,2,3,4")
    r = subprocess.run(call, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert r.returncode == 1 and r.stderr.startswith("siamfc: no source 'no.mp4'"), r.stderr
    assert r.stderr.count("\n") == 1
