"""The doors for programs: what a citizen reads in the chat, as values.

    key (access) -> REST (rest) under /api/v1, OpenAI's form (completions) under /v1 -> chat.service -> shapes -> out

One `Answer` and one way to it: the same line, log, limits and masking as the pages have. Beside the pages, which know nothing of it.
"""
