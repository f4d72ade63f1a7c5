"What the pages say can be done: their commands and snippets run, write to runs/ alone, and their names exist"
import ast
import json
import re
import subprocess
from pathlib import Path
from pkgutil import resolve_name
from runpy import run_path

import cv2
import numpy as np
import pytest
from commands import ours, parse, program
from typer.main import get_command
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.lab.commands import lab
from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import write_video

root = Path(__file__).resolve().parent.parent
pages = {p.relative_to(root).as_posix(): p.read_text() for p in [root/"README.md", root/"nbs/start.qmd",
                                                                 *sorted((root/"nbs/howto").glob("*.qmd"))]}


def blocks(text, *langs): return re.findall(rf"^```(?:{'|'.join(langs)})\n(.*?)^```", text, re.M | re.S)


def lines(text):
    return [l.split("  #")[0].strip() for b in blocks(text, "bash", "sh") for l in b.replace("\\\n", " ").splitlines(
        ) if ours(l)]


shown = [(page, line) for page, text in pages.items() for line in lines(text)]


# ---- a clone, with small data in it

@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    d = tmp_path_factory.mktemp("clone")/"clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{root}", d], check=True)
    return d


def frames_to(folder, frames, name="{:08d}.jpg", first=1):
    folder.mkdir(parents=True)
    for i, f in enumerate(frames, first): cv2.imwrite(str(folder/name.format(i)), f[..., ::-1])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    "A video, and a dataset of each layout that pages name"
    from siamfc_nb.curation import curate
    from siamfc_nb.data.readers import write_ilsvrc_vid
    d = tmp_path_factory.mktemp("data"); made = []
    for s in range(40):
        v = toy_video(s, n=5, objects=1, occlusion=0, distractors=0, size=(120, 160))
        if np.isfinite(v.boxes).all(): made.append((list(v.frames), v.boxes))
    (a, boxes), write = made[0], lambda p, rows: p.write_text("\n".join(
        ",".join(f"{o:.2f}" for o in r) for r in rows)+"\n")
    write_video(d/"v.mp4", [cv2.resize(f, (480, 360)) for f in a])
    frames_to(d/"frames", a)
    for n in ("Dog", "Couple"):
        frames_to(d/"OTB"/n/"img", a, "{:04d}.jpg")
        write(d/"OTB"/n/"groundtruth_rect.txt", boxes+[1, 1, 0, 0])
    frames_to(d/"VOT"/"bag", a); (d/"VOT"/"list.txt").write_text("bag\n")
    write(d/"VOT"/"bag"/"groundtruth.txt", [[x, y, x+w, y, x+w, y+h, x, y+h] for x, y, w, h in boxes])
    for split in ("train", "val"):
        for k, n in enumerate(("cat", "my_dog", "boat")):
            frames_to(d/"GOT"/split/n, made[k][0])
            write(d/"GOT"/split/n/"groundtruth.txt", made[k][1])
        (d/"GOT"/split/"list.txt").write_text("cat\nmy_dog\nboat\n")
    names = json.loads((root/"data/results/training.json").read_text())["validation_videos"]
    for k, n in enumerate(names):
        fs, bs = made[k % len(made)]
        frames_to(d/"DAVIS"/"JPEGImages"/"480p"/n, fs, "{:05d}.jpg", 0)
        (m := d/"DAVIS"/"Annotations"/"480p"/n).mkdir(parents=True)
        for i, (x, y, w, h) in enumerate(bs.round().astype(int)):
            mask = np.zeros((120, 160), np.uint8)
            mask[max(y, 0):y+h, max(x, 0):x+w] = 255
            cv2.imwrite(str(m/f"{i:05d}.png"), mask)
    (s := d/"DAVIS"/"ImageSets"/"480p").mkdir(parents=True)
    for split in ("train", "val", "trainval"):
        (s/f"{split}.txt").write_text("\n".join(f"/JPEGImages/480p/{n}/{i:05d}.jpg /Annotations/480p/{n}/{i:05d}.png"
                                                for n in names for i in range(5))+"\n")
    for s in range(4): write_ilsvrc_vid(toy_video(s, n=5, objects=2, size=(120, 160)), d/"VID")
    curate([toy_video(s, n=5, objects=2, size=(120, 160)) for s in range(4)], d/"crops")
    for k, n in enumerate(("cat-1", "cat-2")):
        frames_to(d/"LaSOT"/"cat"/n/"img", made[k][0])
        write(d/"LaSOT"/"cat"/n/"groundtruth.txt", made[k][1]+[1, 1, 0, 0])
    (d/"LaSOT"/"training_set.txt").write_text("cat-1\ncat-2\n")
    (d/"TN"/"TRAIN_0"/"anno").mkdir(parents=True)
    (d/"SegTrack2").mkdir()
    frames_to(d/"TN"/"TRAIN_0"/"frames"/"x", a, "{}.jpg", 0); write(d/"TN"/"TRAIN_0"/"anno"/"x.txt", boxes)
    frames_to(d/"YV"/"train"/"JPEGImages"/"x", a, "{:05d}.jpg", 0)
    (m := d/"YV"/"train"/"Annotations"/"x").mkdir(parents=True)
    for i in range(5):
        mask = np.zeros((120, 160), np.uint8)
        mask[30:60, 40:90] = 7
        cv2.imwrite(str(m/f"{i:05d}.png"), mask)
    frames_to(d/"COCO"/"train2017", a[:2], "{:012d}.jpg"); (d/"COCO"/"annotations").mkdir()
    (d/"COCO"/"annotations"/"instances_train2017.json").write_text(json.dumps(dict(
        images=[dict(id=1, file_name=f"{1:012d}.jpg")], annotations=[dict(id=1, image_id=1, bbox=[9, 9, 40, 30])])))
    for o, fs in dict(Video=a, Truth=[mask[..., None].repeat(3, 2)*36]*5).items():
        (d/"SegTrack2"/o).mkdir()
        write_video(d/"SegTrack2"/o/"x.mp4", fs)
    (c := d/"repositories/udacity/CarND-Vehicle-Detection").mkdir(parents=True) # one of those in data/labels
    write_video(c/"test_video.mp4", [a[i % 5] for i in range(38)])
    (c := d/"101"/"ball").mkdir(parents=True)
    o = np.full((150, 180, 3), 255, np.uint8)
    cv2.circle(o, (90, 75), 45, (40, 90, 200), -1)
    cv2.imwrite(str(c/"a.png"), o)
    cv2.imwrite(str(c/"b.png"), cv2.resize(a[0], (240, 180)))
    return d


