"""Training of the judge that rag/models/judge.py loads: start weights, pairs, training, calibration, card.

python -m eval.training.judge (make train-judge) does all of it in this order, and goes on where it stopped.
"""
