"""To and from Claude, at every platform that serves it: only what it signed goes there, and its errors are mended."""
