"""The logic of the thinking round-trip fixes, once for every LiteLLM release.

Hooks in LiteLLM's adapters import these modules and call them. Nothing in here imports LiteLLM, so that one text
serves all releases and is tested without any of them.
"""
