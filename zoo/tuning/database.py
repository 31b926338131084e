"""A database that has the trials of a search, for processes on any number of machines.

No lock file reaches another machine. A process shows that it lives by a heartbeat in the database;
a trial without one is lost, and its settings are tried again.
"""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.core.errors import TrainingError

if TYPE_CHECKING:
    from optuna.study import Study as OptunaStudy
    from optuna.trial import Trial

BEAT_SECONDS = 5
GRACE_SECONDS = 30  # a busy process may be late
SETTINGS = "zoo"  # what the search is of


def checked_name(url: str) -> str:
    """An address without its password.

    Raises:
        TrainingError: it is no address of a database.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError) as error:
        raise TrainingError(
            "storage must be an address such as postgresql://USER:PASSWORD@HOST/NAME"
        ) from error


class Database:
    """Optuna's storage at an address; close it at the end.

    Args:
        url: As SQLAlchemy writes it, such as `postgresql://USER:PASSWORD@HOST/NAME`.

    Attributes:
        name: The address without the password.
        storage: Optuna's.

    Raises:
        TrainingError: no such kind of address, no driver for it, or no connection.
    """

    def __init__(self, url: str) -> None:
        import optuna

        self.name = checked_name(url)
        for message in ("Argument ``heartbeat_interval``", "Heartbeat of storage"):
            warnings.filterwarnings("ignore", message=message)  # the beats are this class's own
        try:
            self.storage = optuna.storages.RDBStorage(
                url,
                heartbeat_interval=BEAT_SECONDS,
                grace_period=GRACE_SECONDS,
                engine_kwargs={"pool_pre_ping": True},
            )
        except ImportError as error:
            raise TrainingError(
                f"{self.name} needs a driver that is not installed; of PostgreSQL: "
                "pip install 'psycopg[binary]'"
            ) from error
        except Exception as error:  # the driver's own, of every kind
            reason = " ".join(str(error).split())[:200]
            raise TrainingError(f"{self.name} cannot be used: {reason}") from error
        self._trial: int | None = None
        self._over = threading.Event()
        self._beats = threading.Thread(target=self._go_on, daemon=True, name="zoo-heartbeat")
        self._beats.start()

    def beat(self, trial: Trial) -> None:
        """Show from now on that the process of a trial lives."""
        self.storage.record_heartbeat(trial._trial_id)
        self._trial = trial._trial_id

    def stale(self, study: OptunaStudy) -> set[int]:
        """Numbers of the running trials whose process has shown nothing for a while."""
        lost = set(self.storage._get_stale_trial_ids(study._study_id))
        return {trial.number for trial in study.get_trials(False) if trial._trial_id in lost}

    def settings(self, study: OptunaStudy, own: Mapping[str, Any]) -> dict[str, Any]:
        """What the search in the database is of; this command's, if it is the first."""
        known = study.user_attrs.get(SETTINGS)
        if known is None:
            known = json.dumps(own)
            study.set_user_attr(SETTINGS, known)
        return json.loads(known)

    def close(self) -> None:
        """End the heartbeat."""
        self._over.set()
        self._beats.join()

    def _go_on(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            if self._trial is not None:
                try:
                    self.storage.record_heartbeat(self._trial)
                except Exception:
                    continue  # the trial itself meets the same error, and tells it
