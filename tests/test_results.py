"""Measured figures say where they come from, and the model card repeats them faithfully

That they keep the bars is a check of a release: who changes the code need not measure again."""
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from commands import ours, parse

from nbs import _site
from siamfc_nb.pretrained import light_weights, shipped_weights, weights_digest
from siamfc_nb.report import provenance, result_path
from siamfc_nb.scales import experiments

root = Path(__file__).resolve().parent.parent
results = sorted((root/"data"/"results").glob("*.json"))


def result(name): return json.loads((root/"data"/"results"/f"{name}.json").read_text())


@pytest.mark.parametrize("path", results, ids=lambda p: p.name)
def test_provenance(path):
    r = json.loads(path.read_text())
    for k in ("machine", "versions", "command", "date"): assert r.get(k), f"{path.name} lacks {k}"


@pytest.mark.parametrize("path", results, ids=lambda p: p.name)
def test_the_command_is_there_to_be_run_again(path):
    "Of ours, with every option that it was given; nothing is run"
    line = json.loads(path.read_text())["command"]
    if line.startswith("_site.py "): assert re.search(rf"^{line.split()[1]} ", _site.__doc__, re.M)
    if ours(line): parse(line)


def test_figures_of_a_command_go_to_runs_unless_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert result_path("otb") == Path("runs/results/otb.json") and result_path("otb", "here.json") == Path("here.json")
    with pytest.raises(ValueError, match="no folder data/results"): result_path("otb", publish=True)
    (tmp_path/"data"/"results").mkdir(parents=True)
    assert result_path("otb", publish=True) == Path("data/results/otb.json")
    with pytest.raises(ValueError, match="--publish --out x.json: expected one"): result_path("otb", "x.json", True)


def test_the_command_can_be_copied(monkeypatch):
    monkeypatch.setattr("sys.argv", ["/x/siamfc_nb/cli.py", "eval", "otb", "my data/OTB"])
    assert provenance()["command"] == "siamfc eval otb 'my data/OTB'"
    monkeypatch.setattr("sys.argv", ["/x/siamfc_nb/lab/__main__.py", "bench", "loader", "my data"])
    assert provenance()["command"] == "python -m siamfc_nb.lab bench loader 'my data'"


@pytest.mark.release
def test_bars():
    t = result("otb")["trackers"]
    assert len(t["siamfc-3s"]["sequences"]) == 10
    assert t["siamfc-3s"]["auc"] >= .58 and t["siamfc-3s"]["auc"] - t["siamfc-3s-random"]["auc"] >= .15
    for name, r in result("speed")["timings"].items(): assert name.startswith("siamfc ") or r["ratio"] <= 1.15, name
    assert result("clips")["trackers"]["siamfc-3s"]["mean_iou"] >= .6


benchmarks = [p for p in results if "trackers" in (r := json.loads(p.read_text())) and "about" in r]


@pytest.mark.parametrize("path", benchmarks, ids=lambda p: p.name)
def test_benchmarks_are_whole(path):
    "No sequence failed or was left out, and means are those of the sequences"
    r = json.loads(path.read_text()); assert "left_out" not in r
    for name, t in r["trackers"].items():
        assert not t["failed"] and len(t["sequences"]) == r["about"]["sequences"], name
        if r["about"]["kind"] == "otb":
            for k in ("auc", "precision"):
                assert t[k] == pytest.approx(sum(s[k] for s in t["sequences"].values())/len(t["sequences"]))
                assert t["intervals"][k][0] <= t[k] <= t["intervals"][k][1]


@pytest.mark.release
def test_figures_are_of_the_networks_that_ship():
    "What was measured of others says so in its command; the assertion lists what to measure again"
    ship = {weights_digest(shipped_weights), weights_digest(light_weights)}
    stale = {}
    for p in benchmarks:
        r = json.loads(p.read_text())
        if set(r["about"].get("weights", {}).values()) - ship and "--weights" not in r["command"]:
            stale[p.name] = r["command"]
    assert not stale


def measured(name):
    return next((json.loads(p.read_text()) for p in results if p.stem == name),
                None) or pytest.skip(f"{name}.json is not there")


@pytest.mark.release
def test_ours_stands_above_kcf_and_mil():
    ours, theirs = measured("otb")["trackers"]["siamfc-3s"], measured("otb_opencv")["trackers"]
    assert list(ours["sequences"]) == list(theirs["kcf"]["sequences"])
    assert ours["auc"] > max(theirs["kcf"]["auc"], theirs["mil"]["auc"])


@pytest.mark.release
def test_two_processes_are_nearly_twice_as_fast(): assert measured("scaling")["scaling"]["speedup"] >= 1.8


