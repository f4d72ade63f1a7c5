"The command line: quick to answer, one sentence for wrong input, a traceback for our own mistakes, nothing written where it was not asked for"
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from siamfc_nb import __version__
from siamfc_nb.cli import app, friendly, later
from siamfc_nb.errors import sentence
from siamfc_nb.lab import here, lab
from siamfc_nb.videos import toy_video, write_video

root = Path(__file__).resolve().parent.parent


def program(args):
    "What has a command: the lab, or `siamfc`"
    return lab if args and args[0] in get_command(lab).commands else app


def call(*args): return CliRunner().invoke(program(args), [str(a) for a in args])


def shell(*args, **kw):
    return subprocess.run([sys.executable, "-m", "siamfc_nb", *map(str, args)], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(root)} | kw.pop("env", {}), **kw)


def commands(cmd=None, path=()):
    "All commands with their names, groups left out"
    if cmd is None: yield from commands(get_command(app)); cmd = get_command(lab)
    if hasattr(cmd, "commands"):
        for name, o in cmd.commands.items(): yield from commands(o, (*path, name))
    else: yield path, cmd


each_command = pytest.mark.parametrize("path", [p for p, _ in commands()], ids=" ".join)


def command_of(path):
    cmd = get_command(program(path))
    for name in path: cmd = cmd.commands[name]
    return cmd


# ---- quick, and the same however it is started

@pytest.mark.parametrize("args", [["--help"], ["-h"], ["bench", "--help"], ["--version"], ["eval", "--help"], ["toy", "-h"], ["train", "-h"], ["demo", "--help"]], ids=" ".join)
def test_help_loads_nothing_heavy(args):
    where = "lab import lab as app" if args[0] in ("bench", "--help") else "cli import app"
    code = f"import sys\nfrom siamfc_nb.{where}\ntry: app({args})\nfinally: print('loaded', sorted({{'torch','numpy','cv2','pandas','matplotlib'}} & set(sys.modules)))"
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert r.returncode == 0 and r.stdout.splitlines()[-1] == "loaded []", r.stdout+r.stderr


@pytest.mark.parametrize("args", [["track", "x.mp4", "--box", "1,2,3"], ["demo", "--video", "x.mp4"], ["toy", "x", "--jobs", "0"], ["train", "nowhere"], ["curate", "vid", "a", "b"]], ids=" ".join)
def test_arguments_are_checked_before_anything_heavy_is_loaded(args, tmp_path):
    code = f"import sys\nfrom siamfc_nb.cli import app\ntry: app({args})\nfinally: print('loaded', sorted({{'torch','numpy','cv2'}} & set(sys.modules)))"
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    assert r.returncode == 1 and r.stdout.splitlines()[-1] == "loaded []" and r.stderr.startswith("siamfc: "), r.stdout+r.stderr


@pytest.mark.parametrize("how", [["-m", "siamfc_nb"], ["-m", "siamfc_nb.cli"]], ids=" ".join)
def test_it_is_a_program_as_a_module(how, tmp_path):
    run = lambda *a: subprocess.run([sys.executable, *how, *a], capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, check=False)
    r = run("--version"); assert (r.returncode, r.stdout) == (0, f"siamfc_nb {__version__}\n"), r.stderr
    r = run("train", "nothing"); assert r.returncode == 1 and r.stderr == "siamfc: nothing is no folder: expected one of `siamfc curate`\n"


def test_two_processes_of_accelerate(tmp_path):
    "As the page on clusters gives it, on the CPU"
    from siamfc_nb.curation import curate
    curate([toy_video(s, n=6, objects=2, size=(120, 160)) for s in range(4)], tmp_path/"crops")
    r = subprocess.run([sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no",
                        "-m", "siamfc_nb.cli", "train", "crops", "--steps", "2", "--batch", "2", "--val", "0", "--workers", "0", "--recipe", "paper", "--out", "run"],
                       capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}, check=False)
    assert r.returncode == 0, r.stdout+r.stderr
    assert r.stdout.count("-> run") == 1 and r.stdout.count("2 steps of 2 pairs on cpu: about") == 1 # one process speaks
    assert sum(1 for _ in open(tmp_path/"run/log.csv")) == 1+2 and (tmp_path/"run/training.json").exists()


