"""SiamFC-3s in one file: the network, a step of training and the tracker, with torch and OpenCV alone

python examples/siamfc_in_150_lines.py data/clips/juice_box.mp4 75 73 35 80 [WEIGHTS]
"""
import json
import sys
from collections import OrderedDict
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

# ---- The network (Table 1, eq. 2)

def block(i, ni, nf, side, stride=1, groups=1):
    yield f'conv{i}', nn.Conv2d(ni, nf, side, stride, groups=groups)
    if i<5: yield from [(f'bn{i}', nn.BatchNorm2d(nf)), (f'relu{i}', nn.ReLU())]
    if i<3: yield f'pool{i}', nn.MaxPool2d(3, 2)

class SiamFC(nn.Module):
    def __init__(self):
        super().__init__()
        self.phi = nn.Sequential(OrderedDict([
            *block(1, 3, 96, 11, 2), *block(2, 96, 256, 5, 1, 2), *block(3, 256, 384, 3),
            *block(4, 384, 384, 3, 1, 2), *block(5, 384, 256, 3, 1, 2)]))
        self.bias = nn.Parameter(torch.zeros(()))
        self.register_buffer('gain', torch.tensor(1e-3))

    def forward(self, z, x): # images (B,3,127,127) and (B,3,255,255), RGB, 0 to 255
        return xcorr(self.gain*self.phi(z), self.phi(x)) + self.bias

def xcorr(z, x): # every φ(z) over its φ(x): one group of channels per pair
    return F.conv2d(x.flatten(0, 1)[None], z, groups=len(z))[0]

def load(path): # a safetensors file: the length of a header, the header, the numbers
    raw = Path(path).read_bytes()
    n = 8+int.from_bytes(raw[:8], 'little')
    kind,state = dict(F16=np.float16, F32=np.float32),{}
    for name,t in json.loads(raw[8:n]).items():
        if name=='__metadata__': continue
        a,b = (n+o for o in t['data_offsets'])
        numbers = np.frombuffer(raw[a:b], kind[t['dtype']]).astype(np.float32)
        state[name] = torch.from_numpy(numbers.reshape(t['shape']))
    net = SiamFC()
    net.load_state_dict(state, strict=False) # the counters of batch-norm are not stored
    return net.eval()

# ---- A step of training (eqs. 3 to 6)

def labels(n=17, R=16, stride=8): # +1 within R pixels of the middle, −1 elsewhere
    d = stride*(torch.arange(n)-n//2)
    return torch.where(torch.hypot(d[:,None].float(), d.float())<=R, 1., -1.)

def train_step(net, optimiser, z, x):
    y = labels()
    weight = torch.where(y>0, .5/(y>0).sum(), .5/(y<0).sum()) # both classes count the same
    loss = (weight*F.softplus(-y*net(z, x))).sum((1,2)).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()

# ---- The tracker (§2.4)

def crop(frame, centre, side, size, fill): # a square of the frame as size × size pixels
    r = side/size
    M = np.array([[r, 0, centre[0]-side/2+r/2-.5], [0, r, centre[1]-side/2+r/2-.5]])
    im = cv2.warpAffine(frame, M, (size, size), flags=cv2.INTER_LINEAR|cv2.WARP_INVERSE_MAP,
                        borderMode=cv2.BORDER_CONSTANT, borderValue=fill)
    return torch.from_numpy(im).permute(2, 0, 1)[None].float()

def upsampling(n=17, up=16): # U, so that U v Uᵀ is a bicubic enlargement of v
    t = ((torch.arange(up*n)+.5)/up-.5)[:,None]-torch.arange(n)
    t = t.abs()
    near,far = (1.5*t-2.5)*t*t+1, ((-.5*t+2.5)*t-4)*t+2
    U = torch.where(t<=1, near, torch.where(t<2, far, 0.))
    return U/U.sum(1, keepdim=True)

class Tracker:
    step,penalty,damping,influence = 1.0375, .9745, .59, .176

    def __init__(self, net):
        self.net,self.U = net,upsampling()
        h = torch.hann_window(len(self.U)+2, periodic=False)[1:-1]
        self.window = torch.outer(h, h)/h.sum()**2
        self.keep = torch.tensor([self.penalty, 1, self.penalty])[:,None,None]

    @torch.inference_mode()
    def init(self, frame, box): # (x,y,w,h), pixels
        x,y,w,h = box
        self.centre,self.size = np.array([x+w/2, y+h/2]),np.array([w, h], float)
        margin = (w+h)/2                                        # twice p of eq. (7)
        self.side = self.first = np.sqrt((w+margin)*(h+margin)) # what 127 pixels show
        self.fill = cv2.mean(frame)[:3]
        self.z = self.net.gain*self.net.phi(crop(frame, self.centre, self.side, 127, self.fill))

    @torch.inference_mode()
    def update(self, frame): # the box in the next frame
        factors = self.step**np.arange(-1, 2.)
        x = torch.cat([crop(frame, self.centre, self.side*f*255/127, 255, self.fill) for f in factors])
        v = F.conv2d(self.net.phi(x), self.z)[:,0]+self.net.bias      # (3,17,17)
        up = self.U@v@self.U.T                                       # (3,272,272)
        peaks = up.amax((1,2), keepdim=True)
        s = int((peaks-(1-self.keep)*peaks.abs()).argmax())          # the scale that wins
        r = up[s]-up[s].min()
        r = (1-self.influence)*r/r.sum().clip(1e-2*r.numel())+self.influence*self.window
        i,j = divmod(int(r.argmax()), len(r))
        cells = (np.array([j, i])-(len(r)-1)/2)/16                   # from the middle of the map
        self.centre = self.centre+cells*8*self.side*factors[s]/127
        new = self.side*(1+self.damping*(factors[s]-1))
        new = np.clip(new, .2*self.first, 5*self.first)
        self.size,self.side = self.size*new/self.side,new
        return np.r_[self.centre-self.size/2, self.size]

shipped = Path(__file__).resolve().parent.parent/'siamfc_nb'/'weights'/'siamfc.safetensors' # of a clone

def track(path, box, weights=shipped):
    if not Path(weights).is_file(): sys.exit(f'{weights}: expected weights; a clone has {"/".join(shipped.parts[-3:])}')
    video,tracker = cv2.VideoCapture(str(path)),Tracker(load(weights))
    ok,frame = video.read()
    if not ok: sys.exit(f'{path}: expected a video')
    tracker.init(frame[...,::-1].copy(), box)
    boxes = [np.array(box, float)]
    while True:
        ok,frame = video.read()
        if not ok: return np.array(boxes)
        boxes.append(tracker.update(frame[...,::-1].copy()))

if __name__=='__main__':
    if len(sys.argv) not in (6, 7): sys.exit(__doc__)
    for box in track(sys.argv[1], [float(o) for o in sys.argv[2:6]], *sys.argv[6:]): print(*box.round(1), sep=',')
