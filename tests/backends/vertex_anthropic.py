"""Claude on Vertex AI: docs/providers.md#claude-on-vertex-ai, the rules of docs/providers.md#anthropic-messages at
another address.
"""

from __future__ import annotations

import re
from collections.abc import Set

from tests.backends.anthropic_messages import AnthropicMessages
from tests.backends.wire import Request

_MODEL = re.compile(r"/models/(?P<model>[^/:]+):")


class VertexAnthropic(AnthropicMessages):
    """Claude in a Google project; the address names the model, and the body may name the features in beta."""

    name = "vertex_anthropic"
    section = "docs/providers.md#claude-on-vertex-ai"
    host = "us-east5-aiplatform.googleapis.com"
    path = r"/v1/projects/[^/]+/locations/us-east5/publishers/anthropic/models/[^/:]+:(streamR|r)awPredict"
    request_prefix = "req_vrtx_011C"

    def model(self, request: Request) -> str:
        found = _MODEL.search(request.path)
        return found["model"] if found else ""

    def betas(self, request: Request) -> Set[str]:
        return request.betas() | set(request.body.get("anthropic_beta", []))
