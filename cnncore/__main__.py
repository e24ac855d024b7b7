"""The command line: python -m cnncore train | evaluate | predict | record | pretrain.

python -m cnncore train --model my.safetensors
python -m cnncore train --data letters.zip --model letters.safetensors
python -m cnncore evaluate my.safetensors
python -m cnncore predict my.safetensors seven.png
"""

import argparse
import io
import json
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnncore import limits
from cnncore.analysis.prediction import classify
from cnncore.architecture.spec import PRESETS
from cnncore.data.augmentation import Augmentation
from cnncore.data.digit_set import DigitSet
from cnncore.data.handwriting_styles import with_handwriting_styles
from cnncore.data.mnist import load_mnist, load_mnist_test
from cnncore.data.permutation import permute_pixels
from cnncore.data.pretraining_set import pretraining_set
from cnncore.data.rehearsal import with_scribbles
from cnncore.data.source import DataSource
from cnncore.data.strokes import read_image
from cnncore.errors import ConvoscopeError, InputError
from cnncore.paths import MODELS
from cnncore.training import checkpoint, pretraining, recordings
from cnncore.training.command import data_of, digits_to_test, network_for, read_data, save_model, try_to_write
from cnncore.training.console import ConsoleReport, Interrupt
from cnncore.training.events import Diverged, EvaluationAnswers, Event, LayerStats, Snapshot, to_dict
from cnncore.training.pretraining import pretrain, sure_threshold, validation_drawings
from cnncore.training.progress import origin_of
from cnncore.training.run import Run
from cnncore.training.settings import DECAYS, OPTIMIZERS, Settings
from cnncore.training.trainer import evaluate, train

UNTIL_STOPPED = "until-stopped"


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 if it succeeded, 1 with one sentence on standard error if not, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):  # a console without "█" or "«" gets "?" instead of a traceback
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except ConvoscopeError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def _train(options: argparse.Namespace) -> int:
    if options.model:
        try_to_write(options.model)
    data = read_data(options.data) if options.data else None
    if options.resume:
        network, run = checkpoint.load(options.resume)
        if run is None:
            raise ConvoscopeError("That model holds no run to continue: train a new one without --resume.")
        if ignored := _ignored_with_resume(options):
            print(f"A continued run keeps its own settings: {', '.join(ignored)} ignored.", file=sys.stderr)
        data = data_of(run, data)
    else:
        augmentation = Augmentation(**{f.name: getattr(options, f.name) for f in fields(Augmentation)})
        settings = Settings(
            **{name: getattr(options, name) for name in _SETTINGS if name != "decay"},
            decay=options.decay or ("none" if options.epochs is None else Settings().decay),
            digits=options.digits,
            augmentation=augmentation,
            scramble=options.scramble,
        )
        data = data or DataSource()
        network = network_for(options.architecture, data.names, settings.seed)
        run = Run(settings, origin=origin_of(data))
    for name in ("forms", "scribbles"):
        if getattr(options, name) not in limits.ADDED_DIGITS:
            low, high, _ = limits.ADDED_DIGITS
            raise InputError(f"The number of {name} lies in {low:,} to {high:,}, not {getattr(options, name):,}.")
    train_set, test_set = data.load()
    if options.forms:
        train_set = with_handwriting_styles(train_set, options.forms)
    if options.scribbles:
        train_set = with_scribbles(train_set, options.scribbles)
    report = _report_json if options.json else ConsoleReport(run.settings.epochs is None)
    diverged = False
    try:
        with Interrupt() as interrupt:
            for event in train(network, train_set, test_set, run.settings, resume=run):
                report(event)
                diverged = isinstance(event, Diverged)
                if interrupt.requested:
                    raise KeyboardInterrupt
    finally:  # a run that is stopped can be continued
        if options.model:
            save_model(options.model, network, run)
    return int(diverged)


def _ignored_with_resume(options: argparse.Namespace) -> list[str]:
    """The options that were given beside --resume and have no effect there."""
    parser = _parser()
    given = vars(parser.parse_args(["train"]))
    names = [*_SETTINGS, *(f.name for f in fields(Augmentation)), "architecture", "digits", "scramble"]
    return [f"--{name.replace('_', '-')}" for name in names if getattr(options, name) != given[name]]


def _evaluate(options: argparse.Namespace) -> int:
    network, run = checkpoint.load(options.model)
    if options.data:
        digits = digits_to_test(network, run, read_data(options.data))
    else:
        digits = load_mnist_test()
        if run is not None and run.origin is not None:
            digits = data_of(run, None).filter_classes(digits)
    if run is not None and run.settings.scramble:
        digits = DigitSet(permute_pixels(digits.images), digits.labels, digits.names)
    wrong, loss = evaluate(network, digits)
    accuracy = 1 - wrong / len(digits)
    if options.json:
        print(json.dumps({"test_accuracy": accuracy, "wrong": wrong, "digits": len(digits), "loss": loss}))
    else:
        print(f"wrong {wrong:,} of {len(digits):,} ({accuracy:.2%} right), loss {loss:.4f}")
    return 0


