"""Conversations played through a real LiteLLM to a strict backend, and judged (DESIGN.md, "Cases")."""
