#!/bin/bash
# The whole training on two GPUs, in one held lease. Arguments, seconds from the start of this script at which ends:
#   1 KL first stage, 2 VQ first stage, 3 KL U-Net, 4 VQ U-Net; 5: seconds that the judge trains.
# Every process loads and compiles ahead of its turn and then waits for a file, since compiling takes a minute or more
# and a GPU that waits for it is paid for all the same.
set -u
cd /tmp/code
START=$(date +%s); mkdir -p /tmp/run; echo $START > /tmp/run/start
export PYTHONPATH=/tmp/code TORCHINDUCTOR_CACHE_DIR=/tmp/inductor PYTHONUNBUFFERED=1 NCCL_NVLS_ENABLE=0 OMP_NUM_THREADS=4
say() { echo "$(( $(date +%s) - START )) $*" >> /tmp/run/progress; }
say start
python3 -m loom.data /tmp/data/clothing 28 > /tmp/run/decode-b.log 2>&1
while [ ! -e /tmp/data/emoji/images.npy ] || [ ! -e /tmp/data/avatars/images.npy ]; do sleep 0.2; done
say decoded
COMMON="--data /tmp/data --tokenizer tokenizer.json --workers 8"
on() { CUDA_VISIBLE_DEVICES=$1 python3 -m "${@:2}"; }

on 0 loom.train_first_stage configs/kl-f8.toml $COMMON --out /tmp/run/kl --until $((START + $1)) > /tmp/run/kl-first.log 2>&1 &
on 1 loom.train_first_stage configs/vq-f8.toml $COMMON --out /tmp/run/vq --until $((START + $2)) > /tmp/run/vq-first.log 2>&1 &
sleep 45
# One process a GPU, each seeing its own GPU as device 0.
for RANK in 0 1; do
  MASTER_ADDR=127.0.0.1 MASTER_PORT=29511 WORLD_SIZE=2 LOCAL_RANK=0 RANK=$RANK on $RANK loom.train_diffusion configs/kl-f8.toml $COMMON \
    --out /tmp/run/kl --wait-for /tmp/run/kl/first-stage.done --until $((START + $3)) > /tmp/run/kl-unet-$RANK.log 2>&1 &
done
sleep 60
on 1 loom.judge $COMMON --out /tmp/run/judge --wait-for /tmp/run/vq/first-stage.done --seconds "$5" > /tmp/run/judge.log 2>&1 &
on 1 loom.train_diffusion configs/vq-f8.toml $COMMON --out /tmp/run/vq --wait-for /tmp/run/kl/denoiser.done --until $((START + $4)) > /tmp/run/vq-unet.log 2>&1 &
on 0 loom.generate /tmp/run/kl $COMMON --out /tmp/run/samples/loom-kl-f8 --wait-for /tmp/run/kl/denoiser.done --sweep --seconds 100 > /tmp/run/kl-generate.log 2>&1 &
KL_SAMPLES=$!
on 1 loom.generate /tmp/run/vq $COMMON --out /tmp/run/samples/loom-vq-f8 --wait-for /tmp/run/vq/denoiser.done > /tmp/run/vq-generate.log 2>&1 &
VQ_SAMPLES=$!
while [ ! -e /tmp/run/judge/judge.json ]; do sleep 1; done; say "first stages, judge"
wait $KL_SAMPLES; say "kl samples"
on 0 loom.score /tmp/run/samples/loom-kl-f8 /tmp/run/samples/starter --run /tmp/run/judge $COMMON --out /tmp/run/figures-kl.json > /tmp/run/score-kl.log 2>&1 &
wait $VQ_SAMPLES; say "vq samples"
on 1 loom.score /tmp/run/samples/loom-vq-f8 --run /tmp/run/judge $COMMON --out /tmp/run/figures-vq.json > /tmp/run/score-vq.log 2>&1
wait; say "scored"; touch /tmp/run/finished
