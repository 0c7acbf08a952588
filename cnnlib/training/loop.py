"""The loop: an epoch is every image once, in random order; a step is one batch."""

import time
from contextlib import nullcontext

import torch
import torch.nn.functional as F

from cnnlib import _arguments as arguments
from cnnlib.training.evaluate import accuracy, device_of
from cnnlib.training.history import History, check_finite
from cnnlib.training.optimizers import optimizer_of, peaks_of
from cnnlib.training.pairs import as_float, check_labels, pair_on
from cnnlib.training.progress import Progress
from cnnlib.training.schedule import schedule as schedule_of

LOOK = 20  # steps between two looks at the loss; each makes a GPU wait


def fit(
    model,
    train,
    *,
    epochs,
    batch_size=128,
    rate=0.1,
    optimizer="sgd",
    momentum=0.9,
    weight_decay=0.0,
    schedule="cosine",
    milestones=(),
    warmup=0,
    augment=(),
    test=None,
    seed=0,
    device=None,
    progress=True,
    loss=F.cross_entropy,
):
    """Train ``model`` on the pair ``train`` (images (N, C, H, W), labels (N,)) and return its ``History``.

    uint8 images are divided by 255, floats are used as they are. ``rate`` is the peak of the learning rate; see
    ``schedule`` for its course. ``optimizer`` is "sgd" (with ``momentum``), "adam" or "adamw", or an optimizer of
    PyTorch's over the model's parameters, whose own rates are then the peaks and are its own again at the end.
    ``augment`` lists functions of (batch, generator), see ``flip`` and ``shift``. ``loss`` is a function of (outputs,
    labels). ``seed`` decides the order of the images, the augmentation and dropout, but not the weights, which are the
    model's own. An epoch leaves out the last images where they do not fill a batch; which ones differs from epoch to
    epoch.

    Everything lies on ``device``, by default a GPU where there is one, where it runs with channels last and, if the GPU
    computes in bfloat16, in mixed precision. The model stays there, in evaluation mode. Bad arguments, labels that are
    no class of the model's among them, raise ``ValueError`` before the first step; a loss that is no longer a number
    raises ``Diverged``.
    """
    device_of(model)  # a model at all?
    epochs, batch_size = arguments.integer("epochs", epochs, 1), arguments.integer("batch_size", batch_size, 1)
    factor = schedule_of(schedule, epochs, milestones, warmup)
    device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    images, labels = pair_on(device, "train", train)
    if test is not None:
        test = pair_on(device, "test", test)
    on_gpu = device.type == "cuda"
    model.to(device, memory_format=torch.channels_last if on_gpu else torch.preserve_format)
    optimizer = optimizer_of(optimizer, model, rate, momentum, weight_decay)
    augment = arguments.sequence("augment", augment, "a list of functions such as training.flip()")
    seed = arguments.integer("seed", seed, 0)
    order, draws = torch.Generator().manual_seed(seed), torch.Generator(device).manual_seed(seed)
    precision = _precision(device)
    batch_size = min(batch_size, len(images))
    steps = len(images) // batch_size
    history, bar = History(), Progress(epochs * steps, shown=progress)

    with torch.random.fork_rng(devices=[device] if on_gpu else []), peaks_of(optimizer) as peaks:
        _seed(seed, device)  # dropout draws from here
        for epoch in range(epochs):
            began = time.perf_counter()
            model.train()
            chosen = torch.randperm(len(images), generator=order).to(device)
            losses, right = torch.zeros(steps, device=device), torch.zeros((), device=device)
            for step in range(steps):
                batch = chosen[step * batch_size : (step + 1) * batch_size]
                x, y = as_float(images[batch]), labels[batch]
                for change in augment:
                    x = change(x, draws)
                if on_gpu:
                    x = x.contiguous(memory_format=torch.channels_last)
                for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                    group["lr"] = peak * factor(epoch + step / steps)
                optimizer.zero_grad()
                with precision:
                    outputs = model(x)
                    if epoch == step == 0:
                        check_labels("train", labels, _scores(outputs).shape[1])
                        _check_loss(loss, outputs)
                    cost = loss(outputs, y)
                cost.backward()
                optimizer.step()
                losses[step] = cost.detach()
                right += (_scores(outputs).argmax(dim=1) == y).sum()
                if step % LOOK == LOOK - 1 or step == steps - 1:
                    check_finite(losses[: step + 1], epoch, steps)
                    bar.to(epoch * steps + step + 1, f"loss {losses[step]:.3g}")
            history.loss.append(float(losses.mean()))
            history.accuracy.append(float(right) / (steps * batch_size))
            if test is not None:
                history.test_accuracy.append(accuracy(model, test))
            history.seconds.append(time.perf_counter() - began)
    model.eval()
    bar.end(history.summary)
    return history


def _precision(device):
    """bfloat16 where the device is a GPU that computes with it; older ones emulate it, and are slower than without."""
    if device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0):
        return torch.autocast("cuda", torch.bfloat16)
    return nullcontext()


def _seed(seed, device):
    """Seed what the device draws from, and the CPU; ``torch.manual_seed`` would seed all other devices as well."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)


def _scores(outputs):
    """The classifier's own scores (N, classes), where a network in training gives those of auxiliary heads too."""
    return outputs[0] if isinstance(outputs, tuple) else outputs


def _check_loss(loss, outputs):
    """The default is for networks with one classifier."""
    if isinstance(outputs, tuple) and loss is F.cross_entropy:
        arguments.fail("loss", "cross_entropy", "a function that adds up the losses of the model's several outputs")
