"Weights to hand on: every source that was used has a licence in the list, or nothing is packed"
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner

from siamfc_nb.data.licences import folder_sources, known_sources, note_sources
from siamfc_nb.evaluation.card import pack, renewed, run_row, runs_table
from siamfc_nb.cli import app
from siamfc_nb.curation import Crops, curate
from siamfc_nb.evaluation.run import training_record
from siamfc_nb.data.readers import ilsvrc_vid
from siamfc_nb.report import write_result
from siamfc_nb.train.runs import training_sets
from siamfc_nb.pretrained import save_weights, shipped_weights, weights_digest
from siamfc_nb.train.settings import TrainConfig
from siamfc_nb.toyworld import toy_video
from siamfc_nb.xcorr import SiamNet

root = Path(__file__).resolve().parent.parent
LOG = [dict(step=s, loss=.7, val_loss=.6/s, val_error=9./s, val_within=.5) for s in (1, 2)]
CAT = dict(what="my cat", where="at home", version="1", licence="CC0", holder="me", use="real motion")


def command(*args): return CliRunner().invoke(app, [*map(str, args)])


def a_run(folder, rows, start="", **changed):
    "What a run leaves, as far as packing reads it"
    folder.mkdir()
    save_weights(SiamNet(), folder/"best.safetensors", step=1)
    about = dict(config=asdict(TrainConfig(steps=2, start=str(start))), recipe="paper", pairs={},
                 tracks={f["name"]: f["tracks"] for f in rows}, folders=rows, validation_videos=["boat"],
                 training_videos=["bear"], log=LOG, machine="m", date="d")
    (folder/"training.json").write_text(json.dumps({k: v for k, v in (about | changed).items() if v is not None}))
    return folder


def of(name, *sources, share=1.):
    return dict(name=name, tracks=3, share=share, sources=list(sources) or None)


def test_the_card_in_the_repository_is_what_the_command_writes():
    here = root/"siamfc_nb"/"weights"
    assert renewed(here) == (here/"README.md").read_text(), "siamfc weights card"
    rec = json.loads((here/"training.json").read_text())
    assert rec["weights"] == weights_digest(here/"siamfc.safetensors")
    made = json.loads((root/"data/results/training.json").read_text())
    assert {f["name"]: f["tracks"] for f in rec["folders"]} == made["tracks"]
    # of weights between two points of a run, its validation says nothing
    assert rec["last"] == {k: v for k, v in made["log"][-1].items() if not rec.get("blend") or not k.startswith("val_")}


def test_every_source_that_pages_name_has_a_licence():
    licence = {k: e["licence"] for k, e in known_sources().items()}
    assert licence["davis"] == licence["caltech-101"] == "CC BY 4.0"
    assert licence["segtrack"] == "not stated"
    assert licence["drones"] == "CC0"
    assert all(s in licence["sweethome3d-furniture"] for s in ("CC0", "CC BY 3.0"))
    assert "CC BY 2.0" in licence["photographs"]


def test_a_source_without_licence_is_refused_by_name(tmp_path):
    mine = tmp_path/"mine.json"
    cats = [of("cats", "cat")]
    bare = {k: v for k, v in CAT.items() if k not in ("licence", "holder")}
    cases = [
        ([of("davis", "davis"), *cats], None,
         "'cat', a source of cats, is not in the list of sources, so its licence is not known: expected one of davis, "
         ".*, or --list FILE"),
        ([of("davis", "davis"), of("toy")], None,
         "the crops of toy do not say where they are from: expected --source toy=NAME"),
        (cats, CAT | dict(licence=" "), "the source 'cat' lacks its licence: expected a text, such as 'not stated'"),
        (cats, bare, "lacks its licence and holder"),
        (cats, "CC0", "cat is 'CC0': expected an object")]
    for k, (folders, entry, says) in enumerate(cases):
        if entry: mine.write_text(json.dumps(dict(cat=entry)))
        with pytest.raises(ValueError, match=says):
            pack(a_run(tmp_path/f"r{k}", folders), tmp_path/"out", more=mine if entry else None)
    assert not (tmp_path/"out").exists(), "nothing is left behind"
    mine.write_text("[1]")
    with pytest.raises(ValueError, match="is the JSON of something else"): known_sources(mine)


