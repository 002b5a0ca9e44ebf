#!/bin/bash
# A session that trains on: judge anew, both U-Nets from their shards. Two GPUs; every process loads and compiles ahead of its
# turn and waits for a file. Arguments, seconds from the start of this script: 1 the judge ends, 2 the VQ U-Net ends.
# /tmp/run/kl-end holds the time of the clock at which the KL U-Net ends (written by a later call).
#   GPU 0: KL U-Net ........................................ | samples, scores
#   GPU 1: judge ....... | VQ U-Net ...... | KL U-Net joins  | sweeps
set -u
cd /tmp/code
START=$(date +%s); echo $START > /tmp/run/start
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 NCCL_NVLS_ENABLE=0 TORCHINDUCTOR_COMPILE_THREADS=8 OMP_NUM_THREADS=4
say() { echo "$(( $(date +%s) - START )) $*" >> /tmp/run/progress; }
until_file() { while [ ! -e "$1" ]; do sleep 0.3; done; }
say start
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8"
on() { CUDA_VISIBLE_DEVICES=$1 python3 -m "${@:2}"; }
python3 -m loom.data /tmp/data/emoji 14 > /tmp/run/decode-a.log 2>&1 &
python3 -m loom.data /tmp/data/avatars 14 >> /tmp/run/decode-a.log 2>&1 &

on 1 loom.judge $COMMON --out /tmp/run/judge --wait-for /tmp/run/decoded --until $((START + $1)) > /tmp/run/judge.log 2>&1 &
# One process a GPU, each seeing its own GPU as device 0.
for RANK in 0 1; do
  MASTER_ADDR=127.0.0.1 MASTER_PORT=29511 WORLD_SIZE=2 LOCAL_RANK=0 RANK=$RANK on $RANK loom.train_diffusion configs/kl-f8.toml $COMMON \
    --out /tmp/run/kl --resume --wait-for /tmp/run/kl-ready --join-when /tmp/run/join --until /tmp/run/kl-end > /tmp/run/kl-unet-$RANK.log 2>&1 &
done
until_file /tmp/run/clothing-here
python3 -m loom.data /tmp/data/clothing 24 > /tmp/run/decode-b.log 2>&1
until_file /tmp/data/emoji/images.npy; until_file /tmp/data/avatars/images.npy
say decoded; touch /tmp/run/decoded
on 1 loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --resume --wait-for /tmp/run/judge/judge.done --until $((START + $2)) > /tmp/run/vq-unet.log 2>&1 &
until_file /tmp/run/kl-ready; cp -r /tmp/run/kl /tmp/run/before
# What the longer training brings: the state it starts from draws the same tasks.
on 1 loom.generate /tmp/run/before $COMMON --out /tmp/run/samples/before > /tmp/run/before-generate.log 2>&1 &
until_file /tmp/run/judge/judge.done; say judge
until_file /tmp/run/vq/denoiser.done; say "vq u-net"; touch /tmp/run/join
bash device/evaluate-vq.sh
on 0 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --wait-for /tmp/run/kl/denoiser.done > /tmp/run/kl-generate.log 2>&1 &
TASKS=$!
on 1 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --part sweep --wait-for /tmp/run/kl/denoiser.done > /tmp/run/kl-sweep.log 2>&1 &
until_file /tmp/run/kl/denoiser.done; say "kl u-net"
wait $TASKS; say "kl samples"
on 0 loom.score /tmp/run/samples/loom-kl-f8 /tmp/run/samples/before /tmp/run/samples/starter --run /tmp/run/judge $COMMON --out /tmp/run/figures-kl-tasks.json > /tmp/run/score-kl-tasks.log 2>&1 &
wait; say "kl sweep"
on 1 loom.score /tmp/run/samples/loom-kl-f8 /tmp/run/samples/before /tmp/run/samples/starter --run /tmp/run/judge $COMMON --out /tmp/run/figures-kl.json > /tmp/run/score-kl.log 2>&1
say scored; touch /tmp/run/finished
