"""From the answer down to one product of one weight, by mouse and key; every number is compared with cnncore's own."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screens import LAPTOP, fits, open_afresh, visit

from cnncore import Conv2D, conv2d, load, softmax
from cnncore.analysis.ablation import MapEdit, edited_network
from cnncore.analysis.feature_visualization import top_activating_images
from cnncore.data.mnist import FOLDER, load_mnist_test
from cnncore.tracing.network import trace_map, trace_network
from cnncore.tracing.pooling import shift_map
from cnncore.training.trainer import evaluate
from pages.ui.shared.grid_text import parse_grid

MODELS = FOLDER.parent / "models"
ONE_TAB = True
LAYER, MAP, DIGIT = 4, 14, 0  # the second convolution; layers and maps are counted from 1


@pytest.fixture(scope="module")
def network():
    return load(MODELS / "convolutional.safetensors")[0]


@pytest.fixture(scope="module")
def digits():
    return load_mnist_test()


def opened(page, app, link=f"?view=path&layer={LAYER}&map={MAP}&digit={DIGIT}"):
    open_afresh(page, app, f"inside{link}")
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-step", stage.get_attribute("data-steps"))
    return stage


def numbers(texts):
    return [float(text.replace("−", "-").replace("+", "")) for text in texts]


def cells(stage, name):
    return numbers(stage.locator(f"[data-name='{name}'] .cell").all_inner_texts())


def test_a_cell_of_the_second_convolution_down_to_its_products(page, app, network, digits):
    """The path, the channels, the cell: patches, weights, products and sums as a patch-by-patch sum gives them."""
    stage = opened(page, app)
    expect(stage).to_have_attribute("data-view", "path")
    maps = network.activations(digits.images[[DIGIT]])
    pooled, layer = maps[2][1][0].astype(np.float64), network.layers[LAYER - 1]
    assert isinstance(layer, Conv2D)
    filter_, bias = layer.params["filters"][..., MAP - 1].astype(np.float64), float(layer.params["bias"][MAP - 1])
    answer = stage.locator(".answers")
    expect(answer).to_have_attribute("data-digit", "7")
    expect(answer.locator(".bar.best")).to_contain_text("> 99.9 %")
    expect(answer.locator(".bar.best")).to_contain_text(f"logit {maps[-1][1][0][7]:.1f}")
    # Row 11, column 5 of the map, by a click on the picture.
    row, column = 11, 5
    area = stage.locator(f"[data-name='before, map {MAP}'] canvas").bounding_box()
    side = area["width"] / 14
    page.mouse.click(area["x"] + (column - 0.5) * side, area["y"] + (row - 0.5) * side)
    expect(stage).to_have_attribute("data-view", "cell")
    assert f"row={row}&column={column}" in page.url
    framed = np.pad(pooled, ((1, 1), (1, 1), (0, 0)))
    patch = np.moveaxis(framed[row - 1 : row + 2, column - 1 : column + 2], 2, 0)  # (C, F, F)
    products = patch * filter_
    output = products.sum() + bias
    assert output == pytest.approx(maps[LAYER - 1][1][0, row - 1, column - 1, MAP - 1], abs=1e-4)
    expect(stage).to_have_attribute("data-steps", "18")
    page.keyboard.press("Home")
    for channel in range(3):
        expect(stage).to_have_attribute("data-step", str(channel + 1))
        np.testing.assert_allclose(cells(stage, "patch"), patch[channel].ravel(), atol=0.0051)
        np.testing.assert_allclose(cells(stage, "weights"), filter_[channel].ravel(), atol=0.0051)
        np.testing.assert_allclose(cells(stage, "products"), products[channel].ravel(), atol=0.0051)
        assert float(stage.get_attribute("data-value")) == pytest.approx(products[channel].sum(), abs=1e-5)
        page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    expect(stage).to_have_attribute("data-step", "17")
    assert float(stage.get_attribute("data-value")) == pytest.approx(output, abs=1e-5)
    sums = numbers(stage.locator(".chip span").all_inner_texts())
    np.testing.assert_allclose(sums, products.sum(axis=(1, 2)), atol=0.0051)
    page.keyboard.press("PageDown")
    expect(stage).to_have_attribute("data-step", "18")
    assert float(stage.get_attribute("data-value")) == pytest.approx(max(output, 0), abs=1e-5)
    # What the cell can see: 8 × 8 pixels, from row 17 on (counted from 0).
    # It reads rows 9 to 11 of the pooled maps, those rows 18 to 23 of the first convolution's, those rows 17 to 24.
    frame = stage.locator("[data-name='image'] .frame").bounding_box()
    picture = stage.locator("[data-name='image'] canvas").bounding_box()
    seen = 28 * (frame["height"] - 6) / picture["height"]
    assert seen == pytest.approx(8, abs=0.1)
    assert 28 * (frame["y"] + 3 - picture["y"]) / picture["height"] == pytest.approx(2 * (row - 2) - 1, abs=0.1)
    page.get_by_role("button", name="All channels").click()
    expect(stage).to_have_attribute("data-view", "spread")
    expect(stage.locator(".card")).to_have_count(16)
    # A view that was just clicked in the sidebar leaves the keys to the stage.
    page.get_by_test_id("stSidebar").get_by_text("One cell", exact=True).click()
    expect(stage).to_have_attribute("data-view", "cell")
    expect(stage).to_have_attribute("data-step", "18")
    page.keyboard.press("PageUp")
    expect(stage).to_have_attribute("data-step", "17")


def test_the_strip_leads_to_every_layer_and_what_relu_empties_says_so(page, app, network, digits):
    stage = opened(page, app)
    maps = network.activations(digits.images[[DIGIT]])
    # A tile under the pointer shows lines from what it was made of, and nothing else changes.
    lines, trace = stage.locator(".strip .lines [data-push]"), trace_network(network, digits.images[DIGIT])
    expect(lines).to_have_count(0)
    stage.locator(f"[data-id='{LAYER}-{MAP}']").hover()
    expect(lines.first).to_be_attached()
    traced = trace_map(trace, LAYER - 1, MAP - 1)
    shares = np.rint(127 * traced.abs_contributions / traced.abs_contributions.max()) * np.sign(traced.contributions)
    drawn = lines.evaluate_all("lines => lines.map((line) => [line.dataset.from, line.dataset.push].map(Number))")
    assert drawn == [[k + 1, share] for k, share in enumerate(shares) if abs(share) >= 6]
    expect(stage).to_have_attribute("data-view", "path")
    stage.locator(f"[data-id='{LAYER + 1}-3']").hover()  # ReLU reads one map
    expect(lines).to_have_count(1)
    expect(lines).to_have_attribute("data-from", "3")
    stage.locator(".head h2").hover()
    expect(lines).to_have_count(0)
    empty = next(k for k in range(32) if not maps[LAYER][1][0, ..., k].any()) + 1
    stage.locator(f"[data-id='{LAYER + 1}-{empty}']").click()
    expect(stage.locator(".chain")).to_contain_text("all zero")
    assert f"layer={LAYER + 1}" in page.url and f"map={empty}" in page.url
    page.get_by_role("button", name="answer, digit 7").click()
    expect(stage).to_have_attribute("data-view", "scores")
    logits = maps[-1][1].astype(np.float64)
    for digit in range(10):
        row = stage.locator(f"tr[data-digit='{digit}'] td").all_inner_texts()
        towards, away, bias, score = numbers(row[1:5])
        assert towards + away + bias == pytest.approx(score, abs=0.021)
        assert score == pytest.approx(logits[0, digit], abs=0.0051)
    expect(stage.locator("tr[data-digit='7'] td").last).to_have_text("> 99.9 %")
    page.get_by_role("button", name="answer, digit 7").click()
    expect(stage).to_have_attribute("data-view", "unit")
    pulls = stage.locator(".pulls").first.locator(".pull")
    hidden = maps[-2][1][0] * network.layers[-1].params["weights"][:, 7]
    first = numbers([pulls.first.locator("strong").inner_text()])[0]
    assert first == pytest.approx(hidden.max(), abs=0.0051)
    expect(pulls.first.locator(".where")).to_have_text(f"unit {hidden.argmax() + 1}")
    # On a laptop, beside the sidebar, the path is made small enough to stand there whole.
    page.set_viewport_size(LAPTOP)
    page.get_by_role("button", name="conv 32, map 14", exact=True).click()
    expect(stage).to_have_attribute("data-view", "path")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    fits(page)
    assert stage.locator(".answers").evaluate("node => node.getBoundingClientRect().right <= innerWidth")
    area = stage.locator("[data-name='before, map 14'] canvas").bounding_box()
    page.mouse.click(area["x"] + 4.5 / 14 * area["width"], area["y"] + 10.5 / 14 * area["height"])
    expect(stage.locator(".head")).to_contain_text("row 11, column 5 of map 14")


def test_shifted_by_six_both_answers_are_the_networks(page, app, network, digits):
    seven = 80  # neither network reads it there
    stage = opened(page, app, f"?view=shift&digit={seven}&right=6")
    image = digits.images[seven, ..., 0]
    moved = shift_map(image, 0, 6).astype(np.uint8)
    dense = load(MODELS / "dense.safetensors")[0]
    pair = {"convolutional": network, "dense": dense}

    def compare(picture):
        for name, each in pair.items():
            probabilities = softmax(each.logits(picture[None, ..., None]))[0]
            expect(stage).to_have_attribute(f"data-{name}", str(probabilities.argmax()))
            best = stage.locator(f"[data-network={name}] .bar.best .number").inner_text()
            if best[0] not in "<>":
                assert float(best.rstrip(" %")) == pytest.approx(100 * probabilities.max(), abs=0.051)

    compare(moved)
    assert network.predict(moved[None, ..., None]).argmax() != digits.labels[seven]
    page.keyboard.press("PageUp")
    compare(image)
    page.keyboard.press("p")  # predict first: the answers are hidden until they are revealed
    expect(stage).to_have_attribute("data-hidden", "true")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(stage).to_have_attribute("data-step", "2")
    expect(stage).to_have_attribute("data-convolutional", "")
    expect(stage.locator(".answers .answer").first).to_have_text("answers ?")
    page.keyboard.press("PageDown")
    compare(moved)


def test_the_lectures_seven_conceals_both_answers_until_it_is_asked(page, app, network, digits):
    """The scene's claim is held to: moved as it says, neither network still reads a 7."""
    scenes = json.loads((FOLDER.parent / "scenes" / "lecture.json").read_text(encoding="utf-8"))
    number, scene = next((n, each) for n, each in enumerate(scenes, 1) if each["page"] == "inside")
    settings = scene["settings"]
    link = "&".join(f"{name}={value}" for name, value in settings.items())
    stage = opened(page, app, f"?lecture={number}&{link}")
    expect(page.get_by_text(scene["question"])).to_be_visible()
    answers = stage.locator(".answers .answer")
    for k in range(2):
        expect(answers.nth(k)).to_have_text("answers ?")
    expect(stage).to_have_attribute("data-convolutional", "")
    page.keyboard.press("PageDown")
    digit = settings["digit"]
    moved = shift_map(digits.images[digit, ..., 0], settings.get("down", 0), settings.get("right", 0))
    for name, each in (("convolutional", network), ("dense", load(MODELS / "dense.safetensors")[0])):
        read = each.predict(moved.astype(np.uint8)[None, ..., None]).argmax()
        assert read != digits.labels[digit]
        expect(stage).to_have_attribute(f"data-{name}", str(read))