def test_what_is_packed_says_what_it_learnt_from(tmp_path):
    mine = tmp_path/"mine.json"
    mine.write_text(json.dumps(dict(cat=CAT)))
    run = a_run(tmp_path/"run", [of("davis", "davis", share=3.), of("cats", "cat"), of("old")])
    rec = pack(run, tmp_path/"out", dict(old=["segtrack"]), mine)
    card = (tmp_path/"out/README.md").read_text()
    assert rec == json.loads((tmp_path/"out/training.json").read_text()) == training_record(
        tmp_path/"out/siamfc.safetensors")
    assert rec["weights"] == weights_digest(tmp_path/"out/siamfc.safetensors") == weights_digest(
        run/"best.safetensors") and rec["last"] == LOG[0], "the row of the step that was best"
    for line in ("| `davis` | 3 | 60% | davis |", "| `old` | 3 | 20% | segtrack |", "| `cat` | my cat | CC0 | me |",
                 "| not stated |", "peaks 9.0 px off"):
        assert line in card, line
    assert renewed(tmp_path/"out") == card # without the list of its own
    (tmp_path/"out/README.md").write_text(card.replace("# Model card", "# Mine"))
    pack(run, tmp_path/"out", dict(old=["davis"]), mine)
    assert "# Mine" in (s := (tmp_path/"out/README.md").read_text()) and "segtrack" not in s, "what is yours stays"
    (tmp_path/"out/README.md").write_text("mine alone")
    with pytest.raises(ValueError, match="<!-- data --> … <!-- /data --> 0 times: expected it once"):
        pack(run, tmp_path/"out", dict(old=["davis"]), mine)
    with pytest.raises(ValueError, match="--source new: expected one of the folders davis, cats, old"):
        pack(run, tmp_path/"x", dict(new=["davis"]), mine)


def test_what_the_first_weights_learnt_from_counts(tmp_path):
    mine = tmp_path/"mine.json"
    mine.write_text(json.dumps(dict(cat=CAT)))
    pack(a_run(tmp_path/"a", [of("cats", "cat")], validation_videos=["cow"], training_videos=["boat"]),
         tmp_path/"first", more=mine)
    first = tmp_path/"first/siamfc.safetensors"
    rec = pack(a_run(tmp_path/"b", [of("davis", "davis")], first), tmp_path/"then")
    card = (tmp_path/"then/README.md").read_text()
    assert rec["start"]["weights"] == weights_digest(first)
    assert "| `cat` | my cat | CC0 |" in card
    assert "| `davis` |" in card
    assert renewed(tmp_path/"then") == card
    assert "validation_videos" not in rec or rec["validation_videos"] == [], "boat was learnt before"
    assert rec["training_videos"] == ["bear", "boat"]
    with pytest.raises(ValueError, match="expected one digest"):
        pack(a_run(tmp_path/"c", [of("davis", "davis")], first, start_weights="0"*16), tmp_path/"x")
    shutil.copy(first, tmp_path/"bare.safetensors")
    with pytest.raises(ValueError, match="no training.json beside those weights says what they learnt from"):
        pack(a_run(tmp_path/"d", [of("davis", "davis")], tmp_path/"bare.safetensors"), tmp_path/"x")
    assert pack(a_run(tmp_path/"e", [of("davis", "davis")], "shipped"),
                tmp_path/"e2")["start"]["weights"] == weights_digest(shipped_weights)


def test_a_run_is_packed_from_any_folder(tmp_path, monkeypatch):
    "The path of `--from` holds where the run began; of two files there, the one of its digest is meant"
    monkeypatch.chdir(tmp_path)
    Path("runs/deep").mkdir(parents=True)
    pack(a_run(Path("a"), [of("davis", "davis")]), "first")
    first = Path("first/siamfc.safetensors")
    run = a_run(Path("runs/deep/b"), [of("davis", "davis")], first, start_weights=weights_digest(first)).resolve()
    for where, decoy in (("runs", False), ("first", False), ("a", True)):
        monkeypatch.chdir(tmp_path/where)
        if decoy:
            first.parent.mkdir()
            save_weights(SiamNet(), first)
        for blend in (1., .5):
            rec = pack(run, tmp_path/"out", blend=blend)
            assert rec["start"]["weights"] == weights_digest(tmp_path/first)
    (tmp_path/first).unlink()
    first.unlink()
    with pytest.raises(FileNotFoundError, match=f"no weights at {first}"): pack(run, tmp_path/"out")


