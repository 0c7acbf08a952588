"""Task 4, the cheapest stack: its checks, and the mistakes that they recognise."""

import itertools
from functools import lru_cache

import numpy as np

from cnnlib.grading.checks import wrong

from . import lab, solution

cheapest = lab.task("cheapest", "The cheapest stack", functions=["cheapest"])
MOST_LAYERS = 256


def measured(stack, size, overhead):
    """Field, jump and cost of a stack, or why it is none."""
    if stack is None:
        wrong("it is None; was a return forgotten?")
    if isinstance(stack, np.ndarray) and stack.ndim == 2:
        stack = stack[: MOST_LAYERS + 1].tolist()
    if not isinstance(stack, (list, tuple)):
        wrong("the answer is not a list of layers")
    if len(stack) > MOST_LAYERS:
        wrong(f"the stack has more than {MOST_LAYERS} layers")
    field, jump, cost = 1, 1, 0
    for number, pair in enumerate(stack):
        if not isinstance(pair, (list, tuple, np.ndarray)) or len(pair) != 2:
            wrong(f"layer {number} is not a pair (K, stride)")
        if not all(isinstance(n, (int, np.integer)) for n in pair):
            wrong(f"layer {number}: K and the stride must be integers")
        K, S = map(int, pair)
        if K not in (3, 5, 7) or S not in (1, 2):
            wrong(f"layer {number}: K must be 3, 5 or 7, and the stride 1 or 2")
        field, jump, size = field + (K - 1) * jump, jump * S, -(-size // S)
        cost += (K * K + overhead) * size**2
    return field, jump, cost


def verdicts(student, questions, slack=1):
    """True for each right answer, at up to ``slack`` times the least cost; where one is wrong, that is said at the end,
    so that the others count."""
    words, seen = [], []
    for question in questions:
        size, field, jump, overhead = question
        reached, strided, cost = measured(student.cheapest(*question), size, overhead)
        if reached < field:
            words.append("its field is smaller than the one asked for")
            seen.append((question, reached, cost))
        elif strided > jump:  # however it came to that, the limit was not kept
            words.append("its jump is larger than the one allowed")
            seen.append(question)
        elif cost > slack * least(*question)[0]:
            words.append("there are cheaper stacks" if slack == 1 else f"it costs more than {slack} times the least")
            seen.append((question, cost))
        else:
            yield True
    if words:
        wrong(words[0], evidence=(words, seen))


@lru_cache(4096)  # the solution's run of a check draws the same questions as the student's
def least(size, field, jump, overhead):
    """Cost of the cheapest stack, and how many layers it has."""
    stack = solution.cheapest(size, field, jump, overhead)
    return measured(stack, size, overhead)[2], len(stack)


@lru_cache(4096)
def telling(question, shortcuts, layers):
    """Whether all ``shortcuts`` cost more than the cheapest stack, and that has at least so many layers."""
    size, _, _, overhead = question
    cost, depth = least(*question)
    return depth >= layers and all(measured(s(*question), size, overhead)[2] > cost for s in shortcuts)


def question(rng, jump, sizes, fields, shortcuts=(), overheads=(12, 40), layers=1):
    """Arguments for ``cheapest``, drawn until they are telling, which takes a few draws."""
    for _ in range(1000):
        size, field, overhead = (int(rng.integers(*ends)) for ends in (sizes, fields, overheads))
        if telling((size, field, jump, overhead), shortcuts, layers):
            return size, field, jump, overhead
    raise RuntimeError("no telling question was drawn")


def usual(jump):
    """The shortcuts that are to cost points; without strides, input and output are of one size."""
    return (*([priced_at_the_input] if jump > 1 else []), greedy, fewest_layers, only_small_kernels)


def deep(rng, jump, shortcuts=()):
    """A question whose answer has so many layers that only a search that remembers ends in time."""
    return question(rng, jump, (24, 120), (65 * jump, 85 * jump), shortcuts, layers=12)


@cheapest.check(points=2)
def short_stacks(student, rng):
    "Small fields, where few stacks come into question: both conditions, and the cost."
    drawn = [question(rng, jump, (4, 24), ends, usual(jump)) for jump, ends in ((1, (9, 16)), (2, (12, 20)))]
    yield from verdicts(student, drawn)


@cheapest.check(points=1)
def odd_maps(student, rng):
    "Images whose size the strides do not divide, down to a few pixels."
    for_each = ((16, (17, 25), (9, 25)), (32, (33, 49), (17, 49)))
    yield from verdicts(student, [question(rng, *ends, (rounded_down,), (28, 60)) for ends in for_each])


@cheapest.check(points=1)
def coarse_maps(student, rng):
    "Small fields, though a large jump is allowed."
    yield from verdicts(student, [question(rng, jump, (40, 120), (3, 10), (whole_jump,)) for jump in (8, 32)])


@cheapest.check(points=1)
def affordable(student, rng):
    "Large fields, which need 12 layers or more: both conditions, at no more than 1.5 times the least cost."
    yield from verdicts(student, [deep(rng, jump) for jump in (1, 4)], slack=1.5)


@cheapest.check(points=3)
def large_fields(student, rng):
    "Large fields, which need 12 layers or more: both conditions, and the cost."
    yield from verdicts(student, [deep(rng, jump, usual(jump)) for jump in (1, 2, 4)])


def planned(size, field, jump, overhead, reach, price, least_jump=1):
    """The stack that would be cheapest if a layer widened the field by ``reach`` and cost ``price``."""
    jumps = [2**power for power in range(jump.bit_length())]
    layers = [(K, S) for S in (1, 2) for K in (3, 5, 7)]
    steps = {
        j: [((K, S), reach(K, S, j), j * S, price(K, S, j, size, overhead)) for K, S in layers if j * S <= jump]
        for j in jumps
    }
    best = {(1, 1): (0, ())}
    for seen, j in itertools.product(range(1, field + 1), jumps):
        if (seen, j) in best:
            cost, before = best[seen, j]
            for layer, wider, after, dearer in steps[j]:
                state = min(field, seen + wider), after
                if state not in best or cost + dearer < best[state][0]:
                    best[state] = cost + dearer, (before, layer)
    _, chain = min(found for (seen, j), found in best.items() if seen >= field and j >= least_jump)
    stack = []
    while chain:
        chain, layer = chain
        stack.insert(0, layer)
    return stack


def own_reach(K, S, j):
    return (K - 1) * j


def own_price(K, S, j, size, overhead):
    return (K * K + overhead) * (-(-size // (j * S))) ** 2


def reach_with_own_stride(K, S, j):
    return (K - 1) * j * S


def reach_of_the_whole_kernel(K, S, j):
    return K * j


def price_at_the_input(K, S, j, size, overhead):
    return own_price(K, 1, j, size, overhead)


def price_rounded_down(K, S, j, size, overhead):
    return (K * K + overhead) * (size // (j * S)) ** 2


def price_of_a_layer(K, S, j, size, overhead):
    return 1


@cheapest.misconception(of="cheapest")
def greedy(size, field, jump, overhead):
    """Each layer was chosen for itself, as the one that widens the field most for its cost. What is best now can make
    the rest dearer; compare whole stacks."""
    stack, seen, j = [], 1, 1
    while seen < field:
        gains = [
            (own_reach(K, S, j) / own_price(K, S, j, size, overhead), K, S)
            for K in (3, 5, 7)
            for S in (1, 2)
            if j * S <= jump
        ]
        _, K, S = max(gains)
        stack, seen, j = [*stack, (K, S)], seen + own_reach(K, S, j), j * S
    return stack


@cheapest.misconception(of="cheapest")
def only_small_kernels(size, field, jump, overhead):
    """Every kernel is 3 × 3. That is best where a layer costs nothing but its multiplications; with an overhead per
    layer, fewer and larger kernels can cost less."""
    stack, seen, j = [], 1, 1
    while seen < field:
        S = 2 if 2 * j <= jump else 1
        stack, seen, j = [*stack, (3, S)], seen + own_reach(3, S, j), j * S
    return stack


@cheapest.misconception(of="cheapest")
def fewest_layers(size, field, jump, overhead):
    """The stack has as few layers as possible, which is not the same as costing little."""
    return planned(size, field, jump, overhead, own_reach, price_of_a_layer)


@cheapest.misconception(of="cheapest")
def priced_at_the_input(size, field, jump, overhead):
    """A layer was priced by the size of its input. It is evaluated once for each of its outputs, of which a stride
    leaves fewer."""
    return planned(size, field, jump, overhead, own_reach, price_at_the_input)


@cheapest.misconception(of="cheapest")
def own_stride_counted(size, field, jump, overhead):
    """The field is not reached: a layer's own stride was counted in its reach. Its taps stand on the map below, so what
    counts is the jump before this layer."""
    return planned(size, field, jump, overhead, reach_with_own_stride, own_price)


@cheapest.misconception(of="cheapest")
def whole_kernel_counted(size, field, jump, overhead):
    """The field is not reached: a layer was taken to add K jumps. Its first tap adds nothing new, so it adds one
    less."""
    return planned(size, field, jump, overhead, reach_of_the_whole_kernel, own_price)


@cheapest.misconception(of="cheapest")
def limit_ignored(size, field, jump, overhead):
    """The jump is too large: the limit was not kept. Each stride of 2 doubles the jump."""
    return planned(size, field, 1024, overhead, own_reach, own_price)


@cheapest.misconception(of="cheapest")
def whole_jump(size, field, jump, overhead):
    """The stack always has the whole jump that is allowed. The jump may be smaller; where the field is small, fewer
    layers cost less."""
    return planned(size, field, jump, overhead, own_reach, own_price, least_jump=jump)


@cheapest.misconception(of="cheapest")
def rounded_down(size, field, jump, overhead):
    """The sizes of the maps were rounded down. With padding (K − 1)/2, a stride of 2 leaves ⌈n/2⌉ of n outputs."""
    return planned(size, field, jump, overhead, own_reach, price_rounded_down)


@cheapest.misconception(of="cheapest")
def only_large_kernels(size, field, jump, overhead):
    """All kernels are 7 × 7, without a stride. That is valid but dear: strides make later layers cheaper, and smaller
    kernels may do."""
    return [(7, 1)] * -(-(field - 1) // 6)


@cheapest.misconception(of="cheapest")
def full_resolution(size, field, jump, overhead):
    """No layer has a stride, though a jump is allowed. A stride makes all later layers cheaper, and lets them see
    farther."""
    return planned(size, field, 1, overhead, own_reach, own_price)


@cheapest.misconception(of="cheapest")
def backwards(size, field, jump, overhead):
    """The layers are listed from the last to the first. The list begins with the layer that reads the image."""
    return solution.cheapest(size, field, jump, overhead)[::-1]
