"""Generated boxes, frames, annotation files, lists, images and videos: a valid result or one sentence of ours.

A bounded, repeatable part runs with the tests. At length, with the figures as JSON:
    python tests/test_fuzz.py --examples 2000 --json data/results/fuzz.json
"""
import faulthandler
import io
import json
import linecache
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from typer.testing import CliRunner

import siamfc_nb
from siamfc_nb.data import readers
from siamfc_nb.data.masks import davis
from siamfc_nb.track.adapters import CvTracker
from siamfc_nb.cli import app
from siamfc_nb.crops import check_box
from siamfc_nb.curation import Crops, curate
from siamfc_nb.evaluation.formats import read_result, read_vot
from siamfc_nb.track.feeds import open_source, read_still
from siamfc_nb.data.images import read_image
from siamfc_nb.track.live import parse_box
from siamfc_nb.report import write_result
from siamfc_nb.evaluation.scores import attributes
from siamfc_nb.crops import to_rgb
from siamfc_nb.multi import MultiTracker
from siamfc_nb.toyworld import toy_video
from siamfc_nb.tracking import Tracker
from siamfc_nb.videos import Video, VideoFile, write_video

OURS, LIMIT = Path(siamfc_nb.__file__).parent, 60 # seconds that one example may take


class Fault(AssertionError):
    "Neither a valid result nor one sentence of ours"


def complaint(e):
    "Why an error is not one sentence of ours; empty if it is"
    last = traceback.extract_tb(e.__traceback__)[-1]
    text = str(e)
    if not isinstance(e, (ValueError, TypeError, OSError)):
        return f"{type(e).__name__} is no error of the input"
    if isinstance(e, OSError) and e.strerror and e.filename is not None:
        return "" # of the system, with the path; the command line makes a sentence of it
    if OURS not in Path(last.filename).parents: return f"raised in {Path(last.filename).name}"
    if "raise " not in linecache.getline(last.filename, last.lineno):
        return f"not raised, but happened in {Path(last.filename).name}:{last.lineno}"
    if not text or "\n" in text or len(text) > 600 or "Traceback" in text: return "not one sentence"
    return ""


def judged(f, *args, must=False):
    "`valid` or `sentence`; a `Fault` is neither, or a refusal where the input was good"
    try:
        f(*args)
        return "valid"
    except Fault: raise
    except Exception as e:
        if why := complaint(e): raise Fault(f"{why}: {type(e).__name__}: {str(e)[:300]}") from e
        if must: raise Fault(f"refused, and nothing is wrong with it: {e}") from e
        return "sentence"


def expect(ok, *what):
    if not ok: raise Fault(" ".join(map(str, what)))


@cache
def tracker(): return Tracker.pretrained("siamfc-dither", "cpu", confidence=True)


@cache
def toy(): return list(toy_video(1, n=4, size=(120, 160), objects=1, occlusion=0).frames)


def good_box(b):
    expect(np.shape(b) == (4,) and np.isfinite(b).all() and min(b[2:]) > 0, "no box:", b)


def good_frame(f):
    expect(isinstance(f, np.ndarray) and f.dtype == np.uint8 and f.ndim == 3 and f.shape[2] == 3 and f.size,
           "no frame:", type(f), getattr(f, "shape", ""))


# ---- boxes

odd_numbers = st.sampled_from([0, -0., 1e-300, 1e300, 2**63, 10**400, True, "7", "x", "", None, 1j, Decimal("3"),
                               Fraction(1, 3), np.float32(3), b"1", [1]])
sizes = st.floats(.01, 300)
places = st.tuples(st.floats(-60, 200), st.floats(-60, 150))
plausible = st.builds(lambda a, w, h: [*a, w, h], places, sizes, sizes)
fractions = st.lists(st.floats(0, 1), min_size=4, max_size=4)
corners = plausible.map(lambda b: [b[0], b[1], b[0]+b[2], b[1]+b[3]])
wild = st.lists(st.one_of(st.floats(), st.integers(), st.floats(-200, 200), odd_numbers), max_size=6)
forms = st.sampled_from([list, tuple, np.array, lambda b: np.array(b, np.float32), lambda b: np.array(b).astype(int),
                         torch.tensor, lambda b: np.array([b]), lambda b: [[o] for o in b],
                         lambda b: dict(enumerate(b)), lambda b: ",".join(map(str, b)), lambda b: np.array(b, object),
                         lambda b: iter(b), lambda b: np.matrix(b), str, set])
arrays = hnp.arrays(st.sampled_from([np.float64, np.float16, np.int8, np.uint64, np.complex64, bool, "U3", "S2",
    "M8[s]"]), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5))
boxes = st.one_of(plausible, wild, st.builds(lambda f, b: f(b), forms, st.one_of(plausible, fractions, corners)),
                  arrays, st.sampled_from([None, "box", object(), {}, [], np.nan, 7, b"1,2,3,4", slice(4), range(4),
                                           range(1, 5)]), st.text(max_size=9))


def box_one(b):
    f = toy()
    tracker().init(f[0], b)
    for g in f[1:3]:
        got, score = tracker().update(g)
        good_box(got)
        expect(np.isfinite(score), "score", score)


