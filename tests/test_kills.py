"A kill of each command; `python tests/kills.py` does fifty"
from kills import kills


def test_nothing_finished_is_lost():
    seen = kills(4, seed=1)
    assert {k: [(r["lost"], r["equal"], r["processes_left"]) for r in rs] for k, rs in seen.items()} == dict.fromkeys(("curate", "train", "track", "evaluate"), [(0, True, False)])
