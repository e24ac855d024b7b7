"""The network itself: convolution, pooling, loss, layers, optimisers."""
