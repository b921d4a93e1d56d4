"""What the suite, the matrix and the fixes cost, as ratios of one run. `verb` is where it begins."""