def test_the_weights_of_a_start_are_read_once(tmp_path, monkeypatch):
    "Each digest reads all of a file"
    pack(a_run(tmp_path/"a", [of("davis", "davis")]), tmp_path/"first")
    first, seen = tmp_path/"first"/"siamfc.safetensors", []
    run = a_run(tmp_path/"b", [of("davis", "davis")], first, start_weights=weights_digest(first))
    def digest(p, of=weights_digest): seen.append(Path(p).name); return of(p)
    monkeypatch.setattr("siamfc_nb.pretrained.weights_digest", digest)
    pack(run, tmp_path/"out", blend=.5)
    assert sorted(seen) == ["blend.safetensors", "siamfc.safetensors"]


def test_all_that_runs_began_with_counts(tmp_path):
    "Three runs in a row, of which none was packed: what the first learnt from has a licence in the last one's card"
    mine = tmp_path/"mine.json"
    mine.write_text(json.dumps(dict(cat=CAT)))
    at = ""
    for name, *sources in (("cats", "cat"), ("davis", "davis"), ("toy", "photographs")):
        run = a_run(tmp_path/name, [of(name, *sources)], at, training_videos=[f"of {name}"],
                    start_weights=weights_digest(at) if at else None)
        at = run/"best.safetensors"
    with pytest.raises(ValueError, match="'cat', a source of cats, is not in the list"): pack(run, tmp_path/"out")
    rec = pack(run, tmp_path/"out", more=mine)
    card = (tmp_path/"out/README.md").read_text()
    assert "had learnt, in 8 pairs, from:" in card and "These had started from the weights `" in card
    assert "| `cat` | my cat | CC0 |" in card and renewed(tmp_path/"out") == card
    assert rec["training_videos"] == ["of cats", "of davis", "of toy"]
    assert rec["start"]["start"]["weights"] == weights_digest(tmp_path/"cats/best.safetensors")
    save_weights(SiamNet(), tmp_path/"davis/best.safetensors")
    with pytest.raises(ValueError, match="expected one digest"): pack(run, tmp_path/"x", more=mine)


def test_what_is_published_names_no_folder_of_yours(tmp_path, monkeypatch):
    "Neither the record, nor the report in data/results; a run of yours keeps them"
    first = tmp_path/"first"
    pack(a_run(tmp_path/"a", [of("davis", "davis")]), first)
    run = a_run(tmp_path/"b", [of("toy", "photographs")], first/"siamfc.safetensors",
                command=f"__main__.py train {tmp_path}/crops/toy runs/crops/more --from {first}/siamfc.safetensors")
    monkeypatch.setattr(sys, "argv", ["siamfc_nb/__main__.py", "eval", f"{tmp_path}/VAL"])
    (tmp_path/"clone/data/results").mkdir(parents=True)
    (tmp_path/"clone/siamfc_nb/weights").mkdir(parents=True)
    (tmp_path/"clone/siamfc_nb/weights/README.md").write_text((root/"siamfc_nb/weights/README.md").read_text())
    monkeypatch.chdir(tmp_path/"clone")
    r = command("weights", "pack", run, "--publish")
    assert r.exit_code == 0, r.output
    made = json.loads(Path("data/results/training.json").read_text())
    assert made["command"] == "siamfc train toy runs/crops/more --from siamfc.safetensors"
    assert made["config"]["start"] == training_record("siamfc_nb/weights/siamfc.safetensors")["config"]["start"]
    assert made["config"]["start"] == "siamfc.safetensors" and str(tmp_path) in (run/"training.json").read_text()
    write_result("data/results/a.json", auc=1.)
    write_result("runs/a.json", auc=1.)
    named = [json.loads((Path(o)/"a.json").read_text())["command"] for o in ("data/results", "runs")]
    assert named == ["siamfc eval VAL", f"siamfc eval {tmp_path}/VAL"]


