"Commands of ours as a page shows them, or a result remembers them"
import shlex

from typer.main import get_command

from siamfc_nb.cli import app
from siamfc_nb.lab.commands import here, lab


def ours(line): return line.startswith(("siamfc ", here))


def program(line):
    "What a line calls, and with which words"
    return (lab, shlex.split(line.removeprefix(here))) if line.startswith(here) else (app, shlex.split(line)[1:])


def parse(line):
    "Find the command of a line, and convert and check every value; nothing is run"
    main, rest = program(line)
    cmd = get_command(main)
    while subs := getattr(cmd, "commands", None):
        assert rest and rest[0] in subs, f"{line}: expected one of {', '.join(subs)}"
        cmd = subs[rest.pop(0)]
    cmd.make_context(cmd.name, rest)
