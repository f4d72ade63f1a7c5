"Larger sets in small trees: what their annotations leave open, and what is wrong with a tree"
import json
import re

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from siamfc_nb.cli import app
from siamfc_nb.curation import Crops
from siamfc_nb.data import larger
from siamfc_nb.data.masks import davis
from siamfc_nb.videos import write_video

def frames(folder, n, first=1, digits=8):
    folder.mkdir(parents=True, exist_ok=True); rng = np.random.default_rng(0)
    for i in range(n):
        cv2.imwrite(str(folder/f'{i+first:0{digits}d}.jpg'), rng.integers(0, 255, (60,80,3)).astype(np.uint8))

def put(path, text): path.parent.mkdir(parents=True, exist_ok=True); path.write_text(text)

def lasot(root):
    for k in (1,2):
        frames(root/'cat'/f'cat-{k}'/'img', 4)
        put(root/'cat'/f'cat-{k}'/'groundtruth.txt', '11,21,15,16\n12,21,15,16\n13,21,15,16\n14,21,15,16\n')
    put(root/'cat'/'cat-1'/'full_occlusion.txt', '0,1,0,0')
    put(root/'cat'/'cat-1'/'out_of_view.txt', '0,0,0,1')
    put(root/'training_set.txt', 'cat-1\r\ncat-2\r\ncat-9\r\n')

def trackingnet(root):
    frames(root/'TRAIN_0'/'frames'/'a', 11, 0, 1)
    put(root/'TRAIN_0'/'anno'/'a.txt', '\n'.join(f'{i},20,15,16' for i in range(11)))
    frames(root/'TRAIN_3'/'frames'/'b', 2, 0, 1); put(root/'TRAIN_3'/'anno'/'b.txt', '1,2,15,16\n')

def nfs(root):
    row = lambda i: f'0 {10+i} 20 {30+i} 50 {i+1} {int(8<=i<16)} 0 1 "ball in play"'
    frames(root/'ball'/'30'/'ball', 3, digits=5); put(root/'ball'/'30'/'ball.txt', '\n'.join(map(row, range(23)))+'\n')
    frames(root/'ball'/'240'/'ball', 24, digits=5)
    put(root/'ball'/'240'/'ball.txt', '\n'.join(map(row, range(23)))+'\n')

def youtube_vos(root):
    frames(root/'train'/'JPEGImages'/'abc', 3, 0, 5); (root/'train'/'Annotations'/'abc').mkdir(parents=True)
    for i in (0,2):
        m = np.zeros((60,80), np.uint8); m[10:30,30:50] = 1; m[40:55,5:25] = 2*(i>0)
        p = Image.fromarray(m, 'P')
        p.putpalette([0,0,0,200,0,0,0,200,0]+[0]*759)
        p.save(root/'train'/'Annotations'/'abc'/f'{i:05d}.png')

def coco(root):
    frames(root/'train2017', 2, digits=12); put(root/'annotations'/'instances_train2017.json', json.dumps(dict(
        images=[dict(id=k, file_name=f'{k:012d}.jpg') for k in (1,2)], categories=[dict(id=1, name='cat')],
        annotations=[dict(id=7, image_id=1, bbox=[3,4,20,22], category_id=1, iscrowd=0),
        dict(id=8, image_id=2, bbox=[0,0,80,60], category_id=1, iscrowd=1)])))

def test_uav123_beside_others(tmp_path):
    "UAV123_10fps has ranges of its own; UAV20L's frames are UAV123's, wherever they lie; a copy of both in one folder"
    for of,(a,b) in dict(UAV123=(3,8), UAV123_10fps=(2,4)).items():
        root = tmp_path/of
        frames(root/'data_seq'/of/'bird1', 8, digits=6)
        put(root/'anno'/of/'bird1_2.txt', ''.join(f'{i},2,15,16\n' for i in range(a, b+1)))
        path = f'D:\\data_seq\\{of}\\bird1\\'
        row = f"'name','bird1_2','path','{path}','startFrame',{a},'endFrame',{b},'nz',6"
        put(root/'configSeqs.m', f"seqs = {{struct({row})}};")
    put(tmp_path/'UAV123'/'anno'/'UAV20L'/'bird1.txt', '1,2,15,16\n'*8)
    for split,name,n,first in (('UAV123','bird1_2',6,3), ('UAV123_10fps','bird1_2',3,2), ('UAV20L','bird1',8,1)):
        v, = larger.uav123(tmp_path, split)
        assert (v.name,len(v),v.frames.paths[0].name)==(name, n, f'{first:06d}.jpg')
        np.testing.assert_array_equal(v.boxes[0], [first-1,1,15,16])

