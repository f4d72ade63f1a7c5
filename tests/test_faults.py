"Bad input gets a clear error, and loses nothing that was done before it"
from functools import cache
from importlib.resources import files

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.commands import demo as demo_page
from siamfc_nb.commands.demo import track_to_video
from siamfc_nb.track.configs import TrackConfig
from siamfc_nb.toyworld import toy_video
from siamfc_nb.tracking import Tracker
from siamfc_nb.pretrained import load_weights
from siamfc_nb.videos import Video, VideoFile, write_video

video = toy_video(1, n=6, size=(120, 160), objects=1, occlusion=0)
frame, box = video.frames[0], video.boxes[0]


@cache
def pretrained(): return Tracker.pretrained("siamfc-3s", "cpu")


@pytest.fixture
def tracker():
    t = pretrained(); t.z = None
    return t


@pytest.mark.parametrize("bad, says", [
    ([1, 2, np.nan, 4], "NaN"), ([1, 2, np.inf, 4], "infinity"),
    ([1, 2, 0, 4], "above 0"), ([1, 2, 3, -4], "above 0"),
    ([200, 10, 20, 20], "wholly outside"), ([-50, 10, 20, 20], "wholly outside"), ([10, 120, 20, 20], "wholly outside"),
    ([1, 2, 3], r"shape \(3,\)"), ([[1, 2, 3, 4]], "four numbers"), ("box", "four numbers"), (None, "four numbers"),
    ([1, 2, 3, 10**400], "four numbers"), ([1j, 2, 3, 4], "four numbers"), (np.array([["a"], ["b"]]), "four numbers"),
])
def test_box(tracker, bad, says):
    with pytest.raises(ValueError, match=says) as e: tracker.init(frame, bad)
    assert "\n" not in str(e.value) and len(str(e.value)) < 200


@pytest.mark.parametrize("bad, error, says", [
    (frame.astype(float), TypeError, "float64"), (frame[..., 0], ValueError, "grey"),
    (frame[:0], ValueError, "empty"), (frame[:, :, :2], ValueError, "shape"),
    (np.dstack([frame, frame[..., :1]]), ValueError, "shape"),
    (None, TypeError, "NoneType"), (frame.tolist(), TypeError, "list"), (torch.from_numpy(frame), TypeError, "Tensor"),
])
def test_frame(tracker, bad, error, says):
    with pytest.raises(error, match=says): tracker.init(bad, box)
    tracker.init(frame, box)
    with pytest.raises(error, match=says): tracker.update(bad)


def test_update_before_init(tracker):
    with pytest.raises(RuntimeError, match="init"): tracker.update(frame)


def test_a_bad_frame_does_not_disturb_the_tracker(tracker):
    want, _ = tracker.track(video.frames, box)
    tracker.init(frame, box); got = [box]
    for f in list(video.frames)[1:]:
        with pytest.raises(ValueError, match="grey"): tracker.update(f[..., 0])
        got.append(tracker.update(f)[0])
    np.testing.assert_array_equal(got, want)


def test_an_error_on_the_way_carries_the_boxes_before_it(tracker):
    frames = list(video.frames); want, _ = tracker.track(frames[:4], box)
    frames[4] = frames[4][..., 0]
    with pytest.raises(ValueError, match="grey") as e: tracker.track(frames, box)
    np.testing.assert_array_equal(e.value.boxes, want)
    assert len(e.value.scores) == 4 and "frame 4" in e.value.__notes__[0]


def test_no_frames(tracker):
    with pytest.raises(ValueError, match="no frames"): tracker.track([], box)


def test_a_target_may_be_partly_outside_and_larger_than_the_frame(tracker):
    for b in ([-10, -10, 30, 30], [140, 100, 50, 50], [-50, -50, 400, 400], [10, 10, 2, 2]):
        boxes, _ = tracker.track(video.frames, b)
        assert np.isfinite(boxes).all() and (boxes[:, 2:] > 0).all()


@pytest.mark.parametrize("name", ["siamfc-9s", "", "SIAMFC"])
def test_unknown_configuration(name):
    with pytest.raises(ValueError, match="siamfc-3s"): Tracker.pretrained(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="a CUDA device is here")
def test_device_that_is_not_there():
    with pytest.raises(ValueError, match="no CUDA device"): Tracker.pretrained("siamfc-3s", "cuda")


@pytest.mark.parametrize("kw", [dict(scales=2), dict(scales=0), dict(step=.9), dict(penalty=2), dict(damping=-1),
                                dict(window=1.5)])
def test_impossible_settings(kw):
    with pytest.raises(ValueError, match=next(iter(kw))): TrackConfig(**kw)


