#!/bin/sh
# sh curl.sh NUMBER AMOUNT ORDER: applies for a refund, then reads it. With curl 7.87 or later.
set -eu
: "${REFUNDS_URL:?}" "${AWS_REGION:?}" "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# One signed request. Its body goes into the file, its HTTP status to standard output: 000 where no answer came.
# curl repeats it, unchanged and signed anew, after a 429, a 5xx, a broken connection or a time-out. The session token
# belongs to temporary credentials: it is sent and signed as a header.
signed() {
  path=$1
  shift
  curl --silent --output "$answer" --write-out '%{http_code}\n' --max-time 31 \
    --retry 3 --retry-all-errors \
    --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    ${AWS_SESSION_TOKEN:+--header "x-amz-security-token: $AWS_SESSION_TOKEN"} \
    "$@" "$REFUNDS_URL$path" || true
}

# Apply.
status=$(signed /refunds --header 'content-type: application/json' \
  --data "{\"no_refund\":\"$1\",\"money_refund\":\"$2\",\"no_order\":\"$3\"}")
cat "$answer" && echo
case $status in
  200) echo '200: the end. After FAILED without a conflict, the money may go another way' ;;
  202) echo '202: recorded. The service carries it to its end, nothing needs to be repeated' ;;
  409) echo '409: the number belongs to another refund. Find out why: a new number could be a second payment' ; exit 1 ;;
  422) echo '422: rejected. Once the cause is gone, apply again, unchanged' ; exit 1 ;;
  429 | [!4]* | '') echo "$status: what became of it is not known. Apply again later, unchanged, under the same number" ; exit 3 ;;
  4*) echo "$status: nothing was sent. Mend the request" ; exit 2 ;;
esac

# Read it, its story, and every refund of its order. Older versions of curl sign a query as it stands: sort its names, and
# encode an order with / or + by %2F and %2B. --data-urlencode writes %2f there, and signs that: 403.
signed "/refunds/$1" && cat "$answer" && echo
signed "/refunds/$1/history" && cat "$answer" && echo
signed "/refunds?limit=50&no_order=$3" && cat "$answer" && echo
