"""What a question says and asks for: its content, the type of its answer, the questions in it, other words for it."""
