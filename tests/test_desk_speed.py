"""The desk's lists at 100,000 kept answers, on SQLite and on PostgreSQL."""

import random

import pytest

from desk.store import Store
from tests.desk_fakes import SUBSIDY_ANSWER, Clock
from tests.desk_load import LIMIT, fill, make_articles, measure, timed


@pytest.mark.slow
def test_every_list_is_there_within_a_fifth_of_a_second(store: Store, clock: Clock):
    articles = make_articles(random.Random(2))
    fill(store, clock, articles)
    seconds = measure(store, clock, articles)
    lists = {name: spent for name, spent in seconds.items() if name.startswith("/")}
    assert {name: spent for name, spent in lists.items() if spent > LIMIT} == {}
    kept = min(timed(lambda: store.save(SUBSIDY_ANSWER, "c", 1)) for _ in range(10))
    assert kept < 0.05, "keeping an answer costs the chat less than it may add to the first sentence"
