"Your tracker in OTB's one-pass evaluation: python examples/benchmark.py OTB"
import sys

from siamfc_nb.data.readers import otb
from siamfc_nb.otb import ope
from siamfc_nb.tracking import Tracker

if not sys.argv[1:]: sys.exit(__doc__)
tracker = Tracker.pretrained('siamfc-dither') # or anything with track(frames, box), which returns boxes and scores
videos = otb(sys.argv[1])
for row in ope(tracker, [videos[name] for name in videos.names]):
    print(f"{row['name']}: AUC {row['auc']:.3f}, precision at 20 px {row['precision']:.3f}, {row['fps']:.0f} frames/s")
