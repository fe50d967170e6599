"""The card's plots as a browser draws them: text that fits, colours that follow light and dark."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dataset_builder.describe.plots.svg import WIDTH, cut, picture, text

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
MEASURE = """
<pre id="found"></pre><script>
const texts = [...document.querySelectorAll("svg text")].map(each => {
  const box = each.getBBox(); return [each.textContent, box.x, box.x + box.width, getComputedStyle(each).fill] });
const ground = getComputedStyle(document.querySelector("svg .b")).fill;
document.getElementById("found").textContent = JSON.stringify({texts, ground});
</script>
"""
LABELS = (
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMM",
    "a very long label that goes on and on, and does not come to an end",
    "ALL OF IT IN CAPITAL LETTERS, AND LONG",
    "漢字かな混じり文の非常に長いラベルです",
    "שלום עולם, זו תווית ארוכה מאוד מאוד",
    "السلام عليكم، هذا عنوان طويل جدا",
    "Очень длинная метка, которая не кончается",
    "e\u0301" * 40,
)


@pytest.fixture
def measure(tmp_path: Path):
    """Where a browser puts each text of an SVG, and what colours it gives."""
    if BROWSER is None:
        pytest.skip("absent: Chromium, which draws the plots")

    def run(svg: str, *options: str) -> dict[str, object]:
        page = tmp_path / "page.html"
        page.write_text(f'<!doctype html><meta charset="utf-8"><body>{svg}{MEASURE}</body>', encoding="utf-8")
        command = [BROWSER, *OPTIONS, *options, f"--user-data-dir={tmp_path / 'user'}", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
        assert found, done.stderr
        return json.loads(found[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))

    return run


@pytest.mark.parametrize("name", ["agreement", "coverage", "labels", "lengths"])
def test_every_text_of_the_shipped_plots_lies_within(measure, dist: Path, name: str) -> None:
    found = measure((dist / f"figures/{name}.svg").read_text("utf-8"))
    assert found["texts"]
    for content, left, right, _ in found["texts"]:
        assert left >= 0, content
        assert right <= WIDTH, content


def test_what_is_cut_to_its_place_fits_there(measure) -> None:
    room = 160
    body = [text(200, 20 * (at + 1), cut(label, room), anchor="end") for at, label in enumerate(LABELS)]
    found = measure(picture("Labels", "Labels.", 400, body))
    assert len(found["texts"]) == len(LABELS)
    for content, left, right, _ in found["texts"]:
        assert right <= 201, content
        assert left >= 200 - room - 16, content  # fonts differ: what stands beside leaves that much


def test_light_and_dark_have_other_colours(measure, dist: Path) -> None:
    svg = (dist / "figures/labels.svg").read_text("utf-8")
    light, dark = (measure(svg, f"--blink-settings=preferredColorScheme={scheme}") for scheme in (1, 0))
    assert (light["ground"], dark["ground"]) == ("rgb(255, 255, 255)", "rgb(13, 17, 23)")
    assert light["texts"][0][3] == "rgb(31, 35, 40)"
    assert dark["texts"][0][3] == "rgb(240, 246, 252)"
