"""One module for each of the leader's pages."""
