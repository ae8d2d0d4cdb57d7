"""What is said about a result: what else could be, at what price, who cannot be placed, what would help."""
