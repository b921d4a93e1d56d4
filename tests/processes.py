"""How the suite starts processes of its own: forked where the system can, so that LiteLLM is imported once."""

from __future__ import annotations

import multiprocessing

FORK = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