def test_reports_of_before_need_to_be_told(tmp_path):
    run = a_run(tmp_path/"run", [of("davis"), of("toy")], folders=None, shares=[1., 2.])
    with pytest.raises(ValueError, match="the crops of davis do not say"): pack(run, tmp_path/"out")
    rec = pack(run, tmp_path/"out", dict(davis=["davis"], toy=["photographs"]))
    assert [(f["name"], f["share"], f["sources"]) for f in rec["folders"]] == [("davis", 1., ["davis"]),
        ("toy", 2., ["photographs"])]
    with pytest.raises(FileNotFoundError, match="holds no training.json: expected the folder of a run"):
        pack(tmp_path, tmp_path/"out")


def test_a_folder_says_what_it_is_made_of(tmp_path):
    for n in ("DAVIS", "101_ObjectCategories", "mine"): (tmp_path/n).mkdir()
    said = {(n, k): folder_sources(tmp_path/n, k) for n,
            k in (("mine", "davis"), ("mine", "segtrack"), ("mine", "drones"), ("DAVIS", "got10k"),
                  ("101_ObjectCategories", "crowds"), ("mine", "got10k"))}
    assert [*said.values()] == [["davis"], ["segtrack"], ["drones"], ["davis"], ["caltech-101"], ["mine"]]
    note_sources(tmp_path/"mine", ["a", "b"])
    note_sources(tmp_path/"mine", ["b", "c"])
    assert folder_sources(tmp_path/"mine", "davis") == ["a", "b", "c"]
    for wrong in ('{"sources": "a"}', '{"sources": []}', '{"sources": [1]}'):
        (tmp_path/"mine/sources.json").write_text(wrong)
        with pytest.raises(ValueError, match="expected a list of names"):
            folder_sources(tmp_path/"mine")


def test_from_the_world_to_the_card(tmp_path):
    "The names go from the generated set to the crops, to the report of the run, to the record of the weights"
    assert command("toy", tmp_path/"toy", "--videos", 3, "--frames", 4).exit_code == 0
    assert len(ilsvrc_vid(tmp_path/"toy", cache=False)) == 3
    r = command("curate", "ilsvrc-vid", tmp_path/"toy", tmp_path/"crops")
    assert r.exit_code == 0 and "cut from photographs\n" in r.output, r.output
    assert Crops(tmp_path/"crops").sources == ["photographs"]
    r = command("curate", "ilsvrc-vid", tmp_path/"toy", tmp_path/"crops", "--source", "cat")
    assert r.exit_code == 1 and "crops of another curation: {'sources'" in r.output
    r = command("curate", "ilsvrc-vid", tmp_path/"toy", tmp_path/"cats", "--source", "cat")
    assert r.exit_code == 0
    assert "the list of licences does not know cat: --source says it otherwise" in r.output
    r = command("train", tmp_path/"crops", tmp_path/"cats", "--steps", 1, "--batch", 2, "--val", .34, "--val-pairs", 2,
                "--workers", 0, "--share", "cats=3", "--device", "cpu", "--out", tmp_path/"run")
    assert r.exit_code == 0, r.output
    assert [(f["name"], f["share"], f["sources"]) for f in json.loads((tmp_path/"run/training.json").read_text())[
        "folders"]] == [("crops", 1., ["photographs"]), ("cats", 3., ["cat"])]
    r = command("weights", "pack", tmp_path/"run", "--out", tmp_path/"w")
    assert r.exit_code == 1
    assert r.output.startswith("siamfc: 'cat', a source of cats, is not in the list of sources")
    assert not (tmp_path/"w").exists()
    r = command("weights", "pack", tmp_path/"run", "--source", "cats=photographs", "--out", tmp_path/"w")
    assert r.exit_code == 0, r.output
    before = (tmp_path/"w/README.md").read_text()
    assert command("weights", "card", tmp_path/"w").exit_code == 0
    assert (tmp_path/"w/README.md").read_text() == before
    rec = json.loads((tmp_path/"w/training.json").read_text())
    assert len(rec["validation_videos"]) == 1 and len(rec["training_videos"]) == 2
    for args, says in ((("--publish", "--out", "x"), "--publish --out x: expected one of them"),
                       (("--source", "cats"), "--source cats: expected FOLDER=NAME"),
                       (("--weights", "first"), "expected best or last")):
        r = command("weights", "pack", tmp_path/"run", *args)
        assert r.exit_code == 1 and says in r.output, r.output


