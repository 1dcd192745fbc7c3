#!/bin/sh
# sh invoke.sh FUNCTION PAYLOAD: invokes a function directly. With the AWS CLI, version 2, and jq.
set -eu
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# Without the format, version 2 takes the payload for base64: the call fails, or the function is handed garbage. What the CLI
# repeats by itself is safe: it has the same number.
told=$(aws lambda invoke --function-name "$1" --cli-binary-format raw-in-base64-out --payload "$2" "$answer")
cat "$answer" && echo

# What a function throws isn't an error of the CLI: its exit status is 0, and FunctionError is there.
if [ "$(printf '%s' "$told" | jq -r '.FunctionError // ""')" = '' ]; then exit 0; fi
case $(jq -r .errorType "$answer") in
  RefundConflict) echo 'The number belongs to another refund. Find out why: a new number could be a second payment' ; exit 1 ;;
  RefundRejected) echo 'Rejected. Once the cause is gone, apply again, unchanged' ; exit 1 ;;
  InvalidRequest | PayloadTooLarge | RefundNotFound) echo 'Nothing was sent. Mend the request' ; exit 2 ;;
  *) echo 'What became of it is not known. Apply again later, unchanged, under the same number' ; exit 3 ;;
esac
