"""python3 refund.py NUMBER AMOUNT ORDER: applies for a refund, then reads it. With botocore, which boto3 brings along."""

import json
import os
import random
import sys
import time
from urllib.parse import quote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.session import Session

URL = os.environ["REFUNDS_URL"]
REGION = os.environ["AWS_REGION"]
ATTEMPTS = 5

# Environment, profile or role, renewed in time; temporary credentials bring their session token along.
credentials = Session().get_credentials()
# API Gateway waits 30 seconds for the service.
http = URLLib3Session(timeout=31)


class Unknown(Exception):
    """No answer that tells anything: what became of the request is not known. Send it again later, unchanged."""


def call(method, path, query=None, body=None):
    """The status and the parsed body of an answer. Repeats the same request where that is safe."""
    url = f"{URL}/{path}" + (f"?{urlencode(query, quote_via=quote)}" if query else "")
    data = None if body is None else json.dumps(body)
    headers = {"content-type": "application/json"} if data else {}
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0.5, 1) * 0.2 * 2**attempt)
        # A signature holds for minutes: each attempt has its own.
        request = AWSRequest(method, url, dict(headers), data)
        SigV4Auth(credentials.get_frozen_credentials(), "execute-api", REGION).add_auth(request)
        try:
            answer = http.send(request.prepare())
        except HTTPClientError as error:
            outcome = str(error)
            continue
        if answer.status_code != 429 and answer.status_code < 500:
            return answer.status_code, json.loads(answer.text)
        outcome = f"{answer.status_code} {answer.text}"
    raise Unknown(outcome)


def pages(path, query):
    """Every page of a list or a story."""
    while True:
        status, page = call("GET", path, query)
        if status != 200:
            raise RuntimeError(page)
        yield page
        if "next" not in page:
            return
        query = {**query, "next": page["next"]}


def main(number, amount, order):
    application = {"no_refund": number, "money_refund": amount, "no_order": order}
    try:
        status, answer = call("POST", "refunds", body=application)
    except Unknown as error:
        print(f"{error}: what became of it is not known. Apply again later, unchanged, under the same number")
        return 3
    if status == 409:
        print(f"409: {answer['error']['message']} Find out why: a new number could be a second payment")
        return 1
    if status == 422:
        print(f"422: rejected with {answer['error']['ret_code']}. Once the cause is gone, apply again, unchanged")
        return 1
    if status >= 400:
        print(f"{status}: nothing was sent. Mend the request: {answer}")
        return 2
    if status == 200:
        print(f"200: {answer['status']}. After FAILED without a conflict, the money may go another way")
    else:
        print("202: recorded. The service carries it to its end, nothing needs to be repeated")

    print(json.dumps(call("GET", f"refunds/{quote(number, safe='')}")[1]))
    for page in pages(f"refunds/{quote(number, safe='')}/history", {}):
        print(json.dumps(page))
    for page in pages("refunds", {"no_order": order, "limit": 50}):
        print(json.dumps(page))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
