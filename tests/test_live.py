"Tracking from files, folders, cameras and streams: the boxes of the trackers, and nothing is lost however it ends"
import json
import signal
import subprocess
import sys
import threading
import time
from fractions import Fraction
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import cv2
import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from siamfc_nb import tracking
from siamfc_nb.cli import friendly
from siamfc_nb.files import siamfc_call
from siamfc_nb.multi import MultiTracker
from siamfc_nb.pretrained import pretrained_net, shipped_weights
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track import live
from siamfc_nb.track.configs import TrackConfig, configs
from siamfc_nb.track.feeds import Latest, Source, hide, open_source, read_still
from siamfc_nb.track.live import config_name, track_config, track_to_files
from siamfc_nb.track.recorder import Found, Recorder
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import VideoFile, write_video

world = toy_video(5, n=6, size=(120, 160), objects=2, occlusion=0)
frames = list(world.frames)
boxes = {"1": [40., 30, 40, 30], "2": [90., 60, 30, 40]}
app = typer.Typer()
app.command("track")(friendly(live.track_command))


@cache
def tracker(confidence=None): return Tracker.pretrained("siamfc-dither", "cpu", confidence=confidence)


@cache
def shipped(): return pretrained_net()


@pytest.fixture(autouse=True)
def one_network(monkeypatch):
    net = shipped()
    read = tracking.load_weights
    monkeypatch.setattr(tracking, "load_weights", lambda path: net if path == shipped_weights else read(path))


def track(*args):
    "The command: --box of the first object and the fastest configuration unless given"
    return CliRunner().invoke(app, [*map(str, args), *(() if "--box" in args else ("--box", "40,30,40,30")),
                                    *(() if "--config" in args else ("--config", "siamfc-dither")), "--device", "cpu"])


def rows(path): return pd.read_csv(path, dtype={"object": str})


