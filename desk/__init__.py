"""The desk of 问策: what was answered is kept, checked by staff, and turned into better articles and evaluation cases.

    Answer --masked--> store -> queue, decay, what citizens ask (pages behind a login) -> verdicts -> evaluation cases
    files -> drafts -> corrected -> catalogue -> index

`desk` stands above `rag` and knows nothing of the chat; the chat needs `desk.log` alone, and `desk.app.mount` to open
the door. The only importers: `desk.store` of sqlalchemy and alembic, `desk.passwords` of argon2.
"""
