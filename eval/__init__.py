"""The evaluation of 问策: suites, pure measures, thresholds, baselines and reports. `python -m eval --help`.

Nothing in rag/ or ui.py knows of this package, and no judge model decides anything in it.
"""
