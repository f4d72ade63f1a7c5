"`make gpu`: one file that trains and measures with torch, numpy and OpenCV alone, in pieces"

import ast
import csv
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest
import torch

from siamfc_nb.curation import curate, stills
from siamfc_nb.evaluation.card import pack
from siamfc_nb.files import one_at_a_time
from siamfc_nb.pairs import Augment
from siamfc_nb.pretrained import load_weights
from siamfc_nb.toyworld import toy_video
from siamfc_nb.train.bundle import write_bundle
from siamfc_nb.train.gpu import main, mk_parser
from siamfc_nb.train.pieces import keep_weights, mk_config, train_store, unpack
from siamfc_nb.train.settings import TrainConfig
from siamfc_nb.train.store import Store, TensorPairs
from siamfc_nb.xcorr import SiamNet

root = Path(__file__).resolve().parent.parent
absent = '''PIL accelerate av fastcore joblib matplotlib pandas psutil pyarrow safetensors scipy skimage sklearn
            torchvision tqdm typer'''.split()
tiny = '--device cpu --pairs 8 --batch 2 --val .34 --val-pairs 2'.split()

# Python runs sitecustomize before all else: nothing of `absent` can be imported, this package from the archive alone
blocker = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        inside = (path or sys.path)[0].startswith(sys.argv[0])
        if name.split('.')[0] in {absent} and not inside: raise ModuleNotFoundError(f'blocked: {{name}}', name=name)
        if name=='siamfc_nb' and not sys.path[0].endswith('.pyz'): raise ModuleNotFoundError('blocked: siamfc_nb')
