#!/bin/bash
# The starter draws the same tasks on the CPU, next to the GPUs' work. Waits until the compilations are over.
python3 "$(dirname "$0")/starter8.py" unpack "$(dirname "$0")/../.data/c" /tmp/starter
cat > /tmp/starter.sh <<'INNER'
sleep 120; cd /tmp/code
export PYTHONPATH=/tmp/code CUDA_VISIBLE_DEVICES= OMP_NUM_THREADS=12
nice -n 15 python3 -m loom.generate /tmp/starter --data /tmp/data --tokenizer tokenizer.json --out /tmp/run/samples/starter --threads 12 --seconds 690
INNER
(setsid bash /tmp/starter.sh > /tmp/run/starter.log 2>&1 &)
