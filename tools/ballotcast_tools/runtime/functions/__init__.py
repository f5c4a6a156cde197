"""Runs the functions: those with routes in threads of this process, the others in worker processes."""
