"""The engine behind the nox sessions: one importable module per verb.

    upstream.lock ── upstream, releases      which releases there are, and which one is meant
          │
        index ── fetch                       the file, by name, from the user's own index, verified and cached
          │
        wheels                               a published wheel: checked against its RECORD, read, rewritten
          │
    series ── hooks                          the fixes that a release needs: overlay, and hooks without fuzz
          │
        wheel                                dist/litellm-<release>+thinking.<revision>-….whl, dist/SHA256SUMS
          │
    environment ── tests ── verdicts         clean environments, the suite in them, and what each fix is good for

Each verb (`wheel`, `tests`, `lock`, `lint`, `verdicts`, `bench`, `requirements`) is a module with
`run(arguments) -> int`; `__main__` parses and calls it.
"""
