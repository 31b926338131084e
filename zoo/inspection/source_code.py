"""An architecture's source code: its builder alone, or one file that needs only TensorFlow.

The file is put together from the parsed source: the builder without its registration, and
all that it uses from elsewhere in the zoo.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import io
import tokenize
from dataclasses import dataclass, field
from functools import cache

from zoo.models.spec import ModelSpec

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
KERAS = "zoo._keras"
FROM_KERAS = {"layers": "keras.layers", "ops": "keras.ops"}


def builder_source(entry: ModelSpec) -> str:
    """The builder as written in its file, without its decorator."""
    module = entry.builder.__module__
    return _text(module, _definitions(module)[entry.builder.__name__])


def standalone_source(entry: ModelSpec) -> str:
    """One Python file: imports, the blocks used, the builder, and a summary when it is run."""
    parts = _Parts()
    parts.add(entry.builder.__module__, entry.builder.__name__, entry.builder.__name__)
    documents = "; ".join(f"{each.key}: {each.title}" for each in entry.documents)
    opening = [
        f'"""{entry.summary}',
        "",
        f"From: {documents}.",
        "Taken from the functional zoo, Apache-2.0; needs only TensorFlow.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        *sorted(parts.imports),
        *([""] if parts.imports else []),
        "import tensorflow as tf",
        "",
        "keras = tf.keras",
        *(f"{name} = {FROM_KERAS[name]}" for name in sorted(parts.keras_names & set(FROM_KERAS))),
    ]
    closing = f'if __name__ == "__main__":\n    {entry.builder.__name__}().summary()\n'
    return "\n\n\n".join(["\n".join(opening), *parts.texts, closing])


def definitions(entry: ModelSpec, called: str) -> tuple[set[str], set[str], list[str]]:
    """The builder under the name `called`, for a standalone file.

    Returns:
        Import lines, names that `zoo._keras` gives, and the definitions, the builder's last.
    """
    parts = _Parts()
    parts.add(entry.builder.__module__, entry.builder.__name__, called)
    return parts.imports, parts.keras_names, parts.texts


@dataclass
class _Parts:
    """What has been collected: definitions, each after what it uses, and their imports."""

    texts: list[str] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)
    keras_names: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], str] = field(default_factory=dict)  # defined -> called here

    def add(self, module: str, name: str, called: str) -> str:
        """Add a definition after all that it uses; the name that it has in the file."""
        if (module, name) in self.names:
            return self.names[module, name]
        if called in self.names.values():
            called = f"{module.rpartition('.')[2].strip('_')}_{called}"
        self.names[module, name] = called
        node = _definitions(module)[name]
        renamed = {name: called}
        for used in sorted(_names_used(node)):
            renamed |= self._follow(module, used)
        self.texts.append(_renamed(_text(module, node), renamed))
        return called

    def _follow(self, module: str, used: str) -> dict[str, str]:
        """Collect what the name `used` refers to in `module`; return its name in the file."""
        if used in _definitions(module):
            return {used: self.add(module, used, used)}
        if used not in _imports(module):
            return {}
        origin, original = _imports(module)[used]
        if origin == KERAS:
            self.keras_names.add(used)
        elif not origin.startswith("zoo"):
            alias = "" if original == used else f" as {used}"
            line = f"from {origin} import {original}{alias}" if original else f"import {origin}"
            self.imports.add(line)
        else:
            return {used: self.add(origin, original, used)}
        return {}


@cache
def _source(module: str) -> str:
    return inspect.getsource(importlib.import_module(module))


@cache
def _definitions(module: str) -> dict[str, Definition]:
    """Top-level functions, classes and constants of a module by name."""
    found: dict[str, Definition] = {}
    for node in ast.parse(_source(module)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.decorator_list = []  # the file has no registry
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def _imports(module: str) -> dict[str, tuple[str, str]]:
    """Local name -> module and original name (empty for a plain `import module`)."""
    found: dict[str, tuple[str, str]] = {}
    for node in ast.parse(_source(module)).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = (node.module, alias.name)
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: (alias.name, "") for alias in node.names}
    return found


def _names_used(node: Definition) -> set[str]:
    """Names read in a definition."""
    loads = (inner for inner in ast.walk(node) if isinstance(inner, ast.Name))
    return {name.id for name in loads if isinstance(name.ctx, ast.Load)}


def _text(module: str, node: Definition) -> str:
    return ast.get_source_segment(_source(module), node) or ""


def _renamed(text: str, names: dict[str, str]) -> str:
    """`text` with whole names replaced, except attributes and keyword arguments."""
    changes = {old: new for old, new in names.items() if old != new}
    if not changes:
        return text
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    lines = text.splitlines()
    for before, token, after in reversed(list(zip(tokens, tokens[1:], tokens[2:], strict=False))):
        plain = before.string != "." and not (after.string == "=" and before.string in ("(", ","))
        if token.type == tokenize.NAME and token.string in changes and plain:
            row, start = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:start] + changes[token.string] + line[token.end[1] :]
    return "\n".join(lines)
