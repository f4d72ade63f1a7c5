"Boxes of ours on clips of others: the files in `data/labels`, and what is made of a folder of repositories"
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Crops
from siamfc_nb.data.labelled import Piece, labelled
from siamfc_nb.data.lazy import read_boxes
from siamfc_nb.data.readers import clips

root = Path(__file__).resolve().parents[1]/"data/labels"
listed = json.loads((root/"clips.json").read_text())


@pytest.mark.parametrize("name", listed)
def test_boxes_of_a_clip(name):
    "A row per frame; what is there lies in the picture, but for a few pixels at its edge"
    c = listed[name]
    b, (w, h) = read_boxes(root/f"{name}.csv", c["frames"], cols=(4,)), c["size"]
    seen = b[np.isfinite(b[:, 0])]
    assert len(seen) >= 20 and max(w, h) <= 720 and len(c["commit"]) == 40
    assert (seen[:, 2:] > 3).all() and (seen[:, :2] > -40).all()
    assert (seen[:, :2]+seen[:, 2:] < np.array([w, h])+40).all()
    centre = seen[:, :2]+seen[:, 2:]/2
    assert ((centre > 0) & (centre < (w, h))).all()


def test_every_clip_has_its_boxes_and_its_licence():
    assert {p.stem for p in root.glob("*.csv")} == listed.keys()
    said = (root/"README.md").read_text()
    for n, c in listed.items(): assert f"`{n.split('_')[0]}_*`" in said and c["source"] in said, n


def a_folder(tmp_path, **kw):
    v = clips()[0]
    (tmp_path/"repos/me/videos").mkdir(parents=True)
    shutil.copy(v.frames.path, tmp_path/"repos/me/videos/a.mp4")
    c = dict(source="me/videos", file="a.mp4", start=4, every=2, frames=12, size=[320, 180]) | kw
    (tmp_path/"labels").mkdir()
    (tmp_path/"labels/clips.json").write_text(json.dumps({"a": c}))
    np.savetxt(tmp_path/"labels/a.csv", v.boxes[4:28:2]/2, "%.1f", ",", header="x,y,w,h")
    return v, tmp_path/"repos", tmp_path/"labels"


def test_frames_and_boxes_belong_together(tmp_path):
    v, repos, labels = a_folder(tmp_path)
    a, = labelled(repos, labels)
    assert (len(a), a.frames[0].shape, [f.shape for f in a.frames[1:3]]) == (12, (180, 320, 3), [(180, 320, 3)]*2)
    np.testing.assert_allclose(a.boxes, v.boxes[4:28:2]/2, atol=.06)
    whole = np.asarray(v.frames[26]).reshape(180, 2, 320, 2, 3).mean((1, 3))
    assert np.abs(a.frames[11]-whole).max() <= 1, "the frame that the last box was drawn on"


def test_curate_and_what_is_not_there(tmp_path, monkeypatch):
    _, repos, labels = a_folder(tmp_path)
    (tmp_path/"data").mkdir()
    labels.rename(tmp_path/"data/labels")
    monkeypatch.chdir(tmp_path)
    r = CliRunner().invoke(app, ["curate", "labelled", str(repos), str(tmp_path/"crops")])
    assert r.exit_code == 0, r.output
    c = Crops(tmp_path/"crops")
    assert len(c) == 1 and c.sources == ["labelled-clips"]
    (repos/"me/videos/a.mp4").unlink()
    r = CliRunner().invoke(app, ["curate", "labelled", str(repos), str(tmp_path/"other")])
    assert r.exit_code and "no labelled clip here" in " ".join(r.output.split())


@pytest.mark.parametrize("wrong,says", [(dict(frames=90), "is it of the commit None"), (dict(file=None), "lacks")])
def test_lists_that_do_not_fit(tmp_path, wrong, says):
    _, repos, labels = a_folder(tmp_path, **wrong)
    if "file" in wrong: (labels/"clips.json").write_text(json.dumps({"a": dict(source="me/videos")}))
    with pytest.raises(ValueError, match=says): labelled(repos, labels)[0]
    with pytest.raises(FileNotFoundError, match="clips.json"): labelled(repos, tmp_path)


def test_pieces():
    p = Piece([np.full((4, 6, 3), i, np.uint8) for i in range(9)], 2, 3, size=(3, 2))
    assert [f[0, 0, 0] for f in p] == [2, 5, 8] and p[-1].shape == (2, 3, 3)
    with pytest.raises(ValueError, match="9 frames: expected 12 or more, to take 4 of them, every 3, from 2 on"):
        Piece(range(9), 2, 3, 4)
