"""The dataset card: YAML for the Hub, regions that are generated, and the prose of its authors around them."""

from dataclasses import replace

from dataset_builder.describe import card_regions, front_matter
from dataset_builder.describe.card_contents import SECTIONS, contents
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.card_metadata import ALWAYS, DEFAULTS, card_metadata
from dataset_builder.describe.front_matter import FrontMatterError
from dataset_builder.describe.markdown import escape
from dataset_builder.model.document import Flaw

__all__ = ["CardFacts", "render_card"]


def render_card(facts: CardFacts, previous: str | None) -> tuple[str, tuple[Flaw, ...]]:
    """The card that states `facts` and keeps what authors wrote into `previous`, and what is wrong with `previous`.

    With flaws (of the kinds `card-markers` and `card-front-matter`; offsets in code points of `previous`) the card is
    `previous` as it is: nothing that an author wrote may be lost. Rendering a card again changes nothing.
    """
    if previous is None or not previous.strip():
        return _assemble(front_matter.split(""), f"\n# {escape(facts.project.title)}\n", facts, "\n"), ()
    card = previous.removeprefix("\ufeff")  # before the YAML it would hide that from every reader
    front = front_matter.split(card)
    body_at = len(previous) - len(front.body)
    flaws = [replace(flaw, offset=flaw.offset + body_at) for flaw in card_regions.find_problems(front.body, SECTIONS)]
    if flaws:
        return previous, tuple(flaws)
    try:
        return _assemble(front, front.body, facts, "\r\n" if card.partition("\n")[0].endswith("\r") else "\n"), ()
    except FrontMatterError as error:
        offset = error.offset + len(previous) - len(card)
        return previous, (Flaw(kind="card-front-matter", message=str(error), offset=offset, pointer=()),)


def _assemble(front: front_matter.FrontMatter, body: str, facts: CardFacts, newline: str) -> str:
    stated = front_matter.places(front)
    configured = facts.project.annotations_creators, facts.project.multilinguality
    left = {key for key, value in zip(DEFAULTS, configured, strict=True) if key in stated and not value}
    generated = {key: value for key, value in card_metadata(facts).items() if key not in left}
    renewed = front_matter.renew(front, generated, stale=ALWAYS)
    texts = contents(facts)
    body = card_regions.renew(body, texts, newline)
    body = card_regions.append(body, SECTIONS, texts, newline)
    head = f"---\n{renewed}---\n".replace("\n", newline)
    return f"{head}{body}"