def box_many(b):
    m = MultiTracker(tracker())
    m.init(toy()[0], {"a": b, "b": [30, 40, 20, 20]})
    for k, (got, _) in m.update(toy()[1]).items(): good_box(got)


def box_track(b):
    got, scores = tracker().track(toy()[:2], b)
    expect(got.shape == (2, 4) and scores.shape == (2,), got.shape)
    good_box(got[1])


def box_text(b):
    good_box(parse_box((b if isinstance(b, str) else ",".join(map(str, b)) if isinstance(b, list) else str(b))[:200]))
def box_check(b): good_box(check_box(b, (120, 160)))


def box_video(b):
    v = Video("v", toy()[:2], {"a": [b, b]})
    expect(v.boxes.shape == (2, 4) and v.boxes.dtype == float, v.boxes.shape)


ways_box = dict(one=box_one, many=box_many, track=box_track, text=box_text, check=box_check, video=box_video)


def try_box(example):
    way, b = example
    usual = way in ("one", "many", "track", "check") and isinstance(b,
        list) and len(b) == 4 and all(isinstance(o, float) for o in b)
    inside = usual and np.isfinite(b).all() and min(b[2:]) >= 8 and min(b[:2]) >= 0 and b[0]+b[
        2] <= 160 and b[1]+b[3] <= 120
    return judged(ways_box[way], b, must=inside)


# ---- frames

sides = st.sampled_from([0, 1, 2, 3, 7, 31, 64, 120])
large = st.integers(31, 200)
shapes = st.one_of(st.tuples(large, large, st.just(3)), st.tuples(large, large, st.just(3)),
                   st.tuples(sides, sides, st.just(3)), st.tuples(sides, sides),
                   st.tuples(sides, sides, st.integers(0, 5)), st.tuples(st.just(3), sides, sides),
                   st.sampled_from([(), (3,), (1, 9000, 3), (9000, 1, 3), (2, 40, 30, 3), (20000, 2, 3),
                                    (600, 800, 3)]))
layouts = dict(plain=lambda a: a, fortran=np.asfortranarray, mirrored=lambda a: a[:, ::-1], upside=lambda a: a[::-1],
               bgr=lambda a: a[..., ::-1], turned=lambda a: a.swapaxes(0, 1), coarse=lambda a: a[::2, ::2],
               step=lambda a: np.repeat(a, 2, 0)[::2], masked=np.ma.masked_array,
               one=lambda a: np.broadcast_to(a[:1, :1], a.shape), swapped=lambda a: a.astype(a.dtype.newbyteorder()),
               inside=lambda a: np.pad(a, [(1, 1)]*2+[(0, 0)]*(a.ndim-2))[1:-1, 1:-1],
               torch=lambda a: torch.from_numpy(a.copy()), list=lambda a: a[:8, :8].tolist())
types = st.sampled_from([np.uint8]*12+[np.int8, np.uint16, np.int32, np.float32, np.float64, np.float16, bool,
    np.complex64, object, "U2", "M8[s]"])


@st.composite
def frames(draw):
    shape, dtype, layout, locked = draw(shapes), draw(types), draw(
        st.sampled_from(sorted(layouts))), draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    a = rng.integers(0, 256, shape).astype(dtype) if dtype != "M8[s]" else np.zeros(shape, dtype)
    if np.dtype(dtype).kind == "f" and a.size and draw(st.booleans()):
        a.flat[0] = draw(st.sampled_from([np.nan, np.inf, -1, 1e30]))
    try: a = layouts[layout](a)
    except (IndexError, ValueError, TypeError): pass # too few dimensions for that
    if locked and isinstance(a, np.ndarray): a.flags.writeable = False
    return a


def box_in(f):
    h, w = (*np.shape(f)[:2], 9, 9)[:2]
    return [w/4, h/4, w/2, h/2]


def frame_track(f):
    got, _ = tracker().track([f]*3, box_in(f))
    expect(got.shape == (3, 4), got.shape)
    good_box(got[2])
    want, _ = tracker().track([np.array(f)]*3, box_in(f))
    expect((got == want).all(), "another box than in a copy:", got[2]-want[2])


def frame_many(f):
    m = MultiTracker(tracker())
    m.init(f, {"a": box_in(f)})
    good_box(m.update(f)["a"][0])


def frame_cv(f):
    t = CvTracker(tracker())
    t.init(f, box_in(f))
    found, b = t.update(f)
    good_box(b)


def frame_rgb(f): good_frame(to_rgb(f, 16 if getattr(f, "dtype", None) == np.uint16 else None))


def frame_next(f): # the first one is good
    tracker().init(toy()[0], [40, 40, 30, 30])
    good_box(tracker().update(f)[0])


def frame_video(f):
    with tempfile.TemporaryDirectory() as d:
        write_video(Path(d)/"v.mp4", [f]*2)
        v = list(VideoFile(Path(d)/"v.mp4"))
        expect(len(v) == 2, len(v), "frames")
        good_frame(v[0])