def cheap(line, data):
    "The same command on small data; `None` if it needs a camera, a stream, a cluster or a browser"
    if re.search(r"track 0 |rtsp:|--backend|siamfc play|--world (solid|crowds)", line): return None
    words, out = program(line)[1], []
    there = {"holiday.mp4": "v.mp4", "street.mp4": "v.mp4", "data/clips/juice_box.mp4": "v.mp4", "frames/": "frames",
             "DATA/OTB": "OTB", "DATA/VOT2015": "VOT", "DATA/GOT-10k": "GOT", "MINE": "GOT", "DATA/DAVIS": "DAVIS",
             "DATA/ILSVRC2015": "VID", "/shared/crops": "crops", "DATA/LaSOT": "LaSOT", "DATA/TrackingNet": "TN",
             "DATA/YouTube-VOS": "YV", "DATA/COCO": "COCO", "DATA/SegTrack2": "SegTrack2",
             "DATA/repositories": "repositories",
             "DATA/101_ObjectCategories": "101", "DATA/VAL": "OTB", "runs/toy": "VID", "runs/solid": "VID"}
    value = {"--pairs": "4", "--seeds": "1", "--steps": "2", "--batch": "2", "--workers": "0", "--jobs": "1",
             "--videos": "2", "--collages": "2", "--start": "1", "--stop": "3", "--config": "siamfc-dither"}
    for k, w in enumerate(words):
        before = words[k-1] if k else ""
        if before == "--weights": w = str(root/"siamfc_nb/weights/siamfc.safetensors")
        elif before in ("--tracker", "--trackers"): w = "mytracker:Still" if "mytracker" in w else "ncc"
        elif before in value: w = value[before]
        elif words[0] == "mine" and w.startswith("runs/crops/") and k > 1: continue # all folders are one here
        elif "--mined" in (w, before) or words[0] == "ablate" and "--suite" in (w, before) and "--suite" in words[:k-1]:
            continue
        elif words[0] in ("train", "mine", "ablate") and w.startswith("runs/crops/"): w = str(data/"crops")
        elif before == "--share": w = "crops="+w.partition("=")[2] # all folders are one here
        elif w in ("DATA/drones", "runs/val_flat", "runs/val_solid",
                   "--against") and words[0] == "eval" or before == "--against":
            continue
        elif w in there and words[0] != "toy" and not (words[0] == "curate" and k == 3): w = str(data/there[w])
        elif w.startswith("/shared/"): w = "runs"+w
        out.append(w)
    if words[0] == "track" and "--config" not in words and "--scales" not in words: out += ["--config", "siamfc-dither"]
    # what is large if not given
    small = {"train": ("--steps", "--batch", "--workers"), "ablate": ("--pairs", "--seeds", "--batch", "--workers")}
    out += [o for k in small.get(words[0], ()) if k not in words for o in (k, value[k])]
    if words[0] in small: out += ["--val", ".34", "--val-pairs", "4", "--recipe", "paper"]
    if words[0] == "ablate": out += ["--tracker", "ncc"] + (["--change", "T=20"] if words[1] == "recipe" else [])
    if words[0] == "toy": out += ["--frames", "3"]
    if words[0] == "eval" and "--tracker" not in words: out += ["--tracker", "ncc"]
    return [o for o in out if o != "--release-filters"]


