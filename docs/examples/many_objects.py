"Two objects in one step per frame: python examples/many_objects.py data/clips/juice_box.mp4"
import sys

from siamfc_nb import MultiTracker, VideoFile

if not sys.argv[1:]: sys.exit(__doc__)
tracker = MultiTracker.pretrained('siamfc-dither')
boxes = {'carton': (75,73,35,80), 'corner': (20,20,40,40)} # (x,y,w,h) in the first frame, pixels
for i,frame in enumerate(VideoFile(sys.argv[1])):
    if i: boxes = {name: box for name,(box,_) in tracker.update(frame).items()}
    else: tracker.init(frame, boxes)
    print(i, {name: [round(float(o)) for o in box] for name,box in boxes.items()})
