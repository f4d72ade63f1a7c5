"""The playground without a browser: settings to pictures and numbers, faults as sentences, nothing left behind"""

import asyncio
import gc
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from siamfc_nb.app import own, panels, widgets
from siamfc_nb.app import playground as P
from siamfc_nb.app.controls import as_code, check_setting, hints
from siamfc_nb.app.inside import Inside, topics
from siamfc_nb.app.maps import Maps, advance, load_clip, look, retrack
from siamfc_nb.app.own import YourOwn
from siamfc_nb.app.painted import plot_overlaps, show_look, why
from siamfc_nb.app.panels import OneFrame, WholeClip
from siamfc_nb.app.widgets import fresh
from siamfc_nb.embedding import Embedding
from siamfc_nb.otb import auc, iou
from siamfc_nb.pretrained import load_weights, named_weights
from siamfc_nb.toyworld import toy_video
from siamfc_nb.track.configs import ablations, configs, get_config
from siamfc_nb.track.feeds import open_source
from siamfc_nb.track.live import track_to_files
from siamfc_nb.tracking import Tracker, locate, upsampling
from siamfc_nb.videos import Video, VideoFile, write_video
from siamfc_nb.xcorr import SiamNet

cfg = get_config('siamfc-3s')

@pytest.fixture(scope='module')
def video():
    v = toy_video(3, n=12, objects=1, size=(120, 160))
    return Video('toy', [v.frames[i] for i in range(12)], v.tracks)

@pytest.fixture(scope='module')
def net():
    torch.manual_seed(0)
    return SiamNet(Embedding(filters=(24,64,96,96,64))).eval() # a tenth of the work; the steps are the same

@pytest.fixture
def maps(video, net): return Maps(video.frames, video.boxes[0], net)

@pytest.fixture
def small(monkeypatch, video, net):
    "Widgets over a small video and a random network"
    for m in ('panels', 'own'): monkeypatch.setattr(f'siamfc_nb.app.{m}.load_clip', lambda name: video)
    for m in ('maps', 'own'): monkeypatch.setattr(f'siamfc_nb.app.{m}.shipped_net', lambda name='shipped': net)
    yield
    for k in list(widgets._shown): widgets._shown.pop(k).shut()

def said(p): return p.message.value

@pytest.mark.parametrize('clip', ['juice_box', 'bunny_head'])
@pytest.mark.parametrize('name', [*configs,'siamfc-3s-fast'])
def test_an_update_is_the_tracker_s_in_every_configuration(name, clip, pretrained):
    "Fifteen frames of a clip and a flat one, which says nothing about size or place"
    v = load_clip(clip); frames = v.frames[:15]+[np.full_like(v.frames[0], 90)]
    maps, t, c = Maps(frames, v.boxes[0], pretrained), Tracker(pretrained, name, 'cpu'), get_config(name)
    t.init(frames[0], v.boxes[0]); at, boxes = maps.tracker(c).at, [v.boxes[0]]
    for i in range(1, 16):
        b, peak = t.update(frames[i])
        at, found, _ = advance(maps, at, i, c)
        o = look(maps, np.array([*boxes, v.boxes[i]]), i, c) # from where the tracker was
        assert np.abs(at.boxes[0]-b).max()<1e-3 and found[3]==pytest.approx(peak, abs=1e-3)
        assert np.abs(o.box-b).max()<1e-3 and o.s==t.chosen and o.peaks[o.s]==pytest.approx(peak, abs=1e-3)
        assert all(im.std()>5 for im in show_look(o).values()) and 'nan' not in why(o)
        boxes.append(b)
    assert np.abs(np.array(list(retrack(maps, c)))-boxes).max()<1e-3

@pytest.fixture(scope='module')
def pretrained(): return load_weights(named_weights('lite')) # as above

@pytest.mark.parametrize('change', [*list(ablations.values())[:13], {}, dict(window=.6), dict(scales=5, step=1.0255),
                                    dict(scales=1), dict(damping=0.), dict(up=1), dict(penalty=.8)], ids=str)
