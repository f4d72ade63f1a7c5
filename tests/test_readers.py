"Each reader on a small tree in exactly the published layout, on the real folders where they are, and on bad input"
import os
import pickle
import shutil
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from siamfc_nb.data import lazy, readers
from siamfc_nb.data.lazy import polygon_box, read_boxes
from siamfc_nb.data.masks import Masks, davis, mask_box
from siamfc_nb.data.readers import (got10k, ilsvrc_vid, image_folder, inspect_dataset, otb, otb_folders, otb_name,
                                    otb_ranges, otb_targets, vot)

DATA = Path(os.environ.get("SIAMFC_DATA", "no-such-folder"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="set SIAMFC_DATA to a folder with DAVIS, OTB and VOT")
nan4 = [np.nan]*4


def write(path, text=""): path.parent.mkdir(parents=True, exist_ok=True); path.write_text(text)


def image(path, grey=0, size=(48, 64)):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path.with_suffix(".jpg")), np.full((*size, 3), grey, np.uint8))
    path.with_suffix(".jpg").rename(path)


def equal(a, b): np.testing.assert_array_equal(a, b)


# ---- ILSVRC VID

def obj(track, name, box, occluded=0, generated=1):
    x0, y0, x1, y1 = box
    return (f"\t<object>\n\t\t<trackid>{track}</trackid>\n\t\t<name>{name}</name>\n\t\t<bndbox>\n"
            f"\t\t\t<xmax>{x1}</xmax>\n\t\t\t<xmin>{x0}</xmin>\n"
            f"\t\t\t<ymax>{y1}</ymax>\n\t\t\t<ymin>{y0}</ymin>\n\t\t</bndbox>\n"
            f"\t\t<occluded>{occluded}</occluded>\n\t\t<generated>{generated}</generated>\n\t</object>\n")


def xml(folder, i, *objects):
    return (f"<annotation>\n\t<folder>{folder}</folder>\n\t<filename>{i:06d}</filename>\n"
            f"\t<source>\n\t\t<database>ILSVRC_2015</database>\n\t</source>\n"
            f"\t<size>\n\t\t<width>64</width>\n\t\t<height>48</height>\n\t</size>\n{''.join(objects)}</annotation>\n")


dog, cat = "n02084071", "n02121808"
scene = [[obj(0, dog, (5, 10, 30, 20))], [], [obj(1, cat, (-3, 0, 70, 48)), obj(0, dog, (7, 10, 32, 20), 1, 0)],
         [obj(1, cat, (4, 4, 4, 20))]]


def ilsvrc_video(root, folder, frames=scene, split="train"):
    for i, o in enumerate(frames):
        image(root/"Data/VID"/split/folder/f"{i:06d}.JPEG", 10*i)
        write(root/"Annotations/VID"/split/folder/f"{i:06d}.xml", xml(folder, i, *o))


@pytest.fixture
def ilsvrc(tmp_path):
    root = tmp_path/"ILSVRC2015"
    for part in range(4): ilsvrc_video(root, f"ILSVRC2015_VID_train_000{part}/ILSVRC2015_train_0000{part}000")
    ilsvrc_video(root, "ILSVRC2015_val_00000000", scene[:2], "val")
    image(root/"Data/VID/test/ILSVRC2015_test_00000000/000000.JPEG")
    for s in ("train_1", "val", "test"): write(root/f"ImageSets/VID/{s}.txt")
    return root


def test_ilsvrc(ilsvrc, tmp_path):
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c")
    assert vs.names == [f"ILSVRC2015_train_0000{p}000" for p in range(4)] and len(vs) == 4
    v = vs["ILSVRC2015_train_00002000"]
    assert len(v) == 4 and v.frames[3].shape == (48, 64, 3) and abs(v.frames[3].mean()-30) < 2
    assert list(v.tracks) == ["0", "1"]
    equal(v.tracks["0"], [[5, 10, 25, 10], nan4, [7, 10, 25, 10], nan4])
    equal(v.tracks["1"], [nan4, nan4, [-3, 0, 73, 48], nan4]) # beyond the frame: kept; no area: absent, and counted
    assert v.info["zero_area"] == {"1": [3]} and v.info["classes"] == {"0": dog, "1": cat}
    assert v.info["size"] == [48, 64]
    assert v.info["flags"]["occluded"]["0"].tolist() == [False, False, True, False]
    assert v.info["flags"]["generated"]["0"].tolist() == [True, False, False, False]


def test_ilsvrc_val_and_test(ilsvrc):
    v, = ilsvrc_vid(ilsvrc, "val", cache=False)
    equal(v.boxes, [[5, 10, 25, 10], nan4])
    v, = ilsvrc_vid(ilsvrc, "test", cache=False)
    assert len(v) == 1 and v.tracks == {}


def looked_into(monkeypatch):
    "Folders that readers list from here on"
    listed, listing = [], lazy.listing
    for m in (lazy, readers): monkeypatch.setattr(m, "listing", lambda p, *a: listed.append(Path(p)) or listing(p, *a))
    return listed


def test_ilsvrc_parses_nothing_before_it_is_asked(ilsvrc, tmp_path, monkeypatch):
    parsed, listed = [], looked_into(monkeypatch)
    real = readers._ilsvrc_xml
    monkeypatch.setattr(readers, "_ilsvrc_xml", lambda p: parsed.append(p) or real(p))
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c")
    assert not parsed and not [p for p in listed if "_train_" in str(p)], "opening looks into no video"
    v = vs[1]; v.frames[0]
    assert "unread" in repr(v) and not parsed
    v.tracks; v.boxes
    assert len(parsed) == 4 and {p.parent.name for p in parsed} == {v.name}
    vs[1].tracks
    assert len(parsed) == 4, "the second time the cache is read"
    vs[1:2][0].tracks; ilsvrc_vid(ilsvrc, cache=tmp_path/"c")[1].tracks
    assert len(parsed) == 4
    ilsvrc_vid(ilsvrc, cache=False)[1].tracks
    assert len(parsed) == 8


def test_cached_tracks_are_equal_and_follow_the_files(ilsvrc, tmp_path):
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c")
    a, b = vs[0].info, vs[0].info
    for k in ("0", "1"):
        equal(a["tracks"][k], b["tracks"][k]); equal(a["flags"]["occluded"][k], b["flags"]["occluded"][k])
    assert (a["size"], a["classes"], a["zero_area"]) == (b["size"], b["classes"], b["zero_area"])
    f = ilsvrc/"Annotations/VID/train/ILSVRC2015_VID_train_0000/ILSVRC2015_train_00000000/000001.xml"
    write(f, xml("x", 1, obj(0, dog, (6, 10, 31, 20))))
    equal(vs[0].tracks["0"][1], [6, 10, 25, 10])
    text = f.read_text().replace("<xmin>6<", "<xmin>8<"); write(f, text) # as long as before: only the time differs
    os.utime(f, ns=(1, 1))
    equal(vs[0].tracks["0"][1], [8, 10, 23, 10])