ways_frame = dict(track=frame_track, many=frame_many, cv=frame_cv, rgb=frame_rgb, next=frame_next, video=frame_video)


def try_frame(example):
    way, f = example
    good = type(f) is np.ndarray and f.dtype == np.uint8 and f.ndim == 3 and f.shape[2] == 3 and min(f.shape[:2]) >= 31
    return judged(ways_frame[way], f, must=good and way != "next")


# ---- texts: what a file of rows or names may look like on disk

@st.composite
def on_disk(draw, lines):
    "Bytes of lines as editors, tools and accidents leave them"
    end, code = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])), draw(
        st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(0, len(lines))),
                     draw(st.sampled_from(["", "  ", "\t", "#", "x,y,w,h", "\x00", "\x1a", ","])))
    b = (end.join(lines)+end*draw(st.integers(0, 3))).encode(code, "replace")
    return draw(damaged(b)) if draw(st.integers(0, 3)) == 0 else b


@st.composite
def damaged(draw, b, flips=True):
    "Bytes that were cut, changed, or have something behind them"
    b = bytearray(b)
    for how in draw(st.lists(st.sampled_from(["flip", "flip", "cut", "behind", "hole", "before"]), min_size=1,
                             max_size=3)):
        at = int(draw(st.floats(0, 1, exclude_max=True))*len(b))
        if how == "flip" and b:
            for k in range(draw(st.integers(1, 8))):
                b[(at+7919*k) % len(b)] ^= draw(st.integers(1, 255))
        elif how == "cut": del b[at:]
        elif how == "behind": b += bytes(draw(st.binary(max_size=40)))
        elif how == "before": b[:0] = draw(st.binary(max_size=8))
        elif how == "hole": b[at:at+draw(st.integers(1, 400))] = b""
    return bytes(b)


usual_numbers = st.one_of(st.integers(-20, 99), st.floats(-20, 99).map(lambda x: round(x, 3)))
odd_tokens = st.sampled_from(["nan", "NaN", "inf", "-inf", "", "x", "1e400", "1e-9", "1,5", "0x10", "1_0", "١", "-",
                              "--1", "NULL", "None", "1e300", "-1", "0", "m0,0,3,2,1,5", "p"])


@st.composite
def tables(draw, columns=(4,), n=3):
    "Rows of a truth: some as they should be, some not"
    k, rows = draw(st.sampled_from(columns)), draw(st.sampled_from([n]*6+[0, 1, n-1, n+1, 40]))
    sep = draw(st.sampled_from([",", "\t", " ", ", ", ";", ",\t"]))
    cell = usual_numbers.map(str)
    cell = st.one_of(cell, cell, cell, cell, cell, odd_tokens) if draw(st.booleans()) else cell
    def row(): return sep.join(draw(st.lists(cell, min_size=k, max_size=k)))
    lines = [row() for _ in range(rows)]
    if lines and draw(st.booleans()):
        lines[draw(st.integers(0, len(lines)-1))] = draw(
            st.sampled_from(["", "0", "1", "2", "nan", "nan,nan,nan,nan", "0,0,0,0", "m1,1,2,2,0,4", "1,2,3",
                             "1,2,3,4,5", "1,2,-3,4", "{}", sep*3]))
    return draw(on_disk(lines))


@st.composite
def clean_tables(draw, n=3):
    "Rows as published, in any of the usual delimiters, and what they mean"
    b = [[draw(st.integers(1, 40)), draw(st.integers(1, 30)), draw(st.integers(1, 20)), draw(st.integers(1, 15))]
         for _ in range(n)]
    sep, end = draw(st.sampled_from([",", "\t", " ", ", "])), draw(st.sampled_from(["\n", "\r\n"]))
    return draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))+end.join(sep.join(map(str, r))
        for r in b).encode()+draw(st.sampled_from([b"", b"\n", b"\r\n\r\n"])), b


@cache
def jpeg(): return cv2.imencode(".jpg", cv2.resize(toy()[0][..., ::-1], (64, 48)))[1].tobytes()


def write(path, b):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b if isinstance(b, bytes) else b.encode())
    return path
def put_frames(folder, n=3, name="{:08d}.jpg"):
    [write(folder/name.format(i+1), jpeg()) for i in range(n)]
    return folder


def good_video(v, n=3):
    expect(len(v) == n, len(v), "frames of", n)
    good_frame(v.frames[0])
    for k, b in v.tracks.items():
        expect(b.shape == (n, 4), "track", b.shape)
        there = np.isfinite(b).all(1)
        expect(np.isnan(b[~there]).all(), "a row is neither a box nor NaN:", b.tolist())
        expect((b[there][:, 2:] > 0).all(), "no area:", b.tolist())
    return v


# ---- annotation files

def read_otb(d, b):
    write(d/"Toy/groundtruth_rect.txt", b)
    put_frames(d/"Toy/img", name="{:04d}.jpg")
    return good_video(readers.otb(d)[0])
def read_vot_truth(d, b):
    write(d/"list.txt", "toy\n")
    write(d/"toy/groundtruth.txt", b)
    put_frames(d/"toy")
    return good_video(readers.vot(d)[0])
