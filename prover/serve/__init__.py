"""Our own models over HTTP, in the forms that other tools already speak."""
