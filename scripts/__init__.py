"""The engine behind the nox sessions: one importable module per verb.

    upstream.lock ── upstream, releases      which releases there are, and which one is meant
          │
        index ── fetch                       the file, by name, from the user's own package index, verified and cached
          │
        wheels                               a published wheel: checked against its RECORD, read, rewritten
          │
    series ── hooks                          the fixes that a release needs, their overlay and hooks, applied without fuzz
          │
        wheel                                dist/litellm-<release>+thinking.<revision>-….whl, dist/SHA256SUMS
          │
    environment ── suite ── verdicts         clean environments, the cases in them, what each fix is good for

Each verb (`wheel`, `tests`, `lock`, `lint`, `verdicts`) is a function `run(arguments) -> int`; `__main__` parses and calls it.
"""
