"""REL: a build of which its descriptions say different things."""

from collections.abc import Iterator, Mapping
from typing import Any

from dataset_builder.check.build_view import CITATION, CROISSANT, DATACITE, MANIFEST, PACKAGE, STATEMENT, BuildView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.build import Unreadable
from dataset_builder.model.manifest import TableFacts
from dataset_builder.model.project import Fields
from dataset_builder.schema.columns import columns_of
from dataset_builder.schema.registry import SchemaSet
from dataset_builder.schema.shape import ITEM, Shape

__all__ = ["RULES"]

_AGAIN = "build again"

Features = Mapping[str, Any]
"""Of a table's columns, as `datasets.Features.to_dict` writes them."""


def _features(view: BuildView) -> Iterator[tuple[TableFacts, Features]]:
    """The tables that have files, with the features of the first one that can be read."""
    for table in view.tables:
        found = next((file.features for _, file in view.parquet(table) if file.features is not None), None)
        if found is not None:
            yield table, found


def _objects(value: Any, key: str) -> list[Mapping[str, Any]]:
    """The objects in the list `key` of `value`."""
    listed = value.get(key) if isinstance(value, Mapping) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


@rule("REL020", "build-record-sets", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_record_sets(view: BuildView) -> Iterator[Finding]:
    """The Croissant description has other record sets, columns, splits or labels than the Parquet files.

    **Why it matters.** Who loads by Croissant gets what it describes: a column that isn't there fails, and a label that
    has another name there is another label.

    **How to fix it.** Build again.
    """
    document = view.build.croissant
    if not isinstance(document, Mapping) or view.manifest is None:
        return
    for key, stated in (("name", view.manifest.name), ("version", view.manifest.version)):
        if document.get(key) != stated:
            message = f"its {key} is {_shown(document.get(key))}, and the manifest's is {quoted(stated)}"
            yield _finding(view, CROISSANT, message)
    sets = {str(each.get("@id")): each for each in _objects(document, "recordSet")}
    for table, features in _features(view):
        if table.name not in sets:
            yield _finding(view, CROISSANT, f"it has no record set of the table {quoted(table.name)}")
            continue
        for message in (*_other_columns(sets, table.name, features), *_other_splits(sets, table)):
            yield _finding(view, CROISSANT, message)


def _finding(view: BuildView, file: str, message: str) -> Finding:
    return Finding(message=message, place=view.place(file), help=_AGAIN)


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else "not given"


def _other_columns(sets: Mapping[str, Mapping[str, Any]], table: str, features: Features) -> Iterator[str]:
    """Columns that are there in one only; what Croissant can't reach, a list in a list of objects, may be left out."""
    own = (each for each in _objects(sets[table], "field") if "fileProperty" not in _extract(each))
    fields = {str(each.get("name")): each for each in own}
    for name in sorted(fields.keys() - features.keys()):
        yield f"its record set {quoted(table)} has a field {quoted(name)}, and the table has no such column"
    for name, feature in features.items():
        if name in fields:
            yield from _other_labels(sets, fields[name], feature, f"{table}.{name}")
        elif not _is_nested(feature):
            yield f"its record set {quoted(table)} has no field of the column {quoted(name)}"


def _extract(field: Mapping[str, Any]) -> Mapping[str, Any]:
    source = field.get("source")
    extract = source.get("extract") if isinstance(source, dict) else None
    return extract if isinstance(extract, dict) else {}


def _is_nested(feature: Any) -> bool:
    return not isinstance(feature.get("_type"), str) or feature["_type"] == "List"


def _other_labels(
    sets: Mapping[str, Mapping[str, Any]], field: Mapping[str, Any], feature: Any, path: str
) -> Iterator[str]:
    """Label sets that a field refers to and that have other names than the feature."""
    while isinstance(feature, Mapping) and feature.get("_type") == "List":
        feature = feature["feature"]
    if not isinstance(feature, Mapping):
        return
    if not isinstance(feature.get("_type"), str):
        for part in _objects(field, "subField"):
            inner = feature.get(str(part.get("name")))
            if inner is None:
                yield f"its field {quoted(path)} has a part {quoted(str(part.get('name')))}, and the column has none"
            else:
                yield from _other_labels(sets, part, inner, f"{path}.{part.get('name')}")
    elif feature["_type"] == "ClassLabel":
        referred = field.get("references")
        target = referred.get("field") if isinstance(referred, dict) else None
        id_ = str(target.get("@id") if isinstance(target, dict) else "").rpartition("/")[0]
        names = [each.get(f"{id_}/name") for each in _objects(sets.get(id_), "data")]
        if id_ and names != list(feature.get("names", ())):
            yield f"its labels of {quoted(path)} are not those of the column"


def _other_splits(sets: Mapping[str, Mapping[str, Any]], table: TableFacts) -> Iterator[str]:
    stated = [list(each.values()) for each in _objects(sets.get(f"{table.name}-splits"), "data")]
    if stated != [[name] for name, split in table.splits.items() if split.files]:
        yield f"its splits of the table {quoted(table.name)} are not those of the manifest"


@rule("REL021", "build-package", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_package(view: BuildView) -> Iterator[Finding]:
    """The Data Package names other files, sizes, digests, columns or labels than the build has.

    **Why it matters.** Tools that go by `datapackage.json` compare each file with it, and show its columns to people.

    **How to fix it.** Build again.
    """
    document = view.build.package
    if not isinstance(document, Mapping) or view.manifest is None:
        return
    yield from _other_version(view, PACKAGE, document)
    resources = {str(each.get("path")): each for each in _objects(document, "resources")}
    files = {file.path: file for table in view.tables for split in table.splits.values() for file in split.files}
    for path in sorted(resources.keys() | files.keys()):
        if path not in files:
            yield _finding(view, PACKAGE, f"it names the file {quoted(path)}, which is in no table")
        elif path not in resources:
            yield _finding(view, PACKAGE, f"it does not name the file {quoted(path)}")
        elif resources[path].get("hash") != f"sha256:{files[path].sha256}":
            yield _finding(view, PACKAGE, f"it states another digest for the file {quoted(path)} than the manifest")
        elif resources[path].get("bytes") != files[path].bytes:
            yield _finding(view, PACKAGE, f"it states another size for the file {quoted(path)} than the manifest")
    for table, features in _features(view):
        first = next((file.path for split in table.splits.values() for file in split.files), "")
        yield from _other_fields(view, table.name, resources.get(first, {}).get("schema"), features)


def _other_fields(view: BuildView, table: str, schema: Any, features: Features) -> Iterator[Finding]:
    fields = {str(each.get("name")): each for each in _objects(schema, "fields")}
    if list(fields) != list(features):
        yield _finding(view, PACKAGE, f"its fields of the table {quoted(table)} are not the table's columns")
    for name, feature in features.items():
        labels = [each.get("label") for each in _objects(fields.get(name), "categories")]
        if feature.get("_type") == "ClassLabel" and name in fields and labels != list(feature.get("names", ())):
            yield _finding(view, PACKAGE, f"its labels of {quoted(f'{table}.{name}')} are not those of the column")


@rule("REL022", "build-citation", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_citation(view: BuildView) -> Iterator[Finding]:
    """What says how to cite the build names another version of it, or can't be read.

    **Why it matters.** Results are found again by the version that is cited with them.

    **How to fix it.** Build again. A `CITATION.cff` of the project is taken over with the version that is built.
    """
    build = view.build
    for file, part in (
        (PACKAGE, build.package),
        (CITATION, build.citation),
        (DATACITE, build.datacite),
        (STATEMENT, build.statement),
    ):
        if isinstance(part, Unreadable):
            yield Finding(message=part.message, place=view.place(file, part.line, part.column), help=_AGAIN)
        elif view.manifest and isinstance(part, Mapping) and file in (CITATION, DATACITE):
            yield from _other_version(view, file, part)


def _other_version(view: BuildView, file: str, document: Mapping[str, Any]) -> Iterator[Finding]:
    """A version that isn't the manifest's; YAML may read one as a number."""
    version = view.manifest.version if view.manifest else ""
    if str(document.get("version")) != version:
        stated = quoted(str(document["version"])) if "version" in document else "not given"
        yield _finding(view, file, f"its version is {stated}, and the manifest's is {quoted(version)}")


@rule("REL023", "build-schema", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_schema(view: BuildView) -> Iterator[Finding]:
    """A schema in the build gives other columns, types or labels than the Parquet files have.

    **Why it matters.** The schemas say what the columns and the labels mean. Those of another version mean something
    else.

    **How to fix it.** Build again: the build's `schema/` is a copy of the schemas that it was made by.
    """
    if view.manifest is None or view.schemas is None:
        return
    expected = dict(_expected(view.schemas, view.manifest.fields))
    for table, features in _features(view):
        if table.name not in expected:
            continue
        wanted, found = _without_holders(expected[table.name]), _without_holders(features)
        others = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
        if others:
            message = f"the schemas give other columns than the table {quoted(table.name)} has: "
            yield _finding(view, MANIFEST, message + ", ".join(map(quoted, others)))


def _without_holders(features: Any) -> Any:
    """Features without who has an item: under the policy `all` each item says so, and no schema does."""
    if not isinstance(features, Mapping):
        return features
    return {name: _without_holders(inner) for name, inner in features.items() if name != "annotators"}


def _columns(shape: Shape, *without: str) -> Features:
    return {column.name: column.feature for column in columns_of(shape, without=without)}


def _expected(schemas: SchemaSet, fields: Fields) -> Iterator[tuple[str, Features]]:
    """The columns of each table, as the schemas give them beside the compiler's own."""
    text = {"dtype": "string", "_type": "Value"}
    own = dict.fromkeys(("id", "text", "sha256"), text) | {"length": {"dtype": "int64", "_type": "Value"}}
    metadata = _columns(schemas.articles.shape, fields.id, fields.text, fields.sha256, fields.length)
    gold: Features = {}
    if schemas.annotation is not None:
        shape = schemas.annotations.shape
        gold = _columns(shape, fields.article, fields.annotator, fields.text_sha256)
        records = _columns(shape, fields.article, fields.annotator)
        yield "annotations", {**records, "article": text, "annotator": text}
        for spec in schemas.annotations.plan.tables:
            inner: Shape | None = shape
            for step in spec.path:
                inner = inner and (inner.items if step is ITEM else inner.property(step or ""))
            if inner is not None and inner.items is not None:
                yield spec.name, {**_columns(inner.items), "article": text}
    yield "articles", {**gold, **metadata, **own}
    if schemas.link is not None:
        yield "links", _columns(schemas.links.shape)


RULES = (build_record_sets, build_package, build_citation, build_schema)
