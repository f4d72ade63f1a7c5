"The front door: names that load lazily, stubs, `help` that explains arguments, refusals that help"
import ast
import inspect
import json
import pydoc
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import jedi
import numpy as np
import pytest

import siamfc_nb
from siamfc_nb import MultiTracker, Tracker, VideoFile
from siamfc_nb.front import comments_of, explain
from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import write_video

root = Path(__file__).resolve().parent.parent
package = root/"siamfc_nb"
stubs = sorted(p for p in package.rglob("*.pyi") if p.name != "__init__.pyi")
heavy = "torch", "numpy", "cv2", "fastcore", "typer", "matplotlib", "av"


def python(code, *args):
    "Last line that a fresh interpreter prints, as JSON"
    r = subprocess.run([sys.executable, *args, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert r.returncode == 0, r.stderr
    return json.loads(r.stdout.splitlines()[-1])


# ---- names

def test_the_front_door_loads_a_name_when_it_is_asked_for():
    say = f"import sys, json, siamfc_nb as s\ndef now(): return [m for m in {heavy} if m in sys.modules]\n"
    names, at_first, then = python(say + "a = dir(s), now(); s.Tracker; print(json.dumps([*a, now()]))")
    assert set(siamfc_nb.__all__) <= set(names) and at_first == [], at_first
    assert {"numpy", "cv2"} <= set(then) and not {"torch", "matplotlib", "av"} & set(then), then


def test_the_names_at_the_front_are_those_of_their_modules():
    assert siamfc_nb.__all__ == ["Tracker", "MultiTracker", "VideoFile"] == [*siamfc_nb._home]
    for k, m in siamfc_nb._home.items():
        there = import_module(f"siamfc_nb.{m}")
        assert getattr(siamfc_nb, k) is getattr(there, k) and k in there.__all__
    code = """import json
from siamfc_nb import *
print(json.dumps([Tracker.__name__, MultiTracker.__name__, VideoFile.__name__]))"""
    assert python(code) == siamfc_nb.__all__


# ---- stubs

def name_of(path): return path.relative_to(package).with_suffix("").as_posix().replace("/", ".")


def defined(tree):
    "Name = its node, of a module or of a class"
    res = {}
    for o in tree.body:
        if isinstance(o, ast.ClassDef | ast.FunctionDef): res[o.name] = o
        for t in getattr(o, "targets", [getattr(o, "target", None)]):
            if isinstance(t, ast.Name): res[t.id] = o
    return res


def arguments(f):
    "How a function may be called: kind, name and whether it must be given"
    a = f.args
    rows = [*a.posonlyargs, *a.args]
    last = len(rows)-len(a.defaults)
    res = [("plain", o.arg, i < last) for i, o in enumerate(rows)]
    if a.vararg: res.append(("*", a.vararg.arg, False))
    res += [("key", o.arg, d is None) for o, d in zip(a.kwonlyargs, a.kw_defaults)]
    if a.kwarg: res.append(("**", a.kwarg.arg, False))
    return res


kinds = {"VAR_POSITIONAL": "*", "KEYWORD_ONLY": "key", "VAR_KEYWORD": "**"}


def live_arguments(f):
    ps = inspect.signature(f).parameters.values()
    return [(k := kinds.get(p.kind.name, "plain"), p.name, k in ("plain", "key") and p.default is p.empty) for p in ps]


@pytest.mark.parametrize("path", stubs, ids=name_of)
def test_a_stub_says_what_its_module_has(path):
    mod, said = import_module(f"siamfc_nb.{name_of(path)}"), defined(ast.parse(path.read_text()))
    assert not set(mod.__all__)-said.keys()
    for k in mod.__all__:
        o = getattr(mod, k)
        if inspect.isfunction(o): assert arguments(said[k]) == live_arguments(inspect.unwrap(o)), k
        if not inspect.isclass(o) or o.__module__ != mod.__name__: continue
        members = defined(said[k])
        for n, m in vars(o).items():
            m = inspect.unwrap(getattr(m, "__func__", m))
            if not inspect.isfunction(m) or m.__module__ != mod.__name__ or n.startswith("__") and n not in members:
                continue
            if n.startswith("_orig_"): continue # what `patch` keeps of a parent's method
            assert n in members, f"{k}.{n} is missing"
            assert arguments(members[n]) == live_arguments(m), f"{k}.{n}"
        lost = [n for n, m in vars(o).items() if isinstance(m, property) and n not in members]
        assert not lost, f"{k}: {lost}"


def test_a_stub_names_what_a_tracker_knows():
    toy = toy_video(0, n=2, objects=1, size=(120, 160))
    t = Tracker.pretrained("siamfc-dither", "cpu")
    t.track(toy.frames, toy.boxes[0])
    said = defined(defined(ast.parse((package/"tracking.pyi").read_text()))["Tracker"])
    assert not {k for k in vars(t) if not k.startswith("_")} - said.keys()
    assert {"init", "update", "track", "follow", "pretrained", "c", "confidence", "lost"} <= said.keys()


@pytest.mark.parametrize(
    "said, want",
    [
        ("Tracker.up", "update"),
        ("Tracker.pretrained().tr", "track"),
        ("Tracker.pretrained().lo", "lost"),
        ("MultiTracker.st", "stop"),
        ("VideoFile('x').ti", "times"),
        ("VideoFile('x').f", "fps"),
    ],
)
def test_an_editor_completes(said, want):
    code = f"from siamfc_nb import Tracker, MultiTracker, VideoFile\n{said}"
    names = [o.name for o in jedi.Script(code, project=jedi.Project(root)).complete(2, len(said))]
    assert want in names, names


# ---- help

def is_own(f): return inspect.isfunction(f) and f.__module__.startswith("siamfc_nb")


@pytest.mark.parametrize("cls", [Tracker, MultiTracker, VideoFile], ids=lambda o: o.__name__)
def test_help_documents_every_argument(cls):
    text = pydoc.plain(pydoc.render_doc(cls))
    members = [(n, m) for c in reversed(cls.__mro__) for n, m in vars(c).items()] # a parent's, too
    fs = {n: getattr(m, "__func__", m) for n, m in members if n == "__init__" or n[0] != "_"}
    fs = {n: m for n, m in fs.items() if is_own(m)}
    assert {"__init__"} < fs.keys()
    for n, f in fs.items():
        doc = cls.__doc__ if n == "__init__" else f.__doc__
        named = [p for p in inspect.signature(f).parameters if p not in ("self", "cls")]
        assert not named or "\n\nArguments:\n" in doc, n
        for p in named:
            (said,) = [l for l in doc.splitlines() if l.startswith(f"  {p}: ")]
            assert len(said) > len(p)+8 and said.strip() in text, (n, said)


def test_comments_of_a_signature_are_found_whatever_their_form():
    def f(self,
        a,         # one (of two): `x` # y
        b=(.2, 5), # the other
        *rest,     # more
        c=None,
        **kw,      # others
    )->dict:       # what comes of it
        x = 1      # no argument
        return x
    def g(x): # yields it
        yield x
    def h(x): return x  # a remark

    assert comments_of(f) == {
        "a": "one (of two): `x` # y",
        "b": "the other",
        "rest": "more",
        "kw": "others",
        "return": "what comes of it",
    }
    assert comments_of(g) == {"return": "yields it"} and not comments_of(lambda: 0)
    assert "x = 1" not in str(comments_of(h))


def test_a_class_without_source_keeps_its_docstrings():
    at = {}
    exec('class A:\n    "Is"\n    def f(self, x): "Does"', at)
    explain(at["A"])
    assert at["A"].__doc__ == "Is" and at["A"].f.__doc__ == "Does"


# ---- refusals

@pytest.mark.parametrize("make, says", [
    (lambda: Tracker(), r"net is None: expected a SiamNet; Tracker.pretrained\(\) has the network that ships"),
    (lambda: Tracker("siamfc-3s"), "net is 'siamfc-3s': expected a SiamNet"),
    (lambda: MultiTracker(), r"tracker is None: expected a Tracker; MultiTracker.pretrained\(\) makes it"),
    (lambda: MultiTracker("siamfc-3s"), "tracker is 'siamfc-3s': expected a Tracker"),
    (lambda: Tracker.pretrained("nonsense"), "unknown configuration 'nonsense': expected one of siamfc-3s, siamfc, "),
    (lambda: Tracker.pretrained(["siamfc"]), r"unknown configuration \['siamfc'\]: expected one of siamfc-3s"),
    (lambda: MultiTracker.pretrained("nonsense"), "unknown configuration 'nonsense': expected one of siamfc-3s"),
    (lambda: VideoFile("nowhere.mp4"), "no video file nowhere.mp4"),
], ids=lambda o: str(o)[:40] if isinstance(o, str) else "")
def test_a_refusal_says_what_to_write_instead(make, says):
    with pytest.raises((TypeError, ValueError, OSError), match=says): make()


# ---- what there is to track in

@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    v = toy_video(3, n=4, objects=1, size=(120, 160))
    write_video(path := tmp_path_factory.mktemp("front")/"v.mp4", v.frames)
    return v, path


def test_a_path_a_video_file_and_frames_are_tracked_alike(toy):
    v, path = toy
    t = Tracker.pretrained("siamfc-dither", "cpu")
    f = VideoFile(path)
    want, scores = t.track(list(f), v.boxes[0])
    assert want.shape == (4, 4) and np.isnan(scores[0]) and np.isfinite(scores[1:]).all()
    for o in (path, str(path), f, (x for x in f)): np.testing.assert_array_equal(t.track(o, v.boxes[0])[0], want)
    m = MultiTracker(t)
    for o in (path, str(path), f, list(f)):
        i, boxes, _ = m.track(o, {0: {"a": v.boxes[0]}})["a"]
        assert i == 0 and np.abs(boxes-want).max() < 1e-3
        m.stop("a")
