"""Tools of the book's authors: execute notebooks, build and serve the site, examine the machine."""
