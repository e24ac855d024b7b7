"""Digits in: MNIST, strokes, image files, uploads, photos, augmentation."""