def _predict(options: argparse.Namespace) -> int:
    network, run = checkpoint.load(options.model)
    images = np.stack([read_image(path) for path in options.images])
    if run is not None and run.settings.scramble:
        images = permute_pixels(images)
    for path, prediction in zip(options.images, classify(network, images), strict=True):
        if options.json:
            print(
                json.dumps(
                    {
                        "image": str(path),
                        "digit": prediction.label,
                        "name": prediction.class_name,
                        "probabilities": prediction.probabilities.tolist(),
                    }
                )
            )
        else:
            print(f"{path}: {prediction.class_name} ({prediction.probability:.1%})")
    return 0


def _record(options: argparse.Namespace) -> int:
    train_set, test_set = load_mnist()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, (architecture, settings, views) in recordings.RUNS.items():
        run = recordings.record(architecture, settings, train_set, test_set, views=views)
        (options.folder / f"{name}.json").write_text(json.dumps(run, separators=(",", ":")) + "\n", encoding="utf-8")
        *_, wrong, digits = run["picture"]["full_tests"][-1]
        print(f"{name}: wrong {wrong:,.0f} of {digits:,.0f}", flush=True)
    return 0


def _pretrain(options: argparse.Namespace) -> int:
    unknown = sorted(set(options.networks) - set(pretraining.ARCHITECTURES))
    if unknown:
        raise InputError(f"Unknown network {unknown[0]!r}: try {' or '.join(pretraining.ARCHITECTURES)}.")
    settings = pretraining.SETTINGS
    if options.epochs is not None:
        settings = replace(settings, epochs=options.epochs)
    mnist, test_set = load_mnist()
    train_set, drawings = pretraining_set(mnist), validation_drawings()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.networks or pretraining.ARCHITECTURES:
        network, run = pretrain(name, train_set, test_set, settings, ConsoleReport(False))
        network.sure_threshold = sure_threshold(network, drawings)
        checkpoint.save(options.folder / f"{name}.safetensors", network, run=run)
        print(f"{name}: sure from a probability of {network.sure_threshold:.2f}", flush=True)
    return 0


def _report_json(event: Event) -> None:
    if not isinstance(event, Snapshot | EvaluationAnswers | LayerStats):
        print(json.dumps(to_dict(event)), flush=True)


def _epochs(text: str) -> int | None:
    return None if text == UNTIL_STOPPED else int(text)


_DATA = "a ZIP of class folders, an NPZ, a CSV, or the two files of an IDX pair, instead of MNIST"
_SETTINGS: dict[str, dict[str, Any]] = {
    "epochs": {"type": _epochs, "help": f"or {UNTIL_STOPPED}: until Ctrl-C, {limits.STEPS:,} steps at most"},
    "batch_size": {"type": int},
    "optimizer": {"choices": OPTIMIZERS},
    "learning_rate": {"type": float},
    "momentum": {"type": float},
    "decay": {"choices": DECAYS, "default": None, "help": "linear unless named; none where training has no end"},
    "seed": {"type": int},
    "threads": {"type": int},
    "evaluate_every": {"type": int, "help": "steps between tests on a fixed sample of 1,000"},
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cnncore", description="Train, test and use a small network.")
    commands = parser.add_subparsers(required=True)
    show = argparse.ArgumentDefaultsHelpFormatter

    command = commands.add_parser("train", help="train on MNIST or a data file", formatter_class=show)
    command.add_argument("--data", type=Path, nargs="+", help=_DATA)
    help_ = f"one of {', '.join(PRESETS)}, or a network as text, as c8.3-r-p2-f-d10"
    command.add_argument("--architecture", default="twice", help=help_)
    defaults = Settings()
    for name, kind in _SETTINGS.items():
        default = {"default": getattr(defaults, name), "help": " "}
        command.add_argument(f"--{name.replace('_', '-')}", **(default | kind))
    command.add_argument("--digits", type=int, help="how many training digits (all of them unless named)")
    for f in fields(Augmentation):
        command.add_argument(f"--{f.name}", type=float, default=0.0, help="augmentation")
    command.add_argument("--scramble", action="store_true", help="permute the pixels of all images in one fixed order")
    command.add_argument("--forms", type=int, default=0, help="additional digits in other handwriting styles")
    command.add_argument("--scribbles", type=int, default=0, help="additional drawings of no digit, with equal targets")
    command.add_argument("--model", type=Path, help="where to save the network and its run")
    command.add_argument("--resume", type=Path, help="a saved run to continue, with its own settings")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.set_defaults(run=_train)

    command = commands.add_parser("evaluate", help="count errors on the 10,000 test digits, or on a data file")
    command.add_argument("model", type=Path)
    command.add_argument("--data", type=Path, nargs="+", help=_DATA)
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_evaluate)

    command = commands.add_parser("predict", help="predict the digits on image files")
    command.add_argument("model", type=Path)
    command.add_argument("images", type=Path, nargs="+")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=_predict)

    command = commands.add_parser("record", help="train and save the recorded runs of the app", formatter_class=show)
    command.add_argument("folder", type=Path, nargs="?", default=recordings.FOLDER)
    command.set_defaults(run=_record)

    help_ = "train networks on strangers' handwriting too, and save them, minutes each"
    command = commands.add_parser("pretrain", help=help_, formatter_class=show)
    command.add_argument("networks", nargs="*", metavar="network", help="convolutional, dense, or both unless named")
    command.add_argument("--folder", type=Path, default=MODELS)
    command.add_argument("--epochs", type=int, help="fewer, to try it")
    command.set_defaults(run=_pretrain)
    return parser


if __name__ == "__main__":
    sys.exit(main())
