"""The sandbox that student code runs in, and how the grader talks to it."""
