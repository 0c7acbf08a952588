"""What the data sets share: their registry, and files that are fetched, verified and kept."""