def test_coco_names(tmp_path):
    "Pictures of one name in two folders are two; two files of one name are refused"
    files = 'a/1.jpg','b/1.jpg'
    for k in 'ab': frames(tmp_path/'train2017'/k, 1, digits=1)
    def write(files): put(tmp_path/'annotations'/'instances_train2017.json', json.dumps(dict(
        images=[dict(id=k, file_name=f) for k,f in enumerate(files)],
        annotations=[dict(id=9-k, image_id=k, bbox=[3+k,4,20,22]) for k in range(len(files))])))
    write(files)
    vs = larger.coco(tmp_path)
    assert vs.names==['a-1','b-1'] and [v.frames.paths[0] for v in vs]==[tmp_path/'train2017'/f for f in files]
    assert [{k: b[0].tolist() for k,b in v.tracks.items()} for v in vs]==[{'9': [3,4,20,22]}, {'8': [4,4,20,22]}]
    write(['a/1.jpg','a/1.png'])
    with pytest.raises(ValueError, match='2 pictures of 1 names'): larger.coco(tmp_path)

trees = dict(lasot=lasot, trackingnet=trackingnet, nfs=nfs, youtube_vos=youtube_vos, coco=coco)

def test_lasot(tmp_path):
    lasot(tmp_path); v = larger.lasot(tmp_path)['cat-1']
    assert np.isfinite(v.boxes[:,0]).tolist()==[True,False,True,False] and tuple(v.boxes[2])==(12,20,15,16)
    put(tmp_path/'training_set.txt', 'cat-2\r\ncat-9\r\n')
    put(tmp_path/'testing_set.txt', 'cat-1\n')
    assert larger.lasot(tmp_path).names==['cat-2'] and larger.lasot(tmp_path, 'test').names==['cat-1']
    (tmp_path/'training_set.txt').unlink() # nobody can tell what is tested on
    with pytest.raises(FileNotFoundError, match='expected it, or the split all'): larger.lasot(tmp_path)
    assert larger.lasot(tmp_path, 'all').names==['cat-1','cat-2']

def test_trackingnet(tmp_path):
    trackingnet(tmp_path)
    vs = larger.trackingnet(tmp_path)
    assert vs.names==['a','b'] and larger.trackingnet(tmp_path, 'TRAIN_3').names==['b']
    assert [p.stem for p in vs['a'].frames.paths]==[str(i) for i in range(11)] and vs['a'].boxes[10,0]==10
    assert np.isfinite(vs['b'].boxes[:,0]).tolist()==[True,False] # one box is enough to start

def test_nfs_takes_every_eighth_row(tmp_path):
    nfs(tmp_path); v, = larger.nfs(tmp_path); assert tuple(v.boxes[2])==(26,20,20,30) and np.isnan(v.boxes[1]).all()
    v, = larger.nfs(tmp_path, 240)
    # one row short
    assert tuple(v.boxes[7])==(17,20,20,30) and np.isnan(v.boxes[8:16]).all() and np.isnan(v.boxes[23]).all()

def test_youtube_vos_and_coco(tmp_path):
    youtube_vos(tmp_path)
    v, = larger.youtube_vos(tmp_path)
    assert tuple(v.tracks['2'][2])==(5,40,20,15) and np.isnan(v.tracks['1'][1]).all()
    coco(tmp_path)
    v, = larger.coco(tmp_path)
    assert v.name=='000000000001' and list(v.tracks)==['7'] and v.info['classes']=={'7': 'cat'}

