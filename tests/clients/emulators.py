"""The emulators behind the proxy, each at an address of its own, for as many conversations as the tests bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from tests.backends import Backend, Dialogue
from tests.backends.server import served
from tests.clients.deployments import DEPLOYMENTS


class Emulators:
    """`addresses` has where the emulator of each model listens."""

    def __init__(self) -> None:
        self._playing: dict[str, list[Backend]] = {model: [] for model in DEPLOYMENTS}
        self.addresses: dict[str, str] = {}

    @contextmanager
    def listening(self) -> Iterator[Emulators]:
        """Serve them until the block ends. Raises what an emulator raised, as `served` does."""
        with ExitStack() as stack:
            for model, backends in self._playing.items():
                self.addresses[model] = stack.enter_context(served(backends))
            yield self

    @contextmanager
    def playing(self, dialogues: Iterable[Dialogue]) -> Iterator[None]:
        """Let every emulator take part in these conversations; where there are several, each has a mark."""
        for dialogue in dialogues:
            for model, backends in self._playing.items():
                backends += [endpoint(dialogue) for endpoint in DEPLOYMENTS[model].backends]
        try:
            yield
        finally:
            for backends in self._playing.values():
                backends.clear()
