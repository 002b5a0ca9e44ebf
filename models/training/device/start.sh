#!/bin/bash
# First call on the device machine: what runs on must not depend on the working tree, which the next call replaces. Starts the
# session (session.sh or short.sh, with the arguments given: start.sh session.sh 440 800 3174400), which compiles while the data is still on its way. .data/a holds emoji and
# avatars whole, and of the clothing all but images.bin (the labels are needed to compile).
set -u
SCRIPT=$1; shift
cd "$(dirname "$0")/.."
mkdir -p /tmp/data /tmp/run
cp -r .data/a/. /tmp/data/
rm -rf /tmp/code && mkdir /tmp/code && cp -r loom configs device /tmp/code/ && cp ../loom-kl-f8/tokenizer.json /tmp/code/tokenizer.json
nvidia-smi --query-gpu=name,memory.total --format=csv
nproc; free -g | head -2
setsid bash /tmp/code/device/$SCRIPT "$@" > /tmp/run/session.log 2>&1 < /dev/null &
sleep 1; cat /tmp/run/session.log
