"""One run of the grader over a folder of submissions."""