def test_crops_of_before_are_told_later(tmp_path):
    videos = [toy_video(s, n=3, objects=1, size=(120, 160)) for s in range(2)]
    curate(videos, tmp_path/"crops")
    assert Crops(tmp_path/"crops").sources is None
    assert training_sets([tmp_path/"crops"], val=0)[2]["folders"][0]["sources"] is None
    curate(videos, tmp_path/"crops", sources=["davis"])
    assert Crops(tmp_path/"crops").sources == ["davis"]
    curate(videos, tmp_path/"crops")
    assert Crops(tmp_path/"crops").sources == ["davis"]
    with pytest.raises(ValueError, match="of another curation: {'sources'"):
        curate(videos, tmp_path/"crops", sources=["segtrack"])


def figures(auc, sets=None):
    "What `siamfc eval videos` writes, as far as the log reads it"
    seqs = {k: dict(auc=a) for k, a in auc.items()}
    mean = sum(auc.values())/len(auc)
    r = dict(about=dict(title="Sequences of VAL"), trackers={
        "siamfc-3s": dict(auc=mean, intervals=dict(auc=[mean-.1, mean+.1]), sequences=seqs)}, machine="cpu",
        versions={}, date="2026-01-02 03:04 UTC", command="__main__.py eval videos /home/me/VAL --out=/tmp/x.json")
    return r | (dict(sets=sets) if sets else {})


REPORT = dict(config=dict(batch=16), recipe="ours", log=[dict(step=250)], seconds=90., machine="gpu", versions={},
              date="2026-01-01 00:00 UTC", command="bundle.pyz train --out /tmp/a")


def test_a_row_of_the_log():
    mine, shipped = figures(dict(a=.6, b=.7, c=.9)), figures(dict(a=.5, b=.6, c=.8))
    r = run_row("mine", REPORT, mine, shipped=shipped)
    assert (r["pairs"], r["minutes"], r["suite"], r["sequences"], r["common"]) == (4000, 1.5, ["VAL"], 3, 3)
    assert r["difference"] == pytest.approx(.1)
    assert r["difference_interval"] == pytest.approx([.1, .1])
    assert r["measured"]["command"] == "siamfc eval videos VAL --out=x.json" and r[
        "command"] == "bundle.pyz train --out a", "names of files, not where they lay"
    first = run_row("first", REPORT | dict(seconds=None), shipped)
    assert "difference" not in first and first["minutes"] is None
    head, _, *rows = runs_table([first, r]).splitlines()
    assert [o.split(" | ")[0] for o in rows] == ["| mine", "| first"]
    assert "+0.100 [+0.100, +0.100]" in rows[0]
    assert "not measured | 0.633 [0.533, 0.733] | –" in rows[1]
    assert head.count("|") == rows[0].count("|")
    both = dict(A=dict(), B=dict(), all={"siamfc-3s": dict(auc=[.7, .6, .8])})
    many = run_row("many", REPORT, figures({"A.x": .6, "A.y.z": .7, "B.x": .9}, both),
                   shipped=figures({"A.x": .5, "A.y.z": .6, "B.x": .8}, both))
    assert (many["auc"], many["interval"], many["suite"]) == (.7, [.6, .8], ["A", "B"])
    assert many["difference"] == pytest.approx(.1)
    cut = shipped | dict(about=dict(shipped["about"], frames=100))
    with pytest.raises(ValueError, match="of the first 100 frames of each sequence, these are of whole sequences"):
        run_row("x", REPORT, mine, shipped=cut)
    assert "difference" in run_row("x", REPORT, mine | dict(about=cut["about"]), shipped=cut)
    with pytest.raises(ValueError, match="--tracker siamfc: expected one of those that were measured, siamfc-3s"):
        run_row("x", REPORT, mine, "siamfc")


