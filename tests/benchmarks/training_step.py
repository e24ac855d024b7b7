"""A training step beside PyTorch's CPU eager mode, both memory formats, interleaved in one run.

    python tests/benchmarks/training_step.py

Forward, loss, backward and momentum step of convolution 8 – pool – convolution
16 – pool – dense 10 on batches of 128. Quote the ratios, not the times. PyTorch
is optional; without it only our own figures are printed.
"""

import statistics
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
from cnncore import Network, Run, Settings
from cnncore.architecture.spec import preset
from cnncore.data.mnist import load_mnist_test
from cnncore.training.trainer import _Session

BATCH, ROUNDS, STEPS_A_ROUND = 128, 25, 8


def ours(threads):
    digits = load_mnist_test()
    settings = Settings(batch_size=BATCH, threads=threads, epochs=50)
    network = Network(preset("twice"), input_shape=(28, 28, 1))
    return _Session(network, digits, digits.subset(np.s_[:100]), settings, Run(settings))._step


def theirs(torch, memory_format):
    digits = load_mnist_test()
    images = torch.from_numpy(digits.images.transpose(0, 3, 1, 2).astype(np.float32) / 255)
    labels = torch.from_numpy(digits.labels.astype(np.int64))
    nn = torch.nn
    layers = [nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU()]
    network = nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(784, 10))
    network = network.to(memory_format=memory_format)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    order = np.random.default_rng(0).permutation(len(labels))
    at = 0

    def step():
        nonlocal at
        chosen = torch.from_numpy(order[at : at + BATCH])
        at = (at + BATCH) % (len(order) - BATCH)
        batch = images[chosen].to(memory_format=memory_format)
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(batch), labels[chosen]).backward()
        optimizer.step()

    return step


def main():
    peers = {"ours, 1 thread": ours(1), "ours, 2 threads": ours(2)}
    try:
        import torch

        torch.set_num_threads(2)
        peers["torch, NCHW"] = theirs(torch, torch.contiguous_format)
        peers["torch, channels_last"] = theirs(torch, torch.channels_last)
    except ImportError:
        print("PyTorch is not installed: our own figures alone.")
    seconds = {name: [] for name in peers}
    for step in peers.values():
        step()
    for _ in range(ROUNDS):
        for name, step in peers.items():
            begun = perf_counter()
            for _ in range(STEPS_A_ROUND):
                step()
            seconds[name].append((perf_counter() - begun) / STEPS_A_ROUND)
    reference = statistics.median(seconds["ours, 2 threads"])
    for name, times in seconds.items():
        median = statistics.median(times)
        print(f"{name:22} {BATCH / median:8,.0f} images/s   {median / reference:5.2f} × the step of ours, 2 threads")


if __name__ == "__main__":
    main()