def read_folder(d, b):
    return good_video(readers.image_folder(put_frames(d/"toy"), write(d/"truth.txt", b)))


def read_got(d, b, **more):
    s = put_frames(d/"train/GOT-10k_Train_000001")
    write(s/"groundtruth.txt", b)
    for k, o in more.items(): write(s/k.replace("_label", ".label").replace("_ini", ".ini"), o)
    return good_video(readers.got10k(d, cache=False)[0])


def label(k): return lambda d, b: read_got(d, "1,2,10,9\n"*3, **{k: b})
def result(d, b): expect(read_result(write(d/"r.txt", b), 3).shape == (3, 4))


def vot_result(d, b):
    r = read_vot(write(d/"r.txt", b), np.array([[5, 5, 20, 20]]*3, float), (48, 64))
    expect(len(r.codes) == len(r.overlaps) == len(r.boxes) == 3, len(r.codes))


def tags(kind):
    def read(d, b):
        if kind == "vot":
            write(d/"list.txt", "toy\n")
            write(d/"toy/groundtruth.txt", "1,2,10,9\n"*3)
            put_frames(d/"toy")
            write(d/"toy/occlusion.tag", b)
            vs = readers.vot(d)
        else:
            write(d/"Toy/groundtruth_rect.txt", "1,2,10,9\n"*3)
            put_frames(d/"Toy/img")
            write(d/"anno/att/Toy.txt", b)
            vs = readers.otb(d)
        with warnings.catch_warnings(): # a sentence of ours, as a warning
            warnings.simplefilter("ignore", UserWarning)
            got = attributes(kind, vs, d)
        for on in got.values(): expect(all(len(o) == 3 for o in on.values()), on)
    return read


def read_xml(d, b):
    root = d/"ILSVRC2015"
    put_frames(root/"Data/VID/train/v", 1, "{:06d}.JPEG")
    write(root/"Annotations/VID/train/v/000001.xml", b)
    return good_video(readers.ilsvrc_vid(root, cache=False)[0], 1)


def read_mask(year):
    def read(d, b):
        put_frames(d/"JPEGImages/480p/v", 1, "{:05d}.jpg")
        write(d/"Annotations/480p/v/00001.png", b)
        return good_video(davis(d, year=year, cache=False)[0], 1)
    return read


readers_of_tables = dict(otb=read_otb, vot=read_vot_truth, got10k=read_got, folder=read_folder, result=result)
odd_tables = dict(readers_of_tables, vot_result=vot_result, vot_tags=tags("vot"), otb_tags=tags("otb"),
                  absence=label("absence_label"), cover=label("cover_label"), meta=label("meta_info_ini"))
columns = dict(vot=(4, 8, 6), vot_result=(4, 1, 8), vot_tags=(1,), absence=(1,), cover=(1, 2), otb_tags=(11, 10),
               meta=(1,))


@st.composite
def xmls(draw):
    v = lambda: draw(st.one_of(usual_numbers.map(str), odd_tokens))
    def box(): return "".join(f"<{k}>{v()}</{k}>" for k in ("xmax", "xmin", "ymax", "ymin"))
    def one():
        head = f"<object><trackid>{v()}</trackid><name>n01</name>"
        return f"{head}<bndbox>{box()}</bndbox><occluded>{v()}</occluded></object>"
    o = "".join(one() for _ in range(draw(st.integers(0, 2))))
    b = f"<annotation><size><width>{v()}</width><height>48</height></size>{o}</annotation>".encode()
    return draw(damaged(b)) if draw(st.integers(0, 2)) == 0 else b


@st.composite
def masks(draw):
    rng = np.random.default_rng(draw(st.integers(0, 50)))
    m = rng.integers(0, 3, (48, 64)).astype(np.uint8)*draw(st.sampled_from([0, 1, 85, 127]))
    m = draw(st.sampled_from([lambda m: m, lambda m: np.dstack([m]*3), lambda m: np.dstack([m]*4),
                              lambda m: m.astype(np.uint16)*257, lambda m: m[:1, :1], lambda m: m[:20]]))(m)
    b = cv2.imencode(".png", m)[1].tobytes()
    return draw(damaged(b)) if draw(st.booleans()) else b


annotations = st.one_of(st.sampled_from(sorted(odd_tables)).flatmap(
    lambda k: st.tuples(st.just(k), tables(columns.get(k, (4,))))),
    st.tuples(st.sampled_from(sorted(readers_of_tables)), clean_tables()), st.tuples(st.just("xml"), xmls()),
    st.tuples(st.sampled_from(["mask2016", "mask2017"]), masks()))


def try_annotation(example):
    how, b = example
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        if isinstance(b, tuple): # a clean one must be read, and rightly
            def read():
                v = readers_of_tables[how](d, b[0])
                if how != "result":
                    np.testing.assert_array_equal(v.boxes, np.array(b[1])-[how == "otb", how == "otb", 0, 0],
                                                  f"{how} reads {b[0]!r}")
            return judged(read, must=True)
        f = dict(odd_tables, xml=read_xml, mask2016=read_mask(2016), mask2017=read_mask(2017))[how]
        return judged(f, d, b)


