#!/usr/bin/env bash
# Guess: `import openvino` loads what runs a network; what converts one from other frameworks (`openvino.convert_model`) is loaded by who calls it.
# What happens: `openvino/__init__.py` imports `openvino.tools.ovc`, the converter with its command line and its telemetry: about
#   a quarter of as many modules as the runtime's own, and about half of the time that the import takes. No option leaves it out.
# Versions: openvino 2026.4.1, numpy 2.4.6, Python 3.11; seen 2026-11-29.
# Who is hurt: whoever starts a short process that runs one network: a command line, a serverless function, a tracker's first box.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check numpy==2.4.6 openvino==2026.4.1
v/bin/python -c 'import openvino' # compiles the modules
v/bin/python - <<'EOF'
import subprocess
import sys

code = "import numpy, sys; before = set(sys.modules); import openvino; print(*set(sys.modules)-before)"
new = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
converter = [m for m in new if m.startswith("openvino.tools")]
own = [m for m in new if m.startswith("openvino") and m not in converter]
shares = []
for _ in range(5):
    said = subprocess.run([sys.executable, "-X", "importtime", "-c", "import numpy, openvino"], capture_output=True, text=True, check=True).stderr
    spent = {r[2].strip(): int(r[1]) for r in (l.split("|") for l in said.splitlines() if l.count("|") == 2) if r[1].strip().isdigit()}
    shares.append(spent["openvino.tools.ovc"]/spent["openvino"])
share = sorted(shares)[2]
print(f"`import openvino` loads {len(own)} modules of its own and {len(converter)} of the converter: {share:.0%} of the time of the import")
if "openvino.tools.ovc" not in converter or share < .15: sys.exit("the converter is no longer loaded, or no longer costs much")
EOF
