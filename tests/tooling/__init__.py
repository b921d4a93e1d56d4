"""Tests of the engine in scripts/ and of the overlay, in the same wings."""
