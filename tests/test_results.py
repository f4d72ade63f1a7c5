"Measured figures say where they come from, keep the bars, and the model card repeats them faithfully"
import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

root = Path(__file__).resolve().parent.parent
results = sorted((root/"data"/"results").glob("*.json"))


def result(name): return json.loads((root/"data"/"results"/f"{name}.json").read_text())


@pytest.mark.parametrize("path", results, ids=lambda p: p.name)
def test_provenance(path):
    r = json.loads(path.read_text())
    for k in ("machine", "versions", "command", "date"): assert r.get(k), f"{path.name} lacks {k}"


def test_bars():
    t = result("otb")["trackers"]
    assert len(t["siamfc-3s"]["sequences"]) == 10
    assert t["siamfc-3s"]["auc"] >= .50 and t["siamfc-3s"]["auc"] - t["siamfc-3s-random"]["auc"] >= .15
    for name, r in result("speed")["timings"].items(): assert name.startswith("siamfc ") or r["ratio"] <= 1.15, name
    assert result("clips")["trackers"]["siamfc-3s"]["mean_iou"] >= .6


def test_bars_of_curation_and_loader():
    c = result("curation")["curation"]
    assert c["core_ratio"] >= .8 and c["speedup"] >= 1.8 and max(c["memory"], c["memory_repeated"]) < 500e6
    assert c["repeated"] == 10 and c["memory_repeated"] < 1.1*c["memory"], "memory stays the same however large the set"
    i = result("index")["index"]; assert (i["videos"], i["frames"]) == (4417, 1000) and i["first"] < 1 and i["second"] < 1
    for r in result("loader")["loader"]: assert r["waiting"] <= .03 and r["gain"] > 1


def test_model_card():
    card = files("siamfc_nb").joinpath("weights", "README.md").read_text()
    for name, r in result("otb")["trackers"].items():
        row = re.search(rf"\| `{name}` \| ([\d.]+) \| ([\d.]+) \|", card)
        assert row and (row[1], row[2]) == (f"{r['auc']:.3f}", f"{r['precision']:.3f}"), name
    for name, r in result("clips")["trackers"]["siamfc-3s"]["sequences"].items(): assert f"`{name}` {r['mean_iou']:.3f}" in card
    assert f"{result('otb_last')['trackers']['siamfc-3s']['auc']:.3f}" in card
    for name, r in result("otb_ours")["trackers"].items(): assert name.endswith("random") or f"{r['auc']:.3f}" in card
    assert f"mean overlap of {result('clips_ours')['trackers']['siamfc-3s']['mean_iou']:.3f} on the clips" in card
    last = min((r for r in result("training")["log"]), key=lambda r: r["val_error"])
    assert f"step {last['step']}" in card and f"{last['val_error']:.2f} px" in card


def test_size_of_the_weights():
    assert len(files("siamfc_nb").joinpath("weights", "siamfc.safetensors").read_bytes()) < 5e6
