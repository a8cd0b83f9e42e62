"""Chat models: asking them, over HTTP or in this process, and reading what they answer."""