@pytest.mark.release
def test_bars_of_curation_and_loader():
    c = result("curation")["curation"]
    assert c["core_ratio"] >= .8 and c["speedup"] >= 1.8 and max(c["memory"], c["memory_repeated"]) < 500e6
    assert c["repeated"] == 10 and c["memory_repeated"] < 1.1*c["memory"], "memory stays the same however large the set"
    i = result("index")["index"]
    assert (i["videos"], i["frames"]) == (4417, 1000) and i["first"] < 1 and i["second"] < 1
    for r in result("loader")["loader"]: assert r["waiting"] <= .03 and r["gain"] > 1


@pytest.mark.release
def test_bars_of_tracking():
    d, size = result("speed"), ("320x240", "1280x720")
    if "steps" not in d: pytest.skip("not measured yet: python -m siamfc_nb.lab bench tracking")
    for name, r in d["timings"].items():
        assert name.split()[0] not in ("siamfc", "siamfc-3s") or r["ratio"] <= 1.08, name
    for s in size:
        fps = {k: r["fps"] for k, r in d["steps"][s].items()}; fast = fps["one scale per frame"]
        assert min(fast, fps["scales in the exemplar"]) >= 2.6*fps["channels last"] and max(
            n for k, n in fps.items() if k.startswith("8 bits")) >= 2*fast, s
    auc = {k: r["auc"] for f in ("otb_speed", "otb") for k, r in result(f)["trackers"].items()}
    unseen = result("videos_val")["differences"]["trackers"]["siamfc-dither"]["auc"]
    assert unseen["sequences"] == 22 and unseen["interval"][1] > 0 and auc["siamfc-dither"] >= auc["siamfc-3s"]-.02
    assert max(v for k, v in auc.items() if "int8" in k) >= auc["siamfc-dither"]-.01
    assert d["large"]["update_mb"] < d["large"]["frame_mb"]/10
    m = result("memory")["memory"]; half = [mb for i, mb in zip(m["frames"], m["mb"]) if i >= m["frames"][-1]/2]
    assert m["frames"][-1] >= 9999 and max(half)-min(half) < 20, "memory stays the same however long the video"


@pytest.mark.release
def test_bars_of_training():
    assert next(r["ratio"] for r in result("training_speed")["training"] if r["precision"] == "no") <= 1.05
    assert result("otb_toy")["trackers"]["siamfc-3s"]["auc"] >= .4
    few = result("table3")["changes"]["videos=10"]["worth"]["auc"]
    assert few["interval"][1] < 0 and len(few["seeds"]) >= 2, "more videos help, as in Table 3"
    r = result("recipes"); changes = [c for k, c in r["changes"].items() if k != "base"]
    assert len(r["about"]["sets"]) >= 4 and changes and all(len(c["worth"]["auc"]["seeds"]) >= 2 for c in changes)


@pytest.mark.release
def test_bars_of_the_playground():
    p = result("playground")["playground"]
    assert p["moves"] >= 50 and p["median"] < .1 and p["p95"] < .2 and p["start"] < .2


@pytest.mark.release
def test_bars_of_the_site():
    s = measured("site"); assert s["worst"] < 1.5 and s["worst"] == max(s["seconds"])
    stale = abs(_site.bytes_of(root/"docs")/s["site_bytes"]-1) >= .03
    assert s["site_bytes"] < _site.most_bytes and not stale, "python nbs/_site.py paint"


@pytest.mark.release
def test_bars_of_the_gpu():
    r = measured("gpu"); fps = {(o["tracker"], o["objects"]): o["updates"] for o in r["tracking"]}
    assert fps["siamfc-3s", 1] >= 1000 and fps["siamfc-3s-fast", 1024] >= 10_000
    assert r["conv1"]["plain"] > 2*r["conv1"]["folded"]


def test_model_card():
    card = files("siamfc_nb").joinpath("weights", "README.md").read_text()
    for name, r in result("otb")["trackers"].items():
        if not name.startswith("siamfc"): continue # not of these weights
        row = re.search(rf"\| `{name}` \| ([\d.]+) \| ([\d.]+) \|", card)
        if name in experiments: assert not row; continue # not offered
        assert row and (row[1], row[2]) == (f"{r['auc']:.3f}", f"{r['precision']:.3f}"), name
    for name, r in result("clips")["trackers"]["siamfc-3s"]["sequences"].items():
        assert f"`{name}` {r['mean_iou']:.3f}" in card
    t = result("training"); last = t["log"][-1]
    assert last["step"] >= .95*t["config"]["steps"] and f"{last['step']:,} steps" in card
    blend = json.loads(files("siamfc_nb").joinpath("weights", "training.json").read_text()).get("blend")
    assert f"{blend:.0%} of the way" in card if blend else f"{last['val_error']:.1f} px" in card


def test_size_of_the_weights():
    assert len(files("siamfc_nb").joinpath("weights", "siamfc.safetensors").read_bytes()) < 5e6