def test_index(ilsvrc, tmp_path, monkeypatch):
    listed = looked_into(monkeypatch)
    monkeypatch.setattr(readers, "_ilsvrc_xml", lambda p: pytest.fail("parsed"))
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c"); rows = vs.table()
    assert rows == [dict(name=n, frames=4) for n in vs.names]
    assert sorted(p.name for p in listed) == vs.names, "one listing a video"
    assert ilsvrc_vid(ilsvrc, cache=tmp_path/"c").table() == rows and len(listed) == 4
    d = ilsvrc/"Data/VID/train/ILSVRC2015_VID_train_0003/ILSVRC2015_train_00003000"
    image(d/"000004.JPEG"); os.utime(d, ns=(5, 5))
    assert ilsvrc_vid(ilsvrc, cache=tmp_path/"c").table()[3]["frames"] == 5 and len(listed) == 5


def test_index_of_tracks(ilsvrc, tmp_path):
    anns = ilsvrc/"Annotations/VID/train/ILSVRC2015_VID_train_0001/ILSVRC2015_train_00001000"
    text = (anns/"000002.xml").read_text(); write(anns/"000002.xml", text[:-40])
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c"); rows = vs.table(tracks=True)
    assert rows[0] == dict(name=vs.names[0], frames=4, tracks={"0": 2, "1": 1})
    assert rows[1]["frames"] == 0 and "000002.xml is not well-formed" in rows[1][
        "error"], "a bad video is a row, the others are there"
    write(anns/"000002.xml", text)
    rows = vs.table(tracks=True)
    assert rows[1] == dict(name=vs.names[1], frames=4, tracks={"0": 2, "1": 1})
    assert vs[:2].table(tracks=True) == rows[:2]
    assert vs.table() == rows, "what is known is told"


def test_cache_is_optional_and_never_in_the_dataset(ilsvrc, tmp_path, monkeypatch):
    before = sorted(ilsvrc.rglob("*"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path/"home"))
    for cache in (False, None, tmp_path/"c"):
        vs = ilsvrc_vid(ilsvrc, cache=cache); vs.table(tracks=True)
        assert (tmp_path/"home/siamfc_nb").exists() == (cache is not False)
    assert sorted(ilsvrc.rglob("*")) == before
    assert not list(tmp_path.rglob("*.part"))
    write(tmp_path/"file")
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"file") # a folder cannot be made here
    with pytest.warns(UserWarning, match="could not be written"): assert len(vs.table()) == 4
    with pytest.warns(UserWarning, match="could not be written"): assert len(vs[0].tracks) == 2
    for f in (tmp_path/"c").rglob("*.json"): write(f, f.read_text()[:20]) # damaged: made anew
    vs = ilsvrc_vid(ilsvrc, cache=tmp_path/"c")
    assert len(vs[0].tracks) == 2 and vs.table()[0]["frames"] == 4


def test_sequence(ilsvrc):
    vs = ilsvrc_vid(ilsvrc, cache=False)
    assert vs[-1].name == vs.names[-1] == vs[np.int64(3)].name and [v.name for v in vs] == vs.names
    assert vs[1:3].names == vs.names[1:3] and vs.names[0] in vs and "x" not in vs
    assert [v.name for v in vs+vs[:1]+[vs[0]]] == vs.names+vs.names[:1]*2 and len([vs[0]]+vs) == 5
    with pytest.raises(IndexError): vs[4]
    with pytest.raises(KeyError, match="no video 'x'"): vs["x"]
    w = pickle.loads(pickle.dumps(vs)); equal(w[0].boxes, vs[0].boxes)
    v = vs[0]; w = pickle.loads(pickle.dumps(v)); equal(w.boxes, v.boxes); equal(w.frames[1], v.frames[1])


@pytest.mark.parametrize("spoil, says", [
    (lambda d: (d/"000002.xml").unlink(), r"ILSVRC2015_train_00000000 has 3 XML files for 4 frames"),
    (lambda d: (d/"000002.xml").rename(d/"000009.xml"), "of the same name"),
    (lambda d: write(d/"000002.xml"), r"000002\.xml is not well-formed XML"),
    (lambda d: write(d/"000002.xml", "<annotation><size>"), r"000002\.xml is not well-formed XML"),
    (lambda d: write(d/"000002.xml", "<html></html>"), r"000002\.xml is no annotation"),
    (lambda d: write(d/"000002.xml", xml("x", 2, obj(0, dog, ("a", 1, 2, 3)))), r"000002\.xml is no annotation"),
    (lambda d: write(d/"000002.xml", xml("x", 2, obj(0, dog, (0, 1, 2, 3)).replace("trackid", "id"))),
    r"000002\.xml is no annotation"),
])
def test_ilsvrc_bad_annotation(ilsvrc, spoil, says):
    spoil(ilsvrc/"Annotations/VID/train/ILSVRC2015_VID_train_0000/ILSVRC2015_train_00000000")
    vs = ilsvrc_vid(ilsvrc, cache=False)
    with pytest.raises(ValueError, match=says): vs[0].tracks
    assert len(vs[1].tracks) == 2


def test_ilsvrc_2017_has_a_fifth_part(ilsvrc):
    ilsvrc_video(ilsvrc, "ILSVRC2017_VID_train_0000/ILSVRC2017_train_00000000"); ilsvrc_video(ilsvrc, "loose")
    vs = ilsvrc_vid(ilsvrc, cache=False)
    assert vs.names == ["loose"]+[f"ILSVRC2015_train_0000{p}000" for p in range(4)]+["ILSVRC2017_train_00000000"]
    assert not vs.passed
    assert all(len(v.tracks) == 2 for v in vs), "none is passed over, and each has its annotation"


@pytest.mark.parametrize("parts", [("a", "b", "c", "d", "e"), ("part1", "part2"), ("ILSVRC2017_VID_train_0000",),
                                   ("ILSVRC2021_VID_new",)])
def test_ilsvrc_parts_by_any_name(tmp_path, parts):
    for k, p in enumerate(parts): ilsvrc_video(tmp_path, f"{p}/v{k}", scene[:2])
    vs = ilsvrc_vid(tmp_path, cache=False)
    assert sorted(vs.names) == [f"v{k}" for k in range(len(parts))] and all("0" in v.tracks for v in vs)


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_ilsvrc_linked_parts_count_once_and_names_are_of_one_video(ilsvrc):
    for d in ("Data", "Annotations"):
        (ilsvrc/d/"VID/train/a").symlink_to(ilsvrc/d/"VID/train/ILSVRC2015_VID_train_0000")
    vs = ilsvrc_vid(ilsvrc, cache=False); assert len(vs) == 4 and all(v.tracks for v in vs)
    ilsvrc_video(ilsvrc, "ILSVRC2017_VID_train_0000/ILSVRC2015_train_00000000")
    with pytest.raises(ValueError, match="ILSVRC2015_VID_train_0000/ILSVRC2015_train_00000000 and "
                                         "ILSVRC2017_VID_train_0000/ILSVRC2015_train_00000000 have one name"):
        ilsvrc_vid(ilsvrc, cache=False)


def test_ilsvrc_annotation_without_frames_is_said(ilsvrc):
    shutil.rmtree(ilsvrc/"Data/VID/train/ILSVRC2015_VID_train_0002")
    with pytest.warns(UserWarning, match=r"has no frames of: 1 \(ILSVRC2015_train_00002000\)"):
        vs = ilsvrc_vid(ilsvrc, cache=False)
    assert len(vs) == 3 and "ILSVRC2015_train_00002000" in vs.passed[0]


@pytest.mark.parametrize("at", ["..", ".", "Data", "Data/VID", "Annotations/VID", "ImageSets", "Data/VID/train"])
def test_ilsvrc_root_above_or_inside(ilsvrc, at): assert len(ilsvrc_vid(ilsvrc/at, cache=False)) == 4