@pytest.mark.parametrize("page, line", shown, ids=[f"{p.split('/')[-1]}: {l}" for p, l in shown])
def test_a_command_of_a_page_runs_and_writes_to_runs_alone(page, line, clone, data, monkeypatch, request):
    words, main = cheap(line, data), program(line)[0]
    parse(line) # as it is shown
    if words is None: return
    if page != "nbs/howto/cluster.qmd":
        request.getfixturevalue("in_process") # one page starts the processes of an evaluation
    monkeypatch.chdir(clone)
    monkeypatch.syspath_prepend(str(clone))
    monkeypatch.setenv("PYTHONPATH", f"{clone}:{root}")
    (clone/"mytracker.py").write_text(next(b for b in blocks(pages["nbs/howto/add.qmd"],
                                                             "python") if "mytracker.py" in b))
    r = CliRunner().invoke(main, words); (clone/"mytracker.py").unlink()
    assert r.exit_code == 0, f"{words}\n{r.output}\n{r.exception!r}"
    left = subprocess.run(["git", "status", "--porcelain", "--untracked-files=all"], cwd=clone, capture_output=True,
                          text=True, check=True).stdout.splitlines()
    for undo in (["checkout", "-q", "."], ["clean", "-fdq"]):
        subprocess.run(["git", *undo], cwd=clone, check=True) # for the next one
    assert not [l for l in left if "__pycache__" not in l], left


def test_there_are_commands_to_run(): assert len(shown) > 25 and len({program(l)[1][0] for _, l in shown}) >= 7


# that runs as nbs/index.ipynb
@pytest.mark.parametrize("page", [p for p, t in pages.items() if blocks(t, "python") and p != "README.md"])
def test_the_snippets_of_a_page_run(page, data, tmp_path, monkeypatch, capsys):
    for n in ("holiday.mp4", "street.mp4"): (tmp_path/n).symlink_to(data/"v.mp4")
    monkeypatch.chdir(tmp_path); names = {}
    for code in blocks(pages[page], "python"): exec(compile(code, page, "exec"), names)
    assert len(names) > 1


# ---- names

# name inside of the package = name inside of its module
syms = {n.removeprefix("siamfc_nb."): n.removeprefix(f"{m}.") for m,
        o in run_path(str(root/"siamfc_nb"/"_modidx.py"))["d"]["syms"].items() for n in o}


def names_in(text):
    "Names in the last column of tables"
    return [n for row in text.splitlines() if row.startswith("| ") for n in re.findall(
        r"`([^`]+)`", row.rstrip(" |").rsplit(" | ", 1)[-1])]


@pytest.mark.parametrize("page", ["nbs/glossary.qmd", "nbs/paper.qmd", "README.md"])
def test_each_name_exists_in_the_package(page):
    text = (root/page).read_text(); text = text[text.index("## Map"):] if page == "README.md" else text
    found = names_in(text); assert len(found) > 15
    for n in found:
        if ours(n):
            main, words = program(n); cmd = get_command(main)
            for w in words: cmd = cmd.commands[w]
            continue
        at = [s for s, short in syms.items() if n in (s, short)]
        assert at, f"{page}: {n} is no name of the package"
        resolve_name(f"siamfc_nb.{at[0]}") # a module in a folder is imported on the way


def test_the_section_numbers_are_those_of_the_paper():
    "The paper has no subsections in §3"
    for p in (root/"nbs").rglob("*.qmd"): assert not re.search(r"§3\.\d", p.read_text()), p.name


