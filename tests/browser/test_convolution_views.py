"""Channels, loop and matrix as a person uses them; the scene as a notebook and as SVG. Numbers are cnncore's."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import expect
from screens import open_afresh

from cnncore import conv1d, conv2d
from cnncore.export.notebook import convolution_notebook
from cnncore.tracing.channels import without_slices
from cnncore.tracing.convolution import trace_conv1d, trace_conv2d
from cnncore.tracing.loop import trace_loop
from pages.ui.convolution.channels.inputs import channel_scene, zeroed_mask
from pages.ui.convolution.inputs import PICTURE, PICTURE_FILTERS
from pages.ui.convolution.settings import DEFAULTS
from pages.ui.frame.palette import DARK, LIGHT

ONE_TAB = True
SVG = "{http://www.w3.org/2000/svg}"


def opened(page, app, link):
    open_afresh(page, app, f"convolution{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", "1")
    return stage


def walk(page, stage, keys):
    """The value of every step, by PageDown."""
    shown = []
    for number in range(keys):
        expect(stage).to_have_attribute("data-step", str(number + 1))
        shown.append(float(stage.get_attribute("data-value")))
        page.keyboard.press("PageDown")
    return shown


def numbers(grid):
    return [float(text.replace("−", "-")) for text in grid.locator(".cell").all_inner_texts()]


def saved_svg(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this picture").click()
    root = ElementTree.parse(download.value.path()).getroot()
    assert root.tag == f"{SVG}svg" and not root.findall(f".//{SVG}foreignObject")
    return download.value.suggested_filename, root, [node.text for node in root.iter(f"{SVG}text")]


def test_channels(page, app):
    image, filters, bias = channel_scene(DEFAULTS)
    maps = conv2d(image[None], filters, bias)[0]
    stage = opened(page, app, "?preset=channels")
    assert walk(page, stage, 18) == np.moveaxis(maps, 2, 0).ravel().tolist()
    for number in (1, 2):
        assert numbers(stage.locator(f"[data-name='map {number}']")) == maps[..., number - 1].ravel().tolist()
    page.keyboard.press("Home")
    parts = [f"{(image[:3, :3, c] * filters[c, ..., 0]).sum():.0f}".replace("-", "−") for c in range(4)]
    expect(stage.locator(".part")).to_have_text(parts)
    bracketed = [text if n == 0 or "−" not in text else f"({text})" for n, text in enumerate(parts)]
    said = " + ".join(bracketed)
    expect(stage.locator(".line")).to_contain_text(f"map 1, row 1, column 1. Channels: {said} = ")
    for text in ("(1000, 24, 24, 4)", "(4, 3, 3, 2)", "(3, 3, 4, 2)", "(2, 4, 3, 3)", "(1000, 2, 22, 22)"):
        expect(stage.locator(".shapes")).to_contain_text(text)
    for text in ("= 72 + 2", "22·22·3·3·4·2 = 34,848", "11·11·3·3·4·2 = 8,712", "(576, 10): 5,760"):
        expect(stage.locator(".counters")).to_contain_text(text)

    stage.locator("[data-name='map 2'] .cell").nth(4).hover()
    expect(stage.locator("[data-name='channel 3']")).to_have_attribute("data-lit", "9")
    stage.locator("[data-name='map 2'] .cell").nth(4).click()
    expect(stage).to_have_attribute("data-step", "14")
    page.get_by_role("button", name="Set the slice of channel 2 in filter 2 to zeros").click()
    expect(stage.locator(".figure small").nth(0)).to_have_text("as before")
    expect(stage).to_have_attribute("data-step", "14")  # the step stays: the effect is seen
    after = conv2d(image[None], without_slices(filters, zeroed_mask(1 << 5, 4, 2)), bias)[0]
    expect(stage).to_have_attribute("data-value", f"{after[1, 1, 1]:.0f}")
    changed = (after[..., 1] != maps[..., 1]).sum()
    expect(stage.locator(".figure small").nth(1)).to_have_text(f"{changed} of 9 changed")
    assert "zero=32" in page.url
    stage.locator("[data-name='slice of channel 1'] .cell").nth(8).dblclick()
    page.keyboard.type("-2")
    page.keyboard.press("Enter")
    filters[0, 2, 2, 1] = -2
    after = conv2d(image[None], without_slices(filters, zeroed_mask(1 << 5, 4, 2)), bias)[0]
    expect(stage).to_have_attribute("data-value", f"{after[1, 1, 1]:.0f}")
    page.keyboard.press("Escape")
    page.locator(".head h2").click()
    page.keyboard.press("p")
    expect(stage.locator(".option")).to_have_count(4)
    page.keyboard.press("PageDown")
    expect(stage.locator(".option.right .number").first).to_contain_text(f"{after[1, 1, 1]:.0f}".replace("-", "−"))

    name, root, texts = saved_svg(page)
    assert name == "channels-step-14.svg"
    assert {"(1000, 22, 22, 2)", "22·22·3·3·4·2\u00a0=\u00a034,848"} <= {
        text.replace(",\u00a0", ", ") for text in texts
    }
    assert len(root.findall(f".//{SVG}line")) >= 4  # the channels' way into the sum


def test_the_loop_one_product_a_beat(page, app):
    loop = trace_loop(trace_conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half", bias=-10, relu=True))
    stage = opened(page, app, "?view=loop&preset=signal&filter=1+2+3&bias=-10&relu=on")
    assert walk(page, stage, 20) == loop.after.tolist()
    assert (
        numbers(stage.locator("[data-name=output]"))
        == np.maximum(conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half") - 10, 0).tolist()
    )
    expect(stage.locator(".active")).to_have_text("    output[o] = max(output[o] + bias, 0)")
    stage.locator("[data-name=output] .cell").nth(1).click()
    expect(stage).to_have_attribute("data-step", "8")
    page.keyboard.press("PageUp")
    expect(stage.locator(".active")).to_have_text("        output[o] += param[p] * input_pad[o + p]")
    expect(stage.locator(".filled")).to_contain_text("output[1] += param[2] * input_pad[3]")
    expect(stage.locator(".line")).to_contain_text("param[2] × input_pad[3] is 3 × 3 = 9; 5 becomes 14.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take it away").click()
    book = json.loads(download.value.path().read_text(encoding="utf-8"))
    settings = {"bias": -10, "stride": 1, "padding": "half", "dilation": 1, "relu": True}
    assert book == json.loads(convolution_notebook([1, 2, 3, 4, 5], [1, 2, 3], **settings))

    stage = opened(page, app, "?view=loop&preset=stride")
    picture = trace_loop(trace_conv2d(PICTURE[:5, :5], PICTURE_FILTERS["diagonal /"], stride=2))
    assert walk(page, stage, 12) == picture.after[:12].tolist()
    expect(stage.locator(".counters")).to_have_text("r, c = 0, 1; i, j = 1, 0")
    expect(stage.locator(".active")).to_contain_text("param[i, j] * input_pad[2*r + i, 2*c + j]")


def test_the_matrix_row_by_row(page, app):
    stage = opened(page, app, "?view=matrix&preset=signal&filter=1+2+3&padding=half")
    assert walk(page, stage, 5) == conv1d([1, 2, 3, 4, 5], [1, 2, 3], padding="half").tolist()
    matrix = stage.locator("[data-name=matrix]")
    cells = matrix.locator(".cell").all_inner_texts()
    assert cells == ["2", "3", "", "", "", "1", "2", "3", "", "", "", "1", "2", "3", "", *cells[15:]]
    expect(stage.locator(".terms")).to_have_text("1×4 + 2×5")
    expect(stage.locator(".line")).to_contain_text("Row 5 of 5. 1×4 + 2×5 = 14. The other 3 cells of the row are 0.")
    page.keyboard.press("PageUp")
    expect(stage.locator(".line")).to_contain_text("= 26. The other 2 cells of the row are 0.")
    stage.locator("[data-name=filter] .cell").nth(1).hover()
    expect(matrix).to_have_attribute("data-lit", "5")  # the weight in the middle is in every row
    matrix.locator(".cell").nth(1).hover()
    expect(matrix).to_have_attribute("data-lit", "4")


@pytest.mark.parametrize("scheme, palette", [("light", LIGHT), ("dark", DARK)])
def test_positive_weights_are_blue_and_negative_ones_orange(page, app, scheme, palette):
    page.emulate_media(color_scheme=scheme)
    stage = opened(page, app, "?view=matrix&preset=signal&filter=difference&padding=none")
    cells = stage.locator("[data-name=filter] .cell")
    expect(cells).to_have_text(["−1", "1"])
    ground = np.frombuffer(bytes.fromhex(palette["background"][1:]), np.uint8).astype(float)
    for cell, name in ((cells.first, "negative"), (cells.last, "positive")):
        full = np.frombuffer(bytes.fromhex(palette[name][1:]), np.uint8)
        red, green, blue = (int(v) for v in np.floor(ground + (full - ground) / 1.6 + 0.5))  # weaker than full
        expect(cell).to_have_css("background-color", f"rgb({red}, {green}, {blue})")


def test_any_stage_as_svg(page, app):
    opened(page, app, "?preset=half")
    name, root, texts = saved_svg(page)
    assert name == "convolution-step-1.svg" and {"Convolution", "Input", "−1"} <= set(texts)
    rectangles = root.findall(f"{SVG}rect")
    assert len(rectangles) > 49  # every cell, and their frames
    assert len(root.findall(f"{SVG}path")) == 24  # the hatched border of zeros
    opened(page, app, "?preset=digit&map=3")
    _, root, _ = saved_svg(page)
    images = [image.get("href") for image in root.findall(f"{SVG}image")]
    assert len(images) == 2 and all(href.startswith("data:image/png;base64,") for href in images)
