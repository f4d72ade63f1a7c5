"Training: killed and resumed to the bit, on two processes as on one, and what stops it"
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors import safe_open
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Crops, CurateConfig, collages, curate, stills
from siamfc_nb.embedding import Embedding, FoldedConv
from siamfc_nb.gauges import time_left
from siamfc_nb.train.keeper import done_steps
from siamfc_nb.pairs import Pairs, apart
from siamfc_nb.train.runs import training_sets
from siamfc_nb.pretrained import light_weights, load_weights, save_weights, weights_digest
from siamfc_nb.train.runs import run_training
from siamfc_nb.train.settings import TrainConfig, recipes
from siamfc_nb.toyworld import toy_video
from siamfc_nb.training import Learner, TrainRun, centre, lr_at, mk_optimizer, pair_loss, run_steps, train, validate
from siamfc_nb.xcorr import SiamNet

small = dict(steps=8, batch=2, epochs=4, save=1)


@pytest.fixture(scope="module")
def pairs(toy_crops): return lambda n=16: Pairs(Crops(toy_crops), n)


def same(a, b): return a.keys() == b.keys() and all(torch.equal(v, b[k]) for k, v in a.items())


def log(out): return pd.read_csv(out/"log.csv")


script = """
import sys, json
from siamfc_nb.curation import Crops
from siamfc_nb.pairs import Pairs
from siamfc_nb.train.runs import run_training
from siamfc_nb.train.settings import TrainConfig
from siamfc_nb.training import train
kw = json.loads(sys.argv[3])
train(Pairs(Crops(sys.argv[1]), 16), TrainConfig(**kw), sys.argv[2], cpu=True, workers=0)
"""


def here(toy_crops, out, **kw):
    "What `script` does, in this process"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try: train(Pairs(Crops(toy_crops), 16), TrainConfig(**kw), out, cpu=True, workers=0)
    finally: torch.set_num_threads(threads)


