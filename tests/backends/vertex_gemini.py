"""Gemini on Vertex AI: docs/providers.md#gemini where it says "Vertex"; all else is as on AI Studio."""

from __future__ import annotations

from tests.backends.gemini import Gemini, spelled

_DOCS = "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures"


class VertexGemini(Gemini):
    """A Gemini 3 in a Google project: it has words of its own, and takes one of the two dummies.

    Its signatures are its own: that AI Studio's are foreign ones here is inferred.
    """

    name = "vertex-gemini"
    host = "us-central1-aiplatform.googleapis.com"
    path = (
        r"/v1(beta1)?/projects/[^/]+/locations/us-central1/publishers/google/models/[^/:]+:"
        r"(generateContent|streamGenerateContent)"
    )
    dummies = spelled("skip_thought_signature_validator")

    def corrupted_words(self) -> str:
        """docs/providers.md#gemini, "Bad", which elides the address."""
        return f"Unable to submit request because Thought signature is not valid.. Learn more: {_DOCS}"

    def missing_words(self, name: str, position: int) -> str:
        """docs/providers.md#gemini, "Vertex"."""
        return (
            f"Unable to submit request because function call `default_api:{name}` in the {position}. content block is "
            f"missing a `thought_signature`. Learn more: {_DOCS}"
        )
