"""What is asked of a recording: plain data out of numbers, one idea a file; no screen."""
