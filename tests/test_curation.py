"Curation: killed, out of disk, on a cluster, on broken data; and what the shards hold"
import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Collage, Crops, CurateConfig, curate, left_out, release_filters, report, statistics, stored_crop
from siamfc_nb.pairs import Pairs
from siamfc_nb.readers import davis, got10k, ilsvrc_vid, write_ilsvrc_vid
from siamfc_nb.videos import Video, toy_video

DATA = Path(os.environ.get("SIAMFC_DATA", "no-such-folder"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set SIAMFC_DATA to a folder with DAVIS, OTB and VOT")


def siamfc(*args, **kw):
    return subprocess.Popen([sys.executable, "-c", "from siamfc_nb.cli import app; app()", *map(str, args)],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **kw)


def command(*args): return CliRunner().invoke(app, [*map(str, args)])


def digests(folder): return {p.name: blake2b(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir()) if p.suffix != ".png"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    "Ten toy videos in ILSVRC's layout; the seventh is several times as long as the others"
    root = tmp_path_factory.mktemp("toy")/"ILSVRC2015"
    for s in range(10): write_ilsvrc_vid(toy_video(s, n=60 if s == 6 else 8, size=(120, 160), objects=2), root)
    return root


@pytest.fixture(scope="module")
def whole(tree, tmp_path_factory):
    "The undisturbed curation of it"
    out = tmp_path_factory.mktemp("crops")/"out"; curate(ilsvrc_vid(tree, cache=False), out)
    return out


def rows(folder): return pa.concat_tables(pa.ipc.open_stream(pa.memory_map(str(p))).read_all() for p in sorted(folder.glob("*.arrow"))).to_pylist()


# ---- exactly once, whatever happens

@pytest.mark.parametrize("jobs", [1, 2])
def test_killed_and_started_again(tree, whole, tmp_path, jobs):
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--jobs", jobs)
    while len([*(tmp_path/"out").glob("*.arrow")]) < 3:
        assert p.poll() is None, p.stdout.read()
        time.sleep(.002)
    os.killpg(p.pid, signal.SIGKILL); p.wait()
    done = {f.name: f.stat().st_mtime_ns for f in (tmp_path/"out").glob("*.arrow")}
    assert 3 <= len(done) < 10, "the kill came too late to test anything"
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--jobs", jobs)
    assert p.wait() == 0, p.stdout.read()
    assert digests(tmp_path/"out") == digests(whole)
    assert done == {n: (tmp_path/"out"/n).stat().st_mtime_ns for n in done}, "finished work is left alone"


def test_every_box_exactly_once(tree, whole):
    got = Counter((r["video"], r["track"], r["frame"]) for r in rows(whole))
    want = {(v.name, k, i) for v in ilsvrc_vid(tree, cache=False) for k, b in v.tracks.items() for i in np.flatnonzero(np.isfinite(b).all(1))}
    assert set(got) == want and max(got.values()) == 1


def test_a_process_for_each_of_two_jobs(tree, whole, tmp_path):
    curate(ilsvrc_vid(tree, cache=False), tmp_path/"out", jobs=2)
    assert digests(tmp_path/"out") == digests(whole)


def test_dask_cluster(tree, whole, tmp_path):
    p = siamfc("curate", "ilsvrc-vid", tree, tmp_path/"out", "--backend", "dask", "--jobs", 2)
    assert p.wait() == 0, p.stdout.read()
    assert digests(tmp_path/"out") == digests(whole)


def test_dask_cluster_by_address(tree, whole, tmp_path):
    from dask.distributed import LocalCluster
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as c:
        r = command("curate", "ilsvrc-vid", tree, tmp_path/"out", "--backend", "dask", "--jobs", "-1", "--address", c.scheduler_address)
    assert r.exit_code == 0, r.output
    assert digests(tmp_path/"out") == digests(whole)


def test_full_disk_in_the_middle_of_a_shard(tree, whole, tmp_path):
    sizes = {p.name: p.stat().st_size for p in whole.glob("*.arrow")}; large = max(sizes, key=sizes.get); limit = sizes[large]*2//3
    assert sorted(sizes.values())[-2] < limit
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); from siamfc_nb.cli import app; app()"
    p = subprocess.run([sys.executable, "-c", code, "curate", "ilsvrc-vid", tree, tmp_path/"out"], capture_output=True, text=True)
    assert p.returncode == 1 and "6 of 10 shards" in p.stderr and "kept" in p.stderr, p.stderr
    assert not [*(tmp_path/"out").glob("*.part")] and not (tmp_path/"out"/large).exists()
    assert command("curate", "ilsvrc-vid", tree, tmp_path/"out").exit_code == 0
    assert digests(tmp_path/"out") == digests(whole)


def test_a_frame_is_decoded_once(tmp_path):
    v, seen = toy_video(2, n=6, objects=3, occlusion=0), Counter()
    class Counting(list):
        def __getitem__(self, i): seen[i] += 1; return v.frames[i]
    curate([Video("v", Counting(v.frames), v.tracks)], tmp_path/"out")
    assert set(seen.values()) == {1}


def test_boxes_of_a_collage_are_where_its_objects_are():
    "A black square on white: its box is where the frame is dark"
    fs, ms, white = [np.zeros((60, 80, 3), np.uint8)]*4, np.zeros((4, 60, 80), np.uint8), [np.full((120, 160, 3), 255, np.uint8)]
    ms[:, 20:40, 30:50] = 255; seen = 0
    for seed in range(8):
        c = Collage([(fs, ms)], white, seed, n=5)
        for f, b in zip(c, c.tracks["0"]):
            if np.isfinite(b).all(): x, y, w, h = b.astype(int); dark = f[..., 0] < 100; seen += 1; assert dark[y:y+h, x:x+w].sum() > .95*dark.sum() > 60
    assert seen > 20


# ---- what is refused

def test_another_configuration_is_refused(tree, whole, tmp_path):
    before = digests(whole)
    with pytest.raises(ValueError, match=r"another curation: \{'quality': \(90, 80\)\} \(there, here\)"): curate(ilsvrc_vid(tree, cache=False), whole, CurateConfig(quality=80))
    with pytest.raises(ValueError, match="another curation.*'videos': \\(10, 9\\)"): curate(ilsvrc_vid(tree, cache=False)[:9], whole)
    assert command("curate", "ilsvrc-vid", tree, whole, "--release-filters").exit_code == 1
    assert digests(whole) == before


def test_a_folder_with_something_else_in_it_is_refused(tree, tmp_path):
    (tmp_path/"thesis.tex").write_text("all of it")
    with pytest.raises(ValueError, match="holds no crops but 'thesis.tex'"): curate(ilsvrc_vid(tree, cache=False), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("args, says", [(("imagenet", "."), "expected one of ilsvrc-vid"), (("davis", "."), "JPEGImages/480p"), (("ilsvrc-vid", "."), "Data/VID/train"),
    (("got10k", "."), "train"), (("ilsvrc-vid", ".", "--backend", "spark"), "loky, dask or ray"), (("ilsvrc-vid", ".", "--address", "tcp://a:1"), "--address belongs to"), (("ilsvrc-vid", ".", "--collages", 3), "--collages belongs to")])
def test_the_command_says_what_is_wrong(tree, tmp_path, monkeypatch, args, says):
    monkeypatch.chdir(tmp_path); (tmp_path/"Annotations/VID/train").mkdir(parents=True)
    if "loky" in says or "belongs" in says: args = (args[0], tree, *args[2:])
    r = command("curate", args[0], args[1], tmp_path/"out", *args[2:])
    assert r.exit_code == 1 and says in r.output and not (tmp_path/"out").exists(), r.output


def test_no_videos(tmp_path):
    with pytest.raises(ValueError, match="no videos"): curate([], tmp_path/"out")


# ---- broken data are counted and said

@pytest.fixture
def broken(tree, tmp_path):
    import shutil
    root = tmp_path/"broken"; shutil.copytree(tree, root)
    data, anns = (root/k/"VID/train/ILSVRC2015_VID_train_0000" for k in ("Data", "Annotations"))
    def video(i): return data/f"toy_{i:06d}", anns/f"toy_{i:06d}"
    return root, video


def test_broken_images(broken, whole, tmp_path):
    root, video = broken
    d, _ = video(0); j = (d/"000003.JPEG").read_bytes()
    (d/"000003.JPEG").write_bytes(j[:len(j)//2]); (d/"000004.JPEG").write_bytes(b""); (d/"000005.JPEG").write_text("hello"); (d/"000006.JPEG").write_bytes(j[:300])
    (d/"000007.JPEG").write_bytes(cv2.imencode(".png", np.zeros((120, 160, 3), np.uint8))[1].tobytes()) # wrong name, but an image
    r = curate(ilsvrc_vid(root, cache=False), tmp_path/"out")
    lost = [(r["video"], r["frame"]) for r in rows(whole) if r["video"] == "toy_000000" and 3 <= r["frame"] <= 6]
    assert r["skipped"]["unreadable frame"] == 4 and r["crops"] == report(whole)["crops"]-len(lost) and lost
    assert [m.split(" is ")[0][-11:] for m in r["messages"]] == [f"00000{i}.JPEG" for i in (3, 4, 5, 6)] and "truncated" in r["messages"][0]


def test_broken_annotation(broken, whole, tmp_path):
    root, video = broken
    (video(1)[1]/"000002.xml").unlink() # fewer rows than frames
    (video(2)[1]/"000000.xml").write_text("<annotation><size>")
    p = video(3)[1]/"000001.xml"; p.write_text(p.read_text().split("<object>")[0]+"</annotation>") # without objects: all absent
    p = video(4)[1]/"000001.xml"; t = p.read_text(); p.write_text(t.replace("<xmax>", "<xmax>90")) # far beyond the frame: cut all the same
    p = video(5)[1]/"000000.xml"; x0 = (t := p.read_text()).split("<xmin>")[1].split("<")[0]; p.write_text(t.replace(t.split("<xmax>")[1].split("<")[0], x0, 1)) # no area
    r, w = curate(ilsvrc_vid(root, cache=False), tmp_path/"out"), report(whole)
    per = Counter(o["video"] for o in rows(whole))
    gone3 = sum(o["video"] == "toy_000003" and o["frame"] == 1 for o in rows(whole))
    assert r["skipped"] == {"absent": w["skipped"]["absent"]-absent(whole)+gone3, "unreadable video": 2, "zero area": 1}
    assert r["crops"] == w["crops"]-per["toy_000001"]-per["toy_000002"]-gone3-1
    assert "7 XML files for 8 frames" in r["messages"][0] and "not well-formed" in r["messages"][1]


def absent(whole):
    "Absences in the two videos that could not be read at all"
    vs = ("toy_000001", "toy_000002"); return sum(8*len({o["track"] for o in rows(whole) if o["video"] == v})-sum(o["video"] == v for o in rows(whole)) for v in vs)


def test_missing_annotation(broken, tmp_path):
    import shutil
    root, video = broken; shutil.rmtree(video(8)[1])
    r = curate(ilsvrc_vid(root, cache=False), tmp_path/"out")
    assert r["skipped"]["unreadable video"] == 1 and "toy_000008 does not exist" in r["messages"][0]


def test_boxes_outside_and_of_no_area(tmp_path):
    f = np.zeros((50, 60, 3), np.uint8)
    boxes = [[5, 5, 10, 10], [-20, 5, 30, 10], [70, 5, 10, 10], [5, 5, 0, 10], [5, 5, 10, -1], [-500, -500, 2000, 2000], [np.nan]*4]
    r = curate([Video("v", [f]*7, {"a": boxes})], tmp_path/"out")
    assert r["crops"] == 3 and r["skipped"] == {"outside the frame": 1, "zero area": 2, "absent": 1}


def test_got10k_with_too_few_rows(tmp_path):
    for name, n in (("GOT-10k_Train_000001", 3), ("GOT-10k_Train_000002", 2)):
        d = tmp_path/"train"/name; d.mkdir(parents=True)
        for i in range(3): cv2.imwrite(str(d/f"{i:08d}.jpg"), np.zeros((40, 50, 3), np.uint8))
        (d/"groundtruth.txt").write_text("1,2,10,20\n"*n)
    r = curate(got10k(tmp_path, cache=False), tmp_path/"out")
    assert r["crops"] == 3 and "2 rows for 3 frames" in r["messages"][0]


# ---- filters of the release

@pytest.mark.parametrize("box, cls, why", [((100, 100, 60, 60), None, ""), ((100, 100, 60, 60), "n04468005", "class"), ((100, 100, 20, 20), None, "size"),
    ((20, 20, 280, 200), None, "size"), ((2, 100, 60, 60), None, "near the edge"), ((100, 179, 60, 60), None, "near the edge")])
def test_release_filters(box, cls, why):
    assert left_out(box, (240, 320), cls, CurateConfig(**release_filters)) == why and left_out(box, (240, 320), cls, CurateConfig()) == ""


# ---- what the shards hold

def test_datasets_opens_the_shards(whole, tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    files, n = [str(p) for p in sorted(whole.glob("*.arrow"))], report(whole)["crops"]
    ds = datasets.concatenate_datasets([datasets.Dataset.from_file(f) for f in files])
    assert len(ds) == n and ds.column_names == ["video", "track", "frame", "jpeg", "box", "crop_box", "frame_size", "class"]
    st = datasets.load_dataset("arrow", data_files=files, split="train", streaming=True)
    for a, b in zip(st, ds): assert a == b
    r = ds[20]; im = cv2.imdecode(np.frombuffer(r["jpeg"], np.uint8), 1)
    assert im.shape == (303, 303, 3) and r["frame_size"] == [120, 160] and r["class"] == "toy"


def test_a_crop_is_where_its_row_says(tree, whole):
    vs, k = ilsvrc_vid(tree, cache=False), np.random.default_rng(0).integers(report(whole)["crops"], size=12)
    table = rows(whole)
    for r in (table[i] for i in k):
        v = vs[r["video"]]; b = v.tracks[r["track"]][r["frame"]]
        np.testing.assert_allclose(r["box"], b, atol=1e-3)
        want, got = stored_crop(v.frames[r["frame"]], b), cv2.imdecode(np.frombuffer(r["jpeg"], np.uint8), cv2.IMREAD_COLOR_RGB)
        assert np.abs(want.astype(float)-got).mean() < 6
        x, y, w, h = r["crop_box"]
        assert abs(x+w/2-151.5) < 1e-3 and abs((w+(w+h)/2)*(h+(w+h)/2)-127**2) < 1 and abs(w/h-b[2]/b[3]) < 1e-3


def test_tracks_are_in_order_and_apart(whole):
    c = Crops(whole)
    assert len({(t.video, t.track) for t in c}) == len(c)
    for t in c: assert (np.diff(t.frames) > 0).all() and len(t) >= 2
    assert len(Crops(whole, least=20)) == sum(len(t) >= 20 for t in c) and len(Crops(whole, least=20)) > 0


def test_another_process_maps_the_files_itself(whole):
    t = Crops(whole)[1]; s = pickle.dumps([t, t]); a, b = pickle.loads(s)
    assert len(s) < 2000 and a.crops is b.crops
    np.testing.assert_array_equal(a[0], t[0])


def test_unfinished_and_damaged(whole, tmp_path):
    import shutil
    shutil.copytree(whole, tmp_path/"out"); a, b = sorted((tmp_path/"out").glob("*.arrow"))[:2]
    a.write_bytes(b"no arrow")
    with pytest.raises(ValueError, match="is damaged"): Crops(tmp_path/"out")
    a.unlink(); b.unlink()
    with pytest.raises(ValueError, match="8 of 10 shards"): Crops(tmp_path/"out")
    with pytest.raises(FileNotFoundError, match="siamfc curate"): Crops(tmp_path)


def test_a_set_without_a_box(tmp_path):
    curate([Video("v", [np.zeros((50, 60, 3), np.uint8)]*2, {"a": np.full((2, 4), np.nan)})], tmp_path/"out")
    c = Crops(tmp_path/"out")
    assert len(c) == 0 and len(statistics(c)) == 0
    with pytest.raises(ValueError, match="no tracks"): Pairs(c)


def test_statistics_of_a_known_motion(tmp_path):
    n, f = 6, np.zeros((200, 300, 3), np.uint8); t = np.arange(n)[:, None]
    boxes = np.hstack([10+4*t, 20+3*t, 20+0*t, 20+0*t]) # 5 pixels a frame, a quarter of its side
    curate([Video("v", [f]*n, {"a": boxes})], tmp_path/"out"); s = statistics(Crops(tmp_path/"out")).iloc[0]
    np.testing.assert_allclose([s.boxes, s.length, s.side, s.share, s.motion, s.scale], [6, 6, 20, 20/np.sqrt(200*300), .25, 0], atol=1e-6)


def test_toy_command(tmp_path):
    for _ in range(2): assert command("toy", tmp_path/"t", "--videos", 2, "--frames", 4, "--jobs", 2).exit_code == 0
    vs = ilsvrc_vid(tmp_path/"t", cache=False); v = toy_video(1, n=4)
    assert vs.names == ["toy_000000", "toy_000001"]
    for k, b in v.tracks.items():
        if k in vs[1].tracks: assert np.nanmax(np.abs(vs[1].tracks[k]-b)) <= 1
    assert command("toy", tmp_path/"t", "--videos", 0).exit_code == 1


@needs_data
def test_davis(tmp_path):
    vs = davis(DATA/"DAVIS", cache=False)[:3]; r = curate(vs, tmp_path/"out")
    want = sum(int(np.isfinite(b).all(1).sum()) for v in vs for b in v.tracks.values())
    assert r["crops"] == want > 100 and r["messages"] == []
