#!/usr/bin/env bash
# Guess: `load_dataset(folder)` opens the Arrow shards of a folder, and leaves alone, or refuses, the JSON reports beside them.
# What happens: the kind of file that is more frequent wins. Two shards with two reports give the ten rows; one more JSON file, for example
#   the settings of the run, and the reports are the data: three rows, without a warning. Naming the files is right in both cases.
# Versions: datasets 5.2.0, pyarrow 26.0.1; seen 2026-11-27.
# Who is hurt: whoever writes shards with a report each and one file for all of them, and whoever publishes such a folder.
set -eu
d=$(mktemp -d); trap 'rm -rf "$d"' EXIT; cd "$d"
python3 -m venv v; v/bin/pip install -q --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1
HF_HOME="$d/home" HF_HUB_OFFLINE=1 HF_DATASETS_DISABLE_PROGRESS_BARS=1 v/bin/python - <<'EOF'
import json
from pathlib import Path

import datasets
import pyarrow as pa

schema, got = pa.schema([("video", pa.string()), ("frame", pa.int32())]), {}
for reports in (2, 3):
    d = Path(f"with{reports}"); d.mkdir()
    for k in range(2):
        with pa.ipc.new_stream(str(d/f"{k:05d}.arrow"), schema) as w: w.write_batch(pa.RecordBatch.from_pylist([dict(video="a", frame=i) for i in range(5)], schema))
    for k in range(reports): (d/f"{k:05d}.json").write_text(json.dumps(dict(crops=5)))
    ds = datasets.load_dataset(str(d), split="train"); got[reports] = len(ds), ds.column_names
    named = datasets.load_dataset("arrow", data_files=str(d/"*.arrow"), split="train"); assert len(named) == 10
    print("2 shards,", reports, "reports:", *got[reports])
assert got == {2: (10, ["video", "frame"]), 3: (3, ["crops"])}
EOF
