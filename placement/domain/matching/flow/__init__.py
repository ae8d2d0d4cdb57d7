"""The exact way: the rules as a network, flows with prices, and the search over what flows leave open."""
