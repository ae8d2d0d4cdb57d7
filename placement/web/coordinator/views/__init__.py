"""One module for each of the coordinator's pages."""
