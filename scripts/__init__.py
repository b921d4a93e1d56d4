"""The engine behind the nox sessions, in wings: each stands on those before it here, and knows none after it.

              upstream.lock
                    │
    releases    upstream ── releases                 which releases there are, and which one is meant
                configuration ── index ── fetch      a file, by name, from the user's own index, verified and cached
                wheels                               a published wheel: checked against its RECORD, and read
                lock                                 the verb that checks upstream.lock, and adds what is new
                    │
    patching    series ── hooks                      the fixes: overlay, and hooks that are applied without fuzz
                ranges                               which releases need which fix, as it was measured
                trees                                a release, patched or not, laid out to be imported
                packing ── wheel                     dist/litellm-<release>+thinking.<revision>-….whl, SHA256SUMS
                    │
    suite       requirements ── environment          clean environments, with pinned tools
                tests                                the suite against an installed wheel
                node ── e2e                          real clients, through the real proxy of a wheel
                    │
    matrix      reach ── outcomes ── twins           what is played, what is remembered, and for which releases
                workers ── measure ── results        who plays every release, unpatched and patched
                verdict ── verb, verdicts            what each fix is good for, and reports of it
                    │
    doctor      targets ── contents ── identity      what an installation is, read and never run
                measured ── report                   what fails there, and what to do
                    │
    bench       costs, callback, matrix              what the fixes and the matrix cost, in ratios of one run

`errors`, `commands`, `paths`, `writing` and `marked` come before all wings; `docs`, `lint` and `__main__` after them.
`wings` holds the order, and `links` that what is cited is there. A wing may import `tests.round_trip`, which knows the
cases.

Each verb is a module with `add_arguments(parser)` and `run(arguments) -> int`: it has the verb's name, or is called
`verb` where the wing has that name. `__main__` parses and calls it.
"""
