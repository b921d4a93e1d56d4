"""The suite in clean environments: against an installed wheel, and with real clients through the proxy."""