def test_the_log_of_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path/"run").mkdir()
    (tmp_path/"run/training.json").write_text(json.dumps(REPORT))
    for k, auc in dict(mine=.7, shipped=.6).items():
        (tmp_path/f"{k}.json").write_text(json.dumps(figures(dict(a=auc, b=auc))))
    assert command("weights", "log", "run", "shipped.json", "--name", "ships").exit_code == 0
    for _ in range(2):
        r = command("weights", "log", "run", "mine.json", "--against", "shipped.json")
        assert r.exit_code == 0 and "| run | gpu | 4,000 | 1.5 | 0.700" in r.output, r.output
    log = json.loads((tmp_path/"runs/results/runs.json").read_text())
    assert [r["run"] for r in log["rows"]] == ["ships", "run"] and log["machine"] and log["command"]
    (tmp_path/"bad.json").write_text("{")
    for args, says in ((("run", "bad.json"), "bad.json is not JSON"),
                       (("run", "run/training.json"), "the JSON of something else: expected an object with trackers"),
                       (("none", "mine.json"), "none holds no training.json")):
        r = command("weights", "log", *args)
        assert r.exit_code == 1 and says in r.output, r.output


def test_a_row_is_of_the_weights_of_its_run(tmp_path):
    "Who forgets --weights has measured those that ship; packed weights are those of their folder"
    run, other, measured = a_run(tmp_path/"run", [of("davis", "davis")]), "0"*16, figures(dict(a=.6, b=.7))
    (run/"training.json").write_text(json.dumps(REPORT))
    for digest, ok in ((other, False), (weights_digest(run/"best.safetensors"), True), (None, True)):
        about = measured["about"] | (dict(weights={"siamfc-3s": digest}) if digest else {})
        (tmp_path/"mine.json").write_text(json.dumps(measured | dict(about=about)))
        r = command("weights", "log", run, tmp_path/"mine.json", "--out", tmp_path/"log.json")
        assert (r.exit_code == 0) == ok and (ok or f"mine.json is of the weights {other}, " in r.output), r.output
    assert len(json.loads((tmp_path/"log.json").read_text())["rows"]) == 1


@pytest.mark.parametrize("which, pairs", [("best", 800), ("last", 1600)])
def test_a_row_counts_the_pairs_of_its_weights(which, pairs, tmp_path):
    "The best weights are of an earlier step than the last"
    run = a_run(tmp_path/"run", [of("davis", "davis")])
    for k, step in dict(best=50, last=100).items(): save_weights(SiamNet(), run/f"{k}.safetensors", step=step)
    (run/"training.json").write_text(json.dumps(REPORT | dict(log=[dict(step=k) for k in (50, 75, 100)])))
    r = figures(dict(a=.6, b=.7)); r["about"]["weights"] = {"siamfc-3s": weights_digest(run/f"{which}.safetensors")}
    (tmp_path/"mine.json").write_text(json.dumps(r))
    r = command("weights", "log", run, tmp_path/"mine.json", "--out", tmp_path/"log.json")
    assert r.exit_code == 0, r.output
    assert [o["pairs"] for o in json.loads((tmp_path/"log.json").read_text())["rows"]] == [pairs]


def test_the_page_shows_the_log():
    rows = json.loads((root/"data/results/runs.json").read_text())["rows"]
    assert rows
    for r in rows:
        assert 0 < r["auc"] < 1 and r["interval"][0] < r["auc"] < r["interval"][1] and r["pairs"] > 0 and r[
            "machine"] and r["command"] and r["measured"]["command"], r["run"]
    made = json.loads((root/"data/results/training.json").read_text())
    minutes = round(made["seconds"]/60, 1) if "seconds" in made else None # a run of several sessions may lack them
    assert any(r["pairs"] == made["log"][-1]["step"]*made["config"]["batch"]
               and r["minutes"] == minutes for r in rows), "the weights that ship"
    sys.path.insert(0, str(root/"nbs"))
    import _site
    page = _site.tables((root/"nbs/howto/train.qmd").read_text())
    assert runs_table(rows) in page and "<!-- table" not in page
