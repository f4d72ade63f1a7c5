"A kill of each command; `python tests/kills.py` does fifty"
import json
import subprocess
import sys
from pathlib import Path


def test_nothing_finished_is_lost(tmp_path):
    r = subprocess.run([sys.executable, Path(__file__).with_name("kills.py"), "--kills", "4", "--seed", "1", "--json",
                        tmp_path/"kills.json"], capture_output=True, text=True, check=False)
    assert r.returncode == 0, r.stdout[-2000:]+r.stderr[-2000:]
    got = json.loads((tmp_path/"kills.json").read_text())
    assert got["commands"].keys() == {"curate", "train", "track", "evaluate"} and got["kills"] == 4
    assert [(k["lost"], k["equal"], k["of"] > 0) for ks in got["runs"].values() for k in ks] == [(0, True, True)]*4