@pytest.mark.parametrize("args", [["bench", "memory", "--frames", "5"], ["bench", "tracking"], ["bench", "playground"], ["eval", "clips"]], ids=" ".join)
def test_a_file_that_cannot_be_written_is_said_before_the_work(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path); Path("file").write_text("")
    start = time.perf_counter(); r = call(*args, "--out", "file/x.json")
    assert r.exit_code == 1 and "file is a file: expected a folder" in r.output and time.perf_counter()-start < 60
    r = call("bench", "memory", "--publish"); assert r.exit_code == 1 and "no folder data/results" in r.output


# ---- help

def test_what_a_user_needs_and_what_its_makers_need_are_apart():
    users, makers = (set(get_command(o).commands) for o in (app, lab))
    assert makers == {"ablate", "bench", "calibrate", "quantize", "scaling"} and not users & makers
    assert {"demo", "play", "track", "toy", "curate", "train", "eval", "mine", "weights", "check"} <= users
    for w in makers: assert w not in call("--help").output and CliRunner().invoke(app, [w]).exit_code == 2
    r = subprocess.run([*here.replace("python", sys.executable).split(), "--help"], capture_output=True, text=True, cwd=root, check=False)
    assert r.returncode == 0 and here in r.stdout and all(w in r.stdout for w in makers), r.stderr


@each_command
def test_each_help_has_an_example_that_parses(path):
    cmd = command_of(path)
    start = f"Example: {here if program(path) is lab else 'siamfc'} "
    assert cmd.epilog.startswith(start+" ".join(path)), cmd.epilog
    words = shlex.split(cmd.epilog.removeprefix(start))[len(path):]
    cmd.make_context(path[-1], words) # converts and checks every value
    r = call(*path, "--help"); assert r.exit_code == 0 and " ".join(start.split()[:3]) in " ".join(r.output.split()) and "Usage:" in r.output


@each_command
def test_each_option_says_what_it_is(path):
    params = [p for p in command_of(path).params if p.name != "help"]
    assert all(len(p.help or "") > 5 and p.help[-1] in ".…)" for p in params), [(p.name, p.help) for p in params]


def test_names_in_help_texts_are_those_of_the_package():
    from siamfc_nb.tracking import configs
    from siamfc_nb.training import recipes
    said = {p.name: p.help for p in command_of(["train"]).params}["recipe"]
    assert set(re.findall(r"\w+", said.removeprefix("Settings"))) - {"or"} == recipes.keys()
    said = {p.name: p.help for p in command_of(["demo"]).params}["config"]
    assert set(re.findall(r"siamfc[\w-]*", said)) <= configs.keys()


# ---- the demo

def test_the_demo_begins_with_the_clip_that_is_held_and_explains_its_pictures(tmp_path, monkeypatch):
    from siamfc_nb import readers
    from siamfc_nb.videos import Video
    short = [Video(v.name, list(v.frames)[:3], {"target": v.boxes[:3]}) for v in readers.clips()]
    monkeypatch.setattr(readers, "clips", lambda: short)
    r = call("demo", "--config", "siamfc-dither", "--device", "cpu", "--out", tmp_path); assert r.exit_code == 0, r.output
    lines = r.output.splitlines()
    assert lines[0].startswith("juice_box: mean IoU ") and lines[1].startswith("bunny_head: mean IoU ")
    for w in ("orange our box", "green the box that was drawn by hand", "score map", "the score"): assert w in " ".join(lines[2:])
    write_video(tmp_path/"v.mp4", toy_video(1, n=3, size=(120, 160)).frames) # of one's own: nothing is green
    r = call("demo", "--video", tmp_path/"v.mp4", "--box", "40,40,30,30", "--config", "siamfc-dither", "--out", tmp_path/"o"); assert r.exit_code == 0 and "orange" in r.output and "green" not in r.output, r.output


# ---- mistakes of ours, and of others

@pytest.mark.parametrize("error", [TypeError("x"), AttributeError("x"), KeyError("x"), IndexError("x"), ZeroDivisionError("x"), AssertionError("x"), NotImplementedError("x"), RuntimeError("x")], ids=lambda e: type(e).__name__)
def test_a_mistake_of_ours_keeps_its_traceback(error):
    def fails(): raise error
    one = typer.Typer(pretty_exceptions_enable=False); one.command()(friendly(fails))
    assert CliRunner().invoke(one).exception is error


