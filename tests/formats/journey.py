"""The way of an outside corpus: imported, checked, built, loaded."""

from collections import Counter
from dataclasses import dataclass, replace

import datasets

import dataset_builder


@dataclass
class Journey:
    """What became of a source."""

    result: object  # of the import
    project: object
    check: object
    output: object

    def load(self, table="articles"):
        """A table as users load it, all splits in one."""
        splits = datasets.load_dataset(str(self.output), table)
        return [row for split in splits.values() for row in split]

    @property
    def findings(self):
        """What the import found: code, file (from the source on), line."""
        return [(found.code, found.place.file, found.place.line) for found in self.result.check.diagnostics]

    def counts(self):
        """What was loaded, counted over the records of all annotators: the figures that a test counts by itself."""
        found = Counter(texts=len(self.load()))
        for record in self.load("annotations"):
            for layer, items in record.items():
                if isinstance(items, list) and items and isinstance(items[0], dict) and "id" in items[0]:
                    found[layer] += len(items)
                    for item in items:
                        found["attributes"] += sum(
                            value is not None for value in (item.get("attributes") or {}).values()
                        )
                        found["notes"] += len(item.get("notes") or ())
                        found["referents"] += len(item.get("referents") or ())
        return found


def journey(source, folder, **options):
    """`source` imported into `folder`, checked without an error, built, ready to load; a second import is nothing."""
    result = dataset_builder.import_corpus(source, folder, **options)
    assert result.written
    again = dataset_builder.import_corpus(source, folder, **options)
    assert again.unchanged, (again.new, again.changed)
    project = dataset_builder.open_project(folder)
    project = replace(project, annotators=replace(project.annotators, published="names"))  # which tests look for
    check = dataset_builder.check(project, jobs=1)
    assert check.ok, [f"{each.code} {each.place.file}:{each.place.line} {each.message}" for each in check.diagnostics]
    output = dataset_builder.build(project, jobs=1).output
    return Journey(result, project, check, output)
