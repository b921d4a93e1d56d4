"""The engine on real releases: their wheels, and what the suite and the matrix say of them."""
