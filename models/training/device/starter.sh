#!/bin/bash
# The starter draws the same tasks on the CPU, next to the GPUs' work, from its 8-bit travelling form in .data/c. Argument: seconds.
cd "$(dirname "$0")/.."
python3 device/starter8.py unpack .data/c /tmp/starter
cat > /tmp/starter.sh <<INNER
while [ ! -e /tmp/run/decoded ]; do sleep 0.5; done
cd /tmp/code
export PYTHONPATH=/tmp/code CUDA_VISIBLE_DEVICES= OMP_NUM_THREADS=6
nice -n 15 python3 -m loom.generate /tmp/starter --data /tmp/data --tokenizer tokenizer.json --out /tmp/run/samples/starter --threads 6 --seconds $1 ${OVERRIDES:-} --only \$1
INNER
# Several processes of few threads do more than one of many; not on the cores that feed the GPUs (they lost 15 % of their pace).
setsid taskset -c 14-31 bash /tmp/starter.sh avatars,maps > /tmp/run/starter-a.log 2>&1 < /dev/null &
setsid taskset -c 14-31 bash /tmp/starter.sh emoji,emoji-pairs > /tmp/run/starter-b.log 2>&1 < /dev/null &
setsid taskset -c 14-31 bash /tmp/starter.sh reconstruction,classes,emoji-concepts,blends > /tmp/run/starter-c.log 2>&1 < /dev/null &
sleep 1; cat /tmp/run/progress; for LOG in /tmp/run/*.log; do echo "== $LOG"; tail -n 2 "$LOG" | cut -c1-300; done
