"Curation: killed, out of disk, on a cluster, on broken data; and what the shards hold"
import json
import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import cv2
import numpy as np
import psutil
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Collage, Crops, CurateConfig, Skipped, collages, curate, cut_out, left_out
from siamfc_nb.curation import release_filters, statistics, stills, stored_crop
from siamfc_nb.data.masks import davis
from siamfc_nb.data.readers import got10k, ilsvrc_vid, write_ilsvrc_vid
from siamfc_nb.data import shards as shard_files
from siamfc_nb.data.shards import report
from siamfc_nb.files import siamfc_call
from siamfc_nb.pairs import Pairs
from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import Video

DATA = Path(os.environ.get("SIAMFC_DATA", "no-such-folder"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set SIAMFC_DATA to a folder with DAVIS, OTB and VOT")


def siamfc(*args, **kw):
    return subprocess.Popen(siamfc_call(*args),
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **kw)


def command(*args): return CliRunner().invoke(app, [*map(str, args)])


def digests(folder):
    return {p.relative_to(folder).as_posix(): blake2b(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*.*")) if p.suffix != ".png"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    "Ten toy videos in ILSVRC's layout; the seventh is several times as long as the others"
    root = tmp_path_factory.mktemp("toy")/"ILSVRC2015"
    for s in range(10):
        write_ilsvrc_vid(toy_video(s, n=60 if s == 6 else 8, size=(120, 160), objects=2), root)
    return root


said = dict(sources=["ILSVRC2015"]) # what the command notes of such a folder


@pytest.fixture(scope="module")
def whole(tree, tmp_path_factory):
    "The undisturbed curation of it"
    out = tmp_path_factory.mktemp("crops")/"out"
    curate(ilsvrc_vid(tree, cache=False), out, **said)
    return out


def shards(folder): return sorted(folder.glob("data/*.arrow"))


def rows(folder):
    return pa.concat_tables(pa.ipc.open_stream(pa.memory_map(str(p))).read_all() for p in shards(folder)).to_pylist()


# ---- exactly once, whatever happens

@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_and_started_again(tree, whole, tmp_path, jobs):
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--jobs", jobs)
    while len(shards(tmp_path/"out")) < 3:
        assert p.poll() is None, p.stdout.read()
        time.sleep(.002)
    os.killpg(p.pid, signal.SIGKILL)
    p.wait()
    done = {f.name: f.stat().st_mtime_ns for f in shards(tmp_path/"out")}
    assert 3 <= len(done) < 10, "the kill came too late to test anything"
    r = command("curate", "ilsvrc-vid", tree, tmp_path/"out", "--jobs", jobs)
    assert r.exit_code == 0, r.output
    assert digests(tmp_path/"out") == digests(whole)
    assert done == {n: (tmp_path/"out/data"/n).stat().st_mtime_ns for n in done}, "finished work is left alone"


def test_workers_end_with_the_main_process(tree, tmp_path):
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--jobs", 2)
    while not shards(tmp_path/"out"):
        assert p.poll() is None, p.stdout.read()
        time.sleep(.002)
    p.kill()
    p.wait()
    end = time.time()+20 # the main process alone
    def left():
        return [q for q in psutil.process_iter() if q.status() != psutil.STATUS_ZOMBIE and os.getpgid(q.pid) == p.pid]
    while left():
        assert time.time() < end, left()
        time.sleep(.1)


def test_every_box_exactly_once(tree, whole):
    got = Counter((r["video"], r["track"], r["frame"]) for r in rows(whole))
    want = {(v.name, k, i) for v in ilsvrc_vid(tree, cache=False) for k, b in v.tracks.items()
            for i in np.flatnonzero(np.isfinite(b).all(1))}
    assert set(got) == want and max(got.values()) == 1


def test_a_process_for_each_of_two_jobs(tree, whole, tmp_path):
    curate(ilsvrc_vid(tree, cache=False), tmp_path/"out", jobs=2, **said)
    assert digests(tmp_path/"out") == digests(whole)


def test_dask_cluster(tree, whole, tmp_path):
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--backend", "dask", "--jobs", 2)
    assert p.wait() == 0, p.stdout.read()
    assert digests(tmp_path/"out") == digests(whole)


def test_dask_cluster_by_address(tree, whole, tmp_path):
    from dask.distributed import LocalCluster
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as c:
        r = command("curate", "ilsvrc-vid", tree, tmp_path/"out", "--backend", "dask", "--jobs", "-1", "--address",
                    c.scheduler_address)
    assert r.exit_code == 0, r.output
    assert digests(tmp_path/"out") == digests(whole)


def test_full_disk_in_the_middle_of_a_shard(tree, whole, tmp_path):
    sizes = {p.name: p.stat().st_size for p in shards(whole)}
    large = max(sizes, key=sizes.get)
    limit = sizes[large]*2//3
    assert sorted(sizes.values())[-2] < limit
    code = (f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); from siamfc_nb.cli "
            f"import app; app()")
    p = subprocess.run([sys.executable, "-c", code, "curate", "ilsvrc-vid", tree, tmp_path/"out"], capture_output=True,
                       text=True)
    assert p.returncode == 1 and "6 of 10 shards" in p.stderr and "kept" in p.stderr, p.stderr
    assert not [*(tmp_path/"out").rglob("*.part")] and not (tmp_path/"out/data"/large).exists()
    assert command("curate", "ilsvrc-vid", tree, tmp_path/"out").exit_code == 0
    assert digests(tmp_path/"out") == digests(whole)


def test_a_frame_is_decoded_once(tmp_path):
    v, seen = toy_video(2, n=6, objects=3, occlusion=0), Counter()
    class Counting(list):
        def __getitem__(self, i):
            seen[i] += 1
            return v.frames[i]
    curate([Video("v", Counting(v.frames), v.tracks)], tmp_path/"out")
    assert set(seen.values()) == {1}


def test_boxes_of_a_collage_are_where_its_objects_are():
    "A black square on white: its box is where the frame is dark"
    fs, ms, white = [np.zeros((60, 80, 3), np.uint8)]*4, np.zeros((4, 60, 80),
        np.uint8), [np.full((120, 160, 3), 255, np.uint8)]
    ms[:, 20:40, 30:50] = 255
    seen = 0
    for seed in range(8):
        c = Collage([(fs, ms)], white, seed, n=5)
        for f, b in zip(c, c.tracks["0"]):
            if np.isfinite(b).all():
                x, y, w, h = b.astype(int)
                dark = f[..., 0] < 100
                seen += 1
                assert dark[y:y+h, x:x+w].sum() > .95*dark.sum() > 60
    assert seen > 20


# ---- what is refused

def test_another_configuration_is_refused(tree, whole, tmp_path):
    before = digests(whole)
    with pytest.raises(ValueError, match=r"another curation: \{'quality': \(90, 80\)\} \(there, here\)"):
        curate(ilsvrc_vid(tree, cache=False), whole, CurateConfig(quality=80))
    with pytest.raises(ValueError, match="another curation.*'videos': \\(10, 9\\)"):
        curate(ilsvrc_vid(tree, cache=False)[:9], whole)
    assert command("curate", "ilsvrc-vid", tree, whole, "--release-filters").exit_code == 1
    assert digests(whole) == before


def test_stills_and_boxes_of_the_same_videos_are_never_mixed(tree, tmp_path):
    "The names of the videos and what is cut are the same; a folder of crops goes on with neither of the others"
    vs, out = ilsvrc_vid(tree, cache=False)[:2], tmp_path/"out"
    curate(vs, out)
    before = digests(out)
    args = "curate", "ilsvrc-vid", tree, tmp_path/"all"
    r, after = [command(*args), command(*args)], command(*args, "--stills")
    assert [o.exit_code for o in r] == [0, 0] and r[0].output == r[1].output
    assert after.exit_code == 1 and "another curation: {'stills': (None," in after.output, after.output
    with pytest.raises(ValueError, match="another curation.*stills"): curate(stills(vs), out)
    assert digests(out) == before
    curate(stills(vs)[:2], tmp_path/"still"); again = digests(tmp_path/"still")
    curate(stills(vs), tmp_path/"still")
    for other in (vs, stills(vs, n=2)):
        with pytest.raises(ValueError, match="another curation.*stills"): curate(other, tmp_path/"still")
    assert digests(tmp_path/"still") == again


def test_nothing_is_missed_in_stills(tmp_path):
    "A region of one frame is in no other; that is no reason to report it as absent"
    r = curate(stills([toy_video(0, n=6, size=(120, 160))]), tmp_path/"still")
    assert r["crops"] == 8 and r["skipped"] == {}


def test_sources_are_told_later(tree, tmp_path):
    "A folder that does not say what it is cut from is left alone by what is refused, and told by what goes on"
    head = tmp_path/"out/curation.json"
    curate(ilsvrc_vid(tree, cache=False)[:2], tmp_path/"out")
    before = head.read_text()
    with pytest.raises(ValueError, match="another curation"):
        curate(ilsvrc_vid(tree, cache=False)[:1], tmp_path/"out", **said)
    assert head.read_text() == before and "sources" not in before
    curate(ilsvrc_vid(tree, cache=False)[:2], tmp_path/"out", **said)
    assert json.loads(head.read_text()) == json.loads(before) | said


def test_a_folder_with_something_else_in_it_is_refused(tree, tmp_path):
    (tmp_path/"thesis.tex").write_text("all of it")
    with pytest.raises(ValueError, match="is not empty \\(it holds 'thesis.tex'\\) and holds no crops"):
        curate(ilsvrc_vid(tree, cache=False), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("args, says", [(("imagenet", "."), "expected one of ilsvrc-vid"),
    (("davis", "."), "JPEGImages/480p"), (("ilsvrc-vid", "."), "Data/VID/train"), (("got10k", "."), "train"),
    (("ilsvrc-vid", ".", "--backend", "spark"), "loky, dask or ray"),
    (("ilsvrc-vid", ".", "--address", "tcp://a:1"), "--address belongs to"),
    (("ilsvrc-vid", ".", "--collages", 3), "--collages belongs to")])
def test_the_command_says_what_is_wrong(tree, tmp_path, monkeypatch, args, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path/"Annotations/VID/train").mkdir(parents=True)
    if "loky" in says or "belongs" in says: args = (args[0], tree, *args[2:])
    r = command("curate", args[0], args[1], tmp_path/"out", *args[2:])
    assert r.exit_code == 1 and says in r.output and not (tmp_path/"out").exists(), r.output


def test_no_videos(tmp_path):
    with pytest.raises(ValueError, match="no videos"): curate([], tmp_path/"out")


# ---- broken data are counted and said

@pytest.fixture
def broken(tree, tmp_path):
    import shutil
    root = tmp_path/"broken"
    shutil.copytree(tree, root)
    data, anns = (root/k/"VID/train/ILSVRC2015_VID_train_0000" for k in ("Data", "Annotations"))
    def video(i): return data/f"toy_{i:06d}", anns/f"toy_{i:06d}"
    return root, video


def test_broken_images(broken, whole, tmp_path):
    root, video = broken
    d, _ = video(0)
    j = (d/"000003.JPEG").read_bytes()
    (d/"000003.JPEG").write_bytes(j[:len(j)//2])
    (d/"000004.JPEG").write_bytes(b"")
    (d/"000005.JPEG").write_text("hello")
    (d/"000006.JPEG").write_bytes(j[:300])
    # wrong name, but an image
    (d/"000007.JPEG").write_bytes(cv2.imencode(".png", np.zeros((120, 160, 3), np.uint8))[1].tobytes())
    r = curate(ilsvrc_vid(root, cache=False), tmp_path/"out")
    lost = [(r["video"], r["frame"]) for r in rows(whole) if r["video"] == "toy_000000" and 3 <= r["frame"] <= 6]
    assert r["skipped"]["unreadable frame"] == 4
    assert r["crops"] == report(whole)["crops"]-len(lost)
    assert lost
    assert [m.split(" is ")[0][-11:] for m in r["messages"]] == [f"00000{i}.JPEG" for i in (3, 4, 5, 6)]
    assert "truncated" in r["messages"][0]


def test_what_could_not_be_read_is_tried_again(broken, whole, tmp_path):
    "To the byte what it would have been; shards that lost nothing are left alone, and a kill on the way costs nothing"
    root, video = broken
    p, x = video(0)[0]/"000003.JPEG", video(1)[1]/"000002.xml"
    kept = {o: o.read_bytes() for o in (p, x)}
    p.write_bytes(kept[p][:300])
    x.unlink()
    out = tmp_path/"out"
    r = curate(ilsvrc_vid(root, cache=False), out, **said)
    assert r["skipped"]["unreadable frame"] == r["skipped"]["unreadable video"] == 1
    made = {o: o.stat().st_ino for o in shards(out)}
    p.write_bytes(kept[p])
    curate(ilsvrc_vid(root, cache=False), out, **said)
    assert [made[o] != o.stat().st_ino for o in shards(out)][:3] == [True, True, False]
    assert "unreadable frame" not in report(out)["skipped"]
    x.write_bytes(kept[x])
    shards(out)[1].unlink() # killed between the shard of before and that of now
    assert curate(ilsvrc_vid(root, cache=False), out, **said) == report(whole)
    assert digests(out) == digests(whole)


def test_a_killed_start_can_be_started_again(tree, whole, tmp_path):
    "Killed before the first file was whole: what is left over is no stranger's"
    (out := tmp_path/"out").mkdir()
    (out/"curation.json.99.part").write_text("{")
    (out/".DS_Store").write_text("")
    (out/"Thumbs.db").write_text("")
    curate(ilsvrc_vid(tree, cache=False), out, **said)
    (out/".DS_Store").unlink()
    (out/"Thumbs.db").unlink()
    assert digests(out) == digests(whole)
    for p in ("data/train-00003-of-00010.arrow", "reports/00003-of-00010.json"):
        (out/p).with_name(Path(p).name+".7.part").write_bytes((out/p).read_bytes()[:99])
        (out/p).unlink()
    curate(ilsvrc_vid(tree, cache=False), out, **said)
    assert digests(out) == digests(whole)


def test_half_files_of_yours_are_left_alone(tree, whole, tmp_path):
    "Browsers call what is half there .part, too: neither a refused curation nor one that goes on takes it away"
    (mine := tmp_path/"Downloads"/"deep").mkdir(parents=True)
    yours = [mine.parent/"film.mkv.part", mine/"film.2.part"]
    for p in yours: p.write_text("half")
    with pytest.raises(ValueError, match="is not empty"): curate(ilsvrc_vid(tree, cache=False), mine.parent, **said)
    (alone := tmp_path/"alone").mkdir()
    yours.append(alone/"film.mkv.part")
    yours[-1].write_text("half")
    with pytest.raises(ValueError, match="is not empty"): curate(ilsvrc_vid(tree, cache=False), alone, **said)
    shutil.copytree(whole, tmp_path/"out")
    yours.append(tmp_path/"out"/"film.mkv.part")
    yours[-1].write_text("half")
    (left := tmp_path/"out"/"data"/"train.arrow.7.part").write_text("half")
    curate(ilsvrc_vid(tree, cache=False), tmp_path/"out", **said)
    assert [p.read_text() for p in yours] == ["half"]*4 and not left.exists()


def torn(p):
    "Such a JPEG as a flipped bit makes: its header says 65000x65000"
    b = bytearray(p.read_bytes())
    k = b.find(b"\xff\xc0")
    b[k+5:k+9] = struct.pack(">HH", 65000, 65000)
    p.write_bytes(b)


def test_a_damaged_header_costs_one_frame(broken, whole, tmp_path):
    root, video = broken
    torn(video(0)[0]/"000001.JPEG")
    r = curate(ilsvrc_vid(root, cache=False), tmp_path/"out")
    lost = sum(o["video"] == "toy_000000" and o["frame"] == 1 for o in rows(whole))
    assert r["skipped"]["unreadable frame"] == 1
    assert r["crops"] == report(whole)["crops"]-lost
    assert lost
    assert "000001.JPEG" in r["messages"][0]


@pytest.mark.parametrize("spoil", [torn, lambda p: p.write_bytes(b""), lambda p: p.unlink()])
@pytest.mark.parametrize("kind", ["stills", "collages"])
def test_one_bad_image_costs_one_frame_of_stills_and_collages(broken, tmp_path, kind, spoil):
    root, video = broken
    vs = ilsvrc_vid(root, cache=False)[:3]
    def make(vs):
        masks = [np.full((8, 120, 160), 255, np.uint8)[:, 30:-30, 40:-40]]*3
        return stills(vs, every=1) if kind == "stills" else collages(vs, masks, n=6, frames=8)
    vs = [Video(v.name, v.frames, v.tracks) for v in vs]
    want = curate(make(vs), tmp_path/"whole")
    spoil(vs[0].frames.paths[0])
    r = curate(make(vs), tmp_path/"out")
    if kind == "stills":
        assert r["skipped"]["unreadable frame"] == 1 and r["crops"] == want["crops"]-4, "also where it is the first"
    else:
        assert 0 < r["skipped"]["unreadable frame"] < 20
        assert "unreadable video" not in r["skipped"]
        assert r["crops"] > want["crops"]/2
    assert r["videos"] == want["videos"] and "000000.JPEG" in r["messages"][0]


def test_a_mask_that_cannot_be_read_costs_its_frames(tmp_path):
    class Holed(list):
        def __getitem__(self, i):
            if i == 2: raise ValueError("mask 2 is truncated")
            return super().__getitem__(i)
    vs = [toy_video(s, n=6, size=(120, 160)) for s in range(3)]
    masks = [[np.full((120, 160), 255, np.uint8)]*6 for _ in vs]
    c = Collage([(vs[0].frames, Holed(masks[0]))], vs[2].frames, seed=1, n=6)
    assert len(c.unreadable) == 1
    r = curate(collages(vs, [Holed(m) for m in masks], n=4, frames=6), tmp_path/"out")
    assert 4 <= r["skipped"]["unreadable frame"] <= 8
    assert r["crops"] > 8
    assert r["messages"][0] == "mask 2 is truncated"


def test_a_video_that_is_not_there_is_counted(tmp_path):
    for n in ("GOT-10k_Train_000001", "GOT-10k_Train_000003"):
        d = tmp_path/"train"/n
        d.mkdir(parents=True)
        (d/"groundtruth.txt").write_text("1,2,10,20\n"*2)
        for i in range(2):
            # the frames shrink
            cv2.imwrite(str(d/f"{i:08d}.jpg"), np.zeros((40, 50, 3) if i else (80, 100, 3), np.uint8))
    (tmp_path/"train/list.txt").write_text("".join(f"GOT-10k_Train_00000{k}\n" for k in (1, 2, 3)))
    with pytest.warns(UserWarning, match="no folder is there for 1"):
        vs = got10k(tmp_path, cache=False)
    r = curate(vs, tmp_path/"out")
    assert (r["videos"], r["crops"], r["skipped"]) == (3, 4, {"unreadable video": 1})
    assert "GOT-10k_Train_000002" in r["messages"][0]
    assert [o["frame_size"] for o in rows(tmp_path/"out")] == [[80, 100], [40, 50]]*2


def test_a_shard_with_a_damaged_crop(whole, tmp_path):
    "Its pairs are replaced, the same in each process and run, and it is said; all others are as they were"
    import shutil
    shutil.copytree(whole, tmp_path/"out")
    a = Crops(whole)
    t = a[4]
    jpeg = bytes(a.jpegs[int(t.rows[1])].as_py())
    p = next(p for p in shards(tmp_path/"out") if jpeg in p.read_bytes())
    p.write_bytes(p.read_bytes().replace(jpeg, b"\0"*len(jpeg)))
    b = Crops(tmp_path/"out")
    with pytest.raises(ValueError, match=f"the crop of frame {t.frames[1]} of track {t.track!r} of {t.video} is not "
                       f"an image"):
        b[4][1]
    basis = Pairs(a).basis
    def pairs(c):
        ds = Pairs(c, color=0, grey=0)
        ds.basis = basis
        return ds
    good, bad = pairs(a), pairs(b)
    with pytest.warns(UserWarning, match="another pair takes its place"):
        got = [bad[i] for i in range(300)]
    same = sum(np.array_equal(got[i][0], good[i][0]) and np.array_equal(got[i][1], good[i][1]) for i in range(300))
    assert 250 < same < 300 and len(bad.damaged) == 1
    again = pairs(Crops(tmp_path/"out"))
    with pytest.warns(UserWarning):
        assert all(np.array_equal(x, y) for i in range(300) for x, y in zip(again[i], got[i]))


def test_names_that_are_not_told_apart(tmp_path):
    with pytest.raises(ValueError, match="several videos are called 'toy_000001'"):
        curate([toy_video(1, n=3)]*2, tmp_path/"out")


def test_broken_annotation(broken, whole, tmp_path):
    root, video = broken
    (video(1)[1]/"000002.xml").unlink() # fewer rows than frames
    (video(2)[1]/"000000.xml").write_text("<annotation><size>")
    p = video(3)[1]/"000001.xml"
    p.write_text(p.read_text().split("<object>")[0]+"</annotation>") # without objects: all absent
    p = video(4)[1]/"000001.xml"
    t = p.read_text()
    p.write_text(t.replace("<xmax>", "<xmax>90")) # far beyond the frame: cut all the same
    p = video(5)[1]/"000000.xml"
    x0 = (t := p.read_text()).split("<xmin>")[1].split("<")[0]
    p.write_text(t.replace(t.split("<xmax>")[1].split("<")[0], x0, 1)) # no area
    r, w = curate(ilsvrc_vid(root, cache=False), tmp_path/"out"), report(whole)
    per = Counter(o["video"] for o in rows(whole))
    gone3 = sum(o["video"] == "toy_000003" and o["frame"] == 1 for o in rows(whole))
    assert r["skipped"] == {"absent": w["skipped"]["absent"]-absent(whole)+gone3, "unreadable video": 2, "zero area": 1}
    assert r["crops"] == w["crops"]-per["toy_000001"]-per["toy_000002"]-gone3-1
    assert "7 XML files for 8 frames" in r["messages"][0] and "not well-formed" in r["messages"][1]


def absent(whole):
    "Absences in the two videos that could not be read at all"
    vs = ("toy_000001", "toy_000002")
    return sum(8*len({o["track"] for o in rows(whole) if o["video"] == v})-sum(o["video"] == v for o in rows(whole))
               for v in vs)


def test_missing_annotation(broken, tmp_path):
    import shutil
    root, video = broken
    shutil.rmtree(video(8)[1])
    r = curate(ilsvrc_vid(root, cache=False), tmp_path/"out")
    assert r["skipped"]["unreadable video"] == 1 and "toy_000008 does not exist" in r["messages"][0]


def test_boxes_outside_and_of_no_area(tmp_path):
    f = np.zeros((50, 60, 3), np.uint8)
    boxes = [[5, 5, 10, 10], [-20, 5, 30, 10], [70, 5, 10, 10], [5, 5, 0, 10], [5, 5, 10, -1], [-500, -500, 2000, 2000],
             [np.nan]*4]
    r = curate([Video("v", [f]*7, {"a": boxes})], tmp_path/"out")
    assert r["crops"] == 3 and r["skipped"] == {"outside the frame": 1, "zero area": 2, "absent": 1}


@pytest.mark.filterwarnings("error")
def test_boxes_of_any_numbers(tmp_path):
    "Whatever stands in a file of boxes is cut or counted, without a warning of numpy or OpenCV"
    rng, f, n = np.random.default_rng(0), np.zeros((50, 60, 3), np.uint8), 0
    for s in range(120):
        b = 10.**rng.uniform(-12, rng.choice([2, 6, 12, 30, 150, 300]), (8, 4))*rng.choice([-1, 1], (8, 4))
        if s % 3 == 0:
            b[:, 2:] = abs(b[:, 2:])
            b[:, :2] = rng.uniform(0, 40, (8, 2))
        b[s % 8] = (np.nan, np.inf, 0, .5)[s % 4]
        skipped = Skipped()
        n += (k := len(list(cut_out(Video("v", [f]*8, {"a": b}), CurateConfig(), skipped))))
        assert k+sum(skipped.counts.values()) == 8
    assert n > 50
    r = curate([Video("v", [f]*2, {"a": [[.3, .4, .1, .2], [0, 0, 7000, 10]]})], tmp_path/"out")
    assert r["crops"] == 0
    assert r["skipped"] == {"smaller than a pixel": 1, "larger than the frame": 1}


def test_got10k_with_too_few_rows(tmp_path):
    for name, n in (("GOT-10k_Train_000001", 3), ("GOT-10k_Train_000002", 2)):
        d = tmp_path/"train"/name
        d.mkdir(parents=True)
        for i in range(3): cv2.imwrite(str(d/f"{i:08d}.jpg"), np.zeros((40, 50, 3), np.uint8))
        (d/"groundtruth.txt").write_text("1,2,10,20\n"*n)
    r = curate(got10k(tmp_path, cache=False), tmp_path/"out")
    assert r["crops"] == 3 and "2 rows for 3 frames" in r["messages"][0]


# ---- filters of the release

@pytest.mark.parametrize("box, cls, why", [((100, 100, 60, 60), None, ""), ((100, 100, 60, 60), "n04468005", "class"),
    ((100, 100, 20, 20), None, "size"), ((20, 20, 280, 200), None, "size"), ((2, 100, 60, 60), None, "near the edge"),
    ((100, 179, 60, 60), None, "near the edge")])
def test_release_filters(box, cls, why):
    assert left_out(box, (240, 320), cls, CurateConfig(**release_filters)) == why
    assert left_out(box, (240, 320), cls, CurateConfig()) == ""


# ---- what the shards hold

@pytest.fixture
def hub(tmp_path, monkeypatch):
    "Hugging Face's `datasets`, with a cache of its own and without a network"
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True, raising=False)
    return lambda folder, **kw: datasets.load_dataset(str(folder), cache_dir=str(tmp_path/"hf"), **kw)


def test_load_dataset_opens_the_folder(tree, whole, tmp_path, hub):
    "The folder as the command leaves it, picture and reports included"
    assert command("curate", "ilsvrc-vid", tree, tmp_path/"out").exit_code == 0
    assert (tmp_path/"out/statistics.png").exists()
    d = hub(tmp_path/"out")
    ds = d["train"]
    assert list(d) == ["train"]
    assert len(ds) == report(whole)["crops"]
    assert ds.column_names == ["video", "track", "frame", "image", "box", "crop_box", "frame_size", "class"]
    for r, want in zip(ds.select([0, 20, 40]), (rows(whole)[i] for i in (0, 20, 40))):
        # decoded by itself
        np.testing.assert_array_equal(np.array(r["image"]),
                                      cv2.imdecode(np.frombuffer(want["image"]["bytes"], np.uint8),
                                                   cv2.IMREAD_COLOR_RGB))
        assert r["image"].size == (303, 303)
        assert r["frame_size"] == [120, 160]
        assert r["class"] == "toy"
        assert {k: r[k] for k in r if k != "image"} == {k: want[k] for k in want if k != "image"}


def test_load_dataset_streams_and_shuffles(whole, hub):
    n, st = report(whole)["crops"], hub(whole, split="train", streaming=True)
    key = lambda r: (r["video"], r["track"], r["frame"])
    in_order, mixed = [key(r) for r in st], [key(r) for r in st.shuffle(seed=0, buffer_size=64)]
    assert st.num_shards == 10 and in_order == [key(r) for r in rows(whole)] and len(in_order) == n
    assert sorted(mixed) == sorted(in_order) and mixed != in_order
    assert next(iter(st))["image"].size == (303, 303)


def test_dataset_maps_a_shard_without_a_copy(whole):
    datasets = pytest.importorskip("datasets")
    d = datasets.concatenate_datasets([datasets.Dataset.from_file(str(p)) for p in shards(whole)])
    assert len(d) == report(whole)["crops"] and d[20]["image"].size == (303, 303)


def test_crops_of_an_earlier_version(tree, whole, tmp_path):
    "Shards beside their reports, with a column `jpeg`: they can be trained from, not continued"
    out = tmp_path/"old"
    out.mkdir()
    head = json.loads((whole/"curation.json").read_text())
    del head["layout"]
    (out/"curation.json").write_text(json.dumps(head))
    for p in shards(whole):
        t = pa.ipc.open_stream(pa.memory_map(str(p))).read_all()
        t = t.set_column(3, "jpeg", pa.chunked_array([c.field("bytes") for c in t["image"].chunks],
            pa.binary())).replace_schema_metadata(None)
        with pa.ipc.new_stream(str(out/p.name.removeprefix("train-")), t.schema) as w:
            w.write_table(t)
    for p in (whole/"reports").iterdir(): (out/p.name).write_bytes(p.read_bytes())
    a, b = Crops(out), Crops(whole)
    assert len(a) == len(b) > 0
    assert report(out) == report(whole)
    assert statistics(a).equals(statistics(b))
    np.testing.assert_array_equal(a[3][1], b[3][1])
    np.testing.assert_array_equal(Pairs(a)[5][1], Pairs(b)[5][1])
    with pytest.raises(ValueError, match="as an earlier version stored them: they can be trained from, but not "
                       "continued"):
        curate(ilsvrc_vid(tree, cache=False), out, **said)


def test_a_crop_is_where_its_row_says(tree, whole):
    vs, k = ilsvrc_vid(tree, cache=False), np.random.default_rng(0).integers(report(whole)["crops"], size=12)
    table = rows(whole)
    for r in (table[i] for i in k):
        v = vs[r["video"]]
        b = v.tracks[r["track"]][r["frame"]]
        np.testing.assert_allclose(r["box"], b, atol=1e-3)
        want, got = stored_crop(v.frames[r["frame"]], b), cv2.imdecode(np.frombuffer(r["image"]["bytes"], np.uint8),
            cv2.IMREAD_COLOR_RGB)
        assert np.abs(want.astype(float)-got).mean() < 6
        x, y, w, h = r["crop_box"]
        assert abs(x+w/2-151.5) < 1e-3
        assert abs((w+(w+h)/2)*(h+(w+h)/2)-127**2) < 1
        assert abs(w/h-b[2]/b[3]) < 1e-3


def test_tracks_are_in_order_and_apart(whole):
    c = Crops(whole)
    assert len({(t.video, t.track) for t in c}) == len(c)
    for t in c: assert (np.diff(t.frames) > 0).all() and len(t) >= 2
    assert len(Crops(whole, least=20)) == sum(len(t) >= 20 for t in c)
    assert len(Crops(whole, least=20)) > 0


def test_another_process_maps_the_files_itself(whole):
    t = Crops(whole)[1]
    s = pickle.dumps([t, t])
    a, b = pickle.loads(s)
    assert len(s) < 2000 and a.crops is b.crops
    np.testing.assert_array_equal(a[0], t[0])


def test_unfinished_and_damaged(whole, tmp_path):
    shutil.copytree(whole, tmp_path/"out")
    a, b = shards(tmp_path/"out")[:2]
    a.write_bytes(b"no arrow")
    with pytest.raises(ValueError, match=f"{a.name} is damaged"): Crops(tmp_path/"out")
    good = pa.ipc.open_stream(pa.memory_map(str(b))).read_all()
    with pa.ipc.new_stream(a, good.drop_columns("frame").schema) as w:
        w.write_table(good.drop_columns("frame"))
    with pytest.raises(ValueError, match=f"{a.name} is damaged: .*frame"): Crops(tmp_path/"out")
    a.unlink()
    b.unlink()
    with pytest.raises(ValueError, match="8 of 10 shards"): Crops(tmp_path/"out")
    with pytest.raises(FileNotFoundError, match="siamfc curate"): Crops(tmp_path)


def test_crops_that_went_through_other_systems(whole, tmp_path):
    "The twins of macOS are no shards and no reports; a record that was cut is named"
    shutil.copytree(whole, out := tmp_path/"out")
    said = report(out)
    for p in (*(out/"data").iterdir(), *(out/"reports").iterdir()):
        p.with_name(f"._{p.name}").write_bytes(b"\0\5\x16\7\xff")
    (out/"data/Thumbs.db").write_bytes(b"")
    assert report(out) == said and len(Crops(out)) == len(Crops(whole))
    one = next(p for p in (out/"reports").iterdir() if p.name[0] != ".")
    head = out/"curation.json"
    for p, read in ((one, report), (head, Crops)):
        p.write_text(p.read_text()[:20])
        with pytest.raises(ValueError, match=f"{p.name} is not JSON"): read(out)
    head.write_text("[]")
    with pytest.raises(ValueError, match="curation.json is the JSON of something else"): Crops(out)


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:len(b)//2], lambda b: b[:200]+b"\xff"*40+b[240:]])
def test_a_damaged_shard_is_named(whole, tmp_path, damage):
    shutil.copytree(whole, out := tmp_path/"out")
    p = shards(out)[1]
    p.write_bytes(damage(p.read_bytes()))
    with pytest.raises(ValueError, match=f"{p.name} is damaged: .*run the same curation again"):
        Crops(out)


def test_a_set_without_a_box(tmp_path):
    curate([Video("v", [np.zeros((50, 60, 3), np.uint8)]*2, {"a": np.full((2, 4), np.nan)})], tmp_path/"out")
    c = Crops(tmp_path/"out")
    assert len(c) == 0 and len(statistics(c)) == 0
    with pytest.raises(ValueError, match="no tracks"): Pairs(c)


def test_statistics_of_a_known_motion(tmp_path):
    n, f = 6, np.zeros((200, 300, 3), np.uint8)
    t = np.arange(n)[:, None]
    boxes = np.hstack([10+4*t, 20+3*t, 20+0*t, 20+0*t]) # 5 pixels a frame, a quarter of its side
    curate([Video("v", [f]*n, {"a": boxes})], tmp_path/"out")
    s = statistics(Crops(tmp_path/"out")).iloc[0]
    np.testing.assert_allclose([s.boxes, s.length, s.side, s.share, s.motion, s.scale],
                               [6, 6, 20, 20/np.sqrt(200*300), .25, 0], atol=1e-6)


def test_toy_says_that_what_was_there_stays(tmp_path):
    "Also where it would be longer now"
    outs = [command("toy", tmp_path/"toy", "--videos", 2, "--frames", n).output for n in (3, 4)]
    assert "stay as they were made" not in outs[0] and "stay as they were made" in outs[1], outs
    assert [len(v) for v in ilsvrc_vid(tmp_path/"toy", cache=False)] == [3, 3]


def test_toy_command(tmp_path):
    for _ in range(2):
        assert command("toy", tmp_path/"t", "--videos", 2, "--frames", 4, "--jobs", 2).exit_code == 0
    vs = ilsvrc_vid(tmp_path/"t", cache=False)
    v = toy_video(1, n=4)
    assert vs.names == ["toy_000000", "toy_000001"]
    for k, b in v.tracks.items():
        if k in vs[1].tracks: assert np.nanmax(np.abs(vs[1].tracks[k]-b)) <= 1
    assert command("toy", tmp_path/"t", "--videos", 0).exit_code == 1


@needs_data
def test_davis(tmp_path):
    vs = davis(DATA/"DAVIS", cache=False)[:3]
    r = curate(vs, tmp_path/"out")
    want = sum(int(np.isfinite(b).all(1).sum()) for v in vs for b in v.tracks.values())
    assert r["crops"] == want > 100 and r["messages"] == []


def test_a_second_curation_in_a_folder_is_refused(tmp_path):
    from siamfc_nb.files import one_at_a_time
    videos = [toy_video(0, n=2, size=(120, 160))]
    with one_at_a_time(tmp_path/"crops", "a curation"):
        with pytest.raises(ValueError, match="a curation is at work there already"): curate(videos, tmp_path/"crops")
    assert curate(videos, tmp_path/"crops")["crops"]


def test_a_worker_follows_its_parent_on_windows(monkeypatch):
    "There, the number of the parent stays the same when it is gone: what is waited for is its end"
    import ctypes
    gone,ended,asked = threading.Event(),threading.Event(),[]
    class Kernel:
        def wait(handle, ms): asked.append((handle.value, ms)); gone.wait(30)
        OpenProcess = type('Open', (), dict(__call__=lambda self, *args: asked.append(args) or 7))()
        WaitForSingleObject = staticmethod(wait)
    monkeypatch.setattr(ctypes, 'windll', type('Windll', (), dict(kernel32=Kernel)), raising=False)
    monkeypatch.setattr(shard_files.os, '_exit', lambda status: ended.set())
    monkeypatch.setattr(shard_files.os, 'getppid', lambda: 123)
    monkeypatch.setattr(sys, 'platform', 'win32')
    shard_files.follow_parent(123)
    assert not ended.wait(.5)
    gone.set()
    assert ended.wait(30) and asked==[(0x100000, False, 123), (7, 0xFFFFFFFF)]
