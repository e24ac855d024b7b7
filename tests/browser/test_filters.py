"""Filters over pictures as a person uses them: hover, type a weight, upload, two in a row, predict, animate."""

import io
import re
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from screens import PHONE, fits, open_afresh

from cnncore import conv2d
from pages.ui.filters.inputs import FOLDER, two_strokes
from pages.ui.shared.filter_library import CLASSIC
from pages.ui.shared.grid_text import parse_grid

ONE_TAB = True
CAMERA = np.asarray(Image.open(FOLDER / "camera.png"), float) / 255
STROKES = two_strokes()[..., 0] / 255


def half(cells, weights):
    """What the convolution gives of (H, W) under (F, F)."""
    return conv2d(cells[None, ..., None], np.asarray(weights, float)[None, ..., None], padding="half")[0, ..., 0]


def opened(page, app, link="?example=two-diagonals"):
    open_afresh(page, app, f"filters{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", re.compile(r"\d+"), timeout=30_000)
    return stage


def value(stage):
    return float(stage.get_attribute("data-value"))


def expect_value(page, stage, maps, accuracy=1e-9):
    """Wait until the framed pixel shows its value in `maps`."""
    for _ in range(100):
        row, column = (int(stage.get_attribute(f"data-{name}")) - 1 for name in ("row", "column"))
        if value(stage) == pytest.approx(maps[row, column], abs=accuracy):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{value(stage)} stays where {maps[row, column]} belongs")


def hover(page, stage, view, row, column):
    """Move the pointer over a pixel (from 0) of the `view`th picture; wait until it is shown."""
    canvas = stage.locator(".view canvas").nth(view)
    area = canvas.bounding_box()
    high, wide = (int(canvas.get_attribute(name)) for name in ("height", "width"))
    page.mouse.move(area["x"] + (column + 0.5) * area["width"] / wide, area["y"] + (row + 0.5) * area["height"] / high)
    expect(stage).to_have_attribute("data-row", str(row + 1))
    expect(stage).to_have_attribute("data-column", str(column + 1))


def type_weight(page, stage, index, text):
    stage.locator("[data-name=filter] .cell").nth(index).click()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_hovered_pixel_and_an_edited_weight_show_what_the_convolution_gave(page, app):
    stage = opened(page, app, "?example=edges")
    expected = half(CAMERA, CLASSIC["Laplacian"])
    for row, column in ((0, 0), (59, 119), (200, 255)):
        hover(page, stage, 0, row, column)
        assert value(stage) == pytest.approx(expected[row, column], abs=1e-9)
        hover(page, stage, 1, row, column)
        assert value(stage) == pytest.approx(expected[row, column], abs=1e-9)
    patch = stage.locator("[data-name=patch] .cell").all_inner_texts()
    assert [float(text) for text in patch[:2]] == np.round(CAMERA[199, 254:256], 2).tolist()
    assert "zero" in stage.locator("[data-name=patch] .cell").nth(2).get_attribute("class")  # beyond the right edge
    weights = CLASSIC["Laplacian"].copy()
    for index, text in ((4, "-8"), (0, "1,5")):
        type_weight(page, stage, index, text)
        weights.flat[index] = float(text.replace(",", "."))
        expect_value(page, stage, half(CAMERA, weights))
    expect(stage.locator(".figure").nth(1)).to_contain_text("own")
    expect(page.get_by_role("combobox", name="Filter")).to_have_value("own")
    page.goto(page.url)  # the link brings the same filter back
    hover(page, stage, 1, 100, 100)
    assert value(stage) == pytest.approx(half(CAMERA, weights)[100, 100], abs=1e-9)


def test_two_filters_in_a_row_by_pointer_and_keyboard(page, app):
    stage = opened(page, app, "?example=blur-then-edges")
    blurred = half(CAMERA, CLASSIC["blur"])
    expected = half(blurred, CLASSIC["Laplacian"])
    hover(page, stage, 2, 120, 130)
    expect(stage).to_have_attribute("data-map", "1")
    assert value(stage) == pytest.approx(expected[120, 130], abs=1e-9)
    patch = stage.locator("[data-name=patch] .cell").all_inner_texts()
    np.testing.assert_allclose([float(text) for text in patch], blurred[119:122, 129:132].ravel(), atol=0.0051)
    stage.locator(".view canvas").nth(2).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    expect(stage).to_have_attribute("data-row", "122")
    assert value(stage) == pytest.approx(expected[121, 120], abs=1e-9)
    expect(stage.locator(".line")).to_contain_text("Row 122, column 121, under Laplacian: 9 products sum to")
    page.keyboard.press("Enter")  # pinned, so that the link holds it
    page.wait_for_url("**row=122*")
    hover(page, stage, 1, 3, 3)
    assert value(stage) == pytest.approx(blurred[3, 3], abs=1e-9)


