"""To and from the Responses API: thinking blocks as reasoning items with their encrypted content, and back."""
