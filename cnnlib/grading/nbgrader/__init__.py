"""Where the grader meets nbgrader: its gradebook, and the step of it that is replaced."""
