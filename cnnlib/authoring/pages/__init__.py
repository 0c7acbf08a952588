"""The book's pages: run, and kept in step with their code."""
