"The command line answers quickly, says wrong input in a sentence, and shows a traceback for our own mistakes"
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from siamfc_nb import __version__
import siamfc_nb
from siamfc_nb.cli import app, friendly, later
from siamfc_nb.errors import sentence
from siamfc_nb.lab.commands import here, lab
from siamfc_nb.toyworld import toy_video
from siamfc_nb.videos import write_video

root = Path(__file__).resolve().parent.parent


def program(args):
    "What has a command: the lab, or `siamfc`"
    return lab if args and args[0] in get_command(lab).commands else app


def call(*args): return CliRunner().invoke(program(args), [str(a) for a in args])


def python(*args, cwd=root, **env):
    "A fresh interpreter with the package"
    return subprocess.run([sys.executable, *map(str, args)], capture_output=True, text=True, check=False, cwd=cwd,
                          env={**os.environ, "PYTHONPATH": str(root)} | env)


def shell(*args, **env): return python("-m", "siamfc_nb", *args, **env)


def loaded(where, args, cwd=root):
    "Status, the heavy modules that a command loads, and what it says on standard error"
    code = f"""import sys
from siamfc_nb.{where}
try: app({args})
finally: print('loaded', sorted({{'torch', 'numpy', 'cv2', 'pandas', 'matplotlib'}} & set(sys.modules)))"""
    r = python("-c", code, cwd=cwd)
    return r.returncode, r.stdout.splitlines()[-1], r.stderr


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

each_help = "--help", "-h", "bench --help", "--version", "eval --help", "toy -h", "train -h", "demo --help"


@pytest.mark.parametrize("args", map(str.split, each_help), ids=" ".join)
def test_help_loads_nothing_heavy(args):
    where = "lab.commands import lab as app" if args[0] in ("bench", "--help") else "cli import app"
    status, heavy, said = loaded(where, args)
    assert (status, heavy) == (0, "loaded []"), said


@pytest.mark.parametrize("args", [
    ["track", "x.mp4", "--box", "1,2,3"], ["demo", "--video", "x.mp4"], ["toy", "x", "--jobs", "0"],
    ["train", "nowhere"], ["curate", "vid", "a", "b"]], ids=" ".join)
def test_arguments_are_checked_before_anything_heavy_is_loaded(args, tmp_path):
    status, heavy, said = loaded("cli import app", args, tmp_path)
    assert (status, heavy) == (1, "loaded []"), said
    assert said.startswith("siamfc: ")


@pytest.mark.parametrize("how", [["-m", "siamfc_nb"], ["-m", "siamfc_nb.cli"]], ids=" ".join)
def test_it_is_a_program_as_a_module(how, tmp_path):
    def run(*a): return python(*how, *a, cwd=tmp_path)
    r = run("--version"); assert (r.returncode, r.stdout) == (0, f"siamfc_nb {__version__}\n"), r.stderr
    r = run("train", "nothing")
    assert r.returncode == 1 and r.stderr == "siamfc: nothing is no folder: expected one of `siamfc curate`\n"


def test_two_processes_of_accelerate(tmp_path):
    "As the page on clusters gives it, on the CPU"
    from siamfc_nb.curation import curate
    curate([toy_video(s, n=6, objects=2, size=(120, 160)) for s in range(4)], tmp_path/"crops")
    launch = ("-m accelerate.commands.launch --cpu --num_processes 2 --num_machines 1 "
              "--mixed_precision no --dynamo_backend no")
    train = "-m siamfc_nb.cli train crops --steps 2 --batch 2 --val 0 --workers 0 --recipe paper --out run"
    r = python(*launch.split(), *train.split(), cwd=tmp_path, OMP_NUM_THREADS="1")
    assert r.returncode == 0, r.stdout+r.stderr
    # one process speaks
    assert r.stdout.count("-> run") == 1 and r.stdout.count("2 steps of 2 pairs on cpu: about") == 1
    assert sum(1 for _ in open(tmp_path/"run/log.csv")) == 1+2 and (tmp_path/"run/training.json").exists()