def test_weights(tmp_path):
    with pytest.raises(FileNotFoundError, match="no weights"): Tracker.pretrained(weights=tmp_path/"none.safetensors")
    (tmp_path/"text").write_text("hello")
    with pytest.raises(ValueError, match="not a safetensors file"): load_weights(tmp_path/"text")
    torch.save({"a": 1}, tmp_path/"pickle.pt")
    with pytest.raises(ValueError, match="not a safetensors file"): load_weights(tmp_path/"pickle.pt")
    from siamfc_nb.xcorr import SiamNet
    d = {k: v for k, v in SiamNet().state_dict().items() if "num_batches" not in k}
    save_file({**d, "phi.conv1.weight": torch.zeros(96, 3, 7, 7)}, tmp_path/"shape")
    with pytest.raises(ValueError, match=r"phi.conv1.weight is \(96, 3, 7, 7\), expected \(96, 3, 11, 11\)"):
        load_weights(tmp_path/"shape")
    d.pop("bias"); save_file(d, tmp_path/"missing")
    with pytest.raises(ValueError, match="missing .*bias"): load_weights(tmp_path/"missing")
    d = {k: v for k, v in SiamNet().state_dict().items() if "num_batches" not in k}
    d["phi.bn1.running_var"][3] = torch.inf
    save_file(d, tmp_path/"infinite")
    with pytest.raises(ValueError, match="not finite, in phi.bn1.running_var"): load_weights(tmp_path/"infinite")
    net = load_weights(files("siamfc_nb")/"weights"/"siamfc.safetensors") # and the file that ships is a good one
    want, _ = pretrained().track(list(video.frames)[:4], box)
    np.testing.assert_array_equal(Tracker(net, "siamfc-3s", "cpu").track(list(video.frames)[:4], box)[0], want)


@pytest.fixture
def mp4(tmp_path):
    write_video(tmp_path/"v.mp4", toy_video(1, n=40, size=(120, 160)).frames)
    return tmp_path/"v.mp4"


def demo(*args): return CliRunner().invoke(app, ["demo", *map(str, args)])


@pytest.mark.parametrize("kind, says", [("missing", "no video file"), ("text", "not a video"),
                                        ("empty", "not a video"), ("folder", "no video file")])
def test_no_video(tmp_path, kind, says):
    p = tmp_path/"x.mp4"
    if kind == "text": p.write_text("hello")
    if kind == "empty": p.touch()
    if kind == "folder": p.mkdir()
    r = demo("--video", p, "--box", "10,10,20,20", "--out", tmp_path/"out")
    assert r.exit_code == 1 and says in r.output and "x.mp4" in r.output


def test_truncated_video_keeps_what_was_tracked(mp4, tmp_path):
    b = mp4.read_bytes()
    (tmp_path/"half.mp4").write_bytes(b[:len(b)*2//3]) # the index stands first, frames are missing
    r = demo("--video", tmp_path/"half.mp4", "--box", "40,40,30,30", "--out", tmp_path/"out")
    assert r.exit_code == 1 and "half.mp4 is" in r.output
    n = sum(1 for _ in open(tmp_path/"out"/"half.csv"))-1
    assert 0 < n < 40 and len(VideoFile(tmp_path/"out"/"half.mp4")) == n


@pytest.mark.parametrize("b", ["1,2,3", "a,b,c,d", "1,2,-3,4", "500,10,20,20", "1,2,nan,4"])
def test_box_on_the_command_line(mp4, tmp_path, b):
    r = demo("--video", mp4, f"--box={b}", "--out", tmp_path/"out")
    assert r.exit_code == 1 and "box" in r.output


def test_options_of_the_demo(mp4, tmp_path):
    assert "belong together" in demo("--video", mp4, "--out", tmp_path).output
    r = demo("--config", "siamfc-7", "--out", tmp_path)
    assert r.exit_code == 1 and "siamfc-3s" in r.output


def test_the_demo_writes_over_nothing_of_yours(mp4, tmp_path):
    "A picture is a video of one frame, and the demo's sheet is a picture"
    picture = tmp_path/"pic.png"; cv2.imwrite(str(picture), frame); before = picture.read_bytes()
    at = ",".join(map(str, box))
    r = demo("--video", picture, "--box", at, "--out", tmp_path)
    assert r.exit_code == 1 and "over the source" in r.output and picture.read_bytes() == before
    (tmp_path/"out").mkdir(); sheet = tmp_path/"out"/f"{mp4.stem}.png"; sheet.write_text("mine")
    r = demo("--video", mp4, "--box", at, "--out", tmp_path/"out")
    assert r.exit_code == 1 and "not of an earlier run" in r.output.replace("\n", " ") and sheet.read_text() == "mine"
    sheet.unlink()
    for _ in range(2): assert demo("--video", mp4, "--box", at, "--out", tmp_path/"out").exit_code == 0 # its own it may
    assert cv2.imread(str(sheet)) is not None


def test_frames_that_change_size_mid_way(tmp_path):
    frames = list(toy_video(1, n=6, size=(120, 160)).frames); frames[4] = frames[4][:100]
    boxes, _ = track_to_video(pretrained(), Video("v", frames), box, tmp_path) # the tracker goes on in the new frame
    assert sum(1 for _ in open(tmp_path/"v.csv")) == 1+6 and len(boxes) == 6 == len(list(VideoFile(tmp_path/"v.mp4")))


@pytest.mark.parametrize("n, want", [(15, [0, 2, 4, 6, 8, 10, 12, 14]), (5, [0, 1, 2, 3, 4]), (1, [0])])
def test_the_sheet_of_a_clip_shows_all_of_it(n, want, monkeypatch):
    "Eight frames, evenly from the first to the last"
    shown = []
    monkeypatch.setattr(demo_page, "_small", lambda o, others: shown.append(o))
    monkeypatch.setattr("siamfc_nb.drawing.draw_boxes", lambda f, *args: f)
    video, shots = Video("v", [frame]*n), []
    t = type("T", (), dict(scores=[0], chosen=0))
    draw = demo_page._drawing(t, video, [], shots)
    for i in range(n): draw(i, i, {"1": (box, .5)})
    assert shown == want and len(shots) == len(want)


def test_a_track_must_fit_its_video():
    with pytest.raises(ValueError, match="2 boxes for 3 frames"): Video("v", [frame]*3, {"a": np.zeros((2, 4))})
