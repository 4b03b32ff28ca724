"""Picture formats: a module's name is the file's suffix, its `write` paints into such a file."""