@pytest.mark.parametrize(
    "args",
    [["bench", "memory", "--frames", "5"], ["bench", "tracking"], ["bench", "playground"], ["eval", "clips"]],
    ids=" ".join,
)
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
    r = python(*here.split()[1:], "--help")
    assert r.returncode == 0 and here in r.stdout and all(w in r.stdout for w in makers), r.stderr


@each_command
def test_each_help_has_an_example_that_parses(path):
    cmd = command_of(path)
    start = f"Example: {here if program(path) is lab else 'siamfc'} "
    assert cmd.epilog.startswith(start+" ".join(path)), cmd.epilog
    words = shlex.split(cmd.epilog.removeprefix(start))[len(path):]
    cmd.make_context(path[-1], words) # converts and checks every value
    r = call(*path, "--help")
    assert r.exit_code == 0 and " ".join(start.split()[:3]) in " ".join(r.output.split()) and "Usage:" in r.output


@each_command
def test_each_option_says_what_it_is(path):
    params = [p for p in command_of(path).params if p.name != "help"]
    assert all(len(p.help or "") > 5 and p.help[-1] in ".…)" for p in params), [(p.name, p.help) for p in params]


def test_names_in_help_texts_are_those_of_the_package():
    from siamfc_nb.track.configs import configs
    from siamfc_nb.train.settings import recipes
    said = {p.name: p.help for p in command_of(["train"]).params}["recipe"]
    assert set(re.findall(r"\w+", said.removeprefix("Settings"))) - {"or"} == recipes.keys()
    said = {p.name: p.help for p in command_of(["demo"]).params}["config"]
    assert set(re.findall(r"siamfc[\w-]*", said)) <= configs.keys()


# ---- the demo

def test_the_demo_begins_with_the_clip_that_is_held_and_explains_its_pictures(tmp_path, monkeypatch):
    from siamfc_nb.data import readers
    from siamfc_nb.videos import Video
    short = [Video(v.name, list(v.frames)[:3], {"target": v.boxes[:3]}) for v in readers.clips()]
    monkeypatch.setattr(readers, "clips", lambda: short)
    r = call("demo", "--config", "siamfc-dither", "--device", "cpu", "--out", tmp_path)
    assert r.exit_code == 0, r.output
    lines = r.output.splitlines()
    assert lines[0].startswith("juice_box: mean IoU ") and lines[1].startswith("bunny_head: mean IoU ")
    for w in ("orange our box", "green the box that was drawn by hand", "score map", "the score"):
        assert w in " ".join(lines[2:])
    write_video(tmp_path/"v.mp4", toy_video(1, n=3, size=(120, 160)).frames)  # of one's own: nothing is green
    own = "--video", tmp_path/"v.mp4", "--box", "40,40,30,30"
    r = call("demo", *own, "--config", "siamfc-dither", "--out", tmp_path/"o")
    assert r.exit_code == 0 and "orange" in r.output and "green" not in r.output, r.output


# ---- mistakes of ours, and of others

def raising(error, package="siamfc_nb"):
    "A function of a package that raises an error on purpose"
    names = {"__package__": package, "error": error}
    exec("def fails(): raise error", names)
    return names["fails"]


@pytest.mark.parametrize(
    "error",
    [
        TypeError("x"),
        AttributeError("x"),
        KeyError("x"),
        IndexError("x"),
        ZeroDivisionError("x"),
        AssertionError("x"),
        NotImplementedError("x"),
    ],
    ids=lambda e: type(e).__name__,
)
def test_a_mistake_of_ours_keeps_its_traceback(error):
    one = typer.Typer(pretty_exceptions_enable=False); one.command()(friendly(raising(error)))
    assert CliRunner().invoke(one).exception is error