sys.meta_path.insert(0, Blocker())
import torch
torch.set_num_threads(1)
"""

@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    tmp = tmp_path_factory.mktemp('gpu')
    videos = [toy_video(s, n=5, objects=2, size=(120,160)) for s in range(3)]
    curate(videos, tmp/'crops', sources=['photographs'])
    curate(stills(videos, 2), tmp/'still')
    main(['pack', str(tmp/'crops'), str(tmp/'still'), '--out', str(tmp/'bundle.pyz')])
    (tmp/'site').mkdir()
    (tmp/'site'/'sitecustomize.py').write_text(blocker)
    return tmp

def run(folder, *args):
    env = {**os.environ, 'PYTHONPATH': str(folder/'site'), 'CUDA_VISIBLE_DEVICES': '', 'OMP_NUM_THREADS': '1'}
    return subprocess.run([sys.executable, folder/'bundle.pyz', *args], cwd=folder, env=env, text=True,
                          capture_output=True)

def test_archive_is_one_file_for_python_310(folder):
    with zipfile.ZipFile(folder/'bundle.pyz') as z:
        names = [n for n in z.namelist() if n.endswith('.py')]
        for n in names: ast.parse(z.read(n), n, feature_version=(3,10))
        ours = {f'siamfc_nb/{n}.py' for n in ('train/gpu', 'train/bundle', 'train/store', 'train/pieces', 'tracking')}
        assert ours | {'__main__.py', 'fastcore/basics.py'} <= set(names)
        idle = 'curation data/lazy data/readers cli data/images videos toyworld figures'.split()
        more = {f'siamfc_nb/{n}.py' for n in idle} & set(names)
        assert not more, 'more than it needs'
        assert len(z.read('__main__.py').splitlines())<10, 'a start, no second program'
        sets = json.loads(z.read('about.json'))['sets']
    assert [(s['name'], s['still']) for s in sets]==[('crops', False), ('still', True)]
    assert all(s['crops'] for s in sets)

def test_a_stopped_run_goes_on_to_the_bit(folder):
    "Without PyAV, accelerate, pandas, safetensors and the rest: four steps at once are two, a stop, and two more"
    one = run(folder, 'train', *tiny, '--out', 'one')
    assert one.returncode==0, one.stderr
    half = run(folder, 'train', *tiny, '--out', 'two', '--stop', '2')
    assert half.returncode==75, half.stderr
    rest = run(folder, 'train', *tiny, '--out', 'two')
    assert rest.returncode==0, rest.stderr
    assert 'decoded by cv2' in one.stdout
    assert 'step 4 of 4' in rest.stdout
    assert not (folder/'one'/'last.safetensors').exists()
    a, b = (torch.load(folder/k/'last.pt', weights_only=True) for k in ('one', 'two'))
    for k in ('net', 'ema'):
        assert all(torch.equal(a[k][n], b[k][n]) for n in a[k]), k
    rows = [list(csv.DictReader(open(folder/k/'log.csv'))) for k in ('one', 'two')]
    assert rows[0]==rows[1] and len(rows[0])==4 and {'loss', 'val_error'} <= rows[0][0].keys()
    r = json.loads((folder/'two'/'train.json').read_text())
    assert r['done']
    assert [c['until_step'] for c in r['commands']]==[2, 4]
    assert r['config']['batch']==2
    assert r['versions'].keys() >= {'torch', 'opencv'}
    assert {'machine', 'command', 'date'} <= r.keys()
    for name in ('last', 'best'):
        w = torch.load(folder/'one'/f'{name}_weights.pt', weights_only=True)
        net = load_weights(unpack(folder/'one'/f'{name}_weights.pt'))
        assert all(torch.allclose(v, w['weights'][k], rtol=2e-3, atol=1e-6)
                   for k, v in net.state_dict().items() if v.is_floating_point())

    for other, says in (('--batch', '4'), 'batch is 2 there and 4 here'), (('--val', '0'), 'a run on other pairs'):
        with pytest.raises(SystemExit, match=f'^siamfc gpu: .*{says}'):
            main(['train', '--bundle', str(folder/'bundle.pyz'), *tiny, '--out', str(folder/'two'), *other])

def test_the_log_does_not_tell_where_a_run_was_cut(folder, tmp_path):
    "A stop between two rows keeps the losses so far, and writes no row"
    store,cfg = Store(folder/'bundle.pyz'),mk_config(pairs=4, batch=1, epochs=2)
    cut = train_store(store, cfg, tmp_path/'two', val=0, stop=1)
    assert (cut.step, len(cut.seen), cut.rows)==(1, 1, [])
    assert not (tmp_path/'two'/'log.csv').exists()
    train_store(store, cfg, tmp_path/'two', val=0)
    train_store(store, cfg, tmp_path/'one', val=0)
    logs = [(tmp_path/k/'log.csv').read_bytes() for k in ('one','two')]
    assert logs[0]==logs[1] and len(logs[0].splitlines())==3

def test_a_second_run_in_a_folder_is_refused(folder, tmp_path):
    with one_at_a_time(tmp_path, 'a training'), pytest.raises(ValueError, match='a training is at work there already'):
        train_store(Store(folder/'bundle.pyz'), mk_config(pairs=1, batch=1), tmp_path, val=0)

def test_the_report_counts_every_command(folder, tmp_path):
    "Also those that ended before the log had a row"
    args = ['train', '--bundle', str(folder/'bundle.pyz'), '--device', 'cpu', '--pairs', '3', '--batch', '1', '--val',
            '0', '--set', 'epochs=1', '--out', str(tmp_path/'run')]
    for stop in '12':
        with pytest.raises(SystemExit) as e: main([*args, '--stop', stop])
        assert e.value.code==75
    main(args)
    r = json.loads((tmp_path/'run'/'train.json').read_text())
    assert [c['until_step'] for c in r['commands']]==[1, 2, 3] and len(r['log'])==1
    assert r['seconds']==pytest.approx(sum(c['seconds'] for c in r['commands']))
    (tmp_path/'run'/'last.pt').unlink() # begun anew in the same folder
    main(args)
    assert len(json.loads((tmp_path/'run'/'train.json').read_text())['commands'])==1

def test_shares_settings_and_seeds(folder, tmp_path):
    "One command for several seeds, which goes on where it stopped and does nothing when all is done"
    args = ('train', *tiny, '--pairs', '4', '--seeds', '2', '--share', 'still=3', '--set', 'hard=.5', '--set',
            'grey=.5', '--set', 'by=box', '--set', 'warmup=1', '--out', 'seeds')
    r = run(folder, *args, '--stop', '1')
    assert r.returncode==75, r.stderr
    assert (folder/'seeds'/'seed-0'/'last.pt').exists()
    assert not (folder/'seeds'/'seed-1').exists()
    assert not (folder/'seeds'/'seeds.json').exists()
    r = run(folder, *args)
    assert r.returncode==0 and 'over 2 seeds' in r.stdout, r.stderr
    reports = [json.loads((folder/'seeds'/f'seed-{k}'/'train.json').read_text()) for k in (0, 1)]
    assert [[c['until_step'] for c in o['commands']] for o in reports]==[[1, 2], [2]]
    assert [o['config']['seed'] for o in reports]==[0, 1]
    for o in reports:
        assert (o['config']['hard'], o['config']['warmup'], o['pairs']['grey'], o['pairs']['by'])==(.5, 1, .5, 'box')
        assert [(f['name'], f['share'], f['sources'])
                for f in o['folders']]==[('crops', 1., ['photographs']), ('still', 3., None)]
    spread = json.loads((folder/'seeds'/'seeds.json').read_text())['spread']
    assert spread['loss']['mean']==pytest.approx(sum(o['log'][-1]['loss'] for o in reports)/2)
    assert spread['val_error']['std']>=0
    before = (folder/'seeds'/'seed-0'/'train.json').read_bytes()
    assert run(folder, *args).returncode==0
    assert (folder/'seeds'/'seed-0'/'train.json').read_bytes()==before
    r = run(folder, *args, '--share', 'crops=2')
    assert r.returncode==1 and 'a run on other pairs' in r.stderr
    # and on to weights that can be handed on
    rec = pack(folder/'seeds'/'seed-1', tmp_path/'w', dict(still=['photographs']))
    assert [f['share'] for f in rec['folders']]==[1., 3.]
    assert load_weights(tmp_path/'w'/'siamfc.safetensors')

@pytest.mark.parametrize('args, says', [(('--share', 'none=1'),
    '--share none: expected one of the folders crops, still'),
    (('--share', 'crops=0'), '--share crops=0: expected FOLDER=SHARE'),
    (('--set', 'gray=1'), '--set gray=1: expected NAME=VALUE with one of'),
    (('--set', 'steps=1'), 'steps has an option of its own: expected --pairs'),
    (('--set', 'start=shipped'), '--set start=shipped: expected NAME=VALUE with one of'),
    (('--set', 'accumulate=2'), 'expected NAME=VALUE'),
    (('--set', 'alike=.5'), r'alike=0\.5: expected 0\.0 here'),
    (('--set', 'even=True'), 'even=True: expected False here'),
    (('--recipe', 'lite'), "teacher='shipped': expected '' here"),
    (('--set', 'patience=1', '--val', '0'), '--set patience needs validation pairs'),
    (('--seeds', '0'), '--seeds 0: expected at least 1'),
    (('--recipe', 'best'), '--recipe best: expected one of paper')])
def test_wrong_settings_are_said(folder, tmp_path, args, says):
    with pytest.raises(SystemExit, match=f'^siamfc gpu: .*{says}'):
        main(['train', *tiny, '--bundle', str(folder/'bundle.pyz'), '--out', str(tmp_path), *args])

@pytest.mark.parametrize('args, says', [(('pack', '--every', '0'), '--every 0: expected at least 1'),
    (('pack', '--size', '100'), '--size 100: expected at least 127'),
    (('pack', '--quality', '99'), '--quality 99: expected 0 to 51'),
    (('pack', '--limit', 'nan'), '--limit nan: expected more than 0'),
    (('train', '--stop', '0'), '--stop 0: expected at least 1'),
    (('train', '--val-pairs', '0'), '--val-pairs 0: expected at least 1'),
    (('train', '--val', 'nan'), '--val nan: expected a part from 0 to 1'),
    (('train', '--minutes', '0'), '--minutes 0.0: expected more than 0'),
    (('train', '--seed', '-1'), '--seed -1: expected at least 0'),
    (('train', '--pairs', '0'), '--pairs 0: expected at least 1'),
    (('measure', '--steps', '0'), '--steps 0: expected at least 1'),
    (('measure', '--batches', '8', '0'), '--batches 0: expected at least 1'),
    (('measure', '--objects', '-2'), '--objects -2: expected at least 1'),
    (('measure', '--frame', '160', '-5'), '--frame -5: expected at least 20')])
def test_numbers_out_of_range_are_said_before_anything_is_read(tmp_path, args, says):
    given = [str(tmp_path/'none')] if args[0]=='pack' else ['--device', 'cpu']
    with pytest.raises(SystemExit, match=f'^siamfc gpu: {says}'):
        main([args[0], *given, *args[1:], '--out', str(tmp_path/'out')])
    assert not [*tmp_path.iterdir()]

def test_every_setting_is_read_or_refused(folder, tmp_path, monkeypatch):
    "What a report says of a run, the run has been asked"
    import siamfc_nb.train.store as module
    def spied(cls):
        class Spy(cls):
            def __getattribute__(self, k):
                code = sys._getframe(1).f_code
                copies = code.co_filename.endswith('dataclasses.py')
                checks = code.co_name in ('_refuse', '__post_init__', 'check_usual')
                if not (copies or checks): seen.add(k)
                return super().__getattribute__(k)
        seen = set()
        return Spy,seen
    store = Store(folder/'bundle.pyz')
    how,drawn = spied(Augment)
    monkeypatch.setattr(module, 'Augment', how)
    cfg,asked = spied(TrainConfig)
    train_store(store, cfg(**vars(mk_config(pairs=1, batch=1))), tmp_path/'run', val=0)
    for k in {f.name for f in fields(Augment)}-drawn:
        with pytest.raises(ValueError, match=f'^{k}='): TensorPairs(store, **{k: True})
    other = dict(teacher='shipped', match='features', teacher_bits=8, start='shipped', accumulate=2, compile=True,
                 save=9)
    assert {f.name for f in fields(TrainConfig)}-asked <= set(other)
    for k,v in other.items():
        with pytest.raises(ValueError, match=f'^{k}='):
            train_store(store, mk_config(pairs=2, batch=2, **{k: v}), tmp_path/k, val=0)
        assert not (tmp_path/k).exists()

def test_shares_are_what_the_pairs_are_drawn_by(folder):
    store = Store(folder/'bundle.pyz')
    n = sum(t.kind==0 for t in store.tracks)
    assert TensorPairs(store).cum[n-1].item()==pytest.approx(.5)
    assert TensorPairs(store, shares=[1., 3.]).cum[n-1].item()==pytest.approx(.25)
    by = TensorPairs(store, store.tracks[:n], by='box').cum.diff().numpy()
    assert by==pytest.approx(store.count[1:n]/store.count[:n].sum())

def test_the_prepared_command(tmp_path):
    "`make best` packs all crops, the first validates, and trains with arguments that the bundle takes"
    for f in ('crowds', 'davis', 'solid'): (tmp_path/'runs'/'crops'/f).mkdir(parents=True)
    (tmp_path/'.venv').mkdir()
    for f in ('pyproject.toml', 'constraints.txt', '.venv/.light', '.venv/.ready'): (tmp_path/f).touch() # set up
    out = subprocess.run(['make', '-n', '-f', root/'Makefile', 'best', 'GPU_ARGS=--minutes 2'], cwd=tmp_path, text=True,
                         capture_output=True).stdout.splitlines()
    pack_line, train_line = (next(l for l in out if f' {w} ' in l and k in l)
                             for w, k in (('pack', 'siamfc_nb.train.gpu'), ('train', '--pairs')))
    a = mk_parser().parse_args(pack_line.split('siamfc_nb.train.gpu ')[1].split())
    assert a.crops==['runs/crops/davis', 'runs/crops/crowds', 'runs/crops/solid'] and a.limit>100
    a = mk_parser().parse_args(['train', *train_line.split(' train ')[1].split(';')[0].split()])
    assert (a.pairs, a.seeds, a.share, a.minutes)==(5_000_000, 3, ['crowds=2', 'solid=2'], 2.)
    assert 'test $s = 75' in train_line

def test_measurements(folder):
    r = run(folder, 'measure', *tiny, '--set', 'hard=.5', '--share', 'still=2', '--seeds', '2', '--out', 'm',
            '--batches', '1', '2', '--objects', '1', '3', '--frame', '160', '120', '--steps', '1')
    assert r.returncode==0, r.stderr
    r = json.loads((folder/'m'/'gpu.json').read_text())
    assert [o['batch'] for o in r['training']]==[1, 2]
    assert [o['objects'] for o in r['tracking']]==[1, 3]*3
    assert all(o['pairs']>0 and o['bare']>0 for o in r['training'])
    assert all(o['frames']>0 for o in r['tracking'])
    assert r['conv1']['plain']>0<r['conv1']['folded']
    assert r['frame']==[160, 120]
    assert {'machine', 'versions', 'command', 'date', 'digest'} <= r.keys()

def test_a_missing_gpu_is_said(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    with pytest.raises(SystemExit) as e: main(['train'])
    assert (
        e.value.code
        == 'siamfc gpu: --device cuda: torch finds no CUDA device here; --device cpu runs on the CPU, for tiny settings'
    )

def test_our_own_mistakes_keep_their_traceback(monkeypatch, capsys):
    import siamfc_nb.train.gpu as gpu
    def fails(e):
        def f(*args): raise e
        monkeypatch.setattr(gpu, 'unpack', f)
    for e in (TypeError('x'), KeyError('x'), AttributeError('x'), IndexError('x'), ZeroDivisionError('x'),
              AssertionError('x'), ValueError('shapes differ')):
        fails(e)
        with pytest.raises(type(e)): main(['unpack', 'w.pt'])
    monkeypatch.undo()
    with pytest.raises(SystemExit, match='^siamfc gpu: no weights at w.pt$'): main(['unpack', 'w.pt'])
    monkeypatch.setenv('SIAMFC_DEBUG', '1')
    with pytest.raises(FileNotFoundError): main(['unpack', 'w.pt'])

def test_an_unknown_device_is_said(folder):
    with pytest.raises(SystemExit, match="^siamfc gpu: device 'gpu' is none that torch knows: expected 'cpu', 'cuda' "
                       "for a GPU, or None"):
        main(['measure', '--device', 'gpu', '--bundle', str(folder/'bundle.pyz')])

def test_the_limit_of_the_size(folder):
    with pytest.raises(ValueError, match=r'would have 0\.\d MB, the limit is 0\.1 MB: expected fewer crops'):
        write_bundle([folder/'crops'], folder/'large.pyz', every=1, limit=1e5)
    assert not list(folder.glob('large*'))
    n = write_bundle([folder/'crops', folder/'still'], folder/'small.pyz', limit=4e5)['bytes']
    assert n==(folder/'small.pyz').stat().st_size<=4e5

@pytest.mark.parametrize('name,text', [('none.pyz', 'no archive at'), ('bad.pyz', 'not an archive'),
                                       ('other.zip', 'not an archive'), ('torn.pyz', 'not an archive')])
def test_a_missing_or_broken_archive_is_said(folder, capsys, name, text):
    b = bytearray((folder/'bundle.pyz').read_bytes())
    (folder/'bad.pyz').write_bytes(b[:5000])
    with zipfile.ZipFile(folder/'other.zip', 'w') as z: z.writestr('notes.txt', 'mine')
    with zipfile.ZipFile(folder/'bundle.pyz') as z: at = z.getinfo('0000.mp4').header_offset
    b[at+500] ^= 255
    (folder/'torn.pyz').write_bytes(b)
    with pytest.raises(SystemExit, match=text):
        main(['measure', *tiny, '--bundle', str(folder/name)])

def test_weights_are_safetensors_where_they_can_be(tmp_path):
    net = SiamNet(bias=.25).eval()
    path = keep_weights(net, tmp_path/'w.safetensors', step=3)
    assert path==tmp_path/'w.safetensors'
    assert load_weights(tmp_path/'w.safetensors').bias.item()==.25
    torch.save(dict(step=1), tmp_path/'last.pt')
    with pytest.raises(ValueError, match='no weights to unpack'): unpack(tmp_path/'last.pt')

@pytest.mark.parametrize('name', ['mine.pt', 'mine_weights.pt'])
@pytest.mark.parametrize('data', [b'', b'text', b'PK\x03\x04', None], ids=['empty', 'text', 'cut', 'tensor'])
def test_what_is_no_weights_is_said_and_left_alone(tmp_path, name, data):
    p = tmp_path/name
    if data is None: torch.save(torch.zeros(2), p)
    else: p.write_bytes(data)
    before = p.read_bytes()
    with pytest.raises(SystemExit, match=f'^siamfc gpu: .*{name} holds no weights to unpack'): main(['unpack', str(p)])
    assert [q.name for q in tmp_path.iterdir()]==[name] and p.read_bytes()==before

def test_weights_of_another_name_are_not_written_over(tmp_path):
    torch.save(dict(weights=SiamNet().state_dict(), meta={}), tmp_path/'mine.pt')
    before = (tmp_path/'mine.pt').read_bytes()
    with pytest.raises(ValueError, match='expected NAME_weights.pt'): unpack(tmp_path/'mine.pt')
    assert (tmp_path/'mine.pt').read_bytes()==before

def test_the_embedding_is_one_graph_for_the_compiler():
    net = SiamNet()
    phi = torch.compile(net.phi, dynamic=False, backend='eager', fullgraph=True)
    x = torch.rand(2, 3, 127, 127)
    torch.testing.assert_close(phi.eval()(x), net.phi.eval()(x))
