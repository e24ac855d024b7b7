"""Bring data of one's own as a person does: upload, look, train on it, draw with what was learned."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from screens import PHONE, fits
from test_draw import draw

from cnncore.data.mnist import load_mnist_test
from pages.ui.train.dashboard.live import POLL_SECONDS

LONG = 60_000
NAMES = ("ring", "stick", "swan")  # 0, 1 and 2
ONE = [(0.5, 0.15), (0.5, 0.85)]


@pytest.fixture(scope="module")
def digits():
    every = load_mnist_test().subset(slice(2000))
    return every.subset(every.labels < 3)


def raw(name, data):
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def idx(digits):
    """A gzipped pair, as MNIST's own."""
    images = bytes([0, 0, 8, 3]) + struct.pack(">III", len(digits), 28, 28) + digits.images.tobytes()
    labels = bytes([0, 0, 8, 1]) + struct.pack(">I", len(digits)) + digits.labels.tobytes()
    return [
        raw("train-images-idx3-ubyte.gz", gzip.compress(images)),
        raw("train-labels-idx1-ubyte.gz", gzip.compress(labels)),
    ]


def csv(digits):
    rows = np.concatenate([digits.labels[:, None], digits.images.reshape(len(digits), -1)], axis=1).tolist()
    names = ["label", *(f"pixel{n}" for n in range(784))]
    return [raw("train.csv", "\n".join(",".join(map(str, row)) for row in [names, *rows]).encode())]


def npz(digits):
    out = io.BytesIO()
    np.savez_compressed(out, x=digits.images[..., 0], y=digits.labels)
    return [raw("three digits.npz", out.getvalue())]


def folders(digits):
    """Dark on light, twice as large, one of them broken."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for n, (image, label) in enumerate(zip(digits.images, digits.labels, strict=True)):
            picture = io.BytesIO()
            Image.fromarray(255 - image[..., 0]).resize((56, 56)).save(picture, "PNG")
            file.writestr(f"mine/{NAMES[label]}/{n}.png", picture.getvalue())
        file.writestr("mine/swan/broken.png", b"no")
    return [raw("mine.zip", out.getvalue())]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def trained(page):
    """Press, and how many of the test images are answered rightly in the end."""
    press(page, "Train on it")
    board = page.locator(".training")
    expect(board).to_have_attribute("data-state", "finished", timeout=LONG)
    return float(board.get_attribute("data-right"))


def upload(page, app, files):
    page.goto(f"{app}/train?show=data&epochs=8&batch=16&rate=0.03&architecture=once")
    expect(page.get_by_role("spinbutton", name="Learning rate η")).to_have_value("0.03")
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.get_by_text("A file of your own").click()
    page.locator("input[type=file]").set_input_files(files)
    return page.locator(".wall")


def test_a_board_whose_timer_was_lost_asks_for_news_itself(page, app, digits):
    page.add_init_script(
        "const real = setInterval; window.setInterval = (call, wait, ...more) =>"
        f" ({1000 * POLL_SECONDS:g} <= wait && wait < 2000 ? 0 : real(call, wait, ...more));"
    )
    upload(page, app, npz(digits))
    trained(page)


def test_upload_folders_look_train_and_draw(page, app, digits):
    wall = upload(page, app, [raw("bad.zip", b"PK\3\4 no zip")])
    expect(page.get_by_test_id("stAlert")).to_have_text("The ZIP is damaged or incomplete: pack it again.")
    expect(wall).to_be_hidden()
    page.get_by_role("button", name="Remove bad.zip").click()
    page.locator("input[type=file]").set_input_files(folders(digits))
    expect(wall).to_have_attribute("data-classes", "3")
    expect(page.get_by_test_id("stAlert")).to_be_hidden()
    expect(wall.locator("strong")).to_have_text(list(NAMES))
    expect(wall.locator("li").nth(1)).to_contain_text("Dark on light: inverted")
    expect(wall.locator("li").nth(2)).to_contain_text("Skipped 1: is not a picture that can be read")
    ink = wall.locator("canvas").first.evaluate(
        "canvas => { const d = canvas.getContext('2d').getImageData(0, 0, 28, 28).data;"
        " return [d[0], Math.min(...d.filter((_, n) => n % 4 === 0))]; }"
    )
    assert ink[0] > 200 and ink[1] < 100  # dark ink on the page's light ground
    assert trained(page) > 0.9
    board = page.locator(".training")
    expect(board.locator(".shares strong")).to_have_text(list(NAMES))
    expect(board.locator(".about")).to_contain_text("mine.zip")
    page.get_by_role("button", name="Use in Draw").click()
    pad = page.locator(".pad")
    expect(pad.locator(".answer")).to_be_visible()
    draw(page, [ONE])
    expect(pad).to_have_attribute("data-answer", "stick")
    expect(pad.locator(".answer")).to_have_text("It looks like a stick.")
    expect(pad.locator(".bar strong")).to_have_text(list(NAMES))
    press(page, "Back to the pretrained network")
    expect(pad.locator(".bar")).to_have_count(10)
    expect(pad).to_have_attribute("data-answer", "1")


@pytest.mark.parametrize("make, kind", [(npz, "NPZ"), (idx, "IDX pair"), (csv, "CSV")], ids=["npz", "idx", "csv"])
def test_upload_and_train_past_ninety_percent(page, app, digits, make, kind):
    wall = upload(page, app, make(digits))
    expect(wall).to_have_attribute("data-classes", "3")
    expect(wall.locator("li").first).to_have_text(f"{kind}: {len(digits)} images found, {len(digits)} used.")
    assert trained(page) > 0.9


def test_classes_of_mnist_are_chosen_and_stand_in_the_link(page, app):
    page.goto(f"{app}/train?show=data&classes=13")
    wall = page.locator(".wall")
    expect(wall).to_have_attribute("data-classes", "2")
    page.get_by_role("button", name="7", exact=True).click()
    expect(wall).to_have_attribute("data-classes", "3")
    page.wait_for_url("**classes=137**")
    expect(wall.locator("strong")).to_have_text(["1", "3", "7"])
    fits(page, PHONE)
