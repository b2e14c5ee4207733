"""A source file -> articles and their passages: what a file is, its lines, its layout, its paragraphs."""
