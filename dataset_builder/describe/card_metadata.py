"""The keys of a card's YAML that are generated, with their values."""

from typing import Any

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.hub import languages, licenses, multilinguality, size_category
from dataset_builder.model.manifest import TableFacts
from dataset_builder.schema.columns import Table
from dataset_builder.schema.features import features_yaml

__all__ = ["ALWAYS", "DEFAULTS", "card_metadata"]

ALWAYS = (
    "license",
    "license_name",
    "license_link",
    "language_details",
    "language_bcp47",  # what the Hub called the key before that
    "size_categories",
    "configs",
    "dataset_info",
)
"""Keys that are the generator's alone; what the configuration may leave unset (tags, tasks) is then the author's."""


DEFAULTS = ("annotations_creators", "multilinguality")
"""Keys that are generated where neither the configuration nor the author says anything, as far as the data tells."""


def card_metadata(facts: CardFacts) -> dict[str, Any]:
    """The generated keys, in the order in which a new card has them."""
    project = facts.project
    articles = facts.layout.articles.name
    creators = project.annotations_creators or (() if facts.layers else ("no-annotation",))
    optional = {
        "annotations_creators": creators,
        "language_creators": project.language_creators,
        "multilinguality": (project.multilinguality,)
        if project.multilinguality
        else multilinguality(project.languages),
        "source_datasets": project.source_datasets,
        "pretty_name": project.title,
        "size_categories": (size_category(facts.statistics.total(articles)),),
        "task_categories": project.task_categories,
        "task_ids": project.task_ids,
        "tags": project.tags,
    }
    return {
        **licenses(project.license),
        **languages(project.languages),
        **{key: values if isinstance(values, str) else list(values) for key, values in optional.items() if values},
        "configs": [_config(table, default=table.name == articles) for _, table in facts.loadable],
        "dataset_info": [_info(table, found) for table, found in facts.loadable],
    }


def _config(table: TableFacts, *, default: bool) -> dict[str, Any]:
    files = [
        {"split": name, "path": f"data/{table.name}/{name}-*.parquet"}
        for name, split in table.splits.items()
        if split.files  # a glob that matches nothing fails on load
    ]
    return {"config_name": table.name, "data_files": files, **({"default": True} if default else {})}


def _info(table: Table, facts: TableFacts) -> dict[str, Any]:
    """The table's entry in `dataset_info`.

    It has no `download_size`: how far Parquet compresses depends on the Arrow version, and the card must not.
    """
    splits = [
        {"name": name, "num_bytes": split.bytes, "num_examples": split.rows}
        for name, split in facts.splits.items()
        if split.files
    ]
    size = sum(split["num_bytes"] for split in splits if isinstance(split["num_bytes"], int))
    return {
        "config_name": table.name,
        "features": features_yaml(table.features),
        "splits": splits,
        "dataset_size": size,
    }
