"""Values of torch.randn on CUDA, for tests/fixtures/noise/torch-cuda.json.

Run on a machine with an NVIDIA GPU and torch:  python tests/gpu/torch_cuda_noise.py > torch-cuda.json
Three calls after each other on one generator: the first 64 values of each and their sum of squares.
"""
import json

import torch

cases = []
for seed in (0, 42, 2**32 + 1, 2**63):
    for shape in [(1, 3, 5, 7), (1, 4, 8, 8), (2, 4, 8, 8), (1, 4, 64, 64), (1, 4, 128, 128)]:
        generator = torch.Generator("cuda").manual_seed(seed)
        calls = [torch.randn(shape, generator=generator, device="cuda").reshape(-1).cpu().double() for _ in range(3)]
        cases.append(
            {
                "seed": str(seed),
                "shape": list(shape),
                "first": [c[:64].tolist() for c in calls],
                "last": [c[-8:].tolist() for c in calls],
                "squares": [float((c * c).sum()) for c in calls],
            }
        )
print(json.dumps({"torch": torch.__version__, "device": torch.cuda.get_device_name(0), "cases": cases}))
