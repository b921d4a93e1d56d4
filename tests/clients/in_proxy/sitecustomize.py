"""The guard of `tests/loopback.py` in the proxy's process: Python imports this module by its name, before the program.

E2E_FOLDER is the proxy's folder of configuration; what was refused stands in `refusals.txt` there, a line each.

It also ends the proxy with the tests that started it, should they be killed before they can.
"""

import importlib.util
import os
import threading
import time
from pathlib import Path

_place = Path(__file__).resolve().parents[2] / "loopback.py"
_spec = importlib.util.spec_from_file_location("loopback_guard", _place)
assert _spec is not None
assert _spec.loader is not None
_guard = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_guard)
_guard.install(Path(os.environ["E2E_FOLDER"]) / "refusals.txt")


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
