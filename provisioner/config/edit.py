"""A plan rendered into the text of config.toml: the statements that it touches change, no other byte does.

The plan becomes a tree of keys; each section and statement of the text is looked up in it once, so the work is
proportional to the file plus the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from provisioner.config import values
from provisioner.config.blocks import around, blocks
from provisioner.config.insertion import InsertionPoints, before, gap
from provisioner.config.layout import entries, sections, statements
from provisioner.config.splice import Insertion, Removal, Splice, by_lines, in_braces, spliced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from provisioner.config.layout import Section, Statement
    from provisioner.config.plan import Change, KeyPath, Plan

_KEYS, _TABLES, _ALIASES = range(3)  # the order of what goes to the same place


class Rewritten(NamedTuple):
    """A text and how it came about: ``splices`` are in the coordinates of the old text, in order."""

    text: str
    splices: tuple[Splice, ...]

    def __repr__(self) -> str:  # both may hold keys
        return "Rewritten()"


class _Node:
    """A key that the plan touches, or one on the way to such a key."""

    __slots__ = ("change", "children", "done", "dotted", "header", "indent")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.change: Change | None = None
        self.done = False  # the change has been made in place
        self.header: Section | None = None  # the section that a header of this very key opens
        self.dotted: tuple[Section, Statement] | None = None  # the last dotted key that passes through this
        self.indent = ""  # of the last statement in this table


def rewrite(text: str, before: Mapping[str, Any], plan: Plan) -> Rewritten:
    """Render ``plan`` into ``text``, which means ``before`` and has no byte order mark.

    The caller parses the result and compares it with what was intended: shapes of TOML that no rule here foresees
    must end in a refusal, never in a changed meaning.

    Raises:
        LayoutUnknown: the scan of the text lost its way.
        ConfigUnwritable: a new value cannot be expressed.
    """
    edit = _Edit(text, before)
    edit.run(plan)
    splices = [*by_lines(text, edit.removals, edit.insertions), *edit.splices]
    splices.sort(key=lambda s: (s.start, s.end))
    return Rewritten(spliced(text, splices), tuple(splices))


class _Edit:
    def __init__(self, text: str, before: Mapping[str, Any]) -> None:
        self.text = text
        self.sections = sections(text)
        aliases = before.get("models")
        self.aliases: Mapping[str, Any] = aliases if isinstance(aliases, dict) else {}
        self.places: InsertionPoints | None = None
        self.splices: list[Splice] = []
        self.removals: list[Removal] = []
        self.insertions: list[Insertion] = []

    def run(self, plan: Plan) -> None:
        root = _tree(plan)
        owned = -1  # the last section that was removed whole
        for index, section in enumerate(self.sections):
            node = _find(root, section.path)
            if node is None or (section.array and node.change is None):
                continue
            if node.change:
                self._remove_section(index, joined=owned == index - 1 >= 0)
                owned = index
                continue
            if not section.array:
                node.header = section
                self._statements(section, node)
        self._additions(root, ())

    def _remove_section(self, index: int, *, joined: bool) -> None:
        section = self.sections[index]
        start = section.start
        if joined and self.text[(last := self.removals[-1]).end : start].isspace():
            start = last.start
            del self.removals[-1]
        self.removals.append(Removal(start, section.last, spaced=True))

    def _statements(self, section: Section, node: _Node) -> None:
        found = list(statements(self.text, section))
        dropped = [statement for statement in found if not self._in_place(statement, node, section)]
        if found:
            node.indent = _indent(self.text, found[-1])
        # A lone key at the top of a file stands as a table does, a blank line apart.
        lone = not section.path and len(found) == len(dropped) == 1 and not _adds_keys(node)
        self.removals += (Removal(s.start, s.end, spaced=lone) for s in dropped)

    def _in_place(self, statement: Statement, node: _Node, section: Section) -> bool:
        """Change a statement where it stands; false when it must go."""
        found = node
        for part in statement.key[:-1]:
            if part not in found.children:
                return True
            found = found.children[part]
            if found.change:
                return False
            found.dotted = (section, statement)
            found.indent = _indent(self.text, statement)
        if statement.key[-1] not in found.children:
            return True
        found = found.children[statement.key[-1]]
        if found.change is None:
            self._inline(statement, found, section)
            return True
        if found.change.kind == "remove":
            return False
        self._replace(statement, found)
        return True

    def _replace(self, statement: Statement, node: _Node) -> None:
        assert node.change is not None  # callers have looked
        node.done = True
        self.splices.append(
            Splice(statement.value_start, statement.value_end, values.value(node.change.after))
        )

    def _inline(self, statement: Statement, node: _Node, section: Section) -> None:
        """Change single entries of an inline table."""
        inner = entries(self.text, statement.value_start, statement.value_end)
        if inner is None:
            return
        kept = [self._in_place(entry, node, section) for entry in inner]
        new = []
        for path, child in _pending(node, ()):
            child.done = True
            assert child.change is not None  # that is what makes it pending
            new.append(f"{values.dotted(path)} = {values.value(child.change.after)}")
        spans = [(entry.start, entry.end, keep) for entry, keep in zip(inner, kept, strict=True)]
        self.splices += in_braces(self.text, statement.value_start, spans, new)

    def _additions(self, node: _Node, path: KeyPath) -> None:
        """What has no place in the text yet, below the table ``path``."""
        headless = {}
        for name, child in node.children.items():
            if child.change is None:
                self._additions(child, (*path, name))
            elif not _is_pending(child):
                continue
            elif isinstance(child.change.after, dict):
                self._new_table((*path, name), child.change.after)
            elif node.header:
                self._new_key(node, node.header.last, (name,), child.change.after)
            elif node.dotted:
                section, statement = node.dotted
                self._new_key(node, statement.end, (*path[len(section.path) :], name), child.change.after)
            else:
                headless[name] = child.change.after
        if headless:
            self._new_table(path, headless)

    def _new_key(self, node: _Node, after: int, path: KeyPath, value: Any) -> None:
        lines = f"{node.indent}{values.dotted(path)} = {values.value(value)}"
        spaced = not after  # the first key at the top of the file: as a table, a blank line apart
        after = after or gap(self.text, self.sections, 0)
        top = node.header is self.sections[0]
        if top and (block := around(blocks(self.text, self.sections), after)):
            after, spaced = before(self.text, block), True
        self.insertions.append(Insertion(after, _KEYS, lines, spaced=spaced))

    def _new_table(self, path: KeyPath, content: Mapping[str, Any]) -> None:
        self.places = self.places or InsertionPoints(self.text, self.sections, self.aliases)
        after = self.places.after(path, content)
        rank = _ALIASES if path[0] == "models" else _TABLES
        for block in values.table(path, content):
            self.insertions.append(Insertion(after, rank, block, spaced=True))


def _indent(text: str, statement: Statement) -> str:
    line = text[statement.start : statement.value_start]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _tree(plan: Plan) -> _Node:
    root = _Node()
    for change in plan.changes:
        node = root
        for part in change.path:
            node = node.children.setdefault(part, _Node())
        node.change = change
    return root


def _find(root: _Node, path: KeyPath) -> _Node | None:
    """The node of this path, or of the change that covers it."""
    node = root
    for part in path:
        if node.change:
            return node
        if part not in node.children:
            return None
        node = node.children[part]
    return node


def _is_pending(node: _Node) -> bool:
    return node.change is not None and not node.done and node.change.kind != "remove"


def _pending(node: _Node, path: KeyPath) -> Iterator[tuple[KeyPath, _Node]]:
    """What is below ``node`` and not in place yet, with its path from there."""
    for name, child in node.children.items():
        if child.change is None:
            yield from _pending(child, (*path, name))
        elif _is_pending(child):
            yield (*path, name), child


def _adds_keys(table: _Node) -> bool:
    return any(
        child.change and _is_pending(child) and not isinstance(child.change.after, dict)
        for child in table.children.values()
    )
