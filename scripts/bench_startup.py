"""Seconds of whole commands beside those of `import tensorflow`, in turn.

    python scripts/bench_startup.py [ROUNDS]      three minutes for five rounds

Prints the table of docs/speed.md. Each command is a process of its own on the data that ships.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ZOO = (sys.executable, "-m", "zoo")
CASE = ("--team-1", "2001 Larkcrest", "--team-2", "2001 Bramcombe", "--home", "1")
COMMANDS = {
    "import tensorflow": (sys.executable, "-c", "import tensorflow"),
    "zoo train basketball": (*ZOO, "train", "basketball", "--data", "league"),
    "zoo train mlp": (*ZOO, "train", "mlp", "--data", "mixture"),
    "zoo predict basketball": (*ZOO, "predict", "basketball", *CASE),
}


def seconds(command: tuple[str, ...], folder: str) -> float:
    """How long the command takes; what fails ends the measurement."""
    within = (*command, "--logdir", folder) if command[1] == "-m" else command
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    begun = time.perf_counter()
    done = subprocess.run(within, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"error: {' '.join(command)}: {done.stderr.strip().splitlines()[-1]}")
    return time.perf_counter() - begun


def main(rounds: int) -> None:
    """Print a row for every command: seconds, and times an import of TensorFlow."""
    found: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(rounds + 1):  # in the first one files are read and compiled
            for name, command in COMMANDS.items():
                taken = seconds(command, folder)
                found[name] += [taken] if turn else []
    base = found["import tensorflow"]
    print("| command | seconds | to `import tensorflow` |\n|---|---:|---:|")
    for name, times in found.items():
        ratios = sorted(each / other for each, other in zip(times, base, strict=True))
        spread = f"{statistics.median(ratios):.2f}x ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"| `{name}` | {statistics.median(times):.1f} | {spread} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
