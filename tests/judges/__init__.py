"""Tests of the judges themselves: each section of docs/providers.md as a table, without LiteLLM."""
