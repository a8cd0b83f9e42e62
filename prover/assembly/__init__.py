"""Puts a run together: settings in, components out."""
