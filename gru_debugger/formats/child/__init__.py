"""Reading a stranger's file: in a process of its own, with limits, its answer not believed."""