def test_ilsvrc_two_roots_are_not_guessed(ilsvrc):
    ilsvrc_video(ilsvrc.parent/"ILSVRC2017", "ILSVRC2017_VID_train_0000/a")
    with pytest.raises(ValueError, match="holds Data/VID in ILSVRC2015, ILSVRC2017: expected one"):
        ilsvrc_vid(ilsvrc.parent, cache=False)


def test_ilsvrc_swapped_corners_and_odd_numbers(tmp_path):
    ilsvrc_video(tmp_path, "ILSVRC2015_VID_train_0000/a", [[obj(0, dog, (30, 20, 5, 10))], [
        obj(0, dog, ("inf", 0, 4, 5))], [obj(0, dog, ("5.5", "1e1", 30, 20))]])
    equal(ilsvrc_vid(tmp_path, cache=False)[0].tracks["0"], [[5, 10, 25, 10], nan4, [5.5, 10, 24.5, 10]])


def test_files_of_other_systems_are_no_frames(ilsvrc, got):
    for p in [*ilsvrc.rglob("*.xml"), *ilsvrc.rglob("*.JPEG")]: p.with_name("._"+p.name).write_bytes(b"\0\5\x16\7")
    for d in ("Data", "Annotations"):
        (ilsvrc/d/"VID/train/ILSVRC2015_VID_train_0000/__MACOSX").mkdir()
        write(ilsvrc/d/"VID/train/.DS_Store")
    vs = ilsvrc_vid(ilsvrc, cache=False)
    assert len(vs) == 4 and [len(v.tracks) for v in vs] == [2]*4
    for p in [*got.rglob("*.jpg"), *got.rglob("*.txt"), *got.rglob("*.label")]:
        p.with_name("._"+p.name).write_bytes(b"\0\5\x16\7")
    (got/"val/list.txt").unlink(); (got/"val/._GOT-10k_Val_000009").mkdir()
    assert [v.boxes.shape for v in got10k(got, "val", cache=False)] == [(3, 4), (2, 4)]


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16"])
def test_lists_of_other_systems(got, tmp_path, code):
    (got/"val/list.txt").write_bytes("GOT-10k_Val_000001  \r\n\r\nGOT-10k_Val_000002".encode(code))
    assert got10k(got, "val", cache=False).names == ["GOT-10k_Val_000001", "GOT-10k_Val_000002"]
    root = vot_tree(tmp_path/"V", [[3, 4, 5, 6]])
    (root/"list.txt").write_bytes("bag\r\n".encode(code))
    assert vot(root).names == ["bag"]
    root = davis_tree(tmp_path/"D", 2017)
    (root/"ImageSets/2017/val.txt").write_bytes("dog\r\n".encode(code))
    assert davis(root, "val", 2017).names == ["dog"]


def test_xml_without_objects(tmp_path):
    ilsvrc_video(tmp_path, "ILSVRC2015_VID_train_0000/a", [[], []])
    v, = ilsvrc_vid(tmp_path, cache=False)
    assert v.tracks == {} and len(v) == 2


def test_bad_frames(ilsvrc):
    d = ilsvrc/"Data/VID/train/ILSVRC2015_VID_train_0000/ILSVRC2015_train_00000000"
    (d/"000000.JPEG").write_bytes(b"")
    (d/"000001.JPEG").write_bytes(b"not an image")
    (d/"000002.JPEG").write_bytes((d/"000002.JPEG").read_bytes()[:60])
    v = ilsvrc_vid(ilsvrc, cache=False)[0]
    for i in range(3):
        with pytest.raises(ValueError, match=f"00000{i}.JPEG is (not an image|truncated)"): v.frames[i]
    assert v.frames[3].shape == (48, 64, 3)


# ---- GOT-10k

meta = "[METAINFO]\nurl: https://youtu.be/b0ZnfLI8YPw?t=1%20\nbegin: 00:00:28\nend: 00:00:38\n" \
       "anno_fps: 10Hz\nobject_class: orca\n" \
       "motion_class: swimming\nmajor_class: whale\nroot_class: animal\nmotion_adverb: slowly\nresolution: (64, 48)"


@pytest.fixture
def got(tmp_path):
    for split, name in (("train", "Train"), ("val", "Val"), ("test", "Test")):
        for k in (1, 2):
            d = tmp_path/f"GOT/{split}/GOT-10k_{name}_00000{k}"; n = 3 if k == 1 else 2
            for i in range(n): image(d/f"{i+1:08d}.jpg", i)
            write(d/"groundtruth.txt", "3.0000,4.0000,10.0000,20.0000\n"*(1 if split == "test" else n))
            if split == "test": continue
            write(d/"absence.label", "0\n1\n0\n"[:2*n])
            write(d/"cover.label", "8\n0\n3\n"[:2*n])
            write(d/"cut_by_image.label", "0\n0\n1\n"[:2*n])
            write(d/"meta_info.ini", meta)
        write(tmp_path/f"GOT/{split}/list.txt", f"GOT-10k_{name}_000001\nGOT-10k_{name}_000002\n")
    return tmp_path/"GOT"


@pytest.mark.parametrize("split", ["train", "val"])
def test_got10k(got, split, tmp_path):
    vs = got10k(got, split, cache=tmp_path/"c"); v = vs[0]; box = [3, 4, 10, 20]
    assert len(vs) == 2 and list(v.tracks) == ["target"]
    assert vs.table() == [dict(name=vs.names[0], frames=3), dict(name=vs.names[1], frames=2)]
    equal(v.boxes, [box, nan4, box])
    assert {k: o["target"].tolist() for k, o in v.info["flags"].items()} == dict(
        absence=[0, 1, 0], cover=[8, 0, 3], cut_by_image=[0, 0, 1])
    assert v.info["size"] == [48, 64] and v.info["classes"] == {"target": "orca"}
    assert v.info["meta"]["motion_adverb"] == "slowly"
    (got/split/"list.txt").unlink()
    assert got10k(got, split, cache=False).names == vs.names


def test_got10k_test_split(got):
    equal(got10k(got, "test", cache=False)[0].boxes, [[3, 4, 10, 20], nan4, nan4])
    write(got/"val/GOT-10k_Val_000001/groundtruth.txt", "3,4,10,20\n")
    with pytest.raises(ValueError, match=r"groundtruth.txt has 1 rows for 3 frames"):
        got10k(got, "val", cache=False)[0].boxes


def test_got10k_list_and_folders_that_disagree(got):
    "A name without a folder is a video that cannot be read; a folder without a name is said"
    write(got/"val/list.txt", "GOT-10k_Val_000007\nGOT-10k_Val_000002\n")
    with pytest.warns(UserWarning) as w: vs = got10k(got, "val", cache=False)
    assert [str(o.message).split("list.txt ")[1] for o in w] == [
        "names 2 videos; no folder is there for 1 (GOT-10k_Val_000007)",
        "leaves out 1 (GOT-10k_Val_000001) of 2 folders"]
    assert vs.names == ["GOT-10k_Val_000007", "GOT-10k_Val_000002"]
    assert "does not exist" in vs.table()[0]["error"] and vs.table()[1]["frames"] == 2
    with pytest.raises(FileNotFoundError, match="GOT-10k_Val_000007 does not exist"): vs[0]


