"""Hyperparameter search with Optuna: `zoo tune` and `zoo.tune`.

- `space`: which settings a recipe's search varies, and their distributions;
- `study`: one search's folder and its trials in SQLite, shared by all of its processes;
- `trial`: training one set of settings, without a run folder;
- `worker`: trial after trial in one process;
- `outcome`: the best recipe, the tables and pictures of a search;
- `search`: all of it together.
"""
