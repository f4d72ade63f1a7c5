"A pupil that learns from a network instead of labels, and the files of narrow networks"
import json
import re
from pathlib import Path

import pytest
import torch
from fastcore.test import test_close as close
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Crops
from siamfc_nb.distill import Pupil, feature_gap, score_gap
from siamfc_nb.embedding import Embedding, lite_filters
from siamfc_nb.pairs import Pairs
from siamfc_nb.pretrained import light_weights, load_weights, pretrained_net, save_weights, weights_digest, widened
from siamfc_nb.data.readers import clips
from siamfc_nb.tracking import Tracker
from siamfc_nb.train.settings import TrainConfig
from siamfc_nb.training import mk_net, train
from siamfc_nb.xcorr import SiamNet

narrow = 4, 6, 8, 8, 4
run = dict(steps=4, batch=2, epochs=2, save=1, filters=narrow, teacher="shipped", crossed=.5)


def images(n=2):
    g = torch.Generator().manual_seed(0)
    return [255*torch.rand(n, 3, s, s, generator=g) for s in (127, 255)]


def test_a_network_has_no_gap_to_itself():
    cfg = TrainConfig(teacher="shipped", match="both")
    loss, scores = Pupil(pretrained_net(), cfg)(*images())
    assert loss.item() < 2e-3 and scores.shape == (2, 17, 17)  # the damped solution leaves a little


def test_only_the_pupil_learns():
    net = mk_net(TrainConfig(**run))
    pupil = Pupil(net, TrainConfig(**run))
    before = {k: v.clone() for k, v in pupil.teacher.state_dict().items()}
    pupil.train()(*images())[0].backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    assert all(p.grad is None for p in pupil.teacher.parameters())
    assert all(torch.equal(v, before[k]) for k, v in pupil.teacher.state_dict().items())


@pytest.mark.parametrize("match", ["scores", "features", "both"])
def test_what_is_matched(match):
    torch.manual_seed(0)
    cfg = TrainConfig(**run, match=match)
    pupil, (z, x) = Pupil(mk_net(cfg), cfg), images()
    loss = pupil(z, x)[0].item()
    with torch.no_grad():
        fz, fx, tz, tx = pupil.net.phi(z), pupil.net.phi(x), pupil.teacher.phi(z), pupil.teacher.phi(x)
        scores = [n.gain*torch.nn.functional.conv2d(b, a).transpose(0, 1)+n.bias
                  for n, a, b in ((pupil.net, fz, fx), (pupil.teacher, tz, tx))]
        gaps = dict(scores=score_gap(*scores, .5).item(), features=feature_gap(fx, tx).item())
    assert loss == pytest.approx(sum(gaps.values()) if match == "both" else gaps[match], rel=1e-3)


def test_the_gap_of_features_is_as_exact_in_half_precision():
    "A linear map of features with a mean, and a little noise: what is left is the noise's share"
    g = torch.Generator().manual_seed(0)
    f = torch.randn(4, 64, 22, 22, generator=g)+3
    t = torch.einsum("oc,bchw->bohw", torch.randn(96, 64, generator=g), f)
    noise = .1*torch.randn(4, 96, 22, 22, generator=g)
    share = (noise.square().sum()/(t+noise).square().sum()).item()
    with torch.autocast("cpu", torch.bfloat16): gap = feature_gap(f, t+noise, 1e-6).item()
    assert gap == pytest.approx(share, rel=.1)


def test_bad_teachers_and_filters(tmp_path):
    with pytest.raises(ValueError, match="expected weights to learn from"): Pupil(SiamNet(), TrainConfig())
    with pytest.raises(FileNotFoundError, match="no weights at"):
        Pupil(SiamNet(), TrainConfig(teacher=str(tmp_path/"none.safetensors")))
    with pytest.raises(ValueError, match="expected one of"): TrainConfig(match="labels")
    for bad in ((24, 64), (24, 64, 96, 96, 63), (0, 64, 96, 96, 64)):
        with pytest.raises(ValueError, match="five even numbers"): TrainConfig(filters=bad)


def test_stopped_and_gone_on_to_the_bit(toy_crops, tmp_path):
    def go(out, **kw): return train(Pairs(Crops(toy_crops), 16), TrainConfig(**run), out, cpu=True, workers=0,
                                    learner=Pupil, **kw)
    n = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        go(tmp_path/"a", stop=2)
        a, b = go(tmp_path/"a").state_dict(), go(tmp_path/"b").state_dict()
    finally: torch.set_num_threads(n)
    assert all(torch.equal(v, b[k]) for k, v in a.items())


def test_recipe_from_the_command_line(toy_crops, tmp_path):
    "Its weights know their own filters, and track"
    out = tmp_path/"lite"
    command = ["train", str(toy_crops), "--recipe", "lite", "--set", "filters=4,6,8,8,4", "--set", "match=both",
               "--steps", "2", "--batch", "2", "--val", "0", "--device", "cpu", "--workers", "0", "--out", str(out)]
    r = CliRunner().invoke(app, command, catch_exceptions=False)
    assert r.exit_code == 0, r.output
    bad = [*command[:-1], str(tmp_path/"other"), "--set", "teacher=none.safetensors"]
    assert "no weights at none.safetensors" in CliRunner().invoke(app, bad).output
    net = load_weights(out/"last.safetensors")
    assert [m.out_channels for m in net.phi if isinstance(m, torch.nn.Conv2d)] == list(narrow)
    v = next(iter(clips()))
    boxes, _ = Tracker(net, "siamfc-dither", "cpu").track([v.frames[i] for i in range(3)], v.boxes[0])
    assert boxes.shape == (3, 4)