# ---- lists of names

names = st.sampled_from(["a", "b", "a", "b", "missing", "a ", " b", "../a", "/", "a\x00b", "", ".", "..", "a/", "a b",
                         "A", "ä", "x"*300, "list.txt", "._a", "a,b", "*", "~"])


def list_got(d, b):
    for k in "ab": write(put_frames(d/"train"/k)/"groundtruth.txt", "1,2,10,9\n"*3)
    write(d/"train/list.txt", b)
    return readers.got10k(d, cache=False)


def list_vot(d, b):
    for k in "ab": write(put_frames(d/k)/"groundtruth.txt", "1,2,10,9\n"*3)
    write(d/"list.txt", b)
    return readers.vot(d)


def list_davis(d, b):
    for k in "ab":
        put_frames(d/"JPEGImages/480p"/k, name="{:05d}.jpg")
        [write(d/f"Annotations/480p/{k}/{i+1:05d}.png",
               cv2.imencode(".png", np.eye(48, 64, dtype=np.uint8)*255)[1].tobytes()) for i in range(3)]
    write(d/"ImageSets/480p/val.txt", b)
    return davis(d, "val", cache=False)


clean_lists = b"a\nb\n", b"\xef\xbb\xbfa\r\nb\r\n", b"\n\na\n\nb", "a\nb\n".encode("utf-16")
ways_list = dict(got10k=list_got, vot=list_vot, davis=list_davis)
lists = st.tuples(st.sampled_from(sorted(ways_list)),
                  st.one_of(st.lists(names, max_size=5).flatmap(on_disk), st.sampled_from(clean_lists)))


def try_list(example):
    how, b = example
    clean = b in clean_lists
    with tempfile.TemporaryDirectory() as d:
        got = []
        res = judged(lambda: got.append(ways_list[how](Path(d), b)), must=clean)
        for k in got[0].names if got else ():
            if judged(lambda: good_video(got[0][k]), must=clean) == "sentence":
                res = "sentence" # a video that its list names and that is not there
        if clean: expect(got[0].names == ["a", "b"], got[0].names)
        return res


# ---- images

@cache
def pictures():
    f, g = cv2.resize(toy()[0], (64, 48))[..., ::-1], np.arange(48*64, dtype=np.uint16).reshape(48, 64)
    made = [(".jpg", f, []), (".jpg", f, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
            (".jpg", f, [cv2.IMWRITE_JPEG_RST_INTERVAL, 2]), (".jpg", f[..., 0], []), (".png", f, []), (".png", g, []),
            (".png", np.dstack([f, f[..., :1]]), []), (".png", np.dstack([f, np.full_like(f[..., :1], 255)]), []),
            (".bmp", f, []), (".webp", f, []), (".tif", f, []), (".tif", g, [])]
    return [(e, cv2.imencode(e, a, o)[1].tobytes()) for e, a, o in made]


@st.composite
def images(draw):
    end, b = draw(st.sampled_from(pictures()))
    k = draw(st.integers(0, 5))
    if k == 0: return end, b, True
    if k == 1 and end in (".jpg", ".png"):
        return end, b+draw(st.binary(min_size=1, max_size=99)), True # a whole picture with something behind it
    if k == 2:
        end = draw(st.sampled_from([".jpg", ".png", ".bmp", ".tiff"])) # a name that promises something else
    return end, draw(damaged(b)), False


ways_image = dict(image=lambda p: good_frame(read_image(p)), still=lambda p: good_frame(read_still(p, 16)),
                  frames=lambda p: good_frame(readers.image_folder(p.parent).frames[0]),
                  source=lambda p: [good_frame(f) for f in open_source(p.parent, bits=16).frames])


def try_image(example):
    way, (end, b, whole) = example
    with tempfile.TemporaryDirectory() as d:
        return judged(ways_image[way], write(Path(d)/"x"/f"0{end}", b), must=whole and way in ("image", "frames"))


# ---- videos

@cache
def films():
    "Encoded videos of four to nine frames, and how many there are to be seen; none of sound alone"
    codecs = [("libx264", "mp4"), ("libx264", "mkv"), ("libx264", "ts"), ("libx264", "mov"), ("mpeg4", "avi"),
              ("mpeg4", "mp4"), ("mjpeg", "avi"), ("libvpx", "webm"), ("ffv1", "mkv"), ("gif", "gif"),
              ("libx265", "mp4"), ("mpeg2video", "mpg"), ("png", "mov")]
    made = []
    for k, (codec, kind) in enumerate(codecs):
        for n, rate, odd in ((9, Fraction(30000, 1001), False), (4, Fraction(25), True)):
            out = io.BytesIO()
            out.name = f"v.{kind}"
            try:
                with av.open(out, "w", format=dict(ts="mpegts", mkv="matroska", mpg="mpeg").get(kind, kind),
                             options={"movflags": "frag_keyframe+empty_moov"} if odd and kind in ("mp4", "mov")
                             else {}) as c:
                    s = c.add_stream(codec, rate=rate,
                                     options={"x265-params": "log-level=none"} if codec == "libx265" else {})
                    s.width, s.height = (80, 64)
                    s.pix_fmt = dict(mjpeg="yuvj420p", gif="rgb8", png="rgb24").get(codec, "yuv420p")
                    for i in range(n):
                        fr = av.VideoFrame.from_ndarray(np.ascontiguousarray(cv2.resize(toy()[i % 4], (80, 64))),
                                                        format="rgb24")
                        if odd and kind in ("mp4", "mkv"):
                            fr.pts, fr.time_base = i*i+i, Fraction(1, 25) # a variable rate
                        c.mux(s.encode(fr))
                    c.mux(s.encode())
            except (av.FFmpegError, ValueError): continue # a build of FFmpeg without it
            made.append((kind, out.getvalue(), n))
    mp4 = made[0][1]
    k = mp4.find(b"tkhd")
    o = k+8+(32 if mp4[k+4] == 1 else 20)+16
    # a display matrix of 90, 180 and 270 degrees
    for turn in ((0, 1, -1, 0, 64, 0), (-1, 0, 0, -1, 80, 64), (0, -1, 1, 0, 0, 80)):
        a, b, c, d, x, y = turn
        made.append(("mp4", mp4[:o]+struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, x << 16, y << 16,
            1 << 30)+mp4[o+36:], 9))
    return made


