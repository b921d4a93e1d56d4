"""How long report.html takes to open and to filter, measured inside a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REPEATS = 5

FILTERS = {
    "backend": ["moonshot", ""],
    "ingress": ["messages", ""],
    "outcome": ["red-patched", "healed", ""],
    "columns": ["minors", ""],
    "text": ["loop", "loop moonshot", ""],
}
"""What is chosen one after the other."""

# Layout is asked for, so that what the browser would do after the event is in the time.
_CHOOSE = """([name, value]) => {
  const control = document.getElementById(`filter-${name}`);
  const start = performance.now();
  control.value = value;
  control.dispatchEvent(new Event('input', {bubbles: true}));
  document.getElementById('grid').getBoundingClientRect();
  return performance.now() - start;
}"""


def browser() -> str | None:
    """The path of a Chromium of this machine, None where there is none."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def launch_options() -> dict[str, Any]:
    """What Playwright's `chromium.launch` needs here; root has no sandbox."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"executable_path": browser(), "args": ["--no-sandbox"] if root else []}


def measure(page_path: Path) -> dict[str, float]:
    """Seconds until the grid of a report can be used, and milliseconds of its slowest filter, all groups open.

    Each is the best of a few runs, since whatever else the machine does only adds to it. Raises what Playwright does
    where there is no Chromium.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only who measures needs it)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        try:
            runs = [_measure_once(chromium, page_path) for _ in range(REPEATS)]
        finally:
            chromium.close()
    filters = [min(times) for times in zip(*(times for _, times in runs), strict=True)]
    return {"load_seconds": min(loaded for loaded, _ in runs), "filter_milliseconds": max(filters)}


def _measure_once(chromium: Any, page_path: Path) -> tuple[float, list[float]]:
    """Seconds until the grid is drawn, and milliseconds of each of FILTERS."""
    tab = chromium.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(page_path.resolve().as_uri())
    tab.wait_for_selector("html[data-texts]")
    loaded = tab.evaluate("performance.getEntriesByName('ready')[0].startTime")
    tab.click("#expand")
    times = [tab.evaluate(_CHOOSE, [name, value]) for name, values in FILTERS.items() for value in values]
    tab.close()
    return loaded / 1000, times
