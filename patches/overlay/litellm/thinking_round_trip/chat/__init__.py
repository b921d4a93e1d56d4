"""To and from chat completions: the carriers of reasoning, streams, and the order of blocks."""
