"""Other solvers on the same problems; each module imports its library only when it is asked to solve."""
