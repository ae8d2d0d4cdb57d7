"""Rules of the service as plain Python: values in, values out; no database, Flask, clock or randomness."""
