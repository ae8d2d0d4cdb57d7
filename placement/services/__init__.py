"""What people can do, one function for each: they take a `Scope`, change rows, and never commit."""
