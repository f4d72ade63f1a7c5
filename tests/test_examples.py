"The examples run as they stand, and the tracker in one file is the package's"
import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from siamfc_nb.data.readers import clips
from siamfc_nb.labels import balance, mk_labels, score_loss
from siamfc_nb.pretrained import pretrained_net, shipped_weights
from siamfc_nb.toyworld import toy_video
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import write_video

root = Path(__file__).resolve().parent.parent
examples = root/"examples"
whole = examples/"siamfc_in_150_lines.py"
one = runpy.run_path(str(whole))


def run(name, *args):
    command = [sys.executable, str(examples/name), *map(str, args)]
    r = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert r.returncode == 0, r.stderr
    return r.stdout.splitlines()


def test_it_is_short_and_needs_torch_and_opencv_alone():
    text = whole.read_text()
    assert len(text.splitlines()) <= 150 and max(map(len, text.splitlines())) <= 120
    names = {(n.module if isinstance(n, ast.ImportFrom) else n.names[0].name).split(".")[0]
             for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Import | ast.ImportFrom)}
    assert names - set(sys.stdlib_module_names) == {"cv2", "numpy", "torch"}


@pytest.mark.parametrize("name, n", [("juice_box", 20), ("bunny_head", 8)])
def test_its_boxes_are_the_packages(name, n):
    clip = next(v for v in clips() if v.name == name)
    frames = list(clip.frames)[:n]
    want, _ = Tracker.pretrained("siamfc-3s", "cpu").track(frames, clip.boxes[0])
    mine = one["Tracker"](one["load"](shipped_weights))
    mine.init(frames[0], clip.boxes[0])
    np.testing.assert_allclose([mine.update(f) for f in frames[1:]], want[1:], atol=1e-3)


def test_frames_that_show_nothing_move_its_box_by_no_cell():
    mine = one["Tracker"](one["load"](shipped_weights))
    mine.init(np.full((240, 320, 3), 90, np.uint8), (150, 110, 30, 20))
    boxes = [mine.update(np.zeros((240, 320, 3), np.uint8)) for _ in range(3)]
    np.testing.assert_allclose(boxes, [(150, 110, 30, 20)]*3, atol=.5) # the window decides, between its middle cells


def test_it_runs_away_from_its_clone(tmp_path):
    "As a page hands it out, beside no weights; and from any folder of a clone"
    v = toy_video(seed=0)
    write_video(tmp_path/"mine.mp4", list(v.frames[:3]), 25)
    alone = tmp_path/whole.name
    alone.write_bytes(whole.read_bytes())
    def boxes(script, *more):
        command = [sys.executable, str(script), "mine.mp4", "40", "40", "30", "30", *map(str, more)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    said = boxes(alone)
    assert said.returncode == 1 and "Traceback" not in said.stderr
    assert "expected weights; a clone has siamfc_nb/weights/siamfc.safetensors" in said.stderr
    there, here = boxes(alone, shipped_weights), boxes(whole)
    assert there.stdout == here.stdout and len(here.stdout.splitlines()) == 3


def test_its_step_is_the_packages():
    torch.manual_seed(0)
    z, x = torch.rand(2, 3, 127, 127)*255, torch.rand(2, 3, 255, 255)*255
    net, other, y = one["load"](shipped_weights), pretrained_net(), mk_labels()
    loss = score_loss(y, other(z, x), balance(y))
    opts = [torch.optim.SGD(n.parameters(), 1e-3, momentum=.9) for n in (net, other)]
    loss.backward()
    opts[1].step()
    assert one["train_step"](net, opts[0], z, x) == pytest.approx(loss.item(), rel=1e-5)
    for a, b in zip(net.state_dict().values(), other.state_dict().values()): torch.testing.assert_close(a, b)


def test_it_runs(tmp_path):
    write_video(tmp_path/"v.mp4", toy_video(2, n=4, objects=1).frames)
    rows = run(whole.name, tmp_path/"v.mp4", 100, 80, 40, 40)
    assert rows[0] == "100.0,80.0,40.0,40.0" and len(rows) == 4 and all(len(r.split(",")) == 4 for r in rows)


@pytest.mark.parametrize("name", ["camera.py", "many_objects.py", "benchmark.py"])
def test_the_others_have_ten_lines(name):
    lines = [o for o in (examples/name).read_text().splitlines()[1:] if o and not re.match("import|from", o)]
    assert len(lines) <= 10


def test_many_objects(tmp_path):
    write_video(tmp_path/"v.mp4", toy_video(2, n=4, objects=1).frames)
    rows = run("many_objects.py", tmp_path/"v.mp4")
    assert rows[0].startswith("0 {'carton': [75, 73, 35, 80]") and "'corner'" in rows[-1]


def test_benchmark(tmp_path):
    video = toy_video(3, n=5, objects=1)
    (tmp_path/"Toy"/"img").mkdir(parents=True)
    np.savetxt(tmp_path/"Toy"/"groundtruth_rect.txt", video.boxes + [1, 1, 0, 0], "%.1f", delimiter=",")
    for i, f in enumerate(video.frames, 1): cv2.imwrite(str(tmp_path/"Toy"/"img"/f"{i:04d}.jpg"), f[..., ::-1])
    assert run("benchmark.py", tmp_path)[0].startswith("Toy: AUC 0.")


@pytest.mark.parametrize("name", [whole.name, "many_objects.py", "benchmark.py"])
def test_without_arguments_they_say_how_to_run_them(name):
    r = subprocess.run([sys.executable, str(examples/name)], cwd=root, capture_output=True, text=True, timeout=300)
    assert r.returncode == 1 and f"python examples/{name}" in r.stderr and "Traceback" not in r.stderr, r.stderr


def test_what_is_no_video_is_said(tmp_path):
    (tmp_path/"v.mp4").write_text("none")
    with pytest.raises(SystemExit, match="v.mp4: expected a video"): one["track"](tmp_path/"v.mp4", [1, 2, 3, 4])


@pytest.mark.parametrize("left, says", [(0, "gives no picture"), (2, "gives no further picture")])
def test_a_camera_that_is_not_there_or_goes(monkeypatch, left, says):
    frames = iter([f[..., ::-1].copy() for f in toy_video(1, n=4, objects=1).frames][:left])

    class Camera:
        def __init__(self, number): pass
        def read(self):
            f = next(frames, None)
            return f is not None, f
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    monkeypatch.setattr(cv2, "selectROI", lambda title, f: (100, 80, 40, 40))
    monkeypatch.setattr(cv2, "waitKey", lambda ms: -1)
    monkeypatch.setattr(cv2, "imshow", lambda title, f: None)
    with pytest.raises(SystemExit, match=says): runpy.run_path(str(examples/"camera.py"))


def test_camera(monkeypatch):
    "With a camera and a window that are not there"
    frames, shown = [f[..., ::-1].copy() for f in toy_video(1, n=4, objects=1).frames], []

    class Camera:
        def __init__(self, number): self.left = iter(frames)
        def read(self): return True, next(self.left).copy()
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    monkeypatch.setattr(cv2, "selectROI", lambda title, f: (100, 80, 40, 40))
    monkeypatch.setattr(cv2, "waitKey", lambda ms: 27 if len(shown) == 3 else -1)
    monkeypatch.setattr(cv2, "imshow", lambda title, f: shown.append(f.copy()))
    runpy.run_path(str(examples/"camera.py"))
    assert len(shown) == 3 and not np.array_equal(shown[0], frames[1])