@pytest.mark.parametrize("error", [RuntimeError("x"), ValueError("x"), OSError("x")], ids=lambda e: type(e).__name__)
def test_what_a_library_raises_keeps_its_traceback(error):
    "In this process, and in a worker, also where the package lies in a folder of the same name"
    one = typer.Typer(pretty_exceptions_enable=False); one.command()(friendly(raising(error, "numpy")))
    assert CliRunner().invoke(one).exception is error
    def remote(path): return f'"""\nTraceback:\n  File "{path}", line 1, in f\n    raise {error!r}\n{error!r}\n"""'
    def worker(path):
        error.__cause__ = type("_RemoteTraceback", (Exception,), {})(remote(path))
        return sentence(error)
    assert worker("/srv/siamfc_nb/.venv/lib/numpy/core.py") is None
    assert worker("/srv/siamfc_nb/numpy/core.py") is None
    assert worker("/srv/siamfc_nb/siamfc_nb/crops.py") == worker(r"C:\siamfc_nb\app\own.py") == "x"
    rooms = [p.parent.name for p in Path(siamfc_nb.__file__).parent.glob("*/__init__.py")]
    assert len(rooms) > 5 and {worker(f"/x/siamfc_nb/{o}/x.py") for o in rooms} == {"x"}


def test_a_worker_speaks_as_its_command_does(tmp_path):
    "Also where the module is in a package: what cannot be read is one sentence"
    from joblib import Parallel, delayed
    from siamfc_nb.data.readers import otb
    with pytest.raises(FileNotFoundError) as e: Parallel(2)(delayed(otb)(tmp_path/"none") for _ in range(2))
    assert sentence(e.value).startswith("no OTB here")


@pytest.mark.parametrize("where", ["here", "threads", "processes"])
def test_shapes_that_differ_keep_their_traceback(where):
    "A ValueError of numpy's in our own function is no wrong input"
    from joblib import Parallel, delayed
    from siamfc_nb.arrays import columns
    from siamfc_nb.crops import check_box
    def of(f, *args):
        try:
            if where == "here": f(*args)
            else: Parallel(2, prefer=where)(delayed(f)(*args) for _ in range(2))
        except ValueError as e: return sentence(e)
    assert of(columns, np.zeros(2), np.zeros(3)) is None
    assert of(check_box, [1, 2, 0, 4]).startswith("box")


@pytest.mark.parametrize(
    "error, says",
    [
        (ValueError("a value: expected b"), "a value: expected b"),
        (OSError("no file x"), "no file x"),
        (ValueError("two\n  lines"), "two lines"),
        (ValueError("port ([Errno -2] no name)"), "port (no name)"),
        (FileExistsError(17, "File exists", "x"), "x: is there already: expected a folder, or a name that is free"),
        (MemoryError(), "the memory is not enough: fewer processes, or smaller batches, need less"),
    ],
)
def test_wrong_input_is_a_sentence(error, says):
    one = typer.Typer(); one.command()(friendly(raising(error))); r = CliRunner().invoke(one)
    assert r.exit_code == 1 and r.output == f"siamfc: {says}\n"


def test_a_runtime_error_that_the_package_raises_is_a_sentence():
    from siamfc_nb.track.live import need_window
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
    for args, env in ((["--debug"], {}), ([], {"SIAMFC_DEBUG": "1"})):
        r = shell(*args, "toy", tmp_path/"x", "--jobs", 0, **env)
        assert r.returncode == 1 and "Traceback" in r.stderr and "ValueError: --jobs 0" in r.stderr
    r = shell("toy", tmp_path/"x", "--jobs", 0, SIAMFC_DEBUG="0")
    assert r.returncode == 1 and r.stderr == "siamfc: --jobs 0: expected at least 1\n"
    r = call("--debug", "toy", tmp_path/"x", "--jobs", 0)
    assert isinstance(r.exception, ValueError) and "SIAMFC_DEBUG" not in os.environ