def test_which_stroke_lights_up_is_predicted_then_revealed(page, app):
    stage = opened(page, app)
    page.keyboard.press("p")
    for map_ in (1, 2):
        expect(stage.locator(".cover").nth(map_)).to_be_visible()
    expect(stage.locator(".line")).to_have_text("Which stroke lights up under which filter?")
    assert stage.get_attribute("data-value") == ""
    expect(stage.locator("[data-name=products] .cell").first).to_have_text("?")
    page.keyboard.press("b")
    expect(stage.locator(".option .votes").nth(1)).to_contain_text("1")
    page.keyboard.press("PageDown")
    expect(stage.locator(".cover").nth(1)).to_be_hidden()
    expect(stage.locator(".option.right")).to_contain_text("each under its own")
    slash, backslash = half(STROKES, CLASSIC["diagonal /"]), half(STROKES, CLASSIC["diagonal \\"])
    assert value(stage) == slash[8, 5] == 6
    expect(stage.locator(".rest")).to_have_text(f"B here: {backslash[8, 5]:g}")
    hover(page, stage, 2, 7, 17)
    assert value(stage) == backslash[7, 17] == 6
    page.keyboard.press("p")
    page.keyboard.press("6")  # an example by its number
    expect(stage.locator(".head span")).to_have_text("In colour: sharpen; each channel by itself")
    stage.get_by_role("button", name="green").click()
    cat = np.asarray(Image.open(FOLDER / "cat.png"), float)[..., 1] / 255
    hover(page, stage, 1, 40, 50)
    assert value(stage) == pytest.approx(half(cat, CLASSIC["sharpen"])[40, 50], abs=1e-9)


def photo(side=1024):
    values = np.random.default_rng(0).integers(0, 256, (side, side), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "PNG")
    return values, {"name": "../../<img onerror=alert(1)>.png", "mimeType": "image/png", "buffer": file.getvalue()}


def test_a_photo_of_ones_own(page, app):
    stage = opened(page, app, "?example=edges&picture=upload")
    expect(page.get_by_test_id("stAlert")).to_contain_text("does not leave the machine")
    values, file = photo()
    page.locator("input[type=file]").set_input_files(file)
    expect(stage.locator(".figure").first).to_contain_text("1024 × 1024")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    hundredth = 0.00501  # large maps are sent in hundredths
    expect_value(page, stage, half(values / 255, CLASSIC["Laplacian"]), hundredth)
    type_weight(page, stage, 4, "3")
    weights = CLASSIC["Laplacian"].copy()
    weights[1, 1] = 3
    expect(page.get_by_role("combobox", name="Filter")).to_have_value("own")
    expect_value(page, stage, half(values / 255, weights), hundredth)
    page.locator("input[type=file]").set_input_files({**file, "buffer": file["buffer"][:9000]})
    expect(page.get_by_test_id("stAlert")).to_contain_text("The picture is damaged or incomplete: try a PNG or JPEG.")
    expect(stage.locator(".figure").first).to_contain_text("1024 × 1024")  # the last good one stays


def test_animate_here_opens_the_patch_in_the_convolution(page, app):
    stage = opened(page, app, "?example=edges&row=100&column=140")
    seen = value(stage)
    stage.get_by_role("button", name="Animate here").click()
    page.wait_for_url("**/convolution?*input=*")
    link = parse_qs(urlparse(page.url).query)
    patch = parse_grid(link["input"][0])
    np.testing.assert_allclose(patch, CAMERA[96:103, 136:143], atol=0.0051)
    np.testing.assert_array_equal(parse_grid(link["weights"][0]), CLASSIC["Laplacian"])
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", "13")  # the middle of 5 × 5 places
    assert value(stage) == pytest.approx(seen, abs=0.04)  # of cells rounded to two decimals
    page.go_back()
    expect(page.locator(".stage.pictures")).to_have_attribute("data-row", "100")


def test_a_tap_on_a_phone_pins_a_pixel(page, app):
    page.set_viewport_size(PHONE)
    stage = opened(page, app)
    stage.locator(".view canvas").nth(1).click()  # as a tap: the pixel is pinned
    page.wait_for_url("**row=8&column=12*")
    fits(page)
