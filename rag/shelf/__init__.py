"""The office's folder of files and the index made of it: what changed, what stands twice, and states that can be gone back to."""