@pytest.mark.parametrize('name,break_it,says', [
    ('lasot', lambda r: put(r/'cat'/'cat-1'/'out_of_view.txt', '0,0'), '2 marks for 4 frames'),
    ('lasot', lambda r: put(r/'cat'/'cat-1'/'groundtruth.txt', '1,2,3,4\n'), '1 rows? for 4 frames'),
    ('trackingnet', lambda r: put(r/'TRAIN_0'/'anno'/'a.txt', '1,2,3,4\n1,2,3,4\n'), '2 rows for 11 frames'),
    ('nfs', lambda r: put(r/'ball'/'30'/'ball.txt', '0 1 2 3\n'), 'no row of NfS'),
    ('nfs', lambda r: put(r/'ball'/'30'/'ball.txt', '0 1 2 3 4 1 0 0 0 x\n'*9), '9 rows for 3 frames'),
    ('youtube_vos', lambda r: put(r/'train'/'meta.json', '{"video": 1}'), 'meta.json'),
    ('youtube_vos', lambda r: (r/'train'/'JPEGImages'/'abc'/'00002.jpg').unlink(), 'belongs to no frame'),
    ('coco', lambda r: put(r/'annotations'/'instances_train2017.json', '{}'), "COCO's format"),
    ('coco', lambda r: put(r/'annotations'/'instances_train2017.json', '[1'), "COCO's format")])
def test_what_is_wrong_with_an_annotation(tmp_path, name, break_it, says):
    trees[name](tmp_path); break_it(tmp_path)
    with pytest.raises(ValueError, match=says): [v.boxes for v in getattr(larger, name)(tmp_path)]

@pytest.mark.parametrize('name', trees)
def test_no_such_set_here(tmp_path, name):
    with pytest.raises(FileNotFoundError, match='no .* here'): getattr(larger, name)(tmp_path)

@pytest.mark.parametrize('name,crops', [('lasot',6), ('trackingnet',12), ('nfs',2), ('youtube_vos',3), ('coco',1)])
def test_command_cuts_them(tmp_path, name, crops):
    trees[name](tmp_path/'in')
    r = CliRunner().invoke(app, ['curate', name.replace('_','-'), str(tmp_path/'in'), str(tmp_path/'out')])
    assert r.exit_code==0, r.output
    assert sum(len(t) for t in Crops(tmp_path/'out', 1))==crops

# ---- DAVIS-2017, and what `siamfc check` says of each

def mask(path, m, palette=True):
    path.parent.mkdir(parents=True, exist_ok=True); im = Image.fromarray(m.astype(np.uint8))
    if palette: im.putpalette([0,0,0, 200,0,0, 0,200,0]+[128]*759)
    im.save(path)

def davis_2017(root, kind='Annotations_unsupervised'):
    "Two objects: the first with a hole, the second later; a third in a video without lists; void around both"
    frames(root/'JPEGImages'/'480p'/'two', 3, 0, 5)
    frames(root/'JPEGImages'/'480p'/'one', 2, 0, 5)
    put(root/'ImageSets'/'2017'/'train.txt', 'two\none\n')
    for i in range(3):
        m = np.zeros((60,80), np.uint8); m[10:30,20:50] = 1; m[15:25,30:40] = 0; m[8:10,20:50] = 255
        if i: m[40:55,5:25] = 2
        mask(root/kind/'480p'/'two'/f'{i:05d}.png', m)
    for i in range(2): m = np.zeros((60,80), np.uint8); m[5:25,5:35] = 1; mask(root/kind/'480p'/'one'/f'{i:05d}.png', m)

@pytest.mark.parametrize('kind', ['Annotations','Annotations_unsupervised'])
def test_davis_2017_has_a_track_for_each_object(tmp_path, kind):
    davis_2017(tmp_path, kind); vs = davis(tmp_path, cache=False); v = vs['two']
    assert vs.names==['one','two'] and list(v.tracks)==['1','2'] # as its masks are, without being told the year
    assert (v.tracks['1']==[20,10,30,20]).all() # neither the hole nor the void makes it smaller or larger
    assert np.isnan(v.tracks['2'][0]).all() and tuple(v.tracks['2'][2])==(5,40,20,15)
    o, = davis(tmp_path, year=2016, cache=False)['two'].tracks.values(); assert tuple(o[1])==(5,10,45,45)

