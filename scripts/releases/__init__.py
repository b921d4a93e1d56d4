"""Which releases of LiteLLM there are, which one is meant, and their files, fetched from the user's index, verified."""
