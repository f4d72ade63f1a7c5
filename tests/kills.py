"""SIGKILL at random moments of curation, training, tracking and evaluation

What was finished stays, and the resumed run ends as an undisturbed one.

    python tests/kills.py --kills 50 --json data/results/kills.json
"""
import argparse
import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from hashlib import blake2b
from pathlib import Path

import cv2
import numpy as np
import psutil
import pyarrow as pa
from safetensors.numpy import load_file

from siamfc_nb.report import write_result
from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import VideoFile, write_video


# A process that has imported everything and forks for each command: what is killed is work, not the import of torch
NURSERY = """
import json, os, signal, sys
import torch
import siamfc_nb.evaluation.run, siamfc_nb.track.live, siamfc_nb.training
from siamfc_nb.cli import app
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    pid = os.fork()
    if not pid: break
    print(pid, flush=True)
else: sys.exit()
signal.signal(signal.SIGCHLD, signal.SIG_DFL); os.setsid()
said, args = json.loads(line); sys.argv = ["siamfc", *args]
f = os.open(said, os.O_WRONLY|os.O_CREAT|os.O_TRUNC)
for fd, o in ((0, os.open(os.devnull, os.O_RDONLY)), (1, f), (2, f)): os.dup2(o, fd)
try: app(args)
except SystemExit as e: open(said+".status", "w").write(str(e.code or 0)); raise
"""