def test_weights_of_another_width_are_named(tmp_path):
    save_weights(SiamNet(Embedding(filters=lite_filters)), tmp_path/"w.safetensors")
    assert load_weights(tmp_path/"w.safetensors").phi.conv1.out_channels == 24
    with pytest.raises(ValueError, match="have 24, 64, 96, 96, 64 filters, expected 96, 256, 384, 384, 256$"):
        load_weights(tmp_path/"w.safetensors", SiamNet())


def test_a_widened_network_answers_as_before():
    "Also where batch-norm has seen images, and where a layer keeps its filters"
    net, (z, x) = load_weights(light_weights), images(1)
    with torch.no_grad():
        said = net(z, x)
        for filters in ((32, 96, 128, 128, 96), (24, 64, 96, 100, 64), lite_filters):
            assert (widened(net, filters)(z, x)-said).abs().max() < 1e-3*said.std()
    assert not torch.equal(widened(net, (32, 96, 128, 128, 96), .1).phi.conv5.weight[:32], net.phi.conv5.weight[:32])
    with pytest.raises(ValueError, match="expected none fewer than the 24, 64, 96, 96, 64 that are there"):
        widened(net, (24, 64, 96, 94, 64))


def test_a_run_begins_from_a_narrower_network(toy_crops, tmp_path):
    "Its report names the narrow weights; those of a wider one are refused before anything is trained"
    wide, file = "6,8,8,12,6", tmp_path/"narrow.safetensors"
    save_weights(SiamNet(Embedding(filters=narrow)), file)
    command = ["train", str(toy_crops), "--recipe", "lite", "--steps", "2", "--batch", "2", "--val", "0", "--device",
               "cpu", "--workers", "0", "--from", str(file)]
    r = CliRunner().invoke(app, [*command, "--set", f"filters={wide}", "--out", str(tmp_path/"wide")],
                           catch_exceptions=False)
    assert r.exit_code == 0, r.output
    phi = load_weights(tmp_path/"wide"/"last.safetensors").phi
    assert ",".join(str(m.out_channels) for m in phi if isinstance(m, torch.nn.Conv2d)) == wide
    assert json.loads((tmp_path/"wide"/"training.json").read_text())["start_weights"] == weights_digest(file)
    r = CliRunner().invoke(app, [*command, "--set", "filters=4,6,6,8,4", "--out", str(tmp_path/"less")])
    assert r.exit_code and "have 4, 6, 8, 8, 4 filters, expected 4, 6, 6, 8, 4" in r.output
    assert not (tmp_path/"less"/"last.pt").exists()


def test_a_teacher_in_8_bits_says_nearly_the_same():
    "Its scores are the torch teacher's to a few per cent, at both sizes of search images; on a GPU it is refused"
    pytest.importorskip("onnxruntime")
    (z, x), losses = images(), []
    for side in (255, 191):
        pupils = [Pupil(pretrained_net(), TrainConfig(teacher="shipped", match="both", teacher_bits=b))
                  for b in (32, 8)]
        with torch.no_grad(): losses.append([p(z, x[..., :side, :side])[0].item() for p in pupils])
    assert all(a < 2e-3 and b < .05 for a, b in losses), losses
    with pytest.raises(ValueError, match="teacher_bits=16: expected one of"): TrainConfig(teacher_bits=16)


def test_the_lesson_knows_a_wrong_distance_of_peaks():
    cells = json.loads((Path(__file__).resolve().parent.parent/"nbs"/"16_distillation.ipynb").read_text())["cells"]
    [check] = ["".join(c["source"]) for c in cells if "".join(c["source"]).startswith("with torch.no_grad(): own =")]
    [told] = ["".join(c["source"]) for c in cells if "def distance(v, t):\n" in "".join(c["source"])]
    maps = torch.rand(3, 17, 17, generator=torch.Generator().manual_seed(0))

    def judge(distance):
        space = dict(torch=torch, test_close=close, own=[maps, maps.flip(1)], distance=distance)
        exec(check.partition("\n")[2], space)
        return space["cells_off"]

    space = dict(torch=torch)
    exec(re.search(r"```python\n(.+?)```", told, re.S)[1], space)
    assert (judge(space["distance"])>0).any() and judge(lambda v, t: None) is None
    wrong = (lambda v, t: torch.zeros(len(v)),                                    # always right
             lambda v, t: (v.flatten(1).argmax(1)-t.flatten(1).argmax(1)).abs(),  # along the rows of cells
             lambda v, t: 8*space["distance"](v, t))                              # pixels
    for distance in wrong:
        with pytest.raises(AssertionError): judge(distance)
