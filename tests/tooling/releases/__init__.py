"""Tests of scripts/releases/: which releases there are, and their files."""
