"""What a citizen sees, as pure functions: values in, HTML or text out. No gradio, no server, no model.

    Answer -> turns.Turn -> answers (HTML, Markdown, plain) -> pages (whole pages)
    Article + spans -> sources (the article with the cited words marked)
    asking: one question's events as they come, in the order of the waiting line

`ui.py` serves this; `rag` knows nothing of it. Every text from a source, a model or a person passes `escape` here, and
every link is made from our own ids.
"""