@cache
def no_films():
    "Containers without a frame to be seen"
    made = [("mp4", b"", 0), ("mkv", b"hello", 0)]
    for kind, codec in (("mp4", "aac"), ("mkv", "aac"), ("wav", "pcm_s16le")):
        out = io.BytesIO()
        out.name = f"v.{kind}"
        with av.open(out, "w", format=dict(mkv="matroska").get(kind, kind)) as c:
            s = c.add_stream(codec, rate=16000)
            fr = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
            fr.sample_rate = 16000
            for p in (*s.encode(fr), *s.encode()): c.mux(p)
        made.append((kind, out.getvalue(), 0))
    out = io.BytesIO()
    out.name = "v.mkv"
    with av.open(out, "w", format="matroska") as c:
        s = c.add_stream("libx264", rate=25)
        s.width, s.height, s.pix_fmt = 80, 64, "yuv420p"
        c.start_encoding()
    made.append(("mkv", out.getvalue(), 0))
    return made


@st.composite
def videos(draw):
    k = draw(st.integers(0, 6))
    kind, b, n = draw(st.sampled_from(no_films() if k == 0 else films()))
    if k in (1, 2): return kind, b, n
    if k == 3:
        kind = draw(st.sampled_from(["mp4", "avi", "webm", "MP4", "bin"]))
        return kind, b, n or None
    return kind, (b[:int(draw(st.floats(0, 1))*len(b))] if draw(st.booleans()) else draw(damaged(b))), None


def video_all(p, n):
    v = VideoFile(p)
    fs = list(v)
    expect(len(fs) == len(v), len(fs), "frames, and a length of", len(v))
    seen(fs, v, n)


def video_index(p, n):
    v, fs = VideoFile(p), []
    while len(fs) < len(v): # a damaged one may turn out shorter on the way
        try: fs.append(v[len(fs)])
        except IndexError: expect(len(v) == len(fs), len(v), "frames, and no frame", len(fs))
    seen(fs, v, n)
    if fs:
        expect((v[-1] == fs[-1]).all() and (v[0] == fs[0]).all(), "another frame at the same place")


def seen(fs, v, n):
    expect(n is None or len(fs) == n, len(fs), "frames of", n)
    for f in fs: good_frame(f)
    if n: expect(all(f.shape[:2] == tuple(v.size) for f in fs), "size", v.size, fs[0].shape)


def video_source(p, n):
    fs = list(islice(open_source(p).frames, 50))
    expect(n is None or len(fs) == n, len(fs), "frames of", n)
    [good_frame(f) for f in fs]


def video_track(p, n):
    v = VideoFile(p)
    h, w = v.size
    got, _ = tracker().track(v, [w/4, h/4, w/2, h/2])
    expect(n is None or len(got) == n, len(got), "boxes of", n)


ways_video = dict(all=video_all, index=video_index, source=video_source, track=video_track)


def try_video(example):
    way, (kind, b, n) = example
    with tempfile.TemporaryDirectory() as d:
        return judged(ways_video[way], write(Path(d)/f"v.{kind}", b), n, must=bool(n))


# ---- datasets with damage in them: curation costs what is damaged, and says so

@cache
def tree():
    with tempfile.TemporaryDirectory() as d:
        for s in range(2):
            readers.write_ilsvrc_vid(toy_video(s, n=3, size=(60, 80), objects=1, occlusion=0), d)
        return {p.relative_to(d): p.read_bytes() for p in sorted(Path(d).rglob("*.*"))}


@cache
def crops_of_the_whole():
    with tempfile.TemporaryDirectory() as d:
        for p, b in tree().items(): write(Path(d)/"t"/p, b)
        return curate(readers.ilsvrc_vid(Path(d)/"t", cache=False), Path(d)/"c")["crops"]


