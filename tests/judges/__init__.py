"""Tests of the judges themselves: each section of research/backends.md as a table, without LiteLLM."""
