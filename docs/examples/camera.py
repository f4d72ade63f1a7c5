"Track what you draw a box around, in front of the camera: python examples/camera.py"
import cv2

from siamfc_nb import Tracker

camera,tracker = cv2.VideoCapture(0),Tracker.pretrained('siamfc-dither')
frame = camera.read()[1]
tracker.init(frame[...,::-1], cv2.selectROI('Draw a box, press Enter', frame))
while cv2.waitKey(1)!=27: # Esc
    frame = camera.read()[1]
    x,y,w,h = tracker.update(frame[...,::-1])[0].astype(int)
    cv2.imshow('siamfc', cv2.rectangle(frame, (x,y), (x+w,y+h), (0,128,255), 2))
