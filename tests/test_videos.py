"Pictures and videos as players show them: upright, whole, at their times, by any name"
import copy
import gc
import io
import json
import os
import pickle
import re
import struct
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import cv2
import numpy as np
import pytest
import typer
from PIL import Image, ImageCms
from torch.utils.data import DataLoader
from typer.testing import CliRunner

from siamfc_nb.app.maps import load_clip
from siamfc_nb.cli import friendly
from siamfc_nb.data.images import decode_image, read_image, tiff_flaw
from siamfc_nb.data.readers import image_folder
from siamfc_nb.data.recordings import Unreadable, local_path, packets_of, source_kind
from siamfc_nb.track import live
from siamfc_nb.track.configs import TrackConfig
from siamfc_nb.track.feeds import open_source, read_still
from siamfc_nb.videos import Video, VideoFile, VideoWriter, exact_rate, write_video

app = typer.Typer()
app.command("track")(friendly(live.track_command))


def bar(i, size=(64, 160)):
    "A frame that says its number: a white bar of that many times two pixels"
    im = np.full((*size, 3), 40, np.uint8); im[:, :2*i+2] = 230
    return im


def number(im): return round(((im[im.shape[0]//2, :, 0] > 128).sum()-2)/2)


def encode(path, frames, rate=25, codec="libx264", options=None, pix_fmt="yuv420p", pts=None, base=None, set_up=None,
           **context):
    "A video as others write it"
    with av.open(f"file:{path}", "w") as f:
        s = f.add_stream(codec, rate=rate, options=options or {})
        s.height, s.width, s.pix_fmt = *frames[0].shape[:2], pix_fmt
        if base: s.codec_context.time_base = base
        for k, v in context.items(): setattr(s.codec_context, k, v)
        if set_up: set_up(s)
        for i, im in enumerate(frames):
            fr = im if isinstance(im, av.VideoFrame) else av.VideoFrame.from_ndarray(im, format="rgb24")
            if pts: fr.pts, fr.time_base = pts[i], base
            f.mux(s.encode(fr))
        f.mux(s.encode())
    return path


def remux(source, path, keep=lambda p: True, shift=0):
    "As `ffmpeg -c copy`: some packets, `shift` seconds earlier"
    with av.open(str(source)) as i, av.open(str(path), "w") as o:
        s = i.streams.video[0]; so = o.add_stream_from_template(s); at = int(shift/s.time_base)
        for p in i.demux(s):
            if p.dts is not None and keep(p): p.pts -= at; p.dts -= at; p.stream = so; o.mux(p)
    return path


def check_numbers(v, want):
    "Length, iteration, indices from both ends and slices tell the same frames"
    want = list(want)
    assert len(v) == len(want)
    assert [number(f) for f in v] == want and len(v) == len(want)
    assert [number(v[i]) for i in (-1, 0, len(want)//2, 1-len(want))] == [
        want[-1], want[0], want[len(want)//2], want[1]]
    assert [number(f) for f in v[-3:]] == want[-3:] and [number(f) for f in v[:5:2]] == want[:5:2]
    assert len(v.times) == len(want) and v.times[0] == 0 and (np.diff(v.times) > 0).all()
    with pytest.raises(IndexError): v[len(want)]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    "A folder, and its address"
    d = tmp_path_factory.mktemp("served")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args): pass
        def do_GET(self):
            data = (d/self.path.strip("/")).read_bytes()
            self.send_response(200); self.send_header("Content-Length", str(len(data))); self.end_headers()
            try: self.wfile.write(data)
            except OSError: pass

    s = ThreadingHTTPServer(("127.0.0.1", 0), Handler); s.daemon_threads = True
    threading.Thread(target=s.serve_forever, daemon=True).start()
    yield d, f"http://127.0.0.1:{s.server_port}"
    s.shutdown(); s.server_close()


class Still:
    "Finds everything where it was, at once"
    cfg, device, judge, computed = TrackConfig(), "cpu", None, "nothing"
    @classmethod
    def pretrained(cls, *args, **kwargs): return cls()
    def init(self, frame, box): self.box = np.array(box)
    def update(self, frame): return self.box, 1.


@pytest.fixture
def track(monkeypatch):
    "The command, with a tracker that costs nothing"
    monkeypatch.setattr(live, "Tracker", Still)
    return lambda source, out, *more: CliRunner().invoke(app, [str(source), "--box", "10,10,20,20", "--out", str(out),
                                                               *map(str, more)])


# ---- slices

def test_slices_in_any_order_decode_once(tmp_path, monkeypatch):
    "Also where the file promised more frames than there are"
    v, begun = VideoFile(encode(tmp_path/"v.mp4", [bar(i) for i in range(30)])), []
    decode = VideoFile.decode
    monkeypatch.setattr(VideoFile, "decode", lambda self: begun.append(1) or decode(self))
    back = slice(None, None, -1), slice(20, 5, -4), slice(-1, -40, -7), slice(40, None, -1)
    for s in (*back, slice(None), slice(3, 3)):
        begun.clear()
        assert [number(f) for f in v[s]] == list(range(30))[s] and len(begun) <= 1, s
    for s in (slice(-3, None), slice(None, None, -1), slice(31, 28, -1)):
        v.n = 33
        assert [number(f) for f in v[s]] == list(range(30))[s] and len(v) == 30, s


# ---- processes and threads

forked = """
import os, sys, threading
from siamfc_nb.videos import VideoFile
v = VideoFile(sys.argv[1])
v[20]
it = iter(v); next(it) # somebody is on the way, too
held = threading.Thread(target=v._lock.acquire); held.start(); held.join() # as by a thread that decodes
pid = os.fork()
if pid:
    v._lock = threading.RLock()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
which = (25, 3) if pid else (30, 5)
print(*(int((v[i][32, :, 0] > 128).sum()) for i in which), flush=True)
if pid: print(len(list(it)))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_opens_the_file_anew(tmp_path):
    "And ends: what it inherited is neither used nor closed"
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(40)])
    args = [sys.executable, "-c", forked, str(tmp_path/"v.mp4")]
    r = subprocess.run(args, capture_output=True, text=True, timeout=60)
    assert r.returncode == 0, r.stderr
    got = [[round((int(o)-2)/2) for o in l.split()] for l in r.stdout.splitlines()[:2]]
    assert got == [[30, 5], [25, 3]] and r.stdout.splitlines()[2] == "39"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS ends a child that is forked once torch is loaded")
def test_workers_of_a_loader_read_one_file(tmp_path):
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(40)])
    v = VideoFile(tmp_path/"v.mp4"); v[20]
    loader = DataLoader(v, batch_size=None, num_workers=2, multiprocessing_context="fork", timeout=60)
    assert [number(np.asarray(f)) for f in loader] == list(range(40))


def test_threads_share_a_file(tmp_path):
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(40)])
    v = VideoFile(tmp_path/"v.mp4"); which = [5, 30, 2, 17, 39, 0, 21, 8]*3
    with ThreadPoolExecutor(8) as pool:
        assert [number(f) for f in pool.map(v.__getitem__, which)] == which
        assert [[number(f) for f in fs] for fs in pool.map(v.__getitem__, [slice(3, 9), slice(2, 5)])] == [
            [3, 4, 5, 6, 7, 8], [2, 3, 4]]
    assert number(pickle.loads(pickle.dumps(v))[4]) == 4 == number(copy.copy(v)[4])


# ---- orientation

stored = np.full((96, 160, 3), 40, np.uint8); stored[10:30, 100:140] = 220, 40, 40; stored[60:80, 10:20] = 40, 220, 40


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_orientation(server, tmp_path, track, degrees, mirrored):
    "Files and streams alike, and the video that is written stands upright without a matrix"
    d, address = server; p = d/f"r{degrees}{mirrored}.mp4"
    encode(p, [stored]*5,
           set_up=lambda s: s.set_display_rotation(degrees, hflip=mirrored) if degrees or mirrored else None)
    want = np.rot90(stored, degrees//90)
    want = want[:, ::-1] if mirrored else want # degrees are counted against the clock
    v = VideoFile(p)
    assert v.size == want.shape[:2] and len(v) == 5
    for im in (v[0], v[-1], v[1:3][0], list(v)[2], next(iter(open_source(p).frames)),
               list(open_source(f"{address}/{p.name}").frames)[-1]):
        assert im.shape == want.shape and np.abs(im.astype(int)-want).mean() < 10 and im.flags.c_contiguous
    if not mirrored and int(cv2.__version__.split('.')[0]) >= 5: # OpenCV 4 turns some, and mirrors none
        shown = cv2.VideoCapture(str(p)).read()[1][..., ::-1] # what OpenCV shows
        assert np.abs(shown.astype(int)-v[0]).mean() < 10
    for name, source in (("file", p), ("stream", f"{address}/{p.name}")):
        r = track(source, tmp_path/name)
        assert r.exit_code == 0, r.output
        j = json.loads((tmp_path/name/f"{p.stem}.json").read_text())
        # mirrored first, then clockwise
        assert (j.get("rotation", 0), j.get("mirrored", False)) == (degrees if mirrored else -degrees % 360, mirrored)
        w = VideoFile(tmp_path/name/f"{p.stem}.mp4")
        assert w.size == want.shape[:2] and not any(w.turn)


def test_a_video_that_is_shown_askew_is_refused(tmp_path, track):
    c = int(2**.5/2*2**16)
    encode(tmp_path/"a.mp4", [stored]*3, set_up=lambda s: s.set_display_matrix([c, c, 0, -c, c, 0, 0, 0, 1 << 30]))
    with pytest.raises(Unreadable, match="a.mp4.*rotated by 45°: expected 0, 90, 180 or 270"):
        list(VideoFile(tmp_path/"a.mp4"))
    r = track(tmp_path/"a.mp4", tmp_path/"out")
    assert r.exit_code == 1 and "rotated by 45°" in r.output


def test_pictures_are_upright(tmp_path):
    ex = Image.Exif(); ex[0x112] = 6
    Image.fromarray(stored).save(tmp_path/"a.jpg", exif=ex, quality=95)
    Image.fromarray(stored[..., 0].astype(np.uint16)*257).save(tmp_path/"deep.png", exif=ex)
    for im in (read_image(tmp_path/"a.jpg"), read_still(tmp_path/"a.jpg")):
        assert im.shape == (160, 96, 3) and np.abs(im.astype(int)-np.rot90(stored, 3)).mean() < 5
    np.testing.assert_array_equal(read_still(tmp_path/"deep.png", 16)[..., 0], np.rot90(stored[..., 0], 3))


# ---- frames that can be shown

def test_an_edit_list(server, tmp_path, track):
    "Frames in front of the cut are stored, and shown by nobody"
    d, address = server
    encode(tmp_path/"whole.mp4", [bar(i) for i in range(60)], gop_size=30)
    remux(tmp_path/"whole.mp4", d/"cut.mp4", shift=.8)
    with av.open(str(d/"cut.mp4")) as f: assert f.streams.video[0].frames == 60 # the header counts what is stored
    check_numbers(VideoFile(d/"cut.mp4"), range(20, 60))
    s = open_source(f"{address}/cut.mp4")
    assert s.n == 40 and [number(f) for f in s.frames] == list(range(20, 60))
    for source in (d/"cut.mp4", f"{address}/cut.mp4"):
        r = track(source, tmp_path/"out", "--start", 35)
        assert r.exit_code == 0 and "5 frames" in r.output, r.output
        assert json.loads((tmp_path/"out"/"cut.json").read_text())["ended"] == "end of the source"


opengop = {"x264-params": "open-gop=1:keyint=20:min-keyint=20:scenecut=0:bframes=3:b-adapt=0"}


def test_a_piece_of_a_broadcast(server, tmp_path, track):
    "A transport stream that is cut anywhere starts with what nobody can decode, and ends in the middle of a packet"
    d, address = server
    encode(tmp_path/"whole.ts", [bar(i) for i in range(70)], options=opengop)
    data = (tmp_path/"whole.ts").read_bytes()
    for k, part in enumerate((slice(len(data)//3, None), slice(len(data)//3, len(data)*4//5),
                              slice(0, len(data)*4//5-77))):
        p = d/f"part{k}.ts"; p.write_bytes(data[part])
        shown = [number(f) for f in VideoFile(p)]
        with av.open(str(p)) as f: packets = sum(q.size > 0 for q in f.demux(video=0))
        assert 10 < len(shown) <= packets and (len(shown) < packets or k == 2) and shown == sorted(set(shown))
        # the last ones come in another order than they are shown
        assert shown[:-3] == list(range(shown[0], shown[0]+len(shown)-3))
        check_numbers(VideoFile(p), shown)
        for source in (p, f"{address}/part{k}.ts"):
            r = track(source, tmp_path/"out")
            assert r.exit_code == 0 and f"{len(shown)} frames" in r.output, r.output


@pytest.mark.parametrize("kind", ["mkv", "mp4"])
def test_an_open_group_of_pictures_at_the_start(tmp_path, kind):
    "The first keyframe is followed by pictures that refer to the one before it: they are left out"
    encode(tmp_path/"whole.mp4", [bar(i) for i in range(70)], options=opengop)
    with av.open(str(tmp_path/"whole.mp4")) as f: keys = [p.pts for p in f.demux(video=0) if p.is_keyframe and p.size]
    begun = []
    def keep(p): begun.append(p.pts == keys[1]); return any(begun)
    remux(tmp_path/"whole.mp4", tmp_path/f"cut.{kind}", keep)
    shown = [number(f) for f in VideoFile(tmp_path/f"cut.{kind}")]
    assert shown[-1] == 69 and shown == list(range(shown[0], 70)) and len(shown) >= 50
    check_numbers(VideoFile(tmp_path/f"cut.{kind}"), shown)


@pytest.mark.parametrize("name, codec", [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4")])
def test_a_file_that_is_really_cut_off(tmp_path, name, codec):
    "Fewer packets than its header promises: the frames before it are delivered, then the error"
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 255, (64, 160, 3), np.uint8) for _ in range(60)]
    if name == "a.mp4": write_video(tmp_path/"whole.mp4", frames) # its index stands first
    else: encode(tmp_path/f"whole{name[1:]}", frames, codec=codec)
    data = (tmp_path/f"whole{name[1:]}").read_bytes(); (tmp_path/name).write_bytes(data[:len(data)//2])
    got = []
    with pytest.raises(Unreadable, match=f"{name} is truncated"):
        for f in VideoFile(tmp_path/name): got.append(f)
    assert 10 < len(got) < 60


@pytest.mark.parametrize("suffix,whole", [("mp4", range(10, 20)), ("avi", [19])])
def test_a_file_that_ends_within_its_last_frame(server, suffix, whole):
    "The torn packet is no frame, whether the decoder shows some of it or gives up, and with it what it held back"
    d, address = server; path = d/f"torn.{suffix}"
    noise = np.random.default_rng(0).integers(0, 255, (20,48,64,3), np.uint8)
    if suffix == "mp4": write_video(path, noise) # its index stands first
    else: encode(path, noise)
    with av.open(str(path)) as f: last = max((p for p in f.demux(video=0) if p.size), key=lambda p: p.pos)
    path.write_bytes(path.read_bytes()[:last.pos+last.size//2])
    with pytest.raises(Unreadable, match="frames can be decoded, its header promises 20") as e:
        list(VideoFile(path).decode())
    assert int(re.search(r"(\d+) frames can", str(e.value))[1]) in whole
    with pytest.raises(ConnectionError, match="broke off"): list(open_source(f"{address}/{path.name}").frames)

def test_damage_in_the_middle_is_told(tmp_path):
    "Forty frames of MJPEG, of which one is not a picture"
    encode(tmp_path/"m.avi", [bar(i) for i in range(40)], codec="mjpeg", pix_fmt="yuvj420p")
    with av.open(str(tmp_path/"m.avi")) as f: e = list(f.streams.video[0].index_entries)[25]
    data = bytearray((tmp_path/"m.avi").read_bytes())
    at = data.find(b"\xff\xd8", e.pos)
    data[at:at+e.size-8] = b"\0"*(e.size-8)
    (tmp_path/"broken.avi").write_bytes(data)
    got = []
    with pytest.raises(Unreadable, match="broken.avi is damaged after frame 25 of 40"):
        for f in VideoFile(tmp_path/"broken.avi"): got.append(number(f))
    assert got == list(range(25))


def test_hidden_frames_and_gifs(tmp_path):
    encode(tmp_path/"a.webm", [bar(i) for i in range(40)], codec="libvpx",
           options={"auto-alt-ref": "1", "lag-in-frames": "16", "b": "300k"})
    check_numbers(VideoFile(tmp_path/"a.webm"), range(40))
    ims = [Image.fromarray(bar(i)) for i in range(15)]
    for name, kw in (("a.gif", {}), ("a.png", {}), ("a.webp", dict(lossless=True))):
        ims[0].save(tmp_path/name, save_all=True, append_images=ims[1:], duration=[70, 70, 60]*5, loop=0, **kw)
        v = VideoFile(tmp_path/name); check_numbers(v, range(15))
        assert abs(v.fps-15) < .2, v.fps
        np.testing.assert_allclose(v.times, np.cumsum([0]+[.07, .07, .06]*5)[:15], atol=.002)
        s = open_source(tmp_path/name); assert s.n == 15 == len(list(s.frames))


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.gif"])
def test_moving_pictures_with_a_colour_profile(tmp_path, name):
    "PyAV frees the name of a PNG's profile twice: without care the process ends here, when Python collects"
    ims = [Image.fromarray(bar(i)) for i in range(5)]
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ims[0].save(tmp_path/name, save_all=True, append_images=ims[1:], duration=40, lossless=True, icc_profile=icc)
    for fs in (VideoFile(tmp_path/name), open_source(tmp_path/name).frames):
        assert [number(f) for f in fs] == [0, 1, 2, 3, 4]
    gc.collect()


def test_jpegs_one_after_the_other(tmp_path):
    "A stream of them is a video, by its name; one with something behind it stays a picture"
    jpegs = [Image.fromarray(bar(i)) for i in range(4)]
    with open(tmp_path/"a.mjpeg", "wb") as f:
        for im in jpegs: im.save(f, "JPEG")
    s = open_source(tmp_path/"a.mjpeg"); assert s.n == 4 and [number(f) for f in s.frames] == [0, 1, 2, 3]
    (tmp_path/"a.jpg").write_bytes((tmp_path/"a.mjpeg").read_bytes()); assert open_source(tmp_path/"a.jpg").n == 1


def test_a_webp_that_does_not_move_and_one_that_is_cut(tmp_path):
    Image.fromarray(stored).save(tmp_path/"one.webp", lossless=True)
    for fs in (VideoFile(tmp_path/"one.webp"), open_source(tmp_path/"one.webp").frames):
        np.testing.assert_array_equal(list(fs), [stored])
    ims = [Image.fromarray(bar(i)) for i in range(5)]
    ims[0].save(tmp_path/"a.webp", save_all=True, append_images=ims[1:], lossless=True)
    data = (tmp_path/"a.webp").read_bytes(); (tmp_path/"a.webp").write_bytes(data[:len(data)*2//3])
    with pytest.raises(Unreadable, match="a.webp is truncated"): VideoFile(tmp_path/"a.webp")


# ---- no video

def test_sound_with_and_without_a_cover(tmp_path, track):
    def sound(path, cover=None):
        with av.open(str(path), "w") as f:
            s = f.add_stream("aac" if path.suffix == ".m4a" else "libmp3lame", rate=44100)
            if cover is not None:
                c = f.add_stream("mjpeg", rate=1); c.height, c.width, c.pix_fmt = 64, 64, "yuvj420p"
                c.disposition = av.stream.Disposition.attached_pic
                f.mux(c.encode(av.VideoFrame.from_ndarray(cover, format="rgb24"))); f.mux(c.encode())
            n = s.codec_context.frame_size or 1152
            for i in range(10):
                fr = av.AudioFrame.from_ndarray(np.zeros((1, n), np.float32), format="fltp", layout="mono")
                fr.sample_rate, fr.pts = 44100, i*n; f.mux(s.encode(fr))
            f.mux(s.encode())
    sound(tmp_path/"a.m4a"); sound(tmp_path/"b.mp3", np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(Unreadable, match="a.m4a holds no video stream: expected a video"): VideoFile(tmp_path/"a.m4a")
    with pytest.raises(Unreadable, match="b.mp3 holds no video stream, only a cover picture"):
        VideoFile(tmp_path/"b.mp3")
    r = track(tmp_path/"a.m4a", tmp_path/"out")
    assert r.exit_code == 1 and "holds no video stream" in r.output and not (tmp_path/"out").exists()


def test_headers_with_flipped_bytes_are_videos_or_a_sentence(tmp_path):
    encode(tmp_path/"m.avi", [bar(i) for i in range(4)], codec="mpeg4")
    data, rng = (tmp_path/"m.avi").read_bytes(), np.random.default_rng(0)
    for k in range(60):
        b = bytearray(data)
        b[int(rng.integers(0, 400))] ^= 1 << int(rng.integers(8))
        (tmp_path/"x.avi").write_bytes(b)
        try: n = sum(1 for _ in VideoFile(tmp_path/"x.avi"))
        except Unreadable as e: assert "x.avi" in str(e) and "\n" not in str(e)
        else: assert n


# ---- times and rates

@pytest.mark.parametrize("fps, want", [(29.97, Fraction(2997, 100)), (30000/1001, Fraction(30000, 1001)), (
    .4, Fraction(2, 5)), (24000/1001, Fraction(24000, 1001)), (Fraction(25, 2), Fraction(25, 2)), (60, Fraction(60))])
def test_rates_are_exact(tmp_path, fps, want):
    assert exact_rate(fps) == want
    write_video(tmp_path/"a.mp4", [bar(i) for i in range(12)], fps)
    v = VideoFile(tmp_path/"a.mp4")
    assert v.rate == want and v.fps == float(want)
    np.testing.assert_allclose(v.times, np.arange(12)/float(want), atol=2e-5)
    with av.open(str(tmp_path/"a.mp4")) as f: assert f.streams.video[0].average_rate == want


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_rates_that_are_none(tmp_path, fps):
    with pytest.raises(ValueError, match="expected frames per second above 0"):
        write_video(tmp_path/"a.mp4", [bar(0)], fps)


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.ts"])
def test_a_variable_frame_rate(tmp_path, track, name):
    "Frames by number, times by the file, and both in what is written"
    at = [0, 1, 2, 12, 13, 40, 41, 90]
    encode(tmp_path/name, [bar(i) for i in range(8)], pts=at, base=Fraction(1, 25))
    v = VideoFile(tmp_path/name); check_numbers(v, range(8))
    np.testing.assert_allclose(v.times, np.array(at)/25, atol=.002)
    np.testing.assert_allclose([t for _, t in v.timed()], np.array(at)/25, atol=.002)
    r = track(tmp_path/name, tmp_path/"out", "--start", 2, "--stop", 7)
    assert r.exit_code == 0, r.output
    times = np.genfromtxt(tmp_path/"out"/"v.csv", delimiter=",", names=True)["time"]
    np.testing.assert_allclose(times, np.array(at)[2:7]/25, atol=.002)
    np.testing.assert_allclose(VideoFile(tmp_path/"out"/"v.mp4").times, times-times[0], atol=.002)


def test_the_shape_of_pixels_is_kept(tmp_path, track):
    for name, turn in (("a.mp4", 0), ("b.mp4", 90)):
        encode(tmp_path/name, [stored]*3, sample_aspect_ratio=Fraction(4, 3), set_up=lambda s,
               turn=turn: s.set_display_rotation(turn) if turn else None)
        assert track(tmp_path/name, tmp_path/"out").exit_code == 0
        assert VideoFile(tmp_path/name).aspect == Fraction(4, 3)
        assert VideoFile(tmp_path/"out"/name).aspect == (Fraction(3, 4) if turn else Fraction(4, 3))


# ---- kinds of pixels

def test_colours_of_bt_709(tmp_path):
    "A file that is tagged so is decoded so: BT.601 would be 12 grey levels and more away"
    want = np.full((64, 64, 3), (200, 60, 40), np.uint8)
    fr = av.VideoFrame.from_ndarray(want, format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
    with av.open(str(tmp_path/"a.mp4"), "w") as f:
        s = f.add_stream("libx264", rate=25, options={"crf": "1"})
        s.width = s.height = 64; s.pix_fmt = "yuv420p"; s.codec_context.colorspace = 1 # BT.709
        f.mux(s.encode(fr)); f.mux(s.encode())
    with av.open(str(tmp_path/"a.mp4")) as f: assert f.streams.video[0].codec_context.colorspace == 1
    np.testing.assert_allclose(VideoFile(tmp_path/"a.mp4")[0], want, atol=4)


def test_ten_bits_and_odd_sizes(tmp_path, track):
    ims = [bar(i, (63, 161)) for i in range(6)]
    encode(tmp_path/"odd.mkv", ims, codec="ffv1", pix_fmt="bgr0"); v = VideoFile(tmp_path/"odd.mkv")
    assert v.size == (63, 161); np.testing.assert_array_equal(list(v), ims) # lossless
    assert track(tmp_path/"odd.mkv", tmp_path/"out").exit_code == 0
    assert VideoFile(tmp_path/"out"/"odd.mp4").size == (62, 160)
    encode(tmp_path/"ten.mkv", [bar(i) for i in range(6)], codec="ffv1", pix_fmt="yuv420p10le")
    with av.open(str(tmp_path/"ten.mkv")) as f: assert f.streams.video[0].format.name == "yuv420p10le"
    check_numbers(VideoFile(tmp_path/"ten.mkv"), range(6))
    np.testing.assert_allclose(VideoFile(tmp_path/"ten.mkv")[3], bar(3), atol=2)


def test_interlaced_frames_are_whole(tmp_path):
    "Both fields, every line filled"
    rng = np.random.default_rng(0)
    ims = [cv2.resize(rng.integers(60, 200, (8, 10, 3), np.uint8), (160, 128),
                      interpolation=cv2.INTER_CUBIC) for _ in range(8)]
    encode(tmp_path/"i.mp4", ims, options={"crf": "4", "x264-params": "interlaced=1:tff=1"})
    with av.open(str(tmp_path/"i.mp4")) as f: assert next(f.decode(video=0)).interlaced_frame
    v = VideoFile(tmp_path/"i.mp4")
    for k in (0, 5, 3, 7):
        for field in (0, 1): assert np.abs(v[k][field::2].astype(int)-ims[k][field::2]).mean() < 12


@pytest.mark.parametrize("kind", ["ts", "h264"])
def test_a_switch_of_resolution(tmp_path, track, kind):
    "Frames come in their own size by iteration and by index"
    encode(tmp_path/f"a.{kind}", [bar(i) for i in range(6)])
    encode(tmp_path/f"b.{kind}", [bar(i, (96, 200)) for i in range(6, 12)])
    (tmp_path/f"ab.{kind}").write_bytes((tmp_path/f"a.{kind}").read_bytes()+(tmp_path/f"b.{kind}").read_bytes())
    v = VideoFile(tmp_path/f"ab.{kind}")
    assert [f.shape[:2] for f in v] == [(64, 160)]*6+[(96, 200)]*6 and [number(f) for f in v] == list(range(12))
    assert v[-1].shape == (96, 200, 3) and v[2].shape == (64, 160, 3) and len(v) == 12
    r = track(tmp_path/f"ab.{kind}", tmp_path/"out")
    assert r.exit_code == 0 and "12 frames" in r.output, r.output
    assert json.loads((tmp_path/"out"/"ab.json").read_text())["sizes"] == {"0": [160, 64], "6": [200, 96]}
    assert [f.shape[:2] for f in VideoFile(tmp_path/"out"/"ab.mp4")] == [(64, 160)]*12


# ---- names

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has neither /dev nor /proc, and links need a right there")
no_such_name = pytest.mark.skipif(os.name == "nt", reason='Windows allows none of :|" in a name')
names = ["2031-05-01T12:30:05", "-dash", "a%03d", "a[1-3]", "two words", "přátelé 视频", "file", "100%", "http:x",
         "concat:a|b", "it's \"q\""]


@pytest.mark.parametrize("stem", [pytest.param(o, marks=no_such_name) if set(o) & set(':|"') else o for o in names])
def test_names_are_names(tmp_path, monkeypatch, track, stem):
    monkeypatch.chdir(tmp_path)
    write_video(f"{stem}.mp4", [bar(i) for i in range(5)])
    (tmp_path/stem).mkdir(); cv2.imencode(".png", bar(7))[1].tofile(tmp_path/stem/f"{stem}.png")
    for p in (f"{stem}.mp4", f"./{stem}.mp4", tmp_path/f"{stem}.mp4", f"file:{stem}.mp4",
              f"file:{tmp_path}/{stem}.mp4"):
        assert [number(f) for f in open_source(p).frames] == list(range(5)) == [number(f) for f in VideoFile(p)]
    for p in (f"{stem}.mp4", (tmp_path/f"{stem}.mp4").as_uri()):
        assert local_path(p).resolve() == tmp_path/f"{stem}.mp4"
    assert number(read_image(f"{stem}/{stem}.png")) == 7 == number(next(iter(open_source(stem).frames))) == number(
        open_source(f"{stem}/{stem}.png").frames[0])
    assert number(image_folder(stem).frames[0]) == 7 == number(VideoFile(f"{stem}/{stem}.png")[0])
    r = track(f"./{stem}.mp4", "out")
    assert r.exit_code == 0, r.output
    assert len(list(VideoFile(f"out/{stem}.mp4"))) == 5 and (tmp_path/"out"/f"{stem}.csv").exists()
    assert not any(o.suffix == ".part" for o in (tmp_path/"out").iterdir())


@pytest.mark.parametrize("text, want", [
    ("0", ("camera", 0)), ("12", ("camera", 12)), pytest.param("/dev/video3", ("camera", 3), marks=posix),
    ("rtsp://a:b@h/x", ("stream", "rtsp://a:b@h/x")), ("HTTP://h/x", ("stream", "HTTP://h/x")),
    ("srt://h:9", ("stream", "srt://h:9"))])
def test_what_is_not_a_file(text, want): assert source_kind(text) == want


@pytest.mark.parametrize("text", ["", "nowhere.mp4", "a:b", "http:/half", "rtsp:/u:secret@h/x", "x"*5000, "a\0b",
                                  "file:///nowhere.mp4", "-1", "1.5", "/dev/null"])
def test_what_is_nothing(text):
    with pytest.raises(FileNotFoundError, match="expected a video file, a folder") as e: source_kind(text)
    assert "secret" not in str(e.value)


def test_a_camera_that_is_not_there(capfd):
    "One sentence of ours, and nothing of OpenCV's; what drivers of other systems write, it cannot keep back"
    with pytest.raises(OSError, match="camera 97 cannot be opened"): open_source("97")
    assert sys.platform != "linux" or capfd.readouterr() == ("", "")


@posix
def test_a_link_to_a_camera(tmp_path):
    (tmp_path/"cam").symlink_to("/dev/video4")
    assert source_kind(tmp_path/"cam") == ("camera", 4)


# ---- pictures

def jpeg(quality=90, thumbnail=False, size=(120, 160), **kw):
    im, b = Image.fromarray(cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8), (0, 0),
                                             3)), io.BytesIO()
    if thumbnail: # as cameras do: a second JPEG, with an end of its own, in the first one's header
        t = io.BytesIO(); im.resize((40, 30)).save(t, "jpeg"); t = t.getvalue()
        tiff = struct.pack("<2sHIHIHHHIIHHII", b"II", 42, 8, 0, 14, 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(t))+b"\0"*4
        kw["exif"] = b"Exif\0\0"+tiff+t
    im.save(b, "jpeg", quality=quality, **kw)
    return b.getvalue()


variants = dict(plain={}, progressive=dict(progressive=True), optimised=dict(optimize=True), thumbnail=dict(
    thumbnail=True), grey444=dict(subsampling=0), restarts=dict(restart_marker_rows=1), poor=dict(quality=1))


@pytest.mark.parametrize("kind", variants)
def test_jpegs_are_whole_or_refused(tmp_path, kind):
    data = jpeg(**variants[kind]); want = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    for more in (b"", b"\0\0\0\x18ftypmp42"+bytes(range(256))*9, b"\xff\xda\0\1", data, b"\xff"*7):
        (tmp_path/"a.jpg").write_bytes(data+more); np.testing.assert_array_equal(read_image(tmp_path/"a.jpg"), want)
    for n in np.linspace(2, len(data)-1, 40).astype(int):
        with pytest.raises(Unreadable): decode_image(data[:n], "cut")
    for n in (len(data)//2, len(data)-2):
        with pytest.raises(Unreadable, match="cut is truncated"): decode_image(data[:n]+b"\0\0\0\x18ftypmp42", "cut")


@pytest.mark.parametrize("side", [65000, 16000, 3000])
def test_a_jpeg_whose_header_lies(tmp_path, side):
    "Larger than any picture, or than its data can fill: nothing is decoded"
    b = bytearray(jpeg())
    k = b.find(b"\xff\xc0")
    b[k+5:k+9] = struct.pack(">HH", side, side)
    (tmp_path/"a.jpg").write_bytes(b)
    for read in (read_image, read_still):
        with pytest.raises(Unreadable, match=f"a.jpg is .*header says {side}×{side}"): read(tmp_path/"a.jpg")


def png_chunks(data):
    at = 8
    while at < len(data): n = int.from_bytes(data[at:at+4], "big"); yield data[at+4:at+8], data[at+8:at+8+n]; at += 12+n


def png(chunks):
    return b"\x89PNG\r\n\x1a\n"+b"".join(struct.pack(">I", len(v))+k+v+struct.pack(">I", zlib.crc32(k+v)) for k,
                                         v in chunks)


def test_pngs_are_whole_or_refused(tmp_path):
    im = bar(9); data = cv2.imencode(".png", im[..., ::-1])[1].tobytes()
    for more in (b"", b"x", b"\0"*5000, data): np.testing.assert_array_equal(decode_image(data+more, "a"), im)
    for n in range(0, len(data), 7):
        with pytest.raises(Unreadable): decode_image(data[:n], "cut")
    cs = list(png_chunks(data))
    np.testing.assert_array_equal(decode_image(png([*cs[:-1], (b"teXt", b"hello"), cs[-1]]), "a"), im)
    bad = bytearray(data); bad[len(data)//2] ^= 1
    with pytest.raises(Unreadable, match="checksum"): decode_image(bytes(bad), "a")
    def header(w, h): return png([(k, struct.pack(">II", w, h)+v[8:] if k == b"IHDR" else v) for k, v in cs])
    for w, h, says in ((30000, 30000, "too large"), (9000, 9000, "too few"), (160, 65, "not an image")):
        with pytest.raises(Unreadable, match=says): decode_image(header(w, h), "a")
    with pytest.raises(Unreadable): decode_image(png([(k, v[:len(v)//2] if k == b"IDAT" else v) for k, v in cs]), "a")


@pytest.mark.parametrize("kind", [".bmp", ".webp", ".tif", ".tiff"])
def test_other_pictures_are_whole_or_refused(tmp_path, kind):
    rng = np.random.default_rng(0); im = rng.integers(0, 255, (48, 64, 3), np.uint8)
    data = cv2.imencode(kind, im, [cv2.IMWRITE_WEBP_QUALITY, 101] if kind == ".webp" else [])[1].tobytes()
    np.testing.assert_array_equal(decode_image(data, "a"), im[..., ::-1])
    for n in (0, 1, 10, len(data)//3, len(data)*2//3, len(data)-20):
        (tmp_path/f"cut{kind}").write_bytes(data[:n])
        for read in (read_image, read_still):
            with pytest.raises(Unreadable, match=f"cut{kind}"): read(tmp_path/f"cut{kind}")


@pytest.mark.parametrize("mode", ["L", "RGB", "I;16"])
def test_a_stack_of_pictures_is_said(tmp_path, mode):
    ims = [Image.new(mode, (9, 8))]*3
    ims[0].save(tmp_path/"one.tif"); ims[0].save(tmp_path/"a.tif", save_all=True, append_images=ims[1:])
    assert read_image(tmp_path/"one.tif").shape == (8, 9, 3)
    with pytest.raises(Unreadable, match="a.tif is a stack of 3 pictures"): list(open_source(tmp_path/"a.tif").frames)
    pages = cv2.imencodemulti(".tif", [np.zeros((8, 9), np.uint8)]*3)[1].tobytes()
    assert "3 pictures" in tiff_flaw(pages) # marked as pages
    small = Image.new("L", (4, 4))
    ims[0].save(tmp_path/"thumb.tif", save_all=True, append_images=[small]) # a smaller copy of it
    assert read_image(tmp_path/"thumb.tif").shape == (8, 9, 3)
    # the large byte first
    page = lambda follows: struct.pack(">HHHIHHHHIHHI", 2, 256, 3, 1, 9, 0, 257, 3, 1, 8, 0, follows)
    head = b"MM\0*"+struct.pack(">I", 8)
    assert tiff_flaw(head+page(0)) == "" and "2 pictures" in tiff_flaw(head+page(38)+page(0))
    assert "2 p" in tiff_flaw(head+page(38)+page(8))


def test_files_that_are_no_pictures(tmp_path, capfd):
    (tmp_path/"text.png").write_text("hello"); (tmp_path/"folder.png").mkdir(); (tmp_path/"empty.jpg").touch()
    im = Image.fromarray(np.arange(4096, dtype=np.uint16).reshape(64, 64)); im.save(tmp_path/"deep.tif")
    data = bytearray((tmp_path/"deep.tif").read_bytes())
    data[8:400] = b"\xff"*392
    (tmp_path/"deep.tif").write_bytes(data)
    for name in ("text.png", "folder.png", "empty.jpg", "deep.tif"):
        with pytest.raises(Unreadable, match=re.escape(name)): read_still(tmp_path/name, 16)
    with pytest.raises(FileNotFoundError, match="no image file"): read_image(tmp_path/"none.png")
    assert not re.search("ERROR|WARN", capfd.readouterr().err) # OpenCV's own words


def test_bits_are_for_deep_pictures_only(tmp_path, track):
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(3)])
    (tmp_path/"f").mkdir()
    cv2.imwrite(str(tmp_path/"f"/"0.png"), bar(0))
    for source, says in ((tmp_path/"v.mp4", "8 bits"), (tmp_path/"f", "8 bits"), ("http://127.0.0.1:1/x", "8 bits")):
        r = track(source, tmp_path/"out", "--bits", 12)
        assert r.exit_code == 1 and says in r.output and "--bits 12" in r.output.replace("\n", " "), r.output


# ---- models and writing

@pytest.mark.parametrize("boxes", [[None, None], ["x", "y"], [[1, 2], [3, 4]], [[1j]*4]*2, [[1, 2, 3], [4]],
                                   [[10**400, 1, 2, 3]]*2, [1, 2, 3, 4, 5, 6, 7, 8]])
def test_tracks_are_numbers(boxes):
    with pytest.raises(ValueError, match="track 'a' of video 'v'.*expected"): Video("v", [bar(0)]*2, {"a": boxes})


def test_a_video_that_cannot_be_written(tmp_path, track):
    with pytest.raises(ValueError, match="at least 2×2"): write_video(tmp_path/"v.mp4", [np.zeros((1, 1, 3), np.uint8)])
    with pytest.raises(ValueError, match="v.xyz: expected a name that ends in .mp4"):
        write_video(tmp_path/"v.xyz", [bar(0)])
    with pytest.raises(OSError): write_video(tmp_path/"none"/"v.mp4", [bar(0)])
    with pytest.raises(ValueError, match="must keep their size"):
        write_video(tmp_path/"w.mp4", [bar(0), bar(1), bar(2)[:40]])
    check = VideoFile(tmp_path/"w.mp4"); assert len(check) == 2 # what came before is kept
    assert write_video(tmp_path/"no.mp4", []) == 0
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(3)])
    for out in (tmp_path/"v.mp4", tmp_path/"v.mp4"/"there"):
        r = track(tmp_path/"v.mp4", out)
        assert r.exit_code == 1 and "expected a folder" in r.output, r.output


@posix
def test_a_folder_that_cannot_be_made(tmp_path, track):
    write_video(tmp_path/"v.mp4", [bar(i) for i in range(3)])
    r = track(tmp_path/"v.mp4", "/proc/x")
    assert r.exit_code == 1 and "/proc/x" in r.output and "Errno" not in r.output, r.output


@pytest.mark.parametrize("threads", [0, 1])
def test_equal_frames_make_equal_files(tmp_path, threads):
    # x264's macroblock tree makes others, also with one thread, once something was decoded in between
    frames, files = load_clip("juice_box").frames[:12], set()
    for _ in range(20):
        write_video(tmp_path/"v.mp4", frames, crf=12, threads=threads)
        files.add((tmp_path/"v.mp4").read_bytes())
        assert len(list(VideoFile(tmp_path/"v.mp4"))) == 12
    assert len(files) == 1


class Full(io.BytesIO):
    "A disk with room for so many bytes"
    def __init__(self, room): super().__init__(); self.room = room
    def write(self, b):
        if self.tell()+len(b) > self.room: raise OSError(28, "No space left on device")
        return super().write(b)


def test_an_error_of_the_encoder_reaches_who_writes():
    "The thread meets it a few frames later; nothing is taken for written after it, and it is told once"
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 255, (240, 320, 3), np.uint8) for _ in range(12)]
    w, n = VideoWriter(Full(100_000), crf=0), 0
    with pytest.raises(OSError, match="No space left"):
        for n in range(200): w.add(noise[n%12])
    for _ in range(4): # nor does it wait for ever for a thread that has ended
        with pytest.raises(OSError, match="No space left"): w.add(noise[0])
    w.close() # there is no room for the index either, which is no news
    assert not w.thread.is_alive()
    w = VideoWriter(Full(100_000), crf=0) # too few frames for the encoder to hand out any: what fails fails in the end
    for f in noise[:2]: w.add(f)
    with pytest.raises(OSError, match="No space left"): w.close()
    with pytest.raises(OSError, match="No space left"): write_video(Full(100_000), noise*4, crf=0)


def test_a_frame_may_change_once_it_is_handed_over(tmp_path):
    w, f = VideoWriter(tmp_path/"v.mp4", crf=0), np.zeros((64, 96, 3), np.uint8)
    for i in range(30): f[:] = 8*i; w.add(f)
    w.close()
    assert np.abs([np.mean(o)-8*i for i, o in enumerate(VideoFile(tmp_path/"v.mp4"))]).max() < 2 # and in order


def test_a_picture_is_drawn_into_a_copy_in_the_thread(tmp_path):
    def light(f): drawn.append(threading.current_thread()); f[:] = 255; return f
    drawn, f = [], np.zeros((64, 96, 3), np.uint8)
    w = VideoWriter(tmp_path/"v.mp4")
    for draw in (light, None, light): w.add(f, draw=draw)
    w.close()
    assert not f.any() and threading.current_thread() not in drawn and len(drawn) == 2
    assert [round(o.mean()) > 128 for o in VideoFile(tmp_path/"v.mp4")] == [True, False, True]
    w = VideoWriter(tmp_path/"w.mp4")
    w.add(f, draw=lambda f: 1/0)
    with pytest.raises(ZeroDivisionError): w.close()


def test_a_writer_that_nobody_closes_ends_its_thread(tmp_path):
    w = VideoWriter(tmp_path/"v.mp4", live=True)
    for i in range(5): w.add(bar(i))
    thread = w.thread
    del w; gc.collect(); thread.join(10)
    assert not thread.is_alive()
    code = f"""if True:
        import numpy as np
        from siamfc_nb.videos import VideoWriter
        w = VideoWriter({str(tmp_path/"w.mp4")!r})
        for _ in range(9): w.add(np.zeros((480, 640, 3), np.uint8))
    """
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0 # nor does it keep a program


def test_a_live_file_can_be_played_at_any_moment(tmp_path):
    w = VideoWriter(tmp_path/"w.mp4", 30, live=True)
    for i in range(8): w.add(bar(i), i*.3) # three frames per second come of the thirty
    (tmp_path/"killed.mp4").write_bytes((tmp_path/"w.mp4").read_bytes())
    w.close()
    killed, closed = VideoFile(tmp_path/"killed.mp4"), VideoFile(tmp_path/"w.mp4")
    assert 4 <= len(list(killed)) <= 8 and len(list(closed)) == 8
    np.testing.assert_allclose(closed.times, np.arange(8)*.3, atol=.001)


def test_frames_of_a_camera_that_writes_exif(tmp_path):
    "MJPEG whose pictures carry EXIF, for which PyAV has no name: read, and as upright as FFmpeg knows"
    shown = []
    for orientation in (1, 6):
        ex, b = Image.Exif(), io.BytesIO(); ex[0x112] = orientation
        Image.fromarray(stored).save(b, "jpeg", exif=ex, quality=95)
        with av.open(str(tmp_path/f"{orientation}.mkv"), "w") as f:
            s = f.add_stream("mjpeg", rate=25); s.height, s.width, s.pix_fmt = 96, 160, "yuvj420p"
            for i in range(3):
                p = av.Packet(b.getvalue())
                p.stream, p.pts, p.dts, p.time_base = s, i, i, Fraction(1, 25)
                p.is_keyframe = True
                f.mux(p)
        shown.append(list(VideoFile(tmp_path/f"{orientation}.mkv")))
    assert len(shown[0]) == len(shown[1]) == 3
    assert np.abs(shown[0][2].astype(int)-stored).mean() < 5
    assert np.abs(shown[1][2].astype(int)-np.rot90(stored, 3)).mean() < 5


class Tripping:
    "A container of PyAV that comes to the packet of a stream it does not know"
    def __init__(self, packets): self.left = iter(packets)
    def demux(self, s):
        for p in self.left: yield [p][0 if p else 1]


def test_streams_that_begin_on_the_way():
    "As in a broadcast, where one programme ends and another begins: the others go on"
    assert list(packets_of(Tripping([1, 2, None, 3, None, None, 4]), None)) == [1, 2, 3, 4]