def test_a_learned_filter_slides_over_the_drawing_and_back_finds_the_page_as_it_was(page, app, network, digits):
    """The filters of a layer over their training, one of them, its slices carried to the page Convolution."""
    stage = opened(page, app, "?view=filters&layer=1&map=9&digit=4")
    filter_ = network.layers[0].params["filters"][0, ..., 8]
    expect(stage).to_have_attribute("data-view", "filters")
    np.testing.assert_allclose(cells(stage, "filter 9"), filter_.ravel(), atol=0.0051)
    page.keyboard.press("Home")  # before training
    expect(stage).to_have_attribute("data-learned", "0")
    history = load(MODELS / "convolutional.safetensors")[1].history
    before = history.snapshots[0][0, "filters"][0, ..., 8]
    np.testing.assert_allclose(cells(stage, "filter 9"), before.ravel(), atol=0.0051)
    page.keyboard.press("End")
    stage.locator("[data-id=filter-9]").click()
    expect(stage).to_have_attribute("data-view", "filter")
    excited = top_activating_images(network, 0, digits.images)
    expect(stage.locator(".excited")).to_have_count(10)
    shown = numbers(stage.locator(".excited .number").all_inner_texts())
    np.testing.assert_allclose(shown, excited.values[8], atol=0.0051)
    stage.locator(".excited").nth(1).click()
    expect(page).to_have_url(re.compile(f"digit={excited.indices[8][1]}"))
    page.get_by_role("button", name="Slide it over this digit").click()
    expect(stage).to_have_attribute("data-steps", "784")
    assert "/convolution?" in page.url and f"digit={excited.indices[8][1]}" in page.url and "map=9" in page.url
    page.keyboard.press("End")
    expect(stage).to_have_attribute("data-step", "784")
    picture = digits.images[[excited.indices[8][1]]] / 255
    expected = conv2d(picture, filter_.astype(float)[None, :, :, None], padding="half")
    assert float(stage.get_attribute("data-value")) == pytest.approx(expected[0, -1, -1, 0], abs=1e-9)
    page.go_back()
    expect(stage).to_have_attribute("data-view", "filter")
    assert "layer=1" in page.url and "map=9" in page.url
    # A slice of the second convolution over what is drawn.
    page.get_by_role("link", name="Draw", exact=True).click()
    paper = page.locator("canvas.paper")
    area = paper.bounding_box()
    page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.25 * area["height"])
    page.mouse.down()
    for x, y in ((0.7, 0.25), (0.45, 0.8)):
        page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"], steps=5)
    page.mouse.up()
    expect(page.locator(".answer").first).to_contain_text("7")
    page.get_by_role("link", name="Inside", exact=True).click()
    expect(stage).to_have_attribute("data-view", "filter")
    page.get_by_text("My drawing").first.click()
    expect(stage.locator(".head")).to_contain_text("my drawing")
    stage.get_by_role("button", name="conv 32, map 14").click()
    expect(stage.locator(".head")).to_contain_text("filter 14 of conv 32")
    stage.locator("[data-id=slice-4]").click()
    expect(stage).to_have_attribute("data-channel", "4")
    slice_ = network.layers[3].params["filters"][3, ..., 13]
    np.testing.assert_allclose(cells(stage, "weights"), slice_.ravel(), atol=0.0051)
    page.get_by_role("button", name="Slide it over this picture").click()
    expect(stage).to_have_attribute("data-steps", "784")
    assert "/convolution?" in page.url and "source=drawing" in page.url
    weights = page.url.partition("weights=")[2].partition("&")[0].replace("%2C", ",").replace("%3B", ";")
    np.testing.assert_allclose(parse_grid(weights), slice_, atol=1e-4)
    page.go_back()
    expect(stage).to_have_attribute("data-view", "filter")
    expect(stage.locator(".head")).to_contain_text("filter 14 of conv 32")
    assert "input=drawing" in page.url and "layer=4" in page.url and "map=14" in page.url


