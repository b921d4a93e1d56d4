"""Tests of scripts/suite/: environments and programs for Node."""