def test_got10k_training_pieces_are_one(got):
    t = got/"train"; (t/"GOT-10k_Train_split_01").mkdir(); (t/"GOT-10k_Train_split_19").mkdir()
    (t/"GOT-10k_Train_000001").rename(t/"GOT-10k_Train_split_01/GOT-10k_Train_000001")
    (t/"GOT-10k_Train_000002").rename(t/"GOT-10k_Train_split_19/GOT-10k_Train_000002")
    for _ in range(2):
        vs = got10k(got, cache=False)
        assert vs.names == ["GOT-10k_Train_000001", "GOT-10k_Train_000002"] and not vs.passed
        assert [len(v.boxes) for v in vs] == [3, 2]
        (t/"list.txt").unlink(missing_ok=True)


def test_videos_of_ones_own(tmp_path):
    "Without a list, labels or names of GOT-10k; in `train`, or in no split at all"
    for at in ("a/train", "b"):
        for n in ("dog 1", "dog 2"):
            image(tmp_path/at/n/"1.jpg")
            write(tmp_path/at/n/"groundtruth.txt", "3 4 10 20\r\n")
        (tmp_path/at/"notes").mkdir()
    for at in ("a", "b", "a/train"):
        with pytest.warns(UserWarning, match=r"no groundtruth.txt in 1 \(notes\) of 3 folders"):
            vs = got10k(tmp_path/at, cache=False)
        assert vs.names == ["dog 1", "dog 2"]; equal(vs[1].boxes, [[3, 4, 10, 20]])
        with pytest.raises(FileNotFoundError, match="no GOT-10k here"): got10k(tmp_path/at, "val", cache=False)
    write(tmp_path/"a/train/list.txt", "dog 2\ndog 1\n")
    assert got10k(tmp_path/"a", cache=False).names == ["dog 2", "dog 1"] # names with blanks


@pytest.mark.parametrize("file, text, says", [
    ("groundtruth.txt", "3,4,10,20\n"*4, r"groundtruth.txt has 4 rows for 3 frames"),
    ("groundtruth.txt", "", "groundtruth.txt is empty"),
    ("groundtruth.txt", "3,4,10\n"*3, "rows of 3 numbers"),
    ("absence.label", "0\n0\n", r"absence.label has 2 rows for 3 frames"),
    ("cover.label", "8\nnan\n8\n", "cover.label, row 2: no label"),
    ("cover.label", "8\nx\n8\n", "cover.label does not hold"),
    ("meta_info.ini", "no section", "meta_info.ini is not an ini file"),
])
def test_got10k_bad_annotation(got, file, text, says):
    write(got/"val/GOT-10k_Val_000001"/file, text)
    with pytest.raises(ValueError, match=says) as e: got10k(got, "val", cache=False)[0].boxes
    assert "\n" not in str(e.value)


# ---- DAVIS

def png(path, ids, palette=True):
    path.parent.mkdir(parents=True, exist_ok=True); im = Image.fromarray(ids.astype(np.uint8))
    if palette: im.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0]+[0]*756)
    im.save(path)


ids = np.zeros((48, 64)); ids[10:20, 5:30] = 1; ids[30:40, 40:60] = 2; ids[0, 0] = 255


def davis_tree(root, year):
    frames = [ids, ids*(ids == 2), ids*0]
    for n in ("bear", "dog", "swan"):
        for i, m in enumerate(frames):
            image(root/f"JPEGImages/480p/{n}/{i:05d}.jpg")
            png(root/f"Annotations/480p/{n}/{i:05d}.png", m if year == 2017 else 255*(m == 1), year == 2017)
    line = (lambda n: "".join(f"/JPEGImages/480p/{n}/{i:05d}.jpg /Annotations/480p/{n}/{i:05d}.png\n"
                              for i in range(3))) if year == 2016 else (lambda n: n+"\n")
    folder = root/"ImageSets"/("480p" if year == 2016 else "2017")
    write(folder/"train.txt", line("bear")+line("swan")); write(folder/"val.txt", line("dog"))
    if year == 2016: write(folder/"trainval.txt", line("bear")+line("dog")+line("swan"))
    return root


def test_davis_2016(tmp_path):
    root = davis_tree(tmp_path/"D", 2016)
    vs = davis(root, cache=tmp_path/"c")
    assert vs.names == ["bear", "dog", "swan"]
    assert davis(root, "train", cache=False).names == ["bear", "swan"] == davis(root, "train").names
    for _ in range(2): equal(vs["dog"].tracks["object"], [[5, 10, 25, 10], nan4, nan4])
    assert len(davis(root, None)) == 3
    with pytest.raises(FileNotFoundError, match="480p/trainvl.txt does not exist"): davis(root, "trainvl")


def test_davis_2017(tmp_path):
    root = davis_tree(tmp_path/"D", 2017)
    assert davis(root, year=2017).names == ["bear", "dog", "swan"] and davis(root, "val", 2017).names == ["dog"]
    v = davis(root, "val", cache=tmp_path/"c")[0] # the masks tell the year
    assert list(v.tracks) == ["1", "2"]
    equal(v.tracks["1"], [[5, 10, 25, 10], nan4, nan4]); equal(v.tracks["2"], [[40, 30, 20, 10]]*2+[nan4])
    # the years have caches of their own
    equal(davis(root, None, 2016, cache=tmp_path/"c")["dog"].boxes[1:], [[40, 30, 20, 10], nan4])
    with pytest.raises(ValueError, match="expected 2016 or 2017"): davis(root, year=2018)


def test_davis_test_split_has_one_mask(tmp_path):
    root = davis_tree(tmp_path/"D", 2017); write(root/"ImageSets/2017/test-dev.txt", "dog\n")
    for i in (1, 2): (root/f"Annotations/480p/dog/{i:05d}.png").unlink()
    equal(davis(root, "test-dev", 2017, False)[0].tracks["2"], [[40, 30, 20, 10], nan4, nan4])
    with pytest.raises(ValueError, match=r"dog has 1 masks for 3 frames"): davis(root, "val", 2017, False)[0].tracks


