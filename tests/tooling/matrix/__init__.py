"""Tests of scripts/matrix/: measuring, results and reports."""
