"""A compiler for annotated text datasets.

Articles and hand-made annotations go in; checked tables, a card and a manifest come out, as `datasets.load_dataset`
reads them.
Every command of `dataset-builder` is a function here:

    >>> import dataset_builder
    >>> project = dataset_builder.open_project()
    >>> result = dataset_builder.check(project)
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataset_builder.errors import (
        ConfigurationError,
        DatasetBuilderError,
        EngineError,
        FindingsError,
        InternalError,
        OutputError,
        StorageError,
        UsageError,
    )
    from dataset_builder.pipeline.anchor import anchor
    from dataset_builder.pipeline.build import build, card
    from dataset_builder.pipeline.check import check
    from dataset_builder.pipeline.diff import diff
    from dataset_builder.pipeline.exporting import export_corpus
    from dataset_builder.pipeline.hydrate import hydrate
    from dataset_builder.pipeline.importing import import_corpus, init_from
    from dataset_builder.pipeline.looking import explain, schema, stats
    from dataset_builder.pipeline.mend import fix
    from dataset_builder.pipeline.opening import init, open_project
    from dataset_builder.pipeline.publish import publish
    from dataset_builder.pipeline.release import release
    from dataset_builder.pipeline.rights import withhold
    from dataset_builder.pipeline.rules import rules
    from dataset_builder.pipeline.sign import sign
    from dataset_builder.pipeline.verify import verify
    from dataset_builder.read.excerpts import excerpts
    from dataset_builder.training.spans import to_spans
    from dataset_builder.training.tokens import to_tokens

__all__ = [
    "ConfigurationError",
    "DatasetBuilderError",
    "EngineError",
    "FindingsError",
    "InternalError",
    "OutputError",
    "StorageError",
    "UsageError",
    "anchor",
    "build",
    "card",
    "check",
    "diff",
    "excerpts",
    "explain",
    "export_corpus",
    "fix",
    "hydrate",
    "import_corpus",
    "init",
    "init_from",
    "open_project",
    "publish",
    "release",
    "rules",
    "schema",
    "sign",
    "stats",
    "to_spans",
    "to_tokens",
    "verify",
    "withhold",
]

_HOMES = {
    **dict.fromkeys((name for name in __all__ if name.endswith("Error")), "errors"),
    "anchor": "pipeline.anchor",
    **dict.fromkeys(("build", "card"), "pipeline.build"),
    "check": "pipeline.check",
    "diff": "pipeline.diff",
    "fix": "pipeline.mend",
    "export_corpus": "pipeline.exporting",
    "hydrate": "pipeline.hydrate",
    **dict.fromkeys(("import_corpus", "init_from"), "pipeline.importing"),
    **dict.fromkeys(("explain", "schema", "stats"), "pipeline.looking"),
    **dict.fromkeys(("init", "open_project"), "pipeline.opening"),
    "excerpts": "read.excerpts",
    "publish": "pipeline.publish",
    "release": "pipeline.release",
    "rules": "pipeline.rules",
    "sign": "pipeline.sign",
    "to_spans": "training.spans",
    "to_tokens": "training.tokens",
    "verify": "pipeline.verify",
    "withhold": "pipeline.rights",
}


class _Root(ModuleType):
    """Keeps `check` and `schema` functions, where importing the rooms of these names would put modules."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Root


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: pyarrow alone takes longer to import than `dataset-builder --help` may take.
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
