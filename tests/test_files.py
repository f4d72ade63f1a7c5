"Listing a folder and reading a text: one rule each, whatever system wrote them"
import ast
import codecs
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import siamfc_nb
from siamfc_nb.deploy import export_onnx
from siamfc_nb.drawing import write_picture
from siamfc_nb.evaluation.sheets import as_markdown
from siamfc_nb.files import (below, folders, half_written, image_endings, kept, lines, listing, natural, one_at_a_time,
                             record, text, unpack_commit)
from siamfc_nb.xcorr import SiamNet

package = Path(siamfc_nb.__file__).parent


def touch(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for n in names: (folder/n).write_bytes(b"")


def test_people_count_2_before_10():
    want = ["a", "A1.png", "a02.png", "a2.png", "a10.png", "a10b2", "a10b11", "b"]
    assert sorted(want[::-1], key=natural) == want
    assert sorted(["x1", "X1"], key=natural) == sorted(["X1", "x1"], key=natural), "equal names keep a fixed order"
    assert natural("img٣.png")[0][1] == 3 # digits of other scripts


def test_what_systems_leave_is_not_listed(tmp_path):
    touch(tmp_path, "2.JPG", "10.jpg", "._2.JPG", ".DS_Store", "Thumbs.db", "desktop.ini", "1.xml", "._1.xml",
          "notes.txt", "3.jpg.part")
    for n in ("b", "a10", "a9", "__MACOSX", ".git", "@eaDir", "folder.jpg"): (tmp_path/n).mkdir()
    assert listing(tmp_path, image_endings) == ["2.JPG", "10.jpg"]
    assert listing(tmp_path, (".xml",)) == ["1.xml"]
    assert listing(tmp_path) == ["1.xml", "2.JPG", "3.jpg.part", "10.jpg", "notes.txt"]
    assert folders(tmp_path) == ["a9", "a10", "b", "folder.jpg"] and folders(tmp_path, "a") == ["a9", "a10"]
    assert not kept("._x.xml") and kept("x.xml")


def test_an_empty_file_and_a_dangling_link_are_frames(tmp_path):
    "To pass one over would move every frame behind it to the row of another"
    touch(tmp_path, "1.jpg", "2.jpg")
    (tmp_path/"3.jpg").symlink_to(tmp_path/"gone")
    (tmp_path/"4.jpg").symlink_to(tmp_path/"1.jpg")
    (tmp_path/"real").mkdir(); (tmp_path/"link").symlink_to(tmp_path/"real")
    assert listing(tmp_path, image_endings) == ["1.jpg", "2.jpg", "3.jpg", "4.jpg"]
    assert folders(tmp_path) == ["link", "real"]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_encoding_and_line_end(tmp_path, code, end):
    p = tmp_path/"list.txt"; p.write_bytes(end.join(["Bär 1  ", "", "\tzwei"]).encode(code))
    assert lines(p) == ["Bär 1", "zwei"]
    p.write_bytes(end.join(["Bär 1", "zwei", ""]).encode(code))
    assert lines(p) == ["Bär 1", "zwei"]


def test_blank_lines_and_remarks(tmp_path):
    p = tmp_path/"a.txt"; p.write_text("# x,y\n1\n\n 2 \n\n")
    assert lines(p, comment="#") == ["1", "2"] and lines(p, blank=True, comment=("#", "%")) == ["1", "", "2", ""]
    assert lines(p)[0] == "# x,y"
    p.write_bytes(b"1\r\n2\r\n\x1a"); assert lines(p) == ["1", "2"]
    p.write_bytes(b"1\n\xef\xbb\xbf2\n"); assert lines(p) == ["1", "2"] # two files put together
    p.write_bytes("a\u2028b\x85c\n".encode()); assert lines(p) == ["a\u2028b\x85c"], "only line ends end a line"
    for b in (b"", b"\n", b"\xef\xbb\xbf", b"\xff\xfe"): p.write_bytes(b); assert lines(p) == []


def test_what_is_no_text_is_said(tmp_path):
    p = tmp_path/"list.txt"; p.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0")
    with pytest.raises(ValueError, match="list.txt is not a text file: it holds zero bytes"): lines(p)
    p.write_bytes("bear".encode("utf-16")[:-1])
    with pytest.raises(ValueError, match="list.txt is not a text file: its bytes are no utf-16"): lines(p)
    with pytest.raises(ValueError, match="is a folder: expected a text file"): text(tmp_path)
    with pytest.raises(FileNotFoundError, match="no file .*none.txt"): text(tmp_path/"none.txt")


def test_folders_in_folders(tmp_path):
    for n in ("b/2.JPG", "b/10.jpg", "a/x.jpg", "a/._x.jpg", "@eaDir/x.jpg/thumb.jpg", "a/.git/y.jpg",
              "__MACOSX/z.jpg", "notes.txt", "b/Thumbs.db"):
        (tmp_path/n).parent.mkdir(parents=True, exist_ok=True); (tmp_path/n).write_bytes(b"")
    (tmp_path/"a/loop").symlink_to(tmp_path)
    assert below(tmp_path, image_endings) == [tmp_path/n for n in ("a/x.jpg", "b/10.jpg", "b/2.JPG")]
    assert len(below(tmp_path)) == 4 and below(tmp_path/"none") == []


@pytest.mark.parametrize("text", ["", '{"n": 1', "[1]", "null", '{"m": 1}'])
def test_a_record_of_something_else(tmp_path, text):
    (tmp_path/"r.json").write_text(text)
    with pytest.raises(ValueError, match=r"r.json is (not JSON|the JSON of something else)"):
        record(tmp_path/"r.json", "n")
    (tmp_path/"r.json").write_bytes(codecs.BOM_UTF8+b'{"n": 1}'); assert record(tmp_path/"r.json", "n") == dict(n=1)


def test_a_commit_is_unpacked_whole_or_in_parts(tmp_path):
    clone = tmp_path/"clone"
    touch(clone/"package", "a.py")
    touch(clone, "b.txt")
    def git(*args):
        named = "-c", "user.name=n", "-c", "user.email=n@example.org"
        return subprocess.run(["git", *named, *args], cwd=clone, check=True, capture_output=True, text=True).stdout
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    first = git("rev-parse", "HEAD").strip()
    (clone/"b.txt").write_text("later")
    assert unpack_commit("HEAD", clone, tmp_path/"all")/"b.txt" in below(tmp_path/"all")
    assert (tmp_path/"all"/"b.txt").read_text() == "", "what is committed, not what lies there"
    unpack_commit(first, clone, tmp_path/"part", "package")
    assert [p.name for p in below(tmp_path/"part")] == ["a.py"]
    for commit, paths in (("none", ()), (first, ("nowhere",)), ("--help", ())):
        with pytest.raises(ValueError, match="expected one that has"):
            unpack_commit(commit, clone, tmp_path/"x", *paths)

in_ascii = """
import json, locale, sys
from pathlib import Path
import numpy as np
from siamfc_nb.data.readers import ilsvrc_vid, write_ilsvrc_vid
from siamfc_nb.evaluation.run import evaluation, training_record
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track.recorder import Found, Recorder
from siamfc_nb.train.bundle import sources
out, v = Path(sys.argv[1]), toy_video(3, n=3, objects=1, size=(60, 80))
assert locale.getpreferredencoding(False).lower() not in ("utf-8", "utf8")
v.tracks = {"0": np.tile([20., 20, 20, 20], (3, 1))}
evaluation("otb", "Sätze, кот", [v], ["ncc"], out/"work", notes=["≤ 3"])
write_ilsvrc_vid(v, out/"tree", cls="кот")
assert ilsvrc_vid(out/"tree", cache=False)[0].info["classes"] == {"0": "кот"}
(out/"training.json").write_bytes('{"validation_videos": ["кот"]}'.encode())
assert training_record(out/"w.safetensors") == dict(validation_videos=["кот"])
r = Recorder(out, "v", video=False)
r.add(0, {"кот": Found(np.array([1., 2, 3, 4]), .5)})
r.close()
assert [*json.loads((out/"v.json").read_bytes())["objects"]] == ["кот"]
assert "φ" in "".join(sources().values())
"""


def test_texts_are_utf8_where_the_locale_is_not(tmp_path):
    env = os.environ | dict(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    (tmp_path/"program.py").write_text(in_ascii, encoding="utf-8")
    r = subprocess.run([sys.executable, tmp_path/"program.py", tmp_path], env=env, capture_output=True, check=False)
    assert r.returncode == 0, r.stderr
    for n in ("report.md", "report.html"):
        said = (tmp_path/"work"/n).read_text(encoding="utf-8")
        assert "Sätze, кот" in said and "≤ 3" in said

# ---- a kill leaves the file as it was

_writes = 'write_text write_bytes imwrite savetxt quantize_static'.split()
_apart = {('app/playground.py', '_template'), ('app/playground.py', '_notebook'), # into a folder that goes again
          ('data/readers.py', 'write_ilsvrc_vid'), ('data/readers.py', 'write_otb')} # into one that is then renamed

def _calls(node, within=False, of=''):
    "Yield name of a function, name of what it calls, and whether that stands in `with whole(…)`"
    if isinstance(node, ast.FunctionDef): of = node.name
    if isinstance(node, ast.With): within |= any('whole(' in ast.unparse(i) for i in node.items)
    if isinstance(node, ast.Call): yield of, ast.unparse(node.func).split('.')[-1], within
    for o in ast.iter_child_nodes(node): yield from _calls(o, within, of)

def test_every_file_is_written_whole_and_by_letters_of_any_kind():
    for p in sorted(package.rglob('*.py')):
        name,calls = p.relative_to(package).as_posix(),[*_calls(ast.parse(p.read_text(encoding='utf-8')))]
        torn = {of for of,call,within in calls if call in _writes and not within and (name,of) not in _apart}
        assert not torn, f'{name}: expected `with files.whole(…)`'
        by_letters = {'imread','imwrite'} & {call for _,call,_ in calls}
        assert not by_letters, f'{name}: on Windows, these fail on letters outside of its code page'

def _markdown(at): as_markdown([('figure','a.png',bytes(99),'a')], at)
def _graphs(at): export_onnx(SiamNet().eval(), at)
def _picture(at): write_picture(at/'b.png', np.zeros((9,9,3), np.uint8))

@pytest.mark.parametrize('write, name', [(_markdown,'a.png'), (_graphs,'phi.onnx'), (_picture,'b.png')])
def test_a_kill_leaves_the_file_as_it_was(write, name, tmp_path, monkeypatch):
    def half(self, data, write=Path.write_bytes):
        write(self, data[:len(data)//2])
        raise KeyboardInterrupt
    (tmp_path/name).write_bytes(b'as it was')
    with monkeypatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(Path, 'write_bytes', half)
        write(tmp_path)
    assert (tmp_path/name).read_bytes()==b'as it was' and not half_written(tmp_path)

# ---- one process at a time

_keep = """import sys, time
from siamfc_nb.files import one_at_a_time
with one_at_a_time(sys.argv[1], "a run"): print("in", flush=True); time.sleep(60)"""

def test_a_folder_is_kept_to_one_process_until_that_is_killed(tmp_path):
    p = subprocess.Popen([sys.executable, '-c', _keep, str(tmp_path/'new')], stdout=subprocess.PIPE, text=True)
    try:
        assert p.stdout.readline()=='in\n'
        with pytest.raises(ValueError, match='new: a run is at work there already: expected it to end first, or'):
            with one_at_a_time(tmp_path/'new', 'a run'): pass
        with one_at_a_time(tmp_path/'other', 'a run'): pass
    finally: p.kill(); p.wait()
    for _ in range(2):
        with one_at_a_time(tmp_path/'new', 'a run'):
            with pytest.raises(ValueError, match='at work'), one_at_a_time(tmp_path/'.'/'new', 'a run'): pass
    assert not [*(tmp_path/'new').iterdir()] and not (tmp_path/'other').exists()

@pytest.mark.parametrize('error', [PermissionError(13, 'taken'), None])
def test_a_folder_is_kept_on_windows(error, tmp_path, monkeypatch):
    def locking(*a):
        if error: raise error
    monkeypatch.setitem(sys.modules, 'fcntl', None)
    monkeypatch.setitem(sys.modules, 'msvcrt', SimpleNamespace(locking=locking, LK_NBLCK=2))
    with pytest.raises(ValueError, match='at work') if error else nullcontext(), one_at_a_time(tmp_path, 'a run'): pass
