#!/bin/bash
# Prints how far everything is at second $1 of the training (waits for it).
START=$(cat /tmp/run/start)
while [ $(date +%s) -lt $((START + $1)) ] && [ ! -e /tmp/run/finished ]; do sleep 0.5; done
cat /tmp/run/progress
for f in /tmp/run/*.log; do echo "== $f"; tail -n 3 "$f" | cut -c1-400; done
nvidia-smi --query-gpu=utilization.gpu,memory.used --format=csv,noheader; uptime