def test_follow_is_the_tracker(maps, video, net, change):
    c = replace(cfg, **change)
    want, _ = Tracker(net, c, 'cpu').track(video.frames[:6], video.boxes[0])
    assert np.abs(np.array(list(islice(retrack(maps, c), 6)))-want).max()<.02

def test_maps_are_the_same_to_the_bit_wherever_they_come_from(video, net):
    a, b = (Maps(video.frames, video.boxes[0], net) for _ in range(2))
    list(islice(retrack(a, replace(cfg, window=.5)), 6))
    n = a.embedded
    reused, alone = (np.array(list(islice(retrack(m, cfg), 6))) for m in (a, b))
    assert (reused==alone).all() and a.embedded-n<b.embedded, 'some maps were there already'

def test_maps_keep_no_more_than_asked(video, net):
    m = Maps(video.frames, video.boxes[0], net, most=5)
    for i in range(1, 6): m(i, m.at.c[0], [50., 51.])
    assert len(m.kept)==5
    for k in range(40): look(m, video.boxes, 5, replace(cfg, window=k/40))
    assert len(m.trackers)==16 and len({id(t.phi) for t in m.trackers.values()})==1, 'one network for all settings'

def test_look_agrees_with_locate(maps, video):
    c = replace(cfg, window=.3, up=8); o = look(maps, video.boxes, 5, c, 2)
    keep = torch.tensor([c.penalty, 1, c.penalty])
    s, dx, dy, p = locate(torch.tensor(o.v), upsampling(17, 8), torch.tensor(o.window), keep, c.window).tolist()
    assert (o.s, *o.d.tolist(), float(o.peaks[o.s]))==pytest.approx((int(s), dx, dy, p), abs=1e-5)
    assert o.blend.sum()==pytest.approx(1, abs=1e-3) and o.blend.argmax()==np.ravel_multi_index(o.peak, o.blend.shape)
    with pytest.raises(ValueError, match='expected 1 to 11'): look(maps, video.boxes, 12, c)
    gone = video.boxes.copy(); gone[4] = np.nan
    with pytest.raises(ValueError, match='absent'): look(maps, gone, 5, c)

@pytest.mark.parametrize('scales', [1, 3, 5, 7])
def test_pictures_fit(maps, video, scales):
    for im in show_look(look(maps, video.boxes, 5, replace(cfg, scales=scales))).values():
        assert im.dtype==np.uint8 and im.shape[1]<=830 and im.std()>10

@pytest.mark.parametrize('c', [*configs.values(), replace(cfg, window=.3), replace(cfg, scales=7, step=1.01, up=4)],
                         ids=lambda c: f'{c.scales},{c.step},{c.scaling}')
def test_code_makes_the_setting(c):
    space = {}; exec(as_code(c), space)
    assert space['tracker'].cfg==c

@pytest.mark.parametrize('values,words', [(dict(window=1.2), 'window influence 1.2: expected a number from 0 to 1'),
                                          (dict(scales=2), 'expected one of 1, 3, 5, 7'),
    (dict(speed=3), 'no setting .speed.'), (dict(step='a'), 'scale step'), (dict(damping=float('nan')), 'damping nan')])
def test_setting_out_of_range(small, values, words):
    with pytest.raises(ValueError, match=words): check_setting(**values)
    w = OneFrame(**values); assert w.why.value and 'siamfc-say' in said(w), 'a sentence, and the rest is there'
    before = w.why.value; w.put(window=.9); assert not said(w) and w.why.value!=before
    w.shut()

def test_one_frame_follows_its_sliders(small):
    w = OneFrame(); seen = set()
    for k, v in dict(window=.8, penalty=.9, damping=0., up=4, scales=5, step=1.05).items():
        w.controls.sliders[k].value = v
        assert w.look.cfg==w.controls.cfg and getattr(w.look.cfg, k)==v and not said(w)
        seen.add((w.frame.value, w.choice.value, w.sizes.value, w.why.value))
    n = w.maps.embedded; w.put(window=.1, penalty=.85, damping=1., up=2)
    assert len(seen)>3 and w.maps.embedded==n, 'nothing is embedded that a slider does not change'
    w.controls.reset.click(); assert w.controls.cfg==cfg and 'pretrained' in w.controls.copy.text
    w.shut()

