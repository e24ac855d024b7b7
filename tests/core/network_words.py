"""A layer as a word of a network's text, within the bounds that the page offers."""

from hypothesis import strategies as st

from cnncore import limits


def word():
    def numbers(bound, low=None):
        return st.integers(int(bound.low if low is None else low), int(bound.high))

    def stride(bound):
        return st.one_of(st.just(""), numbers(bound).map("s{}".format))

    padding = st.one_of(st.sampled_from(["", "pn", "pf"]), numbers(limits.PADDING).map("p{}".format))
    convolution = st.tuples(
        numbers(limits.BUILT_FILTERS), numbers(limits.FILTER_SIZE), stride(limits.BUILT_STRIDE), padding
    )
    pool = st.tuples(st.sampled_from("pa"), numbers(limits.BUILT_POOL), stride(limits.BUILT_STRIDE))
    return st.one_of(
        convolution.map(lambda c: "c{}.{}{}{}".format(*c)),
        pool.map(lambda p: "{}{}{}".format(*p)),
        numbers(limits.UNITS).map("d{}".format),
        numbers(limits.DROPOUT_PERCENT).map("o{}".format),
        st.sampled_from("frtgl"),
        st.integers(1, 99).map("l{}".format),
    )
