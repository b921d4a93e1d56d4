"""Tests of scripts/patching/: the fixes, and what they make of a wheel."""