def test_clip_is_tracked_cancelled_and_tracked_again(small, video):
    w = WholeClip(); w.put(window=.5); assert w.job.wait(60) and w.started<10
    assert (len(w.base), len(w.boxes))==(12, 12) and '12 frames' in w.status.value
    assert w.plot.value.count('<polyline')==2
    want = auc(iou(np.array(w.boxes), video.boxes)); assert f'{want:.3f}' in w.numbers.value
    w.at.value = 3; assert w.numbers.value.count('frame 3')==1
    slow, hold = threading.Event(), retrack
    def follow(maps, c):
        for k, b in enumerate(hold(maps, c)):
            if k==4: slow.set(); time.sleep(.3)
            yield b
    panels.retrack = follow
    try: w.put(window=.2); assert slow.wait(30); w.cancel.click(); assert w.job.wait(30)
    finally: panels.retrack = hold
    assert 0<len(w.boxes)<12 and 'cancelled' in w.status.value and not said(w)
    w.put(window=.5)
    w.put(window=.4)
    w.put(window=.3)
    assert w.job.wait(60) and len(w.boxes)==12, 'the last setting wins'
    assert (np.array(w.boxes)==np.array(list(retrack(w.maps, replace(cfg, window=.3))))).all()
    w.put(window=.3); assert w.job.wait(60) and '100% of the score maps reused' in w.status.value
    w.shut()

def test_error_in_the_background_is_told(small, caplog):
    w = WholeClip()
    w.maps.frames = w.maps.frames[:2]+[w.maps.frames[2].astype(float)]*10
    w.track()
    assert w.job.wait(30)
    assert 'siamfc-say' in said(w)
    w.load()
    w.put(window=9)
    bad = said(w)
    w.track()
    assert not said(w)
    w.put(window=9)
    assert w.job.wait(60) and len(w.boxes)==12
    assert said(w)==bad and 'expected' in bad, 'a run that goes on does not wipe a message'
    w.shut()

@pytest.mark.parametrize('box,words', [((5, 5, 0, 20), 'no area'), ((500, 5, 20, 20), 'outside'),
                                       ((-30, -30, 20, 20), 'outside'), ((158, 5, 20, 20), 'at least 4'),
                                       ((1, 2, 3), 'four numbers'), ((float('nan'), 1, 2, 3), 'NaN')])
def test_bad_boxes_are_told(small, box, words):
    w = YourOwn(); w.drawn(box); assert words in said(w) and w.box is None
    w.drawn((20, 20, 30, 30)); assert not said(w) and w.canvas.box==[20, 20, 30, 30]
    w.shut()

def test_a_number_that_cannot_be_is_refused(small):
    w = OneFrame(); s = w.controls.sliders['scales']; before = w.why.value, w.look.cfg
    with pytest.raises(widgets.T.TraitError, match='number of scales 4: expected one of 1, 3, 5, 7'): s.value = 4
    assert s.value==3 and (w.why.value, w.look.cfg)==before
    s.value = 5; assert w.look.cfg.scales==5 and not said(w)
    w.shut()

def test_boxes_from_the_keyboard(small):
    w = YourOwn(); w.typed.value = '1, 2, three, 4'; assert 'expected four numbers' in said(w)
    w.typed.value = '20,20,30,30'; assert w.box.tolist()==[20, 20, 30, 30] and not said(w)
    w.shut()

