#!/usr/bin/env bash
# Guess: compiling a network for inference leaves a process's signals alone; the stack that faulthandler gave them stays theirs.
# What happens: OpenVINO's CPU plugin exchanges the alternate signal stack of the thread that loads it, and does not say so: faulthandler's
#   16,880 bytes become 11,568 of its own, which live as long as the plugin does. Python runs its signal handlers on that stack. We saw a
#   suite die of SIGSEGV in a call to poll, far from any inference, when a worker of a DataLoader had ended (SIGCHLD).
# Versions: openvino 2026.4.1, numpy 2.3.5, Python 3.11; Linux on x86-64; seen 2026-11-29.
# Who is hurt: programs that run OpenVINO beside faulthandler (pytest has it on), DataLoader workers or handlers of their own; keep one Core.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check openvino==2026.4.1 numpy==2.3.5
v/bin/python - <<'EOF'
import ctypes
import faulthandler


class Stack(ctypes.Structure): _fields_ = [("start", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]


def stack():
    "Where the signals of this thread are handled"
    s = Stack(); ctypes.CDLL(None).sigaltstack(None, ctypes.byref(s))
    return s.start, s.size


faulthandler.enable(); before = stack()
import numpy as np
import openvino as ov
from openvino import opset13 as op

x = op.parameter([1, 3, 8, 8], np.float32); core = ov.Core(); imported = stack()
net = core.compile_model(ov.Model([op.relu(x)], [x], "relu"), "CPU"); after = stack()
print("openvino", ov.__version__, "· bytes of the signal stack:", before[1], "by faulthandler,", imported[1], "with a Core,", after[1], "with a compiled network")
assert before == imported != after and after[0]
EOF
