"""From hits to checked sentences: is it told, what is read, what is quoted, what the sources support."""
