"""What rooms are loaded from is loaded after the start, off the GUI thread, and not before."""

import subprocess
import sys

_PROGRAM = """
import sys
import esviewer.gui.application
from esviewer.gui.preloading import preload
from esviewer.gui.store_rooms import LATER
early = [name for name in LATER if name in sys.modules]
assert not early, early
thread = preload(LATER)
thread.join()
missing = [name for name in LATER if name not in sys.modules]
assert not missing, missing
print("done")
"""


def test_rooms_are_loaded_after_the_start() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("done\n", "")
