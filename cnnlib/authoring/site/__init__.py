"""The book's site: built and served."""