@st.composite
def trees(draw):
    p = draw(st.sampled_from(sorted(tree())))
    how = draw(st.sampled_from(["damage", "damage", "damage", "empty", "gone", "beside"]))
    if how == "beside":
        return p.with_name(
            draw(st.sampled_from(["._"+p.name, ".DS_Store", "Thumbs.db", "x.txt"]))), b"\0\5\x16\7", None, 0
    return (p, draw(damaged(tree()[p])) if how == "damage" else b"", how == "gone",
            1 if p.suffix == ".JPEG" and how != "gone" else 3)


def try_tree(example):
    path, b, gone, cost = example
    def run():
        with tempfile.TemporaryDirectory() as d:
            for p, o in ({k: o for k, o in tree().items() if not (gone and k == path)}
                         | ({} if gone else {path: b})).items():
                write(Path(d)/"t"/p, o)
            r = curate(readers.ilsvrc_vid(Path(d)/"t", cache=False), Path(d)/"c")
            expect(crops_of_the_whole()-cost <= r["crops"], r, "expected at least", crops_of_the_whole()-cost, "crops")
            expect(all("\n" not in m and "Traceback" not in m for m in r["messages"]), r["messages"])
    return judged(run, must=True)


# ---- shards of a curation with damage in them: refused by name, or what can still be read

@cache
def curated():
    with tempfile.TemporaryDirectory() as d:
        for p, b in tree().items(): write(Path(d)/"t"/p, b)
        curate(readers.ilsvrc_vid(Path(d)/"t", cache=False), Path(d)/"c")
        return {p.relative_to(Path(d)/"c"): p.read_bytes() for p in sorted((Path(d)/"c").rglob("*.*"))}


@st.composite
def shards(draw):
    p = draw(st.sampled_from(sorted(p for p in curated() if p.suffix == ".arrow")))
    b = curated()[p]
    if draw(st.booleans()): return p, draw(damaged(b))
    head = 4000
    return p, draw(damaged(b[:head]))+b[head:] # its schema, lengths and texts


def try_shard(example):
    path, b = example
    with tempfile.TemporaryDirectory() as d:
        for p, o in (curated() | {path: b}).items(): write(Path(d)/p, o)
        return judged(lambda: [good_frame(t[i]) for t in Crops(d, 1) for i in range(len(t))])


# ---- the command line

words = st.sampled_from(["v.mp4", "cut.mp4", "text.mp4", "none.mp4", "folder", ".", "", "0.0.mp4", "-1", "x", "ncc",
                         "1,2,3,4", "10,10,20,20", "nan", "1e9", "cpu", "gpu", "siamfc-3s", "siamfc-dither", "davis",
                         "otb", "got10k", "a,b", "\x00", "é", "7", "0", "-7", "2.5"])
options = dict(track=["--box", "--out", "--config", "--device", "--start", "--stop", "--bits", "--scales", "--weights"],
               curate=["--split", "--every", "--size", "--quality", "--jobs", "--backend"],
               eval=["--tracker", "--work", "--out", "--timeout", "--weights", "--device"],
               demo=["--video", "--box", "--config", "--out"], toy=["--videos", "--frames"])
right = ["track v.mp4 --box 10,10,20,20 --out out --config siamfc-dither",
         "track folder --box 10,10,20,20 --out out --no-video --config siamfc-3s",
         "demo --video v.mp4 --box 10,10,20,20 --out out --config siamfc-dither", "toy toys --videos 1 --frames 2",
         "curate ilsvrc-vid tree crops --size 127", "eval otb otb --tracker ncc --work work --out otb.json"]


@st.composite
def commands(draw):
    "A command that is right, or that has a word or two in it that are not"
    args = draw(st.sampled_from(right)).split()
    good = list(args)
    for _ in range(draw(st.integers(0, 2))):
        if draw(st.booleans()): args[draw(st.integers(1, len(args)-1))] = draw(words)
        else: args += [draw(st.sampled_from(options[args[0]])), draw(words)]
    return args, args == good


