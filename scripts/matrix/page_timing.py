"""How long report.html takes to open and to filter, measured inside a browser."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from statistics import median
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REPEATS = 3

FILTERS = {
    "backend": ["moonshot", ""],
    "ingress": ["messages", ""],
    "outcome": ["red-patched", "healed", ""],
    "columns": ["minors", ""],
    "text": ["loop", "loop moonshot", ""],
}
"""What is chosen one after the other; a filter with a value that the report does not have keeps no case, as fast."""

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
    """Seconds until the grid of a report can be used, and milliseconds that filters take, all groups open.

    `load_seconds` is the median of three; `filter_milliseconds` is the slowest filter, by the median of three.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only who measures needs it)

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**launch_options())
        try:
            runs = [_measure_once(chromium, page_path) for _ in range(REPEATS)]
        finally:
            chromium.close()
    return {name: median(run[name] for run in runs) for name in runs[0]}


def _measure_once(chromium: Any, page_path: Path) -> dict[str, float]:
    tab = chromium.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(page_path.resolve().as_uri())
    tab.wait_for_selector("html[data-texts]")
    loaded = tab.evaluate("performance.getEntriesByName('ready')[0].startTime")
    tab.click("#expand")
    slowest = max(tab.evaluate(_CHOOSE, [name, value]) for name, values in FILTERS.items() for value in values)
    tab.close()
    return {"load_seconds": loaded / 1000, "filter_milliseconds": slowest}
