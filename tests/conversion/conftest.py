"""What was converted is read back in this process."""

from no_child import where_files_are_read

__all__ = ["where_files_are_read"]
