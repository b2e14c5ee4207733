"""What fits models. Needs no GPU.

Adapters of the pinned local model stand here (`data` makes what they learn from, `adapters` trains, `measure` measures, `export`
writes them); `judge/` trains the judge, `probe` fits the probe, `thresholds` the weights of rag.answering.answerability.
"""
