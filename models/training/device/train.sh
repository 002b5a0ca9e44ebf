#!/bin/bash
# The whole training on two GPUs. Arguments: KL_SECONDS VQ_SECONDS JUDGE_SECONDS VQ_UNET_SECONDS.
# The KL U-Net ends at the time (seconds since 1970) that stands in /tmp/run/until when it begins.
set -u
cd /tmp/code
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 NCCL_NVLS_ENABLE=0
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 14"
say() { echo "$(date +%s) $*" >> /tmp/run/progress; }

say start
CUDA_VISIBLE_DEVICES=0 python3 -m loom.train_first_stage configs/kl-f8.toml $COMMON --out /tmp/run/kl --seconds "$1" > /tmp/run/kl-first.log 2>&1 &
KL=$!
CUDA_VISIBLE_DEVICES=1 python3 -m loom.judge $COMMON --out /tmp/run/judge --seconds "$3" > /tmp/run/judge.log 2>&1 &
CUDA_VISIBLE_DEVICES=1 python3 -m loom.train_first_stage configs/vq-f8.toml $COMMON --out /tmp/run/vq --seconds "$2" > /tmp/run/vq-first.log 2>&1 &
VQ=$!
wait $KL; say "kl first stage"
wait $VQ; say "vq first stage"

# One process a GPU, each seeing its own GPU as device 0, so that both hit the cache of compiled kernels.
export MASTER_ADDR=127.0.0.1 MASTER_PORT=29511 WORLD_SIZE=2 LOCAL_RANK=0
UNTIL=$(cat /tmp/run/until)
for RANK in 0 1; do
  RANK=$RANK CUDA_VISIBLE_DEVICES=$RANK python3 -m loom.train_diffusion configs/kl-f8.toml $COMMON --out /tmp/run/kl --seconds 3000 --until "$UNTIL" > /tmp/run/kl-unet-$RANK.log 2>&1 &
done
wait; say "kl u-net"
unset WORLD_SIZE LOCAL_RANK MASTER_ADDR MASTER_PORT

(CUDA_VISIBLE_DEVICES=1 python3 -m loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --seconds "$4" > /tmp/run/vq-unet.log 2>&1; say "vq u-net"
 CUDA_VISIBLE_DEVICES=1 python3 -m loom.generate /tmp/run/vq $COMMON --out /tmp/run/samples/loom-vq-f8 > /tmp/run/vq-generate.log 2>&1; say "vq samples") &
CUDA_VISIBLE_DEVICES=0 python3 -m loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --sweep --seconds 120 > /tmp/run/kl-generate.log 2>&1; say "kl samples"
wait
CUDA_VISIBLE_DEVICES=0 python3 -m loom.score /tmp/run/samples/* --run /tmp/run/judge $COMMON --out /tmp/run/figures.json > /tmp/run/score.log 2>&1; say "scored"