@cache
def nursery():
    return subprocess.Popen([sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


class Command:
    "A command that runs; its output is in a file beside `log`"
    def __init__(self, log, *args):
        self.said, self.args = Path(log), args; self.status_file.unlink(missing_ok=True)
        n = nursery()
        n.stdin.write(json.dumps([str(log), [*map(str, args)]])+"\n")
        n.stdin.flush()
        self.pid = int(n.stdout.readline())
    @property
    def status_file(self): return self.said.with_name(self.said.name+".status")
    def runs(self):
        try: os.kill(self.pid, 0)
        except ProcessLookupError: return False
        return True
    def wait(self, seconds):
        end = time.perf_counter()+seconds
        while self.runs() and time.perf_counter() < end: time.sleep(.005)
        return not self.runs()
    def kill(self, group):
        try: (os.killpg if group else os.kill)(self.pid, signal.SIGKILL); return True
        except ProcessLookupError: return False
    def left(self, seconds=2):
        "Whether a process of the command outlives it by that long; one that only waits to be collected does not count"
        end = time.perf_counter()+seconds
        while time.perf_counter() < end and (alive := self.alive()): time.sleep(.05)
        if alive: self.kill(True)
        return bool(alive)
    def alive(self):
        return [p for p in psutil.process_iter(["pid", "status"]) if p.info[
            "status"] != psutil.STATUS_ZOMBIE and group_of(p.info["pid"]) == self.pid]


def group_of(pid):
    try: return os.getpgid(pid)
    except ProcessLookupError: return None


def to_the_end(log, *args):
    "Run a command; seconds that it took"
    t, c = time.perf_counter(), Command(log, *args)
    if not c.wait(900): c.kill(True); raise AssertionError(f"{args} hangs: {c.said.read_text()[-2000:]}")
    if not c.status_file.exists() or c.status_file.read_text() != "0":
        raise AssertionError(f"{args}: {c.said.read_text()[-2000:]}")
    return time.perf_counter()-t


def make_data(d):
    "Toy videos in the layouts of ILSVRC VID and OTB, crops of the first, and a video file"
    from siamfc_nb.data.readers import write_ilsvrc_vid
    for s in range(16):
        v = toy_video(s, n=8, size=(120, 160), objects=2); write_ilsvrc_vid(v, d/"vid")
        if s < 6:
            (d/"otb"/f"Toy{s}"/"img").mkdir(parents=True)
            for i, f in enumerate(v.frames): cv2.imwrite(str(d/"otb"/f"Toy{s}"/"img"/f"{i+1:04d}.jpg"), f[..., ::-1])
            b = next(b for b in v.tracks.values() if np.isfinite(b).all()) if any(
                np.isfinite(b).all() for b in v.tracks.values()) else np.full((8, 4), 30.)
            np.savetxt(d/"otb"/f"Toy{s}"/"groundtruth_rect.txt", b, "%.2f", ",")
    write_video(d/"toy.mp4", toy_video(3, n=60, size=(120, 160), objects=1).frames)
    to_the_end(d/"said", "curate", "ilsvrc-vid", d/"vid", d/"crops")
    return d


# ---- a command each: its arguments, what is finished after a kill, and what it comes to in the end

def stamp(p): return p.stat().st_mtime_ns, blake2b(p.read_bytes()).hexdigest()
def shards(out): return {p.name: stamp(p) for p in sorted(out.rglob("*.arrow"))}


def crops(out):
    rows = [r for p in sorted(out.rglob("*.arrow"))
            for r in pa.ipc.open_stream(pa.memory_map(str(p))).read_all().to_pylist()]
    return dict(rows=rows, reports={p.name: json.loads(p.read_text()) for p in sorted(out.rglob("*.json"))})


def logged(out):
    "Rows of the log"
    p = out/"log.csv"; return {int(r["step"]): r for r in csv.DictReader(open(p))} if p.exists() else {}


def network(out):
    tensors = {f"{p.name} {k}": v for p in sorted(out.glob("*.safetensors")) for k, v in load_file(p).items()}
    return dict(tensors=tensors, log=logged(out))


def rows(out):
    "Whole rows of the boxes that are on disk"
    p = out/"toy.csv"; text = p.read_text() if p.exists() else ""
    if text and not text.endswith("\n"): raise AssertionError(f"half a row is on disk: {text[-60:]!r}")
    return dict(enumerate(text.splitlines()))


def boxes(out):
    d = json.loads((out/"toy.json").read_text())
    return dict(rows=rows(out), objects=d["objects"], ended=d["ended"], frames=len(VideoFile(out/"toy.mp4")))


def runs(out): return {str(p.relative_to(out)): stamp(p) for p in sorted((out/"work"/"log").rglob("Toy*.json"))}


def figures(out):
    "What was measured, without times"
    def bare(o): return {k: bare(v) for k, v in o.items() if not k.startswith("fps")} if isinstance(o, dict) else o
    d = json.loads((out/"otb.json").read_text())
    return dict(figures=bare(d["trackers"]),
                boxes={p.name: p.read_text() for p in sorted((out/"work").rglob("Toy*.txt")) if "time" not in p.name})


def cases(d):
    "Name = arguments of the command for an output folder, what is finished, what it comes to"
    return dict(
        curate=(lambda o: ("curate", "ilsvrc-vid", d/"vid", o, "--jobs", 2), shards, crops),
        train=(lambda o: ("train", d/"crops", "--steps", 6, "--batch", 2, "--val", .25, "--val-pairs", 4, "--recipe",
        "paper", "--device", "cpu", "--out", o), logged, network),
        track=(lambda o: ("track", d/"toy.mp4", "--box", "60,40,40,40", "--config", "siamfc-dither", "--device",
        "cpu", "--out", o), rows, boxes),
        evaluate=(lambda o: ("eval", "otb", d/"otb", "--tracker", "siamfc-dither,ncc", "--jobs", 2, "--device", "cpu",
        "--work", o/"work", "--out", o/"otb.json"), runs, figures))


def equal(a, b):
    if isinstance(a, dict): return isinstance(b, dict) and a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, list): return len(a) == len(b) and all(map(equal, a, b))
    return a == b or (a != a and b != b)


class Undisturbed:
    "A run to the end, that others are compared with"
    def __init__(self, case, out):
        self.args, self.finished, self.result = case
        self.seconds = to_the_end(out.with_suffix(".said"), *self.args(out))
        self.want, self.all = self.result(out), self.finished(out)


def kill_and_resume(run, out, at, group):
    "Kill after `at` seconds, the main process alone or all of them, and go on; what was seen"
    c = Command(out.with_suffix(".killed"), *run.args(out))
    hit = not c.wait(at) and c.kill(group)
    c.wait(60)
    done = run.finished(out)
    to_the_end(out.with_suffix(".said"), *run.args(out)); now, left = run.finished(out), c.left()
    lost = [k for k, v in done.items() if now.get(k) != v]
    return dict(at=round(at, 2), group=group, hit=hit, finished=len(done), of=len(run.all), lost=len(lost),
                processes_left=left, equal=equal(run.result(out), run.want))


def kills(n, seed):
    "`n` kills in turn over the commands; yields the command and what was seen"
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as d:
        d = make_data(Path(d)); base = {k: Undisturbed(c, d/f"{k}-whole") for k, c in cases(d).items()}
        for i in range(n):
            k = list(base)[i % len(base)]
            for j in range(20): # a command that had ended before it could be killed is none of the `n`
                seen = kill_and_resume(base[k], d/f"{k}-{i}-{j}", rng.uniform(0, base[k].seconds), rng.random() < .5)
                if seen["hit"]: break
            yield k, seen


def summary(seen):
    "What is to be said of a list of kills"
    return dict(kills=len(seen), hit=sum(r["hit"] for r in seen),
                finished_when_killed=sum(r["finished"] for r in seen), lost=sum(r["lost"] for r in seen),
                different=sum(not r["equal"] for r in seen), processes_left=sum(r["processes_left"] for r in seen))


def main():
    a = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    a.add_argument("--kills", type=int, default=50)
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--json", default="runs/kills.json")
    o = a.parse_args(); seen = {}
    for k, r in kills(o.kills, o.seed): # the file is whole after each of them
        seen.setdefault(k, []).append(r)
        print(k, r, flush=True)
        every = summary([r for rs in seen.values() for r in rs])
        write_result(o.json, **every, commands={k: summary(rs) for k, rs in seen.items()}, runs=seen, seed=o.seed)
    print(o.json, every); sys.exit(any(every[k] for k in ("lost", "different", "processes_left")))


if __name__ == "__main__": main()
