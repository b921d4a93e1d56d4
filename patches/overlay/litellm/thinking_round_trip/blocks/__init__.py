"""What a thinking block, a reasoning item and a signature are, and whose: what every way of a message needs."""
