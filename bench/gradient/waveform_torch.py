"""The waveform task by PyTorch, one thread: rk4, squared distance to a square wave and entropy, by W and x0, steps of Adam.

waveform_torch.py STEPS RESTARTS prints microseconds of processor time for a step of one restart, and the least loss.
Restarts are one batch. Amounts are doubles, as in the compiler.
"""
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
steps, restarts = int(sys.argv[1]), int(sys.argv[2])
N, DT, SAMPLES = 5, 0.1, 200
target = torch.tensor([0.6 if i // 50 % 2 else 0.1 for i in range(SAMPLES)])
W = torch.randn(restarts, N, N, N, requires_grad=True)
x0 = torch.full((restarts, N), 1 / N, requires_grad=True)
eye = torch.eye(N)[None, None]


def react(x, T):
    # A product of matrices: half the time of an einsum of three factors.
    pairs = (x[:, :, None] * x[:, None, :]).reshape(restarts, 1, N * N)
    return torch.bmm(pairs, T)[:, 0]


def distance():
    P = torch.softmax(W, -1)
    T = (P - eye).reshape(restarts, N * N, N)
    x, at = x0, [x0[:, 0]]
    for i in range(2 * (SAMPLES - 1)):
        k1 = react(x, T)
        k2 = react(x + DT / 2 * k1, T)
        k3 = react(x + DT / 2 * k2, T)
        k4 = react(x + DT * k3, T)
        x = x + (k1 + 2 * (k2 + k3) + k4) * (DT / 6)
        if i % 2:
            at.append(x[:, 0])
    wave = ((torch.stack(at, 1) - target) ** 2).mean(1)
    entropy = -(P * torch.log(P)).sum(-1).mean((1, 2))
    return wave + 1e-3 * entropy


optimizer = torch.optim.Adam([W, x0], lr=0.01)
began = 0
for step in range(steps + 1):
    if step == 1:
        began = time.process_time()  # the first step warms up
    optimizer.zero_grad()
    loss = distance()
    loss.sum().backward()
    optimizer.step()
print(f'{1e6 * (time.process_time() - began) / steps / restarts:.1f} {loss.min().item():.6g}')