def noise(n, size=(120, 160)):
    "Frames that no codec makes small: a stream of them breaks off between two, not before the first"
    r = np.random.default_rng(0)
    return [r.integers(0, 255, (*size, 3), np.uint8) for _ in range(n)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    "Lossless: the tracker sees exactly `frames`"
    d = tmp_path_factory.mktemp("source")/"shots"; d.mkdir()
    for i, f in enumerate(frames): cv2.imwrite(str(d/f"{i}.png"), f[..., ::-1])
    return d


# ---- outputs

def test_one_object_has_the_boxes_of_the_tracker(folder, tmp_path):
    r = track(folder, "--out", tmp_path)
    assert r.exit_code == 0 and "6 frames" in r.output and "frames/s of tracking alone" in r.output, r.output
    want, scores = tracker().track(frames, boxes["1"])
    d = rows(tmp_path/"shots.csv")
    assert list(d.columns) == ["frame", "time", "object", "x", "y", "w", "h", "score"]
    assert d.time.tolist() == [0, .04, .08, .12, .16, .2] and d.frame.tolist() == list(range(6))
    assert set(d.object) == {"1"}
    np.testing.assert_allclose(d[["x", "y", "w", "h"]], want, atol=6e-4)
    np.testing.assert_allclose(d.score, scores, atol=6e-5)
    j = json.loads((tmp_path/"shots.json").read_text(), parse_constant=lambda c: pytest.fail(f"{c} is not JSON"))
    assert j["objects"]["1"]["score"][0] is None and j["config"]["scaling"] == "dither"
    assert j["device"] == "cpu" and j["ended"] == "end of the source" and "torch" in j["versions"]
    assert j["name"] == "siamfc-dither" and j["dropped"] == 0 and j["rate"] == 25
    np.testing.assert_allclose(j["objects"]["1"]["box"], want, atol=6e-4)
    assert len(VideoFile(tmp_path/"shots.mp4")) == 6 and not (tmp_path/"shots.mot.txt").exists()


def test_several_objects_have_the_boxes_of_the_multitracker(folder, tmp_path):
    args = [o for b in boxes.values() for o in ("--box", ",".join(map(str, b)))]
    r = track(folder, *args, "--confidence", "--start", 1, "--stop", 5, "--no-video", "--out", tmp_path)
    assert r.exit_code == 0 and not (tmp_path/"shots.mp4").exists(), r.output
    m = MultiTracker(tracker(confidence=True)); d = rows(tmp_path/"shots.csv")
    assert d.frame.unique().tolist() == [1, 2, 3, 4] and set(d.lost) <= {0, 1}
    for i, found in enumerate(m.follow(frames[1:5], {0: boxes}), 1):
        at = d[d.frame == i].set_index("object")
        for k, (b, s) in found.items():
            np.testing.assert_allclose(at.loc[k, ["x", "y", "w", "h"]].astype(float), b, atol=6e-4)
            if i > 1:
                np.testing.assert_allclose(
                    at.loc[k, ["score", "confidence"]].astype(float), [s, m.confidence[k]], atol=6e-5
                )
    mot = np.loadtxt(tmp_path/"shots.mot.txt", delimiter=",")
    assert mot.shape == (8, 10) and mot[:, 1].tolist() == [1, 2]*4 and (mot[:, 7:] == -1).all()
    np.testing.assert_array_equal(mot[:, 0], d.frame+1)
    np.testing.assert_allclose(mot[:, 2:6], d[["x", "y", "w", "h"]]+[1, 1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(mot[2:, 6], d.confidence[2:], atol=1e-9)
    assert mot[:2, 6].tolist() == [1, 1] and json.loads((tmp_path/"shots.json").read_text())["ended"] == "--stop"


def test_names_of_several_objects_may_be_numbers(tmp_path):
    frames = [np.full((60, 80, 3), k, np.uint8) for k in (90, 91)]
    boxes = {np.int64(1): (10, 10, 20, 20), 2: (40, 20, 20, 20)}
    track_to_files(Tracker.pretrained("siamfc-3s", "cpu"), Source("v", "v", frames), boxes, tmp_path)
    r = json.loads((tmp_path/"v.json").read_text())
    assert list(r["boxes"]) == list(r["objects"]) == ["1", "2"] and (tmp_path/"v.mp4").stat().st_size


def test_what_an_earlier_run_left_is_replaced_with_the_first_frame(tmp_path):
    for k in ("csv", "json", "mot.txt", "mp4"): (tmp_path/f"v.{k}").write_text("frame,time,object,x,y,w,h,score\n")
    r = Recorder(tmp_path, "v")
    assert (tmp_path/"v.csv").read_text().startswith("frame") # nothing is known to replace it with
    r.add(7, {"1": Found(np.ones(4), .5)})
    assert [p.name for p in tmp_path.iterdir()] == ["v.csv"] and len(rows(tmp_path/"v.csv")) == 1
    r.close("end")
    assert json.loads((tmp_path/"v.json").read_text())["objects"]["1"]["frame"] == [7]


def test_mot_rows_keep_the_number_of_their_object(tmp_path):
    "Whoever comes and goes; names are written as UTF-8, and read so"
    r = Recorder(tmp_path, "v", several=True, video=False); at = Found(np.array([1., 2, 3, 4]), .5)
    for i, names in enumerate((["chat", "кот"], ["кот"], ["кот", "猫"], ["猫", "chat"])):
        r.add(i, dict.fromkeys(names, at))
    r.close("end")
    mot = np.loadtxt(tmp_path/"v.mot.txt", delimiter=",")[:, :2].tolist()
    assert mot == [[1, 1], [1, 2], [2, 2], [3, 2], [3, 3], [4, 3], [4, 1]]
    seen = {k: o["frame"] for k, o in json.loads((tmp_path/"v.json").read_text())["objects"].items()}
    assert seen == {"chat": [0, 3], "кот": [0, 1, 2], "猫": [2, 3]}


def test_mot_rows_have_one_scale_of_confidence(folder, tmp_path):
    "Without a judgement it is 1, never the peak of a score map"
    args = [o for b in boxes.values() for o in ("--box", ",".join(map(str, b)))]
    assert track(folder, *args, "--stop", 3, "--no-video", "--out", tmp_path).exit_code == 0
    assert (np.loadtxt(tmp_path/"shots.mot.txt", delimiter=",")[:, 6] == 1).all()
    assert rows(tmp_path/"shots.csv").score.max() > 1.5


def test_configurations(folder, tmp_path):
    assert track_config("siamfc-dither") == configs["siamfc-dither"] and track_config("siamfc", 5) == configs["siamfc"]
    assert [track_config(scales=n).scales for n in (3, 5, 9)] == [3, 5, 9]
    assert config_name("siamfc-3s", track_config(scales=9)) == "siamfc-3s with 9 scales"
    assert config_name("siamfc", configs["siamfc"]) == "siamfc"
    for args, says in (
        (("--scales", 4, "--config", "siamfc"), "3, 5, 9"),
        (("--config", "siamfc-7"), "siamfc-3s"),
        (("--scales", 5), "tries one scale"),
    ):
        r = track(folder, *args, "--out", tmp_path)
        assert r.exit_code == 1 and says in r.output, r.output
    r = track(folder, "--fast")
    assert r.exit_code == 2 and "No such option" in r.output


# ---- bad input

@pytest.mark.parametrize("bad", ["1,2,3", "a,b,c,d", "1,2,0,4", "500,10,20,20", "1,2,nan,4"])
def test_bad_boxes(folder, tmp_path, bad):
    for more in ((), ("--box", "40,30,40,30")):
        r = track(folder, "--box", bad, *more, "--out", tmp_path/"out")
        assert r.exit_code == 1 and "box" in r.output and not (tmp_path/"out").exists()


def test_bad_sources(tmp_path):
    (tmp_path/"empty").mkdir(); (tmp_path/"x.mp4").write_text("hello")
    for source, says in (
        (tmp_path/"none.mp4", "no source"),
        (tmp_path/"empty", "no folder of images"),
        (tmp_path/"x.mp4", "not a video"),
        ("foo://bar", "Protocol not found"),
        ("rtsp:/u:secret@h/x", "no source"),
        ("http://u:secret@127.0.0.1:1/x", "Connection refused"),
    ):
        r = track(source)
        assert r.exit_code == 1 and says in r.output.replace("\n", " ") and "secret" not in r.output, r.output


@pytest.mark.parametrize(
    "args, says",
    [
        (("--start", -1), "0 ≤ start < stop"),
        (("--start", 3, "--stop", 3), "0 ≤ start < stop"),
        (("--start", 6), "6 frames"),
    ],
)
def test_bad_ranges(folder, args, says):
    r = track(folder, *args)
    assert r.exit_code == 1 and says in r.output


@pytest.mark.parametrize("more", [(), ("--no-video",), ("--box", "90,60,30,40", "--no-video")])
def test_the_source_is_not_overwritten(tmp_path, more):
    write_video(tmp_path/"v.mp4", frames); before = (tmp_path/"v.mp4").read_bytes()
    (tmp_path/"there").mkdir(); (tmp_path/"there"/"v.mp4").symlink_to(tmp_path/"v.mp4")
    (tmp_path/"there"/"v.csv").write_text("frame,time,object,x,y,w,h,score\n") # an earlier run's
    for out in (tmp_path, tmp_path/"there"):
        r = track(tmp_path/"v.mp4", "--box", "40,30,40,30", *more, "--out", out)
        assert r.exit_code == 1 and "over the source" in r.output and (tmp_path/"v.mp4").read_bytes() == before
        assert (out/"v.mp4").exists()


@pytest.mark.parametrize("kind", ["csv", "json", "mp4", "mot.txt"])
def test_what_no_run_made_is_not_overwritten(folder, tmp_path, kind):
    mine = tmp_path/f"shots.{kind}"; mine.write_text("mine")
    r = track(folder, *(o for b in boxes.values() for o in ("--box", ",".join(map(str, b)))), "--out", tmp_path)
    assert r.exit_code == 1 and f"{mine} is not of an earlier run" in r.output.replace("\n", " "), r.output
    assert mine.read_text() == "mine" and len(list(tmp_path.iterdir())) == 1
    r = track(folder, "--stop", 2, "--no-video", "--out", tmp_path) # what is not asked for is not in the way
    assert (r.exit_code == 0) == (kind in ("mp4", "mot.txt")) and mine.read_text() == "mine", r.output


def test_a_video_whose_size_changes(tmp_path):
    for name, fs in (("a", frames[:4]), ("b", [f[:96] for f in frames])): write_video(tmp_path/f"{name}.h264", fs)
    (tmp_path/"ab.h264").write_bytes((tmp_path/"a.h264").read_bytes()+(tmp_path/"b.h264").read_bytes())
    # the tracker goes on in the new frame
    for more, n in (((), 1), (("--box", "90,60,30,30", "--box", "40,30,40,30"), 2)):
        r = track(tmp_path/"ab.h264", *more, "--out", tmp_path/"out")
        assert r.exit_code == 0 and "10 frames" in r.output, r.output
        v = VideoFile(tmp_path/"out"/"ab.mp4")
        assert len(rows(tmp_path/"out"/"ab.csv")) == 10*n and v.size == (120, 160) and len(list(v)) == 10
        assert json.loads((tmp_path/"out"/"ab.json").read_text())["sizes"] == {"0": [160, 120], "4": [160, 96]}


def test_images_of_other_depths(tmp_path):
    grey = frames[0][..., 0]
    for name, im in (
        ("grey.png", grey),
        ("opaque.png", np.dstack([frames[0][..., ::-1], np.full_like(grey, 255)])),
        ("deep.png", grey.astype(np.uint16)*257),
    ):
        cv2.imwrite(str(tmp_path/name), im)
    np.testing.assert_array_equal(read_still(tmp_path/"grey.png"), np.dstack([grey]*3))
    np.testing.assert_array_equal(read_still(tmp_path/"opaque.png"), frames[0])
    np.testing.assert_array_equal(read_still(tmp_path/"deep.png", 16), np.dstack([grey]*3))
    r = track(tmp_path, "--out", tmp_path/"out") # deep.png comes first
    assert r.exit_code == 1 and "deep.png" in r.output and "how many bits" in r.output
    cv2.imwrite(str(tmp_path/"clear.png"), np.dstack([frames[0], np.full_like(grey, 9)]))
    with pytest.raises(ValueError, match="clear.png.*transparent"): list(open_source(tmp_path).frames)


# ---- windows

def test_windows_need_a_display(folder, monkeypatch):
    for k in ("DISPLAY", "WAYLAND_DISPLAY"): monkeypatch.delenv(k, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    for args, says in (
        ([str(folder), "--show", "--box", "1,2,3,4"], "--show: OpenCV cannot open a window"),
        ([str(folder)], "no --box"),
    ):
        r = CliRunner().invoke(app, args)
        assert r.exit_code == 1 and says in r.output and "opencv-python-headless" in r.output, r.output


def test_a_display_that_cannot_be_reached(monkeypatch):
    "OpenCV ends the process that tries: that must not be this one"
    monkeypatch.setenv("DISPLAY", "nowhere:99"); monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(RuntimeError, match="--show: OpenCV cannot open a window"): live.need_window("--show")


def test_a_drawn_box_and_a_window(folder, tmp_path, monkeypatch):
    seen, keys = [], iter([-1, -1, ord("q")])
    monkeypatch.setattr(live, "need_window", lambda what: None)
    monkeypatch.setattr(cv2, "selectROI", lambda *a, **k: tuple(map(int, boxes["1"])))
    monkeypatch.setattr(cv2, "imshow", lambda name, f: seen.append(f.shape))
    monkeypatch.setattr(cv2, "waitKey", lambda ms: next(keys))
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: None)
    r = CliRunner().invoke(
        app, [str(folder), "--show", "--config", "siamfc-dither", "--device", "cpu", "--out", str(tmp_path)]
    )
    assert r.exit_code == 0 and seen == [(120, 160, 3)]*3, r.output
    np.testing.assert_allclose(
        rows(tmp_path/"shots.csv")[["x", "y", "w", "h"]], tracker().track(frames[:3], boxes["1"])[0], atol=6e-4
    )
    assert json.loads((tmp_path/"shots.json").read_text())["ended"] == "closed by the user"
    monkeypatch.setattr(cv2, "selectROI", lambda *a, **k: (0, 0, 0, 0))
    r = CliRunner().invoke(app, [str(folder)])
    assert r.exit_code == 1 and "no rectangle" in r.output


# ---- cameras and streams

class Still:
    "Finds everything where it was, at once"
    cfg, device, judge, computed = TrackConfig(), "cpu", None, "nothing"
    @classmethod
    def pretrained(cls, *args, **kwargs): return cls()
    def init(self, frame, box): self.box = np.array(box)
    def update(self, frame): return self.box, 1.


class Camera:
    "cv2.VideoCapture of a camera that gives `frames` and stops"
    def __init__(self, number):
        self.left = [f[..., ::-1] for f in frames] if number == 0 else []
        self.there = number < 2
        self.released = False
        Camera.last = self
    def isOpened(self): return self.there
    def get(self, what): return 0.
    def read(self): return (True, self.left.pop(0)) if self.left else (False, None)
    def release(self): self.released = True


@pytest.mark.parametrize(
    "number, n, says",
    [
        (0, 6, "camera 0 stopped after 6 frames"),
        (1, 0, "camera 1 gives no frames"),
        (2, 0, "camera 2 cannot be opened"),
    ],
)
def test_a_camera_that_stops(tmp_path, monkeypatch, number, n, says):
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    r = track(number, "--late", "--out", tmp_path/"out")
    assert r.exit_code == 1 and says in r.output, r.output
    if not n: return
    want, _ = tracker().track(frames, boxes["1"])
    np.testing.assert_allclose(rows(tmp_path/"out"/"camera0.csv")[["x", "y", "w", "h"]], want, atol=6e-4)
    assert len(VideoFile(tmp_path/"out"/"camera0.mp4")) == 6 and Camera.last.released


def test_a_camera_that_is_told_to_stop(tmp_path, monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    r = track("/dev/video0", "--late", "--stop", 3, "--out", tmp_path)
    assert r.exit_code == 0 and "3 frames" in r.output and len(rows(tmp_path/"camera0.csv")) == 3
    assert Camera.last.released
    assert json.loads((tmp_path/"camera0.json").read_text())["ended"] == "--stop"


class Ticking(Camera):
    "A camera that takes 50 frames per second, 100 of them, each brighter than the last"
    def __init__(self, number):
        super().__init__(number)
        self.left = [np.full((32, 40, 3), 2*i, np.uint8) for i in range(100)]
        self.there = True
        self.next = None
    def read(self):
        self.next = time.monotonic() if self.next is None else self.next+.02
        time.sleep(max(0, self.next-time.monotonic()))
        return super().read()


class Slow(Still):
    "Looks at a frame for a tenth of a second"
    seen = []
    def update(self, frame): self.seen.append(int(frame[0, 0, 0])//2); time.sleep(.1); return self.box, 1.


def test_late_frames_of_a_camera_are_dropped_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", Ticking); monkeypatch.setattr(live, "Tracker", Slow); Slow.seen.clear()
    r = track(0, "--box", "5,5,20,20", "--out", tmp_path)
    assert r.exit_code == 1 and "stopped after 100 frames" in r.output, r.output # nobody asked it to
    d, j = rows(tmp_path/"camera0.csv"), json.loads((tmp_path/"camera0.json").read_text())
    assert len(d)+j["dropped"] == 100 and j["dropped"] > 50
    assert f"{len(d)} frames, {j['dropped']} late ones dropped" in r.output.replace("\n", " ")
    # the last one is never dropped
    assert d.frame.tolist() == list(range(len(d))) and Slow.seen == sorted(Slow.seen) and Slow.seen[-1] == 99
    np.testing.assert_allclose(d.time[1:], np.array(Slow.seen)*.02, atol=.05) # each has the time at which it was taken
    v = VideoFile(tmp_path/"camera0.mp4") # and the video that is written plays as fast as the world went
    np.testing.assert_allclose(v.times, d.time, atol=.002)


def test_an_error_of_a_live_source_comes_after_its_last_frame():
    def pairs(): yield 1, 0.; yield 2, .1; raise TimeoutError("stalled")
    feed = Latest(pairs()); got = []
    with pytest.raises(TimeoutError, match="stalled"):
        for f in feed: got.append(f); time.sleep(.2)
    assert got[-1] == 2 and len(got)+feed.dropped == 2


@pytest.fixture
def server(tmp_path):
    "Serves a video: whole, not at all, or two thirds of it and then silence or the end"
    # to be opened, a transport stream has to be watched for a while
    for k, n in (("ts", 40), ("mp4", 12)): write_video(tmp_path/f"door.{k}", noise(n, (64, 80)))
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args): pass
        def do_GET(self):
            how, name = self.path.strip("/").split("/"); data = (tmp_path/name).read_bytes()
            if how == "gone": return self.send_error(404)
            if how == "mute": return done.wait(30)
            self.send_response(200); self.send_header("Content-Length", str(len(data))); self.end_headers()
            try: self.wfile.write(data if how == "whole" else data[:len(data)*2//3])
            except OSError: return None # the client was satisfied
            if how == "stall": done.wait(30)

    s = ThreadingHTTPServer(("127.0.0.1", 0), Handler); s.daemon_threads = True
    threading.Thread(target=s.serve_forever, daemon=True).start()
    yield f"http://me:secret@127.0.0.1:{s.server_port}"
    done.set(); s.shutdown(); s.server_close()


@pytest.mark.parametrize("name", ["door.ts", "door.mp4"])
def test_a_stream(server, tmp_path, name):
    r = track(f"{server}/whole/{name}", "--start", 3, "--stop", 8, "--no-video", "--out", tmp_path/"out")
    assert r.exit_code == 0, r.output
    want, _ = tracker().track(list(VideoFile(tmp_path/name))[3:8], boxes["1"])
    np.testing.assert_allclose(rows(tmp_path/"out"/"door.csv")[["x", "y", "w", "h"]], want, atol=6e-4)
    assert "secret" not in r.output+(tmp_path/"out"/"door.json").read_text()


@pytest.mark.parametrize("how, says", [("stall", "stalled: nothing came for 1 s"), ("cut", "broke off after")])
@pytest.mark.parametrize("name", ["door.ts", "door.mp4"])
def test_a_stream_that_ends_too_early_keeps_what_was_tracked(server, tmp_path, monkeypatch, name, how, says):
    monkeypatch.setattr(live, "Tracker", Still)
    r = track(f"{server}/{how}/{name}", "--timeout", 20, 1, "--out", tmp_path/"out")
    assert r.exit_code == 1 and says in r.output and "secret" not in r.output, r.output
    n = len(rows(tmp_path/"out"/"door.csv"))
    assert 0 < n < (40 if name == "door.ts" else 12) and f"after {n} frames" in r.output
    assert len(VideoFile(tmp_path/"out"/"door.mp4")) == n


def test_a_stream_that_does_not_answer(server):
    r = track(f"{server}/mute/door.ts", "--timeout", .5, .5)
    assert r.exit_code == 1 and "did not answer within 0.5 s" in r.output
    r = track(f"{server}/gone/door.ts")
    assert r.exit_code == 1 and "404" in r.output
    assert hide("rtsp://a:b@h/x?k=1 --box 1,2,3,4") == "rtsp://h/x --box 1,2,3,4"


# ---- interruptions

endless = """
import sys, time, cv2, numpy as np, torch, typer
from siamfc_nb import tracking
from siamfc_nb.track import live
torch.set_num_threads(1)
class Camera:
    def __init__(self, n): self.rng = np.random.default_rng(0)
    def isOpened(self): return True
    def get(self, what): return 4.
    def read(self): time.sleep(.02); return True, self.rng.integers(0, 255, (120,160,3), np.uint8)
    def release(self): pass
cv2.VideoCapture = Camera
app = typer.Typer(); app.command('track')(live.track_command); app()
"""


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    "Runs of an endless camera, side by side, and how each ended"
    runs = {}
    for s in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        out = tmp_path_factory.mktemp(s.name)
        more = f"0 --box 40,30,40,30 --box 90,60,30,40 --config siamfc-dither --device cpu --out {out}"
        p = subprocess.Popen([sys.executable, "-c", endless, *more.split()], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
        runs[s] = out, p
    try:
        for s, (out, p) in runs.items():
            until, f = time.monotonic()+240, out/"camera0.csv"
            while not (f.exists() and f.read_bytes().count(b"\n") > 2*14):  # 13 whole frames: three seconds and one
                assert p.poll() is None and time.monotonic() < until, (
                    p.stderr.read() if p.poll() is not None else "no rows"
                )
                time.sleep(.02)
            p.send_signal(s)
        return {s: (out, p.wait(60), p.stderr.read()) for s, (out, p) in runs.items()}
    finally:
        for _, p in runs.values(): p.kill()


def check_csv(path):
    "Complete lines, both objects of every frame; returns the frames"
    text = path.read_text(); d = rows(path)
    assert text.endswith("\n") and all(o.count(",") == 7 for o in text.splitlines())
    assert d.frame.tolist() == np.repeat(np.arange(len(d)//2), 2).tolist()
    return len(d)//2


@pytest.mark.parametrize("s, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_finishes_its_files(interrupted, s, status):
    out, code, err = interrupted[s]
    n = check_csv(out/"camera0.csv")
    assert (
        code == status
        and "Traceback" not in err
        and f"interrupted; kept: {n} frames" in err
        and str(out/"camera0.csv") in err
    ), err
    assert len(VideoFile(out/"camera0.mp4")) == n and len(np.loadtxt(out/"camera0.mot.txt", delimiter=",")) == 2*n
    j = json.loads((out/"camera0.json").read_text())
    assert j["ended"] == "interrupted" and j["frames"] == n == len(j["objects"]["2"]["box"])


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
@pytest.mark.parametrize("n, limit", [(3, 50_000), (40, 200_000)]) # met when the last frame has come, or before
def test_a_full_disk_is_told_and_the_boxes_kept(tmp_path, n, limit):
    import resource
    write_video(tmp_path/"v.mp4", noise(n, (240, 320)), crf=10)
    r = subprocess.run(siamfc_call("track", tmp_path/"v.mp4", "--box", "40,30,40,30", "--out", tmp_path/"out"),
                       preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
                       capture_output=True, text=True, timeout=120)
    assert r.returncode == 1 and r.stderr.splitlines()[-1].endswith("v.mp4: file too large"), r.stderr
    assert (tmp_path/"out"/"v.mp4").stat().st_size == limit
    kept = rows(tmp_path/"out"/"v.csv")
    assert kept.frame.tolist() == list(range(len(kept))) and len(kept) >= 3
    if n == 40: assert len(kept) < n and "kept: " in r.stdout and (tmp_path/"out"/"v.json").exists()


def test_a_killed_run_leaves_what_it_had(interrupted):
    out, code, _ = interrupted[signal.SIGKILL]
    n = check_csv(out/"camera0.csv")
    assert code == -signal.SIGKILL and not (out/"camera0.json").exists()
    shown, times = list(VideoFile(out/"camera0.mp4").times), rows(out/"camera0.csv").time.unique()
    np.testing.assert_allclose(shown, times[:len(shown)], atol=.01)
    # the last second may be missing, and frames on their way
    assert len(shown) <= n and (times[len(shown):] >= times[-1]-1.1-2*np.diff(times).max()).all(), (shown, times)


@pytest.fixture
def ctrl_c():
    "Python's own way with Ctrl-C, which a shell takes from what it starts in the background"
    old = signal.signal(signal.SIGINT, signal.default_int_handler); yield
    signal.signal(signal.SIGINT, old)


def test_a_request_to_stop_while_the_source_fails_counts_as_a_stop(tmp_path, ctrl_c):
    def fs():
        yield from frames[:2]
        signal.raise_signal(signal.SIGINT); raise TimeoutError("stalled")
    r = track_to_files(tracker(), Source("s", "s", fs()), {"1": boxes["1"]}, tmp_path)
    assert r.stopped == signal.SIGINT and r.n == 2 == len(rows(tmp_path/"s.csv"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_video_whose_frame_rate_changes(tmp_path):
    "Each frame is tracked once, and is in the table and in the video that is written at its own time"
    with av.open(str(tmp_path/"v.mp4"), "w") as f:
        s = f.add_stream("libx264", rate=25); s.width, s.height, s.pix_fmt = 160, 120, "yuv420p"
        for im, at in zip(frames, (0, 1, 2, 12, 13, 40)):
            fr = av.VideoFrame.from_ndarray(im, format="rgb24")
            fr.pts, fr.time_base = at, Fraction(1, 25)
            f.mux(s.encode(fr))
        f.mux(s.encode())
    r = track(tmp_path/"v.mp4", "--out", tmp_path/"out")
    assert r.exit_code == 0, r.output
    d, v = rows(tmp_path/"out"/"v.csv"), VideoFile(tmp_path/"out"/"v.mp4")
    assert d.frame.tolist() == list(range(6)) and len(list(v)) == 6
    np.testing.assert_allclose(d.time, np.array((0, 1, 2, 12, 13, 40))/25, atol=1e-4)
    np.testing.assert_allclose(v.times, d.time, atol=1e-3)


def test_a_demo_in_a_notebook(monkeypatch):
    "Every frame is shown, with the box of the tracker; interrupting ends it, and the camera is let go"
    import IPython.display
    seen = []
    class Handle:
        def update(self, im): seen.append(im.data)
    monkeypatch.setattr(IPython.display, "display", lambda im, display_id: seen.append(im.data) or Handle())
    monkeypatch.setattr(cv2, "VideoCapture", Camera)
    with pytest.raises(OSError, match="stopped after 6 frames"):
        live.show_live(Still(), open_source(0, late=True), width=80)
    assert len(seen) == 6 and cv2.imdecode(np.frombuffer(seen[0], np.uint8), 1).shape == (60, 80, 3)
    assert Camera.last.released
    def interrupted(): yield from frames[:3]; raise KeyboardInterrupt
    assert live.show_live(Still(), Source("s", "s", interrupted()), {"1": boxes["1"]}) == 3
    with pytest.raises(ValueError, match="no frames in s"): live.show_live(Still(), Source("s", "s", []))