def start(toy_crops, out, launcher=(), **kw):
    p = out.parent/"run.py"
    p.write_text(script)
    return subprocess.Popen([sys.executable, *launcher, str(p), str(toy_crops), str(out), json.dumps(kw)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
                            env={**os.environ, "OMP_NUM_THREADS": "1"})


@pytest.mark.parametrize("kw", [dict(average=.9, small=.5), dict(optimizer="adamw", release=True, precision="bf16")],
                         ids=["sgd-small", "adamw-release-bf16"])
def test_killed_at_any_step_and_resumed(toy_crops, tmp_path, kw):
    kw = small | kw
    here(toy_crops, tmp_path/"whole", **kw)
    p = start(toy_crops, tmp_path/"killed", **kw)
    while not (tmp_path/"killed/last.pt").exists():
        assert p.poll() is None, p.stdout.read()
        time.sleep(.005)
    time.sleep(float(np.random.default_rng().uniform(0, .5))) # any step will do
    os.killpg(p.pid, signal.SIGKILL)
    p.wait()
    assert torch.load(tmp_path/"killed/last.pt", weights_only=True)[
        "step"] < 8, "the kill came too late to test anything"
    here(toy_crops, tmp_path/"killed", **kw)
    a, b = (torch.load(tmp_path/o/"last.pt", weights_only=True) for o in ("whole", "killed"))
    assert same(a["net"], b["net"])
    assert a["rows"] == b["rows"]
    assert ("ema" not in a or same(a["ema"], b["ema"]))
    assert (tmp_path/"whole/last.safetensors").read_bytes() == (tmp_path/"killed/last.safetensors").read_bytes()


def test_two_processes_are_as_one(toy_crops, tmp_path):
    "Half a batch on each of two processes is the batch in two parts on one: batch norm sees the same halves"
    kw = small | dict(batch=4, steps=6, epochs=6, crossed=.5)
    p = start(toy_crops, tmp_path/"two", ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"), **kw)
    here(toy_crops, tmp_path/"one", **kw, accumulate=2)
    assert p.wait() == 0, p.stdout.read()
    a, b = log(tmp_path/"two"), log(tmp_path/"one")
    assert len(a) == 6 and np.abs(a.loss-b.loss).max() < 1e-4, (a.loss-b.loss).tolist()
    wa, wb = (torch.load(tmp_path/o/"last.pt", weights_only=True)["net"] for o in ("two", "one"))
    assert max((wa[k]-wb[k]).abs().max() for k in wa if k.endswith("weight")) < 1e-4


def test_precisions_in_one_process(pairs, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "AVX512")
    loss = {p: log_loss(train(pairs(), TrainConfig(**small | dict(steps=2, epochs=1, precision=p)), tmp_path/p,
                              cpu=True, workers=0), tmp_path/p) for p in ("no", "bf16", "no")}
    assert loss["no"] != loss["bf16"] and abs(loss["no"]-loss["bf16"]) < .1*loss["no"]


@pytest.mark.parametrize("able, bits", [("AVX2", "no"), ("AVX512", "bf16")])
def test_a_processor_computes_in_what_it_is_fast_in(able, bits, pairs, tmp_path, monkeypatch, capsys):
    "The settings stay as they were asked for, so that another machine can go on with them"
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: able)
    cfg = TrainConfig(**small | dict(steps=1, epochs=1, precision="bf16"))
    kinds = set()
    forward = torch.nn.Conv2d.forward
    def noted(self, x): y = forward(self, x); kinds.add(y.dtype); return y
    monkeypatch.setattr("torch.nn.Conv2d.forward", noted)
    run_training(tmp_path/"a", pairs(), None, dict(tracks={}), cfg, "cpu", 0)
    told = json.loads((tmp_path/"a/training.json").read_text())
    assert (told["config"]["precision"], told["computed_in"]) == ("bf16", bits)
    assert ("in 32 bits: this processor is slower in bf16" in capsys.readouterr().out) == (bits == "no")
    assert (torch.bfloat16 in kinds) == (bits == "bf16")


def log_loss(_, out): return log(out).loss.iloc[-1]


def test_the_average_is_what_is_kept(pairs, tmp_path):
    net = train(pairs(), TrainConfig(**small | dict(average=.5)), tmp_path/"a", cpu=True, workers=0)
    s = torch.load(tmp_path/"a/last.pt", weights_only=True)
    w = load_weights(tmp_path/"a/last.safetensors").state_dict()["phi.conv2.weight"]
    assert torch.allclose(w, s["ema"]["module.phi.conv2.weight"], atol=1e-3)
    assert torch.equal(net.phi.conv2.weight, s["ema"]["module.phi.conv2.weight"])
    assert (s["net"]["phi.conv2.weight"]-s["ema"]["module.phi.conv2.weight"]).abs().max() > 0


def test_training_is_light_to_import():
    "What one file takes to a GPU asks for nothing that is not there"
    heavy = "accelerate av matplotlib pandas PIL safetensors skimage typer".split()
    code = (f"import sys, siamfc_nb.training, siamfc_nb.pairs, siamfc_nb.train.gpu; print([m for m in {heavy} if m in "
            f"sys.modules])")
    r = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True,
                       env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert r.stdout.strip() == "[]", r.stdout + r.stderr


def test_the_loop_and_its_hooks():
    "Rows end epochs, checkpoints go with them and between; out of patience it ends at once, without steps it is silent"
    class Notes:
        last = "nowhere"
        def __init__(self): self.calls = []
        def row(self, run):
            self.calls.append(("row", run.step))
            run.rows.append(dict(val_error=float(run.step)))
            run.seen = []
        def checkpoint(self, run): self.calls.append(("checkpoint", run.step))
        def end(self, run): self.calls.append(("end", run.step))
    part = tuple(torch.rand(1, 3, n, n)*255 for n in (127, 191))
    def calls(n, save=0, **kw):
        run, notes = TrainRun(TrainConfig(**dict(steps=6, batch=1, epochs=3, small=1.) | kw)).to("cpu"), Notes()
        run_steps(run, [[part]]*n, Learner(run.net, run.cfg), notes, save=save)
        return notes.calls
    assert calls(3, save=1) == [("checkpoint", 1), ("row", 2), ("checkpoint", 2), ("checkpoint", 3), ("end", 3)]
    assert calls(9, patience=1) == [("row", 2), ("checkpoint", 2), ("row", 4), ("checkpoint", 4), ("end", 4)]
    assert calls(0) == []
    # steps that the epochs do not divide: a row for each rate, no more
    def rows(steps, epochs): return [k for what, k in calls(steps, steps=steps, epochs=epochs) if what == "row"]
    assert rows(7, 3) == [3, 5, 7] and rows(5, 4) == [2, 3, 4, 5] and rows(2, 50) == [1, 2]
    assert [k+1 for k in range(7) if k == 6 or lr_at(k, 7, epochs=3) != lr_at(k+1, 7, epochs=3)] == [3, 5, 7]


def test_all_pairs_validate(pairs):
    "Also those that fill no batch"
    torch.manual_seed(0)
    net, five = SiamNet(), pairs(5)
    whole, parts = validate(net, five, 5), validate(net, five, 2)
    assert net.training and parts == pytest.approx(whole, rel=1e-5)
    assert validate(net, five, 64) == whole
    assert parts != pytest.approx(validate(net, pairs(4), 2), rel=1e-5)


def test_a_stop_leaves_no_trace(pairs, tmp_path):
    "A run that was stopped within epochs ends with the log of one that was not, and its patience is no shorter"
    cfg, val = TrainConfig(**small | dict(steps=6, epochs=2, patience=2)), pairs(3)
    train(pairs(), cfg, tmp_path/"a", val, cpu=True, workers=0)
    for stop, steps, best in ((1, [1], "1"), (2, [2], "2"), (4, [3, 4], "3"), (None, [3, 6], "36")):
        train(pairs(), cfg, tmp_path/"b", val, cpu=True, workers=0, stop=stop)
        assert log(tmp_path/"b").step.tolist() == steps
        with safe_open(tmp_path/"b/best.safetensors", "pt") as f: assert f.metadata()["step"] in best
    assert (tmp_path/"a/log.csv").read_text() == (tmp_path/"b/log.csv").read_text()
    assert weights_digest(tmp_path/"a/best.safetensors") == weights_digest(tmp_path/"b/best.safetensors")


# ---- the settings

@pytest.mark.parametrize("k, d, c", [(11, 2, 3), (7, 4, 3), (3, 1, 3), (5, 2, 1)])
@pytest.mark.parametrize("size", [(31, 31), (32, 32), (40, 37)])
def test_the_folded_convolution(k, d, c, size):
    "As a GPU computes conv1: outputs and all gradients are those of the plain one"
    torch.manual_seed(0)
    m = FoldedConv(c, 8, k, d)
    x = torch.randn(2, c, *size, requires_grad=True)
    a, b = m(x), m.folded(x)
    g = torch.randn_like(a)
    assert b.is_contiguous(memory_format=torch.channels_last)
    grads = (torch.autograd.grad(o, [x, m.weight, m.bias], g) for o in (a, b))
    for p, q in zip((a, *next(grads)), (b, *next(grads))):
        torch.testing.assert_close(p, q, atol=2e-4, rtol=1e-4)
    assert type(Embedding().conv1) is FoldedConv


def test_defaults_are_the_papers():
    c = TrainConfig()
    assert c.steps*c.batch == 50*50_000
    assert (c.batch, c.lr0, c.lr1, c.epochs, c.momentum, c.decay, c.optimizer, c.init) == (8, 1e-2, 1e-5, 50, .9, 5e-4,
        "sgd", "he")
    assert (c.crossed, c.average, c.release, c.sizes) == (0, 0, False, (127, 255))
    assert recipes["paper"] == ({}, {})


def test_release():
    c = TrainConfig(release=True)
    net = SiamNet()
    l = Learner(net, c)
    groups = mk_optimizer(net, c).param_groups
    assert c.sizes == (127, 239)
    assert l.maps == {15}
    assert l.y15.shape == (15, 15)
    assert not net.gain.requires_grad
    by = {id(p): g for g in groups for p in g["params"]}
    for n, p in net.named_parameters():
        g = by[id(p)]
        assert (g["scale"], g["weight_decay"]) == ((1, 5e-4) if p.dim() > 1 else (2, 0)), n


def test_the_rate_of_a_larger_batch(pairs, tmp_path):
    train(pairs(), TrainConfig(**small | dict(batch=4, steps=1, epochs=1)), tmp_path/"a", cpu=True, workers=0)
    np.testing.assert_allclose(log(tmp_path/"a").lr, [1e-2*4/8])
    assert [round(lr_at(i, 100, 1, 1, 1, warmup=3), 2) for i in range(5)] == [.25, .5, .75, 1, 1]


@pytest.mark.parametrize("kw, says", [(dict(optimizer="adam"), "sgd"), (dict(precision="fp8"), "bf16"),
    (dict(init="normal"), "xavier"), (dict(batch=8, accumulate=3), "3 equal parts")])
def test_impossible_settings(kw, says):
    with pytest.raises(ValueError, match=says): TrainConfig(**kw)


# ---- what stops it

def test_a_loss_that_is_not_finite(pairs, tmp_path, monkeypatch):
    from siamfc_nb import training
    calls = []
    def bad(*args):
        calls.append(1)
        loss, v = pair_loss(*args)
        return (loss*np.nan if len(calls) == 4 else loss), v
    monkeypatch.setattr(training, "pair_loss", bad)
    with pytest.raises(FloatingPointError, match="at step 4; the last good checkpoint is .*last.pt"):
        train(pairs(), TrainConfig(**small | dict(save=3, epochs=2)), tmp_path/"a", cpu=True, workers=0)
    assert torch.load(tmp_path/"a/last.pt", weights_only=True)["step"] == 3


def test_full_disk_while_saving(toy_crops, tmp_path):
    out = tmp_path/"a"
    kw = small | dict(steps=4)
    here(toy_crops, out, **kw)
    (tmp_path/"run.py").write_text("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, "
                                   "2_000_000))\n"+script)
    p = subprocess.run([sys.executable, str(tmp_path/"run.py"), str(toy_crops), str(tmp_path/"b"), json.dumps(kw)],
                       capture_output=True, text=True)
    assert p.returncode != 0
    assert not [*(tmp_path/"b").glob("*.part")]
    assert not (tmp_path/"b/last.pt").exists()
    here(toy_crops, tmp_path/"b", **kw)
    assert same(torch.load(tmp_path/"b/last.pt", weights_only=True)["net"],
                torch.load(out/"last.pt", weights_only=True)["net"])


def test_a_folder_of_another_run(pairs, tmp_path):
    train(pairs(), TrainConfig(**small | dict(steps=1, epochs=1)), tmp_path/"a", cpu=True, workers=0)
    with pytest.raises(ValueError, match="another run: steps is 1 there and 2 here: choose another --out, or the same "
                       "--steps"):
        train(pairs(), TrainConfig(**small | dict(steps=2, epochs=1)), tmp_path/"a", cpu=True)


def test_a_batch_larger_than_the_set(pairs, tmp_path):
    with pytest.raises(ValueError, match="batch of 32 is larger than the set of 16 pairs"):
        train(pairs(), TrainConfig(steps=1, batch=32), tmp_path/"a", cpu=True)


def command(*args): return CliRunner().invoke(app, ["train", *map(str, args)])


def test_the_command_says_what_is_wrong(toy_crops, tmp_path):
    for args, says in (((tmp_path/"none",), "siamfc curate"), ((toy_crops, "--val", .01), "both need one"),
                       ((toy_crops, "--recipe", "best"), "paper, release, ours"),
                       ((toy_crops, "--precision", "int4"), "bf16")):
        r = command(*args, "--out", tmp_path/"out")
        assert r.exit_code == 1 and says in r.output, r.output
        assert not (tmp_path/"out").exists()


def test_no_pairs(tmp_path):
    curate([toy_video(0, n=1)], tmp_path/"one") # tracks of one crop make no pair
    r = command(tmp_path/"one", "--val", 0, "--out", tmp_path/"out")
    assert r.exit_code == 1 and "no track of two crops" in r.output


def test_validation_videos_are_not_trained_on(toy_crops, tmp_path):
    from siamfc_nb.curation import stills
    curate(stills([toy_video(s, n=6, size=(120, 160)) for s in range(6)]), tmp_path/"stills")
    pairs, val, about = training_sets([toy_crops], tmp_path/"stills", .34)
    held = set(about["validation_videos"])
    assert len(held) == 2 == len({t.video for t in val.tracks})
    assert held.isdisjoint(t.video for p in pairs.sets for t in p.tracks)
    assert len(pairs.sets) == 2
    assert len(pairs.sets[1].tracks) > 20


def test_collages_with_a_validation_video_are_not_trained_on(toy_crops, tmp_path):
    vs = [toy_video(s, n=6, size=(120, 160)) for s in range(6)]
    curate(collages(vs, [np.full((6, 120, 160), 255, np.uint8)[:, 30:-30, 40:-40]]*6, n=40, frames=2),
           tmp_path/"collages")
    pairs, _, about = training_sets([toy_crops, tmp_path/"collages"], None, .34)
    names = {t.video for t in pairs.sets[1].tracks}
    assert 3 <= len(names) < 20
    assert all(set(about["validation_videos"]).isdisjoint(n.split("+")[:3]) for n in names)


def test_small_search_images_cost_the_cells_at_the_edge_only(pairs, tmp_path):
    net, cfg = SiamNet(), TrainConfig(steps=10, small=.3)
    z, x = (torch.rand(2, 3, n, n)*255 for n in (127, 255))
    with torch.no_grad():
        (a, v), (b, u) = (Learner(net.eval(), cfg)(z, centre(x, s)) for s in (255, 191))
    torch.testing.assert_close(v[:, 4:-4, 4:-4], u, rtol=1e-4, atol=1e-4)
    assert [cfg.side(i) for i in (0, 2, 3, 9)] == [191, 191, 255, 255] and a != b

def test_tensorboard(pairs, tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from siamfc_nb.train.keeper import tensorboard
    train(pairs(), TrainConfig(**small | dict(steps=2, epochs=2)), tmp_path/"a", cpu=True, workers=0,
          live=tensorboard(tmp_path/"a"))
    e = EventAccumulator(str(tmp_path/"a"))
    e.Reload()
    np.testing.assert_allclose([o.value for o in e.Scalars("loss")], log(tmp_path/"a").loss, rtol=1e-5)


def test_tensorboard_is_closed(toy_crops, tmp_path, monkeypatch):
    import torch.utils.tensorboard as module

    from siamfc_nb.train.keeper import tensorboard
    open_ = []
    class Writer(module.SummaryWriter):
        def __init__(self, d): super().__init__(d); open_.append(d)
        def close(self): super().close(); open_.remove(self.log_dir)
    monkeypatch.setattr(module, "SummaryWriter", Writer)
    live = tensorboard(tmp_path/"a"); live([dict(step=1, loss=.5)]); assert len(open_) == 1
    del live; assert not open_
    args = ("--steps", 1, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--tensorboard", "--seeds", 2)
    r = command(toy_crops, *args, "--out", tmp_path/"out"); assert r.exit_code == 0, r.output
    assert not open_ and [*(tmp_path/"out/seed-1").glob("events*")]


def test_report(toy_crops, tmp_path):
    r = command(toy_crops, "--steps", 2, "--batch", 2, "--val", .34, "--val-pairs", 8, "--recipe", "paper", "--out",
                tmp_path/"out", "--workers", 0)
    assert r.exit_code == 0, r.output
    d = json.loads((tmp_path/"out/training.json").read_text())
    assert d["recipe"] == "paper"
    assert d["config"]["steps"] == 2
    assert len(d["log"]) == 2
    assert len(d["validation_videos"]) == 2
    assert {"loss", "val_loss", "val_error", "val_within"} < d["log"][-1].keys()
    for k in ("curves.png", "pairs.png", "best.safetensors", "last.safetensors", "log.csv"):
        assert (tmp_path/"out"/k).stat().st_size > 100


def test_stopped_and_gone_on_by_command(toy_crops, tmp_path):
    "A run that was stopped is reported as far as it went, and the same command without --stop completes it"
    args = (toy_crops, "--steps", 4, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--out",
            tmp_path/"out")
    for extra, last in (("--stop", 2), 2), ((), 4):
        r = command(*args, *extra)
        assert r.exit_code == 0, r.output
        d = json.loads((tmp_path/"out/training.json").read_text())
        assert d["log"][-1]["step"] == last and d["config"]["steps"] == 4


def test_a_run_that_has_nothing_left_to_do_keeps_who_did_it(toy_crops, tmp_path):
    "The same command elsewhere, later, learns nothing; what it is told of the folders is noted"
    args = (toy_crops, "--steps", 2, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--out",
            tmp_path/"out")
    assert command(*args).exit_code == 0
    path = tmp_path/"out/training.json"
    then = json.loads(path.read_text()) | dict(machine="elsewhere", date="then", seconds=3600., folders=[])
    path.write_text(json.dumps(then))
    assert command(*args).exit_code == 0
    now = json.loads(path.read_text())
    assert now.pop("folders")[0]["name"] == toy_crops.name and now == {k: o for k, o in then.items() if k != "folders"}
    path.write_text("{")
    assert command(*args).exit_code == 0
    assert json.loads(path.read_text())["machine"] != "elsewhere"


def test_a_run_goes_on_with_its_crops_alone(tmp_path):
    "Folders of one name, tracks and videos may hold other crops: of every second frame, or larger ones"
    vs = [toy_video(s, n=6, objects=1, size=(120, 160)) for s in range(3)]
    for k, cfg in enumerate((CurateConfig(), CurateConfig(every=2), CurateConfig(size=311))):
        curate(vs, tmp_path/str(k)/"crops", cfg)
    def go_on(k, steps):
        return command(tmp_path/str(k)/"crops", "--steps", 2, "--stop", steps, "--batch", 2, "--val", 0, "--recipe",
                       "paper", "--workers", 0, "--set", "epochs=2", "--out", tmp_path/"out")
    assert go_on(0, 1).exit_code == 0
    assert json.loads((tmp_path/"out/training.json").read_text())["crops"] == [18]
    for k, says in (1, "'crops': ([18], [9])"), (2, "'digest': ("):
        r = go_on(k, 2)
        assert r.exit_code == 1 and says in r.output and done_steps(tmp_path/"out") == 1, r.output
    assert go_on(0, 2).exit_code == 0 and done_steps(tmp_path/"out") == 2


def test_other_settings_are_refused_before_the_wait(toy_crops, tmp_path):
    args = (toy_crops, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--out", tmp_path/"out")
    assert command(*args, "--steps", 1).exit_code == 0
    before = (tmp_path/"out/data.json").read_bytes()
    r = command(*args, "--steps", 2)
    assert r.exit_code == 1 and len(r.output.splitlines()) == 1, r.output
    assert "steps is 1 there and 2 here" in r.output and (tmp_path/"out/data.json").read_bytes() == before


def test_videos_with_a_plus_in_their_names_are_held_out():
    names = ["cat+dog", "cat+dog+bird+fish+0", "bird+cat+dog+fish+1", "cat", "dog+cat", "cat+dogs"]
    held, *rest = (SimpleNamespace(video=n) for n in names)
    assert [t.video for t in apart([held, *rest], [held])] == ["cat", "dog+cat", "cat+dogs"]


def test_crops_of_pictures_are_no_crops_of_videos(tmp_path):
    curate(stills([toy_video(s, n=6, size=(120, 160)) for s in range(3)]), tmp_path/"pictures")
    for val in (0, .5):
        r = command(tmp_path/"pictures", "--steps", 2, "--val", val, "--out", tmp_path/"out")
        assert r.exit_code == 1 and "no track of two crops" in r.output and "--stills" in r.output, r.output


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_others_may_read_weights_as_they_may_the_log(pairs, tmp_path):
    train(pairs(), TrainConfig(**small | dict(steps=1, epochs=1)), tmp_path, cpu=True, workers=0)
    rights = {n: (tmp_path/n).stat().st_mode & 0o777 for n in ("log.csv", "last.safetensors", "last.pt")}
    assert len(set(rights.values())) == 1, rights


# ---- weights are known by their tensors

def test_equal_weights_have_one_digest_in_any_file(tmp_path):
    "Metadata and the order of tensors change the file, not the digest; names, numbers, types or shapes do"
    from safetensors.torch import load_file, save_file
    net = SiamNet()
    save_weights(net, tmp_path/"a.safetensors", **{f"k{i}": i for i in range(20)})
    d = load_file(tmp_path/"a.safetensors")
    for i in range(6):
        save_file(d, tmp_path/f"{i}.safetensors", {f"k{k}": str(k) for k in range(20)}) # their order is drawn each time
    assert len({(tmp_path/f"{i}.safetensors").read_bytes()
                for i in range(6)}) > 1, "the files are equal: nothing was tested"
    want = weights_digest(tmp_path/"a.safetensors")
    assert {weights_digest(str(tmp_path/f"{i}.safetensors")) for i in range(6)} == {want}
    assert len(want) == 16
    k = "phi.conv2.weight"
    changed = d[k].clone()
    changed[0, 0, 0, 0] += 1
    others = [d | {k: changed}, d | {k: d[k].float()}, d | {k: d[k].view(torch.int16)}, d | {k: d[k].flatten(1)},
              {n if n != k else "x": v for n, v in d.items()}]
    for i, o in enumerate(others): save_file(o, tmp_path/f"other{i}.safetensors")
    assert len({weights_digest(tmp_path/f"other{i}.safetensors") for i in range(len(others))} | {want}) == 1+len(others)
    save_file(dict(a=torch.ones(2, dtype=torch.bfloat16), b=torch.zeros(0), c=torch.tensor(1.)),
              tmp_path/"odd.safetensors")
    assert len(weights_digest(tmp_path/"odd.safetensors")) == 16


def test_what_holds_no_weights_has_no_digest(tmp_path):
    (tmp_path/"text").write_text("no weights")
    with pytest.raises(FileNotFoundError, match="no weights at"): weights_digest(tmp_path/"none")
    with pytest.raises(ValueError, match="not a safetensors"): weights_digest(tmp_path/"text")


# ---- from given weights

def fine(pairs, out, **kw):
    return train(pairs(), TrainConfig(**small | dict(steps=4, lr0=1e-3, start="shipped") | kw), out, cpu=True,
                 workers=0)


def test_a_run_starts_from_the_weights_that_ship(pairs, tmp_path):
    from siamfc_nb.pretrained import pretrained_net
    want = pretrained_net().state_dict()
    got = fine(pairs, tmp_path/"a", steps=1, epochs=1, lr0=1e-9, lr1=1e-9).state_dict()
    # a step at no rate changes nothing
    assert max((got[k]-want[k]).abs().max() for k in got if "running" not in k and "num_batches" not in k) < 1e-4
    new = train(pairs(), TrainConfig(**small | dict(steps=1, epochs=1, lr0=1e-9, lr1=1e-9)), tmp_path/"b", cpu=True,
                workers=0).state_dict()
    assert (new["phi.conv3.weight"]-want["phi.conv3.weight"]).abs().max() > 1e-2


@pytest.mark.parametrize("filters", [(8, 16, 24, 24, 16), (16, 16, 24, 24, 16)], ids=["same", "wider"])
def test_weights_to_begin_from_are_read_once(filters, tmp_path, monkeypatch):
    import siamfc_nb.pretrained as module
    save_weights(SiamNet(Embedding(filters=(8, 16, 24, 24, 16))), tmp_path/"w.safetensors")
    seen = []
    def read(p, *a, f=module.read_tensors): seen.append(p); return f(p, *a)
    monkeypatch.setattr(module, "read_tensors", read)
    assert module.begin_from(tmp_path/"w.safetensors", SiamNet(Embedding(filters=filters))).training
    assert len(seen) == 1


@pytest.mark.parametrize("average", [0., .9])
def test_a_fine_tuned_run_goes_on_to_the_bit(pairs, tmp_path, average):
    "The second session starts from its checkpoint, not from the shipped weights again, nor does it need their file"
    whole_run = fine(pairs, tmp_path/"a", average=average).state_dict()
    fine(pairs, tmp_path/"b", average=average)
    assert done_steps(tmp_path/"b") == 4
    save_weights(load_weights(tmp_path/"a/last.safetensors"), tmp_path/"w.safetensors")
    train(pairs(), cfg := TrainConfig(**small | dict(steps=4, lr0=1e-3, start=str(tmp_path/"w.safetensors"),
        average=average)), tmp_path/"c", cpu=True, workers=0, stop=2)
    (tmp_path/"w.safetensors").rename(tmp_path/"moved")
    assert done_steps(tmp_path/"c") == 2
    train(pairs(), cfg, tmp_path/"c", cpu=True, workers=0)
    (tmp_path/"moved").rename(tmp_path/"w.safetensors")
    one = train(pairs(), cfg, tmp_path/"d", cpu=True, workers=0).state_dict()
    assert same(one, load(tmp_path/"c", average)) and same(whole_run, load(tmp_path/"b", average))


def load(out, average):
    s = torch.load(out/"last.pt", weights_only=True)
    return {k.removeprefix("module."): v for k, v in s["ema"].items() if k != "n_averaged"} if average else s["net"]


def test_another_start_is_another_run(pairs, tmp_path):
    fine(pairs, tmp_path/"a", steps=1, epochs=1)
    with pytest.raises(ValueError, match="start is 'shipped' there and '' here: choose another --out, or the same "
                       "--from"):
        train(pairs(), TrainConfig(**small | dict(steps=1, epochs=1, lr0=1e-3)), tmp_path/"a", cpu=True)


def test_a_checkpoint_from_before_there_were_starts_goes_on(pairs, tmp_path):
    cfg = TrainConfig(**small | dict(steps=2, epochs=1))
    train(pairs(), cfg, tmp_path/"a", cpu=True, workers=0, stop=1)
    s = torch.load(tmp_path/"a/last.pt", weights_only=True)
    s["cfg"].pop("start")
    torch.save(s, tmp_path/"a/last.pt")
    train(pairs(), cfg, tmp_path/"a", cpu=True, workers=0)
    assert done_steps(tmp_path/"a") == 2


def test_the_command_fine_tunes_and_says_how_long_it_takes(toy_crops, tmp_path):
    args = (toy_crops, "--from", "shipped", "--steps", 2, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0,
            "--out", tmp_path/"out")
    r = command(*args)
    assert r.exit_code == 0, r.output
    assert "2 steps of 2 pairs on" in r.output
    assert ": about " in r.output
    assert r.output.index("about") < r.output.index("->")
    d = json.loads((tmp_path/"out/training.json").read_text())["config"]
    assert (d["start"], d["lr0"]) == ("shipped", 1e-3)
    r = command(*args, "--rate", .005)
    assert r.exit_code == 1
    assert "lr0 is 0.001 there and 0.005 here: choose another --out, or the same --rate" in r.output
    r = command(toy_crops, "--from", "shipped", "--steps", 3, *args[5:])
    assert r.exit_code == 1
    assert "steps is 2 there and 3 here: choose another --out, or the same --steps" in r.output
    r = command(toy_crops, *args[3:])
    assert r.exit_code == 1 and "or the same --rate, --from" in r.output
    r = command(*args)
    assert r.exit_code == 0 and "about" not in r.output # nothing is left to do


def test_wrong_weights_to_start_from(toy_crops, tmp_path):
    (tmp_path/"text").write_text("hello")
    r = command(toy_crops, "--from", tmp_path/"text", "--steps", 1, "--batch", 2, "--val", 0, "--workers", 0, "--out",
                tmp_path/"out")
    assert r.exit_code == 1 and "not a safetensors file" in r.output


def test_a_start_that_failed_leaves_the_folder_to_the_next(toy_crops, tmp_path):
    "Whatever is refused after the folder was marked, there is no run in it"
    curate([toy_video(s, n=6, objects=1, size=(120, 160)) for s in range(9, 12)], tmp_path/"more")
    args = ("--steps", 1, "--val", 0, "--recipe", "paper", "--workers", 0, "--out", tmp_path/"out")
    torch.manual_seed(0)
    save_weights(SiamNet(Embedding(filters=(8, 8, 8, 8, 258))), tmp_path/"other.safetensors")
    for wrong in (("--from", tmp_path/"other.safetensors"), ("--batch", 10**6)):
        r = command(toy_crops, *args, *wrong)
        assert r.exit_code == 1 and not (tmp_path/"out/last.pt").exists(), r.output
    r = command(tmp_path/"more", *args, "--batch", 2)
    assert r.exit_code == 0, r.output
    r = command(toy_crops, *args, "--batch", 2)
    assert r.exit_code == 1 and "holds a run on other pairs" in r.output


def test_a_run_keeps_its_validation_pairs(toy_crops, tmp_path):
    "Also where it is only continued; a run from before the number was kept goes on"
    args = (toy_crops, "--steps", 2, "--batch", 2, "--val", .34, "--recipe", "paper", "--workers", 0, "--set",
            "epochs=2", "--out", tmp_path/"out")
    r = command(*args, "--val-pairs", 2, "--stop", 1)
    assert r.exit_code == 0, r.output
    r = command(*args, "--val-pairs", 4)
    assert r.exit_code == 1 and "holds a run on other pairs: {'validation_pairs': (2, 4)}" in r.output, r.output
    assert done_steps(tmp_path/"out") == 1
    kept = json.loads((tmp_path/"out/data.json").read_text())
    assert kept.pop("validation_pairs") == 2
    (tmp_path/"out/data.json").write_text(json.dumps(kept))
    r = command(*args, "--val-pairs", 4)
    assert r.exit_code == 0 and done_steps(tmp_path/"out") == 2, r.output


def test_the_same_folders_in_another_role_are_other_pairs(toy_crops, tmp_path):
    "Their names and tracks are the same: their order tells one run from the other, and which are stills"
    curate([toy_video(s, n=6, objects=1, size=(120, 160)) for s in range(9, 12)], tmp_path/"more")
    a, b = toy_crops, tmp_path/"more"
    args = ("--steps", 2, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--set", "epochs=2", "--out",
            tmp_path/"out")
    assert command(a, b, *args, "--stop", 1).exit_code == 0
    for other, says in (((b, a), "'order': ("), ((a, "--stills", b), "'stills': ([], ['more'])")):
        r = command(*other, *args)
        assert r.exit_code == 1 and "holds a run on other pairs" in r.output and says in r.output, r.output
    assert done_steps(tmp_path/"out") == 1 and command(a, b, *args).exit_code == 0
    assert done_steps(tmp_path/"out") == 2


def test_shipped_weights_are_those_of_the_recipes_network(toy_crops, tmp_path):
    args = (toy_crops, "--from", "shipped", "--steps", 1, "--batch", 2, "--val", 0, "--workers", 0, "--rate", 1e-9)
    r = command(*args, "--recipe", "lite", "--out", tmp_path/"lite")
    assert r.exit_code == 0, r.output
    rep = json.loads((tmp_path/"lite/training.json").read_text())
    assert rep["config"]["start"] == "lite" and rep["start_weights"] == weights_digest(light_weights)
    got, want = (load_weights(p).phi.conv3.weight for p in (tmp_path/"lite/last.safetensors", light_weights))
    assert (got-want).abs().max() < 1e-3
    r = command(*args, "--recipe", "paper", "--set", "filters=4,6,8,8,4", "--out", tmp_path/"odd")
    assert r.exit_code == 1 and not (tmp_path/"odd").exists(), "before the folder is touched, and before the wait"
    assert "have 96, 256, 384, 384, 256 filters, expected 4, 6, 8, 8, 4" in r.output and len(r.output.splitlines()) == 1


def test_weights_that_change_while_a_run_goes_on(toy_crops, tmp_path):
    "Its record names those that it began with; a teacher that is another one is refused"
    def weights(seed, path):
        torch.manual_seed(seed)
        save_weights(SiamNet(Embedding(filters=(4, 6, 8, 8, 4))), path)
        return weights_digest(path)
    def train_on(out, *args):
        return command(toy_crops, "--steps", 2, "--batch", 2, "--val", 0, "--workers", 0, "--recipe", "paper",
                       "--set", "filters=4,6,8,8,4", *args, "--out", out)
    def said(out, name): return json.loads((out/"training.json").read_text()).get(f"{name}_weights")
    file, out = tmp_path/"w.safetensors", tmp_path/"begun"
    began = weights(1, file)
    assert train_on(out, "--from", file, "--stop", 1).exit_code == 0 and said(out, "start") == began
    assert weights(2, file) != began
    r = train_on(out, "--from", file)
    assert r.exit_code == 0 and done_steps(out) == 2 and said(out, "start") == began, r.output
    other, taught = train_on(tmp_path/"other", "--from", file), tmp_path/"taught"
    assert other.exit_code == 0 and said(tmp_path/"other", "start") == weights_digest(file)
    args = "--set", f"teacher={file}"
    assert train_on(taught, *args, "--stop", 1).exit_code == 0 and said(taught, "teacher") == weights_digest(file)
    weights(3, file)
    r = train_on(taught, *args)
    assert r.exit_code == 1 and "{'teacher_weights': (" in r.output and done_steps(taught) == 1, r.output


def test_the_time_that_is_left():
    a, b = (time_left(TrainConfig(steps=1000, batch=2), done) for done in (0, 900))
    assert 2 < a/b < 50
    assert time_left(TrainConfig(steps=10, batch=2), 10) == 0
    assert time_left(TrainConfig(steps=10, batch=2), 0, 0) == 0


# ---- hard negatives, patience, and settings of the recipe

def test_hard_negatives_are_the_highest_scores_off_the_diagonal():
    "By hand for every share; a share of one is the loss without it, to the bit, gradients too"
    torch.manual_seed(0)
    net = SiamNet()
    z, x = torch.rand(3, 3, 127, 127)*255, torch.rand(3, 3, 191, 191)*255
    from siamfc_nb.labels import mk_labels
    from siamfc_nb.xcorr import xcorr_all
    y = mk_labels(9)
    v = (net.gain*xcorr_all(net.phi(z), net.phi(x))+net.bias).detach()
    own = pair_loss(net, z, x, y)[0].detach()
    others = torch.cat([v[i, j].flatten() for i in range(3) for j in range(3) if i != j])
    for share in (.001, .1, .5):
        k = max(round(share*len(others)), 1)
        want = own+.5*torch.nn.functional.softplus(others.sort(descending=True)[0][:k]).mean()
        torch.testing.assert_close(pair_loss(net, z, x, y, .5, hard=share)[0].detach(), want, rtol=1e-5, atol=1e-6)
    grads = []
    for kw in ({}, dict(hard=1.)):
        net.zero_grad()
        pair_loss(net, z, x, y, .5, **kw)[0].backward()
        grads.append(net.phi.conv2.weight.grad.clone())
    assert torch.equal(*grads)
    assert Learner(net, TrainConfig(crossed=.5, hard=.1)).hard == .1


@pytest.mark.parametrize("kw, says", [(dict(hard=0.), "share above 0"), (dict(hard=1.5), "share above 0"),
    (dict(patience=-1), "at least 0"), (dict(average=1.), "below 1"), (dict(epochs=0), "at least 1"),
    (dict(lr1=0.), "above 0"), (dict(small=2.), "0 to 1"), (dict(crossed=-1.), "0 or more")])
def test_settings_out_of_range(kw, says):
    with pytest.raises(ValueError, match=says): TrainConfig(**kw)


def test_patience_ends_a_run_and_keeps_its_best(toy_crops, tmp_path, monkeypatch):
    from siamfc_nb import training
    errors = iter([5., 3., 4., 6., 1.])
    monkeypatch.setattr(training, "validate", lambda *a: dict(loss=1., error=next(errors), within=.5))
    args = (toy_crops, "--steps", 6, "--batch", 2, "--val", .34, "--val-pairs", 2, "--recipe", "paper", "--workers", 0,
            "--set", "patience=2", "--set", "epochs=6", "--out", tmp_path/"out")
    r = command(*args)
    assert (
        r.exit_code == 0 and "ended at step 4: 2 validations in a row found nothing better than step 2" in r.output
    ), r.output
    from safetensors import safe_open
    with safe_open(str(tmp_path/"out/best.safetensors"), "pt") as f:
        assert f.metadata()["step"] == "2"
    r = command(*args)
    assert r.exit_code == 0 and done_steps(tmp_path/"out") == 4, r.output # nothing more to do
    assert "it can be stopped" not in r.output and "ended at step 4" in r.output, r.output
    assert "--set patience=0, or a larger one, goes on" in r.output, r.output
    errors = iter([2., 1.])
    r = command(*args, "--set", "patience=3")
    assert r.exit_code == 0 and "2 steps of 2 pairs" in r.output and done_steps(tmp_path/"out") == 6, r.output
    r = command(*args, "--set", "hard=.5")
    assert (
        r.exit_code == 1
        and "hard is 1.0 there and 0.5 here: choose another --out, or the same --recipe, --set" in r.output
    ), r.output
    for extra in (("--set", "grey=0.5"), ("--share", "toy=1", "--set", "T=20")):
        r = command(*args, *extra)
        assert r.exit_code == 1 and "a run on other pairs" in r.output, r.output


def test_a_second_run_in_a_folder_is_refused(toy_crops, tmp_path):
    from siamfc_nb.files import one_at_a_time
    args = (toy_crops, "--steps", 1, "--batch", 2, "--val", 0, "--recipe", "paper", "--workers", 0, "--out", tmp_path)
    with one_at_a_time(tmp_path, "a training"):
        r = command(*args)
        assert r.exit_code == 1 and "a training is at work there already" in r.output, r.output
        assert [p.name for p in tmp_path.iterdir()] == [".busy"]
    assert command(*args).exit_code == 0 and not (tmp_path/".busy").exists()


def test_settings_and_shares_in_words():
    from siamfc_nb.train.settings import settings_of, shares_of
    assert settings_of(["hard=0.1", "init=xavier", "release=true", "T=50", "grey=.5", "by=box"]) == (
        dict(hard=.1, init="xavier", release=True), dict(T=50, grey=.5, by="box"))
    assert settings_of(None) == ({}, {}) and shares_of(["a=2", "x/b=.5"]) == dict(a=2., b=.5)
    for t, says in (("gray=1", "expected NAME=VALUE with one of lr1, epochs"), ("hard", "NAME=VALUE"),
                    ("hard=much", "a number"), ("hard=nan", "a number"), ("T=.5", "a whole number"),
                    ("T=0", "at least 1"), ("release=yes", "true or false"), ("grey=2", "0 to 1"),
                    ("turn=-1", "0 or more"), ("by=frame", "video or box"), ("steps=4", "expected --steps"),
                    ("lr0=1", "expected --rate")):
        with pytest.raises(ValueError, match=f"^--set {t}.*{says}"): settings_of([t])
    for t in ("davis", "davis=0", "davis=-1", "davis=inf", "=2", "davis=x"):
        with pytest.raises(ValueError, match=f"^--share {t}: expected FOLDER=SHARE"): shares_of([t])


def test_shares_are_what_the_pairs_are_drawn_by(toy_crops, tmp_path):
    curate([toy_video(s, n=6, objects=1, size=(120, 160)) for s in range(9, 12)], tmp_path/"more")
    pairs, _, about = training_sets([toy_crops, tmp_path/"more"], val=0, shares=dict(more=3.))
    np.testing.assert_allclose(pairs.cum, [.25, 1])
    assert about["shares"] == [1., 3.]
    with pytest.raises(ValueError, match="--share none: expected one of the folders toy, more"):
        training_sets([toy_crops, tmp_path/"more"], val=0, shares=dict(none=3.))


def test_what_the_layers_put_out():
    "Figures are those of the layers; only every second pass counts; no hook stays, even after an error"
    from siamfc_nb.gauges import Activations
    torch.manual_seed(0)
    net = SiamNet()
    z, x = (torch.rand(2, 3, n, n)*255 for n in (127, 143))
    with torch.no_grad():
        net.phi.bn1.bias[:24] = -99.
        net.phi.conv5.weight[:64] = 0.
    with Activations(net.phi) as acts:
        for o in (z, x, z, x): net.phi(o)
    t = acts.table
    assert list(t.layer[t.step == 1]) == ["relu1", "relu2", "relu3", "relu4", "conv5"]
    assert len(t) == 10
    assert t.dead[t.layer == "relu1"].tolist() == [.25]*2
    assert t.dead[t.layer == "conv5"].tolist() == [.25]*2
    assert t.dead[t.layer == "relu2"].max() == 0
    with torch.no_grad(): o = net.phi(x)
    # batch-norm's statistics are those of the batch
    np.testing.assert_allclose(t[["mean", "std"]].iloc[-1], (o.mean(), o.std()), rtol=.05)
    first = net.phi[:3].train()(x.contiguous()).detach() # conv1, bn1, relu1
    np.testing.assert_allclose(t[t.layer == "relu1"][["mean", "std"]].iloc[0], (first.mean(), first.std()), rtol=1e-4)
    with pytest.raises(ZeroDivisionError):
        with Activations(net.phi): 1/0
    assert not any(m._forward_hooks for m in net.modules())
    with Activations(net.phi, every=1) as acts: net.phi(z)
    assert len(acts.table) == 5


def test_time_is_counted_over_sessions(pairs, tmp_path):
    from siamfc_nb.train.keeper import spent
    cfg = TrainConfig(**small | dict(steps=4, epochs=2))
    train(pairs(), cfg, tmp_path/"a", cpu=True, workers=0, stop=2)
    first = spent(tmp_path/"a")
    train(pairs(), cfg, tmp_path/"a", cpu=True, workers=0)
    assert 0 < first < spent(tmp_path/"a") and spent(tmp_path/"none") == 0
    s = torch.load(tmp_path/"a/last.pt", weights_only=True)
    del s["seconds"]
    torch.save(s | dict(step=2), tmp_path/"a/last.pt") # of an earlier version
    train(pairs(), cfg, tmp_path/"a", cpu=True, workers=0)
    assert spent(tmp_path/"a") is None


def test_the_title_of_the_schedule_tells_what_is_drawn(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")
    import matplotlib.pyplot as plt

    from siamfc_nb.figures import show_lr
    for epochs, last in ((50, "1e-05"), (2, "1e-05"), (1, "1e-02")): # a single step never falls
        show_lr(epochs=epochs)
        assert plt.gca().get_title() == f"Learning rate: from 1e-02 to {last}"
    plt.close("all")