def test_davis_2017_says_what_is_wrong(tmp_path):
    davis_2017(tmp_path); at = tmp_path/'Annotations_unsupervised'/'480p'/'two'
    mask(at/'00002.png', np.full((60,80), 255)*np.eye(60,80), palette=False)
    with pytest.raises(ValueError, match='00002.png has colours or one grey.*year=2016'):
        _ = davis(tmp_path, year=2017, cache=False)['two'].tracks
    mask(at/'00002.png', np.ones((30,40)))
    with pytest.raises(ValueError, match='expected one size'): _ = davis(tmp_path, year=2017, cache=False)['two'].tracks
    (at/'00002.png').unlink()
    with pytest.raises(ValueError, match='2 masks for 3 frames'):
        _ = davis(tmp_path, year=2017, cache=False)['two'].tracks

def test_command_cuts_davis_2017(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path/'cache')); davis_2017(tmp_path/'in')
    r = CliRunner().invoke(app, ['curate','davis',str(tmp_path/'in'),str(tmp_path/'out')])
    assert r.exit_code==0, r.output
    assert {(t.video,t.track): len(t) for t in Crops(tmp_path/'out', 1)}=={('one','1'):2, ('two','1'):3, ('two','2'):2}

def uav123(root):
    frames(root/'data_seq'/'UAV123'/'car1', 5, digits=6)
    put(root/'anno'/'UAV123'/'car1.txt', '1,2,15,16\n'*3+'NaN,NaN,NaN,NaN\n1,2,15,16\n')

def segtrack(root):
    for o in ('Video','Truth'): (root/o).mkdir(parents=True)
    f = np.zeros((64,96,3), np.uint8); f[10:30,10:40] = 255
    for o in ('Video','Truth'): write_video(root/o/'toy.mp4', [f]*4)

more = trees | dict(davis=davis_2017, uav123=uav123, segtrack=segtrack)
says = dict(lasot='2 videos, 8 frames, 6 boxes', trackingnet='2 videos, 13 frames, 12 boxes',
            nfs='1 video, 3 frames, 2 boxes', uav123='1 video, 5 frames, 4 boxes',
            youtube_vos='1 video, 3 frames, 3 boxes', coco='1 video, 1 frame, 1 box',
            davis='2 videos, 5 frames, 7 boxes', segtrack='1 video, 4 frames, 4 boxes')

@pytest.mark.parametrize('name', says)
def test_check_counts_what_is_there(tmp_path, name):
    more[name](tmp_path/'in'); r = CliRunner().invoke(app, ['check', name.replace('_','-'), str(tmp_path/'in')])
    assert r.exit_code==0 and says[name] in r.output, r.output

@pytest.mark.parametrize('name,break_it,why', [
    ('lasot', lambda r: put(r/'cat'/'cat-1'/'out_of_view.txt', '0,0'), 'cat-1: .*2 marks for 4 frames'),
    ('uav123', lambda r: put(r/'anno'/'UAV123'/'car1.txt', '900,2,15,16\n'*5), 'car1: frame 0 .*wholly outside'),
    ('trackingnet', lambda r: put(r/'TRAIN_0'/'anno'/'a.txt', '1,2,3,4\n1,2,3,4\n'), 'a: .*2 rows for 11 frames'),
    ('nfs', lambda r: put(r/'ball'/'30'/'ball.txt', '0 1 2 3\n'), 'no row of NfS'),
    ('uav123', lambda r: put(r/'anno'/'UAV123'/'car1.txt', '1,2,3,4\n'), '1 rows for 5 frames'),
    ('youtube_vos', lambda r: (r/'train'/'JPEGImages'/'abc'/'00002.jpg').unlink(), 'belongs to no frame'),
    ('coco', lambda r: (r/'train2017'/'000000000001.jpg').write_bytes(b'x'), '000000000001'),
    ('davis', lambda r: (r/'JPEGImages'/'480p'/'one'/'00001.jpg').unlink(), '2 masks for 1 frames'),
    ('segtrack', lambda r: (r/'Truth'/'toy.mp4').write_bytes(b'x'), 'toy')])
