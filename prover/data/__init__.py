"""Proofs and searches as data that others use: published layouts, training rows, data sets."""
