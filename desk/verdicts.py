"""What staff may say of an answer. The values stand in the database and in exported cases."""

from enum import StrEnum


class Verdict(StrEnum):
    """In the order of their keys, 1 to 5."""

    SUPPORTED = "supported"
    PARTLY = "partly"
    WRONG_SOURCE = "wrong_source"
    OUT_OF_DATE = "out_of_date"
    SHOULD_REFUSE = "should_refuse"


OF_ANSWERS = tuple(Verdict)
OF_REFUSALS = (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.WRONG_SOURCE)  # rightly refused; told in part; told
