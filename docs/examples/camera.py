"Track what you draw a box around, in front of the camera: python examples/camera.py"
import sys

import cv2

from siamfc_nb import Tracker

camera = cv2.VideoCapture(0)
ok,frame = camera.read()
if not ok: sys.exit('camera 0 gives no picture: connect one')
tracker = Tracker.pretrained('siamfc-dither')
tracker.init(frame[...,::-1], cv2.selectROI('Draw a box, press Enter', frame))
while cv2.waitKey(1)!=27: # Esc
    ok,frame = camera.read()
    if not ok: sys.exit('camera 0 gives no further picture')
    x,y,w,h = tracker.update(frame[...,::-1])[0].astype(int)
    cv2.imshow('siamfc', cv2.rectangle(frame, (x,y), (x+w,y+h), (0,128,255), 2))