@pytest.mark.parametrize("year", [2016, 2017])
def test_davis_bad_mask(tmp_path, year):
    root = davis_tree(tmp_path/"D", year); f = root/"Annotations/480p/dog/00001.png"; good = f.read_bytes()
    for bad in (good[:len(good)//2], b"not a png", b""):
        f.write_bytes(bad)
        with pytest.raises(ValueError, match="00001.png is not an image"): davis(root, "val", year, False)[0].tracks
    if year == 2017:
        Image.new("RGB", (64, 48)).save(f)
        with pytest.raises(ValueError, match="00001.png has colours"):
            (Image.new("RGB", (64, 48), "red").save(f), davis(root, "val", year, False)[0].tracks)
        png(f, 255*(ids == 1), False)
        with pytest.raises(ValueError, match="00001.png has colours or one grey"):
            davis(root, "val", year, False)[0].tracks


def test_davis_masks_of_two_sizes(tmp_path):
    root = davis_tree(tmp_path/"D", 2017)
    png(root/"Annotations/480p/dog/00001.png", np.kron(ids, np.ones((2, 2), np.uint8)), True)
    with pytest.raises(ValueError, match="00001.png is of .* pixels, a mask before it of"):
        davis(root, "val", 2017, False)[0].tracks


@pytest.mark.parametrize("name", ["a:b", "100%02d", "[1]"])
def test_davis_in_a_folder_of_any_name(tmp_path, monkeypatch, name):
    davis_tree(tmp_path/name, 2017)
    monkeypatch.chdir(tmp_path)
    assert len(davis(name, "val", 2017, False)[0].tracks) == 2


def test_davis_year_is_told_by_the_masks(tmp_path):
    for year in (2016, 2017):
        root = davis_tree(tmp_path/str(year), year); names = ["1", "2"] if year == 2017 else ["object"]
        (root/"Annotations/480p/bear/00000.png").write_bytes(b"")
        png(root/"Annotations/480p/bear/00001.png", ids*0, year == 2017) # neither tells
        assert list(davis(root, "val", cache=False)[0].tracks) == names
        for lists in ("480p", "2016", "2017"): # lists of both years lie in one folder
            for s, ns in (("train", "bear\nswan\n"), ("val", "dog\n")): write(root/"ImageSets"/lists/f"{s}.txt", ns)
            assert list(davis(root, "val", cache=False)[0].tracks) == names
            assert davis(root, cache=False).names == ["bear", "dog", "swan"]
    (root/"ImageSets/2017/val.txt").unlink()
    assert davis(root, cache=False).names == ["bear", "swan"] # trainval without one of them


@pytest.mark.parametrize("mode", ["1", "L", "I;16", "RGB", "P4"])
def test_davis_masks_of_other_kinds(tmp_path, mode):
    "One bit, grey, numbers in grey levels of 16 bits, colours, a palette of four bits"
    root = davis_tree(tmp_path, 2017)
    for p in (root/"Annotations").rglob("*.png"):
        m = np.where(ids == 255, 0, ids)
        if mode == "1": Image.fromarray((m == 1)*np.uint8(255)).convert("1").save(p)
        elif mode == "L": Image.fromarray((m == 1)*np.uint8(255)).save(p)
        elif mode == "I;16": Image.fromarray(m.astype(np.uint16)).save(p)
        elif mode == "RGB": Image.fromarray(np.stack([(m == 1)*np.uint8(200)]*3, -1)).save(p)
        else:
            im = Image.fromarray(m.astype(np.uint8))
            im.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
            im.save(p, bits=4)
    tracks = davis(root, cache=False)[0].tracks
    assert list(tracks) == (["1", "2"] if mode in ("I;16", "P4") else ["object"])
    equal(next(iter(tracks.values())), [[5, 10, 25, 10]]*3)
    equal(np.unique(Masks(root, "dog")[0]), [0, 255])
    equal(mask_box(Masks(root, "dog")[0]), [5, 10, 55, 30] if len(tracks) > 1 else [5, 10, 25, 10])


def test_davis_unsupervised_and_full_resolution(tmp_path):
    root = davis_tree(tmp_path/"D", 2017)
    (root/"Annotations").rename(root/"Annotations_unsupervised")
    assert list(davis(root, cache=False)["dog"].tracks) == ["1", "2"] and len(Masks(root, "dog")) == 3
    for k in ("JPEGImages", "Annotations_unsupervised"): (root/k/"480p").rename(root/k/"Full-Resolution")
    for at in (root, root.parent, root/"JPEGImages", root/"JPEGImages/Full-Resolution"):
        assert list(davis(at, cache=False)["dog"].tracks) == ["1", "2"]


def test_davis_void_belongs_to_nothing(tmp_path):
    "Pixel (0,0) of the masks is 255: no box reaches there, and Masks leave it out"
    root = davis_tree(tmp_path/"D", 2017)
    equal(davis(root, year=2016, cache=False)["dog"].boxes[0], [5, 10, 55, 30]); assert Masks(root, "dog")[0][0, 0] == 0


def test_davis_list_names_a_video_that_is_not_there(tmp_path):
    root = davis_tree(tmp_path/"D", 2017); write(root/"ImageSets/2017/val.txt", "dog\ncat\n")
    rows = davis(root, "val", cache=False).table(tracks=True)
    assert rows[1] == dict(name="dog", frames=3, tracks={"1": 1, "2": 2})
    assert "480p/cat does not exist" in rows[0]["error"]


def test_mask_box():
    equal(mask_box(np.eye(3)), [0, 0, 3, 3]); assert np.isnan(mask_box(np.zeros((3, 3)))).all()


# ---- OTB

def test_a_list_with_remarks(got):
    write(got/"val/list.txt", "# mine\n./GOT-10k_Val_000001\r\n.\\GOT-10k_Val_000002/\n")
    assert [len(v) for v in got10k(got, "val", cache=False)] == [len(v) for v in (got/"val/list.txt").unlink(
        ) or got10k(got, "val", cache=False)]


def sequence(root, name, numbers, rows, files=("groundtruth_rect.txt",), sep=","):
    for i in numbers: write(root/name/f"img/{i:04d}.jpg")
    for f in files:
        write(root/name/f,
              "".join(sep.join(map(str, (i+1, 2, 10, 20)))+"\n" for i in rows)) # x is the row's number, 0-based
    return root


@pytest.mark.parametrize("sep", [",", "\t", " ", ", ", "   "])
def test_otb_separators(tmp_path, sep):
    sequence(tmp_path, "Dog", range(1, 4), range(3), sep=sep)
    equal(otb(tmp_path)[0].boxes, [[i, 1, 10, 20] for i in range(3)])


def test_otb_targets(tmp_path):
    two = ("groundtruth_rect.1.txt", "groundtruth_rect.2.txt")
    sequence(tmp_path, "Jogging", range(1, 4), range(3), two)
    sequence(tmp_path, "Human4", range(1, 4), range(3), two[1:])
    write(tmp_path/"Human4"/two[0]) # empty, as it is published
    sequence(tmp_path, "Coke", range(1, 4), range(3))
    write(tmp_path/"Jogging/jogging.txt", "notes")
    write(tmp_path/"anno/readme.txt")
    assert otb(tmp_path).names == ["Coke", "Human4", "Jogging.1", "Jogging.2"]
    write(tmp_path/"Jogging"/two[1], "7,8,9,10\n"*3)
    equal(otb(tmp_path)["Jogging.2"].boxes[0], [6, 7, 9, 10])


def test_otb_folders_without_truth_are_said(tmp_path):
    for n in ("Coke", "mine", "dog"):
        sequence(tmp_path, n, range(1, 4), range(3), ("groundtruth_rect.txt",) if n == "Coke" else ())
    sequence(tmp_path/"Car1", "Car1", range(1, 4), range(3)); write(tmp_path/"results/coke.txt")
    with pytest.warns(UserWarning, match=r"no groundtruth_rect.txt in 3 \(Car1, dog, mine\)$"):
        assert otb(tmp_path).names == ["Coke"]


def test_otb_100_has_100_sequences_in_98_folders(tmp_path):
    names = [n for o in otb_targets.values() for n in o]
    assert len(otb_folders) == len(set(otb_folders)) == 98 and len(set(names)) == 100
    assert set(otb_ranges) < set(names)
    for n in names: assert otb_name(n) == otb_name(n.lower()) == otb_name(n.upper()) == n
    for n in otb_folders:
        write(tmp_path/n.lower()/"img/0001.jpg")
        write(tmp_path/n.lower()/"groundtruth_rect.txt", "1,1,9,9\n")
    for n in ("jogging", "skating2"):
        (tmp_path/n/"groundtruth_rect.txt").unlink()
        for k in (1, 2): write(tmp_path/n/f"groundtruth_rect.{k}.txt", "1,1,9,9\n")
    assert set(otb(tmp_path).names) == set(names) # a mirror in lower case


@pytest.mark.parametrize("spelt, name", [("jogging-1", "Jogging.1"), ("Jogging_2", "Jogging.2"),
                                         ("JOGGING.1", "Jogging.1"), ("skating2.1", "Skating2.1"),
    ("skating2-2", "Skating2.2"), ("human4.2", "Human4"), ("Human4-2", "Human4"), ("human4", "Human4"),
    ("david2", "David2"), ("David", "David"), ("faceocc1", "FaceOcc1"),
    ("carScale", "CarScale"), ("motorRolling", "MotorRolling"), ("skating1", "Skating1"), ("Skating2", "Skating2"),
    ("SUV", "Suv"), ("holiday-1", "holiday-1"), ("dog 3", "dog 3")])
def test_otb_names_in_every_published_spelling(spelt, name): assert otb_name(spelt) == name


def test_otb_folders_in_every_published_spelling(tmp_path):
    one, two = "groundtruth_rect.txt", ("groundtruth_rect.1.txt", "groundtruth_rect.2.txt")
    for root, files in (("a", {"jogging-1": (one,), "jogging-2": (one,)}), ("b", {"Jogging_1": two, "Jogging_2": two}),
                        ("c", {"jogging": two})):
        for n, fs in files.items():
            sequence(tmp_path/root, n, range(1, 4), range(3), fs)
            (p := tmp_path/root/n/fs[-1]).write_text(p.read_text().replace(",10,", ",11,"))
        vs = otb(tmp_path/root); assert vs.names == ["Jogging.1", "Jogging.2"]
        if fs == two: assert [v.boxes[0, 2] for v in vs] == [10, 11], "each target has its own truth"
    for n, fs in (("Human4-2", (one,)), ("human4.2", two[1:]), ("human4", two[1:])):
        assert otb(sequence(tmp_path/n, n, range(1, 4), range(3), fs)).names == ["Human4"]
    assert otb(sequence(tmp_path/"d", "mine", range(1, 4), range(3), two)).names == ["mine.1", "mine.2"]
    assert otb(sequence(tmp_path/"e", "mine", range(1, 4), range(3), two[1:])).names == ["mine"]
    sequence(tmp_path/"c", "JOGGING", range(1, 4), range(3), two)
    with pytest.raises(ValueError, match="are both Jogging.1"): otb(tmp_path/"c")
    sequence(tmp_path/"f", "Coke", range(1, 4), range(3), two)
    for f in two: write(tmp_path/"f/Coke"/f)
    with pytest.raises(ValueError, match="is empty"): otb(tmp_path/"f")[0] # not passed over


def test_otb_ranges_hold_whatever_the_spelling(tmp_path):
    for k, n in enumerate(("david", "DAVID", "David")):
        v, = otb(sequence(tmp_path/str(k), n, range(1, 771), range(299, 770)))
        assert (v.name, len(v)) == ("David", 471)


@pytest.mark.parametrize("name, there, rows, first", [
    ("David", range(1, 771), range(299, 770), 300),        # the full download: rows for the range only
    ("David", range(1, 472), range(299, 770), 1),          # cut, and numbered anew
    ("David", range(300, 771), range(299, 770), 300),      # cut, numbers kept
    ("BlurCar1", range(247, 989), range(246, 988), 247), ("BlurCar1", range(1, 989), range(988), 247),
    ("BlurCar1", range(1, 743), range(246, 988), 1),
    ("BlurCar3", range(3, 360), range(2, 359), 3), ("BlurCar3", range(1, 360), range(2, 359), 3),
    ("BlurCar4", range(18, 398), range(17, 397), 18),
    ("Tiger1", range(1, 355), range(354), 6), ("Tiger1", range(1, 350), range(5, 354), 1),
    ("Football1", range(1, 75), range(74), 1), ("Football1", range(1, 78), range(77), 1),
    ("Freeman3", range(1, 461), range(460), 1),
    ("Freeman4", range(1, 298), range(283), 1), ("Freeman4", range(1, 284), range(283), 1),
    ("Diving", range(1, 232), range(215), 1),
])
def test_otb_ranges(tmp_path, name, there, rows, first):
    "Whatever the copy holds, the benchmark's frames come out, each with its own row"
    v, = otb(sequence(tmp_path, name, there, rows)); a, b = otb_ranges[name]
    assert len(v) == b-a+1 and v.frames.paths[0].stem == f"{first:04d}"
    assert v.frames.paths[-1].stem == f"{first+b-a:04d}"
    equal(v.boxes[:, 0], np.arange(a-1, b))


@pytest.mark.parametrize("name, n, rows", [("Dog", 5, 4), ("Dog", 4, 5), ("David", 600, 471), ("Freeman4", 297, 200)])
def test_otb_rows_and_frames_differ(tmp_path, name, n, rows):
    vs = otb(sequence(tmp_path, name, range(1, n+1), range(rows)))
    with pytest.raises(ValueError, match=rf"{name}/groundtruth_rect.txt has {rows} rows for \d+ frames"): vs[0]


def test_boxes_without_area_and_beyond_the_frame(tmp_path):
    sequence(tmp_path, "Dog", range(1, 6), range(5))
    write(tmp_path/"Dog/groundtruth_rect.txt", "1,1,0,20\n1,1,10,-2\n-500,1,10,20\n5,5,900,900\nNaN,NaN,NaN,NaN\n")
    v, = otb(tmp_path)
    equal(v.boxes, [nan4, nan4, [-501, 0, 10, 20], [4, 4, 900, 900], nan4])
    assert v.info["zero_area"] == {"target": [0, 1]}


# ---- VOT

def vot_tree(root, rows, color=True):
    for i in range(len(rows)): write(root/"bag"/("color" if color else ".")/f"{i+1:08d}.jpg")
    write(root/"bag/groundtruth.txt", "\n".join(",".join(map(str, r)) for r in rows)+"\n")
    write(root/"list.txt", "bag\n")
    return root


@pytest.mark.parametrize("color", [True, False])
def test_vot(tmp_path, color):
    root = vot_tree(tmp_path, [[0, 10, 10, 0, 20, 10, 10, 20]]*2, color)
    equal(vot(root)[0].boxes, [[.5, .5, 20, 20]]*2)
    a, = vot(root, "area")[0].boxes[:1]
    np.testing.assert_allclose(a, [10.5-200**.5/2]*2+[200**.5]*2)
    equal(vot(vot_tree(tmp_path, [[3, 4, 5, 6]]*2, color))[0].boxes, [[3, 4, 5, 6]]*2)
    for how in ("minmax", "area"): # a polygon that is a point
        assert np.isnan(vot(vot_tree(tmp_path, [[3, 4]*4]*2, color), how)[0].boxes).all()


def test_vot_workspace_and_missing_folder(tmp_path):
    root = vot_tree(tmp_path/"w/sequences", [[3, 4, 5, 6]]*2); write(root/"list.txt", "bag\nbook\n")
    for at in (root, tmp_path/"w"):
        with pytest.warns(UserWarning, match=r"names 2 videos; no folder is there for 1 \(book\)"): vs = vot(at)
        assert vs.names == ["bag", "book"] and [r["frames"] for r in vs.table()] == [2, 0]


def test_polygon_area_of_turned_rectangles():
    rng = np.random.default_rng(0)
    for _ in range(50):
        c, (w, h), t = rng.uniform(50, 90, 2), rng.uniform(2, 40, 2), rng.uniform(0, 7)
        p = np.array([[-w, -h], [w, -h], [w, h], [-w, h]])/2@[[np.cos(t), np.sin(t)], [-np.sin(t), np.cos(t)]]+c
        m, a = polygon_box(p.reshape(1, 8))[0], polygon_box(p.reshape(1, 8), "area")[0]
        np.testing.assert_allclose([a[2]*a[3], *(a[:2]+a[2:]/2), a[2]/a[3]], [w*h, *c, m[2]/m[3]])
        np.testing.assert_allclose([*m[:2], *(m[:2]+m[2:])], [*p.min(0), *p.max(0)])
    with pytest.raises(ValueError, match="'minmax' or 'area'"): polygon_box(p, "mean")
    with pytest.raises(ValueError, match="'minmax' or 'area'"): vot("x", "mean")


def test_vot_bad_annotation(tmp_path):
    root = vot_tree(tmp_path, [[3, 4, 5, 6]]*2); write(root/"bag/groundtruth.txt", "3,4,5,6\n")
    with pytest.raises(ValueError, match=r"groundtruth.txt has 1 rows for 2 frames"): vot(root)[0]
    write(root/"bag/groundtruth.txt", "3,4,5,6,7\n"*2)
    with pytest.raises(ValueError, match="rows of 5 numbers: expected 4 or 8"): vot(root)[0]
    write(root/"bag/groundtruth.txt", "m3,4,5,6,0,30\nm3,4,5,6,0,30\n")
    with pytest.raises(ValueError, match=r"groundtruth.txt, row 1 is a mask of VOT-2020 and later"): vot(root)[0]
    for codes, row in (("1\n3,4,5,6\n", 1), ("3,4,5,6\n2\n", 2), ("0\n0\n", 1)):
        write(root/"bag/groundtruth.txt", codes)
        with pytest.raises(ValueError, match=rf"groundtruth.txt, row {row} is a code of VOT's results \(1 start, 2 "
                                             rf"failure, 0 not tracked\)"):
            vot(root)[0]
    write(root/"bag/groundtruth.txt", "3,4,5,6\n3,4,5\n")
    with pytest.raises(ValueError, match="as many numbers each"): vot(root)[0]


# ---- a folder of images, and folders that are something else

def test_image_folder(tmp_path):
    for k, n in enumerate(("f2.png", "f10.jpg", "f1.JPG", "f3.bmp")): image(tmp_path/"holiday"/n, 10*k)
    for n in ("notes.txt", ".hidden.jpg"): write(tmp_path/"holiday"/n)
    v = image_folder(tmp_path/"holiday")
    assert v.name == "holiday" and v.tracks == {}
    assert [p.name for p in v.frames.paths] == ["f1.JPG", "f2.png", "f3.bmp", "f10.jpg"]
    assert [round(f.mean(), -1) for f in v.frames] == [20, 0, 30, 10] and len(v.frames[1:3]) == 2
    boxes = [[1, 2, 3, 4]]*4; write(tmp_path/"b.csv", "1,2,3,4\n"*4)
    for b in (boxes, np.array(boxes), tmp_path/"b.csv", str(tmp_path/"b.csv")):
        equal(image_folder(tmp_path/"holiday", b).boxes, boxes)
    with pytest.raises(ValueError, match="3 boxes for 4 frames"): image_folder(tmp_path/"holiday", boxes[:3]).boxes
    write(tmp_path/"b.csv", "1,2,3,4\n"*3)
    with pytest.raises(ValueError, match="b.csv has 3 rows for 4 frames"):
        image_folder(tmp_path/"holiday", tmp_path/"b.csv")
    write(tmp_path/"b.csv", "1,2,3,4\n")
    for b in ([1, 2, 3, 4], [[1, 2, 3, 4]], tmp_path/"b.csv"):
        equal(image_folder(tmp_path/"holiday", b).boxes, [[1, 2, 3, 4]]+[nan4]*3) # the first frame alone
    write(tmp_path/"b.csv", "1,2,4,2,4,6,1,6\n"*4)
    equal(image_folder(tmp_path/"holiday", tmp_path/"b.csv").boxes, [[1, 2, 3, 4]]*4) # polygons


@pytest.mark.parametrize("text", ["1,2,3,4\n5,6,7,8\n", "1\t2\t3\t4\n5\t6\t7\t8", "1 2 3 4\r\n5 6 7 8\r\n",
                                  "1, 2;3\t4,\n5 ,6, 7 8 ,\n", "# x,y,w,h\n1,2,3,4\n\n5,6,7,8\n",
    "1.0e0,2E+00,3.,.4e1\n5,6,7,8\n", "\ufeff1,2,3,4\n5,6,7,8\n"])
def test_boxes_in_every_delimiter(tmp_path, text):
    (tmp_path/"b").write_bytes(text.encode()); equal(read_boxes(tmp_path/"b", 2, (4,)), [[1, 2, 3, 4], [5, 6, 7, 8]])
    (tmp_path/"b").write_bytes(text.encode("utf-16"))
    equal(read_boxes(tmp_path/"b", 2, (4,)), [[1, 2, 3, 4], [5, 6, 7, 8]])


@pytest.mark.parametrize("row",
                         ["1,5;2,5;30,5;40,5", "1,5 2,5 30,5 40,5", "1,5\t2,5\t30,5\t40,5", "-1,5 ; 2,5 ; 3,5 ; 4,5;"])
def test_decimal_commas_are_not_taken_for_polygons(tmp_path, row):
    write(tmp_path/"b.txt", f"# x\n{row}\n")
    with pytest.raises(ValueError, match="b.txt, row 1 is .* with commas in its numbers, or pairs"):
        read_boxes(tmp_path/"b.txt")
    write(tmp_path/"b.txt", "1,2 3,4,5 6,7 8\n"); assert read_boxes(tmp_path/"b.txt").shape == (1, 8)


@pytest.mark.parametrize("row", ["NaN,NaN,NaN,NaN", "nan nan nan nan", "", ",,,", "-1", "nan",
                                 "-1.#IND,-1.#IND,-1.#IND,-1.#IND", "-nan(ind),-nan(ind),-nan(ind),-nan(ind)",
                                 "0,0,0,0", "-1,-1,-1,-1", "inf,1,2,3"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_rows_of_absent_targets(tmp_path, row, at):
    rows = ["1,2,3,4"]*3; rows[at] = row; write(tmp_path/"b.txt", "\n".join(rows)+"\n")
    for i in range(3): image(tmp_path/f"v/{i}.jpg"); image(tmp_path/f"g/train/v/{i}.jpg")
    write(tmp_path/"g/train/v/groundtruth.txt", "\n".join(rows)+"\n")
    want = [[1, 2, 3, 4]]*3; want[at] = nan4
    equal(image_folder(tmp_path/"v", tmp_path/"b.txt").boxes, want)
    equal(got10k(tmp_path/"g", cache=False)[0].boxes, want)
    for k in (2 if row else 1, 4):
        with pytest.raises(ValueError, match=r"b.txt has [23] rows for \d frames"): read_boxes(tmp_path/"b.txt", k)


@pytest.mark.parametrize("read, file", [
    (lambda p: ilsvrc_vid(p, cache=False), "Data/VID/train"),
    (lambda p: ilsvrc_vid(p, "val", cache=False), "Data/VID/val"),
    (lambda p: got10k(p, cache=False), "train"), (lambda p: davis(p, cache=False), "JPEGImages/480p"),
    (otb, "groundtruth_rect.txt"), (vot, "list.txt"),
    (image_folder, "holds no image"),
])
def test_no_such_dataset(tmp_path, read, file):
    write(tmp_path/"else/readme.txt")
    with pytest.raises(FileNotFoundError, match=rf"no .* here: .*{file}"): read(tmp_path)
    with pytest.raises(FileNotFoundError, match="no .* here: .*nowhere"): read(tmp_path/"nowhere")


def test_folders_that_are_nearly_one(tmp_path):
    write(tmp_path/"Data/VID/train/x")
    with pytest.raises(FileNotFoundError, match="Annotations/VID/train does not exist"):
        ilsvrc_vid(tmp_path, cache=False)
    write(tmp_path/"Annotations/VID/train/x")
    with pytest.raises(FileNotFoundError, match="holds no folder of frames"): ilsvrc_vid(tmp_path, cache=False)
    write(tmp_path/"train/list.txt")
    with pytest.raises(FileNotFoundError, match="names a video"): got10k(tmp_path, cache=False)
    write(tmp_path/"train/list.txt", "GOT-10k_Train_000001\n")
    with pytest.raises(FileNotFoundError, match="GOT-10k_Train_000001/groundtruth.txt"): got10k(tmp_path, cache=False)
    write(tmp_path/"list.txt")
    with pytest.raises(FileNotFoundError, match="names no video"): vot(tmp_path)
    write(tmp_path/"list.txt", "bag\n")
    with pytest.raises(FileNotFoundError, match="bag/groundtruth.txt"): vot(tmp_path)


def test_inspect_dataset(ilsvrc, got, tmp_path):
    assert inspect_dataset(ilsvrc)[0] == (
        "ilsvrc-vid, train: 4 videos, 8 tracks, 16 frames, 12 boxes; "
        "the target is absent, or its box is not known, 20 times")
    assert [o.split(":")[0] for o in inspect_dataset(ilsvrc) if o[0] != " "] == [
        "ilsvrc-vid, train", "ilsvrc-vid, val", "ilsvrc-vid, test"]
    write(got/"val/list.txt", "GOT-10k_Val_000001\nGOT-10k_Val_000009\n"); lines = inspect_dataset(got, split="val")
    assert lines[0].startswith("got10k, val: 1 video, 1 track, 3 frames, 2 boxes")
    assert "no folder is there for 1 (GOT-10k_Val_000009)" in lines[1] and "leaves out 1" in lines[2]
    assert lines[3] == "  1 of 2 videos cannot be read:"
    assert lines[4].startswith("    GOT-10k_Val_000009: no video of GOT-10k here")
    for root, layout in ((davis_tree(tmp_path/"D", 2017), "davis, trainval"), (
        sequence(tmp_path/"O", "Dog", range(1, 4), range(3)), "otb"), (vot_tree(tmp_path/"V", [[3, 4, 5, 6]]), "vot")):
        assert inspect_dataset(root)[0].split(":")[0] == layout and inspect_dataset(root, layout.split(",")[0])
    with pytest.raises(FileNotFoundError, match="no OTB here"): inspect_dataset(got, "otb")
    with pytest.raises(FileNotFoundError,
                       match="is no dataset that can be read: expected the layout of ilsvrc-vid, davis"):
        inspect_dataset(tmp_path/"O/Dog/img")
    with pytest.raises(ValueError, match="'mot' is no layout"): inspect_dataset(got, "mot")


def test_read_boxes(tmp_path):
    write(tmp_path/"b", "\n1, 2,3,4,\n\n5\t6 7,8\n")
    equal(read_boxes(tmp_path/"b"), [[1, 2, 3, 4], [5, 6, 7, 8]])
    write(tmp_path/"b", "1,2\nx,3\n")
    with pytest.raises(ValueError, match="does not hold rows of numbers: row 2 is 'x,3'; a header must begin with #"):
        read_boxes(tmp_path/"b")
    (tmp_path/"b").write_bytes(b"\xef\xbb\xbf1,2\r\n3,4\r\n")
    equal(read_boxes(tmp_path/"b"), [[1, 2], [3, 4]])
    (tmp_path/"b").write_bytes(bytes(range(128, 256)))
    with pytest.raises(ValueError, match="b does not hold rows"): read_boxes(tmp_path/"b")


# ---- many videos

def test_a_large_split_opens_at_once(tmp_path):
    "A tenth of ImageNet Video: opening looks into no folder, the index lists each once, and is then read"
    write(tmp_path/"empty")
    for k in range(440):
        for a, e in (("Data", "JPEG"), ("Annotations", "xml")):
            d = tmp_path/f"I/{a}/VID/train/ILSVRC2015_VID_train_000{k%4}/ILSVRC2015_train_{k:08d}"
            d.mkdir(parents=True)
            for i in range(5): os.link(tmp_path/"empty", d/f"{i:06d}.{e}")
    t = time.perf_counter(); vs = ilsvrc_vid(tmp_path/"I", cache=tmp_path/"c"); v = vs[0]; t = time.perf_counter()-t
    assert t < 1 and len(vs) == 440 and len(v) == 5
    assert all(r["frames"] == 5 for r in vs.table())
    t = time.perf_counter(); n = len(ilsvrc_vid(tmp_path/"I", cache=tmp_path/"c").table()); t = time.perf_counter()-t
    assert t < 1 and n == 440


# ---- the real folders

@needs_data
def test_real_davis(tmp_path):
    vs = davis(DATA/"DAVIS", cache=tmp_path/"c")
    assert len(vs) == 38 and sum(r["frames"] for r in vs.table()) == 2700
    for v, again in ((vs[k], vs[k]) for k in (0, 20)):
        b = v.boxes[np.isfinite(v.boxes[:, 0])]; H, W = v.frames[0].shape[:2]
        assert len(b) > len(v)/2 and (b[:, :2] >= 0).all() and (b[:, :2]+b[:, 2:] <= (W, H)).all()
        equal(again.boxes, v.boxes)


@needs_data
def test_real_otb():
    vs = otb(DATA/"OTB")
    assert {v.name: len(v) for v in vs} == dict(Bolt2=293, Couple=140, Crossing=120, David=471, Deer=71, Dog=127,
                                                Football1=74, Girl=500, Man=134, Surfer=376)
    for v in vs: assert np.isfinite(v.boxes).all() and (v.boxes[:, 2:] > 0).all(), v.name
    equal(vs["David"].boxes[0], [128, 79, 64, 78])


@needs_data
def test_real_vot():
    vs, areas = vot(DATA/"VOT"), vot(DATA/"VOT", "area")
    assert {v.name: len(v) for v in vs} == dict(bag=196, book=175, car=252)
    for v, w in zip(vs, areas):
        a, b = v.boxes[:, 2:].prod(1), w.boxes[:, 2:].prod(1)
        assert (b <= a*(1+1e-6)).all() and np.isfinite(b).all(), v.name
