"""What is to be known about each provider beside its tables: changes upstream, and doctor's findings.

Nothing here asks the network: drift is computed from the documents that are kept.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from provisioner.cli.changes import count
from provisioner.cli.manager.formats import printable
from provisioner.cli.prompts.width import cut, wrap
from provisioner.cli.terminal import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.app import App
    from provisioner.cli.manager.contents import Contents
    from provisioner.cli.prompts.asking import StyledText

# Marks of the commands `refresh` and `doctor` too.
CHANGED, WRONG = "~", "!"


@dataclass(frozen=True)
class DoctorProblem:
    """A finding of doctor; texts are safe to print, ``hint`` is what ends it."""

    severity: Literal["error", "warning"]
    message: str
    hint: str


@dataclass(frozen=True)
class Findings:
    """What was found about one provider, or about what belongs to none. Worst problems come first."""

    changes: tuple[str, ...] = ()
    problems: tuple[DoctorProblem, ...] = ()

    def words(self) -> Iterator[StyledText]:
        """Each kind as a mark and words."""
        if self.problems:
            yield _style(self.problems[0]), f"{WRONG} {count(len(self.problems), 'problem')}"
        if self.changes:
            yield "class:hunk", f"{CHANGED} {count(len(self.changes), 'change')} upstream"

    def figures(self) -> Iterator[StyledText]:
        """Each kind as a mark and a number."""
        if self.problems:
            yield _style(self.problems[0]), f"{WRONG}{len(self.problems)}"
        if self.changes:
            yield "class:hunk", f"{CHANGED}{len(self.changes)}"

    def lines(self, cells: int, most: int, doctor: str) -> list[StyledText]:
        """All of it in at most ``most`` lines of ``cells`` cells; ``doctor`` is the command that says the rest."""
        kept = 1 if self.changes else 0
        said: list[StyledText] = []
        for number, problem in enumerate(self.problems):
            block = [
                *_wrapped(_style(problem), f"{WRONG} {problem.message}", cells),
                *_wrapped("class:key", f"  try: {problem.hint}" if problem.hint else "", cells),
            ]
            left = len(self.problems) - number
            if len(said) + len(block) + (left > 1) > most - kept:
                rest = f"{left} more" if said else count(left, "problem")
                said.append(("class:dim", f"{WRONG} {rest}: {doctor}"))
                break
            said += block
        said = said[: max(most - kept, 0)]
        if self.changes:
            said.append(
                ("class:hunk", f"{CHANGED} {count(len(self.changes), 'change')} upstream: r shows all")
            )
            changes = [line for text in self.changes for line in _wrapped("", f"  {text}", cells)]
            room = most - len(said)
            if 0 < room < len(changes):
                style, last = changes[room - 1]
                changes[room - 1] = style, f"{cut(last, cells - 2, '')} …"
            said += changes[:room]
        return said[:most]


def _style(problem: DoctorProblem) -> str:
    return "class:bad" if problem.severity == "error" else "class:warn"


def _wrapped(style: str, text: str, cells: int) -> Iterator[StyledText]:
    indent = "  "
    for number, part in enumerate(wrap(text.strip(), cells - len(indent)) if text else ()):
        lead = "" if number == 0 and not text.startswith(" ") else indent
        yield style, lead + part


def changes_upstream(app: App, program: str) -> dict[str | None, tuple[str, ...]]:
    """By provider what ``refresh`` would change or ask about, as far as the documents that are kept tell.

    Under None stands what config.toml does not have yet: new providers of a registry.

    Raises:
        ConfigInvalid, Busy: config.toml.
    """
    from provisioner.config import tables
    from provisioner.config.read import read
    from provisioner.workflows import refresh

    found: dict[str | None, list[str]] = defaultdict(list)
    known = tables.members(read(app.config_path).data, "providers")
    for finding in refresh.AskedSources(app, refresh.Request(offline=True)).findings():
        if finding.kind != "price":
            message = printable(spoken(finding.message, program))
            found[finding.provider if finding.provider in known else None].append(message)
    return {name: tuple(messages) for name, messages in found.items()}


def problems(app: App, contents: Contents, program: str) -> dict[str | None, tuple[DoctorProblem, ...]]:
    """By provider what ``doctor`` finds in its table or in those of its models; under None the rest.

    Raises:
        ConfigInvalid, Busy: config.toml.
    """
    from provisioner.workflows import doctor

    owners = {alias: provider.id for provider in contents.providers for alias in provider.aliases}
    ids = {provider.id for provider in contents.providers}
    found: dict[str | None, list[DoctorProblem]] = defaultdict(list)
    for item in doctor.run(app, doctor.Request()).findings:
        finding = item.finding
        match finding.path:
            case ("providers", name, *_) if name in ids:
                owner: str | None = name
            case ("models", alias, *_):
                owner = owners.get(alias)
            case _:
                owner = None
        hint = printable(spoken(finding.hint or "", program))
        found[owner].append(
            DoctorProblem(finding.severity, printable(spoken(finding.message, program)), hint)
        )
    return {name: tuple(sorted(said, key=lambda p: p.severity)) for name, said in found.items()}


def together(
    changes: Mapping[str | None, tuple[str, ...]], wrong: Mapping[str | None, tuple[DoctorProblem, ...]]
) -> dict[str | None, Findings]:
    """Both kinds by provider."""
    return {name: Findings(changes.get(name, ()), wrong.get(name, ())) for name in {**changes, **wrong}}
