"""Tests of the engine in scripts/."""
