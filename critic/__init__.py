"""Critics: state to value."""
