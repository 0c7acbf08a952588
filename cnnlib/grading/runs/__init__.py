"""Submissions become jobs, and jobs results: side by side on this machine, or wherever an executor has them done."""
