"""What the fixes make of a release: the series and its hooks, applied to a wheel or to a tree of files."""
