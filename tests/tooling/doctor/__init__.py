"""Tests of scripts/doctor/: what it says of installations, wheels and configurations."""