def test_uploads(small, tmp_path, video):
    w = YourOwn(limit=1000)
    w.upload._got(w.upload, dict(refused='film.mp4', size=3e9), None)
    assert 'film.mp4 has 3,000 MB: at most 0 MB' in said(w)
    w.upload._got(w.upload, dict(name='x.mp4', at=0, size=2000), [b''])
    assert 'x.mp4' in said(w), 'the kernel checks, too'
    for name, data, words in (('a.mp4', b'', 'a.mp4 is not a video'), ('../b.mp4', b'text', 'b.mp4 is not a video')):
        w.upload._got(w.upload, dict(name=name, at=0, size=len(data)), [data])
        assert words in said(w) and str(w.upload.folder) not in said(w)
    w.upload._got(w.upload, dict(unread='films'), None)
    assert 'films cannot be read: expected a video file, not a folder' in said(w)
    for at in (0, 600): w.upload._got(w.upload, dict(name='liar.mp4', at=at, size=700), [b'x'*600])
    assert 'liar.mp4 has 0 MB: at most' in said(w) and not [*w.upload.folder.rglob('liar.mp4')
        ], 'more comes than was announced'
    w.upload._got(w.upload, dict(name='..', at=0, size=3), [b'abc']); assert 'siamfc-say' in said(w)
    w.upload._got(w.upload, dict(name='x'*300, at=0, size=3), [b'abc']); assert 'siamfc-say' in said(w)
    assert not [p for p in w.upload.folder.rglob('*') if p.is_file()] and w.upload.path is None
    write_video(tmp_path/'one.mp4', video.frames[:1]); w.take(tmp_path/'one.mp4'); assert 'single frame' in said(w)
    write_video(tmp_path/'ok.mp4', video.frames); w.take(tmp_path/'ok.mp4'); assert not said(w)
    w.track(); assert 'no box yet' in said(w)
    w.drawn(video.boxes[0]); w.track(); assert w.job.wait(60) and '12 frames tracked' in w.status.value
    assert len(VideoFile(w.video.path))==12 and 'frames per second' in w.status.value
    t = Tracker(own.shipped_net(), w.config.value)
    track_to_files(t, open_source(tmp_path/'ok.mp4'), {'1': w.box}, tmp_path/'cli')
    assert w.table.path.read_text()==(tmp_path/'cli'/'ok.csv').read_text(
        ), 'the boxes are those of `siamfc track`, in its format'
    assert w.clip.value=='ok.mp4 (yours)'; w.clip.value = 'juice_box'; assert w.name!='ok'
    w.clip.value = 'ok.mp4 (yours)'
    assert w.name=='ok' and len(w.frames)==12 and not said(w), 'an upload can be chosen again'
    folders = w.folder, w.upload.folder; w.shut(); assert not any(f.exists() for f in folders)

def send(w, name, data, step=1<<19):
    "Upload a file as the page does; returns what the page was told"
    told,w.upload.send = [],lambda m, buffers=None: told.append(m)
    for at in range(0, max(len(data), 1), step):
        w.upload._got(w.upload, dict(name=name, at=at, size=len(data)), [data[at:at+step]])
        if 'taken' not in told[-1]: break
    return told

def test_an_upload_leaves_another_of_its_name_alone(small, tmp_path, video):
    "While it comes, if it is no video, and if it is too large; only what can be tracked takes its place"
    for n in (12, 6): write_video(tmp_path/f'{n}.mp4', video.frames[:n])
    long,short = ((tmp_path/f'{n}.mp4').read_bytes() for n in (12, 6))
    w = YourOwn(limit=len(long)+9)
    send(w, 'v.mp4', long, 1000)
    w.drawn(video.boxes[0])
    for bad in (b'no video', bytes(len(long)+10)):
        send(w, 'v.mp4', bad)
        assert 'v.mp4' in said(w) and len(list(VideoFile(w.uploads['v.mp4 (yours)'])))==12
    w.upload._got(w.upload, dict(name='v.mp4', at=0, size=len(short)), [short[:500]]) # under way
    w.clip.value = 'juice_box'
    w.clip.value = 'v.mp4 (yours)'
    w.drawn(video.boxes[0])
    w.track()
    assert w.job.wait(60) and '12 frames tracked' in w.status.value and not said(w)
    send(w, 'v.mp4', short)
    assert len(w.frames)==6 and w.clip.value=='v.mp4 (yours)' and w.clip.options.count(w.clip.value)==1
    assert [p.read_bytes() for p in w.upload.folder.rglob('*') if p.is_file()]==[short], 'the others are gone'
    w.shut()

