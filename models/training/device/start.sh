#!/bin/bash
# First call on the device machine: unpack what came, and compile the U-Nets (an Inductor cache shared by all later
# processes) while the rest of the data is still on its way. Arguments: SECONDS of each benchmark.
set -u
cd "$(dirname "$0")/.."
mkdir -p /tmp/data /tmp/run/bench /tmp/run/bench-vq
cp -r .data/a/. /tmp/data/
export PYTHONPATH=$PWD TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1
# The working tree of a call is replaced by the next one: what runs on must not depend on it.
rm -rf /tmp/code && cp -r "$PWD" /tmp/code && cp ../loom-kl-f8/tokenizer.json /tmp/code/tokenizer.json
cd /tmp/code && export PYTHONPATH=/tmp/code
nvidia-smi --query-gpu=name,memory.total --format=csv
COMMON="--data /tmp/data --tokenizer tokenizer.json --benchmark --seconds $1"
(CUDA_VISIBLE_DEVICES=1 setsid python3 -m loom.train_diffusion configs/kl-f8.toml $COMMON --out /tmp/run/bench > /tmp/run/bench.log 2>&1 &)
(CUDA_VISIBLE_DEVICES=0 setsid python3 -m loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/bench-vq > /tmp/run/bench-vq.log 2>&1 &)
