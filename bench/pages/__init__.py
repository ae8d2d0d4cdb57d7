"""How long the service takes for each page, how often it asks the database, and what goes over the wire."""
