#!/usr/bin/env bash
# Says in one line whether the cluster stack could be tested here.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ! -d src/Silo/Cluster ]]; then
  echo "test: the cluster stack is not part of this build yet; the embedded one was tested."
fi
