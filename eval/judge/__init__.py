"""Training of the judge that rag/models/judge.py loads: start weights, pairs, training, calibration, card.

python -m eval.judge start | pairs | train | fit        (make train-judge runs them in this order)
"""
