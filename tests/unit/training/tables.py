"""Tables of articles as `load_dataset` gives them, made in memory."""

from datasets import ClassLabel, Dataset, Features, List, Value

LABELS = ["PER", "LOC", "X-ray"]
SPAN = {"start": Value("int64"), "end": Value("int64")}
FEATURES = Features(
    {
        "id": Value("string"),
        "text": Value("string"),
        "entities": List({"id": Value("string"), **SPAN, "label": ClassLabel(names=LABELS), "fragments": List(SPAN)}),
    }
)


def table(*articles):
    """A table of (text, spans); a span is (start, end, label) or (fragments, label)."""
    rows = [
        {"id": f"a{number}", "text": text, "entities": [_item(index, span) for index, span in enumerate(spans)]}
        for number, (text, spans) in enumerate(articles)
    ]
    return Dataset.from_list(rows, features=FEATURES)


def _item(index, span):
    *edges, label = span
    pieces = [{"start": start, "end": end} for start, end in edges[0]] if len(edges) == 1 else None
    start, end = (edges[0][0][0], edges[0][-1][1]) if pieces else edges
    return {"id": f"e{index}", "start": start, "end": end, "label": label, "fragments": pieces}
