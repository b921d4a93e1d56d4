"""Tests of the overlay's modules, which need no LiteLLM."""
