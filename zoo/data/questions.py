"""What both sources of questions share: answers as ids and as one-hot rows, and references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.text_options import Whole
from zoo.data.text_scores import Scores, trivial_scores
from zoo.data.words import Vocabulary

FACTS = Whole(1, 1, 2)  # supporting facts that an answer needs


def answered(
    dataset: Dataset,
    vocabulary: Vocabulary,
    answers: Sequence[str],
    ids: Mapping[str, np.ndarray],
    oracle: Mapping[str, Scores] | None = None,
) -> Dataset:
    """The dataset with columns `answer` and `answer_one_hot`, sizes, labels and references.

    Args:
        dataset: Has `text` and `question` in every split.
        vocabulary: What both are encoded with.
        answers: The answers, in the order of their ids.
        ids: Split -> answer of each row, (rows,).
        oracle: Split -> the best reachable scores, where they are known.
    """
    hot = np.eye(len(answers), dtype=np.float32)
    splits = {
        part: {
            **columns,
            "answer": ids[part].astype(np.int32)[:, None],
            "answer_one_hot": hot[ids[part]],
        }
        for part, columns in dataset.splits.items()
    }
    references = {"trivial": trivial_scores(splits, {"answer": ("answer", "classes")})}
    return replace(
        dataset,
        splits=splits,
        sizes={
            "text_vocabulary": len(vocabulary),
            "question_vocabulary": len(vocabulary),
            "n_answers": len(answers),
        },
        labels={**vocabulary.labels("text", "question"), "answer": tuple(answers)},
        references={"oracle": dict(oracle), **references} if oracle else references,
    )
