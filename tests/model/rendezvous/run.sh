#!/bin/sh
# run.sh BUILD_DIR: builds the model of the rendezvous and runs it for MODEL_SECONDS (20).
exec sh "$(dirname "$0")/../../unit/run.sh" "$1" model-rendezvous
