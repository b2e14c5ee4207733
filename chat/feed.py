"""What the page's script is sent while a question is answered: small values with their HTML ready."""

from dataclasses import dataclass, replace
from typing import Any

from chat.asking import Asked, Crowded, Event, Failed, Found, Matched, Stopped, Waiting
from chat.rendering import end_html, sentence_html
from chat.texts import refusal_words, say
from chat.turns import Turn, said_of, turn_of, turn_to_json
from rag.datatypes import Progress, Sentence, Status


@dataclass(slots=True)
class Feed:
    """One turn as it grows."""

    turn: Turn
    lang: str = "zh"
    contact: str = ""

    def message(self, event: Event) -> dict[str, Any]:
        """`status` to be shown, or a sentence's `html`, or with the last event the `end` and the whole `turn`."""
        match event:
            case Waiting(before):
                return {"status": say("waiting", self.lang, before=before)}
            case Progress(step, found):
                return {"status": say(step, self.lang, found=found)}
            case Sentence():
                said = said_of(event)
                earlier = self.turn.said
                self.turn = replace(self.turn, said=(*earlier, said))
                return {"html": sentence_html(said, self.turn.sources, self.lang, earlier)}
            case Asked(answer, answer_id):
                self.turn = replace(turn_of(answer, self.turn.within, answer_id), question=self.turn.question)
                return self._end(bool(answer_id))
            case Matched() | Found():
                return {}  # what concerns a citizen has a page of its own, and a search is the API's
            case Stopped():
                return self._problem(say("stopped", self.lang))
            case Crowded():
                return self._problem(say("crowded", self.lang))
            case Failed(error):
                return self._problem(error.message(self.lang) if error else refusal_words(Status.ERROR, self.lang))

    def _problem(self, words: str) -> dict[str, Any]:
        self.turn = replace(self.turn, problem=words)
        return self._end(False)

    def _end(self, rated: bool) -> dict[str, Any]:
        html = end_html(self.turn, self.lang, contact=self.contact, rated=rated)
        return {"end": html, "turn": turn_to_json(self.turn)}
