"""What a wheel brings: all that a user needs and nothing else, and a demo that runs without the repository"""

import shutil
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import wheels
from house import modules, root

project = tomllib.loads((root/'pyproject.toml').read_text(encoding='utf-8'))['project']

@pytest.fixture(scope='module')
def built(tmp_path_factory): return wheels.build(tmp_path_factory.mktemp('wheel'), '--no-build-isolation')

@pytest.fixture(scope='module')
def wheel(built):
    with zipfile.ZipFile(built) as z: yield z

def test_wheel_contents(wheel):
    names = set(wheel.namelist())
    want = {p.relative_to(root).as_posix() for p in modules}
    want |= {p.relative_to(root).as_posix() for p in (root/'siamfc_nb'/'weights').rglob('*') if p.suffix in (
        '.safetensors', '.onnx', '.md')}
    assert 'siamfc_nb/weights/lite/siamfc.safetensors' in want, 'the light network, too'
    want |= {f'siamfc_nb/clips/{p.name}' for p in (root/'data'/'clips').glob('*') if p.suffix in ('.mp4', '.csv')}
    typed = {p.relative_to(root).as_posix() for p in (root/'siamfc_nb').rglob('*.pyi')} | {'siamfc_nb/py.typed'}
    want |= typed
    assert {'siamfc_nb/__init__.pyi', 'siamfc_nb/tracking.pyi'} < typed, 'what editors and type checkers read'
    shown = {p.relative_to(root).as_posix() for p in (root/'siamfc_nb'/'app').iterdir() if p.suffix in ('.js', '.css')}
    want |= shown
    assert {Path(n).suffix for n in shown}=={'.js', '.css'}, 'what the widgets run in the browser'
    kinds = {Path(n).suffix for n in want if n.startswith('siamfc_nb/weights/')}, {
        Path(n).suffix for n in want if n.startswith('siamfc_nb/clips/')}
    assert kinds==({'.safetensors', '.onnx', '.md'},
                   {'.mp4', '.csv'}), 'the package ships weights with their card, and clips with their boxes'
    assert not want - names, f'not in the wheel: {sorted(want - names)}'
    strays = [n for n in names if not n.startswith(('siamfc_nb/', 'siamfc_nb-'))]
    assert not strays, f'should not be in the wheel: {strays}'

def test_wheel_metadata(wheel):
    info = f"siamfc_nb-{project['version']}.dist-info"
    entry = wheel.read(f'{info}/entry_points.txt').decode()
    assert 'siamfc = siamfc_nb.cli:app' in entry and 'siamfc_nb = siamfc_nb._modidx:d' in entry
    for path in project['license-files']:
        assert wheel.read(f'{info}/licenses/{path}').decode()==(root/path).read_text()

def test_license_fields(wheel):
    "An expression that names code, weights and clips, the texts beside it, and no classifier that says it again"
    info = Parser().parsestr(wheel.read(f"siamfc_nb-{project['version']}.dist-info/METADATA").decode())
    assert info['License-Expression']=='Apache-2.0 AND CC-BY-3.0 AND CC-BY-SA-3.0-DE' and not info['License']
    assert not [o for o in info.get_all('Classifier') if o.startswith('License ::')]
    assert info.get_all('License-File')==project['license-files']
    said = (root/'data'/'README.md').read_text(encoding='utf-8')
    assert 'Creative Commons Attribution 3.0' in said and 'Attribution-ShareAlike 3.0 Germany' in said
    named = {o.partition(', ')[0] for o in info.get_all('Project-URL')}
    assert named>={'Documentation','Source','Issues','Changelog'}

def test_the_wheel_is_small(built): assert built.stat().st_size<=wheels.LARGEST

def test_the_demo_runs_without_the_repository(built, tmp_path):
    wheels.install(built, tmp_path/'env')
    (tmp_path/'away').mkdir()
    out = wheels.demo(tmp_path/'env', tmp_path/'away')
    assert '120 frames' in out and '150 frames' in out

@pytest.mark.skipif(not shutil.which('make'), reason='needs make')
def test_the_demo_waits_for_the_package_alone(tmp_path):
    "What notebooks, tests and site need is installed by what needs it"
    (tmp_path/'.venv').mkdir()
    for f in ('pyproject.toml','constraints.txt','.venv/.light'): (tmp_path/f).touch()
    def plan(task): return wheels.said('make', '-n', '-f', root/'Makefile', task, cwd=tmp_path)
    assert 'siamfc demo' in plan('demo') and 'pip install' not in plan('demo')
    assert "'.[dev]'" in plan('lab') and "'.[deploy]'" not in plan('lab')
    (tmp_path/'.venv'/'.light').unlink()
    assert "'.[deploy]'" in plan('demo') and "'.[dev]'" not in plan('demo')
