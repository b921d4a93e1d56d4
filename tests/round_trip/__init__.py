"""Conversations played through a real LiteLLM to a strict backend, and judged (docs/suite.md#what-it-proves)."""