def test_a_full_disk_is_told_to_who_uploads(small, monkeypatch):
    "The page waits for an answer; what was stored is removed, and later parts are not taken for a file"
    w = YourOwn()
    told = send(w, 'v.mp4', bytes(20), 10)
    assert 'v.mp4 is not a video' in said(w) and ['taken' in o for o in told]==[True,True]
    full = lambda path, mode: open('/dev/full', mode, 0)
    monkeypatch.setattr(widgets, 'open', full, raising=False)
    told = send(w, 'v.mp4', bytes(20), 10)
    assert 'v.mp4: cannot be written: the disk is full' in said(w) and ['stopped' in o for o in told]==[True]
    monkeypatch.setattr(widgets, 'open', open, raising=False)
    w.upload._got(w.upload, dict(name='v.mp4', at=10, size=20), [bytes(10)])
    assert 'upload it again' in said(w) and not [p for p in w.upload.folder.rglob('*') if p.is_file()]
    w.shut()

def test_what_is_shut_has_no_work_left(small, monkeypatch, tmp_path, video):
    "Its files are gone, and nothing writes them anew"
    began,hold = threading.Event(),own.draw_boxes
    def slow(*args, **kw): began.set(); time.sleep(.1); return hold(*args, **kw)
    monkeypatch.setattr(own, 'draw_boxes', slow)
    w = YourOwn()
    w.drawn(video.boxes[0])
    w.track()
    assert began.wait(30)
    w.shut()
    assert w.job.wait(0) and 0<len(w.boxes)<12 and not w.folder.exists()

def test_own_video_follows_its_sliders(small, tmp_path, video):
    "A configuration puts the sliders, they change it, and the boxes are those of the changed setting"
    write_video(tmp_path/'ok.mp4', video.frames)
    w = YourOwn()
    w.take(tmp_path/'ok.mp4')
    w.drawn(video.boxes[0])
    for name in configs:
        w.config.value = name
        assert w.controls.cfg==configs[name] and not said(w), name
    assert w.controls.sliders['scales'].layout.display=='none', 'a dither has no choice of scales'
    w.put(scales=3)
    assert 'expected 1 for a dither' in said(w)
    w.config.value = 'siamfc-3s'
    w.put(window=.5, damping=.2)
    changed = replace(configs['siamfc-3s'], window=.5, damping=.2)
    assert w.controls.cfg==changed and w.controls.sliders['scales'].layout.display is None
    w.track()
    assert w.job.wait(60)
    track_to_files(Tracker(own.shipped_net(), changed), open_source(tmp_path/'ok.mp4'), {'1': w.box}, tmp_path/'cli')
    assert w.table.path.read_text()==(tmp_path/'cli'/'ok.csv').read_text()
    w.shut()

@pytest.mark.parametrize('changed', [{}, dict(window=.3)], ids=['as it is', 'changed'])
def test_a_configuration_brings_its_network(monkeypatch, video, changed):
    "siamfc-lite tracks with the light network, here and in the code that is copied"
    monkeypatch.setattr('siamfc_nb.app.own.load_clip', lambda name: video)
    w,c = YourOwn(),replace(configs['siamfc-lite'], **changed)
    w.config.value = 'siamfc-lite'
    w.put(**changed)
    w.drawn(video.boxes[0])
    w.track()
    assert w.job.wait(60) and len(w.boxes)==12 and not said(w)
    want,_ = Tracker(load_weights(named_weights('lite')), c).track(video.frames, w.box)
    assert np.abs(np.array(w.boxes)[:,:4]-want).max()<1e-3
    space = {}
    exec(w.controls.copy.text, space)
    assert (space['tracker'].cfg, space['tracker'].weights)==(c, named_weights('lite'))
    w.shut()

def test_panels_say_what_they_show(small):
    "A title above the tabs, a sentence on each slider, names on the axes, the default on top and dashed"
    w = P.Playground()
    assert '<h2>SiamFC playground</h2>' in w.children[1].value
    for controls in (w.frame.controls, w.clip.controls, w.own.controls):
        assert {k: s.tooltip for k,s in controls.sliders.items()}==hints
    assert w.frame.i.tooltip and w.frame.gap.tooltip
    chart = plot_overlaps({'default': ('#888', np.ones(3)), 'setting': ('#f00', np.zeros(3))}, 3)
    assert '>frame</text>' in chart and '>overlap</text>' in chart
    lines = re.findall('<polyline.*?</polyline>', chart)
    assert ['dasharray' in o for o in lines]==[False,True] and '<title>default</title>' in lines[1]
    w.shut()

