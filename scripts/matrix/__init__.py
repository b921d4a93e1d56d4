"""The matrix: every release, unpatched and patched, against every case. `verb` is where it begins."""