@pytest.mark.parametrize("error, says", [(ValueError("a value: expected b"), "a value: expected b"), (OSError("no file x"), "no file x"), (ValueError("two\n  lines"), "two lines"), (ValueError("port ([Errno -2] no name)"), "port (no name)"),
                                         (FileExistsError(17, "File exists", "x"), "x: is there already: expected a folder, or a name that is free"), (MemoryError(), "the memory is not enough: fewer processes, or smaller batches, need less")])
def test_wrong_input_is_a_sentence(error, says):
    def fails(): raise error
    one = typer.Typer(); one.command()(friendly(fails)); r = CliRunner().invoke(one)
    assert r.exit_code == 1 and r.output == f"siamfc: {says}\n"


def test_a_runtime_error_that_the_package_raises_is_a_sentence():
    from siamfc_nb.live import need_window
    env = {k: os.environ.pop(k) for k in ("DISPLAY", "WAYLAND_DISPLAY") if k in os.environ}
    try:
        with pytest.raises(RuntimeError) as e: need_window("--show")
        assert sentence(e.value).startswith("--show: ")
    finally: os.environ.update(env)


def test_memory_of_a_gpu_is_a_sentence():
    import torch
    assert "GPU" in sentence(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"))


def test_debug_shows_every_traceback(tmp_path):
    r = CliRunner().invoke(lab, ["--debug", "scaling", "x", "--jobs", "1"]); assert isinstance(r.exception, ValueError)
    assert call("scaling", "x", "--jobs", "1").output == "siamfc: --jobs 1: expected at least 2\n"
    for args, env in ((["--debug", "toy", tmp_path/"x", "--jobs", 0], {}), (["toy", tmp_path/"x", "--jobs", 0], {"SIAMFC_DEBUG": "1"})):
        r = shell(*args, env=env); assert r.returncode == 1 and "Traceback" in r.stderr and "ValueError: --jobs 0" in r.stderr
    r = shell("toy", tmp_path/"x", "--jobs", 0, env={"SIAMFC_DEBUG": "0"}); assert r.returncode == 1 and r.stderr == "siamfc: --jobs 0: expected at least 1\n"
    r = call("--debug", "toy", tmp_path/"x", "--jobs", 0); assert isinstance(r.exception, ValueError) and "SIAMFC_DEBUG" not in os.environ


def test_a_command_of_another_module_is_loaded_when_it_is_called():
    one = typer.Typer(); one.command("x", cls=later("nowhere:f"), short_help="Short.")(lambda: None); one.command("y")(lambda: None)
    assert "Short." in CliRunner().invoke(one, ["--help"]).output
    assert isinstance(CliRunner().invoke(one, ["x"]).exception, ModuleNotFoundError)


def test_warnings_are_one_line_each():
    import warnings
    def warns(): warnings.warn("two\n lines", stacklevel=1)
    one = typer.Typer(); one.command()(friendly(warns)); r = CliRunner().invoke(one)
    assert (r.exit_code, r.output) == (0, "siamfc: note: two lines\n")


# ---- a matrix of bad input

@pytest.fixture(scope="module")
def bad(tmp_path_factory):
    "A file, an empty folder, sound without pictures, text that is called a video, a real video"
    d = tmp_path_factory.mktemp("bad"); (d/"file").write_text("hello"); (d/"empty").mkdir(); (d/"text.mp4").write_text("hello"); (d/"folder.mp4").mkdir()
    with wave.open(str(d/"sound.wav"), "wb") as w: w.setnchannels(1); w.setsampwidth(2); w.setframerate(8000); w.writeframes(bytes(16000))
    write_video(d/"v.mp4", toy_video(1, n=4, size=(120, 160)).frames)
    return d


BOX = ("--box", "40,40,30,30")
wrong = [
    *[("demo", "--out", o) for o in ("FILE", "FILE/x", "/proc/x", "/dev/null/x")],
    *[("demo", "--video", v, *BOX, "--out", "D/o") for v in ("D/nothing.mp4", "D/sound.wav", "D/text.mp4", "D/folder.mp4", "EMPTY")],
    *[("demo", "--video", "V", f"--box={b}", "--out", "D/o") for b in ("1,2,3", "a,b,c,d", "", "1,2,-3,4", "1,2,0,4", "nan,1,2,3", "1,2,inf,3", "500,10,20,20", "1e400,2,3,4", "1;2;3;4")],
    ("demo", "--video", "V", "--out", "D/o"), (*("demo", "--video", "V", *BOX, "--out", "D/o"), "--device", "gpu"), ("demo", "--config", "best", "--out", "D/o"),
    *[("track", v, *BOX, "--out", "D/o") for v in ("D/nothing.mp4", "D/sound.wav", "D/text.mp4", "D/folder.mp4", "EMPTY", "FILE", "")],
    *[("track", "V", f"--box={b}", "--out", "D/o") for b in ("1,2,3", "a,b,c,d", "1,2,-3,4", "500,10,20,20")],
    *[("track", "V", *BOX, "--out", o) for o in ("FILE", "FILE/x", "/proc/x")],
    *[("track", "V", *BOX, "--out", "D/o", *o) for o in (("--device", "gpu"), ("--config", "best"), ("--scales", 4), ("--weights", "FILE"), ("--weights", "EMPTY"), ("--weights", "D/none"), ("--start", -1), ("--start", 99), ("--stop", 0), ("--bits", 40))],
    *[("toy", "D/toy", *o) for o in (("--jobs", 0), ("--jobs", -1), ("--videos", 0), ("--videos", -3), ("--frames", 0))], ("toy", "FILE"), ("toy", "/proc/x"),
    *[("curate", *o) for o in (("vid", "EMPTY", "D/c"), ("davis", "D/none", "D/c"), ("davis", "FILE", "D/c"), ("davis", "EMPTY", "D/c"), ("got10k", "EMPTY", "D/c"), ("ilsvrc-vid", "EMPTY", "D/c"), ("ilsvrc-vid", "TOY", "FILE"), ("ilsvrc-vid", "TOY", "/proc/x"))],
    *[("curate", "ilsvrc-vid", "TOY", "D/c", *o) for o in (("--jobs", 0), ("--every", 0), ("--every", -2), ("--size", 5), ("--quality", 0), ("--quality", 101), ("--split", "best"), ("--backend", "slurm"), ("--address", "x:1"), ("--collages", 3), ("--collages", -1))],
    *[("check", *o) for o in (("coco", "EMPTY"), ("got10k", "D/none"), ("got10k", "FILE"), ("got10k", "EMPTY"), ("otb", "EMPTY", "--split", "val"), ("ilsvrc-vid", "EMPTY", "--split", "best"))],
    *[("train", *o, "--out", "D/t") for o in (("D/none",), ("FILE",), ("EMPTY",), ("EMPTY", "--steps", 0), ("EMPTY", "--batch", 0), ("EMPTY", "--batch", -8), ("EMPTY", "--val", 2), ("EMPTY", "--val", -1), ("EMPTY", "--val-pairs", 0), ("EMPTY", "--seeds", 0), ("EMPTY", "--stop", 0),
                                              ("EMPTY", "--workers", -1), ("EMPTY", "--recipe", "best"), ("EMPTY", "--precision", "int4"), ("EMPTY", "--device", "gpu"), ("EMPTY", "--from", "D/none"), ("EMPTY", "--from", "EMPTY"), ("EMPTY", "--rate", 0), ("EMPTY", "--rate", "nan"), ("EMPTY", "--stills", "FILE"))],
    *[("eval", k, r) for k in ("otb", "vot", "got10k", "davis") for r in ("D/none", "FILE", "EMPTY")],
    *[("eval", "clips", "--tracker", "ncc", "--work", "D/w", *o) for o in (("--jobs", 0), ("--jobs", -1), ("--timeout", 0), ("--threads", 0), ("--out", "EMPTY"), ("--out", "FILE/x.json"), ("--publish", "--out", "D/x.json"))],
    ("eval", "clips", "--tracker", "best"), ("eval", "clips", "--tracker", ""), ("eval", "clips", "--tracker", "nowhere:Class"), ("eval", "clips", "--work", "FILE", "--tracker", "ncc"), ("eval", "clips", "--weights", "FILE", "--work", "D/w2"), ("eval", "clips", "--device", "gpu", "--work", "D/w3"),
    ("eval", "vot"), ("eval", "vot", "EMPTY", "--lengths", "5"), ("eval", "vot", "EMPTY", "--repetitions", 0), ("scaling", "EMPTY", "--jobs", 1), ("scaling", "D/none"),
    ("ablate", "data", "EMPTY"), *[("ablate", "data", "EMPTY", "--suite", "EMPTY", *o) for o in ((), ("--videos", "a"), ("--videos", "0"), ("--pairs", 0), ("--seeds", 0), ("--set", "gray=1"))],
    *[("ablate", "recipe", "EMPTY", "--suite", "EMPTY", *o) for o in ((), *(("--change", c) for c in ("best", "hard=2", "steps=4", "without x", "length=0", "recipe=best", "init=he")))],
    ("mine", "EMPTY"), ("mine", "D/none"), ("mine", "EMPTY", "--every", 0), ("mine", "EMPTY", "--weights", "FILE"), ("mine", "EMPTY", "--out", "FILE/x"), ("train", "EMPTY", "--mined", "D/none", "--out", "D/t"), ("ablate", "tracking", "D/none"), ("ablate", "tracking", "EMPTY", "--only", "best"),
    ("calibrate", "D/none"), ("calibrate", "EMPTY", "--config", "best"), ("calibrate", "EMPTY", "--jobs", 0), ("calibrate", "EMPTY", "--generated", -1),
    ("bench", "memory", "--frames", 0), ("bench", "memory", "--tracker", "best"), ("bench", "playground", "--moves", 0), ("bench", "index", "EMPTY"), ("bench", "index", "FILE/x"), ("bench", "curation", "D/none"), ("bench", "loader", "EMPTY", "EMPTY"),
    ("bench", "training", "EMPTY"), ("bench", "tracking", "--rounds", 0), ("bench", "tracking", "--tracker", "best"), ("play", "--port", -1), ("play", "--port", 99999), ("play", "--ip", "1.2.3.4.5"),
]


@pytest.mark.parametrize("args", wrong, ids=lambda a: " ".join(map(str, a)))
def test_bad_input_is_one_sentence(args, bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    def place(a): return {"FILE": str(bad/"file"), "EMPTY": str(bad/"empty"), "V": str(bad/"v.mp4"), "TOY": str(bad/"empty")}.get(a) or re.sub(r"^(D|FILE)/", lambda m: f"{bad if m[1] == 'D' else bad/'file'}/", str(a))
    r = call(*map(place, args))
    assert r.exit_code == 1 and isinstance(r.exception, SystemExit), (r.output, r.exception)
    said = [l for l in r.output.splitlines() if l.startswith("siamfc: ") and not l.startswith("siamfc: note: ")]
    assert len(said) == 1 and r.output.rstrip().splitlines()[-1] == said[0] and 15 < len(said[0]) < 1500 and "Errno" not in said[0] and "Traceback" not in r.output, r.output


@pytest.mark.parametrize("args", [("toy", "x", "--jobs", "many"), ("train",), ("trak", "x"), ("track", "x", "--fast-please"), ("eval", "coco")], ids=" ".join)
def test_usage_errors_end_with_status_two(args):
    r = call(*args); assert r.exit_code == 2 and "Traceback" not in r.output


# ---- Ctrl-C

@pytest.mark.parametrize("after", [.15, .3, .6, 1.2, 2.4])
def test_an_early_interruption_is_one_line(after, tmp_path):
    p = subprocess.Popen([sys.executable, "-c", "import sys; sys.argv[0] = 'siamfc'; from siamfc_nb.cli import app; print('here', flush=True); app()", "demo", "--out", str(tmp_path/"o")],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root, start_new_session=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    p.stdout.readline(); time.sleep(after); p.send_signal(signal.SIGINT); out, err = p.communicate(timeout=120)
    lines = [l for l in err.replace("\r", "\n").splitlines() if l.strip() and not l.startswith("siamfc: note: ") and "frame/s" not in l and not re.match(r".*\d+%\|", l)]
    assert p.returncode == 130 and len(lines) == 1 and lines[0].startswith("siamfc: interrupted"), (p.returncode, err)


def test_an_interruption_while_the_command_line_itself_is_loaded(tmp_path):
    code = "import sys, os, signal; sys.argv[0] = 'siamfc'\nclass Now:\n    def find_spec(self, name, *a):\n        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\nsys.meta_path.insert(0, Now())\nfrom siamfc_nb.cli import app; app()"
    r = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert (r.returncode, r.stderr) == (130, "siamfc: interrupted\n")


def test_who_imports_the_command_line_keeps_its_own_ctrl_c():
    r = subprocess.run([sys.executable, "-c", "import signal; a = signal.getsignal(2); import siamfc_nb.cli; print(signal.getsignal(2) is a)"], capture_output=True, text=True, cwd=root, check=False)
    assert r.stdout == "True\n", r.stderr
