"""Tests of scripts/bench/: what is measured, and what is too dear."""
