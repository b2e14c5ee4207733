"""问策: answers about policy articles, each sentence with the paragraph it comes from.

files -> Article -> Passage (reading) -> vectors + terms (models, search)
question -> Question (question) -> Hits (search) -> told? -> evidence -> draft -> checked sentences (answering) -> Answer
"""

from rag.datatypes import Answer, Article, Hit, Passage, Status
from rag.errors import UserError
from rag.reading.files import LoadedArticles, load_articles
from rag.setup import load_chatbot

__all__ = [
    "Answer",
    "Article",
    "Hit",
    "LoadedArticles",
    "Passage",
    "Status",
    "UserError",
    "load_articles",
    "load_chatbot",
]