def test_damaged_upload_keeps_what_was_tracked(small, tmp_path, video):
    write_video(tmp_path/'x.mkv', video.frames); w = YourOwn(); w.take(tmp_path/'x.mkv')
    w.frames.n = w.frames.told = 20
    w.drawn(video.boxes[0])
    w.track()
    assert w.job.wait(120) # its header promises more
    assert 'truncated' in said(w) and 'damaged after 12 of 20' in w.status.value
    assert len(w.boxes)==12 and len(VideoFile(w.video.path))==12, 'the frames before the damage can be saved'
    w.shut()

def wrong_files(d, video):
    "Files that somebody may take for a video"
    import wave

    import cv2
    with wave.open(str(d/'song.wav'), 'wb') as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(8000)
        f.writeframes(bytes(16000))
    cv2.imwrite(str(d/'photo.jpg'), video.frames[0])
    whole = (d/'photo.jpg').read_bytes()
    (d/'damaged.jpg').write_bytes(whole[:200]+bytes(len(whole)-200))
    write_video(d/'v.mp4', video.frames)
    whole = (d/'v.mp4').read_bytes()
    (d/'cut.mp4').write_bytes(whole[:len(whole)//2])
    (d/'list.csv').write_text('a,b\n1,2\n')
    (d/'utf16.txt').write_text('hello', 'utf-16')
    (d/'zeros.mp4').write_bytes(bytes(5000))
    (d/'rtsp:cam.mp4').write_text('x')
    return [p for p in sorted(d.iterdir()) if p.name!='v.mp4']

def test_wrong_uploads_are_told(small, tmp_path, video, caplog):
    w = YourOwn('juice_box'); before = 'toy', 'juice_box'
    for p in wrong_files(tmp_path, video):
        w.say(''); w.take(p)
        assert p.name in said(w) and 'siamfc-say' in said(w) and 'internal error' not in said(w) and str(
            tmp_path) not in said(w), p.name
        assert (w.name, w.clip.value)==before and not caplog.text, 'what was there is still there'
    w.shut()

@pytest.mark.parametrize('topic', list(topics))
def test_inside(topic):
    w = Inside(topic); first = w.picture.value; assert first[:4]==b'\x89PNG' and not said(w)
    s = next(iter(w.sliders.values())); s.value = s.options[-1] if hasattr(s, 'options') else s.max
    assert w.picture.value!=first and not said(w) and not plt.get_fignums()
    w.shut()

@pytest.mark.parametrize('e,words,logged',
                         [(KeyError('oh'), 'internal error (KeyError): see the log', True),
                         (AttributeError('gone'), 'internal error', True),
    (ValueError('shapes differ'), 'internal error (ValueError): see the log', True),
    (FileNotFoundError(2, 'No such file', 'x.mp4'), 'x.mp4: does not exist', False)])
def test_error_inside_is_told(monkeypatch, caplog, e, words, logged):
    "What your input can cause is a sentence, a mistake of ours keeps its traceback, in the log"
    def bad(**kw): plt.figure(); raise e
    monkeypatch.setitem(topics, 'bad', ('', bad, dict(a=(1, 0, 2, 1))))
    w = Inside('bad'); assert words in said(w) and not plt.get_fignums()
    assert ('def bad' in caplog.text or 'in bad' in caplog.text)==logged and ('Traceback' in caplog.text)==logged
    w.topic.value = 'R and k'; assert not said(w) and w.picture.value
    w.shut()

@pytest.mark.parametrize('make', [OneFrame, WholeClip, YourOwn, Inside], ids=lambda m: m.__name__)
def test_fifty_runs_of_a_cell_leave_one_widget(small, make):
    def alive(): gc.collect(); return len(P.W.widgets.widget._instances), threading.active_count()
    fresh(make, 'x'); first = alive()
    for k in range(50):
        p = fresh(make, 'x')
        if k%10==0 and hasattr(p, 'track'): p.drawn((20, 20, 30, 30)) if make is YourOwn else None; p.track()
    p.job.cancel(); p.job.wait(30); deadline = time.time()+30
    while (now := alive())!=first and time.time()<deadline: time.sleep(.1)
    assert now==first
    widgets._shown.pop(next(iter(widgets._shown))).shut(); gc.collect(); assert alive()[0]<=first[0]-10

def test_playground_carries_a_setting_over(small):
    p = P.playground(); p.frame.put(window=.7); p.carry.click()
    assert p.tabs.selected_index==1 and p.clip.controls.cfg.window==.7 and p.clip.job.wait(60) and len(p.clip.boxes)==12
    assert P.playground() is not p and p.comm is None, 'the old one is closed'

def test_kernels_end_with_their_pages():
    "Away for a moment, it may come back; away for longer, its process ends"
    async def run():
        k = P.kernels_of_pages(patience=1)(); ended = [] # a busy machine may stall for a part of a second
        async def shutdown_kernel(kernel_id, now=False): ended.append(kernel_id); del k._kernels[kernel_id]
        k.shutdown_kernel = shutdown_kernel
        for name in 'abc': k._kernels[name], k._kernel_connections[name] = object(), 1
        k.notify_connect('c')
        for name in 'abc': k.notify_disconnect(name)
        await asyncio.sleep(.05); k.notify_connect('b'); await asyncio.sleep(2)
        return ended, k
    with ThreadPoolExecutor() as t:
        ended, k = t.submit(asyncio.run, run()).result() # a browser's tests leave a loop in this thread
    assert ended==['a'] and k.cull_idle_timeout>0 and not k.cull_connected, 'a page that is open keeps its kernel'

def test_no_folder_is_left_when_the_process_ends(tmp_path):
    code = """
from siamfc_nb.app.inside import _tracks
from siamfc_nb.app.own import YourOwn
w = YourOwn()
(w.upload.folder/'film.mp4').write_bytes(b'x')
print(len(_tracks()), w.folder)"""
    r = subprocess.run([sys.executable, '-c', code], env=os.environ | {'TMPDIR': str(tmp_path)}, text=True,
                       capture_output=True)
    assert r.returncode==0 and str(tmp_path) in r.stdout, r.stderr
    assert not [*tmp_path.glob('siamfc_*')]

def test_an_app_takes_along_what_its_kernels_leave(monkeypatch):
    "A kernel that is killed cannot clean up: its folders lie in that of the app, which goes in the end"
    app = pytest.importorskip('voila.app')
    for k in ('TMPDIR', 'JUPYTER_PATH'): monkeypatch.setenv(k, tempfile.gettempdir())
    seen = []
    def launch(argv, config):
        seen.append(Path(os.environ['TMPDIR']))
        (seen[0]/'siamfc_upload').mkdir()
    monkeypatch.setattr(app.Voila, 'launch_instance', launch)
    P.serve(0)
    assert seen[0]!=Path(tempfile.gettempdir()) and not seen[0].exists()

def test_serve_says_what_is_wrong(monkeypatch):
    with pytest.raises(ValueError, match='--port'): P.serve(1, ip='203.0.113.1')
    with pytest.raises(ValueError, match='--port'): P.serve(99999)
    monkeypatch.setitem(__import__('sys').modules, 'voila.app', None)
    with pytest.raises(RuntimeError, match='pip install'): P.serve(0)

def test_a_busy_port_is_refused_on_windows_too(monkeypatch):
    "There, reuse would take it from the one that has it"
    asked = []
    class Asked(socket.socket):
        def setsockopt(self, *args): asked.append(args[:2])
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        s.listen()
        with pytest.raises(ValueError, match='--port'): P._free_port('127.0.0.1', s.getsockname()[1])
    monkeypatch.setattr(socket, 'SO_EXCLUSIVEADDRUSE', -5, raising=False)
    monkeypatch.setattr(P.socket, 'socket', Asked)
    assert P._free_port('127.0.0.1', 0)>0 and asked==[(socket.SOL_SOCKET,-5)]