def test_check_says_what_is_wrong(tmp_path, name, break_it, why):
    more[name](tmp_path/'in')
    break_it(tmp_path/'in')
    r = CliRunner().invoke(app, ['check', name.replace('_','-'), str(tmp_path/'in')])
    assert r.exit_code==1 and re.search(why, r.output), r.output
    assert 'cannot be used' in r.output and 'Traceback' not in r.output, r.output

def test_check_opens_pictures(tmp_path):
    more['lasot'](tmp_path/'in')
    args = ['check','lasot',str(tmp_path/'in')]
    assert '8 pictures opened' in CliRunner().invoke(app, args).output
    picture = sorted((tmp_path/'in').rglob('*.jpg'))[2]
    whole = picture.read_bytes()
    for data in (whole[:-20], b''):
        picture.write_bytes(data)
        r = CliRunner().invoke(app, args)
        assert r.exit_code==1 and picture.name in r.output and '1 of 8 pictures' in r.output, r.output
        assert '2 videos, 8 frames, 6 boxes; 8 pictures opened' in r.output, r.output
    r = CliRunner().invoke(app, [*args,'--pictures','2']) # the first and the last of each
    assert r.exit_code==0 and '4 pictures opened' in r.output, r.output
    r = CliRunner().invoke(app, [*args,'--pictures','0'])
    assert r.exit_code==1 and '--pictures 0: expected at least 1' in r.output, r.output

def halved(root):
    for p in root.rglob('*.jpg'): cv2.imwrite(str(p), cv2.resize(cv2.imread(str(p)), None, fx=.5, fy=.5))

def turned(root):
    "Mark the pictures as a telephone does that was held upright"
    for p in root.rglob('*.jpg'):
        im = Image.open(p); im.load(); mark = Image.Exif(); mark[274] = 6; im.save(p, exif=mark)

def sized_coco(root):
    coco(root); f = root/'annotations'/'instances_train2017.json'; d = json.loads(f.read_text())
    f.write_text(json.dumps(d | dict(images=[i | dict(width=80, height=60) for i in d['images']])))

@pytest.mark.parametrize('layout,tree,spoil,says', [
    ('davis', davis_2017, halved, r'is 40×30, its annotation is of 80×60'),
    ('youtube-vos', youtube_vos, halved, r'is 40×30, its annotation is of 80×60'),
    ('coco', sized_coco, halved, r'is 40×30, its annotation is of 80×60'),
    ('coco', sized_coco, turned, r'is 60×80, its annotation is of 80×60: .*EXIF')])
def test_frames_of_another_size_than_the_annotation(tmp_path, layout, tree, spoil, says):
    tree(tmp_path/'in'); spoil(tmp_path/'in')
    for args in (['check',layout,tmp_path/'in'], ['curate',layout,tmp_path/'in',tmp_path/'out']):
        r = CliRunner().invoke(app, [*map(str, args)])
        assert re.search(says, ' '.join(r.output.split())), r.output
        assert r.exit_code==(args[0]=='check'), r.output
    assert '0 crops' in r.output and 'unreadable frame' in r.output

@pytest.mark.parametrize('name', ['nfs','coco','segtrack','drones','uav123'])
def test_check_of_a_folder_of_something_else(tmp_path, name):
    r = CliRunner().invoke(app, ['check', name, str(tmp_path)])
    assert r.exit_code==1 and re.search('no .* here', r.output), r.output
    if name in ('nfs','segtrack','drones'):
        r = CliRunner().invoke(app, ['check', name, str(tmp_path), '--split', 'val'])
        assert 'has no splits' in r.output