def test_maps_are_switched_off_and_on_again(page, app, network, digits):
    """The answer and the count of wrong ones are the changed network's; undone, all is as it was."""
    stage = opened(page, app, "?view=off&layer=1&map=6&digit=18")
    wrong = evaluate(network, digits)[0]
    expect(stage).to_have_attribute("data-before", str(wrong))
    expect(stage).to_have_attribute("data-after", str(wrong))
    assert stage.inner_text().count("Nothing is changed") == 1

    def compare(changes, counted=False):
        changed = edited_network(network, changes)
        expect(stage).to_have_attribute("data-changes", str(len(changes)))
        for digit, share in enumerate(changed.predict(digits.images[[18]])[0]):
            row = stage.locator(f".twice[data-digit='{digit}']")
            expect(row).to_have_attribute("data-after", re.compile(r"."))
            assert float(row.get_attribute("data-after")) == pytest.approx(share, abs=1e-4)
        if counted:  # over 10,000 digits, which takes seconds
            expect(stage).to_have_attribute("data-after", str(evaluate(changed, digits)[0]))

    stage.get_by_role("button", name="Switch it off").click()
    compare([MapEdit(0, 5)], counted=True)
    stage.get_by_role("button", name="conv 16, map 12", exact=True).click()
    expect(stage.locator(".head")).to_contain_text("map 12 of conv 16")
    stage.locator("[data-id=shift]").evaluate("node => { node.value = 2.5; node.dispatchEvent(new Event('change')); }")
    compare([MapEdit(0, 5), MapEdit(0, 11, 2.5)])
    assert "off=1.6" in page.url and "bias=1.12" in page.url
    page.get_by_role("button", name="Path with this change").click()
    expect(stage).to_have_attribute("data-view", "path")
    expect(page.get_by_text("Changed:")).to_be_visible()
    page.go_back()
    page.reload()  # the link alone holds it
    expect(stage).to_have_attribute("data-changes", "2")
    stage.get_by_role("button", name="All on again").click()
    compare([])
    stage.get_by_role("button", name="Undo").click()
    expect(stage).to_have_attribute("data-changes", "2")


def test_every_view_fits_the_projector(page, app):
    for link in (
        "",
        "?view=open",
        "?view=cell",
        "?layer=11",
        "?layer=13",
        "?view=filters",
        "?view=filter",
        "?view=off",
        "?view=shift",
    ):
        visit(page, app, f"inside{link}")
        stage = page.locator(".stage")
        page.wait_for_function("node => node.dataset.step === node.dataset.steps", arg=stage.element_handle())
        page.keyboard.press("f")
        expect(page.get_by_test_id("stHeader")).to_be_hidden()
        if link == "?view=filter":
            expect(stage.locator(".excited")).to_have_count(10)  # which comes later
        fits(page)
        page.wait_for_function(
            "stage => stage.getBoundingClientRect().bottom <= innerHeight", arg=stage.element_handle()
        )
        page.keyboard.press("f")
        expect(page.get_by_test_id("stHeader")).to_be_visible()