def try_command(example):
    args, good = example
    args, old = [a.replace("\x00", "") for a in args], os.getcwd() # no shell can pass that on
    with tempfile.TemporaryDirectory() as d:
        try:
            os.chdir(d)
            b = next(b for kind, b, _ in films() if kind == "mp4")
            for n, o in {"v.mp4": b, "cut.mp4": b[:len(b)*2//3], "text.mp4": b"hello",
                         "otb/Toy/groundtruth_rect.txt": "1,2,10,9\n"*3}.items():
                write(Path(n), o)
            for p, o in tree().items(): write("tree"/p, o)
            put_frames(Path("folder"))
            put_frames(Path("otb/Toy/img"))
            r = CliRunner().invoke(app, args)
        finally: os.chdir(old)
    expect(r.exception is None or isinstance(r.exception, SystemExit), repr(r.exception))
    expect("Traceback" not in r.output, r.output[-300:])
    expect(r.exit_code in (0, 1, 2), "status", r.exit_code)
    if r.exit_code == 1:
        expect(sum(o.startswith("siamfc: ") for o in r.output.splitlines()) == 1, r.output[-300:])
    if good: expect(r.exit_code == 0, r.output[-300:])
    return "sentence" if r.exit_code else "valid"


# ---- the tests, and the long run

def way(ways, what): return st.tuples(st.sampled_from(sorted(ways)), what)


kinds = dict(boxes=(way(ways_box, boxes), try_box, 150), frames=(way(ways_frame, frames()), try_frame, 150),
             annotations=(annotations, try_annotation, 400), lists=(lists, try_list, 150),
             images=(way(ways_image, st.deferred(images)), try_image, 300),
             videos=(way(ways_video, st.deferred(videos)), try_video, 150), trees=(st.deferred(trees), try_tree, 40),
             shards=(st.deferred(shards), try_shard, 60), commands=(commands(), try_command, 15))


@contextmanager
def watched():
    "End the process, with a traceback, if it hangs; warnings of numpy about numbers that are none count as faults"
    faulthandler.dump_traceback_later(LIMIT, exit=True, file=sys.__stderr__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            warnings.simplefilter("ignore", UserWarning)
            yield # those are sentences of ours
    finally: faulthandler.cancel_dump_traceback_later()


def examples(kind, n, each, **how):
    "Call `each` with `n` generated examples"
    tree(), curated(), films(), pictures() # what examples are made from
    @settings(max_examples=n, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=False,
              **how)
    @given(kinds[kind][0])
    def run(example): each(example)
    return run


@pytest.mark.parametrize("kind", kinds)
def test_valid_or_one_sentence(kind):
    got = Counter()
    def each(example):
        with watched(): got[kinds[kind][1](example)] += 1
    examples(kind, kinds[kind][2], each, derandomize=True)()
    assert got["valid"] and got["sentence"] or kind == "trees", got


def child(kind, n, start, log):
    "Examples of one kind, a line in a file before and after each"
    def each(example):
        print(json.dumps(dict(example=repr(example)[:400])), file=log, flush=True)
        t = time.perf_counter()
        with watched():
            try: r = dict(outcome=kinds[kind][1](example))
            except Fault as e: r = dict(outcome="fault", why=str(e)[:400])
            except Exception as e: r = dict(outcome="fault", why=f"{type(e).__name__}: {e}"[:400])
        print(json.dumps(dict(r, seconds=time.perf_counter()-t)), file=log, flush=True)
    seed(start)(examples(kind, n, each))()


def long_run(kind, n, start):
    "As many examples in processes of their own; one that dies costs an example, and is counted"
    rows = []
    while (left := n-len(rows)) > 0:
        with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as f:
            p = subprocess.run([sys.executable, __file__, "--child", kind, "--examples", str(left), "--seed",
                                str(start), "--json", f.name], stderr=subprocess.PIPE, text=True, check=False)
            got = [json.loads(o) for o in f if o.endswith("\n")]
        for a, b in zip(got[::2], got[1::2]): rows.append(a | b)
        if p.returncode:
            rows.append(dict(got[-1] if got else {}, outcome="hang" if "Timeout" in p.stderr else "death",
                             why=p.stderr[-400:], seconds=0.))
        start += 1
        if not got: raise RuntimeError(p.stderr[-2000:])
    return rows[:n]


def main():
    import argparse
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--examples", type=int, default=2000, help="of all kinds together")
    a.add_argument("--seed", type=int)
    a.add_argument("--json", default="runs/fuzz.json", help="file for the figures")
    a.add_argument("--kinds", default=",".join(kinds))
    a.add_argument("--child", help="(used by itself)")
    o = a.parse_args()
    start = random.SystemRandom().randrange(2**31) if o.seed is None else o.seed
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if o.child:
        with open(o.json, "w") as log: return child(o.child, o.examples, start, log)
    chosen = o.kinds.split(",")
    weights = {k: kinds[k][2] for k in chosen}
    res, bad = {}, []
    for k in chosen:
        rows = long_run(k, max(o.examples*weights[k]//sum(weights.values()), 1) if k != chosen[-1]
                        else o.examples-sum(r["examples"] for r in res.values()), start)
        outcomes = Counter(r["outcome"] for r in rows)
        slow = max(rows, key=lambda r: r["seconds"])
        res[k] = dict(examples=len(rows), outcomes=dict(outcomes), slowest_seconds=round(slow["seconds"], 3))
        bad += [dict(kind=k, **r) for r in rows if r["outcome"] not in ("valid", "sentence")]
        print(k, res[k], flush=True)
    for r in {r["kind"]+re.sub(r"[\W\d_]+", " ", re.sub(r"/tmp/\S+", "", r["why"]))[:60]: r for r in bad}.values():
        print(f"{r['kind']}: {r['outcome']}: {r['why']}\n    {r.get('example')}") # one of each sort
    total = Counter()
    [total.update(r["outcomes"]) for r in res.values()]
    import hypothesis
    print(write_result(o.json, examples=sum(r["examples"] for r in res.values()), outcomes=dict(total), kinds=res,
                       seed=start, limit_seconds=LIMIT, hypothesis=hypothesis.__version__))
    sys.exit(bool(bad))


if __name__ == "__main__": main()
