#!/bin/bash
# First call on the device machine: unpack the data that came and decode it, while the rest is still on its way.
set -u
cd "$(dirname "$0")/.."
mkdir -p /tmp/data /tmp/run
cp -r .data/a/. /tmp/data/
# The working tree of a call is replaced by the next one: what runs on must not depend on it.
rm -rf /tmp/code && mkdir /tmp/code && cp -r loom configs device /tmp/code/ && cp ../loom-kl-f8/tokenizer.json /tmp/code/tokenizer.json
cd /tmp/code
nvidia-smi --query-gpu=name,memory.total --format=csv
(setsid bash -c 'for s in emoji avatars; do python3 -m loom.data /tmp/data/$s 28; done' > /tmp/run/decode-a.log 2>&1 &)
