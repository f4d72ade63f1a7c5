"A page of the playground and its process, in a real browser"

import psutil
import pytest

from nbs._site import load_again

from .pages import until

@pytest.mark.parametrize('reload', [False, True], ids=['opened', 'reloaded'])
def test_four_loads_leave_one_kernel(voila, browser, reload):
    "A page that is closed, or loaded again, takes its process with it"
    mb = load_again(browser, voila.url, voila.p.pid, 4, reload)
    assert max(mb)<1.5*mb[0], mb
    def gone():
        "all kernels have ended"
        return not [c for c in psutil.Process(voila.p.pid).children() if c.is_running() and c.status()!='zombie']
    until(gone, 30)
