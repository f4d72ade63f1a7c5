"""A real browser for the tests of this folder; each failed test leaves a picture of its page in runs/browser/"""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

root = Path(__file__).resolve().parents[2]
chromium = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)

def free_port():
    with socket.socket() as s: s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

@pytest.fixture(scope='session')
def browser():
    if not chromium: pytest.skip('no Chromium here: apt-get install chromium')
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=chromium, args=['--no-sandbox', '--disable-gpu',
                                                              '--disable-background-networking',
                                                              '--disable-component-update'])
        yield b
        b.close()

@pytest.fixture
def new_page(browser, request):
    "Makes pages; each has lists of its `errors` in the console and of the `strange` requests that leave this machine"
    contexts, pages = [], []
    def make(**kw):
        c = browser.new_context(**{'viewport': {'width': 1280, 'height': 1000}, 'accept_downloads': True, **kw})
        contexts.append(c)
        page = c.new_page(); pages.append(page); page.errors, page.strange = [], []
        page.set_default_timeout(120_000) # slow machines have slow minutes
        page.on('console', lambda m: page.errors.append(m.text) if m.type=='error' else None)
        page.on('pageerror', lambda e: page.errors.append(str(e)))
        page.on('request', lambda r: page.strange.append(r.url) if r.url.startswith(
            ('http', 'ws')) and '://127.0.0.1:' not in r.url and '://localhost:' not in r.url else None)
        return page
    yield make
    if getattr(request.node, 'failed', False):
        out = root/'runs'/'browser'; out.mkdir(parents=True, exist_ok=True)
        for k, p in enumerate(pages):
            try: p.screenshot(path=out/f'{request.node.name}{k or ""}.png')
            except Exception as e: print(f'no picture of the page: {e}')
    for c in contexts: c.close()

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    r = (yield).get_result()
    if r.failed: item.failed = True

class Server:
    "A server of this machine, and what it has said"
    def __init__(self, cmd, url, cwd, ready, **env):
        self.url, self.log = url, Path(cwd)/'server.log'
        clean = {k: v for k, v in os.environ.items() if not k.startswith(('JUPYTER', 'JPY_'))}
        dirs = {f'JUPYTER_{k}_DIR': str(Path(cwd)/k.lower()) for k in ('CONFIG', 'DATA', 'RUNTIME')}
        with self.log.open('w') as f:
            self.p = subprocess.Popen(list(map(str, cmd)), cwd=cwd, env=clean|dirs|env, stdout=f,
                                      stderr=subprocess.STDOUT, start_new_session=True)
        end = time.time()+90
        while time.time()<end:
            if self.p.poll() is not None: break
            try: urlopen(ready, timeout=5).read(); return
            except HTTPError: return # it answers
            except OSError: time.sleep(.2)
        self.stop(); raise RuntimeError(f'no server at {url}:\n{self.log.read_text()[-3000:]}')
    def stop(self):
        if self.p.poll() is None: self.p.terminate()
        try: self.p.wait(15)
        except subprocess.TimeoutExpired: self.p.kill(); self.p.wait()

@pytest.fixture(scope='session')
def lab(tmp_path_factory):
    "JupyterLab over a folder with a copy of the lesson"
    if not chromium: pytest.skip('no Chromium here: apt-get install chromium')
    d, port = tmp_path_factory.mktemp('lab'), free_port(); (d/'nbs').mkdir()
    shutil.copy(root/'nbs'/'11_playground.ipynb', d/'nbs')
    s = Server([sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root', '--ip=127.0.0.1',
                f'--port={port}', f'--ServerApp.root_dir={d/"nbs"}',
                '--IdentityProvider.token=', '--ServerApp.disable_check_xsrf=True',
                '--LabApp.expose_app_in_browser=True', '--LabApp.news_url=None',
                '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
                '--LabApp.extension_manager=readonly'],
               f'http://127.0.0.1:{port}', d, f'http://127.0.0.1:{port}/api/status')
    s.nbs = d/'nbs'
    yield s
    s.stop()

@pytest.fixture(scope='session')
def voila(tmp_path_factory):
    "`siamfc play`"
    if not chromium: pytest.skip('no Chromium here: apt-get install chromium')
    d, port = tmp_path_factory.mktemp('voila'), free_port()
    s = Server([Path(sys.executable).parent/'siamfc', 'play', '--no-browser', '--port', port],
               f'http://127.0.0.1:{port}', d, f'http://127.0.0.1:{port}/voila/files/none')
    yield s
    s.stop()
