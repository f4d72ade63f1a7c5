"What mypy says about the front door: to code as you would write it, to slips in it, and to our stubs"
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

root = Path(__file__).resolve().parent.parent

start = """
from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_type

import numpy as np

from siamfc_nb import MultiTracker, Tracker, VideoFile
from siamfc_nb.confidence import Confidence, load_confidence
from siamfc_nb.evaluation.trackers import mk_tracker, register
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track.recorder import Found, Recorder
from siamfc_nb.tracking import Tracks
from siamfc_nb.videos import Video

video, t = VideoFile(Path("v.mp4")), Tracker.pretrained("siamfc-3s", confidence=True)
m, r = MultiTracker(t), Recorder("out", "v")
"""

good = """
assert_type(t, Tracker)
assert_type(t.init(video[0], [10, 20, 30, 40]), None)
assert_type(t.update(video[1]), tuple[np.ndarray, float])
assert_type(t.confidence, float | None)
assert_type(t.lost, bool)
for frames in (video, "v.mp4", Path("v.mp4"), [video[0], video[1]]):
    assert_type(t.track(frames, np.zeros(4)), tuple[np.ndarray, np.ndarray])
assert_type(t.follow(video, (10, 20, 30, 40)), Iterator[tuple[np.ndarray, float]])

assert_type(MultiTracker.pretrained(), MultiTracker)
assert_type(m.init(video[0], {"a": [10, 20, 30, 40]}), dict[Any, tuple[np.ndarray, float]])
assert_type(m.update(video[1])["a"], tuple[np.ndarray, float])
assert_type(m.update({"left": video[1]})["a"], tuple[np.ndarray, float])
assert_type(m.stop("a"), None)
assert_type(m.track(video, {0: {"a": (10, 20, 30, 40)}}, stops={5: ["a"]})["a"], tuple[int, np.ndarray, np.ndarray])
for found in m.follow(video, {0: {"a": np.zeros(4)}}): assert_type(found["a"], tuple[np.ndarray, float])
assert_type(m.lost["a"], bool)

assert_type(len(video), int)
assert_type(video.fps, float)
assert_type(video.times, np.ndarray)
for frame in video: assert_type(frame, np.ndarray)
for frame, seconds in video.timed(): assert_type(seconds, float)
assert_type(toy_video(0), Video)
assert_type(toy_video(0).boxes, np.ndarray)

assert_type(r.add(0, {"a": Found(np.zeros(4), 1., lost=False)}, drawn=video[0]), None)
assert_type(r.earlier(), list[Path])
assert_type(load_confidence(), Confidence)

@register("still", title="stands still")
class Still:
    def init(self, frame: np.ndarray, box: Any) -> None: self.box = np.asarray(box, float)
    def update(self, frame: np.ndarray) -> tuple[np.ndarray, float]: return self.box, 1.

some: list[Tracks] = [t, Still(), mk_tracker("ncc")]
"""

# each line holds one slip; behind it, how mypy must name it
bad = """
t.uptade(video[1])                           # "Tracker" has no attribute "uptade"
t.init(video[0])                             # Missing positional argument "box" in call to "init" of "Tracker"
t.track(video, bbox=(1, 2, 3, 4))            # Unexpected keyword argument "bbox" for "track" of "Tracker"
t.update("v.mp4")                            # Argument 1 to "update" of "Tracker" has incompatible type "str"
Tracker.pretrained(3)                        # Argument 1 to "pretrained" of "Tracker" has incompatible type "int"
boxes, scores, lost = t.track(video, [0]*4)  # Need more than 2 values to unpack (3 expected)
t.lost.any()                                 # "bool" has no attribute "any"
m.init(video[0], [10, 20, 30, 40])           # Argument 2 to "init" of "MultiTracker" has incompatible type "list[int]"
m.update(frame=video[1])                     # Unexpected keyword argument "frame" for "update" of "MultiTracker"
m.track(video, {"a": (1, 2, 3, 4)})          # Dict entry 0 has incompatible type "str": "tuple[int, int, int, int]"
MultiTracker("siamfc-3s")                    # Argument 1 to "MultiTracker" has incompatible type "str"
VideoFile()                                  # Missing positional argument "path" in call to "VideoFile"
video.frame_rate                             # "VideoFile" has no attribute "frame_rate"
r.add(0, {"a": np.zeros(4)})                 # Dict entry 0 has incompatible type "str": "ndarray
Found(np.zeros(4), sure=1.)                  # Unexpected keyword argument "sure" for "Found"
mk_tracker("ncc").track(video, [0]*4)        # "Tracks" has no attribute "track"
some: list[Tracks] = [video]                 # List item 0 has incompatible type "VideoFile"; expected "Tracks"
from siamfc_nb import Trakcer                # Module "siamfc_nb" has no attribute "Trakcer"
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    "File's name = line = what mypy says about it"
    at = tmp_path_factory.mktemp("types")
    for name, code in dict(good=good, bad=bad).items(): (at/f"{name}.py").write_text(start + code)
    kinds = tomllib.loads((root/"pyproject.toml").read_text())["tool"]["mypy"]["files"]
    own = [p for kind in kinds for p in sorted(root.glob(kind))]
    how = ["--cache-dir", at/"cache", "--no-error-summary"]
    run = [sys.executable, "-m", "mypy", *how, *own, at/"good.py", at/"bad.py"]
    r = subprocess.run(run, cwd=root, capture_output=True, text=True, check=False)
    assert len(own) > 20 and r.returncode == 1 and not r.stderr, r.stdout + r.stderr
    res = {}
    for l in r.stdout.splitlines():
        path, line, kind, text = re.match(r"(.+?):(\d+): (\w+): (.*)", l).groups()
        if kind == "error": res.setdefault(Path(path).name, {}).setdefault(int(line), []).append(text)
    return res


def test_code_that_uses_the_package_and_its_stubs_pass(said):
    assert not {k: o for k, o in said.items() if k != "bad.py"}


def test_slips_are_named(said):
    lines = (start + bad).splitlines()
    want = {i: l.split("  # ")[1] for i, l in enumerate(lines, 1) if "  # " in l}
    found = said["bad.py"]
    assert found.keys() == want.keys(), found
    for i, text in want.items(): assert any(text in o for o in found[i]), (lines[i-1], found[i])
