"""The record of an ensemble: a folder that an interrupted run goes on from."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from karwan.errors import InputError
from karwan.studies.ensembles.job import Outcome

__all__ = ["Record"]


class Record:
    """Outcomes in a folder: `run.json` holds the stamp, `draws.jsonl` one draw a line.

    Parameters
    ----------
    folder : Path
        Folder; made if it does not exist.
    stamp : dict
        What must be equal for outcomes to belong together, as plain values.

    Raises
    ------
    InputError
        The folder holds another ensemble, or cannot be written.
    """

    def __init__(self, folder: Path, stamp: dict[str, Any]) -> None:
        self.file = folder / "draws.jsonl"
        text = json.dumps(stamp, ensure_ascii=False, indent=1, default=str) + "\n"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held = folder / "run.json"
            if held.exists():
                _refuse_other(folder, held.read_text("utf-8"), text)
            elif self.file.exists():
                message = f"{folder} holds draws without run.json; name an empty folder"
                raise InputError(message)
            else:
                held.write_text(text, "utf-8")
        except OSError as fault:
            message = f"{folder} cannot be written: {fault.strerror}; name another folder"
            raise InputError(message) from fault

    def read(self) -> dict[int, Outcome]:
        """Return the outcomes that are there, by draw; a line that was torn off is dropped."""
        found: dict[int, Outcome] = {}
        if not self.file.exists():
            return found
        lines = self.file.read_text("utf-8").split("\n")
        whole, torn = lines[:-1], lines[-1]
        for i, line in enumerate(whole, 1):
            try:
                outcome = Outcome.read(line)
            except ValueError:
                message = f"line {i} of {self.file} is no draw; mend or remove the file"
                raise InputError(message) from None
            found[outcome.draw] = outcome
        if torn:
            self.write(found.values())
        return found

    def append(self, outcome: Outcome) -> None:
        """Add one outcome; it is on the disk when this returns."""
        with self.file.open("a", encoding="utf-8", newline="\n") as file:
            file.write(outcome.line() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def write(self, outcomes: Iterable[Outcome]) -> None:
        """Write all outcomes anew, in order of their draws."""
        lines = [o.line() + "\n" for o in sorted(outcomes, key=lambda o: o.draw)]
        part = self.file.with_suffix(".part")
        part.write_text("".join(lines), "utf-8", newline="\n")
        part.replace(self.file)


def _refuse_other(folder: Path, held: str, wanted: str) -> None:
    """Refuse to mix two ensembles; name what differs."""
    try:
        old, new = json.loads(held), json.loads(wanted)
    except ValueError:
        message = f"{folder / 'run.json'} cannot be read; name an empty folder"
        raise InputError(message) from None
    differs = [
        f"{name} is {_short(old.get(name))} there and {_short(new.get(name))} here"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]
    if differs:
        message = (
            f"{folder} holds another ensemble: {'; '.join(differs)}; "
            "name another folder, or ask the same again"
        )
        raise InputError(message)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
