"""Picture formats: a module's name is the file's suffix, its `render` gives such a file's bytes."""