def test_a_command_of_another_module_is_loaded_when_it_is_called():
    one = typer.Typer()
    one.command("x", cls=later("nowhere:f"), short_help="Short.")(lambda: None)
    one.command("y")(lambda: None)
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
    d = tmp_path_factory.mktemp("bad")
    (d/"file").write_text("hello")
    (d/"empty").mkdir()
    (d/"text.mp4").write_text("hello")
    (d/"folder.mp4").mkdir()
    with wave.open(str(d/"sound.wav"), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(8000)
        w.writeframes(bytes(16000))
    write_video(d/"v.mp4", toy_video(1, n=4, size=(120, 160)).frames)
    return d


BOX = ("--box", "40,40,30,30")
wrong = [shlex.split(l) for l in """
demo --out FILE
demo --out FILE/x
demo --out /proc/x
demo --out /dev/null/x
demo --video D/nothing.mp4 --box 40,40,30,30 --out D/o
demo --video D/sound.wav --box 40,40,30,30 --out D/o
demo --video D/text.mp4 --box 40,40,30,30 --out D/o
demo --video D/folder.mp4 --box 40,40,30,30 --out D/o
demo --video EMPTY --box 40,40,30,30 --out D/o
demo --video V --box=1,2,3 --out D/o
demo --video V --box=a,b,c,d --out D/o
demo --video V --box= --out D/o
demo --video V --box=1,2,-3,4 --out D/o
demo --video V --box=1,2,0,4 --out D/o
demo --video V --box=nan,1,2,3 --out D/o
demo --video V --box=1,2,inf,3 --out D/o
demo --video V --box=500,10,20,20 --out D/o
demo --video V --box=1e400,2,3,4 --out D/o
demo --video V '--box=1;2;3;4' --out D/o
demo --video V --out D/o
demo --video V --box 40,40,30,30 --out D/o --device gpu
demo --config best --out D/o
track D/nothing.mp4 --box 40,40,30,30 --out D/o
track D/sound.wav --box 40,40,30,30 --out D/o
track D/text.mp4 --box 40,40,30,30 --out D/o
track D/folder.mp4 --box 40,40,30,30 --out D/o
track EMPTY --box 40,40,30,30 --out D/o
track FILE --box 40,40,30,30 --out D/o
track '' --box 40,40,30,30 --out D/o
track V --box=1,2,3 --out D/o
track V --box=a,b,c,d --out D/o
track V --box=1,2,-3,4 --out D/o
track V --box=500,10,20,20 --out D/o
track V --box 40,40,30,30 --out FILE
track V --box 40,40,30,30 --out FILE/x
track V --box 40,40,30,30 --out /proc/x
track V --box 40,40,30,30 --out D/o --device gpu
track V --box 40,40,30,30 --out D/o --config best
track V --box 40,40,30,30 --out D/o --scales 4
track V --box 40,40,30,30 --out D/o --weights FILE
track V --box 40,40,30,30 --out D/o --weights EMPTY
track V --box 40,40,30,30 --out D/o --weights D/none
track V --box 40,40,30,30 --out D/o --start -1
track V --box 40,40,30,30 --out D/o --start 99
track V --box 40,40,30,30 --out D/o --stop 0
track V --box 40,40,30,30 --out D/o --bits 40
toy D/toy --jobs 0
toy D/toy --jobs -1
toy D/toy --videos 0
toy D/toy --videos -3
toy D/toy --frames 0
toy FILE
toy /proc/x
curate vid EMPTY D/c
curate davis D/none D/c
curate davis FILE D/c
curate davis EMPTY D/c
curate got10k EMPTY D/c
curate ilsvrc-vid EMPTY D/c
curate ilsvrc-vid TOY FILE
curate ilsvrc-vid TOY /proc/x
curate ilsvrc-vid TOY D/c --jobs 0
curate ilsvrc-vid TOY D/c --every 0
curate ilsvrc-vid TOY D/c --every -2
curate ilsvrc-vid TOY D/c --size 5
curate ilsvrc-vid TOY D/c --quality 0
curate ilsvrc-vid TOY D/c --quality 101
curate ilsvrc-vid TOY D/c --split best
curate ilsvrc-vid TOY D/c --backend slurm
curate ilsvrc-vid TOY D/c --address x:1
curate ilsvrc-vid TOY D/c --collages 3
curate ilsvrc-vid TOY D/c --collages -1
check coco EMPTY
check got10k D/none
check got10k FILE
check got10k EMPTY
check otb EMPTY --split val
check ilsvrc-vid EMPTY --split best
train D/none --out D/t
train FILE --out D/t
train EMPTY --out D/t
train EMPTY --steps 0 --out D/t
train EMPTY --batch 0 --out D/t
train EMPTY --batch -8 --out D/t
train EMPTY --val 2 --out D/t
train EMPTY --val -1 --out D/t
train EMPTY --val-pairs 0 --out D/t
train EMPTY --seeds 0 --out D/t
train EMPTY --stop 0 --out D/t
train EMPTY --workers -1 --out D/t
train EMPTY --recipe best --out D/t
train EMPTY --precision int4 --out D/t
train EMPTY --device gpu --out D/t
train EMPTY --from D/none --out D/t
train EMPTY --from EMPTY --out D/t
train EMPTY --rate 0 --out D/t
train EMPTY --rate nan --out D/t
train EMPTY --stills FILE --out D/t
eval otb D/none
eval otb FILE
eval otb EMPTY
eval vot D/none
eval vot FILE
eval vot EMPTY
eval got10k D/none
eval got10k FILE
eval got10k EMPTY
eval davis D/none
eval davis FILE
eval davis EMPTY
eval clips --tracker ncc --work D/w --jobs 0
eval clips --tracker ncc --work D/w --jobs -1
eval clips --tracker ncc --work D/w --timeout 0
eval clips --tracker ncc --work D/w --threads 0
eval clips --tracker ncc --work D/w --out EMPTY
eval clips --tracker ncc --work D/w --out FILE/x.json
eval clips --tracker ncc --work D/w --publish --out D/x.json
eval clips --tracker best
eval clips --tracker ''
eval clips --tracker nowhere:Class
eval clips --work FILE --tracker ncc
eval clips --weights FILE --work D/w2
eval clips --device gpu --work D/w3
eval vot
eval vot EMPTY --lengths 5
eval vot EMPTY --repetitions 0
scaling EMPTY --jobs 1
scaling D/none
ablate data EMPTY
ablate data EMPTY --suite EMPTY
ablate data EMPTY --suite EMPTY --videos a
ablate data EMPTY --suite EMPTY --videos 0
ablate data EMPTY --suite EMPTY --pairs 0
ablate data EMPTY --suite EMPTY --seeds 0
ablate data EMPTY --suite EMPTY --set gray=1
ablate recipe EMPTY --suite EMPTY
ablate recipe EMPTY --suite EMPTY --change best
ablate recipe EMPTY --suite EMPTY --change hard=2
ablate recipe EMPTY --suite EMPTY --change steps=4
ablate recipe EMPTY --suite EMPTY --change 'without x'
ablate recipe EMPTY --suite EMPTY --change length=0
ablate recipe EMPTY --suite EMPTY --change recipe=best
ablate recipe EMPTY --suite EMPTY --change init=he
mine EMPTY
mine D/none
mine EMPTY --every 0
mine EMPTY --weights FILE
mine EMPTY --out FILE/x
train EMPTY --mined D/none --out D/t
ablate tracking D/none
ablate tracking EMPTY --only best
calibrate D/none
calibrate EMPTY --config best
calibrate EMPTY --jobs 0
calibrate EMPTY --generated -1
bench memory --frames 0
bench memory --frames 1
bench memory --tracker best
bench playground --moves 0
bench index EMPTY
bench index FILE/x
bench curation D/none
bench loader EMPTY EMPTY
bench training EMPTY
bench tracking --rounds 0
bench tracking --tracker best
bench tracking --tracker ''
scaling EMPTY --timeout 0
play --port -1
play --port 99999
play --ip 1.2.3.4.5
""".split("\n")[1:-1]]


@pytest.mark.parametrize("args", wrong, ids=lambda a: " ".join(map(str, a)))
def test_bad_input_is_one_sentence(args, bad, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    def place(a):
        return {
            "FILE": str(bad/"file"),
            "EMPTY": str(bad/"empty"),
            "V": str(bad/"v.mp4"),
            "TOY": str(bad/"empty"),
        }.get(a) or re.sub(r"^(D|FILE)/", lambda m: f"{bad if m[1] == 'D' else bad / 'file'}/", str(a))
    r = call(*map(place, args))
    assert r.exit_code == 1 and isinstance(r.exception, SystemExit), (r.output, r.exception)
    said = [l for l in r.output.splitlines() if l.startswith("siamfc: ") and not l.startswith("siamfc: note: ")]
    assert (
        len(said) == 1
        and r.output.rstrip().splitlines()[-1] == said[0]
        and 15 < len(said[0]) < 1500
        and "Errno" not in said[0]
        and "Traceback" not in r.output
    ), r.output


@pytest.mark.parametrize(
    "args",
    [("toy", "x", "--jobs", "many"), ("train",), ("trak", "x"), ("track", "x", "--fast-please"), ("eval", "coco")],
    ids=" ".join,
)
def test_usage_errors_end_with_status_two(args):
    r = call(*args); assert r.exit_code == 2 and "Traceback" not in r.output


@pytest.mark.parametrize("args, said, not_said", [
    (("video", "x.mp4"), (), ("Did you mean", "demo")), (("trak", "x"), ("'track'",), ("'train'",)),
    (("curat",), ("'curate'",), ()), (("eval", "got"), ("'got10k'",), ()), (("eval", "coco"), (), ("Did you mean",)),
    (("track", "x", "--fast"), ("--fast",), ("--late", "--start")),
    (("track", "x", "--devise", "cpu"), ("--device",), ("--video",)),
    (("bench", "memory", "--frame", "9"), ("--frames",), ()), (("bench", "video"), (), ("Did you mean",))],
    ids=lambda a: " ".join(a) if a and a[0][0] not in "'-D" else "")
def test_a_guess_is_near(args, said, not_said):
    r = call(*args)
    assert r.exit_code == 2 and all(o in r.output for o in said), r.output
    assert not [o for o in not_said if o in r.output], r.output


@pytest.mark.parametrize("args", ["calibrate EMPTY --publish", "quantize", "quantize --weights lite", "weights card"])
def test_what_is_installed_is_not_written_over(args, bad, tmp_path, monkeypatch):
    "Makers run these from a clone"
    (tmp_path/"site-packages"/"siamfc_nb").mkdir(parents=True); monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("siamfc_nb.report.files", lambda name: tmp_path/"site-packages"/name)
    r = call(*(str(bad/"empty") if a == "EMPTY" else a for a in args.split()))
    assert r.exit_code == 1 and "is installed: expected a clone" in r.output, r.output


# ---- Ctrl-C

@pytest.mark.parametrize("after", [.15, .3, .6, 1.2, 2.4])
def test_an_early_interruption_is_one_line(after, tmp_path):
    code = "import sys; sys.argv[0] = 'siamfc'; from siamfc_nb.cli import app; print('here', flush=True); app()"
    cmd = [sys.executable, "-c", code, "demo", "--out", str(tmp_path/"o")]
    p = subprocess.Popen(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root,
                         start_new_session=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    p.stdout.readline(); time.sleep(after); p.send_signal(signal.SIGINT); out, err = p.communicate(timeout=120)
    lines = [l for l in err.replace("\r", "\n").splitlines() if l.strip() and not l.startswith("siamfc: note: ")]
    lines = [l for l in lines if "frame/s" not in l and not re.match(r".*\d+%\|", l)] # nor a bar of progress
    assert p.returncode == 130 and len(lines) == 1 and lines[0].startswith("siamfc: interrupted"), (p.returncode, err)


def test_an_interruption_while_the_command_line_itself_is_loaded(tmp_path):
    code = """import sys, os, signal
sys.argv[0] = 'siamfc'
class Now:
    def find_spec(self, name, *a):
        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Now())
from siamfc_nb.cli import app; app()"""
    r = python("-c", code)
    assert (r.returncode, r.stderr) == (130, "siamfc: interrupted\n")


@pytest.mark.parametrize("name, frozen", [("siamfc", True), ("their_own_program", False)])
def test_a_command_that_starts_or_ends_looks_for_no_garbage(name, frozen):
    "Which takes longer than all else that ends it; a program that only imports the command line decides by itself"
    code = f"""import sys; sys.argv = [{name!r}]
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count() > 0)) # the first of them is called last
from siamfc_nb import cli
def on(): print(gc.isenabled())
on(); cli.friendly(on, begins=False)(); cli.friendly(on)()"""
    r = python("-c", code)
    assert (r.stdout.split(), r.stderr) == ([*[str(not frozen)]*2, "True", str(frozen)], "")


def test_who_imports_the_command_line_keeps_its_own_ctrl_c():
    r = python("-c", "import signal; a = signal.getsignal(2); import siamfc_nb.cli; print(signal.getsignal(2) is a)")
    assert r.stdout == "True\n", r.stderr