def test_imports_of_pages_come_from_where_a_name_is_made():
    for page, text in pages.items():
        for code in blocks(text, "python"):
            for o in ast.walk(ast.parse(code)):
                if isinstance(o, ast.ImportFrom) and o.module.startswith("siamfc_nb."):
                    for n in o.names:
                        made = f"{o.module.removeprefix('siamfc_nb.')}.{n.name}"
                        assert made in syms, f"{page}: {n.name} is not made in {o.module}"


# ---- what nobody asked for is not written

def test_results_go_to_runs_unless_asked_otherwise():
    def walk(cmd, path=()):
        if hasattr(cmd, "commands"):
            for n, o in cmd.commands.items(): yield from walk(o, (*path, n))
        else: yield path, cmd
    seen = 0
    for path, cmd in (*walk(get_command(app)), *walk(get_command(lab))):
        for p in cmd.params:
            if p.name in ("out", "work") and p.default is not None:
                seen += 1; assert not p.required and str(p.default).startswith("runs") or p.required, (path, p.default)
        params = {p.name: p for p in cmd.params}
        if path[0] in ("bench", "ablate", "eval", "calibrate", "scaling"):
            assert "publish" in params or str(params["out"].default).startswith("runs"), path
    assert seen > 5


def test_calibrate_leaves_the_package_alone(tmp_path, monkeypatch):
    from siamfc_nb.evaluation import run as evaluate
    from siamfc_nb.lab import bench
    shipped = root/"siamfc_nb/weights/confidence.json"; before = shipped.read_bytes()
    monkeypatch.chdir(tmp_path)
    from siamfc_nb import confidence
    saved = []
    monkeypatch.setattr(confidence, "save_confidence", lambda c, path, **kw: saved.append(path) or path)
    monkeypatch.setattr(confidence, "cross_fit", lambda pairs,
                        weight: (None, [np.full(len(y), .5) for _, y, _ in pairs]))
    monkeypatch.setattr(bench, "judged_boxes", lambda runs, jobs,
                        weights: [(np.zeros((4, 3)), np.ones(4, bool), v.name) for _, v in runs])
    monkeypatch.setattr(evaluate, "validation_videos", lambda *a: [toy_video(0, n=4, objects=1)])
    for args, path in (((), Path("runs/confidence.json")), (("--out", "mine.json"), Path("mine.json")),
                       (("--publish",), None)):
        r = CliRunner().invoke(lab, ["calibrate", "x", "--generated", "1", *args])
        assert r.exit_code == 0, (r.output, r.exception)
        assert saved.pop() == path
    assert shipped.read_bytes() == before


def test_a_confidence_is_of_one_network(tmp_path):
    "Its digest is that of the network that the boxes came from, and only that of the one that ships is published"
    from siamfc_nb.lab.commands import weights_of
    from siamfc_nb.pretrained import light_weights, shipped_weights
    assert weights_of(["siamfc-3s", "siamfc-dither"], ship=True) == shipped_weights
    assert weights_of(["siamfc-lite"]) == weights_of(["siamfc-3s"], "lite") == light_weights
    copy = tmp_path/"own.safetensors"
    copy.write_bytes(shipped_weights.read_bytes())
    assert weights_of(["siamfc-lite"], copy, ship=True) == copy # the same tensors
    for args, says in (((["siamfc-3s", "siamfc-lite"],), "expected configurations of one"),
                       ((["siamfc-lite"], None, True), "expected those that ship"),
                       ((["siamfc-3s"], light_weights, True), "expected those that ship")):
        with pytest.raises(ValueError, match=says): weights_of(*args)


def test_names_in_options_of_the_makers():
    from siamfc_nb.lab.commands import chosen, known_configs
    assert chosen({"a, b": 1, "d": 2}, " d; a, b;") == {"a, b": 1, "d": 2} and chosen({"d": 2}, None) == {"d": 2}
    assert known_configs("siamfc-3s, siamfc-lite") == ["siamfc-3s", "siamfc-lite"]
    with pytest.raises(ValueError, match="no name: expected"): known_configs(" ,")

def test_every_finding_is_told():
    "On the page of facts and in the folder's list, and neither names one that is not there"
    there = {p.stem for p in (root/'findings').glob('*.sh')}
    for page in (root/'nbs'/'facts.qmd', root/'findings'/'README.md'):
        named = {*re.findall(r'(\w+)\.sh', page.read_text())}-{'NAME'}
        assert named==there, (page.name, named^there)
