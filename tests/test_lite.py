"The light network that ships: its geometry, its graphs, its card, and the tracker that takes it"
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from siamfc_nb import MultiTracker, Tracker
from siamfc_nb.track.again import Again
from siamfc_nb.confidence import confidence_of
from siamfc_nb.evaluation.card import renewed
from siamfc_nb.cli import app
from siamfc_nb.deploy import conv_flops
from siamfc_nb.distill import feature_gap
from siamfc_nb.embedding import Embedding, lite_filters
from siamfc_nb.otb import iou
from siamfc_nb.pretrained import light_weights, load_weights, named_weights, pretrained_net, shipped_weights
from siamfc_nb.pretrained import weights_digest
from siamfc_nb.data.readers import clips
from siamfc_nb.evaluation.trackers import describe, mk_tracker
from siamfc_nb.track.runtime import bytes_are_fast, graph_of, read_graph

root = Path(__file__).resolve().parent.parent
videos = {v.name: v for v in clips()}


def overlap(tracker, v, n=60):
    boxes, _ = tracker.track((v.frames[i] for i in range(n)), v.boxes[0])
    return np.nanmean(iou(boxes, v.boxes[:n]))


def test_a_tenth_of_the_work_and_the_same_geometry():
    light, full = (load_weights(named_weights(k)).phi for k in ("lite", "shipped"))
    assert (light.field, light.stride) == (full.field, full.stride) == (87, 8)
    assert [m.out_channels for m in light if isinstance(m, torch.nn.Conv2d)] == list(lite_filters)
    assert sum(conv_flops(light).values()) < .1*sum(conv_flops(full).values())
    assert light_weights.stat().st_size < .1*shipped_weights.stat().st_size


def test_equation_1_holds_for_the_light_network():
    "A shift by one stride is a shift of the features by one cell, borders included"
    phi = load_weights(light_weights).phi
    x = 255*torch.rand(1, 3, 135, 127, generator=torch.Generator().manual_seed(0))
    with torch.no_grad(): f, g = phi(x)[:, :, 1:], phi(x[:, :, 8:])
    torch.testing.assert_close(f, g, atol=1e-3*f.abs().max().item(), rtol=0)


def test_it_knows_what_it_was_taught():
    "A linear map of its features explains more of the teacher's than one of a network with random filters"
    v, (light, full) = videos["juice_box"], (load_weights(named_weights(k)).phi for k in ("lite", "shipped"))
    x = torch.from_numpy(np.stack([v.frames[i][:240, :240] for i in (0, 40)])).permute(0, 3, 1, 2).float()
    torch.manual_seed(0)
    with torch.no_grad(): t, own, none = full(x), light(x), Embedding(filters=lite_filters).eval()(x)
    assert feature_gap(own, t) < .7*feature_gap(none, t)


@pytest.mark.parametrize("runtime", ["openvino", "onnxruntime"])
def test_8_bits_track_as_32_do(runtime):
    pytest.importorskip(runtime)
    a = Tracker.pretrained("siamfc-lite", "cpu", runtime=runtime, precision="int8")
    b = Tracker.pretrained("siamfc-lite", "cpu", runtime="torch")
    assert "8 bits" in a.computed and b.computed == "32 bits, torch"
    for v in videos.values(): assert abs(overlap(a, v)-overlap(b, v)) < .05


def test_no_group_of_the_8_bits_is_too_small():
    "Four channels of zeros in each group of conv2; the 32 bits, and the full network, need none"
    onnx = pytest.importorskip("onnx")
    def depths(weights, bits): # of the filters, per convolution
        m = onnx.load_from_string(read_graph(graph_of(weights, bits))[0])
        return [tuple(i.dims[:2]) for i in m.graph.initializer if len(i.dims) == 4]
    assert depths(light_weights, 8) == [(32, 3), (64, 16), (96, 64), (96, 48), (64, 48)]
    assert depths(light_weights, 32) == [(24, 3), (64, 12), (96, 64), (96, 48), (64, 48)]
    assert depths(shipped_weights, 8) == depths(shipped_weights, 32) == [(96, 3), (256, 48), (384, 256), (384, 192),
                                                                        (256, 192)]


@pytest.mark.parametrize("weights", [light_weights, shipped_weights], ids=["lite", "shipped"])
def test_steps_of_biases_are_those_of_images_and_filters(weights):
    "Of filters of zeros, too: else ONNX Runtime computes the layer in 32 bits, three times as slowly"
    onnx = pytest.importorskip("onnx")
    g = onnx.load_from_string(read_graph(graph_of(weights))[0]).graph
    a, by = {i.name: onnx.numpy_helper.to_array(i) for i in g.initializer}, {o: n for n in g.node for o in n.output}
    convs = [[by[i].input[1] for i in n.input] for n in g.node if n.op_type == "Conv"]
    assert len(convs) == 5
    for image, filters, bias in convs: np.testing.assert_allclose(a[bias], a[image]*a[filters], rtol=1e-6)


def test_it_follows_both_clips():
    t = Tracker.pretrained("siamfc-lite", "cpu")
    assert all(overlap(t, v) > .6 for v in videos.values())


def test_it_is_as_fast_as_it_can_be_unless_told_otherwise():
    pytest.importorskip("onnxruntime")
    bits = f"{8 if bytes_are_fast() else 32} bits, O" # which is not torch
    assert bits in Tracker.pretrained("siamfc-lite", "cpu").computed
    assert bits in MultiTracker.pretrained("siamfc-lite", "cpu").tracker.computed
    assert Tracker.pretrained("siamfc-dither", "cpu").computed == "32 bits, torch"


def test_it_has_a_confidence_of_its_own():
    own = confidence_of(light_weights)
    assert Tracker.pretrained("siamfc-lite", "cpu", confidence=True).judge == own != confidence_of()
    assert Again.pretrained("siamfc-lite", "cpu").judge == own == mk_tracker("siamfc-lite-again", "cpu").tracker.judge


def test_results_name_its_weights():
    about = describe("siamfc-lite", "cpu")
    assert about["weights"] == weights_digest(light_weights) != describe("siamfc-dither", "cpu")["weights"]
    assert describe("siamfc-lite-random", "cpu")["weights"] == "random"
    assert sum(p.numel() for p in mk_tracker("siamfc-lite-random", "cpu").phi.parameters()) < 3e5


def test_its_card_is_what_the_command_writes():
    here = light_weights.parent
    assert renewed(here) == (here/"README.md").read_text(), "siamfc weights card siamfc_nb/weights/lite"
    rec = json.loads((here/"training.json").read_text())
    assert rec["weights"] == weights_digest(light_weights) and rec["teacher"] == weights_digest(shipped_weights)


def test_track_by_name(tmp_path):
    v = videos["juice_box"]
    box = ",".join(str(round(float(o))) for o in v.boxes[0])
    command = ["track", str(root/"data/clips/juice_box.mp4"), "--box", box, "--config", "siamfc-lite", "--stop", "5",
               "--no-video", "--out", str(tmp_path)]
    r = CliRunner().invoke(app, command, catch_exceptions=False)
    assert r.exit_code == 0, r.output
    said = json.loads((tmp_path/"juice_box.json").read_text())
    assert said["name"] == "siamfc-lite" and said["weights"] == "lite" and said["phi"] != "32 bits, torch"


def test_the_full_network_stays_what_it_was():
    assert named_weights("shipped") == shipped_weights and weights_digest(shipped_weights) == "f2ac72b2b934f2f3"
    assert sum(p.numel() for p in pretrained_net().phi.parameters()) == 2336320
