"""Benchmarks: each module has `main(argv)`, prints its figures and says on which machine, commit and seed."""
