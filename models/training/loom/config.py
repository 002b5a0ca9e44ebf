"""Configurations are TOML files; `smoke` overrides shrink any of them to a CPU run of seconds."""

import tomllib
from pathlib import Path


def load_config(path: str | Path, overrides: str | Path | None = None) -> dict:
    config = tomllib.loads(Path(path).read_text())
    if overrides:
        merge(config, tomllib.loads(Path(overrides).read_text()))
    return config


def merge(into: dict, other: dict) -> None:
    """Replaces values that `into` has; one file of overrides thus serves configurations of different kinds."""
    for key, value in other.items():
        if isinstance(value, dict):
            merge(into.get(key, {}), value)
        elif key in into:
            into[key] = value
