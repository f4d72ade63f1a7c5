"The tracker of the live pages computes what the package computes: JavaScript against Python's numbers"

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from siamfc_nb import crops, otb, scales, tracking
from siamfc_nb.pretrained import pretrained_net
from siamfc_nb.pretrained import weights_digest
from siamfc_nb.xcorr import xcorr

root = Path(__file__).resolve().parent.parent


def numbers():
    "Inputs and what the package makes of them, small enough to read"
    rng, torch_rng = np.random.default_rng(0), torch.Generator().manual_seed(0)
    frame = cv2.GaussianBlur(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8), (0, 0), 1.5)
    frame = cv2.normalize(frame, None, 0, 255, cv2.NORM_MINMAX)
    mean = cv2.mean(frame)[:3]
    squares = [((32, 24), 30, 31), ((3.3, 5.7), 41.2, 25), ((60.1, 47.9), 20.5, 63), ((-50, -50), 20, 9)]
    z, x = torch.randn(4, 3, 3, generator=torch_rng), torch.randn(4, 9, 9, generator=torch_rng)
    one = lambda a: torch.as_tensor(a)[None]
    flat = lambda a: np.asarray(a, float).ravel().tolist()
    three, dither = tracking.get_config('siamfc-3s'), tracking.get_config('siamfc-dither')
    def found(cfg, v):
        keep = torch.full((cfg.scales,), cfg.penalty); keep[cfg.scales//2] = 1
        n = v.shape[-1]
        return flat(tracking.locate(v, tracking.upsampling(n, cfg.up), tracking.cosine_window(n*cfg.up), keep,
                                    cfg.window))
    def moved(cfg, box, d, zoom, f):
        at = tracking.Targets.start([box], np.zeros(3), cfg.context)
        c, side = tracking.move(at.c, at.side, at.first, np.array([d]), np.array([zoom]), np.array([f]), cfg, 8)
        wh = at.size*(side/at.side)[:, None]
        return flat(np.c_[c-wh/2, wh])
    maps = [(c, torch.randn(c.scales, n, n, generator=torch_rng)) for c in (three, dither) for n in (5, 17)]
    moves = [(three, (10, 20, 30, 40), (1.5, -.25), 1.0375, 1.0375), (three, (1, 2, 9, 5), (0, 0), 1, 90),
             (dither, (5, 5, 8, 8), (-3, 2), 1/1.05, .99)]
    pairs = [((0, 0, 10, 10), (5, 5, 10, 10)), ((0, 0, 1, 1), (5, 5, 1, 1))]
    r, w = torch.randn(25, generator=torch_rng), tracking.cosine_window(5).flatten()
    return dict(
        frame=dict(data=frame.ravel().tolist(), width=64, height=48), mean=mean,
        contextSide=[dict(args=a, side=float(crops.context_side(*a))) for a in ((10, 20, .5), (35, 7, .25), (4, 4, 0))],
        crops=[dict(c=c, side=s, size=n, data=flat(crops.crop(frame, c, s, n).transpose(2, 0, 1))) for c, s,
        n in squares],
        xcorr=dict(z=dict(data=flat(z), dims=z.shape), x=dict(data=flat(x), dims=x.shape), gain=.5, bias=-1,
                   data=flat(.5*xcorr(one(z), one(x))-1)),
        upsampling=[dict(n=n, up=up, data=flat(tracking.upsampling(n, up))) for n, up in ((5, 4), (17, 16), (3, 1))],
        cosineWindow=dict(n=20, data=flat(tracking.cosine_window(20))),
        penalised=[dict(peak=p, keep=k, out=float(tracking.penalised(torch.tensor(p), k))) for p in (2.,
        -2.) for k in (1, .9)],
        blended=[dict(r=flat(o), w=flat(w), influence=k, out=flat(tracking.blended(o, w, k))) for o in (r,
        0*r) for k in (0, .176, 1)],
        locate=[dict(v=[flat(o) for o in v], n=v.shape[-1], cfg=asdict(c), found=found(c, v)) for c, v in maps],
        resize=[dict(args=(s, 10, f, (.2, 5), d),
        out=float(tracking.resize(np.array([s]), np.array([10.]), f, (.2, 5), d)[0])) for s in (10.,
        49.) for f in (.1, 1.3) for d in (1, .5)],
        swing=[float(scales.dither_sign(np.array(a))) for a in range(6)],
        climb=[dict(peaks=p, sign=s, cfg=asdict(dither),
        out=float(scales.scale_step(np.array([p]), np.array([s]), dither)[0])) for p in ((1., 1.2, 1.1),
        (0., 0., 5.)) for s in (1., -1.)],
        move=[dict(box=b, d=d, zoom=z, f=f, cfg=asdict(c), stride=8, out=moved(c, b, d, z, f)) for c, b, d, z,
        f in moves],
        iou=[dict(a=a, b=b, out=float(otb.iou(a, b))) for a, b in pairs],
    )


def test_the_pages_network_is_the_shipped_one():
    about = json.loads((root/'nbs'/'_live'/'phi.js').read_text().split(';\n')[0].removeprefix('siamfcData.net = '))
    weights = root/'siamfc_nb'/'weights'/'siamfc.safetensors'
    assert about['weights']==weights_digest(weights), 'other weights ship now: python nbs/_site.py live'
    net = pretrained_net()
    assert (about['gain'], about['bias'], about['stride'])==(net.gain.item(), net.bias.item(), net.phi.stride)


@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
def test_javascript_tracker_is_the_package(tmp_path):
    fixture = tmp_path/'numbers.json'
    fixture.write_text(json.dumps(numbers()))
    cmd = ['node', '--test', '--test-reporter=tap', str(root/'tests'/'js'/'tracker.test.js')]
    p = subprocess.run(cmd, env=os.environ | {'FIXTURE': str(fixture)}, capture_output=True, text=True, timeout=120)
    assert p.returncode==0, p.stdout+p.stderr
    assert '# pass 14' in p.stdout and '# skipped 0' in p.stdout, p.stdout


@pytest.mark.skipif(not shutil.which('node'), reason='no Node here: apt-get install nodejs')
@pytest.mark.parametrize('n', [0, 1, 6, 7, 8, 5000])
def test_a_page_unpacks_what_the_site_packs(n, tmp_path):
    from nbs import _site
    data = np.random.default_rng(n).integers(0, 256, n, dtype=np.uint8).tobytes()
    script = _site.inlined('x', data[::2]+data[1::2])
    assert not set(script[script.index('"')+1:-3]) & set('\0\n\r"\\\x7f') and script.encode().decode()==script
    (tmp_path/'x.js').write_text('globalThis.siamfcData = {};\n'+script, encoding='utf-8')
    code = f"""require({str(tmp_path/'x.js')!r}); require({str(root/'nbs'/'_live'/'live.js')!r});
      const {{unpack, interleave}} = siamfcLive;
      unpack(siamfcData.x).then(o => console.log(Buffer.from(interleave(o)).toString('hex')));"""
    p = subprocess.run(['node', '-e', code], capture_output=True, text=True, timeout=60, check=True)
    assert bytes.fromhex(p.stdout)==data
