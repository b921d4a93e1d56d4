"""Real client libraries, driving a real proxy, in front of the emulators: what users run, from end to end.

    client library -> the proxy, a process of its own -> an emulator on loopback, which judges as in the suite

`nox -s e2e` builds the wheel, installs it with its extra `proxy` in one environment and the tools of the tests in
another, and runs them from there. Nothing here imports LiteLLM, except `in_proxy`, which is for the proxy's process.
"""
